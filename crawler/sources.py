"""The sources of `data/sources.yml`: where lists are published and how they are recognised.

Everything is checked when it is loaded; an error names the file, the entry and the field. Addresses
are kept, shown and compared as the public ones, wherever a crawl is pointed at (`PublicUrls`).
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from suanbei.common.errors import UnexpectedAnswer, UsageError
from suanbei.common.settings import Settings
from suanbei.common.texts import Language

CAC = "https://www.cac.gov.cn"
BEIAN = "https://beian.cac.gov.cn"


class Register(StrEnum):
    """A register as it is published: a generative-AI document holds filings and registrations."""

    ALGORITHM = "algorithm"
    DEEP_SYNTHESIS = "deep_synthesis"
    GENAI = "genai"
    DEREGISTRATION = "deregistration"


class _Facts(BaseModel):
    """Unknown fields are errors: a misspelt fact must not be a fact ignored."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, serialize_by_alias=True
    )


def _web_address(value: str) -> str:
    if not re.match(r"https?://[^/\s]+(/\S*)?$", value):
        raise ValueError("not an http(s) address")
    return value


Url = Annotated[str, AfterValidator(_web_address)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Format = Literal["docx", "pdf", "xlsx", "xls", "html"]


class Bilingual(_Facts):
    """A name for people."""

    zh: Text
    en: Text

    def say(self, language: Language) -> str:
        """The name in one language."""
        return self.zh if language is Language.ZH else self.en


class Politeness(_Facts):
    """How patient a crawl is with this source; the delay between requests is a setting.

    `backoff`: after the n-th failure of a request its host is left alone for delay · backoff^n.
    """

    timeout_seconds: float = Field(60, gt=0)
    attempts: int = Field(3, ge=1, le=10)
    backoff: float = Field(4, ge=1)
    max_megabytes: float = Field(50, gt=0)


class Attachments(_Facts):
    """How a notice's page is read: three CSS selectors, and patterns on a link.

    A link in `body` whose address matches `href` is an attachment if its label matches `label`
    (all, where there is none); one that does not is reported, unless `ignore` matches it.
    """

    title: Text
    date: Text
    body: Text
    href: re.Pattern[str]
    label: re.Pattern[str] | None = None
    ignore: re.Pattern[str] | None = None


class PageStart(_Facts):
    """One page with attachments. One that `grows` says nothing of when each was published."""

    kind: Literal["page_with_attachments"]
    url: Url
    grows: bool = False
    ordinal: int | None = Field(None, ge=1)


class NoticeListStart(_Facts):
    """The filing system's list of notices (JSON), filtered by title.

    `follow: page` reads the page a notice links to; `follow: download` fetches the document at
    `download`, where `{notice_id}` stands for the notice's id.
    """

    kind: Literal["notice_list"]
    url: Url
    title: re.Pattern[str]
    follow: Literal["page", "download"]
    download: Url | None = None

    @model_validator(mode="after")
    def _download_fits(self) -> Self:
        if (self.follow == "download") != (self.download is not None):
            raise ValueError("`download` is needed with `follow: download`, and only then")
        if self.download is not None and "{notice_id}" not in self.download:
            raise ValueError("`download` must hold {notice_id}")
        return self


class ChannelListStart(_Facts):
    """A channel of CAC's site (JSON over POST), read page by page, newest first.

    Reading ends with the list, after `max_pages`, or where notices are older than `since`.
    """

    kind: Literal["channel_list"]
    url: Url
    form: dict[str, str]
    title: re.Pattern[str]
    per_page: int = Field(20, ge=1, le=100)
    max_pages: int = Field(100, ge=1)
    since: date | None = None


Start = Annotated[PageStart | NoticeListStart | ChannelListStart, Field(discriminator="kind")]


class Source(_Facts):
    """One published register (or a province's part of it) and every way to its documents.

    Links and redirects are followed to the hosts of the starts, and to `hosts`, and no others.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Bilingual
    kept_in: Register = Field(alias="register")
    enabled: bool = True
    formats: tuple[Format, ...] = ("docx", "pdf", "xlsx", "xls")
    politeness: Politeness = Politeness()
    attachments: Attachments | None = None
    hosts: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+(:\d+)?$")], ...] = ()
    starts: Annotated[tuple[Start, ...], Field(min_length=1)]

    @property
    def reach(self) -> list[str]:
        """An address on every host that it may lead to."""
        urls = [start.url for start in self.starts] + [f"https://{host}/" for host in self.hosts]
        lists = [start for start in self.starts if isinstance(start, NoticeListStart)]
        return urls + [start.download for start in lists if start.download]

    @model_validator(mode="after")
    def _pages_can_be_read(self) -> Self:
        pages = any(
            not (isinstance(start, NoticeListStart) and start.follow == "download")
            for start in self.starts
        )
        if pages and self.attachments is None:
            raise ValueError("`attachments` is needed: a start leads to pages")
        return self


class Catalogue(_Facts):
    """The whole file. `firewall_marks` are words that only a firewall's page holds."""

    version: Literal[1]
    firewall_marks: tuple[Text, ...] = ()
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [source.name for source in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two sources are named {name!r}")
        return self

    def select(self, names: tuple[str, ...] = ()) -> Self:
        """The named sources, enabled or not; without names, all that are enabled.

        Raises:
            UsageError: there is no source of that name.
        """
        known = {source.name: source for source in self.sources}
        for name in names:
            if name not in known:
                raise UsageError(f"no source {name!r}; there are: {', '.join(known)}")
        chosen = tuple(s for s in self.sources if (s.name in names if names else s.enabled))
        if not chosen:
            raise UsageError("every source is disabled in sources.yml")
        return self.model_copy(update={"sources": chosen})


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read and check a sources file; without a path the shipped one.

    Raises:
        UsageError: unreadable, no YAML, or a fact that does not fit (file, entry and field named).
    """
    where = str(path) if path else "data/sources.yml"
    try:
        text = (path or files("suanbei.data").joinpath("sources.yml")).read_text("utf-8")
        facts = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{where}: {error}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{where}: {' '.join(str(error).split())}") from error
    try:
        return Catalogue.model_validate(facts)
    except ValidationError as error:
        raise UsageError(f"{where}: {_first_problem(error, facts)}") from error


def _first_problem(error: ValidationError, facts: object) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "file"
    name = ""
    if isinstance(facts, dict) and len(first["loc"]) > 1 and isinstance(first["loc"][1], int):
        entry = facts["sources"][first["loc"][1]]
        name = f" ({entry.get('name')})" if isinstance(entry, dict) else ""
    return f"{field}{name}: {first['msg']}"


@dataclass(frozen=True, slots=True)
class PublicUrls:
    """Maps public addresses to those that requests go to. `bases` are (public, requested) pairs."""

    bases: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The mapping of SUANBEI_CAC_URL and SUANBEI_BEIAN_URL."""
        return cls(((CAC, settings.cac_url.rstrip("/")), (BEIAN, settings.beian_url.rstrip("/"))))

    def asked(self, public: str) -> str:
        """Where the request for a public address goes."""
        for base, asked in self.bases:
            if _is_under(public, base):
                return asked + public[len(base) :]
        return public

    def public(self, link: str, page: str = "") -> str:
        """A link as published on a page (a public address), as the public address it means.

        Links over http or without scheme to a known site mean https; links to an asked base
        address mean the site it stands for; fragments are dropped; letters that are not ASCII
        are percent-encoded.

        Raises:
            UnexpectedAnswer: the link is no web address.
        """
        try:
            url = self._of_site(urljoin(page, link.strip()))
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise UnexpectedAnswer(f"no web address: {link[:80]!r} ({error})") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise UnexpectedAnswer(f"no web address: {link[:80]!r}")
        if parts.netloc.lower() in {urlsplit(base).netloc for base, _ in self.bases}:
            parts = parts._replace(scheme="https", netloc=parts.netloc.lower())
        return quote(urlunsplit(parts._replace(fragment="")), safe="%/:=&?~#+!$,;'@()*[]")

    def _of_site(self, url: str) -> str:
        for base, asked in self.bases:
            if base != asked and _is_under(url, asked):
                return base + url[len(asked) :]
        return url


def _is_under(url: str, base: str) -> bool:
    return url == base or url.startswith((base + "/", base + "?"))


def home_of(url: str) -> str:
    """The front page of an address's site."""
    return "/".join(url.split("/")[:3]) + "/"
