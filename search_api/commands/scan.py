"""`suanbei scan`: the numbers in a text, a page or a PDF, each with its verdict; and what it reads.

Addresses are fetched for whoever sits at the command line, never for a client of the API.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.padding import Padding
from rich.text import Text as RichText

from suanbei.common.errors import FetchError, MissingFile, UsageError
from suanbei.common.files import read_whole
from suanbei.common.settings import Settings
from suanbei.common.terminal import print_json
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.numbers.find import FoundNumbers, Occurrence
from suanbei.registry.importing.snapshot import SNAPSHOT
from suanbei.registry.verify import Judge, Verdict
from suanbei.search_api.commands.opening import open_filled
from suanbei.search_api.commands.verify import DISCLAIMER, verdict_head
from suanbei.search_api.scan import ScannedNumber, by_number, judge_found, scanned_json, unread_text

_PAGE, _LINE = Text("第 {page} 页", "p. {page}, "), Text("第 {line} 行", "line {line}")
_UNSEEN = Text("，读者看不到", ", not seen by a reader")
_TIMES = Text("（共 {times} 处）", " ({times} times)")
_FOUND = Text("{name}：{total} 个编号，{active} 个有效", "{name}: {total} numbers, {active} active")
_CHECKED = Text(
    "{files} 个文件，{total} 个编号，{active} 个有效",
    "{files} files, {total} numbers, {active} active",
)
MOST_WITH_SUGGESTIONS = 1_000
"""Numbers of one document that get listed ones which may have been meant: these take milliseconds each."""
SECONDS = 30.0
"""How long a fetch may take, from looking up the name to the last byte."""
LARGEST = 20_000_000
"""Bytes of a fetched document."""
LARGEST_CODE = 5_000_000
"""Bytes of a file of source code; larger ones are data."""
_HOPS = 5
_NOT_OURS = ("node_modules", "__pycache__")


def read_source(source: str, settings: Settings) -> tuple[str, bytes]:
    """What messages call the source, and its bytes; `-` is standard input.

    Raises:
        MissingFile: a file that cannot be read.
        FetchError: an address that does not give a document within the limits.
        UsageError: no address of the web.
    """
    if "://" in source:
        return source, fetch(source, settings)
    return "stdin" if source == "-" else source, read_whole(source)


def source_files(paths: Iterable[str]) -> Iterator[Path]:
    """The files of source code among these files and in these folders, in order.

    Hidden folders, what package managers fetched, and files above LARGEST_CODE are left out of folders.

    Raises:
        MissingFile: there is none of this name, or it cannot be read.
    """
    for path in map(Path, paths):
        if path.is_dir():
            for folder, folders, files in os.walk(path):
                hidden = [one for one in folders if one.startswith(".") or one in _NOT_OURS]
                folders[:] = sorted(set(folders) - set(hidden))
                for file in sorted(Path(folder, name) for name in files):
                    if file.is_file() and file.stat().st_size <= LARGEST_CODE:
                        yield file
        elif path.is_file() and os.access(path, os.R_OK):
            yield path
        else:
            raise MissingFile(f"{path}: no file that can be read")


def fetch(url: str, settings: Settings, *, seconds: float = SECONDS) -> bytes:
    """The body that an address answers with.

    Raises:
        FetchError: no answer, another status than 200, too slow, too large.
        UsageError: no address of the web.
    """
    parts, until = urlsplit(url), time.monotonic() + seconds
    headers = {
        "User-Agent": settings.user_agent,
        "Referer": f"{parts.scheme}://{parts.netloc}/",  # without one CAC answers with nothing
    }
    client = httpx.Client(
        headers=headers, follow_redirects=True, max_redirects=_HOPS, timeout=seconds,
        proxy=settings.proxy or None,
    )  # fmt: skip
    body = bytearray()
    try:
        with client, client.stream("GET", url) as answer:
            if answer.status_code != httpx.codes.OK:
                raise FetchError(f"{url}: status {answer.status_code}")
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise FetchError(f"{url}: more than {LARGEST // 1_000_000} MB")
                if time.monotonic() > until:
                    raise TimeoutError
    except (TimeoutError, httpx.TimeoutException) as error:
        raise FetchError(f"{url}: no whole answer within {seconds:g} s") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise UsageError(f"{url}: not an address of the web ({error})") from error
    except httpx.HTTPError as error:
        raise FetchError(f"{url}: {error or type(error).__name__}") from error
    return bytes(body)


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
    head.append(verdict_head(judgement, language))
    if judgement.verdict is not Verdict.ACTIVE:
        head.append(f"  {judgement.reasons[0].say(language)}")
    console.print(head)


def _print(console: Console, name: str, items: Sequence[ScannedNumber], language: Language) -> None:
    for item in items:
        judgement = item.judgement
        head = verdict_head(judgement, language).append(f"  {_where(item, language)}", "dim")
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
