from __future__ import annotations

import dataclasses
import gzip
import io
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import hosts
import pytest
from hosts import Asked, Played, Reply
from hypothesis import given
from hypothesis import strategies as st

from imagestolive import __version__
from imagestolive.fetch import network
from imagestolive.fetch.addresses import LessSafe, NoHostName, OddCharacters, OtherHost, Problem
from imagestolive.fetch.network import (
    MOST_HOPS,
    Answer,
    BadCertificate,
    CutShort,
    Network,
    NoConnection,
    NotFound,
    NotPublic,
    OddAnswer,
    Refused,
    TooBig,
    TooManyHops,
    TooSlow,
    Unreachable,
    is_public,
    problem_saying,
    user_agent,
)

HERE = ["good.example"]
URL = "http://good.example/a"
SAFE = "https://good.example/a"
KIB = 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
LONG_S = 30.0  # nothing here takes as long, however slow the machine
SOON_S = 10.0  # what drips in takes longer, and whoever leaves it does not


LOOK_UP = socket.getaddrinfo


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name is ever looked up, except where a test says what comes of it."""
    resolve(monkeypatch, lambda *_: pytest.fail("a name was looked up"))


def resolve(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], str]) -> None:
    """Has names looked up by `answer`, to one address each or to several, parted by spaces; numbers are what they are."""

    def looked_up(host: str, port: int, *given: Any, **named: Any) -> Any:
        found = host if host.replace(".", "").isdigit() or ":" in host else answer(host)
        return [info for address in found.split() for info in LOOK_UP(address, port, *given, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)


def over(played: Played, *, timeout_s: float = LONG_S, deadline_s: float = 2 * LONG_S) -> Network:
    return Network(contact="me@good.example", played=played.ports, verify=str(played.ca), timeout_s=timeout_s, deadline_s=deadline_s)


def got(reply: hosts.Route, *, url: str = URL, most_bytes: int = 64 * KIB, **options: Any) -> Answer:
    """What one route gives. Options: those of Network and of its `get`."""
    limits = {name: options.pop(name) for name in ("timeout_s", "deadline_s") if name in options}
    with hosts.played({url: reply}) as played, over(played, **limits) as net:
        return net.get(url, HERE, most_bytes=most_bytes, **options)


def problem_of(reply: hosts.Route, **options: Any) -> type[Problem]:
    with pytest.raises((Refused, Unreachable)) as raised:
        got(reply, **options)
    return type(raised.value.problem)  # type: ignore[attr-defined]


# ---- what is asked and answered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [URL, SAFE])
def test_a_body_comes_whole_with_all_its_headers(url: str) -> None:
    answer = got(Reply(headers=(("X-Robots-Tag", "noai"), ("X-Robots-Tag", "noindex")), body=b"x" * 1000), url=url)
    assert (answer.status, answer.body, answer.final_url, answer.hops) == (200, b"x" * 1000, url, (url,))
    assert answer.all("X-Robots-Tag") == ["noai", "noindex"]
    assert (answer.header("x-robots-tag"), answer.header("etag")) == ("noai", None)


@pytest.mark.parametrize("status", [204, 304, 403, 404, 410, 429, 500, 503])
def test_an_answer_without_an_image_is_an_answer(status: int) -> None:
    answer = got(Reply(status=status, headers=(("Retry-After", "3600"),)))
    assert (answer.status, answer.body, answer.header("retry-after")) == (status, b"", "3600")


def test_we_say_who_we_are_and_carry_nothing_from_one_request_to_the_next() -> None:
    cookie = Reply(status=302, headers=(("Location", "/b"), ("Set-Cookie", "a=b")))
    with hosts.played({URL: cookie, "http://good.example/b": Reply()}) as played, over(played) as net:
        for _ in range(2):
            net.get(URL, HERE, most_bytes=1, headers={"If-None-Match": '"1"'})
    for asked in played.log:
        assert asked.headers == {
            "host": "good.example",
            "user-agent": f"imagestolive/{__version__} (+me@good.example)",
            "accept": "*/*",
            "accept-encoding": "identity",
            "if-none-match": '"1"',
        } | {name: value for name, value in asked.headers.items() if name == "connection"}


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert got(Reply(body=b"a")).body == b"a"


def test_the_path_is_asked_for_as_it_was_checked() -> None:
    url = "https://good.example/a%41%2f..//b.jpg"
    with hosts.played({SAFE: Reply()}) as played, over(played) as net:
        assert net.get(url + "?x=%zz", HERE, most_bytes=1).final_url == "https://good.example/a%41%2F..//b.jpg?x=%25zz"
    assert played.asked("good.example") == ["/a%41%2F..//b.jpg?x=%25zz"]


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (None, f"imagestolive/{__version__}"),
        ("  ", f"imagestolive/{__version__}"),
        ("a@b.example\r\nX-Y: (1)", f"imagestolive/{__version__} (+a@b.exampleX-Y: 1)"),
        ("josé@b.example", f"imagestolive/{__version__} (+jos@b.example)"),
    ],
)
def test_a_contact_cannot_break_the_header_it_stands_in(contact: str | None, said: str) -> None:
    assert user_agent(contact) == said


@pytest.mark.parametrize("url", [URL, SAFE])
def test_a_connection_is_used_again_once_an_answer_was_read(url: str) -> None:
    with hosts.played({url: Reply(body=b"a" * 100_000)}) as played, over(played) as net:
        for _ in range(3):
            net.get(url, HERE, most_bytes=100_000)
    assert len(played.log) == 3
    assert len({asked.connection for asked in played.log}) == 1


def test_every_thread_gets_its_own_answer() -> None:
    def name(asked: Asked) -> Reply:
        return Reply(body=asked.path.encode())

    routes = {f"https://h{host}.good.example/{n}": name for host in range(4) for n in range(8)}
    with hosts.played(routes) as played, over(played) as net, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda url: net.get(url, HERE, most_bytes=KIB), routes))
    assert [answer.body.decode() for answer in answers] == [f"/{n}" for _ in range(4) for n in range(8)]


# ---- redirects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_told(status: int) -> None:
    routes = {SAFE: hosts.redirect("/b?c", status), "https://good.example/b": Reply(body=b"b")}
    with hosts.played(routes) as played, over(played) as net:
        answer = net.get(SAFE, HERE, most_bytes=KIB)
    assert (answer.body, answer.hops) == (b"b", (SAFE, "https://good.example/b?c"))
    assert answer.final_url == "https://good.example/b?c"


def chain(length: int) -> dict[str, hosts.Route]:
    links: dict[str, hosts.Route] = {f"http://good.example/{n}": hosts.redirect(f"/{n + 1}") for n in range(length)}
    return links | {f"http://good.example/{length}": Reply(body=b"end")}


def test_a_chain_of_five_is_followed_to_its_end() -> None:
    with hosts.played(chain(MOST_HOPS)) as played, over(played) as net:
        assert net.get("http://good.example/0", HERE, most_bytes=KIB).body == b"end"


@pytest.mark.parametrize("routes", [chain(30), {"http://good.example/0": hosts.redirect("/0")}], ids=["B050 of 30", "B050 to itself"])
def test_a_longer_chain_is_left_after_five(routes: dict[str, hosts.Route]) -> None:
    with hosts.played(routes) as played, over(played) as net, pytest.raises(Refused) as refused:
        net.get("http://good.example/0", HERE, most_bytes=KIB)
    assert type(refused.value.problem) is TooManyHops
    assert len(played.log) == len(refused.value.hops) == MOST_HOPS + 1


@pytest.mark.parametrize(
    ("there", "problem"),
    [
        ("http://127.0.0.1/", NoHostName),  # B049
        ("http://[::1]/", NoHostName),
        ("http://good.example/", LessSafe),  # B051
        ("https://s.yimg.com/pw/images/en-us/photo_unavailable_l.png", OtherHost),  # B059: remote.py knows its path
        ("https://good.example/\xfc", OddCharacters),
        ("/b%0d%0aX-Y:1", OddCharacters),
    ],
)
def test_a_redirect_that_leads_astray_is_refused_at_the_hop(there: str, problem: type[Problem]) -> None:
    with hosts.played({SAFE: hosts.redirect(there)}) as played, over(played) as net, pytest.raises(Refused) as refused:
        net.get(SAFE, HERE, most_bytes=KIB)
    assert type(refused.value.problem) is problem
    assert (refused.value.url.partition("?")[0], refused.value.hops) == (
        there if "//" in there else f"https://good.example{there}",
        (SAFE,),
    )
    assert len(played.log) == 1


def test_who_stays_is_told_where_it_goes_on_and_goes_on_with_what_is_left_of_the_chain() -> None:
    there = "https://www.good.example/a"
    routes = {SAFE: hosts.redirect("/b"), "https://good.example/b": hosts.redirect(there), there: hosts.redirect("/a")}
    with hosts.played(routes) as played, over(played) as net:
        url, hops, asked = SAFE, tuple[str, ...](), []

        def go_on() -> None:
            nonlocal url, hops
            answer = net.get(url, HERE, most_bytes=KIB, stay=True, hops=hops)
            assert answer.onward
            asked.append(url)
            url, hops = answer.onward.url, answer.hops

        for n in range(MOST_HOPS):
            go_on()
            assert len(played.log) == n + 1
        with pytest.raises(Refused) as refused:
            go_on()
    assert asked[:3] == [SAFE, "https://good.example/b", there]
    assert (type(refused.value.problem), len(refused.value.hops), len(played.log)) == (TooManyHops, MOST_HOPS + 1, MOST_HOPS + 1)


def test_who_does_not_stay_is_led_to_another_host() -> None:
    there = "https://www.good.example/"
    with hosts.played({SAFE: hosts.redirect(there), there: Reply(body=b"a")}) as played, over(played) as net:
        answer = net.get(SAFE, HERE, most_bytes=KIB)
    assert (answer.body, answer.onward) == (b"a", None)


def test_a_redirect_that_names_nothing_is_an_answer() -> None:
    assert got(Reply(status=302)).status == 302


def test_an_odd_first_address_is_refused_before_anything_is_asked() -> None:
    with Network(contact=None) as net, pytest.raises(Refused):
        net.get("http://127.0.0.1/", ["*"], most_bytes=1)


# ---- where names lead ----------------------------------------------------------------------------------------------------

PRIVATE = [
    *("127.0.0.1", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "192.0.0.1", "198.18.0.1"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "::7f00:1", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "fc00::1", "fe80::1", "fec0::1", "ff02::1", "100::1", "2001:db8::1"),
    *("192.88.99.1", "5f00::1", "3fff::1", "2001:20::1", "4000::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_into_a_private_network_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolve(monkeypatch, lambda _: address)
    with Network(contact=None) as net, pytest.raises(Refused) as refused:
        net.get(SAFE, HERE, most_bytes=1)
    assert type(refused.value.problem) is NotPublic


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111"])
def test_the_address_that_was_checked_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """B052: a second look-up would lead into a private network."""
    addresses = iter([address, "127.0.0.1"])
    connected = []

    def connect(there: tuple[str, int], *_: object, **__: object) -> None:
        connected.append(there)
        raise ConnectionRefusedError

    resolve(monkeypatch, lambda _: next(addresses))
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with Network(contact=None) as net, pytest.raises(Unreachable) as raised:
        net.get(SAFE, HERE, most_bytes=1)
    assert type(raised.value.problem) is NoConnection
    assert connected == [(address, 443)]


FIRST, SECOND, THIRD, SIX = "93.184.216.34", "93.184.216.35", "93.184.216.36", "2606:4700::1111"


def connecting(monkeypatch: pytest.MonkeyPatch, played: Played, *, only: str) -> list[tuple[str, float]]:
    """Has one address alone lead to the host that is played; gives those that are tried, each with the time it is given (s)."""
    tried: list[tuple[str, float]] = []

    def connect(there: tuple[str, int], timeout_s: float, **_: object) -> socket.socket:
        tried.append((there[0], timeout_s))
        if there[0] != only:
            raise TimeoutError
        return socket.create_connection(("127.0.0.1", played.ports["good.example"]))

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    return tried


@pytest.mark.parametrize("url", [URL, SAFE])
def test_all_addresses_of_a_host_are_tried_in_turns_of_both_kinds_within_the_same_time(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    resolve(monkeypatch, lambda _: f"{FIRST} {SECOND} {SIX} {FIRST}")
    with hosts.played({url: Reply(body=b"a")}) as played, Network(contact=None, verify=str(played.ca), timeout_s=8) as net:
        tried = connecting(monkeypatch, played, only=SECOND)
        assert net.get(url, HERE, most_bytes=KIB).body == b"a"
        assert played.log[0].headers["host"] == "good.example"
    assert [address for address, _ in tried] == [FIRST, SIX, SECOND]
    shares_s = [timeout_s for _, timeout_s in tried]
    assert all(share_s <= most_s for share_s, most_s in zip(shares_s, [4, 4, 8], strict=True))


def test_the_address_that_answered_is_tried_first_the_next_time_while_it_is_one_of_the_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([f"{FIRST} {SECOND}", f"{FIRST} {SECOND}", f"{FIRST} {THIRD}"])
    resolve(monkeypatch, lambda _: next(answers))
    with hosts.played({URL: Reply(raw=[HEAD, b"Connection: close\r\n\r\n"])}) as played, Network(contact=None) as net:
        tried = connecting(monkeypatch, played, only=SECOND)
        for _ in range(2):
            net.get(URL, HERE, most_bytes=KIB)
        with pytest.raises(Unreachable) as raised:
            net.get(URL, HERE, most_bytes=KIB)
    assert type(raised.value.problem) is TooSlow
    assert [address for address, _ in tried] == [FIRST, SECOND, SECOND, FIRST, THIRD]


def test_no_more_than_a_few_addresses_of_a_host_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, lambda _: " ".join(f"93.184.216.{n}" for n in range(1, 200)))
    with hosts.played({URL: Reply()}) as played, Network(contact=None) as net:
        tried = connecting(monkeypatch, played, only="none")
        with pytest.raises(Unreachable):
            net.get(URL, HERE, most_bytes=KIB)
    assert len(tried) == network.MOST_ADDRESSES


def test_a_host_that_was_reached_and_fails_is_not_asked_at_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, lambda _: f"{FIRST} {SECOND}")
    with hosts.played({URL: Reply(raw=[])}) as played, Network(contact=None) as net:
        tried = connecting(monkeypatch, played, only=FIRST)
        with pytest.raises(Unreachable):
            net.get(URL, HERE, most_bytes=KIB)
    assert [address for address, _ in tried] == [FIRST]


@pytest.mark.parametrize("addresses", [f"{FIRST} 10.0.0.1", f"10.0.0.1 {FIRST}", f"{SIX} ::1", f"{FIRST} {SIX} 64:ff9b::7f00:1"])
def test_a_name_of_which_one_address_is_private_is_refused(monkeypatch: pytest.MonkeyPatch, addresses: str) -> None:
    resolve(monkeypatch, lambda _: addresses)
    monkeypatch.setattr("urllib3.util.connection.create_connection", lambda *_, **__: pytest.fail("it was asked"))
    with Network(contact=None) as net, pytest.raises(Refused) as refused:
        net.get(SAFE, HERE, most_bytes=1)
    assert type(refused.value.problem) is NotPublic


def test_a_name_is_checked_anew_at_each_hop(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, lambda _: "10.0.0.1")
    with hosts.played({URL: hosts.redirect("http://b.good.example/")}) as played, over(played) as net, pytest.raises(Refused) as refused:
        net.get(URL, HERE, most_bytes=1)
    assert (type(refused.value.problem), refused.value.url) == (NotPublic, "http://b.good.example/")
    assert refused.value.hops == (URL,)


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_name_that_nobody_knows_is_not_reachable(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def unknown(_: str) -> str:
        raise error

    resolve(monkeypatch, unknown)
    with Network(contact=None) as net, pytest.raises(Unreachable) as raised:
        net.get(SAFE, HERE, most_bytes=1)
    assert type(raised.value.problem) is NotFound


def test_a_slow_resolver_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def slow(_: str) -> str:
        done.wait(LONG_S)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    resolve(monkeypatch, slow)
    began_s = time.monotonic()
    with Network(contact=None, deadline_s=0.1) as net, pytest.raises(Unreachable) as raised:
        net.get(SAFE, HERE, most_bytes=1)
    assert type(raised.value.problem) is TooSlow
    assert time.monotonic() - began_s < LONG_S
    done.set()
    wait_until(lambda: not requests_running())


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_public_is_never_private(ip: Any) -> None:
    assert not (is_public(str(ip)) and (ip.is_private or ip.is_multicast or ip.is_loopback or ip.is_link_local or ip.is_unspecified))


# ---- hosts that are slow, endless or broken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(lambda _: Reply(raw=hosts.dripping(HEAD * 99, 0.02)), id="B055 headers"),
        pytest.param(lambda _: Reply(raw=itertools.chain([HEAD, b"\r\n"], hosts.dripping(b"x" * 999, 0.02))), id="body"),
        pytest.param(
            lambda _: Reply(raw=itertools.chain([HEAD, b"Transfer-Encoding: chunked\r\n\r\n"], hosts.dripping(b"0" * 999, 0.02))),
            id="length of a chunk",
        ),
        pytest.param(
            lambda _: Reply(
                raw=itertools.chain([HEAD, b"Transfer-Encoding: chunked\r\n\r\n0\r\n"], hosts.dripping(b"a: b\r\n" * 99, 0.02))
            ),
            id="trailers",
        ),
        pytest.param(lambda _: Reply(raw=hosts.dripping(b"HTTP/1.1 100 Continue\r\n\r\n" * 99, 0.02)), id="continue, and no answer"),
        pytest.param(Reply(wait_s=LONG_S), id="silence"),
    ],
)
@pytest.mark.parametrize("url", [URL, SAFE])
def test_an_answer_that_drips_in_is_left_at_the_deadline(route: hosts.Route, url: str) -> None:
    with hosts.played({url: route}) as played, over(played, deadline_s=0.3) as net:
        began_s = time.monotonic()
        with pytest.raises(Unreachable) as raised:
            net.get(url, HERE, most_bytes=64 * KIB)
        assert time.monotonic() - began_s < SOON_S
        assert type(raised.value.problem) is TooSlow
        wait_until(lambda: not requests_running())


def requests_running() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "imagestolive-request"]


def wait_until(it_is_so: Callable[[], bool]) -> None:
    ends_s = time.monotonic() + LONG_S
    while not it_is_so():
        assert time.monotonic() < ends_s
        time.sleep(0.01)


def test_the_deadline_is_for_all_hops_together() -> None:
    loop = {f"http://good.example/{n}": Reply(status=302, headers=(("Location", f"/{n + 1}"),), wait_s=0.15) for n in range(6)}
    with hosts.played(loop) as played, over(played) as net, pytest.raises(Unreachable) as raised:
        net.get("http://good.example/0", HERE, most_bytes=KIB, deadline_s=0.4)
    assert type(raised.value.problem) is TooSlow


def test_silence_is_left_before_the_deadline() -> None:
    assert problem_of(Reply(wait_s=LONG_S), timeout_s=0.1) is TooSlow


class Enough(Exception):
    pass


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(Reply(wait_s=LONG_S), id="before an answer"),
        pytest.param(lambda _: Reply(body=hosts.dripping(b"x" * 999, 0.02)), id="in its body"),
    ],
)
def test_whoever_waits_can_stop_at_any_time(route: hosts.Route) -> None:
    began_s = time.monotonic()

    def check() -> None:
        if time.monotonic() - began_s > 0.15:
            raise Enough

    with hosts.played({SAFE: route}) as played, over(played) as net, pytest.raises(Enough):
        net.get(SAFE, HERE, most_bytes=KIB, check=check)
    assert time.monotonic() - began_s < SOON_S
    wait_until(lambda: not requests_running())


def test_a_body_without_end_is_left_at_the_limit() -> None:
    sent = itertools.count()

    def endless() -> Iterator[bytes]:
        while next(sent) < 10_000:
            yield b"x" * 64 * KIB

    with pytest.raises(TooBig) as raised:
        got(Reply(body=endless()))  # B056
    assert "65536 bytes" in str(raised.value)
    assert next(sent) < 9_000


def test_of_more_than_was_promised_only_the_promised_is_read() -> None:
    reply = Reply(headers=(("Content-Length", "10"),), body=b"x" * 1000)
    with hosts.played({URL: reply, "http://good.example/b": Reply(body=b"b")}) as played, over(played) as net:
        assert net.get(URL, HERE, most_bytes=KIB).body == b"x" * 10  # B056
        assert net.get("http://good.example/b", HERE, most_bytes=KIB).body == b"b"


def test_a_body_that_promises_too_much_is_not_read() -> None:
    def unread() -> Iterator[bytes]:
        time.sleep(LONG_S)
        yield b"x"

    with pytest.raises(TooBig):
        got(Reply(headers=(("Content-Length", str(10**30)),), body=unread()))


@pytest.mark.parametrize("size", [0, 1, 64 * KIB])
def test_a_body_up_to_the_limit_is_read(size: int) -> None:
    assert len(got(Reply(body=b"x" * size)).body) == size
    with pytest.raises(TooBig):
        got(Reply(body=b"x" * size), most_bytes=size - 1)


def test_a_beginning_is_enough_where_only_that_is_asked_for() -> None:
    assert got(Reply(body=b"x" * 64 * KIB), most_bytes=10, cut=True).body == b"x" * 10


ZIPPED = (("Content-Encoding", "gzip"),)


def test_what_is_packed_unasked_is_unpacked() -> None:
    two = gzip.compress(b"a" * 200_000) + gzip.compress(b"b")
    assert got(Reply(headers=ZIPPED, body=two), most_bytes=200_001).body == b"a" * 200_000 + b"b"


def test_a_bomb_is_left_when_it_has_grown_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b"\0" * 32 * KIB * KIB)  # B057, of 32 MiB in 32 KiB
    unpacked = []
    unzipped = network._unzipped
    monkeypatch.setattr(network, "_unzipped", lambda *given: (unpacked.append(len(part)) or part for part in unzipped(*given)))
    with pytest.raises(TooBig):
        got(Reply(headers=ZIPPED, body=bomb))
    assert sum(unpacked) <= 64 * KIB + 64 * KIB


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        pytest.param(Reply(headers=ZIPPED, body=gzip.compress(b"a" * 999)[:-9]), CutShort, id="gzip cut short"),
        pytest.param(Reply(headers=ZIPPED, body=b""), CutShort, id="empty gzip"),
        pytest.param(Reply(headers=ZIPPED, body=b"no gzip"), OddAnswer, id="no gzip"),
        pytest.param(Reply(headers=(("Content-Encoding", "br"),), body=b"x"), OddAnswer, id="another packing"),
        pytest.param(Reply(headers=(("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")), body=b"x"), OddAnswer, id="packed twice"),
        pytest.param(Reply(headers=(("Content-Length", "1000"),), body=b"x"), CutShort, id="less than was promised"),
        pytest.param(Reply(raw=[HEAD, b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"]), CutShort, id="a chunk cut short"),
        pytest.param(Reply(raw=[HEAD, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab"]), CutShort, id="a chunk of no length"),
        pytest.param(Reply(raw=[HEAD, b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"]), OddAnswer, id="two lengths"),
        pytest.param(Reply(raw=[b"SSH-2.0-OpenSSH_9.9\r\n"]), OddAnswer, id="another protocol"),
        pytest.param(Reply(raw=[b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n"]), OddAnswer, id="200 headers"),
        pytest.param(Reply(raw=[b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n"]), OddAnswer, id="a long header"),
        pytest.param(Reply(raw=[]), NoConnection, id="nothing"),
    ],
)
def test_a_broken_answer_is_not_reachable(reply: Reply, problem: type[Problem]) -> None:
    assert problem_of(reply) is problem


# ---- TLS -----------------------------------------------------------------------------------------------------------------


def tls_problem(played: Played, url: str = SAFE, **changes: Any) -> type[Problem]:
    with over(dataclasses.replace(played, **changes)) as net, pytest.raises(Unreachable) as raised:
        net.get(url, HERE, most_bytes=KIB)
    return type(raised.value.problem)


def test_a_certificate_out_of_date_is_refused() -> None:
    with hosts.played({SAFE: Reply()}, expired=["good.example"]) as played:  # B064
        assert tls_problem(played) is BadCertificate
    assert played.log == []


def test_a_certificate_of_another_host_is_refused() -> None:
    with hosts.played({"https://b.good.example/a": Reply()}) as played:
        assert tls_problem(played, ports={"good.example": played.ports["b.good.example"]}) is BadCertificate


def test_a_certificate_that_nobody_signed_is_refused() -> None:
    with hosts.played({SAFE: Reply()}) as played, Network(contact=None, played=played.ports) as net, pytest.raises(Unreachable) as raised:
        net.get(SAFE, HERE, most_bytes=KIB)
    assert type(raised.value.problem) is BadCertificate


def test_a_host_that_speaks_no_tls_is_not_reachable() -> None:
    with hosts.played({URL: Reply()}) as played:
        assert tls_problem(played) is BadCertificate


def test_a_port_where_nobody_listens_is_not_reachable() -> None:
    with hosts.played({URL: Reply()}) as played:
        pass
    with over(played) as net, pytest.raises(Unreachable) as raised:
        net.get(URL, HERE, most_bytes=KIB)
    assert type(raised.value.problem) is NoConnection


# ---- downloads -----------------------------------------------------------------------------------------------------------

DATA = bytes(range(256)) * 1000
ETAG = '"1"'


class Download:
    """A download from one route to a file in memory."""

    def __init__(self, there: bytes = b"") -> None:
        self.out = io.BytesIO(there)
        self.told: list[tuple[int, int | None]] = []

    def run(self, route: hosts.Route, *, start: int = 0, if_range: str | None = ETAG, most_bytes: int = 10**6, **limits: Any) -> Answer:
        with hosts.played({SAFE: route}) as self.played, over(self.played, **limits) as net:
            return net.download(
                SAFE,
                HERE,
                self.out,
                start=start,
                if_range=if_range,
                most_bytes=most_bytes,
                progress=lambda done, of: self.told.append((done, of)),
            )


def test_a_file_is_downloaded_as_it_is_sent() -> None:
    download = Download(b"what was there before, and longer" * 10_000)
    answer = download.run(Reply(headers=(("ETag", ETAG), *ZIPPED), body=DATA))  # hosts name the packing of a .gz file so
    assert (answer.status, answer.header("etag"), answer.body) == (200, ETAG, b"")
    assert download.out.getvalue() == DATA
    assert download.told[0] == (0, len(DATA))
    assert download.told[-1] == (len(DATA), len(DATA))


def test_a_file_of_a_length_that_is_not_told_is_downloaded() -> None:
    download = Download()
    download.run(Reply(body=iter([DATA, DATA])))
    assert download.out.getvalue() == DATA + DATA
    assert download.told[-1] == (2 * len(DATA), None)


def test_a_download_goes_on_where_it_was_cut_off() -> None:
    download = Download(DATA[:100_000] + b"written and not counted")
    assert download.run(hosts.whole_or_range(DATA, ETAG), start=100_000).status == 206
    assert download.out.getvalue() == DATA
    assert (download.told[0], download.told[-1]) == ((100_000, len(DATA)), (len(DATA), len(DATA)))


@pytest.mark.parametrize("etag", ['"2"', None, 'W/"1"'])
def test_a_file_that_may_be_another_by_now_is_begun_anew(etag: str | None) -> None:
    download = Download(b"old" * 30)
    assert download.run(hosts.whole_or_range(DATA, ETAG), start=90, if_range=etag).status == 200
    assert download.out.getvalue() == DATA


def test_a_file_that_is_there_already_is_left_as_it_is() -> None:
    download = Download(DATA)
    assert download.run(hosts.whole_or_range(DATA, ETAG), start=len(DATA)).status == 416
    assert download.out.getvalue() == DATA


def test_a_file_that_is_shorter_by_now_is_begun_anew() -> None:
    download = Download(DATA + DATA)
    assert download.run(hosts.whole_or_range(DATA, ETAG), start=2 * len(DATA)).status == 200
    assert download.out.getvalue() == DATA


@pytest.mark.parametrize("told", ["bytes 0-9/10", "bytes 6-9/10", "bytes */10", "lines 5-9/10", ""])
def test_another_part_than_was_asked_for_is_not_written(told: str) -> None:
    download = Download(b"x" * 5)
    with pytest.raises(Unreachable) as raised:
        download.run(Reply(status=206, headers=(("Content-Range", told),), body=b"y" * 5), start=5)
    assert type(raised.value.problem) is OddAnswer
    assert download.out.getvalue() == b"x" * 5


@pytest.mark.parametrize("status", [404, 503])
def test_without_a_file_nothing_is_written(status: int) -> None:
    download = Download(b"x" * 5)
    assert download.run(Reply(status=status, body=b"sorry"), start=5).status == status
    assert download.out.getvalue() == b"x" * 5


def test_of_a_download_cut_short_what_came_stays() -> None:
    download = Download()
    with pytest.raises(Unreachable) as raised:
        download.run(Reply(headers=(("Content-Length", "1000"),), body=b"x" * 600))
    assert type(raised.value.problem) is CutShort
    assert download.out.getvalue() == b"x" * 600


@pytest.mark.parametrize("reply", [Reply(body=DATA), Reply(body=iter([DATA]))], ids=["told", "not told"])
def test_a_download_larger_than_its_limit_is_refused(reply: Reply) -> None:
    with pytest.raises(TooBig):
        Download().run(reply, most_bytes=len(DATA) - 1)


def test_a_download_has_no_deadline_once_it_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    later_s = 0.0
    monkeypatch.setattr(network, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + later_s))

    def body() -> Iterator[bytes]:
        nonlocal later_s
        yield b"x"
        wait_until(lambda: bool(download.told))
        later_s = LONG_S + 1
        yield b"y"

    download = Download()
    download.run(Reply(body=body()), deadline_s=LONG_S)
    assert download.out.getvalue() == b"xy"


def test_a_download_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SLOW_S", 0.2)
    with pytest.raises(Unreachable) as raised:
        Download().run(lambda _: Reply(body=hosts.dripping(b"x" * 999, 0.02)))
    assert type(raised.value.problem) is TooSlow


def test_a_download_that_begins_too_late_is_given_up() -> None:
    with pytest.raises(Unreachable):
        Download().run(Reply(wait_s=LONG_S), deadline_s=0.1)


def test_a_download_is_stopped_by_what_is_told_of_it() -> None:
    def told(_done: int, _of: int | None) -> None:
        raise Enough

    with hosts.played({SAFE: Reply(body=DATA)}) as played, over(played) as net, pytest.raises(Enough):
        net.download(SAFE, HERE, io.BytesIO(), most_bytes=10**6, progress=told)


def test_a_slow_disk_holds_up_the_network_and_not_the_memory() -> None:
    sent = itertools.count()
    stopped = threading.Event()

    class Slow(io.BytesIO):
        def write(self, data: Any) -> int:
            stopped.wait(0.5)
            stopped.set()
            return super().write(data)

    def endless() -> Iterator[bytes]:
        for _ in range(2_000):
            next(sent)
            yield b"x" * 64 * KIB

    with hosts.played({URL: Reply(body=endless())}) as played, over(played) as net, pytest.raises(Enough):
        net.download(URL, HERE, Slow(), most_bytes=10**9, check=lambda: stop_if(stopped))
    assert next(sent) < 1_900


def stop_if(stopped: threading.Event) -> None:
    if stopped.is_set():
        raise Enough


# ---- what is said --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [
        ("3600", 3600.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("Thu, 01 Jan 1970 00:20:00 GMT", 200.0),
        ("Thu, 01 Jan 1970 00:20:00 -0000", 200.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 40, None),
        ("", None),
    ],
)
def test_a_host_says_how_long_to_wait(said: str, wait_s: float | None) -> None:  # B062, of which remote.py does the waiting
    answer = Answer(status=429, final_url=URL, hops=(URL,), headers=(("retry-after", said),), body=b"")
    assert answer.retry_after_s(1000.0) == wait_s


@given(st.text())
def test_any_garbage_says_nothing_or_a_time(said: str) -> None:
    answer = Answer(status=429, final_url=URL, hops=(URL,), headers=(("retry-after", said),), body=b"")
    wait_s = answer.retry_after_s(0.0)
    assert wait_s is None or wait_s >= 0


def test_a_problem_is_found_again_by_what_it_says() -> None:
    assert isinstance(problem_saying("no whole answer came in time"), TooSlow)
    assert problem_saying("Input/output error") == "Input/output error"
