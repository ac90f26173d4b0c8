"""Search engines behind one protocol."""

from registry.db import Database
from registry.importing import importing
from registry.settings import Settings
from search_api.engines.base import Engine
from search_api.engines.sqlite import SqliteEngine


def open_engine(settings: Settings, database: Database) -> Engine:
    """The engine that the settings name: Meilisearch by its address, else the embedded one."""
    if settings.search_url:
        with importing:
            from search_api.engines.meili import MeiliEngine

        return MeiliEngine(settings, database)
    return SqliteEngine(settings, database)
