"""What is odd about a row: kept as published, and flagged."""

import pytest

from suanbei.parsers import parse_document
from suanbei.registry.importing.published import Row
from tests.golden.making.case import number
from tests.parsers.making import HEADER, ROW, docx, table

WHOLE = number(1, "02")
FULL_WIDTH = WHOLE.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
GENAI = ["序号", "属地", "模型名称", "备案单位", "备案号", "备案时间"]
FILED = ["1", "广东省", "样例模型", "样例公司", "Guangdong-YangLi-202606050172", "2026/6/5"]


def only_row(header: list[str], row: list[str], **changes: str) -> Row:
    texts = [changes.get(name, text) for name, text in zip(header, row, strict=True)]
    (found,) = parse_document(docx(table([header, texts])), name="x").rows
    return found


@pytest.mark.parametrize(
    ("printed", "flags"),
    [
        (WHOLE, ()),
        (WHOLE[:-2] + {"1": "3"}.get(WHOLE[-2], "1") + "号", ("check_digit",)),
        (FULL_WIDTH, ("malformed_number",)),
        (WHOLE[:9] + " " + WHOLE[9:], ("malformed_number",)),
        (WHOLE[4:-1], ("malformed_number",)),
        (WHOLE[:-1], ("malformed_number",)),
        (WHOLE[:12] + "号", ("malformed_number",)),
        ("网信算备1101082242366066220017号", ("malformed_number",)),
        ("Beijing-YangLi-20240101", ("malformed_number",)),
    ],
)
def test_algorithm_numbers_as_printed(printed: str, flags: tuple[str, ...]) -> None:
    """Whatever is not 网信算备, 21 digits and 号 to the character is flagged, and stays as printed."""
    row = only_row(HEADER, ROW, 备案编号=printed)
    assert (row.number, row.flags) == (printed, flags)


@pytest.mark.parametrize(
    ("printed", "flags"),
    [
        ("Guangdong-YangLi-202606050172", ()),
        ("Beijing-Yang.Li·B’s-20230821", ()),
        ("ZheJiang-YangLi-20260817S0065", ()),
        ("Guangdong-YangLi-", ("malformed_number",)),
        ("Guangdong-YangLi -202606050172", ("malformed_number",)),
        ("Guangdong-YangLi-２０２６０６０５０１７２", ("malformed_number",)),
        (WHOLE, ("malformed_number",)),
    ],
)
def test_genai_numbers_as_printed(printed: str, flags: tuple[str, ...]) -> None:
    """Province, name, date and serial, without a space."""
    row = only_row(GENAI, FILED, 备案号=printed)
    assert (row.number, row.flags) == (printed, flags)


@pytest.mark.parametrize(
    "changes",
    [
        {"模型名称": "样例公司", "备案单位": "样例模型"},
        {"属地": "样例公司", "备案单位": "广东省"},
        {"备案号": "2026/6/5", "备案时间": FILED[4]},
        {"备案号": "样例模型", "模型名称": FILED[4]},
    ],
)
def test_cells_that_changed_places(changes: dict[str, str]) -> None:
    """A company or a number where it does not belong: flagged, and left where it was published."""
    row = only_row(GENAI, FILED, **changes)
    assert "suspect_columns" in row.flags
    told = dict(zip(GENAI, (row.seq, row.region, row.name, row.entity, row.number, row.filed_on),
                    strict=True))  # fmt: skip
    assert {name: told[name] for name in changes} == changes


def test_an_unknown_label_is_suspect() -> None:
    """角色 and 算法类别 are printed in few ways."""
    assert "suspect_columns" in only_row(HEADER, ROW, 算法类别="北京样例科技有限公司").flags
    assert only_row(HEADER, ROW, 算法类别="服务提供", 备案编号=WHOLE).flags == ()
