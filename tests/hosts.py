"""Makers' and image hosts, played on loopback: HTTP and HTTPS, by routes of a few lines, decent and hostile.

    with hosts.played({"https://images.example/a.jpg": hosts.Reply(body=JPEG)}) as played:
        network = Network(contact=None, played=played.ports, verify=str(played.ca))

A route is a URL without a query; what answers it is a `Reply`, or a function from an `Asked` to one. All else is 404.
One host is HTTP or HTTPS, as its routes say. `played.log` is what was asked, in order. Nothing listens outside of 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import trustme


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request."""

    host: str
    path: str  # with its query
    headers: Mapping[str, str]  # names in lower case
    at_s: float  # time.monotonic()
    connection: int  # the other side's port: the same one while a connection is used again


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What is answered. `raw`: these bytes instead of a whole answer, head and all, as they come."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | Iterable[bytes] = b""  # of bytes the length is told, unless a header tells another; parts end with the connection
    wait_s: float = 0  # before anything is answered
    raw: Iterable[bytes] | None = None


Route = Reply | Callable[[Asked], Reply]


@dataclass(frozen=True, kw_only=True)
class Played:
    ports: dict[str, int]  # by host
    ca: Path  # the certificate that those of HTTPS hosts are signed with
    log: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def asked(self, host: str) -> list[str]:
        """The paths one host was asked for, in order."""
        return [asked.path for asked in self.log if asked.host == host]


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(status=status, headers=(("Location", to),))


def chunked(parts: Iterable[bytes], *, cut: bool = False) -> Reply:
    """An answer whose length nobody knows beforehand; `cut`: its connection is closed before it says that it is over."""

    def framed() -> Iterator[bytes]:
        for part in parts:
            yield b"%x\r\n%b\r\n" % (len(part), part)
        if not cut:
            yield b"0\r\n\r\n"

    return Reply(headers=(("Transfer-Encoding", "chunked"),), body=framed())


def dripping(data: bytes, every_s: float) -> Iterator[bytes]:
    """A byte at a time."""
    for byte in data:
        yield bytes([byte])
        time.sleep(every_s)


def whole_or_range(data: bytes, etag: str) -> Callable[[Asked], Reply]:
    """A file that can be resumed, as decent hosts serve it."""

    def answer(asked: Asked) -> Reply:
        said = asked.headers.get("range")
        if said is None or asked.headers.get("if-range") != etag:
            return Reply(headers=(("ETag", etag),), body=data)
        start = int(said.removeprefix("bytes=").removesuffix("-"))
        if start >= len(data):
            return Reply(status=416, headers=(("Content-Range", f"bytes */{len(data)}"),))
        content_range = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return Reply(status=206, headers=(("ETag", etag), ("Content-Range", content_range)), body=data[start:])

    return answer


@contextlib.contextmanager
def played(routes: Mapping[str, Route], *, expired: Iterable[str] = ()) -> Iterator[Played]:
    """Hosts that answer for these routes. `expired`: hosts whose certificate is out of date."""
    by_host: dict[str, dict[str, Route]] = {}
    secure = set()
    for url, route in routes.items():
        parts = urlsplit(url)
        by_host.setdefault(parts.netloc, {})[parts.path] = route
        if parts.scheme == "https":
            secure.add(parts.netloc)
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        playing = Played(ports={}, ca=Path(folder) / "ca.pem")
        authority.cert_pem.write_to_path(str(playing.ca))
        for host, answers in by_host.items():
            server = _Host(host, answers, playing)
            if host in secure:
                server.wrap(authority, expired=host in expired)
            stack.callback(server.end)
            playing.ports[host] = server.server_port
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        stack.callback(playing.over.set)
        yield playing


class _Wrapped(ssl.SSLSocket):
    """A connection whose other side may be gone before it is looked at: ssl then raises, and never closes what it made."""

    def getpeername(self) -> object:
        try:
            return super().getpeername()
        except OSError:
            self.close()
            raise


ssl.SSLContext.sslsocket_class = _Wrapped  # type: ignore[misc, assignment]  # of whoever asks, too: urllib3 makes its own contexts


class _Host(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, answers: Mapping[str, Route], playing: Played) -> None:
        self.host, self.answers, self.playing = host, answers, playing
        self.context: ssl.SSLContext | None = None
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def wrap(self, authority: trustme.CA, *, expired: bool) -> None:
        yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(self.host, not_after=yesterday if expired else None).configure_cert(self.context)

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """In the thread of the connection, so that a slow handshake holds up nobody else."""
        self.open.add(request)
        with contextlib.suppress(OSError):  # whoever asked has gone
            if self.context is None:
                super().finish_request(request, client_address)  # type: ignore[arg-type]
            else:
                with self.context.wrap_socket(request, server_side=True) as wrapped:
                    self.open.add(wrapped)
                    super().finish_request(wrapped, client_address)  # type: ignore[arg-type]

    def end(self) -> None:
        self.shutdown()
        for connection in list(self.open):  # whoever came last may still be adding its own
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: _Host
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(host=self.server.host, path=self.path, headers=headers, at_s=time.monotonic(), connection=self.client_address[1])
        self.server.playing.log.append(asked)
        route = self.server.answers.get(urlsplit(self.path).path, Reply(status=404))
        reply = route(asked) if callable(route) else route
        self.server.playing.over.wait(reply.wait_s)
        if reply.raw is not None:
            self.close_connection = True
            self._write(reply.raw)
            return
        told = {name.lower() for name, _ in reply.headers}
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if isinstance(reply.body, bytes):
            if not told & {"content-length", "transfer-encoding"}:
                self.send_header("Content-Length", str(len(reply.body)))
            self.close_connection |= "content-length" in told
        else:
            self.close_connection = True
        self.end_headers()
        self._write([reply.body] if isinstance(reply.body, bytes) else reply.body)

    def _write(self, parts: Iterable[bytes]) -> None:
        for part in parts:
            if self.server.playing.over.is_set():
                return
            self.wfile.write(part)
            self.wfile.flush()

    def log_message(self, *_: object) -> None: ...
