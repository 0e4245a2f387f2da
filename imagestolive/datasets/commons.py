"""Wikimedia Commons: the page of a file, and the credit out of what its interface says of it (extmetadata), which is HTML inside."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from imagestolive import licenses
from imagestolive.datasets.values import text, web_address

SITE = "https://commons.wikimedia.org"
_HTML_MOST_CHARACTERS = 5000  # html.parser takes four times as long for twice as much, where somebody wants it to
_AUTHOR_MOST_CHARACTERS = 200
_DESCRIPTION_MOST_CHARACTERS = 1000

# https://upload.wikimedia.org/wikipedia/commons/a/ab/Name.jpg, and of a smaller copy …/commons/thumb/a/ab/Name.jpg/300px-Name.jpg
_FILE = re.compile(
    r"https?://upload\.wikimedia\.org/wikipedia/commons/"
    r"(?:(?P<thumb>thumb/)[0-9a-f]/[0-9a-f]{2}/(?P<of>[^/?#]+)/[^/?#]+|[0-9a-f]/[0-9a-f]{2}/(?P<name>[^/?#]+))(?:[?#].*)?",
    re.IGNORECASE,
)
_PAGE = re.compile(r"(?:https?:)?//commons\.(?:m\.)?wikimedia\.org/wiki/File:(?P<name>[^?#]+)(?:[?#].*)?", re.IGNORECASE)
_NO_NAME = re.compile(r"[\x00-\x1f\x7f#<>\[\]{}|/\\]")  # what MediaWiki lets into no name of a file
_KEPT = "!$()*,-.:;@_~'"  # signs that MediaWiki leaves as they are in the addresses of pages


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What a file's page says. What it does not say is None."""

    author: str | None = None
    author_url: str | None = None
    license_raw: str | None = None
    license: str | None = None
    description: str | None = None


NO_CREDIT = Credit()


def file_name(url: str) -> str | None:
    """The name of a file at Commons, as its page bears it, out of the address of the file, of a smaller copy, or of the page.

    >>> file_name("https://upload.wikimedia.org/wikipedia/commons/thumb/a/ab/Caf%C3%A9_100%25.jpg/300px-Caf%C3%A9_100%25.jpg")
    'Café_100%.jpg'
    >>> file_name("https://upload.wikimedia.org/wikipedia/en/a/ab/Logo.png") is None
    True
    """
    found = _FILE.fullmatch(url)
    encoded = (found["of"] or found["name"]) if found else page["name"] if (page := _PAGE.fullmatch(url)) else None
    if encoded is None:
        return None
    try:
        name = urllib.parse.unquote(encoded, errors="strict").replace(" ", "_")
    except UnicodeDecodeError:
        return None
    return None if _NO_NAME.search(name) or not name.strip("_") else name


def file_page(url: str) -> str | None:
    """The page that tells of a file at Commons, out of any of its addresses; None for a file that lies elsewhere.

    >>> file_page("https://upload.wikimedia.org/wikipedia/commons/5/5f/Oxydactylus_longipes_fm.jpg")
    'https://commons.wikimedia.org/wiki/File:Oxydactylus_longipes_fm.jpg'
    """
    name = file_name(url)
    return None if name is None else f"{SITE}/wiki/File:{urllib.parse.quote(name, safe=_KEPT)}"


def credit(extmetadata: Mapping[str, Any]) -> Credit:
    """The credit of a file. A value stands as it is or as {"value": …}; the address of a license tells more than its name."""
    said = {name: _value(extmetadata.get(name)) for name in _READ}
    artist = _read(said["Artist"] or said["Attribution"] or "")
    author = _author(artist)
    license_raw, license_id = _license(said["LicenseUrl"], said["LicenseShortName"], said["UsageTerms"])
    return Credit(
        author=author,
        author_url=next(filter(None, map(_link, artist.links)), None) if author else None,
        license_raw=license_raw,
        license=license_id,
        description=plain_text(said["ImageDescription"] or "", _DESCRIPTION_MOST_CHARACTERS),
    )


