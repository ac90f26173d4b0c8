"""Errors for people: a page where a browser asked for one, else the problem document."""

import re
from urllib.parse import unquote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from suanbei.common.errors import SuanbeiError
from suanbei.common.texts import Language, Text
from suanbei.search_api.errors import invalid_parts, problem_of
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.templating import render

_KEPT = ("retry-after", "allow", "connection", "www-authenticate")
_PARAMETER = re.compile("([a-z_]{1,30}): ")
_MACHINES = ("/v1/", "/feeds/", "/health/", "/metrics", "/static/", "/charts/")
TEXTS = {
    400: (Text("无法回答这一请求", "This request cannot be answered"), Text("地址或表单中有一处不符合要求。", "Part of the address or the form is not valid.")),
    401: (Text("需要密钥", "An API key is required"), Text("请打开“订阅”页，输入本服务器的 API 密钥。", "Open the page “Watch” and enter an API key of this server.")),
    403: (Text("该密钥无此权限", "This key may not do that"), Text("只读密钥不能更改任何内容。", "A key that may only read changes nothing.")),
    404: (Text("这里没有该内容", "Not found"),
          Text("可能是输入有误，也可能不在已收录的清单中。可在此核验编号或检索名称：", "It may have been mistyped, or is on no list held here. Check a number or search for a name:")),
    408: (Text("发送超时", "The request took too long"), Text("连接过慢或已中断，请重试。", "The connection is slow or was cut. Try again.")),
    413: (Text("内容过大", "Too large"),
          Text("请分批上传，或改用命令行核验文件：suanbei verify --file。", "Send a smaller part, or check the file on the command line: suanbei verify --file.")),
    429: (Text("请求过于频繁", "Too many requests"), Text("来自该地址的请求过多，请稍候一分钟再刷新。", "Too many requests came from this address. Wait a minute, then reload the page.")),
    500: (Text("服务器出错", "Server error"), Text("错误已记入服务器日志。", "The error is in the server's log.")),
    503: (Text("算备的某个部分暂无响应", "Part of Suanbei is not responding"), Text("请稍候再刷新页面。", "Wait a moment, then reload the page.")),
}  # fmt: skip
"""Heading and advice by status; a status that is not here is told like the hundred it belongs to."""
NO_RECEIPT = (
    Text("没有该编号的回执", "No receipt has this number"),
    Text("回执编号为 24 位字母和数字。核验记录上的 12 位记录编号不予保存：请打开记录上的永久链接或扫描其二维码，即可重新核验；数据未变时，结果的 SHA-256 相同。",
         "A receipt's number has 24 letters and digits. The 12 characters of a record number are not kept: open the record's "
         "permanent link or scan its code to check again; the SHA-256 is the same while the data is unchanged."),
)  # fmt: skip
NO_SUBSCRIPTION = (
    Text("此链接已失效", "This link is no longer valid"),
    Text("订阅已退订，或两天内未确认，不会再有邮件。如需重新订阅，请打开“订阅”页。",
         "The subscription has ended, or was not confirmed within two days: no more e-mails are sent. "
         "To subscribe again, open the page “Watch”."),
)  # fmt: skip
_MAIL_LINKS = ("/watch/confirm/", "/watch/unsubscribe/", "/watch/change/")


async def page_or_problem(request: Request, error: Exception) -> Response:
    """The answer to an error of the app."""
    answer = await problem_of(request, error)
    wants_page = "text/html" in request.headers.get("accept", "")
    if not wants_page or request.url.path.startswith(_MACHINES):
        return answer
    if answer.status_code < 400:  # OPTIONS, a path with a slash too many
        return answer
    page = error_page(request, answer.status_code, _said(error, language_of_request(request)))
    for name in _KEPT:
        if value := answer.headers.get(name):
            page.headers[name] = value
    return page


def _said(error: Exception, language: Language) -> str:
    """What the error says, in English; a Chinese page names the parameter and nothing more."""
    if isinstance(error, RequestValidationError):
        names = dict.fromkeys(str(one["loc"][-1]) for one in error.errors())
        return invalid_parts(error) if language is Language.EN else "、".join(names)
    if not isinstance(error, SuanbeiError):
        return ""
    if language is Language.EN:
        return str(error)
    found = _PARAMETER.match(str(error))
    return found[1] if found else ""


def error_page(request: Request, status: int, said: str = "") -> Response:
    """A page that says what went wrong, and offers the field to go on; `said` is the one line of the error."""
    known = TEXTS.get(status) or TEXTS[500 if status >= 500 else 400]
    if status == 404 and request.url.path.startswith("/receipts/"):
        known = NO_RECEIPT
    if status == 404 and request.url.path.startswith(_MAIL_LINKS):
        known, said = NO_SUBSCRIPTION, ""
    heading, advice = (text.say(language_of_request(request)) for text in known)
    # The field begins with the number or the company that the address asked for.
    kind, _, rest = request.url.path.lstrip("/").partition("/")
    asked = unquote(rest)[:200] if kind in ("filings", "entities") else ""
    page = render(
        request, "error.html", status, code=int(status), heading=heading, advice=advice, said=said,
        asked=asked, receipt=unquote(rest)[:64] if known is NO_RECEIPT else "",
    )  # fmt: skip
    page.headers["cache-control"] = "no-store"
    return page
