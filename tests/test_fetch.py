from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import os
import pickle
import struct
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from imagestolive import fetch as fetching
from imagestolive.datasets import Problems, datasheets, open_dataset, plainpickle
from imagestolive.datasets.streams import open_stream
from imagestolive.fetch import Fetcher
from imagestolive.fetch.problems import NotFetched
from imagestolive.records import FetchedImage, ImageRecord

as_root = sys.platform != "win32" and os.geteuid() == 0


def record(locator: str) -> ImageRecord:
    return ImageRecord(dataset="oaks", image_id="oak", locator=locator)


def fetch(root: Path, locator: str, *, max_bytes: int = fetching.MOST_BYTES, cache: Path | None = None) -> FetchedImage:
    return Fetcher({"oaks": root}, max_bytes=max_bytes, cache=cache).fetch(record(locator))


def refusal(root: Path, locator: str, *, max_bytes: int = fetching.MOST_BYTES, cache: Path | None = None) -> NotFetched:
    with pytest.raises(NotFetched) as refused:
        fetch(root, locator, max_bytes=max_bytes, cache=cache)
    return refused.value


def reason(root: Path, locator: str, *, max_bytes: int = fetching.MOST_BYTES, cache: Path | None = None) -> str:
    return refusal(root, locator, max_bytes=max_bytes, cache=cache).reason


def test_a_file_comes_whole_with_its_hash(tmp_path: Path) -> None:
    (tmp_path / "trees").mkdir()
    (tmp_path / "trees" / "100% #1\n.jpg").write_bytes(b"oak")
    fetched = fetch(tmp_path, "trees/100%25 %231%0A.jpg")
    assert (fetched.data, fetched.shape) == (b"oak", None)
    assert fetched.sha256 == hashlib.sha256(b"oak").hexdigest()
    assert fetched.record.image_id == "oak"


def test_a_file_that_is_not_there_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert reason(tmp_path, "b.jpg") == "gone"
    assert reason(tmp_path, "a.jpg/b.jpg") == "gone"
    assert reason(tmp_path, "b.npy#1:npy") == "gone"
    assert reason(tmp_path / "no root", "a.jpg") == "gone"


def test_a_file_is_known_without_being_read_until_anything_about_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"oak")
    fetcher = Fetcher({"oaks": tmp_path})
    assert fetcher.unchanged(record("a.jpg")) is None
    first = fetcher.fetch(record("a.jpg"))
    with mock.patch.object(Path, "open", side_effect=AssertionError("it was opened")):
        assert fetcher.unchanged(record("a.jpg")) == dataclasses.replace(first, data=b"")
    status = path.stat()
    other = tmp_path / "other"
    other.write_bytes(b"elm")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)  # as long, and as old
    assert fetcher.unchanged(record("a.jpg")) is None
    assert fetcher.fetch(record("a.jpg")).sha256 == hashlib.sha256(b"elm").hexdigest()
    path.unlink()
    assert fetcher.unchanged(record("a.jpg")) is None


