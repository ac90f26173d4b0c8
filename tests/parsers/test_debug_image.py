"""`suanbei parse --debug-image`: the pages of a PDF with what was seen drawn over them."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from suanbei import cli

GOLDEN = Path(__file__).parents[1] / "golden"


def run(monkeypatch: pytest.MonkeyPatch, file: Path, target: Path) -> int:
    monkeypatch.setattr(sys, "argv", ["suanbei", "parse", str(file), "--debug-image", str(target)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_each_page_is_drawn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rulings are red, cells blue, text outside of tables orange; rows still go to stdout."""
    target = tmp_path / "page.png"
    assert run(monkeypatch, GOLDEN / "deep_synthesis.pdf", target) == 0
    assert capsys.readouterr().out.startswith('{"series"')
    assert (tmp_path / "page-2.png").exists()
    with Image.open(io.BytesIO(target.read_bytes())) as picture:
        colours = {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert {(214, 40, 40), (30, 90, 220), (240, 140, 0)} <= colours


def test_only_a_pdf_has_pages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "page.png"
    assert run(monkeypatch, GOLDEN / "deep_synthesis.docx", target) == 3
    assert capsys.readouterr().err.count("\n") == 1
    assert not target.exists()
