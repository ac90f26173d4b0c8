"""Logs: one line a record, as text or JSON, with the request's id and without secrets."""

import json
import logging
import sys
import threading
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from suanbei.common.settings import Settings, secrets_of

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered; empty outside of one."""

ACCESS = "suanbei.access"
"""The logger of answered requests; the fields of a record are in its `fields`."""


class _WithoutSecrets(logging.Formatter):
    """Blots out the values of secret settings, wherever in a record they are."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = sorted((one for one in secrets if len(one) >= 4), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line (or several, with a traceback)."""
        return self._blotted(super().format(record))

    def _blotted(self, text: str) -> str:
        for one in self._secrets:
            text = text.replace(one, "********")
        return text


class _Json(_WithoutSecrets):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as an object."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if known := request_id.get():
            line["request_id"] = known
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return self._blotted(json.dumps(line, ensure_ascii=False, default=str))


def set_up_logs(settings: Settings, level: int = logging.WARNING) -> None:
    """Log to stderr as the settings say; requests are logged one by one only as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = settings.log_format == "json"
    handler.setFormatter((_Json if as_json else _WithoutSecrets)(secrets_of(settings)))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    sys.excepthook = _log_crash  # the last words of a process or a thread are a line like any other
    threading.excepthook = lambda end: _log_crash(end.exc_type, end.exc_value, end.exc_traceback)
    logging.getLogger(ACCESS).setLevel(logging.INFO if as_json else logging.WARNING)


def log_last_words() -> None:
    """Have a process that fails before its logs are set up say so as the settings want logs."""

    def log_crash(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        settings = Settings.load()
        sys.excepthook = sys.__excepthook__
        if settings.log_format == "json":
            set_up_logs(settings)
        sys.excepthook(kind, error, trace)

    sys.excepthook = log_crash


def _log_crash(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    name = threading.current_thread().name
    what = "the process" if name == "MainThread" else f"the thread {name}"
    logging.getLogger("suanbei").critical("%s failed", what, exc_info=(kind, error, trace))
