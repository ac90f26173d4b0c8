"""One key per name: what is left when the accidents of printing are taken away."""

import re
import unicodedata
from functools import lru_cache

_NOT_A_LETTER = re.compile(r"[\W_]+")


@lru_cache(maxsize=65_536)
def entity_key(name: str) -> str:
    """The name for comparing: compatibility forms unified (NFKC), case folded, and everything
    that is neither letter nor digit taken out (brackets, spaces, quotes, dots, dashes).

    `阿里巴巴达摩院（杭州）科技有限公司` and the same with half-width brackets share a key. Over all
    names of the published lists only such variants do. Empty for a name without letters.
    """
    key = _folded(name)
    # Taking a sign out can bring two characters together that compose: fold until it rests.
    while (again := _folded(key)) != key:
        key = again
    return key


def _folded(text: str) -> str:
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())
