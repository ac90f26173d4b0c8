"""What the crawling process says: one line per event, whatever is in it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.crawler import events
from suanbei.crawler.events import Event, decode, encode

text = st.text()
moments = st.datetimes(timezones=st.just(UTC))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(events.SourceStarted, source=text, at=moments),
    st.builds(events.SourceFinished, source=text, at=moments),
    st.builds(events.Asked, url=text, attempt=st.integers(1, 9)),
    st.builds(events.Waiting, source=text, url=text, code=text, seconds=st.floats(0, 300)),
    st.builds(
        events.NoticeFound, source=text, url=text, title=text, published_on=st.none() | st.dates(),
        documents=st.integers(0, 99), known=st.booleans(), leftovers=st.tuples(text),
    ),
    st.builds(events.DocumentFound, source=text, url=text, label=text, known=st.booleans()),
    st.builds(
        events.DocumentFetched, source=text, url=text, label=text,
        ordinal=st.none() | st.integers(), notice_url=text, notice_title=text, published_on=st.none() | st.dates(), file=text,
        sha256=text, fetched_at=moments,
    ),
    st.builds(
        events.Failed, source=text, url=text, label=text, code=text, message=text,
        attempts=st.integers(),
    ),
    st.builds(events.Logged, level=st.integers(), name=text, message=text),
    st.just(events.Finished()),
    st.builds(events.Broken, message=text),
)  # fmt: skip


@given(EVENTS)
def test_an_event_is_one_line_and_comes_back(event: Event) -> None:
    """Line breaks, quotes and whatever a page holds stay inside the line."""
    line = encode(event)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == event


@pytest.mark.parametrize(
    "line", [b"", b"hello\n", b"{}", b'{"event": "asked"}', b'{"event": "unknown"}', b"[1]"]
)
def test_anything_else_is_no_event(line: bytes) -> None:
    """A stray print must not be taken for news."""
    with pytest.raises(ValueError, match="validation error"):
        decode(line)


def test_times_are_aware() -> None:
    """A time without zone would be read differently elsewhere."""
    with pytest.raises(ValueError, match="timezone"):
        events.SourceStarted(source="x", at=datetime(2026, 1, 1))  # noqa: DTZ001
    event = events.NoticeFound(
        source="x", url="u", title="t", published_on=date(2026, 3, 12), documents=1
    )
    assert b'"2026-03-12"' in encode(event)
