"""Writing files so that they are whole or not there."""

import sys
from pathlib import Path

from suanbei.common.errors import RegistryError

STANDARD = Path("-")
"""Standard input or output, where a file is asked for."""


def write_whole(path: Path, body: bytes) -> None:
    """Write beside the place and move in; `-` is standard output.

    Raises:
        RegistryError: it cannot be written; what was there before is as it was.
    """
    if path == STANDARD:
        sys.stdout.buffer.write(body)
        return
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(body)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RegistryError(f"{path}: {error.strerror}") from error