def test_a_file_that_became_a_link_out_of_the_root_is_not_known(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.jpg").write_bytes(b"oak")
    fetcher = Fetcher({"oaks": root})
    fetcher.fetch(record("a.jpg"))
    (root / "a.jpg").rename(tmp_path / "a.jpg")
    (root / "a.jpg").symlink_to(tmp_path / "a.jpg")  # to the same file, with the same times
    assert fetcher.unchanged(record("a.jpg")) is None


def test_rows_and_members_are_always_read(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"oak")
    fetcher = Fetcher({"oaks": tmp_path})
    fetcher.fetch(record("a.tar#@0+3"))
    assert fetcher.unchanged(record("a.tar#@0+3")) is None


@pytest.mark.skipif(as_root, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_not_reachable(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch(mode=0o000)
    assert reason(tmp_path, "a.jpg") == "not reachable"


def test_a_disk_that_fails_is_not_reachable(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    with mock.patch.object(Path, "open", side_effect=OSError(5, "Input/output error")):
        assert reason(tmp_path, "a.jpg") == "not reachable"


@pytest.mark.parametrize(
    "locator", ["../outside.jpg", "a/../../outside.jpg", "%2E%2E/outside.jpg", "..%5Coutside.jpg", "a\\b.jpg", "a%00.jpg"]
)
def test_nothing_outside_the_root_is_opened(tmp_path: Path, locator: str) -> None:
    (tmp_path / "outside.jpg").write_bytes(b"secret")
    root = tmp_path / "root"
    root.mkdir()
    assert reason(root, locator) == "unreadable"
    assert reason(root, str(tmp_path / "outside.jpg")) == "unreadable"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed_inside_the_root_only(tmp_path: Path) -> None:
    (tmp_path / "outside.jpg").write_bytes(b"secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.jpg").write_bytes(b"oak")
    (root / "in.jpg").symlink_to("a.jpg")
    (root / "out.jpg").symlink_to(tmp_path / "outside.jpg")
    (root / "folder").symlink_to(tmp_path)
    (root / "circle.jpg").symlink_to("circle.jpg")
    assert fetch(root, "in.jpg").data == b"oak"
    assert reason(root, "out.jpg") == "unreadable"
    assert reason(root, "folder/outside.jpg") == "unreadable"
    assert reason(root, "circle.jpg") == "not reachable"


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes there")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert reason(tmp_path, "pipe.jpg") == "unreadable"
    assert reason(tmp_path, "") == "unreadable"


def test_a_file_over_the_limit_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(bytes(101))
    assert len(fetch(tmp_path, "a.jpg", max_bytes=101).data) == 101
    assert reason(tmp_path, "a.jpg", max_bytes=100) == "unreadable"


@pytest.mark.parametrize("locator", ["a.jpg#", "a.jpg#1:exe", "a.jpg#@5", "a.jpg#!", "%FF.jpg"])
def test_a_locator_we_do_not_know_is_unreadable(tmp_path: Path, locator: str) -> None:
    (tmp_path / "a.jpg").touch()
    assert reason(tmp_path, locator) == "unreadable"


LOCATORS = ["{}", "{}#@0+1", "{}#!oak.jpg", "{}#0:npy", "{}#0:digits", "{}#0:idx", "{}#0:cifar10", "{}#0:cifar100", "{}#0:parquet:image"]


@pytest.mark.parametrize("locator", LOCATORS)
def test_no_kind_of_locator_leads_out_or_waits_for_a_pipe(tmp_path: Path, locator: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.zip").write_bytes(OAK_ZIP)
    assert isinstance(refusal(root, locator.format("../outside.zip")), fetching.OutsideRoot)
    assert reason(root, locator.format("")) == "unreadable"
    assert reason(root, locator.format("nothing")) == "gone"
    if sys.platform != "win32":
        os.mkfifo(root / "pipe")
        (root / "link").symlink_to(tmp_path / "outside.zip")
        assert reason(root, locator.format("pipe")) == "unreadable"
        assert isinstance(refusal(root, locator.format("link")), fetching.OutsideRoot)


# ---- parts and members ------------------------------------------------------------------------------------------------

OAK = b"an oak" * 99


def tarred(**files: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"trees/{name}.jpg")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"trees/{name}.jpg", data)
    return made.getvalue()


OAK_ZIP = zipped(oak=OAK)


def test_a_part_of_a_file_comes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"0123456789")
    assert fetch(tmp_path, "a.tar#@3+4").data == b"3456"
    assert fetch(tmp_path, "a.tar#@0+10").data == b"0123456789"
    assert reason(tmp_path, "a.tar#@3+8") == "unreadable"
    assert reason(tmp_path, "a.tar#@11+1") == "unreadable"
    assert isinstance(refusal(tmp_path, "a.tar#@0+10", max_bytes=9), fetching.TooLarge)
    assert isinstance(refusal(tmp_path, "a.tar#@0+999999999999999999"), fetching.TooLarge)
    assert reason(tmp_path, "a.tar#@999999999999999999+1") == "unreadable"


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize(("name", "data"), [("a.zip", OAK_ZIP), ("a.tgz", gzip.compress(tarred(elm=b"", oak=OAK), mtime=0))])
def test_a_member_of_an_archive_comes_whole(tmp_path: Path, name: str, data: bytes, cached: bool) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache" if cached else None
    root.mkdir()
    (root / name).write_bytes(data)
    locator = f"{name}#!trees/oak.jpg"
    assert (fetch(root, locator, cache=cache).data, fetch(root, locator, cache=cache).shape) == (OAK, None)
    assert fetch(root, locator, cache=cache, max_bytes=len(OAK)).data == OAK
    assert reason(root, f"{name}#!trees/pine.jpg", cache=cache) == "gone"
    assert isinstance(refusal(root, locator, cache=cache, max_bytes=len(OAK) - 1), fetching.TooLarge)
    (root / name).write_bytes(data[: len(data) // 2])
    assert isinstance(refusal(root, locator, cache=cache), fetching.InRefusedArchive)


def test_a_tar_is_unpacked_once(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tarred(elm=b"an elm", oak=OAK)))
    with mock.patch.object(fetching.archives, "unpack_tar", wraps=fetching.archives.unpack_tar) as unpack:
        assert fetch(tmp_path, "a.tgz#!trees/oak.jpg", cache=tmp_path / "cache").data == OAK
        assert fetch(tmp_path, "a.tgz#!trees/elm.jpg", cache=tmp_path / "cache").data == b"an elm"
    assert unpack.call_count == 1


def test_a_member_that_was_too_large_to_be_unpacked_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tarred(oak=OAK)))
    assert isinstance(refusal(tmp_path, "a.tgz#!trees/oak.jpg", cache=tmp_path / "cache", max_bytes=9), fetching.TooLarge)


def test_an_archive_that_changed_is_unpacked_again(tmp_path: Path) -> None:
    for data in (b"an oak", b"an old oak"):
        (tmp_path / "a.tgz").write_bytes(gzip.compress(tarred(oak=data)))
        assert fetch(tmp_path, "a.tgz#!trees/oak.jpg", cache=tmp_path / "cache").data == data


def test_a_refused_archive_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tarred(oak=OAK))[:40])
    refused = refusal(tmp_path, "a.tgz#!trees/oak.jpg", cache=tmp_path / "cache")
    assert (refused.reason, str(refused)) == ("unreadable", "“oak” lies in an archive that is broken or refused.")
    assert list((tmp_path / "cache").iterdir()) == []


