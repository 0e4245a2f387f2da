from __future__ import annotations

import gzip
import hashlib
import os
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from imagestolive import fetch as fetching
from imagestolive.datasets import Problems, datasheets, open_dataset
from imagestolive.fetch import Fetcher, NotFetched
from imagestolive.records import FetchedImage, ImageRecord

as_root = sys.platform != "win32" and os.geteuid() == 0


def fetch(root: Path, locator: str, *, max_bytes: int = fetching.MOST_BYTES) -> FetchedImage:
    record = ImageRecord(dataset="oaks", image_id="oak", locator=locator)
    return Fetcher({"oaks": root}, max_bytes=max_bytes).fetch(record)


def reason(root: Path, locator: str, *, max_bytes: int = fetching.MOST_BYTES) -> str:
    with pytest.raises(NotFetched) as refusal:
        fetch(root, locator, max_bytes=max_bytes)
    return refusal.value.reason


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


@pytest.mark.parametrize("locator", ["a.jpg#", "a.jpg#1:exe", "a.jpg#@5+10", "%FF.jpg"])
def test_a_locator_we_do_not_know_is_unreadable(tmp_path: Path, locator: str) -> None:
    (tmp_path / "a.jpg").touch()
    assert reason(tmp_path, locator) == "unreadable"


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
    with mock.patch.object(fetching.gzip, "open", wraps=gzip.open) as opened:
        for row in range(90):
            fetcher.fetch(ImageRecord(dataset="oaks", image_id=str(row), locator=f"digits.csv.gz#{row}:digits"))
        assert opened.call_count == 1
        path.write_bytes(gzip.compress(digits([16] * 65), mtime=0))
        fetched = fetcher.fetch(ImageRecord(dataset="oaks", image_id="0", locator="digits.csv.gz#0:digits"))
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
    for record in source.records(Problems()):
        fetched = fetcher.fetch(record)
        assert len(fetched.data) == (record.width_px * record.height_px if record.width_px and record.height_px else len(fetched.data))
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
