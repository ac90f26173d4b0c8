"""Opens the registry for a command that answers: an empty one loads the shipped lists."""

from typing import TYPE_CHECKING

from suanbei.common.settings import Settings
from suanbei.common.terminal import print_answer
from suanbei.common.texts import Text
from suanbei.registry.database import Database, open_database
from suanbei.registry.queries.coverage import has_lists

if TYPE_CHECKING:
    from suanbei.registry.importing.snapshot import Loaded

LOADED = Text(
    "已载入随附快照：{documents} 份清单，{rows} 行",
    "loaded the shipped snapshot: {documents} lists, {rows} rows",
)


def open_filled(settings: Settings) -> Database:
    """The registry, with the shipped lists if there were none.

    Raises:
        RegistryError: it cannot be opened, or not kept.
    """
    database = open_database(settings)
    load_if_empty(database, settings)
    return database


def load_if_empty(
    database: Database, settings: Settings, *, quiet: bool = False
) -> "Loaded | None":
    """Load the shipped snapshot into an empty registry, and say so on stderr unless `quiet`; None
    if it is not empty.

    Raises:
        RegistryError: it cannot be kept.
    """
    with database.read() as session:
        if has_lists(session):
            return None
    from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot

    loaded = load_snapshot(database, SNAPSHOT)
    if not quiet:
        print_answer(LOADED, settings, err=True, documents=loaded.documents, rows=loaded.rows)
    return loaded