def test_nothing_is_unpacked_where_the_disk_is_nearly_full(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tarred(oak=OAK)))
    with mock.patch("shutil.disk_usage", return_value=mock.Mock(total=10**12, free=5 * 10**10)):
        refused = refusal(tmp_path, "a.tgz#!trees/oak.jpg", cache=tmp_path / "cache")
    assert refused.reason == "not reachable"
    assert list((tmp_path / "cache").iterdir()) == []


def test_threads_and_processes_that_unpack_at_once_all_get_it(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tarred(**{f"n{n}": b"%d" % n for n in range(50)})))
    # Fetchers of their own share nothing but the cache, as processes do.
    several = [Fetcher({"oaks": tmp_path}, cache=tmp_path / "cache") for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: several[n % 4].fetch(record(f"a.tgz#!trees/n{n}.jpg")).data, range(50)))
    assert found == [b"%d" % n for n in range(50)]
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_what_a_killed_process_left_is_taken_away_after_a_day(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tarred(oak=OAK)))
    for name, mtime in (("old.part", 0), ("new.part", None)):
        (tmp_path / "cache" / name / "half").mkdir(parents=True)
        if mtime is not None:
            os.utime(tmp_path / "cache" / name, (mtime, mtime))
    assert fetch(tmp_path, "a.tgz#!trees/oak.jpg", cache=tmp_path / "cache").data == OAK
    assert {path.name for path in (tmp_path / "cache").iterdir() if path.suffix} == {"new.part"}


# ---- files that have changed ------------------------------------------------------------------------------------------


def version(path: Path) -> tuple[int, int]:
    return path.stat().st_size, path.stat().st_mtime_ns


def indexed(root: Path, *files: str, cache: Path | None = None) -> Fetcher:
    """A fetcher that knows these files as they are now."""
    return Fetcher({"oaks": root}, cache=cache, versions={"oaks": {file: version(root / file) for file in files}})


