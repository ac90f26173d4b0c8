"""Numbers of other Chinese registers that people take for algorithm filings."""

import re
from collections.abc import Iterator

from suanbei.registry.cells.numbers.kinds import NumberKind
from suanbei.registry.cells.numbers.model import Found, OtherNumber
from suanbei.registry.cells.numbers.normalise import GAP, display_form, spelling_repairs

_G = f"{GAP}{{0,3}}+"
_PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新]"
_END = rf"{_G}号?+"
_FORMS = {
    NumberKind.ICP_FILING: rf"icp{_G}备{_G}[a-z]?[0-9]{{5,12}}+{_END}(?:{_G}-{_G}[0-9]{{1,4}}[a-z]?)?",
    NumberKind.ICP_LICENCE: rf"icp{_G}证{_G}[a-z]?[0-9]{{5,12}}+{_END}(?:{_G}-{_G}[0-9]{{1,4}})?",
    NumberKind.PUBLIC_SECURITY: rf"公网安备{_G}[0-9]{{10,15}}+{_END}",
    NumberKind.BLOCKCHAIN: rf"网信备{_G}[0-9]{{20}}(?![0-9]){_END}",
    NumberKind.TELECOM_LICENCE: rf"[ab][12](?:[.、]?[ab][12]){{0,5}}+{_G}-{_G}[0-9]{{8}}(?![0-9])",
}
_NEEDS_PROVINCE = {NumberKind.BLOCKCHAIN, NumberKind.TELECOM_LICENCE}
_REGISTERED = re.compile(
    f"(?:(?:合字|(?P<province>{_PROVINCE})){_G})?+"
    f"(?:{'|'.join(f'(?P<{kind}>{form})' for kind, form in _FORMS.items())})"
)
PERSONAL_AND_BUSINESS = frozenset((NumberKind.ID_CARD, NumberKind.CREDIT_CODE))
"""Numbers of people and businesses, which are no filing of anything."""
_ID_CARD = "[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9x]"
_CREDIT_CODE = "[159ny][1239][0-9]{6}[0-9a-hj-npqrtuwxy]{9}[0-9a-hj-npqrtuwxy]"
_EIGHTEEN = f"(?:(?P<id_card>{_ID_CARD})|(?P<credit_code>{_CREDIT_CODE}))"
_EIGHTEEN_ALONE = re.compile(f"(?<![0-9a-z_.-]){_EIGHTEEN}(?![0-9a-z_-])")
_EIGHTEEN_LABELLED = re.compile(f"(?:[ \n:]|[\u4e00-\u9fff])*+{_EIGHTEEN}[ \n]*+")
_CREDIT_SIGNS = "0123456789abcdefghjklmnpqrtuwxy"


def find_other(text: str, viewed: str) -> Iterator[Found]:
    """ICP filings and licences, public-security, blockchain and telecom licence numbers."""
    for found in _REGISTERED.finditer(viewed):
        start, end = found.span()
        kind = NumberKind(found.lastgroup or "")
        if kind in _NEEDS_PROVINCE and found.start(kind) == start:
            continue
        raw = text[start:end]
        number = OtherNumber(display_form(raw), kind, found["province"] or "")
        yield Found(start, end, raw, number, tuple(spelling_repairs(raw, found[0])))
    for found in _EIGHTEEN_ALONE.finditer(viewed):
        if _CHECKS[NumberKind(found.lastgroup or "")](found[0]):
            yield _eighteen(text, found)


def read_whole_other(text: str, viewed: str) -> Found | None:
    """A text that is nothing but 18 signs of an identity card or a credit code, whatever its check
    digit, with its label if it has one."""
    alone = None if "网信算备" in viewed else _EIGHTEEN_LABELLED.fullmatch(viewed)
    return _eighteen(text, alone) if alone else None


def _eighteen(text: str, found: re.Match[str]) -> Found:
    kind = found.lastgroup or ""
    start, end = found.span(kind)
    raw = text[start:end]
    return Found(start, end, raw, OtherNumber(display_form(raw), NumberKind(kind)))


def _is_id_card(signs: str) -> bool:
    """GB 11643: the last sign makes the sum of dᵢ·2^(17−i) one modulo 11, x standing for 10."""
    values = [10 if sign == "x" else int(sign) for sign in signs]
    return sum(value * pow(2, 17 - place, 11) for place, value in enumerate(values)) % 11 == 1


def _is_credit_code(signs: str) -> bool:
    """GB 32100: the last sign makes the sum of cᵢ·3^i zero modulo 31."""
    values = [_CREDIT_SIGNS.find(sign) for sign in signs]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return -1 not in values and (31 - total % 31) % 31 == values[17]


_CHECKS = {NumberKind.ID_CARD: _is_id_card, NumberKind.CREDIT_CODE: _is_credit_code}
