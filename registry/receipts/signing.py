"""The key that signs receipts, and how their text is signed.

A receipt's signature is a JWS (RFC 7515, compact form, EdDSA with Ed25519) whose payload is the canonical JSON of
the receipt without the fields `signature` and `timestamp`.
"""

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.registry.models import ReceiptKey
from suanbei.registry.statements import upsert

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
                _write_new(path, OKPKey.generate_key("Ed25519"))
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
            row = {"kid": self.kid, "jwk": self.public, "added_at": datetime.now(UTC)}
            upsert(session, ReceiptKey, [row])  # another server may be doing the same


def public_key_set(session: Session, settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """The JWK set that receipts are checked with: every key that has signed one, and the one in force."""
    query = select(ReceiptKey.jwk).order_by(ReceiptKey.added_at, ReceiptKey.kid)
    known = list(session.execute(query).scalars())
    own = SigningKey.of(settings).public
    return {"keys": known if own in known else [*known, own]}


def _write_new(path: Path, key: OKPKey) -> None:
    """Write a key file as a whole; of two processes that do, the first one counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(key.as_dict(private=True), file)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()
