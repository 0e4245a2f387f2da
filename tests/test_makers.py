"""Makers' lists, fetched from hosts played on loopback: whole or not at all, whatever happens on the way."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import gzip
import hashlib
import json
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import hosts
import pytest
from hosts import Asked, Played, Reply, Route
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets import BadDatasheet, Datasheet, datasheets, load_datasheet
from imagestolive.datasets.datasheet import MakersFile
from imagestolive.fetch.alone import alone
from imagestolive.fetch.network import Answer, Network
from imagestolive.makers import getting, got
from imagestolive.makers.edition import Edition
from imagestolive.makers.getting import WAITS_S, Makers
from imagestolive.makers.problems import BeingGot, NoRoomForIt, NoSuchPart, NotAccepted, NotGot, NotKept, NotTheirs

Disk = namedtuple("Disk", "total free")

HOST = "lists.example"
NAMES, BOXES, IMAGES, OTHERS = (f"https://{HOST}/v5/{name}.csv" for name in ("names", "boxes", "images", "others"))
DATA = b"".join(b"%08d,a row of boxes\n" % n for n in range(8000))  # 200 kB: more than any buffer on the way holds back
SMALL = b"ImageID\n0001\n"
ETAG = (("ETag", '"1"'),)
NOW_S = 1_795_305_600.0  # 22 November 2026


def base64_md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def sheet(**said: Any) -> Datasheet:
    """A data set of two parts that share a file; `said` of the boxes' file: bytes, md5, sha256."""
    files = (("first", NAMES, {}), ("first", BOXES, said), ("first", IMAGES, {}), ("second", NAMES, {}), ("second", OTHERS, {}))
    listed = tuple(MakersFile(part=part, url=url, file=url.rpartition("/")[2], **facts) for part, url, facts in files)
    return dataclasses.replace(datasheets()["open-images"], key="listed", title="Listed", metadata=listed)


class House:
    """A data folder, and the network of the hosts that are played."""

    def __init__(self, data_folder: Path, played: Played) -> None:
        self.data_folder, self.played, self.slept_s = data_folder, played, list[float]()
        self.folder = data_folder / "metadata" / "listed"
        self.disk = Disk(1_000_000_000, 900_000_000)

    def makers(self, sheet: Datasheet) -> Makers:
        return Makers(self.data_folder, sheet, now=lambda: NOW_S, sleep=self.slept_s.append, disk=lambda _: self.disk)

    def get(self, *parts: str, **said: Any) -> Path:
        makers = self.makers(sheet(**said))
        makers.accept("en")
        with Network(contact=None, played=self.played.ports, verify=str(self.played.ca)) as network:
            return makers.get(parts, network)

    def asked(self) -> list[str]:
        return [path.rpartition("/")[2] for path in self.played.asked(HOST)]

    def ranges(self, url: str = BOXES) -> list[str | None]:
        return [asked.headers.get("range") for asked in self.played.log if url.endswith(asked.path)]


Play = Callable[..., House]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """The hosts of `sheet()`; the boxes, and more if need be, are answered as a test says."""
    with contextlib.ExitStack() as stack:

        def start(boxes: Route, more: Mapping[str, Route] | None = None) -> House:
            plain = {url: Reply(body=SMALL) for url in (NAMES, IMAGES, OTHERS)}
            return House(tmp_path, stack.enter_context(hosts.played({**plain, BOXES: boxes, **(more or {})})))

        yield start


def one_after_the_other(*replies: Route) -> Callable[[Asked], Reply]:
    """A host that answers otherwise each time; the last answer stays."""
    left = list(replies)

    def answer(asked: Asked) -> Reply:
        route = left.pop(0) if len(left) > 1 else left[0]
        return route(asked) if callable(route) else route

    return answer


def cut(data: bytes, at: int, headers: tuple[tuple[str, str], ...] = ETAG) -> Reply:
    """The connection is closed in mid-file."""
    return Reply(headers=(*headers, ("Content-Length", str(len(data)))), body=data[:at])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"lock"}


