"""Every reason that is given has its words, in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

from suanbei.registry import verify
from suanbei.registry.cells.names import compare
from suanbei.registry.verify.reason_texts import REASON_TEXTS

SOURCES = sorted(Path(verify.__file__).parent.glob("*.py"))


def test_every_code_that_is_given_has_its_words() -> None:
    given = {
        code
        for path in SOURCES
        for code in re.findall(r'(?:[Rr]eason\(|_tie\()\s*"(\w+)"', path.read_text("utf-8"))
    }
    given |= set(
        re.findall(r'"(entity_\w+)"', (SOURCES[0].parent / "ownership.py").read_text("utf-8"))
    )
    source = Path(compare.__file__).read_text("utf-8")
    matched = re.findall(r'EntityMatch\(MatchLevel\.\w+, \w+, [\w"]+, "(\w+)"\)', source)
    matched += re.findall(r'return \(?"(\w+)", ', source)
    assert len(matched) > 12
    given |= {f"entity_{reason}" for reason in matched}
    assert given <= REASON_TEXTS.keys()


@pytest.mark.parametrize("code", REASON_TEXTS)
def test_both_languages_say_the_same(code: str) -> None:
    """The same values are filled in, and no text is in the other language."""
    text = REASON_TEXTS[code]
    fields = [
        {name for _, name, _, _ in Formatter().parse(one) if name} for one in (text.zh, text.en)
    ]
    assert fields[0] == fields[1]
    assert re.search("[\u4e00-\u9fff]", text.zh)
    assert not re.search("[\u4e00-\u9fff]", text.en.replace("网信算备", "").replace("号", ""))
