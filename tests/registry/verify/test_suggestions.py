"""What was meant: each way of getting a number wrong leads to the listed one, and says why."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import AlgorithmNumber
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.verify import judge
from suanbei.registry.verify.near_numbers import near_digits
from tests.lists import listed, number, row

MODEL = "Zhejiang-CeShi-20230821"
ODD = "网信算备1101082242366066220017号"


@pytest.fixture(scope="module")
def filled(module_database: Database) -> Database:
    """Two algorithm filings, one printed with 22 digits, and a filed model."""
    algorithms = [row(1), row(2), row(3, number=ODD, entity="乙公司")]
    import_document(module_database, listed(algorithms))
    facts = {"label": "", "product": "", "region": "浙江省", "filed_on": "2023年8月21日",
             "name": "测试一言大模型"}  # fmt: skip
    model = row(1, number=MODEL, series=Series.GENAI_FILING, period="2024-04", **facts)
    import_document(module_database, listed([model]))
    return module_database


@pytest.mark.parametrize(
    ("text", "meant", "why"),
    [
        ("Zhejiang-CeShi", MODEL, "the date 20230821 is missing"),
        ("Zhejiang CeShi", MODEL, "the date 20230821 is missing"),
        ("Zhejiang_CeShi_20230821", MODEL, "the same parts"),
        ("Zhejiang-CeShi-230821", MODEL, "the date 20230821 is missing"),
        ("备案号：Zhejiang-CeShi", MODEL, "the date 20230821 is missing"),
        ("Zhejiang-CeShi-20230821S65", MODEL, "the serial S65 is one too many"),
        ("ZhejiangCeShi20230821", MODEL, "the same parts"),
        ("ZhejiangCeShi", MODEL, "the date 20230821 is missing"),
        ("浙江CeShi", MODEL, "the region is spelt “Zhejiang”"),
        ("Zhejiang-测试一言-20230821", MODEL, "the name “测试一言” is spelt “CeShi” in the number"),
        ("Zhejiang测试一言", MODEL, "is spelt “CeShi” in the number; the date 20230821 is missing"),
        ("浙江测试一言大模型20230821", MODEL, "is spelt “CeShi” in the number; the region is"),
        ("浙江-CeShi-20230821", MODEL, "the region is spelt “Zhejiang”"),
        ("Zhejaing-CeShi-20230821", MODEL, "the region is “Zhejiang”, not “zhejaing”"),
        ("CeShi-20230821", MODEL, "the region “Zhejiang” is missing"),
        ("Zhejiang-CeShi-2023-08-21", MODEL, "the same parts"),
        ("Zhejiang-CeShi-20230812", MODEL, "the date is 20230821, not 20230812"),
        ("Zhejiang-CeShi-202308210016", MODEL, "the serial 0016 is one too many"),
        ("Zhejiang-CeShi-2023082100", MODEL, "the serial 00 is one too many"),
        ("Zhejiang-CeSi-20230821", MODEL, "the name is “CeShi”, not “cesi”"),
        ("网信算备1101082242366066220011号", ODD, "character 22 is “7”, not “1”"),
        ("网信算备110108224236606622001号", ODD, "“7” is missing at character 22"),
        (number(2)[4:19] + "000000", number(2), "has the same first 15 digits"),
        (f"{int(number(2)[4:25]):.14E}", number(2), "has the same first 15 digits"),
        (
            f"{float(number(2)[4:25]):.16E}".partition("E")[0].replace(".", "") + "0000",
            number(2),
            "rounds to what was given",
        ),
        (number(2)[:12] + number(2)[13:], number(2), "is missing at character"),
        ("x" + number(2)[4:25], number(2), "the same digits, with other characters among them"),
    ],
)
def test_the_listed_number_is_suggested_with_why(
    filled: Database, text: str, meant: str, why: str
) -> None:
    with filled.read() as session:
        (judgement,) = judge(session, [(text, "")])
    assert judgement.verdict.value in ("malformed", "not_listed")
    suggested = {one.number: one.why.say(Language.EN) for one in judgement.suggestions}
    assert why in suggested[meant]
    for one in judgement.suggestions:
        assert one.why.say(Language.EN)
        assert one.why.say(Language.ZH) != one.why.say(Language.EN)


sound = st.text("0123456789", min_size=20, max_size=20).map(
    lambda digits: f"{digits}{AlgorithmNumber(f'{digits}0').expected_check}"
)
Slip = Callable[[str, int, str], str]
SLIPS: tuple[Slip, ...] = (
    lambda text, at, digit: text[:at] + digit + text[at + 1 :],
    lambda text, at, digit: text[:at] + digit + text[at:],
    lambda text, at, _: text[:at] + text[at + 1 :],
)
slips = st.tuples(st.sampled_from(SLIPS), st.integers(0, 21), st.sampled_from("0123456789"))


@given(sound, slips, slips)
def test_two_slips_are_undone(right: str, first: object, second: object) -> None:
    """A digit wrong, missing or too many, twice, in any order and at any place."""
    text = right
    for slip, at, digit in (first, second):  # type: ignore[misc]
        text = slip(text, min(at, len(text) - 1), digit)
    assert text == right or right in near_digits(text, [right])


@given(sound, st.integers(0, 19))
def test_swapped_neighbours_are_one_slip(right: str, at: int) -> None:
    swapped = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    assert swapped == right or near_digits(swapped, [right])[right].edits == 1


@given(sound, st.sampled_from("2468"))
def test_two_slips_lead_to_sound_numbers_only(right: str, digit: str) -> None:
    """That keeps them few: a list's numbers nearly all are sound."""
    unsound = right[:20] + digit
    text = ("1" if right[0] != "1" else "2") + right[1:20]
    assert near_digits(text, [unsound]) == {}


def test_the_serial_of_a_number_is_not_called_as_the_place_in_a_list_is(filled: Database) -> None:
    """序号 is the number of a row; what ends a generative-AI number is its 流水号, as on the pages."""
    with filled.read() as session:
        (judgement,) = judge(session, [("Zhejiang-CeShi-202308210016", "")])
    (why,) = [one.why.say(Language.ZH) for one in judgement.suggestions if one.number == MODEL]
    assert why == "流水号 0016 多余"
