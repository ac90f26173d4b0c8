"""Numbers of other Chinese registers that people take for algorithm filings."""

import re
from collections.abc import Iterator

from registry.numbers.found import Found, spelling_repairs
from registry.numbers.text import GAP, tidy
from registry.numbers.values import NumberKind, OtherNumber

_PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新]"
_G = f"{GAP}{{0,3}}+"
_END = rf"{_G}号?+"
_PATTERNS = {
    NumberKind.ICP_FILING: (
        "icp",
        rf"({_PROVINCE}?){_G}icp{_G}备{_G}[a-z]?[0-9]{{5,12}}+{_END}(?:{_G}-{_G}[0-9]{{1,4}}[a-z]?)?",
    ),
    NumberKind.ICP_LICENCE: (
        "icp",
        rf"({_PROVINCE}?){_G}icp{_G}证{_G}[a-z]?[0-9]{{5,12}}+{_END}(?:{_G}-{_G}[0-9]{{1,4}})?",
    ),
    NumberKind.PUBLIC_SECURITY: (
        "安备",
        rf"({_PROVINCE}?){_G}公网安备{_G}[0-9]{{10,15}}+{_END}",
    ),
    NumberKind.BLOCKCHAIN: ("信备", rf"({_PROVINCE}){_G}网信备{_G}[0-9]{{20}}(?![0-9]){_END}"),
    NumberKind.TELECOM_LICENCE: (
        "-",
        rf"(?:({_PROVINCE})|合字){_G}[ab][12](?:[.、]?[ab][12]){{0,5}}+{_G}-{_G}[0-9]{{8}}(?![0-9])",
    ),
}
_COMPILED = tuple((kind, mark, re.compile(pattern)) for kind, (mark, pattern) in _PATTERNS.items())


def find_other(text: str, viewed: str) -> Iterator[Found]:
    """ICP filings and licences, public-security, blockchain and telecom licence numbers."""
    for kind, mark, pattern in _COMPILED:
        if mark not in viewed:
            continue
        for found in pattern.finditer(viewed):
            start, end = found.span()
            raw = text[start:end]
            number = OtherNumber(tidy(raw), kind, found[1] or "")
            yield Found(start, end, raw, number, tuple(spelling_repairs(raw, found[0])))
