"""Lists as pages for print: by Chromium and by WeasyPrint."""

from tests.parsers.makers.layouts import HEADER, TITLE, Layout, Row, rows_of

_BORDERS = {"full": "solid", "rounded": "solid", "open_sides": "solid"}


def html(layout: Layout, rows: list[Row]) -> str:
    """A list as a page."""
    tables = [rows[: len(rows) // 2], rows[len(rows) // 2 :]] if layout.two_tables else [rows]
    body = "<br>".join(_table(layout, part) for part in tables)
    mark = "<div class=wm>内部资料</div>" if layout.watermark else ""
    note = "<p>注：本清单由国家互联网信息办公室发布。</p>" if layout.note else ""
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{TITLE}</title><style>{_css(layout)}"
        f"</style></head><body>{mark}<h1>{TITLE}</h1>{body}{note}</body></html>"
    )


def _table(layout: Layout, rows: list[Row]) -> str:
    head = "".join(f"<th>{name}</th>" for name in HEADER)
    title = f"<tr><th colspan=8>{TITLE}</th></tr>" if layout.title_row else ""
    tag = "thead" if layout.repeat_header else "tbody"
    return f"<table><{tag}>{title}<tr>{head}</tr></{tag}><tbody>{''.join(map(_row(layout), rows))}</tbody></table>"


def _row(layout: Layout):  # type: ignore[no-untyped-def]
    def made(row: Row) -> str:
        cells = [f"<td>{text}</td>" for text in row]
        if layout.underlined:
            cells[1] = f"<td class=u>{row[1]}<hr>第二行</td>"
        return f"<tr>{''.join(cells)}</tr>"

    return made


def _css(layout: Layout) -> str:
    style = _BORDERS.get(layout.rules, layout.rules)
    line = f"{layout.width}pt {style} #000"
    cell = {
        "none": "border:none",
        "across": f"border-top:{layout.width}pt solid #000;border-bottom:{layout.width}pt solid #000",
    }.get(layout.rules, f"border:{line}")
    table = "border-collapse:collapse;width:100%;"
    if layout.rules == "rounded":
        table = (
            f"border-collapse:separate;border-spacing:0;border:{line};border-radius:8px;width:100%;"
        )
    page = "landscape" if layout.landscape else "portrait"
    css = [
        f"@page{{size:A4 {page};margin:15mm}} body{{font-family:'Noto Sans CJK SC','Noto Serif CJK SC'}}",
        f"table{{{table}font-size:{layout.size}pt}} h1{{font-size:16pt;text-align:center}}",
        f"th,td{{{cell};padding:{layout.padding}pt;text-align:{'center' if layout.centred else 'left'};"
        "font-weight:normal} tr{break-inside:avoid} hr{margin:0 -3pt;border:none;border-top:1pt solid #000}",
    ]
    if layout.rules == "open_sides":
        css.append(
            "td:first-child,th:first-child{border-left:none}td:last-child,th:last-child{border-right:none}"
        )
    if layout.shade == "zebra":
        css.append("tbody tr:nth-child(odd) td{background:#eee} th{background:#99c}")
    if layout.shade == "header":
        css.append(f"th{{background:#235;color:{'#fff' if layout.white_header else '#000'}}}")
    if layout.watermark:
        css.append(
            ".wm{position:fixed;top:60mm;left:60mm;font-size:48pt;color:rgba(120,120,120,.4)}"
        )
    css.append("*{-webkit-print-color-adjust:exact;print-color-adjust:exact}")
    return "".join(css)


def expected(layout: Layout) -> list[Row]:
    """The rows of a layout's list as they are published."""
    rows = rows_of(layout.rows)
    if layout.underlined:
        return [(*row[:1], row[1] + "第二行", *row[2:]) for row in rows]
    return rows


def weasyprint_pdf(layout: Layout) -> bytes:
    """A list as WeasyPrint prints it."""
    import weasyprint

    made: bytes = weasyprint.HTML(string=html(layout, rows_of(layout.rows))).write_pdf()
    return made
