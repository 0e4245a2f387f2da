from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestolive.datasets import NotThisFormat, Problems, datasheets, open_dataset, visual_genome
from imagestolive.datasets.jsonfiles import JsonRefused
from imagestolive.records import Label, Region

from .conftest import Reading, Unusable

Draw = Callable[[Path], Path]

ADDRESS = "https://cs.stanford.edu/people/rak248"
CAT = {"image_id": 12, "url": f"{ADDRESS}/VG_100K_2/12.jpg", "width": 200, "height": 100, "coco_id": 547168, "flickr_id": 8505158818}


def thing(*names: str, x: Any = 20, y: Any = 10, w: Any = 100, h: Any = 50) -> dict[str, Any]:
    return {"object_id": 5, "x": x, "y": y, "w": w, "h": h, "names": list(names), "synsets": [f"{name}.n.01" for name in names]}


def seen(*things: Any, image: Any = 12, **more: Any) -> dict[str, Any]:
    return {"image_id": image, "objects": list(things), **more}


def described(*phrases: Any, image: int = 12, number: str = "image_id") -> dict[str, Any]:
    return {number: image, "regions": [{"region_id": 1, "x": 1, "y": 2, "width": 3, "height": 4, "phrase": phrase} for phrase in phrases]}


def lay_out(root: Path, *, images: Any = None, objects: Any = None, phrases: Any = None) -> Path:
    root.mkdir(exist_ok=True)
    for name, content in (("image_data", images), ("objects", objects), ("region_descriptions", phrases)):
        if content is not None:
            (root / f"{name}.json").write_text(json.dumps(content))
    return root


def test_an_image_comes_with_names_boxes_phrases_and_its_page(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    objects = [seen(thing("cat", "animal"), thing("table", x=-10, w=500), thing("cat", x=190, y=90, w=10, h=10))]
    lay_out(tmp_path, images=[CAT], objects=objects, phrases=[described(" a cat sitting on a table. ", "the table", "the table")])
    draw(tmp_path / "VG_100K_2" / "12.jpg")
    (cat,), problems = reading("visual-genome", tmp_path)
    assert problems == []
    assert (cat.image_id, cat.locator, cat.source_url) == ("12", "VG_100K_2/12.jpg", CAT["url"])
    assert (cat.width_px, cat.height_px, cat.photo_id) == (200, 100, "8505158818")
    assert cat.landing_url is not None
    assert cat.labels == (Label(text="cat"), Label(text="table"))
    assert cat.regions == (
        Region(box=(0.1, 0.1, 0.6, 0.6), label="cat"),
        Region(box=(0.0, 0.1, 1.0, 0.6), label="table"),
        Region(box=(0.95, 0.9, 1.0, 1.0), label="cat"),
    )
    assert cat.captions == ("a cat sitting on a table.", "the table")
    assert (cat.license_raw, cat.license, cat.author) == (None, None, None)
    assert cat.dataset_license == "none stated for the photographs"
    assert (cat.people, cat.flags) == ("unknown", frozenset())


@pytest.mark.parametrize(
    ("name", "flags", "people"),
    [
        ("Man", {"person"}, "some"),
        ("tall man in a hat", {"person"}, "some"),
        ("girls", {"person", "minor"}, "some"),
        ("license plate", {"plate"}, "unknown"),
        ("plate", set(), "unknown"),
        ("manhole", set(), "unknown"),
    ],
)
def test_what_the_name_of_an_object_says_of_people_is_taken_over(
    tmp_path: Path, reading: Reading, name: str, flags: set[str], people: str
) -> None:
    (image,), _ = reading("visual-genome", lay_out(tmp_path, images=[CAT], objects=[seen(thing(name))]))
    assert (image.flags, image.people) == (flags, people)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        (f"{ADDRESS}/VG_100K/77.jpg", "VG_100K/77.jpg"),  # the number of another image, as the makers' own sample has it
        (f"{ADDRESS}/VG_100K/12.jpg", "VG_100K_2/12.jpg"),
        (f"{ADDRESS}/VG_100K/12.jpg", "images/VG_100K_2/12.jpg"),
        (None, "VG_100K/12.jpg"),
    ],
)
def test_a_file_is_found_by_the_address_and_else_by_the_number(
    tmp_path: Path, draw: Draw, reading: Reading, url: str | None, file: str
) -> None:
    lay_out(tmp_path, images=[CAT | {"url": url}])
    draw(tmp_path / file)
    (image,), problems = reading("visual-genome", tmp_path)
    assert (image.image_id, image.locator, problems) == ("12", file, [])


