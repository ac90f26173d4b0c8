"""Is a number real, and whose is it? A verdict with its reasons, its evidence and its limits.

reading     what somebody pasted, read
lookups     what is asked of the registry
standing    numbers that the lists know
unlisted    numbers that no list shows
claims      the company that is claimed to own the number
verdict     all of it together
"""

from registry.verify.reading import Reading, read_input
from registry.verify.verdict import Case, Verdict, is_confirmed, look_up, verify

__all__ = ["Case", "Reading", "Verdict", "is_confirmed", "look_up", "read_input", "verify"]
