"""Fetching images from where they live: how many a second, beside other ways to fetch them.

    python benchmarks/fetch.py                      # 400 images from 20 hosts: 6 minutes, 1 GB of disk
    python benchmarks/fetch.py --write              # the same, and the table goes into benchmarks/README.md
    python benchmarks/fetch.py --images 200 --only ours --keep FOLDER        # while working; the peers stay for the next run

A server on loopback plays the hosts, each on a port of its own: it answers each request after 50 ms with a JPEG of some 100 KB, another
one for each path. No name is looked up and nothing leaves the machine, but the peers are installed with pip, into a temporary folder.
Ours asks each host for its robots.txt first, asks it one thing at a time, and keeps what comes in the cache; img2dataset writes files and
is told to leave the images as they are. Each image is looked at afterwards: what is missing or wrong is said.

A run is a whole process. What it takes to start is measured by fetching one image, and taken off: so images a second are those of
the rest. Ratios are to plain requests, one after the other over kept connections: they and what is measured run in turn; the table has
the median and, behind it, the lowest and the highest. `At once`: the most requests that a host was answering at the same time.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import functools
import hashlib
import inspect
import io
import itertools
import math
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from told import refuse, write_readme

HOSTS, LATENCY_S = 20, 0.05
SIZE_PX, QUALITY, NOISE = (500, 375), 90, 0.33  # some 100 KB
PEERS = ("requests", "img2dataset")
BEGIN, END = "<!-- written by fetch.py -->", "<!-- until here, from fetch.py -->"


class NotMeasured(Exception):
    """Why a row has no figures, in a few words."""


# ---- the hosts --------------------------------------------------------------------------------------------------------


def jpeg() -> bytes:
    dice = random.Random(0)  # noqa: S311 (the same image each time)
    noise = Image.frombytes("RGB", SIZE_PX, dice.randbytes(3 * SIZE_PX[0] * SIZE_PX[1]))
    bands = [Image.linear_gradient("L").rotate(90 * turn).resize(SIZE_PX) for turn in range(3)]
    file = io.BytesIO()
    Image.blend(Image.merge("RGB", bands), noise, NOISE).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def named(image: bytes, name: str) -> bytes:
    """The same image with its name in a comment: other bytes.

    FF D8 | FF FE 00 0A "/7.jpg.." | FF E0 ...
    """
    comment = name.encode("ascii")
    return image[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + image[2:]


class Host:
    """Answers after a while, any number of requests at once, and counts how many that were."""

    def __init__(self, image: bytes) -> None:
        self._image = image
        self.now = self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode("ascii")
                self.now += 1
                self.most = max(self.most, self.now)
                await asyncio.sleep(LATENCY_S)
                self.now -= 1
                body = named(self._image, path) if path.endswith(".jpg") else b""
                status, kind = ("200 OK", "image/jpeg") if body else ("404 Not Found", "text/plain")
                writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()


async def play() -> None:
    """Prints the ports, then, for each line on standard input, the most requests at once that a host had since the last."""
    hosts = [Host(jpeg()) for _ in range(HOSTS)]
    servers = [await asyncio.start_server(host.serve, "127.0.0.1", 0) for host in hosts]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(max(host.most for host in hosts), flush=True)
        for host in hosts:
            host.most = 0


@dataclass(frozen=True, kw_only=True)
class Played:
    """The hosts, while they run."""

    ports: Sequence[int]
    process: subprocess.Popen[str]

    def most_at_once(self) -> int:
        """Since it was asked last."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())


