"""`/reconcile` as the Reconciliation Service API 0.2 demands it, over the shipped lists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.jsonschema import DRAFT7

BAIDU, BAIDU_ID = "北京百度网讯科技有限公司", "6455028"
WENXIN = "Beijing-WenXinYiYan-20230821"
LISTED, OWNER = "网信算备330110507206401230035号", "阿里巴巴达摩院（杭州）科技有限公司"


@pytest.fixture
def client(snapshot_server: str) -> Iterator[httpx.Client]:
    """A client of a server over the shipped data."""
    with httpx.Client(base_url=snapshot_server, timeout=60) as client:
        yield client


def ask(client: httpx.Client, queries: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The candidates of a batch, their shape checked."""
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    found = answer.json()
    assert found.keys() == queries.keys()
    for result in found.values():
        assert result.keys() == {"result"}
        scores = [one["score"] for one in result["result"]]
        assert scores == sorted(scores, reverse=True)
        assert sum(one["match"] for one in result["result"]) <= 1
        for one in result["result"]:
            check_candidate(one)
    return {key: result["result"] for key, result in found.items()}


def check_candidate(one: dict[str, Any]) -> None:
    """A candidate as the specification's result schema demands it."""
    assert {"id", "name", "score"} <= one.keys()
    assert all(isinstance(one[name], str) for name in ("id", "name", "description"))
    assert isinstance(one["match"], bool)
    assert 0 <= one["score"] <= 100
    assert all(kind["id"] in ("Company", "Filing") for kind in one["type"])
    ids = [feature["id"] for feature in one["features"]]
    assert len(ids) == len(set(ids))
    assert all(isinstance(feature["value"], bool | int | float) for feature in one["features"])


def feature(one: dict[str, Any], name: str) -> Any:
    """The value of a feature of a candidate."""
    return {item["id"]: item["value"] for item in one["features"]}[name]


def test_the_manifest_leads_to_everything(client: httpx.Client) -> None:
    """The manifest has what the schema demands, and every address in it answers."""
    answer = client.get("/reconcile")
    manifest = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "0.2" in manifest["versions"]
    assert client.get(manifest["logo"]).headers["content-type"] == "image/svg+xml"
    assert all(isinstance(manifest[n], str) for n in ("name", "identifierSpace", "schemaSpace"))
    assert {one["id"] for one in manifest["defaultTypes"]} == {"Company", "Filing"}
    for kind, prefix, one in (
        ("entity", "百度", BAIDU_ID), ("type", "comp", "Company"), ("property", "reg", "region")
    ):  # fmt: skip
        paths = manifest["suggest"][kind]
        suggested = client.get(
            paths["service_url"] + paths["service_path"], params={"prefix": prefix}
        )
        assert one in [item["id"] for item in suggested.json()["result"]]
        place = paths["flyout_service_url"] + paths["flyout_service_path"].replace("${id}", one)
        shown = client.get(place).json()
        assert shown["id"] == one
        assert shown["html"].startswith("<p>")
    for name in ("view", "preview"):
        page = client.get(manifest[name]["url"].replace("{{id}}", BAIDU_ID), follow_redirects=True)
        assert page.status_code == 200
        assert BAIDU in page.text
    proposal = manifest["extend"]["propose_properties"]
    proposed = client.get(
        proposal["service_url"] + proposal["service_path"], params={"type": "Company", "limit": 3}
    ).json()
    assert (len(proposed["properties"]), proposed["type"], proposed["limit"]) == (3, "Company", 3)


