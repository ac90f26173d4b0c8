"""`suanbei mcp`: the tools for assistants, over standard input and output."""

import typer

from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(mcp)


def mcp() -> None:
    """Tools for an assistant (Model Context Protocol) over stdio. 供智能助手使用的 MCP 服务。"""
    try:
        import mcp as _  # noqa: F401
    except ImportError as error:
        raise UsageError('suanbei mcp needs the extra: pip install "suanbei[mcp]"') from error
    from suanbei.registry.database import open_database
    from suanbei.search_api.app import VERSION
    from suanbei.search_api.commands.load_if_empty import load_if_empty
    from suanbei.search_api.deps import Services
    from suanbei.search_api.mcp_server import create_mcp_server
    from suanbei.search_api.search.sync import keeping_up

    settings = Settings.load()
    parts = Services(settings, open_database(settings))
    load_if_empty(parts.database, settings)
    with keeping_up(parts):
        create_mcp_server(parts, VERSION).run("stdio")
