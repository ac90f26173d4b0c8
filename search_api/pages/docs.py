"""The API described on a page of our own, made from the OpenAPI document: no scripts, no hosts."""

import json
from collections import defaultdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from suanbei.common.texts import Language
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.templating import public_base, render

Operation = dict[str, Any]
Schemas = dict[str, dict[str, Any]]
router = APIRouter(include_in_schema=False)
_METHODS = ("get", "post", "patch", "put", "delete")
_CHINESE = {
    "GET /v1/verify": "核验一个编号：结论、理由、依据与数据范围。",
    "POST /v1/verify": "一次核验多个编号，按提交顺序给出结论。",
    "GET /v1/verify.csv": "一行文字的结论，供电子表格的 WEBSERVICE、IMPORTDATA 使用。",
    "POST /v1/verify/file": "核验一份供应商表格，表头与各列自动识别。",
    "POST /v1/scan": "找出文档中的全部编号，各核验一次，并注明位置。",
    "POST /v1/receipts": "出具核验回执：签名的结论，可凭编号查询。",
    "GET /v1/receipts/{receipt_id}": "一份核验回执。",
    "GET /.well-known/jwks.json": "验证回执签名的公钥。",
    "GET /v1/filings": "按名称、主体、产品、编号或用途的任意片段检索备案，支持拼音、首字母与少量错字。",
    "GET /v1/filings/{number}": "一项备案的全部公布记录、沿革，以及其他备案类别中的同一编号。",
    "GET /v1/filings/{number}/evidence.png": "从存档文件中截取的公布行图片。",
    "GET /v1/entities": "按名称或曾用名的片段、品牌、产品或主体代码查找主体。",
    "GET /v1/entities/{entity_id}": "一家主体的名称、各类备案、角色、双备案情况、产品与时间线。",
    "GET /v1/stats/summary": "备案数、有效与已注销数、主体数、属地数与双备案比例。",
    "GET /v1/stats/timeline": "按首次列入清单的月份或年份统计备案，可分项。",
    "GET /v1/stats/{dimension}": "按某一字段统计备案，从多到少；或新主体、注销、双备案。",
    "GET /v1/export.{form}": "导出全部符合条件的备案：CSV、XLSX、Parquet 或 JSON Lines，列序固定。",
    "GET /v1/export/columns": "导出文件的数据字典：每一列的含义。",
    "GET /v1/dataset": "数据集的全部文件；带 since 时另给出自该版本以来的变动。",
    "GET /v1/dataset/{name}": "数据集的一个文件。",
    "GET /v1/batches": "各期清单，最新在前。",
    "GET /v1/batches/expected": "各类下期清单的预计时间，由以往间隔推算，并注明是否超期。",
    "GET /v1/batches/{batch_id}": "一期清单。",
    "GET /v1/changes": "游标之后的变动，从旧到新；带 wait 时等到有变动再返回。",
    "GET /v1/status": "上次与下次抓取、报警中的监测项、待发消息。",
    "GET /v1/subscriptions": "全部订阅，从旧到新。",
    "POST /v1/subscriptions": "新建订阅。密钥只在此时显示一次。",
    "GET /v1/subscriptions/{id}": "一项订阅。",
    "PATCH /v1/subscriptions/{id}": "修改订阅的部分内容。",
    "DELETE /v1/subscriptions/{id}": "退订。",
    "GET /v1/subscriptions/{id}/deliveries": "该订阅的消息，最新在前。",
    "POST /v1/subscriptions/{id}/test": "发送一条测试消息，结果见 deliveries。",
    "POST /v1/subscriptions/{id}/rotate": "更换密钥；一天内仍同时用旧密钥签名。",
    "POST /v1/subscriptions/{id}/retry": "重新发送已搁置的消息。",
    "GET /feeds/batches.atom": "新清单，最新在前。",
    "GET /feeds/changes.atom": "各类变动，最新在前；筛选条件与 /v1/changes 相同。",
    "GET /feeds/search.atom": "检索结果中各备案的变动，最新在前。",
    "GET /feeds/expected.atom": "各类下期清单的预计时间；超期时新增一条。",
    "GET /health/live": "进程在运行。",
    "GET /health/ready": "数据库可用且已有数据；部分组件失联时为 degraded，查询照常可用。",
    "GET /metrics": "请求、数据与索引的指标，仅限本机或管理员密钥。",
}
"""Each operation in Chinese: the OpenAPI document is English."""
_CHINESE_PARAMETERS = {
    "number": "备案编号，前后可有其他文字",
    "entity": "主体的 id、名称或曾用名；核验时为所称主体",
    "q": "任意片段",
    "series": "备案类别，可重复",
    "type": "算法类型，可重复",
    "role": "角色，可重复",
    "region": "省份：北京、北京市、beijing 或 11",
    "division": "行政区划代码：六位，或城市的前四位",
    "year": "编号中的年份",
    "period": "首次列入的清单月份：YYYY-MM",
    "period_from": "清单月份不早于",
    "period_to": "清单月份不晚于",
    "status": "状态",
    "flag": "异常标记",
    "product_kind": "产品形态",
    "sort": "排序",
    "limit": "每页条数",
    "cursor": "上一页的 next",
    "facets": "是否统计各筛选项",
    "lang": "文字的语言，否则按 Accept-Language",
    "after": "已读的最后一条变动的 id",
    "wait": "等待新变动的秒数",
    "top": "只取最多的若干项",
    "by": "按月或按年",
    "split": "分项依据",
    "dimension": "统计的字段",
    "form": "文件格式",
    "batch": "哪一期清单，默认最新",
    "brief": "不含公布记录、变更与用途",
    "entity_id": "主体的 id",
    "batch_id": "清单的 id",
    "id": "订阅的 id",
    "receipt_id": "回执编号",
    "since": "此前取得的版本",
    "name": "文件名",
}


