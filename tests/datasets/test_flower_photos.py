from __future__ import annotations

import re
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestolive import licenses
from imagestolive.datasets import Problems, datasheets, flower_photos
from imagestolive.records import ImageRecord, Label

from .conftest import Reading

Draw = Callable[[Path], Path]

HEAD = """All images here are licensed, available at:
https://creativecommons.org/licenses/by/2.0/
Thanks to all photographers.

"""
DAISY = "daisy/700_00aa11bb22_n.jpg"
PAGE = "https://www.flickr.com/photos/12345678@N00/700/"
ROW = f"{DAISY} CC-BY by Ana Lima - {PAGE}\n"


@pytest.fixture
def credited(tmp_path: Path, draw: Draw, reading: Reading) -> Callable[..., tuple[ImageRecord, list[str]]]:
    """(LICENSE.txt) -> the record of one daisy, and what was skipped."""

    def credited(content: str | bytes) -> tuple[ImageRecord, list[str]]:
        draw(tmp_path / DAISY)
        (tmp_path / "LICENSE.txt").write_bytes(content.encode() if isinstance(content, str) else content)
        (daisy,), problems = reading("flower-photos", tmp_path)
        return daisy, problems

    return credited


Credited = Callable[..., tuple[ImageRecord, list[str]]]


def test_a_row_gives_author_page_and_license(credited: Credited) -> None:
    daisy, problems = credited(HEAD + ROW)
    assert problems == []
    assert (daisy.image_id, daisy.labels) == (DAISY, (Label(text="daisy"),))
    assert (daisy.author, daisy.author_url, daisy.landing_url) == ("Ana Lima", None, PAGE)
    assert (daisy.photo_id, daisy.author_id) == ("700", "12345678@N00")
    assert (daisy.license, daisy.dataset_license) == ("by-2.0", "CC BY 2.0")


@pytest.mark.parametrize(
    "author", ["Ana - Lima", "A by B", "Ana | https://example.org/ | https://example.org/ana", "_Ω_ ♥", "by", "Ana  Lima"]
)
def test_a_name_may_hold_what_parts_a_row(credited: Credited, author: str) -> None:
    daisy, problems = credited(HEAD + ROW.replace("Ana Lima", author))
    assert (daisy.author, daisy.landing_url, problems) == (author, PAGE, [])
    daisy, problems = credited(f"{HEAD}{DAISY} CC-BY https://www.flickr.com/photos/ana/ - by {author}")
    assert (daisy.author, daisy.landing_url, problems) == (author, "https://www.flickr.com/photos/ana/", [])


def test_a_row_with_the_persons_page_still_leads_to_the_photograph_by_its_id(credited: Credited) -> None:
    stream = "https://www.flickr.com/photos/12345678@N00/"
    daisy, problems = credited(f"{HEAD}{DAISY} CC-BY {stream} - by Ana Lima\n")
    assert problems == []
    assert (daisy.author, daisy.author_url, daisy.landing_url) == ("Ana Lima", stream, stream)
    assert (daisy.photo_id, daisy.author_id, daisy.license) == ("700", "12345678@N00", "by-2.0")


@pytest.mark.parametrize(
    ("said", "head", "license_id"),
    [
        ("CC-BY", HEAD, "by-2.0"),
        ("CC-BY", HEAD.replace("2.0", "4.0"), "by-4.0"),
        ("CC-BY", "", "by"),
        ("CC-BY", HEAD.replace("https://creativecommons.org/", "https://example.org/"), "by"),
        ("CC BY 2.0", HEAD, "by-2.0"),
        ("CC BY 4.0", HEAD, "by-4.0"),
        ("CC BY-SA 2.0", HEAD, "by-sa-2.0"),
        ("CC-BY-SA", HEAD, "by-sa"),
        ("CC BY 2.7", HEAD, None),
    ],
)
def test_the_row_says_the_license_and_the_head_the_version_it_leaves_out(
    credited: Credited, said: str, head: str, license_id: str | None
) -> None:
    daisy, _ = credited(head + ROW.replace("CC-BY", said))
    assert daisy.license == license_id
    assert daisy.license_raw is not None
    assert daisy.license_raw.startswith(said)
    assert licenses.license_id(daisy.license_raw) == license_id  # the credit on a card is made from what was recorded


