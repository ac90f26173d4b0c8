"""When each source was last looked at: what "not listed" means today rests on it."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from suanbei.registry.importing.data_version import raise_state
from suanbei.registry.importing.events import lock_log
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Check

SOURCE_OF_SERIES = {
    Series.ALGORITHM: "algorithm",
    Series.DEEP_SYNTHESIS: "deep_synthesis",
    Series.GENAI_FILING: "genai",
    Series.GENAI_REGISTRATION: "genai",
    Series.DEREGISTRATION: "deregistration",
}
"""The national source (data/sources.yml) of each series."""


def record_check(session: Session, source: str, ok: bool, message: str = "") -> Check:
    """Note that a source has just been looked at; failures in a row are counted."""
    lock_log(session)
    raise_state(session)
    check = session.get(Check, source)
    if check is None:
        check = Check(source=source, failures=0)
        session.add(check)
    check.checked_at = datetime.now(UTC)
    check.message = message
    if ok:
        check.succeeded_at, check.failures = check.checked_at, 0
    else:
        check.failures += 1
    session.flush()
    return check
