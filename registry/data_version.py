"""The version of the data: one number, raised by every write that changes an answer.

Caches, ETags and the search index rest on it. Raising it locks its row until the transaction ends:
that is how writers take turns, and why the ids of events grow in the order of commits.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from suanbei.registry.models import DataVersion

_RAISED = "data_version"


def bump_data_version(session: Session) -> int:
    """Wait for the turn to write, and raise the version, once a transaction; returns it.

    `session` is one of `Database.write()`.
    """
    known: int | None = session.info.get(_RAISED)
    if known is not None:
        return known
    raised: int = session.execute(
        update(DataVersion).values(value=DataVersion.value + 1).returning(DataVersion.value),
        execution_options={"synchronize_session": False},
    ).scalar_one()
    session.info[_RAISED] = raised
    return raised


def data_version(session: Session) -> int:
    """The version of the data; 0 before the first write."""
    return session.execute(select(DataVersion.value)).scalar_one()
