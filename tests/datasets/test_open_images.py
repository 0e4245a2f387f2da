from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.datasets.csvfiles import CsvRefused
from imagestolive.records import Label, Region

from .conftest import Reading, Unusable

Draw = Callable[[Path], Path]

HEADER = (
    "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation"
)
PIER = (
    "0006400c1c224e19,train,https://c2.staticflickr.com/2/1433/946782888_84c5811a41_o.jpg,https://www.flickr.com/photos/sneakerdog/946782888,"
    "https://creativecommons.org/licenses/by/2.0/,https://www.flickr.com/people/sneakerdog/,sneakerdog,Pier,3892704,pDSYaFytmWu7/qeVPjoryQ==,,0"
)


def row(image_id: str, *, subset: str = "train", md5: str = "", rotation: str = "", author: str = "Ana") -> str:
    return f"{image_id},{subset},https://c1.staticflickr.com/4/3930/1_a_o.jpg,,https://creativecommons.org/licenses/by/2.0/,,{author},,,{md5},,{rotation}"


def lay_out(root: Path, draw: Draw, *rows: str, name: str = "images.csv") -> Path:
    """An image CSV, and a file for each of its rows."""
    (root / name).write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    for line in rows:
        image_id, subset = line.split(",")[:2]
        if subset in ("train", "validation", "test"):
            draw(root / subset / f"{image_id}.jpg")
    return root


