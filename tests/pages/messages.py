"""The texts of the pages: `python -m tests.pages.messages` takes new ones into the catalogues."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from suanbei.common.texts import Language
from suanbei.search_api.language import catalogue_path

HOUSE = Path(__file__).parents[2]
METHODS = [("pages/**.py", "python"), ("i18n.py", "ignore"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
KEYWORDS = {"_": None, "ngettext": (1, 2), "gettext": None}


def source_texts() -> Catalog:
    """Every text that templates and pages use."""
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(HOUSE / "search_api", METHODS, OPTIONS, KEYWORDS)
    for name, _line, text, _comments, _context in sorted(found, key=lambda one: one[:2]):
        catalogue.add(text, locations=[(f"search_api/{name}", 0)])
    return catalogue


def kept_texts(language: Language) -> Catalog:
    """The catalogue of a language as it is kept."""
    with catalogue_path(language).open("rb") as source:
        return read_po(source, locale=language.value)


def update(language: Language) -> list[str]:
    """Take new texts in, drop those that are gone; returns what is still to be translated."""
    kept = kept_texts(language)
    kept.update(source_texts(), no_fuzzy_matching=True, update_header_comment=False)
    save(kept, language)
    return [str(one.id) for one in kept if one.id and not is_translated(one)]


def save(catalogue: Catalog, language: Language) -> None:
    """Write a catalogue, sorted and without what changes with every run."""
    with catalogue_path(language).open("wb") as target:
        target.write(HEADER.encode())
        write_po(target, catalogue, width=0, ignore_obsolete=True, omit_header=True,
                 no_location=True, sort_output=True)  # fmt: skip


def is_translated(message: Message) -> bool:
    """Whether every form of a message has a text."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and not message.fuzzy


if __name__ == "__main__":
    missing = update(Language.ZH)
    sys.stdout.write("\n".join([*missing, f"{len(missing)} to translate"]) + "\n")
