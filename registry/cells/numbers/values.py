"""Numbers that are not what they should be: malformed ones and those of other registers."""

import re
from dataclasses import dataclass
from enum import StrEnum

from suanbei.registry.cells.numbers.text import fold

_PREFIX = re.compile("网信算备|no(?=[^a-z])")
_WORDLESS = re.compile("[^0-9a-z]+")


class NumberKind(StrEnum):
    """Which register a number belongs to."""

    ALGORITHM = "algorithm"
    GENAI_FILING = "genai_filing"
    GENAI_REGISTRATION = "genai_registration"
    ICP_FILING = "icp_filing"
    ICP_LICENCE = "icp_licence"
    PUBLIC_SECURITY = "public_security"
    BLOCKCHAIN = "blockchain"
    TELECOM_LICENCE = "telecom_licence"
    ID_CARD = "id_card"
    CREDIT_CODE = "credit_code"


class Malformation(StrEnum):
    """Why a text that is meant as a number of CAC's is none as it stands."""

    TOO_FEW_DIGITS = "too_few_digits"
    TOO_MANY_DIGITS = "too_many_digits"
    FOREIGN_CHARACTER = "foreign_character"
    ROUNDED = "rounded"
    NO_NAME = "no_name"
    NO_DATE = "no_date"
    BAD_DATE = "bad_date"
    BAD_SERIAL = "bad_serial"
    CHINESE_REGION = "chinese_region"
    DASHED_DATE = "dashed_date"
    OTHER_SIGNS = "other_signs"


@dataclass(frozen=True, slots=True)
class MalformedNumber:
    """A number kept as published, with the reason why it cannot be taken apart.

    `kind` is what it was meant to be: `algorithm`, `genai_filing` or `genai_registration`.
    """

    text: str
    reason: Malformation
    kind: NumberKind

    @property
    def key(self) -> str:
        """The comparison key: folded; of an algorithm number the digits and Latin letters only."""
        folded = fold(self.text)
        if self.kind is not NumberKind.ALGORITHM:
            return folded
        return _WORDLESS.sub("", _PREFIX.sub("", folded)) or folded

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class OtherNumber:
    """A number of another Chinese register (ICP, public security, …), so that one can say so.

    `region` is the one-character short name of a province (京, 粤, …), empty where there is none.
    """

    text: str
    kind: NumberKind
    region: str = ""

    @property
    def key(self) -> str:
        """The comparison key: the text folded."""
        return fold(self.text)

    def __str__(self) -> str:
        return self.text
