"""The `suanbei` command: puts the parts together.

Exit codes: 0 all well; 1 the answer is "no"; 2 wrong use; 3 could not do it, nothing half done.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from suanbei.common.errors import SuanbeiError
from suanbei.common.files import write_whole
from suanbei.common.lazy_commands import LazyCommands
from suanbei.common.logging import set_up_logs
from suanbei.common.settings import Settings, settings_table
from suanbei.common.texts import Language, Text, language_of

if TYPE_CHECKING:
    from suanbei.registry.database import Database


class Commands(LazyCommands):
    """All commands; what those below need besides settings they import when they run."""

    modules: ClassVar = {
        "suanbei.crawler.commands": ("crawl", "import", "parse"),
        "suanbei.crawler.status_commands": ("status",),
        "suanbei.search_api.commands.verify": ("verify",),
        "suanbei.search_api.commands.search": ("search",),
        "suanbei.search_api.commands.stats": ("stats",),
        "suanbei.search_api.commands.export": ("export",),
        "suanbei.search_api.commands.reindex": ("reindex",),
        "suanbei.search_api.commands.admin": ("copy", "backup", "restore", "key"),
        "suanbei.alerts.commands": ("subscriptions",),
    }


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="算备：算法与生成式人工智能备案登记簿。The open registry of China's algorithm filings.",
)
READY = Text(
    "算备已就绪：{url}　（{filings} 条备案；Ctrl-C 停止）",
    "Suanbei is ready: {url}  ({filings} filings; Ctrl-C stops it)",
)
LOADED = Text(
    "已载入随附快照：{documents} 份清单，{rows} 行",
    "loaded the shipped snapshot: {documents} lists, {rows} rows",
)
NOT_EMPTY = Text("登记簿已有数据，未作改动", "the registry holds lists already: nothing to do")
WATCHING = Text("算备正在值守（Ctrl-C 停止）", "Suanbei is watching (Ctrl-C stops it)")
Host = Annotated[str, typer.Option(help="address to listen on")]
Port = Annotated[int, typer.Option(help="port to listen on", min=0, max=65535)]


@app.command()
def up(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """API, pages and scheduler in one process; loads the snapshot first. 一键启动。"""
    from suanbei.registry.database import open_database
    from suanbei.registry.importing.snapshot import is_empty

    conf = Settings.load().listening_on(host, port)
    language, database = language_of(conf.language), open_database(conf)
    if is_empty(database):
        _load(database, language)
    with _watching(conf, database):
        _serve(conf, database, host, port)


@app.command()
def watch() -> None:
    """Scheduler, crawl, import and delivery, as many processes as wanted. 值守：抓取与投递。"""
    from suanbei.registry.database import open_database

    conf = Settings.load()
    set_up_logs(conf, logging.INFO)
    for name in ("apscheduler", "httpx", "apprise"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with _watching(conf, open_database(conf)):
        typer.echo(WATCHING.say(language_of(conf.language)))
        threading.Event().wait()


@contextmanager
def _watching(conf: Settings, database: "Database") -> Iterator[None]:
    """Crawl and deliver in the background; a signal ends it with everything put away."""
    from suanbei.alerts.worker import DeliveryWorker
    from suanbei.crawler.scheduler import Scheduler
    from suanbei.registry.parts import Supervisor

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    supervisor = Supervisor(
        database,
        {
            "scheduler": lambda: Scheduler(conf, database),
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
def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """API and pages only. 仅启动接口与页面。"""
    from suanbei.registry.database import open_database

    conf = Settings.load().listening_on(host, port)
    _serve(conf, open_database(conf), host, port)


def _serve(conf: Settings, database: "Database", host: str, port: int) -> None:
    from suanbei.alerts.channels import check_target
    from suanbei.crawler.archive import Archive
    from suanbei.crawler.pictures import Pictures
    from suanbei.parsers.find_numbers import find_in_subprocess
    from suanbei.registry.queries.filings import count_filings
    from suanbei.search_api.app import create_app
    from suanbei.search_api.deps import Services
    from suanbei.search_api.search.sync import keeping_up
    from suanbei.search_api.server import run

    set_up_logs(conf)
    services = Services(
        conf,
        database,
        row_picture=Pictures(Archive(conf.archive)),
        check_target=partial(check_target, settings=conf),
        numbers_in=find_in_subprocess,
    )
    language = language_of(conf.language)
    with database.read() as session:
        filings = count_filings(session)
    url = f"http://{host}:{port}"

    def ready() -> None:
        typer.echo(READY.say(language, url=url, filings=filings))

    with keeping_up(services):
        run(create_app(services), host, port, ready)


@app.command()
def evidence(
    number: Annotated[str, typer.Argument(help="a filing number")],
    output: Annotated[Path, typer.Option("-o", "--output", help="the picture, PNG")],
    batch: Annotated[str, typer.Option(help="of this list; else of the newest")] = "",
) -> None:
    """A picture of the published row. 生成备案所在行的图片。"""
    from suanbei.crawler.archive import Archive
    from suanbei.crawler.pictures import Pictures
    from suanbei.registry.database import open_database
    from suanbei.search_api.evidence import find_evidence

    conf = Settings.load()
    with open_database(conf).read() as session:
        found = find_evidence(session, number, batch)
    picture = found.draw(Pictures(Archive(conf.archive)))
    write_whole(output, picture)
    typer.echo(f"{output}: {found.sha256}, table {found.table}, row {found.row}")


@app.command()
def scan(
    source: Annotated[str, typer.Argument(help="a text, HTML or PDF: a file, an address, or -")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per line")] = False,
) -> None:
    """The numbers in a document, each verified. 找出文档中的全部备案编号并逐一核对。"""
    from suanbei.parsers.find_numbers import find_in_subprocess
    from suanbei.search_api.commands.scan import scan_numbers
    from suanbei.search_api.commands.sources import read_source

    conf = Settings.load()
    name, data = read_source(source, conf)
    raise typer.Exit(scan_numbers(conf, name, find_in_subprocess(data, name), as_json=as_json))


@app.command()
def doctor(
    archive: Annotated[
        bool, typer.Option("--archive", help="hash every document; rebuild and compare")
    ] = False,
) -> None:
    """Look at everything; with --archive, that the registry follows from its documents. 自检。"""
    from suanbei.crawler.doctor import check_archive, examine_archive
    from suanbei.registry.database import Database, open_database
    from suanbei.registry.doctor import Health, examine, told
    from suanbei.search_api.deps import Services
    from suanbei.search_api.doctor import examine_index

    conf = Settings.load()
    language, database = language_of(conf.language), Database(conf.database)
    marks = {Health.OK: "✔", Health.WARN: "!", Health.BAD: "✘"}
    healthy = True
    for look in (
        lambda: examine(open_database(conf), conf),
        lambda: examine_archive(conf, database),
        lambda: examine_index(Services(conf, database).engine),
    ):
        for finding in told(look):
            typer.echo(f"{marks[finding.health]} {finding.text.say(language)}")
            healthy = healthy and finding.health is not Health.BAD
    if archive:
        healthy = check_archive(conf, database) and healthy
    raise typer.Exit(0 if healthy else 1)


@app.command()
def settings() -> None:
    """Every setting, its value and what it means. 列出全部设置。"""
    for row in settings_table(Settings.load()):
        typer.echo(f"{row.name}={row.shown}\n    {row.help}")


@app.command()
def load() -> None:
    """Load the shipped snapshot, if the registry is empty. 载入随附快照。"""
    from suanbei.registry.database import open_database
    from suanbei.registry.importing.snapshot import is_empty

    conf = Settings.load()
    language, database = language_of(conf.language), open_database(conf)
    if is_empty(database):
        _load(database, language)
    else:
        typer.echo(NOT_EMPTY.say(language))


def _load(database: "Database", language: Language) -> None:
    from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot

    loaded = load_snapshot(database, SNAPSHOT)
    typer.echo(LOADED.say(language, documents=loaded.documents, rows=loaded.rows))


@app.command()
def snapshot(
    path: Annotated[
        Path | None, typer.Argument(help="where to write it; else in the place of the shipped one")
    ] = None,
) -> None:
    """Write the facts of every list known, as they ship. 写出快照。"""
    from suanbei.registry.database import open_database
    from suanbei.registry.importing.snapshot import SNAPSHOT, write_snapshot

    target, database = path or SNAPSHOT, open_database(Settings.load())
    written = write_snapshot(database, target)
    size = target.stat().st_size
    typer.echo(f"{target}: {written.documents} documents, {written.rows} rows, {size} bytes")


def main() -> None:
    """Run the command line: an error is one line on stderr and its exit code.

    Files are made for their owner alone: registry, archive and uploads are nobody else's business.
    """
    os.umask(0o077)
    try:
        app()
    except SuanbeiError as error:
        sys.stderr.write(f"suanbei: {error}\n")
        raise SystemExit(error.exit_code) from error


if __name__ == "__main__":
    main()
