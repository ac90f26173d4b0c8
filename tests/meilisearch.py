"""A Meilisearch for tests: the one named by SUANBEI_TEST_MEILI_URL, or a `meilisearch` on PATH."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

_SECONDS = 60


class Address(NamedTuple):
    """Where a Meilisearch answers, and its key."""

    url: str
    key: str


@contextmanager
def running(folder: Path) -> Iterator[Address]:
    """A Meilisearch that answers; skips, loudly, where there is none."""
    if url := os.environ.get("SUANBEI_TEST_MEILI_URL"):
        yield Address(url, os.environ.get("SUANBEI_TEST_MEILI_KEY", ""))
        return
    binary = shutil.which("meilisearch")
    if binary is None:
        pytest.skip("NO MEILISEARCH: set SUANBEI_TEST_MEILI_URL, or put `meilisearch` on PATH")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = Address(f"http://127.0.0.1:{port}", secrets.token_hex(16))
    process = subprocess.Popen(
        [
            binary, "--no-analytics", "--http-addr", f"127.0.0.1:{port}", "--db-path", folder / "data",
            "--master-key", address.key, "--log-level", "ERROR",
        ],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(address)
        yield address
    finally:
        process.terminate()
        process.wait(_SECONDS)


def _await(address: Address) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address.url}/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"{address.url}: Meilisearch does not answer")
