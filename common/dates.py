"""The registers' own time: days and hours that people read are Beijing's, kept moments are UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def day_in_beijing(moment: str) -> str:
    """The day (`YYYY-MM-DD`) that an RFC 3339 moment falls on in Beijing.

    >>> day_in_beijing("2026-11-25T22:38:11Z")
    '2026-11-26'
    """
    return datetime.fromisoformat(moment).astimezone(BEIJING).date().isoformat()


def rfc3339(moment: datetime | None) -> str | None:
    """`2026-03-12T08:00:00Z`; None for None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
