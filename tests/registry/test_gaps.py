"""What is missing: lists, serials and totals that do not run on are told of, once, at import."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from suanbei.common.texts import Language
from suanbei.registry.cells.vocabulary import gap_text
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.importing.published import Row, Series
from suanbei.registry.models import Batch, Event
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.watching import Alarm
from tests.lists import listed, row


def missing(database: Database, series: str) -> list[dict[str, Any]]:
    with database.read() as session:
        found: list[dict[str, Any]] = coverage(session)[series]["missing"]
        return found


def monitors(database: Database) -> list[str]:
    with database.read() as session:
        query = select(Event.type).where(Event.type.startswith("monitor")).order_by(Event.id)
        return list(session.execute(query).scalars())


def service(serial: int, period: str, table: int = 1) -> Row:
    month = period.replace("-", "")
    return row(
        serial, series=Series.GENAI_FILING, period=period, seq=str(serial), label="", product="",
        number=f"Beijing-Test{serial}T{table}-{month}01{serial:04d}", table=table,
    )  # fmt: skip


def test_a_gap_in_the_numbers_of_batches_is_told_and_closed(database: Database) -> None:
    """第三批 came before 第二批: the second is missing until it is there."""
    for ordinal, period in ((1, "2023-06"), (3, "2024-01")):
        import_document(database, listed([row(ordinal, period=period)], ordinal=ordinal))
    gap = {"kind": "ordinal", "from": 2, "to": 2, "count": 1, "between": ["2023-06", "2024-01"]}
    assert missing(database, "deep_synthesis") == [gap]
    assert monitors(database) == ["monitor.raised"]
    import_document(database, listed([row(2, period="2023-08")], ordinal=2))
    assert missing(database, "deep_synthesis") == []
    assert monitors(database) == ["monitor.raised", "monitor.cleared"]
    with database.read() as session:
        assert session.execute(select(Alarm)).first() is None


def test_a_list_without_a_number_may_be_the_one_that_seems_missing(database: Database) -> None:
    """What is not known is not said to be missing."""
    for ordinal, period in ((1, "2023-06"), (None, "2023-08"), (3, "2024-01")):
        one = listed([row(ordinal or 2, period=period)], ordinal=ordinal)
        import_document(database, one)
    assert missing(database, "deep_synthesis") == []


def test_a_registry_that_begins_in_the_middle_says_so_without_an_alarm(database: Database) -> None:
    """One list imported by hand is no loss of fifteen."""
    import_document(database, listed([row(1, period="2026-03")], ordinal=16))
    assert [gap["count"] for gap in missing(database, "deep_synthesis")] == [15]
    assert monitors(database) == []


def test_lists_of_another_register_leave_no_gap(database: Database) -> None:
    """Each register counts its own lists."""
    import_document(database, listed([row(1)], ordinal=1))
    import_document(database, listed([service(n, "2024-04") for n in (1, 2)], ordinal=3))
    assert missing(database, "deep_synthesis") == []


def test_the_first_serials_may_be_missing_too(database: Database) -> None:
    """The lists number from 1, registrations and filings each for themselves."""
    import_document(database, listed([service(n, "2024-04") for n in (3, 4, 5)], ordinal=1))
    first = {"kind": "serial", "from": 1, "to": 2, "count": 2, "between": [None, "2024-04"]}
    assert missing(database, "genai_filing") == [first]
    assert missing(database, "genai_registration") == []


@pytest.mark.parametrize(
    ("gap", "words"),
    [({"from": 4, "to": 4, "count": 1}, "4"), ({"from": 4, "to": 6, "count": 3}, "4–6")],
)
def test_a_gap_in_words_names_its_numbers(gap: dict[str, Any], words: str) -> None:
    """One number is no span of numbers."""
    told = gap_text({"kind": "serial", "between": ["2024-04", "2024-08"]} | gap, Language.EN)
    assert f" {words} " in f" {told.replace(',', ' ').replace('.', ' ')} "


def test_serials_that_do_not_run_on_raise_a_monitor(database: Database) -> None:
    """No. 4 is on no list; a stray number and the table of on-device models are no gap."""
    import_document(database, listed([service(n, "2024-04") for n in (1, 2, 3)], ordinal=1))
    assert monitors(database) == []
    later = [service(n, "2024-08") for n in (5, 6, 7, 8, 9, 2)]
    later += [service(n, "2024-08", table=2) for n in (1, 2)]
    import_document(database, listed(later, ordinal=2))
    gap = {"kind": "serial", "from": 4, "to": 4, "count": 1, "between": ["2024-04", "2024-08"]}
    assert missing(database, "genai_filing") == [gap]
    assert monitors(database) == ["monitor.raised"]


def test_a_published_total_that_is_just_reached_is_not_missing(database: Database) -> None:
    """538 of 538; and what CAC counted later is not expected of older lists."""
    import_document(database, listed([service(n, "2025-08") for n in range(1, 539)], ordinal=1))
    assert missing(database, "genai_filing") == []


def test_a_published_total_that_is_not_reached_is_missing(database: Database) -> None:
    """CAC counted 538 large models by the end of August 2025 (data/published_totals.csv)."""
    import_document(database, listed([service(n, "2025-08") for n in range(1, 538)], ordinal=1))
    [gap] = missing(database, "genai_filing")
    assert (gap["kind"], gap["published"], gap["held"], gap["as_of"]) == (
        "total", 538, 537, "2025-08-31",
    )  # fmt: skip
    assert gap["source"].startswith("https://www.cac.gov.cn/")
    assert monitors(database) == ["monitor.raised"]


def test_a_page_that_counts_anew_changes_no_number(database: Database) -> None:
    """A page that lost attachments numbers the rest from 1: lists keep theirs, and nobody is told."""
    for ordinal, period in ((1, "2023-06"), (2, "2023-08"), (3, "2024-01")):
        import_document(database, listed([row(ordinal, period=period)], ordinal=ordinal))
    with database.read() as session:
        told = last_event_id(session)
    own = listed([row(3, period="2024-01", purpose="用于 测试。")], "同一清单", ordinal=2)
    import_document(database, replace(own, sha256="0" * 64))
    with database.read() as session:
        query = select(Batch.ordinal).where(Batch.period == "2024-01")
        assert session.execute(query).scalar_one() == 3
        assert last_event_id(session) == told
