"""Charts as pictures, which are kept; `drawn` makes them of `drawings`."""

import re
from functools import lru_cache
from pathlib import Path

from suanbei.common.late_imports import importing
from suanbei.search_api.pages.drawings import Drawing

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
            "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts")  # fmt: skip
_CHINESE = re.compile(
    r"cjk|sourcehan|notos\w+(sc|tc)|wqy|wenquanyi|droidsansfallback|pingfang|hiragino|stheiti"
    r"|songti|msyh|simsun|simhei|arialuni|uming|ukai",
    re.IGNORECASE,
)


@lru_cache
def has_chinese_font() -> bool:
    """Whether this machine can write Chinese into a PNG; an SVG is written by its reader."""
    return any(
        _CHINESE.search(path.name)
        for folder in _FOLDERS
        for path in Path(folder).expanduser().rglob("*.[to]t*")
    )


@lru_cache(maxsize=300)
def svg(drawing: Drawing) -> str:
    """The chart as SVG; its texts stay texts, in the reader's own fonts."""
    with importing:
        from suanbei.search_api.pages.drawn import to_svg

    return to_svg(drawing)


@lru_cache(maxsize=50)
def png(drawing: Drawing) -> bytes:
    """The chart as PNG on paper, in the fonts of this machine."""
    with importing:
        from suanbei.search_api.pages.drawn import to_png

    return to_png(drawing)


def warm_up() -> None:
    """Draw a chart for nobody: what the first one has to load is there when one is asked for."""
    svg(Drawing(rows=(("", "", 1),), parts=("",), columns=True, count_title=""))
