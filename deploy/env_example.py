"""Write deploy/.env.example from the table of settings: `python -m deploy.env_example`."""

from pathlib import Path

from suanbei.common.settings import settings_table

EXAMPLE = Path(__file__).parent / ".env.example"
_HEAD = """\
# Settings of Suanbei, made by `python -m deploy.env_example` from common/settings.py.
# Every one is optional; what is commented out has the value shown.

# For compose.yaml only: two passwords of letters and digits, as `openssl rand -hex 24` makes them,
# and the public host name, of which the public address is made.
POSTGRES_PASSWORD=
MEILI_MASTER_KEY=
SUANBEI_SITE=localhost
"""


def example() -> str:
    """The file: each setting with its meaning and default."""
    rows = (f"\n# {row.help}\n#{row.name}={row.default}" for row in settings_table())
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    EXAMPLE.write_text(example(), "utf-8")
