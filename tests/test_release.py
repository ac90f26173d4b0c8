"""What `make release` hands out: a wheel that works anywhere, and a bill of all that comes with it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from shutil import ignore_patterns

import httpx
import pytest

from suanbei.common.settings import Settings

ROOT = Path(__file__).parents[1]
RECIPE = subprocess.run(
    ["make", "-n", "release"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
).stdout
PACKAGES = ("alerts", "common", "crawler", "data", "parsers", "registry", "search_api")
FILES = ("cli.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "docs/suanbei.1")
NUMBER = "网信算备330110507206401230035号"


def run(*words: str, cwd: Path, **env: str) -> str:
    """A program; returns what it printed."""
    done = subprocess.run(words, cwd=cwd, env=os.environ | env, check=False,
                          capture_output=True, text=True, timeout=600)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by the recipe's line from a copy (it leaves traces)."""
    source = tmp_path_factory.mktemp("release") / "source"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "suanbei", source / "suanbei", symlinks=True,
                    ignore=ignore_patterns("__pycache__"))  # fmt: skip
    (source / "docs").mkdir()
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    code = "from setuptools.build_meta import build_sdist; build_sdist('dist')"
    assert code in RECIPE
    run(sys.executable, "-c", code, cwd=source)
    (made,) = (source / "dist").iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(sdist: Path) -> Path:
    """Made from the sdist, which has to be whole for it."""
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation",
        "--disable-pip-version-check", "-w", "wheel", str(sdist), cwd=sdist.parent)  # fmt: skip
    (made,) = (sdist.parent / "wheel").iterdir()
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a virtual environment with the wheel in it; its dependencies are this one's.

    The path file makes this environment's libraries importable, but not the project that is
    installed here as editable: path files in such a folder are not read.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin/python"
    run(sys.executable, "-m", "pip", "-q", "--python", str(python), "install", "--no-deps", "--no-index",
        "--disable-pip-version-check", str(wheel), cwd=folder)  # fmt: skip
    (site,) = folder.glob("lib/python*/site-packages")
    libraries = Path(httpx.__file__).parents[1]
    (site / "libraries.pth").write_text(f"{libraries}\n", "utf-8")
    return folder / "bin"


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    """What the index and `pip show` say of it."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(".dist-info/METADATA")]
        return HeaderParser().parsestr(archive.read(name).decode())


def test_links_become_files(sdist: Path, wheel: Path) -> None:
    """suanbei/ links to the folders of the project; what is handed out holds them."""
    with tarfile.open(sdist) as archive:
        assert all(one.isfile() or one.isdir() for one in archive)
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        assert all((one.external_attr >> 28) in {0, 0o10} for one in archive.infolist())
    assert {"suanbei"} == {one for one in tops if not one.endswith((".dist-info", ".data"))}


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    """A template or a migration that is not listed as package data is missing only at the user's."""
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"suanbei/{name}" for name in kept} - names == set()
    assert {"suanbei/cli.py", "suanbei/py.typed", "suanbei/__main__.py"} <= names
    assert any(name.endswith(".data/data/share/man/man1/suanbei.1") for name in names)


def test_the_wheel_says_what_it_is(metadata: Message) -> None:
    """Licence, author, addresses, versions of Python; no build tool is asked for at run time."""
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Author"] == "The Suanbei authors"
    addresses = {one.split(", ")[1] for one in metadata.get_all("Project-URL") or []}
    assert {Settings().cac_url, Settings().beian_url} == addresses
    classifiers = metadata.get_all("Classifier") or []
    for version in ("3.11", "3.12", "3.13"):
        assert f"Programming Language :: Python :: {version}" in classifiers
    needed = [re.split(r"[^\w.-]", one)[0] for one in metadata.get_all("Requires-Dist") or []
              if "extra ==" not in one]  # fmt: skip
    assert "fastapi" in needed
    assert not {"setuptools", "wheel", "pip"} & set(needed)


def test_the_wheel_works_beside_files_of_the_same_names(environment: Path, tmp_path: Path) -> None:
    """In an empty environment, in a folder whose own files are called as ours: none of them is read."""
    hostile = tmp_path / "work"
    for folder in ("data", "registry", "common"):
        (hostile / folder).mkdir(parents=True)
        (hostile / folder / "__init__.py").write_text("raise SystemExit('the wrong one')\n")
    for name in ("cli.py", "parsers.py", "alerts.py"):
        (hostile / name).write_text("raise SystemExit('the wrong one')\n")
    home = tmp_path / "home"
    env = {"SUANBEI_HOME": str(home), "SUANBEI_LANGUAGE": "en", "SUANBEI_DATABASE_URL": ""}
    suanbei, python = str(environment / "suanbei"), str(environment / "python")
    place = run(python, "-P", "-c", "import suanbei; print(suanbei.__file__)", cwd=hostile)
    assert place.startswith(str(environment.parent))
    version = run(suanbei, "--version", cwd=hostile, **env)
    assert version == run(python, "-m", "suanbei", "--version", cwd=hostile, **env)
    assert re.fullmatch(r"suanbei \d+\.\d+\.\d+\n", version)
    assert "loaded the shipped snapshot" in run(python, "-m", "suanbei", "load", cwd=hostile, **env)
    assert f"active  {NUMBER}" in run(suanbei, "verify", NUMBER, cwd=hostile, **env)
    assert "抖音" in run(suanbei, "search", "抖音", cwd=hostile, **env)
    server = subprocess.Popen([suanbei, "serve", "--port", "0"], cwd=hostile, env=os.environ | env,
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
    try:
        assert server.stdout
        said = server.stdout.readline()
        (address,) = re.findall(r"ready: (http://\S+)", said)
        page = httpx.get(f"{address}/verify?q={NUMBER}", timeout=60)
        assert page.status_code == 200, page.text
        assert "text/html" in page.headers["content-type"]
        style = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
        assert httpx.get(address + style[0], timeout=60).status_code == 200
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()
    assert {path.name for path in hostile.iterdir()} == {
        "data", "registry", "common", "cli.py", "parsers.py", "alerts.py",
    }  # fmt: skip


def test_the_bill_names_every_dependency_with_its_hashes(tmp_path: Path) -> None:
    """As the recipe makes it: what is pinned is what is listed."""
    (line,) = [one for one in RECIPE.splitlines() if "cyclonedx-py" in one]
    words = line.split()[1:]
    words[words.index("-o") + 1] = str(tmp_path / "bill.json")
    program = Path(sys.executable).parent / "cyclonedx-py"
    run(sys.executable, str(program), *words, "--no-validate", cwd=ROOT)
    bill = json.loads((tmp_path / "bill.json").read_text("utf-8"))
    pinned = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
    )
    assert bill["metadata"]["component"]["name"] == "suanbei"
    assert sorted(one["name"] for one in bill["components"]) == sorted(pinned)
    assert all(one["externalReferences"][0]["hashes"] for one in bill["components"])


def test_nothing_is_released_without_an_audit() -> None:
    """The audit is strict, covers what is pinned, and comes before anything is made."""
    lines = RECIPE.splitlines()
    (audit,) = [n for n, one in enumerate(lines) if "pip-audit" in one]
    (sdist,) = [n for n, one in enumerate(lines) if "build_sdist" in one]
    (wheel,) = [n for n, one in enumerate(lines) if "pip" in one and " wheel " in one]
    assert audit < sdist < wheel
    assert {"--strict", "--require-hashes", "requirements.lock"} <= set(lines[audit].split())
