"""What a crawl passes on: targets from the spider to its requests, documents from there to the pipeline."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from suanbei.crawler.archive import digest_of
from suanbei.crawler.sources import Source
from suanbei.registry.importing.batches import Origin

TargetKind = Literal["page", "list", "document"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a request asks for. `url` and `referer` are public addresses; documents have a label."""

    source: Source
    kind: TargetKind
    url: str
    referer: str
    label: str = ""

    def __str__(self) -> str:
        """What it is called in messages."""
        return self.label or self.url


@dataclass(frozen=True)
class FetchedDocument:
    """A document on its way to the registry: the item of the spider, or a local file.

    `target` is what a crawl asked for, None for a file.
    """

    body: bytes
    origin: Origin
    target: Target | None = None

    @cached_property
    def sha256(self) -> str:
        """The hash of the bytes."""
        return digest_of(self.body)
