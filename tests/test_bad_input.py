"""Bad input at the command line: one clear line that names it, exit code 3, nothing changed."""

import io
import sys
from pathlib import Path

import docx
import pytest
from reportlab.pdfgen import canvas

from suanbei import cli
from suanbei.common.settings import Settings
from suanbei.crawler import pipeline
from suanbei.crawler.archive import Archive
from tests.crawler.process import read_here

HEADER = ("序号", "算法名称", "角色", "主体名称", "应用产品", "主要用途", "备案编号", "备注")


def good_docx(rows: int = 1) -> bytes:
    """A small list of our own."""
    document = docx.Document()
    document.add_paragraph("境内深度合成服务算法备案清单（2023年6月）")
    table = document.add_table(rows + 1, len(HEADER))
    for place, word in enumerate(HEADER):
        table.rows[0].cells[place].text = word
    for serial in range(1, rows + 1):
        cells = (
            str(serial),
            "甲算法",
            "服务提供者",
            "甲公司",
            "甲(APP)",
            "用途",
            "网信算备1号",
            "",
        )
        for place, word in enumerate(cells):
            table.rows[serial].cells[place].text = word
    body = io.BytesIO()
    document.save(body)
    return body.getvalue()


def picture_pdf() -> bytes:
    body = io.BytesIO()
    page = canvas.Canvas(body)
    page.rect(10, 10, 100, 100)
    page.showPage()
    page.save()
    return body.getvalue()


BAD: dict[str, tuple[str, bytes]] = {
    "no document": ("list.docx", b"hello"),
    "empty": ("list.pdf", b""),
    "truncated": ("list.docx", good_docx()[:2000]),
    "a page saved as a document": ("list.docx", "<html><body>您访问的页面</body></html>".encode()),
    "a scan": ("list.pdf", picture_pdf()),
    "truncated PDF": ("list.pdf", picture_pdf()[:300]),
    "header only": ("list.docx", good_docx(0)),
    "no list": ("list.html", "<table><tr><td>天气</td></tr></table>".encode()),
}


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of a command."""
    monkeypatch.setattr(sys, "argv", ["suanbei", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("command", ["import", "parse"])
def test_a_file_that_is_no_list(
    kind: str, command: str, settings: Settings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """It is named, in one line, and neither the registry nor the archive changes."""
    name, body = BAD[kind]
    file = tmp_path / name
    file.write_bytes(body)
    if command == "import":  # the other reads it in a process of its own
        monkeypatch.setattr(pipeline, "read_in_subprocess", read_here)
    assert run(monkeypatch, command, str(file)) == 3
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert str(file) in said.err
    assert said.out == ""
    assert list(Archive(settings.archive)) == []


def test_a_missing_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path is named."""
    assert run(monkeypatch, "import", str(settings.home / "none.docx")) == 3
    assert "none.docx: No such file" in capsys.readouterr().err


def test_a_home_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder and its setting are named."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path / "file" / "home"))
    assert run(monkeypatch, "verify", "x") == 3
    assert "SUANBEI_HOME" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("DELAY", "soon", "'soon'"), ("SMTP_URL", "smtp://u:secret@h", "********")],
)
def test_a_setting_that_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str,
    shown: str,
) -> None:  # fmt: skip
    """Wrong use: the variable and its value are named, but for a secret one."""
    monkeypatch.setenv(f"SUANBEI_{name}", value)
    assert run(monkeypatch, "settings") == 2
    told = capsys.readouterr().err
    assert f"SUANBEI_{name}={shown}" in told
    assert "secret" not in told


def test_a_good_file_among_bad_ones_is_kept(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """One bad file stops nothing but itself; the exit code tells of it."""
    (tmp_path / "bad.docx").write_bytes(b"hello")
    (tmp_path / "good.docx").write_bytes(good_docx())
    assert run(monkeypatch, "import", str(tmp_path / "bad.docx"), str(tmp_path / "good.docx")) == 3
    assert "good.docx: new list, 1 rows, 1 added" in capsys.readouterr().out
    assert run(monkeypatch, "import", str(tmp_path / "good.docx")) == 0
    assert "good.docx: nothing new" in capsys.readouterr().out


def test_a_refused_list_leaves_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A list that lost its rows is neither imported nor archived, unless it is accepted."""
    (tmp_path / "whole.docx").write_bytes(good_docx(20))
    (tmp_path / "short.docx").write_bytes(good_docx(10))
    assert run(monkeypatch, "import", str(tmp_path / "whole.docx")) == 0
    assert run(monkeypatch, "import", str(tmp_path / "short.docx")) == 3
    assert "10 rows, but the last version had 20" in capsys.readouterr().err
    assert len(list(Archive(settings.archive))) == 1
    assert run(monkeypatch, "import", "--accept", str(tmp_path / "short.docx")) == 0
    assert "short.docx: kept, but another version of this list counts" in capsys.readouterr().out
