"""Why a verdict is what it is: every reason has a stable code and a text in Chinese and English.

catalogue   what is said of a number
wording     how values (a list's title, a date, a row) are put into words
"""

from suanbei.registry.verify.reasons.catalogue import REASONS
from suanbei.registry.verify.reasons.say import Reason, say, say_text

__all__ = ["REASONS", "Reason", "say", "say_text"]
