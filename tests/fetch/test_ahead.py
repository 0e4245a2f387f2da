from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from imagestolive.fetch import ahead
from imagestolive.fetch.ahead import Ahead, Chain, Origin
from imagestolive.fetch.kept import Found
from imagestolive.records import ImageRecord

PATIENCE_S = 60  # of a test, with a machine that is busy
ORIGIN = Origin(hosts=("example.org",))


def record(name: str) -> ImageRecord:
    """Of "a/1": image 1 at host a."""
    host, _, number = name.partition("/")
    return ImageRecord(dataset="d", image_id=name, locator=f"https://{host}.example.org/{number}.jpg")


def chain(*names: str) -> Chain:
    return iter([(record(name), ORIGIN) for name in names])


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """By which an image takes long: it stands still, whatever the machine's does, until a test moves it on (s)."""
    clock = [0.0]
    monkeypatch.setattr(ahead, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=lambda _: time.sleep(0.005)))
    return clock


class Hosts:
    """Answers for images, in the order in which they were asked for; `gone` ones are not there, `held` ones wait to be let go."""

    def __init__(self, *, gone: tuple[str, ...] = (), held: tuple[str, ...] = ()) -> None:
        self.asked: list[str] = []
        self.gone = gone
        self.held = {name: threading.Event() for name in held}
        self.ahead = Ahead(self.get, stopped=threading.Event())

    def get(self, asked: ImageRecord, _: Origin, _waits: Callable[[], bool]) -> Found:
        self.asked.append(asked.image_id)
        if event := self.held.get(asked.image_id):
            assert event.wait(PATIENCE_S)
        sha256, reason = (None, "gone") if asked.image_id in self.gone else ("0" * 64, None)
        return Found(url=asked.locator, sha256=sha256, reason=reason, problem="", when_s=0.0)  # type: ignore[arg-type]

    def ask(self, name: str, check: Callable[[], None] = lambda: None) -> Found:
        return self.ahead.ask(record(name), ORIGIN, check)

    def until_asked(self, *names: str) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not set(names) <= set(self.asked):
            assert time.monotonic() < ends, (names, self.asked)
            time.sleep(0.005)


def test_of_a_chain_no_more_is_fetched_than_its_first_image_that_is_there() -> None:
    hosts = Hosts(gone=("a/1", "b/2"))
    hosts.ahead.plan([chain("a/1", "b/2", "a/3", "a/4"), chain("b/5", "b/6")])
    hosts.until_asked("a/1", "b/2", "a/3", "b/5")
    assert hosts.ask("c/7").sha256
    assert sorted(hosts.asked) == ["a/1", "a/3", "b/2", "b/5", "c/7"]


def test_who_asks_gets_what_is_under_way_and_comes_before_what_is_only_planned() -> None:
    hosts = Hosts(held=("a/1",))
    hosts.ahead.plan([chain("a/1"), chain("a/2"), chain("a/3")])
    hosts.until_asked("a/1")
    assert hosts.ask("a/3", hosts.held["a/1"].set).sha256  # a/1 comes once a/3 is waited for
    hosts.until_asked("a/2")
    assert hosts.asked == ["a/1", "a/3", "a/2"]


def test_one_host_that_hangs_holds_up_no_other() -> None:
    hosts = Hosts(held=("a/1",))
    hosts.ahead.plan([chain("a/1"), chain("a/2"), *(chain(f"{host}/1") for host in "bcdefg")])
    assert hosts.ask("h/1").sha256
    hosts.until_asked(*(f"{host}/1" for host in "bcdefg"))
    assert "a/2" not in hosts.asked
    hosts.held["a/1"].set()
    hosts.until_asked("a/2")


def test_an_image_that_takes_long_gets_a_spare_beside_it(clock: list[float]) -> None:
    hosts = Hosts(held=("a/1",))
    hosts.ahead.plan([chain("a/1", "b/2", "b/3")])
    hosts.until_asked("a/1")
    clock[0] += ahead.SLOW_S + 1
    hosts.until_asked("b/2")
    hosts.held["a/1"].set()
    assert hosts.ask("c/1").sha256
    assert "b/3" not in hosts.asked


def test_plans_that_are_dropped_are_not_begun_but_who_asks_is_served() -> None:
    hosts = Hosts(held=("a/1",))
    hosts.ahead.plan([chain("a/1", "a/9"), chain("a/2"), chain("a/3")])
    hosts.until_asked("a/1")
    answers: list[Found] = []
    waiting = threading.Thread(target=lambda: answers.append(hosts.ask("a/2")))
    waiting.start()
    while not hosts.ahead._tasks[record("a/2").locator].asked:
        time.sleep(0.005)
    hosts.ahead.drop()
    hosts.held["a/1"].set()
    waiting.join(PATIENCE_S)
    assert answers
    assert hosts.asked == ["a/1", "a/2"]


def test_an_error_reaches_who_asked_and_the_host_goes_on() -> None:
    class Broken(Exception):
        pass

    hosts = Hosts()
    whole = hosts.get

    def get(asked: ImageRecord, origin: Origin, waits: Callable[[], bool]) -> Found:
        if asked.image_id == "a/1":
            raise Broken
        return whole(asked, origin, waits)

    hosts.ahead = Ahead(get, stopped=threading.Event())
    hosts.ahead.plan([chain("a/2")])
    with pytest.raises(Broken):
        hosts.ask("a/1")
    assert hosts.ask("a/2").sha256


def test_a_chain_that_fails_ends_and_nobody_waits_for_ever() -> None:
    def failing() -> Chain:
        yield record("a/1"), ORIGIN
        raise RuntimeError("the table is gone")

    hosts = Hosts(gone=("a/1",), held=("a/1",))
    hosts.ahead.plan([failing()])
    hosts.until_asked("a/1")
    assert hosts.ask("a/1", hosts.held["a/1"].set).reason == "gone"
    assert hosts.ask("a/2").sha256


def test_who_gives_up_waits_no_longer() -> None:
    class GaveUp(Exception):
        pass

    def give_up() -> None:
        raise GaveUp

    hosts = Hosts(held=("a/1",))
    with pytest.raises(GaveUp):
        hosts.ask("a/1", give_up)
    hosts.held["a/1"].set()


def test_a_chain_that_makes_itself_up_as_it_goes_is_asked_for_no_more_than_is_needed() -> None:
    looked_at: list[int] = []

    def endless() -> Iterator[tuple[ImageRecord, Origin]]:
        for n in range(1000):
            looked_at.append(n)
            yield record(f"a/{n}"), ORIGIN

    hosts = Hosts(gone=("a/0", "a/1"))
    hosts.ahead.plan([endless()])
    hosts.until_asked("a/2")
    assert hosts.ask("b/1").sha256
    assert looked_at == [0, 1, 2]
