"""The bulk check: a table in, its columns recognised and shown, every row with a verdict out."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import PurePath
from threading import BoundedSemaphore, Thread
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import FileResponse, RedirectResponse, Response

from suanbei.common.errors import NotFound, Overloaded, SuanbeiError
from suanbei.common.texts import Language, Text
from suanbei.search_api.bulk.jobs import (
    ACTIVE_STATES,
    DONE,
    SHOWN,
    Job,
    JobProgress,
    check,
    find_job,
    new_job,
)
from suanbei.search_api.bulk.recognise import NO_COLUMN, Choice
from suanbei.search_api.bulk.uploads import LARGEST
from suanbei.search_api.bulk.writing import MEDIA_TYPES, XlsxWriter, csv_bytes
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.templating import render, wants_json

router = APIRouter(include_in_schema=False)
ORDER = (
    "active", "other_company", "unclear_company", "deregistered", "not_listed", "malformed",
    "no_number",
)  # fmt: skip
"""The kinds of lines, as the page shows them."""
_PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}
_MOST_NAME = 200
AT_ONCE, AT_MOST = 2, 20
"""Checks that run at once, and that run or wait."""
_FAILURES = (
    ("is empty", "文件是空的。"),
    ("larger than", "文件过大，请分批上传，或改用命令行：suanbei verify --file。"),
    ("password", "文件已加密，请去除密码后重新上传。"),
    ("encrypted", "文件已加密，请去除密码后重新上传。"),
    ("more than", "表格过大，请另存为 CSV，或分批上传。"),
    ("too long", "核验超时，请分批上传。"),
    ("there is no sheet", "没有这个工作表。"),
    ("header row", "没有这一行。"),
    ("there is no column", "没有这一列。"),
    ("too many checks", "排队的核验过多，请稍后再试。"),
    ("", "无法读取该文件。请在表格软件中打开，另存为 XLSX 或 CSV 后重新上传。"),
)
"""What an error comes to in Chinese, by a part of its English line; the last one fits any."""
_TEMPLATE_HEADERS = (
    Text("公司名称", "Company"), Text("备案编号", "Filing number"), Text("备注", "Note"),
)  # fmt: skip
_EXAMPLES = (
    ("阿里巴巴达摩院（杭州）科技有限公司", "网信算备330110507206401230035号"),
    ("北京百度网讯科技有限公司", "Beijing-WenXinYiYan-20230821"),
)
_EXAMPLE = Text("示例，请替换或删除", "an example: replace or delete it")


class Workers:
    """Runs checks in the background; they end with the process, whatever they are at."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(AT_MOST)
        self._turns = BoundedSemaphore(AT_ONCE)

    def run(self, work: Callable[[], None]) -> None:
        """Begin, or wait for a turn.

        Raises:
            Overloaded: too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise Overloaded("too many checks are waiting; try again in a minute")

        def turn() -> None:
            try:
                with self._turns:
                    work()
            finally:
                self._places.release()

        Thread(target=turn, name="bulk", daemon=True).start()


@router.get("/bulk")
def bulk_page(request: Request, parts: Parts) -> Response:
    """Where a file is sent."""
    return _form(request, parts)


def _form(request: Request, parts: Services, error: SuanbeiError | None = None) -> Response:
    status = error.http_status if error else 200
    largest = min(LARGEST // 2**20, parts.settings.max_body)
    said = _failure(str(error), language_of_request(request)) if error else ""
    return render(request, "bulk.html", status, said=said, largest=largest)


@router.get("/bulk/template.{ending}")
def template_file(request: Request, ending: str) -> Response:
    """An empty table to fill in, as XLSX or CSV."""
    language = language_of_request(request)
    if ending not in ("xlsx", "csv"):
        raise NotFound(f"template.{ending[:20]}: there are template.xlsx and template.csv")
    name = "供应商清单模板" if language is Language.ZH else "vendors-template"
    return Response(
        _template(ending, language), media_type=MEDIA_TYPES[f".{ending}"],
        headers={"content-disposition": f"attachment; filename*=utf-8''{quote(name)}.{ending}",
                 "vary": "Accept-Language, Cookie"},
    )  # fmt: skip


def _template(ending: str, language: Language) -> bytes:
    """A table to fill in, with two examples; its cells are texts, so that a spreadsheet rounds no number."""
    header = [title.say(language) for title in _TEMPLATE_HEADERS]
    rows = [[*example, _EXAMPLE.say(language)] for example in _EXAMPLES]
    if ending == "csv":
        return csv_bytes([header, *rows])
    body = BytesIO()
    with XlsxWriter(body) as book:
        book.begin_sheet("", (40, 44, 30), as_text=True)
        book.write_header(header)
        book.write_plain(rows)
    return body.getvalue()


@router.post("/bulk")
def send(request: Request, parts: Parts, file: UploadFile) -> Response:
    """Keep the file, begin to check it, and lead to the page of the check."""
    try:
        job = new_job(parts.settings.home, (file.filename or "")[:_MOST_NAME], file.file)
        _begin(request, parts, job, Choice())
    except SuanbeiError as error:
        return _form(request, parts, error)
    return RedirectResponse(f"/bulk/{job.token}", 303)


def _failure(message: str, language: Language) -> str:
    """Why a file was not checked, in the language of the page."""
    if language is Language.EN:
        return message
    return next(said for part, said in _FAILURES if part in message)


def _begin(request: Request, parts: Services, job: Job, choice: Choice) -> None:
    """Put a check into the queue.

    Raises:
        Overloaded: too many wait already; this one is given up.
    """
    work = partial(check, job, parts.database, language_of_request(request), choice)
    try:
        request.app.state.bulk_workers.run(work)
    except Overloaded:
        job.give_up()
        raise


@router.get("/bulk/{token}")
def job_page(request: Request, parts: Parts, token: str, only: str = "") -> Response:
    """How far a check is; when it is done, what it found."""
    progress = find_job(parts.settings.home, token).progress()
    if wants_json(request):
        told = {"state": progress.state, "done": progress.done, "total": progress.total}
        return Response(orjson.dumps(told), media_type="application/json", headers=_PRIVATE)
    kinds = [kind for kind in ORDER if kind in progress.counts]
    total = sum(progress.counts.values())
    doubtful = total - progress.counts.get("active", 0)
    chosen = only if only in ("all", *kinds) else ("doubtful" if doubtful else "all")
    counted = {"all": total, "doubtful": doubtful, **progress.counts}
    response = render(
        request, "bulk_job.html", job=progress, token=token, kinds=kinds, only=chosen,
        counted=counted, lines=_lines(progress, chosen), active_states=ACTIVE_STATES,
        failure=_failure(progress.message, language_of_request(request)),
    )  # fmt: skip
    response.headers.update(_PRIVATE)
    if progress.state in ACTIVE_STATES:
        # Without a script the page asks again by itself.
        response.headers["refresh"] = "2"
    return response


def _lines(progress: JobProgress, only: str) -> list[dict[str, Any]]:
    """The lines of one kind, of all, or of all that want a look, in the order of the file."""
    found = [
        line
        for kind, lines in progress.lines.items()
        if only in ("all", kind) or (only == "doubtful" and kind != "active")
        for line in lines
    ]
    sheets = [sheet["name"] for sheet in progress.sheets]
    found.sort(key=lambda line: (sheets.index(line["sheet"]), int(line["row"])))
    return found[:SHOWN]


@router.post("/bulk/{token}")
def again(
    request: Request,
    parts: Parts,
    token: str,
    number: Annotated[list[str], Form()],
    entity: Annotated[str, Form(max_length=200)] = NO_COLUMN,
    sheet: Annotated[str, Form(max_length=100)] = "",
    header: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Check the same file again with other columns; the earlier check is let go."""
    job = find_job(parts.settings.home, token)
    chosen = [one.strip()[:_MOST_NAME] for one in number if one.strip()]
    row = int(header) if header.strip().isdecimal() else None
    choice = Choice(",".join(chosen), entity, sheet, row)
    _begin(request, parts, job.again(), choice)
    return RedirectResponse(f"/bulk/{token}", 303)


@router.get("/bulk/{token}/download")
def download(parts: Parts, token: str) -> Response:
    """The checked file, in the kind that came in."""
    job = find_job(parts.settings.home, token)
    progress = job.progress()
    if progress.state != DONE:
        raise NotFound("bulk check: not done yet")
    name = PurePath(progress.name).stem or "vendors"
    return FileResponse(
        job.result(progress.ending), media_type=MEDIA_TYPES[progress.ending],
        filename=f"{name}-checked{progress.ending}", headers=_PRIVATE,
    )  # fmt: skip
