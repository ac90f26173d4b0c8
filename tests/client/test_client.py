"""The Python client, against a running server with the shipped data."""

import asyncio
from pathlib import Path

import pytest

from suanbei_client import ApiError, AsyncSuanbei, Filing, FilingDetail, Suanbei
from suanbei_client.types import Product

LISTED = "网信算备330110507206401230035号"
OWNER = "阿里巴巴达摩院（杭州）科技有限公司"
MISTYPED = "网信算备330110507206401230037号"


def test_verify(snapshot_server: str) -> None:
    """The answer is the API's, with the company compared."""
    with Suanbei(snapshot_server) as suanbei:
        verdict = suanbei.verify(LISTED, OWNER)
        assert (verdict["verdict"], verdict["entity_match"]) == ("active", "exact")
        assert verdict["filings"][0]["entity"]["id"] == "5072064"
        assert suanbei.verify(MISTYPED)["verdict"] == "not_listed"


def test_the_types_say_what_is_answered(snapshot_server: str) -> None:
    """Every field that a type names is in the answer."""
    with Suanbei(snapshot_server) as suanbei:
        detail = suanbei.filing(LISTED)
        assert FilingDetail.__required_keys__ <= set(detail)
        assert detail["listings"][0]["batch"] == "deep_synthesis-2023-06"
        found = next(suanbei.search("抖音"))
    assert Filing.__required_keys__ <= set(found)
    assert Product.__required_keys__ == set(found["products"][0])


def test_verify_many_keeps_the_order(snapshot_server: str) -> None:
    """Texts and pairs, more than one request takes."""
    asked = [LISTED, (LISTED, OWNER), MISTYPED] * 400
    with Suanbei(snapshot_server) as suanbei:
        verdicts = suanbei.verify_many(asked)
    assert [one["verdict"] for one in verdicts] == ["active", "active", "not_listed"] * 400
    assert [one["entity_match"] for one in verdicts[:2]] == [None, "exact"]


def test_search_reads_every_page(snapshot_server: str) -> None:
    """Paging is the client's business: no filing twice, none left out."""
    with Suanbei(snapshot_server) as suanbei:
        found = list(suanbei.search("抖音", series="deep_synthesis"))
        page = suanbei._http.get("/v1/filings", params={"q": "抖音", "series": "deep_synthesis"})
    assert len(found) == page.json()["total"]
    assert len({one["number"] for one in found}) == len(found)


def test_changes_are_read_to_the_end(snapshot_server: str) -> None:
    """In order, from an id on."""
    with Suanbei(snapshot_server) as suanbei:
        changes = suanbei.changes(type="batch.published")
        ids = [one["id"] for one in changes]
        assert ids == sorted(ids)
        assert len(ids) > 50
        assert [one["id"] for one in suanbei.changes(ids[-2], type="batch.published")] == ids[-1:]


def test_a_refusal_is_told(snapshot_server: str) -> None:
    """The server's own code and sentence, not a traceback of httpx."""
    with Suanbei(snapshot_server) as suanbei, pytest.raises(ApiError) as refused:
        list(suanbei.search("", series="no-such-series"))
    assert refused.value.status == 422
    assert refused.value.detail


def test_with_asyncio(snapshot_server: str) -> None:
    """The same questions, the same answers."""

    async def ask() -> tuple[str, int, str]:
        async with AsyncSuanbei(snapshot_server) as suanbei:
            verdict = await suanbei.verify(LISTED, OWNER)
            found = [one["number"] async for one in suanbei.search("达摩院")]
            company = await suanbei.entity(verdict["filings"][0]["entity"]["id"])
            return verdict["verdict"], len(found), company["id"]

    verdict, found, company = asyncio.run(ask())
    assert verdict == "active"
    assert found >= 11
    assert company == "5072064"


def test_the_readme_says_what_there_is() -> None:
    """Every method of the example exists."""
    text = (Path(__file__).parents[2] / "client" / "README.md").read_text("utf-8")
    code = text.split("```python")[1].split("```")[0]
    compile(code, "README", "exec")
    for name in ("verify", "search", "changes", "issue_receipt"):
        assert f"suanbei.{name}(" in code
        assert hasattr(AsyncSuanbei, name)
