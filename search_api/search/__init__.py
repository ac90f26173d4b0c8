"""Search engines behind one protocol."""

from suanbei.common.late_imports import importing
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.search.engine import Engine
from suanbei.search_api.search.tantivy import TantivyEngine


def open_engine(settings: Settings, database: Database) -> Engine:
    """The engine that the settings name: Meilisearch by its address, else the embedded one."""
    if settings.search_url:
        with importing:
            from suanbei.search_api.search.meilisearch import MeiliEngine

        return MeiliEngine(settings, database)
    return TantivyEngine(settings, database)
