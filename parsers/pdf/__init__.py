"""Reads the ruled tables of a PDF.

The way of a page: `ink` (what is drawn, by pdfium) → `grid` (rulings to cells) → `page` (glyphs
into cells, as lines) → `joining` (pages to whole tables) → `breaks` (lines to text).
"""

from parsers.pdf.reader import page_texts, read_pdf

__all__ = ["page_texts", "read_pdf"]
