"""The number readers against the published lists themselves (DOMAIN.md §3)."""

import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    GenaiNumber,
    Malformation,
    MalformedNumber,
    find_numbers,
    number_key,
    parse_number,
)
from suanbei.registry.cells.regions import regions_of_spelling

OFFICIAL = Path(__file__).parents[3] / ".." / "shared" / "official"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ALGORITHM_HEADERS, GENAI_HEADERS = {"备案编号"}, {"备案号", "备案编号", "上线编号"}

pytestmark = [
    pytest.mark.official,
    pytest.mark.skipif(not OFFICIAL.is_dir(), reason=f"the real lists are not at {OFFICIAL}"),
]


def _cells(row: etree._Element) -> list[str]:
    return ["".join(t.text or "" for t in cell.iter(f"{WORD}t")) for cell in row.iter(f"{WORD}tc")]


def _numbers(document: Path, headers: set[str]) -> Iterator[str]:
    with zipfile.ZipFile(document) as package:
        tree = etree.fromstring(package.read("word/document.xml"))
    for table in tree.iter(f"{WORD}tbl"):
        rows = [_cells(row) for row in table.iter(f"{WORD}tr")]
        column = next(at for at, cell in enumerate(rows[0]) if cell.strip() in headers)
        yield from (row[column] for row in rows[1:] if row[column].strip() not in headers)


@cache
def _published(folders: tuple[str, ...], *, genai: bool) -> list[str]:
    headers = GENAI_HEADERS if genai else ALGORITHM_HEADERS
    documents = sorted(path for folder in folders for path in (OFFICIAL / folder).glob("*.docx"))
    return [number for path in documents for number in _numbers(path, headers)]


def algorithm_numbers() -> list[str]:
    return _published(("algorithm", "deep_synthesis", "deregistration"), genai=False)


def genai_numbers() -> list[str]:
    return _published(("genai",), genai=True)


def test_every_algorithm_number_but_one_is_sound() -> None:
    """Protects the check rule: exactly the known number on the lists fails it."""
    parsed = [parse_number(text) for text in algorithm_numbers()]
    assert len(parsed) > 5900
    assert all(isinstance(number, AlgorithmNumber) for number in parsed)
    failing = {
        str(each) for each in parsed if isinstance(each, AlgorithmNumber) and not each.check_ok
    }
    assert failing == {"网信算备440305295988702220055号"}


def test_every_genai_number_but_two_is_well_formed() -> None:
    """Protects the genai grammar: one published number lacks its date, one has a serial of six."""
    parsed = {text: parse_number(text) for text in genai_numbers()}
    assert len(parsed) > 1300
    assert None not in parsed.values()
    odd = {str(each): each.reason for each in parsed.values() if isinstance(each, MalformedNumber)}
    assert odd == {
        "Jiangsu-SiWeiXiangLiangZhiSuanYun-": Malformation.NO_DATE,
        "ZheJiang-HuaShuShiHuaWenLvDaMoXing-20250609000026": Malformation.BAD_SERIAL,
    }


def test_published_numbers_come_back_as_published() -> None:
    """Protects the parse and format round trip on all that was ever published."""
    for text in algorithm_numbers() + genai_numbers():
        assert str(parse_number(text)) == text.strip()


def test_keys_never_collide() -> None:
    """Protects the database key: two different published numbers never share one."""
    published = {text.strip() for text in algorithm_numbers() + genai_numbers()}
    assert len({number_key(text) for text in published}) == len(published)
    assert len(published) > 7200


def test_every_region_is_known() -> None:
    """Protects the table of region spellings."""
    numbers = [parse_number(text) for text in genai_numbers()]
    unknown = {
        each.region
        for each in numbers
        if isinstance(each, GenaiNumber) and not regions_of_spelling(each.region)
    }
    assert unknown == set()


def test_all_are_found_in_one_text() -> None:
    """Protects the finder: a whole register pasted at once, each number with its place."""
    texts = [text.strip() for text in algorithm_numbers() + genai_numbers()]
    paste = "，".join(texts)
    found = find_numbers(paste)
    assert [paste[each.start : each.end] for each in found] == [each.raw for each in found]
    assert [each.raw for each in found] == [text for text in texts if not text.endswith("-")]


def test_wrapped_and_widened_numbers_meet_the_published_ones() -> None:
    """Protects what people paste: lower case, full width and a line break in the middle."""
    wide = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
    for text in algorithm_numbers()[::7] + genai_numbers()[::3]:
        key = number_key(text)
        plain = text.strip()
        assert number_key(plain.lower()) == key
        assert number_key(plain.translate(wide)) == key
        assert number_key(f" {plain[:12]}\n{plain[12:]} ") == key
        assert number_key(re.sub("^网信算备|号$", "", plain)) == key
