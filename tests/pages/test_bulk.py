"""The bulk check: a file in, a checked file out."""

import csv
import time
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import httpx
import openpyxl
import pytest
import xlsxwriter

from tests.pages import registry as small
from tests.pages.conftest import serious_faults

Visit = Callable[..., Any]
ROWS = [
    ("供应商", "备案号", "备注"),
    (small.COMPANY, small.LISTED, "=1+1"),
    (small.OTHER_COMPANY, small.LISTED, "-5"),
    ("", small.WITHDRAWN, ""),
    ("", small.UNLISTED, ""),
    ("", "没有", ""),
]
SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])


def as_csv(encoding: str) -> bytes:
    """The rows as a CSV file."""
    text = StringIO()
    csv.writer(text, delimiter=";").writerows(ROWS)
    return text.getvalue().encode(encoding)


def as_xlsx() -> bytes:
    """The rows as an XLSX file."""
    body = BytesIO()
    with xlsxwriter.Workbook(body, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(ROWS):
            sheet.write_row(place, 0, row)
    return body.getvalue()


@pytest.mark.browser
@SCRIPTS
def test_a_file_is_checked_filtered_and_taken_home(visit: Visit, js: bool) -> None:
    """Send, see what was recognised, filter, download."""
    page = visit("/bulk", js=js)
    page.get_by_label("File").set_input_files(
        {"name": "vendors.csv", "mimeType": "text/csv", "buffer": as_csv("gb18030")}
    )
    page.get_by_role("button", name="Check the file").click()
    page.locator("table.stack").wait_for()
    assert "numbers in 备案号" in page.locator(".recognised").inner_text()
    assert page.locator("tbody tr").count() == 4
    page.locator(".chips a", has_text="Another company").click()
    page.wait_for_url("**only=other_company")
    assert small.OTHER_COMPANY in page.locator("tbody").inner_text()
    if js:
        assert serious_faults(page) == []
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download the checked file").click()
    assert downloaded.value.suggested_filename == "vendors-checked.csv"


def finished(client: httpx.Client, job: str) -> dict[str, Any]:
    """What is told of a job that has ended."""
    while True:
        told = client.get(job, headers={"accept": "application/json"}).json()
        if told["state"] not in ("waiting", "running"):
            return dict(told)
        time.sleep(0.1)


def rows_of(body: bytes) -> list[list[str]]:
    """The rows of a CSV or XLSX file."""
    if body[:2] == b"PK":
        sheet = openpyxl.load_workbook(BytesIO(body)).worksheets[0]
        return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    return list(csv.reader(StringIO(body.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("body", [as_csv("utf-8-sig"), as_csv("gb18030"), as_xlsx()])
def test_every_row_comes_back_in_order(site: str, body: bytes) -> None:
    """CSV in both encodings and XLSX, in the kind that came in: all rows, each with its verdict."""
    with httpx.Client(base_url=site, timeout=30) as client:
        job = client.post("/bulk", files={"file": ("v", body)}).headers["location"]
        assert finished(client, job)["state"] == "done"
        rows = rows_of(client.get(f"{job}/download").content)
    assert [row[1] for row in rows] == [row[1] for row in ROWS]
    formula = "=1+1" if body[:2] == b"PK" else "'=1+1"
    assert [row[2] for row in rows[1:3]] == [formula, "-5"]
    assert [row[3] for row in rows[1:]] == ["有效", "有效", "已注销", "未列入清单", "无备案编号"]


def test_what_was_recognised_is_shown_and_can_be_changed(site: str) -> None:
    """The same address then shows the new check; nothing needs a script."""
    table = [("供应商", "备案号", "备用"), (small.COMPANY, small.LISTED, small.UNLISTED)]
    text = "\n".join(",".join(row) for row in table)
    with httpx.Client(base_url=site, timeout=30, headers={"accept-language": "en"}) as client:
        job = client.post("/bulk", files={"file": ("v.csv", text.encode())}).headers["location"]
        finished(client, job)
        page = client.get(job).text
        assert "numbers in 备案号 (certain)" in page
        assert "needs attention" in page
        again = client.post(job, data={"number": "B", "entity": "A", "header": ""})
        assert again.headers["location"] == job
        finished(client, job)
        assert "every number is active" in client.get(job).text


def test_companies_that_were_not_given_are_not_said_to_match(site: str) -> None:
    """A table of numbers alone is active, no more."""
    tables = {
        "every company given matches": f"公司,编号\n{small.COMPANY},{small.LISTED}\n",
        "no companies were given": f"编号\n{small.LISTED}\n",
    }
    with httpx.Client(base_url=site, timeout=30, headers={"accept-language": "en"}) as client:
        for said, table in tables.items():
            sent = client.post("/bulk", files={"file": ("v.csv", table.encode())})
            finished(client, sent.headers["location"])
            page = client.get(sent.headers["location"]).text
            assert [one in page for one in tables] == [one == said for one in tables]


def test_a_table_that_is_not_understood_asks(site: str) -> None:
    """A form with its columns in the place of an answer."""
    table = f"x,y,z\n{small.COMPANY},{small.OTHER_COMPANY},{small.LISTED}\n"
    with httpx.Client(base_url=site, timeout=30, headers={"accept-language": "en"}) as client:
        job = client.post("/bulk", files={"file": ("v.csv", table.encode())}).headers["location"]
        assert finished(client, job)["state"] == "unclear"
        page = client.get(job).text
        assert "Which columns are which?" in page
        assert 'name="entity"' in page
        client.post(job, data={"number": "C", "entity": "A"})
        assert finished(client, job)["state"] == "done"


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_template_is_checked_without_a_question(site: str, ending: str) -> None:
    """What is given out to fill in is understood when it comes back."""
    with httpx.Client(base_url=site, timeout=30) as client:
        blank = client.get(f"/bulk/template.{ending}")
        assert "attachment" in blank.headers["content-disposition"]
        job = client.post("/bulk", files={"file": ("v", blank.content)}).headers["location"]
        assert finished(client, job)["state"] == "done"
        assert client.get("/bulk/template.pdf").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"", "empty"), (b"a,b\n1,2\n", "no column"), (b"PK\x03\x04rubbish", "damaged"),
     (b"\x00\x01\xff\xfe\x81", "neither"), (b"%PDF-1.7", "PDF")],
)  # fmt: skip
def test_a_file_that_cannot_be_checked_says_why(site: str, body: bytes, said: str) -> None:
    """No column, no rows, no such format: one line each, and no 500."""
    headers = {"accept": "text/html", "accept-language": "en"}
    with httpx.Client(base_url=site, timeout=30, headers=headers, follow_redirects=True) as client:
        answer = client.post("/bulk", files={"file": ("v.csv", body)})
        while "data-poll" in answer.text:
            answer = client.get(answer.url)
        assert said in answer.text
        assert answer.status_code in (200, 400)


def test_a_check_that_is_not_there(site: str) -> None:
    """An address that was never given out, or has expired."""
    for token in ("x" * 24, "x", "%2e%2e%2fregistry"):
        assert httpx.get(f"{site}/bulk/{token}").status_code == 404
