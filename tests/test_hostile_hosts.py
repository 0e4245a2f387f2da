"""What bad_inputs lists of addresses and images, played by hosts on loopback, each as the one image of a data set that is drawn from.

A case is named after its row there. Nothing private is asked, nothing hangs, and the set says what is missing.
"""

from __future__ import annotations

import gzip
import io
import socket
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import drawn
import elsewhere
import hosts
import pytest
from PIL import Image, ImageCms

from imagestolive import resources
from imagestolive.config import Config, DataSetConfig
from imagestolive.pipeline import DrawnSet, Pipeline

FINE = ""  # the image is drawn
HERE = elsewhere.url(0)
HOST = "h0.photos.example"

# ---- addresses ---------------------------------------------------------------------------------------------------------

ADDRESSES = {
    "B037": ["http://127.0.0.1/", "https://127.0.0.1/a.jpg"],
    "B038": ["http://localhost:22/", "http://localhost/"],
    "B039": ["http://2130706433/"],
    "B040": ["http://0x7f000001/", "http://0177.0.0.1/"],
    "B041": ["http://127.1/", "http://0/"],
    "B042": ["http://[::1]/", "http://[::]/"],
    "B043": ["http://[::ffff:169.254.169.254]/"],
    "B044": ["http://[64:ff9b::7f00:1]/"],
    "B045": ["http://169.254.169.254/latest/meta-data/"],
    "B046": ["http://①②⑦.⓪.⓪.①/"],
    "B047": ["http://100.64.0.1/", "http://10.0.0.1/", "http://192.168.1.1/"],
    "B048": [f"http://{HOST}@127.0.0.1/"],
    "B053": ["file:///etc/passwd", "gopher://h0.photos.example/", "ftp://h0.photos.example/a.jpg", "data:image/png;base64,AAAA"],
    "B054": [f"https://{HOST}/a%0d%0aX-Y:1", f"https://{HOST}/a\r\nX-Y:1"],
}


@pytest.mark.parametrize(("row", "url"), [(row, url) for row, urls in ADDRESSES.items() for url in urls])
@pytest.mark.parametrize("any_host", [False, True], ids=["hosts named", "any host"])
def test_an_address_that_leads_anywhere_odd_is_never_asked(tmp_path: Path, row: str, url: str, any_host: bool) -> None:
    connected: list[object] = []

    def connect(_: socket.socket, address: object) -> None:
        connected.append(address)
        raise OSError("nothing may be asked")

    root = elsewhere.rows(tmp_path / "set", 1, url_of=lambda _: url)
    whose = ("*",) if any_host else ("photos.example",)
    config = Config(
        datasets={elsewhere.KEY: DataSetConfig(key=elsewhere.KEY, root=root, hosts=whose)}, starter=False, data_folder=tmp_path / "data"
    )
    with hosts.played({HERE: hosts.Reply(body=drawn.jpeg())}) as played, elsewhere.online(config, played) as pipeline:
        with mock.patch.object(socket.socket, "connect", connect):
            if pipeline.data_set(elsewhere.KEY).images:  # else the reader has thrown the address away
                assert draw(pipeline).left_out == {"address refused": 1}
        assert played.log == []
    assert connected == []


