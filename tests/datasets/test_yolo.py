"""Folders in YOLO form, of our own making."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset, yolo
from imagestolive.datasets.jsonfiles import JsonRefused
from imagestolive.records import Label, Region

from .conftest import Reading, Unusable

Draw = Callable[[Path], Path]

NAMES = "path: ../datasets/coco8\ntrain: images/train\nnames:\n  0: person\n  1: bicycle\n"
BICYCLE = "1 0.5 0.5 0.2 0.4\n"


def lay_out(root: Path, draw: Draw, *, image: str = "images/train/a.jpg", labels: str = "labels/train/a.txt", text: str = BICYCLE) -> Path:
    draw(root / image)
    (root / labels).parent.mkdir(parents=True, exist_ok=True)
    (root / labels).write_text(text)
    return root


def test_an_image_with_its_boxes(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, text="1 0.5 0.5 0.2 0.4\n\n  1 0.9 0.9 0.4 0.4  \n")
    (tmp_path / "data.yaml").write_text(NAMES)
    (image,), problems = reading("yolo", tmp_path)
    assert problems == []
    assert (image.image_id, image.locator) == ("images/train/a.jpg", "images/train/a.jpg")
    assert image.labels == (Label(text="bicycle"),)
    assert image.regions == (Region(box=(0.4, 0.3, 0.6, 0.7), label="bicycle"), Region(box=(0.7, 0.7, 1.0, 1.0), label="bicycle"))
    assert (image.license, image.license_raw, image.photo_id, image.landing_url) == (None,) * 4
    assert (image.people, image.flags) == ("unknown", frozenset())


def test_an_outline_is_a_polygon_with_the_box_around_it(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (image,), problems = reading("yolo", lay_out(tmp_path, draw, text="1 0.1 0.2 0.5 0.9 0.3 0.4"))
    assert problems == []
    assert image.regions == (Region(box=(0.1, 0.2, 0.5, 0.9), polygon=((0.1, 0.2), (0.5, 0.9), (0.3, 0.4)), label="1"),)


@pytest.mark.parametrize(
    ("image", "labels"),
    [
        ("images/a.jpg", "labels/a.txt"),
        ("images/train2017/deep/a.PNG", "labels/train2017/deep/a.txt"),
        ("train/images/a.jpg", "train/labels/a.txt"),
        ("coco8/images/train/a.jpg", "coco8/labels/train/a.txt"),
        ("images/labels/a.jpg", "labels/labels/a.txt"),
        ("obj_train_data/a.jpg", "obj_train_data/a.txt"),
        ("a.b.jpg", "a.b.txt"),
    ],
)
def test_labels_are_found_in_every_layout(tmp_path: Path, draw: Draw, reading: Reading, image: str, labels: str) -> None:
    (record,), problems = reading("yolo", lay_out(tmp_path, draw, image=image, labels=labels))
    assert (record.image_id, [region.label for region in record.regions], problems) == (image, ["1"], [])


def test_an_image_without_a_text_has_no_boxes_and_images_elsewhere_are_none(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "images" / "train" / "b.jpg")
    draw(tmp_path / "docs" / "sketch.png")
    (tmp_path / "README.txt").write_text("7 0.1 0.1 0.1 0.1 is an example")
    records, problems = reading("yolo", lay_out(tmp_path, draw))
    assert [(record.image_id, len(record.regions)) for record in records] == [("images/train/a.jpg", 1), ("images/train/b.jpg", 0)]
    assert problems == []


@pytest.mark.parametrize(
    ("file", "content", "label"),
    [
        ("data.yaml", NAMES, "bicycle"),
        ("data.yml", "nc: 2\nnames: [person, bicycle]\n", "bicycle"),
        ("data.yaml", "names: [person, [bicycle]]\n", "1"),
        ("data.yaml", "names:\n  one: bicycle\n", "1"),
        ("data.yaml", "names: [yes, no]\n", "1"),
        ("hyp.yaml", "lr0: 0.01\n", "1"),
        ("classes.txt", "person\nbicycle\n", "bicycle"),
        ("obj.names", "person\r\nbicycle\r\n", "bicycle"),
        ("obj.names", "person\n\n", "1"),
    ],
)
def test_names_of_classes_are_taken_from_where_they_stand(
    tmp_path: Path, draw: Draw, reading: Reading, file: str, content: str, label: str
) -> None:
    (tmp_path / file).write_bytes(content.encode())
    (image,), problems = reading("yolo", lay_out(tmp_path, draw))
    assert (image.labels, problems) == ((Label(text=label),), [])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("names: &all [person]\n", "data.yaml, row 1: This file cannot be read: anchors (&) and aliases (*) are not read."),
        ("a: 1\nnames: [person\n", "data.yaml, row 3: This file cannot be read: not YAML: "),
        ("made: 2026-13-45\n", "data.yaml, row 1: This file cannot be read: not YAML: "),
        ("=: 1\nmade: =\n", "data.yaml, row 1: This file cannot be read: not YAML: "),
    ],
)
def test_a_yaml_file_that_is_refused_is_told_and_the_rest_is_used(
    tmp_path: Path, draw: Draw, reading: Reading, content: str, problem: str
) -> None:
    (tmp_path / "data.yaml").write_text(content)
    (tmp_path / "classes.txt").write_text("person\nbicycle\n")
    (image,), (told,) = reading("yolo", lay_out(tmp_path, draw))
    assert image.labels == (Label(text="bicycle"),)
    assert told.startswith(problem)


@pytest.mark.parametrize("name", ["person", "Woman"])
def test_an_image_whose_classes_name_people_shows_people(tmp_path: Path, draw: Draw, reading: Reading, name: str) -> None:
    (tmp_path / "classes.txt").write_text(f"bench\n{name}\n")
    (image,), _ = reading("yolo", lay_out(tmp_path, draw))
    assert (image.people, image.flags) == ("some", {"person"})


BAD_LINES = [
    "bicycle 0.5 0.5 0.1 0.1",
    "-1 0.5 0.5 0.1 0.1",
    "1 0.5 0.5 0.1",
    "1 0.5 0.5 0.1 0.1 0.9",
    "1 320 240 50 60",
    "1 0.5 0.5 nan 0.1",
    "1 0.5 0.5 inf 0.1",
    "1 0.5 0.5 0 0.1",
    "1 0.1 0.2 0.3 0.4 0.5 0.6 0.7",
    "١ 0.5 0.5 0.1 0.1",
    "1,0.5,0.5,0.1,0.1",
]


def test_lines_that_hold_no_box_are_reported_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (image,), problems = reading("yolo", lay_out(tmp_path, draw, text="\n".join([*BAD_LINES, BICYCLE])))
    assert len(image.regions) == 1
    assert problems == [f"labels/train/a.txt, row {row}: This row holds no box." for row in range(1, len(BAD_LINES) + 1)]


@given(st.lists(st.floats(0, 1), min_size=4, max_size=12), st.integers(0, 10**6 - 1))
def test_every_region_lies_in_its_image(numbers: list[float], number: int) -> None:
    try:
        region = yolo._region([str(number), *map(repr, numbers)], {})
    except ValueError:
        return
    assert region.box is not None
    assert 0 <= region.box[0] < region.box[2] <= 1
    assert 0 <= region.box[1] < region.box[3] <= 1
    assert all(0 <= place <= 1 for corner in region.polygon for place in corner)
    if len(numbers) == 4:
        assert math.isclose(region.box[0], max(0, numbers[0] - numbers[2] / 2), abs_tol=1e-5)


def test_an_archive_is_read_as_if_it_were_unpacked(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    loose = lay_out(tmp_path / "loose", draw)
    (loose / "classes.txt").write_text("person\nbicycle\n")
    packed = tmp_path / "packed"
    packed.mkdir()
    with zipfile.ZipFile(packed / "set.zip", "w") as archive:
        for path in sorted(loose.rglob("*.*")):
            archive.write(path, path.relative_to(loose))
    (there,), _ = reading("yolo", loose)
    (here,), problems = reading("yolo", packed)
    assert problems == []
    assert (here.image_id, here.labels, here.regions) == (there.image_id, there.labels, there.regions)
    assert here.locator.startswith("set.zip#@")


def photograph(number: int, *, name: str = "a.jpg") -> dict[str, Any]:
    return {
        "license": 4,
        "file_name": name,
        "coco_url": f"http://images.cocodataset.org/train2017/{name}",
        "height": 3,
        "width": 4,
        "date_captured": "2013-11-22 22:14:30",
        "flickr_url": f"http://farm7.staticflickr.com/6016/{number}_1dfae5d508_z.jpg",
        "id": 192,
    }


def list_photographs(root: Path, *images: dict[str, Any], file: str = "panoptic_train2017.json", category: int = 18) -> None:
    licenses = [{"url": "http://creativecommons.org/licenses/by/2.0/", "id": 4, "name": "Attribution License"}]
    categories = [{"id": 1, "name": "person"}, {"id": 18, "name": "dog"}]
    annotations = [{"image_id": 192, "segments_info": [{"category_id": category, "bbox": [0, 0, 1, 1]}]}]
    (root / "annotations").mkdir(exist_ok=True)
    content = {"images": images, "annotations": annotations, "categories": categories, "licenses": licenses}
    (root / "annotations" / file).write_text(json.dumps(content))


def test_lists_of_photographs_give_license_and_page(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    list_photographs(lay_out(tmp_path, draw), photograph(5960058194), photograph(7, name="elsewhere.jpg"))
    (image,), problems = reading("yolo", tmp_path)
    assert problems == []
    assert (image.license_raw, image.license) == ("http://creativecommons.org/licenses/by/2.0/", "by-2.0")
    assert (image.photo_id, image.landing_url) == ("5960058194", "https://www.flickr.com/photo.gne?id=5960058194")
    assert (image.width_px, image.height_px, image.collected_on) == (4, 3, "2013-11-22")
    assert (image.people, image.flags) == ("unknown", frozenset())


def test_lists_that_know_of_a_person_tell_so(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    list_photographs(lay_out(tmp_path, draw), photograph(5960058194), category=1)
    (image,), _ = reading("yolo", tmp_path)
    assert (image.people, image.flags, image.labels) == ("some", {"person"}, (Label(text="1"),))


def test_lists_that_agree_give_one_credit_and_those_that_do_not_give_none(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    list_photographs(lay_out(tmp_path, draw), photograph(5960058194))
    list_photographs(tmp_path, photograph(5960058194), file="instances_train2017.json")
    (image,), _ = reading("yolo", tmp_path)
    assert image.photo_id == "5960058194"
    list_photographs(tmp_path, photograph(5), file="instances_train2017.json")
    (image,), _ = reading("yolo", tmp_path)
    assert (image.photo_id, image.license) == (None, None)


def test_other_json_is_passed_over_entries_that_cannot_be_right_are_told_and_a_broken_list_is_refused(
    tmp_path: Path, draw: Draw, reading: Reading
) -> None:
    list_photographs(lay_out(tmp_path, draw), photograph(5960058194) | {"width": 0})
    (tmp_path / "annotations" / "list.json").write_text("[1, 2")
    (tmp_path / "annotations" / "other.json").write_text('{"shapes": [1]}')
    (image,), problems = reading("yolo", tmp_path)
    assert image.license is None
    assert problems == ["annotations/panoptic_train2017.json, row 1: This entry of the list “images” cannot be right."]
    (tmp_path / "annotations" / "other.json").write_text('{"shapes": [1')
    with pytest.raises(JsonRefused, match=r"annotations/other\.json"):
        reading("yolo", tmp_path)


@pytest.mark.parametrize("text", ["", "some words about a picture"])
def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, draw: Draw, reading: Reading, text: str) -> None:
    with pytest.raises(NotThisFormat, match=r"Expected: images/\*\.jpg, labels/\*\.txt: .*Found: a\.jpg, a\.txt\."):
        reading("yolo", lay_out(tmp_path, draw, image="a.jpg", labels="a.txt", text=text))


def test_a_rebuild_depends_on_folders_names_and_lists_but_not_on_each_text(tmp_path: Path, draw: Draw) -> None:
    list_photographs(lay_out(tmp_path, draw), photograph(5960058194))
    (tmp_path / "data.yaml").write_text(NAMES)
    source = open_dataset("yolo", tmp_path, datasheets()["yolo"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [
        *(".", "annotations", "annotations/panoptic_train2017.json", "data.yaml"),
        *("images", "images/train", "labels", "labels/train"),
    ]


@pytest.mark.samples
def test_the_sample_bears_the_licenses_and_pages_of_its_list(samples: Path, reading: Reading) -> None:
    records, problems = reading("yolo", samples / "coco128")
    lists = json.loads((samples / "coco128" / "annotations" / "panoptic_train2017.json").read_text())
    urls = {row["id"]: row["url"] for row in lists["licenses"]}
    rows = {row["file_name"]: row for row in lists["images"]}
    people = {row["image_id"] for row in lists["annotations"] if any(segment["category_id"] == 1 for segment in row["segments_info"])}
    assert (len(records), problems) == (60, [])
    for record in records:
        row = rows[Path(record.image_id).name]
        assert record.license_raw == urls[row["license"]]
        assert record.license
        assert record.photo_id == row["flickr_url"].rsplit("/", 1)[1].split("_")[0]
        assert ("person" in record.flags) == (row["id"] in people)
        labels = samples / "coco128" / record.image_id.replace("images", "labels").replace(".jpg", ".txt")
        lines = labels.read_text().splitlines() if labels.is_file() else []
        assert [region.label for region in record.regions] == [line.split()[0] for line in lines]
    assert sum(not record.regions for record in records) == 1


PAGE = "https://www.flickr.com/photo.gne?id=5960058194"


@pytest.mark.parametrize(
    ("images", "names", "credited"),
    [
        (["images/a/1.jpg", "images/b/1.jpg"], ["a/1.jpg"], ["images/a/1.jpg"]),
        (["images/a/1.jpg", "images/b/1.jpg"], ["1.jpg"], []),
        (["images/a/1.jpg", "images/x/a/1.jpg"], ["a/1.jpg"], []),
        (["images/a/1.jpg", "images/b/1.jpg"], ["train/b/1.jpg"], ["images/b/1.jpg"]),
        (["images/a/1.jpg", "runs/a/1.jpg"], ["1.jpg"], ["images/a/1.jpg"]),
        (["images/a/1.jpg"], ["./a//1.jpg"], ["images/a/1.jpg"]),
        (["images/c/1.jpg"], ["a/1.jpg", "b/1.jpg"], []),
        (["images/c/1.jpg"], ["1.jpg", "1.jpg"], []),
        (["images/" + "deep/" * 20 + "1.jpg"], ["deep/" * 20 + "1.jpg"], ["images/" + "deep/" * 20 + "1.jpg"]),
    ],
)
def test_an_entry_is_of_the_one_image_whose_path_ends_most_like_its_name(
    tmp_path: Path, draw: Draw, reading: Reading, images: list[str], names: list[str], credited: list[str]
) -> None:
    lay_out(tmp_path, draw, image=images[0], labels="labels/a.txt")
    for image in images[1:]:
        draw(tmp_path / image)
    list_photographs(tmp_path, *(photograph(5960058194, name=name) for name in names))
    records, problems = reading("yolo", tmp_path)
    assert [record.image_id for record in records if record.landing_url == PAGE] == credited
    uncertain = 0 if credited else len(records)
    told = f"annotations: Images of which the lists do not say for certain whose they are: {uncertain}"
    assert problems == ([told] if uncertain else problems)
    assert all(record.license is None for record in records if record.image_id not in credited)


def test_what_is_no_file_of_the_folder_is_not_read_and_told(tmp_path: Path, draw: Draw, reading: Reading, unusable: Unusable) -> None:
    root = lay_out(tmp_path / "set", draw)
    list_photographs(root, photograph(5960058194))
    sentence = unusable(root / "annotations" / "captions_train2017.json", json.dumps({"images": [photograph(5)]}))
    (image,), problems = reading("yolo", root)
    assert (image.landing_url, set(problems)) == (
        PAGE,
        {f"annotations/captions_train2017.json: {sentence}"},
    )  # of links the images' walk tells, too
