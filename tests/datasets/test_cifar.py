from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.fetch import Fetcher
from imagestolive.records import ImageRecord, Label

from .conftest import Reading, Unusable

TEN = [f"thing_{n}" for n in range(10)]
HUNDRED = [f"fine_{n}" for n in range(100)]
TWENTY = [f"coarse_{n}" for n in range(20)]
# (class, superclass) of each row; the classes of people are 2 baby, 11 boy, 35 girl, 46 man, 98 woman.
ROWS = [(3, 0), (2, 14), (46, 14), (99, 19)]
PIXELS = np.random.default_rng(7).integers(0, 256, (len(ROWS), 3, 32, 32), np.uint8)
KEYS = ["cifar-10", "cifar-100"]
FORMS = ["binary", "python"]


def records_of(labels: list[bytes]) -> bytes:
    return b"".join(label + image.tobytes() for label, image in zip(labels, PIXELS, strict=True))


def binary_10(root: Path) -> Path:
    folder = root / "cifar-10-batches-bin"
    folder.mkdir()
    for batch in ("test_batch", "data_batch_2"):
        (folder / f"{batch}.bin").write_bytes(records_of([bytes([fine % 10]) for fine, _ in ROWS]))
    (folder / "batches.meta.txt").write_text("\n".join(TEN) + "\n\n")
    return folder


def binary_100(root: Path) -> Path:
    folder = root / "cifar-100-binary"
    folder.mkdir()
    for batch in ("test", "train"):
        (folder / f"{batch}.bin").write_bytes(records_of([bytes([coarse, fine]) for fine, coarse in ROWS]))
    (folder / "fine_label_names.txt").write_text("\n".join(HUNDRED))
    (folder / "coarse_label_names.txt").write_text("\n".join(TWENTY))
    return folder


def batch(**facts: Any) -> dict[str, Any]:
    return {"data": PIXELS.reshape(len(ROWS), 3072), "filenames": [f"elm_s_{n}.png" for n in range(len(ROWS))], **facts}


def python_10(root: Path, protocol: int = 2) -> Path:
    folder = root / "cifar-10-batches-py"
    folder.mkdir()
    for name in ("test_batch", "data_batch_2"):
        (folder / name).write_bytes(pickle.dumps(batch(labels=[fine % 10 for fine, _ in ROWS]), protocol))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": TEN, "num_vis": 3072}, protocol))
    return folder


def python_100(root: Path, protocol: int = 2) -> Path:
    folder = root / "cifar-100-python"
    folder.mkdir()
    fine, coarse = (list(column) for column in zip(*ROWS, strict=True))
    for name in ("test", "train"):
        (folder / name).write_bytes(pickle.dumps(batch(fine_labels=fine, coarse_labels=coarse), protocol))
    (folder / "meta").write_bytes(pickle.dumps({"fine_label_names": HUNDRED, "coarse_label_names": TWENTY}, protocol))
    return folder


MADE = {
    ("cifar-10", "binary"): binary_10,
    ("cifar-100", "binary"): binary_100,
    ("cifar-10", "python"): python_10,
    ("cifar-100", "python"): python_100,
}


def without_place(records: list[ImageRecord]) -> list[ImageRecord]:
    return [replace(record, locator="") for record in records]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", FORMS)
def test_a_batch_is_read_in_either_form_from_its_folder_or_the_one_above(tmp_path: Path, reading: Reading, key: str, form: str) -> None:
    folder = MADE[key, form](tmp_path)
    above, problems = reading(key, tmp_path)
    inside, _ = reading(key, folder)
    assert problems == []
    assert without_place(above) == without_place(inside)
    batches = ["data_batch_2", "test_batch"] if key == "cifar-10" else ["train", "test"]
    assert [record.image_id for record in above] == [f"{name}/{row}" for name in batches for row in range(4)]
    end = ".bin" if form == "binary" else ""
    assert above[1].locator == f"{folder.name}/{batches[0]}{end}#1:{key.replace('-', '')}"
    assert inside[1].locator == f"{batches[0]}{end}#1:{key.replace('-', '')}"
    fetcher = Fetcher({key: tmp_path})
    for row, image in enumerate(PIXELS):
        fetched = fetcher.fetch(above[row])
        assert fetched.shape == (32, 32, 3)
        assert fetched.data == image.transpose(1, 2, 0).tobytes()  # red, green, blue of each pixel


