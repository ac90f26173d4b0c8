"""A receiver for every test that wants one, and workers that look often."""

from collections.abc import Iterator

import pytest

from tests.alerts.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suanbei.alerts.worker.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("suanbei.alerts.worker.CHECK_SECONDS", 0.05)
