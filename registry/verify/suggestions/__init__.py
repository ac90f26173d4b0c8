"""What was meant: listed numbers near one that is not listed, the best first.

neighbours   numbers one or two slips away
search       which of them are listed; the registrant's and the claimed company's own
"""

from suanbei.registry.verify.suggestions.search import MOST_SUGGESTIONS, suggest

__all__ = ["MOST_SUGGESTIONS", "suggest"]