# ---- all is well ------------------------------------------------------------------------------------------------------


def test_the_files_of_the_first_part_come_one_after_the_other_and_are_known_from_then_on(play: Play) -> None:
    house = play(Reply(body=DATA))
    assert got(house.data_folder, "listed") is None
    assert house.get() == house.folder == got(house.data_folder, "listed")
    assert house.asked() == ["names.csv", "boxes.csv", "images.csv"]
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert names(house.folder) == {"names.csv", "boxes.csv", "images.csv", "complete.json", "accepted.json"}
    assert json.loads((house.folder / "complete.json").read_bytes())["parts"] == ["first"]


def test_what_is_here_is_not_asked_for_again(play: Play) -> None:
    house = play(Reply(body=DATA))
    house.get()
    before = house.asked()
    house.get()
    assert house.asked() == before


def test_another_part_brings_only_what_the_first_did_not(play: Play) -> None:
    house = play(Reply(body=DATA))
    house.get()
    house.get("second")
    assert house.asked() == ["names.csv", "boxes.csv", "images.csv", "others.csv"]
    assert json.loads((house.folder / "complete.json").read_bytes())["parts"] == ["first", "second"]


def test_a_part_that_does_not_exist_is_named_beside_those_that_do(play: Play) -> None:
    with pytest.raises(NoSuchPart, match="“third” is no part of Listed: there are"):
        play(Reply(body=DATA)).get("third")


def test_progress_tells_the_bytes_that_are_here_and_those_of_the_whole(play: Play) -> None:
    house = play(Reply(body=DATA))
    makers = house.makers(sheet())
    makers.accept("en")
    told = []
    with Network(contact=None, played=house.played.ports, verify=str(house.played.ca)) as network:
        makers.get([], network, progress=lambda file, here, of: told.append((file.file, here, of)))
    assert told[-1] == ("images.csv", len(SMALL), len(SMALL))
    boxes = [(here, of) for name, here, of in told if name == "boxes.csv"]
    assert boxes[0] == (0, len(DATA))
    assert boxes[-1] == (len(DATA), len(DATA))
    assert boxes == sorted(boxes)


# ---- cut off, and gone on with ----------------------------------------------------------------------------------------


def test_a_file_that_was_cut_off_goes_on_where_it_stopped(play: Play) -> None:
    house = play(one_after_the_other(cut(DATA, 70_000), hosts.whole_or_range(DATA, '"1"')))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.ranges() == [None, "bytes=70000-"]
    assert house.slept_s == [WAITS_S[0]]


def test_attempts_that_bring_something_are_not_counted(play: Play) -> None:
    whole = hosts.whole_or_range(DATA, '"1"')

    def a_little(asked: Asked) -> Reply:
        reply = whole(asked)
        assert isinstance(reply.body, bytes)
        return dataclasses.replace(reply, headers=(*reply.headers, ("Content-Length", str(len(reply.body)))), body=reply.body[:20_000])

    house = play(a_little)
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert set(house.slept_s) == {WAITS_S[0]}
    assert len(house.slept_s) > len(WAITS_S)


def test_another_edition_at_the_makers_begins_anew(play: Play) -> None:
    other = DATA[::-1]
    house = play(one_after_the_other(cut(DATA, 70_000), hosts.whole_or_range(other, '"2"')))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == other
    assert house.ranges() == [None, "bytes=70000-"]


def test_a_file_without_anything_to_know_its_edition_by_begins_anew(play: Play) -> None:
    house = play(one_after_the_other(cut(DATA, 70_000, ()), cut(DATA, 70_000, (("ETag", 'W/"1"'),)), Reply(body=DATA)))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.ranges() == [None, None, None]


