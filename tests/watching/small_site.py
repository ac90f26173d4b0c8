"""A small site whose lists can be read: documents made here, rows of tests.lists."""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from docx import Document

from suanbei.registry.importing.published import Row
from tests.crawler.site import ALGORITHM_PAGE, Site, link, page, whole_site
from tests.lists import row

HEADER = ("序号", "算法名称", "角色", "主体名称", "应用产品", "主要用途", "备案编号", "备注")
ALGORITHM_HEADER = tuple("算法类别" if name == "角色" else name for name in HEADER)
GENAI_HEADER = ("序号", "属地", "模型名称", "备案单位", "备案号", "备案时间")
WITHDRAWN_HEADER = (*HEADER[:-1], "注销时间")


def docx_list(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A list as CAC lays it out; the same bytes for the same content."""
    return _docx(title, tuple(header), tuple(map(tuple, rows)))


@cache
def _docx(title: str, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> bytes:
    document = Document()
    document.add_paragraph(title)
    table = document.add_table(rows=0, cols=len(header))
    for values in (header, *rows):
        for cell, value in zip(table.add_row().cells, values, strict=True):
            cell.text = value
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def cells(rows: Sequence[Row], *last: str) -> list[list[str]]:
    """Rows of a list of algorithms."""
    return [
        [str(n), one.name, one.label, one.entity, one.product, one.purpose, one.number,
         *(last or (one.remark,))]
        for n, one in enumerate(rows, 1)
    ]  # fmt: skip


def batch(period: str, rows: Sequence[Row]) -> bytes:
    """A deep-synthesis list."""
    year, month = period.split("-")
    return docx_list(f"境内深度合成服务算法备案清单（{year}年{int(month)}月）", HEADER, cells(rows))


def algorithm(period: str, rows: Sequence[Row]) -> bytes:
    """A list of algorithm filings."""
    year, month = period.split("-")
    title = f"境内互联网信息服务算法备案清单（{year}年{int(month)}月）"
    return docx_list(title, ALGORITHM_HEADER, cells(rows))


def deep_rows(first: int, count: int, **fields: Any) -> list[Row]:
    """Rows with numbers that no other list of the site bears."""
    return [row(n, **fields) for n in range(first, first + count)]


def small_site() -> Site:
    """The whole site of tests.crawler.site, every document readable."""
    site = whole_site()
    kinds = {"label": "生成合成类"}
    site.documents = {
        "a1": algorithm("2022-10", deep_rows(1, 8, **kinds)),
        "a2": algorithm("2026-03", deep_rows(11, 6, **kinds)),
        "d1": batch("2023-06", deep_rows(101, 40)),
        "d2": batch("2023-09", deep_rows(201, 30, entity="甲（北京）科技有限公司")),
        "d3": batch("2026-03", deep_rows(301, 25)),
        "g1": docx_list(
            "生成式人工智能服务已备案信息（2024年4月）", GENAI_HEADER,
            [
                [str(n), "北京市", f"模型{n}", f"模型公司{n}", f"Beijing-MoXing{n}-2023082{n}",
                 "2023年8月31日"]
                for n in range(1, 8)
            ],
        ),
        "notice_1": docx_list(
            "注销备案编号清单", WITHDRAWN_HEADER, cells(deep_rows(101, 2), "2026年1月")
        ),
    }  # fmt: skip
    return site


def add_algorithm_list(site: Site, token: str, period: str, rows: Sequence[Row]) -> None:
    """Another attachment on the page that grows."""
    year, month = period.split("-")
    label = f"境内互联网信息服务算法备案清单（{year}年{int(month)}月）"
    before = site.pages[ALGORITHM_PAGE].decode()
    site.pages[ALGORITHM_PAGE] = before.replace(
        "</div></body>", link(token, label, "附件 3：") + "</div></body>"
    ).encode()
    site.documents[token] = algorithm(period, rows)


def lose_attachments(site: Site) -> None:
    """The page that grows, without its second attachment."""
    label = "境内互联网信息服务算法备案清单（2022年10月）"
    site.pages[ALGORITHM_PAGE] = page(
        "关于发布算法备案信息的公告", "2022年08月12日", link("a1", label)
    )
