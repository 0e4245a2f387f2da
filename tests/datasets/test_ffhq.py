from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestolive.datasets import NotThisFormat, Problems, datasheets, ffhq, open_dataset
from imagestolive.datasets.jsonfiles import JsonRefused
from imagestolive.records import Region

from .conftest import Reading, Unusable

Draw = Callable[[Path], Path]

LARGE, SMALL, WILD = "images1024x1024/00000/00007.png", "thumbnails128x128/00000/00007.png", "in-the-wild-images/00000/00007.png"
CREDIT = {
    "photo_url": "https://www.flickr.com/photos/74881150@N00/2081349771/",
    "photo_title": " IMG_7.JPG ",
    "author": "Mariana Prado",
    "country": "",
    "license": "Attribution-NonCommercial License",
    "license_url": "https://creativecommons.org/licenses/by-nc/2.0/",
    "date_uploaded": "2007-08-16",
    "date_crawled": "2018-10-10",
}
SEVEN = {
    "category": "training",
    "metadata": CREDIT,
    "image": {
        "file_url": "https://drive.google.com/uc?id=large",
        "file_path": LARGE,
        "file_md5": "DDEAEEA6CE59569643715759D537FD1B",
        "pixel_size": [1024, 1024],
    },
    "thumbnail": {
        "file_url": "https://drive.google.com/uc?id=small",
        "file_path": SMALL,
        "file_md5": "bd3e40b2ba20f76b55dc282907b89cd1",
        "pixel_size": [128, 128],
    },
    "in_the_wild": {
        "file_url": "https://drive.google.com/uc?id=wild",
        "file_path": WILD,
        "file_md5": "1dc0287e73e485efb0516a80ce9d42b4",
        "pixel_size": [2000, 1000],
        "face_rect": [500, -10, 1500, 800],
    },
}
LISTED = {"image_name": "2081349771.jpg", **CREDIT}


def lay_out(root: Path, draw: Draw, content: Any, *images: str, name: str = "ffhq-dataset-v2.json") -> Path:
    for image in images:
        draw(root / image)
    root.mkdir(exist_ok=True)
    (root / name).write_text(json.dumps(content))
    return root


