"""Documents: their titles, periods and ordinals."""

import pytest

from suanbei.common.dates import period_of_date
from suanbei.parsers.document import ordinal_of, period_in, title_of


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["附件2", "样例清单（2022年10月）"], "样例清单（2022年10月）"),
        (["附件 18：样例清单（2026年5月）"], "样例清单（2026年5月）"),
        (["附件", "样例备案", "清单", "（2026年5月）"], "清单（2026年5月）"),
        (["样例算法备案清单", "（2026年", "5月）"], "样例算法备案清单（2026年5月）"),
        (["附件", "样例已备案和已登记信息（2026年5月）", "一、已备案信息"], "样例已备案和已登记信息（2026年5月）"),
        (["首页 > 公告", "样例备案清单", "发布时间：今天"], "样例备案清单"),
        (["只有这一行"], "只有这一行"),
        ([], ""),
    ],
)  # fmt: skip
def test_the_title_among_the_lines(lines: list[str], title: str) -> None:
    """Attachments, section headings and what stands around a page's list are left out."""
    assert title_of(lines) == title


@pytest.mark.parametrize(
    ("lines", "titles", "ordinal"),
    [
        (["附件2"], ["清单"], 2),
        (["附 件：17"], ["清单"], None),
        (["附件：17"], ["清单"], 17),
        (["附件"], ["清单"], None),
        (["附件"], ["关于发布第十八批深度合成服务算法备案信息的公告"], 18),
        (["附件"], ["第二十批"], 20),
        (["附件"], ["第九批"], 9),
        (["附件"], ["第103批"], 103),
        (["附件"], ["第一百零三批"], 103),
        ([], ["附件 18 境内互联网信息服务算法备案清单"], 18),
    ],
)
def test_ordinals(lines: list[str], titles: list[str], ordinal: int | None) -> None:
    """第N批 in a title, else 附件N."""
    assert ordinal_of(lines, *titles) == ordinal


def test_the_period_is_the_first_that_is_named() -> None:
    """In the order asked; white space inside does not matter."""
    assert period_in("清单", "（2026 年\n5 月）", "2024年1月") == "2026-05"
    assert period_in("清单") == ""
    assert period_in("清单（２０２６年９月）") == "2026-09"


@pytest.mark.parametrize(
    ("date", "period"),
    [
        ("2026年7月", "2026-07"), ("2026年7月3日", "2026-07"), ("2026/7/3", "2026-07"),
        ("2026-07-03", "2026-07"), ("2026.12", "2026-12"), ("2026/7/3（补登）", "2026-07"),
        ("2026/13/3", ""), ("--", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_period_of_a_date(date: str, period: str) -> None:
    """注销时间 comes in several spellings."""
    assert period_of_date(date) == period
