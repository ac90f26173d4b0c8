"""Tables of vendors checked: every row comes back in its place, with the verdict behind it.

    a file → reading (child process) → table → recognise → check → writing

reading        what a file is, and its rows, read in a child process with limits: by text_tables CSV
               and JSON, by workbook XLSX, XLS and ODS, by markup HTML and XML
table          the rows as they were read, on disk: their values and texts
recognise      which row is the header, which columns hold numbers and companies
check          what each row asks, batches of rows through `judge`, and out with their verdicts
results        the columns that each row gets
summary        what was recognised, counts, and what was left out
writing        CSV, JSON lines and XLSX
jobs           the checks of the pages
uploads        where files that were sent are kept, with a quota
"""