def test_the_day_of_the_last_change_will_do_where_there_is_no_strong_etag(play: Play) -> None:
    changed = "Sun, 22 Apr 2018 10:00:00 GMT"
    first = cut(DATA, 70_000, (("ETag", 'W/"1"'), ("Last-Modified", changed)))
    house = play(one_after_the_other(first, hosts.whole_or_range(DATA, changed)))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.ranges() == [None, "bytes=70000-"]


def test_a_host_that_answers_another_range_than_asked_for_is_asked_for_the_whole(play: Play) -> None:
    odd = Reply(status=206, headers=(*ETAG, ("Content-Range", f"bytes 5-{len(DATA) - 1}/{len(DATA)}")), body=DATA[5:])
    house = play(one_after_the_other(cut(DATA, 70_000), odd, Reply(body=DATA)))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.ranges() == [None, "bytes=70000-", None]


def test_the_next_run_goes_on_too(play: Play) -> None:
    stays_away = [Reply(status=503)] * (len(WAITS_S) + 1)
    house = play(one_after_the_other(cut(DATA, 70_000), *stays_away, hosts.whole_or_range(DATA, '"1"')))
    with pytest.raises(NotGot, match=rf"boxes.csv could not be fetched from {HOST}: it answered 503. The same command goes on"):
        house.get()
    assert (house.folder / "boxes.csv.part").stat().st_size == 70_000
    assert "boxes.csv" not in names(house.folder)
    assert got(house.data_folder, "listed") is None
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.ranges()[-1] == "bytes=70000-"
    assert house.asked().count("names.csv") == 1


def test_no_part_ever_lies_beside_the_mark_of_another_edition(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    other = DATA[::-1]
    house = play(one_after_the_other(cut(DATA, 70_000), hosts.whole_or_range(other, '"2"')))
    really = getting.write

    def killed_thereafter(path: Path, content: Mapping[str, Any]) -> None:
        really(path, content)
        if content.get("validator") == '"2"':
            raise KeyboardInterrupt

    monkeypatch.setattr(getting, "write", killed_thereafter)
    with pytest.raises(KeyboardInterrupt):
        house.get()
    assert (house.folder / "boxes.csv.part").stat().st_size == 0
    monkeypatch.undo()
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == other


def test_a_file_that_had_come_whole_but_for_its_name_is_not_asked_for_again(play: Play) -> None:
    house = play(Reply(status=500))
    house.folder.mkdir(parents=True)
    (house.folder / "boxes.csv.part").write_bytes(DATA)
    edition = Edition(url=BOXES, validator='"1"', bytes=len(DATA), md5=md5(DATA))
    (house.folder / "boxes.csv.part.json").write_text(json.dumps(dataclasses.asdict(edition)))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert "boxes.csv" not in house.asked()


def test_a_file_whose_size_nobody_said_is_known_to_be_whole_by_its_host(play: Play) -> None:
    house = play(hosts.whole_or_range(DATA, '"1"'))
    house.folder.mkdir(parents=True)
    (house.folder / "boxes.csv.part").write_bytes(DATA)
    edition = Edition(url=BOXES, validator='"1"', bytes=None, md5=None)
    (house.folder / "boxes.csv.part.json").write_text(json.dumps(dataclasses.asdict(edition)))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.ranges() == [f"bytes={len(DATA)}-"]


def test_a_part_of_another_address_is_not_gone_on_with(play: Play) -> None:
    house = play(hosts.whole_or_range(DATA, '"1"'))
    house.folder.mkdir(parents=True)
    (house.folder / "boxes.csv.part").write_bytes(b"of another file")
    edition = Edition(url="https://lists.example/v4/boxes.csv", validator='"1"', bytes=len(DATA), md5=None)
    (house.folder / "boxes.csv.part.json").write_text(json.dumps(dataclasses.asdict(edition)))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.ranges() == [None]


# ---- what is not the makers' ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "headers"),
    [
        ({"bytes": len(DATA) + 1}, ()),
        ({"bytes": len(DATA) - 1}, ()),
        ({"md5": md5(SMALL)}, ()),
        ({"sha256": hashlib.sha256(SMALL).hexdigest()}, ()),
        ({}, (("x-goog-hash", "crc32c=n03x6A=="), ("x-goog-hash", f"md5={base64_md5(SMALL)}"))),
        ({}, (("x-goog-hash", f"crc32c=n03x6A==,md5={base64_md5(SMALL)}"),)),
        ({}, (("Content-MD5", base64_md5(SMALL)),)),
        ({}, (("x-amz-request-id", "4442587FB7D0A2F9"), ("ETag", f'"{md5(SMALL)}"'))),
    ],
)
def test_a_file_of_another_size_or_checksum_is_thrown_away(play: Play, said: dict[str, Any], headers: tuple[tuple[str, str], ...]) -> None:
    house = play(Reply(headers=headers, body=DATA))
    with pytest.raises(NotTheirs, match=r"boxes\.csv from lists\.example was thrown away") as refused:
        house.get(**said)
    assert refused.value.exit_code == 1
    assert names(house.folder) == {"names.csv", "complete.json", "accepted.json"}
    assert got(house.data_folder, "listed") is None
    assert house.asked().count("boxes.csv") == 1