def test_a_file_with_another_number_than_the_address_is_another_image(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, images=[CAT | {"url": f"{ADDRESS}/VG_100K/99.jpg"}, CAT | {"image_id": 7, "url": f"{ADDRESS}/VG_100K/12.jpg"}])
    draw(tmp_path / "VG_100K" / "12.jpg")
    records, problems = reading("visual-genome", tmp_path)
    assert [(image.image_id, image.locator) for image in records] == [("12", f"{ADDRESS}/VG_100K/99.jpg"), ("7", "VG_100K/12.jpg")]
    assert problems == []


def test_no_two_rows_take_one_file(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, images=[CAT, CAT | {"image_id": 13}])
    draw(tmp_path / "VG_100K_2" / "12.jpg")
    (image,), problems = reading("visual-genome", tmp_path)
    assert image.image_id == "12"
    assert problems == ["image_data.json: “VG_100K_2/12.jpg” has a row already; this one is not used."]


def test_of_copies_the_one_nearest_the_root_is_taken(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, images=[CAT])
    draw(tmp_path / "VG_100K_2" / "12.jpg")
    draw(tmp_path / "A" / "VG_100K_2" / "12.jpg")
    (image,), _ = reading("visual-genome", tmp_path)
    assert image.locator == "VG_100K_2/12.jpg"


@pytest.mark.parametrize("name", ["image_data.json", "region_descriptions.json"])
def test_lists_outside_the_folder_and_pipes_are_told_and_not_read(tmp_path: Path, unusable: Unusable, reading: Reading, name: str) -> None:
    root = lay_out(tmp_path / "root", objects=[seen(image_url=CAT["url"])])
    problem = unusable(root / name, json.dumps([CAT | {"url": None}, described("a cat")]))
    (image,), problems = reading("visual-genome", root)
    assert (image.locator, image.captions) == (CAT["url"], ())
    assert set(problems) == {f"{name}: {problem}"}


def test_where_both_are_here_the_address_is_right(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, images=[CAT | {"url": f"{ADDRESS}/VG_100K/77.jpg"}])
    draw(tmp_path / "VG_100K" / "12.jpg")
    draw(tmp_path / "VG_100K" / "77.jpg")
    (image,), _ = reading("visual-genome", tmp_path)
    assert image.locator == "VG_100K/77.jpg"


def test_images_are_found_in_the_makers_zip_and_lists_in_a_folder(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path / "visual-genome", images=[CAT])
    with zipfile.ZipFile(tmp_path / "visual-genome" / "images2.zip", "w") as packed:
        packed.write(draw(tmp_path / "a.jpg"), "VG_100K_2/12.jpg")
    (image,), problems = reading("visual-genome", tmp_path)
    assert problems == []
    assert image.locator.startswith("visual-genome/images2.zip#@")


def test_an_image_that_is_not_here_keeps_its_address_and_without_one_it_is_counted(tmp_path: Path, reading: Reading) -> None:
    images = [
        CAT | {"url": "http://example.org/VG_100K/12.jpg"},
        CAT | {"image_id": 13, "url": None},
        CAT | {"image_id": 14, "url": "ftp://x/14.jpg"},
    ]
    (image,), problems = reading("visual-genome", lay_out(tmp_path, images=images))
    assert (image.locator, image.source_url) == ("https://example.org/VG_100K/12.jpg", "http://example.org/VG_100K/12.jpg")
    assert problems == ["image_data.json: Images whose file is not here: 2"]


