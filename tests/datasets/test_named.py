"""What holds for every data set whose files tell all by their names: where they may lie, in what they may be packed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.datasets.locators import place
from imagestolive.records import ImageRecord

from .conftest import Reading

Draw = Callable[[Path], Path]

LAYOUTS = {  # the top folder as its makers call it, and what is in it: path -> id, class
    "coil-100": (
        "coil-100",
        {"obj14__320.png": ("obj14__320", "object 14"), "obj100__0.ppm": ("obj100__0", "object 100")},
    ),
    "flower-photos": (
        "flower_photos",
        {
            "daisy/100_00aa11bb22_n.jpg": ("daisy/100_00aa11bb22_n.jpg", "daisy"),
            "tulips/100_00aa11bb22_n.jpg": ("tulips/100_00aa11bb22_n.jpg", "tulips"),
        },
    ),
    "leaf": (
        "RGB",
        {
            "1. Quercus suber/iPAD2_C01_EX01.JPG": ("iPAD2_C01_EX01", "Quercus suber"),
            "31. Podocarpus sp/iPAD2_C31_EX12.JPG": ("iPAD2_C31_EX12", "Podocarpus sp"),
        },
    ),
    "lfw": (
        "lfw",
        {
            # ids are hashes: the makers' own are the names of people
            "Ana_Lima/Ana_Lima_0001.jpg": ("fab9937b7738", "Ana Lima"),
            "Bea_al-Reis/Bea_al-Reis_0012.jpg": ("0cde78eb6dfe", "Bea al-Reis"),
        },
    ),
    "stanford-dogs": (
        "Images",
        {
            "n02085620-Chihuahua/n02085620_10074.jpg": ("n02085620_10074", "Chihuahua"),
            "n02095314-wire-haired_fox_terrier/n02095314_3.jpg": ("n02095314_3", "wire-haired fox terrier"),
        },
    ),
}
LICENSE_TXT = "{} CC BY 4.0 by Ana Lima - https://www.flickr.com/photos/ana/100/\n"
every_set = pytest.mark.parametrize("key", LAYOUTS)


@pytest.fixture
def lay_out(draw: Draw) -> Callable[[str, Path], Path]:
    """Draws a data set into a folder and gives its top folder."""

    def lay_out(key: str, folder: Path) -> Path:
        top, images = LAYOUTS[key]
        for name in images:
            draw(folder / top / name)
        if key == "flower-photos":
            (folder / top / "LICENSE.txt").write_text("".join(map(LICENSE_TXT.format, images)))
        return folder / top

    return lay_out


LayOut = Callable[[str, Path], Path]


def told(records: list[ImageRecord]) -> set[tuple[str, str]]:
    """(id, class) of each record; no id comes twice."""
    assert len({record.image_id for record in records}) == len(records)
    return {(record.image_id, label.text) for record in records for label in record.labels}


@every_set
def test_the_root_is_the_makers_folder_or_one_above_it(key: str, tmp_path: Path, lay_out: LayOut, reading: Reading) -> None:
    top = lay_out(key, tmp_path / "a" / "b")
    for root in (top, tmp_path / "a" / "b", tmp_path):
        records, problems = reading(key, root)
        assert told(records) == set(LAYOUTS[key][1].values())
        assert all((root / record.locator).is_file() for record in records)
        assert problems == []


@every_set
@pytest.mark.parametrize(("form", "packed"), [("tar", "all.tar"), ("gztar", "all.tgz"), ("gztar", "all.tar.gz"), ("zip", "all.zip")])
def test_an_archive_gives_the_same_images_under_the_same_ids(
    key: str, form: str, packed: str, tmp_path: Path, lay_out: LayOut, reading: Reading
) -> None:
    lay_out(key, tmp_path / "loose")
    root = tmp_path / "root"
    root.mkdir()
    Path(shutil.make_archive(str(tmp_path / "packed"), form, tmp_path / "loose")).rename(root / packed)
    records, problems = reading(key, root)
    assert told(records) == set(LAYOUTS[key][1].values())
    assert {place(record.locator).file for record in records} == {packed}
    assert problems == []


@every_set
def test_of_an_image_that_is_here_twice_the_first_is_used_and_the_other_reported(
    key: str, tmp_path: Path, lay_out: LayOut, reading: Reading
) -> None:
    lay_out(key, tmp_path / "a")
    lay_out(key, tmp_path / "b")
    (tmp_path / "b" / LAYOUTS[key][0] / "LICENSE.txt").unlink(missing_ok=True)
    records, problems = reading(key, tmp_path)
    assert told(records) == set(LAYOUTS[key][1].values())
    assert {record.locator.partition("/")[0] for record in records} == {"a"}
    sentence = "This image is here under another path, too; this copy is not used."
    assert sorted(problems) == sorted(f"b/{LAYOUTS[key][0]}/{name}: {sentence}" for name in LAYOUTS[key][1])


@every_set
def test_other_files_are_passed_over(key: str, tmp_path: Path, lay_out: LayOut, draw: Draw, reading: Reading) -> None:
    top = lay_out(key, tmp_path)
    draw(tmp_path / "cover.jpg")
    for name in LAYOUTS[key][1]:
        path = top / name
        draw(path.with_name(f"._{path.name}"))  # as macOS puts them into archives
        draw(path.with_name(f"of {path.name}.png"))
        path.with_name("notes.txt").write_text("notes")
    records, problems = reading(key, tmp_path)
    assert told(records) == set(LAYOUTS[key][1].values())
    assert problems == []


@every_set
def test_a_folder_of_another_kind_says_what_was_expected_and_found(key: str, tmp_path: Path, draw: Draw, reading: Reading) -> None:
    with pytest.raises(NotThisFormat, match=r"Found: –\."):
        reading(key, tmp_path)
    for n in range(12):
        draw(tmp_path / f"{n:02}.jpg")
    names = ", ".join(f"{n:02}.jpg" for n in range(10))
    with pytest.raises(NotThisFormat, match=rf"Expected: .*\.(jpg|JPG|png).* Found: {names}\.$"):
        reading(key, tmp_path)


@every_set
def test_a_table_grows_old_with_its_folders_and_archives(key: str, tmp_path: Path, lay_out: LayOut) -> None:
    top = lay_out(key, tmp_path)
    (tmp_path / "more.tar").touch()
    source = open_dataset(key, tmp_path, datasheets()[key])
    assert source is not None
    folders = {path.relative_to(tmp_path).as_posix() for path in top.rglob("*") if path.is_dir()}
    texts = {"flower_photos/LICENSE.txt"} if key == "flower-photos" else set()
    assert {name for name, _, _ in source.sources()} == {".", top.name, "more.tar"} | folders | texts
