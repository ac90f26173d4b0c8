"""Names as they stand in a clause: with or without quotes, one or several, with their date."""

import re

from suanbei.registry.cells.brackets import QUOTES, quote_pairs
from suanbei.registry.cells.products import split_products
from suanbei.registry.importing.published import period_of

_DATE_IN_BRACKETS = re.compile(r"[（(]\s*(20\d\d\s*年\s*\d{1,2}\s*月)[^（）()]*[）)]\s*$")
_AND_OTHERS = re.compile(r"(?<=[）)”」』\"])\s*等(?:\d+[款个])?(?:产品|应用|信息)?$")
_KIND = "APP|App|app|小程序|网站|公众账号|公众号"
# 写作蛙网站和小程序: two kinds of one product, without brackets.
_SEVERAL_KINDS = re.compile(rf"(.+?)({_KIND})((?:\s*[和及与、]\s*(?:{_KIND}))+)")
_ANY_KIND = re.compile(_KIND)
_KIND_AT_END = re.compile(rf"[（(][^（）()]*[）)]$|(?:{_KIND})$")
_ONLY_KIND = re.compile(rf"(?:微信|抖音|支付宝|快手|百度)?(?:{_KIND})")
_BETWEEN = " \t\r\n、，,和及"
_EDGES = " \t\r\n　：:，,、"


def without_date(text: str) -> tuple[str, str]:
    """A text without the date in brackets at its end (`B（2024年6月）`), and `YYYY-MM`."""
    found = _DATE_IN_BRACKETS.search(text)
    return (text[: found.start()], period_of(found[1])) if found else (text, "")


def bare(text: str) -> str:
    """A name without the quotes around it and the spaces at its ends."""
    trimmed = _AND_OTHERS.sub("", text.strip(_EDGES)).strip(_EDGES)
    pairs = quote_pairs(trimmed, never_inside="变更为")
    if pairs and pairs[0] == (0, len(trimmed) - 1):
        return trimmed[1:-1].strip()
    if len(pairs) == 1:
        # “A”(APP): the kind stands after the quote.
        opened, closed = pairs[0]
        tail = trimmed[closed + 1 :].strip()
        if opened == 0 and tail[:1] in ("(", "（"):
            return trimmed[1:closed].strip() + tail
        if opened == 0 and _ONLY_KIND.fullmatch(tail):
            return f"{trimmed[1:closed].strip()}({tail})"
    elif not pairs:
        return trimmed.strip(QUOTES).strip() if _one_stray_quote(trimmed) else trimmed
    return trimmed


def is_quoted(text: str) -> bool:
    """Whether a text is one quoted part and nothing else."""
    trimmed = text.strip(_EDGES)
    return [(0, len(trimmed) - 1)] == quote_pairs(trimmed, never_inside="变更为")


def _one_stray_quote(text: str) -> bool:
    """Whether a quote was opened or closed and its partner forgotten."""
    return sum(sign in QUOTES for sign in text) == 1 and (text[0] in QUOTES or text[-1] in QUOTES)


def product_items(text: str) -> list[str]:
    """The products a piece of text names, each as published: the content of one pair of quotes
    can be a list (“A(网站)、B(网站)”), and two kinds can share a name (写作蛙网站和小程序)."""
    quoted = quote_pairs(text, never_inside="变更为")
    if len(quoted) > 1 and not _outside(text, quoted).strip(_BETWEEN):
        return [
            item for opened, closed in quoted for item in product_items(text[opened + 1 : closed])
        ]
    name = bare(text)
    several = _SEVERAL_KINDS.fullmatch(name)
    if several:
        kinds = [several[2], *_ANY_KIND.findall(several[3])]
        return [f"{several[1].strip()}({kind})" for kind in kinds]
    items = list(dict.fromkeys(bare(product.text) for product in split_products(name)))
    return items or [name]


def _outside(text: str, pairs: list[tuple[int, int]]) -> str:
    """What stands outside the quotes."""
    ends = [0, *(closed + 1 for _, closed in pairs)]
    starts = [*(opened for opened, _ in pairs), len(text)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def without_kind(product: str) -> str:
    """The name of a product without its kind, in brackets or not."""
    return _KIND_AT_END.sub("", product).strip() or product


def is_kind_alone(text: str) -> bool:
    """Whether a piece is nothing but a kind (网站), said of the product before it."""
    return bool(_ONLY_KIND.fullmatch(text.strip()))
