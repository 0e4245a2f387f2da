from __future__ import annotations

import os
import sys
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.datasets.archives import READ_MOST_BYTES, ArchiveRefused
from imagestolive.datasets.locators import place
from imagestolive.records import ImageRecord, Label, Region

from .conftest import Reading, may_not_be_read

Draw = Callable[[Path], Path]

TENCH, GROOM, BIKINI, UNKNOWN = "n01440764", "n10148035", "n02837789", "n99999999"
TENCH_1 = f"train/{TENCH}/{TENCH}_1.JPEG"
VAL_1 = "ILSVRC2012_val_00000001"
WORDS = f"{TENCH} tench, Tinca tinca\n{GROOM} groom, bridegroom\n"
XML = """<annotation><folder>val</folder><size><width>100</width><height>50</height><depth>3</depth></size>
<object><name>n01440764</name><bndbox><xmin>10</xmin><ymin>5</ymin><xmax>60</xmax><ymax>25</ymax></bndbox></object></annotation>"""


def tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    data = BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, BytesIO(content))
    return data.getvalue()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def labels(record: ImageRecord) -> list[str]:
    return [label.text for label in record.labels]


def test_an_image_of_train_with_its_class_its_box_and_where_it_was_found(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / TENCH_1)
    write(tmp_path / "LOC_synset_mapping.txt", WORDS)
    write(tmp_path / "bbox" / TENCH / f"{TENCH}_1.xml", XML)
    write(tmp_path / "fall11_urls.txt", f"{TENCH}_1\thttp://farm4.static.flickr.com/3175/1234567_0a1b2c.jpg\nn00004475_1\tno address\n")
    (tench,), problems = reading("imagenet", tmp_path)
    assert problems == []
    assert (tench.image_id, tench.locator) == (f"{TENCH}_1", TENCH_1)
    assert tench.labels == (Label(text="tench, Tinca tinca"),)
    assert tench.regions == (Region(box=(0.1, 0.1, 0.6, 0.5), label="tench, Tinca tinca"),)
    assert (tench.flags, tench.people) == (frozenset(), "unknown")
    assert (tench.photo_id, tench.landing_url) == ("1234567", "https://www.flickr.com/photo.gne?id=1234567")
    assert tench.source_url == "http://farm4.static.flickr.com/3175/1234567_0a1b2c.jpg"
    assert (tench.license, tench.dataset_license) == (None, "non-commercial research and education")


@pytest.mark.parametrize(
    ("wnid", "flags", "people"),
    [(GROOM, {"person", "review"}, "some"), (BIKINI, {"review"}, "unknown"), (UNKNOWN, {"review"}, "unknown")],
    ids=["a person", "a class with pictures taken in secret", "no noun of WordNet"],
)
def test_such_a_class_is_held_back(tmp_path: Path, draw: Draw, reading: Reading, wnid: str, flags: set[str], people: str) -> None:
    draw(tmp_path / "train" / wnid / f"{wnid}_1.JPEG")
    draw(tmp_path / "val" / wnid / f"{VAL_1}.JPEG")
    records, _ = reading("imagenet", tmp_path)
    assert [(record.flags, record.people) for record in records] == [(flags, people)] * 2


def test_a_person_that_a_box_names_is_a_person(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / TENCH_1)
    write(tmp_path / f"{TENCH}_1.xml", XML.replace(TENCH, GROOM))
    (tench,), _ = reading("imagenet", tmp_path)
    assert (labels(tench), tench.flags, tench.people) == ([TENCH], {"person", "review"}, "some")


def test_a_class_without_words_is_called_by_its_number(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / TENCH_1)
    (tench,), _ = reading("imagenet", tmp_path)
    assert labels(tench) == [TENCH]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("LOC_val_solution.csv", f"ImageId,PredictionString\n{VAL_1},{TENCH} 10 5 60 25 \n"),
        (f"bbox/val/{VAL_1}.xml", XML),
    ],
)
def test_what_a_flat_val_shows_is_told_by_a_list_or_by_boxes(tmp_path: Path, draw: Draw, reading: Reading, file: str, text: str) -> None:
    draw(tmp_path / "val" / f"{VAL_1}.JPEG")
    write(tmp_path / file, text)
    write(tmp_path / "words.txt", WORDS.replace(" ", "\t", 1))
    (tench,), problems = reading("imagenet", tmp_path)
    assert (labels(tench), tench.flags, problems) == (["tench, Tinca tinca"], frozenset(), [])


