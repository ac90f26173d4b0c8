"""What a vendor of generative AI may owe, and what "double filing" means: the one definition.

DOMAIN: the algorithm that generates is filed under 互联网信息服务算法推荐管理规定 (art. 24) and
互联网信息服务深度合成管理规定 (art. 19); the service itself under 生成式人工智能服务管理暂行办法 (art. 17), as
a filed large model or as a registered application that calls one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, true

from suanbei.registry.importing.published import ALGORITHM_SERIES, GENAI_SERIES, Series
from suanbei.registry.models import Filing

GENERATION = "generation_synthesis"


@dataclass(frozen=True, slots=True)
class Duty:
    """Filings of any of some series, and of one type if it is named."""

    series: tuple[Series, ...]
    type: str = ""

    def counts(self, filing: Mapping[str, Any]) -> bool:
        """Whether a filing, whatever its status, is one of this duty."""
        return filing["series"] in self.series and self.type in ("", filing["type"])

    def fulfilled(self) -> ColumnElement[bool]:
        """As `counts` for active filings, as a condition on `Filing`."""
        of_type = Filing.type == self.type if self.type else true()
        series = Filing.series.in_([one.value for one in self.series])
        return and_(Filing.status == "active", series, of_type)


ALGORITHM = Duty(tuple(ALGORITHM_SERIES), GENERATION)
GENAI = Duty(tuple(GENAI_SERIES))
DUTIES = {
    "algorithm_filing": ALGORITHM,
    "model_filing": Duty((Series.GENAI_FILING,)),
    "registration": Duty((Series.GENAI_REGISTRATION,)),
}


def standing(filings: Sequence[Mapping[str, Any]], duty: Duty) -> str:
    """Whether a duty is on record: has (an active filing), deregistered or vanished (there are only
    such), has_not."""
    found = {filing["status"] for filing in filings if duty.counts(filing)}
    if "active" in found:
        return "has"
    return next((one for one in ("deregistered", "vanished") if one in found), "has_not")


def files_twice(filings: Iterable[Mapping[str, Any]]) -> bool:
    """Double filing: an active algorithm filing of the generation type, and an active large-model
    filing or registration."""
    active = [filing for filing in filings if filing["status"] == "active"]
    return any(map(ALGORITHM.counts, active)) and any(map(GENAI.counts, active))
