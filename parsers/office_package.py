"""Opens the ZIP packages that DOCX and XLSX are, with limits on what they unpack to."""

import io
import re
from collections.abc import Iterator

from lxml import etree

from suanbei.common.errors import BrokenDocument, DocumentTooLarge
from suanbei.common.package import Package, PackageLimits
from suanbei.parsers.limits import MAX_PARTS, MAX_UNPACKED_BYTES, MAX_XML_BYTES, MAX_XML_NODES

_LIMITS = PackageLimits(MAX_PARTS, MAX_UNPACKED_BYTES, MAX_XML_BYTES)


class Archive(Package):
    """A document's package, whose parts can be had as XML."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(io.BytesIO(data), name, _LIMITS)

    def _within_nodes(self, part: str, cut: re.Pattern[bytes] | None) -> Iterator[bytes]:
        """A part's bytes without what is cut, as long as few tags and attributes are in them."""
        nodes = 0
        for chunk in self.chunks(part):
            told = cut.sub(b"", chunk) if cut else chunk
            nodes += told.count(b"<") + told.count(b"=")
            if nodes > MAX_XML_NODES:
                raise DocumentTooLarge(
                    f"{self.name}: {part} has more than {MAX_XML_NODES} tags and attributes"
                )
            yield told

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
