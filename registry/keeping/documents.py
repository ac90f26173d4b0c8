"""The archive's part of a backup: files named after their sha256, checked before they are relied upon."""

import hashlib
import re
import shutil
import tarfile
from pathlib import Path

from registry.errors import BrokenDocument

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20


def archived(archive: Path) -> list[Path]:
    """The documents of an archive, in order."""
    return [path for path in sorted(archive.glob("??/*")) if _SHA256.fullmatch(path.name)]


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
        parts = member.name.split("/")
        is_document = parts[0] == archive and len(parts) == 3 and bool(_SHA256.fullmatch(parts[2]))
        if not member.isfile() or not (is_document or member.name in files):
            raise BrokenDocument(f"{member.name}: does not belong in a backup")
        name = f"{archive}/{parts[2][:2]}/{parts[2]}" if is_document else member.name
        digest = _write(tar, member, folder / name)
        if is_document and digest != parts[2]:
            raise BrokenDocument(f"{member.name}: damaged in the backup")


def bring_documents(source: Path, archive: Path) -> None:
    """Move documents into an archive; those it has are replaced by these, whose bytes are known."""
    for path in archived(source):
        target = archive / path.name[:2] / path.name
        target.parent.mkdir(exist_ok=True)
        shutil.move(path, target)


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