def test_a_file_that_is_announced_in_another_size_is_not_waited_for(play: Play) -> None:
    house = play(cut(DATA, 70_000))
    with pytest.raises(NotTheirs, match=f"it has {len(DATA)} bytes, not {len(DATA) + 1}"):
        house.get(bytes=len(DATA) + 1)
    assert house.slept_s == []


@pytest.mark.parametrize(
    ("said", "headers"),
    [
        ({"bytes": len(DATA), "md5": md5(DATA), "sha256": hashlib.sha256(DATA).hexdigest()}, ()),
        ({}, (("x-goog-hash", "crc32c=n03x6A=="), ("x-goog-hash", f"md5={base64_md5(DATA)}"))),
        ({}, (("x-goog-hash", f"md5={base64_md5(SMALL)}"), ("x-goog-stored-content-encoding", "gzip"))),  # the sum of what lies there
        ({}, (("x-amz-request-id", "4442587FB7D0A2F9"), ("ETag", f'"{md5(DATA)}"'))),
        ({}, (("x-amz-request-id", "4442587FB7D0A2F9"), ("ETag", f'"{md5(SMALL)}-12"'))),  # uploaded in pieces
        (
            {},
            (
                ("x-amz-request-id", "4442587FB7D0A2F9"),
                ("x-amz-server-side-encryption", "aws:kms"),
                ("ETag", f'"{md5(SMALL)}"'),
            ),
        ),
        ({}, (("ETag", f'"{md5(SMALL)}"'),)),  # of a host whose ETags mean nothing of the kind
    ],
)
def test_a_file_as_its_makers_and_their_host_say_is_taken(play: Play, said: dict[str, Any], headers: tuple[tuple[str, str], ...]) -> None:
    house = play(Reply(headers=headers, body=DATA))
    house.get(**said)
    assert (house.folder / "boxes.csv").read_bytes() == DATA


def test_the_whole_of_a_file_in_two_pieces_is_checked(play: Play) -> None:
    first = cut(b"x" * len(DATA), 70_000, (*ETAG, ("x-goog-hash", f"md5={base64_md5(DATA)}")))
    house = play(one_after_the_other(first, hosts.whole_or_range(DATA, '"1"')))
    with pytest.raises(NotTheirs, match="its checksum is another"):
        house.get()
    assert "boxes.csv.part" not in names(house.folder)


def test_a_file_that_was_changed_here_is_fetched_again(play: Play) -> None:
    house = play(Reply(body=DATA))
    house.get()
    (house.folder / "boxes.csv").write_bytes(DATA[::-1])
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA


