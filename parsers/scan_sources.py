"""All texts of a document that a number may stand in, where each stands, and what cannot be read.

For `suanbei scan`: not only the text that a reader sees, but also mail and saved pages with their
encodings, escapes, the data of pages that a script makes, attributes, form fields, headers and
footers, comments and hidden text.
"""

import codecs
import html
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default as mail_policy
from urllib.parse import unquote

from bs4 import BeautifulSoup

from suanbei.common.errors import DocumentError, EncryptedDocument, NotADocument
from suanbei.parsers.sniff import Format, format_of
from suanbei.parsers.tables import Tables
from suanbei.parsers.text import clean
from suanbei.registry.cells.numbers.find import TextPart, Unread

_MARKUP = re.compile(rb"</(?:a|b|dd|em|font|footer|i|li|p|small|span|strong|u)>", re.IGNORECASE)
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAIL = re.compile(rb"\A(?:From |(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:MIME-Version|Content-Type):)",
                   re.IGNORECASE)  # fmt: skip
_HEAD = 16_384
_ESCAPE = re.compile(r"\\+u([0-9A-Fa-f]{4})")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){3,}")
_ATTRIBUTES = frozenset(
    (
        "alt",
        "title",
        "content",
        "value",
        "placeholder",
        "aria-label",
        "label",
        "href",
        "src",
        "srcdoc",
    )
)
_LEAST_TEXT = 200
"""A page with scripts and less text than this (characters) is made by its scripts."""
_BIG_PICTURE = 0.1
"""Share of a page: a logo or a seal is smaller than this, a picture of a certificate larger."""
_DEPTH = 3
"""Documents in mails in mails are followed so far."""
_PICTURES = ("image/",)
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")


@dataclass(slots=True)
class ScanText:
    """The texts of a document in their order, and what of it could not be looked into.

    `pictures` counts those that may be logos, `picture_pages` are the pages of which a picture takes
    so much that a list or a certificate may be in it.
    """

    parts: list[TextPart] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    pictures: int = 0
    picture_pages: list[int] = field(default_factory=list)

    def add(self, text: str, place: str = "body", *, visible: bool = True) -> None:
        """Take in a text that has no page."""
        if text.strip():
            self.parts.append(TextPart(None, text, place, visible))


def read_texts(data: bytes, name: str, depth: int = 0) -> ScanText:
    """The texts of a document of any kind.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    found = ScanText()
    try:
        kind: Format | None = format_of(data, name)
    except NotADocument:
        if not _MARKUP.search(data) and b"\0" in data and data[:2] not in _UTF16_MARKS:
            raise
        kind = "html" if _MARKUP.search(data) else None
    if kind in (None, "html") and _MAIL.match(data[:_HEAD].lstrip()):
        _read_mail(data, name, found, depth)
    elif kind == "pdf":
        _read_pdf(data, name, found)
    elif kind == "docx":
        _read_docx(data, name, found)
    elif kind == "xlsx":
        _read_xlsx(data, name, found)
    elif kind == "html":
        _read_html(data, name, found)
    else:
        found.add(unescaped(_plain_text(data, name)))
    return found


def unescaped(text: str) -> str:
    """A text with JSON escapes, percent-encoding and HTML entities of letters replaced by the letters."""
    if "\\u" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if "%" in text:
        text = _PERCENT.sub(lambda match: unquote(match[0]), text)
    return html.unescape(text) if "&#" in text else text


def _plain_text(data: bytes, name: str) -> str:
    """Text of unknown encoding: what Chinese texts come in is tried before guessing."""
    is_wide = data[:2] in _UTF16_MARKS
    for encoding in ("utf-8-sig", "utf-16") if is_wide else ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    from charset_normalizer import from_bytes

    found = from_bytes(data).best()
    if found is None:
        raise NotADocument(f"{name}: neither a document nor text")
    return str(found)


def _table_text(tables: Tables) -> str:
    """The lines and rows of a document; a merged cell's text only where it begins."""
    rows = (
        " ".join(clean(cell.text) for cell in row.cells if not cell.vertically_merged)
        for table in tables.tables
        for row in table.rows
    )
    return "\n".join([*map(clean, tables.lines), *rows])


def _read_pdf(data: bytes, name: str, found: ScanText) -> None:
    from suanbei.parsers.pdf.reader import form_texts, page_texts

    for page in page_texts(data, name):
        is_big = page.pictures >= _BIG_PICTURE
        place = "text_layer" if page.invisible else "body"
        found.parts.append(
            TextPart(page.page, page.text, place, is_big if page.invisible else True)
        )
        found.parts += [
            TextPart(page.page, text, kind, kind != "hidden") for kind, text in page.left_out
        ]
        if is_big and not page.invisible:
            found.picture_pages.append(page.page)
        found.pictures += page.pictures > 0 and not is_big
    found.parts += [TextPart(page, text, "form_field") for page, text in form_texts(data, name)]


