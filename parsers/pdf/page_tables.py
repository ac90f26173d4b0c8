"""What a page holds once its letters are in cells: tables, their rows and cells, and loose lines."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from unicodedata import normalize

from suanbei.parsers.columns import is_column_name
from suanbei.parsers.pdf.content import PageContent
from suanbei.parsers.pdf.grid import Grid
from suanbei.parsers.pdf.lines import Baselines, Line, lines_in, take_out_overprint
from suanbei.parsers.pdf.tolerances import LEAST_CELLS
from suanbei.parsers.tables import BREAK
from suanbei.registry.importing.published import Box

NUMBER_PART = re.compile(r"网信算备|\d号|-20\d{6}")
"""Part of a filing number."""
_RADICAL = re.compile("[\u2e80-\u2ef3\u2f00-\u2fd5]")
_SUPPLEMENT = dict(
    zip(
        "⺁⺄⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙冂几刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王疋罒示礻竹糹纟网罒㓁冈羊羊羊羊老聿聿肉𦥑艹艹艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
"""The letters of the block CJK Radicals Supplement, which Unicode's own folding leaves alone."""


@dataclass(slots=True)
class PageCell:
    """A cell: its lines, its places as (page, box), how many grid columns it covers, and its flags.

    It has one place until pages are merged; a cell that goes on over the next page has two. Flags are
    those of `suanbei.parsers.rows` that only the page can tell: `cut_off`, `overprinted_text`,
    `invisible_text`. One with `goes_on` is merged with the cell below it on the next page.
    """

    lines: list[Line]
    boxes: list[tuple[int, Box]]
    span: int = 1
    vertically_merged: bool = False
    flags: tuple[str, ...] = ()
    goes_on: bool = False

    @property
    def box(self) -> Box:
        """Its place on the page that it begins on."""
        return self.boxes[0][1]

    def text(self) -> str:
        """The text without any space at its breaks: enough for telling rows apart."""
        return BREAK.join(line.text for line in self.lines)

    def take_in(self, rest: "PageCell") -> None:
        """Add the lines and flags of what this cell goes on in."""
        self.lines += rest.lines
        self.flags = tuple(dict.fromkeys(self.flags + rest.flags))


@dataclass(slots=True)
class PageRow:
    """A row and the page that it begins on; `repeated` marks a header said again on a later page."""

    cells: list[PageCell]
    page: int
    repeated: bool = False


class PageTable(NamedTuple):
    """A table on a page: its column edges and its rows."""

    xs: tuple[float, ...]
    top: float
    bottom: float
    rows: list[PageRow]


class PageTables(NamedTuple):
    """A page: tables and loose lines from top to bottom; `slow` if plain pdfplumber read it.

    `glyphs` counts all glyphs. `left_out` are the texts that are no part of tables, as (`hidden` or
    `watermark`, text); `pictures` is the share of the page that pictures take; `invisible` says that
    all its text is an unseen layer.
    """

    number: int
    height: float
    tables: tuple[PageTable, ...]
    lines: tuple[Line, ...]
    glyphs: int = 0
    slow: bool = False
    left_out: tuple[tuple[str, str], ...] = ()
    pictures: float = 0.0
    invisible: bool = False


class CellText:
    """What a cell holds while a page is read: glyphs by baseline, in the order they are drawn."""

    __slots__ = ("cut", "held")

    def __init__(self) -> None:
        self.held: Baselines = defaultdict(list)
        self.cut = False


def page_table(grid: Grid, texts: Sequence[CellText], content: PageContent, page: int) -> PageTable:
    """The rows of a grid, given what each of its cells holds."""
    flags: list[tuple[str, ...]] = []
    for text in texts:
        odd: tuple[str, ...] = ("cut_off",) if text.cut else ()
        if content.overprinted and take_out_overprint(text.held):
            odd += ("overprinted_text",)
        flags.append((*odd, "invisible_text") if content.invisible and text.held else odd)
    lines = [lines_in(text.held) for text in texts]
    rows: list[list[PageCell]] = []
    for row, owners in enumerate(grid.owner):
        cells: list[PageCell] = []
        column = 0
        while column < len(owners):
            index = owners[column]
            top, left, bottom, right = (
                grid.cells[index] if index >= 0 else (row, column, row + 1, column + 1)
            )
            box = (grid.xs[left], grid.ys[top], grid.xs[right], grid.ys[bottom])
            cell = PageCell([], [(page, box)], right - left, row > top)
            is_last = bottom == len(grid.owner)
            cell.goes_on = is_last and grid.open_below.issuperset(range(left, right))
            if index >= 0:
                cell.lines, cell.flags = list(lines[index]), flags[index]
            cells.append(cell)
            column = right
        rows.append(cells)
    # A last row may be only the empty space between a table's rows and a frame around them.
    while len(rows) > 1 and len(rows[-1]) == 1 and not rows[-1][0].lines:
        rows.pop()
    made = [PageRow(cells, page) for cells in _with_parted_cells(rows)]
    return PageTable(grid.xs, grid.ys[0], grid.ys[-1], made)


def _with_parted_cells(rows: list[list[PageCell]]) -> list[list[PageCell]]:
    """Rows of which a rule parted some cells, but not the row, made one again.

    Such a rule is an underline as wide as its cell: most cells go through it, what it parts are
    the same columns above and below, and the number of the filing stands above it only.
    """
    made: list[list[PageCell]] = []
    for row in rows:
        parted = [cell for cell in row if not cell.vertically_merged]
        if made and 0 < len(parted) < LEAST_CELLS * len(row) and _parts_only(made[-1], row, parted):
            for above, below in zip(made[-1], row, strict=True):
                if not below.vertically_merged:
                    above.take_in(below)
                    [(page, box)] = above.boxes
                    above.boxes = [(page, (*box[:3], below.box[3]))]
        else:
            made.append(row)
    return made


def _parts_only(above: list[PageCell], row: list[PageCell], parted: list[PageCell]) -> bool:
    if [(cell.box[0], cell.span) for cell in above] != [(cell.box[0], cell.span) for cell in row]:
        return False
    return _has_number(above) and not _has_number(parted)


def _has_number(cells: Iterable[PageCell]) -> bool:
    return any(NUMBER_PART.search(line.text) for cell in cells for line in cell.lines)


def with_letters(pages: Sequence[PageTables]) -> Sequence[PageTables]:
    """The pages with letters for radicals, if the document's maker wrote radicals for letters (⽹ for 网).

    A font has one glyph for a radical and the letter of its form; Qt and others write down whichever code
    comes first. Some published rows have radicals themselves (⽤), so they are replaced only where a
    document's own numbers or column names are written with them. The cells of the pages are changed.
    """
    cells = [
        cell for page in pages for table in page.tables for row in table.rows for cell in row.cells
    ]
    if not any(_is_radical_for_letter(cell.text().replace(BREAK, "")) for cell in cells):
        return pages
    for cell in cells:
        cell.lines = list(map(_with_letters, cell.lines))
    return [page._replace(lines=tuple(map(_with_letters, page.lines))) for page in pages]


def _is_radical_for_letter(text: str) -> bool:
    if not _RADICAL.search(text):
        return False
    letters = _to_letters(text)
    return is_column_name(letters) or (letters.startswith("网信算备") and not text.startswith("网"))


def _to_letters(text: str) -> str:
    return _RADICAL.sub(
        lambda found: _SUPPLEMENT.get(found[0]) or normalize("NFKC", found[0]), text
    )


def _with_letters(line: Line) -> Line:
    return line._replace(text=_to_letters(line.text))
