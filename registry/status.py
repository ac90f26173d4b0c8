"""The state of crawling and delivery, for `suanbei status`, `/v1/status` and its page; and what keeps
the background parts of the program going.

A part (the scheduler, the delivery of messages) notes every half minute that it works, whichever
process it is in. A process that has parts restarts those that have ended; an alarm is raised until
the part is heard of again.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import SuanbeiError
from suanbei.common.texts import Text
from suanbei.registry.database import Database
from suanbei.registry.importing.events import alarm_of, last_event_id, settle_alarms
from suanbei.registry.importing.gaps import totals
from suanbei.registry.locks import holders
from suanbei.registry.models import Check
from suanbei.registry.notifications.subscriptions import PARKED, PENDING, count_messages
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import View
from suanbei.registry.watching import Alarm, Note, Run, Subscription

RUNS_SHOWN = 10
PARTS = {"scheduler": "schedule", "delivery": "delivery"}
"""Each part, and the key of the note by which it is heard of."""
NAMES = {
    "scheduler": Text("定时抓取", "the scheduler"),
    "delivery": Text("消息投递", "the delivery of messages"),
}
SILENT_SECONDS = 120
"""A part that has not been heard of for so long does not work."""
CHECK_SECONDS = 5.0
LONGEST_PAUSE = 60.0
"""Seconds before a part that ends again and again is restarted, at most."""
MONITOR = "part_stopped"
STOPPED = Text(
    "{zh}已停止工作（第 {restarts} 次重启）",
    "{en} has stopped working (restarted {restarts} times)",
)

log = logging.getLogger(__name__)


def parts_view(session: Session) -> dict[str, dict[str, Any]]:
    """Each part: `state` is alive, silent (heard of once, but not lately) or never; `heard_at`."""
    now, found = datetime.now(UTC), {}
    for name, key in PARTS.items():
        note = session.get(Note, key)
        state = "never"
        if note is not None:
            silent = abs((now - note.at).total_seconds()) >= SILENT_SECONDS
            state = "silent" if silent else "alive"
        found[name] = {"state": state, "heard_at": rfc3339(note.at) if note else None}
    return found


def status_view(session: Session) -> View:
    """The state of watching and telling.

    `version` is the newest event; `parts` says of each part whether it lives; `watching.next` says
    when the next passes are due; `leases` who holds which lock; `runs` are the last passes, the newest first; `sources` when each was last looked at;
    `alarms` the monitors raised at present; `totals` the publisher's own counts beside ours;
    `deliveries` how many wait or are parked.
    """
    locks, parts, plan = holders(session), parts_view(session), session.get(Note, "schedule")
    scheduler = parts["scheduler"]
    alive = scheduler["state"] == "alive"
    runs = select(Run).order_by(Run.started_at.desc(), Run.id.desc()).limit(RUNS_SHOWN)
    checks = select(Check).order_by(Check.source)
    alarms = select(Alarm).order_by(Alarm.raised_at, Alarm.monitor, Alarm.subject)
    failing = session.execute(select(Subscription.failing_since)).scalars().all()
    messages = count_messages(session)
    return {
        "version": last_event_id(session),
        "watching": {
            "alive": alive,
            "heard_at": scheduler["heard_at"],
            "schedule": plan.value.get("schedule", {}) if plan else {},
            "next": plan.value.get("next", {}) if plan and alive else {},
        },
        "parts": parts,
        "leases": {
            name: {"holder": holder or None, "since": rfc3339(since) if holder else None}
            for name, (holder, since) in locks.items()
        },
        "runs": [run_view(run, bool(locks["crawl"][0])) for run in session.execute(runs).scalars()],
        "sources": [_check_view(check) for check in session.execute(checks).scalars()],
        "alarms": [alarm_view(alarm) for alarm in session.execute(alarms).scalars()],
        "subscriptions": {"total": len(failing), "failing": sum(map(bool, failing))},
        "deliveries": {state: messages[state] for state in (PENDING, PARKED)},
        "coverage": coverage(session),
        "totals": totals(session),
    }


def run_view(run: Run, somebody_crawls: bool) -> View:
    """One pass. `outcome`: running, ok, failed, or interrupted (its process is gone)."""
    lost = run.outcome == "running" and not somebody_crawls
    return {
        "kind": run.kind,
        "origin": run.origin,
        "outcome": "interrupted" if lost else run.outcome,
        "started_at": rfc3339(run.started_at),
        "finished_at": rfc3339(run.finished_at),
        "by": run.holder,
        "sources": run.summary,
    }


def alarm_view(alarm: Alarm) -> View:
    """One raised monitor, with its text in both languages."""
    return {
        "monitor": alarm.monitor,
        "subject": alarm.subject,
        "raised_at": rfc3339(alarm.raised_at),
        "text": alarm.data.get("text", {}),
    }


def _check_view(check: Check) -> View:
    return {
        "source": check.source,
        "checked_at": rfc3339(check.checked_at),
        "succeeded_at": rfc3339(check.succeeded_at),
        "failures": check.failures,
        "message": check.message,
    }


class Part(Protocol):
    """Something that works in threads of its own."""

    def start(self) -> None:
        """Begin; only once."""

    def stop(self) -> None:
        """End, everything put away."""

    @property
    def is_alive(self) -> bool:
        """Whether it goes on."""


class Supervisor:
    """Starts the parts of this process, restarts what has ended, and raises alarms about it."""

    def __init__(self, database: Database, makers: Mapping[str, Callable[[], Part]]) -> None:
        self._database, self._makers = database, makers
        self._parts: dict[str, Part] = {}
        self._restarts = dict.fromkeys(makers, 0)
        self._not_before = dict.fromkeys(makers, 0.0)
        self._begun = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start all parts, and watch over them."""
        for name, make in self._makers.items():
            self._parts[name] = make()
            self._parts[name].start()
        self._thread.start()

    def stop(self) -> None:
        """End all parts."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        for part in reversed(self._parts.values()):
            part.stop()

    def _run(self) -> None:
        while not self._stop.wait(CHECK_SECONDS):
            for name in self._parts:
                self._restart_if_ended(name)
            try:
                self._settle()
            except SuanbeiError as error:
                log.warning("the state of the parts cannot be noted: %s", error)

    def _restart_if_ended(self, name: str) -> None:
        if self._parts[name].is_alive or time.monotonic() < self._not_before[name]:
            return
        self._restarts[name] += 1
        log.error("%s has ended: restarted (%d)", name, self._restarts[name])
        pause = min(CHECK_SECONDS * 2 ** self._restarts[name], LONGEST_PAUSE)
        self._not_before[name] = time.monotonic() + pause
        try:
            self._parts[name].stop()
            self._parts[name] = self._makers[name]()
            self._parts[name].start()
        except (SuanbeiError, RuntimeError, OSError) as error:
            log.error("%s cannot be restarted: %s", name, error)

    def _settle(self) -> None:
        """Raise an alarm for each part that has ended or is silent; clear the others.

        A part that was restarted counts as well once it has gone on for as long as it was paused.
        """
        now = time.monotonic()
        with self._database.read() as session:
            states = {name: one["state"] for name, one in parts_view(session).items()}
            raised = {name for name in self._parts if session.get(Alarm, (MONITOR, name))}
        is_young = now - self._begun < SILENT_SECONDS
        findings, fine = [], set()
        for name, part in self._parts.items():
            is_new = self._restarts[name] and now < self._not_before[name]
            is_silent = states[name] != "alive" and not is_young
            if part.is_alive and not is_new and not is_silent:
                fine.add(name)
                continue
            facts = {"zh": NAMES[name].zh, "en": NAMES[name].en, "restarts": self._restarts[name]}
            findings.append(alarm_of(MONITOR, name, STOPPED, facts))
        if findings or raised & fine:
            with self._database.write() as session:
                settle_alarms(
                    session, findings,
                    lambda alarm: alarm.monitor == MONITOR and alarm.subject in fine,
                )  # fmt: skip
