from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.datasets.jsonfiles import JsonRefused
from imagestolive.records import Label, Region

from .conftest import Reading, Unusable

Draw = Callable[[Path], Path]

LICENSES = [
    {"url": "http://creativecommons.org/licenses/by-nc-sa/2.0/", "id": 1, "name": "Attribution-NonCommercial-ShareAlike License"},
    {"url": "http://flickr.com/commons/usage/", "id": 7, "name": "No known copyright restrictions"},
]
CATEGORIES = [{"supercategory": "person", "id": 1, "name": "person"}, {"supercategory": "animal", "id": 18, "name": "dog"}]
DOG = {
    "license": 1,
    "file_name": "000000391895.jpg",
    "coco_url": "http://images.cocodataset.org/val2017/000000391895.jpg",
    "height": 100,
    "width": 200,
    "date_captured": "2013-11-14 11:18:45",
    "flickr_url": "http://farm9.staticflickr.com/8186/8119368305_4e622c8349_z.jpg",
    "id": 391895,
}


def outline(category: int, *polygons: list[float], image: int = 391895) -> dict[str, Any]:
    return {"id": 5, "image_id": image, "category_id": category, "segmentation": list(polygons), "bbox": [20, 10, 100, 50], "iscrowd": 0}


def lay_out(root: Path, draw: Draw, *, images: list[Any], annotations: list[Any], captions: list[Any] = (), split: str = "val2017") -> Path:  # type: ignore[assignment]
    (root / "annotations").mkdir(exist_ok=True)
    instances = {"info": {}, "licenses": LICENSES, "images": images, "annotations": annotations, "categories": CATEGORIES}
    (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(instances))
    if captions:
        (root / "annotations" / f"captions_{split}.json").write_text(
            json.dumps({"info": {}, "licenses": LICENSES, "images": images, "annotations": captions})
        )
    for image in images:
        if isinstance(image, dict) and re.fullmatch(r"\w+\.jpg", str(image.get("file_name"))):
            draw(root / split / image["file_name"])
    return root


