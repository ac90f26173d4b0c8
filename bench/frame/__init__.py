"""What benches share.

rows       what a bench gives: figures of ours beside those of a baseline, and the target
turns      measuring in turn, A B A B, so that both see the same machine
processes  commands in a process of their own: seconds, peak memory
inputs     the real lists, and homes filled for measuring
report     the table, JSON, which machine and which versions
traffic    requests to servers: wrk, and a fixed rate
"""

from bench.frame.rows import Row, Target, Unmeasured, at_least, at_most
from bench.frame.turns import Times, in_turn

__all__ = ["Row", "Target", "Times", "Unmeasured", "at_least", "at_most", "in_turn"]
