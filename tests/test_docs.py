"""Documents that must follow the code."""

from deploy.settings_table import README, table
from suanbei.common.settings import settings_table


def test_every_setting_is_documented() -> None:
    """README's table is the one that the code makes, and no setting lacks a meaning."""
    assert table() in README.read_text("utf-8"), "python -m deploy.settings_table"
    assert all(row.help for row in settings_table())