def test_ids_that_are_null_are_none(tmp_path: Path, reading: Reading) -> None:
    (image,), problems = reading("visual-genome", lay_out(tmp_path, images=[CAT | {"coco_id": None, "flickr_id": None, "width": None}]))
    assert (image.photo_id, image.landing_url, image.width_px, image.regions, problems) == (None, None, None, (), [])


def test_without_image_data_the_images_are_those_of_the_objects(tmp_path: Path, reading: Reading) -> None:
    objects = [seen(thing("woman"), image_url=f"{ADDRESS}/VG_100K_2/12.jpg"), seen(image=13), seen(image="14"), {"image_id": 15}]
    (image,), problems = reading("visual-genome", lay_out(tmp_path, objects=objects))
    assert (image.image_id, image.locator) == ("12", f"{ADDRESS}/VG_100K_2/12.jpg")
    assert (image.labels, image.regions, image.people) == ((Label(text="woman"),), (), "some")
    assert problems == [
        "objects.json, row 3: This entry cannot be right.",
        "objects.json, row 4: This entry cannot be right.",
        "objects.json: Images whose file is not here: 2",
    ]


def test_descriptions_may_call_the_number_id_and_are_fifty_at_most(tmp_path: Path, reading: Reading) -> None:
    phrases = [described(*(f"stone {n}" for n in range(70)), number="id")]
    (image,), _ = reading("visual-genome", lay_out(tmp_path, images=[CAT], phrases=phrases))
    assert image.captions == tuple(f"stone {n}" for n in range(50))


BAD_IMAGES = [
    7,
    [],
    None,
    {},
    CAT | {"image_id": None},
    CAT | {"image_id": "12"},
    CAT | {"image_id": True},
    CAT | {"image_id": 10**400},
    CAT | {"width": 0},
    CAT | {"width": "200"},
    CAT | {"height": 0.5},
    CAT | {"flickr_id": "8505158818"},
]
BAD_OBJECTS = [7, {}, seen(7), seen({"x": 1}), {"image_id": 12, "objects": None}, {"image_id": 12, "objects": 7}]
BAD_PHRASES: list[Any] = [7, {}, {"image_id": 12, "regions": [7]}, {"image_id": 12, "regions": [{"phrase": "a"}, {}]}]


def test_entries_that_cannot_be_right_are_told_and_the_rest_is_used(tmp_path: Path, reading: Reading) -> None:
    lay_out(
        tmp_path,
        images=[*BAD_IMAGES, CAT],
        objects=[*BAD_OBJECTS, seen(thing("cat"))],
        phrases=[*BAD_PHRASES, described("a cat", None, 7, " ")],
    )
    (cat,), problems = reading("visual-genome", tmp_path)
    assert (cat.labels, cat.captions) == ((Label(text="cat"),), ("a cat",))
    told = [("objects.json", len(BAD_OBJECTS)), ("region_descriptions.json", len(BAD_PHRASES)), ("image_data.json", len(BAD_IMAGES))]
    expected = [f"{file}, row {n}: This entry cannot be right." for file, count in told for n in range(1, count + 1)]
    assert problems == expected[:20]
    assert len(expected) == 22


@pytest.mark.parametrize("wrong", [None, "nan", "wide", [1], {}, 10**400])
def test_an_object_whose_box_cannot_be_right_keeps_its_name(tmp_path: Path, reading: Reading, wrong: Any) -> None:
    lay_out(tmp_path, images=[CAT], objects=[seen(thing("man", x=wrong), thing("cat"), thing("dog", x=900))])
    (image,), problems = reading("visual-genome", tmp_path)
    assert image.labels == (Label(text="man"), Label(text="cat"), Label(text="dog"))
    assert [region.label for region in image.regions] == ["cat"]
    assert image.people == "some"
    assert problems == ["objects.json: Objects whose box cannot be right: 1"]


