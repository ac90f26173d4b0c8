"""Every error Suanbei raises on purpose, as one tree.

    SuanbeiError                  exit 3, HTTP 500
    ├── UsageError                exit 2, HTTP 400   the caller asked for something that cannot be
    │   ├── NotFound              exit 1, HTTP 404
    │   ├── Unauthorized          HTTP 401           no key, or not one of ours
    │   ├── Forbidden             HTTP 403           a key that may not do that
    │   ├── RequestTooLarge       HTTP 413           a body over SUANBEI_MAX_BODY
    │   ├── AddressTooLong        HTTP 414           path and query of a request
    │   ├── HeadersTooLarge       HTTP 431           all headers of a request together
    │   ├── TooManyRequests       HTTP 429           one client, over SUANBEI_RATE_LIMIT
    │   ├── BadCursor             HTTP 422           a cursor that this list did not give out
    │   ├── NeverMatches          HTTP 422           a subscription that nothing could ever match
    │   ├── ReceiptInvalid        exit 1, HTTP 422   a receipt that is not as it was signed
    │   └── TargetRefused         messages must not be sent there
    ├── DocumentError             a file that cannot be read as a list
    │   ├── MissingFile           no such file, or not allowed to read it
    │   ├── EmptyDocument         no bytes
    │   ├── NotADocument          bytes of a kind no reader knows
    │   ├── BrokenDocument        the right kind, but truncated or corrupt
    │   ├── EncryptedDocument     wants a password
    │   ├── NoTextLayer           a scan
    │   ├── DocumentTooLarge      over a limit (bytes, pages, rows, expansion)
    │   ├── UnreadDocument        not read within its time
    │   ├── UnknownLayout         no table whose header is known
    │   └── EmptyList             a known header and no row
    ├── FetchError                a source did not give what it should
    │   ├── FirewallError         a firewall page instead of the document
    │   ├── EmptyBodyError        200 and nothing
    │   ├── TruncatedBodyError    fewer bytes than announced
    │   ├── DamagedBodyError      bytes that contradict their own check sums
    │   ├── UnexpectedAnswer      something else than was asked for: HTML for a document, no JSON
    │   └── NothingListed         a page or list without what it is there for
    ├── RegistryError             the registry could not be read or changed
    │   ├── HomeNotWritable
    │   ├── DatabaseUnavailable
    │   ├── AlreadyRunning        HTTP 409           another process is at it
    │   └── ListShrunk            a list far smaller than it should be
    ├── SearchUnavailable         HTTP 503
    ├── Overloaded                HTTP 503           more at once than this machine takes
    ├── TookTooLong               HTTP 503           no answer within SUANBEI_MAX_SECONDS
    ├── PortTaken                 the address cannot be listened on
    └── NoFont                    no font to draw Chinese text with

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


class UsageError(SuanbeiError):
    """The caller asked for something that cannot be."""

    code = "bad_request"
    exit_code = 2
    http_status = 400


class NotFound(UsageError):
    """There is no such thing."""

    code = "not_found"
    exit_code = 1
    http_status = 404


class Unauthorized(UsageError):
    """No API key, or not one that this server knows."""

    code = "unauthorized"
    http_status = 401


class Forbidden(UsageError):
    """A key that is known, but may not do that."""

    code = "forbidden"
    http_status = 403


class BadCursor(UsageError):
    """A cursor that the list did not give out."""

    http_status = 422


class NeverMatches(UsageError):
    """A subscription that no event can ever match: it would be silence, and is refused."""

    code = "never_matches"
    http_status = 422


class RequestTooLarge(UsageError):
    """A request body larger than the server takes."""

    code = "body_too_large"
    http_status = 413


class AddressTooLong(UsageError):
    """Path and query of a request are longer than any address of ours."""

    code = "address_too_long"
    http_status = 414


class HeadersTooLarge(UsageError):
    """The headers of a request together are larger than the server takes."""

    code = "headers_too_large"
    http_status = 431


class TooManyRequests(UsageError):
    """One client has asked more often than it may; `retry_after` says when it may again."""

    code = "too_many_requests"
    http_status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ReceiptInvalid(UsageError):
    """A receipt that is not as it was signed."""

    code = "receipt_invalid"
    exit_code = 1
    http_status = 422


class TargetRefused(UsageError):
    """Messages must not be sent there: no address, or one of a private network."""

    code = "target_refused"


class DocumentError(SuanbeiError):
    """A file that cannot be read as a list."""

    code = "bad_document"
    http_status = 422


class MissingFile(DocumentError):
    """No such file, or not allowed to read it."""

    code = "missing_file"


class EmptyDocument(DocumentError):
    """A file without bytes."""

    code = "empty_document"


class NotADocument(DocumentError):
    """Bytes of a kind no reader knows."""

    code = "not_a_document"


class BrokenDocument(DocumentError):
    """The right kind of file, but truncated or corrupt."""

    code = "broken_document"


class EncryptedDocument(DocumentError):
    """A file that wants a password."""

    code = "encrypted_document"


class NoTextLayer(DocumentError):
    """A PDF of pictures: nothing to read without guessing."""

    code = "no_text_layer"


class DocumentTooLarge(DocumentError):
    """Over a limit: bytes, pages, rows, or what it unpacks to."""

    code = "document_too_large"
    http_status = 413


class UnreadDocument(DocumentError):
    """Not read within the time that a document may take."""

    code = "unread_document"


class UnknownLayout(DocumentError):
    """No table whose header is known."""

    code = "unknown_layout"


class EmptyList(DocumentError):
    """A known header and no row: an empty result is a failure, never a successful nothing."""

    code = "empty_list"


class FetchError(SuanbeiError):
    """A source did not give what it should."""

    code = "fetch_failed"
    http_status = 502


class FirewallError(FetchError):
    """A firewall page instead of the document."""

    code = "firewall"


class EmptyBodyError(FetchError):
    """Status 200 and no bytes."""

    code = "empty_body"


class TruncatedBodyError(FetchError):
    """Fewer bytes than announced."""

    code = "truncated_body"


class DamagedBodyError(FetchError):
    """Bytes that contradict their own check sums."""

    code = "damaged_body"


class UnexpectedAnswer(FetchError):
    """Something else than was asked for: HTML for a document, a list that is no JSON."""

    code = "unexpected_answer"


class NothingListed(FetchError):
    """A page or list without what it is there for: an empty result is a failure."""

    code = "nothing_listed"


class RegistryError(SuanbeiError):
    """The registry could not be read or changed."""

    code = "registry_error"


class HomeNotWritable(RegistryError):
    """The home folder cannot be written."""

    code = "home_not_writable"


class DatabaseUnavailable(RegistryError):
    """No connection, a locked file, a full disk."""

    code = "database_unavailable"
    http_status = 503


class AlreadyRunning(RegistryError):
    """Another process does this very thing right now."""

    code = "already_running"
    http_status = 409


class ListShrunk(RegistryError):
    """A list far smaller than its last version or its own numbering says."""

    code = "list_shrunk"
    http_status = 409


class SearchUnavailable(SuanbeiError):
    """The search engine does not answer."""

    code = "search_unavailable"
    http_status = 503


class Overloaded(SuanbeiError):
    """More of the same at once than this machine takes."""

    code = "overloaded"
    http_status = 503
    retry_after = 1


class TookTooLong(SuanbeiError):
    """The work for a request was stopped: it took longer than it may."""

    code = "took_too_long"
    http_status = 503
    retry_after = 5


class PortTaken(SuanbeiError):
    """The address cannot be listened on."""

    code = "port_taken"


class NoFont(SuanbeiError):
    """No font with Chinese characters on this machine: a picture would show empty boxes."""

    code = "no_font"
    http_status = 503
