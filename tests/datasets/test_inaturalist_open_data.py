from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from imagestolive.datasets import NotThisFormat, datasheets, open_dataset
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.member import ArchiveRefused
from imagestolive.records import Label

from .conftest import Reading, Unusable

KEY = "inaturalist-open-data"
SEEN, SEEN_TOO = "c075c500-b566-44aa-847c-95da8fb8b3c9", "c075c500-b566-44aa-847c-95da8fb8b3ca"
PHOTOS = "photo_uuid\tphoto_id\tobservation_uuid\tobserver_id\textension\tlicense\twidth\theight\tposition\n"
OBSERVATIONS = (
    "observation_uuid\tobserver_id\tlatitude\tlongitude\tpositional_accuracy\ttaxon_id\tquality_grade\tobserved_on\tanomaly_score\n"
    f"{SEEN}\t7\t-23.5505199\t-46.6333094\t12\t47219\tresearch\t2019-03-08\t\n"
    f"{SEEN_TOO}\t7\t-23.5505199\t-46.6333094\t12\t43584\tcasual\t2019-03-08\t\n"
)
TAXA = (
    "taxon_id\tancestry\trank_level\trank\tname\tactive\n"
    "47219\t48460/1\t10\tspecies\tApis mellifera\tt\n"
    "43584\t48460/1\t10\tspecies\tHomo sapiens\tt\n"
)
OBSERVERS = 'observer_id\tlogin\tname\n7\tana\tAna "Abelha" Souza\n8\tbia\t\n'
BUCKET = "https://inaturalist-open-data.s3.amazonaws.com/photos"


def row(
    photo_id: str = "113756411", *, seen: str = SEEN, observer: str = "7", extension: str = "jpg", license_name: str = "CC-BY-NC"
) -> str:
    return f"00000000-0000-0000-0000-000000000000\t{photo_id}\t{seen}\t{observer}\t{extension}\t{license_name}\t2048\t1536\t0\n"


def lay_out(root: Path, *rows: str, whole: bool = True) -> Path:
    (root / "photos.csv").write_text(PHOTOS + "".join(rows), encoding="utf-8")
    if whole:
        for name, content in (("observations.csv", OBSERVATIONS), ("taxa.csv", TAXA), ("observers.csv", OBSERVERS)):
            (root / name).write_text(content, encoding="utf-8")
    return root


@pytest.fixture
def sheet() -> Datasheet:
    return datasheets()[KEY]


def test_a_row_gives_the_whole_credit(tmp_path: Path, reading: Reading) -> None:
    (bee,), problems = reading(KEY, lay_out(tmp_path, row()))
    assert problems == []
    assert (bee.image_id, bee.photo_id, bee.author_id, bee.title) == ("113756411", None, None, None)
    assert bee.locator == bee.source_url == f"{BUCKET}/113756411/original.jpg"
    assert bee.landing_url == "https://www.inaturalist.org/photos/113756411"
    assert (bee.author, bee.author_url) == ('Ana "Abelha" Souza', "https://www.inaturalist.org/users/7")
    assert (bee.license_raw, bee.license, bee.dataset_license) == ("CC-BY-NC", "by-nc", None)
    assert (bee.width_px, bee.height_px) == (2048, 1536)
    assert bee.labels == (Label(text="Apis mellifera", by="iNaturalist community"),)
    assert (bee.flags, bee.people) == (frozenset(), "unknown")


def test_where_and_when_somebody_stood_goes_into_no_record(tmp_path: Path, reading: Reading) -> None:
    (bee,), _ = reading(KEY, lay_out(tmp_path, row()))
    assert not [fact for fact in ("23.55", "46.63", "2019", "03-08") if fact in repr(bee)]


def test_the_photographs_alone_suffice(tmp_path: Path, reading: Reading) -> None:
    (bee,), problems = reading(KEY, lay_out(tmp_path, row(), whole=False))
    assert (bee.author, bee.author_url, bee.labels) == (None, "https://www.inaturalist.org/users/7", ())
    assert (bee.license, problems) == ("by-nc", [])


def test_packed_files_are_read_as_they_are_published(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, row())
    for path in tmp_path.glob("*.csv"):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    (bee,), problems = reading(KEY, tmp_path)
    assert (bee.author, bee.labels[0].text, problems) == ('Ana "Abelha" Souza', "Apis mellifera", [])


def test_who_gave_no_name_is_known_by_the_login(tmp_path: Path, reading: Reading) -> None:
    (bee, nobody), _ = reading(KEY, lay_out(tmp_path, row(observer="8"), row("2", observer="")))
    assert (bee.author, nobody.author, nobody.author_url) == ("bia", None, None)