@pytest.mark.parametrize(
    "url", [f"{ADDRESS}/../../passwd", f"{ADDRESS}/VG_100K/..\\..\\passwd", "https://example.org", "https://x/\0.jpg", "http://["]
)
def test_an_address_that_leads_out_of_the_folder_leads_nowhere(tmp_path: Path, draw: Draw, reading: Reading, url: str) -> None:
    draw(tmp_path / "passwd.jpg").rename(tmp_path / "passwd")
    records, _ = reading("visual-genome", lay_out(tmp_path / "root", images=[CAT | {"url": url}]))
    assert all(record.locator.startswith("https://") for record in records)


@pytest.mark.parametrize("name", ["images", "objects", "phrases"])
def test_a_list_of_something_else_says_what_was_expected_and_found(tmp_path: Path, reading: Reading, name: str) -> None:
    parts = {"images": [CAT], "objects": [seen()], "phrases": [described("a")]} | {name: [{"shapes": [1], "version": "5.0"}] * 3}
    with pytest.raises(NotThisFormat, match=r"^\w+\.json .* Expected: image_data\.json: .* Found: shapes, version\."):
        reading("visual-genome", lay_out(tmp_path, **parts))


def test_an_empty_list_is_no_other_kind_of_file(tmp_path: Path, reading: Reading) -> None:
    assert reading("visual-genome", lay_out(tmp_path, images=[], objects=[])) == ([], [])


def test_json_that_is_no_list_is_refused(tmp_path: Path, reading: Reading) -> None:
    with pytest.raises(JsonRefused, match=r"image_data\.json is no JSON list"):
        reading("visual-genome", lay_out(tmp_path, images={"images": [CAT]}))


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "a.jpg")
    with pytest.raises(NotThisFormat, match=r"Expected: image_data\.json.*Found: a\.jpg\."):
        reading("visual-genome", tmp_path)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "names", "phrase", ""]), inner, max_size=3),
    max_leaves=5,
)


@given(image=ANYTHING, field=st.sampled_from(sorted(CAT)), objects=ANYTHING, part=ANYTHING, phrases=ANYTHING)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_field_an_entry_is_taken_or_told(
    tmp_path: Path, image: Any, field: str, objects: Any, part: Any, phrases: Any
) -> None:
    root = lay_out(
        tmp_path,
        images=[CAT, CAT | {"image_id": 13, field: image}],
        objects=[seen(), {"image_id": 12, "objects": objects}, seen(part), seen(thing("cat", x=part))],
        phrases=[described(), {"image_id": 12, "regions": phrases}, described(part)],
    )
    problems = Problems()
    records = list(visual_genome.read(root, datasheets()["visual-genome"], problems))
    assert len(records) + sum(problem.file == "image_data.json" for problem in problems.kept) == 2


def test_a_rebuild_depends_on_the_lists_and_on_what_images_are_there(tmp_path: Path, draw: Draw) -> None:
    lay_out(tmp_path, images=[CAT], objects=[], phrases=[])
    (tmp_path / "attributes.json").write_text("[]")
    draw(tmp_path / "VG_100K" / "12.jpg")
    source = open_dataset("visual-genome", tmp_path, datasheets()["visual-genome"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [".", "VG_100K", "image_data.json", "objects.json", "region_descriptions.json"]


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading) -> None:
    records, problems = reading("visual-genome", samples / "visual-genome")
    rows = json.loads((samples / "visual-genome" / "objects.json").read_bytes())
    assert problems == []
    assert len(records) == len(rows) == 15
    for record, row in zip(records, rows, strict=True):
        assert (record.image_id, record.locator, record.source_url) == (str(row["image_id"]), row["image_url"], row["image_url"])
        assert {label.text for label in record.labels} == {seen["names"][0].strip() for seen in row["objects"]}
    people = {"man", "men", "woman", "person", "people", "girl", "baby"}
    shown = {str(row["image_id"]) for row in rows if any(people & set(seen["names"][0].split()) for seen in row["objects"])}
    assert {record.image_id for record in records if record.people == "some"} == shown
