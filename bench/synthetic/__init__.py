"""A registry as large as wanted, made from the distribution of a real one; for measuring.

words    new brands and product names in the likeness of real ones
model    what is learnt of a real registry: who files how much, of what kind, where and when
filings  new companies with filings of their own, from a seed
fill     the tables of a registry, filled with them
"""

from bench.synthetic.fill import fill
from bench.synthetic.model import Model, learn

__all__ = ["Model", "fill", "learn"]