@router.get("/docs")
def docs(request: Request) -> Response:
    """Every operation of the API by section."""
    document, language = request.app.openapi(), language_of_request(request)
    schemas, sections = document["components"]["schemas"], defaultdict(list)
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if operation := operations.get(method):
                sections[(operation.get("tags") or ["other"])[0]].append({
                    "method": method.upper(),
                    "path": path,
                    "summary": summary_of(method, path, operation, language),
                    "parameters": [_parameter(p, language) for p in operation.get("parameters", [])],
                    "body": _body(schemas, operation),
                    "curl": curl_sample(public_base(request), path, method, operation, schemas),
                    "link": sample_address(path, operation, schemas)
                    if method == "get" and "{" not in path and not operation.get("security")
                    else "",
                })  # fmt: skip
    return render(request, "docs.html", sections=sections, version=document["info"]["version"])


def summary_of(method: str, path: str, operation: dict[str, Any], language: Language) -> str:
    """What an operation does."""
    if language is Language.ZH:
        return _CHINESE.get(f"{method.upper()} {path}", "")
    return str(operation.get("description") or operation.get("summary", ""))


def _parameter(one: dict[str, Any], language: Language) -> dict[str, Any]:
    schema = one.get("schema", {})
    text = one.get("description", schema.get("description", ""))
    if language is Language.ZH:
        text = _CHINESE_PARAMETERS.get(one["name"], "")
    return {
        "name": one["name"],
        "where": one["in"],
        "type": type_text(schema),
        "required": one.get("required", False),
        "text": text,
        "default": schema.get("default", ""),
    }


def type_text(schema: dict[str, Any]) -> str:
    """A schema in a few words: `string`, `integer 1–100`, `algorithm | deep_synthesis`."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(type_text(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"{type_text(schema.get('items', {}))} …"
    limits = "–".join(str(schema[key]) for key in ("minimum", "maximum") if key in schema)
    return " ".join(part for part in (str(schema.get("type", "any")), limits) if part)


def _body(schemas: Schemas, operation: Operation) -> str:
    """The schema of the body, references of one level filled in."""
    content = operation.get("requestBody", {}).get("content", {})
    for media_type, told in content.items():
        schema = told.get("schema", {})
        known = schemas.get(str(schema.get("$ref", "")).rsplit("/", 1)[-1], schema)
        fields = {key: type_text(value) for key, value in known.get("properties", {}).items()}
        shown = json.dumps(fields or type_text(schema), indent=2, ensure_ascii=False)
        return f"{media_type}\n{shown}"
    return ""


def curl_sample(base: str, path: str, method: str, operation: Operation, schemas: Schemas) -> str:
    """A command that runs as it is shown: with examples for whatever must be given."""
    address = base + sample_address(path, operation, schemas)
    words = ["curl", *([] if method == "get" else [f"-X {method.upper()}"]), f"'{address}'"]
    if operation.get("security"):
        words.append("-H 'Authorization: Bearer KEY'")
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        example = _example(content["application/json"].get("schema", {}), schemas)
        body = json.dumps(example, ensure_ascii=False)
        words += ["-H 'Content-Type: application/json'", f"--data '{body}'"]
    elif "multipart/form-data" in content:
        words.append("-F 'file=@vendors.xlsx'")
    return " ".join(words)


def sample_address(path: str, operation: Operation, schemas: Schemas) -> str:
    """The path of an operation and its query, with examples for whatever must be given."""
    query = []
    for one in operation.get("parameters", []):
        value = str(_example(one | one.get("schema", {}), schemas))
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", value)
        elif one.get("required"):
            query.append(f"{one['name']}={value}")
    return path + ("?" + "&".join(query) if query else "")


def _example(schema: dict[str, Any], schemas: Schemas) -> Any:
    """A value that fits a schema: its example, else the smallest that it allows."""
    if "$ref" in schema and "examples" not in schema:
        return _example(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    for name in ("examples", "enum", "anyOf", "allOf"):
        if found := schema.get(name):
            return _example(found[0], schemas) if name in ("anyOf", "allOf") else found[0]
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            wanted = [
                n for n in fields if n in schema.get("required", ()) or "examples" in fields[n]
            ]
            return {name: _example(fields[name], schemas) for name in wanted}
        case "array":
            return [_example(schema.get("items", {}), schemas)]
        case "integer":
            return schema.get("minimum", 1)
    return schema.get("default", "ID")
