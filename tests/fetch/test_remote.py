"""How one host is treated that asks for patience or is led to by others, and what becomes of the others meanwhile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

import drawn
import elsewhere
import hosts
import pytest
from hosts import Asked, Played, Reply

from imagestolive.fetch.ahead import Origin
from imagestolive.fetch.kept import PAUSE_MOST_S, Kept
from imagestolive.fetch.network import MOST_HOPS
from imagestolive.fetch.problems import AddressRefused, AskedNotTo, NothingReachable, NotReachable
from imagestolive.fetch.remote import ATTEMPTS, GIVE_UP_AFTER, ONWARD_S, PAUSE_S, Remote
from imagestolive.records import ImageRecord

ORIGIN = Origin(hosts=("photos.example",))
BUSY, OTHER = "h0.photos.example", "h1.photos.example"

BEGAN_S = float(int(time.time()))  # near that of the disk: what the cache's clock takes for hours old it sweeps away while it is written
IN_AN_HOUR = "a date in an hour"


class Desk:
    """Who asks for images, with a clock of its own: nobody waits in earnest."""

    def __init__(self, folder: Path, played: Played) -> None:
        self.played = played
        self.now_s = BEGAN_S
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

    def fetch(self, n: int, spread: int = 2) -> bytes | str:
        """The bytes of an image, or what the problem is."""
        try:
            return self.take(n, spread)
        except NotReachable as error:
            return str(error.facts["problem"])

    def take(self, n: int, spread: int = 2) -> bytes:
        """The bytes of an image, or what is raised instead."""
        return self.remote.fetch(ImageRecord(dataset="d", image_id=str(n), locator=elsewhere.url(n, spread)), ORIGIN).data

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
        (429, IN_AN_HOUR, 3600),
        (429, "soon", PAUSE_S),
        (429, None, PAUSE_S),
        (429, "999999999", PAUSE_MOST_S),
    ],
)
def test_a_host_is_left_alone_for_as_long_as_it_says_while_the_others_go_on(
    tmp_path: Path, status: int, said: str | None, pause_s: float
) -> None:
    said = formatdate(BEGAN_S + 3600, usegmt=True) if said == IN_AN_HOUR else said
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


# ---- hosts that lead to another one --------------------------------------------------------------------------------------

STORE = "store.photos.example"
LATE_S = 60  # of a test, with a machine that is busy


def stored(n: int, scheme: str = "https") -> str:
    return f"{scheme}://{STORE}/{n}.jpg"


def leading(count: int, spread: int, there: hosts.Route | None = None) -> dict[str, hosts.Route]:
    """Images that lie at one host, to which each of their own leads."""
    return {elsewhere.url(n, spread): hosts.redirect(stored(n)) for n in range(count)} | {
        stored(n): there or Reply(body=drawn.jpeg(n)) for n in range(count)
    }


def in_time() -> Callable[[], None]:
    """Raises once it takes too long."""
    ends_s = time.monotonic() + LATE_S

    def check() -> None:
        assert time.monotonic() < ends_s

    return check


def until(true: Callable[[], bool]) -> None:
    check = in_time()
    while not true():
        check()
        time.sleep(0.005)


def test_a_host_that_many_lead_to_is_asked_for_one_thing_at_a_time(tmp_path: Path) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def slow(asked: Asked) -> Reply:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)

        def body() -> Iterator[bytes]:
            nonlocal now
            time.sleep(0.02)
            with lock:
                now -= 1
            yield b"" if asked.path == "/robots.txt" else drawn.jpeg(int(asked.path[1:-4]))

        return Reply(body=body())

    routes = leading(24, 8, slow) | {f"https://{STORE}/robots.txt": slow}
    with ThreadPoolExecutor(24) as pool, desk(tmp_path, routes) as here:
        found = list(pool.map(lambda n: here.fetch(n, 8), range(24), timeout=LATE_S))
    assert found == [drawn.jpeg(n) for n in range(24)]
    assert most == 1
    assert here.played.asked(STORE).count("/robots.txt") == 1


def test_a_host_that_another_leads_to_is_not_asked_for_what_its_robots_txt_keeps(tmp_path: Path) -> None:
    says_no = {f"https://{STORE}/robots.txt": Reply(body=b"User-agent: *\nDisallow: /0.jpg")}
    with desk(tmp_path, leading(2, 2) | says_no) as here:
        for _ in range(2):  # the second time out of what is kept
            with pytest.raises(AskedNotTo, match=STORE):
                here.take(0)
        assert here.fetch(1) == drawn.jpeg(1)
    assert here.played.asked(STORE) == ["/robots.txt", "/1.jpg"]
    assert here.asked(BUSY) == ["/0.jpg"]


def test_a_host_that_others_lead_to_is_left_alone_for_as_long_as_it_says(tmp_path: Path) -> None:
    with desk(tmp_path, leading(4, 2, Reply(status=429, headers=(("Retry-After", "3600"),)))) as here:
        assert here.fetch(0) == "its host asks to be left alone for a while"
        assert here.fetch(1) == "its host is left alone for a while"
        assert here.kept.paused(STORE) == here.now_s + 3600
        assert (here.kept.paused(BUSY), here.kept.paused(OTHER)) == (None, None)
        here.now_s += 3600
        here.begin()
        here.fetch(3)
    assert here.asked(STORE) == ["/0.jpg", "/3.jpg"]


def test_a_host_that_another_leads_to_is_asked_again_without_asking_the_first_one(tmp_path: Path) -> None:
    replies = iter([Reply(status=503), Reply(body=drawn.jpeg(0))])
    with desk(tmp_path, leading(1, 2, lambda _: next(replies))) as here:
        assert here.fetch(0) == drawn.jpeg(0)
    assert (here.asked(BUSY), here.asked(STORE)) == (["/0.jpg"], ["/0.jpg"] * 2)


def to_and_fro(hops: int) -> dict[str, hosts.Route]:
    """Image 0, which lies so many redirects away, each of them to the other host."""
    away = {elsewhere.url(n, 2): hosts.redirect(elsewhere.url(n + 1, 2)) for n in range(hops)}
    return away | {elsewhere.url(hops, 2): Reply(body=drawn.jpeg(0))}


def test_an_image_is_followed_to_and_fro_as_far_as_on_one_host(tmp_path: Path) -> None:
    with desk(tmp_path, to_and_fro(MOST_HOPS)) as here:
        assert here.fetch(0) == drawn.jpeg(0)


@pytest.mark.parametrize(
    "routes",
    [to_and_fro(MOST_HOPS + 1), {elsewhere.url(n, 2): hosts.redirect(elsewhere.url(1 - n, 2)) for n in range(2)}],
    ids=["one more", "a circle"],
)
def test_two_hosts_that_lead_to_each_other_are_left(tmp_path: Path, routes: dict[str, hosts.Route]) -> None:
    with desk(tmp_path, routes) as here, pytest.raises(AddressRefused, match="it leads on and on, from address to address"):
        here.take(0)
    assert len(here.asked(BUSY) + here.asked(OTHER)) == MOST_HOPS + 1


def test_hosts_that_lead_to_each_other_do_not_wait_for_each_other(tmp_path: Path) -> None:
    def lies_at(n: int) -> str:
        return elsewhere.url(n + 1, 4).replace(".jpg", "-there.jpg")

    routes = {elsewhere.url(n, 4): hosts.redirect(lies_at(n)) for n in range(40)}
    with ThreadPoolExecutor(40) as pool, desk(tmp_path, routes | {lies_at(n): Reply(body=drawn.jpeg(n)) for n in range(40)}) as here:
        found = list(pool.map(lambda n: here.fetch(n, 4), range(40), timeout=LATE_S))
    assert found == [drawn.jpeg(n) for n in range(40)]


def test_a_name_in_a_private_network_is_not_asked_where_a_host_leads_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: look_up("10.0.0.1" if host == STORE else host, *more, **named))
    routes = {elsewhere.url(0, 2): hosts.redirect(stored(0))}
    with desk(tmp_path, routes) as here, pytest.raises(AddressRefused, match="private network"):
        here.take(0)
    assert here.asked(BUSY) == ["/0.jpg"]


@pytest.mark.parametrize("there", [stored(0, "http"), "https://other.example/0.jpg"])
def test_a_host_may_not_lead_to_where_its_image_could_not_have_been(tmp_path: Path, there: str) -> None:
    routes = {elsewhere.url(0, 2): hosts.redirect(there), there: Reply(body=drawn.jpeg(0))}
    with desk(tmp_path, routes) as here, pytest.raises(AddressRefused):
        here.take(0)
    assert {asked.host for asked in here.played.log} == {BUSY}


def test_who_waits_for_a_turn_elsewhere_holds_up_nobody_and_not_for_ever(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool, desk(tmp_path, leading(1, 2)) as here, here.kept.host(STORE):
        waiting = pool.submit(here.fetch, 0)
        until(lambda: here.asked(BUSY) == ["/0.jpg"])
        with here.kept.host(BUSY, in_time()):
            here.now_s += ONWARD_S + 1
            assert waiting.result(LATE_S) == "no whole answer came in time"
    assert here.played.asked(STORE) == []


def test_an_image_that_two_are_led_to_is_fetched_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool, desk(tmp_path, leading(1, 2)) as here:
        with here.kept.host(STORE):
            first = pool.submit(here.fetch, 0)
            until(lambda: len(here.asked(BUSY)) == 1)
            here.begin()
            second = pool.submit(here.fetch, 0)
            until(lambda: len(here.asked(BUSY)) == 2)
        assert first.result(LATE_S) == second.result(LATE_S) == drawn.jpeg(0)
    assert here.asked(STORE) == ["/0.jpg"]
