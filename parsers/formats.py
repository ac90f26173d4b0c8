"""Tells what a file is by its bytes (names and content types are not believed), and opens the ZIP packages
that DOCX and XLSX are, with limits on what they unpack to."""

import codecs
import io
import posixpath
import re
from typing import Literal

from lxml import etree

from suanbei.common.errors import (
    BrokenDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    NotADocument,
)
from suanbei.common.files import Package, PackageLimits
from suanbei.parsers.limits import (
    MAX_BYTES,
    MAX_PARTS,
    MAX_UNPACKED_BYTES,
    MAX_XML_BYTES,
    MAX_XML_NODES,
)

Format = Literal["docx", "pdf", "xlsx", "html"]

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|div|meta)\b", re.IGNORECASE)
_MAIL = re.compile(
    rb"\s*(?:From |(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:MIME-Version|Content-Type):)",
    re.IGNORECASE,
)
_WORD = re.compile(rb"<(?:\w+:)?document\b[^>]*wordprocessingml", re.DOTALL)
_WORKBOOK = re.compile(rb"<(?:\w+:)?workbook\b", re.DOTALL)
_HEAD = 8192
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LIMITS = PackageLimits(MAX_PARTS, MAX_UNPACKED_BYTES, MAX_XML_BYTES)
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main",
     b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships",
     b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
)  # fmt: skip
"""The namespaces of strict OOXML, and those that are read in their place."""


def format_of(data: bytes, name: str) -> Format:
    """The format of a document.

    Raises:
        EmptyDocument: there are no bytes.
        NotADocument: no reader knows these bytes.
        DocumentTooLarge, BrokenDocument: a package that cannot be opened.
        EncryptedDocument: an office document in an encrypted envelope.
    """
    if not data:
        raise EmptyDocument(f"{name}: the file is empty")
    if len(data) > MAX_BYTES:
        raise DocumentTooLarge(f"{name}: {len(data)} bytes, more than the {MAX_BYTES} allowed")
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if data.startswith(b"PK"):
        return _office(data, name)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedDocument(f"{name}: the document wants a password")
        raise NotADocument(f"{name}: an old binary Office file (DOC, XLS), not DOCX or XLSX")
    if _HTML.search(data[:4096].replace(b"\0", b"") if data[:2] in UTF16_MARKS else data[:4096]):
        return "html"
    if is_mail(data) and b"text/html" in data:
        return "html"
    raise NotADocument(f"{name}: not a DOCX, PDF, XLSX or HTML document")


def is_mail(data: bytes) -> bool:
    """Whether a file is a mail, or a page that a browser saved as one (MHTML)."""
    return bool(_MAIL.match(data[: 2 * _HEAD]))


def _office(data: bytes, name: str) -> Format:
    with OfficeFile(data, name) as package:
        main = package.main_part()
        if not main:
            raise NotADocument(f"{name}: a ZIP package, but neither DOCX nor XLSX")
        folder = main.lower().partition("/")[0]
        head = b"" if folder in {"word", "xl"} else next(package.chunks(main), b"")[:_HEAD]
    if folder == "word" or _WORD.search(head):
        return "docx"
    if folder == "xl" or _WORKBOOK.search(head):
        return "xlsx"
    raise NotADocument(f"{name}: a ZIP package, but neither DOCX nor XLSX")


class OfficeFile(Package):
    """A document's package, whose parts can be had as XML.

    Part names are those of the standard: `/` parts folders, whatever the ZIP file has (some makers
    write `\\`), and case does not count.
    """

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(io.BytesIO(data), name, _LIMITS)
        for info in list(self._zip.infolist()):
            info.filename = info.filename.replace("\\", "/").lstrip("/")
            self._zip.NameToInfo[info.filename] = info
        self._names = {part.lower(): part for part in self._zip.NameToInfo}

    def part_named(self, name: str) -> str:
        """A part's name as the package spells it; empty if there is none."""
        return self._names.get(name.replace("\\", "/").lstrip("/").lower(), "")

    def main_part(self) -> str:
        """The part that the package says is the document, else the usual one; empty if none is there."""
        usual = (self.part_named("word/document.xml"), self.part_named("xl/workbook.xml"))
        told = [part for part, kind in self.relations("").values() if kind == "officeDocument"]
        return next(filter(None, [*told, *usual]), "")

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """By their ids, the parts that a part (or, for an empty name, the package) is related to, each
        with the kind of the relation."""
        folder, _, file = part.rpartition("/")
        listed = self.part_named(f"{folder}/_rels/{file}.rels")
        if not listed:
            return {}
        found = {}
        for element in self.xml(listed).iter(_RELATIONS):
            target = element.get("Target", "").replace("\\", "/")
            path = target if target.startswith("/") else posixpath.join(folder, target)
            if name := self.part_named(posixpath.normpath(path)):
                found[element.get("Id", "")] = (name, element.get("Type", "").rpartition("/")[2])
        return found

    def xml(self, part: str, cut: re.Pattern[bytes] | None = None) -> "etree._Element":
        """The root element of one XML part; document types and entities are refused.

        What `cut` matches (elements without content that the caller does not want) may be missing:
        building a tree costs far more than looking over its bytes.

        Raises:
            BrokenDocument: the part is missing, damaged or not XML.
            DocumentTooLarge, EncryptedDocument: as `read`.
        """
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True,
            collect_ids=False,
        )  # fmt: skip
        nodes = 0
        try:
            # Piece by piece: that takes less memory than all of it at once, and so less time.
            for number, chunk in enumerate(self.chunks(part)):
                told = cut.sub(b"", chunk) if cut else chunk
                nodes += told.count(b"<") + told.count(b"=")
                if nodes > MAX_XML_NODES:
                    raise DocumentTooLarge(
                        f"{self.name}: {part} has more than {MAX_XML_NODES} tags and attributes"
                    )
                for strict, usual in () if number else _STRICT:
                    told = told.replace(strict, usual)
                parser.feed(told)
            root = parser.close()
        except (etree.XMLSyntaxError, ValueError) as error:
            raise BrokenDocument(f"{self.name}: {part} is not well-formed XML") from error
        doctype: object = getattr(root.getroottree().docinfo, "doctype", "")
        if doctype:
            raise BrokenDocument(f"{self.name}: {part} declares a document type")
        return root
