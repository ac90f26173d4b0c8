"""Golden documents for `suanbei scan`: what people send and save, with one number in each place.

`scan/expected.json` says of each file where its numbers stand, whether a reader sees them, and what
could not be looked into.
"""

import io
import json
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from reportlab.pdfgen.canvas import Canvas

from tests.golden.making.case import number
from tests.parsers.making import W, docx, package

N = number(1)
Places = list[tuple[str, bool]]
_ESCAPED = "".join(f"\\u{ord(sign):04x}" if sign > "\x7f" else sign for sign in N)
_LONG = f"<p>{'本页有足够多的文字。' * 30}</p>"


def _mail(encoding: str, charset: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@example.org", f"备案编号 {N}"
    mail.set_content(f"您好，编号是{N}。", cte=encoding, charset=charset)
    mail.add_attachment(
        docx(f"<w:p><w:r><w:t>{N}</w:t></w:r></w:p>"), maintype="application",
        subtype="octet-stream", filename="a.docx",
    )  # fmt: skip
    return mail.as_bytes()


def _saved_page() -> bytes:
    mail = EmailMessage()
    mail.set_content(
        f"<html><body><p>{N}</p></body></html>", subtype="html", cte="quoted-printable"
    )
    mail.make_related()
    return mail.as_bytes()


def _page(body: str) -> bytes:
    return f"<html><head><meta charset=utf-8></head><body>{body}{_LONG}</body></html>".encode()


def _parts() -> bytes:
    paragraph = f"<w:p><w:r><w:t>{N}</w:t></w:r></w:p>"
    return package(
        {
            "word/document.xml": f"<w:document {W}><w:body><w:p/></w:body></w:document>",
            "word/header1.xml": f"<w:hdr {W}>{paragraph}</w:hdr>",
            "word/footer1.xml": f"<w:ftr {W}>{paragraph}</w:ftr>",
            "word/footnotes.xml": f"<w:footnotes {W}><w:footnote>{paragraph}</w:footnote></w:footnotes>",
            "word/comments.xml": f"<w:comments {W}><w:comment>{paragraph}</w:comment></w:comments>",
        }
    )


def _form() -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(50, 700, "Filing number")
    digits = "".join(filter(str.isdigit, N))
    canvas.acroForm.textfield(name="n", value=digits, x=50, y=650, width=300, height=20)
    canvas.save()
    return stream.getvalue()


SCANS: dict[str, tuple[bytes, Places, list[str]]] = {
    "quoted_printable.eml": (_mail("quoted-printable", "utf-8"), [("subject", True), ("body", True), ("attachment a.docx", True)], []),
    "base64.eml": (_mail("base64", "gb18030"), [("subject", True), ("body", True), ("attachment a.docx", True)], []),
    "saved.mhtml": (_saved_page(), [("body", True)], []),
    "escaped.json": (f'{{"footer": "{_ESCAPED}"}}'.encode(), [("body", True)], []),
    "percent.txt": (f"https://example.org/?n={quote(N)}".encode(), [("body", True)], []),
    "state.html": (
        _page(f'<div id="root"></div><script>window.__STATE__={{"icp":"{_ESCAPED}"}}</script>'),
        [("script", False)], [],
    ),
    "json_ld.html": (_page(f'<script type="application/ld+json">{{"identifier":"{N}"}}</script>'), [("script", False)], []),
    "attributes.html": (
        _page(f'<img src="a.png" alt="{N}"><a title="{N}">备案</a><noscript>{N}</noscript>'),
        [("alt", False), ("title", False), ("noscript", False)], [],
    ),
    "made_by_script.html": (b'<html><body><div id="app"></div><script src="a.js"></script></body></html>', [], ["script_page"]),
    "picture.html": (b'<html><body><img src="a.png"></body></html>', [], ["picture"]),
    "parts.docx": (_parts(), [("header", True), ("footer", True), ("footnote", True), ("comment", True)], []),
    "form.pdf": (_form(), [("form_field", True)], []),
}  # fmt: skip
"""Each file's bytes, where its numbers stand, and what cannot be looked into."""


def write_scans(folder: Path) -> None:
    """Write the documents and what is expected of them."""
    folder.mkdir(exist_ok=True)
    for name, (data, _, _) in SCANS.items():
        (folder / name).write_bytes(data)
    expected = {
        name: {"places": places, "unread": unread} for name, (_, places, unread) in SCANS.items()
    }
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
