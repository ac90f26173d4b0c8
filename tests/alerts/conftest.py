"""A receiver for every test that wants one."""

from collections.abc import Iterator

import pytest

from tests.alerts.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running