@contextlib.contextmanager
def hosts() -> Iterator[Played]:
    command = [sys.executable, __file__, "--play"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Played(ports=[int(port) for port in process.stdout.readline().split()], process=process)
        finally:
            process.kill()


# ---- what is measured: each function is sent, as its own text, to a process that imports nothing else -------------------
# `listed` is a file with an address a line, `out` a folder.


def by_requests(listed: str, out: str) -> None:
    import requests

    with requests.Session() as session, open(listed, encoding="ascii") as urls:
        for n, url in enumerate(urls):
            answer = session.get(url.strip(), timeout=30)
            answer.raise_for_status()
            with open(f"{out}/{n}.jpg", "wb") as file:
                file.write(answer.content)


def by_img2dataset(listed: str, out: str, *threads: str) -> None:
    from img2dataset import download

    given = {"thread_count": int(threads[0])} if threads else {}
    download(
        url_list=listed,
        output_folder=out,
        output_format="files",
        processes_count=1,
        resize_mode="no",
        disable_all_reencoding=True,
        **given,
    )


def by_ours(listed: str, out: str, *ports: str) -> None:
    from pathlib import Path

    from imagestolive.fetch.ahead import Origin
    from imagestolive.fetch.kept import Kept
    from imagestolive.fetch.network import Network
    from imagestolive.fetch.remote import Remote
    from imagestolive.records import ImageRecord

    names = {f"host{n}.example": int(port) for n, port in enumerate(ports)}
    kept = Kept(Path(out) / "kept", most_bytes=2**31, most_days=7)
    with Network(contact=None, played=names) as network:
        remote = Remote(network, kept)
        origin = Origin(hosts=("*",))
        urls = Path(listed).read_text(encoding="ascii").split()
        records = [ImageRecord(dataset="far", image_id=str(n), locator=url) for n, url in enumerate(urls)]
        remote.plan([iter([(record, origin)]) for record in records])
        for record in records:
            remote.fetch(record, origin)
        remote.stop()
    kept.close()


# ---- peers ------------------------------------------------------------------------------------------------------------


def install(folder: Path) -> tuple[Path, dict[str, str]]:
    """A Python that has the peers, and their versions; one that cannot be had is in neither."""
    python = folder / "bin" / "python"
    if not python.exists():
        _installed([sys.executable, "-m", "venv", str(folder)])
    versions = {}
    for name in PEERS:
        with contextlib.suppress(NotMeasured):
            _installed([str(python), "-m", "pip", "install", "--quiet", name])
            ask = f"from importlib.metadata import version; import {name}; print(version({name!r}))"
            versions[name] = _installed([str(python), "-c", ask]).split()[-1]
    return python, versions


def _installed(command: list[str]) -> str:
    done = subprocess.run(command, check=False, text=True, capture_output=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise NotMeasured("pip could not install it")
    return done.stdout


# ---- one way to fetch -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Way:
    """How images are fetched, and in which Python."""

    child: Callable[..., None]
    peer: str | None = None  # the package it needs
    arguments: tuple[str, ...] = ()
    again: bool = False  # from what the run before has kept


BASE = "requests, one after the other"
WAYS = {
    BASE: Way(child=by_requests, peer="requests"),
    "img2dataset, 16 threads": Way(child=by_img2dataset, peer="img2dataset", arguments=("16",)),
    "img2dataset, as it comes: 256 threads": Way(child=by_img2dataset, peer="img2dataset"),
    "**ours**": Way(child=by_ours),
    "**ours, from its cache**": Way(child=by_ours, again=True),
}


_OFFLINE = {**os.environ, "NO_ALBUMENTATIONS_UPDATE": "1"}  # img2dataset imports it, and waits minutes for a host that nobody answers for


@dataclass(frozen=True, kw_only=True)
class Work:
    """n images, and who fetches them from whom."""

    n: int
    scratch: Path
    python: Path  # of the peers
    versions: dict[str, str]
    played: Played

    def seconds(self, way: Way, n: int) -> float:
        """Of a whole process that fetches n images. Raises NotMeasured where it cannot, or where one is missing or wrong."""
        if way.peer is not None and way.peer not in self.versions:
            raise NotMeasured("pip could not install it")
        out, listed = self.scratch / "out", self.scratch / "urls.txt"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        played = [("127.0.0.1", f":{port}") if way.peer else (f"host{k}.example", "") for k, port in enumerate(self.played.ports)]
        urls = [f"http://{name}{port}/{k}.jpg" for k, (name, port) in zip(range(n), itertools.cycle(played), strict=False)]
        listed.write_text("\n".join(urls), encoding="ascii")
        python = str(self.python) if way.peer else sys.executable
        text = f"import sys\n{inspect.getsource(way.child)}\n{way.child.__name__}(*sys.argv[1:])"
        ports = () if way.peer else map(str, self.played.ports)
        command = [python, "-c", text, str(listed), str(out), *way.arguments, *ports]
        for _ in range(2 if way.again else 1):
            began = time.perf_counter()
            done = subprocess.run(command, check=False, text=True, capture_output=True, cwd=self.scratch, env=_OFFLINE)
            seconds = time.perf_counter() - began
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            raise NotMeasured("it failed")
        self._look_at(out, n)
        return seconds

    def _look_at(self, out: Path, n: int) -> None:
        """Whether all images are there, byte for byte."""
        sums = {hashlib.sha256(path.read_bytes()).digest() for path in out.rglob("*") if path.is_file()}
        missing = sum(hashlib.sha256(named(self.image, f"/{k}.jpg")).digest() not in sums for k in range(n))
        if missing:
            raise NotMeasured(f"{missing} of {n} images are missing or wrong")

    @functools.cached_property
    def image(self) -> bytes:
        return jpeg()

    def rate(self, way: Way) -> float:
        """Images a second, once it has started. Raises NotMeasured."""
        started_s = self.seconds(way, 1)
        if (seconds := self.seconds(way, self.n) - started_s) <= 0:
            raise NotMeasured("too few images: starting takes longer")
        return (self.n - 1) / seconds


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a row says. Ratios are to BASE, one a pair."""

    rates: Sequence[float] = ()  # images a second
    ratios: Sequence[float] = ()
    started_s: float = math.nan
    at_once: int = 0
    why_not: str = ""


def measure(work: Work, name: str, pairs: int) -> Measured:
    """In turn with plain requests."""
    way = WAYS[name]
    try:
        started_s = work.seconds(way, 1)
        rates, ratios, at_once = [], [], 0
        for _ in range(pairs):
            base = work.rate(WAYS[BASE])
            work.played.most_at_once()
            rates.append(work.rate(way))
            at_once = max(at_once, work.played.most_at_once())
            ratios.append(rates[-1] / base)
    except NotMeasured as why:
        return Measured(why_not=str(why))
    return Measured(rates=rates, ratios=ratios, started_s=started_s, at_once=at_once)


# ---- the table --------------------------------------------------------------------------------------------------------


def report(rows: dict[str, Measured], work: Work) -> str:
    lines = [
        "|  | images a second, to plain requests | images a second | seconds to start | at once |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, row in rows.items():
        if row.why_not:
            cells = [f"not measured: {row.why_not}", "–", "–", "–"]
        else:
            cells = [_spread(row.ratios), f"{statistics.median(row.rates):.0f}", f"{row.started_s:.1f}", f"{row.at_once or '–'}"]
        lines.append(f"| {' | '.join([name, *cells])} |")
    day = datetime.datetime.now(datetime.UTC).date()
    versions = ", ".join(f"{name} {version}" for name, version in work.versions.items())
    here = f"{day}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; {versions}."
    size_kb = len(work.image) / 1000
    said = f"{work.n:,} images of {size_kb:.0f} kB from {HOSTS} hosts, each answer after {LATENCY_S * 1000:.0f} ms. {here}"
    return "\n".join([*lines, "", said])


def _spread(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f})"


# ---- all of it --------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=400, help="how many, at least 20")
    parser.add_argument("--pairs", type=int, default=3, help="how many pairs")
    parser.add_argument("--only", default="", metavar="WORD", help="only the rows with this word in their names")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a folder for the peers, kept for the next run")
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/README.md")
    parser.add_argument("--play", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.play:
        asyncio.run(play())
        return
    if asked.images < HOSTS:
        refuse("one image a host is the least")
    if asked.write and (asked.only or asked.images != parser.get_default("images")):
        refuse("--write takes the whole table: neither --only nor --images")
    names = [name for name in WAYS if asked.only in name]
    if not names:
        refuse(f"no row is called {asked.only}")
    with tempfile.TemporaryDirectory() as temporary, hosts() as played:
        python, versions = install((asked.keep or Path(temporary)).resolve() / "peers")
        work = Work(n=asked.images, scratch=Path(temporary), python=python, versions=versions, played=played)
        rows = {}
        for name in names:
            rows[name] = measure(work, name, asked.pairs)
            print(f"{name}: {rows[name]}", file=sys.stderr)
        table = report(rows, work)
    print(table)
    if asked.write:
        write_readme(table, BEGIN, END)


if __name__ == "__main__":
    main()
