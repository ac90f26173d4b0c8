"""Reads the tables of a DOCX.

`reader` walks the body, `table_rows` makes the rows of one table, `elements` says what a reader sees
of an element, `numbering` what automatic numbering prints, `other_parts` what stands beside the body.
"""
