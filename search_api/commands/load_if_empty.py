"""Commands that answer want lists to have looked at: an empty registry loads the shipped ones."""

import typer

from suanbei.common.settings import Settings
from suanbei.common.texts import Text, language_of
from suanbei.registry.database import Database
from suanbei.registry.queries.coverage import has_lists

LOADED = Text(
    "已载入随附快照：{documents} 份清单，{rows} 行",
    "loaded the shipped snapshot: {documents} lists, {rows} rows",
)


def load_if_empty(database: Database, settings: Settings, *, err: bool = True) -> bool:
    """Load the shipped snapshot into an empty registry, and say so (on stderr); False if it is not.

    Raises:
        RegistryError: it cannot be kept.
    """
    with database.read() as session:
        if has_lists(session):
            return False
    from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot

    loaded = load_snapshot(database, SNAPSHOT)
    text = LOADED.say(language_of(settings.language), documents=loaded.documents, rows=loaded.rows)
    typer.echo(text, err=err)
    return True
