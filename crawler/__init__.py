"""Finds notices, fetches documents and hands them to the registry."""