def credit_of(cell: object) -> Credit:
    """The same of a cell that may hold extmetadata: as a mapping, or as JSON text. Anything else says nothing."""
    if isinstance(cell, str) and cell.lstrip().startswith("{"):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return NO_CREDIT
    return credit(cell) if isinstance(cell, Mapping) else NO_CREDIT


def plain_text(html: str, most: int = _AUTHOR_MOST_CHARACTERS) -> str | None:
    """The words in a piece of HTML, in one line, shortened if they are many. Entities are decoded once.

    >>> plain_text('<a href="//commons.wikimedia.org/wiki/User:Ana">Ana &amp; <b>Bia</b></a>')
    'Ana & Bia'
    """
    return _shortened(" ".join(_read(html).blocks), most)


_READ = ("Artist", "Attribution", "LicenseUrl", "LicenseShortName", "UsageTerms", "ImageDescription")


def _value(found: object) -> str | None:
    return text(found.get("value") if isinstance(found, Mapping) else found)


def _license(*said: str | None) -> tuple[str | None, str | None]:
    """(as recorded, our id) of the first that is understood, else of the first that says anything."""
    recorded = [raw for raw in (plain_text(one, 1000) for one in said if one) if raw]
    for raw in recorded:
        if (found := licenses.license_id(raw)) is not None:
            return raw, found
    return (recorded[0], None) if recorded else (None, None)


def _author(artist: _Text) -> str | None:
    """A name, or some. A table tells a whole life of an artist: its first row is the name."""
    return _shortened(", ".join(artist.blocks[:1] if artist.holds_table else artist.blocks), _AUTHOR_MOST_CHARACTERS)


def _link(href: str) -> str | None:
    """A whole address; None for that of a page nobody has written."""
    whole = f"https:{href}" if href.startswith("//") else f"{SITE}{href}" if href.startswith("/wiki/") else href
    return None if "redlink=1" in whole else web_address(whole)


def _shortened(words: str, most: int) -> str | None:
    found = text(" ".join(words.replace("\0", "").split()))
    if found is None or len(found) <= most:
        return found
    return f"{found[:most].rsplit(' ', 1)[0].rstrip(' ,;')}…"


def _read(html: str) -> _Text:
    reader = _Text()
    if len(html) > _HTML_MOST_CHARACTERS:
        html = html[:_HTML_MOST_CHARACTERS]
        if html.rfind("<") > html.rfind(">"):  # half a tag
            html = html[: html.rfind("<")]
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # of html.parser, at "<![": what was read until there is kept
        pass
    reader.end_block()
    return reader


class _Text(HTMLParser):
    """Gathers the words in HTML by blocks (paragraphs, rows of a table, points of a list), and where its links lead."""

    _BLOCKS = frozenset({"p", "div", "tr", "li", "ul", "ol", "table", "dd", "dt", "hr", "h1", "h2", "h3", "h4", "caption"})
    _SPACES = frozenset({"br", "td", "th"})
    _UNSHOWN = frozenset({"script", "style", "template", "head", "title"})
    _VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.links: list[str] = []
        self.holds_table = False
        self._words: list[str] = []
        self._hidden: list[str] = []  # the open elements from the first that is not shown on

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if self._hidden or tag in self._UNSHOWN or re.search(r"display\s*:\s*none", facts.get("style") or "", re.IGNORECASE):
            if tag not in self._VOID:
                self._hidden.append(tag)
            return
        self.holds_table |= tag == "table"
        if tag == "a" and facts.get("href"):
            self.links.append(str(facts["href"]))
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:  # what was not closed inside is closed with it
                while self._hidden.pop() != tag:
                    pass
            return
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)

    def end_block(self) -> None:
        if words := " ".join("".join(self._words).split()):
            self.blocks.append(words)
        self._words.clear()

    def _part(self, tag: str) -> None:
        if tag in self._BLOCKS:
            self.end_block()
        elif tag in self._SPACES:
            self._words.append(" ")
