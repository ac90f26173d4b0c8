"""Receipts: a check that can be proven later."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from suanbei.registry.receipts import find_receipt, public_key_set
from suanbei.search_api.deps import Parts
from suanbei.search_api.language import AnswerLanguage
from suanbei.search_api.params import LONGEST_NAME, LONGEST_NUMBER, LONGEST_REFERENCE, ReceiptId
from suanbei.search_api.receipts import issue_for_number
from suanbei.search_api.responses import json_answer
from suanbei.search_api.routes.verify import EXAMPLE
from suanbei.search_api.schemas.verdict import Verdict


class ReceiptRequest(BaseModel):
    """What is checked, and the asker's own reference."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(min_length=1, max_length=LONGEST_NUMBER, examples=[EXAMPLE])
    entity: str = Field("", max_length=LONGEST_NAME)
    reference: str = Field("", max_length=LONGEST_REFERENCE, examples=["PO-2026-118"])


class HashedFile(BaseModel):
    """A file by its content."""

    name: str
    sha256: str
    bytes: int


class VerdictCount(BaseModel):
    """How many rows came out so."""

    verdict: str | None
    entity_match: str | None
    rows: int


class FileAnswer(BaseModel):
    """What a receipt of a whole file holds (`receipt` of `POST /v1/verify/file`)."""

    input: HashedFile
    output: HashedFile
    rows: int
    counts: list[VerdictCount]
    coverage: dict[str, Any]


class Receipt(BaseModel):
    """A verdict as it was told, signed.

    `signature` is a JWS (compact, EdDSA) over the canonical JSON of all fields but `signature` and
    `timestamp`; the keys are at /.well-known/jwks.json. It proves what Suanbei answered and
    when, not what CAC holds.
    """

    id: str
    issued_at: str
    reference: str | None
    entity: str | None = Field(None, description="the company that was claimed")
    answer: Verdict | FileAnswer
    answer_sha256: str
    data_version: int
    coverage: dict[str, Any]
    signature: str
    timestamp: dict[str, str] | None = None


router = APIRouter(tags=["receipts"])


@router.post(
    "/v1/receipts", status_code=201, response_class=Response, responses={201: {"model": Receipt}}
)
def create_receipt(parts: Parts, asked: ReceiptRequest, language: AnswerLanguage) -> Response:
    """Check a number now, and keep the answer under an id that cannot be guessed."""
    receipt = issue_for_number(parts, asked.number, asked.entity, asked.reference, language)
    answer = json_answer(receipt, {"Location": f"/v1/receipts/{receipt['id']}"})
    answer.status_code = 201
    return answer


@router.get(
    "/v1/receipts/{receipt_id}", response_class=Response, responses={200: {"model": Receipt}}
)
def read_receipt(parts: Parts, receipt_id: ReceiptId) -> Response:
    """A receipt as it was issued. Receipts are never listed."""
    with parts.database.read() as session:
        receipt = find_receipt(session, receipt_id, days=parts.settings.receipt_days)
    return json_answer(receipt, {"Cache-Control": "private, no-store"})


@router.get("/.well-known/jwks.json")
def receipt_keys(parts: Parts) -> dict[str, list[dict[str, Any]]]:
    """The public keys that receipts are checked with, earlier ones included."""
    with parts.database.read() as session:
        return public_key_set(session, parts.settings)
