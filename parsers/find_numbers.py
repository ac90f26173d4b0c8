"""The numbers in a document of any kind: what `suanbei scan` and `/v1/scan` find."""

from suanbei.common.limited_process import DEFAULT_LIMITS, Limits, run_limited
from suanbei.parsers.scan_sources import read_texts
from suanbei.registry.cells.numbers.find import FoundNumbers, occurrences


def find_numbers(data: bytes, name: str) -> FoundNumbers:
    """Every number in a document, in order, and what of the document could not be looked into.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    texts = read_texts(data, name)
    return FoundNumbers(tuple(occurrences(texts.parts)), tuple(texts.unread))


def find_in_subprocess(data: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS) -> FoundNumbers:
    """The same in a child process with limits: whatever a document does, the caller lives on.

    Raises:
        Overloaded: its turn does not come in time.
        DocumentError: as `find_numbers`, or a limit is exceeded.
    """
    return run_limited(find_numbers, data, name, subject=name, limits=limits)
