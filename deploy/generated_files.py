"""What is made from the code, all at once: `python -m deploy.generated_files` after a change of a
setting or of the command line. The table of settings in README, `.env.example` and the man page.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from suanbei.cli import app
from suanbei.common.settings import settings_table

ROOT = Path(__file__).parents[1]
README, EXAMPLE, MAN = ROOT / "README.md", ROOT / "deploy/.env.example", ROOT / "docs/suanbei.1"
_TABLE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)
_EXAMPLE_HEAD = """\
# Settings of Suanbei, made by `python -m deploy.generated_files` from common/settings.py.
# Every one is optional; what is commented out has the value shown.

# For compose.yaml only: two passwords of letters and digits, as `openssl rand -hex 24` makes them,
# and the public host name, of which the public address is made.
POSTGRES_PASSWORD=
MEILI_MASTER_KEY=
SUANBEI_SITE=localhost
"""
_MAN_HEAD = """\
.\\" Made by `python -m deploy.generated_files`.
.TH SUANBEI 1
.SH NAME
suanbei \\- the open registry of China's algorithm and generative\\-AI filings
.SH SYNOPSIS
.B suanbei
.I COMMAND
.RI [ OPTIONS ]
.RI [ ARGUMENTS ]
.PP
\\fB\\-\\fR as a file is standard input or output.
.SH EXIT STATUS
0: all well. 1: the answer is no (a number that is not active, rows rejected, something unchecked).
2: wrong use. 3: it could not be done, and nothing is half done.
.SH COMMANDS
"""


def readme() -> str:
    """README.md with the table of settings as it is."""
    rows = [
        f"| `{row.name}` | {f'`{row.default}`' if row.default else ''} | {row.help} |"
        for row in settings_table()
    ]
    table = "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows, ""])
    return _TABLE.sub(lambda _: table, README.read_text("utf-8"))


def example() -> str:
    """`.env.example`: each setting with its meaning and default."""
    rows = (f"\n# {row.help}\n#{row.name}={row.default}" for row in settings_table())
    return _EXAMPLE_HEAD + "\n".join(rows) + "\n"


def man_page() -> str:
    """The manual page (roff): every command with its options, and the settings."""
    parts = [_MAN_HEAD]
    parts += _of_command("suanbei", typer.main.get_command(app))
    parts.append(".SH ENVIRONMENT\n")
    parts += [f".TP\n.B {_roff(row.name)}\n{_roff(row.help)}\n" for row in settings_table()]
    return "".join(parts)


def _of_command(name: str, command: Any) -> Iterator[str]:
    """A command, or those of a group; `command` is a click command."""
    context = command.make_context(name, [], resilient_parsing=True)
    if hasattr(command, "list_commands"):
        for word in command.list_commands(context):
            yield from _of_command(f"{name} {word}", command.get_command(context, word))
        return
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    words = [name, *(one.make_metavar(context) for one in arguments)]
    yield f".SS {_roff(' '.join(words))}\n{_roff(command.help or '')}\n"
    for option in command.params:
        if option not in arguments and not option.hidden:
            words = [*option.opts, *option.secondary_opts]
            yield f".TP\n.B {_roff(', '.join(words))}\n{_roff(option.help or '')}\n"


def _roff(text: str) -> str:
    """A text in one line, without what roff would obey."""
    said = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{said}" if said.startswith((".", "'")) else said


if __name__ == "__main__":
    made = {README: readme(), EXAMPLE: example(), MAN: man_page()}
    for path, content in made.items():
        path.write_text(content, "utf-8")
