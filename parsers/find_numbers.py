"""The numbers in a document of any kind: what `suanbei scan` and `/v1/scan` find."""

from collections.abc import Iterator, Sequence

from suanbei.common.limited_process import DEFAULT_LIMITS, Limits, run_limited
from suanbei.parsers.scan_sources import ScanText, read_texts, unescaped
from suanbei.registry.cells.numbers import OtherNumber, Repair
from suanbei.registry.cells.numbers.find import (
    FoundNumbers,
    Occurrence,
    TextPart,
    Unread,
    occurrences,
)


def find_numbers(data: bytes, name: str) -> FoundNumbers:
    """Every number in a document, in order, and what of the document could not be looked into.

    Raises:
        DocumentError: the file cannot be read; the subclass and the message say why.
    """
    texts = read_texts(data, name)
    found = tuple(occurrences(texts.parts))
    return FoundNumbers(found, (*texts.unread, *_not_looked_into(texts, found)))


def _not_looked_into(texts: ScanText, found: Sequence[Occurrence]) -> Iterator[Unread]:
    """The pictures that numbers may stand in: those that take much of a page without a number, and
    where nothing was found at all, any, and what is doubtful."""
    pages = {one.page for one in found}
    for page in texts.picture_pages:
        if page not in pages:
            yield Unread("picture", f"p. {page}")
    if texts.pictures and not found:
        yield Unread("picture", str(texts.pictures))
    if not found:
        yield from texts.doubtful


def find_in_subprocess(data: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS) -> FoundNumbers:
    """The same in a child process with limits: whatever a document does, the caller lives on.

    Raises:
        Overloaded: its turn does not come in time.
        DocumentError: as `find_numbers`, or a limit is exceeded.
    """
    return run_limited(find_numbers, data, name, subject=name, limits=limits)


def find_in_source_code(data: bytes) -> list[Occurrence]:
    """The numbers of CAC's registers in a file of source code, with their lines; none in a binary.

    Read as text, in this process. A bare run of digits in code is seldom a filing number: only what
    bears 网信算备, or a region and a date, is taken for one. Numbers of other registers are left out.
    """
    if b"\0" in data:
        return []
    text = unescaped(data.decode("utf-8", "replace"))
    return [
        one
        for one in occurrences([TextPart(None, text)])
        if not isinstance(one.found.number, OtherNumber)
        and Repair.MISSING_PREFIX not in one.found.repairs
    ]
