"""What is odd about a published row by what it says: it is kept, and flagged with

- `malformed_number`: the number does not fit the pattern of its series.
- `check_digit`: the pattern fits, the check digit does not.
- `suspect_columns`: cells seem to have changed places (a company where the name should
  be, a number in another column than its own).

Parsers add what the document tells (`suanbei.parsers.rows`), and a filing has three more: `label_differs`
(算法类别 is another one than the number's), `unread_remark` (no rule understands a part of 备注) and
`deregistration_only` (it is known from a deregistration alone).
"""

import re
from collections.abc import Mapping

from suanbei.registry.cells.numbers import (
    PUBLISHED,
    AlgorithmNumber,
    GenaiNumber,
    check_sum,
    comparison_key,
    parse_number,
)
from suanbei.registry.cells.vocabulary import ALGORITHM_SERIES, GENAI_SERIES, Series

_GENAI_NUMBER = re.compile(r"[A-Za-z]+-.+-20[0-9]{6}(?:S?[0-9]{4})?")
_COMPANY = re.compile(r"(?:公司|集团|事务所|合伙企业[）)]?|研究院|大学|委员会|联社)$")
_BODY = re.compile(
    r"(?:公司|集团|所|企业|院|校|学|中心|委|会|社|局|厅|部|台|站|馆|行|厂|店|室|办|处|团|队|府|科|库"
    r"|[）)])$"
)
_LABEL = re.compile(r"[一-鿿]{2,6}类|服务(?:提供者?|技术支持者?)")


def is_whole(series: Series | None, number: str) -> bool:
    """Whether a text can be all of a printed number of a series (None: of either system)."""
    genai = bool(_GENAI_NUMBER.fullmatch(number))
    algorithm = bool(PUBLISHED.fullmatch(number))
    if series is None:
        return genai or algorithm
    return genai if series in GENAI_SERIES else algorithm


def number_flags(series: Series, number: str) -> tuple[str, ...]:
    """What is wrong with a filing number of a series."""
    plain = PUBLISHED.fullmatch(number)
    if plain and series not in GENAI_SERIES:
        return () if check_sum(plain[1]) == 1 else ("check_digit",)
    parsed = parse_number(number)
    if series in GENAI_SERIES and isinstance(parsed, GenaiNumber):
        fits = _GENAI_NUMBER.fullmatch(number) and " " not in number
        return () if fits and parsed.key == comparison_key(number) else ("malformed_number",)
    # Spaces or full-width digits inside, or the other system: it can be read, but is not what the
    # pattern says.
    wrong = isinstance(parsed, AlgorithmNumber) and not parsed.check_ok
    return ("malformed_number", "check_digit") if wrong else ("malformed_number",)


def column_flags(series: Series, fields: Mapping[str, str]) -> tuple[str, ...]:
    """`suspect_columns` if the cells of a row seem to have changed places."""
    entity, number, label = (fields.get(name, "") for name in ("entity", "number", "label"))
    company = any(_COMPANY.search(fields.get(name, "")) for name in ("name", "region"))
    swapped = company and not _BODY.search(entity)
    wrong_label = series in ALGORITHM_SERIES and bool(label) and not _LABEL.fullmatch(label)
    elsewhere = not is_whole(series, number) and any(
        is_whole(series, text) for name, text in fields.items() if name != "number"
    )
    return ("suspect_columns",) if swapped or wrong_label or elsewhere else ()
