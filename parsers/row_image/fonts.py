"""Finds a font with Chinese characters on this machine; none is shipped (they are 10 MB and more)."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from suanbei.common.errors import NoFont

_NAMES = (
    "notosanscjk", "notosanssc", "sourcehansans", "notoserifcjk", "notoserifsc", "sourcehanserif",
    "wqy-zenhei", "wqy-microhei", "wqy", "droidsansfallback", "pingfang", "hiragino sans gb",
    "stheiti", "msyh", "simhei", "simsun", "deng", "uming", "ukai", "unifont",
)  # fmt: skip
"""Beginnings of the file names of fonts with Chinese characters, the best first."""
_KINDS = frozenset((".ttf", ".ttc", ".otf", ".otc"))
_MAX_FILES = 20_000
_PROBE = "网信算备序号"


def _folders() -> list[Path]:
    home = Path.home()
    windows = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    return [
        Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts",
        home / ".fonts", Path("/System/Library/Fonts"), Path("/Library/Fonts"),
        home / "Library/Fonts", windows,
    ]  # fmt: skip


def _files() -> Iterator[Path]:
    seen = 0
    for folder in _folders():
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                seen += 1
                if seen > _MAX_FILES:
                    return
                if Path(name).suffix.lower() in _KINDS:
                    yield Path(root, name)


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The best font file with Chinese characters.

    Raises:
        NoFont: there is none.
    """
    ranked = []
    for file in _files():
        name = file.name.lower()
        rank = next((i for i, known in enumerate(_NAMES) if name.startswith(known)), None)
        if rank is not None:
            # A regular weight before bold and light ones.
            ranked.append((rank, "regular" not in name, file))
    for _, _, file in sorted(ranked):
        if not missing(_PROBE, ImageFont.truetype(file, 20)):
            return file
    raise NoFont(
        "no font with Chinese characters on this machine to draw a row with: install one "
        "(Debian, Ubuntu: fonts-noto-cjk)"
    )


def missing(text: str, font: ImageFont.FreeTypeFont) -> set[str]:
    """The characters of a text that a font cannot show."""
    nothing = bytes(font.getmask("\U0010fffe"))
    return {sign for sign in set(text) if sign != " " and bytes(font.getmask(sign)) == nothing}
