"""One more list is one more entry: a province's page with an XLSX, on a host of its own."""

import io
from pathlib import Path

import openpyxl

from suanbei.crawler.sources import BEIAN, CAC, load_catalogue
from tests.crawler.conftest import Rig
from tests.crawler.site import page

ENTRY = """
version: 1
sources:
  - name: province
    title: {{zh: 某省生成式人工智能服务, en: "Generative-AI services, a province"}}
    register: genai
    formats: [xlsx]
    attachments:
      title: h1
      date: "#pubtime"
      body: "#BodyLabel"
      href: \\.xlsx$
      label: 已备案信息
    starts:
      - {{kind: page_with_attachments, url: "{url}/v/2024/04/4859.html", grows: true}}
"""


def test_a_province_is_an_entry(rig: Rig, tmp_path: Path) -> None:
    """No code knows it: its own host, selectors, format and label."""
    path = tmp_path / "sources.yml"
    path.write_text(ENTRY.format(url=rig.site.url), "utf-8")
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    workbook.save(buffer)
    rig.site.pages["/v/2024/04/4859.html"] = page(
        "某省生成式人工智能服务已备案信息公告", "2024-04-02",
        '<a href="/files/list.xlsx">某省生成式人工智能服务 已备案信息</a>'
        '<a href="/files/how.xlsx">填报说明</a>',
    )  # fmt: skip
    rig.site.files["/files/list.xlsx"] = buffer.getvalue()
    rig.catalogue = load_catalogue(path)
    # The address of the site is the province's own here, and nobody's stand-in.
    rig.settings = rig.settings.model_copy(update={"cac_url": CAC, "beian_url": BEIAN})
    report = rig.crawl()
    [document] = rig.basket.documents
    assert document.origin.source == "province"
    assert document.origin.label == "某省生成式人工智能服务已备案信息"
    assert document.origin.document_url == f"{rig.site.url}/files/list.xlsx"
    assert document.body == buffer.getvalue()
    assert report.ok
    assert report.sources["province"].notices[0].leftovers == ("填报说明",)
