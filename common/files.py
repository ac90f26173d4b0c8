"""Files read and written whole, or not at all, and ZIP packages read within limits."""

import errno
import os
import secrets
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from suanbei.common.errors import (
    BrokenDocument,
    DocumentTooLarge,
    EncryptedDocument,
    MissingFile,
    RegistryError,
)

STANDARD = Path("-")
"""Standard input or output, where a file is asked for."""
UNFINISHED = ".part-"
"""How the names of files begin that are being written, or that killed processes have left."""
_ENCRYPTED = 0x1
_CHUNK = 64 * 1024


def read_whole(path: Path | str) -> bytes:
    """The bytes of a file; `-` is standard input.

    Raises:
        MissingFile: it is not there, is a folder, or may not be read.
    """
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
    except OSError as error:
        raise MissingFile(f"{path}: {error.strerror}") from error


def write_whole(path: Path, body: bytes | Iterable[bytes]) -> None:
    """Write a body, or its blocks as they come, by `write_file`; `-` is standard output.

    Raises:
        RegistryError: it cannot be written; what was there before is as it was.
    """
    blocks = [body] if isinstance(body, bytes) else body
    if path == STANDARD:
        sys.stdout.buffer.writelines(blocks)
        return
    try:
        write_file(path, blocks)
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror}") from error


def write_file(
    path: Path, blocks: Iterable[bytes], *, mode: int | None = None, replace: bool = True
) -> None:
    """Write a file by `finished_whole`. Its permissions are `mode`, else what the umask leaves.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    first = 0o666 if mode is None else mode
    with (
        finished_whole(path, replace=replace) as part,
        open(part, "xb", opener=lambda name, flags: os.open(name, flags, first)) as file,
    ):
        file.writelines(blocks)
        if mode is not None:
            os.fchmod(file.fileno(), mode)


@contextmanager
def finished_whole(path: Path, *, replace: bool = True) -> Iterator[Path]:
    """Another name in the folder of a file, to write it under; at the end it is flushed to the disk and
    renamed: whatever happens, the file has all of its bytes or what it had before. With `replace=False`
    one that is there already stays.

    Raises:
        OSError: it cannot be flushed or renamed; nothing is left behind.
    """
    part = path.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        yield part
        _flush(part)
        if replace:
            os.replace(part, path)
        else:
            with suppress(FileExistsError):
                os.link(part, path)
    finally:
        with suppress(OSError):  # moved, or never made
            part.unlink()
    _flush(path.parent)


def _flush(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut, where it may be read and flushed at all."""
    try:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EINVAL):
            raise


@dataclass(frozen=True, slots=True)
class PackageLimits:
    """How many parts a package may have, and how many bytes it and each part may unpack to."""

    parts: int
    unpacked_bytes: int
    part_bytes: int


class Package:
    """A ZIP package (DOCX, XLSX) whose parts are read one by one, never more than the limits allow."""

    def __init__(self, source: Path | BinaryIO, name: str, limits: PackageLimits) -> None:
        self.name, self._limits = name, limits
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise BrokenDocument(f"{name}: truncated or not a real ZIP package") from error
        parts = self._zip.infolist()
        if len(parts) > limits.parts:
            raise DocumentTooLarge(f"{name}: {len(parts)} parts, more than {limits.parts}")
        if sum(part.file_size for part in parts) > limits.unpacked_bytes:
            raise DocumentTooLarge(f"{name}: unpacks to more than {limits.unpacked_bytes} bytes")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    def parts(self) -> list[str]:
        """The names of all parts that hold anything."""
        return [part.filename for part in self._zip.infolist() if part.file_size]

    def read(self, part: str) -> bytes:
        """The bytes of one part.

        Raises:
            BrokenDocument: the part is missing or damaged.
            DocumentTooLarge: it unpacks to more than the limit.
            EncryptedDocument: it wants a password.
        """
        return b"".join(self.chunks(part))

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part's bytes as they are unpacked; raises as `read`."""
        left = self._limits.part_bytes
        try:
            info = self._zip.getinfo(part)
            if info.flag_bits & _ENCRYPTED:
                raise EncryptedDocument(f"{self.name}: {part} is encrypted")
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise DocumentTooLarge(
                            f"{self.name}: {part} unpacks to more than"
                            f" {self._limits.part_bytes} bytes"
                        )
                    yield chunk
        except KeyError as error:
            raise BrokenDocument(f"{self.name}: the package has no {part}") from error
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
            raise BrokenDocument(f"{self.name}: {part} is damaged") from error
