"""`suanbei parse`: rows as JSON lines on stdout, the account of all rows on stderr, exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from suanbei import cli

GOLDEN = Path(__file__).parent / "golden"
KEYS = [
    "series", "period", "seq", "name", "label", "entity", "product", "purpose", "number", "remark",
    "region", "filed_on", "table", "page", "row", "extra",
]  # fmt: skip


def parse(*arguments: str) -> tuple[int, list[dict[str, object]], list[str]]:
    """Exit code, rows, and the lines on stderr."""
    done = CliRunner().invoke(cli.app, ["parse", *arguments])
    return done.exit_code, list(map(json.loads, done.stdout.splitlines())), done.stderr.splitlines()


@pytest.mark.parametrize("name", ["genai.docx", "genai.pdf", "province_xlsx.xlsx"])
def test_rows_have_the_keys_of_the_contract(name: str) -> None:
    """In their order; strings but for table, page, row and extra."""
    code, rows, told = parse(str(GOLDEN / name))
    assert code == 0
    assert rows
    assert all(list(row) == KEYS for row in rows)
    assert all(isinstance(row[key], str) for row in rows for key in KEYS[:12])
    assert all((row["page"] is None) == (not name.endswith(".pdf")) for row in rows)
    assert f"{len(rows)} kept" in told[0]


def test_flagged_rows_are_counted_and_named() -> None:
    """Kept, flagged and counted."""
    _, _, told = parse(str(GOLDEN / "genai.docx"))
    assert told[1:] == [
        "  flagged malformed_number, 1 rows: table 1 row 11",
        "  flagged suspect_columns, 1 rows: table 1 row 4",
    ]


def test_reported_rows_are_named_and_make_exit_code_1() -> None:
    """With place, reason and cells."""
    code, rows, told = parse(str(GOLDEN / "header_again.docx"))
    assert (code, len(rows)) == (1, 3)
    assert told[0].endswith("6 rows = 3 kept + 1 headers + 2 reported")
    assert told[1].startswith("  table 1 row 3 (page -): header_as_data: 序号 | 算法名称")
    assert told[3:5] == [
        "  header_as_data: the header again, among the rows",
        "  empty_row: an empty row",
    ]


def test_a_series_may_be_forced() -> None:
    """And a series that is none is wrong use."""
    _, rows, _ = parse("--series", "deep_synthesis", str(GOLDEN / "algorithm.docx"))
    assert {row["series"] for row in rows} == {"deep_synthesis"}
    assert parse("--series", "other", str(GOLDEN / "algorithm.docx"))[0] == 2
