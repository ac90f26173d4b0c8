"""The numbers in a document of any kind: what `suanbei scan` and `/v1/scan` find.

They are looked for in all texts of it: not only in what a reader sees, but also in mail and saved pages with their
encodings, escapes, the data of pages that a script makes, attributes, form fields, headers and
footers, comments and hidden text.
"""

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default as mail_policy
from urllib.parse import unquote_to_bytes

from bs4 import BeautifulSoup, Tag

from suanbei.common.errors import DocumentError, EncryptedDocument, NotADocument
from suanbei.common.limited_process import DEFAULT_LIMITS, Limits, run_limited
from suanbei.parsers.formats import UTF16_MARKS, Format, OfficeFile, format_of, is_mail
from suanbei.parsers.tables import Tables
from suanbei.registry.cells.numbers import Found, OtherNumber, Repair
from suanbei.registry.cells.numbers.find import (
    FoundNumbers,
    Occurrence,
    TextPart,
    Unread,
    occurrences,
)

_MARKUP = re.compile(rb"</(?:a|b|dd|em|font|footer|i|li|p|small|span|strong|u)>", re.IGNORECASE)
_ESCAPE = re.compile(r"\\+u(?:([0-9A-Fa-f]{4})|\{([0-9A-Fa-f]{1,6})\})")
_BYTES = re.compile(r"(?:\\+x[0-9A-Fa-f]{2}){2,}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){2,}")
_LEAST_TEXT = 200
"""A page with scripts and less text than this (characters) is made by its scripts."""
_FILLED = re.compile(r"_{0,3}(?:root|app|next|nuxt|layout|gatsby|q-app|react-root|app-root)")
"""The elements that the frameworks of single-page sites fill."""
_LEAST_FILLED = 50
"""One with less text than this (characters) is still to be filled."""
_FRAMES = ("iframe", "frame", "object", "embed")
_GROUND = re.compile(r"\burl\(")
_DEPTH = 3
"""Documents in mails in mails are followed so far."""
_SHEET_NOTES = re.compile(r"xl/(?:comments|threadedComments|drawings)[^_]*\.xml$", re.IGNORECASE)
_RTF = rb"{\rtf"
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")


@dataclass(slots=True)
class ScanText:
    """The texts of a document in their order, and what of it could not be looked into.

    `pictures` counts those that may be logos, `picture_pages` are the pages of which a picture takes
    so much that a list or a certificate may be in it. `doubtful` is told of where no number was found.
    """

    parts: list[TextPart] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    pictures: int = 0
    picture_pages: list[int] = field(default_factory=list)
    doubtful: list[Unread] = field(default_factory=list)

    def add(self, text: str, place: str = "body", *, visible: bool = True) -> None:
        """Take in a text that has no page."""
        if text.strip():
            self.parts.append(TextPart(None, text, place, visible))

    def add_all(self, tables: Tables) -> str:
        """Take in all texts of a document without pages; returns that of its body."""
        body = unescaped("\n".join(tables.texts()))
        self.add(body)
        for place, text, visible in tables.others:
            self.add(unescaped(text), place, visible=visible)
        self.unread += (
            Unread("part", one.cells[0]) for one in tables.left_out if one.reason == "unread_part"
        )
        return body


def find_numbers(data: bytes, name: str) -> FoundNumbers:
    """Every number in a document, in order, and what of the document could not be looked into.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    texts = read_texts(data, name)
    found = tuple(occurrences(texts.parts))
    return FoundNumbers(found, (*texts.unread, *_not_looked_into(texts, found)))


def _not_looked_into(texts: ScanText, found: Sequence[Occurrence]) -> Iterator[Unread]:
    """The pictures that numbers may stand in: those that take much of a page without a number, and
    where nothing was found at all, any, and what is doubtful."""
    pages = {one.page for one in found}
    for page in texts.picture_pages:
        if page not in pages:
            yield Unread("picture", f"p. {page}")
    if texts.pictures and not found:
        yield Unread("picture", str(texts.pictures))
    if not found:
        yield from texts.doubtful


def find_in_subprocess(data: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS) -> FoundNumbers:
    """The same in a child process with limits: whatever a document does, the caller lives on.

    Raises:
        Overloaded: its turn does not come in time.
        DocumentError: as `find_numbers`, or a limit is exceeded.
    """
    return run_limited(find_numbers, data, name, subject=name, limits=limits)


def find_in_source_code(data: bytes) -> list[Occurrence]:
    """The numbers of CAC's registers in a file of source code, with their lines; none in a binary.

    Read as text, in this process. A bare run of digits in code is seldom a filing number: only what
    bears 网信算备, or a region and a date, is taken for one. Numbers of other registers are left out.
    """
    if b"\0" in data:
        return []
    text = unescaped(data.decode("utf-8", "replace"))
    return [one for one in occurrences([TextPart(None, text)]) if names_register(one.found)]


def names_register(found: Found) -> bool:
    """Whether a number of CAC's says of which register it is; 21 digits alone may be anything in a script."""
    is_ours = not isinstance(found.number, OtherNumber)
    return is_ours and Repair.MISSING_PREFIX not in found.repairs


