"""How texts are made comparable, the same for documents and queries and on every engine.

Each character is folded alone, so that the folded fragment of a text is a fragment of the folded
text: whatever run of characters a person remembers is found, by construction. Folded text has letters
and digits only; the runs of other signs are kept beside it, for who looks for nothing but signs.
"""

import re
import unicodedata
from collections.abc import Iterable

from suanbei.registry.cells.names.parts import simplified_characters

BEGIN, END = "‹", "›"
"""Mark the ends of an item; neither occurs in one."""
BORDER = "│"
"""Stands between the parts of a list of products; never within folded text."""
_SIGN_RUN = re.compile(r"[\W_]{2,}")
_LIST_SIGNS = re.compile(r"[()（）\[\]【】〔〕《》<>「」、，,；;/|│\n]+")
_TO_FULL = ord("（") - ord("(")


class _Folding(dict[int, str]):
    """Code point → its folded form, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        simple = simplified_characters()
        decomposed = unicodedata.normalize("NFKD", chr(code)).casefold()
        kept = [simple.get(sign, sign)[0] for sign in decomposed if sign.isalnum()]
        self[code] = "".join(kept)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Letters and digits only, in one width and case, simplified, without accents.

    >>> fold("阿里巴巴達摩院（杭州）ＡＩ")
    '阿里巴巴达摩院杭州ai'
    """
    return text.translate(_FOLDING)


def fold_list(text: str) -> str:
    """A list of products folded, with a border where brackets or commas part it, so that no
    fragment of letters runs from one product into the next, or into its kind.

    >>> fold_list("抖音（APP）、西瓜 视频(网站)")
    '抖音│app│西瓜视频│网站'
    """
    return BORDER.join([part for run in _LIST_SIGNS.split(text) if (part := fold(run))])


def fold_signs(text: str) -> str:
    """Signs in one width, without spaces and our own marks.

    >>> fold_signs(")、 ")
    '）、'
    """
    signs = "".join([unicodedata.normalize("NFKC", sign) for sign in text])
    kept = [sign for sign in signs if not sign.isspace() and sign not in BEGIN + END + BORDER]
    # Signs of ASCII would part words for every tokeniser.
    return "".join([chr(ord(sign) + _TO_FULL) if sign.isascii() else sign for sign in kept])


def sign_runs(*texts: str) -> list[str]:
    """Every run of two signs or more, folded: for who looks for nothing but signs (`--` is a product of many).

    >>> sign_runs("抖音（APP）、西瓜 视频")
    ['）、']
    """
    runs = (run for text in texts for run in _SIGN_RUN.findall(text))
    return [folded for run in runs if (folded := fold_signs(run))]


def mark(items: Iterable[str]) -> str:
    """Folded items, each with its ends marked, one a line.

    >>> mark(["抖音", "西瓜"])
    '‹抖音›\\n‹西瓜›'
    """
    return "\n".join([BEGIN + item + END for item in items])


def grams(text: str, size: int = 2) -> list[str]:
    """Every run of so many neighbouring characters.

    >>> grams("‹抖音›")
    ['‹抖', '抖音', '音›']
    """
    return [text[at : at + size] for at in range(len(text) - size + 1)]
