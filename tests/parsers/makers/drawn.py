"""Lists by makers that set tables themselves: reportlab and Typst."""

import io

from tests.parsers.makers.layouts import HEADER, TITLE, Layout, rows_of

_WIDTHS = (30, 100, 70, 120, 80, 150, 170, 50)


def reportlab_pdf(layout: Layout) -> bytes:
    """A list as reportlab's tables print it."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("x", fontName="STSong-Light", fontSize=layout.size, leading=layout.size * 1.3,
                           wordWrap="CJK")  # fmt: skip
    rows = rows_of(layout.rows)
    parts = [rows[: len(rows) // 2], rows[len(rows) // 2 :]] if layout.two_tables else [rows]
    flow = [Paragraph(TITLE, style), Spacer(1, 12)]
    for part in parts:
        data = [[Paragraph(text, style) for text in row] for row in (HEADER, *part)]
        scale = 1.0 if layout.landscape else 0.7
        table = Table(data, [w * scale for w in _WIDTHS], repeatRows=int(layout.repeat_header))
        line = (layout.width, colors.black)
        commands: list[tuple[object, ...]] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        commands += {
            "full": [("GRID", (0, 0), (-1, -1), *line)],
            "rounded": [("GRID", (0, 0), (-1, -1), *line)],
            "open_sides": [("INNERGRID", (0, 0), (-1, -1), *line), ("LINEABOVE", (0, 0), (-1, 0), *line),
                           ("LINEBELOW", (0, -1), (-1, -1), *line)],
            "across": [("LINEABOVE", (0, 0), (-1, -1), *line), ("LINEBELOW", (0, -1), (-1, -1), *line)],
            "dotted": [("GRID", (0, 0), (-1, -1), *line, None, (1, 2))],
            "dashed": [("GRID", (0, 0), (-1, -1), *line, None, (4, 3))],
            "double": [("GRID", (0, 0), (-1, -1), *line, None, None, None, 2, 3)],
            "none": [],
        }[layout.rules]  # fmt: skip
        if layout.shade == "zebra":
            commands.append(("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.lightgrey, None]))
            commands.append(("BACKGROUND", (0, 0), (-1, 0), colors.lightblue))
        if layout.rules == "rounded":
            commands.append(("ROUNDEDCORNERS", [6, 6, 6, 6]))
        table.setStyle(commands)
        flow += [table, Spacer(1, 20)]
    stream = io.BytesIO()
    size = landscape(A4) if layout.landscape else A4

    def mark(canvas, _):  # type: ignore[no-untyped-def]
        if layout.watermark:
            canvas.setFillColorRGB(0.6, 0.6, 0.6, 0.5)
            canvas.setFont("STSong-Light", 60)
            canvas.drawString(200, 300, "内部资料")

    SimpleDocTemplate(stream, pagesize=size, leftMargin=20, rightMargin=20).build(
        flow, onFirstPage=mark, onLaterPages=mark
    )
    return stream.getvalue()


def typst_pdf(layout: Layout) -> bytes:
    """A list as Typst prints it."""
    import typst

    stroke = {
        "full": f"{layout.width}pt", "rounded": f"{layout.width}pt", "double": f"{layout.width}pt",
        "none": "none", "across": f"(x: none, y: {layout.width}pt)",
        "open_sides": f"(x, y) => (left: if x > 0 {{ {layout.width}pt }}, top: {layout.width}pt, "
        f"bottom: {layout.width}pt)",
        "dotted": f'(thickness: {layout.width}pt, dash: "dotted")',
        "dashed": f'(thickness: {layout.width}pt, dash: "dashed")',
    }[layout.rules]  # fmt: skip
    fill = "(_, y) => if calc.odd(y) { luma(230) }" if layout.shade == "zebra" else "none"
    head = ", ".join(f"[{name}]" for name in HEADER)
    if layout.repeat_header:
        head = f"table.header({head})"
    rows = rows_of(layout.rows)
    parts = [rows[: len(rows) // 2], rows[len(rows) // 2 :]] if layout.two_tables else [rows]
    tables = "\n\n".join(
        f"#table(columns: (auto, 1fr, auto, 1.3fr, auto, 2fr, 2fr, auto), stroke: {stroke}, "
        f"fill: {fill}, inset: {layout.padding}pt, {head}, "
        + ", ".join(f"[{text}]" for row in part for text in row)
        + ")"
        for part in parts
    )
    source = (
        f'#set page(paper: "a4", flipped: {str(layout.landscape).lower()}, margin: 15mm)\n'
        f'#set text(font: "Noto Serif CJK SC", size: {layout.size}pt)\n{TITLE}\n\n{tables}\n'
    )
    made: bytes = typst.compile(source.encode())
    return made
