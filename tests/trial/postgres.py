"""A throw-away PostgreSQL cluster for tests and trials: on a socket in a folder of its own, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Composed, Identifier

BINARIES = Path("/usr/lib/postgresql")
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "log_min_messages": "fatal",
}
TEMPLATE = "suanbei_template"
_names = count(1)


def binaries() -> Path | None:
    """Debian's newest PostgreSQL, or the one on the path; None without any."""
    for folder in sorted(BINARIES.glob("*/bin"), key=lambda one: int(one.parent.name)):
        found = folder
    if list(BINARIES.glob("*/bin")):
        return found
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Cluster:
    """A server that runs; `stop` and `start` cut its clients off."""

    folder: Path
    programs: Path

    def url(self, database: str) -> str:
        """How SQLAlchemy reaches a database of this server."""
        return f"postgresql://suanbei@/{database}?host={quote(str(self.folder), safe='')}"

    def create(self, template: str = "template0") -> str:
        """A new database; returns its name. Sorting is not C: an operator's seldom is."""
        name = f"t{next(_names)}"
        if template == "template0":
            query = SQL(
                "CREATE DATABASE {} TEMPLATE template0 ICU_LOCALE 'en-US' LOCALE_PROVIDER icu"
            )
            self.execute(query.format(Identifier(name)))
        else:
            query = SQL("CREATE DATABASE {} TEMPLATE {}")
            self.execute(query.format(Identifier(name), Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is in it."""
        self.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def execute(self, query: Composed | str) -> None:
        """Run one statement as the server's owner."""
        where = {"host": str(self.folder), "user": "suanbei", "dbname": "postgres"}
        with psycopg.connect(**where, autocommit=True) as connection:  # type: ignore[arg-type]
            connection.execute(query)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in FAST.items())
        self._control("start", "-o", f"-k {self.folder} -c listen_addresses='' {options}")

    def stop(self) -> None:
        """Stop it at once: clients lose their connections."""
        self._control("stop", "-m", "immediate")

    def promote(self) -> None:
        """Have a standby take over: it follows nobody any more and may be written."""
        self._control("promote")

    def _control(self, *words: str) -> None:
        log = self.folder / "log"
        _run(self.programs / "pg_ctl", "-D", self.folder / "data", "-w", "-l", log, *words)


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """A new cluster, and its end."""
    with _folder() as folder:
        made = Cluster(folder, programs)
        _run(programs / "initdb", "-D", folder / "data", "-U", "suanbei", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        made.start()
        yield made


@contextmanager
def standby(primary: Cluster) -> Iterator[Cluster]:
    """A second server that follows the first until it is promoted, and its end."""
    with _folder() as folder:
        made = Cluster(folder, primary.programs)
        _run(primary.programs / "pg_basebackup", "-h", primary.folder, "-U", "suanbei",
             "-D", folder / "data", "-R", "-X", "stream", "-c", "fast", "--no-sync")  # fmt: skip
        made.start()
        yield made


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for a server, which is ended and removed at last."""
    folder = Path(tempfile.mkdtemp(prefix="suanbei-pg-"))
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        yield folder
    finally:
        _kill(folder / "data" / "postmaster.pid")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*words: Path | str) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *map(str, words)], cwd="/", check=False, text=True, timeout=120,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{Path(words[0]).name}: {done.stderr.strip()[-500:]}")


def _kill(pid_file: Path) -> None:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
        pid = int(pid_file.read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        for _ in range(100):
            os.kill(pid, 0)
            time.sleep(0.05)
