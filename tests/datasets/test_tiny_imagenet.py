from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.records import Label, Region

from .conftest import Reading, may_not_be_read

Draw = Callable[[Path], Path]

GOLDFISH, GROOM = "n01443537", "n10148035"


def lay_out(root: Path, draw: Draw) -> Path:
    """One image in each part of the set."""
    for name in (f"train/{GOLDFISH}/images/{GOLDFISH}_0.JPEG", "val/images/val_0.JPEG", "test/images/test_0.JPEG"):
        draw(root / name)
    (root / "words.txt").write_text(f"n00001740\tentity\n{GOLDFISH}\tgoldfish, Carassius auratus\n")
    (root / "train" / GOLDFISH / f"{GOLDFISH}_boxes.txt").write_text(f"{GOLDFISH}_0.JPEG\t0\t16\t63\t47\n")
    (root / "val" / "val_annotations.txt").write_text(f"val_0.JPEG\t{GOLDFISH}\t32\t0\t47\t31\n")
    return root


def test_each_part_is_read_with_what_is_said_of_it(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (test, train, val), problems = reading("tiny-imagenet", lay_out(tmp_path, draw))
    words = "goldfish, Carassius auratus"
    assert problems == []
    assert [record.image_id for record in (test, train, val)] == ["test_0", f"{GOLDFISH}_0", "val_0"]
    assert train.labels == val.labels == (Label(text=words),)
    assert train.regions == (Region(box=(0.0, 0.25, 1.0, 0.75), label=words),)
    assert val.regions == (Region(box=(0.5, 0.0, 0.75, 0.5), label=words),)
    assert (train.flags, val.flags) == (frozenset(), frozenset())
    assert {(record.width_px, record.height_px) for record in (test, train, val)} == {(64, 64)}


def test_what_the_images_of_test_show_is_not_said_so_they_are_held_back(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (test, *_), _ = reading("tiny-imagenet", lay_out(tmp_path, draw))
    assert (test.labels, test.flags, test.people) == ((), {"review"}, "unknown")


def test_a_class_of_persons_is_held_back(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw)
    (tmp_path / "val" / "val_annotations.txt").write_text(f"val_0.JPEG\t{GROOM}\t0\t0\t63\t63\n")
    (*_, val), _ = reading("tiny-imagenet", tmp_path)
    assert (val.flags, val.people) == ({"person", "review"}, "some")


def test_val_sorted_into_classes_needs_no_list(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "val" / GOLDFISH / "images" / "val_0.JPEG")
    (val,), _ = reading("tiny-imagenet", tmp_path)
    assert (val.labels, val.flags) == ((Label(text=GOLDFISH),), frozenset())


def test_the_zip_as_it_comes_gives_the_same(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    folder = lay_out(tmp_path / "tiny-imagenet-200", draw)
    loose, _ = reading("tiny-imagenet", tmp_path)
    root = tmp_path / "packed"
    root.mkdir()
    with zipfile.ZipFile(root / "tiny-imagenet-200.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.*")):
            archive.write(path, path.relative_to(tmp_path))
    packed, problems = reading("tiny-imagenet", root)
    assert problems == []
    assert [(record.image_id, record.labels, record.regions, record.flags) for record in packed] == [
        (record.image_id, record.labels, record.regions, record.flags) for record in loose
    ]


def test_odd_rows_are_told_with_their_line_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw)
    rows = [
        f"val_0.JPEG\t{GOLDFISH}\t70\t0\t80\t31",
        f"val_0.JPEG\t{GOLDFISH}\t20\t0\t10\t31",
        "val_0.JPEG\t1\t2\t3\t4",
        f"val_0.JPEG\t{GOLDFISH}\t1\t2\t3",
        f"val_0.JPEG\t{GOLDFISH}\t1\t2\t3\t{'9' * 5000}",
        f"../val_0.JPEG\t{GOLDFISH}\t1\t2\t3\t4",
        f"val_0.JPEG\t{GOLDFISH}\t32\t0\t47\t31",
    ]
    (tmp_path / "val" / "val_annotations.txt").write_text("\n".join(rows))
    (*_, val), problems = reading("tiny-imagenet", tmp_path)
    assert len(val.regions) == 1
    assert [problem.split(": ")[0] for problem in problems] == [f"val/val_annotations.txt, row {n}" for n in range(1, 7)]
    assert problems[0].endswith(f"“val_0.JPEG%09{GOLDFISH}%0970%090%0980%0931” cannot be right.")


def test_a_list_that_may_not_be_read_is_told_and_its_images_are_held_back(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw)
    with may_not_be_read("val_annotations.txt"):
        (_, train, val), problems = reading("tiny-imagenet", tmp_path)
    assert (len(train.labels), train.flags, val.labels, val.flags) == (1, frozenset(), (), {"review"})
    assert problems == ["val/val_annotations.txt: This file cannot be read: Permission denied."]


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "holiday.jpg")
    with pytest.raises(NotThisFormat, match=r"Expected: train/n01443537/images/n01443537_0\.JPEG.*Found: holiday\.jpg\."):
        reading("tiny-imagenet", tmp_path)


def test_a_rebuild_depends_on_folders_and_lists(tmp_path: Path, draw: Draw) -> None:
    source = open_dataset("tiny-imagenet", lay_out(tmp_path, draw), datasheets()["tiny-imagenet"])
    assert source is not None
    assert {name for name, size, _ in source.sources() if size} == {
        "val/val_annotations.txt",
        "words.txt",
        f"train/{GOLDFISH}/{GOLDFISH}_boxes.txt",
    }


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading) -> None:
    root = samples / "tiny-imagenet-200"
    records, problems = reading("tiny-imagenet", root)
    assert problems == []
    assert Counter(record.locator.split("/")[0] for record in records) == {"train": 170, "val": 58, "test": 20}
    assert all((root / record.locator).is_file() for record in records)
    labelled = [record for record in records if not record.locator.startswith("test/")]
    classes = dict(line.split("\t") for line in (root / "words.txt").read_text(encoding="utf-8").splitlines())
    assert {label.text for record in labelled for label in record.labels} == set(classes.values())
    assert all(len(record.labels) == len(record.regions) == 1 and not record.flags for record in labelled)
    assert all(record.flags == {"review"} and not record.labels for record in records if record not in labelled)
