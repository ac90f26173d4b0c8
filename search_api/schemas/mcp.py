"""The shapes of what assistants are answered, and what each answer does not establish."""

from typing import Literal

from suanbei.search_api.schemas.filing import BriefFiling, Coverage, Shape
from suanbei.search_api.schemas.lists import Change, ExpectedList
from suanbei.search_api.schemas.record import Duties, FilingRecord
from suanbei.search_api.schemas.verdict import Anatomy, Verdict

_LISTS = (
    "It tells what CAC's published lists say; CAC's own filing system decides. A filing says nothing "
    "about the quality, safety or legality of a service."
)
LIMITS = {
    "verify_number": f"{_LISTS} A number on no list known here may still exist: lists appear months late.",
    "check_vendor": f"{_LISTS} A missing filing is no breach of duty: whether one is needed depends on "
    "the service, and a group's companies file each for itself.",
    "search_filings": f"{_LISTS} Nothing found does not mean that nothing was filed.",
    "get_filing": _LISTS,
    "explain_number": "It reads the number alone and looks at no list: a well-formed number with a right "
    "check digit can still be invented.",
    "recent_changes": f"{_LISTS} Changes are those between lists as Suanbei saw them; the time is when it "
    "saw them, not when CAC decided.",
    "expected_lists": "It counts from the pauses between earlier lists. CAC has promised no date.",
}
"""What an answer does not establish, by tool."""


class Answer(Shape):
    """What every answer says besides: what it rests on, and what it does not establish."""

    coverage: Coverage
    does_not_establish: str


class NumberAnswer(Verdict, Answer):
    """A verdict on a number, and whose it is."""


class Vendor(Shape):
    """A company of the lists; `double_filing` is an active algorithm filing of the generation type
    beside an active filing or registration of a generative-AI service. `left_off` filings are not shown."""

    id: str
    name: str
    former_names: list[str]
    duties: Duties
    double_filing: bool
    active: int
    deregistered: int
    vanished: int
    filings: list[BriefFiling]
    left_off: int


class VendorAnswer(Answer):
    """The companies that a name stands for: `exact` by their own name, a former one or an id, `brand`
    by a brand or group; `none` if no company of exactly this name is listed (`similar` names others)."""

    asked: str
    match: Literal["exact", "brand", "none"]
    companies: list[Vendor]
    left_off: int
    similar: list[str]


class SearchAnswer(Answer):
    """Filings found; `next` is the cursor of the next page."""

    items: list[BriefFiling]
    total: int
    next: str | None
    did_you_mean: list[str]


class FilingAnswer(FilingRecord, Answer):
    """A filing with its appearances and history."""


class ExplainedNumber(Shape):
    """A number taken apart."""

    text: str
    number: str
    anatomy: Anatomy


class ExplainAnswer(Answer):
    """The numbers of a text, taken apart without looking at any list."""

    items: list[ExplainedNumber]
    left_off: int


class ChangesAnswer(Answer):
    """Changes; `next` is the `after` with which to ask for later ones."""

    items: list[Change]
    next: int


class ExpectedAnswer(Answer):
    """When the next list of each series is expected."""

    items: list[ExpectedList]
