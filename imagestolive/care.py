"""What an image, its maker and its places are known by in lists of what is left out: one spelling for each, whoever writes it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from imagestolive.datasets.flickr import photo_id
from imagestolive.datasets.locators import is_elsewhere
from imagestolive.records import ImageRecord, Reason

Kind = Literal["photo", "author", "url", "domain"]

_NSID = re.compile("[0-9]{5,11}@N[0-9]{2}", re.ASCII)
_ACCOUNT = re.compile(r"https?://(?:www\.|m\.|secure\.)?flickr\.com/(?:people|photos?)/([^/?#]+)", re.IGNORECASE)


def flag_key(dataset: str, image_id: str) -> tuple[str, str]:
    """What a flagged image is known by: a list typed by hand must hold back what it means, so spaces around an id and the way its
    accents are stored do not count."""
    return dataset.strip(), unicodedata.normalize("NFC", image_id.strip())


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """What is left out because of what people said and operators decided, as it is in force.

    Each key is written as `keys` writes it. `hashed`: what other operators block, by the salt of their list.
    """

    images: Mapping[tuple[str, str], Reason] = field(default_factory=dict)  # flag_key
    photos: Mapping[str, Reason] = field(default_factory=dict)  # Flickr's photo ids
    authors: Mapping[str, Reason] = field(default_factory=dict)  # Flickr's NSIDs, and names of accounts
    urls: Mapping[str, Reason] = field(default_factory=dict)  # of files and pages
    domains: Mapping[str, Reason] = field(default_factory=dict)  # hosts, and those below them
    sha256: Mapping[str, Reason] = field(default_factory=dict)
    hashed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    version: str = ""  # another one where anything of this is another

    def reason_of(self, record: ImageRecord) -> Reason | None:
        """Why a record is left out; None: it is not blocked. The strongest reason: an opt-out comes before all others."""
        if not self.version:
            return None
        found = [reason for reason in self._reasons(record) if reason]
        return "withdrawn" if "withdrawn" in found else next(iter(found), None)

    def _reasons(self, record: ImageRecord) -> Iterator[Reason | None]:
        own = flag_key(record.dataset, record.image_id)
        yield self.images.get(own)
        yield self._shared("image", "|".join(own))
        named: Mapping[str, Mapping[str, Reason]] = {
            "photo": self.photos,
            "author": self.authors,
            "url": self.urls,
            "domain": self.domains,
        }
        for kind, key in keys(record):
            for each in hosts_above(key) if kind == "domain" else [key]:
                yield named[kind].get(each)
                yield self._shared(kind, each)

    def reason_of_file(self, sha256: str) -> Reason | None:
        return self.sha256.get(sha256) or self._shared("sha256", sha256)

    def _shared(self, kind: str, key: str) -> Reason | None:
        """Why another operator's list blocks it."""
        return "withdrawn" if any(hashed(salt, kind, key) in hashes for salt, hashes in self.hashed.items()) else None


def keys(record: ImageRecord) -> Iterator[tuple[Kind, str]]:
    """Every key of a record but its own id."""
    urls = [url for url in (record.source_url, record.landing_url, record.locator if is_elsewhere(record.locator) else None) if url]
    if photo := photo_of(record):
        yield "photo", photo
    authors = {author_key(name) for name in (record.author_id, account(record.author_url), account(record.landing_url)) if name}
    yield from (("author", key) for key in sorted(authors))
    for url in dict.fromkeys(map(url_key, urls)):
        yield "url", url
        if host := url.partition("/")[0]:
            yield "domain", host


def photo_of(record: ImageRecord) -> str | None:
    """Flickr's id of the photograph, also where its record says it in an address alone."""
    urls = (record.source_url, record.landing_url, record.locator if is_elsewhere(record.locator) else None)
    return record.photo_id or next(filter(None, map(photo_id, urls)), None)


def account(url: str | None) -> str | None:
    """The NSID, or the name of a Flickr account, that a page belongs to.

    >>> account("https://www.flickr.com/photos/Ana-Souza/5000"), account("http://flickr.com/people/7488115%40N00/")
    ('Ana-Souza', '7488115@N00')
    """
    found = _ACCOUNT.match(url or "")
    return unquote(found[1]) if found and found[1].lower() not in ("tags", "search") else None


def author_key(name: str) -> str:
    """
    >>> author_key("74881150@n00"), author_key("Ana-Souza")
    ('74881150@N00', 'ana-souza')
    """
    name = unquote(name).strip()
    return name.upper() if _NSID.fullmatch(name.upper()) else name.lower()


def url_key(url: str) -> str:
    """An address without scheme, www., port, fragment, and a slash at its end; at Flickr without a query, which names nothing there.

    >>> url_key("HTTP://www.Example.org:80/a%20b.jpg?n=1#x"), url_key("https://example.org/")
    ('example.org/a b.jpg?n=1', 'example.org')
    """
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return url.strip()
    query = f"?{parts.query}" if parts.query and not host.endswith(("flickr.com", "flic.kr")) else ""
    return f"{host}{unquote(parts.path)}".rstrip("/") + query


def hosts_above(host: str) -> Iterator[str]:
    """
    >>> list(hosts_above("c2.staticflickr.com"))
    ['c2.staticflickr.com', 'staticflickr.com', 'com']
    """
    while host:
        yield host
        host = host.partition(".")[2]


def hashed(salt: str, kind: str, key: str) -> str:
    """What stands for a key in a list that is shared: nobody reads out of it what they do not know already."""
    return hashlib.blake2b(f"{kind}|{key}".encode("utf-8", "surrogatepass"), key=salt.encode()[:64], digest_size=16).hexdigest()
