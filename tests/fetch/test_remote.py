"""How one host is treated that asks for patience, and what becomes of the others meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import drawn
import elsewhere
import hosts
import pytest
from hosts import Asked, Played, Reply

from imagestolive.fetch.ahead import Origin
from imagestolive.fetch.kept import PAUSE_MOST_S, Kept
from imagestolive.fetch.problems import NothingReachable, NotReachable
from imagestolive.fetch.remote import ATTEMPTS, GIVE_UP_AFTER, PAUSE_S, Remote
from imagestolive.records import ImageRecord

ORIGIN = Origin(hosts=("photos.example",))
BUSY, OTHER = "h0.photos.example", "h1.photos.example"


class Desk:
    """Who asks for images, with a clock of its own: nobody waits in earnest."""

    def __init__(self, folder: Path, played: Played) -> None:
        self.played = played
        self.now_s = 1_000_000.0
        self.waited_s = 0.0
        self.kept = Kept(folder / "kept", most_bytes=2**26, most_days=7, now=lambda: self.now_s)
        self.network = elsewhere.network(played)
        self.begin()

    def begin(self) -> None:
        """Another piece of work."""
        self.remote = Remote(self.network, self.kept, now=lambda: self.now_s, sleep=self._sleep, chance=lambda: 0.0)

    def _sleep(self, seconds: float) -> None:
        self.waited_s += seconds
        self.now_s += seconds

    def fetch(self, n: int) -> bytes | str:
        """The bytes of an image, or what the problem is."""
        try:
            return self.remote.fetch(ImageRecord(dataset="d", image_id=str(n), locator=elsewhere.url(n, 2)), ORIGIN).data
        except NotReachable as error:
            return str(error.facts["problem"])

    def asked(self, host: str) -> list[str]:
        return [path for path in self.played.asked(host) if path != "/robots.txt"]


@contextmanager
def desk(folder: Path, routes: Mapping[str, hosts.Route]) -> Iterator[Desk]:
    with hosts.played(routes) as played:
        opened = Desk(folder, played)
        try:
            yield opened
        finally:
            opened.remote.stop()
            opened.network.close()
            opened.kept.close()


def busy(status: int = 429, said: str | None = None) -> dict[str, hosts.Route]:
    """Sixty images, of which every second one lives on a host that says: not now."""
    reply = Reply(status=status, headers=() if said is None else (("Retry-After", said),))
    return elsewhere.routes(60, spread=2, other=dict.fromkeys(range(0, 60, 2), reply))


@pytest.mark.parametrize(
    ("status", "said", "pause_s"),
    [
        (429, "3600", 3600),
        (503, "3600", 3600),
        (429, "Mon, 12 Jan 1970 14:46:40 GMT", 3600),
        (429, "soon", PAUSE_S),
        (429, None, PAUSE_S),
        (429, "999999999", PAUSE_MOST_S),
    ],
)
def test_a_host_is_left_alone_for_as_long_as_it_says_while_the_others_go_on(
    tmp_path: Path, status: int, said: str | None, pause_s: float
) -> None:
    with desk(tmp_path, busy(status, said)) as here:
        began_s = here.now_s
        here.fetch(0)
        assert here.waited_s == 0
        assert here.kept.paused(BUSY) == began_s + pause_s
        assert here.fetch(2) == "its host is left alone for a while"
        assert here.fetch(1) == drawn.jpeg(1)
        here.now_s = began_s + pause_s - 1
        here.begin()
        here.fetch(4)
        assert here.asked(BUSY) == ["/0.jpg"]
        here.now_s = began_s + pause_s
        here.begin()
        here.fetch(4)
        assert here.asked(BUSY)[:2] == ["/0.jpg", "/4.jpg"]
    assert here.asked(OTHER) == ["/1.jpg"]


def test_a_host_that_asks_for_a_moment_gets_it_and_is_asked_again(tmp_path: Path) -> None:
    replies = iter([Reply(status=429, headers=(("Retry-After", "2"),)), Reply(body=drawn.jpeg(0))])

    def answer(_: Asked) -> Reply:
        return next(replies)

    with desk(tmp_path, {elsewhere.url(0, 2): answer}) as here:
        assert here.fetch(0) == drawn.jpeg(0)
        assert here.waited_s == pytest.approx(2, abs=0.2)
        assert here.kept.paused(BUSY) is None


def test_a_host_that_names_a_moment_that_is_over_is_given_a_moment_nevertheless(tmp_path: Path) -> None:
    with desk(tmp_path, busy(503, "0")) as here:
        here.fetch(0)
        assert here.asked(BUSY) == ["/0.jpg"] * ATTEMPTS
        assert here.waited_s == pytest.approx(0.5 + 1, abs=0.2)


def test_a_host_that_asks_for_a_moment_again_and_again_is_left_alone(tmp_path: Path) -> None:
    with desk(tmp_path, busy(429, "1")) as here:
        assert here.fetch(0) == "its host asks to be left alone for a while"
        assert here.asked(BUSY) == ["/0.jpg"] * ATTEMPTS
        assert here.kept.paused(BUSY) == here.now_s + PAUSE_S
        assert here.fetch(2) == "its host is left alone for a while"


def test_a_host_whose_robots_txt_asks_for_patience_is_asked_for_nothing_else(tmp_path: Path) -> None:
    with desk(tmp_path, {f"https://{BUSY}/robots.txt": Reply(status=429)} | elsewhere.routes(2, spread=2)) as here:
        assert here.fetch(0) == "its host asks to be left alone for a while"
        assert here.played.asked(BUSY) == ["/robots.txt"]
        assert here.kept.paused(BUSY) == here.now_s + PAUSE_S
        assert here.fetch(1) == drawn.jpeg(1)


def test_where_the_only_host_is_left_alone_the_work_ends_and_says_why(tmp_path: Path) -> None:
    routes = dict.fromkeys((elsewhere.url(n, 1) for n in range(GIVE_UP_AFTER + 1)), Reply(status=429))
    with desk(tmp_path, routes) as here:
        for n in range(GIVE_UP_AFTER):
            here.fetch(2 * n)
        with pytest.raises(NothingReachable, match=r"no more were tried: its host asks to be left alone for a while\. Try again later"):
            here.fetch(2 * GIVE_UP_AFTER)
        assert here.asked(BUSY) == ["/0.jpg"]
