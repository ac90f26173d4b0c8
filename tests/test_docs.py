"""Documents that must follow the code."""

import ast
import doctest
import importlib
import re
from pathlib import Path

import pytest

from deploy.generated_files import MAN, README, man_page, readme
from suanbei.common.settings import settings_table

ROOT = Path(__file__).parents[1]
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
NAMED = re.compile(r"`([\w/.]+\.py)`(?:\s+`(\w+)`)?")
"""A file of the tour, and the function or class that is named after it."""
WITH_EXAMPLES = sorted(
    ".".join(("suanbei", *path.relative_to(ROOT).with_suffix("").parts))
    for folder in ("alerts", "common", "crawler", "parsers", "registry", "search_api")
    for path in (ROOT / folder).rglob("*.py")
    if "\n    >>> " in path.read_text("utf-8")
)
LATER_NAME = re.compile(r"`([a-z_/]+\.(?:py|yml|po|md))`|`((?:[a-z_]+/)+)`")


def test_every_setting_is_documented() -> None:
    """README's table is the one that the code makes, and no setting lacks a meaning."""
    assert readme() == README.read_text("utf-8"), "python -m deploy.generated_files"
    assert all(row.help for row in settings_table())


def test_the_readme_leads_to_every_guide() -> None:
    """A guide that is not linked is not found."""
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", README.read_text("utf-8")))
    assert linked == {path.name for path in (ROOT / "docs").glob("*.md")}


def test_the_man_page_is_the_command_line_as_it_is() -> None:
    """Every command and option, as its help has them."""
    assert man_page() == MAN.read_text("utf-8"), "python -m deploy.generated_files"


def test_every_option_says_what_it_is_for() -> None:
    """A blank line in the manual page would be one that does not."""
    assert re.findall(r"^\.B (.+)\n\n", man_page(), re.MULTILINE) == []


def test_the_tour_names_what_is_there() -> None:
    """A newcomer who follows CONTRIBUTING finds every file, and the function that stands beside it."""
    text = " ".join(CONTRIBUTING.read_text("utf-8").split())
    named = NAMED.findall(text)
    assert len(named) > 30
    missing = [path for path, _ in named if not (ROOT / path).is_file()]
    missing += [
        f"{path} {name}" for path, name in named if name and name not in definitions(ROOT / path)
    ]
    assert missing == []


def test_every_place_of_the_table_exists() -> None:
    """“I want to change X: look here.”"""
    places = [one or other for one, other in LATER_NAME.findall(CONTRIBUTING.read_text("utf-8"))]
    assert [one for one in places if not (ROOT / one).exists()] == []


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_of_a_module_are_true(module: str) -> None:
    """Those in its docstrings, which nobody would look for when the code changes."""
    told = doctest.testmod(importlib.import_module(module))
    assert told.attempted
    assert not told.failed


def definitions(path: Path) -> set[str]:
    """Functions and classes of a file."""
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text("utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
