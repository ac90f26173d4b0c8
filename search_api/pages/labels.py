"""The words of slugs in pages, and where the guide explains them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from suanbei.common.texts import Language
from suanbei.registry.cells.products import PRODUCT_KIND_NAMES, ProductKind
from suanbei.registry.cells.remarks.model import FIELD_NAMES, KIND_NAMES, ChangeKind, RemarkField
from suanbei.registry.cells.series import SERIES_NAMES, series_title
from suanbei.registry.cells.vocabulary import FIELD_TEXTS, ROLE_TEXTS, STATUS_TEXTS, TYPE_TEXTS
from suanbei.registry.verify import MATCH_TEXTS, VERDICT_TEXTS
from suanbei.search_api.language import mark, translations

COLUMNS = {
    ("algorithm", "label"): mark("Type as printed"),
    ("deep_synthesis", "label"): mark("Role"),
    ("deregistration", "label"): mark("Role"),
    ("genai_filing", "name"): mark("Model"),
    ("genai_registration", "name"): mark("Application or function"),
    ("genai_filing", "purpose"): mark("Applicable scenario"),
    ("genai_registration", "filed_on"): mark("Registered on"),
    ("deregistration", "filed_on"): mark("Deregistered on"),
}
"""Columns of lists that have another title in a series than the field has elsewhere."""

EVENTS = {
    "batch.published": mark("New list"),
    "filing.added": mark("New filing"),
    "filing.changed": mark("Changed"),
    "filing.deregistered": mark("Deregistered"),
    "filing.vanished": mark("No longer in its list"),
    "monitor.raised": mark("Monitor raised"),
    "monitor.cleared": mark("Monitor cleared"),
}
FLAGS = {
    "malformed_number": mark("malformed number"),
    "check_digit": mark("check digit does not fit"),
    "label_differs": mark("label and number name different types"),
    "unread_remark": mark("remark not understood in full"),
    "cut_off": mark("text cut off in the document"),
    "overprinted_text": mark("letters printed over other letters in the document"),
    "invisible_text": mark("read from an invisible text layer under a picture"),
    "suspect_columns": mark("columns possibly swapped by the publisher"),
    "unreadable_letters": mark("letters that the document does not identify"),
    "doubled_column": mark("two columns of the same name, merged"),
    "deregistration_only": mark("known from a deregistration notice only"),
}
ORIGINS = {
    "published": mark("CAC's own file"),
    "converted": mark("Converted from CAC's file"),
    "transcribed": mark("Transcribed from CAC's list"),
}
"""Whose bytes a document is: only the first is evidence."""
PASSES = {"pass": mark("Checking for new lists"), "full": mark("Full recheck of all lists")}
MONITORS = {
    "source_failing": mark("A source has failed repeatedly"),
    "source_overdue": mark("A source is overdue for a new list"),
    "lost_attachments": mark("Attachments have disappeared from a page"),
    "firewall": mark("A firewall page was served instead of a list"),
    "unread_document": mark("A list could not be imported"),
    "unknown_layout": mark("Unknown list layout"),
    "many_flags": mark("An unusual number of flagged rows in a new list"),
    "missing_rows": mark("Rows or lists are known to be missing"),
    "unknown_columns": mark("Unknown columns in a list"),
}
"""What is watched for at the end of every pass (crawler/monitors.py)."""
SECTIONS = {
    "verify": mark("Verification"),
    "filings": mark("One filing"),
    "entities": mark("Companies"),
    "search": mark("Search"),
    "stats": mark("Statistics"),
    "export": mark("Export"),
    "batches": mark("Lists"),
    "changes": mark("Changes"),
    "feeds": mark("Feeds"),
    "subscriptions": mark("Subscriptions"),
    "status": mark("Status"),
    "health": mark("Health"),
    "metrics": mark("Metrics"),
    "receipts": mark("Receipts"),
    "dataset": mark("Dataset"),
    "system": mark("System"),
}


@lru_cache
def _source_titles() -> dict[str, dict[str, str]]:
    told = yaml.safe_load(files("suanbei.data").joinpath("sources.yml").read_text("utf-8"))
    return {source["name"]: source["title"] for source in told["sources"]}


@dataclass(frozen=True, slots=True)
class Words:
    """Slugs in one language: `words.series("algorithm")`; an unknown slug shows as it is."""

    language: Language

    def _of(self, table: dict[str, str], slug: str | None) -> str:
        text = table.get(slug or "")
        return translations(self.language).gettext(text) if text else (slug or "")

    def series(self, slug: str | None) -> str:
        """A register."""
        return self._text(SERIES_NAMES, slug)

    def series_title(self, slug: str) -> str:
        """A register with its filings, in the plural; in Chinese there is none."""
        return series_title(slug, self.language)

    def status(self, slug: str | None) -> str:
        """Active or deregistered."""
        return self._text(STATUS_TEXTS, slug)

    def verdict(self, slug: str | None) -> str:
        """What a check came to."""
        return self._text(VERDICT_TEXTS, slug)

    def match(self, slug: str | None) -> str:
        """How a claimed company compares with the registrant."""
        return self._text(MATCH_TEXTS, slug)

    def event(self, slug: str | None) -> str:
        """A kind of event."""
        return self._of(EVENTS, slug)

    def source(self, slug: str) -> str:
        """A source of lists, as data/sources.yml calls it."""
        return _source_titles().get(slug, {}).get(self.language.value, slug)

    def origin(self, slug: str) -> str:
        """Whose bytes a document is."""
        return self._of(ORIGINS, slug)

    def run(self, slug: str) -> str:
        """A kind of pass over the sources."""
        return self._of(PASSES, slug)

    def monitor(self, slug: str) -> str:
        """What a monitor watches for."""
        return self._of(MONITORS, slug)

    def section(self, slug: str) -> str:
        """A section of the API."""
        return self._of(SECTIONS, slug)

    def field(self, slug: str | None) -> str:
        """A field of a filing, or what a remark says was changed of it."""
        if slug in FIELD_TEXTS or slug not in set(RemarkField):
            return self._text(FIELD_TEXTS, slug)
        said = FIELD_NAMES[RemarkField(slug)][self.language is Language.EN]
        return said[:1].upper() + said[1:]

    def column(self, series: str, name: str) -> str:
        """The title of a column in the lists of a series."""
        title = COLUMNS.get((series, name))
        return translations(self.language).gettext(title) if title else self.field(name)

    def kind(self, slug: str | None) -> str:
        """A kind of product."""
        return self._pair(slug or "")

    def flag(self, slug: str | None) -> str:
        """An oddity of a published row."""
        return self._of(FLAGS, slug)

    def change(self, slug: str | None) -> str:
        """What a remark says happened to a field."""
        names = KIND_NAMES.get(ChangeKind(slug)) if slug in set(ChangeKind) else None
        return (names[self.language is Language.EN] if names else slug) or ""

    def type(self, slug: str | None) -> str:
        """A legal type of algorithm."""
        return self._text(TYPE_TEXTS, slug)

    def role(self, slug: str | None) -> str:
        """A role in deep synthesis."""
        return self._text(ROLE_TEXTS, slug)

    def _text(self, table: Mapping[Any, Any], slug: str | None) -> str:
        text = table.get(slug or "")
        if text is None:
            return slug or ""
        said: str = text.zh if self.language is Language.ZH else text.en
        return said[:1].upper() + said[1:]

    def _pair(self, slug: str) -> str:
        if slug not in set(ProductKind):
            return slug
        zh, en = PRODUCT_KIND_NAMES[ProductKind(slug)]
        return zh if self.language is Language.ZH else en

    def value(self, dimension: str, slug: str | None) -> str:
        """A value of a facet or of a grouped count."""
        tables = {"series": self.series, "status": self.status, "type": self.type,
                  "role": self.role, "kind": self.kind, "product_kind": self.kind,
                  "flag": self.flag}  # fmt: skip
        return tables[dimension](slug) if dimension in tables else (slug or "")
