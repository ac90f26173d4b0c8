"""When a site says when to come back, and what the network's exceptions mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError, IgnoreRequest

from suanbei.crawler.network import is_passing, named
from suanbei.crawler.retries import retry_after
from suanbei.crawler.sources import load_catalogue
from suanbei.crawler.targets import Target


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("", 0), ("7", 7), ("-7", 0), ("²", 0), ("soon", 0), ("Mon, 01 Jan 2001 00:00:00 GMT", 0)],
)
def test_retry_after(value: str, seconds: float) -> None:
    """A number of seconds, or a date that has passed; nonsense is nothing."""
    assert retry_after(value) == seconds


def test_retry_after_a_date() -> None:
    """Seconds from now."""
    moment = datetime.now(UTC) + timedelta(seconds=100)
    assert 98 < retry_after(format_datetime(moment, usegmt=True)) <= 100


@given(st.text())
def test_any_header_is_a_number_of_seconds(value: str) -> None:
    """It is written by others."""
    assert retry_after(value) >= 0


@pytest.mark.parametrize(
    ("exception", "reason", "passing"),
    [
        (DownloadTimeoutError("x"), "no whole answer within 60 s", True),
        (IgnoreRequest("Forbidden by robots.txt"), "robots.txt forbids it", False),
        (DownloadFailedError("[<OpenSSL.SSL.Error: [('', '', 'certificate verify failed')]>]"),
         "the TLS certificate of h:1 is not to be trusted", False),
        (DownloadFailedError("a\n  b"), "DownloadFailedError a b", True),
    ],
)  # fmt: skip
def test_the_networks_exceptions_have_words(
    exception: Exception, reason: str, passing: bool
) -> None:
    """One line that names the list and the reason."""
    [source] = load_catalogue().select(("genai",)).sources
    target = Target(source, "document", "https://x.org/a", "https://x.org/", label="清单")
    assert str(named(exception, target, "h:1")) == f"清单: {reason}"
    assert is_passing(exception) == passing
