"""Reads the tables of a DOCX.

`reader` walks the body, its tables and what stands beside it, `elements` says what a reader sees of an
element, `numbering` what automatic numbering prints.
"""
