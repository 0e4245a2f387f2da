from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestolive.datasets import NotThisFormat, Problems, datasheets, img2dataset, laion, open_dataset
from imagestolive.datasets.locators import place
from imagestolive.fetch import Fetcher
from imagestolive.records import FLAGS

from .conftest import Reading

KEY = "img2dataset"
SAFE = "relaion2B-en-research-safe"
URL = "https://example.org/cat.jpg"
# As the program writes it, key by key.
CAT: dict[str, Any] = {
    "caption": "a cat",
    "url": URL,
    "key": "000000000",
    "status": "success",
    "error_message": None,
    "width": 256,
    "height": 192,
    "original_width": 640,
    "original_height": 480,
    "exif": '{"GPS GPSLatitude": "[23, 33, 1]"}',
    "sha256": "0" * 64,
}
OF_LAION = {"NSFW": "UNLIKELY", "punsafe": 0.01, "similarity": 0.3, "LICENSE": "?"}


def sample(said: object = CAT, **other: bytes) -> dict[str, bytes]:
    """Ending -> content, in the order of the program's tars. `other` takes the place of what would be there; nothing takes it away."""
    files = {"jpg": b"image", "json": json.dumps(said, indent=4).encode(), "txt": b"a cat"} | other
    return {ending: content for ending, content in sorted(files.items()) if content}


def write_tar(path: Path, *samples: dict[str, bytes], mode: str = "w") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for n, files in enumerate(samples):
            for ending, content in files.items():
                info = tarfile.TarInfo(f"{path.name.partition('.')[0]}{n:04d}.{ending}")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return path.parent


def write_files(folder: Path, *samples: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for n, files in enumerate(samples):
        for ending, content in files.items():
            (folder / f"{folder.name}{n:04d}.{ending}").write_bytes(content)
    return folder.parent


def test_both_forms_give_the_same_records_but_for_where_their_bytes_are(tmp_path: Path, reading: Reading) -> None:
    samples = [sample(), sample(CAT | {"caption": "an oak", "url": "http://example.org/oak.jpg"}, jpg=b"", png=b"other image")]
    tars, loose = write_tar(tmp_path / "tars" / "00001.tar", *samples), write_files(tmp_path / "loose" / "00001", *samples)
    for root in (tars, loose):
        (root / "00001_stats.json").write_text('{"count": 3}')
        (root / "00001.parquet").write_bytes(b"not needed")
        records, problems = reading(KEY, root)
        assert problems == []
        assert [(record.image_id, record.captions, record.source_url, record.width_px, record.height_px) for record in records] == [
            ("000010000", ("a cat",), URL, 256, 192),
            ("000010001", ("an oak",), "http://example.org/oak.jpg", 256, 192),
        ]
        fetcher = Fetcher({KEY: root})
        assert [fetcher.fetch(record).data for record in records] == [b"image", b"other image"]
        assert place(records[0].locator).file == ("00001.tar" if root == tars else "00001/000010000.jpg")


def test_nothing_is_known_but_what_the_list_said_and_exif_is_not_kept(tmp_path: Path, reading: Reading) -> None:
    (cat,), _ = reading(KEY, write_tar(tmp_path / "00000.tar", sample()))
    assert (cat.author, cat.title, cat.landing_url, cat.license, cat.license_raw) == (None,) * 5
    assert (cat.flags, cat.people, cat.labels) == (frozenset(), "unknown", ())
    assert "GPS" not in repr(cat)


def test_a_packed_tar_and_folders_around_the_shards_will_do(tmp_path: Path, reading: Reading) -> None:
    write_tar(tmp_path / "a" / "00000.tar.gz", sample(), sample(CAT | {"caption": None}), mode="w:gz")
    write_files(tmp_path / "b" / "00000", sample())
    records, problems = reading(KEY, tmp_path)
    assert [(record.image_id, record.captions) for record in records] == [
        ("a/000000000", ("a cat",)),
        ("a/000000001", ()),
        ("b/000000000", ("a cat",)),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("said", "text", "captions"),
    [
        ({"caption": None}, b"from the text", ("from the text",)),
        ({"caption": " "}, b"", ()),
        ({"caption": None, "TEXT": "from the list"}, b"from the text", ("from the list",)),
        ({"caption": 7}, b"\xff\0", ("�",)),
    ],
)
def test_a_caption_is_the_lists_or_the_texts(
    tmp_path: Path, reading: Reading, said: dict[str, object], text: bytes, captions: tuple[str, ...]
) -> None:
    (cat,), _ = reading(KEY, write_tar(tmp_path / "00000.tar", sample(CAT | said, txt=text)))
    assert cat.captions == captions


@pytest.mark.parametrize(
    ("said", "md5"),
    [
        ({"width": None, "height": None, "md5": "a" * 32}, "a" * 32),  # --disable_all_reencoding
        ({"md5": "a" * 32}, None),  # of the original, and this is another file
        ({"width": None, "height": None, "md5": "?"}, None),
    ],
)
def test_a_sum_is_kept_only_where_the_file_is_the_original(
    tmp_path: Path, reading: Reading, said: dict[str, object], md5: str | None
) -> None:
    (cat,), _ = reading(KEY, write_tar(tmp_path / "00000.tar", sample(CAT | said)))
    assert cat.md5 == md5


def test_the_size_is_that_of_the_stored_file_and_not_the_lists(tmp_path: Path, reading: Reading) -> None:
    (cat,), _ = reading(KEY, write_tar(tmp_path / "00000.tar", sample(CAT | {"WIDTH": 640, "HEIGHT": 480})))
    assert (cat.width_px, cat.height_px) == (256, 192)


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", 7])
def test_what_is_no_address_is_none(tmp_path: Path, reading: Reading, url: object) -> None:
    (cat,), _ = reading(KEY, write_tar(tmp_path / "00000.tar", sample(CAT | {"url": url})))
    assert (cat.source_url, cat.image_id) == (None, "000000000")


def test_images_without_their_json_and_broken_ones_are_told_and_left_out(tmp_path: Path, reading: Reading) -> None:
    broken = [sample(json=content) for content in (b"", b"{", b"[]", b"[" * 100_000, b"\xff")]
    root = write_tar(tmp_path / "00000.tar", *broken, sample(jpg=b""), sample())
    records, problems = reading(KEY, root)
    assert [record.image_id for record in records] == ["000000006"]
    assert [problem.partition(":")[0] for problem in problems] == [
        *(f"00000.tar/00000000{n}.json" for n in range(1, 5)),
        *["00000.tar"] * 2,
    ]
    assert problems[-2:] == ["00000.tar: Images of which it says nothing: 1", "00000.tar: Rows whose file is not here: 1"]


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, reading: Reading) -> None:
    write_files(tmp_path / "cats", sample())
    with pytest.raises(NotThisFormat, match=r"Expected: 00000\.tar.*Found: cats\."):
        reading(KEY, tmp_path)


