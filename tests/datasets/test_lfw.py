from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from imagestolive.records import Label

from .conftest import Reading

Draw = Callable[[Path], Path]


def test_a_face_bears_the_persons_name_as_label_and_never_as_title(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "lfw" / "Ana_M_Lima" / "Ana_M_Lima_0001.jpg")
    (face,), _ = reading("lfw", tmp_path)
    assert face.labels == (Label(text="Ana M Lima"),)
    assert (face.title, face.author, face.captions, face.license) == (None, None, (), None)
    assert re.fullmatch("[0-9a-f]{12}", face.image_id)  # it stands in set files and addresses, and people are not named there
    assert (face.people, face.flags) == ("some", {"person", "face"})


@pytest.mark.parametrize(
    ("here", "read"),
    [
        (["lfw", "lfw_funneled", "lfw-deepfunneled"], "lfw"),
        (["lfw_funneled", "lfw-deepfunneled"], "lfw_funneled"),
        (["lfw-deepfunneled"], "lfw-deepfunneled"),
        (["lfw-deepfunneled/lfw-deepfunneled", "lfw/lfw"], "lfw/lfw"),
        (["lfw-deepfunneled", "."], "."),
    ],
)
def test_of_several_versions_one_is_read(tmp_path: Path, draw: Draw, reading: Reading, here: list[str], read: str) -> None:
    for version in here:
        draw(tmp_path / version / "Ana_Lima" / "Ana_Lima_0001.jpg")
    draw(tmp_path / here[0] / "Bea_Reis" / "Bea_Reis_0001.jpg")
    records, problems = reading("lfw", tmp_path)
    folder = Path(read) / "Ana_Lima"
    assert (folder / "Ana_Lima_0001.jpg").as_posix() in [record.locator for record in records]
    assert {Path(record.locator).parts[:-2] for record in records} == {Path(read).parts}
    assert problems == []


def test_a_picture_in_the_folder_of_another_person_is_passed_over(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    for name in ("Ana_Lima_0001.jpg", "Bea_Reis_0001.jpg", "Ana_Lima_1.jpg", "Ana_Lima_00001.jpg"):
        draw(tmp_path / "Ana_Lima" / name)
    records, problems = reading("lfw", tmp_path)
    assert [record.locator for record in records] == ["Ana_Lima/Ana_Lima_0001.jpg"]
    assert problems == []


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading) -> None:
    records, problems = reading("lfw", samples / "lfw")
    assert problems == []
    images = {path.stem: path for path in (samples / "lfw" / "lfw").rglob("*.jpg")}
    assert len(records) == len(images) == 195
    listed = {line.split("\t")[0] for line in (samples / "lfw" / "lfw-names.txt").read_text().splitlines()}
    for record in records:
        image = samples / "lfw" / record.locator
        assert image == images.pop(image.stem)
        (label,) = record.labels
        assert label.text.replace(" ", "_") == image.parent.name
        assert label.text.replace(" ", "_") in listed
