"""A card as the answer to one question."""

from collections.abc import Sequence

import orjson

from suanbei.common.texts import Language
from suanbei.registry.verify.cards import CUT, Card
from suanbei.registry.verify.frames import Frame
from suanbei.registry.verify.holes import fill
from suanbei.registry.verify.reasons import Reason


def answer(
    card: Card,
    frame: Frame,
    question: str,
    language: Language,
    match: str | None = None,
    more: Sequence[Reason] = (),
) -> bytes:
    """The verdict on a listed number as JSON, with the match of a claimed company and its reasons.

    Raises:
        UnknownHole: the frame is older than the card.
    """
    filled = fill(card.body, language, frame.holes[language])
    head, reasons, anatomy, filings = filled.split(CUT)
    told = b"," + orjson.dumps(more)[1:-1] if more else b""
    return b"".join(
        (
            b'{"input":', orjson.dumps(question), b",", head,
            b',"entity_match":', orjson.dumps(match),
            b',"reasons":[', reasons, told,
            b'],"anatomy":', anatomy,
            b',"filings":', filings,
            b',"suggestions":[],"coverage":', frame.coverage_json, b"}",
        )
    )  # fmt: skip


def filings_json(card: Card, frame: Frame) -> bytes:
    """The filings of a card alone.

    Raises:
        UnknownHole: the frame is older than the card.
    """
    return fill(card.body.rpartition(CUT)[2], Language.EN, frame.holes[Language.EN])
