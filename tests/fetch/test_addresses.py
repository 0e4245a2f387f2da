from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imagestolive.fetch.addresses import (
    MOST_CHARACTERS,
    HoldsUser,
    LessSafe,
    NoHostName,
    OddCharacters,
    OddPort,
    OddScheme,
    OtherHost,
    Problem,
    Refused,
    TooLong,
    check,
    follow,
    is_allowed,
)

ANY = ["*"]
SOME = ["good.example"]
PAGE = "https://good.example/album/a.jpg"

# The rows of bad_inputs.csv, then what else was thought of.
REFUSED: dict[str, tuple[type[Problem], list[str]]] = {
    "B037 a number": (NoHostName, ["http://127.0.0.1/", "http://8.8.8.8/"]),
    "B038 a port": (OddPort, ["http://localhost:22/", "http://good.example:22/", "http://good.example:0/", "http://good.example:99999/"]),
    "B038 a local name": (NoHostName, ["http://localhost/", "http://intranet/"]),
    "B039 a decimal number": (NoHostName, ["http://2130706433/"]),
    "B040 hex and octal": (NoHostName, ["http://0x7f000001/", "http://0177.0.0.1/", "http://a.0x7f/", "http://a.0X/"]),
    "B041 a short number": (NoHostName, ["http://127.1/", "http://0/"]),
    "B042 IPv6": (NoHostName, ["http://[::1]/", "http://[::]/", "http://[2606:4700::1111]/", "http://[fe80::1%25eth0]/"]),
    "B043 IPv4 in IPv6": (NoHostName, ["http://[::ffff:169.254.169.254]/"]),
    "B044 NAT64": (NoHostName, ["http://[64:ff9b::7f00:1]/"]),
    "B045 a cloud's own data": (NoHostName, ["http://169.254.169.254/latest/meta-data/"]),
    "B046 digits of other shapes": (NoHostName, ["http://①②⑦.⓪.⓪.①/", "http://１２７.０.０.１/", "http://127。0。0。1/", "http://127．1/"]),
    "B047 private networks": (NoHostName, ["http://100.64.0.1/", "http://10.0.0.1/", "http://192.168.1.1/"]),
    "B048 a user": (HoldsUser, ["http://good.example@127.0.0.1/", "http://a:b@good.example/", "http://@good.example/"]),
    "B053 a scheme": (
        OddScheme,
        [
            "file:///etc/passwd",
            "gopher://good.example/",
            "ftp://good.example/a",
            "data:image/png;base64,AA",
            "dict://good.example:2628/",
            "jar:http://good.example/a!/b",
            "//good.example/a",
            "good.example/a",
            "",
        ],
    ),
    "B054 control characters": (
        OddCharacters,
        [
            "https://good.example/a%0d%0aX-Y:1",
            "https://good.example/a%0D%0AX-Y:1",
            "https://good.example/a\r\nX-Y: 1",
            "https://good.example/%00",
            "https://good.example/?a=%7f",
            "https://good.example/a\tb",
            "https://good.\texample/",
            "https://good.example/a\x85b",
            "https://good.example/a\u202eb",
            "https://good.example/a\u2028b",
            "https://good.example/\ud800",
            " https://good.example/",
            "https://good.example/ ",
        ],
    ),
    "what programs read in two ways": (OddCharacters, [r"https://good.example\@127.0.0.1/", r"https:\\good.example/"]),
    "no name at all": (NoHostName, ["http:///a", "http:a", "https://?a", "http://[/", "http://[v1.x]/"]),
    "an odd name": (
        NoHostName,
        [
            "http://good.example./",
            "http://good..example/",
            "http://.good.example/",
            "http://-good.example/",
            "http://good-.example/",
            "http://%31%32%37.0.0.1/",
            "http://good.example%2f.evil.example/",
            f"http://{'a' * 64}.example/",
            f"http://{'a.' * 130}example/",
            "http://a\u2100b.example/",  # ℀ is a/c
            "http://xn--\u2603.example/",
        ],
    ),
    "another port": (OddPort, ["http://good.example:8080/", "http://good.example:8o/", "http://good.example:-1/"]),
    "a long address": (TooLong, ["https://good.example/" + "a" * MOST_CHARACTERS, "https://good.example/" + "ü" * (MOST_CHARACTERS // 2)]),
}


def problem_of(url: str, hosts: list[str]) -> Problem:
    with pytest.raises(Refused) as refused:
        check(url, hosts)
    assert refused.value.url == url
    return refused.value.problem


@pytest.mark.parametrize(("kind", "url"), [(kind, url) for kind, (_, urls) in REFUSED.items() for url in urls])
def test_an_odd_address_is_refused_even_where_any_host_may_be_asked(kind: str, url: str) -> None:
    assert type(problem_of(url, ANY)) is REFUSED[kind][0]


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/",
        "https://notgood.example/",
        "https://good.example.evil.example/",
        "https://example/",
        "https://go0d.example/",
    ],
)
def test_a_host_that_is_not_on_the_list_is_refused(url: str) -> None:
    assert type(problem_of(url, SOME)) in (OtherHost, NoHostName)


def test_where_no_hosts_are_listed_none_is_asked() -> None:
    assert type(problem_of(PAGE, [])) is OtherHost


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://good.example", "http://good.example/"),
        ("HTTPS://Cdn.GOOD.example:443/A.jpg", "https://cdn.good.example/A.jpg"),
        ("http://good.example:443/", "http://good.example:443/"),
        ("https://good.example/a b/ü.jpg?x=ü&y=%C3%BC", "https://good.example/a%20b/%C3%BC.jpg?x=%C3%BC&y=%C3%BC"),
        ("https://good.example/100%.jpg?%c3%bc", "https://good.example/100%25.jpg?%C3%BC"),
        ("https://good.example/a?#top", "https://good.example/a"),
        ("https://ｇｏｏｄ.example/", "https://good.example/"),
        ("https://good。example/", "https://good.example/"),
        ("https://bücher.good.example/", "https://xn--bcher-kva.good.example/"),
        ("https://farm1_a.good.example/", "https://farm1_a.good.example/"),
    ],
)
def test_an_address_is_asked_as_it_was_checked(url: str, asked: str) -> None:
    assert check(url, SOME).url == asked


