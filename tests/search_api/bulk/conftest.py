"""A registry of two filings, and files checked against it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.bulk.check import check_rows
from suanbei.search_api.bulk.reading import read_here
from suanbei.search_api.bulk.recognise import Choice, recognise
from suanbei.search_api.bulk.summary import Summary
from tests.conftest import _on_sqlite
from tests.lists import listed, row

COMPANY = "测试（杭州）科技有限公司"
Check = Callable[..., tuple[Summary, Path]]


@pytest.fixture
def registry(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Numbers 1 and 2 are listed."""
    from contextlib import ExitStack

    with ExitStack() as afterwards:
        database = _on_sqlite(sqlite_template, tmp_path_factory, afterwards)
        import_document(database, listed([row(1), row(2)]))
        yield database


@pytest.fixture
def check(registry: Database, tmp_path: Path) -> Check:
    """Checks the bytes of a file; returns the summary and the checked file."""

    def checked(
        data: bytes,
        choice: Choice | None = None,
        out: str = "out.csv",
        language: Language = Language.EN,
    ) -> tuple[Summary, Path]:
        source, rows, target = tmp_path / "source", tmp_path / "rows", tmp_path / out
        source.write_bytes(data)
        choice = choice or Choice()
        table = read_here(source, "vendors", rows, choice.delimiter)
        recognised = recognise(table, choice)
        with registry.read() as session:
            return check_rows(session, table, recognised, target, language), target

    return checked
