"""What the project says of the published lists, against a count of the same documents without its code.

The project is asked as a user asks it: the documents are imported and exported by the command line.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.recount import recount
from tests.recount.recount import Row, key

pytestmark = pytest.mark.official
ROOT = Path(__file__).parents[2]


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
    suanbei(folder, "import", *sorted(map(str, official.glob("*/*.docx"))))
    return folder


@pytest.fixture(scope="module")
def exported(home: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """(series, number) → the filing as the project exports it."""
    suanbei(home, "export", "--out", str(home / "all.jsonl"))
    lines = (home / "all.jsonl").read_text("utf-8").splitlines()
    filings = [json.loads(line) for line in lines]
    return {(one["series"], key(one["number"])): one for one in filings}


def suanbei(home: Path, *words: str) -> str:
    """The command in a process of its own; what it printed."""
    environment = os.environ | {
        "SUANBEI_HOME": str(home), "SUANBEI_DATABASE_URL": "", "SUANBEI_LANGUAGE": "en",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "suanbei", *words], cwd=ROOT, env=environment,
                          check=False, capture_output=True, text=True, timeout=280)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def statistics(home: Path, show: str) -> dict[str, Any]:
    """The figures of `suanbei stats --show …`."""
    answer: dict[str, Any] = json.loads(
        suanbei(home, "stats", "--show", show, "--top", "1000", "--json")
    )
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
        place: (row.entity, exported[place]["entity"])
        for place, row in recount.filings(rows).items()
        if recount.folded(exported[place]["entity"]) != recount.folded(row.entity)
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