def _read_docx(data: bytes, name: str, found: ScanText) -> None:
    from suanbei.parsers.docx.other_parts import picture_count, text_parts
    from suanbei.parsers.docx.reader import read_docx

    found.add(_table_text(read_docx(data, name)))
    for place, text in text_parts(data, name):
        found.add(text, place, visible=place != "hidden")
    found.pictures += picture_count(data, name)


def _read_xlsx(data: bytes, name: str, found: ScanText) -> None:
    from suanbei.parsers.xlsx import read_xlsx

    found.add(_table_text(read_xlsx(data, name)))
    for text in read_xlsx(data, name, hidden=True).left_out:
        found.add(text.text, "hidden", visible=False)


def _read_html(data: bytes, name: str, found: ScanText) -> None:
    from suanbei.parsers.html import read_html, soup_of

    body = unescaped(_table_text(read_html(data, name)))
    found.add(body)
    soup = soup_of(data, name)
    found.pictures += len(soup.find_all("img"))
    for place, text in _unseen_texts(soup):
        found.add(unescaped(text), place, visible=False)
    if len(body.strip()) < _LEAST_TEXT and soup.find("script") and _is_made_by_script(soup):
        found.unread.append(Unread("script_page", ""))


def _is_made_by_script(soup: BeautifulSoup) -> bool:
    """Whether a page has an empty element for a script to fill, or says that it needs one."""
    from bs4 import Tag

    if soup.find("noscript"):
        return True
    return any(
        isinstance(tag, Tag)
        and not tag.get_text(strip=True)
        and (tag.get("id") or tag.get("class"))
        for tag in soup.find_all(["div", "main", "section", "app-root"])
    )


def _unseen_texts(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """What of a page no reader sees, as (place, text)."""
    from suanbei.parsers.html import hidden_texts

    if soup.title:
        yield "title", soup.title.get_text()
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if name in _ATTRIBUTES or name.startswith("data-"):
                text = value if isinstance(value, str) else " ".join(value)
                yield ("meta" if tag.name == "meta" else name), text
        if tag.name in ("script", "style", "noscript", "template", "textarea"):
            yield tag.name, tag.get_text()
    for text in hidden_texts(soup):
        yield "hidden", text


def _read_mail(data: bytes, name: str, found: ScanText, depth: int) -> None:
    """A mail or a saved page (MHTML): each part decoded and read as what it is."""
    message = message_from_bytes(data.lstrip(), policy=mail_policy)
    with suppress(ValueError, LookupError):
        found.add(str(message["Subject"] or ""), "subject")
    for part in message.walk():
        if not part.is_multipart():
            _read_mail_part(part, name, found, depth)


def _read_mail_part(part: "Message | EmailMessage", name: str, found: ScanText, depth: int) -> None:
    kind, file = part.get_content_type(), part.get_filename() or ""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    if kind in _SEALED:
        found.unread.append(Unread("encrypted_part", file or kind))
    elif kind.startswith(_PICTURES) and part.get_content_disposition() != "attachment":
        found.pictures += 1
    elif kind.startswith(_PICTURES):
        found.unread.append(Unread("picture", file or kind))
    elif kind == "text/plain" and not file:
        found.add(unescaped(_decoded(content, part.get_content_charset() or "")))
    elif kind in ("text/css", "text/javascript") or not content.strip():
        return
    elif depth >= _DEPTH:
        found.unread.append(Unread("part", file or kind))
    else:
        _read_inner(content, kind, file, found, depth)


def _read_inner(content: bytes, kind: str, file: str, found: ScanText, depth: int) -> None:
    place = f"attachment {file}".strip() if file else "body"
    try:
        inner = read_texts(content, file or kind, depth + 1)
    except EncryptedDocument:
        found.unread.append(Unread("encrypted_part", file or kind))
    except DocumentError:
        found.unread.append(Unread("part", file or kind))
    else:
        found.parts += [
            part._replace(place=place) if part.place == "body" else part for part in inner.parts
        ]
        found.unread += inner.unread
        found.pictures += inner.pictures + len(inner.picture_pages)


def _decoded(content: bytes, charset: str) -> str:
    with suppress(LookupError, UnicodeDecodeError):
        if charset:
            return content.decode("gb18030" if charset.lower() in ("gb2312", "gbk") else charset)
    return _plain_text(content, "text")
