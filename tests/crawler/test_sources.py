"""The sources file: what ships is whole, and a mistake in it is named."""

from pathlib import Path

import pytest
import yaml

from suanbei.common.errors import UsageError
from suanbei.crawler.sources import Catalogue, load_catalogue

GOOD = """
version: 1
sources:
  - name: one
    title: {zh: 一, en: One}
    register: algorithm
    attachments: {title: h1, date: .date, body: body, href: docx}
    starts:
      - {kind: page_with_attachments, url: "https://example.org/a.htm"}
"""


def load(tmp_path: Path, text: str) -> Catalogue:
    path = tmp_path / "sources.yml"
    path.write_text(text)
    return load_catalogue(path)


def test_the_shipped_file() -> None:
    """Four national sources are on; the provincial one is off, but can be named."""
    catalogue = load_catalogue()
    names = [source.name for source in catalogue.select().sources]
    assert names == ["algorithm", "deep_synthesis", "genai", "deregistration"]
    [province] = catalogue.select(("guangdong_genai",)).sources
    assert province.kept_in == "genai"
    assert all(source.title.zh and source.title.en for source in catalogue.sources)


def test_it_goes_to_the_worker_and_back_unchanged() -> None:
    """Patterns, dates and all."""
    catalogue = load_catalogue()
    assert Catalogue.model_validate_json(catalogue.model_dump_json()) == catalogue


def test_a_good_file(tmp_path: Path) -> None:
    """What is not said has a default."""
    [source] = load(tmp_path, GOOD).sources
    assert (source.enabled, source.politeness.attempts) == (True, 3)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("version: 1", "version: 2", "version: "),
        ("name: one", "name: One!", "sources.0.name (One!): "),
        ("register: algorithm", "register: algo", "sources.0.register (one): "),
        ("register: algorithm", "registre: algorithm", "sources.0.register (one): Field required"),
        ("register: algorithm", "register: algorithm\n    colour: red", "sources.0.colour (one): "),
        ("href: docx", 'href: "("', "sources.0.attachments.href (one): "),
        ("en: One", 'en: ""', "sources.0.title.en (one): "),
        ("kind: page_with_attachments", "kind: pages", "sources.0.starts.0 (one): "),
        ("https:", "ftp:", "starts.0.page_with_attachments.url (one): "),
        ("attachments:", "title2:", "sources.0.title2 (one): "),
        ("sources:", "sources: []\nother:", "sources: "),
        ("version: 1", "- version", "not YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """File, entry and field, in one line."""
    with pytest.raises(UsageError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "sources.yml") + ": ")
    assert "\n" not in message
    if problem != "not YAML":
        assert problem in message


@pytest.mark.parametrize("text", ["", "a list", "- 1\n- 2", "sources: 7", "{", "\tx"])
def test_any_other_file_is_refused(tmp_path: Path, text: str) -> None:
    """Never a traceback."""
    with pytest.raises(UsageError, match=r"sources\.yml: "):
        load(tmp_path, text)


def test_a_missing_file(tmp_path: Path) -> None:
    """Named, too."""
    with pytest.raises(UsageError, match="No such file"):
        load_catalogue(tmp_path / "none.yml")


def test_names_differ(tmp_path: Path) -> None:
    """A report has one line per name."""
    facts = yaml.safe_load(GOOD)
    facts["sources"] *= 2
    with pytest.raises(UsageError, match="two sources are named 'one'"):
        load(tmp_path, yaml.safe_dump(facts))


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        ({"follow": "download"}, "`download` is needed"),
        ({"follow": "page", "download": "https://x.org/{notice_id}"}, "`download` is needed"),
        ({"follow": "download", "download": "https://x.org/"}, "must hold {notice_id}"),
        ({"follow": "page"}, "`attachments` is needed"),
    ],
)
def test_facts_that_do_not_go_together(tmp_path: Path, start: dict[str, str], problem: str) -> None:
    """Found when the file is loaded, not on the day the notice comes."""
    facts = yaml.safe_load(GOOD)
    del facts["sources"][0]["attachments"]
    listed = {"kind": "notice_list", "url": "https://x.org/l", "title": "x"}
    facts["sources"][0]["starts"] = [listed | start]
    with pytest.raises(UsageError, match=problem):
        load(tmp_path, yaml.safe_dump(facts))


def test_selection(tmp_path: Path) -> None:
    """A source that is off runs when it is named; a name that is none is said."""
    off = load(tmp_path, GOOD.replace("register:", "enabled: false\n    register:"))
    assert [source.name for source in off.select(("one",)).sources] == ["one"]
    with pytest.raises(UsageError, match="no source 'two'; there are: one"):
        off.select(("two",))
    with pytest.raises(UsageError, match="every source is disabled"):
        off.select()
