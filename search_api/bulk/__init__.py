"""Tables of vendors checked: every row comes back in its place, with the verdict behind it.

    a file → reading (child process) → rows_file → recognise → check → writing

sniff          what a file is: its kind, encoding, delimiter
reading        read in a child process with limits: CSV and JSON here, others by workbook
               (sheet_details) and markup
rows_file      the rows as they were read, on disk; cells: their values and texts
recognise      which row is the header, which columns hold numbers and companies (columns: what was found)
questions      what a row asks
check          batches of rows through `judge`, and out with their verdicts
results        the columns of results;  summary: counts, and what was left out
writing        CSV and JSON lines, by xlsx XLSX; the template to fill in
jobs           the checks of the pages;  storage: where uploads are kept, with a quota
"""
