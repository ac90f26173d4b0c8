"""What the crawling process is told: everything it needs, on its standard input, none of it in
its arguments or environment, where others could read a proxy's password.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from suanbei.crawler.sources import Catalogue
from suanbei.crawler.urls import PublicUrls


class Job(BaseModel):
    """One pass over the catalogue's sources.

    `known` holds public addresses of notices and documents that need not be fetched this time.
    `delay` is in seconds; bodies are written into `folder`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    catalogue: Catalogue
    bases: tuple[tuple[str, str], ...]
    user_agent: str
    delay: float
    proxy: str
    folder: Path
    known: frozenset[str] = frozenset()

    @property
    def urls(self) -> PublicUrls:
        """The mapping between public addresses and those that are asked."""
        return PublicUrls(self.bases)