def test_what_nothing_tells_the_class_of_has_no_label_and_is_held_back(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "val" / f"{VAL_1}.JPEG")
    draw(tmp_path / "test" / "ILSVRC2012_test_00000001.JPEG")
    write(tmp_path / "ILSVRC2012_devkit_t12" / "data" / "ILSVRC2012_validation_ground_truth.txt", "490\n")
    records, _ = reading("imagenet", tmp_path)
    assert [(record.image_id, labels(record), record.flags) for record in records] == [
        ("ILSVRC2012_test_00000001", [], {"review"}),
        (VAL_1, [], {"review"}),
    ]


def test_kaggles_folders_are_read_from_above_and_from_within(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    data, annotations = tmp_path / "ILSVRC" / "Data" / "CLS-LOC", tmp_path / "ILSVRC" / "Annotations" / "CLS-LOC"
    draw(data / TENCH_1)
    draw(data / "val" / f"{VAL_1}.JPEG")
    write(annotations / "train" / TENCH / f"{TENCH}_1.xml", XML)
    write(annotations / "val" / f"{VAL_1}.xml", XML)
    write(tmp_path / "LOC_synset_mapping.txt", WORDS)
    above, problems = reading("imagenet", tmp_path)
    assert problems == []
    assert [(record.image_id, len(record.regions), labels(record)) for record in above] == [
        (f"{TENCH}_1", 1, ["tench, Tinca tinca"]),
        (VAL_1, 1, ["tench, Tinca tinca"]),
    ]
    within, _ = reading("imagenet", tmp_path / "ILSVRC")
    assert [record.image_id for record in within] == [f"{TENCH}_1", VAL_1]


def test_a_tar_of_tars_is_read_as_it_lies(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    picture = draw(tmp_path / "elsewhere" / "a.jpg").read_bytes()
    root = tmp_path / "root"
    root.mkdir()
    classes = {f"{wnid}.tar": tar({f"{wnid}_1.JPEG": picture, f"{wnid}_2.JPEG": picture}) for wnid in (TENCH, GROOM)}
    (root / "ILSVRC2012_img_train.tar").write_bytes(tar(classes))
    records, problems = reading("imagenet", root)
    assert problems == []
    assert [record.image_id for record in records] == [f"{TENCH}_1", f"{TENCH}_2", f"{GROOM}_1", f"{GROOM}_2"]
    assert [sorted(record.flags) for record in records] == [[], [], ["person", "review"], ["person", "review"]]
    for record in records:
        where = place(record.locator)
        assert where.offset
        assert (root / where.file).read_bytes()[where.offset :][: where.size] == picture


def test_the_other_archives_are_read_too(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "ILSVRC2012_bbox_val_v3.tgz").write_bytes(tar({f"val/{VAL_1}.xml": XML.encode()}, "w:gz"))
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(tar({f"{VAL_1}.JPEG": b"a picture"}))
    (tmp_path / f"{TENCH}.tar").write_bytes(tar({f"{TENCH}_7.JPEG": b"a picture"}))
    records, problems = reading("imagenet", tmp_path)
    assert problems == []
    assert [(record.image_id, labels(record), len(record.regions)) for record in records] == [
        (VAL_1, [TENCH], 1),
        (f"{TENCH}_7", [TENCH], 0),
    ]


def test_an_image_in_a_tar_and_in_a_folder_counts_once_and_the_folder_tells_its_class(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(tar({f"{VAL_1}.JPEG": b"a picture"}))
    draw(tmp_path / "val" / TENCH / f"{VAL_1}.JPEG")
    (tench,), problems = reading("imagenet", tmp_path)
    assert (labels(tench), tench.flags) == ([TENCH], frozenset())
    assert problems == [f"val/{TENCH}/{VAL_1}.JPEG: This image is here under another path, too; this copy is not used."]


def test_a_box_noted_twice_is_one_region(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / TENCH_1)
    for folder in ("bbox", "Annotations"):
        write(tmp_path / folder / f"{TENCH}_1.xml", XML)
    (tench,), _ = reading("imagenet", tmp_path)
    assert len(tench.regions) == 1


def test_the_detection_task_whose_images_bear_the_same_names_is_passed_over(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "val" / TENCH / f"{VAL_1}.JPEG")
    for folder in ("ILSVRC2013_DET_val", "ILSVRC/Data/DET/val"):
        draw(tmp_path / folder / f"{VAL_1}.JPEG")
    write(tmp_path / "ILSVRC/Annotations/DET/val" / f"{VAL_1}.xml", XML)
    (record,), problems = reading("imagenet", tmp_path)
    assert (record.locator, record.regions) == (f"val/{TENCH}/{VAL_1}.JPEG", ())
    assert problems == [".: Images whose place or name is not the makers’: 2"]


def test_names_that_are_not_the_makers_are_counted(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / TENCH_1)
    for name in ("holiday.jpg", f"{TENCH}_x.JPEG", f"{TENCH}.JPEG", f"x{TENCH}_1.JPEG", "n٠1440764_1.JPEG", f"{VAL_1}0.JPEG"):
        draw(tmp_path / "train" / TENCH / name)
    records, problems = reading("imagenet", tmp_path)
    assert [record.image_id for record in records] == [f"{TENCH}_1"]
    assert problems == [".: Images whose place or name is not the makers’: 6"]


def test_odd_rows_are_told_with_their_line_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "val" / f"{VAL_1}.JPEG")
    write(tmp_path / "LOC_val_solution.csv", f"ImageId,PredictionString\n{VAL_1},tench 1 2 3 4\n../x,{TENCH} 1\n{VAL_1},{TENCH} 1 2 3 4\n")
    (tmp_path / "words.txt").write_bytes(f"{TENCH}\ttench \udce9\n{TENCH}tench\n\n{TENCH}\t\n".encode("utf-8", "surrogateescape"))
    write(tmp_path / f"{VAL_1}.xml", "<annotation><!-- nothing follows")
    (record,), problems = reading("imagenet", tmp_path)
    assert labels(record) == ["tench \N{REPLACEMENT CHARACTER}"]
    assert problems[0].startswith(f"{VAL_1}.xml: This file cannot be read: ")
    assert problems[1:] == [
        f"LOC_val_solution.csv, row 2: “{VAL_1},tench 1 2 3 4” cannot be right.",
        f"LOC_val_solution.csv, row 3: “../x,{TENCH} 1” cannot be right.",
        f"words.txt, row 2: “{TENCH}tench” cannot be right.",
        f"words.txt, row 4: “{TENCH}” cannot be right.",
    ]


def test_a_list_larger_than_any_is_told_and_not_read(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / TENCH_1)
    with (tmp_path / "words.txt").open("wb") as file:
        file.truncate(READ_MOST_BYTES + 1)
    records, problems = reading("imagenet", tmp_path)
    assert len(records) == 1
    assert problems == ["words.txt: This file is too large to be read."]


def test_a_list_that_may_not_be_read_is_told_and_its_images_are_held_back(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / TENCH_1)
    draw(tmp_path / "val" / f"{VAL_1}.JPEG")
    write(tmp_path / "LOC_val_solution.csv", f"ImageId,PredictionString\n{VAL_1},{TENCH} 10 5 60 25 \n")
    with may_not_be_read("LOC_val_solution.csv"):
        records, problems = reading("imagenet", tmp_path)
    assert [(record.image_id, labels(record), record.flags) for record in records] == [
        (f"{TENCH}_1", [TENCH], frozenset()),
        (VAL_1, [], {"review"}),
    ]
    assert problems == ["LOC_val_solution.csv: This file cannot be read: Permission denied."]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there, and there are no named pipes")
@pytest.mark.parametrize("name", ["LOC_val_solution.csv", "words.txt", "fall11_urls.txt", f"{VAL_1}.xml"])
def test_no_list_is_read_outside_the_root_and_no_pipe_is_waited_for(tmp_path: Path, draw: Draw, reading: Reading, name: str) -> None:
    root = tmp_path / "root"
    draw(root / "val" / f"{VAL_1}.JPEG")
    write(tmp_path / name, XML if name.endswith("xml") else f"{VAL_1},{TENCH} 10 5 60 25 \n")
    (root / name).symlink_to(tmp_path / name)
    (record,), problems = reading("imagenet", root)
    assert (labels(record), problems) == ([], [f"{name}: This link leads out of the data set’s folder."])
    (root / name).unlink()
    os.mkfifo(root / name)
    assert len(reading("imagenet", root)[0]) == 1


def test_a_hostile_archive_is_refused(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / TENCH_1)
    (tmp_path / f"{TENCH}.tar").write_bytes(tar({f"../../{TENCH}_1.JPEG": b"a picture"}))
    with pytest.raises(ArchiveRefused):
        reading("imagenet", tmp_path)


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "holiday.jpg")
    with pytest.raises(NotThisFormat, match=r"Expected: train/n01440764/n01440764_10026\.JPEG.*Found: holiday\.jpg\."):
        reading("imagenet", tmp_path)


def test_a_rebuild_depends_on_folders_archives_and_lists_but_not_on_each_annotation(tmp_path: Path, draw: Draw) -> None:
    draw(tmp_path / TENCH_1)
    for name in ("fall11_urls.txt", "words.txt", "notes.txt", f"{TENCH}_1.xml", "ILSVRC2012_img_val.tar"):
        write(tmp_path / name, "")
    source = open_dataset("imagenet", tmp_path, datasheets()["imagenet"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [
        ".",
        "ILSVRC2012_img_val.tar",
        "fall11_urls.txt",
        "train",
        f"train/{TENCH}",
        "words.txt",
    ]
