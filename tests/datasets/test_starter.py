"""The starter collection is part of what `make test` installs, so nothing here is skipped."""

from __future__ import annotations

import gzip
import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from imagestolive import licenses
from imagestolive.datasets import (
    DatasetSource,
    NoReader,
    NotAFolder,
    NotInstalled,
    NotReadable,
    NotThisFormat,
    Problems,
    datasheets,
    open_dataset,
)
from imagestolive.records import ImageRecord
from imagestolive.words import Words

from .conftest import may_not_be_read

COUNTS = {"scikit-image": 17, "scikit-learn": 2, "digits": 1797, "lfw-subset-faces": 100, "lfw-subset-non-faces": 100}


def source(key: str) -> DatasetSource:
    opened = open_dataset(key, None, datasheets()[key])
    assert opened is not None
    return opened


def records(key: str) -> list[ImageRecord]:
    problems = Problems()
    found = list(source(key).records(problems))
    assert problems.kept == ()
    return found


@pytest.mark.parametrize(("key", "count"), COUNTS.items())
def test_a_set_has_the_images_its_datasheet_counts(key: str, count: int) -> None:
    found = records(key)
    assert len(found) == len({record.image_id for record in found}) == count == datasheets()[key].images
    assert {record.dataset for record in found} == {key}


def test_every_photograph_has_a_license_that_allows_printing() -> None:
    for record in (*records("scikit-image"), *records("scikit-learn")):
        assert record.license
        assert licenses.read(record.license_raw, dataset=record.dataset_license).permits_print == "yes"


def test_credits_are_those_of_the_packages() -> None:
    found = {record.image_id: record for record in (*records("scikit-image"), *records("scikit-learn"))}
    coffee, coins, flower = found["coffee.png"], found["coins.png"], found["flower.jpg"]
    assert (coffee.title, coffee.author, coffee.license) == ("Coffee cup", "Rachel Michetti", "cc0-1.0")
    assert (coins.author, coins.license_raw) == (None, "No known copyright restrictions")
    assert (flower.author, flower.license, flower.photo_id, flower.title) == ("vultilion", "by-2.0", "6056698931", None)
    assert flower.license_seen_on == "2011-08-21"
    assert found["astronaut.png"].people == found["camera.png"].people == "some"
    assert found["coffee.png"].people == "none"
    assert not {"moon.png", "page.png", "color.png", "logo.png", "motorcycle_left.png"} & found.keys()


def test_the_datasheet_counts_the_images_that_are_left_out() -> None:
    package = source("scikit-image").root
    images = {path.name for path in package.iterdir() if path.suffix in (".png", ".jpg", ".tif", ".gif")}
    listed = {listed.file for listed in datasheets()["scikit-image"].files}
    assert listed <= images
    assert len(images - listed) == 12
    assert "Twelve more are left out" in datasheets()["scikit-image"].collected["en"]


def test_digits_bear_the_makers_label_and_the_sets_license() -> None:
    first = records("digits")[0]
    assert (first.image_id, first.locator) == ("0", "digits.csv.gz#0:digits")
    assert (first.license, first.license_raw, first.dataset_license) == (None, None, "CC BY 4.0")
    assert [label.text for label in first.labels] == ["0"]
    assert (first.people, first.width_px, first.height_px) == ("none", 8, 8)


def test_faces_and_non_faces_are_the_two_halves_and_name_nobody() -> None:
    faces, others = records("lfw-subset-faces"), records("lfw-subset-non-faces")
    assert [record.locator for record in faces] == [f"lfw_subset.npy#{row}:npy" for row in range(100)]
    assert [record.locator for record in others] == [f"lfw_subset.npy#{row}:npy" for row in range(100, 200)]
    assert {(record.license, record.title, record.author, record.labels) for record in faces + others} == {(None, None, None, ())}
    assert {record.people for record in faces} == {"some"}
    assert all("face" in record.flags for record in faces)


def test_without_the_package_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NotInstalled, match=r'skimage, which is not installed: pip install "imagestolive\[starter\]"$'):
        source("scikit-image")


@pytest.mark.parametrize("key", ["digits", "lfw-subset-faces", "scikit-learn"])
def test_a_file_that_a_version_no_longer_ships_is_a_problem_and_not_fatal(tmp_path: Path, key: str) -> None:
    problems = Problems()
    opened = open_dataset(key, tmp_path, datasheets()[key])
    assert opened is not None
    assert list(opened.records(problems)) == []
    assert opened.sources() == []
    assert "The installed version of the package no longer has this file." in problems.kept[0].said(Words("en"))


def test_a_row_of_digits_that_is_cut_is_reported_and_the_rest_keep_their_rows(tmp_path: Path) -> None:
    row = ",".join(["1"] * 65)
    (tmp_path / "digits.csv.gz").write_bytes(gzip.compress(f"{row}\n1,2\n{row}\n".encode()))
    problems = Problems()
    found = list(DatasetSource(key="digits", root=tmp_path, sheet=datasheets()["digits"]).records(problems))
    assert [record.image_id for record in found] == ["0", "2"]
    assert problems.kept[0].row == 2


def test_digits_that_are_no_gzip_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "digits.csv.gz").write_bytes(b"not gzip")
    with pytest.raises(NotThisFormat):
        list(DatasetSource(key="digits", root=tmp_path, sheet=datasheets()["digits"]).records(Problems()))


def test_the_packages_are_found_without_being_imported() -> None:
    program = (
        "import sys\n"
        "from imagestolive.datasets import Problems, datasheets, open_dataset\n"
        f"for key in {list(COUNTS)!r}:\n"
        "    list(open_dataset(key, None, datasheets()[key]).records(Problems()))\n"
        "assert not {'sklearn', 'skimage', 'numpy'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# ---- open_dataset -----------------------------------------------------------------------------------------------------


def test_a_data_set_may_be_opened_under_another_key(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    opened = open_dataset("my-oaks", tmp_path, datasheets()["folder"])
    assert opened is not None
    assert [record.dataset for record in opened.records(Problems())] == ["my-oaks"]


def test_a_data_set_whose_folder_nobody_named_is_not_opened() -> None:
    assert open_dataset("coco", None, datasheets()["coco"]) is None


def test_the_starter_collection_can_be_switched_off() -> None:
    assert open_dataset("digits", None, datasheets()["digits"], starter=False) is None


def test_a_refused_data_set_or_an_unknown_reader_cannot_be_opened(tmp_path: Path) -> None:
    for sheet in (datasheets()["tiny-images"], replace(datasheets()["folder"], reader="tar")):
        with pytest.raises(NoReader):
            open_dataset(sheet.key, tmp_path, sheet)


def test_a_root_that_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotAFolder, match="there is no folder"):
        open_dataset("coco", tmp_path / "nowhere", datasheets()["coco"])


def test_sources_change_when_an_image_comes_or_goes(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    opened = open_dataset("folder", tmp_path, datasheets()["folder"])
    assert opened is not None
    before = opened.sources()
    assert [name for name, _, _ in before] == [".", "sub"]
    (tmp_path / "credits.csv").write_text("file\n")
    (tmp_path / "sub" / "a.jpg").touch()
    after = opened.sources()
    assert [name for name, _, _ in after] == [".", "credits.csv", "sub"]
    assert after[-1] != before[-1]


def test_files_that_the_system_does_not_let_us_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "images.csv").touch()
    opened = open_dataset("open-images", tmp_path, datasheets()["open-images"])
    assert opened is not None
    with may_not_be_read("images.csv"), pytest.raises(NotReadable, match=r"^“open-images”: .*images\.csv cannot be read: "):
        list(opened.records(Problems()))
