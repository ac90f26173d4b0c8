"""Telling a document, page or list from what is sent in its place."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

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
from suanbei.crawler.items import Target
from suanbei.crawler.response_checks import check_answer, damage_in, is_passing, kind_of
from suanbei.crawler.sources import load_catalogue
from tests.crawler.site import WAF, docx, pdf

MARKS = ("创宇盾", "__jsl_clearance")
[SOURCE] = load_catalogue().select(("genai",)).sources
SOURCE = SOURCE.model_copy(update={"formats": ("docx", "pdf", "xlsx")})
DOCUMENT = Target(SOURCE, "document", "https://x.org/a", "https://x.org/", "清单")
PAGE = Target(SOURCE, "page", "https://x.org/", "https://x.org/", "清单")
GOLDEN = Path(__file__).parents[1] / "golden"
DOCUMENTS = sorted([*GOLDEN.glob("*.docx"), *GOLDEN.glob("*.pdf"), *GOLDEN.glob("*.xlsx")])


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
    ("status", "body", "target", "error"),
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
    status: int, body: bytes, target: Target, error: type[SuanbeiError]
) -> None:
    """The name decides what the monitor says; the message says of what."""
    with pytest.raises(error, match=r"^清单: ") as caught:
        check_answer(target, status, body, MARKS)
    assert type(caught.value) is error


@pytest.mark.parametrize("body", [docx("x"), pdf("x"), xlsx(), docx("创宇盾 <b>")])
def test_good_documents_pass(body: bytes) -> None:
    """A list may well name a product of the firewall's maker."""
    check_answer(DOCUMENT, 200, body, MARKS)


def test_a_long_page_may_name_the_firewall() -> None:
    """A firewall's page is short: news about firewalls is no firewall."""
    check_answer(PAGE, 200, "<html>创宇盾</html>".encode() + b" " * 200_000, MARKS)


@given(st.sampled_from([docx("x"), pdf("x"), xlsx()]), st.data())
def test_no_truncated_document_passes(body: bytes, data: st.DataObject) -> None:
    """Wherever it is cut, even by a proxy that announces the shorter length."""
    length = data.draw(st.integers(0, len(body) - 8))
    with pytest.raises(FetchError):
        check_answer(DOCUMENT, 200, body[:length], MARKS)


@given(st.binary())
def test_any_bytes_are_judged(body: bytes) -> None:
    """Accepted or refused by name; never another exception."""
    with suppress(FetchError):
        check_answer(DOCUMENT, 200, body, MARKS)


@pytest.mark.parametrize(
    ("status", "passing"), [(503, True), (429, True), (200, True), (404, False), (403, False)]
)
def test_what_is_worth_asking_again(status: int, passing: bool) -> None:
    """A page that is gone will be gone in a minute, too."""
    assert is_passing(status) == passing


def damage(body: bytes) -> str:
    return damage_in(body, kind_of(body))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_whole_documents_are_whole(path: Path) -> None:
    """Of every writer that made them."""
    assert damage(path.read_bytes()) == ""


@pytest.mark.official
def test_every_published_list_is_whole(official: Path) -> None:
    """None of CAC's own would ever be asked for twice."""
    for path in [*official.rglob("*.docx"), *official.rglob("*.pdf")]:
        assert damage(path.read_bytes()) == "", path


@pytest.mark.parametrize("name", ["algorithm.docx", "algorithm.pdf", "unnumbered.pdf"])
@pytest.mark.parametrize("how", ["one bit", "a block"])
def test_damage_is_found(name: str, how: str) -> None:
    """Wherever the text of the list is: a bit turned over, a block lost."""
    body = (GOLDEN / name).read_bytes()
    mark = b"word/document.xml" if name.endswith("docx") else b"stream"
    begin = body.index(mark) + len(mark) + 20
    end = body.index(b"endstream", begin) if name.endswith("pdf") else begin + 300
    for place in range(begin, end - 40, 7):
        changed = bytearray(body)
        changed[place] ^= 4
        if how == "a block":
            changed[place : place + 32] = bytes(32)
        assert damage(bytes(changed)), place


def test_what_bears_no_check_sum_cannot_be_doubted() -> None:
    """A PDF whose text is not compressed, or is encrypted by another filter, passes."""
    assert damage(b"%PDF-1.4\n1 0 obj << /Length 5 >>\nstream\nBT ET\nendstream\n%%EOF") == ""
    assert (
        damage(b"%PDF-1.4\n<< /Filter [/ASCII85Decode /FlateDecode] >>\nstream\nGb\nendstream")
        == ""
    )
