"""Line breaks in PDF cells: when a space was lost there."""

from hypothesis import given
from hypothesis import strategies as st

from suanbei.parsers.pdf.lines import Line, join_lines
from suanbei.parsers.tables import clean

EM = 10.0
COLUMN = (0.0, 110.8)
"""Ten full-width letters between margins of 5.4 points, as LibreOffice sets them."""
FULL = "一二三四五六七八九十"


def line(text: str) -> Line:
    """A printed line, letters half as wide as Chinese characters."""
    widths = [EM if not sign.isascii() else EM / 2 for sign in text.rstrip(" ")]
    return Line(text, 5.4, 5.4 + sum(widths), 0.0, EM, widths[0], widths[-1])


def read(*lines: str, others: tuple[tuple[str, ...], ...] = ()) -> str:
    """A cell's text, in a column with one full line and other cells."""
    cells = [(FULL,), *others, lines]
    return clean(join_lines([(COLUMN, list(map(line, cell))) for cell in cells])[-1])


def test_words_and_cut_words() -> None:
    """`LEEWONGGR⏎OUP` is one word, `AI⏎Agent` two (DOMAIN.md 5.4)."""
    assert read("SAMPLEWONGGRSAMPLEWO", "NG") == "SAMPLEWONGGRSAMPLEWONG"
    assert read("AI", "Agent") == "AI Agent"
    assert read("样例Smart", "Reader样例") == "样例Smart Reader样例"


def test_drawn_spaces_are_spaces() -> None:
    """At a line's end or start, beside any character, even in a full line."""
    assert read("样例样例样例样例样例 ", "助手") == "样例样例样例样例样例 助手"
    assert read("样例", " 助手") == "样例 助手"


def test_beside_a_chinese_character_there_is_none() -> None:
    """Unless the page shows one."""
    assert read("样例", "助手") == "样例助手"
    assert read("样例AI", "助手") == "样例AI助手"
    assert read("样例", "AI助手") == "样例AI助手"


def test_one_letter_taken_along_with_a_bracket() -> None:
    """`SAMPLE⏎S(APP)`: the letter keeps the bracket off the line's start."""
    assert read("SAMPLE", "S(APP)") == "SAMPLES(APP)"
    assert read("SAMPLE", "S two") == "SAMPLE S two"


def test_what_the_document_says_elsewhere() -> None:
    """A break that cannot be told follows the same words in another cell."""
    assert read("样例AI", "助手", others=(("样例AI 助手",),)) == "样例AI 助手"
    assert read("样例AI", "助手", others=(("样例AI 助手",), ("样例AI助手",))) == "样例AI助手"


@given(st.text("甲乙AB12-.()", min_size=1, max_size=60))
def test_text_without_spaces_that_fills_its_lines_gets_none(text: str) -> None:
    """A text cut only where a line is full comes back as it was."""
    lines, room = [""], EM * 10
    for sign in text:
        width = EM if not sign.isascii() else EM / 2
        if room < width:
            lines.append("")
            room = EM * 10
        lines[-1] += sign
        room -= width
    assert read(*lines) == text
