"""Issuing receipts: of one verdict, of a whole table, and with the time stamp of a service (RFC 3161).

The service is asked before anything is written: no lock is held while it is slow.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

import httpx

from suanbei.common.errors import SuanbeiError, UsageError
from suanbei.common.late_imports import importing
from suanbei.common.texts import Language
from suanbei.registry.data_version import data_version
from suanbei.registry.receipts import SigningKey, keep_receipt, sign_receipt
from suanbei.registry.verify import judge, verdict_json
from suanbei.search_api.bulk.summary import Summary
from suanbei.search_api.deps import Services
from suanbei.search_api.responses import null_for_empty

SECONDS = 10.0
MAX_BYTES = 100_000


class NoTimestamp(SuanbeiError, code="no_timestamp", http_status=503):
    """The time-stamping service did not stamp."""


def timestamp(url: str, data: bytes) -> dict[str, Any]:
    """Have the SHA-256 of `data` stamped: `{"service", "token"}`, the token in base64 (DER).

    Raises:
        UsageError: the optional library for it is not installed.
        NoTimestamp: the service did not answer, or refused.
    """
    with importing:
        try:
            from rfc3161_client import (
                HashAlgorithm,
                PKIStatus,
                TimestampRequestBuilder,
                decode_timestamp_response,
            )
        except ImportError as error:
            raise UsageError(
                'SUANBEI_TIMESTAMP_URL needs the extra: pip install "suanbei[timestamps]"'
            ) from error
    asked = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        answer = httpx.post(
            url,
            content=asked.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=SECONDS,
        )
        answer.raise_for_status()
        if len(answer.content) > MAX_BYTES:
            raise NoTimestamp(f"{url}: an answer of {len(answer.content)} bytes")
        stamped = decode_timestamp_response(answer.content)
    except (httpx.HTTPError, ValueError) as error:
        raise NoTimestamp(f"{url}: {error}") from error
    if stamped.status != PKIStatus.GRANTED:
        raise NoTimestamp(f"{url}: not granted (status {stamped.status})")
    return {"service": url, "token": base64.b64encode(answer.content).decode()}


def issue(
    parts: Services, answer: dict[str, Any], version: int, reference: str = "", entity: str = ""
) -> dict[str, Any]:
    """Sign an answer that was given at this version of the data, and keep the receipt.

    Raises:
        UsageError: there is no key to sign with, or no library for time stamps.
        NoTimestamp: a service is named, and did not stamp.
    """
    settings = parts.settings
    key = SigningKey.of(settings)
    receipt = sign_receipt(key, answer, version, reference.strip(), entity.strip())
    if settings.timestamp_url:
        receipt["timestamp"] = timestamp(settings.timestamp_url, receipt["signature"].encode())
    with parts.database.write() as session:
        keep_receipt(session, key, receipt, settings.receipt_days)
    return receipt


def issue_for_number(
    parts: Services, number: str, entity: str, reference: str, language: Language
) -> dict[str, Any]:
    """A receipt of the verdict as it is now. Raises what `issue` does."""
    with parts.database.read() as session:
        version = data_version(session)
        (judgement,) = judge(session, [(number, entity)])
    answer = null_for_empty(verdict_json(judgement, language))
    return issue(parts, answer, version, reference, entity)


def file_answer(given: dict[str, Any], result: dict[str, Any], summary: Summary) -> dict[str, Any]:
    """What a receipt proves of a table: the hash of what came in and of what went out, and the counts.

    `{"input", "output", "rows", "counts": [{"verdict", "entity_match", "rows"}], "coverage"}`.
    """
    return {
        "input": given,
        "output": result,
        "rows": summary.rows,
        "counts": summary.counts_view,
        "coverage": summary.coverage,
    }


def hashed_file(name: str, path: Path) -> dict[str, Any]:
    """A file by its content: `{"name", "sha256", "bytes"}`."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": name, "sha256": digest, "bytes": path.stat().st_size}
