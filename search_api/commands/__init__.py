"""Commands that answer: one file a group."""

import typer

from search_api.commands import export, operate, reindex, search, stats, verify


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for group in (verify, search, stats, export, reindex, operate):
        group.register(app)
