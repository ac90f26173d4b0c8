"""The `suanbei` command: puts the parts together.

Exit codes: 0 all well; 1 the answer is "no"; 2 wrong use; 3 could not do it, nothing half done.
"""

import errno
import gc
import io
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer
from typer.core import TyperGroup

from suanbei.common.dates import BEIJING
from suanbei.common.errors import RegistryError, SuanbeiError
from suanbei.common.files import STANDARD, write_whole
from suanbei.common.late_imports import importing
from suanbei.common.logging import log_last_words, set_up_logs
from suanbei.common.settings import Settings, local_url, unknown_variables
from suanbei.common.terminal import AsJson, open_closed_streams, print_answer
from suanbei.common.texts import Text, language_of

if TYPE_CHECKING:
    import socket

    from suanbei.registry.cells.numbers.find import FoundNumbers
    from suanbei.registry.database import Database


class Commands(TyperGroup):
    """All commands, in the order in which they are listed: first those of modules that are loaded when one
    of their commands is called (each has them in a Typer called `app`), then those below, which import
    what they need besides settings when they run."""

    modules: ClassVar = {
        "suanbei.crawler.commands": ("crawl", "import", "parse"),
        "suanbei.search_api.commands.status": ("status",),
        "suanbei.search_api.commands.verify": ("verify",),
        "suanbei.search_api.commands.receipt": ("receipt",),
        "suanbei.search_api.commands.search": ("search",),
        "suanbei.search_api.commands.stats": ("stats",),
        "suanbei.search_api.commands.export": ("export", "dataset"),
        "suanbei.search_api.commands.admin": (
            "copy", "backup", "restore", "key", "load", "snapshot", "settings", "reindex", "mcp",
        ),
        "suanbei.alerts.commands": ("subscriptions",),
    }  # fmt: skip

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands."""
        return [*(name for names in self.modules.values() for name in names), *self.commands]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name, None if there is none; its module is loaded."""
        for module, names in self.modules.items():
            if cmd_name in names:
                if module not in sys.modules:
                    gc.disable()  # what is loaded stays: to look through it takes a fifth of the time
                    import_module(module)
                    gc.freeze()
                    gc.enable()
                group = typer.main.get_group(sys.modules[module].app)
                return group.get_command(ctx, cmd_name)
        return super().get_command(ctx, cmd_name)

    def make_context(self, *args: Any, **named: Any) -> Any:
        """Read the command line; `--version` and `--help` are answered on the way."""
        with _writing():
            return super().make_context(*args, **named)

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        with _writing():
            return super().invoke(ctx)


@contextmanager
def _writing() -> Iterator[None]:
    """What cannot be written, be it for a closed pipe, is not done: Typer and Rich would end with 1, which is
    the answer "no"."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as error:  # whoever reads has had enough: nothing to tell
        if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
            raise
        _write_nowhere()
        raise typer.Exit(3) from error
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _write_nowhere()
        raise RegistryError(str(error)) from error


def _write_nowhere() -> None:
    """What is left to flush could not be written either, and Python would say so at the end."""
    with suppress(io.UnsupportedOperation):  # in a test
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="算备：算法与生成式人工智能备案数据库。The open registry of China's algorithm filings.",
)
READY = Text(
    "算备已就绪：{url}　（{filings} 项备案；Ctrl-C 停止）",
    "Suanbei is ready: {url}  ({filings} filings; Ctrl-C stops it)",
)
FIRST_PASS = Text(
    "首次检查官方来源：北京时间 {time} 起在后台进行；无法联网亦不影响查询",
    "the sources are looked at for the first time from {time} (Beijing time), in the background; "
    "without a network everything else works all the same",
)
EVIDENCE = Text(
    "{path}：{sha256}，第 {table} 表第 {row} 行", "{path}: {sha256}, table {table}, row {row}"
)
WATCHING = Text("算备正在监测（Ctrl-C 停止）", "Suanbei is watching (Ctrl-C stops it)")
Host = Annotated[str | None, typer.Option(help="address to listen on; else SUANBEI_HOST")]
Port = Annotated[
    int | None,
    typer.Option(help="port to listen on; else SUANBEI_PORT, PORT or 8000", min=0, max=65535),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"suanbei {version('suanbei')}")
        raise typer.Exit


@app.callback()
def suanbei(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="the version")
    ] = False,
) -> None:
    """算备：算法与生成式人工智能备案数据库。The open registry of China's algorithm filings."""
    log_last_words()
    for line in unknown_variables():
        typer.echo(f"suanbei: warning: {line}", err=True)