def test_a_row_gives_the_whole_credit(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (pier,), problems = reading("open-images", lay_out(tmp_path, draw, PIER))
    assert problems == []
    assert (pier.image_id, pier.locator) == ("0006400c1c224e19", "train/0006400c1c224e19.jpg")
    assert (pier.photo_id, pier.author, pier.title) == ("946782888", "sneakerdog", "Pier")
    assert pier.landing_url == "https://www.flickr.com/photos/sneakerdog/946782888"
    assert pier.author_url == "https://www.flickr.com/people/sneakerdog/"
    assert pier.author_id is None  # an alias, no NSID
    assert (pier.license, pier.dataset_license) == ("by-2.0", None)
    assert pier.md5 == "a43498685cad996bbbfea7953e3a2bc9"
    assert (pier.rotation_deg, pier.people, pier.flags) == (0, "unknown", frozenset())


def test_a_persons_id_is_taken_from_the_author_page(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    line = PIER.replace("people/sneakerdog", "people/74881150@N00")
    (pier,), _ = reading("open-images", lay_out(tmp_path, draw, line))
    assert pier.author_id == "74881150@N00"


@pytest.mark.parametrize(("cell", "degrees"), [("", None), ("NaN", None), ("0", 0), ("0.0", 0), ("90.0", 90), ("180", 180), ("270.0", 270)])
def test_rotation_in_every_spelling(tmp_path: Path, draw: Draw, reading: Reading, cell: str, degrees: int | None) -> None:
    (record,), problems = reading("open-images", lay_out(tmp_path, draw, row("00000000000000aa", rotation=cell)))
    assert record.rotation_deg == degrees
    assert problems == []


def test_an_image_that_is_not_here_is_known_by_its_address(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    absent = [row("00000000000000aa"), row("00000000000000bb", subset="test").replace("https:", "http:", 1)]
    lay_out(tmp_path, draw, PIER)
    (tmp_path / "images.csv").write_text("\n".join((HEADER, *absent, PIER)))
    records, problems = reading("open-images", tmp_path)
    elsewhere = "https://c1.staticflickr.com/4/3930/1_a_o.jpg"
    assert [record.locator for record in records] == [elsewhere, elsewhere, "train/0006400c1c224e19.jpg"]
    assert records[1].source_url == "http://c1.staticflickr.com/4/3930/1_a_o.jpg"
    assert problems == []


def test_rows_without_file_and_address_are_counted_in_one_line(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    absent = [row(f"{n:016x}", subset="test").replace("https://c1.staticflickr.com/4/3930/1_a_o.jpg", "gone") for n in range(590)]
    lay_out(tmp_path, draw, PIER)
    (tmp_path / "images.csv").write_text("\n".join((HEADER, *absent, PIER)))
    records, problems = reading("open-images", tmp_path)
    assert len(records) == 1
    assert problems == ["images.csv: Rows whose file is not here: 590"]


def test_lists_of_older_versions_without_rotation_are_read(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, PIER)
    (tmp_path / "images.csv").write_text(HEADER.removesuffix(",Rotation") + "\n" + PIER.removesuffix(",0"))
    (pier,), problems = reading("open-images", tmp_path)
    assert (pier.title, pier.rotation_deg, problems) == ("Pier", None, [])


def test_bad_rows_are_reported_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    good, bad = row("00000000000000aa"), row("00000000000000bb", rotation="45")
    lay_out(tmp_path, draw, bad, good, row("00000000000000cc", md5="no base64!"))
    lines = (tmp_path / "images.csv").read_text().splitlines()
    lines[1:1] = ["too,few", row("../../etc/passwd"), row("00000000000000dd", subset="elsewhere")]
    (tmp_path / "images.csv").write_text("\n".join(lines))
    (record,), problems = reading("open-images", tmp_path)
    assert record.image_id == "00000000000000aa"
    assert problems == [
        "images.csv, row 2: This row has 2 columns, the header 12.",
        "images.csv, row 3: “../../etc/passwd” is no image id, or its subset is not known.",
        "images.csv, row 4: “00000000000000dd” is no image id, or its subset is not known.",
        "images.csv, row 5: “45” cannot be right.",
        "images.csv, row 7: “no base64!” cannot be right.",
    ]


def test_a_row_whose_letters_are_not_utf_8_is_reported_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, row("00000000000000aa"), row("00000000000000bb", author="José"), row("00000000000000cc"))
    lists = (tmp_path / "images.csv").read_bytes().replace("José".encode(), "José".encode("latin-1"))
    (tmp_path / "images.csv").write_bytes(lists)
    (tmp_path / "train-annotations-bbox.csv").write_bytes(BOXES.replace("0006400c1c224e19", "00000000000000aa").encode() + b"\xff\n")
    (tmp_path / "class-descriptions-boxable.csv").write_bytes(CLASSES.encode() + b"/m/1,\xff\n")
    records, problems = reading("open-images", tmp_path)
    assert [record.image_id[-2:] for record in records] == ["aa", "cc"]
    assert records[0].flags == {"person", "face"}
    assert problems == [
        "class-descriptions-boxable.csv, row 5: The letters of this row are not UTF-8.",
        "train-annotations-bbox.csv, row 4: This row holds no box.",
        "train-annotations-bbox.csv, row 5: The letters of this row are not UTF-8.",
        "images.csv, row 3: The letters of this row are not UTF-8.",
    ]


def test_of_several_lists_an_image_counts_once(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, row("00000000000000aa"), row("00000000000000bb"), name="a.csv")
    lay_out(tmp_path, draw, row("00000000000000bb"), row("00000000000000cc"), name="b.csv")
    records, problems = reading("open-images", tmp_path)
    assert [record.image_id[-2:] for record in records] == ["aa", "bb", "cc"]
    assert problems == []


BOXES = """ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside
0006400c1c224e19,xclick,/m/01g317,1,0.0125,0.195312,0.148438,0.5875,0,1,0,0,0
0006400c1c224e19,xclick,/m/0dzct,1,0.1,0.2,0.2,0.3,0,1,0,0,0
0006400c1c224e19,xclick,/m/0dzct,1,0.5,0.2,0.2,0.3,0,1,0,0,0
"""
LABELS = """ImageID,Source,LabelName,Confidence
0006400c1c224e19,verification,/m/015kr,1
0006400c1c224e19,verification,/m/0bt9lr,0
0006400c1c224e19,machine,/m/nameless,0.7
"""
CLASSES = "/m/01g317,Person\n/m/0dzct,Human face\n/m/015kr,Bridge\n/m/0bt9lr,Dog\n"


def test_boxes_and_labels_that_lie_beside_are_taken_in(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, PIER)
    (tmp_path / "train-annotations-bbox.csv").write_text(BOXES)
    (tmp_path / "train-annotations-human-imagelabels-boxable.csv").write_text(LABELS)
    (tmp_path / "class-descriptions-boxable.csv").write_text(CLASSES)
    (pier,), problems = reading("open-images", tmp_path)
    assert pier.regions == (
        Region(box=(0.0125, 0.148438, 0.195312, 0.5875), label="Person", by="xclick"),
        Region(box=(0.1, 0.2, 0.2, 0.3), label="Human face", by="xclick"),
    )
    assert pier.labels == (
        Label(text="Bridge", by="verification", confidence=1.0),
        Label(text="/m/nameless", by="machine", confidence=0.7),
        Label(text="Person", by="xclick"),
        Label(text="Human face", by="xclick"),
    )
    assert (pier.people, pier.flags) == ("some", {"person", "face"})
    assert problems == ["train-annotations-bbox.csv, row 4: This row holds no box."]


def test_boxes_with_their_extreme_points_and_class_names_with_a_header_are_read(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, PIER)
    clicks = [f"XClick{n}{axis}" for axis in "XY" for n in (1, 2, 3, 4)]
    header, first, *_ = BOXES.splitlines()
    (tmp_path / "oidv6-train-annotations-bbox.csv").write_text(f"{header},{','.join(clicks)}\n{first}{',0.1' * 8}\n")
    (tmp_path / "oidv7-class-descriptions.csv").write_text("LabelName,DisplayName\n" + CLASSES)
    (pier,), problems = reading("open-images", tmp_path)
    assert pier.regions == (Region(box=(0.0125, 0.148438, 0.195312, 0.5875), label="Person", by="xclick"),)
    assert problems == []


def test_boxes_of_a_turned_image_are_left_out(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, PIER.removesuffix(",0") + ",90.0")
    (tmp_path / "train-annotations-bbox.csv").write_text(BOXES)
    (pier,), _ = reading("open-images", tmp_path)
    assert (pier.rotation_deg, pier.regions) == (90, ())
    assert pier.labels


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "credits.csv").write_text("file,author\n")
    with pytest.raises(NotThisFormat, match=r"Expected: \*\.csv: ImageID, Subset, OriginalURL, …\. Found: credits\.csv\."):
        reading("open-images", tmp_path)


def test_an_image_csv_in_utf_16_is_refused(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, PIER)
    (tmp_path / "images.csv").write_text(HEADER + "\n" + PIER, encoding="utf-16")
    with pytest.raises(CsvRefused, match=r"images\.csv, row 1"):
        reading("open-images", tmp_path)


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading) -> None:
    records, problems = reading("open-images", samples / "open-images")
    assert len(records) == 10
    assert problems == []
    assert all((samples / "open-images" / record.locator).is_file() for record in records)
    assert {record.license for record in records} == {"by-2.0"}
    assert all(record.author and record.author_url and record.landing_url and record.photo_id and record.md5 for record in records)
    first = records[0]
    assert (first.author, first.title) == ("sneakerdog", "Fireworks and Morey's Pier in North Wildwood July 2007")
    assert {record.rotation_deg for record in records} == {0, None}


@pytest.mark.samples
def test_every_row_of_the_larger_sample_list_can_be_read(samples: Path, tmp_path: Path, draw: Draw, reading: Reading) -> None:
    text = (samples / "open-images" / "metadata-only" / "xm3600_image_attributions.csv").read_text(encoding="utf-8")
    (tmp_path / "images.csv").write_text(text, encoding="utf-8")
    elsewhere, problems = reading("open-images", tmp_path)
    assert (len(elsewhere), problems) == (600, [])
    assert all(record.locator.removeprefix("https:") == str(record.source_url).partition(":")[2] for record in elsewhere)
    for line in text.splitlines()[1:]:
        image_id, subset = line.split(",")[:2]
        (tmp_path / subset).mkdir(exist_ok=True)
        (tmp_path / subset / f"{image_id}.jpg").touch()
    records, problems = reading("open-images", tmp_path)
    assert (len(records), problems) == (600, [])
    assert [replace(record, locator="") for record in records] == [replace(record, locator="") for record in elsewhere]
    assert all(record.photo_id for record in records)
    assert sum(record.author_id is not None for record in records) == 55
    assert sum(record.rotation_deg == 270 for record in records) == 25


def test_a_rebuild_depends_on_the_csv_files_and_on_what_images_are_there(tmp_path: Path, draw: Draw) -> None:
    lay_out(tmp_path, draw, PIER)
    source = open_dataset("open-images", tmp_path, datasheets()["open-images"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == ["images.csv", "train"]


def test_a_sum_that_is_no_md5_is_refused(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    records, problems = reading("open-images", lay_out(tmp_path, draw, row("00000000000000aa", md5="AAAA")))
    assert (records, problems) == ([], ["images.csv, row 2: “AAAA” cannot be right."])


def test_annotations_that_hold_none_are_reported(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    lay_out(tmp_path, draw, PIER)
    (tmp_path / "train-annotations-bbox.csv").write_text("ImageID,XMin\n0006400c1c224e19,0.5\n")
    (tmp_path / "train-imagelabels.csv").write_text("ImageID,Confidence,LabelName\n0006400c1c224e19,certain,/m/a\n0006400c1c224e19,1,\n")
    (tmp_path / "class-descriptions.csv").write_text("LabelName,DisplayName\n/m/a,A\n")
    (pier,), problems = reading("open-images", tmp_path)
    assert (pier.labels, pier.regions) == ((), ())
    assert problems == [
        "train-annotations-bbox.csv, row 2: This row holds no box.",
        "train-imagelabels.csv, row 2: This row holds no label.",
        "train-imagelabels.csv, row 3: This row holds no label.",
    ]


def test_what_is_no_file_of_the_folder_is_not_read_and_told(tmp_path: Path, draw: Draw, reading: Reading, unusable: Unusable) -> None:
    root = tmp_path / "set"
    root.mkdir()
    sentence = unusable(lay_out(root, draw, PIER) / "train-annotations-bbox.csv", BOXES)
    (pier,), problems = reading("open-images", root)
    assert (pier.regions, problems) == ((), [f"train-annotations-bbox.csv: {sentence}"])
    source = open_dataset("open-images", root, datasheets()["open-images"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == ["images.csv", "train"]
