"""Receipts over HTTP, on pages and by the command line."""

import base64
import hashlib
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from suanbei.cli import app
from suanbei.common.errors import ReceiptInvalid, UsageError
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.receipts import (
    SigningKey,
    canonical_json,
    check_receipt,
    keep_receipt,
    sign_receipt,
)
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.receipts import NoTimestamp, timestamp

LISTED = "网信算备330110507206401230035号"
OWNER = "阿里巴巴达摩院（杭州）科技有限公司"


def test_a_receipt_over_http(snapshot_server: str) -> None:
    """Issued, found again, checked with the public keys, and never listed."""
    with httpx.Client(base_url=snapshot_server) as client:
        asked = {"number": LISTED, "entity": OWNER, "reference": "PO-7"}
        issued = client.post("/v1/receipts", json=asked)
        assert issued.status_code == 201
        receipt = issued.json()
        assert {"id", "issued_at", "reference", "answer", "answer_sha256", "data_version", "coverage",
                "signature"} <= receipt.keys()  # fmt: skip
        assert (receipt["reference"], receipt["answer"]["entity_match"]) == ("PO-7", "exact")
        assert receipt["entity"] == OWNER
        again = client.get(issued.headers["location"])
        assert again.json() == receipt
        assert again.headers["cache-control"] == "private, no-store"
        check_receipt(receipt, client.get("/.well-known/jwks.json").json())
        assert client.get("/v1/receipts").status_code in (404, 405)
        missing = client.get("/v1/receipts/aaaaaaaaaaaaaaaaaaaaaaaa")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        assert client.post("/v1/receipts", json={"number": ""}).status_code == 422


