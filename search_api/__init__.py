"""Answers: the lookup API, the search engines and the pages."""
