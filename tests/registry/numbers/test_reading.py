"""Numbers as people give them: in other scripts, rounded, quoted, without gaps, half remembered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    Malformation,
    MalformedNumber,
    NumberKind,
    OtherNumber,
    Repair,
    genai_parts,
    parse_number,
    read_number,
    read_numbers,
    rounds_to,
)

CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
FINANCIAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
numbers = st.from_regex(
    "(330110|110108|440305)[0-9]{7}(01|02|06)(2[2-9]|30)(?!000)[0-9]{3}", fullmatch=True
).map(lambda head: AlgorithmNumber(f"{head}{AlgorithmNumber(f'{head}0').expected_check}"))


@given(numbers, st.sampled_from([CHINESE, FINANCIAL, CIRCLED]), st.booleans())
def test_numerals_are_digits(number: AlgorithmNumber, script: dict[int, int], bare: bool) -> None:
    """四四〇三…, 肆肆零叁… and ④④⓪③… are read, and the reading is told."""
    found = read_number(
        number.digits.translate(script) if bare else number.formatted.translate(script)
    )
    assert found is not None
    assert found.number == number
    assert Repair.NUMERALS in found.repairs


@given(numbers, st.sampled_from(["[{}]", "（{}）", "【{}】", "{}.", "{} ", "{}/"]))
def test_fields_in_brackets_or_with_dots_are_one_number(number: AlgorithmNumber, form: str) -> None:
    d = number.digits
    fields = (d[:6], d[6:13], d[13:15], d[15:17], d[17:20], d[20])
    text = "网信算备" + "".join(form.format(field) for field in fields) + "号"
    assert parse_number(text) == number


@given(numbers, st.integers(5, 15))
def test_a_rounded_number_is_said_to_be_rounded(number: AlgorithmNumber, kept: int) -> None:
    """By a spreadsheet, in scientific notation, as a float; what it was fits again."""
    d = number.digits
    for text in (d[:15] + "000000", f"{int(d):.{kept - 1}E}", str(int(float(d)))):
        if text.isdecimal() and AlgorithmNumber(text).check_ok:
            continue  # a float's value may happen to be a sound number
        parsed = parse_number(text)
        assert isinstance(parsed, MalformedNumber), text
        assert parsed.reason is Malformation.ROUNDED
        assert rounds_to(d, text)


@given(st.lists(numbers, min_size=2, max_size=4, unique=True))
def test_numbers_without_a_gap_are_told_apart(several: list[AlgorithmNumber]) -> None:
    run = "".join(number.digits for number in several)
    assert [found.number for found in read_numbers(run)] == several
    assert [found.number for found in read_numbers(f"网信算备{run}号")] == several


@given(numbers, st.integers(1, 20), st.sampled_from(["> ", ">> ", "> > "]))
def test_quoted_mail_is_read(number: AlgorithmNumber, cut: int, mark: str) -> None:
    text = f"引用：\n{mark}编号：网信算备{number.digits[:cut]}\n{mark}{number.digits[cut:]}号"
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11010519491231002X", NumberKind.ID_CARD),
        ("身份证号：11010519491231002X", NumberKind.ID_CARD),
        ("91350100M000100Y43", NumberKind.CREDIT_CODE),
        ("统一社会信用代码 91350100M000100Y43", NumberKind.CREDIT_CODE),
        ("联系人证件 11010519491231002X，请查收", NumberKind.ID_CARD),
    ],
)
def test_other_numbers_of_18_signs_are_named(text: str, kind: NumberKind) -> None:
    """The examples of GB 11643 and GB 32100."""
    parsed = parse_number(text)
    assert isinstance(parsed, OtherNumber)
    assert parsed.kind is kind


@pytest.mark.parametrize(
    ("text", "reason", "parts"),
    [
        ("Beijing_CeShi_20230821", "other_signs", ("beijing", "ceshi", "20230821", "")),
        ("BeijingCeShi20230821", "other_signs", ("beijing", "ceshi", "20230821", "")),
        ("北京-CeShi-20230821", "chinese_region", ("beijing", "ceshi", "20230821", "")),
        (
            "广东省 CeShi 20260605S0172",
            "chinese_region",
            ("guangdong", "ceshi", "20260605", "s0172"),
        ),
        ("Beijing-CeShi-2023-08-21", "dashed_date", ("beijing", "ceshi", "20230821", "")),
        ("Beijing-CeShi-2023年8月21日", "dashed_date", ("beijing", "ceshi", "20230821", "")),
        ("Beijing-CeShi", "no_date", ("beijing", "ceshi", "", "")),
    ],
)
def test_what_is_meant_as_a_generative_ai_number_is_taken_apart(
    text: str, reason: str, parts: tuple[str, ...]
) -> None:
    """It is no number as published, but says which one may be meant."""
    parsed = parse_number(text)
    assert isinstance(parsed, MalformedNumber)
    assert parsed.reason.value == reason
    found = genai_parts(text)
    assert found is not None
    assert found[:4] == parts


@pytest.mark.parametrize("text", ["hello world", "COVID-19", "2023-08-21", "Beijing", "A-B-C", ""])
def test_words_are_no_generative_ai_number(text: str) -> None:
    assert genai_parts(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Beijing-CeShi-20240428-0016", "beijing-ceshi-202404280016"),
        ("Beijing-CeShi-20230821-S0016", "beijing-ceshi-20230821s0016"),
        ("Beijing-CeShi-20230821-2024", "beijing-ceshi-20230821"),
    ],
)
def test_a_serial_behind_a_dash_is_joined_where_one_is_to_be_expected(text: str, key: str) -> None:
    """Numbers of 2023 have no serial without S: what stands behind them is something else."""
    found = read_numbers(f"备案号 {text}，请查收")
    assert [one.number.key for one in found] == [key]
    assert (Repair.PUNCTUATION in found[0].repairs) == (key != "beijing-ceshi-20230821")


def test_numbers_of_services_without_a_gap_are_told_apart() -> None:
    text = "Shanghai-CeShi-20230821Beijing-CeShi-202404280016"
    assert [one.number.key for one in read_numbers(text)] == [
        "shanghai-ceshi-20230821", "beijing-ceshi-202404280016",
    ]  # fmt: skip


def test_a_line_end_of_quoted_printable_mail_is_read() -> None:
    found = read_numbers("网信算备330110507206=\n401230035号")
    assert [one.number.key for one in found] == ["330110507206401230035"]
