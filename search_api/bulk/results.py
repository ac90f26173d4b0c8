"""What a table gets beside its rows: the columns of results, in the language asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import MatchLevel
from suanbei.registry.verify import (
    MATCH_TEXTS,
    VERDICT_TEXTS,
    Judgement,
    Verdict,
    result_row,
)
from suanbei.search_api.bulk.cells import neutral
from suanbei.search_api.bulk.columns import Columns
from suanbei.search_api.bulk.rows_file import SheetTable

HEADERS: Final[tuple[Text, ...]] = (
    Text("核对结果", "verdict"),
    Text("识别的编号", "number_read"),
    Text("备案主体", "registrant"),
    Text("公司核对", "company_match"),
    Text("理由", "reason"),
    Text("可能的编号", "candidates"),
    Text("同格其他编号", "other_numbers"),
    Text("清单", "list"),
    Text("公布日期", "list_date"),
    Text("证据", "evidence"),
)
"""The columns of one number. Of a row with several number columns each has its own, with the title of
the column behind it, and the row's own verdict and reason come first."""

ROW_HEADERS: Final = HEADERS[0], HEADERS[4]
SOURCE_SHEET = Text("原表", "source_sheet")
COLUMNS_CHECKED = Text("核对所用列", "columns_checked")
SOURCE_ROW = Text("原表行号", "source_row")
"""Where a row stood in the user's own file, and what was recognised there."""
_MOST_CANDIDATES = 5
_LEVELS = tuple(MatchLevel)


@dataclass(frozen=True, slots=True)
class Answer:
    """One number of a row judged: its cells, and what is counted.

    `rank` is the lower the worse it is; `is_confirmed`: active, and the company's own where one was
    claimed. `not_computed`: the number or the company is a formula without a value.
    """

    cells: tuple[str, ...]
    verdict: str
    match: str
    rank: tuple[int, int]
    is_confirmed: bool
    not_computed: bool = False

    @property
    def number(self) -> str:
        """The number as it was read, empty if there is none."""
        return self.cells[1]

    @property
    def registrant(self) -> str:
        """The company on record, empty if the number is on no list."""
        return self.cells[2]

    @property
    def reason(self) -> str:
        """Why, in words."""
        return self.cells[4]


_WORST_FIRST = ("malformed", "not_listed", "deregistered", "not_computed", "active", "no_number")
"""Of the numbers of a row the worst decides; a cell without one decides only if there is no other."""


def to_answer(judgement: Judgement, language: Language) -> Answer:
    """The answer of a judgement, in words."""
    told = result_row(judgement, language)
    meant = [
        f"{one.number} {one.entity}".strip() for one in judgement.suggestions[:_MOST_CANDIDATES]
    ]
    others = [
        f"{one.number} {verdict_word(one.verdict.value, language)}" for one in judgement.others
    ]
    cells = (
        verdict_word(told.verdict, language),
        told.number,
        told.entity,
        match_word(told.match, language),
        told.reason,
        _SEPARATOR.say(language).join(meant),
        _SEPARATOR.say(language).join(others),
        told.list,
        told.date,
        told.link,
    )
    match = judgement.entity_match
    rank = _WORST_FIRST.index(told.verdict), -_LEVELS.index(match) if match else 1
    return Answer(cells, told.verdict, told.match, rank, judgement.is_confirmed)


_SEPARATOR = Text("；", "; ")
_NOT_COMPUTED = Text(
    "公式没有计算结果，未核对：请在表格软件中打开并保存后再核对",
    "a formula that was never computed, not checked: open the file in its program and save it",
)
_FORMULA_ERROR = Text(
    "公式出错（{error}），未核对", "the formula came to an error ({error}), not checked"
)


_NO_COMPANY = Text(
    "公司单元格是没有计算结果的公式（{text}），公司未核对",
    "the company is a formula without a value ({text}): it was not compared",
)
_NO_NUMBER = Text("这一行没有编号", "there is no number in this row")


def blank_answer(language: Language) -> Answer:
    """The answer for a row without anything in its number columns."""
    return _without_number(_NO_NUMBER.say(language), language, "no_number")


def _without_number(reason: str, language: Language, rank: str) -> Answer:
    cells = [""] * len(HEADERS)
    cells[0], cells[4] = verdict_word(Verdict.NO_NUMBER.value, language), reason
    place = _WORST_FIRST.index(rank), 1
    return Answer(tuple(cells), Verdict.NO_NUMBER.value, "", place, is_confirmed=False)


def formula_answer(text: str, language: Language) -> Answer:
    """The answer for a cell without a value: there was nothing to check."""
    reason = (_FORMULA_ERROR if text.startswith("#") else _NOT_COMPUTED).say(language, error=text)
    answer = _without_number(reason, language, "not_computed")
    return replace(answer, not_computed=True)


def without_company(answer: Answer, text: str, language: Language) -> Answer:
    """The answer for a number whose company is a formula without a value: it was not compared."""
    reason = _NO_COMPANY.say(language, text=text)
    cells = (
        *answer.cells[:4],
        f"{reason}{_SEPARATOR.say(language)}{answer.reason}",
        *answer.cells[5:],
    )
    return replace(answer, cells=cells, is_confirmed=False, not_computed=True)


def verdict_word(verdict: str, language: Language) -> str:
    """A verdict in a table: Chinese words; in English its code, as programs read it."""
    return VERDICT_TEXTS[Verdict(verdict)].zh if language is Language.ZH else verdict


def match_word(match: str, language: Language) -> str:
    """How a company compares, in a table; empty if none was compared."""
    return MATCH_TEXTS[MatchLevel(match)].zh if match and language is Language.ZH else match


def where_from(sheet: SheetTable, columns: Columns, *, many: bool) -> dict[Text, str]:
    """What a table without a summary says in each row: its sheet, if there are many, and its columns.

    Columns are told as `备案编号 ← 供应商`: number column, company column.
    """
    told = [
        f"{column.say()} ← {company.say()}" if company else column.say()
        for column, company in zip(columns.numbers, columns.companies, strict=True)
    ]
    sheets = {SOURCE_SHEET: sheet.name} if many else {}
    return sheets | {COLUMNS_CHECKED: "; ".join(told)}


def added_headers(titles: Sequence[str], where: Sequence[Text], language: Language) -> list[str]:
    """The titles of the columns that are added, for number columns of these titles."""
    names = [title.say(language) for title in HEADERS]
    if len(titles) > 1:
        own = [title.say(language) for title in ROW_HEADERS]
        names = own + [neutral(f"{name} [{title}]") for title in titles for name in names]
    return names + [title.say(language) for title in where]


def added_cells(answers: Sequence[Answer | None], worst: Answer) -> list[str]:
    """The cells of a row with an answer for each number column, None where the cell is blank."""
    if len(answers) == 1:
        return list(answers[0].cells) if answers[0] else [""] * len(HEADERS)
    cells = [worst.cells[0], worst.reason]
    for answer in answers:
        cells += answer.cells if answer else [""] * len(HEADERS)
    return cells