def read_texts(data: bytes, name: str, depth: int = 0) -> ScanText:
    """The texts of a document of any kind.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    found = ScanText()
    if data.lstrip().startswith(_RTF):
        raise NotADocument(f"{name}: RTF is not read; save it as DOCX or PDF")
    try:
        kind: Format | None = format_of(data, name)
    except NotADocument:
        if not _MARKUP.search(data) and b"\0" in data and data[:2] not in UTF16_MARKS:
            raise
        kind = "html" if _MARKUP.search(data) else None
    if kind in (None, "html") and is_mail(data):
        _read_mail(data, name, found, depth)
    elif kind == "pdf":
        _read_pdf(data, name, found)
    elif kind in ("docx", "xlsx"):
        _read_office(data, name, kind, found)
    elif kind == "html":
        _read_html(data, name, found)
    else:
        found.add(unescaped(_plain_text(data, name)))
    return found


def unescaped(text: str) -> str:
    """A text with the escapes of JSON and scripts, percent-encoding and HTML entities of letters
    replaced by the letters."""
    if "\\u" in text:
        text = _ESCAPE.sub(lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)), text)
    if "\\x" in text:
        text = _BYTES.sub(
            lambda match: _of_bytes(bytes.fromhex(match[0].replace("\\", "").replace("x", ""))),
            text,
        )
    if "%" in text:
        text = _PERCENT.sub(lambda match: _of_bytes(unquote_to_bytes(match[0])), text)
    return html.unescape(text) if "&#" in text else text


def _of_bytes(data: bytes) -> str:
    """Escaped bytes as letters: UTF-8, else what older Chinese pages are in."""
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("latin-1")


def _plain_text(data: bytes, name: str, charset: str = "") -> str:
    """Text in the encoding that is told; else what Chinese texts come in is tried before guessing."""
    told = "gb18030" if charset.lower() in ("gb2312", "gbk") else charset
    usual = "utf-16" if data[:2] in UTF16_MARKS else "gb18030"
    for encoding in filter(None, (told, "utf-8-sig", usual)):
        with suppress(LookupError, UnicodeDecodeError):
            return data.decode(encoding)
    from charset_normalizer import from_bytes

    found = from_bytes(data).best()
    if found is None:
        raise NotADocument(f"{name}: neither a document nor text")
    return str(found)


def _read_pdf(data: bytes, name: str, found: ScanText) -> None:
    from suanbei.parsers.pdf.reader import document_texts, page_texts
    from suanbei.parsers.pdf.tolerances import BIG_PICTURE

    for page, text in page_texts(data, name):
        is_big = page.pictures >= BIG_PICTURE
        place = "text_layer" if page.invisible else "body"
        found.parts.append(TextPart(page.number, text, place, is_big or not page.invisible))
        found.parts += [
            TextPart(page.number, left_out, kind, kind != "hidden")
            for kind, left_out in page.left_out
        ]
        if is_big and not page.invisible:
            found.picture_pages.append(page.number)
        found.pictures += page.pictures > 0 and not is_big
    texts = document_texts(data, name)
    found.parts += [TextPart(page, text, "form_field") for page, text in texts.fields]
    found.add(texts.title, "title", visible=False)
    found.unread += [Unread("part", file) for file in texts.attached]


def _read_office(data: bytes, name: str, kind: str, found: ScanText) -> None:
    """A DOCX or XLSX: its text, the notes and text boxes of a workbook; its pictures are counted, and
    the files that are embedded in it named."""
    if kind == "docx":
        from suanbei.parsers.docx import read_docx

        found.add_all(read_docx(data, name))
    else:
        from suanbei.parsers.xlsx import read_xlsx

        found.add_all(read_xlsx(data, name))
    with OfficeFile(data, name) as package:
        parts = package.parts()
        for part in filter(_SHEET_NOTES.match, parts):
            try:
                texts = [node.text or "" for node in package.xml(part).iter("{*}t", "{*}text")]
            except DocumentError:
                found.unread.append(Unread("part", part))
            else:
                found.add("".join(texts), "comment" if "omment" in part else "text_box")
    found.pictures += sum("/media/" in part for part in parts)
    found.unread += [Unread("part", part) for part in parts if "/embeddings/" in part]


def _read_html(data: bytes, name: str, found: ScanText) -> None:
    from suanbei.parsers.html import soup_of, tables_of

    soup = soup_of(data, name)
    body = found.add_all(tables_of(soup, name))
    found.pictures += len(soup.find_all(["img", "canvas"])) + len(soup.find_all(style=_GROUND))
    for frame in soup.find_all(_FRAMES):
        target = str(frame.get("src") or frame.get("data") or "")
        if target and not target.startswith(("about:", "data:")):
            found.doubtful.append(Unread("part", target))
    if soup.find("script"):
        told = found.unread if len(body.strip()) < _LEAST_TEXT else found.doubtful
        # The element that a framework fills is still empty, but for "Loading…".
        filled = (tag.get_text(strip=True) for tag in soup.find_all(id=_FILLED))
        is_unfilled = any(len(text) < _LEAST_FILLED for text in filled)
        if is_unfilled or (told is found.unread and _is_made_by_script(soup)):
            told.append(Unread("script_page", ""))


def _is_made_by_script(soup: BeautifulSoup) -> bool:
    """Whether a page has an empty element for a script to fill, or says that it needs one."""
    if soup.find("noscript"):
        return True
    return any(
        isinstance(tag, Tag)
        and not tag.get_text(strip=True)
        and (tag.get("id") or tag.get("class"))
        for tag in soup.find_all(["div", "main", "section", "app-root"])
    )


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
    elif kind.startswith("image/") and part.get_content_disposition() != "attachment":
        found.pictures += 1
    elif kind.startswith("image/"):
        found.unread.append(Unread("picture", file or kind))
    elif kind == "text/plain" and not file:
        found.add(unescaped(_plain_text(content, "text", part.get_content_charset() or "")))
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
        found.doubtful += inner.doubtful
