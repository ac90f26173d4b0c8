"""What is asked of the registry: filings, changes, coverage, statistics."""