def test_a_file_that_the_datasheet_has_from_another_address_today_is_fetched_again(play: Play) -> None:
    house = play(Reply(body=DATA), {f"https://{HOST}/v6/boxes.csv": Reply(body=DATA[::-1])})
    house.get()
    files = tuple(dataclasses.replace(file, url=file.url.replace("v5/boxes", "v6/boxes")) for file in sheet().metadata)
    with Network(contact=None, played=house.played.ports, verify=str(house.played.ca)) as network:
        house.makers(dataclasses.replace(sheet(), metadata=files)).get([], network)
    assert (house.folder / "boxes.csv").read_bytes() == DATA[::-1]
    assert house.asked().count("images.csv") == 1


def test_a_file_that_is_gone_makes_the_lists_count_as_not_here(play: Play) -> None:
    house = play(Reply(body=DATA))
    house.get()
    (house.folder / "images.csv").unlink()
    assert got(house.data_folder, "listed") is None
    house.get()
    assert house.asked()[3:] == ["images.csv"]


@pytest.mark.parametrize("damaged", [b"", b"[]", b'{"parts": 3}', b'{"parts": ["first"], "files": {"a": {}}}', b"[" * 100_000])
def test_a_damaged_note_of_what_is_here_is_none(play: Play, damaged: bytes) -> None:
    house = play(Reply(body=DATA))
    house.get()
    (house.folder / "complete.json").write_bytes(damaged)
    assert got(house.data_folder, "listed") is None
    house.get()
    assert got(house.data_folder, "listed") == house.folder


# ---- whole or not -----------------------------------------------------------------------------------------------------


def test_a_file_that_nothing_tells_the_end_of_is_refused(play: Play) -> None:
    house = play(Reply(headers=ETAG, body=iter([DATA[:70_000]])))
    with pytest.raises(NotGot, match=r"boxes\.csv could not be fetched .* its host does not say where it ends"):
        house.get()
    assert "boxes.csv" not in names(house.folder)
    assert house.asked().count("boxes.csv") == 1


def test_the_rest_of_a_file_that_nothing_tells_the_end_of_is_refused(play: Play) -> None:
    house = play(Reply(status=206, headers=(*ETAG, ("Content-Range", f"bytes 100-{len(DATA) - 1}/*")), body=iter([DATA[100:70_000]])))
    house.folder.mkdir(parents=True)
    (house.folder / "boxes.csv.part").write_bytes(DATA[:100])
    edition = Edition(url=BOXES, validator='"1"', bytes=None, md5=None)
    (house.folder / "boxes.csv.part.json").write_text(json.dumps(dataclasses.asdict(edition)))
    with pytest.raises(NotGot, match="does not say where it ends"):
        house.get()
    assert (house.folder / "boxes.csv.part").read_bytes() == DATA[:100]


@pytest.mark.parametrize(
    ("said", "headers"),
    [
        ({"bytes": len(DATA)}, ()),
        ({"md5": md5(DATA)}, ()),
        ({"sha256": hashlib.sha256(DATA).hexdigest()}, ()),
        ({}, (("x-goog-hash", f"md5={base64_md5(DATA)}"),)),
    ],
)
def test_a_file_whose_size_or_checksum_is_known_need_not_tell_its_end(
    play: Play, said: dict[str, Any], headers: tuple[tuple[str, str], ...]
) -> None:
    house = play(one_after_the_other(*(Reply(headers=headers, body=iter([data])) for data in (DATA[:70_000], DATA))))
    with pytest.raises(NotTheirs):
        house.get(**said)
    house.get(**said)
    assert (house.folder / "boxes.csv").read_bytes() == DATA


def test_a_file_in_chunks_is_whole_when_the_last_one_has_come(play: Play) -> None:
    house = play(one_after_the_other(hosts.chunked([DATA[:70_000]], cut=True), hosts.chunked([DATA[:9], DATA[9:]])))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.slept_s == [WAITS_S[0]]


