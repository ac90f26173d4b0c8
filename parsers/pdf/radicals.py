"""Letters that a PDF's font names by a radical's code (⽹ for 网), as its maker looked them up by glyph.

A font has one glyph for a radical and the letter of its form; Qt and others write down whichever code
comes first. Some published rows have radicals themselves (⽤), so they are replaced only where a
document's own numbers or column names are written with them.
"""

import re
from collections.abc import Sequence
from unicodedata import normalize

from suanbei.parsers.columns import is_column_name
from suanbei.parsers.pdf.lines import Line
from suanbei.parsers.pdf.page_tables import PageTables
from suanbei.parsers.text import BREAK

_RADICAL = re.compile("[\u2e80-\u2ef3\u2f00-\u2fd5]")
_SUPPLEMENT = dict(
    zip(
        "⺁⺄⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙冂几刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王疋罒示礻竹糹纟网罒㓁冈羊羊羊羊老聿聿肉𦥑艹艹艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
"""The letters of the block CJK Radicals Supplement, which Unicode's own folding leaves alone."""


def with_letters(pages: Sequence[PageTables]) -> Sequence[PageTables]:
    """The pages with letters for radicals, if the document's maker wrote radicals for letters.

    Their cells are changed.
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