def test_a_face_comes_with_its_whole_credit(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (face,), problems = reading("ffhq", lay_out(tmp_path, draw, {"7": SEVEN}, LARGE, SMALL, WILD))
    assert problems == []
    assert (face.image_id, face.locator) == ("00007", LARGE)
    assert (face.width_px, face.height_px, face.md5) == (1024, 1024, "ddeaeea6ce59569643715759d537fd1b")
    assert (face.title, face.author) == ("IMG_7.JPG", "Mariana Prado")
    assert (face.photo_id, face.author_id, face.landing_url) == ("2081349771", "74881150@N00", CREDIT["photo_url"])
    assert face.source_url == "https://drive.google.com/uc?id=large"
    assert (face.license_raw, face.license) == (CREDIT["license_url"], "by-nc-2.0")
    assert (face.license_seen_on, face.collected_on, face.dataset_license) == ("2018-10-10", "2018-10-10", "CC BY-NC-SA 4.0")
    assert (face.flags, face.people, face.regions) == ({"face", "person"}, "some", ())


@pytest.mark.parametrize(
    ("here", "taken", "width_px", "regions"),
    [
        ((SMALL, WILD), SMALL, 128, ()),
        ((WILD,), WILD, 2000, (Region(box=(0.25, 0.0, 0.75, 0.8), label="face"),)),
    ],
)
def test_the_largest_face_that_is_here_is_taken_and_the_whole_photograph_only_where_there_is_no_other(
    tmp_path: Path, draw: Draw, reading: Reading, here: tuple[str, ...], taken: str, width_px: int, regions: tuple[Region, ...]
) -> None:
    (face,), _ = reading("ffhq", lay_out(tmp_path, draw, {"7": SEVEN}, *here))
    assert (face.image_id, face.locator, face.width_px, face.regions) == ("00007", taken, width_px, regions)


def test_faces_are_found_in_a_zip_and_below_the_makers_own_folder(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    folder = lay_out(tmp_path / "ffhq-dataset", draw, {"7": SEVEN})
    (folder / "zips").mkdir()
    with zipfile.ZipFile(folder / "zips" / "images1024x1024.zip", "w") as packed:
        packed.write(draw(tmp_path / "a.png"), LARGE)
    for root in (tmp_path, folder):
        (face,), problems = reading("ffhq", root)
        assert problems == []
        assert face.image_id == "00007"
        assert face.locator.partition("#")[0].endswith("zips/images1024x1024.zip")


def test_a_face_that_is_not_here_keeps_its_address_and_without_one_it_is_counted(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    plain = SEVEN | {"image": SEVEN["image"] | {"file_url": "http://example.org/7.png"}}  # type: ignore[operator]
    (face,), problems = reading("ffhq", lay_out(tmp_path, draw, {"7": plain, "8": {"metadata": CREDIT}, "9": {"metadata": CREDIT}}))
    assert (face.locator, face.source_url) == ("https://example.org/7.png", "http://example.org/7.png")
    assert problems == ["ffhq-dataset-v2.json: Images whose file is not here: 2"]


@pytest.mark.parametrize(
    ("name", "address", "raw", "license_id"),
    [
        ("Attribution License", "https://creativecommons.org/licenses/by/2.0/", "https://creativecommons.org/licenses/by/2.0/", "by-2.0"),
        ("Public Domain Dedication (CC0)", "https://example.org/terms", "Public Domain Dedication (CC0)", "cc0-1.0"),
        ("Public Domain Dedication (CC0)", "", "Public Domain Dedication (CC0)", "cc0-1.0"),
        ("of my own", "https://example.org/terms", "https://example.org/terms", None),
        ("of my own", None, "of my own", None),
        ("", "", None, None),
    ],
)
def test_a_license_is_read_by_its_address_and_else_by_its_name(
    tmp_path: Path, draw: Draw, reading: Reading, name: str, address: str | None, raw: str | None, license_id: str | None
) -> None:
    listed = LISTED | {"license": name, "license_url": address}
    (photo,), _ = reading("ffhq", lay_out(tmp_path, draw, [listed], "images/2081349771.jpg", name="list.json"))
    assert (photo.license_raw, photo.license) == (raw, license_id)


def test_a_list_after_its_model_is_read_and_what_is_not_here_is_counted(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    content = [LISTED, LISTED | {"image_name": "8.jpg"}, LISTED | {"image_name": "9.jpg", "photo_url": None, "date_crawled": "in autumn"}]
    records, problems = reading("ffhq", lay_out(tmp_path, draw, content, "images/2081349771.jpg", "images/9.jpg", name="list.json"))
    assert [(photo.image_id, photo.locator, photo.author) for photo in records] == [
        ("2081349771", "images/2081349771.jpg", "Mariana Prado"),
        ("9", "images/9.jpg", "Mariana Prado"),
    ]
    assert (records[0].photo_id, records[0].source_url, records[0].md5, records[0].width_px) == ("2081349771", None, None, None)
    assert (records[1].photo_id, records[1].landing_url, records[1].license_seen_on) == (None, None, None)
    assert problems == ["list.json: Images whose file is not here: 1"]


BAD_LISTED = [
    7,
    [],
    None,
    {},
    LISTED | {"image_name": None},
    LISTED | {"image_name": ""},
    LISTED | {"image_name": 2081349771},
    LISTED | {"image_name": "../images/2081349771.jpg"},
    LISTED | {"image_name": "/etc/passwd"},
    LISTED | {"image_name": "..\\2081349771.jpg"},
    LISTED | {"image_name": "\ud800.jpg"},
]
BAD_NUMBERED = [
    7,
    [1],
    {},
    SEVEN | {"metadata": "Mariana Prado"},
    SEVEN | {"image": [LARGE]},
    SEVEN | {"image": {"file_path": LARGE, "pixel_size": "1024x1024"}},
    SEVEN | {"image": {"file_path": LARGE, "pixel_size": ["1024", "1024"]}},
    SEVEN | {"image": {"file_path": LARGE, "pixel_size": [1024]}},
    SEVEN | {"image": {"file_path": LARGE, "file_md5": "7"}},
    SEVEN | {"image": {"file_path": LARGE, "pixel_size": [9, 9], "face_rect": [1, 2, 3]}},
]


def test_the_files_of_a_list_are_those_beside_it(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    for folder, *names in (("a", "9.jpg"), ("b", "1.jpg", "2.jpg")):
        lay_out(tmp_path / folder, draw, [LISTED | {"image_name": name, "author": folder} for name in names], name="list.json")
    for image in ("a/images/1.jpg", "a/images/9.jpg", "b/images/2.jpg", "b/backup/images/1.jpg", "images/1.jpg"):
        draw(tmp_path / image)
    records, problems = reading("ffhq", tmp_path)
    assert [(photo.locator, photo.author) for photo in records] == [("a/images/9.jpg", "a"), ("b/images/2.jpg", "b")]
    assert problems == ["b/list.json: Images whose file is not here: 1"]


def test_of_two_files_of_one_name_the_one_beside_the_list_is_its(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, [LISTED], "images/2081349771.jpg", "backup/images/2081349771.jpg", name="list.json")
    (photo,), problems = reading("ffhq", tmp_path)
    assert (photo.locator, problems) == ("images/2081349771.jpg", [])


def pack(path: Path, image: Path, name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(image, name)


def test_a_file_in_an_archive_beside_the_json_is_taken_unless_another_bears_its_name(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    image = draw(tmp_path / "a.png")
    root = lay_out(tmp_path / "root", draw, [LISTED], name="list.json")
    pack(root / "deep" / "images.zip", image, "images/2081349771.jpg")
    pack(root / "old.zip", image, "backup/images/2081349771.jpg")
    assert reading("ffhq", root) == ([], ["list.json: Images whose file is not here: 1"])
    pack(root / "images.zip", image, "images/2081349771.jpg")
    (photo,), problems = reading("ffhq", root)
    assert photo.locator.startswith("images.zip#")
    assert problems == []
    pack(root / "zips" / "images.zip", image, "images/2081349771.jpg")
    assert reading("ffhq", root) == (
        [],
        ["list.json, row 1: “images/2081349771.jpg” is here more than once, and nothing says which is meant: none is used."],
    )
    draw(root / "images" / "2081349771.jpg")
    (photo,), problems = reading("ffhq", root)
    assert (photo.locator, problems) == ("images/2081349771.jpg", [])


def test_no_two_entries_take_one_file(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (face,), problems = reading("ffhq", lay_out(tmp_path, draw, {"7": SEVEN, "8": SEVEN}, LARGE))
    assert face.image_id == "00007"
    assert problems == [f"ffhq-dataset-v2.json, row 2: “{LARGE}” has a row already; this one is not used."]


def test_lists_outside_the_folder_and_pipes_are_told_and_not_read(tmp_path: Path, draw: Draw, unusable: Unusable, reading: Reading) -> None:
    root = lay_out(tmp_path / "root", draw, {"7": SEVEN}, LARGE, "images/2081349771.jpg")
    problem = unusable(root / "list.json", json.dumps([LISTED]))
    (face,), problems = reading("ffhq", root)
    assert face.image_id == "00007"
    assert set(problems) == {f"list.json: {problem}"}


def test_hidden_files_are_no_lists(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, {"7": SEVEN}, LARGE)
    (tmp_path / "._ffhq-dataset-v2.json").write_bytes(b"\x00\x05\x16\x07\xff")  # macOS puts such beside each file
    (face,), problems = reading("ffhq", tmp_path)
    assert (face.image_id, problems) == ("00007", [])


@pytest.mark.parametrize(
    ("content", "sheet"), [([LISTED], "ffhq-list"), ({"7": SEVEN}, None), ([], None), ([LISTED] * 20 + ["broken"], "ffhq-list")]
)
def test_a_list_has_a_datasheet_of_its_own(tmp_path: Path, draw: Draw, content: Any, sheet: str | None) -> None:
    assert ffhq.described_by(lay_out(tmp_path, draw, content)) == sheet


@pytest.mark.parametrize("text", ['[{"image_name": ', "\xff", ""])
def test_what_cannot_be_read_is_described_by_nothing_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.json").write_text(text, encoding="latin-1")
    assert ffhq.described_by(tmp_path) is None
    assert ffhq.described_by(tmp_path / "gone") is None


def test_entries_of_a_list_that_cannot_be_right_are_told_with_their_place(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, [LISTED, *BAD_LISTED], "images/2081349771.jpg", name="list.json")
    (photo,), problems = reading("ffhq", tmp_path)
    assert photo.image_id == "2081349771"
    assert problems == [f"list.json, row {n}: This entry cannot be right." for n in range(2, len(BAD_LISTED) + 2)]


def test_numbered_entries_that_cannot_be_right_are_told_with_their_place(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    content = {"7": SEVEN, "seven": SEVEN, "": SEVEN, "²": SEVEN, **{str(n): bad for n, bad in enumerate(BAD_NUMBERED, start=10)}}
    (face,), problems = reading("ffhq", lay_out(tmp_path, draw, content, LARGE))
    assert face.image_id == "00007"
    assert problems == [f"ffhq-dataset-v2.json, row {n}: This entry cannot be right." for n in range(2, len(content) + 1)]


def test_a_path_that_leads_out_of_the_folder_leads_nowhere(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / LARGE)
    paths = (f"../{LARGE}", f"{tmp_path}/{LARGE}", f"images1024x1024/../../{LARGE}", LARGE.replace("/", "\\"))
    content = {str(n): {"metadata": CREDIT, "image": {"file_path": path}} for n, path in enumerate(paths)}
    records, problems = reading("ffhq", lay_out(tmp_path / "root", draw, content, SMALL))
    assert records == []
    assert problems == ["ffhq-dataset-v2.json: Images whose file is not here: 4"]


def test_json_of_another_data_set_is_passed_over(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, {"info": {}, "images": [{"id": 1}], "0": {"image": {}}}, name="instances_val2017.json")
    lay_out(tmp_path, draw, [{"image_id": 1, "url": "https://example.org/1.jpg"}], name="image_data.json")
    lay_out(tmp_path, draw, 7, name="seven.json")
    with pytest.raises(
        NotThisFormat, match=r"Expected: ffhq-dataset-v2\.json.*Found: image_data\.json, instances_val2017\.json, seven\.json\."
    ):
        reading("ffhq", tmp_path)
    (face,), problems = reading("ffhq", lay_out(tmp_path, draw, {"7": SEVEN}, LARGE))
    assert (face.image_id, problems) == ("00007", [])


def test_a_folder_of_another_kind_says_what_was_expected_and_found(tmp_path: Path, reading: Reading) -> None:
    with pytest.raises(NotThisFormat, match="Found: –"):
        reading("ffhq", tmp_path)


@pytest.mark.parametrize("text", ['{"7": {"metadata": {}}', '[{"image_name": "a.jpg", "photo_url": 7} 7]'])
def test_json_that_breaks_off_is_refused(tmp_path: Path, reading: Reading, text: str) -> None:
    (tmp_path / "ffhq-dataset-v2.json").write_text(text)
    with pytest.raises(JsonRefused, match=r"ffhq-dataset-v2\.json is no JSON"):
        reading("ffhq", tmp_path)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from([("metadata", field) for field in CREDIT] + [("image", field) for field in SEVEN["image"]])


@given(field=FIELDS, value=ANYTHING)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_field_an_entry_is_taken_or_told(tmp_path: Path, field: tuple[str, str], value: Any) -> None:
    part, name = field
    content = {"6": SEVEN, "7": SEVEN | {part: SEVEN[part] | {name: value}}}  # type: ignore[operator]
    (tmp_path / "ffhq-dataset-v2.json").write_text(json.dumps(content))
    problems = Problems()
    records = list(ffhq.read(tmp_path, datasheets()["ffhq"], problems))
    assert len(records) + problems.count == 2


def test_a_rebuild_depends_on_the_json_and_on_what_images_are_there(tmp_path: Path, draw: Draw) -> None:
    source = open_dataset("ffhq", lay_out(tmp_path, draw, {"7": SEVEN}, LARGE), datasheets()["ffhq"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [".", "ffhq-dataset-v2.json", "images1024x1024", "images1024x1024/00000"]


@pytest.mark.samples
def test_the_sample_is_credited_as_its_rows_say(samples: Path, reading: Reading) -> None:
    records, problems = reading("ffhq", samples / "fsxl-dataset")
    rows = json.loads((samples / "fsxl-dataset" / "fsxl-metadata.json").read_bytes())
    assert problems == []
    assert len(records) == len(rows) == 72
    for record, row in zip(records, rows, strict=True):
        assert record.locator == f"images/{row['image_name']}"
        assert (samples / "fsxl-dataset" / record.locator).is_file()
        assert (record.title, record.author) == (row["photo_title"].strip() or None, row["author"].strip())
        assert (record.landing_url, record.license_raw, record.license_seen_on) == (
            row["photo_url"],
            row["license_url"],
            row["date_crawled"],
        )
        _, _, _, _, author, photo = row["photo_url"].split("/")
        assert (record.photo_id, record.image_id) == (photo, photo)
        assert record.author_id == (author if "@N" in author else None)
    assert {record.license for record in records} == {"nkcr", "usgov", "cc0-1.0", "pdm-1.0"}
