"""Opens the ZIP packages that DOCX and XLSX are, with limits on what they unpack to."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Self

from lxml import etree

from parsers.limits import MAX_PARTS, MAX_UNPACKED_BYTES, MAX_XML_BYTES, MAX_XML_NODES
from registry.errors import BrokenDocument, DocumentTooLarge, EncryptedDocument

_ENCRYPTED = 0x1
_CHUNK = 64 * 1024


class Archive:
    """A package whose parts are read one by one, never more than the limits allow."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
            raise BrokenDocument(f"{name}: truncated or not a real ZIP package") from error
        parts = self._zip.infolist()
        if len(parts) > MAX_PARTS:
            raise DocumentTooLarge(f"{name}: {len(parts)} parts, more than {MAX_PARTS}")
        if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise DocumentTooLarge(f"{name}: unpacks to more than {MAX_UNPACKED_BYTES} bytes")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    def read(self, part: str) -> bytes:
        """The bytes of one part.

        Raises:
            BrokenDocument: the part is missing or damaged.
            DocumentTooLarge: it unpacks to more than the limit.
            EncryptedDocument: it wants a password.
        """
        return b"".join(self._chunks(part))

    def _chunks(self, part: str) -> Iterator[bytes]:
        """A part's bytes as they are unpacked; raises as `read`."""
        left = MAX_XML_BYTES
        try:
            info = self._zip.getinfo(part)
            if info.flag_bits & _ENCRYPTED:
                raise EncryptedDocument(f"{self.name}: {part} is encrypted")
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise DocumentTooLarge(
                            f"{self.name}: {part} unpacks to more than {MAX_XML_BYTES} bytes"
                        )
                    yield chunk
        except KeyError as error:
            raise BrokenDocument(f"{self.name}: the package has no {part}") from error
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
            raise BrokenDocument(f"{self.name}: {part} is damaged") from error

    def _within_nodes(self, part: str, cut: re.Pattern[bytes] | None) -> Iterator[bytes]:
        """A part's bytes without what is cut, as long as few tags and attributes are in them."""
        nodes = 0
        for chunk in self._chunks(part):
            told = cut.sub(b"", chunk) if cut else chunk
            nodes += told.count(b"<") + told.count(b"=")
            if nodes > MAX_XML_NODES:
                raise DocumentTooLarge(
                    f"{self.name}: {part} has more than {MAX_XML_NODES} tags and attributes"
                )
            yield told

    def parts(self) -> list[str]:
        """The names of all parts that hold anything."""
        return [part.filename for part in self._zip.infolist() if part.file_size]

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
        try:
            # Piece by piece: that takes less memory than all of it at once, and so less time.
            for chunk in self._within_nodes(part, cut):
                parser.feed(chunk)
            root = parser.close()
        except (etree.XMLSyntaxError, ValueError) as error:
            raise BrokenDocument(f"{self.name}: {part} is not well-formed XML") from error
        doctype: object = getattr(root.getroottree().docinfo, "doctype", "")
        if doctype:
            raise BrokenDocument(f"{self.name}: {part} declares a document type")
        return root
