"""What came of a check as a whole: what was recognised, counts, and what was left out or needs a look."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import MatchLevel
from suanbei.registry.cells.vocabulary import SERIES_TITLES, gap_text
from suanbei.registry.importing.published import Series
from suanbei.registry.verify import MATCH_TEXTS, VERDICT_TEXTS, Verdict
from suanbei.search_api.bulk.recognise import Certainty, Column, Columns
from suanbei.search_api.bulk.results import SEPARATOR
from suanbei.search_api.bulk.table import TableFile, column_letter

_MOST_NAMED = 30
"""Rows that a line of the summary names."""

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
    return f"{sheet}{row}{SEPARATOR.say(language)}{SEPARATOR.say(language).join(parts)}"


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
            told.append((label, SEPARATOR.say(language).join(parts)))
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
