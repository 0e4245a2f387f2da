"""Which addresses may be asked at all: one URL against the hosts a data set's images come from. Nothing is asked or resolved here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import idna

from imagestolive.errors import N_, ImagesToLiveError

ANY_HOST = "*"
MOST_CHARACTERS = 2_048
_PORTS = {"http": 80, "https": 443}
_MOST_LABEL, _MOST_HOST = 63, 253
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ENCODED_CONTROL = re.compile(r"%([01][0-9a-f]|7f)", re.IGNORECASE)
_ENCODED = re.compile(r"%([0-9a-f]{2})?", re.IGNORECASE)
_IN_TARGET = "!$%&'()*+,/:;=?@[]~"  # what stays as it is written in a path or query; the rest is percent-encoded


class Problem(ImagesToLiveError):
    """What is wrong, in a few words: they stand after the colon of another sentence."""


class OddScheme(Problem):
    sentence = N_("it does not begin with http:// or https://")


class OddCharacters(Problem):
    sentence = N_("it holds characters that no address holds")


class TooLong(Problem):
    sentence = N_("it is longer than 2,048 characters")


class HoldsUser(Problem):
    sentence = N_("it holds a user name")


class OddPort(Problem):
    sentence = N_("its port is neither 80 nor 443")


class NoHostName(Problem):
    sentence = N_("its host is not a public name")


class OtherHost(Problem):
    sentence = N_("its host is not one that this data set’s images come from")


class LessSafe(Problem):
    sentence = N_("it leads from https to http")


class Refused(ImagesToLiveError):
    """An address that is not asked. `url` is the one that was refused, maybe where another one led: `hops` were asked before it."""

    sentence = N_("{url} is refused: {problem}.")

    def __init__(self, *, url: str, problem: Problem, hops: tuple[str, ...] = ()) -> None:
        self.url, self.problem, self.hops = url, problem, hops
        super().__init__(url=url, problem=problem)


@dataclass(frozen=True, kw_only=True)
class Address:
    scheme: str  # http or https
    host: str  # ASCII, lower case, of two labels or more, no number
    port: int
    url: str  # whole, in ASCII, without a fragment


def check(url: str, hosts: Collection[str]) -> Address:
    """The address a URL gives, if it may be asked. Raises Refused.

    `hosts`: names, each of them standing for itself and all below it, or "*" for any. A host that is a number never may.

    >>> check("HTTP://Live.StaticFlickr.com/65/a b.jpg#top", ["staticflickr.com"]).url
    'http://live.staticflickr.com/65/a%20b.jpg'
    """
    try:
        return _address(url, hosts)
    except Problem as problem:
        raise Refused(url=url, problem=problem) from None


def follow(address: Address, locations: Sequence[str], hosts: Collection[str]) -> Address:
    """Where the Location lines of an answer lead. Raises Refused."""
    location = locations[0]
    if len(set(locations)) > 1 or not location.isascii():
        raise Refused(url=location, problem=OddCharacters())
    try:
        url = urljoin(address.url, location)
    except ValueError:
        raise Refused(url=location, problem=NoHostName()) from None
    if _is_odd(location):  # urljoin drops what check would refuse
        raise Refused(url=url, problem=OddCharacters())
    there = check(url, hosts)
    if address.scheme == "https" and there.scheme != "https":
        raise Refused(url=url, problem=LessSafe())
    return there


def _address(url: str, hosts: Collection[str]) -> Address:
    if len(url) > MOST_CHARACTERS:
        raise TooLong
    if _is_odd(url):
        raise OddCharacters
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address; characters that become / or @ under NFKC
        raise NoHostName from None
    if parts.scheme not in _PORTS:
        raise OddScheme
    if "@" in parts.netloc:
        raise HoldsUser
    if "[" in parts.netloc:  # an IPv6 address, or what comes after it: urlsplit hands out what is between the brackets
        raise NoHostName
    try:
        port = parts.port or (_PORTS[parts.scheme] if parts.port is None else 0)
    except ValueError:
        raise OddPort from None
    if port not in _PORTS.values():
        raise OddPort
    host = _host_name(parts.hostname or "")
    if not is_allowed(host, hosts):
        raise OtherHost
    at = "" if port == _PORTS[parts.scheme] else f":{port}"
    target = _quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else "")
    whole = f"{parts.scheme}://{host}{at}{target}"
    if len(whole) > MOST_CHARACTERS:
        raise TooLong
    return Address(scheme=parts.scheme, host=host, port=port, url=whole)


def _quoted(text: str) -> str:
    """Of a path or query: percent-encoded where it is not yet, in capitals, as urllib3 would write it when it asks."""
    return _ENCODED.sub(lambda found: found[0].upper() if found[1] else "%25", quote(text, safe=_IN_TARGET))


def _is_odd(url: str) -> bool:
    """Whether it holds control characters, raw or encoded, invisible ones, halves of characters, or what programs read in two ways."""
    return (
        url != url.strip()
        or "\\" in url
        or _ENCODED_CONTROL.search(url) is not None
        or any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in url)
    )


def _host_name(host: str) -> str:
    """A host as it is asked for: ASCII, lower case, no number in any spelling. Raises NoHostName."""
    name = unicodedata.normalize("NFKC", host).lower().replace("。", ".")
    try:
        name = name if name.isascii() else idna.encode(name).decode("ascii").lower()
    except idna.IDNAError:
        raise NoHostName from None
    labels = name.split(".")
    if len(labels) < 2 or len(name) > _MOST_HOST or not all(len(label) <= _MOST_LABEL and _LABEL.fullmatch(label) for label in labels):
        raise NoHostName
    if _NUMBER.fullmatch(labels[-1]):  # 127.0.0.1, 127.1, 0177.0.0.1: no name ends in a number
        raise NoHostName
    return name


def is_allowed(host: str, hosts: Collection[str]) -> bool:
    """Whether a host is one of `hosts` or lies below one."""
    return any(entry == ANY_HOST or host == entry or host.endswith(f".{entry}") for entry in hosts)
