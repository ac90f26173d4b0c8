"""Tests of the crawler: on a small site of their own, and on the replica of the real ones."""
