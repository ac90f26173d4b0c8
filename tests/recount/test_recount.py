"""What the project says of the published lists, against a count of the same documents without its code.

The project is asked as a user asks it: the documents are imported and exported by the command line,
in this process, as a process for each document and command would take a minute to start.
"""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from suanbei import cli
from suanbei.crawler import pipeline
from tests.crawler.process import read_here
from tests.recount import recount
from tests.recount.recount import Row, key

pytestmark = pytest.mark.official


def suanbei(home: Path, *words: str) -> Result:
    env = {"SUANBEI_HOME": str(home), "SUANBEI_LANGUAGE": "en"}
    return CliRunner().invoke(cli.app, words, env=env, catch_exceptions=False)


@pytest.fixture(scope="module")
def rows(official: Path) -> list[Row]:
    """Every row of every list, read without the project."""
    lists = json.loads((official / "manifest.json").read_text("utf-8"))
    return [
        row
        for one in lists
        for row in recount.rows_of(
            official / one["series"] / f"{one['period']}.docx", one["series"], one["period"]
        )
    ]


@pytest.fixture(scope="module")
def home(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry of the same documents."""
    folder = tmp_path_factory.mktemp("recount")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "read_in_subprocess", read_here)
        done = suanbei(folder, "import", *sorted(map(str, official.glob("*/*.docx"))))
    assert done.exit_code == 0
    return folder


@pytest.fixture(scope="module")
def exported(home: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """(series, number) → the filing as the project exports it."""
    assert suanbei(home, "export", "--out", str(home / "all.jsonl")).exit_code == 0
    lines = (home / "all.jsonl").read_text("utf-8").splitlines()
    filings = [json.loads(line) for line in lines]
    return {(one["series"], key(one["number"])): one for one in filings}


def statistics(home: Path, show: str) -> dict[str, Any]:
    """The figures of `suanbei stats --show …`."""
    told = suanbei(home, "stats", "--show", show, "--top", "1000", "--json").stdout
    answer: dict[str, Any] = json.loads(told)
    return answer


def test_every_row_of_every_list_is_kept(rows: list[Row], home: Path) -> None:
    """A list that was read short would show here."""
    kept: Counter[tuple[str, str]] = Counter()
    for one in statistics(home, "lists")["items"]:
        kept[one["series"], one["period"]] += one["rows"]
    assert kept == recount.rows_per_list(rows)


def test_every_number_is_a_filing(rows: list[Row], exported: dict[tuple[str, str], Any]) -> None:
    """None is lost, none is made up: what is more is known from a notice of withdrawal alone."""
    published = set(recount.filings(rows))
    assert published - set(exported) == set()
    assert {number for _, number in set(exported) - published} <= recount.withdrawn(rows)


def test_what_is_withdrawn_is_not_active(
    rows: list[Row], exported: dict[tuple[str, str], Any]
) -> None:
    """A withdrawn number that answers "active" is the worst mistake of a registry."""
    withdrawn = recount.withdrawn(rows)
    said = {number for (_, number), one in exported.items() if one["status"] == "deregistered"}
    assert said == withdrawn
    assert {one["status"] for one in exported.values()} == {"active", "deregistered"}


def test_names_and_companies_are_those_of_the_newest_list(
    rows: list[Row], exported: dict[tuple[str, str], Any]
) -> None:
    """A column read in the place of another would show here."""
    wrong = {
        place: (row.entity, exported[place]["entity_as_listed"])
        for place, row in recount.filings(rows).items()
        if recount.folded(exported[place]["entity_as_listed"]) != recount.folded(row.entity)
        or recount.folded(exported[place]["name"]) != recount.folded(row.name)
    }
    assert wrong == {}


def test_the_figures_are_those_of_the_lists(rows: list[Row], home: Path) -> None:
    """Filings by series and type, counted again."""
    filings = recount.filings(rows)
    only_in_notices = recount.withdrawn(rows) - {number for _, number in filings}
    series = {one["value"]: one["count"] for one in statistics(home, "series")["items"]}
    assert sum(series.values()) == len(filings) + len(only_in_notices)
    counted = Counter(place[0] for place in filings)
    assert {one: series[one] - counted[one] for one in ("genai_filing", "genai_registration")} == {
        "genai_filing": 0, "genai_registration": 0,
    }  # fmt: skip
    types = {one["value"]: one["count"] for one in statistics(home, "type")["items"]}
    expected = Counter(filter(None, (recount.type_of(row) for row in filings.values())))
    expected["generation_synthesis"] += counted["genai_filing"] + counted["genai_registration"]
    more = {name: types[name] - expected[name] for name in types}
    assert sum(more.values()) <= len(only_in_notices)
    assert min(more.values()) >= 0


def test_companies_are_merged_on_evidence_alone(
    rows: list[Row], exported: dict[tuple[str, str], dict[str, Any]]
) -> None:
    """One name is one company; two names are one only where a code or a 备注 ties them."""
    filings = recount.filings(rows)
    entity_of: dict[str, set[str]] = defaultdict(set)
    names_of: dict[str, set[str]] = defaultdict(set)
    for place, row in filings.items():
        name, entity = recount.folded(row.entity), exported[place]["entity_id"]
        entity_of[name].add(entity)
        names_of[entity].add(name)
    assert {name: ids for name, ids in entity_of.items() if len(ids) > 1} == {}
    parts = recount.tied(filings.values())
    apart = {
        entity: names
        for entity, names in names_of.items()
        if len({parts[name] for name in names}) > 1
    }
    assert apart == {}
    assert len(set(parts.values())) <= len(names_of) <= len(entity_of)
    said = {one["entity_id"]: set[str]() for one in exported.values()}
    for one in exported.values():
        said[one["entity_id"]].add(one["entity"])
    assert {entity: names for entity, names in said.items() if len(names) > 1} == {}


def test_double_filing_is_counted_as_it_is_defined(
    rows: list[Row], exported: dict[tuple[str, str], dict[str, Any]], home: Path
) -> None:
    """An active algorithm filing of the generation type and an active model or registration."""
    gone = recount.withdrawn(rows)
    sides: dict[str, set[str]] = {"algorithm": set(), "genai": set()}
    for (series, number), row in recount.filings(rows).items():
        if number in gone:
            continue
        entity = exported[series, number]["entity_id"]
        if series.startswith("genai"):
            sides["genai"].add(entity)
        elif series == "deep_synthesis" or recount.type_of(row) == "generation_synthesis":
            sides["algorithm"].add(entity)
    said = statistics(home, "double_filing")
    assert (said["algorithm"], said["genai"], said["both"]) == (
        len(sides["algorithm"]), len(sides["genai"]), len(sides["algorithm"] & sides["genai"]),
    )  # fmt: skip


def test_statuses_and_regions_are_those_of_the_lists(
    rows: list[Row], exported: dict[tuple[str, str], dict[str, Any]], home: Path
) -> None:
    """国资委 is no region; the 属地 of a generative-AI list is the region of its filings."""
    statuses = {one["value"]: one["count"] for one in statistics(home, "status")["items"]}
    gone = recount.withdrawn(rows)
    assert statuses["deregistered"] == sum(number in gone for _, number in exported)
    assert sum(statuses.values()) == len(exported)
    printed = Counter(
        row.region[:2] for (series, _), row in recount.filings(rows).items()
        if series.startswith("genai") and row.region != "国资委"
    )  # fmt: skip
    suanbei(home, "export", "--series", "genai_filing", "--series", "genai_registration",
            "--out", str(home / "genai.jsonl"))  # fmt: skip
    lines = (home / "genai.jsonl").read_text("utf-8").splitlines()
    shown = Counter(json.loads(line)["region"][:2] for line in lines)
    shown.pop("国资", None)
    assert shown == printed
    regions = {one["value"] for one in statistics(home, "region")["items"]}
    assert "国资委" not in regions