SCHEMAS = Path(__file__).with_name("reconciliation_schemas")
"""The W3C community group's, of version 0.2 (github.com/reconciliation-api/specs)."""
BATCH = {
    "name": {"query": BAIDU},
    "parts": {"query": "百度", "type": "Company", "limit": 3,
              "properties": [{"pid": "region", "v": "北京"}, {"pid": "series", "v": ["algorithm"]}]},
    "filing": {"query": WENXIN, "type": "Filing"},
    "nothing": {"query": "完全不存在的公司有限公司"},
}  # fmt: skip
COLUMNS = ("double_filing", "number", "status", "first_filing", "region", "series", "former_name")
EXTENSION = {
    "ids": [BAIDU_ID, "nobody", WENXIN], "properties": [{"id": one} for one in COLUMNS],
}  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "path", "sent"),
    [
        ("manifest", "", {}),
        ("reconciliation-result-batch", "", {"queries": json.dumps(BATCH)}),
        ("data-extension-response", "", {"extend": json.dumps(EXTENSION)}),
        ("data-extension-property-proposal", "/properties", {"type": "Company"}),
        ("data-extension-property-proposal", "/properties", {"type": "Filing", "limit": "2"}),
        ("suggest-entities-response", "/suggest/entity", {"prefix": "百度"}),
        ("suggest-entities-response", "/suggest/entity", {"prefix": "Beijing-Wen"}),
        ("suggest-properties-response", "/suggest/property", {"prefix": "re"}),
        ("suggest-types-response", "/suggest/type", {"prefix": "f"}),
    ],
)
def test_answers_fit_the_specifications_schemas(
    client: httpx.Client, schema: str, path: str, sent: dict[str, str]
) -> None:
    """Every kind of answer, by GET; batches by POST too."""
    known = {file.name: json.loads(file.read_text("utf-8")) for file in SCHEMAS.glob("*.json")}
    base = known["manifest.json"]["$id"].rsplit("/", 1)[0]
    resources = [(f"{base}/{name}", DRAFT7.create_resource(told)) for name, told in known.items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    wanted = known[f"{schema}.json"]
    validator = validator_for(wanted, Draft202012Validator)(wanted, registry=registry)
    answers = [client.get(f"/reconcile{path}", params=sent)]
    if not path and sent:
        answers.append(client.post("/reconcile", data=sent))
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert not [error.message for error in validator.iter_errors(answer.json())]


def test_any_site_may_ask_and_hears_errors(client: httpx.Client) -> None:
    """A client in a browser learns what is wrong, and its preflight is answered."""
    origin = {"Origin": "https://a.example"}
    asked = [
        client.get("/reconcile", headers=origin),
        client.post("/reconcile", headers=origin, data={"queries": "{"}),
        client.get("/reconcile/flyout/entity", headers=origin, params={"id": "nobody"}),
        client.get("/reconcile/nothing", headers=origin),
        client.options("/reconcile", headers=origin | {"Access-Control-Request-Method": "POST"}),
    ]
    assert [one.status_code for one in asked] == [200, 422, 404, 404, 200]
    for answer in asked:
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert "access-control-allow-origin" not in client.get("/v1/batches", headers=origin).headers


def test_names_and_what_is_a_match(client: httpx.Client) -> None:
    """Only the very name is a match; brands, misspellings and short names are offered to people."""
    found = ask(
        client,
        {
            "exact": {"query": OWNER},
            "brackets": {"query": OWNER.replace("（", "(").replace("）", ")"), "type": "Company"},
            "typo": {"query": "北京百度网讯技术有限公司", "type": "Company"},
            "brand": {"query": "百度", "type": ["Company"], "limit": 2},
            "english": {"query": "ByteDance"},
            "unknown": {"query": "完全不存在的公司有限公司", "type_strict": "should"},
            "filler": {"query": "N/A"},
            "id": {"query": BAIDU_ID},
        },
    )
    assert [found[key][0]["match"] for key in ("exact", "brackets", "id")] == [True] * 3
    assert found["exact"][0]["score"] == 100
    assert (found["typo"][0]["name"], found["typo"][0]["match"]) == (BAIDU, False)
    assert len(found["brand"]) == 2
    assert feature(found["brand"][0], "brand")
    assert not any(one["match"] for one in found["english"] + found["brand"])
    assert found["unknown"] == found["filler"] == []


def test_a_former_name_is_the_company(client: httpx.Client) -> None:
    """A former name leads to the company that bears another today."""
    entities = client.get("/v1/entities", params={"q": "字跳", "limit": 100}).json()["items"]
    pages = client.get("/v1/entities", params={"limit": 100}).json()["items"]
    renamed = next(one for one in entities + pages if one["former_names"])
    former = renamed["former_names"][0]
    (best, *_) = ask(client, {"a": {"query": former, "type": "Company"}})["a"]
    assert (best["id"], best["match"]) == (renamed["id"], True)
    assert feature(best, "former_name")


def test_properties_confirm_or_contradict(client: httpx.Client) -> None:
    """A region, series or number that does not fit takes the match away and lowers the score."""

    def with_property(pid: str, value: Any) -> dict[str, Any]:
        return {"query": BAIDU, "type": "Company", "properties": [{"pid": pid, "v": value}]}

    found = ask(
        client,
        {
            "fits": with_property("region", "beijing"),
            "elsewhere": with_property("region", "上海"),
            "series": with_property("series", ["genai_filing", "algorithm"]),
            "number": with_property("number", WENXIN),
            "reconciled": with_property("number", {"id": WENXIN, "name": WENXIN}),
            "not_its_number": with_property("number", LISTED),
            "number_alone": {"type": "Company", "properties": [{"pid": "number", "v": WENXIN}]},
        },
    )
    for key in ("fits", "series", "number", "reconciled", "number_alone"):
        assert (found[key][0]["id"], found[key][0]["match"]) == (BAIDU_ID, True), key
    assert not feature(found["elsewhere"][0], "region_fits")
    for key in ("elsewhere", "not_its_number"):
        own = next(one for one in found[key] if one["id"] == BAIDU_ID)
        assert (own["match"], own["score"]) == (False, 70)


def test_filings_by_number_and_name(client: httpx.Client) -> None:
    """A number is its filing; a name is offered, never a match."""
    found = ask(
        client,
        {
            "number": {"query": f"备案号：{WENXIN}", "type": "Filing"},
            "untyped": {"query": LISTED},
            "other_company": {
                "query": WENXIN, "type": "Filing", "properties": [{"pid": "company", "v": OWNER}]
            },
            "name": {"query": "文心一言", "type": "Filing", "limit": 1},
        },
    )  # fmt: skip
    assert (found["number"][0]["id"], found["number"][0]["match"]) == (WENXIN, True)
    assert [one["type"][0]["id"] for one in found["untyped"]] == ["Filing", "Company"]
    assert not found["other_company"][0]["match"]
    assert (found["name"][0]["id"], found["name"][0]["match"]) == (WENXIN, False)


def test_get_gives_what_post_gives(client: httpx.Client) -> None:
    """Batches and extensions by GET, for browsers."""
    queries = json.dumps({"q0": {"query": BAIDU}})
    by_get = client.get("/reconcile", params={"queries": queries}).json()
    assert by_get == client.post("/reconcile", data={"queries": queries}).json()
    extension = json.dumps({"ids": [BAIDU_ID], "properties": [{"id": "region"}]})
    by_get = client.get("/reconcile", params={"extend": extension}).json()
    assert by_get == client.post("/reconcile", data={"extend": extension}).json()


def test_columns_can_be_added(client: httpx.Client) -> None:
    """Every property of companies and filings, in cells that the schema allows."""
    properties = client.get("/reconcile/suggest/property").json()["result"]
    asked = {
        "ids": [BAIDU_ID, WENXIN, "nobody"],
        "properties": [{"id": p["id"]} for p in properties],
    }
    answer = client.post("/reconcile", data={"extend": json.dumps(asked)}).json()
    assert [one["id"] for one in answer["meta"]] == [one["id"] for one in properties]
    assert answer["rows"].keys() == set(asked["ids"])
    for row in answer["rows"].values():
        assert row.keys() == {one["id"] for one in properties}
        for cell in (cell for cells in row.values() for cell in cells):
            assert cell.keys() in ({"str"}, {"int"}, {"id", "name"})
    company, filing, nobody = (answer["rows"][one] for one in asked["ids"])
    assert company["double_filing"] == [{"str": "yes"}]
    assert {"id": WENXIN, "name": WENXIN} in company["number"]
    assert re.fullmatch(r"20\d\d-\d\d", company["first_filing"][0]["str"])
    assert company["region"] == [{"str": "北京市"}]
    assert filing["company"] == [{"id": BAIDU_ID, "name": BAIDU}]
    assert filing["status"] == [{"str": "active"}]
    assert not any(nobody.values())


@pytest.mark.parametrize(
    "queries",
    [
        "{",
        '{"q0": {"query": ""}}',
        '{"q0": {"query": "", "properties": []}}',
        '{"q0": {"query": "x", "props": []}}',
        '{"q0": {"query": "x", "limit": 0}}',
        json.dumps({str(place): {"query": "x"} for place in range(1001)}),
    ],
)
def test_what_is_no_batch_is_refused(client: httpx.Client, queries: str) -> None:
    """The specification's invalid examples, and too much at once, are a clear 422."""
    answer = client.post("/reconcile", data={"queries": queries})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert "queries" in answer.json()["detail"]


def test_no_jsonp_and_nothing_unknown(client: httpx.Client) -> None:
    """A callback is refused; what OpenRefine's own widget sends is not."""
    assert client.get("/reconcile", params={"callback": "f"}).status_code == 422
    sent = {"prefix": "百度", "type": "Company", "type_strict": "any", "spell": "always"}
    assert client.get("/reconcile/suggest/entity", params=sent).status_code == 200


def test_a_preview_may_be_framed_and_runs_nothing(client: httpx.Client) -> None:
    """Clients show it in a frame; an id is text in it."""
    page = client.get("/reconcile/preview", params={"id": BAIDU_ID})
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "script" not in policy
    missing = client.get("/reconcile/flyout/entity", params={"id": "<b>x</b>"})
    assert missing.status_code == 404


def cpu_seconds(client: httpx.Client) -> float:
    """What the server has worked so far: how busy the machine is does not show in it."""
    told = client.get("/metrics").text
    (found,) = re.findall(r"^process_cpu_seconds_total ([\d.e+]+)", told, re.MULTILINE)
    return float(found)


def test_a_thousand_names_take_seconds(client: httpx.Client) -> None:
    """A spreadsheet of 1,000 companies, in the batches that the manifest asks for: under 10 s."""
    items = []
    cursor = ""
    while len(items) < 1_000:
        page = client.get("/v1/entities", params={"limit": 100, "cursor": cursor}).json()
        items, cursor = items + page["items"], page["next"]
    names = [one["name"] for one in items]
    damaged = [name if place % 2 else name[:3] + name[4:] for place, name in enumerate(names)]
    size = client.get("/reconcile").json()["batchSize"]
    began, matches = cpu_seconds(client), 0
    for start in range(0, len(damaged), size):
        batch = {
            str(start + n): {"query": one} for n, one in enumerate(damaged[start : start + size])
        }
        answers = ask(client, batch)
        matches += sum(any(one["match"] for one in found) for found in answers.values())
    assert cpu_seconds(client) - began < 10
    assert 490 <= matches <= 560
