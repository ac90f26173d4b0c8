"""Addresses: kept, shown and compared as the public ones, wherever a crawl is pointed at."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from suanbei.common.errors import UnexpectedAnswer
from suanbei.common.settings import Settings

CAC = "https://www.cac.gov.cn"
BEIAN = "https://beian.cac.gov.cn"


@dataclass(frozen=True, slots=True)
class PublicUrls:
    """Maps public addresses to those that requests go to. `bases` are (public, requested) pairs."""

    bases: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The mapping of SUANBEI_CAC_URL and SUANBEI_BEIAN_URL."""
        return cls(
            ((CAC, settings.cac_url.rstrip("/")), (BEIAN, settings.beian_url.rstrip("/"))),
        )

    def asked(self, public: str) -> str:
        """Where the request for a public address goes."""
        for base, asked in self.bases:
            if _is_under(public, base):
                return asked + public[len(base) :]
        return public

    def public(self, link: str, page: str = "") -> str:
        """A link as published on a page (a public address), as the public address it means.

        Links over http or without scheme to a known site mean https; links to an asked base
        address mean the site it stands for; fragments are dropped; letters that are not ASCII
        are percent-encoded.

        Raises:
            UnexpectedAnswer: the link is no web address.
        """
        try:
            url = self._of_site(urljoin(page, link.strip()))
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise UnexpectedAnswer(f"no web address: {link[:80]!r} ({error})") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise UnexpectedAnswer(f"no web address: {link[:80]!r}")
        if parts.netloc.lower() in {urlsplit(base).netloc for base, _ in self.bases}:
            parts = parts._replace(scheme="https", netloc=parts.netloc.lower())
        return quote(urlunsplit(parts._replace(fragment="")), safe="%/:=&?~#+!$,;'@()*[]")

    def _of_site(self, url: str) -> str:
        for base, asked in self.bases:
            if base != asked and _is_under(url, asked):
                return base + url[len(asked) :]
        return url


def _is_under(url: str, base: str) -> bool:
    return url == base or url.startswith((base + "/", base + "?"))


def home_of(url: str) -> str:
    """The front page of an address's site."""
    return "/".join(url.split("/")[:3]) + "/"
