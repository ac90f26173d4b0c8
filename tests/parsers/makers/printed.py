"""Lists by programs that may be on the machine: LibreOffice, XeTeX, Qt's wkhtmltopdf, Cairo, Ghostscript."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.parsers.makers import web, word
from tests.parsers.makers.layouts import HEADER, TITLE, Layout, Row, rows_of

FONT = "Noto Serif CJK SC"
_TIMEOUT = 300
_WIDTHS = (30, 100, 65, 120, 75, 150, 150, 50)
_A4 = (595, 842)


def libreoffice(layouts: Sequence[Layout], folder: Path) -> None:
    """Lists as Word writes them, printed by LibreOffice: all at once, as it takes seconds to start."""
    sources = [folder / f"{layout.name}.docx" for layout in layouts]
    for layout, source in zip(layouts, sources, strict=True):
        source.write_bytes(word.docx(layout, wps=False))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *sources)


def wkhtmltopdf(layout: Layout, target: Path) -> None:
    """A page printed by Qt's WebKit."""
    source = target.with_suffix(".html")
    source.write_text(web.html(layout, rows_of(layout.rows)), encoding="utf-8")
    way = "Landscape" if layout.landscape else "Portrait"
    run("wkhtmltopdf", "-q", "--encoding", "utf-8", "-O", way, "-s", "A4", source, target)


def xelatex(layout: Layout, target: Path) -> None:
    """A `longtable` typeset by XeTeX."""
    source = target.with_suffix(".tex")
    source.write_text(_tex(layout), encoding="utf-8")
    run("xelatex", "-interaction=batchmode", f"-output-directory={target.parent}", source)


def cairo(layout: Layout, target: Path) -> None:
    """Pages drawn as SVG, each letter's line a text element, printed by librsvg through Cairo and Pango."""
    pages = []
    for number, page in enumerate(_drawn_pages(layout)):
        pages.append(target.with_name(f"{target.stem}-{number}.svg"))
        pages[-1].write_text(page, encoding="utf-8")
    run("rsvg-convert", "-f", "pdf", "--dpi-x", "72", "--dpi-y", "72", "-o", target, *pages)


def ghostscript(data: bytes, target: Path) -> None:
    """Another maker's list printed to PDF again: Ghostscript writes all text and lines anew."""
    source = target.with_suffix(".source.pdf")
    source.write_bytes(data)
    run("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", f"-sOutputFile={target}", source)


def run(program: str, *arguments: object) -> None:
    """Run a program; a failure says what it said."""
    path = shutil.which(program)
    if path is None:
        raise FileNotFoundError(program)
    done = subprocess.run(
        [path, *map(str, arguments)], env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, errors="replace", timeout=_TIMEOUT, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stdout[-500:]}{done.stderr[-500:]}")


def _parts(layout: Layout) -> list[list[Row]]:
    rows = rows_of(layout.rows)
    half = len(rows) // 2
    return [rows[:half], rows[half:]] if layout.two_tables else [rows]


def _tex(layout: Layout) -> str:
    scale = 1.0 if layout.landscape else 0.62
    rule = {"full": "|", "rounded": "|", "double": "||", "dotted": ":", "dashed": ":"}.get(
        layout.rules, ""
    )
    inner = "|" if layout.rules == "open_sides" else rule
    line = {"none": "", "double": r"\hline\hline", "dotted": r"\hdashline", "dashed": r"\hdashline"}.get(
        layout.rules, r"\hline"
    )  # fmt: skip
    place = r"\centering" if layout.centred else r"\raggedright"
    columns = [f">{{{place}\\arraybackslash}}p{{{width * scale:.0f}pt}}" for width in _WIDTHS]
    form = f"{rule}{inner.join(columns)}{rule}"
    dash = "{1pt}{2pt}" if layout.rules == "dotted" else "{4pt}{3pt}"
    mark = (
        r"\AddToShipoutPictureBG{\put(200,300){\textcolor[gray]{0.7}{\fontsize{60}{60}\selectfont 内部资料}}}"
        if layout.watermark
        else ""
    )
    tables = "\n\n\\bigskip\n".join(_tex_table(layout, form, line, part) for part in _parts(layout))
    note = "注：本清单由国家互联网信息办公室发布。" if layout.note else ""
    way = "landscape," if layout.landscape else ""
    return (
        rf"\documentclass{{article}}\usepackage[{way}a4paper,margin=10mm]{{geometry}}"
        r"\usepackage{longtable,array,colortbl,xcolor,eso-pic,arydshln,xeCJK}"
        rf"\setCJKmainfont{{{FONT}}}\setmainfont{{{FONT}}}\pagestyle{{empty}}"
        rf"\setlength{{\arrayrulewidth}}{{{layout.width}pt}}\setlength{{\tabcolsep}}{{{layout.padding}pt}}"
        rf"\setlength{{\dashlinedash}}{dash[:5]}\setlength{{\dashlinegap}}{dash[5:]}"
        rf"\begin{{document}}{mark}\setlength{{\parindent}}{{0pt}}"
        rf"\fontsize{{{layout.size}}}{{{layout.size * 1.3:.1f}}}\selectfont {TITLE}" + "\n\n" + tables + "\n\n"
        + note + r"\end{document}"
    )  # fmt: skip


