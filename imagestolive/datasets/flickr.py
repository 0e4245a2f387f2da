"""Flickr addresses: the photo's id, the person's id, and the page.

The places of the ids are those of Flickr's own documentation and of the Flickr Foundation's URL parser.
"""

from __future__ import annotations

import re
import urllib.parse

_ID = re.compile(r"[0-9]{1,20}")
_NSID = re.compile(r"[0-9]{5,11}@[nN][0-9]{2}")
_BASE58 = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"

# Host -> which part of the path begins with the photo's id: /{server}/{id}_{secret}_z.jpg and its elder relations.
_STATIC_HOSTS = (
    (re.compile(r"live\.staticflickr\.com|farm[0-9]+\.static(flickr|\.flickr)\.com|static\.flickr\.com"), 1),
    (re.compile(r"c[0-9]+\.staticflickr\.com"), 2),  # /{farm}/{server}/{id}_{secret}_o.jpg
    (re.compile(r"photos[0-9]+\.flickr\.com"), 0),  # /{id}_{secret}_o.jpg, before 2006
)


def photo_id(url: str | None) -> str | None:
    """The photo's id out of the address of its file or of its page; None when there is none.

    >>> photo_id("https://c2.staticflickr.com/2/1433/946782888_84c5811a41_o.jpg")
    '946782888'
    """
    host, parts = _split(url)
    if host == "flic.kr" and len(parts) == 2 and parts[0] == "p":
        return _from_base58(parts[1])
    if host in ("flickr.com", "www.flickr.com", "m.flickr.com"):
        found = parts[2] if len(parts) > 2 and parts[0] in ("photos", "photo") else ""
        return found if _ID.fullmatch(found) else None
    for static_host, place in _STATIC_HOSTS:
        if static_host.fullmatch(host) and len(parts) > place:
            if parts[0] == "video":
                place = 1
            found = parts[place].partition("_")[0]
            return found if _ID.fullmatch(found) else None
    return None


def nsid(url: str | None) -> str | None:
    """The person's id (NSID) out of the address of a page, when it holds one: an alias of their own choice is none.

    >>> nsid("https://www.flickr.com/people/74881150@N00/")
    '74881150@N00'
    """
    host, parts = _split(url)
    if host in ("flickr.com", "www.flickr.com", "m.flickr.com") and len(parts) > 1 and parts[0] in ("people", "photos", "photo"):
        found = urllib.parse.unquote(parts[1])
        return found.upper() if _NSID.fullmatch(found) else None
    return None


def page(photo: str) -> str:
    """A page for a photo of which only the id is known: Flickr leads from here to the true page."""
    return f"https://www.flickr.com/photo.gne?id={photo}"


def _split(url: str | None) -> tuple[str, list[str]]:
    try:
        parts = urllib.parse.urlsplit(url or "")
        host = (parts.hostname or "").lower()
    except ValueError:  # "http://[" and the like
        return "", []
    return (host, [part for part in parts.path.split("/") if part]) if parts.scheme in ("http", "https") else ("", [])


def _from_base58(text: str) -> str | None:
    number = 0
    for sign in text[:12]:
        if sign not in _BASE58:
            return None
        number = number * 58 + _BASE58.index(sign)
    return str(number) if number and len(text) <= 12 else None
