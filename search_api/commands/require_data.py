"""Commands that say "no" want lists to have looked at."""

from suanbei.common.errors import RegistryError
from suanbei.registry.database import Database
from suanbei.registry.queries.coverage import has_lists


def require_filled(database: Database) -> None:
    """Do not answer "no" for want of lists.

    Raises:
        RegistryError: the registry holds nothing.
    """
    with database.read() as session:
        if not has_lists(session):
            raise RegistryError("the registry is empty: run `suanbei up` or `suanbei crawl` first")
