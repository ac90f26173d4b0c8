"""CSV is read and written by short ways where a file allows it: they give what the csv module gives,
wherever a block ends."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from suanbei.common.errors import UsageError
from suanbei.search_api.bulk import csv_source
from suanbei.search_api.bulk.cells import is_risky, neutral
from suanbei.search_api.bulk.csv_source import CsvSource
from suanbei.search_api.bulk.csv_target import CsvTarget
from suanbei.search_api.bulk.tables import Batch

any_folder = trials(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
delimiters = st.sampled_from(",;\t|")
texts = st.text("a中 ,;|\t=\r\n\u2028\v", max_size=60)
tables = st.lists(
    st.lists(st.text('a,;\t"\r\n=+-@＝ \u3000\xa05', max_size=4), min_size=2, max_size=3),
    min_size=1, max_size=6,
)  # fmt: skip


def read(folder: Path, text: str, delimiter: str, block: int) -> list[Batch]:
    path = folder / "table.csv"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_source, "BLOCK", block)
        [sheet] = CsvSource(path, delimiter).sheets()
        return list(sheet.batches(lambda _: None))


def rows_of(batches: list[Batch]) -> list[list[str]]:
    return [row for batch in batches for row in batch.rows]


@any_folder
@given(text=texts, delimiter=delimiters, block=st.integers(1, 80))
def test_any_text_is_read_as_csv_reads_it(
    tmp_path: Path, text: str, delimiter: str, block: int
) -> None:
    """All kinds of line ends, blank lines, no last line end; each row with the line it stood in."""
    batches = read(tmp_path, text, delimiter, block)
    given_lines = io.StringIO(text, newline="")
    assert rows_of(batches) == list(csv.reader(given_lines, delimiter=delimiter))
    assert all(len(batch.rows) == len(batch.lines) for batch in batches)
    kept = "".join(line for batch in batches for line in batch.lines)
    assert kept.replace("\r", "") == text.replace("\r", "").replace("\n", "")


@any_folder
@given(rows=tables, delimiter=delimiters, block=st.integers(1, 80))
def test_any_table_is_read_as_it_was_written(
    tmp_path: Path, rows: list[list[str]], delimiter: str, block: int
) -> None:
    """Quotes, and line breaks and delimiters between them."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(rows)
    assert rows_of(read(tmp_path, written.getvalue(), delimiter, block)) == rows


@any_folder
@given(rows=tables, delimiter=delimiters)
def test_no_formula_passes_through(tmp_path: Path, rows: list[list[str]], delimiter: str) -> None:
    """Lines go out as they came in only where no cell would be taken for a formula."""
    written, out = io.StringIO(newline=""), io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(rows)
    target, width = CsvTarget(out, delimiter), max(map(len, rows))
    for batch in read(tmp_path, written.getvalue(), delimiter, 1 << 10):
        target.write(batch, [target.shape(["yes"])] * len(batch.rows), width)
    back = list(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter))
    assert not any(is_risky(cell) for row in back for cell in row)
    short = [[*row, *[""] * (width - len(row))] for row in rows]
    assert back == [[*map(neutral, row), "yes"] for row in short]


@pytest.mark.parametrize("delimiter", ["ab", "\\t", '"', "\n"])
def test_what_can_be_no_delimiter_is_refused(tmp_path: Path, delimiter: str) -> None:
    """In one line: the csv module would raise a TypeError, or read nonsense."""
    with pytest.raises(UsageError, match="one sign is wanted"):
        read(tmp_path, "a,b", delimiter, 1)
