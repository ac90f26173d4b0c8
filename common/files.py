"""Files read and written whole, or not at all, and ZIP packages read within limits."""

import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
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
    """Write a body, or its blocks as they come, beside the place and move in; `-` is standard output.

    Raises:
        RegistryError: it cannot be written; what was there before is as it was.
    """
    blocks = [body] if isinstance(body, bytes) else body
    if path == STANDARD:
        sys.stdout.buffer.writelines(blocks)
        return
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            file.writelines(blocks)
        temporary.replace(path)
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror}") from error
    finally:
        with suppress(OSError):  # moved, or never made
            temporary.unlink()


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
