"""Filings as files: rows leave as they are read, so that memory stays flat however many there are.

rows            what a row holds, in an order that stays; reading the rows of a selection in chunks
formats         CSV, XLSX, Parquet, JSON lines: chunks to bytes
dataset         the whole register as files, kept for each version of the data
dataset_tables  its tables: what their columns mean, and where their rows come from
"""
