"""A well-formed number taken apart, listed or not: what each of its parts says."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.divisions import division, enclosing_division
from suanbei.registry.cells.numbers import (
    KIND_TEXTS,
    MALFORMATION_TEXTS,
    AlgorithmNumber,
    GenaiNumber,
    MalformedNumber,
    Number,
    OtherNumber,
)
from suanbei.registry.cells.regions import region_of_division, regions_of_spelling
from suanbei.registry.cells.vocabulary import TYPE_CODE_TEXTS
from suanbei.registry.database import in_keys
from suanbei.registry.models import Entity, EntityKey

Anatomy = dict[str, Any]


class Registrant(NamedTuple):
    """The company that a registrant code is known to belong to."""

    id: str
    name: str
    former_names: list[str]


def registrants_of(session: Session, codes: Collection[str]) -> dict[str, Registrant]:
    """The company that each registrant code belongs to; none of a code that no list has."""
    query = select(EntityKey.key, Entity.id, Entity.name, Entity.former_names).join(Entity)
    query = query.where(in_keys(session, EntityKey.key, [f"c:{code}" for code in codes]))
    rows = session.execute(query.order_by(Entity.id.desc())).tuples()
    return {key[2:]: Registrant(id_, name, former) for key, id_, name, former in rows}


def anatomy(number: Number | None, language: Language, known: Registrant | None = None) -> Anatomy:
    """The parts of a number, each with its meaning; empty where there is no number.

    Algorithm numbers have `division`, `registrant` (with the company `known` by the code),
    `type`, `year`, `sequence` and `check_digit`; generative-AI numbers `region`, `name`, `date`
    and `serial`. All have `kind` and `kind_name`.
    """
    if number is None:
        return {}
    shown: Anatomy = {"kind": number.kind.value, "kind_name": KIND_TEXTS[number.kind].say(language)}
    match number:
        case AlgorithmNumber():
            type_text = TYPE_CODE_TEXTS.get(number.type_code)
            type_name = type_text.say(language) if type_text else None
            return shown | {
                "division": _division(number.division, number.year, language),
                "registrant": {"code": number.registrant, "entity": known and known._asdict()},
                "type": {"code": number.type_code, "slug": number.type, "name": type_name},
                "year": number.year,
                "sequence": number.sequence,
                "check_digit": {
                    "found": number.check_digit,
                    "expected": number.expected_check,
                    "ok": number.check_ok,
                },
            }
        case GenaiNumber():
            return shown | _genai(number, language)
        case MalformedNumber():
            text = MALFORMATION_TEXTS[number.reason]
            return shown | {"malformed": number.reason.value, "text": text.say(language)}
        case OtherNumber():
            return shown | {"region": number.region or None}


def _division(code: str, year: int, language: Language) -> Anatomy:
    """A division as it was called in a year; of an unknown code, the one that encloses it.

    `now` is what it is called today, where it is not called as it was.
    """
    found = division(code, year)
    around = found or enclosing_division(code, year)
    region = region_of_division(code)
    codes = found.successors if found and found.abolished is not None else ()
    names = dict.fromkeys(today.full_name for one in codes if (today := division(one)))
    return {
        "code": code,
        "known": found is not None,
        "name": around.full_name if around else None,
        "region": (region.zh if language is Language.ZH else region.en) if region else None,
        "abolished": found.abolished if found else None,
        "now": [name for name in names if found and name != found.full_name],
    }


def _genai(number: GenaiNumber, language: Language) -> Anatomy:
    regions = regions_of_spelling(number.region)
    return {
        "region": {
            "spelling": number.region,
            "names": [region.zh if language is Language.ZH else region.en for region in regions],
        },
        "name": number.name,
        "date": number.filed_on.isoformat(),
        "year": number.year,
        "serial": number.serial or None,
        "registration": number.is_registration,
    }
