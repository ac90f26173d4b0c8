"""The API described on a page of our own, made from the OpenAPI document: no scripts, no hosts."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from suanbei.search_api.pages.templating import public_base, render

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
        "curl": _curl(public_base(request), path, method),
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


def _curl(base: str, path: str, method: str) -> str:
    verb = "" if method == "get" else f"-X {method.upper()} "
    return f"curl {verb}'{base}{path}'"
