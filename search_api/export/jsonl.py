"""JSON lines: an object a filing, with every column."""

from collections.abc import Iterable, Iterator

import orjson

from suanbei.search_api.export.columns import COLUMNS, Head, Part


def write_jsonl(_head: Head, parts: Iterable[Part]) -> Iterator[bytes]:
    """A line a filing."""
    names = [column.name for column in COLUMNS]
    for part in parts:
        yield b"".join(
            orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
            for row in part
        )
