"""Write the table of settings into README.md from `common/settings.py`."""

import re
from pathlib import Path

from suanbei.common.settings import settings_table

README = Path(__file__).parents[1] / "README.md"
PLACE = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)


def table() -> str:
    """The settings as a Markdown table."""
    rows = [
        f"| `{row.name}` | {f'`{row.default}`' if row.default else ''} | {row.help} |"
        for row in settings_table()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows, ""])


if __name__ == "__main__":
    README.write_text(PLACE.sub(lambda _: table(), README.read_text("utf-8")), "utf-8")