def test_an_image_with_its_license_page_captions_and_outlines(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(
        tmp_path,
        draw,
        images=[DOG],
        annotations=[outline(18, [20, 10, 120, 10, 120, 60], [0, 0, 10, 0, 10, 250]), outline(1, [20, 10, 120, 10, 120, 60])],
        captions=[{"image_id": 391895, "id": 1, "caption": " A dog and its friend. "}, {"image_id": 391895, "id": 2, "caption": "A dog."}],
    )
    (dog,), problems = reading("coco", tmp_path)
    assert problems == []
    assert (dog.image_id, dog.locator) == ("000000391895", "val2017/000000391895.jpg")
    assert (dog.width_px, dog.height_px) == (200, 100)
    assert (dog.license_raw, dog.license) == ("http://creativecommons.org/licenses/by-nc-sa/2.0/", "by-nc-sa-2.0")
    assert (dog.photo_id, dog.landing_url) == ("8119368305", "https://www.flickr.com/photo.gne?id=8119368305")
    assert dog.source_url == "http://farm9.staticflickr.com/8186/8119368305_4e622c8349_z.jpg"
    assert (dog.author, dog.title) == (None, None)
    assert dog.captions == ("A dog and its friend.", "A dog.")
    assert dog.labels == (Label(text="dog"), Label(text="person"))
    assert dog.regions == (
        Region(box=(0.1, 0.1, 0.6, 0.6), polygon=((0.1, 0.1), (0.6, 0.1), (0.6, 0.6)), label="dog"),
        Region(polygon=((0.0, 0.0), (0.05, 0.0), (0.05, 1.0)), label="dog"),
        Region(box=(0.1, 0.1, 0.6, 0.6), polygon=((0.1, 0.1), (0.6, 0.1), (0.6, 0.6)), label="person"),
    )
    assert (dog.people, dog.flags) == ("some", {"person"})
    assert dog.collected_on == "2013-11-14"


def test_without_an_outlined_person_nothing_is_claimed(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (dog,), _ = reading("coco", lay_out(tmp_path, draw, images=[DOG], annotations=[outline(18)]))
    assert (dog.people, dog.flags) == ("unknown", frozenset())


def test_of_a_crowd_the_box_alone_is_taken(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    crowd = outline(1) | {"iscrowd": 1, "segmentation": {"counts": [1, 2, 3], "size": [100, 200]}}
    (dog,), _ = reading("coco", lay_out(tmp_path, draw, images=[DOG], annotations=[crowd]))
    assert dog.regions == (Region(box=(0.1, 0.1, 0.6, 0.6), label="person"),)


def panoptic(root: Path, *segments: tuple[int, list[float]], split: str = "val2017") -> Path:
    """A panoptic file about DOG."""
    wall = {"supercategory": "wall", "isthing": 0, "id": 199, "name": "wall-other-merged"}
    infos = [{"id": 8345037, "category_id": category, "iscrowd": 0, "bbox": box, "area": 1} for category, box in segments]
    annotations = [{"segments_info": infos, "file_name": "000000391895.png", "image_id": 391895}]
    lists = {"info": {}, "licenses": LICENSES, "images": [DOG], "annotations": annotations, "categories": [*CATEGORIES, wall]}
    (root / "annotations").mkdir(exist_ok=True)
    (root / "annotations" / f"panoptic_{split}.json").write_text(json.dumps(lists))
    return root


def test_a_panoptic_file_gives_boxes_of_everything(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "images" / "val2017" / DOG["file_name"])
    (dog,), problems = reading("coco", panoptic(tmp_path, (199, [0, 0, 200, 50]), (1, [20, 10, 100, 50])))
    assert problems == []
    assert (dog.locator, dog.license) == ("images/val2017/000000391895.jpg", "by-nc-sa-2.0")
    assert dog.regions == (
        Region(box=(0.0, 0.0, 1.0, 0.5), label="wall-other-merged"),
        Region(box=(0.1, 0.1, 0.6, 0.6), label="person"),
    )
    assert (dog.labels, dog.flags) == ((Label(text="wall-other-merged"), Label(text="person")), {"person"})


def test_beside_the_instances_a_panoptic_file_adds_what_they_do_not_outline(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(18)], captions=[{"image_id": 391895, "id": 1, "caption": "A dog."}])
    (dog,), problems = reading("coco", panoptic(tmp_path, (199, [0, 0, 200, 50]), (18, [21, 11, 99, 49])))
    assert problems == []
    assert [(region.label, region.box) for region in dog.regions] == [
        ("dog", (0.1, 0.1, 0.6, 0.6)),
        ("wall-other-merged", (0.0, 0.0, 1.0, 0.5)),
    ]
    assert dog.captions == ("A dog.",)


def test_a_segment_that_cannot_be_right_leaves_out_its_entry(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "val2017" / DOG["file_name"])
    (dog,), problems = reading("coco", panoptic(tmp_path, (18, [20, 10, 100, 50]), (1, [1, 2])))
    assert dog.regions == ()
    assert problems == ["annotations/panoptic_val2017.json, row 1: This entry of the list “annotations” cannot be right."]


def test_both_years_and_both_places_of_files(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    of_2014 = DOG | {"file_name": "COCO_val2014_000000000042.jpg", "id": 42}
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(18)])
    lay_out(tmp_path, draw, images=[of_2014], annotations=[outline(1, image=42)], split="val2014")
    (tmp_path / "val2014" / "COCO_val2014_000000000042.jpg").rename(tmp_path / "COCO_val2014_000000000042.jpg")
    records, problems = reading("coco", tmp_path)
    assert [(record.image_id, record.locator) for record in records] == [
        ("000000000042", "COCO_val2014_000000000042.jpg"),
        ("000000391895", "val2017/000000391895.jpg"),
    ]
    assert [record.labels for record in records] == [(Label(text="person"),), (Label(text="dog"),)]
    assert problems == []


def test_images_without_a_file_are_counted_in_one_line(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, images=[DOG, *({**DOG, "id": n, "file_name": f"{n:012}.png"} for n in range(1, 41))], annotations=[outline(18)])
    records, problems = reading("coco", tmp_path)
    assert len(records) == 1
    assert problems == ["annotations/instances_val2017.json: Images whose file is not here: 40"]


def test_a_name_too_long_for_a_file_is_counted_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(18)])
    long = [DOG | {"id": 1, "file_name": "x" * 300 + ".jpg"}, DOG | {"id": 2, "file_name": "x/" * 3000 + "a.jpg"}]
    instances = tmp_path / "annotations" / "instances_val2017.json"
    instances.write_text(json.dumps(json.loads(instances.read_text()) | {"images": [*long, DOG]}))
    records, problems = reading("coco", tmp_path)
    assert [record.image_id for record in records] == ["000000391895"]
    assert problems == ["annotations/instances_val2017.json: Images whose file is not here: 2"]


BAD_IMAGES = [
    7,
    {},
    DOG | {"id": "391895"},
    DOG | {"id": True},
    DOG | {"width": 0},
    DOG | {"file_name": "../../etc/passwd"},
    DOG | {"file_name": "/etc/passwd"},
    DOG | {"file_name": "..\\x.jpg"},
    DOG | {"file_name": "a\0.jpg"},
    DOG | {"file_name": "\ud800.jpg"},
    DOG | {"file_name": ["a"]},
]
BAD_ANNOTATIONS = [
    7,
    [],
    {},
    outline(18) | {"bbox": [1, 2]},
    outline(18) | {"bbox": None},
    outline(18, [1.0, 2.0]),
    outline(18) | {"category_id": None},
]


