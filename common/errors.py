"""Every error Suanbei raises on purpose, as one tree.

The message is one line that names the file, row, field or setting. `code` is stable: it is what the
API's problem documents carry.
"""


class SuanbeiError(Exception):
    """The root: anything that stops a command, with the exit code and HTTP status it means.

    `retry_after` is the number of seconds after which asking again may help; None: it will not.
    """

    code = "error"
    exit_code = 3
    http_status = 500
    retry_after: int | None = None

    def __init_subclass__(cls, **facts: str | int) -> None:
        """Take code, exit code and status from the head of the class; else they are its parent's."""
        super().__init_subclass__()
        for name, value in facts.items():
            setattr(cls, name, value)


class UsageError(SuanbeiError, code="bad_request", exit_code=2, http_status=400):
    """The caller asked for something that cannot be."""


class NotFound(UsageError, code="not_found", exit_code=1, http_status=404):
    """There is no such thing."""


class Unauthorized(UsageError, code="unauthorized", http_status=401):
    """No API key, or not one that this server knows."""


class Forbidden(UsageError, code="forbidden", http_status=403):
    """A key that is known, but may not do that."""


class BadCursor(UsageError, http_status=422):
    """A cursor that the list did not give out."""


class NeverMatches(UsageError, code="never_matches", http_status=422):
    """A subscription that no event can ever match: it would be silence, and is refused."""


class RequestTooLarge(UsageError, code="body_too_large", http_status=413):
    """A request body larger than the server takes."""


class AddressTooLong(UsageError, code="address_too_long", http_status=414):
    """Path and query of a request are longer than any address of ours."""


class HeadersTooLarge(UsageError, code="headers_too_large", http_status=431):
    """The headers of a request together are larger than the server takes."""


class TooManyRequests(UsageError, code="too_many_requests", http_status=429):
    """One client has asked more often than it may; `retry_after` says when it may again."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ReceiptInvalid(UsageError, code="receipt_invalid", exit_code=1, http_status=422):
    """A receipt that is not as it was signed."""


class TargetRefused(UsageError, code="target_refused"):
    """Messages must not be sent there: no address, or one of a private network."""


class DocumentError(SuanbeiError, code="bad_document", http_status=422):
    """A file that cannot be read as a list."""


class MissingFile(DocumentError, code="missing_file"):
    """No such file, or not allowed to read it."""


class EmptyDocument(DocumentError, code="empty_document"):
    """A file without bytes."""


class NotADocument(DocumentError, code="not_a_document"):
    """Bytes of a kind no reader knows."""


class BrokenDocument(DocumentError, code="broken_document"):
    """The right kind of file, but truncated or corrupt."""


class EncryptedDocument(DocumentError, code="encrypted_document"):
    """A file that wants a password."""


class NoTextLayer(DocumentError, code="no_text_layer"):
    """A PDF of pictures: nothing to read without guessing."""


class DocumentTooLarge(DocumentError, code="document_too_large", http_status=413):
    """Over a limit: bytes, pages, rows, or what it unpacks to."""


class UnreadDocument(DocumentError, code="unread_document"):
    """Not read within the time that a document may take."""


class UnknownLayout(DocumentError, code="unknown_layout"):
    """No table whose header is known."""


class EmptyList(DocumentError, code="empty_list"):
    """A known header and no row: an empty result is a failure, never a successful nothing."""


class FetchError(SuanbeiError, code="fetch_failed", http_status=502):
    """A source did not give what it should."""


class FirewallError(FetchError, code="firewall"):
    """A firewall page instead of the document."""


class EmptyBodyError(FetchError, code="empty_body"):
    """Status 200 and no bytes."""


class TruncatedBodyError(FetchError, code="truncated_body"):
    """Fewer bytes than announced."""


class DamagedBodyError(FetchError, code="damaged_body"):
    """Bytes that contradict their own check sums."""


class UnexpectedAnswer(FetchError, code="unexpected_answer"):
    """Something else than was asked for: HTML for a document, a list that is no JSON."""


class NothingListed(FetchError, code="nothing_listed"):
    """A page or list without what it is there for: an empty result is a failure."""


class CrawlStopped(FetchError, code="crawl_stopped"):
    """A crawl was ended before it was over: by its time limit or by a signal."""


class RegistryError(SuanbeiError, code="registry_error"):
    """The registry could not be read or changed."""


class HomeNotWritable(RegistryError, code="home_not_writable"):
    """The home folder cannot be written."""


class DatabaseUnavailable(RegistryError, code="database_unavailable", http_status=503):
    """No connection, a locked file, a full disk."""


class DamagedValue(DatabaseUnavailable):
    """The database answers, and one value in it is not what was written: no JSON, of another kind."""


class AlreadyRunning(RegistryError, code="already_running", http_status=409):
    """Another process does this very thing right now."""


class ListShrunk(RegistryError, code="list_shrunk", http_status=409):
    """A list far smaller than its last version or its own numbering says."""


class SearchUnavailable(SuanbeiError, code="search_unavailable", http_status=503):
    """The search engine does not answer."""


class Overloaded(SuanbeiError, code="overloaded", http_status=503, retry_after=1):
    """More of the same at once than this machine takes."""


class TookTooLong(SuanbeiError, code="took_too_long", http_status=503, retry_after=5):
    """The work for a request was stopped: it took longer than it may."""


class PortTaken(SuanbeiError, code="port_taken"):
    """The address cannot be listened on."""


class NoFont(SuanbeiError, code="no_font", http_status=503):
    """No font with Chinese characters on this machine: a picture would show empty boxes."""
