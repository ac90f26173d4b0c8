"""Takes parsed documents in: listings, filings, entities and events in one transaction."""
