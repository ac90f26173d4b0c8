"""Tables of vendors checked: every row comes back in its order, with the verdict behind it.

sniffing    what a file is: XLSX or CSV, its encoding and delimiter
columns     where the numbers and the companies stand
cells       a cell that a spreadsheet would take for a formula is made a text
judging     numbers judged here, or in a process apart
checker     rows in, verdict columns out
csv_source, csv_target, xlsx_source, xlsx_target    the two formats
files       opening them, by what they are
tables      what they have in common
run         a file into a file
"""

from suanbei.search_api.bulk.run import Options, Summary, Watch, check_file, check_file_apart

__all__ = ["Options", "Summary", "Watch", "check_file", "check_file_apart"]
