"""Reads the tables of a PDF.

The way of a page: `content` (what is drawn, by pdfium; `shapes` are its rulings, `unseen_text` what no
reader sees) → `grid` or `ruleless` (cells) → `cells` (letters into cells) → `page_tables` (rows of
cells, each with its `lines`) → `merge_pages` (pages to whole tables, `lines` joined to text). `reader` goes through all pages, `fallback` reads odd ones with pdfplumber.
"""