def test_the_rest_of_a_file_makes_it_as_long_as_it_was_said_to_be(play: Play) -> None:
    rest = Reply(status=206, headers=(*ETAG, ("Content-Range", f"bytes 70000-{len(DATA) - 1}/*")), body=iter([DATA[70_000:80_000]]))
    house = play(one_after_the_other(cut(DATA, 70_000), rest))
    with pytest.raises(NotTheirs, match=f"it has 80000 bytes, not {len(DATA)}"):
        house.get()
    assert "boxes.csv.part" not in names(house.folder)


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><title>Sign in</title>", b"\xef\xbb\xbf\r\n<html lang='en'>"])
def test_a_web_page_is_no_list(play: Play, page: bytes) -> None:
    house = play(one_after_the_other(Reply(body=page), Reply(body=DATA)))
    with pytest.raises(NotTheirs, match="it is a web page"):
        house.get()
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA


# ---- what nobody can read ---------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_fetched_again_and_what_could_be_stays(play: Play) -> None:
    house = play(Reply(body=DATA))
    makers = house.makers(sheet())
    house.get()
    makers.found_good()
    assert not makers.throw_away()
    house.get("second")
    assert makers.throw_away()
    assert names(house.folder) == {"names.csv", "boxes.csv", "images.csv", "complete.json", "accepted.json"}
    assert json.loads((house.folder / "complete.json").read_bytes())["parts"] == ["first"]
    assert got(house.data_folder, "listed") == house.folder
    house.get("second")
    assert house.asked()[-1] == "others.csv"


def test_of_what_was_never_read_nothing_stays(play: Play) -> None:
    house = play(Reply(body=DATA))
    house.get()
    assert house.makers(sheet()).throw_away()
    assert names(house.folder) == {"complete.json", "accepted.json"}
    assert got(house.data_folder, "listed") is None


def test_what_was_fetched_anew_has_to_be_read_anew(play: Play) -> None:
    house = play(Reply(body=DATA))
    house.get()
    house.makers(sheet()).found_good()
    (house.folder / "boxes.csv").write_bytes(DATA[::-1])
    house.get()
    assert house.makers(sheet()).throw_away()
    assert "boxes.csv" not in names(house.folder)
    assert got(house.data_folder, "listed") is None


# ---- hosts that fail --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_file_that_its_makers_do_not_hand_out_is_asked_for_once(play: Play, status: int) -> None:
    house = play(Reply(status=status, body=b"<html>no</html>"))
    with pytest.raises(NotGot, match=rf"it answered {status}") as refused:
        house.get()
    assert refused.value.exit_code == 1
    assert house.asked().count("boxes.csv") == 1
    assert "boxes.csv" not in names(house.folder)


def test_a_host_that_fails_for_a_while_is_asked_again_ever_later(play: Play) -> None:
    house = play(one_after_the_other(Reply(status=500), Reply(status=503), Reply(body=DATA)))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA
    assert house.slept_s == list(WAITS_S[:2])


def test_a_host_that_fails_for_good_is_given_up(play: Play) -> None:
    house = play(Reply(status=500))
    with pytest.raises(NotGot):
        house.get()
    assert house.slept_s == list(WAITS_S)
    assert house.asked().count("boxes.csv") == len(WAITS_S) + 1


@pytest.mark.parametrize("said", ["7", "Sun, 22 Nov 2026 00:00:07 GMT"])
def test_a_host_that_says_when_to_come_again_is_left_alone_until_then(play: Play, said: str) -> None:
    house = play(one_after_the_other(Reply(status=429, headers=(("Retry-After", said),)), Reply(body=DATA)))
    house.get()
    assert house.slept_s == [7.0]


def test_a_host_that_wants_to_be_left_alone_for_long_is(play: Play) -> None:
    house = play(Reply(status=429, headers=(("Retry-After", "3600"),)))
    with pytest.raises(NotGot):
        house.get()
    assert house.slept_s == []


def test_a_host_that_packs_what_should_come_as_it_is_is_given_up(play: Play) -> None:
    house = play(Reply(headers=(("Content-Encoding", "gzip"),), body=b"\x1f\x8b"))
    with pytest.raises(NotGot):
        house.get()
    assert not (house.folder / "boxes.csv").exists()


