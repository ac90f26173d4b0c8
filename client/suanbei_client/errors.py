"""What the server refuses."""


class ApiError(Exception):
    """A problem document (RFC 9457).

    `status` is the HTTP status, `code` the stable code of the error, `detail` the sentence for people,
    `retry_after` the seconds to wait before asking again, where the server says so.
    """

    def __init__(
        self, status: int, code: str, detail: str, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after
