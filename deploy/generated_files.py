"""What is made from the code, all at once: `python -m deploy.generated_files` after a change of a
setting, of the command line or of the panels below. README has the table of settings; `.env.example`,
the man page and Grafana's dashboard.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from suanbei.cli import app
from suanbei.common.settings import settings_table

ROOT = Path(__file__).parents[1]
README, EXAMPLE, MAN = ROOT / "README.md", ROOT / "deploy/.env.example", ROOT / "docs/suanbei.1"
DASHBOARD = ROOT / "deploy/monitoring/dashboard.json"
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
_ROUTES = "sum by (route) (rate(suanbei_requests_total[5m]))"
_QUANTILE = "histogram_quantile({q}, sum by (le) (rate(suanbei_request_seconds_bucket[5m])))"
PANELS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("Up", "stat", "none", {"{{instance}}": "suanbei_up"}),
    ("Filings", "stat", "none", {"filings": "max(suanbei_filings)"}),
    ("Newest list", "stat", "none", {"{{series}}": "max by (series) (suanbei_newest_list)"}),
    ("Alarms", "stat", "none", {"{{monitor}}": "max by (monitor) (suanbei_alarms)"}),
    ("Requests", "timeseries", "reqps", {"{{route}}": _ROUTES}),
    ("Answers by status", "timeseries", "reqps",
     {"{{status}}": "sum by (status) (rate(suanbei_requests_total[5m]))"}),
    ("Latency", "timeseries", "s",
     {f"p{q[2:]}": _QUANTILE.format(q=q) for q in ("0.50", "0.95", "0.99")}),
    ("In progress", "timeseries", "none", {"{{instance}}": "suanbei_requests_in_progress"}),
    ("Since a source was read", "timeseries", "s",
     {"{{source}}": "max by (source) (suanbei_crawl_age_seconds)"}),
    ("Failed passes in a row", "timeseries", "none",
     {"{{source}}": "max by (source) (suanbei_crawl_failures)"}),
    ("Messages", "timeseries", "none", {"{{state}}": "max by (state) (suanbei_deliveries)"}),
    ("Index lag", "timeseries", "none", {"{{instance}}": "suanbei_index_lag"}),
    ("Memory", "timeseries", "bytes", {"{{instance}}": "process_resident_memory_bytes"}),
    ("Events", "timeseries", "none", {"events": "max(suanbei_events)"}),
    ("Parts at work", "timeseries", "none", {"{{part}}": "max by (part) (suanbei_part_alive)"}),
    ("Age of the oldest message that waits", "timeseries", "s",
     {"lag": "max(suanbei_delivery_lag_seconds)"}),
)  # fmt: skip
"""Panels of the dashboard: title, kind, unit, and queries by their legends."""


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


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana imports it."""
    return {
        "title": "Suanbei 算备",
        "uid": "suanbei",
        "schemaVersion": 39,
        "version": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "tags": ["suanbei"],
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(place, *panel) for place, panel in enumerate(PANELS)],
    }


def _panel(place: int, title: str, kind: str, unit: str, queries: dict[str, str]) -> dict[str, Any]:
    small = kind == "stat"
    row, column = (0, place * 6) if small else (4 + (place - 4) // 2 * 8, (place - 4) % 2 * 12)
    source = {"type": "prometheus", "uid": "${source}"}
    return {
        "id": place + 1,
        "title": title,
        "type": kind,
        "datasource": source,
        "gridPos": {"x": column, "y": row, "w": 6 if small else 12, "h": 4 if small else 8},
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "targets": [
            {"refId": chr(65 + n), "expr": query, "legendFormat": legend, "datasource": source}
            for n, (legend, query) in enumerate(queries.items())
        ],
    }


def dashboard_text() -> str:
    """The dashboard's file."""
    return json.dumps(dashboard(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    made = {README: readme(), EXAMPLE: example(), MAN: man_page(), DASHBOARD: dashboard_text()}
    for path, content in made.items():
        path.write_text(content, "utf-8")
