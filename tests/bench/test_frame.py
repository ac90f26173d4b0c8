"""The frame of the benches: figures, targets, turns, processes, reports."""

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from rich.console import Console

import bench
import bench.__main__ as command
from bench.frame import Row, Unmeasured, at_least, at_most, in_turn
from bench.frame.inputs import environment_of, official, settings_of
from bench.frame.processes import run, run_python
from bench.frame.report import as_json, figure, print_rows


def test_a_ratio_is_ours_over_the_baseline_by_medians() -> None:
    """One slow run must not decide."""
    row = Row("x", "s", [1.0, 9.0, 2.0], [4.0, 4.0, 40.0], "other", at_most(0.5))
    assert row.ratio == 0.5
    assert row.is_met is True
    assert row.spread == (0.05, 2.25)


@pytest.mark.parametrize(
    ("value", "least", "most"), [(5.99, False, True), (6, True, True), (6.01, True, False)]
)
def test_a_limit_is_met_by_itself(value: float, least: bool, most: bool) -> None:
    """≥ and ≤ mean what they say."""
    assert at_least(6).is_met(value) is least
    assert at_most(6).is_met(value) is most


def test_without_a_baseline_the_target_is_for_our_own_figure() -> None:
    """Memory and seconds have limits of their own."""
    row = Row("peak", "MB", [310.0], target=at_most(300))
    assert (row.ratio, row.spread, row.is_met) == (None, None, False)
    assert Row("peak", "MB", [310.0]).is_met is None


def test_nothing_is_not_beaten_by_a_ratio() -> None:
    """A peer that reads no row right has no ratio, and no target is met by it."""
    row = Row("rows", "rows", [5.0], [0.0], "a peer", at_least(1))
    assert (row.ratio, row.spread, row.is_met) == (None, None, False)


def test_things_are_run_in_turn() -> None:
    """A busy minute of the machine is shared by both."""
    order: list[str] = []
    times = in_turn({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b"] * 3
    assert len(times["a"].wall) == len(times["b"].cpu) == 3


def test_a_command_tells_seconds_and_the_peak_of_its_largest_process() -> None:
    """A child's child counts; the size of the process that measures does not."""
    ballast = bytearray(300_000_000)
    small = run_python("pass")
    large = run_python(
        "import subprocess, sys;"
        "subprocess.run([sys.executable, '-c', 'len(bytearray(150_000_000))'])"
    )
    assert small.peak < 100
    assert 150 < large.peak < len(ballast) / 1e6
    assert large.wall > 0


def test_a_command_that_fails_is_not_measured() -> None:
    """The time of a failure is no time."""
    with pytest.raises(Unmeasured, match="exit code 3: sorry"):
        run([sys.executable, "-c", "import sys; sys.stderr.write('sorry'); sys.exit(3)"])
    assert run([sys.executable, "-c", "import sys; sys.exit(1)"], fine=(0, 1)).code == 1


def test_missing_lists_are_named() -> None:
    """A clone without the real lists says so."""
    with pytest.raises(Unmeasured, match=r"no_series.*is missing"):
        official("no_series/*.pdf")


def test_a_home_is_measured_without_settings_from_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A bench never touches the registry its user works with."""
    monkeypatch.setenv("SUANBEI_DATABASE_URL", "postgresql://elsewhere/registry")
    assert settings_of(tmp_path).database.startswith("sqlite:")
    assert "SUANBEI_DATABASE_URL" not in environment_of(tmp_path)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.04567, "0.0457"), (6.123, "6.12"), (99.96, "100"), (12345.6, "12,346")]
)
def test_figures_have_three_digits_that_count(value: float, shown: str) -> None:
    """Nobody reads more."""
    assert figure(value) == shown


def test_the_table_says_what_was_missed() -> None:
    """Figures, baseline, ratio, target, and NO."""
    told = io.StringIO()
    row = Row("pages", "pages/s", [30.0], [10.0], "the loop", at_least(6), "a note")
    print_rows(Console(file=told, width=160), "a bench", [row])
    for part in ("a bench", "the loop", "10 pages/s", "30 pages/s", "≥ 6", "NO", "a note"):
        assert part in told.getvalue()


def test_json_has_every_run() -> None:
    """Whoever doubts a median can look."""
    told = as_json(Row("x", "s", [1.0, 3.0], [2.0, 2.0], "other", at_most(2)))
    assert json.loads(json.dumps(told))["ours"] == {"runs": [1.0, 3.0], "median": 2.0}
    assert (told["ratio"], told["target"], told["met"]) == (1.0, "≤ 2", True)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A bench that keeps its target, then finds something missing."""
    module = ModuleType("bench.made_up", "Made up.\n\nMore.")

    def measure(turns: int) -> Iterator[Row]:
        yield Row("first", "s", [1.0] * turns, target=at_most(1))
        raise Unmeasured("the rest is not there")

    module.LIBRARIES = ("rich", "no-such-library")  # type: ignore[attr-defined]
    module.measure = measure  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bench.made_up", module)
    monkeypatch.setattr(command, "names", lambda: ["made_up"])
    return module


@pytest.mark.usefixtures("made_up")
def test_what_was_measured_before_something_is_missing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bench that stops half-way says so, and keeps its rows."""
    told = tmp_path / "told.json"
    assert command.main(["made_up", "--turns", "2", "--json", str(told)]) == 0
    shown = capsys.readouterr().out
    assert "made_up: Made up." in shown
    assert "NOT MEASURED: the rest is not there" in shown
    assert "no-such-library not installed" in shown
    [one] = json.loads(told.read_text())["benches"]
    assert one["missing"] == "the rest is not there"
    assert one["rows"][0]["ours"]["runs"] == [1.0, 1.0]


@pytest.mark.usefixtures("made_up")
def test_json_on_stdout_is_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """The table goes to stderr then."""
    assert command.main(["--turns", "1", "--json", "-"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["machine"]["cores"]
    assert "Made up." in err


def test_a_missed_target_is_exit_code_1(made_up: ModuleType) -> None:
    """`make bench` fails where a target is missed."""
    made_up.measure = lambda turns: [Row("x", "s", [2.0], target=at_most(1))]  # type: ignore[attr-defined]
    assert command.main(["made_up"]) == 1


def test_an_unknown_name_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    """It says which there are."""
    with pytest.raises(SystemExit, match="2"):
        command.main(["no_such_bench"])
    assert "parse_pdf" in capsys.readouterr().err


def test_every_bench_says_what_it_measures() -> None:
    """A title on one line, libraries, and a function `measure`."""
    folder = Path(next(iter(bench.__path__)))
    for name in command.names():
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        assert text.startswith('"""'), name
        assert "\nLIBRARIES" in text, name
        assert re.search(r"\ndef measure\(_?turns: int\)", text), name