def test_entries_that_cannot_be_right_are_reported_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    too_great = json.loads(f'{{"image_id": 391895, "category_id": 18, "bbox": [1, 2, 3, {"9" * 400}]}}')
    lay_out(tmp_path, draw, images=[*BAD_IMAGES, DOG], annotations=[*BAD_ANNOTATIONS, too_great, outline(18)])
    (dog,), problems = reading("coco", tmp_path)
    assert len(dog.regions) == 1
    expected = [("images", n) for n in range(1, len(BAD_IMAGES) + 1)] + [("annotations", n) for n in range(1, len(BAD_ANNOTATIONS) + 2)]
    assert problems == [
        f"annotations/instances_val2017.json, row {n}: This entry of the list “{name}” cannot be right." for name, n in expected
    ]


def test_a_license_that_the_list_lacks_is_none(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (dog,), _ = reading(
        "coco", lay_out(tmp_path, draw, images=[DOG | {"license": 99, "flickr_url": "javascript:alert(1)"}], annotations=[outline(18)])
    )
    assert (dog.license_raw, dog.license) == (None, None)
    assert (dog.photo_id, dog.landing_url) == (None, None)
    assert dog.source_url == "http://images.cocodataset.org/val2017/000000391895.jpg"


def test_json_of_another_shape_says_what_was_expected_and_found(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "annotations").mkdir()
    path = tmp_path / "annotations" / "instances_val2017.json"
    path.write_text('{"shapes": [1], "version": "5.0"}')
    with pytest.raises(NotThisFormat, match=r"Expected: annotations/instances_\*\.json.*Found: shapes, version\."):
        reading("coco", tmp_path)
    path.write_text("[1, 2]")
    with pytest.raises(JsonRefused, match=r"annotations/instances_val2017\.json is no JSON object"):
        reading("coco", tmp_path)


def test_json_nested_without_end_is_refused(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "instances_val2017.json").write_text('{"images": [' + '{"id": [' * 100_000)
    with pytest.raises(JsonRefused, match="nested too deeply"):
        reading("coco", tmp_path)


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "a.jpg")
    with pytest.raises(NotThisFormat, match=r"Expected: annotations/instances_\*\.json.*Found: a\.jpg\."):
        reading("coco", tmp_path)


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading) -> None:
    records, problems = reading("coco", samples / "coco")
    assert len(records) == 90
    assert problems == []
    assert all((samples / "coco" / record.locator).is_file() for record in records)
    assert all(record.license and record.photo_id and record.landing_url for record in records)
    assert all(len(record.captions) >= 5 and record.regions and record.labels for record in records)
    assert sum(record.license == "by-nc-nd-2.0" for record in records) == 30
    assert {record.people for record in records} == {"some", "unknown"}
    assert sum(len(record.regions) for record in records) >= 794


def test_numbers_dates_and_captions_that_are_none_are_not_taken(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(
        tmp_path,
        draw,
        images=[DOG | {"date_captured": "in autumn"}],
        annotations=[outline(18, [0.0, 0.0, 1.0, 1.0, 7.25, 2.0])],
        captions=[{"image_id": 391895, "id": 1, "caption": "  "}, {"image_id": 391895, "id": 2, "caption": "half a sign: \ud83d"}],
    )
    path = tmp_path / "annotations" / "instances_val2017.json"
    path.write_text(path.read_text().replace("7.25", "1e999"))
    (dog,), problems = reading("coco", tmp_path)
    assert (dog.collected_on, dog.regions, dog.captions) == (None, (), ("half a sign: ?",))
    assert problems == [
        "annotations/instances_val2017.json, row 1: This entry of the list “annotations” cannot be right.",
        "annotations/captions_val2017.json, row 1: This entry of the list “annotations” cannot be right.",
    ]


def test_a_rebuild_depends_on_annotations_and_on_what_images_are_there(tmp_path: Path, draw: Draw) -> None:
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(18)])
    (tmp_path / "annotations" / "person_keypoints_val2017.json").write_text("{}")
    source = open_dataset("coco", tmp_path, datasheets()["coco"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [".", "annotations/instances_val2017.json", "val2017"]


def write_list(root: Path, kind: str, **lists: Any) -> None:
    (root / "annotations" / f"{kind}_val2017.json").write_text(json.dumps({"images": [DOG], "annotations": [CAPTION], **lists}))


CAPTION = {"image_id": 391895, "id": 1, "caption": "A dog."}
OTHER_LICENSES = [{"url": "http://creativecommons.org/publicdomain/zero/1.0/", "id": 1, "name": "CC0"}]


@pytest.mark.parametrize("kind", ["captions", "panoptic"])
def test_a_license_is_what_the_file_says_that_lists_the_images(tmp_path: Path, draw: Draw, reading: Reading, kind: str) -> None:
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(18)])
    write_list(tmp_path, kind, licenses=OTHER_LICENSES)
    (dog,), problems = reading("coco", tmp_path)
    assert (dog.license, problems) == ("by-nc-sa-2.0", [])


