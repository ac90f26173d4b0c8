"""Acceptance: every real list, where they are."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from suanbei.parsers import parse_document, record
from suanbei.registry.importing.published import PUBLISHED_FIELDS, ParsedDocument, Row
from tests.conftest import OFFICIAL

pytestmark = pytest.mark.official

LISTS: list[dict[str, Any]] = (
    json.loads((OFFICIAL / "manifest.json").read_text(encoding="utf-8"))
    if (OFFICIAL / "manifest.json").exists()
    else []
)
TOLERATED = 0.001
"""One field in a thousand may differ between PDF and DOCX, by a space that the page lost."""


def parsed(entry: dict[str, Any], kind: str) -> ParsedDocument:
    return _parsed((OFFICIAL / entry["file"]).with_suffix(f".{kind}"))


@cache
def _parsed(path: Path) -> ParsedDocument:
    return parse_document(path.read_bytes(), name=path.name)


def test_the_real_lists_are_there(official: Path) -> None:
    """Skips loudly where they are missing."""
    assert len(LISTS) >= 45


@pytest.mark.parametrize("kind", ["docx", "pdf"])
@pytest.mark.parametrize("entry", LISTS, ids=lambda entry: entry["file"])
def test_every_list_reads_whole(entry: dict[str, Any], kind: str) -> None:
    """The manifest's row count, title and period; no row reported, no column unknown."""
    document = parsed(entry, kind)
    told = document.accounting
    assert len(document.rows) == entry["rows"]
    assert document.period == entry["period"][:7]
    assert told.reported == ()
    assert told.unknown_columns == ()
    assert told.slow_pages == 0
    assert told.seen == told.kept + told.headers
    if entry["series"] != "deregistration":
        assert document.title == entry["title"]
    if entry["series"] == "genai":
        series = Counter(row.series.value for row in document.rows)
        assert series["genai_filing"] == entry["filings"] + entry["on_device"]
        assert series["genai_registration"] == entry["registrations"]
    assert all(row.name and row.entity and row.number for row in document.rows)


def test_pdf_and_docx_say_the_same(official: Path) -> None:
    """Field for field; spaces lost at line breaks in at most one field of a thousand.

    Only texts that run off the page may end early: their end is not in the PDF, and the row is
    flagged. 序号 that a PDF does not print is empty there.
    """
    compared, spaces, others = 0, 0, []
    for entry in LISTS:
        for one, other in _pairs(entry):
            assert (one.table, one.row) == (other.table, other.row)
            for field in PUBLISHED_FIELDS:
                wanted, found = getattr(one, field), getattr(other, field)
                if field == "seq" and not found:
                    continue
                compared += 1
                if wanted.replace(" ", "") != found.replace(" ", ""):
                    if not ("cut_off" in other.flags and wanted.startswith(found)):
                        others.append((entry["file"], one.row, field))
                elif wanted != found:
                    spaces += 1
    assert others == []
    assert spaces <= compared * TOLERATED / 2


def _pairs(entry: dict[str, Any]) -> Iterator[tuple[Row, Row]]:
    docx, pdf = (parsed(entry, kind) for kind in ("docx", "pdf"))
    yield from zip(docx.rows, pdf.rows, strict=True)


def test_flags_of_the_real_lists(official: Path) -> None:
    """The rows that are known to be odd, and no others."""
    flagged = Counter(
        flag for entry in LISTS for row in parsed(entry, "docx").rows for flag in row.flags
    )
    assert flagged["check_digit"] == 1
    assert flagged["suspect_columns"] == 6
    assert flagged["malformed_number"] <= 4
    assert set(flagged) == {"check_digit", "suspect_columns", "malformed_number"}


def test_sequence_numbers_are_what_a_reader_sees(official: Path) -> None:
    """Where 序号 is left to automatic numbering, the DOCX counts from 1 without a gap."""
    for entry in LISTS:
        document = parsed(entry, "docx")
        assert all(row.seq.isdecimal() for row in document.rows)
        if entry["series"] == "deep_synthesis":
            wanted = [str(index) for index in range(1, entry["rows"] + 1)]
            assert [row.seq for row in document.rows] == wanted


def test_records_have_the_published_shape(official: Path) -> None:
    """The keys of DESIGN.md, in their order; everything published is a string."""
    keys = [
        "series",
        "period",
        "seq",
        "name",
        "label",
        "entity",
        "product",
        "purpose",
        "number",
        "remark",
        "region",
        "filed_on",
        "table",
        "page",
        "row",
        "extra",
    ]
    for row in parsed(LISTS[0], "pdf").rows:
        made = record(row)
        assert list(made) == keys
        assert all(isinstance(made[key], str) for key in keys[:12])  # type: ignore[literal-required]


# A process that was started from a large one bears its peak in ru_maxrss; VmHWM is its own.
_MEASURE = """
import re, resource, sys
from pathlib import Path
from suanbei.parsers import parse_document
rows = parse_document(open(sys.argv[1], "rb").read(), name="2026-03.pdf").rows
own = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(len(rows), own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_the_longest_list(official: Path) -> None:
    """283 pages: under 300 MB in the process that reads them and in each of its helpers."""
    file = official / "deep_synthesis" / "2026-03.pdf"
    done = subprocess.run([sys.executable, "-c", _MEASURE, str(file)], capture_output=True,
                          text=True, check=True, cwd=Path(__file__).parents[2])  # fmt: skip
    rows, own, helper = map(int, done.stdout.split())
    assert rows == 779
    assert max(own, helper) < 300 * 1024
