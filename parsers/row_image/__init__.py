"""Shows a published row: cut from its PDF page, or drawn as a table row for other formats."""

from suanbei.parsers.row_image.crop import render_row

__all__ = ["render_row"]
