"""Pages of a PDF: helpers, the slow reader, and where pages are told apart."""

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from suanbei.common.errors import BrokenDocument
from suanbei.parsers import parse_document
from suanbei.parsers.pdf import pages
from suanbei.parsers.pdf import workers as helpers
from suanbei.parsers.pdf.cells import PageContent
from suanbei.parsers.pdf.content import Unsure
from suanbei.registry.importing.published import PUBLISHED_FIELDS, ParsedDocument

GOLDEN = Path(__file__).parents[1] / "golden"
COPIES = 21
"""Pages enough for a helper."""


def repeated(name: str, times: int) -> bytes:
    """A golden PDF's pages, so many times over."""
    source, target = pdfium.PdfDocument((GOLDEN / name).read_bytes()), pdfium.PdfDocument.new()
    for _ in range(times):
        target.import_pages(source)
    stream = io.BytesIO()
    target.save(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def long_pdf() -> bytes:
    return repeated("unnumbered.pdf", COPIES)


def texts(document: ParsedDocument) -> list[tuple[str, ...]]:
    return [tuple(getattr(row, field) for field in PUBLISHED_FIELDS) for row in document.rows]


@pytest.mark.parametrize(
    ("count", "processes", "sizes"),
    [
        (1, 2, [1]),
        (99, 2, [99]),
        (100, 2, [75, 25]),
        (283, 2, [167, 116]),
        (283, 1, [283]),
        (283, 4, [109, 58, 58, 58]),
        (130, 4, [78, 26, 26]),
    ],
)
def test_shares_cover_all_pages(count: int, processes: int, sizes: list[int]) -> None:
    """In order, each page once; too few pages get fewer processes."""
    shares = helpers.shares_of(count, processes)
    assert [len(share) for share in shares] == sizes
    assert [page for share in shares for page in share] == list(range(count))


def test_helpers_read_the_same(long_pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process or three: the same pages in the same order."""
    monkeypatch.setattr(pages, "cores", lambda: 1)
    alone = pages.read_pages(long_pdf, "x")
    assert len(helpers.shares_of(len(alone), 2)) == 2
    monkeypatch.setattr(pages, "cores", lambda: 3)
    assert pages.read_pages(long_pdf, "x") == alone


def test_pages_are_read_here_when_no_helper_starts(
    long_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing interpreter, or one that fails, costs time, not pages."""
    monkeypatch.setattr(pages, "cores", lambda: 1)
    wanted = pages.read_pages(long_pdf, "x")
    monkeypatch.setattr(pages, "cores", lambda: 2)
    for python in ("/nonexistent/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", python)
        assert pages.read_pages(long_pdf, "x") == wanted


def test_an_error_in_a_helper_is_the_document_s(
    long_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a helper cannot read stops the document with the same clear line."""
    monkeypatch.setattr(pages, "cores", lambda: 2)
    share = range(9990, 9999)
    monkeypatch.setattr(pages, "shares_of", lambda *_: [range(1), share])
    with pytest.raises(BrokenDocument, match=r"^x: page 9991 is corrupt$"):
        pages.read_pages(long_pdf, "x")


def test_helpers_from_a_script_without_a_main_guard(long_pdf: bytes, tmp_path: Path) -> None:
    """A plain script, run anywhere, may parse at its top level: it is not run again."""
    (tmp_path / "long.pdf").write_bytes(long_pdf)
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom parsers import parse_document\nprint('once')\n"
        "print(len(parse_document(Path('long.pdf').read_bytes(), name='x').rows))\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=os.environ | {"PYTHONPATH": root},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["once", str(14 * COPIES)]


def test_threads_take_turns(long_pdf: bytes) -> None:
    """pdfium is not thread-safe; several threads may parse all the same."""
    data = (GOLDEN / "deep_synthesis.pdf").read_bytes()
    wanted = texts(parse_document(data, name="x"))
    found: list[list[tuple[str, ...]]] = []
    threads = [
        threading.Thread(target=lambda: found.append(texts(parse_document(data, name="x"))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 4


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.pdf")), ids=lambda path: path.name)
def test_the_slow_reader_reads_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain pdfplumber, where the fast reader is unsure, comes to the same rows; it is counted."""
    fast = parse_document(path.read_bytes(), name=path.name)
    monkeypatch.setattr(pages, "arrange", _unsure)
    slow = parse_document(path.read_bytes(), name=path.name)
    assert texts(slow) == texts(fast)
    assert (slow.title, slow.period) == (fast.title, fast.period)
    assert slow.accounting.slow_pages > 0


def _unsure(*_: object) -> PageContent:
    raise Unsure("for the test")


def test_a_page_s_header_and_number_are_no_rows() -> None:
    """Repeated headers are counted as headers; rows keep the number they have in the list."""
    document = parse_document((GOLDEN / "deep_synthesis.pdf").read_bytes(), name="x")
    last = document.rows[-1]
    assert last.page is not None
    assert last.page > 1
    pages_used = {page for row in document.rows for page, _ in row.boxes}
    assert document.accounting.headers == len(pages_used)
    assert last.row == len(document.rows) + 1
