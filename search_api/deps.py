"""What a request may use, made once for an app."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

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
