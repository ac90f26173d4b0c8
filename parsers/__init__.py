"""Turns the bytes of a published document into rows."""
