"""Flickr addresses: the photo's id, the person's id, the page and the short link.

The forms are those of Flickr's own documentation, of the Flickr Foundation's URL parser, and of links as people copy them:
without a scheme, with a port, from the mobile site. A host that only looks like Flickr's is none.
"""

from __future__ import annotations

import re

SHORT_ADDRESS = "https://flic.kr/p/"
_BASE58 = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"  # Flickr's alphabet: no 0 I O l

_FLAGS = re.VERBOSE | re.IGNORECASE | re.ASCII
_SCHEME = r"(?:(?:https?:)?//)?"
_PORT = r"(?::[0-9]*)?"
_SITE = rf"{_SCHEME}(?:(?:www|m|secure)\.)?flickr\.com{_PORT}/+(?:\#/+)?"  # m.flickr.com/#/photos/...
_ID = "([1-9][0-9]{0,19})"

_FILE = re.compile(
    rf"""
    {_SCHEME}
    (?: (?:live\.staticflickr|farm[0-9]+\.static\.?flickr|static\.flickr)\.com{_PORT}/+[0-9]+/+  # server
      | c[0-9]+\.staticflickr\.com{_PORT}/+[0-9]+/+[0-9]+/+  # farm, server
      | photos[0-9]+\.flickr\.com{_PORT}/+  # before 2006
      | live\.staticflickr\.com{_PORT}/+video/+
    )
    {_ID}(?![^_/?\#])
    """,
    _FLAGS,
)
_PAGE = re.compile(
    rf"""
    (?: {_SITE}
        (?: photos?/+(?!tags/)[^/?\#]+/+
          | (?:photo|video)[a-z_]*\.gne\?(?:[^\#]*&)?id=
          | apps/video/stewart\.swf\?(?:[^\#]*&)?photo_id=
        )
      | {_SCHEME}embedr\.flickr\.com{_PORT}/+photos/+
    )
    {_ID}(?![^/?\#&])
    """,
    _FLAGS,
)
_SHORT = re.compile(rf"(?:{_SCHEME}flic\.kr{_PORT}/+p/+|{_SITE}photo\.gne\?(?:[^\#]*&)?short=)([0-9a-z]{{1,11}})(?![^/?\#&])", _FLAGS)
_PERSON = re.compile(rf"{_SITE}(?:people|photos?)/+([0-9]{{5,11}})(?:@|%40)(N[0-9]{{2}})(?![^/?\#])", _FLAGS)


def photo_id(url: str | None) -> str | None:
    """The photo's id out of the address of its file or of its page; None when there is none.

    >>> photo_id("https://c2.staticflickr.com/2/1433/946782888_84c5811a41_o.jpg"), photo_id("https://flic.kr/p/2p4QbKN")
    ('946782888', '53208249252')
    """
    if not url:
        return None
    if found := _FILE.match(url) or _PAGE.match(url):
        return found[1]
    return _from_base58(found[1]) if (found := _SHORT.match(url)) else None


def nsid(url: str | None) -> str | None:
    """The person's id (NSID) out of the address of a page, when it holds one: an alias of their own choice is none.

    >>> nsid("https://www.flickr.com/people/74881150@N00/")
    '74881150@N00'
    """
    found = _PERSON.match(url) if url and ("@" in url or "%40" in url) else None  # most pages bear an alias; this is told faster
    return f"{found[1]}@{found[2].upper()}" if found else None


def page(photo: str) -> str:
    """A page for a photo of which only the id is known: Flickr leads from here to the true page."""
    return f"https://www.flickr.com/photo.gne?id={photo}"


def short_page(photo: str) -> str:
    """The shortest address of a photo's page.

    >>> short_page("53208249252")
    'https://flic.kr/p/2p4QbKN'
    """
    number, signs = int(photo), ""
    while number:
        number, digit = divmod(number, 58)
        signs = _BASE58[digit] + signs
    return SHORT_ADDRESS + signs


def _from_base58(signs: str) -> str | None:
    number = 0
    for sign in signs:
        if sign not in _BASE58:
            return None
        number = number * 58 + _BASE58.index(sign)
    return str(number) if number else None
