"""Single requests over HTTP with every guard. Knows nothing of images, caches or politeness.

Each request runs in a thread of its own that only reads, while the caller's waits for what it reads: so a deadline holds whatever
a host does (names that resolve slowly, a header a byte a second, a body without end), and the caller can stop at any time.
"""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import logging
import queue
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import zip_longest
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress, filter_host
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import allowed_gai_family

from imagestolive import __version__
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fetch.addresses import Address, Problem, check, follow
from imagestolive.fetch.addresses import Refused as Refused

logging.getLogger("requests_hardened").addHandler(logging.NullHandler())  # it would tell every refusal to the terminal; we tell ours
logging.getLogger("requests_hardened").propagate = False

USER_AGENT_TOKEN = "imagestolive"  # noqa: S105 (a name, no secret)
MOST_HOPS = 5  # redirects followed
MOST_ADDRESSES = 4  # of one host that are tried
SLOW_BYTES_S = 1024  # a download that stays below this ...
SLOW_S = 60.0  # ... for so long is given up
_TICK_S = 0.1  # between two looks at the clock and at `check`
_PART_BYTES = 64 * 1024
_PARTS = 16  # read ahead of whoever writes them
_HOSTS, _CONNECTIONS = 64, 8  # kept open: hosts, and connections to each
_REDIRECTS = {301, 302, 303, 307, 308}
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")


class NotPublic(Problem):
    sentence = N_("it leads into a private network")


class TooManyHops(Problem):
    sentence = N_("it leads on and on, from address to address")


class NotFound(Problem):
    sentence = N_("nobody knows a host of this name")


class TooSlow(Problem):
    sentence = N_("no whole answer came in time")


class BadCertificate(Problem):
    sentence = N_("its host shows no certificate that can be trusted")


class NoConnection(Problem):
    sentence = N_("the connection failed or broke off")


class CutShort(Problem):
    sentence = N_("the answer was cut short")


class OddAnswer(Problem):
    sentence = N_("the answer is not one that can be read")


class HostFailed(Problem):
    sentence = N_("its host reports a failure of its own")


class AskedTooOften(Problem):
    sentence = N_("its host asks to be left alone for a while")


class Unreachable(ImagesToLiveError):
    """No whole answer; another time there may be one, after `retry_after_s` if the host said when."""

    sentence = N_("{url} cannot be reached: {problem}.")
    status = 502

    def __init__(self, *, url: str, problem: Problem, retry_after_s: float | None = None) -> None:
        self.url, self.problem, self.retry_after_s = url, problem, retry_after_s
        super().__init__(url=url, problem=problem)


