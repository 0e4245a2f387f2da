from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import hosts
import pytest
from hosts import Played, Reply
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.fetch.network import AskedTooOften, HostFailed, Network, Refused, Unreachable
from imagestolive.fetch.robots import DAY_S, MOST_BYTES, Robots, forbids

HERE = ["good.example"]
TXT = "https://good.example/robots.txt"
PAGE = "https://good.example/private/a.jpg"


class Clock:
    now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@contextmanager
def reading(routes: Mapping[str, hosts.Route], now: Clock | None = None) -> Iterator[tuple[Robots, Played]]:
    with (
        hosts.played(routes) as played,
        Network(contact=None, played=played.ports, verify=str(played.ca), timeout_s=60, deadline_s=60) as net,
    ):
        yield Robots(net, now=now or Clock()), played


def may(text: str | bytes, url: str = PAGE) -> bool:
    with reading({TXT: Reply(body=text if isinstance(text, bytes) else text.encode())}) as (robots, _):
        return robots.may(url, HERE)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /private/", False),
        ("User-agent: *\nDisallow: /other/", True),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /\nAllow: /private/a", True),
        ("User-agent: ImagesToLive\nDisallow: /", False),
        ("User-agent: imagestolive\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: GPTBot\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*.jpg$", False),
        ("\ufeffUser-agent: *\r\nDisallow: /", False),
        (b"User-agent: *\nDisallow: /private/ # \xff\xfe", False),
        ("<html>Sorry!</html>", True),
        ("User-agent: *\nDisallow: /" + "*a" * 20_000, True),
    ],
)
def test_what_a_robots_txt_asks_is_done(text: str | bytes, allowed: bool) -> None:
    assert may(text) is allowed


def test_a_long_robots_txt_is_read_as_far_as_the_limit() -> None:
    rules = b"User-agent: *\nDisallow: /private/\n"
    assert not may(rules + b"#" * MOST_BYTES)
    assert may(b"#" * MOST_BYTES + b"\n" + rules)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_host_without_robots_txt_may_be_asked(status: int) -> None:
    with reading({TXT: Reply(status=status, body=b"User-agent: *\nDisallow: /")}) as (robots, _):
        assert robots.may(PAGE, HERE)


@pytest.mark.parametrize(("status", "problem"), [(429, AskedTooOften), (500, HostFailed), (503, HostFailed)])
def test_a_host_that_cannot_say_is_not_asked_now(status: int, problem: type[Exception]) -> None:
    reply = Reply(status=status, headers=(("Retry-After", "120"),))
    with reading({TXT: reply}) as (robots, played):
        for _ in range(2):
            with pytest.raises(Unreachable) as raised:
                robots.may(PAGE, HERE)
            assert (type(raised.value.problem), raised.value.retry_after_s, raised.value.url) == (problem, 120.0, TXT)
        assert len(played.log) == 2  # it may be able to by now


def test_a_host_that_breaks_off_is_not_asked_now() -> None:
    with reading({TXT: Reply(raw=[])}) as (robots, _), pytest.raises(Unreachable):
        robots.may(PAGE, HERE)


def test_a_redirect_within_the_listed_hosts_is_followed() -> None:
    rules = Reply(body=b"User-agent: *\nDisallow: /private/")
    with reading({TXT: hosts.redirect("https://www.good.example/r"), "https://www.good.example/r": rules}) as (robots, _):
        assert not robots.may(PAGE, HERE)


@pytest.mark.parametrize("there", ["https://other.example/robots.txt", "http://127.0.0.1/", "/robots.txt"])
def test_a_redirect_that_leads_astray_is_no_robots_txt(there: str) -> None:
    with reading({TXT: hosts.redirect(there)}) as (robots, _):
        assert robots.may(PAGE, HERE)


def test_an_address_that_is_refused_is_refused_here_too() -> None:
    with reading({}) as (robots, played):
        with pytest.raises(Refused):
            robots.may("https://other.example/", HERE)
        assert played.log == []


def test_each_site_is_asked_once_a_day() -> None:
    clock = Clock()
    other = "http://www.good.example/robots.txt"
    with reading({TXT: Reply(), other: Reply(status=404)}, clock) as (robots, played):

        def ask() -> list[str]:
            before = len(played.log)
            for url in (PAGE, "https://good.example/b", "http://www.good.example/a"):
                robots.may(url, HERE)
            return [asked.host for asked in played.log[before:]]

        assert ask() == ["good.example", "www.good.example"]
        clock.now_s += DAY_S - 1
        assert ask() == []
        clock.now_s += 1
        assert ask() == ["good.example", "www.good.example"]
        clock.now_s -= 10  # a clock that was set back says nothing of how old things are
        assert ask() == ["good.example", "www.good.example"]


def test_whoever_waits_can_stop() -> None:
    class Enough(Exception):
        pass

    def stop() -> None:
        raise Enough

    with reading({TXT: Reply()}) as (robots, _), pytest.raises(Enough):
        robots.may(PAGE, HERE, check=stop)


# ---- X-Robots-Tag --------------------------------------------------------------------------------------------------------

NO = ["noai", "noimageai", "noindex", "noimageindex", "none"]
HARMLESS = [
    "all",
    "index",
    "nofollow",
    "noarchive",
    "max-snippet: 20",
    "max-image-preview: large",
    "unavailable_after: 25 Jun 2030 15:00:00 GMT",
]


@pytest.mark.parametrize(
    "line", [*NO, "NoAI", " noai ", "noarchive,noai", "imagestolive: noai", "ImagesToLive/1.0: noai", "*: noai", "noai:"]
)
def test_a_line_that_forbids(line: str) -> None:  # B063
    assert forbids([line])
    assert forbids(["all", line])


@pytest.mark.parametrize(
    "line", ["", ",", ":", *HARMLESS, "googlebot: noindex", "googlebot: noindex, noai", "noaim", "no ai", "x noai", "none of it"]
)
def test_a_line_that_does_not_forbid(line: str) -> None:
    assert not forbids([line])


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("unavailable_after: 25 Jun 2030 15:00:00 GMT, noai", True),
        ("unavailable_after: Wednesday, 25-Jun-30 15:00:00 GMT, noai", True),
        ("max-image-preview: large, noimageindex", True),
        ("googlebot: nofollow, imagestolive: noai", True),
        ("imagestolive: nofollow, googlebot: noai", False),
        ("noai, googlebot: nofollow", True),
    ],
)
def test_several_directives_in_a_line(line: str, ours: bool) -> None:
    assert forbids([line]) is ours


def test_no_lines_forbid_nothing() -> None:
    assert not forbids([])


@given(st.lists(st.sampled_from(HARMLESS)), st.sampled_from(NO), st.randoms(use_true_random=False), st.booleans())
def test_one_word_forbids_among_any_others_in_any_order(harmless: list[str], no: str, random: Any, apart: bool) -> None:
    assert not forbids([", ".join(harmless)])
    said = [*harmless, no.upper()]
    random.shuffle(said)
    assert forbids(said if apart else [" ,".join(said)])


@given(st.from_regex(r"[a-z]{3,12}bot", fullmatch=True), st.lists(st.sampled_from(NO), min_size=1))
def test_what_another_program_is_asked_is_not_asked_of_us(program: str, said: list[str]) -> None:
    assert not forbids([f"{program}: {', '.join(said)}"])


@given(st.lists(st.text()))
def test_any_lines_are_read(lines: list[str]) -> None:
    assert forbids([*lines, "noai"])
    if not any("no" in line.lower() for line in lines):
        assert not forbids(lines)