def test_a_receipt_of_a_table_over_http(snapshot_server: str) -> None:
    """Hashes of both files and counts, signed; its page shows them; nothing is kept unasked."""
    table = f"备案编号,公司\n{LISTED},{OWNER}\nBeijing-NoSuchThing-20230821,某公司\n".encode()
    with httpx.Client(base_url=snapshot_server) as client:
        files = {"file": ("vendors.csv", table)}
        wanted = {"receipt": "true", "reference": "AUDIT-2"}
        checked = client.post("/v1/verify/file", files=files, data=wanted)
        receipt_id = checked.headers["x-receipt"]
        receipt = client.get(f"/v1/receipts/{receipt_id}").json()
        check_receipt(receipt, client.get("/.well-known/jwks.json").json())
        answer = receipt["answer"]
        for name, content in (("input", table), ("output", checked.content)):
            assert answer[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert (receipt["reference"], answer["rows"], answer["input"]["name"]) == (
            "AUDIT-2", 2, "vendors.csv",
        )  # fmt: skip
        page = client.get(f"/receipts/{receipt_id}")
        assert page.status_code == 200
        assert answer["output"]["sha256"] in page.text
        assert "x-receipt" not in client.post("/v1/verify/file", files=files).headers


def test_a_receipt_on_a_page(snapshot_server: str) -> None:
    """A form issues it; its page shows verdict, number and QR code; the printed number leads to it."""
    with httpx.Client(base_url=snapshot_server, follow_redirects=True) as client:
        page = client.post("/receipts", data={"number": LISTED, "reference": "PO-8"})
        receipt_id = page.url.path.rsplit("/", 1)[1]
        assert page.status_code == 200
        printed = "-".join(receipt_id[start : start + 6] for start in range(0, 24, 6))
        for text in ("PO-8", printed, "<svg", "qr"):
            assert text in page.text
        assert client.get("/receipts", params={"id": printed.upper()}).url == page.url
        foreign = client.post(
            "/receipts", data={"number": LISTED}, headers={"Origin": "https://elsewhere.example"}
        )
        assert foreign.status_code == 401


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_receipt_names_the_claim_and_doubts_it(snapshot_server: str, language: str) -> None:
    """An active number of somebody else's is no green tick; the claimed name is signed and printed."""
    claimed = "上海并不存在科技有限公司"
    headers = {"accept-language": language}
    with httpx.Client(base_url=snapshot_server, follow_redirects=True, headers=headers) as client:
        page = client.post("/receipts", data={"number": LISTED, "entity": claimed})
        assert claimed in page.text
        assert "verdict-other" in page.text
        assert "verdict-active" not in page.text
        assert "`" not in page.text.split("<main", 1)[1]
        fitting = client.post("/receipts", data={"number": LISTED, "entity": OWNER})
        assert "verdict-active" in fitting.text
        receipt = client.get(page.url.path.replace("/receipts", "/v1/receipts")).json()
        keys = client.get("/.well-known/jwks.json").json()
        check_receipt(receipt, keys)
        with pytest.raises(ReceiptInvalid):
            check_receipt(receipt | {"entity": OWNER}, keys)


def test_a_receipt_from_before_claims_were_signed_is_a_page(
    database: Database, settings: Settings
) -> None:
    """It has no `entity`, is given as it was signed, and its page says what it says."""
    key = SigningKey.of(settings)
    answer = {"input": LISTED, "number": LISTED, "verdict": "active", "others": [],
              "entity_match": "different", "reasons": [], "filings": [], "coverage": {}}  # fmt: skip
    receipt = sign_receipt(key, answer, 1)
    del receipt["entity"], receipt["signature"]
    receipt["signature"] = key.sign(canonical_json(receipt))
    with database.write() as session:
        keep_receipt(session, key, receipt)
    client = TestClient(create_app(Services(settings, database)))
    page = client.get(f"/receipts/{receipt['id']}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "verdict-other" in page.text
    assert client.get(f"/v1/receipts/{receipt['id']}").json() == receipt


def test_the_command_line_issues_and_checks(
    snapshot_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0: as signed; 1: not; a receipt of a number that is not active says so by its exit code."""
    home = tmp_path / "home"
    shutil.copytree(snapshot_home, home)
    monkeypatch.setenv("SUANBEI_HOME", str(home))
    run = CliRunner().invoke
    issued = run(app, ["receipt", LISTED, "--entity", OWNER, "--reference", "PO-9"])
    assert issued.exit_code == 0
    file, keys, changed = tmp_path / "r.json", tmp_path / "k.json", tmp_path / "c.json"
    file.write_text(issued.stdout, "utf-8")
    keys.write_text(run(app, ["receipt", "keys"]).stdout, "utf-8")
    changed.write_text(issued.stdout.replace("PO-9", "PO-8"), "utf-8")
    assert run(app, ["receipt", "check", str(file), "--keys", str(keys)]).exit_code == 0
    refused = run(app, ["receipt", "check", str(changed), "--keys", str(keys)])
    assert refused.exception is not None
    assert getattr(refused.exception, "exit_code", refused.exit_code) == 1
    mistyped = run(app, ["receipt", "网信算备330110507206401230037号"])
    assert (mistyped.exit_code, json.loads(mistyped.stdout)["answer"]["verdict"]) == (
        1,
        "not_listed",
    )


@pytest.fixture
def stamping_service(tmp_path: Path) -> Iterator[str]:
    """A time-stamping service on this machine, by OpenSSL."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("NO OPENSSL: the time stamps are not tried")
    config = tmp_path / "tsa.cnf"
    config.write_text(
        "[req]\ndistinguished_name=dn\n[dn]\n[ext]\nextendedKeyUsage=critical,timeStamping\n"
        f"[tsa]\ndefault_tsa=one\n[one]\nserial={tmp_path}/serial\nsigner_digest=sha256\n"
        "default_policy=1.2.3.4\ndigests=sha256,sha512\ncrypto_device=builtin\n"
        f"signer_cert={tmp_path}/c.pem\nsigner_key={tmp_path}/k.pem\ncerts={tmp_path}/c.pem\n"
    )
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tsa", "-keyout",
         str(tmp_path / "k.pem"), "-out", str(tmp_path / "c.pem"), "-config", str(config),
         "-extensions", "ext"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = tmp_path / "query.tsq"
            query.write_bytes(self.rfile.read(int(self.headers["content-length"])))
            done = subprocess.run(
                [openssl, "ts", "-reply", "-queryfile", str(query), "-config", str(config), "-section",
                 "one"], capture_output=True, check=True, timeout=60,
            )  # fmt: skip
            self.send_response(200)
            self.end_headers()
            self.wfile.write(done.stdout)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_time_stamp_is_of_the_very_signature(stamping_service: str) -> None:
    """The token holds the hash of what was stamped."""
    from rfc3161_client import decode_timestamp_response

    stamp = timestamp(stamping_service, b"a signature")
    token = decode_timestamp_response(base64.b64decode(stamp["token"]))
    assert token.tst_info.message_imprint.message == hashlib.sha256(b"a signature").digest()
    assert stamp["service"] == stamping_service


def test_a_service_that_does_not_answer_is_named() -> None:
    """No receipt is issued with a stamp that is none."""
    with pytest.raises(NoTimestamp, match=r"127\.0\.0\.1:9"):
        timestamp("http://127.0.0.1:9/", b"a signature")


def test_a_receipt_of_a_whole_file(
    snapshot_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashes of what came in and went out, and counts; signed as any other; only with --file."""
    shutil.copytree(snapshot_home, tmp_path / "home")
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SUANBEI_DATABASE_URL", "")
    source, out, proof = (tmp_path / name for name in ("in.csv", "out.csv", "receipt.json"))
    source.write_text(
        f"备案编号,公司\n{LISTED},{OWNER}\nBeijing-NoSuchThing-20230821,某公司\n", "utf-8"
    )
    words = ["verify", "--file", str(source), "--out", str(out), "--receipt", str(proof)]
    run = CliRunner().invoke(app, [*words, "--reference", "AUDIT-1"])
    assert run.exit_code == 1, run.output
    receipt = json.loads(proof.read_bytes())
    answer = receipt["answer"]
    assert receipt["reference"] == "AUDIT-1"
    for path, told in ((source, answer["input"]), (out, answer["output"])):
        assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (told["name"], told["bytes"]) == (path.name, path.stat().st_size)
    assert answer["rows"] == 2
    assert {"verdict": "active", "entity_match": "exact", "rows": 1} in answer["counts"]
    keys = json.loads(CliRunner().invoke(app, ["receipt", "keys"]).output)
    check_receipt(receipt, keys)
    answer["counts"][0]["rows"] += 1
    with pytest.raises(ReceiptInvalid):
        check_receipt(receipt, keys)
    onto = CliRunner().invoke(app, [*words[:-1], str(source)])
    assert isinstance(onto.exception, UsageError)
    alone = CliRunner().invoke(app, ["verify", LISTED, "--receipt", str(proof)])
    assert isinstance(alone.exception, UsageError)
