"""Names what the network did, in the words of the project."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from suanbei.common.errors import FetchError, TruncatedBodyError
from suanbei.crawler.targets import Target


def named(exception: BaseException, target: Target, host: str) -> FetchError:
    """The error of the project that an exception of the network stands for.

    `host` is the one that was asked, which need not be that of the public address.
    """
    if isinstance(exception, ResponseDataLossError):
        return TruncatedBodyError(f"{target}: fewer bytes than announced")
    politeness = target.source.politeness
    reason = " ".join(f"{type(exception).__name__} {exception}".split())
    if isinstance(exception, DownloadTimeoutError):
        reason = f"no whole answer within {politeness.timeout_seconds:g} s"
    elif isinstance(exception, DownloadCancelledError):
        reason = f"more than {politeness.max_megabytes:g} MB"
    elif isinstance(exception, CannotResolveHostError):
        reason = f"no such host: {host}"
    elif isinstance(exception, DownloadConnectionRefusedError):
        reason = f"connection refused by {host}"
    elif isinstance(exception, IgnoreRequest):
        reason = "robots.txt forbids it"
    elif is_distrust(exception):
        reason = f"the TLS certificate of {host} is not to be trusted"
    return FetchError(f"{target}: {reason}")


def is_passing(exception: BaseException) -> bool:
    """Whether asking again may help."""
    return not (
        isinstance(exception, (IgnoreRequest, DownloadCancelledError)) or is_distrust(exception)
    )


def is_distrust(exception: BaseException) -> bool:
    """Whether a certificate did not hold; Twisted hides that in a list of failures."""
    text = str(exception)
    return "certificate verify failed" in text or "VerificationError" in text
