"""Broken and hostile files: one clear line and the right error, in little time and memory."""

import io
from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from suanbei.common.errors import (
    BrokenDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    NotADocument,
    NoTextLayer,
    UnknownLayout,
)
from suanbei.parsers import parse_document, read_in_subprocess
from suanbei.parsers.find_numbers import read_texts
from tests.parsers.making import HEADER, ROW, W, docx, package, table, xlsx
from tests.parsers.making import cell as cell_of

GOOD = docx(table([HEADER, ROW]))


def pdf(draw: Callable[[Canvas], object], **options: object) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, **options)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def lines(canvas: Canvas, count: int) -> None:
    for index in range(count):
        canvas.line(index % 500, 0, index % 500, 90)


def cell(row: int, reference: str) -> str:
    return f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'


def entities(entity: str) -> bytes:
    return package(
        {
            "word/document.xml": f"<!DOCTYPE a [<!ENTITY {entity}>]><w:document {W}><w:body><w:p>"
            "<w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
        }
    )


SHARING = "<row>" + '<c t="s"><v>0</v></c>' * 300 + "</row>"
LONG = f"<sst><si><t>{'x' * 1_000_000}</t></si></sst>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
CASES: dict[str, tuple[Callable[[], bytes], type[DocumentError], str]] = {
    "empty": (lambda: b"", EmptyDocument, "empty"),
    "text": (lambda: b"hello, world", NotADocument, "not a DOCX, PDF, XLSX or HTML"),
    "truncated docx": (lambda: GOOD[: len(GOOD) // 2], BrokenDocument, "truncated"),
    "html as docx": (lambda: b"<!DOCTYPE html><html><p>x</p></html>", UnknownLayout, "HTML"),
    "other zip": (lambda: package({"a": "b"}), NotADocument, "neither DOCX nor XLSX"),
    "old office": (lambda: OLE, NotADocument, "old binary Office"),
    "encrypted office": (
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedDocument, "password",
    ),
    "no body": (lambda: package({"word/document.xml": "<a/>"}), BrokenDocument, "no body"),
    "malformed xml": (
        lambda: package({"word/document.xml": "<a><b></a>"}), BrokenDocument, "well-formed",
    ),
    "zip bomb": (
        lambda: package({"word/document.xml": b"<a>" + b"<!--" + b" " * (65 << 20)}),
        DocumentTooLarge, "unpacks",
    ),
    "bomb of elements": (
        lambda: package({"word/document.xml": b"<a>" + b"<b/>" * 4_000_000}),
        DocumentTooLarge, "3000000 tags",
    ),
    "zip bomb of nothing": (
        lambda: package({"word/document.xml": bytes(65 << 20)}), BrokenDocument, "well-formed",
    ),
    "bomb of parts": (
        lambda: package({"word/document.xml": "<a/>"} | {f"w/{i}": "" for i in range(4001)}),
        DocumentTooLarge, "parts",
    ),
    "entity": (lambda: entities('x "xxxx"'), BrokenDocument, "document type"),
    "outside entity": (
        lambda: entities('x SYSTEM "file:///etc/passwd"'), BrokenDocument, "document type",
    ),
    "deep xml": (lambda: docx("<w:p>" * 9000), BrokenDocument, "well-formed"),
    "wide table": (
        lambda: docx("<w:tbl><w:tr>" + "<w:tc/>" * 300 + "</w:tr></w:tbl>"),
        DocumentTooLarge, "256 columns",
    ),
    "no table": (lambda: docx("<w:p/>"), UnknownLayout, "no table"),
    "other table": (lambda: docx(table([["甲", "乙"]])), UnknownLayout, "no table with a known"),
    "far cell": (
        lambda: xlsx(cell(1, "A1") + cell(1048576, "XFD1048576")), DocumentTooLarge, "1048576 rows",
    ),
    "far cell by reference": (
        lambda: xlsx(cell(1, "A1") + cell(9, "XF&#68;&#49;048576")), DocumentTooLarge, "rows",
    ),
    "long text in many cells": (
        lambda: xlsx(SHARING, sharedStrings=LONG), DocumentTooLarge, "texts of more",
    ),
    "cut sheet": (lambda: xlsx("<row><c>"), BrokenDocument, "sheet1.xml"),
    "no workbook": (lambda: package({"xl/workbook.xml": "<a/>"}), BrokenDocument, "corrupt"),
    "deep html": (lambda: b"<html>" + b"<div>" * 9000, BrokenDocument, "deep"),
    "endless html": (
        lambda: b"<html><table>" + b"<tr><td>x" * 160_000, DocumentTooLarge, "elements",
    ),
    "encoding of control signs": (
        lambda: b'<html><meta charset="utf\x018"><table><tr><td>x', UnknownLayout, "seen: x",
    ),
    "pdf head only": (lambda: b"%PDF-1.7\n", BrokenDocument, "truncated or corrupt"),
    "pdf cut": (
        lambda: pdf(lambda c: c.drawString(9, 9, "x"))[:300], BrokenDocument, "truncated or corrupt",
    ),
    "scan": (lambda: pdf(lambda c: c.rect(9, 9, 90, 90)), NoTextLayer, "without any text"),
    "encrypted pdf": (
        lambda: pdf(lambda c: c.drawString(9, 9, "x"), encrypt="secret"),
        EncryptedDocument, "password",
    ),
    "endless pdf": (
        lambda: pdf(lambda c: [c.showPage() for _ in range(5001)]), DocumentTooLarge, "5000",
    ),
    "huge page": (
        lambda: pdf(lambda c: c.drawString(9, 9, "x"), pagesize=(90000, 90000)),
        DocumentTooLarge, "page 1: a page of 90000 by 90000",
    ),
    "lines without end": (
        lambda: pdf(lambda c: lines(c, 20_500)), DocumentTooLarge, "20000 lines drawn",
    ),
    "no list in a pdf": (lambda: pdf(lambda c: c.drawString(9, 9, "x")), UnknownLayout, "no table"),
}  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_clear_line(case: str) -> None:
    """The error names the file, in one line, and is of the class that says what happened."""
    make, error, words = CASES[case]
    with pytest.raises(error) as caught:
        parse_document(make(), name="bad file")
    message = str(caught.value)
    assert message.startswith("bad file: ")
    assert words in message
    assert "\n" not in message


def test_too_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the size limit is not opened."""
    monkeypatch.setattr("suanbei.parsers.formats.MAX_BYTES", 100)
    with pytest.raises(DocumentTooLarge, match="more than the 100 allowed"):
        parse_document(GOOD, name="x")


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless table stops at the limit."""
    monkeypatch.setattr("suanbei.parsers.docx.MAX_ROWS", 3)
    with pytest.raises(DocumentTooLarge, match="more than 3 table rows"):
        parse_document(docx(table([HEADER, ROW, ROW, ROW])), name="x")


def test_too_many_rows_are_refused_before_memory_is_gone() -> None:
    """The limit is looked at while rows are read: who sent the file is told of rows, not of memory."""
    rows = "<w:tr><w:tc/></w:tr>" * 800_000
    with pytest.raises(DocumentTooLarge, match="more than 200000 table rows"):
        read_in_subprocess(docx(f"<w:tbl>{rows}</w:tbl>"), name="x")


def test_merged_cells_may_not_repeat_endlessly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long text in a cell merged with thousands below it is small as a file only."""
    monkeypatch.setattr("suanbei.parsers.document.MAX_REPEATED", 100)
    starts, goes_on = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>"
    rows = [
        "".join([*map(cell_of, ROW[:-1]), cell_of(text, merge)])
        for text, merge in [("途" * 60, starts), ("", goes_on), ("", goes_on)]
    ]
    body = table([HEADER]).replace("</w:tbl>", "".join(f"<w:tr>{row}</w:tr>" for row in rows))
    with pytest.raises(DocumentTooLarge, match="merged cells repeat more than 100 characters"):
        parse_document(docx(f"{body}</w:tbl>"), name="x")


def test_a_pdf_of_odd_pages_is_refused_before_any_is_read_slowly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rulings that make no table, page after page: no time goes into the first of them."""

    def odd(canvas: Canvas) -> None:
        for _ in range(3):
            canvas.drawString(9, 9, "x")
            for at in (100, 200):
                canvas.line(at, 100, at, 150)
                canvas.line(300, at, 400, at)
            canvas.showPage()

    monkeypatch.setattr("suanbei.parsers.pdf.reader.MAX_SLOW_PAGES", 2)
    monkeypatch.setattr("suanbei.parsers.pdf.reader._read_page_slowly", None)
    with pytest.raises(DocumentTooLarge, match=r"page 3: .*more than 2 such pages"):
        parse_document(pdf(odd), name="x")


def test_the_owner_password_alone_hides_nothing() -> None:
    """A PDF that anybody may open is read, whatever its owner forbids."""
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = StandardEncryption("", ownerPassword="owner", canCopy=0)
    data = pdf(lambda c: c.drawString(9, 9, "Beijing-X-20240101"), encrypt=locked)
    assert "Beijing-X-20240101" in read_texts(data, "x").parts[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_texts_of_plain_text(encoding: str) -> None:
    """Texts of vendors come in the encodings that Chinese texts come in."""
    text = "算法备案编号：网信算备110108999999902240011号"
    assert [part.text for part in read_texts(text.encode(encoding), "x.txt").parts] == [text]


def test_texts_of_documents() -> None:
    """Cells and lines, row by row."""
    (found,) = read_texts(docx("<w:p><w:r><w:t>标题</w:t></w:r></w:p>" + table([ROW])), "x").parts
    assert found.page is None
    assert "标题" in found.text
    assert ROW[6] in found.text


def test_binary_is_no_text() -> None:
    """Bytes of no known kind are refused, not guessed at."""
    with pytest.raises(NotADocument):
        read_texts(b"\x00\x01\x02\xff\xfe\x00", "x")
