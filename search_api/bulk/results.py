"""What came of a row: the columns that it gets beside its own.

Codes (as the API has them) and words stand in columns of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import MatchLevel
from suanbei.registry.verify import MATCH_TEXTS, VERDICT_TEXTS, Judgement, Verdict, result_row
from suanbei.search_api.bulk.recognise import Columns

HEADERS: Final[tuple[Text, ...]] = (
    Text("核验结果", "result"),
    Text("核验结果代码", "verdict"),
    Text("识别的编号", "number_read"),
    Text("备案主体", "registrant"),
    Text("主体比对", "company"),
    Text("主体比对代码", "company_match"),
    Text("理由", "reason"),
    Text("可能的编号", "candidates"),
    Text("同格其他编号", "other_numbers"),
    Text("清单", "list"),
    Text("公布日期", "list_date"),
    Text("证据", "evidence"),
)
"""The columns of one number. Of a row with several number columns each has its own, with the title of
the column behind it, and the row's own verdict and reason come first."""

_OF_ROW: Final = 0, 1, 6
_BLANK = ("",) * len(HEADERS)
_SOURCE_SHEET = Text("原表", "source_sheet")
_COLUMNS_CHECKED = Text("核验所用列", "columns_checked")
_SOURCE_ROW = Text("原表行号", "source_row")
"""Where a row stood in the user's own file, and what was recognised there."""
_MOST_CANDIDATES = 5
_LEVELS = {level: -place for place, level in enumerate(MatchLevel)}
_WORST_FIRST = ("malformed", "not_listed", "deregistered", "not_computed", "active", "no_number")
_BADNESS = {verdict: place for place, verdict in enumerate(_WORST_FIRST)}
"""Of the numbers of a row the worst decides; a cell without one decides only if there is no other."""


class Answer(NamedTuple):
    """One number judged: its cells (as `HEADERS`), and what is counted.

    `rank` is the lower the worse it is; `is_confirmed`: active, and the company's own where one was
    claimed. `not_computed`: the number or the company is a formula without a value.
    """

    cells: tuple[str, ...]
    rank: tuple[int, int]
    is_confirmed: bool
    not_computed: bool = False

    @property
    def verdict(self) -> str:
        """The code of the verdict."""
        return self.cells[1]

    @property
    def is_listed(self) -> bool:
        """Whether a list shows the number: the registrant is told then."""
        return bool(self.cells[3])

    @property
    def match(self) -> str:
        """The code of how the company compares, empty if none was compared."""
        return self.cells[5]


@dataclass(slots=True, eq=False)
class RowResult:
    """What a row came to; rows that ask the same share one.

    `answers` has one for each number column, None where the cell is blank. `cells` is what is added
    to the row, but for its number; `csv_line` the same as CSV, made when it is first written.
    `kind`, which is counted: verdict and company match of the worst number, and whether all numbers
    are active and the company's own.
    """

    answers: Sequence[Answer | None]
    cells: tuple[str, ...]
    kind: tuple[str, str, bool]
    not_computed: bool
    csv_line: str = ""


def row_result(answers: Sequence[Answer | None], where: tuple[str, ...]) -> RowResult:
    """The result of a row with these answers, not all None; `where` stands in each row."""
    given = [answer for answer in answers if answer]
    worst = min(given, key=lambda answer: answer.rank) if len(given) > 1 else given[0]
    is_confirmed = worst.is_confirmed and all(
        one.is_confirmed for one in given if one.verdict != "no_number"
    )
    cells = worst.cells
    if len(answers) > 1:
        cells = tuple([worst.cells[place] for place in _OF_ROW])
        for answer in answers:
            cells += answer.cells if answer else _BLANK
    kind = worst.verdict, worst.match, is_confirmed
    not_computed = any(one.not_computed for one in given)
    return RowResult(answers, cells + where, kind, not_computed)


def to_answer(judgement: Judgement, language: Language) -> Answer:
    """The answer of a judgement, in words."""
    told, separator = result_row(judgement, language), SEPARATOR.say(language)
    match, suggestions = judgement.entity_match, judgement.suggestions[:_MOST_CANDIDATES]
    cells = (
        VERDICT_TEXTS[judgement.verdict].say(language),
        told.verdict,
        told.number,
        told.entity,
        MATCH_TEXTS[match].say(language) if match else "",
        told.match,
        told.reason,
        separator.join([f"{one.number} {one.entity}".strip() for one in suggestions]),
        separator.join(
            [f"{one.number} {VERDICT_TEXTS[one.verdict].say(language)}" for one in judgement.others]
        ),
        told.list,
        told.date,
        told.link,
    )
    rank = _BADNESS[told.verdict], _LEVELS[match] if match else 1
    return Answer(cells, rank, judgement.is_confirmed)


SEPARATOR = Text("；", "; ")
_NOT_COMPUTED = Text(
    "公式没有计算结果，未核验：请在表格软件中打开并保存后再核验",
    "a formula that was never computed, not checked: open the file in its program and save it",
)
_FORMULA_ERROR = Text(
    "公式出错（{error}），未核验", "the formula gives an error ({error}), not checked"
)
_NO_COMPANY = Text(
    "主体单元格是没有计算结果的公式（{text}），主体未比对",
    "the company is a formula without a value ({text}): it was not compared",
)
_NO_NUMBER = Text("这一行没有编号", "there is no number in this row")


def answer_without_number(language: Language, formula: str = "") -> Answer:
    """The answer for a row without anything in its number columns, or for a formula without a value."""
    verdict, rank, text = Verdict.NO_NUMBER, "no_number", _NO_NUMBER
    if formula:
        rank, text = "not_computed", _FORMULA_ERROR if formula.startswith("#") else _NOT_COMPUTED
    reason = text.say(language, error=formula)
    cells = (VERDICT_TEXTS[verdict].say(language), verdict.value, *_BLANK[2:6], reason, *_BLANK[7:])
    return Answer(cells, (_BADNESS[rank], 1), is_confirmed=False, not_computed=bool(formula))


def without_company(answer: Answer, text: str, language: Language) -> Answer:
    """The answer for a number whose company is a formula without a value: it was not compared."""
    reason = SEPARATOR.say(language).join((_NO_COMPANY.say(language, text=text), answer.cells[6]))
    cells = (*answer.cells[:6], reason, *answer.cells[7:])
    return answer._replace(cells=cells, is_confirmed=False, not_computed=True)


def where_from(sheet: str, columns: Columns, *, many: bool) -> dict[Text, str]:
    """What a table without a summary says in each row: its sheet, if there are many, and its columns.

    Columns are told as `备案编号 ← 供应商`: number column, company column.
    """
    told = [
        f"{column.say()} ← {company.say()}" if company else column.say()
        for column, company in zip(columns.numbers, columns.companies, strict=True)
    ]
    return ({_SOURCE_SHEET: sheet} if many else {}) | {_COLUMNS_CHECKED: "; ".join(told)}


def added_headers(columns: Columns, where: Iterable[Text], language: Language) -> list[str]:
    """The titles of the columns that are added, those of `where` and the row's number at the end."""
    names = [title.say(language) for title in HEADERS]
    if len(columns.numbers) > 1:
        own = [HEADERS[place].say(language) for place in _OF_ROW]
        names = own + [f"{name} [{one.say()}]" for one in columns.numbers for name in names]
    return names + [title.say(language) for title in (*where, _SOURCE_ROW)]
