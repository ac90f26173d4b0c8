"""The registers' own time: days and hours that people read are Beijing's, kept moments are UTC."""

from datetime import datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def day_in_beijing(moment: str) -> str:
    """The day (`YYYY-MM-DD`) that an RFC 3339 moment falls on in Beijing.

    >>> day_in_beijing("2026-11-25T22:38:11Z")
    '2026-11-26'
    """
    return datetime.fromisoformat(moment).astimezone(BEIJING).date().isoformat()
