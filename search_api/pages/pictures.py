"""Whether the picture of a published row can be shown: a page never has a broken one."""

from collections.abc import Callable
from typing import Any

from suanbei.search_api.deps import Services


def picture_test(parts: Services) -> Callable[[dict[str, Any]], bool]:
    """Tells of a listing (a view) whether its document is in the archive and can be drawn."""
    archive = parts.settings.archive

    def has_picture(listing: dict[str, Any]) -> bool:
        sha256 = str(listing["document"]["sha256"])
        # The picture is that of the list as it is shown today.
        drawable = parts.row_picture is not None and bool(listing["current"])
        return drawable and (archive / sha256[:2] / sha256).exists()

    return has_picture
