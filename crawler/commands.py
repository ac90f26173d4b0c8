"""Commands that bring lists in: crawl, import, parse."""

import json
import logging
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from suanbei.common.errors import AlreadyRunning, SuanbeiError
from suanbei.common.files import write_whole
from suanbei.common.logging import set_up_logs
from suanbei.common.settings import Settings
from suanbei.common.terminal import terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.crawler.archive import Archive
from suanbei.crawler.items import FetchedDocument
from suanbei.crawler.pipeline import read_file, take_in
from suanbei.crawler.report import crawl_progress
from suanbei.crawler.schedule import PassKind, Schedule, is_due
from suanbei.crawler.sources import Catalogue, load_catalogue
from suanbei.parsers import read_in_subprocess, record
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.batches import DocumentOrigin, Origin
from suanbei.registry.importing.documents import seen_now
from suanbei.registry.importing.published import ParsedDocument, Series

app = typer.Typer()

log = logging.getLogger(__name__)
IMPORTED = Text(
    "{name}：{status}，{rows} 行，新增 {added}，变更 {changed}，注销 {deregistered}，消失 {vanished}",
    "{name}: {status}, {rows} rows, {added} added, {changed} changed, {deregistered} deregistered, "
    "{vanished} vanished",
)
ORIGINS = {
    "published": Text(
        "按网信办原始文件入库，可作凭据", "taken in as the publisher's own bytes: evidence"
    ),
    "converted": Text(
        "按转换件入库，不作凭据", "taken in as converted from the publisher's file: no evidence"
    ),
    "transcribed": Text(
        "按转录件入库，不作凭据；若是网信办原始文件，请加 --origin published",
        "taken in as transcribed: no evidence; if these are the publisher's own bytes, say --origin published",
    ),
}
SUMMARY = Text(
    "{name}：{title}，{seen} 行 = 保留 {kept} + 表头 {headers} + 报告 {reported}",
    "{name}: {title}, {seen} rows = {kept} kept + {headers} headers + {reported} reported",
)
REPORTED = Text(
    "  第 {table} 表第 {row} 行（页 {page}）：{reason}：{cells}",
    "  table {table} row {row} (page {page}): {reason}: {cells}",
)
REASONS = {
    "outside_table": Text("不在任何表格内，可能是一行备案", "stands in no table, and may be a row"),
    "unshown_text": Text(
        "在网页未显示的部分，可能是一行备案",
        "stands in a part of the page that is not shown, and may be a row",
    ),
    "unread_part": Text(
        "文档的这一部分无法读取，其中可能有备案",
        "a part of the document that cannot be read, and may hold rows",
    ),
    "unknown_table": Text("所在表格没有认识的表头", "its table has no known header"),
    "before_header": Text("在表头之上", "stands above the header"),
    "unknown_series": Text("无法判断属于哪类清单", "nothing says which series the list is of"),
    "empty_row": Text("空行", "an empty row"),
    "merged_row": Text("整行并入上一行", "merged with the row above as a whole"),
    "header_as_data": Text("表格中间又出现表头", "the header again, among the rows"),
    "several_numbers": Text(
        "一行有多个备案编号，无法判断其余各列属于哪一个",
        "one row with several filing numbers; which of its texts are whose is unknown",
    ),
    "no_number": Text("没有备案编号", "has no filing number"),
    "hidden_sheet": Text("在隐藏的工作表中", "in a hidden sheet"),
    "hidden_row": Text("隐藏的行", "a hidden row"),
    "hidden_column": Text("隐藏的列", "a hidden column"),
}
"""Why a row is reported and not kept."""
REASON = Text("  {reason}：{words}", "  {reason}: {words}")
UNKNOWN = Text("  未知列：{columns}", "  unknown columns: {columns}")
FLAGGED = Text("  标记 {flag}，{count} 行：{places}", "  flagged {flag}, {count} rows: {places}")
PLACE = Text("第 {table} 表第 {row} 行", "table {table} row {row}")
SLOW = Text("  {count} 页由 pdfplumber 读出", "  {count} pages were read by plain pdfplumber")
STATUS = {
    "new": Text("新清单", "new list"),
    "changed": Text("清单有变更", "list changed"),
    "same": Text("无变化", "nothing new"),
}
OTHER_COUNTS = Text(
    "已存档，但仍以该清单的另一版本为准", "kept, but another version of this list counts"
)
_SHOWN = 10


@app.command()
def crawl(
    full: Annotated[bool, typer.Option("--full", help="re-read every known document")] = False,
    source: Annotated[
        list[str] | None, typer.Option(help="only this source (may be repeated)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per source")] = False,
    scheduled: Annotated[bool, typer.Option("--scheduled", hidden=True)] = False,
) -> None:
    """One pass over all sources now. 立即抓取一遍。"""
    from suanbei.crawler.crawl import run_pass

    settings = Settings.load()
    language = language_of(settings.language)
    catalogue = load_catalogue().select(tuple(source or ()))
    kind: PassKind = "full" if full else "pass"
    database = open_database(settings)
    if scheduled:
        raise typer.Exit(_scheduled_pass(settings, database, catalogue, kind))
    with crawl_progress(catalogue, language, terminal(stderr=True)) as progress:
        report = run_pass(settings, database, catalogue, kind, "hand", on_progress=progress)
    if report is None:
        raise typer.Exit(0)
    if as_json:
        for name, one in report.sources.items():
            typer.echo(json.dumps({"source": name} | one.summary(), ensure_ascii=False))
        raise typer.Exit(0 if report.ok else 3)
    terminal().print(report.table(language))
    for line in report.failure_lines():
        typer.echo(line, err=True)
    raise typer.Exit(0 if report.ok else 3)


