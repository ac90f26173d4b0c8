"""The topology of deploy/compose.yaml as real processes on loopback, behind nginx with deploy/nginx.conf.

`python -m tests.trial.topology` (`deploy/try.sh`) runs it until Ctrl-C.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.trial.postgres import Cluster, binaries, cluster
from tests.trial.processes import (
    ROOT,
    Process,
    environment,
    free_port,
    running,
    suanbei,
    wait_for,
    wait_for_word,
)

EXAMPLE = ROOT / "deploy" / "nginx.conf"
_FRAME = """\
{user}pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/temp;
    fastcgi_temp_path {folder}/t1; uwsgi_temp_path {folder}/t2; scgi_temp_path {folder}/t3;
    {include}
}}
"""


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


@contextmanager
def nginx(folder: Path, upstreams: list[int], static: Path | None = None) -> Iterator[str]:
    """A proxy before servers on these ports; yields its address.

    `static` is a folder that it serves under /static-file/ itself, to compare with.
    """
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        raise FileNotFoundError("nginx is not installed (apt-get install nginx-light)")
    port = free_port()
    conf = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""  # the trial's folder is nobody else's
    include = _fitted(EXAMPLE.read_text("utf-8"), folder, port, upstreams, static)
    conf.write_text(_FRAME.format(user=user, folder=folder, include=include), "utf-8")
    words = [program, "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]
    with running(words, dict(os.environ), folder / "nginx.log") as process:
        wait_for(f"http://127.0.0.1:{port}/health/live", process=process)
        yield f"http://127.0.0.1:{port}"


def _fitted(text: str, folder: Path, port: int, upstreams: list[int], static: Path | None) -> str:
    """The example with this trial's ports and folders."""
    servers = iter(upstreams)
    lines = []
    for line in text.splitlines():
        if line.strip().startswith("server 127.0.0.1:"):
            name = next(servers, None)
            options = line.split(maxsplit=2)[2]
            lines.append(f"server 127.0.0.1:{name} {options}" if name else "")
        else:
            lines.append(line)
    fitted = "\n".join(lines).replace("/var/cache/nginx/suanbei", str(folder / "cache"))
    fitted = fitted.replace("listen 80;", f"listen 127.0.0.1:{port};")
    if static:
        own = f"location /static-file/ {{ alias {static}/; default_type application/json; }}\n"
        fitted = fitted.replace("location = /metrics", f"{own}    location = /metrics")
    return fitted


def main() -> int:
    """Start everything, say where it is, and wait for Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # put away what was started then too
    try:
        with topology() as whole:
            ports = ", ".join(map(str, whole.servers))
            sys.stdout.write(
                f"Suanbei is ready: {whole.proxy}\n  servers on {ports}; {len(whole.watchers)} watchers\n"
                f"  database {whole.settings['DATABASE_URL']}\n  logs in {whole.folder}\nCtrl-C ends it.\n"
            )
            sys.stdout.flush()
            while True:
                time.sleep(3600)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
