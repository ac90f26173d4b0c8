"""Tables of vendors checked: every row comes back in its place, with the verdict behind it.

    a file → reading (child process) → rows_file → recognise → check → targets

sniff          what a file is: its kind, encoding, delimiter
reading        read in a child process with limits; by workbook (sheet_details, xls_details), markup, csv
rows_file      the rows as they were read, on disk
recognise      which row is the header, which columns hold numbers and companies (columns: what was found)
questions      what a row asks
check          batches of rows through `judge`, and out with their verdicts
results        the columns of results;  summary: counts, and what was left out
targets        CSV, XLSX, JSON lines;  cells: a cell that a spreadsheet would run is made a text
template       an empty table to fill in
jobs           the checks of the pages;  storage: where uploads are kept, with a quota
"""
