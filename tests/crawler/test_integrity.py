"""Documents that were damaged on their way are not taken for changed ones."""

from pathlib import Path

import pytest

from suanbei.crawler.integrity import damage_in
from suanbei.crawler.response_checks import kind_of

GOLDEN = Path(__file__).parents[1] / "golden"
DOCUMENTS = sorted([*GOLDEN.glob("*.docx"), *GOLDEN.glob("*.pdf"), *GOLDEN.glob("*.xlsx")])


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
