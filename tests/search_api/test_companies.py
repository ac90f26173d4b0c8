"""Companies over HTTP: ids are for ever, one name everywhere, ties to others are shown."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from suanbei.common.settings import Settings
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Entity, EntityAlias
from suanbei.registry.queries.selection import Selection
from suanbei.registry.queries.statistics import double_filing
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.entities import similar_companies
from tests.lists import listed, number, row

OLD, NEW = "甲乙丙（杭州）科技有限公司", "甲乙丙（北京）科技有限公司"
GENAI = {"series": Series.GENAI_FILING, "label": "", "product": ""}
RENAMED = f"原主体名称“{OLD}”变更为“{NEW}”"


@pytest.fixture
def opened(settings: Settings) -> Database:
    """A company whose two ids became one: it filed a model under its old name."""
    database = open_database(settings)
    model = row(1, number="Zhejiang-JiaMoXing-202405010001", entity=OLD, period="2024-05", **GENAI)
    central = row(2, number="ZhongYangQiYe-Yi-202405020002", entity="乙丁戊集团有限公司",
                  region="国资委", period="2024-05", **GENAI)  # fmt: skip
    import_document(database, listed([model, central]))
    import_document(database, listed([row(1, entity=OLD)]))
    other = {"number": number(7, "1112223"), "entity": NEW}
    import_document(database, listed([row(7, period="2024-01", **other)]))
    other["number"] = number(8, "1112223")
    import_document(database, listed([row(8, remark=RENAMED, period="2024-02", **other)]))
    return database


@pytest.fixture
def client(settings: Settings, opened: Database) -> TestClient:
    return TestClient(create_app(Services(settings, opened)), follow_redirects=False)


@pytest.fixture
def ids(opened: Database) -> tuple[str, str]:
    """The id that the company has, and the one that it once had."""
    with opened.read() as session:
        once = session.execute(
            select(EntityAlias).where(EntityAlias.alias == "1112223")
        ).scalar_one()
        return once.entity_id, once.alias


def test_a_former_id_leads_to_the_company(client: TestClient, ids: tuple[str, str]) -> None:
    """Links and scripts of years ago go on working: 301 on the page, the same answers in the API."""
    now, once = ids
    moved = client.get(f"/entities/{once}")
    assert (moved.status_code, moved.headers["location"]) == (301, f"/entities/{now}")
    assert client.get(f"/v1/entities/{once}").json() == client.get(f"/v1/entities/{now}").json()
    changes = client.get("/v1/changes", params={"entity": once}).json()
    assert changes["total"] == 4
    assert changes == client.get("/v1/changes", params={"entity": now}).json()
    found = client.get("/v1/filings", params={"entity": once}).json()
    assert found["total"] == 4


def test_a_company_has_one_name_everywhere(client: TestClient, ids: tuple[str, str]) -> None:
    """Filings keep what their list printed, beside the name that the company has today."""
    record = client.get(f"/v1/entities/{ids[0]}").json()
    said = {record["name"]}
    said |= {one["entity"]["name"] for some in record["filings"].values() for one in some}
    rows = csv.DictReader(io.StringIO(client.get("/v1/export.csv").text.lstrip("\ufeff")))
    own = [one for one in rows if one["entity_id"] == ids[0]]
    said |= {one["entity"] for one in own}
    counted = client.get("/v1/stats/entity").json()["items"]
    said |= {one["name"] for one in counted if one["value"] == ids[0]}
    found = client.get("/v1/filings", params={"entity": ids[0]}).json()["items"]
    said |= {one["entity"]["name"] for one in found}
    assert said == {NEW}
    assert {one["entity_as_listed"] for one in own} == {OLD, NEW}


def test_double_filing_has_one_definition(
    client: TestClient, opened: Database, ids: tuple[str, str]
) -> None:
    """An active algorithm filing of the generation type and an active model, here as in figures."""
    assert client.get(f"/v1/entities/{ids[0]}").json()["double_filing"]
    with opened.read() as session:
        assert double_filing(session, Selection())["both"] == 1
    gone = {number(1): OLD, number(7, "1112223"): NEW, number(8, "1112223"): NEW}
    notice = [
        row(n, number=one, entity=name, series=Series.DEREGISTRATION, period="2025-07")
        for n, (one, name) in enumerate(gone.items(), 1)
    ]
    import_document(opened, listed(notice))
    record = client.get(f"/v1/entities/{ids[0]}").json()
    assert (record["duties"]["algorithm_filing"], record["double_filing"]) == (
        "deregistered",
        False,
    )
    with opened.read() as session:
        assert double_filing(session, Selection())["both"] == 0


def test_ties_to_other_companies_are_shown(client: TestClient, opened: Database) -> None:
    """A filing that was taken over, and what cannot be told: with the remark, on page and API."""
    remark = "原主体名称“丙丁戊贸易有限公司”变更为“己庚辛科技有限公司”"
    import_document(
        opened,
        listed([row(3, number=number(3, "7654321"), entity="己庚辛科技有限公司", remark=remark, period="2024-03")]),
    )  # fmt: skip
    import_document(
        opened,
        listed(
            [row(5, number=number(5, "7654399"), entity="丙丁戊贸易有限公司", period="2024-06")]
        ),
    )
    with opened.read() as session:
        query = select(Entity.id).where(Entity.name == "己庚辛科技有限公司")
        taker = session.execute(query).scalar_one()
    [link] = client.get(f"/v1/entities/{taker}").json()["links"]
    assert (link["entity"]["name"], link["remark"]) == ("丙丁戊贸易有限公司", remark)
    page = client.get(f"/entities/{taker}").text
    assert f'<q lang="zh-CN">{remark}</q>' in page
    assert "其备案未计入本页" in page


def test_central_enterprises_are_no_region(client: TestClient) -> None:
    """属地 国资委 names no province: it can be asked for, and is counted among none."""
    regions = client.get("/v1/stats/region").json()["items"]
    assert "国资委" not in {one["value"] for one in regions}
    assert None in {one["value"] for one in regions}
    found = client.get("/v1/filings").json()
    assert "国资委" not in {one["value"] for one in found["facets"]["region"]}
    assert client.get("/v1/filings", params={"region": "国资委"}).json()["total"] == 1


def test_year_of_the_list_and_year_of_the_number(client: TestClient) -> None:
    """Two filters: a number of 2023 may come with a list of 2024."""
    listed_in = {
        year: client.get("/v1/filings", params={"period": year}).json()["total"]
        for year in ("2023", "2024")
    }
    assert listed_in == {"2023": 1, "2024": 4}
    numbered = client.get("/v1/filings", params={"year": "2024", "period": "2024"}).json()
    assert numbered["total"] < 4
    assert client.get("/v1/stats/summary", params={"period": "2024"}).json()["filings"] == 4
    assert client.get("/v1/filings", params={"period": "24"}).status_code == 422


def test_a_company_is_found_by_its_model(client: TestClient) -> None:
    """Generative-AI lists have no column for products: people ask by the model's name."""
    found = client.get("/v1/entities", params={"q": "测试算法2"}).json()
    assert [one["name"] for one in found["items"]] == ["乙丁戊集团有限公司"]


def test_a_name_in_other_characters_of_the_same_sound_is_near(opened: Database) -> None:
    """As 腾迅 is for 腾讯."""
    with opened.read() as session:
        near = [one["name"] for one in similar_companies(session, "假一丙有限公司")]
    assert near[0] in (OLD, NEW)


def test_a_row_that_is_left_out_is_told_of_on_the_pages_of_its_company(
    client: TestClient, opened: Database
) -> None:
    """Its standing is neither active nor deregistered, alone and beside another company."""
    gone = row(
        12, number=number(12, "7654321"), entity="戊己（杭州）科技有限公司", period="2025-01"
    )
    import_document(opened, listed([row(11, period="2025-01"), gone]))
    later = [row(11, period="2025-01"), row(13, period="2025-01")]
    import_document(opened, listed(later, fetched_at=datetime(2026, 2, 1, tzinfo=UTC)))
    page = client.get("/entities/7654321", headers={"accept-language": "zh"}).text
    assert "已不在清单中 1 项" in page
    compared = client.get("/compare", params={"a": "7654321", "b": OLD}).text
    assert re.search(r"已不在清单中</th>\s*<td[^>]*>1</td>\s*<td[^>]*>0</td>", compared)
