"""What the parsers' tests share."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the many documents of all makers to a run that asks for marked tests (`-m makers`)."""
    if not config.option.markexpr:
        items[:] = [item for item in items if "makers" not in item.keywords]
