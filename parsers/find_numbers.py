"""The numbers in a document of any kind: what `suanbei scan` and `/v1/scan` find."""

from suanbei.common.limited_process import DEFAULT_LIMITS, Limits, run_limited
from suanbei.parsers.document import text_of
from suanbei.registry.cells.numbers import Occurrence, occurrences


def find_numbers(data: bytes, name: str) -> list[Occurrence]:
    """Every number in a document, in order.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    return list(occurrences(text_of(data, name=name)))


def find_in_subprocess(
    data: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS
) -> list[Occurrence]:
    """The same in a child process with limits: whatever a document does, the caller lives on.

    Raises:
        Overloaded: its turn does not come in time.
        DocumentError: as `find_numbers`, or a limit is exceeded.
    """
    return run_limited(find_numbers, data, name, subject=name, limits=limits)
