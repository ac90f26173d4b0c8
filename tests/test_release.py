"""What `make release` hands out: a wheel that is whole, and a bill of all that comes with it."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from shutil import ignore_patterns

import pytest

ROOT = Path(__file__).parents[1]
RECIPE = subprocess.run(
    ["make", "-n", "release"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
).stdout
PACKAGES = ("alerts", "common", "crawler", "data", "parsers", "registry", "search_api")
LEFT_OUT = ("__pycache__",)


def run(*words: str, cwd: Path, **env: str) -> str:
    """A program of this environment; returns what it printed."""
    done = subprocess.run([sys.executable, *words], cwd=cwd, env=os.environ | env, check=False,
                          capture_output=True, text=True, timeout=200)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from a copy (it leaves traces) and unpacked far from the project."""
    folder = tmp_path_factory.mktemp("release")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / "source" / name, ignore=ignore_patterns(*LEFT_OUT))
    shutil.copytree(ROOT / "suanbei", folder / "source" / "suanbei", symlinks=True)
    for name in ("cli.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "source")
    words = [
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--disable-pip-version-check",
    ]
    run(*words, "-w", str(folder), str(folder / "source"), cwd=folder)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def files(root: Path) -> set[str]:
    """The files of the packages in a checkout, or in an installation's `suanbei/`."""
    return {
        path.relative_to(root).as_posix()
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.is_file() and not set(LEFT_OUT) & set(path.parts)
    }


def test_the_wheel_holds_every_file(installed: Path) -> None:
    """A template or a migration that is not listed as package data is missing only at the user's."""
    assert files(ROOT) - files(installed / "suanbei") == set()


def test_the_wheel_works_without_the_project(installed: Path, tmp_path: Path) -> None:
    """Schema, divisions and snapshot come with it."""
    env = {"PYTHONPATH": str(installed), "SUANBEI_HOME": str(tmp_path / "home"), "SUANBEI_LANGUAGE": "en",
           "SUANBEI_DATABASE_URL": ""}  # fmt: skip
    code = "from suanbei import cli; import sys; sys.argv[1:] = ['load']; print(cli.__file__); cli.main()"
    said = run("-c", code, cwd=tmp_path, **env)
    assert said.startswith(str(installed))
    assert "loaded the shipped snapshot" in said


def test_the_bill_names_every_dependency_with_its_hashes(tmp_path: Path) -> None:
    """As the recipe makes it: what is pinned is what is listed."""
    (line,) = [one for one in RECIPE.splitlines() if "cyclonedx-py" in one]
    words = line.split()[1:]
    words[words.index("-o") + 1] = str(tmp_path / "bill.json")
    program = Path(sys.executable).parent / "cyclonedx-py"
    run(str(program), *words, "--no-validate", cwd=ROOT)
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
    (wheel,) = [n for n, one in enumerate(lines) if "pip" in one and " wheel " in one]
    assert audit < wheel
    assert {"--strict", "--require-hashes", "requirements.lock"} <= set(lines[audit].split())
