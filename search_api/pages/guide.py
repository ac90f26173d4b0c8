"""The guide: the registers, types, roles and duties in plain words, each claim with its source."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from suanbei.registry.cells.numbers import parse_number
from suanbei.search_api.i18n import language_of_request
from suanbei.search_api.pages.anatomy import pieces_of
from suanbei.search_api.pages.templating import render

router = APIRouter(include_in_schema=False)
EXAMPLES = ("网信算备330110507206401230035号", "Beijing-WenXinYiYan-20230821",
            "Guangdong-ZhongJinCaiFuZhiNeng-20260817S0065")  # fmt: skip


@router.get("/guide")
def guide(request: Request) -> Response:
    """The guide."""
    language = language_of_request(request)
    return render(
        request,
        "guide.html",
        examples=[pieces_of(parse_number(number), language) for number in EXAMPLES],
    )
