"""A server to measure: Suanbei's app and a bare FastAPI app with ready-made answers, one worker.

`python -m bench.frame.serving HOME PORT < numbers`: prints "ready" once it answers. What begins
with /bare goes to the bare app, past our middleware; /behind-middleware is a ready-made answer behind it.
"""

import sys
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path

from fastapi import FastAPI, Response
from starlette.types import Receive, Scope, Send

from bench.frame.inputs import settings_of
from suanbei.common.logging import set_up_logs
from suanbei.common.texts import Language
from suanbei.registry.database import open_database
from suanbei.registry.verify import judge, verdict_json
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.responses import json_answer
from suanbei.search_api.server import bind, run

JSON = "application/json"


class Both(FastAPI):
    """Hands requests to one of two apps by path; itself it costs one comparison."""

    def __init__(self, ours: FastAPI, bare: FastAPI) -> None:
        super().__init__()
        self._ours, self._bare = ours, bare
        self.state = ours.state  # the server asks for the settings there

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_bare = scope["type"] == "http" and scope["path"] == "/bare"
        await (self._bare if is_bare else self._ours)(scope, receive, send)


def add_ready_made(app: FastAPI, path: str, answers: Iterable[bytes]) -> None:
    """A route that gives answers in turn, made beforehand."""
    turn = cycle(answers)

    @app.get(path)
    async def ready_made() -> Response:
        return Response(content=next(turn), media_type=JSON)


def main() -> None:
    """Serve until told to end."""
    home, port = Path(sys.argv[1]), int(sys.argv[2])
    numbers = sys.stdin.read().split("\n")
    settings = settings_of(home)
    set_up_logs(settings)
    database = open_database(settings)
    with database.read() as session:
        judgements = judge(session, [(number, "") for number in numbers])
    language = Language.EN
    answers = [bytes(json_answer(verdict_json(one, language)).body) for one in judgements]
    ours, bare = create_app(Services(settings, database)), FastAPI()
    add_ready_made(bare, "/bare", answers)
    add_ready_made(ours, "/behind-middleware", answers)
    # A route is found in the order of adding: this one before those that take any path.
    ours.router.routes.insert(0, ours.router.routes.pop())
    run(Both(ours, bare), bind("127.0.0.1", port), lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