PARTS = ["{}#@0+1", "{}#!trees/oak.jpg", "{}#0:npy", "{}#0:digits", "{}#0:idx", "{}#0:cifar10", "{}#0:cifar100", "{}#0:parquet:image"]


@pytest.mark.parametrize("locator", PARTS)
def test_nothing_is_taken_out_of_a_file_that_changed_since_it_was_indexed(tmp_path: Path, locator: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(OAK_ZIP)
    fetcher = indexed(tmp_path, path.name)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    with pytest.raises(fetching.Changed, match=r"^“oak” lies in a file that has changed since it was indexed\.$") as refused:
        fetcher.fetch(record(locator.format(path.name)))
    assert refused.value.reason == "not reachable"


def test_a_file_that_is_as_it_was_indexed_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(OAK_ZIP)
    (tmp_path / "b.tar").write_bytes(b"0123456789")
    fetcher = indexed(tmp_path, "a.zip")
    assert fetcher.fetch(record("a.zip#!trees/oak.jpg")).data == OAK
    assert fetcher.fetch(record("b.tar#@3+4")).data == b"3456"  # not listed


def test_a_loose_image_may_change(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(OAK)
    fetcher = indexed(tmp_path, "a.jpg")
    (tmp_path / "a.jpg").write_bytes(b"an elm")
    assert fetcher.fetch(record("a.jpg")).data == b"an elm"


@pytest.mark.parametrize("listed", [False, True])
def test_an_archive_replaced_while_it_is_unpacked_is_not_kept_as_the_old_one(tmp_path: Path, listed: bool) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    root.mkdir()
    path = root / "a.tgz"
    path.write_bytes(gzip.compress(tarred(oak=OAK)))
    unpack = fetching.archives.unpack_tar

    def replace(archive: Path, folder: Path, most_bytes: int) -> None:
        archive.write_bytes(gzip.compress(tarred(oak=b"an elm")))
        unpack(archive, folder, most_bytes)

    fetcher = indexed(root, *[path.name] * listed, cache=cache)
    with mock.patch.object(fetching.archives, "unpack_tar", replace), pytest.raises(fetching.Changed):
        fetcher.fetch(record("a.tgz#!trees/oak.jpg"))
    assert list(cache.iterdir()) == []


def test_a_file_replaced_while_a_part_is_read_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    path.write_bytes(gzip.compress(tarred(oak=OAK)))
    read = fetching.archives.read_member

    def replace(archive: Path, member: str, most_bytes: int) -> bytes | None:
        archive.write_bytes(gzip.compress(tarred(oak=b"an elm")))
        return read(archive, member, most_bytes)

    fetcher = indexed(tmp_path, path.name)
    with mock.patch.object(fetching.archives, "read_member", replace), pytest.raises(fetching.Changed):
        fetcher.fetch(record("a.tgz#!trees/oak.jpg"))


def test_an_array_replaced_while_it_is_unpacked_is_not_kept_as_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip.compress(digits([16] * 65)))
    fetcher = Fetcher({"oaks": tmp_path})

    def replace(opened: Path, name: str) -> object:
        opened.write_bytes(gzip.compress(digits([0] * 65, [0] * 65)))
        return open_stream(opened, name)

    with mock.patch.object(fetching, "open_stream", replace), pytest.raises(fetching.Changed):
        fetcher.fetch(record("digits.csv.gz#0:digits"))
    assert set(fetcher.fetch(record("digits.csv.gz#0:digits")).data) == {255}


def test_where_the_makers_sums_are_of_the_files_here_another_file_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(OAK)
    own = dataclasses.replace(record("a.jpg"), md5=hashlib.md5(OAK, usedforsecurity=False).hexdigest())
    other = dataclasses.replace(own, md5="0" * 32)
    checks, does_not = Fetcher({"oaks": tmp_path}, sums={"oaks"}), Fetcher({"oaks": tmp_path}, sums={"elms"})
    assert checks.fetch(own).data == checks.fetch(record("a.jpg")).data == does_not.fetch(other).data == OAK
    with pytest.raises(fetching.AnotherFile, match="not the one its makers published") as refused:
        checks.fetch(other)
    assert refused.value.reason == "gone"


# ---- cells of Parquet files -------------------------------------------------------------------------------------------


def test_a_cell_of_a_parquet_file_comes_as_it_is(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    images = [{"bytes": OAK, "path": "oak.jpg"}, {"bytes": b"an elm", "path": "elm.jpg"}, {"bytes": None, "path": "gone.jpg"}]
    columns = {"image": images, "plain": [OAK, b"an elm", None], "n": [1, 2, 3]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet", row_group_size=2)
    assert fetch(tmp_path, "a.parquet#0:parquet:image").data == OAK
    assert fetch(tmp_path, "a.parquet#1:parquet:plain").data == b"an elm"
    for locator in ("2:parquet:image", "2:parquet:plain", "3:parquet:image", "0:parquet:none", "0:parquet:n"):
        assert reason(tmp_path, f"a.parquet#{locator}") == "unreadable"
    assert reason(tmp_path, "a.parquet#0:parquet:image", max_bytes=9) == "unreadable"
    damaged = bytearray((tmp_path / "a.parquet").read_bytes())
    damaged[4:300] = bytes(296)
    (tmp_path / "c.parquet").write_bytes(damaged)
    assert reason(tmp_path, "c.parquet#0:parquet:image") == "unreadable"
    (tmp_path / "b.parquet").write_bytes(OAK)
    assert reason(tmp_path, "b.parquet#0:parquet:image") == "unreadable"


# ---- IDX --------------------------------------------------------------------------------------------------------------


def idx(*sides: int, samples: bytes, magic: int = 0x803) -> bytes:
    return struct.pack(f">{1 + len(sides)}I", magic, *sides) + samples


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_ink_is_drawn_dark_on_white(tmp_path: Path, packed: bool, cached: bool) -> None:
    data = idx(2, 2, 3, samples=bytes(range(12)))
    (tmp_path / "a-idx3-ubyte").write_bytes(gzip.compress(data) if packed else data)
    cache = tmp_path / "cache" if cached else None
    fetched = fetch(tmp_path, "a-idx3-ubyte#1:idx", cache=cache)
    assert (list(fetched.data), fetched.shape) == ([249, 248, 247, 246, 245, 244], (2, 3, 1))
    assert reason(tmp_path, "a-idx3-ubyte#2:idx", cache=cache) == "unreadable"
    assert fetch(tmp_path, "a-idx3-ubyte#0:idx", cache=cache).data == bytes(range(255, 249, -1))


def test_colours_of_an_idx_file_come_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(idx(1, 1, 2, 3, samples=bytes(range(6)), magic=0x804))
    fetched = fetch(tmp_path, "a#0:idx")
    assert (list(fetched.data), fetched.shape) == ([0, 1, 2, 3, 4, 5], (1, 2, 3))
    (tmp_path / "a").write_bytes(idx(1, 2, 3, 1, samples=bytes(range(6)), magic=0x804))
    assert list(fetch(tmp_path, "a#0:idx").data) == [255, 254, 253, 252, 251, 250]


NO_IDX = {
    "nothing": b"",
    "half a header": idx(2, 2, 3, samples=b"")[:9],
    "labels": idx(2, samples=b"12", magic=0x801),
    "no width": idx(2, 2, 0, samples=b"1234"),
    "two channels": idx(2, 1, 1, 2, samples=b"1234", magic=0x804),
    "images that are not there": idx(2, 2, 3, samples=b"12345"),
    "images above the limit": idx(1, 100, 101, samples=bytes(10_100)),
    "images larger than any memory": idx(1, 2**32 - 1, 2**32 - 1, samples=b"1"),
    "cut off gzip": gzip.compress(idx(1, 2, 3, samples=b"123456"))[:-5],
    "gzip above the limit": gzip.compress(idx(1, 2, 3, samples=bytes(10**6))),
}


@pytest.mark.parametrize("data", NO_IDX.values(), ids=NO_IDX.keys())
def test_what_holds_no_idx_images_is_unreadable(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    assert reason(tmp_path, "a#0:idx", max_bytes=10_000) == "unreadable"


# ---- CIFAR ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("layout", "labels"), [("cifar10", b"\x09"), ("cifar100", b"\x13\x63")])
def test_planes_of_colours_become_pixels(tmp_path: Path, layout: str, labels: bytes) -> None:
    planes = bytes([1]) * 1024 + bytes([2]) * 1024 + bytes([3]) * 1023
    (tmp_path / "a.bin").write_bytes(labels + bytes(3072) + labels + planes + b"\x04" + labels + planes)
    fetched = fetch(tmp_path, f"a.bin#1:{layout}")
    assert (fetched.data, fetched.shape) == (bytes([1, 2, 3]) * 1023 + bytes([1, 2, 4]), (32, 32, 3))
    assert reason(tmp_path, f"a.bin#2:{layout}") == "unreadable"  # cut off
    assert reason(tmp_path, f"a.bin#3:{layout}") == "unreadable"


def test_a_pickle_of_images_is_read_through_once(tmp_path: Path) -> None:
    data = np.arange(9 * 3072, dtype=np.uint8).reshape(9, 3072)
    (tmp_path / "a").write_bytes(pickle.dumps({"data": data}, 2))
    fetcher = Fetcher({"oaks": tmp_path})
    with mock.patch.object(plainpickle, "load", wraps=plainpickle.load) as load:
        found = [fetcher.fetch(record(f"a#{row}:cifar10")).data for row in range(9)]
    assert load.call_count == 1
    assert found == [row.reshape(3, 1024).T.tobytes() for row in data]


@pytest.mark.parametrize(
    "data", [b"", b"cos\nsystem\n(S'true'\ntR.", pickle.dumps({"data": [1]}), pickle.dumps({"data": np.zeros((2, 7), np.uint8)})]
)
def test_what_holds_no_cifar_images_is_unreadable(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    assert reason(tmp_path, "a#0:cifar10") == "unreadable"


# ---- digits -----------------------------------------------------------------------------------------------------------

DIGIT = [0] * 62 + [8, 16]


def digits(*rows: list[object]) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


@pytest.mark.parametrize("packed", [False, True])
def test_a_digit_is_drawn_ink_dark_on_white(tmp_path: Path, packed: bool) -> None:
    data = digits([1] * 65, [*DIGIT, 7])
    (tmp_path / "digits.csv").write_bytes(gzip.compress(data, mtime=0) if packed else data)
    fetched = fetch(tmp_path, "digits.csv#1:digits")
    assert fetched.shape == (8, 8, 1)
    assert list(fetched.data) == [255] * 62 + [255 - 128, 0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1,2,3",
        digits([17, *DIGIT[1:], 7]),
        digits([-1, *DIGIT[1:], 7]),
        digits(["x", *DIGIT[1:], 7]),
        digits([*DIGIT, 7, 7]),
        "é".encode(),
        gzip.compress(b"1,2,3", mtime=0)[:-8],
        b"\x1f\x8bnot gzip at all",
        gzip.compress(bytes(10_000), mtime=0),
    ],
)
def test_what_holds_no_digit_is_unreadable(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "digits.csv.gz").write_bytes(data)
    assert reason(tmp_path, "digits.csv.gz#0:digits", max_bytes=5_000) == "unreadable"


def test_a_row_beyond_the_last_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "digits.csv").write_bytes(digits([*DIGIT, 7]))
    np.save(tmp_path / "a.npy", np.zeros((2, 3, 4), np.uint8))
    assert reason(tmp_path, "digits.csv#1:digits") == "unreadable"
    assert reason(tmp_path, "a.npy#2:npy") == "unreadable"


def test_ninety_digits_unpack_their_file_once(tmp_path: Path) -> None:
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip.compress(digits(*([*DIGIT, 7] for _ in range(90)))))
    fetcher = Fetcher({"oaks": tmp_path})
    with mock.patch.object(fetching, "open_stream", wraps=open_stream) as opened:
        for row in range(90):
            fetcher.fetch(record(f"digits.csv.gz#{row}:digits"))
        assert opened.call_count == 1
        path.write_bytes(gzip.compress(digits([16] * 65), mtime=0))
        fetched = fetcher.fetch(record("digits.csv.gz#0:digits"))
    assert set(fetched.data) == {0}


# ---- arrays -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_fractions_become_bytes(tmp_path: Path, dtype: type) -> None:
    np.save(tmp_path / "a.npy", np.array([[[0.0, 0.25], [0.5, 1.0]]] * 3, dtype))
    fetched = fetch(tmp_path, "a.npy#2:npy")
    assert (list(fetched.data), fetched.shape) == ([0, 64, 128, 255], (2, 2, 1))


@pytest.mark.parametrize(("shape", "found"), [((5, 2, 3), (2, 3, 1)), ((5, 2, 3, 1), (2, 3, 1)), ((5, 2, 3, 3), (2, 3, 3))])
def test_bytes_come_as_they_are(tmp_path: Path, shape: tuple[int, ...], found: tuple[int, int, int]) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    np.save(tmp_path / "a.npy", np.asfortranarray(array))
    fetched = fetch(tmp_path, "a.npy#4:npy")
    assert (fetched.data, fetched.shape) == (array[4].tobytes(), found)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 3, 4), np.int64),
        np.zeros((2, 3, 4), np.uint16),
        np.zeros((2, 3, 4), np.complex64),
        np.zeros((2, 3, 4), bool),
        np.full((2, 3, 4), 1.5),
        np.full((2, 3, 4), -0.1),
        np.full((2, 3, 4), np.nan),
        np.zeros((2, 3), np.uint8),
        np.zeros((2, 3, 4, 2), np.uint8),
        np.zeros((2, 3, 4, 3, 1), np.uint8),
        np.zeros((2, 0, 4), np.uint8),
        np.zeros((2, 0, 4)),
        np.zeros((0, 3, 4), np.uint8),
        np.zeros((2, 200, 200), np.uint8),
    ],
    ids=lambda array: f"{array.dtype} {array.shape}",
)
def test_other_arrays_are_unreadable(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", array)
    assert reason(tmp_path, "a.npy#0:npy", max_bytes=10_000) == "unreadable"


def test_an_array_that_would_run_code_is_unreadable(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([object()] * 3, object), allow_pickle=True)
    assert reason(tmp_path, "a.npy#0:npy") == "unreadable"
    (tmp_path / "b.npy").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    assert reason(tmp_path, "b.npy#0:npy") == "unreadable"


@pytest.mark.parametrize("keep", [0, 5, 100, -1])
def test_an_array_that_is_cut_is_unreadable(tmp_path: Path, keep: int) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 3, 4)))
    whole = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(whole[:keep])
    assert reason(tmp_path, "a.npy#0:npy") == "unreadable"


