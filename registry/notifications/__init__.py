"""Subscriptions, and the outbox of their messages."""
