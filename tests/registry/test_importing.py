"""Imports within functions: threads that are the first to need a package do not get in each other's way."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMANDS = ROOT / "search_api" / "commands"
"""A command is a process with one thread."""
SERVING = [
    path
    for name in ("registry", "search_api")
    for path in sorted((ROOT / name).rglob("*.py"))
    if not path.is_relative_to(COMMANDS)
]
FIRST_NEEDED_BY_TWO = """
import sys, threading
from suanbei.registry.cells.names import match_entity
from suanbei.search_api.search.spelling import spell

sys.setswitchinterval(1e-5)
barrier, failed = threading.Barrier(8), []

def ask(place):
    barrier.wait()
    try:
        spell("百度") if place % 2 else match_entity("baidu", current="百度在线网络技术有限公司")
    except BaseException as error:
        failed.append(repr(error))

threads = [threading.Thread(target=ask, args=(place,)) for place in range(8)]
[one.start() for one in threads]
[one.join() for one in threads]
sys.exit("; ".join(failed) or 0)
"""


def late_imports(tree: ast.AST) -> Iterator[ast.stmt]:
    """Imports within functions, but for those within `with importing:`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _bare(node.body)


def _bare(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for one in body:
        if isinstance(one, ast.Import | ast.ImportFrom):
            yield one
        elif isinstance(one, ast.With):
            held = [ast.unparse(item.context_expr) for item in one.items]
            yield from () if held == ["importing"] else _bare(one.body)
        elif not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _bare([n for n in ast.iter_child_nodes(one) if isinstance(n, ast.stmt)])


def test_what_serves_imports_one_at_a_time() -> None:
    """A request must not fail because another one is the first to need the same package."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in SERVING}
    found = [f"{path}:{one.lineno}" for path, tree in trees.items() for one in late_imports(tree)]
    assert not found


def test_the_check_sees_imports_that_are_not_guarded() -> None:
    """It would else pass whatever is written."""
    text = (
        "def f():\n if x:\n  import a\n with importing:\n  import b\n with c:\n  from d import e\n"
    )
    assert [one.lineno for one in late_imports(ast.parse(text))] == [3, 7]


def test_two_ways_into_a_package_at_once() -> None:
    """Seen under load: a search and a claimed company, both the first to spell Chinese."""
    words = [sys.executable, "-c", FIRST_NEEDED_BY_TWO]
    done = subprocess.run(words, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
