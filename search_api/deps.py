"""What routes depend on: the services that answer, made once for an app; and that a request names no
parameter that its route does not know."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_args, get_origin

from fastapi import Depends, Request
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.scan import NumbersIn
from suanbei.search_api.search import open_engine
from suanbei.search_api.search.engine import Engine

RowPicture = Callable[[str, int, int, list[tuple[int, tuple[float, ...]]]], bytes]
"""sha256, table, row, boxes → PNG of the published row. Only the crawler's side can read documents,
so that the command line hands it in."""

CheckTarget = Callable[[str], None]
"""Raises TargetRefused for an address where messages must not be sent. Delivery is not the API's work."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that answer."""

    settings: Settings
    database: Database
    row_picture: RowPicture | None = None
    check_target: CheckTarget = lambda _deliver: None  # any address, where nothing is delivered
    numbers_in: NumbersIn | None = None
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        # Frozen: nobody replaces a part of a running app.
        object.__setattr__(self, "engine", open_engine(self.settings, self.database))


def services(request: Request) -> Services:
    """The services of the app that a request came to."""
    found: Services = request.app.state.services
    return found


Parts = Annotated[Services, Depends(services)]
"""The services as a parameter of a route."""


async def only_known_parameters(request: Request) -> None:
    """A dependency of every route: a parameter that it does not know is a slip of the pen, and so is one
    that is given twice where one value is taken.

    `?number=…&entitiy=百度` would else be answered without the check that was asked for, and
    `?number=…&number=…` for one of the two.

    Raises:
        RequestValidationError: names such parameters, and whatever else is wrong in the query.
    """
    route = request.scope["route"]
    if not request.url.query or not isinstance(route, APIRoute):
        return
    known: dict[str, Any] = dict.fromkeys(getattr(route.endpoint, "query_names", ()), list[str])
    if not route.include_in_schema:
        known["lang"] = str  # every page takes it: see `language_of_request`
    dependants = [route.dependant]
    for dependant in dependants:
        dependants += dependant.dependencies
        for field_ in dependant.query_params:
            kind = field_.field_info.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                known |= {name: one.annotation for name, one in kind.model_fields.items()}
            else:
                known[field_.alias] = kind
    what = f"unknown parameter; known here: {', '.join(sorted(known)) or 'none'}"
    errors = []
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            errors.append({"type": "unknown_parameter", "loc": ("query", name), "msg": what})
        elif times > 1 and not _is_list(known[name]):
            twice = f"given {times} times; one value is taken"
            errors.append({"type": "repeated_parameter", "loc": ("query", name), "msg": twice})
    if errors:
        named = {error["loc"][-1] for error in errors}
        others = request_params_to_args(route.dependant.query_params, request.query_params)[1]
        errors += [error for error in others if error["loc"][-1] not in named]
        raise RequestValidationError(errors)


def _is_list(annotation: object) -> bool:
    """Whether a parameter of this type may be repeated: `list[…]`, or `list[…] | None`."""
    return any(get_origin(one) is list for one in (annotation, *get_args(annotation)))


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def reads_query(*names: str) -> Callable[[Endpoint], Endpoint]:
    """Say which parameters a route reads from the query string itself, without declaring them."""

    def decorate(endpoint: Endpoint) -> Endpoint:
        endpoint.query_names = names  # type: ignore[attr-defined]
        return endpoint

    return decorate
