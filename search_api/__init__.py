"""Answers: the lookup API, the search engines and the pages."""

VERSION = "0.1.0"
