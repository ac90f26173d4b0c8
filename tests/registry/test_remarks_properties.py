"""备注 of any text: nothing is lost, nothing raises."""

from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.remarks import ClauseRole, read_remark

WORDS = """
原 主体 主体名称 算法名称 产品 关联产品 变更为 变更 新增 删除 由 “ ” " （ ） ( ) 《 》
、 ， ； 。 ： 甲 乙 有限公司 算法 (APP) （网站） 小程序 2024年4月 、6月 已注销
变更内容： 接入 大模型 和 等 1. 模态 功能 已下线
"""
remarks = st.lists(st.sampled_from([*WORDS.split(), " ", "\n"]), max_size=25).map("".join)
anything = st.one_of(remarks, st.text(max_size=60))


@given(anything, st.text(max_size=10))
def test_the_clauses_are_the_remark(text: str, name: str) -> None:
    """Every character is in a change, a status, a date, a heading, a separator or left unread."""
    remark = read_remark(text, name=name, entity=name, product=name)
    assert not remark.clauses or "".join(clause.text for clause in remark.clauses) == text


@given(anything)
def test_unread_text_is_text_of_the_remark(text: str) -> None:
    """What is counted as unread can be found in the cell."""
    remark = read_remark(text)
    unread = [clause.text for clause in remark.clauses if clause.role is ClauseRole.UNREAD]
    assert all(piece.strip() and piece in text for piece in unread)
    assert bool(remark.unread) == bool(unread)


@given(anything)
def test_a_change_is_of_its_clause(text: str) -> None:
    """Only clauses that change something have changes; a month is a month."""
    for clause in read_remark(text).clauses:
        assert (clause.role is ClauseRole.CHANGE) or not clause.changes
        for change in clause.changes:
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
        assert read_remark(f"甲{piece * 5_000}").clauses
