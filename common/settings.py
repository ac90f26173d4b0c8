"""The one table of settings: environment variables `SUANBEI_*`, their defaults and what they mean.

`suanbei settings`, the documentation and `.env.example` are printed from it.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from suanbei.common.errors import UsageError

PREFIX = "SUANBEI_"
HIDDEN = "********"
_USER_INFO = re.compile(r"(://[^/?#\s@]*?:)[^/?#\s]*@")
_SECRET_PARAMETER = re.compile(
    r"([?&;](?:pass|password|passwd|pwd|key|api_key|token|secret)=)[^&;#\s'\"]+", re.IGNORECASE
)


class Settings(BaseSettings):
    """All settings, read once at the start of a process and handed to whoever needs them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    home: Path = Field(Path("var"), description="folder of the registry, the archive and the index")
    database_url: str = Field(
        "",
        description="SQLAlchemy URL; empty: SQLite in HOME",
        json_schema_extra={"secret": True},
    )
    search_url: str = Field("", description="Meilisearch address; empty: the embedded engine")
    search_key: str = Field("", description="Meilisearch key", json_schema_extra={"secret": True})
    cac_url: str = Field("https://www.cac.gov.cn", description="base address of CAC's site")
    beian_url: str = Field(
        "https://beian.cac.gov.cn", description="base address of the filing system"
    )
    user_agent: str = Field(
        "Suanbei/0.1 (open registry of algorithm filings)", description="who the crawler says it is"
    )
    delay: float = Field(3.0, ge=0, description="seconds between two requests to one host")
    proxy: str = Field(
        "", description="HTTP proxy of the crawler", json_schema_extra={"secret": True}
    )
    schedule: str = Field(
        "0 9-19/2 * * mon-fri",
        description="when to look for new lists: five cron fields, Beijing time; empty: never",
    )
    full_schedule: str = Field(
        "30 2 * * *",
        description="when to re-read every known document: five cron fields, Beijing time",
    )
    jitter: int = Field(
        300, ge=0, le=3600, description="seconds by which a scheduled crawl is put off at most"
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="address of this server, for links; else where `up` or `serve` listens",
    )
    api_keys: str = Field(
        "",
        description="keys as `suanbei key` makes them, comma separated; empty: nobody has one",
        json_schema_extra={"secret": True},
    )
    allow_private_targets: bool = Field(
        False, description="let messages be sent to addresses of one's own network"
    )
    smtp_url: str = Field(
        "",
        description="mail server for mailto: subscriptions: mailtos://user:password@host?from=…",
        json_schema_extra={"secret": True},
    )
    digest_hour: int = Field(9, ge=0, le=23, description="hour of the daily digest, Beijing time")
    monitor_failures: int = Field(
        3, ge=0, description="alarm after so many failed passes over a source in a row; 0: never"
    )
    monitor_overdue: float = Field(
        1.0, ge=0, description="alarm after a source's longest pause so far, times this; 0: never"
    )
    monitor_attachments: int = Field(
        1, ge=0, description="alarm when a page has lost so many attachments; 0: never"
    )
    monitor_firewall: int = Field(
        1, ge=0, description="alarm after so many firewall pages of a source in a pass; 0: never"
    )
    monitor_unread: bool = Field(
        True,
        description="alarm when a document cannot be read or taken in, or has unknown columns",
    )
    monitor_flags: float = Field(
        0.2, ge=0, le=1, description="alarm when this share of a new list is flagged; 0: never"
    )
    trusted_proxies: str = Field(
        "",
        description="addresses or networks of proxies that name the client, comma separated",
    )
    cache_seconds: int = Field(
        0,
        ge=0,
        le=3600,
        description="how long proxies may answer without asking; 0: they ask, and hear 304",
    )
    cors_origins: str = Field(
        "",
        description="origins whose scripts may read the API, comma separated; *: all; empty: none",
    )
    rate_limit: int = Field(
        6000,
        ge=0,
        description="requests a minute from one address or key, each process; 0: no limit",
    )
    max_requests: int = Field(
        100, ge=1, description="requests that may be answered at once, each process; more get 503"
    )
    max_body: int = Field(20, ge=1, description="largest request body, in megabytes")
    max_seconds: float = Field(30, gt=0, description="longest time to the start of an answer")
    language: str = Field("", description="zh or en for the command line; empty: by LANG")
    log_format: str = Field("text", pattern="^(text|json)$", description="text or json")

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            UsageError: a value does not fit, naming the variable and the value.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            field = "_".join(str(part) for part in first["loc"])
            shown = HIDDEN if _is_secret(field) else shown_url(repr(first["input"]))
            raise UsageError(f"{PREFIX}{field.upper()}={shown}: {first['msg']}") from error

    def as_environment(self) -> dict[str, str]:
        """Environment variables by which another process gets these settings."""
        return {PREFIX + name.upper(): str(getattr(self, name)) for name in type(self).model_fields}

    def listening_on(self, host: str, port: int) -> Self:
        """These settings, with links that lead to this address where no public one is set."""
        if self.public_url != type(self).model_fields["public_url"].default:
            return self
        named = f"[{host}]" if ":" in host else host
        return self.model_copy(update={"public_url": f"http://{named}:{port}"})

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.home / 'registry.sqlite3'}"

    @property
    def archive(self) -> Path:
        """Where documents are kept, each under its sha256."""
        return self.home / "archive"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of the table of settings."""

    name: str
    shown: str
    default: str
    help: str


def settings_table(settings: Settings | None = None) -> list[SettingRow]:
    """Every setting: variable, value (secrets hidden), default and meaning."""
    rows = []
    for field, info in Settings.model_fields.items():
        value = getattr(settings, field) if settings else info.default
        rows.append(
            SettingRow(
                name=PREFIX + field.upper(),
                shown=HIDDEN if _is_secret(field) and value else shown_url(str(value)),
                default=str(info.default),
                help=info.description or "",
            )
        )
    return rows


def shown_url(text: str) -> str:
    """A text with the passwords of the addresses in it hidden: `http://user:********@host`.

    >>> shown_url("postgresql://u:secret@h/d?password=secret&sslmode=require")
    'postgresql://u:********@h/d?password=********&sslmode=require'
    """
    text = _USER_INFO.sub(rf"\1{HIDDEN}@", text)
    return _SECRET_PARAMETER.sub(rf"\1{HIDDEN}", text)


def secrets_of(settings: Settings) -> list[str]:
    """Every text that must not be shown: secret values, and the passwords within addresses."""
    found = set()
    for field in Settings.model_fields:
        value = str(getattr(settings, field))
        if _is_secret(field):
            found |= {value, *value.split(",")}
        found |= {unquote(_password_of(value)), _password_of(value)}
    return sorted(found - {""})


def _is_secret(field: str) -> bool:
    info = Settings.model_fields.get(field)
    extra = info.json_schema_extra if info else None
    return isinstance(extra, dict) and bool(extra.get("secret"))


def _password_of(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
