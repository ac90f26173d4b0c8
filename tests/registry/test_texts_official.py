"""The text rules against the published lists: the shares measured are kept as minimums."""

import unicodedata
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from suanbei.parsers import parse_document
from suanbei.registry.cells.names import MatchLevel, entity_key, match_entity, name_parts
from suanbei.registry.cells.products import split_products
from suanbei.registry.cells.regions import region_of_label, region_of_number
from suanbei.registry.cells.remarks.grammar import RemarkField
from suanbei.registry.cells.remarks.reader import Remark, read_remark
from suanbei.registry.importing.published import Row, Series

pytestmark = pytest.mark.official


@pytest.fixture(scope="module")
def rows(official: Path) -> list[Row]:
    """All rows of the lists as DOCX."""
    documents = sorted(official.glob("*/*.docx"))
    return [
        row for path in documents for row in parse_document(path.read_bytes(), name=path.name).rows
    ]


def read(row: Row) -> Remark:
    return read_remark(row.remark, name=row.name, entity=row.entity, product=row.product)


def test_every_remark_is_understood(rows: list[Row]) -> None:
    """Measured: all of 200 different texts; unseen lists may bring a few new ones."""
    texts = {row.remark: read(row).unread for row in rows if row.remark}
    assert len(texts) >= 200
    unread = [text for text, left in texts.items() if left]
    assert len(unread) <= len(texts) // 100, unread


def test_every_withdrawal_is_seen_and_no_other(rows: list[Row]) -> None:
    """注销 stands in a remark only where the filing was withdrawn."""
    assert all(read(row).deregistered == ("注销" in row.remark) for row in rows)


def test_what_a_remark_changed_into_is_what_the_row_says(rows: list[Row]) -> None:
    """Read without the row, every new name is the row's: the fields are told rightly."""
    wrong = []
    for row in rows:
        today = {
            RemarkField.ENTITY: row.entity,
            RemarkField.NAME: row.name,
            RemarkField.PRODUCT: row.product,
        }
        for change in read_remark(row.remark).changes:
            known = today.get(change.field)
            if known and entity_key(change.after) not in entity_key(known):
                wrong.append((change, known))
    assert wrong == []


def test_every_product_is_taken_apart(rows: list[Row]) -> None:
    """Measured: all but one of 6,029 cells name a kind for every product."""
    cells = [row.product for row in rows if row.product]
    odd = [cell for cell in cells if not all(one.kind for one in split_products(cell))]
    assert len(cells) > 5_000
    assert len(odd) <= len(cells) // 1_000, odd


def test_keys_join_variants_of_one_name_only(rows: list[Row]) -> None:
    """Names that share a key differ in nothing but width, spaces and case."""
    names = defaultdict(set)
    for row in rows:
        names[entity_key(row.entity)].add(row.entity)
    assert len(names) > 4_000
    for variants in names.values():
        printed = {"".join(unicodedata.normalize("NFKC", name).split()) for name in variants}
        assert len({name.casefold() for name in printed}) == 1, variants


def test_a_listed_company_is_exactly_itself(rows: list[Row]) -> None:
    """No two registrants match exactly, and a former name is told as such."""
    entities = sorted({entity_key(row.entity): row.entity for row in rows}.values())
    for claimed, current in pairwise(entities):
        assert match_entity(current, current=current).level is MatchLevel.EXACT
        assert match_entity(claimed, current=current).level is not MatchLevel.EXACT
    for row in rows:
        for former in (names := read(row).former_entities):
            match = match_entity(former, current=row.entity, former=names)
            assert match.level is MatchLevel.FORMER_NAME


def test_every_region_is_known(rows: list[Row]) -> None:
    """The 属地 and the number name the same province, but for slips of the publisher."""
    generative = [
        row
        for row in rows
        if row.series in (Series.GENAI_FILING, Series.GENAI_REGISTRATION) and row.region
    ]
    assert len(generative) > 1_000
    assert all(region_of_label(row.region) for row in generative)
    slips = [
        (row.number, row.region)
        for row in generative
        if region_of_number(row.number, row.region) != region_of_label(row.region)
    ]
    assert len(slips) <= 2, slips
    algorithms = [row for row in rows if row.number.startswith("网信算备")]
    misprinted = {row.number for row in algorithms if region_of_number(row.number) is None}
    assert len(misprinted) <= 5, misprinted


def test_short_forms_and_misprints_are_found_and_strangers_are_not(rows: list[Row]) -> None:
    """Measured over 4,765 names: brands 99.9%, one wrong character 99.9%, strangers 0.00%."""
    names = sorted({entity_key(row.entity): row.entity for row in rows}.values())
    found = {"brand": 0, "misprint": 0, "stranger": 0}
    for at, name in enumerate(names):
        place = at % len(name)
        claims = {
            "brand": name_parts(name).brand,
            "misprint": f"{name[:place]}〇{name[place + 1 :]}",
            "stranger": names[at * 7919 % len(names)],
        }
        for kind, claimed in claims.items():
            level = match_entity(claimed, current=name).level
            found[kind] += level in (MatchLevel.EXACT, MatchLevel.SIMILAR)
    assert found["brand"] >= len(names) * 0.99, found
    assert found["misprint"] >= len(names) * 0.99, found
    assert found["stranger"] <= len(names) * 0.002, found
