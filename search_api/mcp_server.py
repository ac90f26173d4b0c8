"""The tools and resources that assistants get by the Model Context Protocol, over any transport.

Every answer is typed, carries the coverage it rests on, and says what it does not establish.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import getdoc
from typing import Annotated, Any, Literal, TypeVar

import orjson
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import ToolAnnotations
from pydantic import Field
from sqlalchemy.orm import Session

from suanbei.common.deadline import working_for
from suanbei.common.errors import NotFound, SuanbeiError
from suanbei.common.texts import Language
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import read_numbers
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.changes import ChangesQuery, change_view, newest_changes, read_changes
from suanbei.registry.queries.coverage import coverage, expected_lists
from suanbei.registry.queries.entities import entities_meant, vendor_record
from suanbei.registry.queries.filings import filing_record
from suanbei.registry.queries.number_parts import anatomy
from suanbei.registry.verify import judge, verdict_json
from suanbei.registry.verify.lookup import Lookup
from suanbei.search_api.deps import Services
from suanbei.search_api.filings import search_filings
from suanbei.search_api.pages.guide import guide_text
from suanbei.search_api.params import (
    FilingRole,
    FilingSeries,
    FilingStatus,
    FilingType,
    SearchParams,
)
from suanbei.search_api.responses import null_for_empty
from suanbei.search_api.schemas.filing import BriefFiling, Shape
from suanbei.search_api.schemas.mcp import (
    LIMITS,
    ChangesAnswer,
    ExpectedAnswer,
    ExplainAnswer,
    FilingAnswer,
    NumberAnswer,
    SearchAnswer,
    VendorAnswer,
)

MOST_COMPANIES, MOST_FILINGS, MOST_FOUND, MOST_CHANGES, MOST_NUMBERS = 10, 25, 20, 50, 20
INSTRUCTIONS = (
    "Suanbei holds the lists of algorithm and generative-AI filings that the Cyberspace "
    "Administration of China (CAC) publishes. Ask verify_number before you call a filing number "
    "real, and name the company whenever one is claimed. Tell the user what an answer's coverage "
    "is, and what it does not establish: 'not listed' is not 'not filed'."
)
READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
Number = Annotated[str, Field(min_length=1, max_length=5_000, description="a filing number, with any text around it")]  # fmt: skip
Name = Annotated[str, Field(max_length=500)]
Lang = Annotated[Literal["en", "zh"], Field(description="language of the texts")]
Limit = Annotated[int, Field(ge=1, le=MOST_FOUND)]
AnswerModel = TypeVar("AnswerModel", bound=Shape)


def create_mcp_server(parts: Services, version: str) -> MCPServer[Any]:
    """The server over these services; any transport can run it."""
    tools = _Tools(parts)
    server: MCPServer[Any] = MCPServer(
        "suanbei",
        title="Suanbei 算备",
        instructions=INSTRUCTIONS,
        website_url=parts.settings.public_url,
        version=version,
        tools=[_strict(getattr(tools, name)) for name in LIMITS],
        log_level="WARNING",
    )
    server.resource(
        "suanbei://guide/{language}",
        name="guide_in_language",
        title="Guide to the filings",
        description="who must file what, how numbers are built, with the rules; language: en or zh",
        mime_type="text/markdown",
    )(_guide)
    server.resource(
        "suanbei://guide",
        name="guide",
        title="Guide to the filings",
        description="who must file what, how numbers are built, with the rules (English)",
        mime_type="text/markdown",
    )(_english_guide)
    server.resource(
        "suanbei://filing/{number}",
        name="filing",
        title="A filing",
        description="a filing with its evidence and history, as GET /v1/filings/{number} gives it",
        mime_type="application/json",
    )(tools.filing_resource)
    return server


def _strict(tool: Callable[..., Any]) -> Tool:
    """A tool that refuses arguments it does not know: a misspelt `entity` is no check of the owner.

    What is wrong is told in words that the model can act on.
    """

    @wraps(tool)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return tool(*args, **kwargs)
        except SuanbeiError as error:
            raise ToolError(f"{error.code}: {error}") from error

    made = Tool.from_function(call, description=getdoc(tool), annotations=READ_ONLY)
    model = made.fn_metadata.arg_model
    model.model_config["extra"] = "forbid"
    model.model_rebuild(force=True)
    made.parameters = model.model_json_schema(by_alias=True)
    return made


def _english_guide() -> str:
    return guide_text(Language.EN)


def _guide(language: str) -> str:
    if language not in set(Language):
        raise ResourceNotFoundError("guide: en or zh")
    return guide_text(Language(language))


class _Tools:
    """The tools: their docstrings are what a model reads of them."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """A session, for no longer than any other request gets."""
        seconds = self._parts.settings.max_seconds
        with working_for(seconds), self._parts.database.read() as session:
            yield session

    def verify_number(
        self, number: Number, entity: Name = "", language: Lang = "en"
    ) -> NumberAnswer:
        """Check whether a Chinese algorithm or generative-AI filing number is real, active, and (where
        `entity` names the company said to own it) whose it is. Of several numbers the worst decides."""
        with self._reading() as session:
            (judgement,) = judge(session, [(number, entity)])
        return _answer(NumberAnswer, "verify_number", verdict_json(judgement, Language(language)))

    def check_vendor(
        self, name: Annotated[str, Field(min_length=1, max_length=500)]
    ) -> VendorAnswer:
        """What a company has on record: its filings, whether it has both an algorithm filing and a
        generative-AI filing or registration (double filing), and what was deregistered. `name` is a
        full name, a former name, a brand (its companies are listed each for itself) or an entity id."""
        with self._reading() as session:
            covered = coverage(session)
            found = entities_meant(session, name)
            key = entity_key(name)
            own = any(
                name == one.id or key in map(entity_key, (one.name, *one.former_names))
                for one in found
            )
            similar = [] if found else Lookup(session).names_like(name, MOST_COMPANIES)
            companies = [_vendor(vendor_record(session, one.id)) for one in found[:MOST_COMPANIES]]
        answer = {
            "asked": name,
            "match": ("exact" if own else "brand") if found else "none",
            "companies": companies,
            "left_off": len(found) - len(companies),
            "similar": similar,
            "coverage": covered,
        }
        return _answer(VendorAnswer, "check_vendor", answer)

    def search_filings(  # noqa: PLR0913 - the filters of a search
        self,
        text: Name = "",
        series: list[FilingSeries] = [],  # noqa: B006 - never changed; the schema shows it
        type: list[FilingType] = [],  # noqa: B006
        role: list[FilingRole] = [],  # noqa: B006
        region: list[Annotated[str, Field(max_length=100)]] = [],  # noqa: B006
        status: list[FilingStatus] = [],  # noqa: B006
        year: list[Annotated[int, Field(ge=2000, le=2100)]] = [],  # noqa: B006
        limit: Limit = 10,
        cursor: Annotated[str, Field(max_length=2000)] = "",
    ) -> SearchAnswer:
        """Find filings by any fragment of a name, company, product, number or purpose, narrowed by
        filters; `region` is a province in Chinese or English. `cursor` is the `next` of the page before."""
        asked = SearchParams(
            q=text, series=series, type=type, role=role, region=region, status=status, year=year,
            limit=limit, cursor=cursor, facets=False,
        )  # fmt: skip
        with self._reading() as session:
            query = asked.query(session)
        found = search_filings(self._parts, query)
        shown = {name: found[name] for name in ("total", "next", "did_you_mean", "coverage")}
        items = [{name: item[name] for name in BriefFiling.model_fields} for item in found["items"]]
        return _answer(SearchAnswer, "search_filings", shown | {"items": items})

    def get_filing(self, number: Number, language: Lang = "en") -> FilingAnswer:
        """One filing by its number: the row as published in every list, with page and row, its changes,
        the same number in other registers, and the number taken apart."""
        with self._reading() as session:
            found = filing_record(session, number, Language(language))
        return _answer(FilingAnswer, "get_filing", found)

    def explain_number(self, text: Number, language: Lang = "en") -> ExplainAnswer:
        """Take the numbers in a text apart without asking any list: division, registrant code, type,
        year, sequence and check digit, or region, name, date and serial."""
        found = read_numbers(text)
        with self._reading() as session:
            covered = coverage(session)
        items = [
            {"text": one.raw, "number": str(one.number), "anatomy": anatomy(one.number, Language(language))}
            for one in found[:MOST_NUMBERS]
        ]  # fmt: skip
        answer = {"items": items, "left_off": len(found) - len(items), "coverage": covered}
        return _answer(ExplainAnswer, "explain_number", answer)

    def recent_changes(
        self,
        after: Annotated[
            int | None, Field(ge=0, lt=2**53, description="id of the last change read")
        ] = None,
        series: list[Series] = [],  # noqa: B006
        type: list[EventType] = [],  # noqa: B006
        entity: Annotated[str, Field(max_length=200, description="an id or any of its names")] = "",
        limit: Annotated[int, Field(ge=1, le=MOST_CHANGES)] = 20,
    ) -> ChangesAnswer:
        """What changed in the lists: new lists, new, changed, deregistered and vanished filings. Without
        `after` the newest changes, the newest first; with it those after that id, the oldest first."""
        wanted = ChangesQuery(
            types=tuple(one.value for one in type),
            series=tuple(one.value for one in series),
            entity=entity.strip(),
        )
        with self._reading() as session:
            covered = coverage(session)
            if after is None:
                newest = newest_changes(session, wanted, limit)
                items = [change_view(event) for event in newest]
                last = read_changes(session, ChangesQuery(), 0, 1)["last"]
            else:
                page = read_changes(session, wanted, after, limit)
                items, last = page["items"], page["next"] or page["last"]
        return _answer(
            ChangesAnswer, "recent_changes", {"items": items, "next": last, "coverage": covered}
        )

    def expected_lists(self) -> ExpectedAnswer:
        """When the next list of each series is expected, judged by its past, and whether one is late."""
        with self._reading() as session:
            answer = {"items": expected_lists(session), "coverage": coverage(session)}
        return _answer(ExpectedAnswer, "expected_lists", answer)

    def filing_resource(self, number: str) -> str:
        """A filing as JSON."""
        try:
            with self._reading() as session:
                found = filing_record(session, number)
        except NotFound as error:
            raise ResourceNotFoundError(str(error)) from error
        limits = {"does_not_establish": LIMITS["get_filing"]}
        return orjson.dumps(null_for_empty(found) | limits).decode()


def _answer(model: type[AnswerModel], tool: str, values: dict[str, Any]) -> AnswerModel:
    """A typed answer with what it does not establish."""
    return model.model_validate(null_for_empty(values) | {"does_not_establish": LIMITS[tool]})


def _vendor(record: dict[str, Any]) -> dict[str, Any]:
    filings = [filing for some in record["filings"].values() for filing in some]
    filings.sort(key=lambda filing: str(filing["last_period"]), reverse=True)
    statuses = [filing["status"] for filing in filings]
    return {
        "id": record["id"],
        "name": record["name"],
        "former_names": record["former_names"],
        "duties": record["duties"],
        "double_filing": record["double_filing"],
        **{status: statuses.count(status) for status in ("active", "deregistered", "vanished")},
        "filings": filings[:MOST_FILINGS],
        "left_off": max(0, len(filings) - MOST_FILINGS),
    }
