"""Search engines behind one protocol: opening one, and keeping its index up with the registry."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from suanbei.common.errors import AlreadyRunning, SuanbeiError
from suanbei.common.late_imports import importing
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.search.engine import Engine
from suanbei.search_api.search.tantivy import TantivyEngine

SECONDS = 3.0
"""How long the index may be behind before somebody looks."""
GOODBYE_SECONDS = 5.0
log = logging.getLogger(__name__)


def open_engine(settings: Settings, database: Database) -> Engine:
    """The engine that the settings name: Meilisearch by its address, else the embedded one."""
    if settings.search_url:
        with importing:
            from suanbei.search_api.search.meilisearch import MeiliEngine

        return MeiliEngine(settings, database)
    return TantivyEngine(settings, database)


@contextmanager
def keeping_up(engine: Engine) -> Iterator[None]:
    """Keep the index up with the registry in the background for as long as the block lasts; a first index is
    built by another process.

    Without it all would be right as well, but the first reader after a start or an import would wait for the index.
    """
    if isinstance(engine, TantivyEngine):
        engine.builds_apart = True
    over = threading.Event()
    thread = threading.Thread(target=_keep_up, args=(engine, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        engine.close()  # ends the process that the thread may wait for
        thread.join(GOODBYE_SECONDS)
        engine.close()  # and one that it was just about to start


def _keep_up(engine: Engine, over: threading.Event) -> None:
    message = _follow(engine, "")
    while not over.wait(SECONDS):
        message = _follow(engine, message)


def _follow(engine: Engine, message: str) -> str:
    """Bring the index up to date; returns what is the matter, which is logged where it is new."""
    try:
        if engine.health().lag:
            engine.refresh()
    except AlreadyRunning:
        return ""  # another replica is at it
    except SuanbeiError as error:
        if str(error) != message:
            log.warning("index: %s", error)
        return str(error)
    return ""
