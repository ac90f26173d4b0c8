"""One key per name: what is left when the accidents of printing are taken away."""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_NOT_A_LETTER = re.compile(r"[\W_]+")
_FILLERS = """
na nan none null nil no unknown tbd tba tbc xxx notapplicable notavailable notprovided pending
无 暂无 没有 不详 未知 未填 未填写 未提供 空 待定 待补充 待确认 待核实 待核对 待查 待填 同上
不适用 不清楚 不知道 见附件 见备注 其他 自研 自主研发 自有 个人 第三方 本公司 我司 我公司 该公司
无供应商 公司 集团 企业 供应商 厂商 有限公司 股份公司 有限责任公司 股份有限公司 集团有限公司
集团公司 分公司 公司名称 主体名称 company companyname vendor supplier ltd inc coltd
"""
_NO_NAMES = frozenset(_FILLERS.split())
"""Keys of what people put where they name no company."""


@lru_cache(maxsize=65_536)
def entity_key(name: str) -> str:
    """The name for comparing: compatibility forms unified (NFKC), case folded, traditional
    characters simplified, and everything that is neither letter nor digit taken out (brackets,
    spaces, quotes, dots, dashes).

    `阿里巴巴达摩院（杭州）科技有限公司` and the same with half-width brackets share a key. Over all
    names of the published lists only such variants do. Empty for a name without letters.
    """
    key = _folded(name)
    # Taking a sign out can bring two characters together that compose: fold until it rests.
    while (again := _folded(key)) != key:
        key = again
    return key


def _folded(text: str) -> str:
    return _NOT_A_LETTER.sub("", simplified(unicodedata.normalize("NFKC", text).casefold()))


def simplified(text: str) -> str:
    """The text with traditional characters as simplified ones, one for one.

    >>> simplified("深圳市騰訊計算機系統有限公司")
    '深圳市腾讯计算机系统有限公司'
    """
    return text if text.isascii() else text.translate(_simplified_characters())


@cache
def _simplified_characters() -> dict[int, str]:
    """Traditional character → simplified one, by the table of OpenCC; without characters that
    are in use in China as well (乾 stands in names for itself)."""
    table = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    simple = {old: new.split() for old, new in pairs}
    return {ord(old): new[0] for old, new in simple.items() if len(old) == 1 and old not in new}


_PLACEHOLDER = re.compile(
    "[0-9]|(?:x{2,}|某+)(?:科技|网络|信息|技术|集团)*(?:股份)?(?:有限)?(?:责任)?(?:公司)?"
)


def names_no_company(claim: str) -> bool:
    """Whether a claimed name is only a filler: empty, N/A, -, 无, 有限公司, XX公司.

    >>> [names_no_company(claim) for claim in ("N/A", "——", "有限公司", "某某科技有限公司", "腾讯")]
    [True, True, True, True, False]
    """
    key = entity_key(claim)
    return not key or key in _NO_NAMES or _PLACEHOLDER.fullmatch(key) is not None
