"""A table of vendors checked: the file in, the same with its verdicts out."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Annotated, BinaryIO, Literal
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import FileResponse, Response, StreamingResponse

from suanbei.common.texts import Language
from suanbei.registry.data_version import data_version
from suanbei.search_api.bulk.check import CheckedNumber, Observer, check_rows
from suanbei.search_api.bulk.reading import SERVER_LIMITS, read_file
from suanbei.search_api.bulk.recognise import Choice, ColumnsUnclear, recognise
from suanbei.search_api.bulk.summary import Summary, say_columns
from suanbei.search_api.bulk.uploads import UploadTooLarge, folder_for_once
from suanbei.search_api.bulk.writing import MEDIA_TYPES, ending_for
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.errors import problem
from suanbei.search_api.language import AnswerLanguage
from suanbei.search_api.params import LONGEST_REFERENCE
from suanbei.search_api.receipts import file_answer, hashed_file, issue

router = APIRouter(prefix="/v1/verify", tags=["verify"])
Column = Annotated[
    str, Form(max_length=300, description="title, letter, or place from 1; else found")
]
_MOST_NAME = 200
_BLOCK = 1 << 16


@router.post(
    "/file",
    response_class=FileResponse,
    responses={
        200: {
            "description": "Every row in its place, with the verdict behind it",
            "content": {media.partition(";")[0]: {} for media in MEDIA_TYPES.values()},
            "headers": {
                "X-Rows": {"schema": {"type": "integer"}, "description": "rows judged"},
                "X-Active": {"schema": {"type": "integer"}, "description": "rows that are active"},
                "X-Confirmed": {
                    "schema": {"type": "integer"},
                    "description": "rows that are active, and the company's own",
                },
                "X-No-Number": {
                    "schema": {"type": "integer"}, "description": "rows without a number",
                },
                "X-Unchecked": {
                    "schema": {"type": "integer"},
                    "description": "numbers that were left out: hidden, or not computed",
                },
                "X-Receipt": {
                    "schema": {"type": "string"},
                    "description": "id of the receipt, where one is wanted: /v1/receipts/{id}",
                },
                "X-Columns": {
                    "schema": {"type": "string"},
                    "description": "what was recognised, percent-encoded",
                },
            },
        }
    },
)  # fmt: skip
async def verify_file(  # noqa: PLR0913 - the fields of a form
    request: Request,
    parts: Parts,
    file: Annotated[
        UploadFile,
        File(description="XLSX, XLS, ODS, CSV in any encoding, HTML or XML table, JSON lines"),
    ],
    language: AnswerLanguage,
    number_column: Annotated[
        str, Form(max_length=300, description="title, letter or place; several with commas")
    ] = "",
    entity_column: Column = "",
    company_column: Annotated[str, Form(max_length=300, deprecated=True)] = "",
    sheet: Annotated[str, Form(max_length=100, description="the only one meant; else all")] = "",
    header_row: Annotated[
        int | None, Form(ge=0, le=1_048_576, description="0 for none; else found")
    ] = None,
    delimiter: Annotated[str, Form(max_length=1, description="of a CSV file; else found")] = "",
    format: Annotated[
        Literal["csv", "xlsx", "jsonl"] | None, Form(description="else as it came")
    ] = None,
    receipt: Annotated[bool, Form(description="keep a receipt of the two files")] = False,
    reference: Annotated[
        str, Form(max_length=LONGEST_REFERENCE, description="your own, for the receipt")
    ] = "",
) -> Response:
    """Check a table of vendors; header and columns are found by looking at it."""
    entity = entity_column or company_column
    choice = Choice(number_column, entity, sheet, header_row, delimiter)
    wanted = reference if receipt else None
    work = partial(_check, parts, file, choice, language, f".{format}" if format else "", wanted)
    return await run_sync(work, limiter=request.app.state.table_checks)


def _check(
    parts: Services,
    file: UploadFile,
    choice: Choice,
    language: Language,
    ending: str,
    reference: str | None,
) -> Response:
    """The checked table; with a reference, which may be empty, a receipt is kept.

    Raises:
        UploadTooLarge: it would take longer than an answer may.
    """
    began = time.monotonic()
    name = (file.filename or "file")[:_MOST_NAME]
    with folder_for_once(parts.settings.home, file.file) as folder:
        source = folder / "source"
        table = read_file(source, name, folder / "rows", SERVER_LIMITS, choice.delimiter)
        try:
            recognised = recognise(table, choice)
        except ColumnsUnclear as error:
            columns = [asdict(candidate) for candidate in error.candidates]
            return problem(422, error.code, str(error), candidates=columns)
        target = folder / f"checked{ending or ending_for(table.kind)}"
        given = hashed_file(name, source) if reference is not None else {}
        in_time = _stop_in_time(parts.settings.max_seconds, began)
        with parts.database.read() as session:
            version = data_version(session)
            summary = check_rows(session, table, recognised, target, language, in_time)
        headers = _headers(summary, language)
        if reference is not None:
            answer = file_answer(
                given, hashed_file(f"suanbei-checked{target.suffix}", target), summary
            )
            headers["X-Receipt"] = issue(parts, answer, version, reference)["id"]
        size = target.stat().st_size
        body = target.open("rb")  # still there for us when the folder is deleted
    headers |= {
        "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="suanbei-checked{target.suffix}"',
    }
    return StreamingResponse(_blocks(body), media_type=MEDIA_TYPES[target.suffix], headers=headers)


def _stop_in_time(seconds: float, began: float) -> Observer:
    """Refuses a table that is clearly not done `seconds` after `began`, before these are over.

    What was spent on reading the file, up to this call, does not grow with the rows to be checked.
    """
    read = time.monotonic()

    def see(_lines: Iterable[CheckedNumber], done: int, total: int) -> None:
        now = time.monotonic()
        expected = read - began + (now - read) * total / done
        if now - began > seconds / 4 and expected > seconds * 0.9:
            raise UploadTooLarge(
                f"{total:,} rows take longer than the {seconds:g} seconds of an answer: check the "
                "file on the page /bulk, which has no such limit, or with suanbei verify --file"
            )

    return see


def _blocks(body: BinaryIO) -> Iterator[bytes]:
    with body:
        while block := body.read(_BLOCK):
            yield block


def _headers(summary: Summary, language: Language) -> dict[str, str]:
    columns = "; ".join(say_columns(one, language) for one in summary.columns)
    return {
        "X-Rows": str(summary.rows),
        "X-Active": str(summary.active),
        "X-Confirmed": str(summary.confirmed),
        "X-No-Number": str(len(summary.no_number)),
        "X-Unchecked": str(summary.unchecked),
        "X-Columns": quote(columns)[:4000],
    }
