"""The page of the dataset: its files, what may be done with them, and how to read them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from suanbei.search_api.deps import Parts
from suanbei.search_api.export.dataset import built, files_of, version_of
from suanbei.search_api.export.dataset_tables import TABLES
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.templating import public_base, render

router = APIRouter(include_in_schema=False)


@router.get("/dataset")
def dataset(request: Request, parts: Parts) -> Response:
    """The files of the dataset, made where they are not there yet."""
    folder = built(parts)
    language = language_of_request(request)
    sizes = {one.name: one for one in files_of(folder)}
    tables = [
        (
            table.name,
            table.means.say(language),
            sizes[f"{table.name}.csv"],
            sizes[f"{table.name}.parquet"],
        )
        for table in TABLES
    ]
    return render(
        request,
        "dataset.html",
        tables=tables,
        version=version_of(folder),
        address=public_base(request),
    )
