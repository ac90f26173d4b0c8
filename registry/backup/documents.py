"""The archive's part of a backup: files named after their sha256, checked before they are relied upon."""

import hashlib
import re
import shutil
import tarfile
from pathlib import Path

from suanbei.common.errors import BrokenDocument

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEMBER = re.compile(r"(?:[a-z]{3,20}/)?[0-9a-f]{2}/([0-9a-f]{64})")
_CHUNK = 1 << 20


def archived(archive: Path) -> list[Path]:
    """The documents of an archive and the records of their origins, relative to it, in order."""
    found = [*archive.glob("??/*"), *archive.glob("*/??/*")]
    return sorted(p.relative_to(archive) for p in found if _SHA256.fullmatch(p.name))


def is_document(path: Path) -> bool:
    """Whether a path within an archive is a document's, and not that of a record about one."""
    return len(path.parts) == 2


def sha256_of(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(tar: tarfile.TarFile, folder: Path, files: tuple[str, ...], archive: str) -> None:
    """Write the known members of a backup into `folder`, and nothing else anywhere else.

    Raises:
        BrokenDocument: a member that does not belong there, or a document with other bytes.
    """
    for member in tar:
        found = _MEMBER.fullmatch(member.name.removeprefix(f"{archive}/"))
        in_archive = found is not None and member.name.startswith(f"{archive}/")
        if not member.isfile() or not (in_archive or member.name in files):
            raise BrokenDocument(f"{member.name}: does not belong in a backup")
        digest = _write(tar, member, folder / member.name)
        if in_archive and found and digest != found[1]:
            raise BrokenDocument(f"{member.name}: damaged in the backup")


def bring_documents(source: Path, archive: Path) -> None:
    """Move documents into an archive; those it has are replaced by these, whose bytes are known."""
    for path in archived(source):
        (archive / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source / path, archive / path)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    digest = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    body = tar.extractfile(member)
    if body is None:
        raise BrokenDocument(f"{member.name}: not a file")
    with body, path.open("wb") as file:
        while chunk := body.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()
