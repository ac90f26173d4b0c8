"""What came of a check: the columns that each row gets beside its own, and the summary of all.

Codes (as the API has them) and words stand in columns of their own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import MatchLevel
from suanbei.registry.cells.vocabulary import SERIES_TITLES, gap_text
from suanbei.registry.importing.published import Series
from suanbei.registry.verify import (
    MATCH_TEXTS,
    VERDICT_TEXTS,
    Judgement,
    Verdict,
    result_row,
)
from suanbei.search_api.bulk.recognise import Certainty, Column, Columns
from suanbei.search_api.bulk.table import TableFile, column_letter

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
_MOST_NAMED = 30
"""Rows that a line of the summary names."""
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
    told, separator = result_row(judgement, language), _SEPARATOR.say(language)
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


_SEPARATOR = Text("；", "; ")
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
    reason = _SEPARATOR.say(language).join((_NO_COMPANY.say(language, text=text), answer.cells[6]))
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


_HEADER_ROW = Text("表头在第 {row} 行", "header in row {row}")
_NO_HEADER_ROW = Text("没有表头", "no header")
_NUMBERS_IN = Text("编号列：{column}（{sure}）", "numbers in {column} ({sure})")
_COMPANIES_IN = Text("，主体列：{column}（{sure}）", ", companies in {column} ({sure})")
_NO_COMPANIES = Text("，没有主体列，主体未比对", ", no company column: companies were not compared")
_CERTAINTY_TEXTS: Final[dict[Certainty, Text]] = {
    Certainty.NAMED: Text("由您指定", "as you said"),
    Certainty.CERTAIN: Text("确定", "certain"),
    Certainty.LIKELY: Text("很可能", "likely"),
    Certainty.UNSURE: Text("不确定", "unsure"),
}


def say_columns(columns: Columns, language: Language) -> str:
    """What was recognised in a sheet, in a line."""

    def say(text: Text, column: Column) -> str:
        sure = _CERTAINTY_TEXTS[column.certainty].say(language)
        return text.say(language, column=column.say(), sure=sure)

    parts = [
        say(_NUMBERS_IN, column)
        + (say(_COMPANIES_IN, company) if company else _NO_COMPANIES.say(language))
        for column, company in zip(columns.numbers, columns.companies, strict=True)
    ]
    header = columns.header
    row = (
        _HEADER_ROW.say(language, row=header)
        if header is not None
        else _NO_HEADER_ROW.say(language)
    )
    sheet = f"{columns.sheet}: " if columns.sheet else ""
    return f"{sheet}{row}{_SEPARATOR.say(language)}{_SEPARATOR.say(language).join(parts)}"


@dataclass(slots=True)
class Summary:
    """`rows` were judged, `confirmed` of them are active and the company's own; `counts` has how many
    of each (verdict, company match). `no_number`: rows without a number that should have one, as
    (sheet, row); `other_rows` need none: totals, notes. `not_computed`: formulas without a value, as
    (sheet, row, column). `without_numbers`: sheets that hold none. Times are seconds since 1970.
    """

    table: TableFile
    columns: list[Columns]
    rows: int = 0
    confirmed: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    no_number: list[tuple[str, int]] = field(default_factory=list)
    other_rows: list[tuple[str, int]] = field(default_factory=list)
    not_computed: list[tuple[str, int, int]] = field(default_factory=list)
    without_numbers: list[str] = field(default_factory=list)
    coverage: dict[str, Any] = field(default_factory=dict)
    finished_at: float = 0.0

    def count(self, kinds: Sequence[tuple[str, str, bool]]) -> None:
        """Count rows: verdict, company match, and whether all of it is confirmed."""
        self.rows += len(kinds)
        for (verdict, match, is_confirmed), count in Counter(kinds).items():
            self.counts[verdict, match] += count
            self.confirmed += count * is_confirmed

    @property
    def is_well(self) -> bool:
        """Whether every number was checked, is active, and the company's own."""
        return self.rows > 0 and self.confirmed == self.rows and not self.unchecked

    @property
    def unchecked(self) -> int:
        """Numbers that were seen and not checked: hidden, around a table, not computed."""
        hidden = sum(sheet.hidden_numbers for sheet in self.table.sheets)
        sheets = sum(self.table.hidden_sheets.values())
        return hidden + sheets + self.table.outside + len(self.not_computed)

    @property
    def counts_view(self) -> list[dict[str, Any]]:
        """The counts as JSON: `[{"verdict", "entity_match", "rows"}]`."""
        return [
            {"verdict": verdict or None, "entity_match": match or None, "rows": count}
            for (verdict, match), count in sorted(self.counts.items())
        ]

    @property
    def active(self) -> int:
        """Rows whose number is active, whoever it belongs to."""
        return sum(count for (verdict, _), count in self.counts.items() if verdict == "active")


