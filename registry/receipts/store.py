"""Issuing receipts and finding them again."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.registry.data_version import data_version
from suanbei.registry.models import Receipt
from suanbei.registry.receipts.signing import SigningKey, canonical_json

ID_BYTES = 15
"""120 bits: nobody guesses the id of a receipt. 24 letters and digits in print."""

TimestampOf = Callable[[bytes], dict[str, Any]]
"""Has a text stamped by a time-stamping service; returns the receipt's `timestamp`."""


def issue_receipt(
    session: Session,
    key: SigningKey,
    answer: dict[str, Any],
    reference: str = "",
    *,
    days: int = 0,
    timestamp_of: TimestampOf | None = None,
) -> dict[str, Any]:
    """A receipt of an answer (JSON), written in a transaction of the caller's.

    `reference` is the asker's own; receipts older than `days` are deleted (0: never). With `timestamp_of`
    the signature is stamped too. Returns the receipt as `find_receipt` does.
    """
    now = datetime.now(UTC)
    if days:
        session.execute(delete(Receipt).where(Receipt.issued_at < now - timedelta(days=days)))
    key.publish(session)
    receipt: dict[str, Any] = {
        "id": base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower(),
        "issued_at": rfc3339(now),
        "reference": reference or None,
        "answer": answer,
        "answer_sha256": hashlib.sha256(canonical_json(answer)).hexdigest(),
        "data_version": data_version(session),
        "coverage": answer.get("coverage"),
    }
    receipt["signature"] = key.sign(canonical_json(receipt))
    if timestamp_of is not None:
        receipt["timestamp"] = timestamp_of(receipt["signature"].encode())
    session.add(Receipt(id=receipt["id"], issued_at=now, body=receipt))
    return receipt


def find_receipt(session: Session, receipt_id: str, *, days: int = 0) -> dict[str, Any]:
    """A receipt by its id.

    Raises:
        NotFound: there is none, or none any more.
    """
    found = session.get(Receipt, receipt_id.strip().lower())
    too_old = found and days and found.issued_at < datetime.now(UTC) - timedelta(days=days)
    if found is None or too_old:
        raise NotFound("no receipt of this id, or it is no longer kept")
    return found.body
