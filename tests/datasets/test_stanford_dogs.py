from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from imagestolive.datasets import datasheets, open_dataset
from imagestolive.records import Label, Region

from .conftest import Reading, may_not_be_read

Draw = Callable[[Path], Path]

HUSKIES = "n02110185-Siberian_husky"
OBJECT = """<object><name>Siberian_husky</name><pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>
<bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"""


def annotation(*boxes: tuple[int, int, int, int]) -> str:
    """As the makers write it, of an image of 200 x 100 pixels."""
    objects = "".join(OBJECT.format(*box) for box in boxes)
    return f"""<annotation><folder>02110185</folder><filename>%s</filename><source><database>ImageNet database</database></source>
<size><width>200</width><height>100</height><depth>3</depth></size><segment>0</segment>{objects}</annotation>"""


def lay_out(root: Path, draw: Draw, text: str, *, annotations: str = "Annotation", extension: str = "") -> Path:
    """One husky with its annotation."""
    draw(root / "Images" / HUSKIES / "n02110185_7.jpg")
    told = root / annotations / HUSKIES / f"n02110185_7{extension}"
    told.parent.mkdir(parents=True)
    told.write_text(text)
    return root


TWO_DOGS = annotation((20, 10, 120, 60), (0, 0, 200, 100))
TWO_REGIONS = (
    Region(box=(0.1, 0.1, 0.6, 0.6), label="Siberian husky"),
    Region(box=(0.0, 0.0, 1.0, 1.0), label="Siberian husky"),
)


def test_a_dog_with_its_breed_and_boxes(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (dog,), problems = reading("stanford-dogs", lay_out(tmp_path, draw, TWO_DOGS))
    assert problems == []
    assert (dog.image_id, dog.locator) == ("n02110185_7", f"Images/{HUSKIES}/n02110185_7.jpg")
    assert (dog.labels, dog.regions) == ((Label(text="Siberian husky"),), TWO_REGIONS)
    assert (dog.author, dog.license, dog.source_url, dog.people, dog.flags) == (None, None, None, "unknown", frozenset())


@pytest.mark.parametrize(
    ("wnid", "flags", "people"),
    [("n10148035", {"person", "review"}, "some"), ("n99999999", {"review"}, "unknown"), ("n02837789", {"review"}, "unknown")],
)
def test_what_is_no_dog_is_held_back_as_wordnet_says(
    tmp_path: Path, draw: Draw, reading: Reading, wnid: str, flags: set[str], people: str
) -> None:
    draw(tmp_path / "Images" / f"{wnid}-what" / f"{wnid}_1.jpg")
    (image,), _ = reading("stanford-dogs", tmp_path)
    assert (image.flags, image.people) == (flags, people)


def test_an_annotation_the_system_does_not_let_us_read_is_told_and_the_image_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    root = lay_out(tmp_path, draw, TWO_DOGS)
    with may_not_be_read("n02110185_7"):
        (dog,), problems = reading("stanford-dogs", root)
    assert dog.regions == ()
    assert problems == [f"Annotation/{HUSKIES}/n02110185_7: This file cannot be read: Permission denied."]


def test_annotations_are_found_before_and_behind_the_images_and_under_another_extension(
    tmp_path: Path, draw: Draw, reading: Reading
) -> None:
    before = lay_out(tmp_path / "before", draw, TWO_DOGS, annotations="Annotation")
    behind = lay_out(tmp_path / "behind", draw, TWO_DOGS, annotations="annotations/Annotation", extension=".xml")
    for root in (before, behind):
        (dog,), problems = reading("stanford-dogs", root)
        assert dog.regions == TWO_REGIONS
        assert problems == []


def test_boxes_come_out_of_the_makers_tars_compressed_or_not(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path / "loose", draw, TWO_DOGS)
    for compression in ("", "gz"):
        root = tmp_path / f"tars {compression}"
        root.mkdir()
        for name, folder in (("annotation.tar", "Annotation"), ("images.tar", "Images")):
            with tarfile.open(root / name, f"w:{compression}") as archive:
                archive.add(tmp_path / "loose" / folder, folder)
        (dog,), problems = reading("stanford-dogs", root)
        assert dog.regions == TWO_REGIONS
        assert dog.locator.startswith("images.tar#")
        assert problems == []


def test_annotations_that_are_here_packed_and_unpacked_are_taken_once(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path / "a", draw, TWO_DOGS)
    (tmp_path / "b").mkdir()
    with tarfile.open(tmp_path / "b" / "annotation.tar", "w") as archive:
        archive.add(tmp_path / "a" / "Annotation", "Annotation")
    (dog,), problems = reading("stanford-dogs", tmp_path)
    assert dog.regions == TWO_REGIONS
    assert problems == []


def test_an_annotation_that_cannot_be_read_is_reported_and_the_image_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (dog,), problems = reading("stanford-dogs", lay_out(tmp_path, draw, "<annotation><size>"))
    assert dog.regions == ()
    assert problems == [f"Annotation/{HUSKIES}/n02110185_7: This file cannot be read: no element found: line 1, column 18."]


def test_an_annotation_without_its_image_is_no_image(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    root = lay_out(tmp_path, draw, TWO_DOGS)
    draw(root / "Images" / HUSKIES / "n02110185_8.jpg")
    (root / "Images" / HUSKIES / "n02110185_7.jpg").unlink()
    (dog,), problems = reading("stanford-dogs", root)
    assert (dog.image_id, dog.regions) == ("n02110185_8", ())
    assert problems == []


def test_imagenets_list_of_addresses_leads_to_the_photographs_page(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    root = lay_out(tmp_path, draw, TWO_DOGS)
    url = "http://farm4.static.flickr.com/3175/2737866473_7958dc8760.jpg"
    (root / "fall11_urls.txt").write_text(f"n02110185_6\thttp://example.org/6.jpg\nn02110185_7\t{url}\n")
    (dog,), problems = reading("stanford-dogs", root)
    assert problems == []
    assert (dog.source_url, dog.photo_id) == (url, "2737866473")
    assert dog.landing_url == "https://www.flickr.com/photo.gne?id=2737866473"


def test_a_table_grows_old_with_the_list_of_addresses_and_not_with_each_annotation(tmp_path: Path, draw: Draw) -> None:
    root = lay_out(tmp_path, draw, TWO_DOGS)
    (root / "fall11_urls.txt").touch()
    source = open_dataset("stanford-dogs", root, datasheets()["stanford-dogs"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [
        ".", "Annotation", f"Annotation/{HUSKIES}", "Images", f"Images/{HUSKIES}", "fall11_urls.txt"
    ]  # fmt: skip
