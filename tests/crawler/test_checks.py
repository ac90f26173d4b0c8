"""Telling a document, page or list from what is sent in its place."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.common.errors import (
    EmptyBodyError,
    FetchError,
    FirewallError,
    SuanbeiError,
    TruncatedBodyError,
    UnexpectedAnswer,
)
from suanbei.crawler.response_checks import Expectation, advice_on, check_answer, kind_of
from tests.crawler.site import WAF, docx, pdf

MARKS = ("创宇盾", "__jsl_clearance")
DOCUMENT = Expectation("document", ("docx", "pdf", "xlsx"), MARKS)
PAGE = Expectation("page", (), MARKS)


def xlsx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (docx("x"), "docx"),
        (xlsx(), "xlsx"),
        (pdf("x"), "pdf"),
        (b"\r\n%PDF-1.7 x %%EOF", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "html"),
        (b"<script>location='/x'</script>", "html"),
        (b'{"errno": 440}', "json"),
        (b"\x00\x01", "unknown"),
    ],
)
def test_only_the_bytes_tell(body: bytes, kind: str) -> None:
    """The download script calls everything an octet stream."""
    assert kind_of(body) == kind


@pytest.mark.parametrize(
    ("status", "body", "expectation", "error"),
    [
        (200, WAF, DOCUMENT, FirewallError),
        (200, WAF, PAGE, FirewallError),
        (521, b"<script>document.cookie='__jsl_clearance=1'</script>", DOCUMENT, FirewallError),
        (403, "<html>创宇盾</html>".encode("gb18030"), PAGE, FirewallError),
        (200, b"", DOCUMENT, EmptyBodyError),
        (200, b" \n", PAGE, EmptyBodyError),
        (404, b"Not Found", DOCUMENT, FetchError),
        (503, b"", PAGE, FetchError),
        (200, b"<html>error</html>", DOCUMENT, UnexpectedAnswer),
        (200, b'{"errno": 440}', DOCUMENT, UnexpectedAnswer),
        (200, b"\xd0\xcf\x11\xe0", DOCUMENT, UnexpectedAnswer),
        (200, docx("x")[:-30], DOCUMENT, TruncatedBodyError),
        (200, pdf("x")[:-30], DOCUMENT, TruncatedBodyError),
    ],
)
def test_bad_answers_have_names(
    status: int, body: bytes, expectation: Expectation, error: type[SuanbeiError]
) -> None:
    """The name decides what the monitor says; the message says of what."""
    with pytest.raises(error, match=r"^清单: ") as caught:
        check_answer("清单", status, body, expectation)
    assert type(caught.value) is error


@pytest.mark.parametrize("body", [docx("x"), pdf("x"), xlsx(), docx("创宇盾 <b>")])
def test_good_documents_pass(body: bytes) -> None:
    """A list may well name a product of the firewall's maker."""
    check_answer("x", 200, body, DOCUMENT)


def test_a_long_page_may_name_the_firewall() -> None:
    """A firewall's page is short: news about firewalls is no firewall."""
    check_answer("x", 200, "<html>创宇盾</html>".encode() + b" " * 200_000, PAGE)


@given(st.sampled_from([docx("x"), pdf("x"), xlsx()]), st.data())
def test_no_truncated_document_passes(body: bytes, data: st.DataObject) -> None:
    """Wherever it is cut, even by a proxy that announces the shorter length."""
    length = data.draw(st.integers(0, len(body) - 8))
    with pytest.raises(FetchError):
        check_answer("x", 200, body[:length], DOCUMENT)


@given(st.binary())
def test_any_bytes_are_judged(body: bytes) -> None:
    """Accepted or refused by name; never another exception."""
    with suppress(FetchError):
        check_answer("x", 200, body, DOCUMENT)


@pytest.mark.parametrize(
    ("error", "status", "advice"),
    [
        (FirewallError(), 200, "leave"),
        (FirewallError(), 521, "leave"),
        (FetchError(), 503, "retry"),
        (FetchError(), 429, "retry"),
        (EmptyBodyError(), 200, "retry"),
        (TruncatedBodyError(), 200, "retry"),
        (FetchError(), 404, "final"),
        (FetchError(), 403, "final"),
    ],
)
def test_what_to_do_next(error: FetchError, status: int, advice: str) -> None:
    """Asking again helps against what passes; against a firewall only patience does."""
    assert advice_on(error, status) == advice