@pytest.mark.parametrize("key", KEYS)
def test_both_forms_give_the_same_records_but_for_their_place(tmp_path: Path, reading: Reading, key: str) -> None:
    pickled = reading(key, MADE[key, "python"](tmp_path))[0]
    binary = MADE[key, "binary"](tmp_path)
    assert without_place(reading(key, binary)[0]) == without_place(pickled)
    assert {record.locator.split("/")[0] for record in reading(key, tmp_path)[0]} == {binary.name}  # where both are here, it is read


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_every_protocol_are_read(tmp_path: Path, reading: Reading, protocol: int) -> None:
    python_100(tmp_path, protocol)
    records, problems = reading("cifar-100", tmp_path)
    assert (len(records), problems) == (8, [])
    assert Fetcher({"cifar-100": tmp_path}).fetch(records[3]).data == PIXELS[3].transpose(1, 2, 0).tobytes()


def test_the_class_comes_before_the_superclass_and_people_are_marked(tmp_path: Path, reading: Reading) -> None:
    binary_100(tmp_path)
    records, _ = reading("cifar-100", tmp_path)
    assert [record.labels for record in records[:4]] == [
        (Label(text=f"fine {fine}"), Label(text=f"coarse {coarse}", by="coarse")) for fine, coarse in ROWS
    ]
    assert [record.flags for record in records[:4]] == [set(), {"person", "minor"}, {"person"}, set()]
    assert [record.people for record in records[:4]] == ["unknown", "some", "some", "unknown"]


def test_of_the_hundred_classes_five_show_people_three_of_them_minors(tmp_path: Path, reading: Reading) -> None:
    path = binary_100(tmp_path) / "train.bin"
    path.write_bytes(b"".join(bytes([0, fine]) + bytes(3072) for fine in range(100)))
    records, _ = reading("cifar-100", tmp_path)
    marked = {row: set(record.flags) for row, record in enumerate(records[:100]) if record.flags}
    minor, adult = {"person", "minor"}, {"person"}
    assert marked == {2: minor, 11: minor, 35: minor, 46: adult, 98: adult}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", FORMS)
def test_without_the_names_of_the_classes_images_have_no_labels_and_people_are_marked(
    tmp_path: Path, reading: Reading, key: str, form: str
) -> None:
    folder = MADE[key, form](tmp_path)
    for name in ("batches.meta.txt", "fine_label_names.txt", "batches.meta", "meta"):
        if (folder / name).exists():
            (folder / name).write_text("one\ntwo\n")
    records, problems = reading(key, tmp_path)
    assert problems == [f"{folder.name}: The names of the classes are not here or not whole: labels are missing."]
    assert not any(label.by is None for record in records for label in record.labels)
    assert sum("person" in record.flags for record in records) == (4 if key == "cifar-100" else 0)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", FORMS)
def test_names_and_batches_outside_the_folder_and_pipes_are_told_and_not_read(
    tmp_path: Path, unusable: Unusable, reading: Reading, key: str, form: str
) -> None:
    (tmp_path / "root").mkdir()
    folder = MADE[key, form](tmp_path / "root")
    names = {"batches.meta.txt", "fine_label_names.txt", "coarse_label_names.txt", "batches.meta", "meta", "test.bin", "test", "test_batch"}
    expected = set()
    for path in folder.iterdir():
        if path.name in names:
            content = path.read_bytes()
            path.unlink()
            expected.add(f"{folder.name}/{path.name}: {unusable(path, content)}")
    records, problems = reading(key, tmp_path / "root")
    assert len(records) == (8 if (folder / "test_batch.bin").is_file() else 4)
    assert not any(record.labels for record in records)
    assert set(problems) == {*expected, f"{folder.name}: The names of the classes are not here or not whole: labels are missing."}


