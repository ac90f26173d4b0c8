"""The texts of a DOCX beside its body."""

import re

from suanbei.parsers.docx.elements import VANISH, P, R, T, text_of
from suanbei.parsers.docx.numbering import Numbering, W
from suanbei.parsers.office_package import Archive

_OTHER_PARTS = {
    "header": "header", "footer": "footer", "footnotes": "footnote", "endnotes": "endnote",
    "comments": "comment",
}  # fmt: skip
_DEL_TEXT = W + "delText"


def text_parts(data: bytes, name: str) -> list[tuple[str, str]]:
    """The text of the other parts that a reader may see, as (place, text).

    Places are header, footer, footnote, endnote, comment; and `hidden`, deleted and hidden text.

    Raises:
        DocumentError: as `read_docx`.
    """
    found: list[tuple[str, str]] = []
    with Archive(data, name) as package:
        main = package.main_part()
        for kind, place in _OTHER_PARTS.items():
            for part in package.related(main, kind) or _by_name(package, kind):
                root = package.xml(part)
                found += [(place, text_of(block, Numbering())) for block in root.iter(P)]
        root = package.xml(main)
    hidden = [*root.iter(_DEL_TEXT)]
    hidden += [t for mark in root.iter(VANISH) for r in mark.iterancestors(R) for t in r.iter(T)]
    found += [("hidden", text.text or "") for text in hidden]
    return [(place, text) for place, text in found if text.strip()]


def _by_name(package: Archive, kind: str) -> list[str]:
    """The parts of a kind by the names that Word gives them, where no relation is told."""
    pattern = re.compile(rf"word/{kind}\d*\.xml", re.IGNORECASE)
    return [part for part in package.parts() if pattern.fullmatch(part)]
