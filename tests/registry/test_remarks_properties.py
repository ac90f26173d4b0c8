"""备注 of any text: nothing is lost, nothing raises."""

from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.remarks.grammar import tokenise
from suanbei.registry.cells.remarks.reader import Remark, read_remark

WORDS = """
原 主体 主体名称 算法名称 产品 关联产品 变更为 变更 新增 删除 由 “ ” " （ ） ( ) 《 》
、 ， ； 。 ： 甲 乙 有限公司 算法 (APP) （网站） 小程序 2024年4月 、6月 已注销
变更内容： 接入 大模型 和 等 1. 模态 功能 已下线
"""
remarks = st.lists(st.sampled_from([*WORDS.split(), " ", "\n"]), max_size=25).map("".join)
anything = st.one_of(remarks, st.text(max_size=60))


@given(anything)
def test_the_tokens_are_the_remark(text: str) -> None:
    """Every character is in a date, a heading, a separator or a text that is read."""
    assert "".join(token.text for token in tokenise(text)) == text


@given(anything, st.text(max_size=10))
def test_unread_text_is_text_of_the_remark(text: str, name: str) -> None:
    """What is counted as unread can be found in the cell."""
    unread = read_remark(text, name=name, entity=name, product=name).unread
    assert all(piece.strip() and piece in text for piece in unread.split("；") if unread)


@given(anything)
def test_a_month_is_a_month(text: str) -> None:
    for change in read_remark(text).changes:
        assert change.when == "" or 1 <= int(change.when[5:]) <= 12


@given(remarks, remarks)
def test_reading_twice_is_reading_once(text: str, name: str) -> None:
    """The same cell always gives the same changes."""
    assert read_remark(text, name=name) == read_remark(text, name=name)


def test_long_texts_are_read_in_reasonable_time() -> None:
    """A hostile cell must not hold up an import: work grows with the length, not its square."""
    for piece in (
        "“",
        "（",
        " ",
        "、",
        "原主体名称",
        "新增产品甲(APP)",
        "变更为",
        "1.",
        "2024年4月、",
    ):
        assert read_remark(f"甲{piece * 5_000}") != Remark()
