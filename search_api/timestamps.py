"""Time stamps of a service (RFC 3161) on receipts: proof by a third party that a signature existed then."""

import base64
from typing import Any

import httpx

from suanbei.common.errors import SuanbeiError, UsageError
from suanbei.common.late_imports import importing

SECONDS = 10.0
MAX_BYTES = 100_000


class NoTimestamp(SuanbeiError):
    """The time-stamping service did not stamp."""

    code = "no_timestamp"
    http_status = 503


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
