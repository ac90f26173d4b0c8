"""Static files under names that hold their hash, so that browsers may keep them for good."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from suanbei.common.errors import NotFound

STATIC = Path(__file__).parents[1] / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file: its address, type and bytes."""

    address: str
    media_type: str
    body: bytes


@lru_cache
def assets() -> dict[str, Asset]:
    """Every static file by its plain name; the style sheets are one file, `site.css`."""
    sheets = sorted((STATIC / "css").glob("*.css"))
    bodies = {"site.css": b"\n".join(sheet.read_bytes() for sheet in sheets)}
    plain = (*(STATIC / "js").glob("*.js"), *STATIC.glob("*.svg"), *STATIC.glob("*.css"))
    for path in sorted(plain):
        bodies[path.name] = path.read_bytes()
    return {name: _asset(name, body) for name, body in bodies.items()}


def _asset(name: str, body: bytes) -> Asset:
    stem, suffix = name.rsplit(".", 1)
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"/static/{stem}.{digest}.{suffix}", TYPES[f".{suffix}"], body)


def static(name: str) -> str:
    """The address of a static file, for templates."""
    return assets()[name].address


@lru_cache
def _by_address() -> dict[str, Asset]:
    return {asset.address: asset for asset in assets().values()}


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    """One static file."""
    found = _by_address().get(f"/static/{name}")
    if found is None:
        raise NotFound(f"static file {name}: not known")
    keep = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(found.body, media_type=found.media_type, headers=keep)


@router.get("/favicon.ico")
def favicon() -> Response:
    """The sign of Suanbei, for browsers that ask at the old address."""
    sign = assets()["sign.svg"]
    return Response(
        sign.body, media_type=sign.media_type, headers={"cache-control": "max-age=86400"}
    )
