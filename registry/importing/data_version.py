"""The state of the registry as one number: every write that a reader could notice raises it.

Events and revisions do not move for all of them: that a source was looked at again, or that a list's
notice became known, is no event, but answers show it. Caches rest on this number.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from suanbei.registry.models import Counter

_NAME = "state"


def raise_state(session: Session) -> None:
    """Note that readers will see something else after this transaction."""
    values = {"value": Counter.value + 1}
    raised = session.execute(
        update(Counter).where(Counter.name == _NAME).values(values).returning(Counter.value),
        execution_options={"synchronize_session": False},
    )
    if raised.first() is None:  # the first write of a registry: nobody else can be at it
        session.add(Counter(name=_NAME, value=1))
        session.flush()


def registry_state(session: Session) -> int:
    """The number; 0 before the first write."""
    return session.execute(select(Counter.value).where(Counter.name == _NAME)).scalar() or 0
