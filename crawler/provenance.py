"""Where every archived document came from, kept in the archive beside it: facts to rebuild from.

Each time a document is taken in, a record of it is archived like a document: under the sha256 of
its own bytes, never changed. Bytes and records together are all that a registry is made of.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from suanbei.common.errors import BrokenDocument
from suanbei.crawler.archive import ORIGINS, Archive
from suanbei.registry.importing.batches import Origin


@dataclass(frozen=True, slots=True)
class Record:
    """One document taken in: its sha256, its origin, and what was said by hand (`--accept`, `--period`)."""

    sha256: str
    origin: Origin
    accept: bool = False
    period: str = ""


def keep_origin(archive: Archive, record: Record) -> str:
    """Archive a record; returns its own sha256.

    Raises:
        HomeNotWritable, RegistryError: it could not be kept.
    """
    return origins_of(archive).put(_encode(record))


def origins(archive: Archive) -> Iterator[Record]:
    """Every record, in the order in which documents were taken in.

    Raises:
        RegistryError, BrokenDocument: a record is damaged.
    """
    records = origins_of(archive)
    found = [_decode(records.get(name), name) for name in records]
    yield from sorted(found, key=lambda one: (one.origin.fetched_at, one.accept, one.sha256))


def origins_of(archive: Archive) -> Archive:
    """The archive of records beside the documents."""
    return Archive(archive.folder / ORIGINS)


def _encode(record: Record) -> bytes:
    facts = asdict(record)
    origin = facts["origin"]
    origin["fetched_at"] = record.origin.fetched_at.isoformat()
    if record.origin.published_on:
        origin["published_on"] = record.origin.published_on.isoformat()
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _decode(body: bytes, name: str) -> Record:
    try:
        facts: dict[str, Any] = json.loads(body)
        origin = Origin(**facts.pop("origin"))
        day, moment = origin.published_on, origin.fetched_at
        return Record(
            **facts,
            origin=replace(
                origin,
                published_on=date.fromisoformat(str(day)) if day else None,
                fetched_at=datetime.fromisoformat(str(moment)),
            ),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise BrokenDocument(f"{ORIGINS}/{name}: no record of an origin ({error})") from error
