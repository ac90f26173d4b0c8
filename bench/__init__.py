"""Measurements: plain scripts against named baselines; `python -m bench [NAME…]`.

Each module here is a bench: its docstring says what is measured, `LIBRARIES` which versions matter,
and `measure(turns)` gives rows (see `bench.frame`).
"""