def test_a_list_that_lies_there_packed_comes_as_it_lies_there(play: Play) -> None:
    packed = gzip.compress(SMALL)
    listed = dataclasses.replace(sheet(), metadata=(MakersFile(part="all", url=f"https://{HOST}/photos.csv.gz", file="photos.csv.gz"),))
    reply = Reply(headers=(("Content-Encoding", "gzip"),), body=packed)
    house = play(Reply(), {f"https://{HOST}/photos.csv.gz": reply})
    makers = house.makers(listed)
    makers.accept("en")
    with Network(contact=None, played=house.played.ports, verify=str(house.played.ca)) as network:
        makers.get([], network)
    assert (house.folder / "photos.csv.gz").read_bytes() == packed


def test_an_address_that_leads_to_another_host_is_refused(play: Play) -> None:
    elsewhere = "https://elsewhere.example/boxes.csv"
    house = play(hosts.redirect(elsewhere), {elsewhere: Reply(body=DATA)})
    with pytest.raises(NotGot, match="its host is not one"):
        house.get()
    assert house.played.asked("elsewhere.example") == []


def test_an_address_that_leads_on_within_its_host_is_followed(play: Play) -> None:
    house = play(hosts.redirect("/v6/boxes.csv"), {f"https://{HOST}/v6/boxes.csv": Reply(body=DATA)})
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA


# ---- this machine -----------------------------------------------------------------------------------------------------


def test_nothing_is_fetched_that_would_fill_the_disk(play: Play) -> None:
    house = play(Reply(body=DATA))
    house.disk = Disk(1_000_000, 50_000 + len(DATA) - 1)
    with pytest.raises(NoRoomForIt, match=r"boxes\.csv is not fetched: less than 5 percent"):
        house.get()
    assert not (house.folder / "boxes.csv").exists()
    assert (house.folder / "boxes.csv.part").stat().st_size == 0
    house.disk = Disk(1_000_000, 50_000 + len(DATA))
    house.get()
    assert (house.folder / "boxes.csv").read_bytes() == DATA


def test_a_file_without_end_stops_before_the_disk_is_full(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getting, "_FREE_ASKED_EVERY_BYTES", 100_000)
    house = play(hosts.chunked([DATA] * 50))
    disks = iter([Disk(1_000_000, 900_000), Disk(1_000_000, 900_000), Disk(1_000_000, 60_000)])
    makers = Makers(house.data_folder, sheet(), disk=lambda _: next(disks))
    makers.accept("en")
    with Network(contact=None, played=house.played.ports, verify=str(house.played.ca)) as network, pytest.raises(NoRoomForIt):
        makers.get([], network)
    assert not (house.folder / "boxes.csv").exists()
    assert next(disks, None) is None


def test_a_file_larger_than_anything_expected_is_given_up(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getting, "MOST_BYTES", 100_000)
    house = play(hosts.chunked([DATA]))
    with pytest.raises(NotTheirs, match="more than 100000 bytes"):
        house.get()
    assert "boxes.csv.part" not in names(house.folder)


def test_two_runs_at_once_do_not_write_the_same_file(play: Play) -> None:
    house = play(Reply(body=DATA))
    house.folder.mkdir(parents=True)
    with alone(house.folder / "lock") as nobody_else:
        assert nobody_else
        with pytest.raises(BeingGot, match="Another run is fetching the lists of Listed"):
            house.get()
    assert house.asked() == []
    house.get()


def test_a_folder_that_cannot_be_written_is_named(play: Play) -> None:
    house = play(Reply(body=DATA))
    (house.data_folder / "metadata").write_text("a file")
    with pytest.raises(NotKept, match="metadata") as refused:
        house.get()
    assert refused.value.exit_code == 1


# ---- terms ------------------------------------------------------------------------------------------------------------


