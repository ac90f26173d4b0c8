"""`suanbei verify --file`: a table of vendors, with a progress bar and a summary."""

import gc
import shutil
import sys
import tempfile
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from suanbei.common.errors import MissingFile, UsageError
from suanbei.common.files import STANDARD, write_whole
from suanbei.common.late_imports import importing
from suanbei.common.settings import Settings
from suanbei.common.terminal import print_json, terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.names import MatchLevel
from suanbei.registry.data_version import data_version
from suanbei.registry.verify import MATCH_TEXTS, VERDICT_TEXTS, Verdict
from suanbei.search_api.bulk.check import check_rows
from suanbei.search_api.bulk.reading import COMMAND_LIMITS, read_file
from suanbei.search_api.bulk.recognise import Choice, ColumnsUnclear, recognise
from suanbei.search_api.bulk.summary import Summary, say_columns, warnings
from suanbei.search_api.bulk.writing import ending_for
from suanbei.search_api.commands.opening import open_filled

_RESULT, _MATCH, _COUNT = (
    Text("核验结果", "result"),
    Text("主体比对", "company"),
    Text("行", "rows"),
)
_ROWS = Text("{rows} 行 → {out}", "{rows} rows → {out}")
_WARNING = Text("{label}：{text}", "{label}: {text}")
_CANDIDATE = Text(
    "  {column} {title}：{numbers} 个编号；例如 {samples}",
    "  {column} {title}: {numbers} numbers; such as {samples}",
)
_SAY = Text(
    "请用 --number-column、--entity-column、--header-row、--sheet 指定",
    "say so with --number-column, --entity-column, --header-row, --sheet",
)


def check_table(
    settings: Settings,
    source: Path,
    target: Path,
    choice: Choice,
    receipt: Path | None = None,
    reference: str = "",
    as_json: bool = False,
) -> int:
    """Check a file; returns the exit code: 0 if every row is active and the company's own.

    `-` is standard input, or standard output in the kind that came in; what is said goes to
    standard error then, as one JSON object if `as_json`. `receipt` is where one for the whole file goes (see
    `file_answer`), with the asker's own `reference`.

    Raises:
        UsageError: the target would overwrite the source.
        SuanbeiError: the source cannot be read, or the target not written.
    """
    is_named = STANDARD not in (source, target)
    if is_named and target.exists() and source.exists() and target.samefile(source):
        raise UsageError(f"{target}: the file that is checked is not overwritten: name another")
    if receipt:
        if receipt.absolute() in (STANDARD.absolute(), source.absolute(), target.absolute()):
            raise UsageError("--receipt: name a file of its own")
        with importing:
            from suanbei.registry.receipts import SigningKey

        SigningKey.of(settings)  # a key that cannot sign is told before the work
    with tempfile.TemporaryDirectory(prefix="suanbei-") as name:
        folder = Path(name)
        if source == STANDARD:
            with (folder / "input").open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
            source = folder / "input"
        try:
            return _check(settings, source, target, choice, folder, receipt, reference, as_json)
        except ColumnsUnclear as error:
            _print_candidates(terminal(stderr=True), error, language_of(settings.language))
            raise


def _check(
    settings: Settings,
    source: Path,
    target: Path,
    choice: Choice,
    folder: Path,
    receipt: Path | None,
    reference: str,
    as_json: bool,
) -> int:
    if not source.is_file():
        raise MissingFile(f"{source}: no such file")
    # A process that ends with this check, full of small objects in no cycles: looking for cycles
    # would take a third of its time.
    gc.disable()
    database, language = open_filled(settings), language_of(settings.language)
    name = source.name if source.parent != folder else "stdin"
    if receipt:
        # Loaded where it is used: what serves and signs takes a third of the start.
        with importing:
            from suanbei.search_api.deps import Services
            from suanbei.search_api.receipts import file_answer, hashed_file, issue

        given = hashed_file(name, source)
    table = read_file(source, name, folder / "rows", COMMAND_LIMITS, choice.delimiter)
    recognised = recognise(table, choice)
    console = terminal(stderr=target == STANDARD)
    for columns in () if as_json else filter(None, recognised):
        console.print(say_columns(columns, language))
    out = folder / f"out{ending_for(table.kind)}" if target == STANDARD else target
    with _progress_bar() as bar, database.read() as session:
        task, version = bar.add_task(name), data_version(session)
        summary = check_rows(
            session, table, recognised, out, language,
            lambda _lines, done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    if target == STANDARD:
        out = _without_bom(out)
    if receipt:
        answer = file_answer(given, hashed_file(target.name, out), summary)
        issued = issue(Services(settings, database), answer, version, reference)
        write_whole(receipt, orjson.dumps(issued, option=orjson.OPT_INDENT_2) + b"\n")
    if target == STANDARD:
        with out.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    if as_json:
        print_json(_as_json(summary, target, language), err=target == STANDARD)
    else:
        _print(console, summary, target, language)
    return 0 if summary.is_well else 1


def _without_bom(path: Path) -> Path:
    """The same file without the mark at its beginning, which is for spreadsheet programs, not for pipes."""
    bare = path.with_name("bare")
    with path.open("rb") as file, bare.open("wb") as target:
        target.write(file.read(len(BOM_UTF8)).removeprefix(BOM_UTF8))
        shutil.copyfileobj(file, target)
    return bare


def _progress_bar() -> Progress:
    console = terminal(stderr=True)
    return Progress(
        TextColumn("{task.description}"), BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip


def _as_json(summary: Summary, target: Path, language: Language) -> dict[str, Any]:
    told = [{"label": label, "text": text} for label, text in warnings(summary, language)]
    return {
        "out": str(target), "columns": [say_columns(one, language) for one in summary.columns],
        "rows": summary.rows, "confirmed": summary.confirmed, "unchecked": summary.unchecked,
        "counts": summary.counts_view, "warnings": told, "coverage": summary.coverage,
    }  # fmt: skip


def _print(console: Console, summary: Summary, target: Path, language: Language) -> None:
    table = Table(_RESULT.say(language), _MATCH.say(language))
    table.add_column(_COUNT.say(language), justify="right")
    for (verdict, match), count in summary.counts.most_common():
        matched = MATCH_TEXTS[MatchLevel(match)].say(language) if match else ""
        table.add_row(VERDICT_TEXTS[Verdict(verdict)].say(language), matched, f"{count:,}")
    console.print(table)
    for label, text in warnings(summary, language):
        console.print(_WARNING.say(language, label=label, text=text))
    console.print(_ROWS.say(language, rows=f"{summary.rows:,}", out=target))


def _print_candidates(console: Console, error: ColumnsUnclear, language: Language) -> None:
    for one in error.candidates:
        console.print(
            _CANDIDATE.say(
                language, column=one.column, title=one.title, numbers=one.numbers,
                samples=" | ".join(one.samples) or "–",
            )
        )  # fmt: skip
    console.print(_SAY.say(language))