def test_each_file_numbers_categories_for_itself(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(1)])
    segments = [{"category_id": number, "bbox": [0, 0, 200, 50]} for number in (1, 2)]
    categories = [{"id": 1, "name": "sky"}, {"id": 2, "name": "person"}]
    write_list(tmp_path, "panoptic", annotations=[{"image_id": 391895, "segments_info": segments}], categories=categories)
    write_list(tmp_path, "captions", categories=[{"id": 1, "name": "kite"}])
    (dog,), problems = reading("coco", tmp_path)
    assert ([region.label for region in dog.regions], dog.flags, problems) == (["person", "sky"], {"person"}, [])


def test_a_segment_that_shows_a_person_tells_so_where_no_instance_does(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(18)])
    (dog,), _ = reading("coco", panoptic(tmp_path, (1, [0, 0, 200, 50])))
    assert ([region.label for region in dog.regions], dog.flags, dog.people) == (["dog"], {"person"}, "some")


def test_of_entries_with_one_number_the_first_is_taken_and_the_others_are_told(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(1)])
    lists = {"licenses": [*LICENSES, *OTHER_LICENSES], "categories": [*CATEGORIES, {"id": 1, "name": "kite"}, {"id": True, "name": "sky"}]}
    write_list(tmp_path, "instances", annotations=[outline(1)], images=[DOG, DOG | {"license": 7}], **lists)
    (dog,), problems = reading("coco", tmp_path)
    assert (dog.license, dog.labels) == ("by-nc-sa-2.0", (Label(text="person"),))
    assert problems == [
        f"annotations/instances_val2017.json, row {row}: This entry of the list “{name}” cannot be right."
        for name, row in (("images", 2), ("licenses", 3), ("categories", 3), ("categories", 4))
    ]


TWICE = "More than one entry of the lists means this file; it is not used."


@pytest.mark.parametrize("there", ["", "images/train/"])
def test_a_file_in_the_root_that_two_splits_list_is_taken_for_neither(tmp_path: Path, draw: Draw, reading: Reading, there: str) -> None:
    for split, number in (("train", 1), ("val", 2)):
        lay_out(tmp_path, draw, images=[DOG | {"id": number, "file_name": "./1.jpg"}], annotations=[outline(18)], split=split)
    draw(tmp_path / "1.jpg")
    draw(tmp_path / there / "1.jpg")
    records, problems = reading("coco", tmp_path)
    assert [(record.image_id, record.locator) for record in records] == ([("000000000001", "images/train/1.jpg")] if there else [])
    assert problems == [f"1.jpg: {TWICE}"] * (1 if there else 2)


def test_a_file_that_one_list_names_twice_is_not_taken(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, images=[DOG, DOG | {"id": 2, "license": 7}], annotations=[outline(18)])
    assert reading("coco", tmp_path) == ([], [f"val2017/000000391895.jpg: {TWICE}"] * 2)


def test_what_is_no_file_of_the_folder_is_not_read_and_told(tmp_path: Path, draw: Draw, reading: Reading, unusable: Unusable) -> None:
    root = tmp_path / "set"
    root.mkdir()
    lay_out(root, draw, images=[DOG], annotations=[outline(18)])
    captions = json.dumps({"images": [DOG], "annotations": [{"image_id": 391895, "caption": "A secret."}]})
    sentence = unusable(root / "annotations" / "captions_val2017.json", captions)
    (dog,), problems = reading("coco", root)
    assert (dog.captions, problems) == ((), [f"annotations/captions_val2017.json: {sentence}"])


def test_a_link_to_a_list_inside_the_folder_is_followed(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, images=[DOG], annotations=[outline(18)])
    instances = tmp_path / "annotations" / "instances_val2017.json"
    instances.rename(tmp_path / "list.json")
    instances.symlink_to("../list.json")
    records, problems = reading("coco", tmp_path)
    assert (len(records), problems) == (1, [])


def test_names_in_a_file_of_another_kind_are_fit_to_be_shown(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "instances_val2017.json").write_text(json.dumps({"a\x1b[31m": 1, "x" * 1000: 2}))
    with pytest.raises(NotThisFormat, match=r"Found: a%1B\[31m, x{40}…x{39}\."):
        reading("coco", tmp_path)
