"""Search engines behind one protocol."""

from registry.db import Database
from registry.settings import Settings
from search_api.engines.base import Engine
from search_api.engines.sqlite import SqliteEngine


def open_engine(settings: Settings, database: Database) -> Engine:
    """The engine that the settings name."""
    return SqliteEngine(settings, database)