# ---- LAION ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ({}, set()),
        ({"NSFW": "UNSURE"}, {"nsfw"}),
        ({"NSFW": None}, {"nsfw"}),
        ({"punsafe": 0.1}, {"unsafe"}),
        ({"punsafe": float("nan")}, {"unsafe"}),
    ],
)
def test_images_of_relaion_carry_its_flags(tmp_path: Path, reading: Reading, said: dict[str, object], flags: set[str]) -> None:
    (cat,), problems = reading(KEY, write_tar(tmp_path / SAFE / "00000.tar", sample(CAT | OF_LAION | said)))
    assert (cat.flags, cat.license_raw, problems) == (flags, None, [])


@pytest.mark.parametrize("folder", ["images", "laion400m-data", "relaion2B-en-research"])
@pytest.mark.parametrize("said", [OF_LAION, {"nsfw": "UNLIKELY"}, {"punsafe": 0.0}, {"similarity": 0.3, "LICENSE": "?"}])
def test_images_of_lists_that_are_not_known_to_be_cleaned_are_refused(
    tmp_path: Path, reading: Reading, folder: str, said: dict[str, object]
) -> None:
    with pytest.raises(laion.NotResearchSafe, match=rf"{folder}/00000\.tar is refused"):
        reading(KEY, write_tar(tmp_path / folder / "00000.tar", sample(CAT | said)))


def test_a_name_of_laions_is_enough_to_refuse_images_whose_marks_were_not_kept(tmp_path: Path, reading: Reading) -> None:
    with pytest.raises(laion.NotResearchSafe):
        reading(KEY, write_tar(tmp_path / "laion400m-data" / "00000.tar", sample()))
    with pytest.raises(laion.WithoutMarks, match=r"^00000\.tar is refused: it has neither"):
        reading(KEY, write_tar(tmp_path / SAFE / "00000.tar", sample()))


def test_a_license_is_taken_over_where_the_list_gave_its_address(tmp_path: Path, reading: Reading) -> None:
    (cat,), _ = reading(KEY, write_tar(tmp_path / "00000.tar", sample(CAT | {"License": "https://creativecommons.org/licenses/by/2.0/"})))
    assert cat.license == "by-2.0"


@given(said=st.dictionaries(st.sampled_from([*CAT, *OF_LAION, "md5", "text"]), st.one_of(st.none(), st.text(), st.floats(), st.integers())))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_json_says_the_image_comes_out(tmp_path: Path, said: dict[str, object]) -> None:
    root = write_tar(tmp_path / SAFE / "00000.tar", sample({"NSFW": "UNSURE"} | said))
    problems = Problems()
    (image,) = img2dataset.read(root, datasheets()[KEY], problems)
    assert image.flags <= set(FLAGS)
    assert ("nsfw" in image.flags) is (said.get("NSFW", "UNSURE") != "UNLIKELY")
    assert problems.count == 0


def test_a_rebuild_depends_on_folders_tars_and_the_readme(tmp_path: Path) -> None:
    write_tar(tmp_path / "00000.tar", sample())
    write_files(tmp_path / "00001", sample())
    (tmp_path / "README.md").write_text("cats")
    source = open_dataset(KEY, tmp_path, datasheets()[KEY])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [".", "00000.tar", "00001", "README.md"]
