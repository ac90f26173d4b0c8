"""nginx for a trial, with the very configuration that deploy/nginx.conf gives as an example."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.trial.processes import free_port, running, wait_for

EXAMPLE = Path(__file__).parents[1] / "nginx.conf"
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
