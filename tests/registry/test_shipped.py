"""The shipped register says what was found in it by hand: the right value of every known oddity."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.importing.gaps import totals
from suanbei.registry.models import Batch, Document, Entity, Filing, Listing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.entities import entities_meant, links_of
from suanbei.registry.queries.filings import batch_views, filing_views


def test_all_lists_ship_with_their_origin(shipped: Session) -> None:
    """57 documents, 69 lists, 10,678 rows (DOMAIN.md): only CAC's own bytes are evidence."""
    origins = select(Document.origin, func.count()).group_by(Document.origin)
    assert dict(shipped.execute(origins).tuples().all()) == {
        "published": 31, "converted": 4, "transcribed": 22,
    }  # fmt: skip
    lists, rows = shipped.execute(select(func.count(), func.sum(Batch.rows))).one()
    assert (lists, rows) == (69, 10_678)
    [batch] = batch_views(shipped, select(Batch).where(Batch.id == "genai_filing-2026-08"))
    assert batch["document"]["origin"] == "transcribed"


def test_every_filing_has_its_status(shipped: Session) -> None:
    """10,620 numbers; 57 withdrawn by notice, the others by 已注销."""
    series = select(Filing.series, func.count()).group_by(Filing.series)
    assert dict(shipped.execute(series).tuples().all()) == {
        "algorithm": 1014, "deep_synthesis": 7764, "genai_filing": 1112, "genai_registration": 730,
    }  # fmt: skip
    statuses = dict(
        shipped.execute(select(Filing.status, func.count()).group_by(Filing.status)).tuples().all()
    )
    assert set(statuses) == {"active", "deregistered"}


def test_registration_263_is_known_to_be_missing(shipped: Session) -> None:
    """It is in no copy of the lists that could be had (DOMAIN.md §5.10)."""
    found = coverage(shipped)
    serial, total = found["genai_registration"]["missing"]
    assert serial == {
        "kind": "serial", "from": 263, "to": 263, "count": 1, "between": ["2025-08", "2025-10"],
    }  # fmt: skip
    assert (total["published"], total["held"], total["as_of"]) == (731, 730, "2026-08-31")
    assert all(not found[one]["missing"] for one in found if one != "genai_registration")
    assert {(t["series"], t["published"], t["held"]) for t in totals(shipped)} == {
        ("genai_filing", 1112, 1112),
        ("genai_registration", 731, 730),
    }


def company(session: Session, name: str) -> Entity:
    [found] = [
        one for one in entities_meant(session, name) if name in (one.name, *one.former_names)
    ]
    return found


def series_of(session: Session, entity: Entity) -> set[str]:
    query = select(Filing.series).where(Filing.entity_id == entity.id)
    return set(session.execute(query).scalars())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("北京百川智能科技有限公司", "百川智能科技有限公司"),
        ("国泰君安证券股份有限公司", "国泰海通证券股份有限公司"),
        ("中航信移动科技有限公司", "中航信移动科技股份有限公司"),
        ("蚂蚁财富（上海）金融信息服务有限公司", "蚂蚁财富（上海）科技有限公司"),
        ("摩尔线程智能科技（北京）有限责任公司", "北京摩笔生成科技有限公司"),
        ("杭州李未可科技有限公司", "安徽李未可科技有限公司"),
    ],
)
def test_a_rename_does_not_split_a_company(shipped: Session, old: str, new: str) -> None:
    """Its generative-AI entry still prints the old name: one company, with both duties."""
    one = company(shipped, new)
    assert (one.name, old in one.former_names) == (new, True)
    assert company(shipped, old).id == one.id
    assert series_of(shipped, one) & {"genai_filing", "genai_registration"}
    assert series_of(shipped, one) & {"algorithm", "deep_synthesis"}
    assert links_of(shipped, one.id) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("淘宝（中国）软件有限公司", "杭州优卖网络科技有限公司"),
        ("浙江淘宝网络有限公司", "杭州淘宝营销管理有限公司"),
        ("上海东方报业有限公司", "上海派生万物智能科技有限公司"),
    ],
)
def test_a_filing_handed_over_merges_nobody(shipped: Session, old: str, new: str) -> None:
    """The new company has a code of its own, or the old one goes on filing."""
    giver, taker = company(shipped, old), company(shipped, new)
    assert (giver.name, taker.name) == (old, new)
    assert old not in taker.former_names
    links = links_of(shipped, taker.id)
    told = {(link["kind"], link["entity"]["name"]) for link in links}
    assert told == {("taken_over_from", old)}
    assert any(old in link["remark"] for link in links)
    given = links_of(shipped, giver.id)
    assert {one["kind"] for one in given} == {"handed_over_to"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("高德软件有限公司", "北京高德图强科技有限公司"),
        ("杭州声链智能科技有限公司", "宁波元声智能科技有限公司"),
    ],
)
def test_what_the_lists_do_not_tell_is_unclear(shipped: Session, old: str, new: str) -> None:
    """Two names that share no more than a remark or a code stay two companies, and it is said."""
    one, other = company(shipped, old), company(shipped, new)
    assert (one.name, other.name) == (old, new)
    links = links_of(shipped, one.id)
    assert {link["kind"] for link in links + links_of(shipped, other.id)} == {"unclear"}
    assert {link["entity"]["id"] for link in links} == {other.id}


def test_a_company_without_remark_that_became_a_joint_stock_company(shipped: Session) -> None:
    """One code, one brand: 智谱华章 is one company under its newest name."""
    one = company(shipped, "北京智谱华章科技有限公司")
    assert one.name == "北京智谱华章科技股份有限公司"


def test_a_filing_says_the_name_that_its_company_has(shipped: Session) -> None:
    """One display name everywhere; the row keeps what is printed."""
    query = select(Filing).where(Filing.number == "Beijing-BaiYing-20230821")
    [view] = filing_views(shipped, [shipped.execute(query).scalar_one()])
    assert view["entity"]["name"] == "百川智能科技有限公司"
    assert view["entity"]["former_names"] == ["北京百川智能科技有限公司"]
    assert view["listings"][0]["published"]["entity"] == "北京百川智能科技有限公司"


def test_exchanged_columns_are_put_right_and_flagged(shipped: Session) -> None:
    """Six rows of March 2025 print the company where the model belongs."""
    number = "Guangdong-XiMuJiuZhouDaMoXing-202503050022"
    filing = shipped.execute(select(Filing).where(Filing.number == number)).scalar_one()
    assert (filing.name, filing.entity) == ("希姆九州大模型", "广州希姆半导体科技有限公司")
    assert filing.flags == ["suspect_columns"]
    row = shipped.execute(select(Listing).where(Listing.number == number)).scalar_one()
    assert (row.name, row.entity) == ("广州希姆半导体科技有限公司", "希姆九州大模型")
    flagged = [f for f in shipped.execute(select(Filing)).scalars() if "suspect_columns" in f.flags]
    assert len(flagged) == 6
    assert all(filing.entity.endswith("公司") for filing in flagged)
    assert not entities_meant(shipped, "希姆九州大模型")


def test_the_label_as_printed_counts_and_the_number_is_flagged(shipped: Session) -> None:
    """Two filings print 调度决策类 and bear the code of 内容过滤."""
    flagged = [f for f in shipped.execute(select(Filing)).scalars() if "label_differs" in f.flags]
    assert {(one.number, one.label, one.type) for one in flagged} == {
        ("网信算备310107429160605220017号", "调度决策类", "scheduling_decision"),
        ("网信算备330110977354705220017号", "调度决策类", "scheduling_decision"),
    }
