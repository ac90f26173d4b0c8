"""What a workbook's XML tells before calamine reads it: what is hidden, never computed, or an error."""

import io
import zipfile

import pytest

from suanbei.common.errors import BrokenDocument
from suanbei.common.files import Package, PackageLimits
from suanbei.common.workbook_check import SheetDetails, check_workbook

LIMITS = PackageLimits(parts=10, unpacked_bytes=10**9, part_bytes=10**9)


def details_of(xml: str, before: str = "") -> SheetDetails:
    """What is told of a workbook with this one sheet."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/worksheets/sheet1.xml", f"{before}<worksheet>{xml}</worksheet>")
        target.writestr("xl/workbook.xml", '<w xmlns:r="r"><sheet name="表" r:id="i"/></w>')
        relation = '<Relationship Id="i" Target="worksheets/sheet1.xml"/>'
        target.writestr("xl/_rels/workbook.xml.rels", f"<r>{relation}</r>")
    with Package(body, "book.xlsx", LIMITS) as package:
        return check_workbook(package)["表"]


def test_what_indents_the_xml_is_no_part_of_a_text() -> None:
    """Protects the words shown for a formula or an error; and an empty value is none."""
    details = details_of(
        '<sheetData>\n <row r="1">\n  <c r="A1" t="e">\n   <f>1/0</f>\n   <v>#DIV/0!</v>\n  </c>\n'
        '  <c r="B1">\n   <f>A1</f>\n  </c>\n  <c r="C1" t="e">\n   <f>A2</f>\n   <v></v>\n  </c>\n </row>\n</sheetData>'
    )
    assert details.errors == {(0, 0): "#DIV/0!"}
    assert details.formulas == {(0, 1): "=A1", (0, 2): "=A2"}


def test_a_formula_of_shared_text_without_a_value_is_named() -> None:
    """It would pass for an empty cell: "no number" of one that was never computed."""
    details = details_of('<sheetData><row r="1"><c r="A1" t="s"><f>B1</f></c></row></sheetData>')
    assert details.formulas == {(0, 0): "=B1"}


def test_a_document_type_is_refused_by_its_name() -> None:
    """Protects against entities, in sheets and in what names them; a workbook has none."""
    with pytest.raises(BrokenDocument, match=r"sheet1\.xml declares a document type"):
        details_of("<sheetData></sheetData>", before="<!DOCTYPE worksheet>")


def test_numbers_of_hidden_columns_that_are_none_hide_nothing() -> None:
    """Python refuses to read more than 4,300 digits."""
    long = "1" * 5000
    columns = f'<col min="{long}" max="{long}" hidden="1"/><col min="2" max="3" hidden="1"/>'
    details = details_of(f"<cols>{columns}</cols><sheetData></sheetData>")
    assert details.hidden_columns == {1, 2}


def test_a_very_long_formula_is_read_in_one_go() -> None:
    """Protects against a few kilobytes of ZIP that would take minutes."""
    text = "A" * 40_000_000
    details = details_of(f'<sheetData><row r="1"><c r="A1"><f>{text}</f></c></row></sheetData>')
    assert details.formulas == {(0, 0): f"={text}"}
