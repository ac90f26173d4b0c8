"""Both engines over the shipped snapshot."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.frame.inputs import settings_of, snapshot_home
from bench.frame.rows import Unmeasured
from suanbei.registry.database import Database, open_database
from suanbei.search_api.search import open_engine
from suanbei.search_api.search.engine import Engine
from suanbei.search_api.search.meilisearch import MeiliEngine
from tests.trial.meilisearch import MISSING, meilisearch


def engines() -> Iterator[tuple[Database, Engine]]:
    """The embedded engine, then Meilisearch, each with the registry.

    Raises:
        Unmeasured: after the first one, where no Meilisearch runs.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_of(snapshot_home(folder))
        database = open_database(settings)
        yield database, open_engine(settings, database)
        with meilisearch(folder) as address:
            if address is None:
                raise Unmeasured(f"embedded engine only; {MISSING}")
            there = {"search_url": address.url, "search_key": address.key}
            engine = MeiliEngine(settings.model_copy(update=there), database, "bench")
            yield database, engine
            engine.indexes.drop()
