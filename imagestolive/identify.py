"""What somebody typed to find a photograph -> what it names: a photograph, an account, an image of a data set, or an address.

Only what names one thing is taken. A tag, a search or an album lists what other people photographed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from imagestolive.care import account, author_key, keys, url_key
from imagestolive.datasets import flickr
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import ImageRecord

Kind = Literal["photo", "author", "image", "url"]

MOST_CHARACTERS = 2000

_NUMBER = re.compile("[1-9][0-9]{0,19}", re.ASCII)
_NSID = re.compile("[0-9]{5,11}@N[0-9]{2}", re.ASCII | re.IGNORECASE)
_WITH_SCHEME = re.compile("(?:https?:)?//", re.IGNORECASE)
_HOST_AND_PATH = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}(?::[0-9]{1,5})?/", re.IGNORECASE)
_FLICKR_HOST = re.compile(r"(?:[\w-]+\.)*(?:flickr\.com|staticflickr\.com|flic\.kr)", re.IGNORECASE)
_LISTING = re.compile(
    r"/(?:tags|search|explore|groups|galleries|map|commons|cameras|places)(?:/|$)"
    r"|/photos/(?:tags/|[^/]+/(?:tags|sets|albums|sets|galleries|favorites|faves|archives|map)(?:/|$))",
    re.IGNORECASE,
)
_MAKERS_IDS = re.compile(  # as Open Images, ImageNet and COCO write them, and any file's name
    r"[0-9a-f]{16}|n[0-9]{8}_[0-9]+|COCO_\w+|0[0-9]+|.*\.(?:jpe?g|png|gif|tiff?|bmp|webp|ppm)|[^:]*[^:/]/[^/].*", re.IGNORECASE
)


class NothingTyped(ImagesToLiveError):
    """The field was left empty."""

    sentence = N_("Type a Flickr name, the address of a photograph, or its number.")
    field = "q"


class TypedTooLong(ImagesToLiveError):
    sentence = N_("This is too long: an address or a name holds up to {most} characters.")
    field = "q"


class TypedUnreadable(ImagesToLiveError):
    """Line ends, control characters, halves of characters."""

    sentence = N_("One name, address or number at a time, on one line.")
    field = "q"


class ListsOthers(ImagesToLiveError):
    """A hashtag, a search, an album."""

    sentence = N_(
        "We do not look for tags, searches or albums: they list what other people photographed. "
        "Give the address of one photograph, its number, or the name of a Flickr account."
    )
    field = "q"


class NamesNothing(ImagesToLiveError):
    """An address of Flickr's that is neither a photograph's nor an account's."""

    sentence = N_("This address at Flickr is not that of a photograph or of an account. Give the address of the photograph’s own page.")
    field = "q"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What is looked for; `value` is written as care.py writes its keys, an image's id as its data set does."""

    kind: Kind
    value: str
    typed: str  # without spaces around it
    also: tuple[Kind, ...] = ()  # what the same text may mean too

    def questions(self) -> Iterator[dict[str, str]]:
        """What tables.Table.find is asked, one after the other."""
        if self.kind == "photo":
            yield {"photo_id": self.value}
        elif self.kind == "author":
            yield {"author": self.value}
        elif self.kind == "image":
            yield from ({"image_id": form} for form in dict.fromkeys((self.typed, unicodedata.normalize("NFD", self.typed))))
        else:
            yield from ({"url": address} for address in spellings(self.typed))

    def names(self, record: ImageRecord) -> bool:
        """Whether a record that was found by one of the questions is really meant: an author's name may be that of several accounts."""
        if self.kind == "author":
            own = author_key(record.author) if record.author else None
            return self.value == own or ("author", self.value) in keys(record)
        return self.kind != "photo" or ("photo", self.value) in keys(record)

    def readings(self) -> Iterator[Identity]:
        """All that it may mean, the most likely first."""
        yield self
        yield from (replace(self, kind=kind, value=_value(kind, self.typed), also=()) for kind in self.also)


