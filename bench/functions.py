"""How much code a question goes through: functions of ours entered, and their files.

`python -m bench.functions` names them. Counted with a profile hook over all threads, each function once, on the shipped
data: a listed number and a search over HTTP, and a list of three rows read and imported. What every request passes
(the edge) is counted apart from the way of a question, from its route to the bytes of its answer. The first request of
each kind compiles templates and opens files and is not counted; the second one asks something else, so that no cache
answers it.
"""

import io
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType

from docx import Document
from starlette.testclient import TestClient

from bench.frame import Row, at_most
from suanbei.common.settings import Settings
from suanbei.parsers import parse_document
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import Import, import_document
from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services

LIBRARIES = ("fastapi", "sqlalchemy", "tantivy")
PARTS = ("alerts", "common", "crawler", "parsers", "registry", "search_api")
EDGE = (
    "common/deadline.py",
    "search_api/errors.py",
    "search_api/keys.py",
    "search_api/limits.py",
    "search_api/middleware.py",
    "search_api/response_cache.py",
)
"""The files of what every request passes: its log, errors, limits, ETag and cached answers."""
EDGE_AIM = 18
REQUESTS = (
    ("GET /v1/verify, a listed number", "/v1/verify?number=", 20,
     ("网信算备330110507206401230027号", "网信算备330110507206401230035号")),
    ("GET /v1/filings?q=…", "/v1/filings?q=", 50, ("百度", "抖音")),
)  # fmt: skip
"""What is asked: its name, its address, the functions aimed at, a first and a second question."""
IMPORTED, IMPORT_AIM = "a list read and imported", 80
HEADER = ["序号", "算法名称", "角色", "主体名称", "应用产品", "主要用途", "备案编号", "备注"]
ROWS = (
    ("1", "示例对话算法", "服务提供者", "示例（北京）科技有限公司", "示例(APP)", "用于对话。",
     "网信算备110108999999901260018号", ""),
    ("2", "示例绘图算法", "服务技术支持者", "示例（北京）科技有限公司", "--", "用于绘图。",
     "网信算备110108999999901260026号", ""),
    ("3", "示例语音算法", "服务提供者", "范例（上海）科技有限公司", "范例(网站)", "用于语音。",
     "网信算备310115999999801260013号", "原主体名称“范例上海有限公司”变更为“范例（上海）科技有限公司”"),
)  # fmt: skip

Function = tuple[str, int, str]
"""File below the project, line, name."""


def measure(_turns: int) -> Iterator[Row]:
    """Count; counting twice would give the same."""
    for name, aim, entered in counted():
        files = {file for file, _, _ in entered}
        yield Row(f"functions, {name}", "", [len(entered)], target=at_most(aim))
        yield Row(f"files, {name}", "", [len(files)])


def counted() -> Iterator[tuple[str, int, set[Function]]]:
    """Each thing that is done, the functions aimed at, and those entered."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        database = Database(settings.database)
        database.migrate()
        load_snapshot(database, SNAPSHOT)
        services = Services(settings, database)
        services.engine.refresh()  # under the hook it would take longer than a request may
        recorder = Recorder()
        with TestClient(create_app(services)) as client:
            for name, address, aim, (first, second) in REQUESTS:
                client.get(address + first).raise_for_status()
                entered = recorder.of(partial(client.get, address + second))
                edge = {function for function in entered if function[0] in EDGE}
                if address == REQUESTS[0][1]:
                    yield "the edge of every request", EDGE_AIM, edge
                yield name, aim, entered - edge
        yield IMPORTED, IMPORT_AIM, recorder.of(partial(take_in, database, list_of(ROWS)))
        recorder.stop()
        database.close()


def take_in(database: Database, data: bytes) -> None:
    """Read and import a document."""
    parsed = parse_document(data, name="第十九批.docx")
    import_document(database, Import(parsed, sha256="0" * 64, size=len(data)))


def list_of(rows: tuple[tuple[str, ...], ...]) -> bytes:
    """A deep-synthesis list as DOCX."""
    document = Document()
    document.add_paragraph("境内深度合成服务算法备案清单（2026年9月）")
    table = document.add_table(0, len(HEADER))
    for cells in (HEADER, *rows):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class Recorder:
    """Notes the functions of ours that are entered, in every thread started after it."""

    def __init__(self) -> None:
        self.entered: set[Function] | None = None
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def of(self, work: Callable[[], object]) -> set[Function]:
        """The functions that `work` enters; comprehensions and lambdas belong to theirs."""
        self.entered = entered = set()
        work()
        self.entered = None
        return entered

    def stop(self) -> None:
        """Take the hooks away."""
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if self.entered is None or event != "call" or code.co_name.startswith("<"):
            return
        path = code.co_filename.partition("/suanbei/")[2]
        if path.startswith(PARTS):
            self.entered.add((path, code.co_firstlineno, code.co_qualname))


def main() -> None:
    """Name every function, in the order of the files."""
    for name, aim, entered in counted():
        files = {file for file, _, _ in entered}
        print(f"\n{name}: {len(entered)} functions in {len(files)} files (aim: {aim})")
        for file, line, function in sorted(entered):
            print(f"    {file}:{line} {function}")


if __name__ == "__main__":
    main()
