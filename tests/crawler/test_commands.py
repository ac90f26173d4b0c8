"""`suanbei import` says whose bytes it took a list for; `suanbei status` what is held and what is not."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from suanbei.cli import app
from suanbei.common.terminal import terminal
from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Gap
from suanbei.registry.status import status_view
from suanbei.search_api.commands.status import render_status
from tests.lists import listed, number, row

LIST = (
    "<h1>境内深度合成服务算法备案清单（2023年6月）</h1><table><tr><th>序号</th><th>算法名称</th><th>角色</th>"
    "<th>主体名称</th><th>应用产品</th><th>主要用途</th><th>备案编号</th><th>备注</th></tr><tr><td>1</td><td>甲算法"
    "</td><td>服务提供者</td><td>甲公司</td><td>甲(APP)</td><td>生成</td><td>{number}</td><td></td></tr></table>"
)


@pytest.mark.parametrize(
    ("options", "said", "origin"),
    [
        ((), "if these are the publisher's own bytes, say --origin published", "transcribed"),
        (("--origin", "published"), "the publisher's own bytes: evidence", "published"),
    ],
)
def test_an_import_says_whose_bytes_it_takes_a_list_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    said: str,
    origin: str,
) -> None:
    """A file by hand is no evidence unless somebody says so, and he is told."""
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SUANBEI_LANGUAGE", "en")
    file = tmp_path / "list.html"
    file.write_text(LIST.format(number=number(1)), "utf-8")
    done = CliRunner().invoke(app, ["import", str(file), *options])
    assert (done.exit_code, said in done.stderr) == (0, True)
    again = CliRunner().invoke(app, ["import", str(file), *options, "--json"])
    assert json.loads(again.stdout)["origin"] == origin


def test_status_names_the_lists_held_and_the_holes(database: Database) -> None:
    """Whoever asks how it goes learns what is missing."""
    model = row(1, series=Series.GENAI_FILING, period="2024-05", label="",
                number="Zhejiang-JiaMoXing-202405010001")  # fmt: skip
    import_document(database, listed([model]))
    hole = {"kind": "serial", "from": 3, "to": 4, "count": 2, "between": ["2024-05", "2024-08"]}
    with database.write() as session:
        session.add(Gap(series="genai_filing", data=hole))
    with database.read() as session:
        view = status_view(session)
    console = terminal()
    with console.capture() as shown:
        console.print(render_status(view, Language.EN))
    assert "Generative-AI filings: lists held: 1, the newest of 2024-05" in shown.get()
    assert "3–4" in shown.get()
