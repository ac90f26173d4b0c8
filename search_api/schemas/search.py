"""The shape of what searches find."""

from typing import Literal

from pydantic import Field

from suanbei.search_api.schemas.filing import BriefFiling, Filing, Page, Shape

LevelName = Literal[
    "number",
    "name",
    "brand",
    "entity",
    "former_name",
    "prefix",
    "entity_part",
    "name_part",
    "group",
    "number_part",
    "purpose",
]
Range = tuple[int, int]


class Match(Shape):
    """How a filing fits what was typed."""

    level: LevelName | None = Field(description="where it fits, the best place; null without text")
    forgiven: bool = Field(description="only another spelling of what was typed fits")
    highlights: dict[str, list[Range]] = Field(
        description="by field, the marked places: start and end in characters, end not included"
    )


class FoundFiling(Filing):
    """A filing with how it fits."""

    match: Match


class FacetCount(Shape):
    """How many of the filings found have a value."""

    value: str
    count: int


class WordFilter(Shape):
    """A word of the text that was taken as a filter."""

    name: Literal["region", "division", "year", "period", "status"]
    value: str
    word: str


class Interpreted(Shape):
    """What was searched for, where it is not just the text as typed."""

    text: str
    filters: list[WordFilter]


class NamedBrand(Shape):
    """A brand, group or other name of a company that the text is a name of."""

    name: str
    kind: Literal["group", "brand", "company"]
    names: list[str]


class FoundEntity(Shape):
    """A company with the number of its filings, all and active, and by series."""

    id: str
    name: str
    former_names: list[str]
    filings: int
    active: int
    series: dict[str, int]


class FilingPage(Page):
    """One page of filings."""

    items: list[FoundFiling | BriefFiling] = Field(description="brief ones with `brief=1`")
    total: int = Field(description="exact, unless `limited`")
    facets: dict[str, list[FacetCount]] = Field(
        description="by filter, the most frequent values; each without that filter's own choice"
    )
    interpreted: Interpreted | None = Field(
        description="words that became filters (广东 医疗), a question without its words, a text parted"
    )
    companies: list[FoundEntity] = Field(
        description="of the first page: companies that the text names, or that have what it names"
    )
    brands: list[NamedBrand] = Field(description="brands and groups that the text is a name of")
    did_you_mean: list[str] = Field(description="texts to search for, the likeliest first")
    limited: bool = Field(description="the search met a limit: filings may be missing")


class EntityPage(Page):
    """One page of companies."""

    items: list[FoundEntity]
    did_you_mean: list[str]