def test_an_image_without_a_row_has_no_license_of_its_own(credited: Credited) -> None:
    daisy, problems = credited(HEAD)
    assert (daisy.author, daisy.license_raw, daisy.license, daisy.dataset_license) == (None, None, None, "CC BY 2.0")
    assert daisy.landing_url == "https://www.flickr.com/photo.gne?id=700"
    assert problems == ["LICENSE.txt: Images of which it says nothing: 1"]


@pytest.mark.parametrize(
    "row",
    [
        f"{DAISY}",
        f"{DAISY} CC-BY by Ana Lima",
        f"{DAISY} CC-BY by Ana Lima - ftp://example.org/",
        f"{DAISY} CC-BY by  - {PAGE}",
        f"{DAISY} by Ana Lima - {PAGE}",
        f"{DAISY} ARR by Ana Lima - {PAGE}",
        f"daisy700.jpg CC-BY by Ana Lima - {PAGE}",
    ],
)
def test_a_row_in_another_form_is_reported_with_its_line(credited: Credited, row: str) -> None:
    daisy, problems = credited(f"{HEAD}{row}\n")
    assert (daisy.author, daisy.license) == (None, None)
    assert problems == [f"LICENSE.txt, row 5: “{row}” cannot be right.", "LICENSE.txt: Images of which it says nothing: 1"]


def test_letters_that_are_not_utf_8_and_lines_without_end_are_reported(credited: Credited) -> None:
    daisy, problems = credited(HEAD.encode() + ROW.replace("Ana", "João").encode("latin-1") + b"x" * 2**20 + b"\n" + ROW.encode())
    assert daisy.author == "Ana Lima"
    assert problems == [
        "LICENSE.txt, row 5: The letters of this row are not UTF-8.",
        "LICENSE.txt, row 6: This line has more than 65,536 bytes.",
    ]


def test_of_two_rows_the_first_is_used(credited: Credited) -> None:
    daisy, problems = credited(HEAD + ROW + ROW.replace("Ana", "Bea"))
    assert daisy.author == "Ana Lima"
    assert problems == [f"LICENSE.txt, row 6: “{DAISY}” has a row already; this one is not used."]


@pytest.mark.parametrize("packed", [False, True])
def test_a_row_holds_only_below_the_folder_of_its_own_license_file(tmp_path: Path, draw: Draw, reading: Reading, packed: bool) -> None:
    loose = tmp_path / "loose" if packed else tmp_path
    for folder, rows in (("a", ""), ("b", ROW + ROW.replace("700", "701"))):
        draw(loose / folder / (DAISY if folder == "a" else DAISY.replace("700", "701")))
        (loose / folder / "LICENSE.txt").write_text(HEAD + rows)
    if packed:
        with tarfile.open(tmp_path / "flower_photos.tgz", "w:gz") as archive:
            archive.add(loose, "flowers")
        shutil.rmtree(loose)
    records, problems = reading("flower-photos", tmp_path)
    assert [(record.image_id, record.author) for record in records] == [(DAISY, None), (DAISY.replace("700", "701"), "Ana Lima")]
    assert problems == ["LICENSE.txt: Images of which it says nothing: 1", "LICENSE.txt: Rows whose file is not here: 1"]


@pytest.mark.parametrize("other", ["", ROW.replace("Ana", "Bea")])
def test_of_copies_the_one_beside_the_license_file_is_taken_with_its_row(tmp_path: Path, draw: Draw, reading: Reading, other: str) -> None:
    draw(tmp_path / DAISY)
    draw(tmp_path / "backup" / DAISY)
    (tmp_path / "LICENSE.txt").write_text(HEAD + ROW)
    draw(tmp_path / "z" / DAISY)
    (tmp_path / "z" / "LICENSE.txt").write_text(HEAD + other)
    (daisy,), problems = reading("flower-photos", tmp_path)
    assert (daisy.locator, daisy.author) == (DAISY, "Ana Lima")
    told = "This image is here under another path, too; this copy is not used."
    assert problems == [f"backup/{DAISY}: {told}", f"z/{DAISY}: {told}"]