def test_a_file_that_is_cut_off_is_read_up_to_there(tmp_path: Path, reading: Reading) -> None:
    path = binary_10(tmp_path) / "data_batch_2.bin"
    path.write_bytes(path.read_bytes()[: 3073 * 2 + 99])
    records, problems = reading("cifar-10", tmp_path)
    assert len(records) == 2 + 4
    assert problems == ["cifar-10-batches-bin/data_batch_2.bin: Rows that are cut off: 1"]


def test_a_label_that_is_none_of_the_classes_is_reported_and_the_rest_is_used(tmp_path: Path, reading: Reading) -> None:
    path = binary_10(tmp_path) / "data_batch_2.bin"
    data = bytearray(path.read_bytes())
    data[3073] = 10
    path.write_bytes(data)
    records, problems = reading("cifar-10", tmp_path)
    assert [record.image_id for record in records[:3]] == ["data_batch_2/0", "data_batch_2/2", "data_batch_2/3"]
    assert problems == ["cifar-10-batches-bin/data_batch_2.bin, row 2: The label of this row is none of the classes."]


def test_rows_of_a_pickle_without_a_label_are_counted(tmp_path: Path, reading: Reading) -> None:
    path = python_10(tmp_path) / "test_batch"
    path.write_bytes(pickle.dumps(batch(labels=[1, 2]), 2))
    records, problems = reading("cifar-10", tmp_path)
    assert len(records) == 4 + 2
    assert problems == ["cifar-10-batches-py/test_batch: Rows without a label: 2"]


NOT_BATCHES = {
    "no pickle": b"\x89PNG\r\n\x1a\n",
    "a list": pickle.dumps([1, 2]),
    "no images": pickle.dumps({"labels": [1]}),
    "images of another size": pickle.dumps(batch(labels=[1], data=np.zeros((1, 3071), np.uint8))),
    "other numbers": pickle.dumps(batch(labels=[1], data=np.zeros((1, 3072)))),
    "no labels": pickle.dumps(batch()),
    "labels that are no numbers": pickle.dumps(batch(labels=["1"])),
    "negative labels": pickle.dumps(batch(labels=[-1, 1])),
    "code": b"cos\nsystem\n(S'true'\ntR.",
}


@pytest.mark.parametrize("data", NOT_BATCHES.values(), ids=NOT_BATCHES.keys())
def test_a_pickle_of_another_kind_is_refused(tmp_path: Path, reading: Reading, data: bytes) -> None:
    (python_10(tmp_path) / "data_batch_2").write_bytes(data)
    with pytest.raises(NotThisFormat, match=r"cifar-10-batches-py/data_batch_2 does not look as expected\. Expected: data, labels\."):
        reading("cifar-10", tmp_path)


def test_a_pickle_under_the_name_of_binary_records_is_refused(tmp_path: Path, reading: Reading) -> None:
    (python_10(tmp_path) / "data_batch_2").rename(tmp_path / "data_batch_2.bin")
    with pytest.raises(NotThisFormat, match=r"data_batch_2\.bin does not look as expected\. Expected: 3073 bytes × n\."):
        reading("cifar-10", tmp_path)


@pytest.mark.parametrize("key", KEYS)
def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, reading: Reading, key: str) -> None:
    (tmp_path / "cifar-10-binary.tar.gz").touch()
    with pytest.raises(NotThisFormat, match=rf"Expected: {key}-.*\.bin.*Found: cifar-10-binary\.tar\.gz\."):
        reading(key, tmp_path)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", FORMS)
def test_a_rebuild_depends_on_the_files_that_are_read(tmp_path: Path, key: str, form: str) -> None:
    folder = MADE[key, form](tmp_path)
    source = open_dataset(key, tmp_path, datasheets()[key])
    assert source is not None
    there = [path.relative_to(tmp_path).as_posix() for path in folder.iterdir()]
    assert [name for name, _, _ in source.sources()] == sorted([".", folder.name, *there])
