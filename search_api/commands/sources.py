"""What `suanbei scan` reads: a file, standard input, or a page or document of the web.

Addresses are fetched for whoever sits at the command line, never for a client of the API.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from suanbei.common.errors import FetchError, MissingFile, UsageError
from suanbei.common.settings import Settings

SECONDS = 30.0
"""How long a fetch may take, from looking up the name to the last byte."""
LARGEST = 20_000_000
"""Bytes of a fetched document."""
_HOPS = 5


def read_source(source: str, settings: Settings) -> tuple[str, bytes]:
    """What messages call the source, and its bytes; `-` is standard input.

    Raises:
        MissingFile: a file that cannot be read.
        FetchError: an address that does not give a document within the limits.
        UsageError: no address of the web.
    """
    if source == "-":
        return "stdin", sys.stdin.buffer.read()
    if "://" in source:
        return source, fetch(source, settings)
    try:
        return source, Path(source).read_bytes()
    except OSError as error:
        raise MissingFile(f"{source}: {error.strerror}") from error


_NOT_OURS = ("node_modules", "__pycache__")
LARGEST_CODE = 5_000_000
"""Bytes of a file of source code; larger ones are data."""


def source_files(paths: Iterable[str]) -> Iterator[Path]:
    """The files of source code among these files and in these folders, in order.

    Hidden folders, what package managers fetched, and files above LARGEST_CODE are left out of folders.

    Raises:
        MissingFile: there is none of this name, or it cannot be read.
    """
    for path in map(Path, paths):
        if path.is_dir():
            for folder, folders, files in os.walk(path):
                hidden = [one for one in folders if one.startswith(".") or one in _NOT_OURS]
                folders[:] = sorted(set(folders) - set(hidden))
                for file in sorted(Path(folder, name) for name in files):
                    if file.is_file() and file.stat().st_size <= LARGEST_CODE:
                        yield file
        elif path.is_file() and os.access(path, os.R_OK):
            yield path
        else:
            raise MissingFile(f"{path}: no file that can be read")


def fetch(url: str, settings: Settings, *, seconds: float = SECONDS) -> bytes:
    """The body that an address answers with.

    Raises:
        FetchError: no answer, another status than 200, too slow, too large.
        UsageError: no address of the web.
    """
    try:
        return _fetch(url, settings, seconds)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise FetchError(f"{url}: no whole answer within {seconds:g} s") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise UsageError(f"{url}: not an address of the web ({error})") from error
    except httpx.HTTPError as error:
        raise FetchError(f"{url}: {error or type(error).__name__}") from error


def _fetch(url: str, settings: Settings, seconds: float) -> bytes:
    parts, until = urlsplit(url), time.monotonic() + seconds
    headers = {
        "User-Agent": settings.user_agent,
        "Referer": f"{parts.scheme}://{parts.netloc}/",  # without one CAC answers with nothing
    }
    client = httpx.Client(
        headers=headers, follow_redirects=True, max_redirects=_HOPS, timeout=seconds,
        proxy=settings.proxy or None,
    )  # fmt: skip
    with client, client.stream("GET", url) as answer:
        if answer.status_code != httpx.codes.OK:
            raise FetchError(f"{url}: status {answer.status_code}")
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > LARGEST:
                raise FetchError(f"{url}: more than {LARGEST // 1_000_000} MB")
            if time.monotonic() > until:
                raise TimeoutError
        return bytes(body)
