"""What `make mutants` works on exists, and its sample stays the same while the lines do."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import ROOT
from tests.mutants.mutate import sample
from tests.mutants.targets import TARGETS

SOURCE = """
@cache
def f(n: int | None = None) -> bool:
    return n == 1 and n + 2 > 3
"""


def test_every_target_and_its_tests_are_there() -> None:
    """A module that was moved would else be passed over."""
    named = {*TARGETS, *(test for tests in TARGETS.values() for test in tests)}
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []


def test_an_exception_with_a_dot_is_left_out(tmp_path: Path) -> None:
    """The library fails on it, and would end the whole run."""
    module = tmp_path / "module.py"
    module.write_text(
        "try:\n    f(1 + 1)\nexcept (Error, a.Error):\n    g()\nexcept Error:\n    h()\n"
    )
    mutants = sample(module, 100)
    assert {one.line for one in mutants if "Exception" in one.operator} == {5}
    assert all(one.apply(module.read_text()) for one in mutants)


def test_what_is_sampled_changes_what_the_module_does(tmp_path: Path) -> None:
    """Each place once, before any a second time; no types, no caches; the same after a move."""
    module = tmp_path / "module.py"
    module.write_text(SOURCE)
    mutants = sample(module, 100)
    assert {mutant.line for mutant in mutants} == {4}
    assert len({mutant.apply(SOURCE) for mutant in mutants}) == len(mutants) > 10
    few = sample(module, 4)
    module.write_text("import this\n" + SOURCE)
    assert [one.operator for one in sample(module, 4)] == [one.operator for one in few]
    with pytest.raises(LookupError):
        few[0].apply("")