@app.command()
def up(host: Host = None, port: Port = None) -> None:
    """API, pages and scheduler in one process; loads the snapshot first. 一键启动。"""
    from suanbei.crawler.schedule import first_pass
    from suanbei.search_api.commands.opening import open_filled_apart

    conf, listening = _listen(host, port)
    with listening:
        database = open_filled_apart(conf)
        first = first_pass(database, conf)
        with _watching(conf, database, first):
            _serve(conf, database, listening, first)


@app.command()
def watch() -> None:
    """Scheduler, crawl, import and delivery, as many processes as wanted. 持续监测：抓取与投递。"""
    from suanbei.registry.database import open_database

    conf = Settings.load()
    set_up_logs(conf, logging.INFO)
    for name in ("httpx", "apprise", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with _watching(conf, open_database(conf)):
        _announce(WATCHING.say(language_of(conf.language)))
        threading.Event().wait()


@contextmanager
def _watching(
    conf: Settings, database: "Database", first: datetime | None = None
) -> Iterator[None]:
    """Crawl (from `first` on) and deliver in the background; a signal ends it with everything put away."""
    from suanbei.alerts.worker import DeliveryWorker
    from suanbei.crawler.scheduler import Scheduler
    from suanbei.registry.status import Supervisor

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    supervisor = Supervisor(
        database,
        {
            "scheduler": lambda: Scheduler(conf, database, first),
            "delivery": lambda: DeliveryWorker(database, conf),
        },
    )
    supervisor.start()
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        supervisor.stop()


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """API and pages only. 仅启动接口与页面。"""
    from suanbei.search_api.commands.opening import open_filled_apart

    conf, listening = _listen(host, port)
    with listening:
        database = open_filled_apart(conf)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the server has its own, and ends by it
        _serve(conf, database, listening)


def _listen(host: str | None, port: int | None) -> tuple[Settings, "socket.socket"]:
    """Bind the address of the options or settings; the settings returned have the port in use."""
    from suanbei.search_api.server import bind

    given = {name: one for name, one in (("host", host), ("port", port)) if one is not None}
    conf = Settings.load(**given)
    listening = bind(conf.host, conf.port)
    return Settings.load(**given | {"port": listening.getsockname()[1]}), listening


def _serve(
    conf: Settings, database: "Database", listening: "socket.socket", first: datetime | None = None
) -> None:
    from suanbei.alerts.channels import check_target
    from suanbei.crawler.archive import Archive, draw_row
    from suanbei.registry.queries.filings import count_filings
    from suanbei.search_api.app import create_app
    from suanbei.search_api.deps import Services
    from suanbei.search_api.search import keeping_up
    from suanbei.search_api.server import run

    set_up_logs(conf)
    services = Services(
        conf,
        database,
        row_picture=partial(draw_row, Archive(conf.archive)),
        check_target=partial(check_target, settings=conf),
        numbers_in=_numbers_in,
    )
    language = language_of(conf.language)
    with database.read() as session:
        filings = count_filings(session)
    url = local_url(conf.host, conf.port)

    def ready() -> None:
        _announce(READY.say(language, url=url, filings=filings))
        if first:
            _announce(FIRST_PASS.say(language, time=f"{first.astimezone(BEIJING):%H:%M:%S}"))

    with keeping_up(services.engine):
        run(create_app(services), listening, ready)


def _announce(text: str) -> None:
    """Print a line, where anybody reads it: a server does not end for that."""
    with suppress(OSError):
        typer.echo(text)


def _numbers_in(data: bytes, name: str) -> "FoundNumbers":
    """The numbers in an upload; the readers are loaded when the first one comes."""
    with importing:
        from suanbei.parsers.find_numbers import find_in_subprocess

    return find_in_subprocess(data, name)


@app.command()
def evidence(
    number: Annotated[str, typer.Argument(help="a filing number")],
    output: Annotated[Path, typer.Option("-o", "--output", help="the picture, PNG; - for stdout")],
    batch: Annotated[str, typer.Option(help="of this list; else of the newest")] = "",
    as_json: AsJson = False,
) -> None:
    """A picture of the published row. 生成备案所在行的图片。"""
    from suanbei.crawler.archive import Archive, draw_row
    from suanbei.search_api.commands.opening import open_filled
    from suanbei.search_api.routes.filings import find_evidence

    conf = Settings.load()
    with open_filled(conf).read() as session:
        found = find_evidence(session, number, batch)
    write_whole(output, found.draw(partial(draw_row, Archive(conf.archive))))
    print_answer(
        EVIDENCE, conf, as_json, err=output == STANDARD, path=output, sha256=found.sha256,
        table=found.table, row=found.row,
    )  # fmt: skip


@app.command()
def scan(
    sources: Annotated[
        list[str], typer.Argument(help="texts, HTML, PDF …: files, addresses, or -")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per line")] = False,
    source_code: Annotated[
        bool,
        typer.Option("--source-code", help="files and folders of code: none in them is no failure"),
    ] = False,
) -> None:
    """The numbers in documents, each verified. 找出文档中的全部备案编号并逐一核验。"""
    from suanbei.parsers.find_numbers import find_in_source_code, find_in_subprocess
    from suanbei.search_api.commands.scan import (
        read_source,
        scan_numbers,
        scan_source_code,
        source_files,
    )

    conf = Settings.load()
    if source_code:
        files = ((str(one), find_in_source_code(one.read_bytes())) for one in source_files(sources))
        raise typer.Exit(scan_source_code(conf, files, as_json=as_json))
    code = 0
    for source in sources:
        name, data = read_source(source, conf)
        found = find_in_subprocess(data, name)
        code = max(code, scan_numbers(conf, name, found, as_json=as_json))
    raise typer.Exit(code)


@app.command()
def doctor(
    archive: Annotated[
        bool, typer.Option("--archive", help="hash every document; rebuild and compare")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per finding")] = False,
) -> None:
    """Look at everything; with --archive, that the registry follows from its documents. 自检。"""
    from suanbei.crawler.doctor import check_archive, examine_archive, examine_font
    from suanbei.registry.database import Database
    from suanbei.registry.doctor import Health, examine, findings_of, has_this_schema
    from suanbei.search_api.commands.status import examine_index
    from suanbei.search_api.deps import Services

    conf = Settings.load()
    language, database = language_of(conf.language), Database(conf.database)
    marks = {Health.OK: "✔", Health.WARN: "!", Health.BAD: "✘"}
    healthy = True
    readable = has_this_schema(database)
    looks = [lambda: examine(database, conf), examine_font]
    if readable:
        looks += [
            lambda: examine_archive(conf, database),
            lambda: examine_index(Services(conf, database).engine),
        ]
    for look in looks:
        for finding in findings_of(look):
            text = finding.text.say(language)
            if as_json:
                typer.echo(json.dumps({"health": finding.health, "text": text}, ensure_ascii=False))
            else:
                typer.echo(f"{marks[finding.health]} {text}")
            healthy = healthy and finding.health is not Health.BAD
    if archive and readable:
        healthy = check_archive(conf, database) and healthy
    raise typer.Exit(0 if healthy else 1)


def main() -> None:
    """Run the command line: an error is one line on stderr and its exit code.

    Files are readable by their owner alone (umask 077). Ended from outside, a command puts away what it has begun.
    """
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal cannot say is no error
            stream.reconfigure(errors="replace")
    try:
        app()
    except SuanbeiError as error:
        sys.stderr.write(f"suanbei: {error}\n")
        raise SystemExit(error.exit_code) from error


if __name__ == "__main__":
    main()
