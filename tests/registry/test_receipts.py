"""Receipts: what was answered can be proven, and nothing else passes for it."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from suanbei.common.errors import NotFound, ReceiptInvalid, UsageError
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.models import Receipt
from suanbei.registry.receipts import (
    SigningKey,
    canonical_json,
    check_receipt,
    find_receipt,
    keep_receipt,
    public_key_set,
    sign_receipt,
)

ANSWER = {"verdict": "active", "number": "网信算备…", "coverage": {"algorithm": {"lists": 19}}}


def issued(database: Database, settings: Settings, days: int = 0) -> dict[str, Any]:
    key = SigningKey.of(settings)
    receipt = sign_receipt(key, ANSWER, 1, "PO-1")
    with database.write() as session:
        keep_receipt(session, key, receipt, days)
    return receipt


def keys(database: Database, settings: Settings) -> dict[str, Any]:
    with database.read() as session:
        return public_key_set(session, settings)


def test_a_receipt_is_what_was_issued(database: Database, settings: Settings) -> None:
    """It is found again by its id alone, word for word, and holds."""
    receipt = issued(database, settings)
    with database.read() as session:
        assert find_receipt(session, f" {receipt['id'].upper()} ") == receipt
    check_receipt(json.loads(json.dumps(receipt)), keys(database, settings))


@given(st.data())
def test_a_change_in_one_character_fails(data: st.DataObject) -> None:
    """Whatever character of the JSON is changed, but for white space between its parts."""
    key = SigningKey(OKPKey.generate_key("Ed25519"))
    body: dict[str, Any] = {"id": "a", "answer": ANSWER, "answer_sha256": "0"}
    import hashlib

    body["answer_sha256"] = hashlib.sha256(canonical_json(ANSWER)).hexdigest()
    body["signature"] = key.sign(canonical_json(body))
    text = canonical_json(body).decode()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from('aA0{"算\\}').filter(lambda one: one != text[place]))
    changed = text[:place] + other + text[place + 1 :]
    try:
        receipt = json.loads(changed)
    except json.JSONDecodeError:
        return
    with pytest.raises(ReceiptInvalid):
        check_receipt(receipt, {"keys": [key.public]})


@pytest.mark.parametrize("digest", ["0" * 64, "f" * 64, None])
def test_a_digest_that_is_not_the_answer_s_is_refused(digest: str | None) -> None:
    """Whoever signs it: a receipt must not bear the hash of another answer."""
    key = SigningKey(OKPKey.generate_key("Ed25519"))
    body: dict[str, Any] = {"id": "a", "answer": ANSWER, "answer_sha256": digest}
    body["signature"] = key.sign(canonical_json(body))
    with pytest.raises(ReceiptInvalid, match="answer_sha256"):
        check_receipt(body, {"keys": [key.public]})


def test_keys_that_did_not_sign_it_prove_nothing(database: Database, settings: Settings) -> None:
    """Another key, no key, no key set."""
    receipt = issued(database, settings)
    other = SigningKey(OKPKey.generate_key("Ed25519")).public
    (own,) = keys(database, settings)["keys"]
    for wrong in (
        {"keys": [other]},
        {"keys": [other | {"kid": own["kid"]}]},
        {"keys": []},
        [],
        None,
    ):
        with pytest.raises(ReceiptInvalid):
            check_receipt(receipt, wrong)


def test_the_algorithm_is_not_the_senders_choice(database: Database, settings: Settings) -> None:
    """`none`, or a secret made of the public key, signs nothing."""
    from joserfc import jws
    from joserfc.jwk import OctKey

    receipt = issued(database, settings)
    (own,) = keys(database, settings)["keys"]
    payload = canonical_json({k: v for k, v in receipt.items() if k != "signature"})
    forged = jws.serialize_compact(
        {"alg": "HS256", "kid": own["kid"]}, payload, OctKey.import_key(own["x"])
    )
    with pytest.raises(ReceiptInvalid):
        check_receipt(receipt | {"signature": forged}, {"keys": [own]})


def test_the_key_is_its_owners_alone_and_may_be_replaced(
    database: Database, settings: Settings
) -> None:
    """Mode 0600; a receipt of an older key still holds."""
    receipt = issued(database, settings)
    path = settings.home / "receipt-key.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()
    newer = issued(database, settings)
    both = keys(database, settings)
    assert len(both["keys"]) == 2
    assert all("d" not in key for key in both["keys"])
    for one in (receipt, newer):
        check_receipt(one, both)


def test_a_key_file_that_is_none_is_named(settings: Settings, tmp_path: Path) -> None:
    """In one line, without a traceback, and it is not overwritten."""
    file = tmp_path / "key.json"
    file.write_text('{"kty": "RSA"}')
    with pytest.raises(UsageError, match=r"key\.json"):
        SigningKey.of(settings.model_copy(update={"receipt_key": file}))
    assert file.read_text() == '{"kty": "RSA"}'


def test_two_processes_agree_on_the_first_key(settings: Settings) -> None:
    """The one that comes second takes the key of the first."""
    first = SigningKey.of(settings)
    assert SigningKey.of(settings).kid == first.kid
    assert [name for name in os.listdir(settings.home) if name != "receipt-key.json"] == []


def test_receipts_are_kept_as_long_as_said(database: Database, settings: Settings) -> None:
    """Older ones are not shown any more, and are deleted with the next one issued."""
    old = issued(database, settings)
    with database.write() as session:
        session.get_one(Receipt, old["id"]).issued_at = datetime.now(UTC) - timedelta(days=31)
    with database.read() as session, pytest.raises(NotFound):
        find_receipt(session, old["id"], days=30)
    issued(database, settings, days=30)
    with database.read() as session:
        assert session.get(Receipt, old["id"]) is None


def test_ids_cannot_be_guessed(database: Database, settings: Settings) -> None:
    """120 bits each."""
    ids = {issued(database, settings)["id"] for _ in range(5)}
    assert {len(one) for one in ids} == {24}
    assert len(ids) == 5
