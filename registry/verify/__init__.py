"""Is a number real, and whose is it? A judgement with its reasons, its evidence and its limits.

judgement      `judge`: the judgement on each of many questions
lookup         what is asked of the registry, once for a batch
number_reasons what is said of a number: listed, not listed, how the input was read
ownership      the claimed company against the registrant
suggestions    listed numbers that may have been meant
reasons        reasons as codes with values; reason_texts: their words
render         a judgement as JSON, as terminal lines, as cells of a table
"""

from suanbei.registry.verify.judgement import (
    Judge,
    JudgedNumber,
    Judgement,
    Pair,
    Question,
    judge,
    read_question,
)
from suanbei.registry.verify.number_reasons import Verdict
from suanbei.registry.verify.reasons import Reason
from suanbei.registry.verify.render import (
    MATCH_TEXTS,
    VERDICT_TEXTS,
    ResultRow,
    result_row,
    terminal_lines,
    verdict_json,
)

__all__ = [
    "MATCH_TEXTS",
    "VERDICT_TEXTS",
    "Judge",
    "JudgedNumber",
    "Judgement",
    "Pair",
    "Question",
    "Reason",
    "ResultRow",
    "Verdict",
    "judge",
    "read_question",
    "result_row",
    "terminal_lines",
    "verdict_json",
]
