"""Numbers found in what people paste."""

import time

import pytest

from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    Found,
    GenaiNumber,
    Malformation,
    MalformedNumber,
    NumberKind,
    OtherNumber,
    find_numbers,
    number_key,
    parse_number,
    read_number,
)

DIGITS = "330110507206401230035"
DAMO = AlgorithmNumber(DIGITS)
WENXIN = GenaiNumber("Beijing", "WenXinYiYan", "20230821")


def only(text: str) -> Found:
    found = find_numbers(text)
    assert len(found) == 1, found
    assert text[found[0].start : found[0].end] == found[0].raw
    return found[0]


@pytest.mark.parametrize(
    ("text", "raw", "notes"),
    [
        ("网信算备330110507206401230035号", "", ""),
        ("我司（网信算备330110507206401230035号）", "网信算备330110507206401230035号", ""),
        ("网信算备：330110507206401230035号", "", "punctuation"),
        ("网信算备330110507206401230035", "", "missing_suffix"),
        ("备案号330110507206401230035号", "330110507206401230035号", "missing_prefix"),
        ("算备330110507206401230035", DIGITS, "missing_prefix missing_suffix"),
        ("网信备330110507206401230035号", "330110507206401230035号", "missing_prefix"),
        ("网信算备３３０１１０５０７２０６４０１２３００３５号", "", "full_width"),
        ("网信算备 330110507206401230035 号", "", "inner_space"),
        ("网信算备33011050720640\r\n1230035号", "", "line_break"),
        ("网信算备33011050720640\n    1230035号", "", "line_break inner_space"),
        ("网信算备33011050\u200b7206401230035\u202c号", "", "invisible"),
        ("网信算备\x00330110507206401230035号", "", "invisible"),
        ("網信算備330110507206401230035號", "", "traditional"),
        ("网信算备33O11O5O72O64O123OO35号", "", "look_alike"),
        ("网信算备33O11O5O72O64O123OO37号", None, ""),
        ("网信算备33O1105072064O1230O35号", "", "look_alike"),
        ("网信算备33011050720640l23003S号", "", "look_alike"),
        ("网信算备【330110507206401230035】号", "", "punctuation"),
        ("网信算备330110-5072064-01-23-003-5号", "", "punctuation"),
        ("网信算备No.330110507206401230035号", "", "punctuation"),
        ("网信算备案编号为330110507206401230035号", "", ""),
        ("网 信 算 备 33 01 10 50 72 06 40 12 30 03 5 号", "", "inner_space"),
        ("网信算备330110507206401230035ICP备", "网信算备" + DIGITS, "missing_suffix"),
        ("网信算备330110507206401230035 2024年", "网信算备" + DIGITS, "missing_suffix"),
        ("id=330110507206401230035&x=1", DIGITS, "missing_prefix missing_suffix"),
        ("'330110507206401230035", DIGITS, "missing_prefix missing_suffix"),
        ("as 330110 5072064 01 23 003 5 says", "330110 5072064 01 23 003 5",
         "inner_space missing_prefix missing_suffix"),
        ("as 330110 507206 401230 035 says", "330110 507206 401230 035",
         "inner_space missing_prefix missing_suffix"),
        ("as 330110507206401\n230035 says", "330110507206401\n230035",
         "line_break missing_prefix missing_suffix"),
        ("3301105072064012300352024年3月1日", DIGITS, "glued missing_prefix missing_suffix"),
        ("as 33O110507206401230035 says", "33O110507206401230035",
         "look_alike missing_prefix missing_suffix"),
    ],
)  # fmt: skip
def test_algorithm_numbers_as_people_paste_them(text: str, raw: str | None, notes: str) -> None:
    """Protects every repair, its note, and the place in the original text ('' for all of it)."""
    if raw is None:  # more letters than slips explain
        assert not isinstance(parse_number(text), AlgorithmNumber)
        return
    found = only(text)
    assert found.number == DAMO
    assert found.raw == (raw or text)
    assert " ".join(found.repairs) == notes


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("Beijing-WenXinYiYan-20230821", ""),
        ("beijing-wenxinyiyan-20230821", ""),
        ("BeiJing－WenXinYiYan－２０２３０８２１", "full_width punctuation"),
        ("Beijing—WenXinYiYan—20230821", "punctuation"),
        ("Beijing-WenXin\nYiYan-20230821", "line_break"),
        ("Beijing - WenXinYiYan - 20230821", "inner_space"),
        ("Beijing-WenXinYiYan-202308\n21", "line_break"),
        ("Beijing-WenXin\u200bYiYan-20230821", "invisible"),
        ("Beijing\ufffeWenXinYiYan\x0220230821", "punctuation"),
    ],
)
def test_genai_numbers_as_people_paste_them(text: str, notes: str) -> None:
    """Protects the comparison without case, and names cut by a line's end."""
    for paste in (text, f"备案号：{text}，", f"（{text}）", f"x {text} y"):
        found = only(paste)
        assert (found.number, " ".join(found.repairs)) == (WENXIN, notes)
        assert found.raw == text


