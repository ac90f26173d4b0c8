"""A small site with the habits of the real ones, serving bytes made here."""

import io
import json
import ssl
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

WAF = "<html><head><title>网站防火墙</title></head><body>已被创宇盾拦截。</body></html>".encode()
ALGORITHM_PAGE = "/2022-08/12/c_1661927474338504.htm"
GENAI_PAGE = "/2024-04/02/c_1713729983803145.htm"
FIRST_BATCH_PAGE = "/2023-06/20/c_1688910683316256.htm"
SIXTEENTH_BATCH_PAGE = "/2026-03/12/c_16.htm"
NOTICES = "/api/notice/list"
CHANNEL = "/cms/JsonList"
SCRIPT = "/cms/pub/interact/downloadfile.jsp"


def docx(text: str) -> bytes:
    """A container that is a DOCX to the crawler, different for each text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", f"<w:document>{text}</w:document>" * 50)
    return buffer.getvalue()


def pdf(text: str) -> bytes:
    """Something that begins and ends as a PDF does, different for each text."""
    return b"%PDF-1.4\n" + text.encode() * 50 + b"\nstartxref\n0\n%%EOF\n"


def page(title: str, day: str, links: str) -> bytes:
    """A page of CAC's site."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><h1 class="title">{title}'
        f'</h1><span id="pubtime">{day} 10:00</span><div id="BodyLabel">{links}</div></body></html>'
    ).encode()


def link(token: str, label: str, before: str = "") -> str:
    """A link to the download script, its label broken over tags as on the real pages."""
    href = f"{SCRIPT}?filepath={quote(token)}&amp;fText={quote(label)}"
    cut = len(label) - 3
    return (
        f'<p>{before}<a href="{href}"><span>{label[:cut]}</span>&nbsp;'
        f"<span>{label[cut:]}</span></a></p>"
    )


Reply = tuple[int, dict[str, str], bytes]
Fault = Callable[["Handler"], None]


@dataclass
class Seen:
    """One request as the site saw it, with the time it came and the time its answer was sent.

    That is noted just before: the client may have the answer before the site goes on.
    """

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]
    began: float
    ended: float = 0.0


