"""Two processes at one table: the same bytes as one alone makes, and nothing half written when the
other process ends, cannot work or is no longer wanted."""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from suanbei.common.errors import RegistryError
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.bulk import Options, check_file, check_file_apart, csv_source
from suanbei.search_api.bulk.judging import OpenSession
from tests.lists import listed, number, row

on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
ROWS = 30_000
"""Several blocks."""


@pytest.fixture
def vendors(tmp_path: Path) -> Path:
    """A table in which numbers, companies and what is wrong with them recur in other blocks."""
    path = tmp_path / "vendors.csv"
    kinds = (
        lambda place: f"测试（杭州）科技有限公司,{number(1)}",
        lambda place: f'"乙, 公司",{number(2)}',
        lambda place: f"丙公司,网信算备33011050720640123{place % 10_000:04d}号",
        lambda place: f"=cmd,{place}",
    )
    lines = [f"V{place},{kinds[place % 4](place // 8)}" for place in range(ROWS)]
    path.write_text("\n".join(["序,供应商,备案编号", *lines]), encoding="utf-8")
    return path


@on_sqlite
@pytest.mark.parametrize("block", [csv_source.BLOCK, 1 << 14], ids=["few blocks", "many blocks"])
def test_two_processes_write_what_one_writes(
    database: Database, vendors: Path, tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, order, verdicts and summary, however many questions are under way."""
    monkeypatch.setattr(csv_source, "BLOCK", block)
    import_document(database, listed([row(1), row(2)]))
    url = str(database.engine.url)
    alone, apart = tmp_path / "alone.csv", tmp_path / "apart.csv"
    with database.read() as session:
        told = check_file(session, vendors, alone, Options(), lambda _: None)
    database.close()  # no connection goes along into the other process
    shares: list[float] = []
    also = check_file_apart(lambda: Database(url).read(), vendors, apart, Options(), shares.append)
    assert apart.read_bytes() == alone.read_bytes()
    assert also == told
    assert told.rows == ROWS
    assert len(told.counts) >= 3
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@contextmanager
def ends() -> Iterator[Session]:
    os._exit(1)
    yield Session()


@contextmanager
def refuses() -> Iterator[Session]:
    raise RegistryError("the registry is empty")
    yield Session()


@pytest.mark.parametrize(("opening", "said"), [(ends, "has ended"), (refuses, "is empty")])
def test_nothing_is_written_without_the_other_process(
    opening: OpenSession, said: str, vendors: Path, tmp_path: Path
) -> None:
    """One line says why; neither the file nor its beginning is left."""
    with pytest.raises(RegistryError, match=said):
        check_file_apart(opening, vendors, tmp_path / "out.csv", Options(), lambda _: None)
    assert [*tmp_path.glob("*out.csv*")] == []


@on_sqlite
def test_interrupt_ends_both(database: Database, vendors: Path, tmp_path: Path) -> None:
    """Ctrl-C in the middle: the other process is gone, and the file is not there."""
    import_document(database, listed([row(1)]))
    url = str(database.engine.url)
    database.close()

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_file_apart(
            lambda: Database(url).read(), vendors, tmp_path / "out.csv", Options(), interrupt
        )
    assert [*tmp_path.glob("*out.csv*")] == []
    assert multiprocessing.active_children() == []