def test_an_image_of_two_observations_counts_once(tmp_path: Path, reading: Reading) -> None:
    records, problems = reading(KEY, lay_out(tmp_path, row(), row(seen=SEEN_TOO), row("2")))
    assert [(record.image_id, record.labels[0].text) for record in records] == [("113756411", "Apis mellifera"), ("2", "Apis mellifera")]
    assert problems == []


def test_an_observation_of_a_person_shows_one(tmp_path: Path, reading: Reading) -> None:
    (person,), _ = reading(KEY, lay_out(tmp_path, row(seen=SEEN_TOO)))
    assert (person.flags, person.people) == (frozenset({"person"}), "some")


@pytest.mark.parametrize("seen", ["", "no uuid", "c075c500-b566-44aa-847c-95da8fb8b3cb"])
def test_a_photograph_of_an_unknown_observation_has_no_label(tmp_path: Path, reading: Reading, seen: str) -> None:
    (record,), problems = reading(KEY, lay_out(tmp_path, row(seen=seen)))
    assert (record.labels, problems) == ((), [])


@pytest.mark.parametrize(
    ("name", "license_id"), [("CC0", "cc0-1.0"), ("CC-BY", "by"), ("CC-BY-NC-SA", "by-nc-sa"), ("PD", "pd"), ("", None), ("C", None)]
)
def test_licenses_are_read_as_they_are_written_there(tmp_path: Path, reading: Reading, name: str, license_id: str | None) -> None:
    (record,), _ = reading(KEY, lay_out(tmp_path, row(license_name=name)))
    assert (record.license_raw, record.license) == (name or None, license_id)


@pytest.mark.parametrize(
    "line",
    [row("1/../../x"), row("0"), row("-1"), row("1" * 30), row(extension="jpg/../x"), row(extension=""), row("٣")],
)
def test_a_row_that_cannot_be_right_is_told_and_left_out(tmp_path: Path, reading: Reading, line: str) -> None:
    records, (problem,) = reading(KEY, lay_out(tmp_path, line, row("2")))
    assert [record.image_id for record in records] == ["2"]
    assert problem.startswith("photos.csv, row 2: “")


def test_formats_that_are_not_read_are_counted_in_one_line(tmp_path: Path, reading: Reading) -> None:
    records, problems = reading(KEY, lay_out(tmp_path, row(extension="mp4"), row("2", extension="svg"), row("3", extension="JPEG")))
    assert [record.locator for record in records] == [f"{BUCKET}/3/original.JPEG"]
    assert problems == ["photos.csv: Images of a format that is not read here: 2"]


def test_a_row_of_another_width_is_told(tmp_path: Path, reading: Reading) -> None:
    records, problems = reading(KEY, lay_out(tmp_path, "a\tb\n", row()))
    assert len(records) == 1
    assert problems == ["photos.csv, row 2: This row has 2 columns, not 9."]


@pytest.mark.parametrize("content", ["", "photo_id,license\n1,CC0\n", "a\tb\n"])
def test_another_file_of_that_name_is_refused(tmp_path: Path, reading: Reading, content: str) -> None:
    (tmp_path / "photos.csv").write_text(content)
    with pytest.raises(NotThisFormat, match="observation_uuid"):
        reading(KEY, tmp_path)


def test_a_download_that_was_cut_off_is_told(tmp_path: Path, reading: Reading) -> None:
    rows = "".join(row(str(n)) for n in range(1, 2000))
    (tmp_path / "photos.csv.gz").write_bytes(gzip.compress((PHOTOS + rows).encode())[:-200])
    with pytest.raises(ArchiveRefused, match="ends too early"):
        reading(KEY, tmp_path)


def test_what_may_not_be_read_is_told(tmp_path: Path, reading: Reading, unusable: Unusable) -> None:
    root = tmp_path / "root"
    root.mkdir()
    lay_out(root, row(), whole=False)
    problem = unusable(root / "observers.csv", OBSERVERS)
    (bee,), problems = reading(KEY, root)
    assert (bee.author, problems) == (None, [f"observers.csv: {problem}"])


def test_records_are_old_when_any_of_the_files_changes(tmp_path: Path, sheet: Datasheet) -> None:
    source = open_dataset(KEY, lay_out(tmp_path, row()), sheet)
    assert source is not None
    assert [name for name, _, _ in source.sources()] == ["observations.csv", "observers.csv", "photos.csv", "taxa.csv"]


def test_images_come_from_the_makers_bucket_alone(tmp_path: Path, reading: Reading, sheet: Datasheet) -> None:
    (bee,), _ = reading(KEY, lay_out(tmp_path, row()))
    assert bee.locator.split("/")[2] in sheet.hosts
    assert [file.file for file in sheet.metadata] == ["photos.csv.gz", "observers.csv.gz", "observations.csv.gz", "taxa.csv.gz"]
