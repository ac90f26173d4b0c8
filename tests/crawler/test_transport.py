"""What lies below the pages: certificates and compression."""

import gzip
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from suanbei.common.errors import UsageError
from tests.crawler.conftest import Rig
from tests.crawler.site import Site, served, whole_site


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost that nobody has signed, with its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(private + signed.public_bytes(pem))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with served(whole_site(), context) as site:
        yield site


def test_certificates_are_checked(
    rig: Rig, secure: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site in the middle must not write our registry; a certificate we trust does."""
    address = secure.url.replace("http://127.0.0.1", "https://localhost")
    rig.settings = rig.settings.model_copy(update={"cac_url": address})
    report = rig.crawl("genai")
    [failure] = report.failures
    assert failure.message.endswith("is not to be trusted")
    assert not secure.seen
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert rig.crawl("genai").ok
    assert rig.basket.bodies() == {secure.documents["g1"]}


def test_a_compressed_answer_is_the_document_it_holds(rig: Rig) -> None:
    """A server may compress what it likes; what is archived are the document's bytes."""
    body = rig.site.documents["g1"]
    rig.site.faults["g1"] = [
        lambda handler: handler.send(gzip.compress(body), headers={"Content-Encoding": "gzip"})
    ]
    assert rig.crawl("genai").ok
    assert rig.basket.bodies() == {body}


def test_a_broken_compression_is_a_failure(rig: Rig) -> None:
    """Named, and not retried for ever."""
    broken = gzip.compress(rig.site.documents["g1"])[:-20]
    rig.site.faults["g1"] = [
        lambda handler: handler.send(broken, headers={"Content-Encoding": "gzip"})
    ] * 9
    report = rig.crawl("genai")
    [failure] = report.failures
    assert failure.code in ("truncated_body", "unexpected_answer")
    assert not rig.basket.documents


def test_everything_goes_through_the_proxy(rig: Rig) -> None:
    """robots.txt, too: the names of the sites are the proxy's business, never looked up here."""
    update = {"proxy": rig.site.url, "cac_url": "http://cac.invalid"}
    rig.settings = rig.settings.model_copy(update=update)
    report = rig.crawl("genai")
    assert report.ok, report.failures
    assert rig.basket.bodies() == {rig.site.documents["g1"]}
    assert all(seen.path.startswith("http://cac.invalid/") for seen in rig.site.seen)


def test_a_proxy_of_another_kind_is_wrong_use(rig: Rig) -> None:
    """Said before anything is asked for, and without the password that may be in it."""
    rig.settings = rig.settings.model_copy(update={"proxy": "socks5://user:geheim@h:1"})
    with pytest.raises(UsageError, match=r"^SUANBEI_PROXY: only http:// proxies") as caught:
        rig.crawl("genai")
    assert "geheim" not in str(caught.value)