def test_serial_on_the_next_line() -> None:
    """Protects the join of date and serial, and the year in which no serial was to be expected."""
    split = only("Beijing-BMW-AI-20260415\n0205")
    assert split.number == GenaiNumber("Beijing", "BMW-AI", "20260415", "0205")
    app = only("Beijing-BMW-AI-20260415 S0205")
    assert isinstance(app.number, GenaiNumber)
    assert app.number.is_registration
    early = only("Beijing-WenXinYiYan-20230821\n2024")
    assert early.number == WENXIN
    beside = only("Beijing-BMW-AI-20260415 2026")
    assert beside.number == GenaiNumber("Beijing", "BMW-AI", "20260415")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sichuan-MT-WorkGpt-20240424", "MT-WorkGpt"),
        ("Guangdong-XGPT-2-202505090040", "XGPT-2"),
        ("Shaanxi-Xi’anZhuShou-20260106S0004", "Xi’anZhuShou"),
        ("Shaanxi-YingPu·DaoYan-20260126S0006", "YingPu·DaoYan"),
        ("Beijing-GLM4.5-202507010001", "GLM4.5"),
    ],
)
def test_names_keep_what_is_published(text: str, name: str) -> None:
    """Protects names with dashes, dots, apostrophes and digits."""
    number = only(f"见{text}。").number
    assert isinstance(number, GenaiNumber)
    assert number.name == name
    assert str(number) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("网信算备33011050720640123003号", Malformation.TOO_FEW_DIGITS),
        ("网信算备1101082242366066220017号", Malformation.TOO_MANY_DIGITS),
        ("网信算备33X110507206401230035号", Malformation.FOREIGN_CHARACTER),
        ("网信算备号", None),
        ("网信算备12号", Malformation.TOO_FEW_DIGITS),
        ("33011050720640123003", Malformation.TOO_FEW_DIGITS),
        ("3301105072064012300355", Malformation.TOO_MANY_DIGITS),
        ("33011050720640123003556号", Malformation.TOO_MANY_DIGITS),
        ("4.4030529598870123E20", Malformation.ROUNDED),
        ("3.30110507206401E+20", Malformation.ROUNDED),
        ("Jiangsu-SiWeiXiangLiangZhiSuanYun-", Malformation.NO_DATE),
        ("ZheJiang-HuaShu-20250609000026", Malformation.BAD_SERIAL),
        ("Beijing-WenXinYiYan-20231345", Malformation.BAD_DATE),
        ("Beijing-WenXinYiYan-202308", Malformation.BAD_DATE),
        ("Beijing-20230821", Malformation.NO_NAME),
    ],
)
def test_malformed_numbers_have_a_reason(text: str, reason: Malformation | None) -> None:
    """Protects values instead of exceptions, and the text as published."""
    number = parse_number(text)
    if reason is None:
        assert number is None
        return
    assert isinstance(number, MalformedNumber)
    assert (number.reason, number.text) == (reason, text)
    assert parse_number(str(number)) == number


def test_row_number_on_the_next_line_is_no_digit() -> None:
    """Protects a short number from taking the next row's 序号; a sound join is still made."""
    short = parse_number("网信算备33011050720640123003\n1 阿里")
    assert isinstance(short, MalformedNumber)
    assert only("网信算备33011050720640123003\n5 阿里").number == DAMO


@pytest.mark.parametrize(
    ("text", "kind", "region"),
    [
        ("京ICP备12345678号-1", NumberKind.ICP_FILING, "京"),
        ("京 icp 备 12345678 号", NumberKind.ICP_FILING, "京"),
        ("沪ICP备2021012345号-3A", NumberKind.ICP_FILING, "沪"),
        ("京ICP证030173号", NumberKind.ICP_LICENCE, "京"),
        ("京公网安备 11010502030143号", NumberKind.PUBLIC_SECURITY, "京"),
        ("粤网信备44030719117413020015号", NumberKind.BLOCKCHAIN, "粤"),
        ("浙B2-20080224", NumberKind.TELECOM_LICENCE, "浙"),
        ("合字B2-20100001", NumberKind.TELECOM_LICENCE, ""),
    ],
)
def test_numbers_of_other_registers(text: str, kind: NumberKind, region: str) -> None:
    """Protects the answer "this is an ICP number, not 算备"."""
    found = only(f"备案：{text} ")
    assert isinstance(found.number, OtherNumber)
    assert (found.number.kind, found.number.region) == (kind, region)
    assert found.raw == text


