"""Makes the golden documents and their expected rows: `python -m tests.golden.making [NAME…]`.

The documents are made up; their expected rows (the JSON file beside each) come from the same data,
never from a parser. Needs LibreOffice, which lays the DOCX out as PDF. Run it with the names of the
cases that changed (none: all), look at the difference, and commit both.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.golden.making.cases import CASES
from tests.golden.making.drawn import write_drawn
from tests.golden.making.kinds import write_kinds
from tests.golden.making.provinces import write_provinces
from tests.golden.making.scans import write_scans
from tests.golden.making.words import write_docx

FOLDER = Path(__file__).resolve().parents[1]


def main(names: list[str]) -> None:
    """Write golden documents with their expectations."""
    documents = []
    for make in CASES:
        case = make()
        if names and case.name not in names:
            continue
        documents.append(str(FOLDER / f"{case.name}.docx"))
        write_docx(case, Path(documents[-1]))
        write_expected(case.name, case.expected())
    if documents:
        convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(FOLDER)]
        subprocess.run([*convert, *documents], check=True, capture_output=True)
    if not names:
        write_scans(FOLDER / "scan")
        made = [*write_drawn(FOLDER), *write_provinces(FOLDER), *write_kinds(FOLDER)]
        for name, expected in made:
            write_expected(name, expected)


def write_expected(name: str, expected: dict[str, object]) -> None:
    """Write the JSON file beside a document."""
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