@dataclass
class Site:
    """What is served, what was asked, and how the next answers for a path go wrong."""

    documents: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    notices: list[dict[str, object]] = field(default_factory=list)
    channel: list[dict[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    seen: list[Seen] = field(default_factory=list)
    slowness: float = 0.0
    most_at_once: int = 0
    url: str = ""
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def paths(self) -> list[str]:
        """The paths asked for, in order, without queries."""
        return [urlsplit(seen.path).path for seen in self.seen]

    def come(self, seen: Seen) -> None:
        with self._lock:
            self.seen.append(seen)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)

    def go(self, seen: Seen) -> None:
        with self._lock:
            if not seen.ended:
                self._at_once -= 1
                seen.ended = time.monotonic()

    def next_fault(self, key: str) -> Fault | None:
        with self._lock:
            waiting = self.faults.get(key) or self.faults.get("*")
            return waiting.pop(0) if waiting else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site
    seen: Seen

    def do_GET(self) -> None:
        self.serve({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.serve(parse_qs(self.rfile.read(length).decode()))

    def serve(self, form: dict[str, list[str]]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen = Seen(self.command, self.path, headers, form, time.monotonic())
        self.site.come(self.seen)
        try:
            time.sleep(self.site.slowness)
            self.answer(form)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.site.go(self.seen)

    def answer(self, form: dict[str, list[str]]) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        token = query.get("filepath", query.get("noticeId", [""]))[0]
        fault = self.site.next_fault(token or url.path)
        if fault:
            fault(self)
        elif url.path in self.site.replies:
            status, headers, body = self.site.replies[url.path]
            self.send(body, status, headers)
        elif url.path == NOTICES:
            self.send(json.dumps({"errno": 0, "datas": self.site.notices}).encode())
        elif url.path == CHANNEL:
            self.send(json.dumps(self.channel_page(form)).encode())
        elif token:
            self.document(token)
        else:
            body = self.site.pages.get(url.path) or self.site.files.get(url.path)
            self.send(body or b"Not Found", 200 if body else 404)

    def document(self, token: str) -> None:
        body = self.site.documents.get(token)
        if not self.headers.get("Referer"):
            self.send(b"")
        else:
            self.send(body or b"Not Found", 200 if body else 404)

    def channel_page(self, form: dict[str, list[str]]) -> dict[str, object]:
        size, number = int(form["perPage"][0]), int(form["pageno"][0])
        rows = self.site.channel[(number - 1) * size : number * size]
        return {"list": rows, "totalRec": len(self.site.channel)}

    def send(
        self,
        body: bytes,
        status: int = 200,
        headers: dict[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.site.go(self.seen)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def firewall(handler: Handler) -> None:
    """A firewall page with status 200."""
    handler.send(WAF)


def empty(handler: Handler) -> None:
    """Status 200 and nothing."""
    handler.send(b"")


def busy(handler: Handler) -> None:
    """503 with a Retry-After."""
    handler.send(b"busy", 503, {"Retry-After": "1"})


def cut(handler: Handler) -> None:
    """Half of what is announced."""
    body = docx("half")
    handler.send(body[: len(body) // 2], length=len(body))
    handler.close_connection = True


def corrupt(handler: Handler) -> None:
    """A container with a bit turned over, another one each time."""
    body = bytearray(docx("whole"))
    body[body.index(b"<w:document>") + len(handler.site.seen)] ^= 1
    handler.send(bytes(body))


def stall(handler: Handler, seconds: float = 60) -> None:
    """Headers, some bytes, then silence, until the client has had enough or so many seconds are over."""
    handler.send(b"PK\x03\x04", length=100_000)
    handler.connection.settimeout(seconds)
    with suppress(TimeoutError):
        handler.connection.recv(1)
    handler.close_connection = True


def html(handler: Handler) -> None:
    """A page where a document is expected."""
    handler.send(b"<!DOCTYPE html><html><body>error</body></html>")


@contextmanager
def served(site: Site, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """The site on a free port of this machine."""
    handler = type("SiteHandler", (Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def whole_site() -> Site:
    """Two algorithm lists, three deep-synthesis batches, a generative-AI list, one deregistration.

    Like the real lists: the oldest batch is in neither list, the notice list links over http and
    holds dead static paths, the channel links without scheme and is mostly other news.
    """
    site = Site()
    labels = [f"境内互联网信息服务算法备案清单（{month}）" for month in ("2022年10月", "2026年3月")]
    links = "".join(link(f"a{n}", label, f"附件 {n}：") for n, label in enumerate(labels, 1))
    site.pages[ALGORITHM_PAGE] = page("关于发布算法备案信息的公告", "2022年08月12日", links)
    site.pages[GENAI_PAGE] = page(
        "关于发布生成式人工智能服务已备案信息的公告", "2024年04月02日",
        link("g1", "生成式人工智能服务已备案信息（2024年4月）", "附件1："),
    )  # fmt: skip
    news = [_entry(f"工作动态（{n}）", f"/n{n}.htm") for n in range(45)]
    site.channel = [*news[:30], _batch(site, 3, "第十六批", SIXTEENTH_BATCH_PAGE)]
    site.channel += [*news[30:], _batch(site, 2, "第二批", "/2023-09/01/c_2.htm")]
    _batch(site, 1, "", FIRST_BATCH_PAGE)
    site.notices = [
        _notice(
            "n16", "关于发布第十六批深度合成服务算法备案信息的公告",
            f"http://www.cac.gov.cn{SIXTEENTH_BATCH_PAGE}", "2026-03-12 10:00:00",
        ),
        _notice(
            "notice_1", "关于注销“某算法”等2个算法备案编号的公告",
            "/static/fileUpload/notice/notice_1.pdf", "2026-01-07 09:30:00",
        ),
        _notice("x", "系统维护通知", None, None),
    ]  # fmt: skip
    site.documents = {
        "a1": docx("a1"), "a2": pdf("a2"), "g1": docx("g1"), "d1": docx("d1"), "d2": docx("d2"),
        "d3": pdf("d3"), "notice_1": pdf("n1"),
    }  # fmt: skip
    return site


def _batch(site: Site, number: int, batch: str, path: str) -> dict[str, str]:
    """Adds a batch's page; returns its entry in the channel."""
    title = f"国家互联网信息办公室关于发布{batch}深度合成服务算法备案信息的公告"
    year, month, day = path[1:5], path[6:8], path[9:11]
    label = f"境内深度合成服务算法备案清单（{year}年{int(month)}月）"
    attached = link(f"d{number}", label, "附件：")
    site.pages[path] = page(title, f"{year}年{month}月{day}日", attached)
    return _entry(title, path)


def _entry(topic: str, path: str) -> dict[str, str]:
    return {"topic": topic, "infourl": f"//www.cac.gov.cn{path}", "pubtime": "2026-06-01 09:00"}


def _notice(number: str, title: str, content: str | None, when: str | None) -> dict[str, object]:
    return {"noticeId": number, "type": 2, "title": title, "content": content, "createTime": when}