def _scheduled_pass(
    settings: Settings, database: Database, catalogue: Catalogue, kind: PassKind
) -> int:
    """A pass for the scheduler, reported in the log; does nothing if it is no longer due."""
    from suanbei.crawler.crawl import run_pass

    set_up_logs(settings, logging.INFO)
    schedule = Schedule.of(settings)
    try:
        report = run_pass(
            settings, database, catalogue, kind, "schedule",
            still_due=lambda: is_due(database, schedule, kind, datetime.now(UTC)),
        )  # fmt: skip
    except AlreadyRunning as error:
        log.info("%s", error)
        return 0
    if report is None:
        return 0
    log.info("%s: %s", kind, report.in_short())
    for line in report.failure_lines():
        log.warning("%s", line)
    return 0 if report.ok else 3


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="DOCX, PDF, XLSX or HTML lists; - for stdin")],
    accept: Annotated[
        bool, typer.Option("--accept", help="take a list in though it has lost many rows")
    ] = False,
    source: Annotated[str, typer.Option(help="who published the lists")] = "cac",
    period: Annotated[str, typer.Option(help="YYYY-MM, where a title names none")] = "",
    origin: Annotated[
        DocumentOrigin,
        typer.Option(help="whose bytes: the publisher's own, converted from them, or set anew"),
    ] = "transcribed",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per list")] = False,
) -> None:
    """Take local documents in. 导入本地清单。"""
    settings = Settings.load()
    database, archive = open_database(settings), Archive(settings.archive)
    language, rejected, failed = language_of(settings.language), False, 0
    for path in files:
        try:
            body = read_file(path)
            # Not seen on a source: the file says nothing of what that shows today.
            local = Origin(source=source, label=str(path), sighting=False, document=origin)
            document = FetchedDocument(body, seen_now(database, local))
            parsed, report = take_in(database, archive, document, accept=accept, period=period)
            if as_json:
                facts = {"file": str(path), "origin": origin} | asdict(report)
                typer.echo(json.dumps(facts, ensure_ascii=False))
            else:
                status = STATUS[report.status] if report.current else OTHER_COUNTS
                counts = asdict(report) | {"status": status.say(language)}
                typer.echo(IMPORTED.say(language, name=path.name, **counts))
                typer.echo(f"  {ORIGINS[origin].say(language)}", err=True)
            say_accounting(str(path), parsed, language)
            rejected = rejected or bool(parsed.accounting.reported)
        except SuanbeiError as error:
            failed = error.exit_code
            typer.echo(f"suanbei: {error}", err=True)
    raise typer.Exit(failed or int(rejected))


@app.command()
def parse(
    file: Annotated[Path, typer.Argument(help="a DOCX, PDF, XLSX or HTML list; - for stdin")],
    series: Annotated[Series | None, typer.Option(help="read it as this series")] = None,
    debug_image: Annotated[
        Path | None, typer.Option(help="draw what was seen on the pages of a PDF (PNG)")
    ] = None,
) -> None:
    """Rows of a list as JSON lines, a summary on stderr. 解析清单。"""
    if debug_image is not None:
        write_debug_images(file, debug_image)
    parsed = read_in_subprocess(read_file(file), name=str(file), series=series)
    for row in parsed.rows:
        sys.stdout.write(json.dumps(record(row), ensure_ascii=False) + "\n")
    say_accounting(str(file), parsed, language_of(Settings.load().language))
    raise typer.Exit(int(bool(parsed.accounting.reported)))


def write_debug_images(file: Path, target: Path) -> None:
    """What the reader saw on a PDF's pages, as pictures: the first as `target`, page 2 as `target-2`.

    Raises:
        DocumentError: the file cannot be read, or is no PDF.
    """
    from suanbei.parsers.pdf.debug_image import debug_images

    for page, picture in debug_images(read_file(file), str(file)):
        path = target if page == 1 else target.with_stem(f"{target.stem}-{page}")
        write_whole(path, picture)
        typer.echo(str(path), err=True)


def say_accounting(name: str, parsed: ParsedDocument, language: Language) -> None:
    """What became of every row of a document, on stderr."""
    account = parsed.accounting
    lines = [
        SUMMARY.say(
            language, name=name, title=parsed.title, seen=account.seen, kept=account.kept,
            headers=account.headers, reported=len(account.reported),
        )
    ]  # fmt: skip
    lines += [
        REPORTED.say(
            language, table=one.table, row=one.row, page=one.page or "-", reason=one.reason,
            cells=" | ".join(one.cells),
        )
        for one in account.reported
    ]  # fmt: skip
    lines += [
        REASON.say(language, reason=reason, words=REASONS[reason].say(language))
        for reason in dict.fromkeys(one.reason for one in account.reported)
        if reason in REASONS
    ]
    if account.unknown_columns:
        lines.append(UNKNOWN.say(language, columns=", ".join(account.unknown_columns)))
    lines += _flagged(parsed, language)
    if account.slow_pages:
        lines.append(SLOW.say(language, count=account.slow_pages))
    typer.echo("\n".join(lines), err=True)


def _flagged(parsed: ParsedDocument, language: Language) -> list[str]:
    """A line for each flag: how many rows bear it, and where the first of them stand."""
    places: dict[str, list[str]] = {}
    for row in parsed.rows:
        for flag in row.flags:
            place = PLACE.say(language, table=row.table, row=row.row)
            places.setdefault(flag, []).append(place)
    return [
        FLAGGED.say(
            language, flag=flag, count=len(found),
            places=", ".join([*found[:_SHOWN], *(["…"] if len(found) > _SHOWN else [])]),
        )
        for flag, found in sorted(places.items())
    ]  # fmt: skip