def test_an_address_at_the_limit_is_asked() -> None:
    url = "https://good.example/".ljust(MOST_CHARACTERS, "a")
    assert check(url, SOME).url == url


@given(st.text() | st.from_regex(r"https?://[^/]{0,20}/.{0,10}", fullmatch=True))
@example("http://①.example/")
@example("http://good.example:/")
def test_whatever_is_let_through_is_plain_and_stays_as_it_is(url: str) -> None:
    try:
        address = check(url, ANY)
    except Refused:
        return
    parts = urlsplit(address.url)
    assert parts.scheme == address.scheme in ("http", "https")
    assert parts.hostname == address.host
    assert (parts.port or {"http": 80, "https": 443}[address.scheme]) == address.port in (80, 443)
    assert address.url.isascii()
    assert address.url.isprintable()
    assert " " not in address.url
    assert check(address.url, ANY) == address


@given(st.ip_addresses())
def test_no_number_is_a_host(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    forms = [f"[{ip}]"] if ip.version == 6 else [str(ip), str(int(ip)), hex(int(ip)), f"0{int(ip):o}", f"[::ffff:{ip}]"]
    for form in forms:
        assert type(problem_of(f"http://{form}/", ANY)) is NoHostName


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("b.jpg", "https://good.example/album/b.jpg"),
        ("/b.jpg?x", "https://good.example/b.jpg?x"),
        ("../../b.jpg", "https://good.example/b.jpg"),
        ("//cdn.good.example/b.jpg", "https://cdn.good.example/b.jpg"),
        ("https://good.example/c#d", "https://good.example/c"),
    ],
)
def test_a_redirect_may_be_relative(location: str, there: str) -> None:
    assert follow(check(PAGE, SOME), [location], SOME).url == there


def test_a_redirect_from_http_to_https_is_followed() -> None:
    assert follow(check("http://good.example/", SOME), [PAGE], SOME).url == PAGE


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("http://good.example/", LessSafe),  # B051
        ("http://127.0.0.1/", NoHostName),  # B049
        ("//127.0.0.1/", NoHostName),
        ("https://other.example/", OtherHost),
        ("file:///etc/passwd", OddScheme),
        ("b\r\nX-Y: 1", OddCharacters),
        ("b%0d%0aX-Y:1", OddCharacters),
        (" b", OddCharacters),
        ("\x01b", OddCharacters),
        ("/b\\c", OddCharacters),
        ("/\xfc.jpg", OddCharacters),
        ("https://[/", NoHostName),
    ],
)
def test_a_redirect_is_checked_like_a_first_address(location: str, problem: type[Problem]) -> None:
    with pytest.raises(Refused) as refused:
        follow(check(PAGE, SOME), [location], SOME)
    assert type(refused.value.problem) is problem


def test_two_redirects_at_once_are_refused() -> None:
    with pytest.raises(Refused):
        follow(check(PAGE, SOME), ["/a", "/b"], SOME)
    assert follow(check(PAGE, SOME), ["/a", "/a"], SOME).url == "https://good.example/a"


def test_a_listed_name_stands_for_all_below_it_and_for_nothing_else() -> None:
    assert is_allowed("c1.staticflickr.com", ["staticflickr.com"])
    assert not is_allowed("notstaticflickr.com", ["staticflickr.com"])
    assert not is_allowed("com", ["staticflickr.com"])


def test_a_refusal_says_what_is_wrong() -> None:
    with pytest.raises(Refused) as refused:
        check("https://good.example:22/", SOME)
    assert str(refused.value) == "https://good.example:22/ is refused: its port is neither 80 nor 443."
