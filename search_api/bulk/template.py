"""A table to fill in: the columns that are wanted, and two examples."""

import csv
import io
from typing import Final

import xlsxwriter

from suanbei.common.texts import Language, Text

HEADERS: Final = (
    Text("公司名称", "Company"),
    Text("备案编号", "Filing number"),
    Text("备注", "Note"),
)
EXAMPLES: Final = (
    ("阿里巴巴达摩院（杭州）科技有限公司", "网信算备330110507206401230035号"),
    ("北京百度网讯科技有限公司", "Beijing-WenXinYiYan-20230821"),
)
_HINT = Text("示例，请替换或删除", "an example: replace or delete it")
_WIDTHS = (40, 44, 30)


def template_rows(language: Language) -> list[tuple[str, ...]]:
    """The header, and the examples."""
    hint = _HINT.say(language)
    return [tuple(one.say(language) for one in HEADERS), *((*row, hint) for row in EXAMPLES)]


def template_csv(language: Language) -> bytes:
    """The template as CSV that spreadsheets open."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(template_rows(language))
    return text.getvalue().encode("utf-8-sig")


def template_xlsx(language: Language) -> bytes:
    """The template as a workbook; its cells are texts, so that no number is rounded."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False}) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        sheet = book.add_worksheet()
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width, text)
        for number, row in enumerate(template_rows(language)):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell, text if number else bold)
        sheet.freeze_panes(1, 0)
    return body.getvalue()
