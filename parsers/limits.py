"""How much of anything a document may hold before it is refused.

The largest published list so far has 1 MB, 283 pages and 6.5 MB of XML; the limits leave room for
one ten times as large and stop what is made to hurt.
"""

MAX_BYTES = 64 * 1024 * 1024
"""Size of a file."""

MAX_XML_BYTES = 64 * 1024 * 1024
"""Size of one unpacked part of a DOCX or XLSX."""

MAX_XML_NODES = 3_000_000
"""Tags and attributes of one part: a tree of so many takes some 300 MB."""

MAX_UNPACKED_BYTES = 192 * 1024 * 1024
"""Size of all unpacked parts of a DOCX or XLSX together."""

MAX_PARTS = 4000
"""Parts of a DOCX or XLSX."""

MAX_PAGES = 5000
"""Pages of a PDF."""

MAX_SLOW_PAGES = 16
"""Pages of a PDF that only pdfplumber can read: each takes half a second."""

MAX_PAGE_SIDE = 14400.0
"""Longest side of a PDF page in points (the PDF standard's own limit)."""

MAX_GLYPHS_PER_PAGE = 100_000
"""Characters on one PDF page."""

MAX_GLYPHS = 2_000_000
"""Characters of a PDF."""

MAX_RULINGS_PER_PAGE = 20_000
"""Lines drawn on one PDF page."""

MAX_OBJECTS_PER_PAGE = 200_000
"""Objects drawn on one PDF page, those in forms counted each time that the form is drawn."""

MAX_ROWS = 200_000
"""Table rows of a document."""

MAX_REPEATED = 5_000_000
"""Characters that merged cells repeat in the rows below their own."""

MAX_ELEMENTS = 300_000
"""Elements of an HTML page."""

MAX_DEPTH = 200
"""How deep HTML elements may be nested."""

MAX_COLUMNS = 256
"""Columns of a table."""
