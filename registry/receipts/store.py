"""Issuing receipts and finding them again."""

import base64
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.registry.models import Receipt
from suanbei.registry.receipts.signing import SigningKey, canonical_json

ID_BYTES = 15
"""120 bits: nobody guesses the id of a receipt. 24 letters and digits in print."""


def sign_receipt(
    key: SigningKey, answer: dict[str, Any], version: int, reference: str = ""
) -> dict[str, Any]:
    """A receipt of an answer (JSON) that was given at a version of the data, not yet kept.

    `reference` is the asker's own.
    """
    receipt: dict[str, Any] = {
        "id": base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower(),
        "issued_at": rfc3339(datetime.now(UTC)),
        "reference": reference or None,
        "answer": answer,
        "answer_sha256": hashlib.sha256(canonical_json(answer)).hexdigest(),
        "data_version": version,
        "coverage": answer.get("coverage"),
    }
    return receipt | {"signature": key.sign(canonical_json(receipt))}


def keep_receipt(session: Session, key: SigningKey, receipt: dict[str, Any], days: int = 0) -> None:
    """Write a receipt and the key that signed it; those older than `days` are deleted (0: none)."""
    now = datetime.now(UTC)
    if days:
        session.execute(delete(Receipt).where(Receipt.issued_at < now - timedelta(days=days)))
    key.publish(session)
    session.add(Receipt(id=receipt["id"], issued_at=now, body=receipt))


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
