"""Reads the ruled tables of a PDF.

The way of a page: `content` (what is drawn, by pdfium; `shapes` are its rulings) → `grid` (rulings to
cells) → `page` (glyphs into cells, as lines) → `joining` (pages to whole tables) → `breaks` (lines
to text). `pages` reads all pages, with `helpers` for long documents and `slow` for odd pages.
"""
