"""Commands that answer: one file a group."""

import typer

from search_api.commands import export, operate, search, stats, verify


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for group in (verify, search, stats, export, operate):
        group.register(app)
