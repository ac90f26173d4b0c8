"""Receipts: answers as they were given, signed, and kept to be shown later.

A receipt proves what Suanbei answered and when. It does not prove what CAC holds.
"""

from suanbei.registry.receipts.check import check_receipt
from suanbei.registry.receipts.signing import SigningKey, canonical_json, public_key_set
from suanbei.registry.receipts.store import find_receipt, keep_receipt, sign_receipt

__all__ = [
    "SigningKey",
    "canonical_json",
    "check_receipt",
    "find_receipt",
    "keep_receipt",
    "public_key_set",
    "sign_receipt",
]
