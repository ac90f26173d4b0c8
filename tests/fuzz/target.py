"""What is fuzzed: `python -m tests.fuzz.target FORMAT [libFuzzer options]`.

Office packages are fuzzed from the inside: the input is one XML part, put into a package, as a ZIP
file with a wrong byte is all that a fuzzer would find otherwise. An input that starts with the
signature of its format is taken as it is.
"""

import io
import sys
import zipfile
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["parsers"]):
    from suanbei.parsers import parse_document
    from suanbei.parsers.find_numbers import read_texts

from suanbei.common.errors import DocumentError

MARK = b"%PART "
"""`%PART name\\n` before the content says which part of a package an input is."""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGING = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _links(target: str, kind: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGING}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


FRAMES: dict[str, dict[str, str]] = {
    "docx": {"word/document.xml": f"<w:document {_W}><w:body/></w:document>"},
    "xlsx": {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGING}/content-types"/>',
        "_rels/.rels": _links("xl/workbook.xml", "officeDocument"),
        "xl/_rels/workbook.xml.rels": _links("worksheets/sheet1.xml", "worksheet"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>',
    },
}


def packed(kind: str, data: bytes) -> bytes:
    """An input as a document: for office formats, its part in a package."""
    if kind not in FRAMES or data.startswith(b"PK"):
        return data
    part = next(reversed(FRAMES[kind])) if kind == "xlsx" else "word/document.xml"
    if data.startswith(MARK):
        head, _, data = data.partition(b"\n")
        told = head.removeprefix(MARK).decode("ascii", "replace")
        # A fuzzer's names may be none that a ZIP package takes.
        part = told if told.isprintable() and told.strip() else part
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in (FRAMES[kind] | {part: ""}).items():
            archive.writestr(name, data if name == part else content)
    return stream.getvalue()


def one_input(kind: str) -> Callable[[bytes], None]:
    """The function that a fuzzer calls: anything but a `DocumentError` is a finding."""

    def run(data: bytes) -> None:
        document = packed(kind, data)
        for read in (parse_document, read_texts):
            try:
                read(document, name="fuzz")
            except DocumentError as error:
                if "\n" in str(error):
                    raise AssertionError(f"a message of two lines: {error!r}") from error

    return run


def main() -> None:
    """Fuzz one format until libFuzzer's options stop it."""
    kind = sys.argv.pop(1)
    atheris.Setup(sys.argv, one_input(kind))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
