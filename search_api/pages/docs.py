"""The API described on a page of our own, made from the OpenAPI document: no scripts, no hosts."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from suanbei.search_api.pages.templating import public_base, render

Operation = dict[str, Any]
Schemas = dict[str, dict[str, Any]]
router = APIRouter(include_in_schema=False)
_METHODS = ("get", "post", "patch", "put", "delete")


@router.get("/docs")
def docs(request: Request) -> Response:
    """Every operation of the API by section."""
    document = request.app.openapi()
    sections: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                told = _operation(request, document, path, method, operations[method])
                sections.setdefault(told["tag"], []).append(told)
    return render(request, "docs.html", sections=sections, version=document["info"]["version"])


def _operation(
    request: Request, document: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> dict[str, Any]:
    return {
        "tag": (operation.get("tags") or ["other"])[0],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("description") or operation.get("summary", ""),
        "parameters": [_parameter(one) for one in operation.get("parameters", [])],
        "body": _body(document, operation),
        "curl": curl_sample(
            public_base(request), path, method, operation, document["components"]["schemas"]
        ),
        "link": path if method == "get" and "{" not in path else "",
    }


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    schema = one.get("schema", {})
    return {
        "name": one["name"],
        "where": one["in"],
        "type": type_text(schema),
        "required": one.get("required", False),
        "text": one.get("description", schema.get("description", "")),
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


def _body(document: dict[str, Any], operation: dict[str, Any]) -> str:
    """The schema of the body, references of one level filled in."""
    content = operation.get("requestBody", {}).get("content", {})
    for media_type, told in content.items():
        schema = told.get("schema", {})
        name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
        known = document.get("components", {}).get("schemas", {}).get(name, schema)
        fields = {key: type_text(value) for key, value in known.get("properties", {}).items()}
        shown = json.dumps(fields or type_text(schema), indent=2, ensure_ascii=False)
        return f"{media_type}\n{shown}"
    return ""


def curl_sample(base: str, path: str, method: str, operation: Operation, schemas: Schemas) -> str:
    """A command that runs as it is shown: with examples for whatever must be given."""
    query = []
    for one in operation.get("parameters", []):
        value = str(_example(one | one.get("schema", {}), schemas))
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", value)
        elif one.get("required"):
            query.append(f"{one['name']}={value}")
    address = base + path + ("?" + "&".join(query) if query else "")
    verb = [] if method == "get" else [f"-X {method.upper()}"]
    key = ["-H 'Authorization: Bearer KEY'"] if operation.get("security") else []
    return " ".join(["curl", *verb, f"'{address}'", *key, *_body_options(operation, schemas)])


def _body_options(operation: Operation, schemas: Schemas) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        example = _example(content["application/json"].get("schema", {}), schemas)
        body = json.dumps(example, ensure_ascii=False)
        return ["-H 'Content-Type: application/json'", f"--data '{body}'"]
    return ["-F 'file=@vendors.xlsx'"] if "multipart/form-data" in content else []


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
