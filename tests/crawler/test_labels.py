"""Rules for the texts of pages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.crawler.labels import date_of, joined, number_of, ordinal_of


@pytest.mark.parametrize(
    ("published", "label"),
    [
        ("境内深度合成服务算法备案清单（2026年 3月）", "境内深度合成服务算法备案清单（2026年3月）"),
        ("（2022年1\xa00月）", "（2022年10月）"),
        ("附件\u3000 18 ：", "附件18："),
        ("  关于 AI\n Agent 的公告 ", "关于AI Agent的公告"),
        ("GPT 4 mini", "GPT 4 mini"),
        ("\ufeff清\u200b单", "清单"),
        ("", ""),
    ],
)
def test_a_label_is_what_is_read_not_how_it_is_spaced(published: str, label: str) -> None:
    """Labels identify a document when its address changes: spacing must not."""
    assert joined(published) == label


@given(st.text())
def test_joining_twice_is_joining_once(text: str) -> None:
    """Labels are compared after the rule, wherever they come from."""
    assert joined(joined(text)) == joined(text)


@given(st.lists(st.text("备案清单（）0123年月", min_size=1), min_size=1))
def test_where_a_label_is_broken_does_not_matter(pieces: list[str]) -> None:
    """CAC's editor breaks labels over tags at will."""
    assert joined("\xa0 ".join(pieces)) == "".join(pieces)


@pytest.mark.parametrize(
    ("title", "label", "ordinal"),
    [
        ("关于发布第十六批深度合成服务算法备案信息的公告", "附件：境内清单（2026年3月）", 16),
        ("关于发布第 2 批深度合成", "", 2),
        ("关于发布算法备案信息的公告", "附件18：境内清单（2026年3月）", 18),
        ("关于发布算法备案信息的公告", "附件1：甲附件2：乙", 2),
        ("公告", "附件：2026年清单", None),
        ("公告", "附件2026年清单", None),
        ("公告", "附件：境内清单", None),
        ("公告", "附件十二：境内清单", 12),
    ],
)
def test_ordinals(title: str, label: str, ordinal: int | None) -> None:
    """第N批 of the title before 附件N of the label; a year is no ordinal."""
    assert ordinal_of(joined(title), joined(label)) == ordinal


def chinese(number: int) -> str:
    """A numeral below a thousand as it is written."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = "零一二三四五六七八九"[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else "零一二三四五六七八九"[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + ("零一二三四五六七八九"[ones] if ones or not number else "")


@given(st.integers(0, 999))
def test_numerals(number: int) -> None:
    """Batches will pass ten, twenty and a hundred."""
    assert number_of(chinese(number)) == number
    assert number_of(str(number)) == number


def test_what_is_no_numeral() -> None:
    """A value, not an exception: pages hold anything."""
    assert number_of("批") is None
    assert number_of("x1") is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年03月12日 10:00", date(2026, 3, 12)),
        ("2026-03-12 10:00:00.0", date(2026, 3, 12)),
        ("发布时间：2026 年 3 月 1 日", date(2026, 3, 1)),
        ("2026年13月1日", None),
        ("2026年2月30日", None),
        ("", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    """Both sites' ways of writing one; a date that is none is none."""
    assert date_of(text) == day
