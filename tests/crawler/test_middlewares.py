"""When a site says when to come back, and what the network's exceptions mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError, IgnoreRequest

from suanbei.crawler.fetch_errors import is_final, to_fetch_error
from suanbei.crawler.items import Target
from suanbei.crawler.middlewares import retry_after
from suanbei.crawler.sources import load_catalogue


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
    ("exception", "reason", "final"),
    [
        (DownloadTimeoutError("x"), "no whole answer within 60 s", False),
        (IgnoreRequest("Forbidden by robots.txt"), "robots.txt forbids it", True),
        (DownloadFailedError("[<OpenSSL.SSL.Error: [('', '', 'certificate verify failed')]>]"),
         "the TLS certificate of h:1 is not to be trusted", True),
        (DownloadFailedError("a\n  b"), "DownloadFailedError a b", False),
    ],
)  # fmt: skip
def test_the_networks_exceptions_have_words(exception: Exception, reason: str, final: bool) -> None:
    """One line that names the list and the reason."""
    [source] = load_catalogue().select(("genai",)).sources
    target = Target(source, "document", "https://x.org/a", "https://x.org/", "清单")
    request = Request("http://h:1/a")
    assert str(to_fetch_error(exception, request, target)) == f"清单: {reason}"
    assert is_final(exception) == final
