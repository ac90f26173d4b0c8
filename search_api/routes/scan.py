"""The numbers in a text, a page or a PDF, each with its verdict."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from suanbei.common.errors import NotFound, UsageError
from suanbei.common.texts import Language
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.language import AnswerLanguage
from suanbei.search_api.responses import JSON
from suanbei.search_api.scan import ITEMS, MOST_ITEMS, scan, start_of
from suanbei.search_api.schemas.verdict import Scan

router = APIRouter(prefix="/v1/scan", tags=["verify"])
_FILE = {"type": "string", "format": "binary"}


class ScannedText(BaseModel):
    """A text as JSON."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        min_length=1,
        description="text or HTML",
        examples=["备案号：网信算备330110507206401230035号"],
    )


_BODY = {
    "required": True,
    "description": "What it is, is told by its bytes. Addresses are not fetched.",
    "content": {
        "text/plain": {"schema": {"type": "string"}},
        "text/html": {"schema": {"type": "string"}},
        "application/pdf": {"schema": _FILE},
        "application/octet-stream": {"schema": _FILE},
        JSON: {"schema": ScannedText.model_json_schema()},
        "multipart/form-data": {
            "schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}
        },
    },
}


@router.post(
    "",
    response_class=Response,
    responses={200: {"model": Scan}},
    openapi_extra={"requestBody": _BODY},
)
async def scan_document(
    request: Request,
    parts: Parts,
    language: AnswerLanguage,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="items a page")] = ITEMS,
    cursor: Annotated[str, Query(max_length=20, description="`next` of the page before")] = "",
) -> Response:
    """Every number in a document, each once, with its places and its verdict.

    For the next page of a long answer the document is sent again with the cursor.
    """
    start_of(cursor)  # before the document is read
    name, data = await _document(request)
    answer = await run_in_threadpool(_scanned, parts, data, name, language, limit, cursor)
    return Response(answer, media_type=JSON)


def _scanned(
    parts: Services, data: bytes, name: str, language: Language, limit: int, cursor: str
) -> bytes:
    if parts.numbers_in is None:
        raise NotFound("scan: this server has no reader of documents")
    found = parts.numbers_in(data, name)
    with parts.database.read() as session:
        return scan(session, found, language, limit, cursor)


async def _document(request: Request) -> tuple[str, bytes]:
    """What messages call the document, and its bytes.

    Raises:
        RequestValidationError, UsageError: JSON or a form without it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == JSON:
        try:
            sent = ScannedText.model_validate_json(await request.body())
        except ValidationError as error:
            raise RequestValidationError(error.errors(include_context=False)) from error
        return "text", sent.text.encode("utf-8", "replace")
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise UsageError("file: the form has no such file")
            return (file.filename or "file")[:100], await file.read()
    return "body", await request.body()
