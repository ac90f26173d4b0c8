"""The filings found in a segment, in the forms in which values are counted among them."""

from functools import cached_property
from typing import TYPE_CHECKING

from suanbei.common.late_imports import importing
from suanbei.search_api.search.sqlite import bits

if TYPE_CHECKING:
    import pyarrow as pa


class Found:
    """A set of filings; each other form of it is made once, when it is needed."""

    def __init__(self, ids: int, places: int) -> None:
        """`places` is one more than the highest id of the segment."""
        self.ids = ids
        self._places = places

    @cached_property
    def size(self) -> int:
        """How many filings."""
        return self.ids.bit_count()

    @cached_property
    def flags(self) -> bytes:
        """One byte for each id, 1 where it is in the set, up to the highest one that is."""
        return bits.flags_of(self.ids)

    @cached_property
    def members(self) -> list[int]:
        """Every id."""
        return bits.to_ids(self.ids)

    @cached_property
    def mask(self) -> "pa.BooleanArray":
        """For Arrow: one value for each place of the segment."""
        with importing:
            import pyarrow as pa

        packed = pa.py_buffer(self.ids.to_bytes((self._places + 7) // 8, "little"))
        return pa.Array.from_buffers(pa.bool_(), self._places, [None, packed])
