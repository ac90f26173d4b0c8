"""A number taken apart for the eye: its pieces in order, each with a tone and what it means."""

from dataclasses import dataclass

from suanbei.common.texts import Language
from suanbei.registry.cells.divisions import division, enclosing_division
from suanbei.registry.cells.numbers import AlgorithmNumber, GenaiNumber, Number
from suanbei.registry.cells.regions import region_of_division, regions_of_spelling
from suanbei.registry.cells.vocabulary import TYPE_CODE_TEXTS
from suanbei.search_api.i18n import translations
from suanbei.search_api.pages.formatting import day_text


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a number. `tone` 1 to 6 is its colour, 0 for what has no meaning of its own."""

    text: str
    tone: int = 0
    title: str = ""
    meaning: str = ""
    ok: bool = True


def pieces_of(
    number: Number | None, language: Language, registrant: str | None = None
) -> list[Piece]:
    """The pieces of a number; a malformed or foreign one is a single piece.

    `registrant` is the company that its registrant code is known to belong to, empty where no list
    names one; None where it was not asked.
    """
    if isinstance(number, AlgorithmNumber):
        return _algorithm(number, language, registrant)
    if isinstance(number, GenaiNumber):
        return _genai(number, language)
    return [Piece(str(number))] if number else []


def _algorithm(number: AlgorithmNumber, language: Language, registrant: str | None) -> list[Piece]:
    _ = translations(language).gettext
    digits, zh = number.digits, language is Language.ZH
    region = region_of_division(number.division)
    kind = TYPE_CODE_TEXTS.get(number.type_code)
    place = _place(number, region.en if region and not zh else "") or _("no such province")
    check = (
        _("fits the other twenty digits")
        if number.check_ok
        else _("does not fit: the other digits want %(digit)s. Very likely a typing error.")
        % {"digit": number.expected_check}
    )
    return [
        Piece("网信算备"),
        Piece(digits[:6], 1, _("Division"), place, region is not None),
        Piece(digits[6:13], 2, _("Registrant"), _owner(registrant, language)),
        Piece(digits[13:15], 3, _("Type"),
              (kind.zh if zh else kind.en) if kind else _("no such type"), kind is not None),
        Piece(digits[15:17], 4, _("Year"), str(number.year)),
        Piece(digits[17:20], 5, _("Sequence"),
              _("no. %(n)s of this registrant, type and year") % {"n": number.sequence}),
        Piece(digits[20], 6, _("Check digit"), check, number.check_ok),
        Piece("号"),
    ]  # fmt: skip


def _owner(registrant: str | None, language: Language) -> str:
    _ = translations(language).gettext
    if registrant is None:
        return _("one company, also after a change of its name")
    return registrant or _("a company that no list names")


def _place(number: AlgorithmNumber, english: str) -> str:
    """The district as it was called in the year of the number; of an unknown one what holds it."""
    known = division(number.division, number.year)
    around = known or enclosing_division(number.division, number.year)
    if around is None:
        return english
    return f"{around.full_name} ({english})" if english else around.full_name


def _genai(number: GenaiNumber, language: Language) -> list[Piece]:
    _ = translations(language).gettext
    zh = language is Language.ZH
    regions = regions_of_spelling(number.region)
    place = " / ".join(region.zh if zh else region.en for region in regions)
    serial = []
    if number.is_registration:
        serial.append(Piece("S", 4, _("Mark"), _("a registration (登记), not a filing (备案)")))
    if number.serial:
        serial.append(Piece(number.serial, 5, _("Serial"), _("a running number")))
    return [
        Piece(number.region, 1, _("Region"), place or _("no region of the lists"), bool(regions)),
        Piece("-"),
        Piece(number.name, 2, _("Name"), _("the model or the application, in Latin letters")),
        Piece("-"),
        Piece(number.date, 3, _("Date"), day_text(number.filed_on.isoformat(), language)),
        *serial,
    ]
