"""Addresses are kept, shown and compared as the public ones."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.common.errors import UnexpectedAnswer
from suanbei.common.settings import Settings
from suanbei.crawler.sources import BEIAN, CAC, PublicUrls

REPLICA = "http://127.0.0.1:9100"
PAGE = f"{CAC}/2026-03/12/c_1.htm"


def urls(cac: str = CAC, beian: str = BEIAN) -> PublicUrls:
    return PublicUrls.of(Settings(cac_url=cac, beian_url=beian))


@pytest.mark.parametrize("mapping", [urls(), urls(REPLICA, REPLICA), urls(REPLICA + "/cac/")])
@pytest.mark.parametrize(
    ("link", "public"),
    [
        ("http://www.cac.gov.cn/2026-03/12/c_1.htm", PAGE),
        ("//www.cac.gov.cn/2026-03/12/c_1.htm", PAGE),
        ("HTTP://WWW.CAC.GOV.CN/2026-03/12/c_1.htm#top", PAGE),
        (" c_1.htm\n", PAGE),
        ("/a?filepath=G+v/E==&fText=清", f"{CAC}/a?filepath=G+v/E==&fText=%E6%B8%85"),
        ("/cms/a.jsp?fText=%E6%B8%85", f"{CAC}/cms/a.jsp?fText=%E6%B8%85"),
        ("//beian.cac.gov.cn/x", f"{BEIAN}/x"),
        ("http://cagd.gov.cn/v/1.html", "http://cagd.gov.cn/v/1.html"),
    ],
)  # fmt: skip
def test_what_a_link_means(mapping: PublicUrls, link: str, public: str) -> None:
    """The same public address, whatever base address the crawl was pointed at."""
    assert mapping.public(link, PAGE) == public


def test_where_public_addresses_are_asked_for() -> None:
    """Both sites on one port, as in the replica; other hosts as they are."""
    mapping = urls(REPLICA, REPLICA + "/beian/")
    assert mapping.asked(f"{CAC}/a?b=c") == f"{REPLICA}/a?b=c"
    assert mapping.asked(f"{BEIAN}/a") == f"{REPLICA}/beian/a"
    assert mapping.asked("https://cagd.gov.cn/a") == "https://cagd.gov.cn/a"
    assert mapping.asked("https://www.cac.gov.cn.evil.example/a").startswith("https://www.cac")


def test_a_link_to_the_base_address_means_the_site() -> None:
    """A mirror may write its own name into its pages."""
    assert urls(REPLICA, REPLICA).public(f"{REPLICA}/a", PAGE) == f"{CAC}/a"


@pytest.mark.parametrize(
    "link", ["mailto:a@b", "javascript:void(0)", "http://[x", "http:///a", "h://x"]
)
def test_what_is_no_web_address(link: str) -> None:
    """It could not be asked for, and must not end the reading of a page."""
    with pytest.raises(UnexpectedAnswer, match=r"^no web address: "):
        urls().public(link, PAGE)


@given(st.text())
def test_any_link_is_an_address_or_is_refused(link: str) -> None:
    """Pages hold anything."""
    with suppress(UnexpectedAnswer):
        assert urls().public(link, PAGE).startswith(("https://", "http://"))


paths = st.text(st.characters(categories=["L", "N"]), min_size=1).map(lambda text: f"/{text}")


@given(paths)
def test_public_addresses_do_not_change(path: str) -> None:
    """An address that is public already stays as it is, however often it is looked at."""
    for mapping in (urls(), urls(REPLICA, REPLICA)):
        once = mapping.public(path, CAC + "/")
        assert mapping.public(once) == once
        assert once.isascii()
        assert mapping.public(mapping.asked(once)) == once
