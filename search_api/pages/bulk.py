"""The bulk check: a CSV or XLSX in, its columns recognised, every row with a verdict out."""

from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import FileResponse, RedirectResponse, Response

from suanbei.common.errors import NotFound, UsageError
from suanbei.search_api.deps import Services, services
from suanbei.search_api.i18n import language_of_request
from suanbei.search_api.pages.bulk_jobs import LARGEST, SHOWN, Job, Progress, check, new_job
from suanbei.search_api.pages.state import page_state
from suanbei.search_api.pages.templating import render, wants_json

router = APIRouter(include_in_schema=False)
Parts = Annotated[Services, Depends(services)]
ORDER = ("active", "other_company", "deregistered", "not_listed", "malformed", "no_number")


@router.get("/bulk")
def bulk_page(request: Request, parts: Parts) -> Response:
    """Where a file is sent."""
    return render(request, "bulk.html", said="", largest=_largest(parts))


@router.post("/bulk")
def send(request: Request, parts: Parts, file: UploadFile) -> Response:
    """Keep the file, begin to check it, and lead to the page of the check."""
    try:
        job = new_job(parts.settings.home, (file.filename or "")[:200], file.file)
        work = partial(check, job, parts.database, language_of_request(request))
        page_state(request).workers.run(work)
    except UsageError as error:
        return render(request, "bulk.html", 400, said=str(error), largest=_largest(parts))
    return RedirectResponse(f"/bulk/{job.token}", 303)


@router.get("/bulk/{token}")
def job_page(request: Request, parts: Parts, token: str, only: str = "") -> Response:
    """How far a check is; when it is done, what it found."""
    job = Job(parts.settings.home, token)
    progress = job.progress()
    if wants_json(request):
        told = {"state": progress.state, "done": progress.done, "total": progress.total}
        return Response(_json(told), media_type="application/json", headers=_PRIVATE)
    kinds = [kind for kind in ORDER if kind in progress.tally]
    doubtful = sum(progress.tally[kind] for kind in kinds if kind != "active")
    chosen = only if only in ("all", *kinds) else ("doubtful" if doubtful else "all")
    response = render(
        request,
        "bulk_job.html",
        job=progress,
        token=token,
        kinds=kinds,
        only=chosen,
        doubtful=doubtful,
        lines=_lines(progress, chosen),
    )
    response.headers.update(_PRIVATE)
    if progress.state in ("waiting", "running"):
        # Without a script the page asks again by itself.
        response.headers["refresh"] = "2"
    return response


def _largest(parts: Services) -> int:
    """Megabytes that a file may have: the server takes no larger body."""
    return min(LARGEST // 2**20, parts.settings.max_body)


_PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}


def _json(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value)


def _lines(progress: Progress, only: str) -> list[dict[str, Any]]:
    """The lines of one verdict, of all, or of all that want a look, in the order of the file."""
    found = [
        line
        for kind, lines in progress.lines.items()
        if only in ("all", kind) or (only == "doubtful" and kind != "active")
        for line in lines
    ]
    return sorted(found, key=lambda line: int(line["row"]))[:SHOWN]


@router.post("/bulk/{token}")
def again(
    request: Request,
    parts: Parts,
    token: str,
    number: Annotated[int, Form(ge=0)],
    entity: Annotated[int, Form(ge=-1)] = -1,
) -> Response:
    """Check the same file again with other columns."""
    job = Job(parts.settings.home, token)
    job.save(Progress(job.progress().name))
    language = language_of_request(request)
    work = partial(check, job, parts.database, language, number, entity)
    page_state(request).workers.run(work)
    return RedirectResponse(f"/bulk/{token}", 303)


@router.get("/bulk/{token}/download")
def download(parts: Parts, token: str) -> Response:
    """The checked file."""
    job = Job(parts.settings.home, token)
    progress = job.progress()
    if progress.state != "done":
        raise NotFound("bulk check: not done yet")
    name = progress.name.rsplit(".", 1)[0] or "vendors"
    return FileResponse(job.result, media_type="text/csv", filename=f"{name}-checked.csv",
                        headers=_PRIVATE)  # fmt: skip
