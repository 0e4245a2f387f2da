"""Whether a host asks programs to stay away: its robots.txt before an image is asked for, X-Robots-Tag when it came."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from urllib.parse import urlsplit

from protego import Protego

from imagestolive.fetch import addresses
from imagestolive.fetch.network import USER_AGENT_TOKEN, AskedTooOften, HostFailed, Network, Refused, Unreachable

DAY_S = 86_400.0
MOST_BYTES = 500 * 1024  # what comes after them is not read: RFC 9309 asks for no more
_MOST_SITES = 1_000  # remembered
_TOO_OFTEN = 429
_NO = frozenset({"noai", "noimageai", "noindex", "noimageindex", "none"})  # none: noindex and nofollow in one word
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_PROGRAM = re.compile(r"\*|[a-z0-9._/+-]+")


class Robots:
    """robots.txt of hosts, asked for once a host and day. Safe for several threads."""

    def __init__(self, network: Network, *, now: Callable[[], float] = time.time) -> None:
        self._network, self._now = network, now
        self._lock = threading.Lock()
        self._read: OrderedDict[str, tuple[float, Protego]] = OrderedDict()  # by scheme, host and port: when, and what it says

    def may(self, url: str, hosts: Collection[str], *, check: Callable[[], None] = lambda: None) -> bool:
        """Whether the host of a URL lets us ask for it. Raises Refused, of the URL itself; Unreachable: then nobody knows."""
        address = addresses.check(url, hosts).url
        parts = urlsplit(address)
        return self._rules(f"{parts.scheme}://{parts.netloc}", hosts, check).can_fetch(address, USER_AGENT_TOKEN)

    def _rules(self, site: str, hosts: Collection[str], check: Callable[[], None]) -> Protego:
        with self._lock:
            read_s, rules = self._read.get(site, (0.0, None))
        if rules is not None and 0 <= self._now() - read_s < DAY_S:
            return rules
        rules = Protego.parse(self._text(f"{site}/robots.txt", hosts, check))
        with self._lock:
            self._read[site] = self._now(), rules
            self._read.move_to_end(site)
            if len(self._read) > _MOST_SITES:
                self._read.popitem(last=False)
        return rules

    def _text(self, url: str, hosts: Collection[str], check: Callable[[], None]) -> str:
        """What a robots.txt says; "" if there is none. Raises Unreachable."""
        try:
            answer = self._network.get(url, hosts, most_bytes=MOST_BYTES, cut=True, check=check)
        except Refused:  # it leads to another host, or nowhere: this one has none
            return ""
        if answer.status == _TOO_OFTEN or answer.status >= 500:
            problem = AskedTooOften() if answer.status == _TOO_OFTEN else HostFailed()
            raise Unreachable(url=url, problem=problem, retry_after_s=answer.retry_after_s(self._now()))
        return answer.body.decode("utf-8-sig", "replace") if 200 <= answer.status < 300 else ""


def forbids(lines: Iterable[str]) -> bool:
    """Whether one of the X-Robots-Tag lines of an answer asks programs not to take an image.

    What follows a program's name is for that program alone. A directive that takes a value is no program's name.

    >>> forbids(["noarchive, NoAI"]), forbids(["googlebot: noindex"]), forbids(["unavailable_after: 25 Jun 2030, noai"])
    (True, False, True)
    """
    return any(not _NO.isdisjoint(_directives(line)) for line in lines)


def _directives(line: str) -> Iterator[str]:
    """What a line asks of us."""
    ours = True
    for part in line.lower().split(","):
        name, colon, rest = (piece.strip() for piece in part.partition(":"))
        if colon and name not in _WITH_VALUE | _NO and _PROGRAM.fullmatch(name):
            ours = name.partition("/")[0] in ("*", USER_AGENT_TOKEN)
            yield from [rest] * ours
        elif ours:
            yield name
