"""How values look in pages: numbers, dates, periods, addresses."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from suanbei.common.dates import BEIJING
from suanbei.common.texts import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(value: int) -> str:
    """`8,180`."""
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """`38%`; `<1%` for little; nothing of nothing is `0%`."""
    if not whole or not part:
        return "0%"
    percent = 100 * part / whole
    return "<1%" if percent < 1 else f"{percent:.0f}%"


def period_text(period: str, language: Language) -> str:
    """`2026-03` as 2026年3月 or Mar 2026; anything else as it is."""
    year, _, month = period.partition("-")
    if not (year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12):
        return period
    if language is Language.ZH:
        return f"{year}年{int(month)}月"
    return f"{_MONTHS[int(month) - 1]} {year}"


def day_text(day: str, language: Language) -> str:
    """`2026-03-12` as 2026年3月12日 or 12 Mar 2026; anything else as it is."""
    try:
        date = datetime.strptime(day[:10], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return day
    if language is Language.ZH:
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def moment_text(moment: str | datetime | None, language: Language) -> Markup:
    """A moment as Beijing time in a `time` element; a dash for none."""
    if not moment:
        return Markup("—")
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = when.astimezone(BEIJING)
    shown = f"{day_text(local.date().isoformat(), language)} {local:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(
        local.isoformat(timespec="minutes"), shown
    )


def filing_path(number: str) -> str:
    """The page of a filing number."""
    return f"/filings/{quote(number, safe='')}"


def address(path: str, **parameters: object) -> str:
    """A path with the parameters that say something."""
    said = [(name, value) for name, value in parameters.items() if value not in (None, "", [])]
    return f"{path}?{urlencode(said, doseq=True)}" if said else path


def broken_number(number: str) -> Markup:
    """A number with places where a line may break, so that it fits a phone."""
    text = str(escape(number))
    if text.startswith("网信算备") and len(text) > 20:
        parts = [text[:4], text[4:10], text[10:17], text[17:]]
        return Markup("<wbr>".join(parts))  # noqa: S704  (each part was escaped above)
    return Markup(text.replace("-", "-<wbr>"))  # noqa: S704


def telling_reasons(verdict: dict[str, Any]) -> list[str]:
    """The reasons, two at most, that tell a number of a long list from the others in it.

    That no list shows it, and which lists are known, its verdict and the coverage say.
    """
    told = verdict["reasons"]
    telling = [reason for reason in told if reason["code"] != "not_listed"] or told
    return [reason["text"] for reason in telling[:2]]
