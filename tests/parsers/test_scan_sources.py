"""Where numbers stand in what people send and save, and what cannot be looked into."""

import base64
import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import quote

import openpyxl
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from suanbei.common.errors import NotADocument
from suanbei.parsers.find_numbers import find_numbers
from tests.lists import number
from tests.parsers.making import W, docx, package

ONE = number(1)
ESCAPED = "".join(rf"\u{ord(sign):04x}" for sign in ONE)


def places(data: bytes) -> list[tuple[str, bool]]:
    """Where the number stands, and whether a reader sees it."""
    found = find_numbers(data, "x").occurrences
    assert {str(one.found.number) for one in found} == {ONE}
    return [(one.place, one.visible) for one in found]


def unread(data: bytes) -> list[str]:
    return [one.code for one in find_numbers(data, "x").unread]


@pytest.mark.parametrize(
    "text",
    [
        '{"footer":"' + ESCAPED + '"}',
        "https://x/?n=" + quote(ONE),
        "https://x/?n=" + quote(ONE, encoding="gb18030"),
        "".join(f"&#{ord(sign)};" for sign in ONE),
        "".join(rf"\x{byte:02x}" for byte in ONE.encode()),
        "".join(rf"\u{{{ord(sign):x}}}" for sign in ONE),
    ],
    ids=["JSON", "percent", "percent of GB18030", "entities", "bytes", "code points"],
)
def test_escapes_of_letters_are_read(text: str) -> None:
    assert places(text.encode()) == [("body", True)]


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_mail_is_decoded(encoding: str) -> None:
    """Its text, and the documents attached to it; an attached picture is told of."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@example.org", "备案"
    mail.set_content(f"您好，{ONE}。", cte=encoding)
    mail.add_attachment(docx(f"<w:p><w:r><w:t>{ONE}</w:t></w:r></w:p>"), maintype="application",
                        subtype="octet-stream", filename="a.docx")  # fmt: skip
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    data = mail.as_bytes()
    assert places(data) == [("body", True), ("attachment a.docx", True)]
    assert unread(data) == ["picture"]


def test_a_sealed_mail_is_told_of() -> None:
    head = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\n"
    assert unread(head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"x")) == [
        "encrypted_part"
    ]


def test_a_saved_page_is_read_as_a_page() -> None:
    """MHTML: the page is a part of a mail, quoted-printable."""
    mail = EmailMessage()
    mail.set_content(f"<html><body><p>{ONE[:9]}<b>{ONE[9:]}</b></p></body></html>", subtype="html",
                     cte="quoted-printable")  # fmt: skip
    mail.make_related()
    assert places(mail.as_bytes()) == [("body", True)]


@pytest.mark.parametrize(
    ("where", "html"),
    [
        ("meta", f'<meta name="filing" content="{ONE}">'),
        ("script", f'<script type="application/ld+json">{{"identifier":"{ONE}"}}</script>'),
        ("script", f'<script id="__NEXT_DATA__">{{"f":"{ESCAPED}"}}</script>'),
        ("alt", f'<img src="a.png" alt="{ONE}">'),
        ("title", f'<a title="{ONE}" href="/">备案</a>'),
        ("href", f'<a href="/n/{quote(ONE)}">备案</a>'),
        ("noscript", f"<noscript>{ONE}</noscript>"),
        ("hidden", f'<p style="display:none">{ONE}</p>'),
        ("hidden", f"<p hidden>{ONE}</p>"),
        ("title", f"<svg><title>{ONE}</title></svg>"),
        ("comment", f"<!-- {ONE} -->"),
        ("value", f'<input type="hidden" value="{ONE}">'),
    ],
)
def test_what_a_page_does_not_show_is_found_and_marked(where: str, html: str) -> None:
    text = f"<html><head><meta charset=utf-8></head><body>{html}<p>{'文' * 300}</p></body></html>"
    assert places(text.encode()) == [(where, False)]


def test_a_page_made_by_a_script_is_told_of() -> None:
    """What is stored of it is not what a reader sees; a page with its own text is whole."""
    page = "<html><body>{}<script src='a.js'></script></body></html>"
    text = "text " * 60
    assert unread(page.format('<div id="root"></div>').encode()) == ["script_page"]
    assert unread(page.format('<div id="app"><p>Loading…</p></div>').encode()) == ["script_page"]
    assert unread(page.format(f'<nav>{text}</nav><div id="app"></div>').encode()) == ["script_page"]
    assert unread(page.format(f"<p>{text}</p>").encode()) == []
    assert unread(page.format(f'<div id="app"><p>{text}</p></div>').encode()) == []


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ('<iframe src="https://example.org/list"></iframe>', "part"),
        ('<embed src="list.pdf">', "part"),
        ("<canvas></canvas>", "picture"),
        ('<div style="background: url(list.png)"></div>', "picture"),
    ],
)
def test_what_stands_in_a_page_and_was_not_looked_into(inside: str, told: str) -> None:
    """It is told of where no number was found; beside one it may be a logo or an advertisement."""
    page = "<html><body><p>{}</p>{}</body></html>"
    assert unread(page.format("文", inside).encode()) == [told]
    assert unread(page.format(ONE, inside).encode()) == []


def test_rich_text_is_refused_with_what_to_do() -> None:
    """Its letters are numbers: read as plain text it would have no number in it."""
    with pytest.raises(NotADocument, match="save it as"):
        find_numbers(rb"{\rtf1 \u32593?}", "a.rtf")


def test_headers_footnotes_and_comments_of_a_document() -> None:
    """Deleted text is found too, and marked as unseen."""
    run = f"<w:p><w:r><w:t>{ONE}</w:t></w:r></w:p>"
    parts = {
        "word/document.xml": f"<w:document {W}><w:body><w:p><w:del><w:r><w:delText>{ONE}</w:delText>"
        "</w:r></w:del></w:p></w:body></w:document>",
        "word/footer1.xml": f"<w:ftr {W}>{run}</w:ftr>",
        "word/footnotes.xml": f"<w:footnotes {W}><w:footnote>{run}</w:footnote></w:footnotes>",
        "word/comments.xml": f"<w:comments {W}><w:comment>{run}</w:comment></w:comments>",
    }
    assert places(package(parts)) == [
        ("footer", True), ("footnote", True), ("comment", True), ("hidden", False),
    ]  # fmt: skip


def test_a_picture_is_told_of_where_no_number_was_found() -> None:
    """The logo of a letter with its number is none that somebody has to look at."""
    logo = {"word/media/image1.png": b"\x89PNG"}
    letter = f"<w:document {W}><w:body><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>"
    assert unread(package({"word/document.xml": letter % ONE} | logo)) == []
    assert unread(package({"word/document.xml": letter % "见图"} | logo)) == ["picture"]


def test_every_row_of_a_hidden_column_is_looked_into() -> None:
    book = openpyxl.Workbook()
    for row in (["一", "备案编号"], ["甲", "无"], ["乙", ONE]):
        book.worksheets[0].append(row)
    book.worksheets[0].column_dimensions["B"].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    assert places(stream.getvalue()) == [("hidden", False)]


def test_hidden_sheets_are_looked_into() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["一", "二"])
    book.create_sheet("旧版").append([ONE, "x"])
    book.worksheets[1].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    assert places(stream.getvalue()) == [("hidden", False)]


def test_a_form_field_of_a_pdf() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(50, 700, "text")
    canvas.acroForm.textfield(name="number", value="Beijing-WenXinYiYan-20230821", x=50, y=600)
    canvas.save()
    (one,) = find_numbers(stream.getvalue(), "x").occurrences
    assert (str(one.found.number), one.place, one.page) == (
        "Beijing-WenXinYiYan-20230821", "form_field", 1,
    )  # fmt: skip


def drawn(*pages: Callable[[Canvas], object]) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(600, 800))
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


NUMBER = "Beijing-WenXinYiYan-20230821"


def invisible(canvas: Canvas) -> None:
    canvas.drawString(50, 700, "a text that everybody sees, longer than the one below it")
    canvas.drawString(50, 600, NUMBER, mode=3)


def white(canvas: Canvas) -> None:
    canvas.drawString(50, 700, "text")
    canvas.setFillGray(1)
    canvas.drawString(50, 600, NUMBER)


def nothing_but_white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    canvas.drawString(50, 600, NUMBER)


def slanting(canvas: Canvas) -> None:
    canvas.drawString(50, 700, "text")
    canvas.rotate(30)
    canvas.drawString(300, 300, NUMBER)


@pytest.mark.parametrize(
    ("page", "place", "visible"),
    [
        (invisible, "hidden", False),
        (white, "hidden", False),
        (nothing_but_white, "hidden", False),
        (slanting, "watermark", True),
    ],
)
def test_pdf_text_outside_of_what_is_read(
    page: Callable[[Canvas], object], place: str, visible: bool
) -> None:
    """It is searched all the same, and told whether a reader sees it."""
    (one,) = find_numbers(drawn(page), "x").occurrences
    assert (str(one.found.number), one.place, one.visible) == (NUMBER, place, visible)


def test_pages_of_a_pdf_whose_pictures_may_hold_the_number() -> None:
    """A logo is none; a page without anything on it is none."""
    picture = ImageReader(Image.new("RGB", (40, 40), "red"))

    def certificate(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "see below")
        canvas.drawImage(picture, 50, 100, 400, 400)

    def letter(canvas: Canvas) -> None:
        canvas.drawString(50, 700, NUMBER)
        canvas.drawImage(picture, 50, 740, 40, 40)

    def logo_only(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "nothing")
        canvas.drawImage(picture, 50, 740, 40, 40)

    def scanned(canvas: Canvas) -> None:
        canvas.drawImage(picture, 0, 0, 600, 800)

    def blank(canvas: Canvas) -> None:
        canvas.setFillGray(1)

    data = drawn(letter, certificate, logo_only, scanned, blank)
    assert [one.detail for one in find_numbers(data, "x").unread] == ["p. 2", "p. 4"]
    assert unread(drawn(letter)) == []
    assert unread(drawn(logo_only)) == ["picture"]


def test_a_picture_is_refused() -> None:
    with pytest.raises(NotADocument):
        find_numbers(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "x")


@pytest.mark.parametrize(
    ("place", "html"),
    [("value", f'<input value="{ONE}">'), ("textarea", f"<textarea>{ONE}</textarea>"),
     ("select", f"<select><option>{ONE}</option></select>")],
)  # fmt: skip
def test_what_stands_in_a_form_s_field_is_seen(place: str, html: str) -> None:
    text = f"<html><body>{html}<p>{'文' * 300}</p></body></html>"
    assert places(text.encode()) == [(place, True)]


def test_a_sheet_s_comments_are_read() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "编号见批注"
    book.active["A1"].comment = openpyxl.comments.Comment(ONE, "a")
    stream = io.BytesIO()
    book.save(stream)
    assert places(stream.getvalue()) == [("comment", True)]


def test_files_within_a_document_are_told_of() -> None:
    body = f"<w:document {W}><w:body><w:p/></w:body></w:document>"
    data = package({"word/document.xml": body, "word/embeddings/sheet1.xlsx": b"PK"})
    assert unread(data) == ["part"]


@pytest.mark.parametrize("part", ["word/footer1.xml", "word/comments.xml"])
def test_a_part_of_a_document_that_cannot_be_read_is_named(part: str) -> None:
    letter = f"<w:document {W}><w:body><w:p><w:r><w:t>{ONE}</w:t></w:r></w:p></w:body></w:document>"
    data = package({"word/document.xml": letter, part: "<broken"})
    assert places(data) == [("body", True)]
    assert [(one.code, one.detail) for one in find_numbers(data, "x").unread] == [("part", part)]


def test_a_comment_of_a_workbook_that_cannot_be_read_is_named() -> None:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = ONE
    book.save(stream)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/comments1.xml", "<broken")
    data = stream.getvalue()
    assert places(data) == [("body", True)]
    assert [one.detail for one in find_numbers(data, "x").unread] == ["xl/comments1.xml"]
