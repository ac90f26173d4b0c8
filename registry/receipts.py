"""Receipts: answers as they were given, signed, kept, and checked offline.

A receipt proves what Suanbei answered and when, not what CAC holds. Its signature is a JWS (RFC 7515, compact form,
EdDSA with Ed25519) whose payload is the canonical JSON of the receipt without `signature` and `timestamp`.
"""

import base64
import hashlib
import json
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound, ReceiptInvalid, UsageError
from suanbei.common.files import write_file
from suanbei.common.settings import Settings
from suanbei.registry.models import Receipt, ReceiptKey

ID_BYTES = 15
"""120 bits: nobody guesses the id of a receipt. 24 letters and digits in print."""
UNSIGNED = ("signature", "timestamp")
"""Fields that come after signing."""
ALGORITHM = "EdDSA"
KEY_FILE = "receipt-key.json"


class EdDsaRegistry(jws.JWSRegistry):
    """Allows EdDSA alone, under the name that every JOSE library knows.

    joserfc warns at each use that RFC 9864 would have it called Ed25519; the algorithm is the same.
    """

    max_payload_length = 10_000_000

    def get_alg(self, name: str) -> Any:
        """EdDSA.

        Raises:
            UnsupportedAlgorithmError: another one.
        """
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"{name} does not sign receipts")
        return self.algorithms[name]


REGISTRY = EdDsaRegistry()


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and nothing between its parts, in UTF-8 (as RFC 8785 has it for what
    receipts hold: texts, whole numbers, lists and objects).
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


class SigningKey:
    """An Ed25519 key; `kid` is its thumbprint (RFC 7638)."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self.kid = key.thumbprint()

    @classmethod
    def of(cls, settings: Settings) -> "SigningKey":
        """The key of these settings, made where there is none yet, readable for its owner alone.

        Another key in the file's place signs from then on; older receipts are checked with theirs.

        Raises:
            UsageError: the file holds no private Ed25519 key, or cannot be read or written.
        """
        path = settings.receipt_key or settings.home / KEY_FILE
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                new = json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)).encode()
                # Of two processes the first counts.
                write_file(path, [new], mode=0o600, replace=False)
            key = OKPKey.import_key(json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError, JoseError) as error:
            raise UsageError(f"{path}: no key for receipts ({error})") from error
        if key.get("crv") != "Ed25519" or not key.is_private:
            raise UsageError(f"{path}: no private Ed25519 key (SUANBEI_RECEIPT_KEY)")
        return cls(key)

    @property
    def public(self) -> dict[str, str]:
        """The public key as a JWK."""
        known = self._key.as_dict(private=False)
        return {name: str(known[name]) for name in ("kty", "crv", "x")} | {
            "kid": self.kid, "alg": ALGORITHM, "use": "sig",
        }  # fmt: skip

    def sign(self, payload: bytes) -> str:
        """A JWS over it."""
        header = {"alg": ALGORITHM, "kid": self.kid}
        return jws.serialize_compact(header, payload, self._key, registry=REGISTRY)

    def publish(self, session: Session) -> None:
        """Have the public key among those by which receipts are checked, on every server."""
        if session.get(ReceiptKey, self.kid) is None:
            row = ReceiptKey(kid=self.kid, jwk=self.public, added_at=datetime.now(UTC))
            with suppress(IntegrityError), session.begin_nested():  # another server did the same
                session.add(row)


def public_key_set(session: Session, settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """The JWK set that receipts are checked with: every key that has signed one, and the one in force."""
    query = select(ReceiptKey.jwk).order_by(ReceiptKey.added_at, ReceiptKey.kid)
    known = list(session.execute(query).scalars())
    own = SigningKey.of(settings).public
    return {"keys": known if own in known else [*known, own]}


def sign_receipt(
    key: SigningKey, answer: dict[str, Any], version: int, reference: str = "", entity: str = ""
) -> dict[str, Any]:
    """A receipt of an answer (JSON) that was given at a version of the data, not yet kept.

    `reference` is the asker's own, `entity` the company that was claimed.
    """
    receipt: dict[str, Any] = {
        "id": base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower(),
        "issued_at": rfc3339(datetime.now(UTC)),
        "reference": reference or None,
        "entity": entity or None,
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


def check_receipt(receipt: Any, key_set: Any) -> None:
    """Check a receipt against a JWK set, as /.well-known/jwks.json gives it.

    Raises:
        ReceiptInvalid: it was not signed by one of these keys, or was changed since.
    """
    if not isinstance(receipt, dict) or not isinstance(receipt.get("signature"), str):
        raise ReceiptInvalid("no receipt: it has no signature")
    signature: str = receipt["signature"]
    try:
        kid = jws.extract_compact(signature.encode(), registry=REGISTRY).protected.get("kid")
        signed = jws.deserialize_compact(signature, _key(key_set, kid), registry=REGISTRY)
    except (JoseError, ValueError, TypeError) as error:
        raise ReceiptInvalid(f"the signature does not hold ({error})") from error
    body = {name: value for name, value in receipt.items() if name not in UNSIGNED}
    if signed.payload != canonical_json(body):
        raise ReceiptInvalid("the receipt is not as it was signed: its text was changed")
    digest = hashlib.sha256(canonical_json(body.get("answer"))).hexdigest()
    if digest != body.get("answer_sha256"):
        raise ReceiptInvalid("answer_sha256 is not the hash of the answer")


def _key(key_set: Any, kid: Any) -> OKPKey:
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(keys, list):
        raise ReceiptInvalid('no key set: {"keys": […]} is expected')
    for one in keys:
        if isinstance(one, dict) and one.get("kid") == kid:
            return OKPKey.import_key(one)
    raise ReceiptInvalid(f"none of the keys given signed it (kid {kid})")
