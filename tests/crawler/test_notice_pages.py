"""Reading a notice's page: attachments however their links are broken, and nothing else."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.common.errors import FetchError, NothingListed, UnexpectedAnswer
from suanbei.crawler.notices import (
    Attachment,
    NoticePage,
    date_of,
    joined_label,
    number_of,
    ordinal_of,
    read_page,
)
from suanbei.crawler.sources import Attachments, load_catalogue

URL = "https://www.cac.gov.cn/x.htm"


def rules(**changes: str) -> Attachments:
    [source] = load_catalogue().select(("algorithm",)).sources
    assert source.attachments
    facts = source.attachments.model_dump() | changes
    return Attachments.model_validate(facts)


def read(links: str, title: str = "关于发布 算法备案信息的公告", **changes: str) -> NoticePage:
    page = (
        f'<h1 class="title">{title}</h1><span id="pubtime">2022年08月12日 10:00</span>'
        f'<a href="/downloadfile.jsp?not=this">导航</a><div id="BodyLabel">{links}</div>'
        f'<a href="/downloadfile.jsp?nor=this">页脚</a>'
    )
    return read_page(page, rules(**changes), URL)


def test_title_and_date() -> None:
    """As published, joined_label."""
    page = read('<a href="/downloadfile.jsp?a">x</a>')
    assert page.title == "关于发布算法备案信息的公告"
    assert page.published_on == date(2022, 8, 12)


LINK = '<a href="/downloadfile.jsp?a">'
LABEL = "境内清单（2026年3月）"


@pytest.mark.parametrize(
    "links",
    [
        f"<p>附件 18：{LINK}{LABEL}</a></p>",
        f"<p><b>附</b>件<b>18</b>：{LINK}<b>境内</b>清单&nbsp;（<i>2026年</i> 3月）</a></p>",
        f"附件18：{LINK}境内清单（2026年</a>{LINK}3月）</a>",
        f'<a href="/other.htm">x</a>附件18：{LINK[:-1]} title="{LABEL}"> </a>',
        f"<p>附件18：{LINK}{LABEL}</a></p><p>又见{LINK}此处</a></p>",
        f"附件18：{LINK}{LABEL}</a><script>'附件19：'</script><!-- {LINK}x</a> -->",
    ],
)
def test_one_attachment_however_it_is_written(links: str) -> None:
    """The label is that of the link, the ordinal stands before it."""
    assert read(links).attachments == (Attachment("/downloadfile.jsp?a", LABEL, 18),)


def test_an_icon_that_links_to_the_same_document() -> None:
    """CAC's editor puts an icon before the label, each with its own link."""
    [found] = read(f"{LINK}<img></a>{LINK}附件18：{LABEL}</a>").attachments
    assert found == Attachment("/downloadfile.jsp?a", f"附件18：{LABEL}", 18)


def test_each_attachment_has_its_own_ordinal() -> None:
    """Several in one paragraph, one without number."""
    links = "".join(f'附件{n}：<a href="/downloadfile.jsp?{n}">清单{n}</a><br>' for n in (1, 2))
    found = read(links + '<a href="/files/x.docx">补充</a>').attachments
    assert found == (
        Attachment("/downloadfile.jsp?1", "清单1", 1),
        Attachment("/downloadfile.jsp?2", "清单2", 2),
        Attachment("/files/x.docx", "补充", None),
    )


def test_what_looks_like_an_attachment_and_is_not_known_is_reported() -> None:
    """A skip is an alarm, unless the source's facts say that it is meant."""
    links = '<a href="/a.xlsx">备案信息</a><a href="/b.xlsx">说明</a><a href="/c.pdf">图解</a>'
    page = read(links, label="备案", ignore="图解")
    assert [link.href for link in page.attachments] == ["/a.xlsx"]
    assert page.leftovers == ("说明",)


def test_a_page_without_attachments_is_a_failure() -> None:
    """An empty result is never a successful nothing."""
    with pytest.raises(NothingListed, match=f"^{URL}: no attachment"):
        read('<p>正文 <a href="/other.htm">别处</a></p>')


@pytest.mark.parametrize("text", ["", "<p>x</p>", "<h1 class='title'>x</h1>", '{"a": 1}'])
def test_a_page_of_another_layout_is_a_failure(text: str) -> None:
    """A relaunch of the site must not look like a page without attachments."""
    with pytest.raises(UnexpectedAnswer, match="where one is expected"):
        read_page(text, rules(), URL)


def test_a_page_nested_without_end_is_read() -> None:
    """A broken editor, or a joke: deeper than the stack is high (libxml2 itself ends at 2048)."""
    deep = 1500
    links = "<div>" * deep + f"附件18：{LINK}{LABEL}</a>" + "</div>" * deep
    assert read(links).attachments == (Attachment("/downloadfile.jsp?a", LABEL, 18),)


@given(st.text("<>/=\"' ahrefdivspan!-&;#0附件1：.docx\x00\n", max_size=200))
def test_any_page_is_read_or_refused_by_name(links: str) -> None:
    """Never another exception than a failure of the source."""
    with suppress(FetchError):
        read(links + LINK + "</a>")
    with suppress(FetchError):
        read_page(links, rules(), URL)


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
    assert joined_label(published) == label


@given(st.text())
def test_joining_twice_is_joining_once(text: str) -> None:
    """Labels are compared after the rule, wherever they come from."""
    assert joined_label(joined_label(text)) == joined_label(text)


@given(st.lists(st.text("备案清单（）0123年月", min_size=1), min_size=1))
def test_where_a_label_is_broken_does_not_matter(pieces: list[str]) -> None:
    """CAC's editor breaks labels over tags at will."""
    assert joined_label("\xa0 ".join(pieces)) == "".join(pieces)


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
    assert ordinal_of(joined_label(title), joined_label(label)) == ordinal


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
