"""`suanbei scan`: files, standard input and addresses; exit codes; limits of a fetch."""

import io
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from suanbei import cli
from suanbei.common.errors import FetchError
from suanbei.common.settings import Settings
from suanbei.registry.database import open_database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.commands import scan
from suanbei.search_api.commands.scan import _with_shipped_lists
from tests.lists import listed, number, row


@pytest.fixture
def filled(settings: Settings) -> Settings:
    database = open_database(settings)
    import_document(database, listed([row(1), row(2)]))
    database.close()
    return settings


def run(
    monkeypatch: pytest.MonkeyPatch, *words: str, given: bytes = b"", command: str = "scan"
) -> int:
    """The exit code of a command."""
    monkeypatch.setattr(sys, "argv", ["suanbei", command, *words])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{number(1)} 京ICP备12345678号 {number(2)}", 0),
        (f"{number(1)} {number(3)}", 1),
        ("京ICP备12345678号", 1),
        ("", 3),
    ],
    ids=["active", "one not listed", "none of CAC's", "empty"],
)
def test_the_exit_code_is_the_answer(monkeypatch: pytest.MonkeyPatch, text: str, code: int) -> None:
    assert run(monkeypatch, "-", given=text.encode()) == code


@pytest.mark.usefixtures("filled")
def test_verify_reads_lines_of_stdin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = f"{number(1)}\n\n{number(3)}\n".encode()
    assert run(monkeypatch, "-", "--json", given=given, command="verify") == 1
    items = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["verdict"] for one in items] == ["active", "not_listed"]
    assert run(monkeypatch, "-", command="verify") == 2


@pytest.mark.usefixtures("filled")
def test_json_is_an_object_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(f"一\n{number(2)}，{number(3)}", "utf-8")
    assert run(monkeypatch, str(tmp_path / "a.txt"), "--json") == 1
    items = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["verdict"], one["places"][0]["line"]) for one in items] == [
        ("active", 2),
        ("not_listed", 2),
    ]


@pytest.mark.usefixtures("filled")
def test_several_documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The worst of them is the exit code."""
    for name, text in (("a.txt", number(1)), ("b.txt", number(3)), ("c.txt", number(2))):
        (tmp_path / name).write_text(text, "utf-8")
    a, b, c = (str(tmp_path / name) for name in ("a.txt", "b.txt", "c.txt"))
    assert run(monkeypatch, a, c) == 0
    assert run(monkeypatch, a, b, c) == 1


def hook_words(name: str) -> list[str]:
    """The words after `suanbei scan` that a file of the repository's root runs."""
    text = (Path(__file__).parents[1] / name).read_text("utf-8")
    if name == "action.yml":
        line = yaml.safe_load(text)["runs"]["steps"][-1]["run"]
        return line.partition("suanbei scan ")[2].replace('"${paths[@]}"', "").split()
    return yaml.safe_load(text)[0]["entry"].removeprefix("suanbei scan ").split()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", ["action.yml", ".pre-commit-hooks.yaml"])
def test_a_repository(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hooks' own command: fails on what is not active, names file and line, and on nothing else."""
    words, site = hook_words(name), tmp_path / "site"
    assert words == ["--source-code", "--"]
    files = {
        "web/footer.html": f"<p>\n{number(1)}</p>",
        "web/escaped.json": json.dumps({"footer": number(2)}),
        "code.py": "X = 123456789012345678901  # 京ICP备12345678号",
        "picture.png": "\0" + number(3),
        ".git/config": number(3),
        "node_modules/x.js": number(3),
    }
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, "utf-8")
    assert run(monkeypatch, *words, str(site)) == 0
    told = capsys.readouterr()
    assert "footer.html:2: " in told.out
    assert "escaped.json:1: " in told.out
    assert "4 files, 2 numbers, 2 active" in told.err
    (site / "about.md").write_text(f"{number(3)}\nBeijing-NoSuchThing-20230821", "utf-8")
    assert run(monkeypatch, *words, str(site / "about.md"), str(site / "web")) == 1
    told = capsys.readouterr()
    assert "about.md:2: ✘ not listed  Beijing-NoSuchThing-20230821" in told.out
    assert run(monkeypatch, *words, str(site / "none")) == 3


def test_a_hook_asks_the_lists_of_its_own_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not those that an earlier version once loaded; a registry that is named is asked all the same."""
    for name in ("SUANBEI_HOME", "SUANBEI_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shipped = _with_shipped_lists(Settings()).home
    assert shipped.parent == tmp_path / "cache" / "suanbei"
    monkeypatch.setattr("suanbei.search_api.commands.scan.SNAPSHOT", Path(__file__))
    assert _with_shipped_lists(Settings()).home != shipped
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path))
    assert _with_shipped_lists(Settings()).home == tmp_path


@pytest.mark.usefixtures("filled")
def test_what_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line that names it; 2 for what is no address."""
    for source, code in (("none.txt", 3), ("http://127.0.0.1:1/", 3), ("ftp://x/", 2)):
        assert run(monkeypatch, source) == code
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert source in said


class Site(BaseHTTPRequestHandler):
    """A page, and all that a site may do wrong."""

    def do_GET(self) -> None:
        body = f"<html><body>{number(1)}</body></html>".encode()
        self.send_response({"/moved": 302, "/gone": 404, "/loop": 302}.get(self.path, 200))
        if self.path in ("/moved", "/loop"):
            self.send_header("Location", "/page" if self.path == "/moved" else "/loop")
        self.end_headers()
        if self.path == "/slow":
            with suppress(BrokenPipeError):  # whoever asked has had enough
                for _ in range(100):  # never silent, never done
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.02)
        if self.path == "/large":
            body *= 1000
        if self.headers.get("Referer"):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("path", ["/page", "/moved"])
def test_a_page_of_the_web(monkeypatch: pytest.MonkeyPatch, site: str, path: str) -> None:
    assert run(monkeypatch, site + path) == 0


@pytest.mark.parametrize(
    ("path", "said"),
    [("/gone", "status 404"), ("/loop", "redirects"), ("/slow", "within 0.5 s"),
     ("/large", "more than 0 MB")],
)  # fmt: skip
def test_a_fetch_has_limits(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, site: str, path: str, said: str
) -> None:
    monkeypatch.setattr(scan, "LARGEST", 10_000)
    with pytest.raises(FetchError, match=said):
        scan.fetch(site + path, settings, seconds=0.5)
