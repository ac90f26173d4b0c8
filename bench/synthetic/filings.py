"""New filings from a seed: each company is new, its filings are those of a real one, retold."""

from collections.abc import Iterator
from random import Random
from typing import Any

from bench.synthetic.model import Model, Pattern, Registrant
from bench.synthetic.words import new_latin, new_purpose, new_word
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import AlgorithmNumber, number_key

Values = dict[str, Any]
_LONGEST = 12
_AS_LETTERS = str.maketrans("0123456789", "oabcdefghi")
"""Makes the name in a generative-AI number the company's own."""


def generate(model: Model, count: int, seed: int) -> Iterator[Values]:
    """`count` filings as values of the columns of `Filing`, without id, company after company."""
    random = Random(seed)
    codes = _codes(random)
    made = 0
    while made < count:
        company = Company(model, random.choice(model.registrants), next(codes), random)
        for values in company.filings():
            if made < count:
                made += 1
                yield values


def _codes(random: Random) -> Iterator[str]:
    """Registrant codes of seven digits, in no order, none twice."""
    # A full cycle over all seven-digit codes: 7654321 shares no factor with 10^7.
    code = random.randrange(10_000_000)
    while True:
        code = (code + 7_654_321) % 10_000_000
        yield f"{code:07d}"


class Company:
    """A new company in the likeness of a real one."""

    def __init__(self, model: Model, like: Registrant, code: str, random: Random) -> None:
        self._model, self._like, self._code, self._random = model, like, code, random
        brand = like.brand
        if brand.isascii():
            self._brand = new_latin(random)
        else:
            self._brand = new_word(model.brands, min(len(brand), _LONGEST), random)
        self.name = like.name.replace(brand, self._brand) if brand else self._brand + like.name
        self.key = entity_key(self.name)

    def filings(self) -> Iterator[Values]:
        """Its filings; serial numbers count on within it."""
        for serial, pattern in enumerate(self._like.filings, 1):
            yield self._filing(pattern, serial)

    def _filing(self, pattern: Pattern, serial: int) -> Values:
        renamed = {name: self._product(name) for name in pattern.products}
        number = self._number(pattern, serial)
        retold = {name: self._retold(pattern.values[name], renamed) for name in ("name", "product")}
        products = [
            {"name": renamed[item["name"]], "kind": item["kind"]}
            for item in pattern.values["products"]
        ]
        return pattern.values | retold | {
            "number": number,
            "number_key": number_key(number),
            "entity": self.name,
            "entity_key": self.key,
            "entity_id": self._code,
            "registrant": self._code if pattern.is_algorithm else "",
            "former_entities": [],
            "products": products,
            "purpose": new_purpose(self._random),
            "remark": "",
            "changes": [],
            "data_version": 1,
        }  # fmt: skip

    def _product(self, name: str) -> str:
        if name.isascii():
            return new_latin(self._random)
        return new_word(self._model.products, min(len(name), _LONGEST), self._random)

    def _retold(self, text: str, renamed: dict[str, str]) -> str:
        """A real text with the names in it replaced."""
        for old, new in renamed.items():
            text = text.replace(old, new)
        return text.replace(self._like.brand, self._brand) if self._like.brand else text

    def _number(self, pattern: Pattern, serial: int) -> str:
        values = pattern.values
        if not pattern.is_algorithm:
            place, dash, _ = values["number"].partition("-")
            place = place if dash else "Beijing"  # a malformed number has none
            mark = "S" if values["series"] == "genai_registration" else ""
            name = new_latin(self._random) + self._code.translate(_AS_LETTERS)
            return f"{place}-{name}-{values['year'] or 2025}0601{mark}{serial:04d}"
        year = f"{values['year'] % 100:02d}{serial:03d}"
        head = f"{values['division']}{self._code}{pattern.type_code}{year}"
        return f"网信算备{head}{AlgorithmNumber(f'{head}0').expected_check}号"