@pytest.mark.parametrize(
    "text",
    [
        "", " \n", "备案号", "网信算备", "网信算备2023年第3批", "2023-08-21",
        "foo-bar-20230821 baz",
        "x330110507206401230035", "330110507206401230035x", "1.330110507206401230035",
        "330110507206401230035.5", "33011050720640123003 4 apples", "a_330110507206401230035",
        "330110507206401230036330110507206401230036", "13812345678 1381234567 z",
        "Beijing-Shanghai railway, opened 20110630", "Beijing: a-20230821", "XBeijing-A-20230821",
    ],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    """Protects against calling every long run of digits a number."""
    assert find_numbers(text) == []


def test_several_numbers_in_one_paste() -> None:
    """Protects the order and the places of many numbers of all kinds."""
    text = (
        "网信算备330110507206401230035号、330110507206401230044号；Beijing-WenXinYiYan-20230821,"
        "Guangdong-A-20260817S0065 京ICP备12345678号-1\n110108224236606622001,330110507206401230035"
    )
    found = find_numbers(text)
    assert [str(each.number) for each in found] == [
        "网信算备330110507206401230035号",
        "网信算备330110507206401230044号",
        "Beijing-WenXinYiYan-20230821",
        "Guangdong-A-20260817S0065",
        "京ICP备12345678号-1",
        "网信算备110108224236606622001号",
        "网信算备330110507206401230035号",
    ]
    assert [text[each.start : each.end] for each in found] == [each.raw for each in found]


def test_best_reading_of_many() -> None:
    """Protects the single answer: sound before wrong check digit before other registers."""
    assert parse_number("京ICP备12345678号 网信算备330110507206401230035号") == DAMO
    assert parse_number("330110507206401230034 或 330110507206401230035") == DAMO
    assert parse_number("330110507206401230034 Beijing-WenXinYiYan-20230821") == WENXIN
    assert parse_number("nothing here") is None


@pytest.mark.parametrize(
    "text",
    [
        "3301 1050 7206 4012 3003 5", "33011-05072-06401-23003-5", "编号：3301105.0720640.1230035",
        "（330110507206401 230035）", "备案号: 33O110507206401230035号。",
        "330110/5072064/01/23/003/5",
    ],
)  # fmt: skip
def test_a_whole_input_is_read_with_good_will(text: str) -> None:
    """Protects inputs that are nothing but a number, in whatever groups."""
    assert parse_number(text) == DAMO


def test_a_whole_genai_input_is_read_with_good_will() -> None:
    """Protects spaces for dashes, look-alikes in the date, and regions nobody has seen."""
    assert parse_number("Beijing WenXinYiYan 20230821") == WENXIN
    assert parse_number("Beijing-WenXinYiYan-2O23O82l") == WENXIN
    atlantis = parse_number(" Atlantis-Foo-202401010001。")
    assert atlantis == GenaiNumber("Atlantis", "Foo", "20240101", "0001")


def test_keys_meet_what_is_published() -> None:
    """Protects the database key against widths, gaps, prefixes and case."""
    for paste in (
        DIGITS,
        f"网信算备{DIGITS}号",
        f"网信算备：{DIGITS}",
        f" {DIGITS}号\n",
        f"（{DIGITS}）",
    ):
        assert number_key(paste) == DIGITS
    assert number_key("网信算备1101082242366066220017号") == "1101082242366066220017"
    assert number_key("网信算备：1101082242366066220017") == "1101082242366066220017"
    assert number_key("Shaanxi-Xi’an·X-20260106S0004") == "shaanxi-xi'an.x-20260106s0004"
    assert number_key("shaanxi-Xi`an•x–20260106s0004") == "shaanxi-xi'an.x-20260106s0004"
    assert number_key(" Anything  Else ") == "anythingelse"
    # A dash typed twice is no part of the name, neither in the number nor in its key.
    assert number_key("Beijing--WenXinYiYan-20230821") == WENXIN.key


def test_reading_tells_where_and_what_was_repaired() -> None:
    """Protects the reasons of a verdict."""
    found = read_number(f"  {DIGITS[:6]} {DIGITS[6:]}  ")
    assert found is not None
    assert (found.start, found.end) == (2, 24)
    assert list(found.repairs) == ["inner_space", "missing_prefix", "missing_suffix"]


HOSTILE = [
    "网", "网信算备", "网信算备1", "网信算备 1 ", "网信算备123456789012 ", "网    ", "网信算备：",
    "网信算备" + "：" * 39, "网信算备1" + " " * 39, "1", "1 ", "123 ", "1\n", "3301105 0720640 ",
    "beijing-", "beijing-a 2", "beijing-" + "x" * 79, "-20230821", "beijing-a-2023", "icp备1",
    "京ICP备", "公网安备1", "京a2.", "合字", "lo1ls ", "\x00", "\u202e1", "\ud800", DIGITS + " ",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """Protects the server: 100,000 characters of the worst take half a second, not minutes."""
    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    began = time.process_time()
    find_numbers(text)
    number_key(text)
    parse_number(text)
    assert time.process_time() - began < 8
