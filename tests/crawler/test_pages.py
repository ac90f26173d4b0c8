"""Reading a notice's page: attachments however their links are broken, and nothing else."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.common.errors import FetchError, NothingListed, UnexpectedAnswer
from suanbei.crawler.pages import Attachment, NoticePage, read_page
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
    """As published, joined."""
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
