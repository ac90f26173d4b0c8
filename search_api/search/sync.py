"""What a server does beside answering: the index is kept up with the registry.

Without it all would be right as well, but the first reader after a start or an import would wait for the index.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from suanbei.common.errors import AlreadyRunning, SuanbeiError
from suanbei.search_api.deps import Services
from suanbei.search_api.search.engine import Engine
from suanbei.search_api.search.tantivy import TantivyEngine

SECONDS = 3.0
"""How long the index may be behind before somebody looks."""
GOODBYE_SECONDS = 5.0
log = logging.getLogger(__name__)


@contextmanager
def keeping_up(services: Services) -> Iterator[None]:
    """Do it in the background for as long as the block lasts; a first index is built by another process."""
    if isinstance(services.engine, TantivyEngine):
        services.engine.builds_apart = True
    over = threading.Event()
    thread = threading.Thread(target=_keep_up, args=(services.engine, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        services.engine.close()  # ends the process that the thread may wait for
        thread.join(GOODBYE_SECONDS)
        services.engine.close()  # and one that it was just about to start


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
