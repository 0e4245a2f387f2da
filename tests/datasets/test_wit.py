from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset

from .conftest import Reading

KEY = "wit"
COLUMNS = [
    "language",
    "page_url",
    "image_url",
    "page_title",
    "section_title",
    "hierarchical_section_title",
    "caption_reference_description",
    "caption_attribution_description",
    "caption_alt_text_description",
    "mime_type",
    "original_height",
    "original_width",
    "is_main_image",
    "attribution_passes_lang_id",
    "page_changed_recently",
    "context_page_description",
    "context_section_description",
]
CAMEL = "https://upload.wikimedia.org/wikipedia/commons/5/5f/Oxydactylus_longipes_fm.jpg"
THUMB = CAMEL.replace("commons/", "commons/thumb/") + "/300px-Oxydactylus_longipes_fm.jpg"


def row(image_url: str = CAMEL, *, columns: list[str] = COLUMNS, **cells: str) -> str:
    known = {"language": "en", "image_url": image_url, "mime_type": "image/jpeg", "original_height": "3564", "original_width": "2748"}
    return "\t".join((known | cells).get(column, "") for column in columns) + "\n"


def lay_out(root: Path, *rows: str, columns: list[str] = COLUMNS, name: str = "wit_v1.train.all-1percent_sample.tsv") -> Path:
    (root / name).write_text("\t".join(columns) + "\n" + "".join(rows), encoding="utf-8")
    return root


def test_a_row_gives_address_page_size_and_captions(tmp_path: Path, reading: Reading) -> None:
    line = row(
        caption_reference_description="Skeleton", caption_attribution_description="English: Mounted\\nskeleton.", page_title="Oxydactylus"
    )
    (camel,), problems = reading(KEY, lay_out(tmp_path, line))
    assert problems == []
    assert (camel.image_id, camel.locator, camel.source_url) == ("Oxydactylus_longipes_fm.jpg", CAMEL, CAMEL)
    assert camel.landing_url == "https://commons.wikimedia.org/wiki/File:Oxydactylus_longipes_fm.jpg"
    assert (camel.width_px, camel.height_px) == (2748, 3564)
    assert camel.captions == ("Skeleton", "English: Mounted skeleton.")
    assert (camel.author, camel.title, camel.license_raw, camel.license, camel.dataset_license) == (None,) * 5
    assert (camel.labels, camel.people) == ((), "unknown")


def test_an_image_counts_once_with_the_captions_of_its_first_row(tmp_path: Path, reading: Reading) -> None:
    lay_out(
        tmp_path, row(caption_reference_description="first"), row(caption_reference_description="second"), name="wit_v1.train.all-0.tsv"
    )
    lay_out(tmp_path, row(THUMB), row(CAMEL.replace("_fm", "_zz")), name="wit_v1.train.all-1.tsv")
    records, problems = reading(KEY, tmp_path)
    assert [(record.image_id, record.captions) for record in records] == [
        ("Oxydactylus_longipes_fm.jpg", ("first",)),
        ("Oxydactylus_longipes_zz.jpg", ()),
    ]
    assert problems == []


def test_a_smaller_copy_is_not_of_the_size_of_the_original(tmp_path: Path, reading: Reading) -> None:
    (camel,), _ = reading(KEY, lay_out(tmp_path, row(THUMB)))
    assert (camel.locator, camel.width_px, camel.height_px) == (THUMB, None, None)
    assert camel.landing_url == "https://commons.wikimedia.org/wiki/File:Oxydactylus_longipes_fm.jpg"


def test_files_that_are_not_at_commons_and_formats_that_are_not_read_are_counted(tmp_path: Path, reading: Reading) -> None:
    english = "https://upload.wikimedia.org/wikipedia/en/a/ab/Logo.png"
    records, problems = reading(
        KEY, lay_out(tmp_path, row(english), row(english), row(mime_type="image/svg+xml"), row(mime_type="image/tiff"))
    )
    assert len(records) == 1
    assert problems == [
        "wit_v1.train.all-1percent_sample.tsv: Images that do not lie at Wikimedia Commons, which are left out: 2",
        "wit_v1.train.all-1percent_sample.tsv: Images of a format that is not read here: 1",
    ]


def test_a_quotation_mark_swallows_nothing(tmp_path: Path, reading: Reading) -> None:
    quoted = row(caption_reference_description='"A ""fine"" day"')
    stray = row(CAMEL.replace("_fm", "_aa"), caption_reference_description='"never closed')
    within = row(CAMEL.replace("_fm", "_bb"), caption_reference_description='6" wide')
    records, problems = reading(KEY, lay_out(tmp_path, quoted, stray, within))
    assert [record.captions for record in records] == [('A "fine" day',), ('"never closed',), ('6" wide',)]
    assert problems == []


def test_a_tab_in_quotation_marks_parts_no_columns(tmp_path: Path, reading: Reading) -> None:
    (record,), problems = reading(KEY, lay_out(tmp_path, row(caption_reference_description='"a\tb"')))
    assert (record.captions, problems) == (("a b",), [])


def test_rows_that_cannot_be_right_are_told_and_left_out(tmp_path: Path, reading: Reading) -> None:
    records, problems = reading(KEY, lay_out(tmp_path, "en\tx\n", row("javascript:alert(1)"), row()))
    assert len(records) == 1
    assert [problem.partition(", ")[2] for problem in problems] == [
        "row 2: This row has 2 columns, not 17.",
        "row 3: “javascript:alert(1)” cannot be right.",
    ]


def test_a_credit_that_somebody_added_is_read(tmp_path: Path, reading: Reading) -> None:
    columns = [*COLUMNS, "extmetadata"]
    said = json.dumps({"Artist": {"value": "<b>Ana</b>"}, "LicenseUrl": {"value": "https://creativecommons.org/licenses/by/4.0/"}})
    quoted = '"' + said.replace('"', '""') + '"'
    (camel,), problems = reading(KEY, lay_out(tmp_path, row(columns=columns, extmetadata=quoted), columns=columns))
    assert (camel.author, camel.license, problems) == ("Ana", "by-4.0", [])


def test_a_long_caption_is_cut(tmp_path: Path, reading: Reading) -> None:
    (camel,), _ = reading(KEY, lay_out(tmp_path, row(caption_alt_text_description="x" * 5000)))
    assert camel.captions == ("x" * 1000 + "…",)


def test_packed_files_are_read_and_what_is_unpacked_beside_them_is_not_read_twice(tmp_path: Path, reading: Reading) -> None:
    path = lay_out(tmp_path, row()) / "wit_v1.train.all-1percent_sample.tsv"
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    source = open_dataset(KEY, tmp_path, datasheets()[KEY])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [path.name]
    path.unlink()
    (camel,), problems = reading(KEY, tmp_path)
    assert (camel.source_url, problems) == (CAMEL, [])


def test_another_folder_is_refused(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "wit_v1.notes.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(NotThisFormat, match="image_url"):
        reading(KEY, tmp_path)
