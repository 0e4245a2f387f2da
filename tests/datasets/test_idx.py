from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.datasets.archives import ArchiveRefused
from imagestolive.fetch import Fetcher
from imagestolive.records import Label

from .conftest import Reading, Unusable

NAMES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def images(count: int, *, height: int = 3, width: int = 2, here: int | None = None) -> bytes:
    return struct.pack(">4I", 0x803, count, height, width) + bytes(range(height * width)) * (count if here is None else here)


def labels(*found: int, count: int | None = None) -> bytes:
    return struct.pack(">2I", 0x801, len(found) if count is None else count) + bytes(found)


def lay_out(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    return root


def part(split: str, *found: int, folder: str = "", mark: str = "-", end: str = "") -> dict[str, bytes]:
    """The files of one split, an image for each label."""
    return {
        f"{folder}{split}-images{mark}idx3-ubyte{end}": images(len(found)),
        f"{folder}{split}-labels{mark}idx1-ubyte{end}": labels(*found),
    }


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("mark", ["-", "."])
@pytest.mark.parametrize(
    ("key", "folder"),
    [("mnist", ""), ("mnist", "raw/"), ("mnist", "MNIST/raw/"), ("fashion-mnist", "FashionMNIST/raw/"), ("fashion-mnist", "data/fashion/")],
)
def test_both_parts_are_read_wherever_they_lie(tmp_path: Path, reading: Reading, key: str, folder: str, mark: str, end: str) -> None:
    lay_out(tmp_path, {**part("t10k", 9, folder=folder, mark=mark, end=end), **part("train", 7, 0, folder=folder, mark=mark, end=end)})
    records, problems = reading(key, tmp_path)
    assert problems == []
    assert [record.image_id for record in records] == ["train/0", "train/1", "t10k/0"]
    name = f"{folder}train-images{mark}idx3-ubyte{end}"
    assert [record.locator for record in records[:2]] == [f"{name}#0:idx", f"{name}#1:idx"]
    assert {(record.height_px, record.width_px) for record in records} == {(3, 2)}
    texts = {"mnist": ["7", "0", "9"], "fashion-mnist": ["Sneaker", "T-shirt/top", "Ankle boot"]}[key]
    assert [record.labels for record in records] == [(Label(text=text),) for text in texts]
    assert all(record.title is None and record.people == "none" for record in records)


def test_the_two_sets_are_not_taken_for_each_other(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, {**part("t10k", 1, folder="MNIST/raw/"), **part("t10k", 1, folder="FashionMNIST/raw/")})
    assert [record.locator for record in reading("mnist", tmp_path)[0]] == ["MNIST/raw/t10k-images-idx3-ubyte#0:idx"]
    assert [record.locator for record in reading("fashion-mnist", tmp_path)[0]] == ["FashionMNIST/raw/t10k-images-idx3-ubyte#0:idx"]


def test_what_is_unpacked_already_is_read(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, {**part("t10k", 1), **part("t10k", 2, 2, end=".gz")})
    assert [record.labels[0].text for record in reading("mnist", tmp_path)[0]] == ["1"]


@pytest.mark.parametrize("end", ["", ".gz"])
def test_images_that_the_header_promises_and_that_are_not_there_are_counted(tmp_path: Path, reading: Reading, end: str) -> None:
    cut = images(50, here=2) + b"and a half"[:5]
    lay_out(tmp_path, {f"t10k-images-idx3-ubyte{end}": cut, f"t10k-labels-idx1-ubyte{end}": labels(1, 2, 3, count=50)})
    records, problems = reading("mnist", tmp_path)
    assert [record.image_id for record in records] == ["t10k/0", "t10k/1"]
    assert problems == [f"t10k-images-idx3-ubyte{end}: Rows that its header counts and that are not in it: 48"]


def test_bytes_after_the_last_image_are_none(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, part("t10k", 1) | {"t10k-images-idx3-ubyte": images(1, here=5)})
    records, problems = reading("mnist", tmp_path)
    assert (len(records), problems) == (1, [])


def test_images_without_a_label_are_kept_and_counted(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, {"t10k-images-idx3-ubyte": images(4), "t10k-labels-idx1-ubyte": labels(9, 10, 3)})
    records, problems = reading("mnist", tmp_path)
    assert [record.labels for record in records] == [(Label(text="9"),), (), (Label(text="3"),), ()]
    assert problems == ["t10k-labels-idx1-ubyte: Rows without a label: 2"]
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    records, problems = reading("mnist", tmp_path)
    assert [record.labels for record in records] == [()] * 4
    assert problems == ["t10k-images-idx3-ubyte: The file with its labels is not here."]


def test_files_outside_the_folder_and_pipes_are_told_and_not_read(tmp_path: Path, unusable: Unusable, reading: Reading) -> None:
    root = lay_out(tmp_path / "root", part("train", 7, 0))
    (root / "train-labels-idx1-ubyte").unlink()
    problems = {f"{name}: {unusable(root / name, data)}" for name, data in part("t10k", 1).items()}
    labels_problem = unusable(root / "train-labels-idx1-ubyte", labels(7, 0))
    records, told = reading("mnist", root)
    assert [(record.image_id, record.labels) for record in records] == [("train/0", ()), ("train/1", ())]
    assert set(told) == {
        next(problem for problem in problems if "images" in problem),
        f"train-labels-idx1-ubyte: {labels_problem}",
        "train-images-idx3-ubyte: The file with its labels is not here.",
    }


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, {"a.jpg": b""})
    with pytest.raises(NotThisFormat, match=r"Expected: train-images-idx3-ubyte.*Found: a\.jpg\."):
        reading("mnist", tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("t10k-images-idx3-ubyte", labels(1, 2), "00000801"),
        ("t10k-images-idx3-ubyte", b"\x89PNG\r\n\x1a\n" + bytes(99), "89504e47"),
        ("t10k-images-idx3-ubyte", images(2, width=0), "3 x 0 x 1"),
        ("t10k-images-idx3-ubyte", struct.pack(">5I", 0x804, 1, 2, 2, 4) + bytes(16), "2 x 2 x 4"),
        ("t10k-labels-idx1-ubyte", images(1), "00000803"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, reading: Reading, name: str, data: bytes, found: str) -> None:
    lay_out(tmp_path, part("t10k", 1) | {name: data})
    with pytest.raises(NotThisFormat, match=rf"{name} does not look as expected.*Found: {found}\."):
        reading("mnist", tmp_path)


@pytest.mark.parametrize("kind", ["images-idx3", "labels-idx1"])
def test_a_gzip_file_that_is_cut_off_is_refused(tmp_path: Path, reading: Reading, kind: str) -> None:
    path = lay_out(tmp_path, part("t10k", 1, 2, 3, end=".gz")) / f"t10k-{kind}-ubyte.gz"
    path.write_bytes(path.read_bytes()[:18])
    with pytest.raises(ArchiveRefused, match="ends too early"):
        reading("mnist", tmp_path)


@pytest.mark.parametrize("key", ["mnist", "fashion-mnist"])
def test_a_rebuild_depends_on_the_files_that_are_read(tmp_path: Path, key: str) -> None:
    source = open_dataset(key, lay_out(tmp_path, part("t10k", 1, folder="raw/")), datasheets()[key])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [".", "raw", "raw/t10k-images-idx3-ubyte", "raw/t10k-labels-idx1-ubyte"]


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading, tmp_path: Path) -> None:
    root = samples / "fashion-mnist"
    records, problems = reading("fashion-mnist", root)
    assert problems == []
    written = gzip.decompress((root / "t10k-labels-idx1-ubyte.gz").read_bytes())[8:]
    assert [NAMES.index(record.labels[0].text) for record in records] == list(written)
    assert len(records) == 10_000
    pixels = gzip.decompress((root / "t10k-images-idx3-ubyte.gz").read_bytes())[16:]
    fetcher = Fetcher({"fashion-mnist": root}, cache=tmp_path)
    for row in (0, 1, 4711, 9999):
        fetched = fetcher.fetch(records[row])
        assert fetched.shape == (28, 28, 1)
        assert bytes(255 - sample for sample in fetched.data) == pixels[row * 784 : (row + 1) * 784]
