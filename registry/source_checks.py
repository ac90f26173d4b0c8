"""When each source was last looked at: what "not listed" means today rests on it."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from suanbei.registry.cells.series import Series
from suanbei.registry.data_version import bump_data_version
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
    bump_data_version(session)
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
