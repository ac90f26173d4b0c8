"""The text rules, for any string there is."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from suanbei.parsers.tables import BREAK, LOST_SPACE, bare, clean, solid

TEXTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\n\r\t \u3000\u00a0\u200b\ufeff\u00ad\u2028\u2029\ufe0f（）()·“”A中豈é"),
    )
)


@given(TEXTS)
@example("A\n\u0301")
@example("\u115f")
def test_what_is_left_keeps_the_rules(text: str) -> None:
    """NFC, no control, zero-width or format characters, single spaces, none at the ends."""
    result = clean(text)
    assert unicodedata.is_normalized("NFC", result)
    assert result == result.strip()
    assert "  " not in result
    assert all(unicodedata.category(sign) not in ("Cc", "Cs") for sign in result)
    assert not set(result) & set("\u200b\u200d\ufeff\u00ad\u2060\u3000\u00a0\ufe0f\u115f\u3164")


@given(TEXTS)
def test_clean_text_stays_as_it_is(text: str) -> None:
    """Applying the rules again changes nothing."""
    assert clean(clean(text)) == clean(text)


@given(st.lists(st.text("甲乙丙ABC12（）(),.·“”", min_size=1), min_size=1, max_size=5))
def test_breaks_are_layout(parts: list[str]) -> None:
    """Breaks inside a cell go without a trace, whatever they stand between."""
    whole = "".join(parts)
    for mark in (BREAK, "\r\n", "\v", "\f"):
        assert clean(mark.join(parts)) == whole


@given(st.text("甲乙AB12", min_size=1), st.text("甲乙AB12", min_size=1))
def test_a_space_lost_at_a_break_comes_back(before: str, after: str) -> None:
    """But not in numbers and dates, which hold none."""
    assert clean(before + LOST_SPACE + after) == f"{before} {after}"
    assert solid(before + LOST_SPACE + after) == before + after


@given(st.text("（）()“”‘’\"'·•・—–-…《》〈〉[]【】", min_size=1))
def test_brackets_quotes_and_dots_stay_as_published(text: str) -> None:
    """Half-width and full-width signs are not made alike."""
    assert clean(f"甲{text}乙") == f"甲{text}乙"


def test_a_header_is_compared_without_white_space() -> None:
    """`主 体 名 称` and `主体名称` are one name."""
    assert bare(" 主 体\n名\u3000称 ") == "主体名称"
