"""The tools for assistants, through the library's own client, over stdio and over HTTP."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters

from suanbei.common.errors import UsageError
from suanbei.registry.database import Database
from tests.processes import ROOT, environment
from tests.search_api.watching import client_over

LISTED = "网信算备330110507206401230035号"
OWNER = "阿里巴巴达摩院（杭州）科技有限公司"
ACCEPT = {"Accept": "application/json, text/event-stream"}
OLDEST = "2024-11-05"
CALLS: dict[str, dict[str, Any]] = {
    "verify_number": {"number": LISTED, "entity": OWNER},
    "check_vendor": {"name": "北京百度网讯科技有限公司"},
    "search_filings": {"text": "抖音", "limit": 3},
    "get_filing": {"number": "Beijing-WenXinYiYan-20230821"},
    "explain_number": {"text": f"见页脚 {LISTED}"},
    "recent_changes": {"limit": 2},
    "expected_lists": {},
}


async def use(client: Client) -> dict[str, Any]:
    """Everything that the server offers, used once; the structured answers by tool."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert tools.keys() == CALLS.keys()
    answers = {}
    for name, arguments in CALLS.items():
        annotations = tools[name].annotations
        assert annotations is not None
        assert annotations.read_only_hint
        assert not annotations.destructive_hint
        assert tools[name].output_schema
        assert "  " not in tools[name].description, "indented"
        result = await client.call_tool(name, arguments)
        assert not result.is_error, result.content
        answers[name] = result.structured_content
        assert answers[name]["coverage"]["algorithm"]["newest"]
        assert len(answers[name]["does_not_establish"]) > 40
    resources = (await client.list_resources()).resources
    templates = (await client.list_resource_templates()).resource_templates
    assert [str(one.uri) for one in resources] == ["suanbei://guide"]
    assert {str(one.uri_template) for one in templates} == {
        "suanbei://guide/{language}", "suanbei://filing/{number}"
    }  # fmt: skip
    assert {one.name for one in (*resources, *templates)} == {
        "guide",
        "guide_in_language",
        "filing",
    }
    guide = (await client.read_resource("suanbei://guide")).contents[0]
    assert "# Guide to the filings" in guide.text
    assert "备案指南" in (await client.read_resource("suanbei://guide/zh")).contents[0].text
    filing = await client.read_resource("suanbei://filing/Beijing-WenXinYiYan-20230821")
    assert json.loads(filing.contents[0].text)["name"] == "文心一言"
    return answers


def check(answers: dict[str, Any]) -> None:
    """The answers say what the lists say."""
    verdict = answers["verify_number"]
    assert (verdict["verdict"], verdict["entity_match"]) == ("active", "exact")
    vendor = answers["check_vendor"]
    assert (vendor["match"], vendor["companies"][0]["double_filing"]) == ("exact", True)
    assert len(answers["search_filings"]["items"]) == 3
    assert answers["get_filing"]["history"][0]["what"] == "listed"
    (explained,) = answers["explain_number"]["items"]
    assert explained["anatomy"]["check_digit"]["ok"]
    assert len(answers["recent_changes"]["items"]) == 2
    assert len(answers["expected_lists"]["items"]) == 5


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_stdio(snapshot_home: Path, mode: str) -> None:
    """The whole of it through `suanbei mcp`, for clients of both versions of the protocol."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "suanbei", "mcp"], cwd=ROOT,
        env=environment(snapshot_home),
    )  # fmt: skip

    async def main() -> dict[str, Any]:
        async with Client(command, mode=mode) as client:
            return await use(client)

    check(asyncio.run(main()))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http(snapshot_server: str, mode: str) -> None:
    """The same over streamable HTTP."""

    async def main() -> dict[str, Any]:
        async with Client(f"{snapshot_server}/mcp", mode=mode) as client:
            return await use(client)

    check(asyncio.run(main()))


def test_the_oldest_client(snapshot_server: str) -> None:
    """The first version of the protocol: an initialize handshake by hand, then a call."""

    def post(method: str, params: dict[str, Any]) -> Any:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = httpx.post(f"{snapshot_server}/mcp", json=message, headers=ACCEPT, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    client = {"name": "old", "version": "1"}
    hello = post(
        "initialize", {"protocolVersion": OLDEST, "capabilities": {}, "clientInfo": client}
    )
    assert (hello["protocolVersion"], hello["serverInfo"]["name"]) == (OLDEST, "suanbei")
    called = post("tools/call", {"name": "verify_number", "arguments": {"number": LISTED}})
    assert json.loads(called["content"][0]["text"])["verdict"] == "active"


def test_what_does_not_fit_is_refused(snapshot_server: str) -> None:
    """Unknown arguments, unknown numbers and values out of range are errors that say why."""
    wrong = [
        ("verify_number", {"number": LISTED, "entitiy": OWNER}, "entitiy"),
        ("verify_number", {"number": "x" * 5_001}, "5000"),
        ("search_filings", {"limit": 21}, "20"),
        ("search_filings", {"region": ["Atlantis"]}, "Atlantis"),
        ("get_filing", {"number": "x"}, "in no list known"),
        ("get_filing", {"number": f"{LISTED}, Beijing-WenXinYiYan-20230821"}, "2 numbers"),
    ]

    async def main() -> None:
        async with Client(f"{snapshot_server}/mcp") as client:
            for tool, arguments, said in wrong:
                result = await client.call_tool(tool, arguments)
                assert result.is_error, tool
                assert said in result.content[0].text

    asyncio.run(main())


def test_pages_of_other_sites_are_refused(snapshot_server: str) -> None:
    """A browser's page elsewhere must not reach a server in somebody's network; others need no Origin."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    headers = ACCEPT | {"Origin": "https://elsewhere.example"}
    foreign = httpx.post(f"{snapshot_server}/mcp", json=message, headers=headers)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "forbidden")
    assert httpx.get(f"{snapshot_server}/mcp").status_code == 405


def test_a_group_and_an_unknown_company(snapshot_server: str) -> None:
    """A brand is its companies, each for itself; an unknown name is no claim about anybody."""

    async def main() -> tuple[Any, Any]:
        async with Client(f"{snapshot_server}/mcp") as client:
            group = await client.call_tool("check_vendor", {"name": "腾讯"})
            unknown = await client.call_tool("check_vendor", {"name": "百度网络"})
            return group.structured_content, unknown.structured_content

    group, unknown = asyncio.run(main())
    assert group["match"] == "brand"
    assert len(group["companies"]) > 1
    assert (unknown["match"], unknown["companies"]) == ("none", [])
    assert "北京百度网讯科技有限公司" in unknown["similar"]


def test_off_by_default(shipped_registry: Database) -> None:
    """Without the setting there is no such address."""
    with client_over(shipped_registry) as client:
        answer = client.post("/mcp", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_missing_library_is_said_in_one_line(
    shipped_registry: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the server starts, where it would be a traceback."""
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(
        UsageError, match=r'SUANBEI_MCP needs the extra: pip install "suanbei\[mcp]"'
    ):
        client_over(shipped_registry, mcp=True)
