"""Numbers of other Chinese registers that people take for algorithm filings."""

import re
from collections.abc import Iterator

from suanbei.registry.cells.numbers.found import Found, spelling_repairs
from suanbei.registry.cells.numbers.text import GAP, tidy
from suanbei.registry.cells.numbers.values import NumberKind, OtherNumber

_NATIONWIDE = "合字"
_PROVINCE = "(?:合字|[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新])"
_G = f"{GAP}{{0,3}}+"
_END = rf"{_G}号?+"
_BEFORE = re.compile(f"({_PROVINCE}){_G}$")
_LONGEST_BEFORE = 4
_PATTERNS = {
    NumberKind.ICP_FILING: re.compile(
        rf"icp{_G}备{_G}[a-z]?[0-9]{{5,12}}+{_END}(?:{_G}-{_G}[0-9]{{1,4}}[a-z]?)?"
    ),
    NumberKind.ICP_LICENCE: re.compile(
        rf"icp{_G}证{_G}[a-z]?[0-9]{{5,12}}+{_END}(?:{_G}-{_G}[0-9]{{1,4}})?"
    ),
    NumberKind.PUBLIC_SECURITY: re.compile(rf"公网安备{_G}[0-9]{{10,15}}+{_END}"),
    NumberKind.BLOCKCHAIN: re.compile(rf"网信备{_G}[0-9]{{20}}(?![0-9]){_END}"),
    NumberKind.TELECOM_LICENCE: re.compile(
        rf"[ab][12](?:[.、]?[ab][12]){{0,5}}+{_G}-{_G}[0-9]{{8}}(?![0-9])"
    ),
}
_NEEDS_PROVINCE = {NumberKind.BLOCKCHAIN, NumberKind.TELECOM_LICENCE}


def find_other(text: str, viewed: str) -> Iterator[Found]:
    """ICP filings and licences, public-security, blockchain and telecom licence numbers."""
    for kind, pattern in _PATTERNS.items():
        for body in pattern.finditer(viewed):
            before = _BEFORE.search(viewed[max(0, body.start() - _LONGEST_BEFORE) : body.start()])
            if before is None and kind in _NEEDS_PROVINCE:
                continue
            start = body.start() - (len(before[0]) if before else 0)
            region = before[1].removeprefix(_NATIONWIDE) if before else ""
            raw = text[start : body.end()]
            repairs = spelling_repairs(raw, viewed[start : body.end()])
            yield Found(
                start, body.end(), raw, OtherNumber(tidy(raw), kind, region), tuple(repairs)
            )
