"""The `suanbei` command: puts the parts together."""

import typer

app = typer.Typer(no_args_is_help=True, help="The registry of China's algorithm filings.")


def main() -> None:
    """Run the command line."""
    app()
