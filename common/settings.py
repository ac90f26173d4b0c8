"""The one table of settings: environment variables `SUANBEI_*`, their defaults and what they mean.

`suanbei settings`, the documentation and `.env.example` are printed from it.
"""

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from suanbei.common.errors import UsageError

PREFIX = "SUANBEI_"
ENV_FILE = ".env"
_ANY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104
_NOT_SETTINGS = ("SUANBEI_TEST_", "SUANBEI_BENCH_", "SUANBEI_SITE", "SUANBEI_UPSTREAMS")
"""Variables of the tests, the measurements and the files in deploy/."""
HIDDEN = "********"
_USER_INFO = re.compile(r"(://[^/?#\s@]*?:)[^/?#\s]*@")
_SECRET_PARAMETER = re.compile(
    r"([?&;](?:pass|password|passwd|pwd|key|api_key|token|secret)=)[^&;#\s'\"]+", re.IGNORECASE
)


def default_home() -> Path:
    """`var` in a checkout of the project; where it is installed, the user's data folder."""
    root = Path(__file__).absolute().parents[2]
    if (root / "pyproject.toml").is_file() and (root / "suanbei").is_dir():
        return root / "var"
    from platformdirs import user_data_path

    return user_data_path("suanbei", appauthor=False)


def local_url(host: str, port: int) -> str:
    """The address of a server on this machine that listens there.

    >>> local_url("0.0.0.0", 8000), local_url("::1", 80)
    ('http://127.0.0.1:8000', 'http://[::1]:80')
    """
    known = "127.0.0.1" if host in _ANY_ADDRESS else host
    return f"http://{f'[{known}]' if ':' in known else known}:{port}"


def _secret(description: str, pattern: str | None = None) -> Any:
    """A setting that is empty unless it is given, and whose value is never shown."""
    return Field("", pattern=pattern, description=description, json_schema_extra={"secret": True})


class Settings(BaseSettings):
    """All settings, read once at the start of a process and passed on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=default_home,
        description="folder of the registry, the archive and the index",
        json_schema_extra={"default": "var in a checkout, else the user's data folder"},
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on (PORT says so too)")
    database_url: str = _secret("SQLAlchemy URL; empty: SQLite in HOME")
    search_url: str = Field("", description="Meilisearch address; empty: the embedded engine")
    search_key: str = _secret("Meilisearch key")
    cac_url: str = Field("https://www.cac.gov.cn", description="base address of CAC's site")
    beian_url: str = Field(
        "https://beian.cac.gov.cn", description="base address of the filing system"
    )
    user_agent: str = Field(
        "Suanbei/0.1 (open registry of algorithm filings)", description="who the crawler says it is"
    )
    delay: float = Field(3.0, ge=0, description="seconds between two requests to one host")
    proxy: str = _secret("HTTP proxy of the crawler")
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
        default_factory=lambda known: local_url(known["host"], known["port"]),
        description="address of this server, for links in feeds and messages",
        json_schema_extra={"default": "http://HOST:PORT"},
    )
    api_keys: str = _secret(
        "keys as `suanbei key` makes them, comma separated; empty: nobody has one"
    )
    allow_private_targets: bool = Field(
        False, description="let messages be sent to addresses of one's own network"
    )
    smtp_url: str = _secret(
        "mail server for mailto: subscriptions: mailtos://user:password@host?from=…",
        pattern="^(mailtos?://.+)?$",
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
        True, description="alarm when a document cannot be read or taken in, or has unknown columns"
    )
    monitor_flags: float = Field(
        0.2, ge=0, le=1, description="alarm when this share of a new list is flagged; 0: never"
    )
    receipt_key: Path | None = Field(
        None,
        description="file of the key that signs receipts (private Ed25519 JWK); empty: one in HOME",
        json_schema_extra={"default": ""},
    )
    receipt_days: int = Field(
        3650, ge=0, description="days for which receipts are kept; 0: for ever"
    )
    timestamp_url: str = Field(
        "", description="RFC 3161 time-stamping service for receipts; empty: none"
    )
    mcp: bool = Field(
        False, description="answer assistants at POST /mcp (Model Context Protocol; extra `mcp`)"
    )
    trusted_proxies: str = Field(
        "", description="addresses or networks of proxies that name the client, comma separated"
    )
    cache_seconds: int = Field(
        0,
        ge=0,
        le=3600,
        description="seconds for which proxies may keep answers; 0: they ask each time (304 if unchanged)",
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
    def load(cls, **values: Any) -> Self:
        """Read the environment, and `.env` in the working folder; `values` go before both.

        Raises:
            UsageError: a value does not fit, naming the variable and the value.
        """
        if "port" not in values and PREFIX + "PORT" not in os.environ and "PORT" in os.environ:
            values["port"] = os.environ["PORT"]  # as many hosts of applications say it
        try:
            return cls(_env_file=ENV_FILE, **values)
        except ValidationError as error:
            first = error.errors()[0]
            field = "_".join(str(part) for part in first["loc"])
            shown = HIDDEN if _is_secret(field) else shown_url(repr(first["input"]))
            raise UsageError(f"{PREFIX}{field.upper()}={shown}: {first['msg']}") from error

    def as_environment(self) -> dict[str, str]:
        """Environment variables by which another process gets these settings."""
        return {PREFIX + name.upper(): str(getattr(self, name)) for name in type(self).model_fields}

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.home / 'registry.sqlite3'}"

    @property
    def archive(self) -> Path:
        """Where documents are kept, each under its sha256."""
        return self.home / "archive"


def unknown_variables() -> list[str]:
    """Variables `SUANBEI_*`, of the environment or `.env`, that are no settings: a line for each."""
    from dotenv import dotenv_values

    known = [PREFIX + name.upper() for name in Settings.model_fields]
    given = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    lines = []
    for name in sorted(given - set(known)):
        if name.startswith(PREFIX) and not name.startswith(_NOT_SETTINGS):
            near = difflib.get_close_matches(name, known, 1, 0.8)
            lines.append(f"{name} is no setting" + (f"; {near[0]} is" if near else ""))
    return lines


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
        default = str(_extra(field).get("default", info.default))
        value = getattr(settings, field) if settings else default
        text = "" if value is None else shown_url(str(value))
        shown = HIDDEN if _is_secret(field) and value else text
        rows.append(SettingRow(PREFIX + field.upper(), shown, default, info.description or ""))
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
    return "secret" in _extra(field)


def _extra(field: str) -> dict[str, Any]:
    info = Settings.model_fields.get(field)
    extra = info.json_schema_extra if info else None
    return extra if isinstance(extra, dict) else {}


def _password_of(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
