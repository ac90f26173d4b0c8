"""What commands print can be read by people, and by programs."""

import pytest

from suanbei.common.dates import day_in_beijing
from suanbei.common.terminal import terminal


def test_a_line_is_not_broken_where_no_terminal_reads_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`suanbei parse x 2>&1 | grep reported` finds the sum in one line."""
    monkeypatch.delenv("COLUMNS", raising=False)
    line = "境内深度合成服务算法备案清单 " * 20
    terminal().print(line)
    assert capsys.readouterr().out == line + "\n"


def test_published_brackets_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A company named [red] keeps its name."""
    terminal().print("[red]甲[/red]（北京）")
    assert "[red]甲[/red]（北京）" in capsys.readouterr().out


def test_days_that_people_read_are_beijings() -> None:
    """A list that was checked late in the evening in London was checked the next day in Beijing."""
    assert day_in_beijing("2026-11-25T15:59:59Z") == "2026-11-25"
    assert day_in_beijing("2026-11-25T16:00:00Z") == "2026-11-26"
