"""A TypeScript client made from our OpenAPI: its types fit a program, and the program runs."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

PROJECT = Path(__file__).with_name("typescript")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The small program with openapi-typescript, openapi-fetch and tsc beside it."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("NO NODE: no TypeScript client is made from the OpenAPI")
    folder = shutil.copytree(PROJECT, tmp_path / "typescript")
    words = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    if done.returncode:
        pytest.skip(f"NO PACKAGES: npm install failed: {done.stderr.strip()[-200:]}")
    return folder


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_typescript_client_reads_what_the_server_answers(
    project: Path, snapshot_server: str
) -> None:
    """Verify, search by pages, changes, batches, a refusal and a receipt, all of them typed."""
    (project / "openapi.json").write_text(httpx.get(f"{snapshot_server}/openapi.json").text)
    run(project, "node_modules/.bin/openapi-typescript", "openapi.json", "-o", "api.ts")
    run(project, "node_modules/.bin/tsc", "-p", ".")
    told = json.loads(run(project, "node", "main.js", snapshot_server))
    assert told.pop("found") > 10
    assert told.pop("batches") > 50
    assert told == {
        "word": "active",
        "match": "exact",
        "owner": "阿里巴巴达摩院(杭州)科技有限公司",
        "changes": ["batch.published", "filing.added", "filing.added"],
        "code": "not_found",
        "receipt": "TS",
    }
