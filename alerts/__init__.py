"""Tells subscribers what is new."""
