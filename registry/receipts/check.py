"""Checking a receipt offline: it is as it was signed, by one of the keys given."""

import hashlib
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from suanbei.common.errors import ReceiptInvalid
from suanbei.registry.receipts.signing import REGISTRY, canonical_json

UNSIGNED = ("signature", "timestamp")
"""Fields that come after signing."""


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
