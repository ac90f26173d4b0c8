"""One file a section of the API."""
