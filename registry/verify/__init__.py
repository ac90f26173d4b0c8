"""Is a number real, and whose is it? A verdict with its reasons, its evidence and its limits.

reading     what somebody pasted, read
lookups     what is asked of the registry
standing    numbers that the lists know
unlisted    numbers that no list shows
claims      the company that is claimed to own the number
cards       verdicts on listed numbers, made when their filings change
frames      what cards leave open: the lists' own data
render      card and frame as an answer
desk        all of it together, for one state of the registry
history     all that is known of one number
vendor      a company as a whole
"""

from suanbei.registry.verify.desk import Desk, Verdict
from suanbei.registry.verify.reading import Reading, read_input
from suanbei.registry.verify.verdict import is_confirmed, verify

__all__ = ["Desk", "Reading", "Verdict", "is_confirmed", "read_input", "verify"]
