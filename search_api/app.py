"""The application: routes, errors and documentation over the services it is given."""

from fastapi import FastAPI

from suanbei.search_api import errors as problems
from suanbei.search_api import pages
from suanbei.search_api.cache import VersionCache
from suanbei.search_api.change_notifier import Herald
from suanbei.search_api.deps import Services
from suanbei.search_api.edge import App
from suanbei.search_api.edge.limits import problem_of
from suanbei.search_api.edge.state import StateReader
from suanbei.search_api.metrics import Meters
from suanbei.search_api.routes import (
    batches,
    changes,
    entities,
    export,
    feeds,
    filings,
    health,
    metrics,
    scan,
    search,
    stats,
    status,
    subscriptions,
    tables,
    verify,
)
from suanbei.search_api.routes.verify import MOST_KEPT
from suanbei.search_api.stats import Statistics

DESCRIPTION = "Look up, verify and follow China's algorithm and generative-AI filings."
SECTIONS = (
    verify,
    tables,
    scan,
    filings,
    entities,
    search,
    stats,
    export,
    batches,
    changes,
    feeds,
    subscriptions,
    status,
    health,
    metrics,
)


def create_app(services: Services) -> FastAPI:
    """The API over these services.

    Raises:
        UsageError: keys or proxies are named in a way that nobody could use.
    """
    app = App(
        title="Suanbei 算备",
        description=DESCRIPTION,
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        # Requests are counted by the edge; asking OpenTelemetry each time costs as much as a look-up.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        responses=problems.RESPONSES,
    )
    app.state.services = services
    app.state.reader = StateReader(services.database)
    app.state.verdicts = VersionCache(MOST_KEPT)
    app.state.meters = Meters(services)
    app.state.statistics = Statistics(services)
    app.state.refusal = problem_of
    app.state.herald = Herald(services.database)
    problems.install(app)
    for section in SECTIONS:
        app.include_router(section.router)
    pages.install(app)
    app.middleware_stack = app.build_middleware_stack()  # now: a bad setting is told at the start
    return app