def test_of_two_license_files_the_nearer_holds(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "a" / DAISY)
    (tmp_path / "LICENSE.txt").write_text(HEAD + ROW.replace("Ana", "Bea"))
    (tmp_path / "a" / "LICENSE.txt").write_text(HEAD + ROW)
    (daisy,), problems = reading("flower-photos", tmp_path)
    assert daisy.author == "Ana Lima"
    assert problems == [f"LICENSE.txt, row 5: “{DAISY}” has a row already; this one is not used."]


def test_rows_of_images_that_are_not_here_are_counted_in_one_line(credited: Credited) -> None:
    rows = "".join(ROW.replace("700", str(n)) for n in range(1, 41))
    daisy, problems = credited(HEAD + rows + ROW)
    assert daisy.author == "Ana Lima"
    assert problems == ["LICENSE.txt: Rows whose file is not here: 40"]


def test_rows_end_as_windows_ends_them_too(credited: Credited) -> None:
    daisy, problems = credited("\ufeff" + (HEAD + ROW).replace("\n", "\r\n"))
    assert (daisy.author, daisy.landing_url, daisy.license, problems) == ("Ana Lima", PAGE, "by-2.0", [])


def test_a_page_that_is_no_address_is_left_out(credited: Credited) -> None:
    daisy, _ = credited(f"{HEAD}{DAISY} CC-BY by Ana Lima - https://[\n")
    assert (daisy.author, daisy.license, daisy.landing_url) == ("Ana Lima", "by-2.0", "https://www.flickr.com/photo.gne?id=700")


def test_a_name_that_is_none_of_flickrs_gives_no_photo_id(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    for name in ("daisy.jpg", "700.jpg", "700_copy.jpg"):
        draw(tmp_path / "daisy" / name)
    records, _ = reading("flower-photos", tmp_path)
    assert [(record.photo_id, record.landing_url) for record in records] == [(None, None)] * 3


@given(st.lists(st.sampled_from([DAISY, " CC-BY", " by ", " - ", PAGE, "\n", " ", "Ana", "é"]) | st.text(max_size=8)).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_leaves_the_image_readable_and_loses_no_row_in_silence(tmp_path: Path, draw: Draw, content: str) -> None:
    draw(tmp_path / DAISY)
    (tmp_path / "LICENSE.txt").write_bytes(content.encode("utf-8", "replace"))
    problems = Problems()
    (daisy,) = flower_photos.read(tmp_path, datasheets()["flower-photos"], problems)
    assert (daisy.author is None) is (daisy.license_raw is None)
    assert (daisy.author is None) is any(problem.sentence.startswith("Images of which") for problem in problems.kept)


@pytest.mark.samples
def test_every_credit_of_the_sample_is_the_makers_row(samples: Path, reading: Reading) -> None:
    root = samples / "flower_photos"
    records, problems = reading("flower-photos", root)
    assert problems == []
    assert {record.locator for record in records} == {path.relative_to(root).as_posix() for path in root.rglob("*.jpg")}
    rows = dict(line.split(" ", 1) for line in (root / "LICENSE.txt").read_text(encoding="utf-8").splitlines()[4:])
    assert len(records) == len(rows) == 153
    for record in records:
        said = rows[record.image_id]
        page = re.search(r"https://www\.flickr\.com/photos/[^/ ]+/(\d+/)?", said)
        assert page
        assert record.landing_url == page[0]
        assert said.replace(page[0], "").strip(" -").endswith(f" by {record.author}") or said.endswith(f" by {record.author}")
        assert record.license == ("by-sa-2.0" if "SA" in said.split(" by ")[0] else "by-2.0")
        assert record.photo_id == record.image_id.split("/")[1].split("_")[0]
        assert (record.author_url is None) is (page[1] is not None)
