"""Puts faults into the code, one at a time, and sees whether a test fails: `make mutants`.

    python -m tests.mutants [--most N] [PART…]     modules whose path holds one of the parts; all without

By hand, not part of `make test`: a module takes a minute or two. It works in a copy of the project. A mutant
is killed when a test fails or hangs, and has lived when none does. One that cannot even be imported counts as neither.
What it said last, and why some live, stands in docs/measurements.md.
"""

import argparse
import importlib
import itertools
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path

from tests.mutants.mutate import sample
from tests.mutants.targets import TARGETS

ROOT = Path(__file__).parents[2]
MOST = 30
"""Mutants of a module, unless --most says another number."""
_PRELOADED = (
    "pytest", "hypothesis", "sqlalchemy.orm", "fastapi", "starlette.testclient", "httpx", "lxml.html", "bs4",
    "pdfplumber", "pypdfium2", "openpyxl", "docx", "reportlab.pdfgen.canvas", "orjson", "pydantic_settings", "typer",
    "rich.console", "alembic.command", "rapidfuzz", "opencc", "pypinyin", "yaml", "joserfc.jws", "xlsxwriter",
)  # fmt: skip
"""Imported once, before the forks: most of what a run would take. Nothing of Suanbei is among them."""
_OPTIONS = (
    "-x", "-q", "-p", "no:cacheprovider", "--no-header", "-W", "ignore:Module already imported",
    "-p", "pytest_timeout", "-p", "anyio", "-p", "_hypothesis_pytestplugin",
    "-k", "not linear_time and not any_order",
    "-m", "not official and not browser and not postgres and not meilisearch and not makers",
)  # fmt: skip
_TIMES = itertools.count(1_000_000_000)


def main(arguments: list[str]) -> int:
    """Try the modules; 1 if a mutant lived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args(arguments)
    parts = options.parts or [""]
    chosen = [name for name in TARGETS if any(part in name for part in parts)]
    for name in _PRELOADED:
        importlib.import_module(name)
    os.environ |= {"SUANBEI_TEST_DATABASES": "sqlite", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, symlinks=True, ignore=_left_out)
        counts = [_try_module(copy, name, options.most) for name in chosen]
    tried, lived = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
    print(f"{len(chosen)} modules, {tried} mutants, {tried - lived} killed, {lived} lived")
    return 1 if lived else 0


def _left_out(folder: str, names: list[str]) -> set[str]:
    left = {
        ".git",
        ".venv",
        "__pycache__",
        "artefacts",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
    }
    return left & set(names)


def _try_module(copy: Path, name: str, most: int) -> tuple[int, int]:
    """How many mutants of a module changed something, and how many of them lived."""
    path, tests = copy / name, TARGETS[name]
    source = path.read_text("utf-8")
    began = time.monotonic()
    if (code := _run(copy, tests, 300)) != 0:
        print((copy.parent / "output").read_text("utf-8", "replace")[-2000:])
        print(f"{name}: its tests fail without a mutant (exit code {code})", flush=True)
        return 0, 1
    timeout = 30 + 3 * (time.monotonic() - began)
    killed = unfit = 0
    lived = []
    for mutant in sample(path, most):
        _write(path, mutant.apply(source))
        code = _run(copy, tests, timeout)
        if code == 0:
            lived.append(mutant.describe(source))
        elif code in {1, None}:
            killed += 1
        else:
            unfit += 1
    _write(path, source)
    tried = killed + len(lived)
    print(f"{name}: {tried} mutants, {killed} killed, {unfit} not importable", flush=True)
    for line in lived:
        print(f"    lived, line {line}", flush=True)
    return tried, len(lived)


def _write(path: Path, text: str) -> None:
    """Write a module under a time of its own: compiled code is kept by time and size."""
    path.write_text(text, "utf-8")
    moment = next(_TIMES)
    os.utime(path, (moment, moment))


def _run(copy: Path, tests: tuple[str, ...], seconds: float) -> int | None:
    """The exit code of pytest in a fork of this process; None if it took too long."""
    child = os.fork()
    if child == 0:
        _test_in_child(copy, tests)
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        return None
    finally:
        with suppress(ProcessLookupError):  # also what the tests have started
            os.killpg(child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(child, 0)


def _test_in_child(copy: Path, tests: tuple[str, ...]) -> None:
    code = 70
    try:
        os.setsid()
        os.chdir(copy)
        output = os.open(copy.parent / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        _forget_ours()
        sys.path.insert(0, str(copy))
        os.environ["PYTHONPATH"] = str(copy)
        code = int(sys.modules["pytest"].main([*_OPTIONS, *tests]))
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        os._exit(code)


def _forget_ours() -> None:
    """Have the project's modules imported anew, from the copy."""
    for name in list(sys.modules):
        if name.partition(".")[0] in {"suanbei", "tests", "deploy", "bench"}:
            del sys.modules[name]
    sys.path[:] = [one for one in sys.path if one not in {"", str(ROOT)}]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