@pytest.mark.parametrize("leads_to", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"]], ids=["private", "private beside public"])
def test_a_name_that_leads_into_a_private_network_is_never_asked(  # B052, where it does so at once
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leads_to: list[str]
) -> None:
    look_up = socket.getaddrinfo

    def looked_up(host: str, *more: object, **named: object) -> list[object]:
        addresses = leads_to if host == HOST else [host]
        return [info for address in addresses for info in look_up(address, *more, **named)]  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr("urllib3.util.connection.create_connection", lambda *_, **__: pytest.fail("it was asked"))
    config = elsewhere.config(elsewhere.rows(tmp_path / "set", 1), tmp_path / "data")
    with hosts.played({}) as played, elsewhere.online(config, played) as pipeline:
        assert draw(pipeline).left_out == {"address refused": 1}


REDIRECTS = {
    "B049": [("http://127.0.0.1/", "address refused"), ("https://169.254.169.254/latest/", "address refused")],
    "B050": [(HERE, "address refused")],
    "B051": [(f"http://{HOST}/0.jpg", "address refused")],
    "B059": [("https://s.yimg.com/pw/images/en-us/photo_unavailable_l.png", "gone")],
}


@pytest.mark.parametrize(("to", "reason"), [case for cases in REDIRECTS.values() for case in cases])
def test_a_redirect_that_leads_astray_leaves_the_image_out(tmp_path: Path, to: str, reason: str) -> None:
    found = drawn_from(tmp_path, hosts.redirect(to))
    assert found.left_out == {reason: 1}


# ---- answers -----------------------------------------------------------------------------------------------------------


def _endless() -> Iterator[bytes]:
    while True:
        yield bytes(2**20)


def _head(*lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


ANSWERS: dict[str, tuple[Callable[[], hosts.Route], str]] = {
    "B055": (lambda: hosts.Reply(raw=hosts.dripping(_head("X-A: " + "a" * 1000), 0.02)), "not reachable"),
    "B056 without end": (lambda: hosts.Reply(body=_endless()), "unreadable"),
    "B056 more than told": (lambda: hosts.Reply(raw=[_head("Content-Length: 10"), drawn.jpeg()]), "unreadable"),
    "B057": (lambda: hosts.Reply(headers=(("Content-Encoding", "gzip"),), body=gzip.compress(bytes(100 * 2**20))), "unreadable"),
    "B058": (lambda: hosts.Reply(headers=(("Content-Type", "text/html"),), body=b"<html>sign in</html>"), "not an image"),
    "B061": (lambda: hosts.Reply(status=403), "gone"),
    "B062 number": (lambda: hosts.Reply(status=429, headers=(("Retry-After", "3600"),)), "not reachable"),
    "B062 date": (lambda: hosts.Reply(status=429, headers=(("Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"),)), "not reachable"),
    "B062 garbage": (lambda: hosts.Reply(status=429, headers=(("Retry-After", "soon"),)), "not reachable"),
    **{
        f"B063 {word}": ((lambda word=word: hosts.Reply(headers=(("X-Robots-Tag", word),), body=drawn.jpeg())), "asked not to")
        for word in ("noai", "noimageai", "noindex", "NoImageIndex", "nofollow, noai", "imagestolive: noindex")
    },
    "B063 of others": (lambda: hosts.Reply(headers=(("X-Robots-Tag", "otherbot: noindex"),), body=drawn.jpeg()), FINE),
}


@pytest.mark.parametrize("row", ANSWERS)
def test_an_odd_answer_leaves_the_image_out_and_nothing_hangs(tmp_path: Path, row: str) -> None:
    reply, reason = ANSWERS[row]
    began = time.monotonic()
    found = drawn_from(tmp_path, reply(), deadline_s=1 if row == "B055" else 20)
    assert time.monotonic() - began < 30
    assert found.left_out == ({reason: 1} if reason else {})


def test_a_certificate_out_of_date_leaves_the_image_out(tmp_path: Path) -> None:  # B064
    found = drawn_from(tmp_path, hosts.Reply(body=drawn.jpeg()), expired=(HOST,))
    assert found.left_out == {"not reachable": 1}


# ---- images ------------------------------------------------------------------------------------------------------------


def _saved(image: Image.Image, kind: str, **more: object) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **more)
    return data.getvalue()


def _png(width_px: int, height_px: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of 1 bit a pixel, all black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes((width_px + 7) // 8 + 1) * height_px, 9)
    header = struct.pack(">IIBBBBB", width_px, height_px, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def _frames(n: int) -> bytes:
    first, *more = [Image.new("P", (8, 8), place % 256) for place in range(n)]
    return _saved(first, "GIF", save_all=True, append_images=more, optimize=False)


def _oriented(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return drawn.jpeg(1, exif=exif)


_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
IMAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "B065": (lambda: b"", "not an image"),
    "B066": (lambda: drawn.jpeg()[:-300], "unreadable"),
    "B067": (lambda: _png(20000, 20000), "too long"),
    "B068": (lambda: _png(13000, 13000), "too long"),
    "B069": (lambda: _saved(Image.new("RGB", (8000, 6000)), "JPEG", progressive=True), "too long"),
    "B070": (lambda: _frames(50), FINE),
    "B071 zTXt": (lambda: _png(64, 64, (b"zTXt", b"a\0\0" + zlib.compress(bytes(50 * 2**20)))), "unreadable"),
    **{f"B072 {n}": ((lambda n=n: _oriented(n)), FINE) for n in (0, 1, 6, 8, 9, 65535)},
    "B074": (lambda: _saved(drawn.picture().convert("CMYK"), "JPEG"), FINE),
    "B075 16 bit": (lambda: _saved(Image.new("I;16", (40, 40), 40000), "PNG"), FINE),
    "B075 palette": (lambda: _saved(drawn.picture().convert("P"), "PNG", transparency=0), FINE),
    "B076": (lambda: _saved(drawn.picture(), "JPEG", icc_profile=_PROFILE), FINE),
    "B077 1 x 1": (lambda: _saved(Image.new("RGB", (1, 1)), "PNG"), "too small"),
    "B077 1 x 30000": (lambda: _saved(Image.new("RGB", (1, 30000)), "PNG"), "too long"),
    "B078": (lambda: _saved(drawn.picture(0, (32, 32)), "PNG"), FINE),
    "B079": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not an image"),
    "B080 EPS": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    "B080 PDF": (lambda: b"%PDF-1.7\n", "not an image"),
    "B080 PSD": (lambda: b"8BPS\0\1" + bytes(40), "not an image"),
    "B081": (lambda: drawn.jpeg() + b"<html><script>alert(1)</script>", FINE),
    "B082 HEIC": (lambda: struct.pack(">I", 24) + b"ftypheic" + bytes(40), "unreadable"),
    "B082 JPEG XL": (lambda: b"\xff\x0a" + bytes(40), "not an image"),
    "B084": (lambda: _saved(Image.new("RGB", (64, 64), "white"), "PNG"), FINE),
}


@pytest.mark.parametrize("row", IMAGES)
def test_an_odd_image_is_drawn_or_left_out_for_what_it_is(tmp_path: Path, row: str) -> None:
    data, reason = IMAGES[row]
    found = drawn_from(tmp_path, hosts.Reply(body=data()), name="photo" if data()[:1] == b"\x89" else "0.jpg")
    assert found.left_out == ({reason: 1} if reason else {})
    assert len(found.picks) == (not reason)


def test_place_and_owner_of_a_fetched_photograph_are_in_no_file(tmp_path: Path) -> None:  # B073
    exif = Image.Exif()
    exif[0xA430], exif.get_ifd(0x8825)[2] = "Ana Owner", (12.0, 34.0, 56.0)
    root = elsewhere.rows(tmp_path / "set", 1)
    config = elsewhere.config(root, tmp_path / "data")
    with hosts.played({HERE: hosts.Reply(body=drawn.jpeg(1, exif=exif))}) as played, elsewhere.online(config, played) as pipeline:
        policy = pipeline.policy(sold=False)
        (card,) = pipeline.cards(draw(pipeline), policy, resources.words("en"))
    assert card.picture is not None
    assert card.picture.jpeg is not None
    assert b"Owner" not in card.picture.jpeg
    assert b"Exif" not in card.picture.jpeg


# ---- drawing -----------------------------------------------------------------------------------------------------------


def draw(pipeline: Pipeline) -> DrawnSet:
    policy = pipeline.policy(sold=False)
    request, _ = pipeline.request(people=1, cards=1, keys=[elsewhere.KEY], paper="a4", lang="en", policy=policy)
    return pipeline.draw(request, "K7Q29FXD", (), policy)


def drawn_from(folder: Path, reply: hosts.Route, *, name: str = "0.jpg", expired: tuple[str, ...] = (), **limits: float) -> DrawnSet:
    """A set of one card, of a data set with one image, which is answered for so."""
    url = f"https://{HOST}/{name}"
    root = elsewhere.rows(folder / "set", 1, url_of=lambda _: url)
    config = elsewhere.config(root, folder / "data")
    with hosts.played({url: reply}, expired=expired) as played, elsewhere.online(config, played, **limits) as pipeline:
        return draw(pipeline)
