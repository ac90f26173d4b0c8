"""The state of crawling and delivery, for `suanbei status`, `/v1/status` and its page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.importing.gaps import totals
from suanbei.registry.locks import holders
from suanbei.registry.models import Check
from suanbei.registry.notifications.outbox import count_states
from suanbei.registry.parts import parts_view
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import View
from suanbei.registry.watching import Alarm, Run, Subscription, read_note

RUNS_SHOWN = 10


def status_view(session: Session) -> View:
    """The state of watching and telling.

    `version` is the newest event; `parts` says of each part whether it lives; `watching.next` says
    when the next passes are due; `leases` who holds which lock; `runs` are the last passes, the newest first; `sources` when each was last looked at;
    `alarms` the monitors raised at present; `totals` the publisher's own counts beside ours;
    `deliveries` how many wait or are parked.
    """
    locks, parts, plan = holders(session), parts_view(session), read_note(session, "schedule")
    scheduler = parts["scheduler"]
    alive = scheduler["state"] == "alive"
    runs = select(Run).order_by(Run.started_at.desc(), Run.id.desc()).limit(RUNS_SHOWN)
    checks = select(Check).order_by(Check.source)
    alarms = select(Alarm).order_by(Alarm.raised_at, Alarm.monitor, Alarm.subject)
    failing = session.execute(select(Subscription.failing_since)).scalars().all()
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
        "deliveries": count_states(session),
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