def _tex_table(layout: Layout, form: str, line: str, rows: list[Row]) -> str:
    white = r"\color{white}" if layout.white_header else ""
    head = " & ".join(white + name for name in HEADER) + r" \\ " + line
    if layout.shade != "none":
        head = (
            r"\rowcolor[rgb]{.13,.2,.33}" if layout.shade == "header" else r"\rowcolor[gray]{.7}"
        ) + head
    head = f"{line} {head}"
    if layout.title_row:
        width = "|c|" if form.startswith("|") else "c"
        head = rf"{line} \multicolumn{{8}}{{{width}}}{{{TITLE}}} \\ {head}"
    body = ""
    for at, row in enumerate(rows):
        shade = r"\rowcolor[gray]{.9}" if layout.shade == "zebra" and at % 2 else ""
        body += f"{shade}{' & '.join(row)} \\\\ {line}\n"
    end = r"\endhead" if layout.repeat_header else ""
    return rf"\begin{{longtable}}{{{form}}}{head}{end}" + "\n" + body + r"\end{longtable}"


def _drawn_pages(layout: Layout) -> list[str]:
    """The pages of a list as SVG, with rows of the height that their fullest cell needs."""
    width, height = reversed(_A4) if layout.landscape else _A4
    scale = (width - 60) / sum(_WIDTHS)
    xs = [30.0]
    for one in _WIDTHS:
        xs.append(xs[-1] + one * scale)
    pages: list[list[str]] = [[_text(30, 40, TITLE, layout.size)]]
    y = 60.0
    for number, part in enumerate(_parts(layout)):
        y += 30 * bool(number)
        for at, row in enumerate((HEADER, *part)):
            drawn, bottom = _drawn_row(layout, row, xs, y, at)
            if bottom > height - 30:
                pages.append([])
                y = 30.0
                if layout.repeat_header:
                    head, y = _drawn_row(layout, HEADER, xs, y, 0)
                    pages[-1] += head
                drawn, bottom = _drawn_row(layout, row, xs, y, at)
            pages[-1] += drawn
            y = bottom
    if layout.note:
        pages[-1].append(_text(30, y + 20, "注：本清单由国家互联网信息办公室发布。", layout.size))
    mark = _text(200, 300, "内部资料", 60, "#aaa") if layout.watermark else ""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}">{mark}{"".join(page)}</svg>'
        for page in pages
    ]


def _drawn_row(
    layout: Layout, row: Row, xs: list[float], top: float, at: int
) -> tuple[list[str], float]:
    """The elements of a row, and where it ends."""
    size, pad = layout.size, layout.padding + layout.width * 3 * (layout.rules == "double")
    lines = [
        _wrapped(text, x1 - x0 - 2 * pad, size)
        for text, x0, x1 in zip(row, xs, xs[1:], strict=False)
    ]
    bottom = top + max(map(len, lines)) * size * 1.3 + 2 * pad
    fill = "#235" if layout.shade == "header" else "#ccc"
    colour = "#fff" if layout.white_header and not at else "#000"
    drawn = []
    if (layout.shade != "none" and not at) or (layout.shade == "zebra" and at % 2 == 0):
        drawn.append(f'<rect x="{xs[0]}" y="{top}" width="{xs[-1] - xs[0]}" height="{bottom - top}" fill="{fill}"/>')  # fmt: skip
    for x0, x1, texts in zip(xs, xs[1:], lines, strict=False):
        for number, text in enumerate(texts):
            left = (x0 + x1 - _width(text, size)) / 2 if layout.centred else x0 + pad
            drawn.append(_text(left, top + pad + size * (1 + 1.3 * number), text, size, colour))
    return drawn + _rules(layout, xs, top, bottom), bottom


def _rules(layout: Layout, xs: list[float], top: float, bottom: float) -> list[str]:
    rules = layout.rules
    downs = {"none": [], "across": [], "open_sides": xs[1:-1]}.get(rules, xs)
    ends = [] if rules == "none" else [top, bottom]
    lines = [(x, top, x, bottom) for x in downs] + [(xs[0], y, xs[-1], y) for y in ends]
    if rules == "double":
        gap = layout.width * 2
        lines += [(x0 + gap * (x0 == x1), y0 + gap * (y0 == y1), x1 + gap * (x0 == x1), y1 + gap * (y0 == y1))
                  for x0, y0, x1, y1 in lines]  # fmt: skip
    dash = {"dotted": "1 2", "dashed": "4 3"}.get(rules, "")
    look = f'stroke="#000" stroke-width="{layout.width}"' + (
        f' stroke-dasharray="{dash}"' if dash else ""
    )
    return [f'<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" {look}/>' for x0, y0, x1, y1 in lines]


def _wrapped(text: str, width: float, size: float) -> list[str]:
    lines = [""]
    for sign in text:
        if _width(lines[-1] + sign, size) > width:
            lines.append("")
        lines[-1] += sign
    return lines


def _width(text: str, size: float) -> float:
    """About how wide a text is, rather too wide than too narrow."""
    return sum(size if sign > "\xff" else size * 0.7 for sign in text)


def _text(x: float, y: float, text: str, size: float, colour: str = "#000") -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size}" fill="{colour}">{escape(text)}</text>'
