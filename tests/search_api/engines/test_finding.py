"""Finding in a segment: what is noted as common, looked up or looked at is what has the fragment."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.search_api.search.documents import Field, IndexDocument
from suanbei.search_api.search.engine import Dimension
from suanbei.search_api.search.sqlite import bits, segment, writer
from suanbei.search_api.search.sqlite.segment import Segment
from suanbei.search_api.search.sqlite.state import State
from suanbei.search_api.search.sqlite.writer import write_segment
from suanbei.search_api.search.text import BEGIN, END, mark

ITEMS = st.lists(st.text("甲乙丙a1", min_size=1, max_size=11), max_size=3, unique=True).map(tuple)
TEXTS = st.lists(st.fixed_dictionaries(dict.fromkeys(Field, ITEMS)), min_size=1, max_size=25)


def document(one: int, items: dict[Field, tuple[str, ...]]) -> IndexDocument:
    """A filing that has nothing but texts."""
    return IndexDocument(one, items, dict.fromkeys(Dimension, ()), ())


def fragments(items: tuple[str, ...]) -> set[str]:
    """Every run of items, alone, as a beginning, an end and a whole; some that nobody has."""
    runs = {
        item[start:end]
        for item in (*items, "乙a甲1")
        for start in range(len(item))
        for end in range(start + 1, len(item) + 1)
    }
    return {form for run in runs for form in (run, BEGIN + run, run + END, BEGIN + run + END)}


@pytest.mark.parametrize("common", [2, 1000])
@pytest.mark.parametrize("few", [0, 3])
@given(TEXTS)
def test_what_is_found_is_what_has_it(
    common: int, few: int, texts: list[dict[Field, tuple[str, ...]]]
) -> None:
    """However many filings make a fragment common, or are few enough to be looked at at once."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(writer, "COMMON_AT_LEAST", common)
        patch.setattr(segment, "_FEW", few)
        path = Path(folder) / "segment"
        documents = [document(one, items) for one, items in enumerate(texts, 1)]
        write_segment(path, documents, lambda _new: [], None)
        opened = Segment(path)
        state = State([opened])
        for field in Field:
            for fragment in fragments(texts[0][field]):
                having = [one.id for one in documents if fragment in mark(one.items[field])]
                assert bits.to_ids(state.find(field, fragment)) == having, (field, fragment)
        opened.close()