class TooBig(ImagesToLiveError):
    sentence = N_("What lies at {url} is too large: at most {most} bytes are read.")
    status = 502


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    final_url: str
    hops: tuple[str, ...]  # every URL asked, in order, the final one last
    headers: tuple[tuple[str, str], ...]  # all lines, repeated ones too; names in lower case
    body: bytes  # decoded; b"" of a download, and of an answer that is not 2xx
    onward: Address | None = None  # checked and not asked: where a redirect leads that was not to be followed

    def header(self, name: str) -> str | None:
        """The first line of this name."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    def retry_after_s(self, now_s: float) -> float | None:
        """Seconds a host asks to be left alone for, by a number or a date; None: it does not say, or nothing one can read."""
        said = (self.header("retry-after") or "").strip()
        if re.fullmatch("[0-9]{1,9}", said):
            return float(said)
        try:
            date = parsedate_to_datetime(said)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
        return max(0.0, (date if date.tzinfo else date.replace(tzinfo=datetime.UTC)).timestamp() - now_s)


def problem_saying(text: str) -> Problem | str:
    """The problem that says this in English, so that what was kept as text is said in another language; or the text itself."""
    return next((kind() for kind in Problem.__subclasses__() if kind.sentence == text), text)


class Network:
    """Asks single addresses. Safe for several threads; connections are kept for the next request to their host.

    `contact`: an address or page of whoever operates this, sent with every request. `timeout_s`: to connect, and between two
    parts of an answer. `deadline_s`: for a whole answer, all hops together; of a download until its first byte.
    `played`: hosts that tests play on loopback, host -> port, connected to whatever port a URL names; `verify`: the CA file
    of their certificates. Neither may come from configuration.
    """

    def __init__(
        self,
        *,
        contact: str | None,
        played: Mapping[str, int] | None = None,
        verify: str | bool = True,
        timeout_s: float = 10,
        deadline_s: float = 30,
    ) -> None:
        self._user_agent = user_agent(contact)
        self._verify = verify
        self._timeout_s, self._deadline_s = timeout_s, deadline_s
        self._adapter = _Pinned(played or {})

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections that are kept."""
        self._adapter.close()

    def get(
        self,
        url: str,
        hosts: Collection[str],
        *,
        most_bytes: int,
        headers: Mapping[str, str] | None = None,
        deadline_s: float | None = None,
        check: Callable[[], None] = lambda: None,
        cut: bool = False,
        hops: tuple[str, ...] = (),
        stay: bool = False,
    ) -> Answer:
        """What an address answers, redirects followed: 4xx and 5xx too. At most `most_bytes` of body, decoded.

        A longer body is refused, or with `cut` only its beginning given. `check` is called five times a second at least; what it
        raises stops the request. With `stay` no redirect is followed: the answer says where it leads, and whoever goes on from there hands
        in its `hops`. Raises Refused, Unreachable, TooBig.
        """
        ends_s = time.monotonic() + (self._deadline_s if deadline_s is None else deadline_s)
        with self._asked(url, hosts, headers or {}, ends_s, check, hops, stay=stay) as (answer, exchange):
            if not 200 <= answer.status < 300:
                return answer
            if not cut:
                _refuse_larger(answer, most_bytes)
            return replace(answer, body=_body(answer, exchange.parts(ends_s, check), most_bytes, cut))

    def download(
        self,
        url: str,
        hosts: Collection[str],
        out: BinaryIO,
        *,
        start: int = 0,
        if_range: str | None = None,
        most_bytes: int,
        begun: Callable[[Answer], None] = lambda _answer: None,
        progress: Callable[[int, int | None], None] = lambda _done, _of: None,
        check: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Writes what an address answers into a file, byte for byte as it is sent, from the `start` bytes on that are there already.

        `if_range`: the strong ETag or the Last-Modified line that the beginning came with. Where it is not given or no longer true,
        the file is begun anew. 200: written from its beginning; 206: from `start`; 416: it was whole already; others: nothing written.
        `begun` is told the status and headers of what is about to be written, and may raise to leave it unwritten.
        `progress` is told the bytes that are there and those of the whole. What was written stays when an error is raised.
        """
        resumed = start > 0 and if_range is not None and not if_range.startswith("W/")
        headers = {"Range": f"bytes={start}-", "If-Range": if_range or ""} if resumed else {}
        ends_s = time.monotonic() + self._deadline_s
        with self._asked(url, hosts, headers, ends_s, check) as (answer, exchange):
            at, of_bytes = _range(answer)
            if answer.status in (200, 206):
                if answer.status == 206 and not (resumed and at == start):
                    raise Unreachable(url=answer.final_url, problem=OddAnswer())
                if of_bytes is not None and of_bytes > most_bytes:
                    raise TooBig(url=answer.final_url, most=most_bytes)
                begun(answer)
                self._write(answer, exchange, out, at, of_bytes, most_bytes, progress, check)
        if answer.status == 416 and resumed and of_bytes != start:
            return self.download(url, hosts, out, most_bytes=most_bytes, begun=begun, progress=progress, check=check)
        return answer

    @staticmethod
    def _write(
        answer: Answer,
        exchange: _Exchange,
        out: BinaryIO,
        at: int,
        of_bytes: int | None,
        most_bytes: int,
        progress: Callable[[int, int | None], None],
        check: Callable[[], None],
    ) -> None:
        out.seek(at)
        out.truncate()
        done, since, since_s = at, at, time.monotonic()
        progress(done, of_bytes)
        for part in exchange.parts(None, check):
            done += len(part)
            if done > most_bytes:
                raise TooBig(url=answer.final_url, most=most_bytes)
            out.write(part)
            progress(done, of_bytes)
            if (now_s := time.monotonic()) - since_s >= SLOW_S:
                if done - since < SLOW_BYTES_S * SLOW_S:
                    raise Unreachable(url=answer.final_url, problem=TooSlow())
                since, since_s = done, now_s
        if of_bytes is not None and done != of_bytes:
            raise Unreachable(url=answer.final_url, problem=CutShort())

    @contextmanager
    def _asked(
        self,
        url: str,
        hosts: Collection[str],
        headers: Mapping[str, str],
        ends_s: float,
        stop: Callable[[], None],
        hops: tuple[str, ...] = (),
        *,
        stay: bool = False,
    ) -> Iterator[tuple[Answer, _Exchange]]:
        """The first answer that is no redirect, its body still to come; with `stay`, the first one."""
        address = check(url, hosts)
        while True:
            exchange = _Exchange(address.url, partial(self._send, address, headers, ends_s))
            try:
                answer = exchange.answer(ends_s, stop)
                hops = (*hops, address.url)
                answer = replace(answer, hops=hops)
                onward = _redirected(address, answer, hosts)
                if onward is None or stay:
                    yield replace(answer, onward=onward), exchange
                    return
            except Refused as refused:
                raise Refused(url=refused.url, problem=refused.problem, hops=hops) from None
            finally:
                exchange.leave()
            address = onward

    def _send(self, address: Address, headers: Mapping[str, str], ends_s: float) -> requests.Response:
        """An answer as far as its headers, in the thread of its exchange."""
        own = {"User-Agent": self._user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        request = requests.Request("GET", address.url, headers={**own, **headers}).prepare()
        request.url = address.url  # as it was checked, and not as it was read once more
        connect_s = min(self._timeout_s, ends_s - time.monotonic())
        return self._adapter.send_within(request, connect_s=connect_s, read_s=self._timeout_s, verify=self._verify)


def _redirected(address: Address, answer: Answer, hosts: Collection[str]) -> Address | None:
    """Where an answer leads. Raises Refused."""
    locations = answer.all("location")
    if answer.status not in _REDIRECTS or not locations:
        return None
    if len(answer.hops) > MOST_HOPS:
        raise Refused(url=address.url, problem=TooManyHops())
    return follow(address, locations, hosts)


def user_agent(contact: str | None) -> str:
    """
    >>> user_agent("https://school.example/(images)").partition(" ")[2]
    '(+https://school.example/images)'
    """
    said = re.sub(r"[^ -~]|[()]", "", contact or "").strip()
    return f"{USER_AGENT_TOKEN}/{__version__} (+{said})" if said else f"{USER_AGENT_TOKEN}/{__version__}"


# ---- one request --------------------------------------------------------------------------------------------------------


class _LeftAlone(Exception):
    """Nobody waits for this answer any more."""


class _Exchange(threading.Thread):
    """One request on its way. Its thread reads; `answer` and `parts` are for the thread that waits, and `leave` ends both."""

    def __init__(self, url: str, send: Callable[[], requests.Response]) -> None:
        super().__init__(name="imagestolive-request", daemon=True)
        self._url, self._send = url, send
        self._came: queue.Queue[Answer | bytes | BaseException] = queue.Queue(_PARTS)
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._left = False
        self.start()

    # in its own thread

    def run(self) -> None:
        try:
            with self._send() as response:
                headers = tuple((name.lower(), value) for name, value in response.raw.headers.iteritems())
                self._hand(Answer(status=response.status_code, final_url=self._url, hops=(), headers=headers, body=b""))
                while part := response.raw.read1(_PART_BYTES, decode_content=False):
                    self._hand(part)
            self._hand(b"")
        except _LeftAlone:
            pass
        except BaseException as error:  # whoever waits would wait for ever
            with suppress(_LeftAlone):
                self._hand(error)

    def hold(self, connected: socket.socket) -> None:
        """Remembers what to hang up. Raises _LeftAlone."""
        with self._lock:
            if self._left:
                raise _LeftAlone
            self._socket = connected

    def _hand(self, what: Answer | bytes | BaseException) -> None:
        if self._left:
            raise _LeftAlone
        if what == b"":
            self._release()
        self._came.put(what)

    def _release(self) -> None:
        """The answer is whole: its connection may serve another request by now."""
        with self._lock:
            self._socket = None

    # in the thread that waits

    def answer(self, ends_s: float, check: Callable[[], None]) -> Answer:
        """Status and headers. Raises Refused, Unreachable, and what `check` raises."""
        came = self._next(ends_s, check)
        assert isinstance(came, Answer)  # noqa: S101
        return came

    def parts(self, ends_s: float | None, check: Callable[[], None]) -> Iterator[bytes]:
        """The body as it comes in. Raises Unreachable, and what `check` raises."""
        while part := self._next(ends_s, check):
            assert isinstance(part, bytes)  # noqa: S101
            yield part

    def leave(self) -> None:
        """Hangs up, wherever the other thread is, unless the answer is whole."""
        with self._lock:
            self._left = True
            if self._socket is not None:
                with suppress(OSError):  # TLS would wait for the other side's goodbye
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        with suppress(queue.Empty):  # it may be waiting to hand over
            self._came.get_nowait()

    def _next(self, ends_s: float | None, check: Callable[[], None]) -> Answer | bytes:
        while True:
            check()
            left_s = _TICK_S if ends_s is None else ends_s - time.monotonic()
            if left_s <= 0:
                raise Unreachable(url=self._url, problem=TooSlow())
            with suppress(queue.Empty):
                came = self._came.get(timeout=min(_TICK_S, left_s))
                if isinstance(came, BaseException):
                    raise self._error(came) from came
                return came

    def _error(self, error: BaseException) -> BaseException:
        """What went wrong while asking or reading, as one of ours; an error of the program is itself."""
        if isinstance(error, InvalidIPAddress):
            return Refused(url=self._url, problem=NotPublic())
        for kinds, problem in _PROBLEMS:
            if any(isinstance(cause, kinds) for cause in _causes(error)):
                return Unreachable(url=self._url, problem=problem())
        return error


# The first that fits an error or what caused it.
_PROBLEMS: tuple[tuple[tuple[type[BaseException], ...], type[Problem]], ...] = (
    ((urllib3.exceptions.NameResolutionError, socket.gaierror, UnicodeError), NotFound),
    ((urllib3.exceptions.NewConnectionError, http.client.RemoteDisconnected), NoConnection),  # else too slow, and odd
    ((requests.exceptions.SSLError, urllib3.exceptions.SSLError), BadCertificate),
    ((requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), TooSlow),
    ((urllib3.exceptions.IncompleteRead, http.client.IncompleteRead), CutShort),
    ((http.client.HTTPException, urllib3.exceptions.InvalidHeader), OddAnswer),
    ((requests.RequestException, urllib3.exceptions.HTTPError, OSError), NoConnection),
)


_NOT_CONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and all that it was raised from."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


# ---- connections --------------------------------------------------------------------------------------------------------


class _Held:
    """Lets the exchange it works for hang up on it."""

    sock: Any

    def getresponse(self) -> Any:
        thread = threading.current_thread()
        if isinstance(thread, _Exchange):
            thread.hold(self.sock)
        return super().getresponse()  # type: ignore[misc]


class _HttpConnection(_Held, HTTPConnection):
    pass


class _HttpsConnection(_Held, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


class _Pinned(HTTPAdapter):
    """Resolves a name once, refuses it unless all its addresses are public, and connects to the very addresses that were checked.

    These are tried one after the other as long as connecting fails, all within the time to connect.
    """

    def __init__(self, played: Mapping[str, int]) -> None:
        self._played = played
        self._chosen = threading.local()  # `address`: the one to connect to in this thread
        self._reached: dict[str, str] = {}  # host -> the address that answered last, and is tried first while it is still one of the host's
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:  # noqa: ARG002
        super().init_poolmanager(_HOSTS, _CONNECTIONS, block=block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def send_within(self, request: requests.PreparedRequest, *, connect_s: float, read_s: float, verify: str | bool) -> requests.Response:
        """An answer as far as its headers. Raises what requests does, InvalidIPAddress, OSError, UnicodeError."""
        host = urlsplit(str(request.url)).hostname or ""
        *others, last = ["127.0.0.1"] if host in self._played else self._ordered(host)
        ends_s = time.monotonic() + connect_s
        for address in others:
            try:
                return self._sent(request, host, address, ((ends_s - time.monotonic()) / 2, read_s), verify)
            except requests.ConnectionError as error:
                if not any(isinstance(cause, _NOT_CONNECTED) for cause in _causes(error)):
                    raise
        return self._sent(request, host, last, (ends_s - time.monotonic(), read_s), verify)

    def _sent(
        self, request: requests.PreparedRequest, host: str, address: str, timeout_s: tuple[float, float], verify: str | bool
    ) -> requests.Response:
        self._chosen.address = address
        connect_s, read_s = timeout_s
        response = self.send(request, stream=True, timeout=(max(0.001, connect_s), read_s), verify=verify)
        if len(self._reached) >= _HOSTS:
            self._reached.clear()
        self._reached[host] = address
        return response

    def build_connection_pool_key_attributes(self, request: requests.PreparedRequest, verify: Any, cert: Any = None) -> Any:
        host_params, pool_kwargs = super().build_connection_pool_key_attributes(request, verify, cert)
        parts = urlsplit(str(request.url))
        request.headers["Host"] = parts.netloc
        names = {"assert_hostname": parts.hostname, "server_hostname": parts.hostname} if parts.scheme == "https" else {}
        port = self._played.get(parts.hostname or "", host_params["port"])
        return {**host_params, "host": self._chosen.address, "port": port}, {**pool_kwargs, **names}

    def _ordered(self, host: str) -> list[str]:
        """The addresses of a host in the order in which they are tried. Raises InvalidIPAddress, OSError, UnicodeError."""
        addresses = _public_addresses(host)
        return sorted(addresses, key=lambda address: address != self._reached.get(host))[:MOST_ADDRESSES]


def _public_addresses(host: str) -> list[str]:
    """All addresses of a name, in turns of IPv6 and IPv4 so that one of them that leads nowhere costs one attempt.

    In the order of the resolver, an IPv6 one in brackets. Raises InvalidIPAddress if one of them is not public; OSError, UnicodeError.
    """
    found = socket.getaddrinfo(host, None, family=allowed_gai_family(), type=socket.SOCK_STREAM)
    addresses = [filter_host(str(address), 0, allow_loopback=False) for *_, (address, *_) in found]
    for address in addresses:
        if not is_public(address.strip("[]")):
            raise InvalidIPAddress(address)
    families = [[address for address in dict.fromkeys(addresses) if address.startswith("[") is six] for six in (True, False)]
    families.sort(key=lambda family: addresses[0] not in family)
    return [address for turn in zip_longest(*families) for address in turn if address is not None]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network. Stricter than requests-hardened: IPv6 outside of 2000::/3 is not.

    >>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("::127.0.0.1")
    (True, False, False)
    """
    ip = ipaddress.ip_address(address)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and (ip.version == 4 or ip in _PUBLIC_IPV6)


# ---- bodies -------------------------------------------------------------------------------------------------------------


def _refuse_larger(answer: Answer, most_bytes: int) -> None:
    said = (answer.header("content-length") or "").strip()
    if re.fullmatch("[0-9]+", said) and int(said[:19]) > most_bytes:
        raise TooBig(url=answer.final_url, most=most_bytes)


def _body(answer: Answer, parts: Iterator[bytes], most_bytes: int, cut: bool) -> bytes:
    """A body, unpacked where a host packs though it is asked not to."""
    encoding = ", ".join(answer.all("content-encoding")).strip().lower()
    if encoding in ("gzip", "x-gzip"):
        parts = _unzipped(answer, parts)
    elif encoding not in ("", "identity"):
        raise Unreachable(url=answer.final_url, problem=OddAnswer())
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > most_bytes:
            if cut:
                break
            raise TooBig(url=answer.final_url, most=most_bytes)
    return bytes(body[:most_bytes])


def _unzipped(answer: Answer, parts: Iterator[bytes]) -> Iterator[bytes]:
    """gzip, never more than a part at a time, so that a bomb is noticed before it goes off."""
    member = zlib.decompressobj(wbits=31)
    for part in parts:
        packed = part
        while packed:
            if member.eof:
                member = zlib.decompressobj(wbits=31)
            try:
                yield member.decompress(packed, _PART_BYTES)
            except zlib.error:
                raise Unreachable(url=answer.final_url, problem=OddAnswer()) from None
            packed = member.unconsumed_tail or member.unused_data
    if not member.eof:
        raise Unreachable(url=answer.final_url, problem=CutShort())


def _range(answer: Answer) -> tuple[int, int | None]:
    """Of a download: the byte it begins at, and the bytes of the whole where the host says."""
    if answer.status == 200:
        length = (answer.header("content-length") or "").strip()
        return 0, int(length) if re.fullmatch("[0-9]{1,18}", length) else None
    said = re.fullmatch(r"bytes (?:([0-9]{1,18})-[0-9]{1,18}|\*)/([0-9]{1,18}|\*)", (answer.header("content-range") or "").strip())
    if said is None:
        return -1, None
    return int(said[1]) if said[1] else -1, int(said[2]) if said[2] != "*" else None
