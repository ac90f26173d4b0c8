"""Links between the pages of a long list: `page` in the address, counted from 1."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from suanbei.search_api.pages.formatting import count


@dataclass(frozen=True, slots=True)
class Links:
    """The pages before and after, and which rows are shown."""

    previous: str | None
    next: str | None
    text: str


def page_links(request: Request, page: int, size: int, total: int) -> Links:
    """Links for one page of a list of `total` items."""
    first, last = (page - 1) * size + 1, min(page * size, total)
    return Links(
        previous=with_parameter(request, "page", page - 1 or None) if page > 1 else None,
        next=with_parameter(request, "page", page + 1) if last < total else None,
        text=f"{count(first)}–{count(last)} / {count(total)}" if total else "",
    )


def with_parameter(request: Request, name: str, value: Any) -> str:
    """The address of the request with one parameter set anew; None takes it away."""
    changed = request.url.remove_query_params(name)
    if value is not None:
        changed = changed.include_query_params(**{name: value})
    return f"{changed.path}?{changed.query}" if changed.query else changed.path