def identify(typed: str) -> Identity:
    """Raises NothingTyped, TypedTooLong, TypedUnreadable, ListsOthers, NamesNothing.

    >>> found = identify("flickr.com/photos/chr1sp/4781196162/in/photostream")
    >>> found.kind, found.value
    ('photo', '4781196162')
    """
    text = _cleaned(typed)
    if _is_tag(text):
        raise ListsOthers
    if _NUMBER.fullmatch(text):
        return Identity(kind="photo", value=text, typed=text, also=("image",))
    if _NSID.fullmatch(unquote(text)):
        return Identity(kind="author", value=author_key(text), typed=text)
    if _is_address(text):
        return _of_address(text)
    if _MAKERS_IDS.fullmatch(text):
        return Identity(kind="image", value=_value("image", text), typed=text, also=("author",))
    return Identity(kind="author", value=_value("author", text), typed=text, also=("image",))


def spellings(address: str) -> list[str]:
    """The ways in which a list may write an address: with either scheme, with www. or without, with a slash at its end or without,
    its signs quoted or not, and without what follows a question mark; as it was typed first.

    >>> spellings("example.org/a.jpg")[:2]
    ['https://example.org/a.jpg', 'http://example.org/a.jpg']
    """
    try:
        parts = urlsplit(with_scheme(address))
        host = (parts.hostname or "").rstrip(".")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return [address]
    bare = host.removeprefix("www.")
    hosts = [f"{name}{port}" for name in dict.fromkeys((host, bare, f"www.{bare}"))]
    path = parts.path.rstrip("/")
    paths = dict.fromkeys((path, unquote(path), quote(unquote(path), safe="/~!$&'()*+,;=:@-._"), quote(path, safe="/%~!$&'()*+,;=:@-._")))
    queries = dict.fromkeys((f"?{parts.query}" if parts.query else "", ""))
    ends = ("/", "") if parts.path.endswith("/") else ("", "/")
    found = (
        f"{scheme}://{name}{way}{end}{query}"
        for query in queries
        for end in ends
        for way in paths
        for name in hosts
        for scheme in ("https", "http")
    )
    return list(dict.fromkeys(found))


def with_scheme(address: str) -> str:
    """
    >>> with_scheme("//example.org/"), with_scheme("example.org/a")
    ('https://example.org/', 'https://example.org/a')
    """
    if address.startswith("//"):
        return f"https:{address}"
    return address if _WITH_SCHEME.match(address) else f"https://{address}"


def _cleaned(typed: str) -> str:
    text = unicodedata.normalize("NFC", typed[: MOST_CHARACTERS + 1]).strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()  # as letters quote an address
    text = text.strip("\u200b\u200e\u200f\u202a\u202c\ufeff")  # signs that nobody sees, copied along
    if not text:
        raise NothingTyped
    if len(typed) > MOST_CHARACTERS:
        raise TypedTooLong(most=MOST_CHARACTERS)
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text):
        raise TypedUnreadable
    return text


def _is_tag(text: str) -> bool:
    return text.startswith(("#", "\uff03")) or text.lower().startswith(("tag:", "tags:", "%23"))


def _is_address(text: str) -> bool:
    return bool(_WITH_SCHEME.match(text) or _HOST_AND_PATH.match(text))


def _of_address(text: str) -> Identity:
    address = with_scheme(text)
    if photo := flickr.photo_id(address):
        return Identity(kind="photo", value=photo, typed=text)
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise TypedUnreadable from None
    if not host:
        raise NothingTyped
    if _FLICKR_HOST.fullmatch(host.rstrip(".")):
        return _of_flickr(text, f"https://www.flickr.com{re.sub('/+', '/', parts.path)}")
    return Identity(kind="url", value=url_key(address), typed=text)


def _of_flickr(text: str, address: str) -> Identity:
    if _LISTING.search(urlsplit(address).path):
        raise ListsOthers
    name = account(address)
    if not name:
        raise NamesNothing
    return Identity(kind="author", value=author_key(name), typed=text)


def _value(kind: Kind, text: str) -> str:
    return author_key(text.removeprefix("@")) if kind == "author" else text
