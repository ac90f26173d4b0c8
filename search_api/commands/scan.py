"""`suanbei scan`: the numbers in a text, a page or a PDF, each with its verdict."""

import hashlib
from collections.abc import Iterable, Sequence

import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.padding import Padding
from rich.text import Text as RichText

from suanbei.common.settings import Settings
from suanbei.common.terminal import print_json
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.numbers.find import FoundNumbers, Occurrence
from suanbei.registry.importing.snapshot import SNAPSHOT
from suanbei.registry.verify import Judge, Verdict
from suanbei.search_api.commands.opening import open_filled
from suanbei.search_api.commands.verdicts import DISCLAIMER, printable, verdict_head
from suanbei.search_api.scan import ScannedNumber, by_number, judge_found, scanned_json, unread_text

_PAGE, _LINE = Text("第 {page} 页", "p. {page}, "), Text("第 {line} 行", "line {line}")
_UNSEEN = Text("，读者看不到", ", not seen by a reader")
_TIMES = Text("（共 {times} 处）", " ({times} times)")
_FOUND = Text("{name}：{total} 个编号，{active} 个有效", "{name}: {total} numbers, {active} active")


MOST_WITH_SUGGESTIONS = 1_000
"""Numbers of one document that get listed ones which may have been meant: these take milliseconds each."""


def scan_numbers(settings: Settings, name: str, found: FoundNumbers, *, as_json: bool) -> int:
    """Print the verdict on every number found; returns the exit code.

    It is 0 if there is a filing number, all of them are active, and all of the document could be
    read; numbers of other registers are shown and do not count.
    """
    language, database = language_of(settings.language), open_filled(settings)
    with database.read() as session:
        numbers = by_number(found.occurrences)
        judge = Judge(session, most_suggested=MOST_WITH_SUGGESTIONS)
        items = judge_found(judge, numbers)
    if as_json:
        for item in items:
            print_json(scanned_json(item, language))
    else:
        _print(Console(highlight=False), name, items, language)
    verdicts = {item.judgement.verdict for item in items} - {Verdict.NO_NUMBER}
    for unread in found.unread:
        typer.echo(f"{name}: {unread_text(unread, language)}", err=True)
    return 0 if verdicts == {Verdict.ACTIVE} and not found.unread else 1


_CHECKED = Text(
    "{files} 个文件，{total} 个编号，{active} 个有效",
    "{files} files, {total} numbers, {active} active",
)


def scan_source_code(
    settings: Settings, files: Iterable[tuple[str, Sequence[Occurrence]]], *, as_json: bool
) -> int:
    """Print a line for each number of each file; returns 1 if one of them is not active, else 0."""
    settings = _with_shipped_lists(settings)
    language, database = language_of(settings.language), open_filled(settings)
    console, count, total, active = Console(highlight=False, soft_wrap=True), 0, 0, 0
    with database.read() as session:
        judge = Judge(session)
        for name, found in files:
            count += 1
            for item in judge_found(judge, by_number(found)):
                total += 1
                active += item.judgement.verdict is Verdict.ACTIVE
                if as_json:
                    print_json({"source": name} | scanned_json(item, language))
                else:
                    _print_in_code(console, name, item, language)
    summary = _CHECKED.say(language, files=count, total=total, active=active)
    typer.echo(summary, err=True)
    return 0 if active == total else 1


def _with_shipped_lists(settings: Settings) -> Settings:
    """These settings, with a registry of the shipped lists alone where they name none.

    A hook that was updated must not answer by the lists that an earlier version has loaded.
    """
    if settings.model_fields_set & {"home", "database_url"}:
        return settings
    version = hashlib.sha256(SNAPSHOT.read_bytes()).hexdigest()[:12]
    return settings.model_copy(update={"home": user_cache_path("suanbei") / f"shipped-{version}"})


def _print_in_code(console: Console, name: str, item: ScannedNumber, language: Language) -> None:
    judgement = item.judgement
    head = RichText(f"{name}:{item.places[0].line}: ")
    number = printable(judgement.number or judgement.input.strip())
    head.append(verdict_head(judgement.verdict, number, language))
    if judgement.verdict is not Verdict.ACTIVE:
        head.append(f"  {judgement.reasons[0].say(language)}")
    console.print(head)


def _print(console: Console, name: str, items: Sequence[ScannedNumber], language: Language) -> None:
    for item in items:
        judgement = item.judgement
        number = printable(judgement.number or judgement.input.strip())
        head = verdict_head(judgement.verdict, number, language)
        head.append(f"  {_where(item, language)}", "dim")
        owners = dict.fromkeys(filing["entity"]["name"] for filing in judgement.filings)
        details = RichText("\n".join([*owners, judgement.reasons[0].say(language)]))
        console.print(head, Padding(details, (0, 0, 0, 4)), sep="\n")
    active = sum(item.judgement.verdict is Verdict.ACTIVE for item in items)
    console.print(_FOUND.say(language, name=name, total=len(items), active=active), markup=False)
    console.print(DISCLAIMER.say(language), style="dim")


def _where(item: ScannedNumber, language: Language) -> str:
    first, times = item.places[0], len(item.places)
    page = _PAGE.say(language, page=first.page) if first.page else ""
    more = _TIMES.say(language, times=times) if times > 1 else ""
    where = "" if first.place == "body" else f" [{first.place}]"
    hidden = "" if any(one.visible for one in item.places) else _UNSEEN.say(language)
    return f"{page}{_LINE.say(language, line=first.line)}{where}{more}{hidden}"
