"""What a server does beside answering: the index is kept up with the registry.

Without it all would be right as well, but the first reader after a start or an import would wait for the index.
"""

import logging
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from suanbei.common.errors import AlreadyRunning, SuanbeiError
from suanbei.search_api.deps import Services
from suanbei.search_api.search.engine import Engine

SECONDS = 3.0
"""How long the index may be behind before somebody looks."""
GOODBYE_SECONDS = 5.0
log = logging.getLogger(__name__)


@contextmanager
def keeping_up(
    services: Services, building: subprocess.Popen[bytes] | None = None
) -> Iterator[None]:
    """Do it in the background for as long as the block lasts; after `building`, a process that
    builds the first index, if there is one."""
    over = threading.Event()
    thread = threading.Thread(target=_keep_up, args=(services, over, building), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(GOODBYE_SECONDS)  # a killed build of the index leaves nothing half done


def _keep_up(
    services: Services, over: threading.Event, building: subprocess.Popen[bytes] | None
) -> None:
    if building:
        building.wait()  # had it failed, the index is built here
    message = _follow(services.engine, "")
    while not over.wait(SECONDS):
        message = _follow(services.engine, message)


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
