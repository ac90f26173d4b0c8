"""A Meilisearch for tests and benches: the one named by SUANBEI_TEST_MEILI_URL, or a `meilisearch` on PATH."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.trial.processes import free_port, running, wait_for

MISSING = "NO MEILISEARCH: set SUANBEI_TEST_MEILI_URL, or put `meilisearch` on PATH"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Meilisearch answers, and its key."""

    url: str
    key: str


@contextmanager
def meilisearch(folder: Path) -> Iterator[Address | None]:
    """A Meilisearch that answers; None where there is none."""
    if url := os.environ.get("SUANBEI_TEST_MEILI_URL"):
        yield Address(url, os.environ.get("SUANBEI_TEST_MEILI_KEY", ""))
    elif shutil.which("meilisearch"):
        address = new_address()
        with serving(address, folder):
            yield address
    else:
        yield None


def new_address() -> Address:
    """An address for a Meilisearch of our own."""
    return Address(f"http://127.0.0.1:{free_port()}", secrets.token_hex(16))


@contextmanager
def serving(address: Address, folder: Path) -> Iterator[None]:
    """A Meilisearch of our own there, over the data in a folder: a second one finds those of the first."""
    words = [
        "meilisearch", "--no-analytics", "--http-addr", address.url.removeprefix("http://"),
        "--db-path", str(folder / "data"), "--dump-dir", str(folder / "dumps"),
        "--master-key", address.key, "--log-level", "ERROR",
    ]  # fmt: skip
    with running(words, dict(os.environ), folder / "log") as process:
        wait_for(f"{address.url}/health", process=process)
        yield
