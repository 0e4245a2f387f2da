"""imagestolive get, as a person uses it: makers' hosts are played on loopback, and what comes is ready to draw from."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import drawn
import hosts
import pikepdf
import pytest
from click.testing import CliRunner, Result
from commands import Run, runner
from hosts import Asked, Played, Reply, Route

from imagestolive import cli, sets
from imagestolive.config import Config
from imagestolive.datasets import datasheets
from imagestolive.fetch.network import Network
from imagestolive.pipeline import Pipeline

get = importlib.import_module("imagestolive.cli.get")

HOST = "storage.googleapis.com"
MAKERS = f"https://{HOST}/openimages"
HEADER = (
    "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation"
)
ROWS = [
    f"{n:016x},validation,https://c{n}.staticflickr.com/4/3930/{n}_a_o.jpg,https://www.flickr.com/photos/ana/{n},"
    f"https://creativecommons.org/licenses/by/2.0/,https://www.flickr.com/people/ana/,Ana,Pier {n},,,,"
    for n in range(1, 7)
]
IMAGES = "\n".join((HEADER, *ROWS, "")).encode()
BOXES = (
    b"ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n"
    b"0000000000000001,xclick,/m/01g317,1,0.1,0.5,0.1,0.5,0,0,0,0,0\n"
)
LABELS = b"ImageID,Source,LabelName,Confidence\n0000000000000002,verification,/m/0k4j,1\n"
CLASSES = b"/m/01g317,Person\n/m/0k4j,Car\n"
LISTS: dict[str, bytes] = {
    f"{MAKERS}/v5/class-descriptions-boxable.csv": CLASSES,
    f"{MAKERS}/v5/validation-annotations-bbox.csv": BOXES,
    f"{MAKERS}/v5/validation-annotations-human-imagelabels-boxable.csv": LABELS,
    f"{MAKERS}/2018_04/validation/validation-images-with-rotation.csv": IMAGES,
}
IMAGE_LIST = f"{MAKERS}/2018_04/validation/validation-images-with-rotation.csv"
LONG = IMAGES + b"".join(f"{n:016x},validation,not an address,,,,,,,,,\n".encode() for n in range(100, 8100))  # no buffer holds it back

# imagestolive with a host that is played: PORT CA ARGUMENTS
PROGRAM = f"""
import importlib, sys
from imagestolive import cli, sets
from imagestolive.fetch.network import Network
port, ca, *arguments = sys.argv[1:]
importlib.import_module("imagestolive.cli.get").network = lambda _: Network(contact=None, played={{"{HOST}": int(port)}}, verify=ca)
cli.main(arguments)
"""

Play = Callable[..., Played]


@pytest.fixture
def run(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """With a data folder of its own, but for the fonts: they take seconds to make."""
    (data_folder / "fonts").mkdir(exist_ok=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "fonts").symlink_to(data_folder / "fonts", target_is_directory=True)
    return runner(tmp_path, tmp_path / "data", monkeypatch, pictures=1)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """Open Images' makers' host, which is the whole network of this test; one address may be answered otherwise."""
    with contextlib.ExitStack() as stack:

        def start(other: Route | None = None, more: Mapping[str, Route] | None = None) -> Played:
            routes: dict[str, Route] = {url: hosts.whole_or_range(data, '"1"') for url, data in LISTS.items()}
            played = stack.enter_context(hosts.played(routes | ({IMAGE_LIST: other} if other else {}) | dict(more or {})))
            monkeypatch.setattr(get, "network", lambda _: Network(contact=None, played=played.ports, verify=str(played.ca)))
            return played

        yield start


def good(result: Result) -> Result:
    assert result.exit_code == 0, result.output
    return result


def refused(result: Result, *, code: int) -> str:
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return " ".join(result.stderr.split())


def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "metadata" / "open-images"


# ---- from nothing to images -------------------------------------------------------------------------------------------


def test_one_command_brings_open_images_and_says_how_to_print_it(run: Run, play: Play, tmp_path: Path) -> None:
    played = play()
    said = " ".join(good(run("get", "open-images", "--accept-terms")).stdout.split())
    assert f"Open Images: 4 files from {HOST}" in said
    assert "validation-annotations-bbox.csv: size not stated" in said
    assert datasheets()["open-images"].terms["en"] in said
    assert "Open Images: 6 images can be drawn." in said
    assert said.endswith("To print some of them: imagestolive make --dataset open-images --out cards.pdf")
    assert played.asked(HOST) == [url.partition(HOST)[2] for url in LISTS]
    info = Pipeline(Config(data_folder=tmp_path / "data")).data_set("open-images")
    assert (info.images or 0) + info.elsewhere == 6


def test_the_command_that_is_named_then_prints_the_photographs(run: Run, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    play()
    said = good(run("get", "open-images", "--accept-terms")).stdout
    photographs = {f"https://c{n}.staticflickr.com/4/3930/{n}_a_o.jpg": Reply(body=drawn.jpeg(n)) for n in range(1, 7)}
    with hosts.played(photographs) as flickr:
        network = functools.partial(Network, contact=None, played=flickr.ports, verify=str(flickr.ca))
        monkeypatch.setattr(importlib.import_module("imagestolive.cli.make"), "network_of", lambda _: network)
        good(run(*shlex.split(said.rpartition("imagestolive ")[2])))
    assert len(flickr.log) > 0
    with pikepdf.open("cards.pdf") as pdf:
        picks = sets.read_set_file(pdf.attachments["set.json"].get_file().read_bytes()).picks
    assert [pick.dataset for pick in picks] == ["open-images"] * 3


def test_who_is_in_the_photographs_comes_with_them(run: Run, play: Play, tmp_path: Path) -> None:
    play()
    good(run("get", "open-images", "--accept-terms"))
    pipeline = Pipeline(Config(data_folder=tmp_path / "data"))
    source = pipeline._source(datasheets()["open-images"])
    records = {record.image_id: record for record in source.records(importlib.import_module("imagestolive.datasets").Problems())}
    assert (records["0000000000000001"].people, records["0000000000000001"].flags) == ("some", {"person"})
    assert records["0000000000000002"].flags == set()


def test_a_second_run_fetches_nothing_and_asks_for_nothing(run: Run, play: Play) -> None:
    played = play()
    good(run("get", "open-images", "--accept-terms"))
    before = list(played.log)
    again = good(run("get", "open-images"))
    assert played.log == before
    assert "validation-annotations-bbox.csv: is here" in again.stdout
    assert datasheets()["open-images"].terms["en"][:40] not in again.stdout
    assert "6 images can be drawn" in again.stdout


def test_the_command_that_is_named_prints_with_the_same_configuration(run: Run, play: Play, tmp_path: Path) -> None:
    play()
    config = tmp_path / "my config.yaml"
    config.write_text("contact: ana@school.example\n", encoding="utf-8")
    said = good(run("get", "open-images", "--accept-terms", "--config", config)).stdout
    command = shlex.split(said.rpartition("To print some of them: ")[2])
    assert command == ["imagestolive", "make", "--dataset", "open-images", "--config", str(config), "--out", "cards.pdf"]


def test_it_speaks_portuguese(run: Run, play: Play) -> None:
    play()
    said = " ".join(good(run("get", "open-images", "--accept-terms", "--lang", "pt-BR")).stdout.split())
    assert datasheets()["open-images"].terms["pt-BR"] in said


# ---- what is listed and refused ---------------------------------------------------------------------------------------


def test_without_a_key_it_lists_what_there_is(run: Run, play: Play) -> None:
    play()
    assert _listed(run) == "Open Images: validation, test, train"
    good(run("get", "open-images", "--accept-terms"))
    assert _listed(run) == "Open Images: validation, test, train; lists of it are here"


def _listed(run: Run) -> str:
    """What the list says of Open Images, which is wrapped into lines."""
    after = good(run("get")).stdout.partition("open-images ")[2]
    entry = re.split(r"\n(?=\S)", after)[0]
    return " ".join(entry.split())


def test_a_data_set_without_lists_names_those_that_have_them(run: Run, play: Play) -> None:
    play()
    said = refused(run("get", "coco"), code=2)
    assert "COCO" in said
    assert "open-images" in said


@pytest.mark.parametrize(("arguments", "code"), [(("open-imgaes",), 2), (("open-images", "--part", "all"), 2)])
def test_what_does_not_exist_is_said_to_be_unknown(run: Run, play: Play, arguments: tuple[str, ...], code: int) -> None:
    played = play()
    assert arguments[-1] in refused(run("get", *arguments), code=code)
    assert played.log == []


def test_nothing_is_fetched_where_the_configuration_has_a_folder(run: Run, play: Play, tmp_path: Path) -> None:
    played = play()
    (tmp_path / "config.yaml").write_text("roots: [mine]\ndatasets: {open-images: {path: mine}}\n", encoding="utf-8")
    assert str(tmp_path / "mine") in refused(run("get", "open-images", "--config", "config.yaml"), code=2)
    assert played.log == []


def test_nothing_is_fetched_where_the_configuration_has_no_network(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("network: false\n", encoding="utf-8")
    said = refused(run("get", "open-images", "--accept-terms", "--config", "config.yaml"), code=2)
    assert "network: false" in said
    assert not folder(tmp_path).exists()


def test_a_file_that_is_not_the_makers_is_told_and_ends_with_1(run: Run, play: Play, tmp_path: Path) -> None:
    play(Reply(headers=(("x-goog-hash", "md5=AAAAAAAAAAAAAAAAAAAAAA=="),), body=IMAGES))
    said = refused(run("get", "open-images", "--accept-terms"), code=1)
    assert f"validation-images-with-rotation.csv from {HOST} was thrown away" in said
    assert "its checksum is another" in said
    assert not list(folder(tmp_path).glob("validation-images-*"))
    assert "its files are not here" in good(run("datasets", "open-images")).stdout


@pytest.mark.parametrize(
    ("list_", "why"),
    [
        (b"{}", "does not look as expected"),
        (IMAGES + b'0,validation,"' + b"x" * 200_000, "perhaps a quotation mark is missing"),
        (HEADER.encode() + b"\n", "has 0 images"),
    ],
)
def test_a_list_that_cannot_be_read_is_thrown_away_and_the_same_command_mends_it(
    run: Run, play: Play, tmp_path: Path, list_: bytes, why: str
) -> None:
    replies = iter([Reply(body=list_)])
    play(lambda _: next(replies, Reply(body=IMAGES)))
    said = refused(run("get", "open-images", "--accept-terms"), code=1)
    assert why in said
    assert said.endswith("What was fetched of Open Images is thrown away: the same command fetches it again.")
    assert not list(folder(tmp_path).glob("*.csv"))
    assert "6 images can be drawn" in good(run("get", "open-images")).stdout


def test_a_list_that_could_be_read_stays_when_another_cannot(run: Run, play: Play, tmp_path: Path) -> None:
    routes = {url.replace("validation", "test"): Reply(body=data) for url, data in LISTS.items() if "validation" in url}
    play(more={**routes, IMAGE_LIST.replace("validation", "test"): Reply(body=HEADER.encode() + b'\n"')})
    good(run("get", "open-images", "--accept-terms"))
    refused(run("get", "open-images", "--part", "test"), code=1)
    assert {path.name.partition("-")[0] for path in folder(tmp_path).glob("*.csv")} == {"class", "validation"}
    assert "6 images" in good(run("datasets", "open-images")).stdout


# ---- terms ------------------------------------------------------------------------------------------------------------


def test_without_a_terminal_the_terms_are_accepted_by_an_option_alone(run: Run, play: Play) -> None:
    played = play()
    said = refused(run("get", "open-images"), code=2)
    assert "the terms of Open Images are not accepted. To accept them: --accept-terms." in said
    assert played.log == []


@pytest.mark.parametrize(("typed", "lang", "code"), [("y\n", "en", 0), ("sim\n", "pt-BR", 0), ("n\n", "en", 2), ("\n", "en", 2)])
def test_on_a_terminal_the_answer_decides(run: Run, play: Play, monkeypatch: pytest.MonkeyPatch, typed: str, lang: str, code: int) -> None:
    played = play()
    monkeypatch.setattr(get, "at_a_terminal", lambda: True)
    result = CliRunner().invoke(cli.main, ["get", "open-images", "--lang", lang], input=typed)
    assert result.exit_code == code, result.output
    assert bool(played.log) == (code == 0)
    if code == 0:
        good(run("get", "open-images"))  # not asked again


# ---- cut off ----------------------------------------------------------------------------------------------------------


def by_quarters(times: int, let_go: threading.Event) -> Callable[[Asked], Reply]:
    """A host that sends a quarter of a file and then nothing, so many times; after that it is a decent one."""
    whole = hosts.whole_or_range(LONG, '"1"')
    left = iter(range(times))

    def answer(asked: Asked) -> Reply:
        reply = whole(asked)
        assert isinstance(reply.body, bytes)
        rest = reply.body
        if next(left, None) is None:
            return reply

        def quarter() -> Iterator[bytes]:
            yield rest[: len(LONG) // 4]
            let_go.wait(300)

        return dataclasses.replace(reply, headers=(*reply.headers, ("Content-Length", str(len(rest)))), body=quarter())

    return answer


@pytest.mark.parametrize(("number", "code", "times"), [(signal.SIGKILL, -9, 3), (signal.SIGINT, 130, 1), (signal.SIGTERM, 143, 1)])
def test_a_run_that_is_ended_in_mid_file_is_gone_on_with(
    run: Run, play: Play, tmp_path: Path, number: signal.Signals, code: int, times: int
) -> None:
    let_go = threading.Event()
    played = play(by_quarters(times, let_go))
    file = folder(tmp_path) / "validation-images-with-rotation.csv"
    part = file.with_name(f"{file.name}.part")
    arguments = [str(played.ports[HOST]), str(played.ca), "get", "open-images", "--accept-terms"]
    came = [0]
    for _ in range(times):
        with subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            ends_s = time.monotonic() + 60
            while not (part.exists() and part.stat().st_size > came[-1] + len(LONG) // 8):
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < ends_s
                time.sleep(0.02)
            os.kill(process.pid, number)
            told = process.communicate(timeout=60)[0]
        assert process.returncode == code, told
        assert b"Traceback" not in told
        assert not file.exists()
        came.append(part.stat().st_size)
    let_go.set()
    good(run("get", "open-images"))
    assert file.read_bytes() == LONG
    asked = [asked.headers for asked in played.log if asked.path.endswith(file.name)]
    assert [headers.get("range") for headers in asked] == [None, *(f"bytes={start}-" for start in came[1:])]
    assert {headers["if-range"] for headers in asked[1:]} == {'"1"'}
