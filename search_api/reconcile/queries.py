"""What a client of the reconciliation API sends, checked, and the candidates that it gets."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from suanbei.registry.cells.regions import region_by_name

COMPANY, FILING = "Company", "Filing"
TYPES = {COMPANY: "公司 Company", FILING: "备案 Filing"}
MOST_QUERIES, MOST_CANDIDATES, CANDIDATES = 1_000, 50, 5
MOST_IDS, MOST_PROPERTIES = 1_000, 30
LONGEST = 500

Sent = TypeVar("Sent")
Candidate: TypeAlias = dict[str, Any]
"""`{"id", "name", "description", "type", "score", "features", "match"}`; scores are 0 to 100."""


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EntityValue(BaseModel):
    """A value that was reconciled itself."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(max_length=LONGEST)
    name: str = Field("", max_length=LONGEST)


Value: TypeAlias = Annotated[str, Field(max_length=LONGEST)] | float | bool | EntityValue


class PropertyFilter(_Sent):
    """A value, or several, that a candidate should have."""

    pid: str = Field(max_length=100)
    v: Value | list[Value]

    @property
    def texts(self) -> list[str]:
        """The values as texts, empty ones left out."""
        values = self.v if isinstance(self.v, list) else [self.v]
        found = [one.name or one.id if isinstance(one, EntityValue) else str(one) for one in values]
        return [text.strip() for text in found if text.strip()]


class ReconcileQuery(_Sent):
    """One thing to find; without a type a company, or a filing where the text holds a number."""

    query: str = Field("", max_length=LONGEST)
    type: str | list[str] = Field("", max_length=100)
    limit: int = Field(CANDIDATES, ge=1)
    properties: list[PropertyFilter] = Field([], max_length=MOST_PROPERTIES)
    type_strict: Literal["any", "should", "all"] = "any"

    @model_validator(mode="after")
    def _asks_for_something(self) -> "ReconcileQuery":
        if not self.query.strip() and not self.properties:
            raise ValueError("query or properties must be given")
        return self

    @property
    def types(self) -> list[str]:
        """The types asked for, all that there are if none is."""
        wanted = [self.type] if isinstance(self.type, str) else self.type
        return [one for one in wanted if one in TYPES] if any(wanted) else list(TYPES)

    @property
    def most(self) -> int:
        """How many candidates are wanted."""
        return min(self.limit, MOST_CANDIDATES)

    def values(self, *names: str) -> list[str]:
        """The values of the properties of these names."""
        return [text for one in self.properties if one.pid in names for text in one.texts]

    def fits(self, regions: Iterable[str], series: Iterable[str]) -> dict[str, bool]:
        """Whether one of the regions, and of the series, was asked for, for each property given."""
        wanted = {
            "region": [found.full for text in self.values("region") if (found := region_by_name(text))],
            "series": self.values("series"),
        }  # fmt: skip
        known = {"region": set(regions), "series": set(series)}
        return {name: not known[name].isdisjoint(some) for name, some in wanted.items() if some}


class WantedProperty(_Sent):
    """A property to fetch; there are no settings."""

    id: str = Field(max_length=100)
    settings: dict[str, Any] = {}


class ExtendQuery(_Sent):
    """Whose properties are fetched, and which."""

    ids: list[Annotated[str, Field(max_length=LONGEST)]] = Field(max_length=MOST_IDS)
    properties: list[WantedProperty] = Field(max_length=MOST_PROPERTIES)


BATCH = TypeAdapter(
    Annotated[
        dict[Annotated[str, Field(max_length=100)], ReconcileQuery], Field(max_length=MOST_QUERIES)
    ]
)
"""Queries by the names that the client gave them."""
EXTEND = TypeAdapter(ExtendQuery)


def read_sent(name: str, kind: TypeAdapter[Sent], text: str) -> Sent:
    """A query batch or a data extension query; `name` is the parameter that it came in.

    Raises:
        RequestValidationError: it is none, naming every part that does not fit.
    """
    try:
        return kind.validate_json(text)
    except ValidationError as error:
        told = error.errors(include_context=False, include_input=False, include_url=False)
        raise RequestValidationError(
            [one | {"loc": (name, *one["loc"])} for one in told]
        ) from error


def candidate(
    kind: str, id: str, name: str, description: str, score: float, features: dict[str, Any],
    checks: dict[str, bool], *, certain: bool,
) -> Candidate:  # fmt: skip
    """A candidate as it is shown; one of its `checks` that fails is against a match."""
    shown = features | {f"{name}_fits": fits for name, fits in checks.items()}
    return {
        "id": id,
        "name": name,
        "description": description,
        "type": [{"id": kind, "name": TYPES[kind]}],
        "score": round(max(0.0, score), 1),
        "match": certain and all(checks.values()),
        "features": [{"id": name, "value": value} for name, value in shown.items()],
    }


def ranked(candidates: Iterable[Candidate], query: ReconcileQuery) -> list[Candidate]:
    """The best first, of equal ones in the order given; several that match best leave it to people."""
    best_first = sorted(candidates, key=lambda one: -one["score"])
    certain = [one for one in best_first if one["match"]]
    alone = len(certain) == 1 or (certain and certain[0]["score"] > certain[1]["score"])
    for one in certain:
        one["match"] = bool(alone) and one is certain[0]
    return best_first[: query.most]
