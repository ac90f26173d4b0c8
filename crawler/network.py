"""Names what the network did, in the words of the project."""

from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from crawler.targets import Target
from registry.errors import FetchError, TruncatedBodyError


def named(exception: BaseException, target: Target) -> FetchError:
    """The error of the project that an exception of the network stands for."""
    if isinstance(exception, FetchError):
        return exception
    reason = f"{type(exception).__name__} {exception}".strip()
    politeness = target.source.politeness
    if isinstance(exception, ResponseDataLossError):
        return TruncatedBodyError(f"{target}: fewer bytes than announced")
    if isinstance(exception, DownloadTimeoutError):
        reason = f"no whole answer within {politeness.timeout_seconds:g} s"
    elif isinstance(exception, DownloadCancelledError):
        reason = f"more than {politeness.max_megabytes:g} MB"
    elif isinstance(exception, CannotResolveHostError):
        reason = f"no such host: {urlsplit(target.url).netloc}"
    elif isinstance(exception, DownloadConnectionRefusedError):
        reason = "connection refused"
    elif isinstance(exception, IgnoreRequest):
        reason = "robots.txt forbids it"
    return FetchError(f"{target}: {' '.join(reason.split())}")
