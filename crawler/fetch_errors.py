"""What an exception of the network, or of Scrapy, means: an error of our own, with words."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from suanbei.common.errors import FetchError, TruncatedBodyError, UnexpectedAnswer
from suanbei.crawler.items import Target


def to_fetch_error(exception: BaseException, request: Request, target: Target) -> FetchError | None:
    """What an exception of the network or of Scrapy means; None if it is neither.

    Messages name the host of the request, which may differ from that of the public address.
    """
    match exception:
        case FetchError():
            return exception
        case ResponseDataLossError():
            return TruncatedBodyError(f"{target}: fewer bytes than announced")
        case IgnoreRequest() if "redirection" in str(exception):
            return UnexpectedAnswer(f"{target}: {_redirections(request)}")
        case _ if type(exception).__module__.startswith(("scrapy", "twisted")):
            return FetchError(f"{target}: {_reason(exception, request, target)}")
    return None


def _reason(exception: BaseException, request: Request, target: Target) -> str:
    host, politeness = urlsplit(request.url).netloc, target.source.politeness
    reasons: dict[type[BaseException], str] = {
        DownloadTimeoutError: f"no whole answer within {politeness.timeout_seconds:g} s",
        DownloadCancelledError: f"more than {politeness.max_megabytes:g} MB",
        CannotResolveHostError: f"no such host: {host}",
        DownloadConnectionRefusedError: f"connection refused by {host}",
        IgnoreRequest: "robots.txt forbids it",
    }
    for kind, reason in reasons.items():
        if isinstance(exception, kind):
            return reason
    if _is_distrust(exception):
        return f"the TLS certificate of {host} is not to be trusted"
    return " ".join(f"{type(exception).__name__} {exception}".split())


def is_final(exception: BaseException) -> bool:
    """Whether asking again cannot help."""
    final = isinstance(exception, (IgnoreRequest, DownloadCancelledError))
    return final or _is_distrust(exception)


def _redirections(request: Request) -> str:
    """How often a request was redirected, and whether in a circle."""
    urls = [*request.meta.get("redirect_urls", []), request.url]
    if len(set(urls)) < len(urls):
        return f"redirects in a circle: {' → '.join(dict.fromkeys(urls))}"
    return f"redirected more than {len(urls) - 1} times, last to {urls[-1]}"


def _is_distrust(exception: BaseException) -> bool:
    """Whether a certificate did not hold; Twisted hides that in a list of failures."""
    text = str(exception)
    return "certificate verify failed" in text or "VerificationError" in text