def test_nothing_is_fetched_before_the_terms_are_accepted(play: Play) -> None:
    house = play(Reply(body=DATA))
    with Network(contact=None, played=house.played.ports, verify=str(house.played.ca)) as network, pytest.raises(NotAccepted) as refused:
        house.makers(sheet()).get([], network)
    assert refused.value.exit_code == 2
    assert house.asked() == []


def test_terms_are_accepted_once_in_whatever_language(tmp_path: Path) -> None:
    makers = Makers(tmp_path, sheet(), now=lambda: NOW_S)
    assert not makers.accepted()
    makers.accept("pt-BR")
    assert Makers(tmp_path, sheet()).accepted()
    accepted = json.loads((makers.folder / "accepted.json").read_bytes())
    assert (accepted["lang"], accepted["day"]) == ("pt-BR", "2026-11-22")


def test_other_terms_are_accepted_anew(tmp_path: Path) -> None:
    Makers(tmp_path, sheet()).accept("en")
    others = dataclasses.replace(sheet(), terms={"en": "Pay.", "pt-BR": "Pague."})
    assert not Makers(tmp_path, others).accepted()


@pytest.mark.parametrize("damaged", [b"", b"[]", b"3", b'{"sha256": "00", "lang": "fr"}', b'{"sha256": "00", "lang": []}'])
def test_a_damaged_note_of_terms_accepts_nothing(tmp_path: Path, damaged: bytes) -> None:
    makers = Makers(tmp_path, sheet())
    makers.accept("en")
    (makers.folder / "accepted.json").write_bytes(damaged)
    assert not makers.accepted()


# ---- what is said of files --------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.sampled_from(["x-goog-hash", "content-md5", "etag", "content-length", "x-amz-request-id"]), st.text(max_size=40)))
)
def test_whatever_a_host_says_gives_an_edition_or_nothing(headers: list[tuple[str, str]]) -> None:
    answer = Answer(status=200, final_url=BOXES, hops=(BOXES,), headers=tuple(headers), body=b"")
    edition = Edition.of(BOXES, answer)
    assert edition.md5 is None or len(bytes.fromhex(edition.md5)) == 16
    assert edition.bytes is None or edition.bytes >= 0


_SCALARS = st.none() | st.integers() | st.text(max_size=5)
_FIELDS = st.dictionaries(st.sampled_from(["url", "validator", "bytes", "md5", "more"]), _SCALARS | st.lists(_SCALARS))


@given((_FIELDS | _SCALARS).map(json.dumps).map(str.encode) | st.binary(max_size=20))
def test_whatever_lies_beside_a_part_is_no_edition_of_another_address(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    beside = tmp_path_factory.getbasetemp() / "beside.json"
    beside.write_bytes(content)
    assert Edition.read(beside, BOXES) is None


def test_no_list_of_images_comes_before_the_boxes_and_labels_that_tell_of_people() -> None:
    sheet = datasheets()["open-images"]
    assert sheet.parts == ("validation", "test", "train")
    for part in sheet.parts:
        *before, last = [file.file for file in sheet.metadata if file.part == part]
        assert "-images-" in last
        assert [kind for kind in ("class-descriptions", "annotations-bbox", "imagelabels") for name in before if kind in name] == [
            "class-descriptions",
            "annotations-bbox",
            "imagelabels",
        ]


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a/b.csv", ".hidden", "", "C:x.csv"])
def test_a_datasheet_cannot_name_a_file_outside_of_its_folder(tmp_path: Path, name: str) -> None:
    catalogue = Path(str(load_datasheet.__code__.co_filename)).parent / "catalogue" / "open-images.yaml"
    text = catalogue.read_text(encoding="utf-8").replace("file: test-annotations-bbox.csv", f"file: {json.dumps(name)}")
    (tmp_path / "open-images.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadDatasheet, match="metadata, entry 6, file"):
        load_datasheet(tmp_path / "open-images.yaml")