def test_an_archive_of_arrays_is_unreadable(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.zeros((2, 3, 4), np.uint8))
    assert reason(tmp_path, "a.npz#0:npy") == "unreadable"


# ---- the starter collection -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["scikit-image", "scikit-learn", "digits", "lfw-subset-faces", "lfw-subset-non-faces"])
def test_every_image_of_the_starter_collection_can_be_fetched(key: str) -> None:
    source = open_dataset(key, None, datasheets()[key])
    assert source is not None
    fetcher = Fetcher({key: source.root})
    for image in source.records(Problems()):
        fetched = fetcher.fetch(image)
        assert len(fetched.data) == (image.width_px * image.height_px if image.width_px and image.height_px else len(fetched.data))
        assert fetched.data


def test_the_first_digit_is_a_dark_ring_on_white() -> None:
    source = open_dataset("digits", None, datasheets()["digits"])
    assert source is not None
    fetched = Fetcher({"digits": source.root}).fetch(next(source.records(Problems())))
    rows = [fetched.data[n : n + 8] for n in range(0, 64, 8)]
    assert ["".join("#" if sample < 128 else "." for sample in row) for row in rows] == [
        "...##...",
        "..####..",
        "..#..##.",
        "..#..##.",
        "..#..##.",
        "..#..#..",
        "..#.##..",
        "...##...",
    ]