_FILE = Text("文件", "file")
_TIME = Text("核验时间（UTC）", "checked at (UTC)")
_RECOGNISED = Text("识别的列", "what was recognised")
_ROWS = Text("已核验行数", "rows checked")
_CONFIRMED = Text(
    "编号有效且主体相符（或未填主体）", "active, and the company's own where one was named"
)
_ROWS_WITHOUT = Text("没有编号的行（行号）", "rows without a number (row numbers)")
_OTHER = Text(
    "无需编号的行，如合计、说明（行号）", "rows that need none: totals, notes (row numbers)"
)
_HIDDEN_SHEET = Text("未核验：隐藏的工作表", "left out: hidden sheet")
_HIDDEN_ROWS = Text("未核验：隐藏的行（行号）", "left out: hidden rows (row numbers)")
_HIDDEN_COLUMNS = Text("未核验：隐藏的列", "left out: hidden columns")
_OUTSIDE = Text("未核验：表格之外的编号", "not checked: numbers outside the tables")
_FORMULAS = Text("未核验：没有计算结果的公式", "not checked: formulas without a value")
_WITHOUT = Text("没有编号的工作表", "sheets without numbers")
_COVERAGE = Text("收录范围：{series}", "covered: {series}")
_NEWEST = Text(
    "最新清单 {newest}；来源最近检查：{checked}",
    "newest list {newest}; source last checked: {checked}",
)
_NONE = Text("无", "none")
_NEVER = Text("尚未", "not yet")
_BASIS = Text("依据", "basis")
_DISCLAIMER = Text(
    "国家互联网信息办公室公布的清单；不构成法律意见，以其备案系统为准",
    "the lists published by CAC; not a legal opinion: its own filing system prevails",
)
_NUMBERS = Text("{names}（含 {count} 个编号）", "{names} (filing numbers: {count})")


def summary_lines(summary: Summary, language: Language) -> list[tuple[str, str]]:
    """A summary as labels and values, for a sheet or a page."""
    at = datetime.fromtimestamp(summary.finished_at, UTC).isoformat(timespec="seconds")
    lines = [(_FILE, summary.table.name), (_TIME, at.replace("+00:00", "Z"))]
    lines += [(_RECOGNISED, say_columns(columns, language)) for columns in summary.columns]
    lines += [(_ROWS, f"{summary.rows:,}"), (_CONFIRMED, f"{summary.confirmed:,}")]
    told = [(label.say(language), text) for label, text in lines]
    for (verdict, match), count in summary.counts.most_common():
        words = VERDICT_TEXTS[Verdict(verdict)].say(language)
        words += f" · {MATCH_TEXTS[MatchLevel(match)].say(language)}" if match else ""
        told.append((f"  {words}", f"{count:,}"))
    told += warnings(summary, language)
    for series in Series:
        if covered := summary.coverage.get(series.value):
            newest = covered["newest"] or _NONE.say(language)
            checked = covered["checked_at"] or _NEVER.say(language)
            label = _COVERAGE.say(language, series=SERIES_TITLES[series].say(language))
            parts = [_NEWEST.say(language, newest=newest, checked=checked)]
            parts += [gap_text(gap, language) for gap in covered["missing"]]
            told.append((label, _SEPARATOR.say(language).join(parts)))
    return [*told, (_BASIS.say(language), _DISCLAIMER.say(language))]


def warnings(summary: Summary, language: Language) -> list[tuple[str, str]]:
    """What was left out or needs a look, as labels and values."""
    table = summary.table

    def named(places: Iterable[tuple[str, int | str]], count: int = 0) -> str:
        """The first of some (sheet, place), how many more there are, and how many numbers they hold."""
        many = len(table.sheets) > 1
        told = [f"{sheet}!{place}" if many else f"{place}" for sheet, place in places]
        shown, more = ", ".join(told[:_MOST_NAMED]), len(told) - _MOST_NAMED
        return counted(f"{shown}, … (+{more:,})" if more > 0 else shown, count)

    def counted(names: str, count: int) -> str:
        return _NUMBERS.say(language, names=names, count=count) if names and count else names

    formulas = ((sheet, f"{column_letter(at)}{row}") for sheet, row, at in summary.not_computed)
    found = [
        (_ROWS_WITHOUT, named(summary.no_number)),
        (_OTHER, named(summary.other_rows)),
        (_FORMULAS, named(formulas)),
        *((_HIDDEN_SHEET, counted(name, count)) for name, count in table.hidden_sheets.items()),
    ]
    for sheet in table.sheets:
        rows = ((sheet.name, row) for row in sheet.hidden_rows)
        columns = ((sheet.name, column_letter(at)) for at in sheet.hidden_columns)
        found.append((_HIDDEN_ROWS, named(rows, sheet.hidden_numbers)))
        found.append((_HIDDEN_COLUMNS, named(columns, sheet.hidden_numbers)))
    found.append((_OUTSIDE, f"{table.outside:,}" if table.outside else ""))
    found.append((_WITHOUT, ", ".join(filter(None, summary.without_numbers))))
    return [(label.say(language), text) for label, text in found if text]
