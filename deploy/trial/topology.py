"""The topology of deploy/compose.yaml as real processes on loopback."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from deploy.trial.postgres import Cluster, binaries, cluster
from deploy.trial.processes import (
    Process,
    environment,
    free_port,
    running,
    suanbei,
    wait_for,
    wait_for_word,
)
from deploy.trial.proxy import nginx


@dataclass(slots=True)
class Topology:
    """What runs: the address of the proxy, the servers by port, the watchers."""

    folder: Path
    database: Cluster
    settings: dict[str, str]
    stack: ExitStack
    proxy: str = ""
    servers: dict[int, Process] = field(default_factory=dict)
    watchers: list[Process] = field(default_factory=list)
    logs: Iterator[int] = field(default_factory=count)

    def run(self, *words: str) -> str:
        """A command of Suanbei with the settings of all; returns what it printed.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        done = subprocess.run(
            suanbei(*words), env=environment(**self.settings), check=True, timeout=300,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout.decode()

    def serve(self, port: int) -> None:
        """Start a server."""
        words = suanbei("serve", "--port", str(port))
        log = self.folder / f"serve-{port}.log"
        process = running(words, environment(**self.settings), log)
        self.servers[port] = self.stack.enter_context(process)
        wait_for(f"http://127.0.0.1:{port}/health/live", process=self.servers[port])

    def watch(self) -> Process:
        """Start a watcher; it watches when this returns."""
        log = self.folder / f"watch-{next(self.logs)}.log"
        process = running(suanbei("watch"), environment(**self.settings), log)
        self.watchers.append(self.stack.enter_context(process))
        wait_for_word("is watching", log, self.watchers[-1])
        return self.watchers[-1]


@contextmanager
def topology(servers: int = 2, watchers: int = 2, **settings: str) -> Iterator[Topology]:
    """PostgreSQL, servers, watchers and nginx; everything is removed at the end.

    Raises:
        FileNotFoundError: PostgreSQL or nginx is not installed.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("PostgreSQL is not installed (apt-get install postgresql)")
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="suanbei-trial-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        database = stack.enter_context(cluster(programs))
        values = {
            "HOME": str(folder / "home"),
            "DATABASE_URL": database.url(database.create()),
            "PUBLIC_URL": "http://suanbei.example",  # one for all: it is in links, and so in ETags
            "TRUSTED_PROXIES": "127.0.0.1",
            "CACHE_SECONDS": "1",
            "LOG_FORMAT": "json",
            "LANGUAGE": "en",
            "SCHEDULE": "",
            "FULL_SCHEDULE": "",
        }
        (folder / "home").mkdir()
        whole = Topology(folder, database, values | settings, stack)
        ports = [free_port() for _ in range(servers)]
        whole.run("load")
        for port in ports:
            whole.serve(port)
        for _ in range(watchers):
            whole.watch()
        whole.proxy = stack.enter_context(nginx(folder, ports))
        yield whole
