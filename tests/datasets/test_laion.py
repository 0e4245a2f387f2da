from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets import NotThisFormat, datasheets, laion, open_dataset
from imagestolive.datasets.addresses import address_id
from imagestolive.policy import Policy
from imagestolive.screening import by_record

from .conftest import Reading, Unusable

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

KEY = "relaion-research-safe"
SAFE = "relaion2B-en-research-safe"
URL = "http://example.org/cat.jpg"
Columns = dict[str, Sequence[Any]]
PLAIN: Columns = {"URL": [URL], "TEXT": ["a cat"], "NSFW": ["UNLIKELY"], "punsafe": [0.01]}


def write(path: Path, columns: Columns) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table(columns), path)
    return path.parent


def test_a_row_of_2022_comes_with_what_it_says(tmp_path: Path, reading: Reading) -> None:
    columns = PLAIN | {"SAMPLE_ID": [-7], "WIDTH": [640.0], "HEIGHT": [480], "LICENSE": ["?"], "similarity": [0.3], "pwatermark": [0.9]}
    (cat,), problems = reading(KEY, write(tmp_path / SAFE / "part-00000.parquet", columns))
    assert problems == []
    assert (cat.image_id, cat.locator, cat.source_url) == ("-7", "https://example.org/cat.jpg", URL)
    assert (cat.captions, cat.width_px, cat.height_px) == (("a cat",), 640, 480)
    assert (cat.title, cat.author, cat.landing_url, cat.license_raw, cat.license) == (None,) * 5
    assert (cat.flags, cat.people) == (frozenset(), "unknown")


def test_a_row_in_small_letters_and_without_nsfw_is_judged_by_punsafe(tmp_path: Path, reading: Reading) -> None:
    columns = {"url": [URL] * 2, "caption": ["a cat"] * 2, "punsafe": [0.09, 0.1], "hash": [1, 2], "md5": ["A" * 32, "?"]}
    records, _ = reading(KEY, write(tmp_path / SAFE / "a.parquet", columns))
    assert [(record.image_id, record.captions[0], record.flags, record.md5) for record in records] == [
        ("1", "a cat", frozenset(), "a" * 32),
        ("2", "a cat", {"unsafe"}, None),
    ]


@pytest.mark.parametrize(
    ("nsfw", "punsafe", "flags"),
    [
        ("UNLIKELY", 0.0, set()),
        ("UNSURE", 0.0, {"nsfw"}),
        ("NSFW", 0.0, {"nsfw"}),
        ("unlikely", 0.0, {"nsfw"}),
        (None, 0.0, {"nsfw"}),
        ("UNLIKELY", None, {"unsafe"}),
        ("UNLIKELY", 0.1, {"unsafe"}),
        ("UNLIKELY", -1.0, {"unsafe"}),
        ("UNLIKELY", math.nan, {"unsafe"}),
        ("NSFW", 0.9, {"nsfw", "unsafe"}),
    ],
)
def test_only_what_both_programs_took_for_harmless_is_not_held_back(
    tmp_path: Path, reading: Reading, nsfw: str | None, punsafe: float | None, flags: set[str]
) -> None:
    columns = {
        "URL": [URL],
        "NSFW": pyarrow.array([nsfw], pyarrow.string()),
        "punsafe": pyarrow.array([punsafe], pyarrow.float32()),
        "LICENSE": ["https://creativecommons.org/licenses/by/2.0/"],
    }
    (image,), problems = reading(KEY, write(tmp_path / SAFE / "a.parquet", columns))
    assert (image.flags, problems) == (flags, [])
    assert by_record(image, Policy()).reason == ("flagged" if flags else None)
    assert by_record(image, Policy(allow_unlicensed=True)).reason == ("flagged" if flags else None)


def test_without_the_operators_word_none_is_drawn(tmp_path: Path, reading: Reading) -> None:
    (image,), _ = reading(KEY, write(tmp_path / SAFE / "a.parquet", PLAIN))
    terms = {KEY: datasheets()[KEY].terms_allow}
    assert by_record(image, Policy(terms_allow=terms)).reason == "no license"
    assert by_record(image, Policy(terms_allow=terms, allow_unlicensed=True)).allowed


@pytest.mark.parametrize(
    ("cell", "raw", "license_id"),
    [
        ("?", None, None),
        ("", None, None),
        (None, None, None),
        ("https://creativecommons.org/licenses/by-nc/4.0/", "https://creativecommons.org/licenses/by-nc/4.0/", "by-nc-4.0"),
        ("http://creativecommons.org/licenses/by/2.0", "http://creativecommons.org/licenses/by/2.0", "by-2.0"),
        ("https://creativecommons.example/licenses/by/2.0/", "https://creativecommons.example/licenses/by/2.0/", None),
        ("CC BY 2.0", "CC BY 2.0", None),
        ("All rights reserved", "All rights reserved", None),
    ],
)
def test_a_license_is_only_what_is_recorded_as_the_address_of_one(
    tmp_path: Path, reading: Reading, cell: str | None, raw: str | None, license_id: str | None
) -> None:
    (image,), _ = reading(KEY, write(tmp_path / SAFE / "a.parquet", PLAIN | {"LICENSE": pyarrow.array([cell], pyarrow.string())}))
    assert (image.license_raw, image.license) == (raw, license_id)


@pytest.mark.parametrize("ids", [{}, {"SAMPLE_ID": [7.0]}, {"hash": [None]}])
def test_an_image_without_an_id_has_one_made_of_its_address(tmp_path: Path, reading: Reading, ids: Columns) -> None:
    (image,), _ = reading(KEY, write(tmp_path / SAFE / "a.parquet", PLAIN | ids))
    assert image.image_id == address_id(URL)


@pytest.mark.parametrize("side", [0, -1, 0.5, math.inf, math.nan, 10**9, None, True, "640"])
def test_a_width_that_can_be_none_is_none(side: object) -> None:
    assert laion.side_px(side) is None


# ---- what is refused ----------------------------------------------------------------------------------------------------

OLD = "part-00000-5114fd87-297e-42b0-9d11-50f1df323dfa-c000.snappy.parquet"


@pytest.mark.parametrize(
    "path",
    [
        "laion2B-en/part-00000.parquet",
        "laion400m-meta/part-00000.parquet",
        "metadata/part-00000.parquet",
        "relaion2B-en-research/part-00000.parquet",
        "research-safe/part-00000.parquet",
        f"{SAFE}/{OLD}",
        f"{SAFE}/laion2B-en/part-00000.parquet",
        f"{SAFE}/laion400m.parquet",
    ],
)
def test_what_does_not_show_that_it_is_of_a_cleaned_release_is_refused(tmp_path: Path, reading: Reading, path: str) -> None:
    write(tmp_path / path, PLAIN)
    with pytest.raises(laion.NotResearchSafe, match=r"before 2024 led to images of child sexual abuse.*relaion2B-en-research-safe"):
        reading(KEY, tmp_path / Path(path).parts[0])


@pytest.mark.parametrize(
    "path",
    [
        f"{SAFE}/part-00000-339dc23d-0869-4dc0-9390-b4036fcc80c2-c000.snappy.parquet",
        "relaion1b-nolang-research-safe/data/a.parquet",
        "Re-LAION2B-multi-Research_Safe/a.parquet",
        "datasets--laion--relaion2B-en-research-safe/snapshots/00/a.parquet",
        f"laion/{SAFE}/a.parquet",
        f"metadata/{SAFE}-00000.parquet",
    ],
)
def test_the_name_nearest_to_the_file_shows_that_it_is(tmp_path: Path, reading: Reading, path: str) -> None:
    write(tmp_path / path, PLAIN)
    assert len(reading(KEY, tmp_path / Path(path).parts[0])[0]) == 1


@pytest.mark.parametrize(
    ("readme", "is_read"),
    [
        (f"# {SAFE}\nCC BY 4.0", True),
        ("This is Re-LAION-5B research-safe.", True),
        ("This is Re-LAION-5B research, not relaion2B-en-research-safe.", False),
        ("LAION-5B", False),
        ("", False),
    ],
)
def test_a_readme_shows_it_where_it_names_that_release_alone(tmp_path: Path, reading: Reading, readme: str, is_read: bool) -> None:
    root = write(tmp_path / "metadata" / "a.parquet", PLAIN)
    (root / "README.md").write_text(readme)
    if is_read:
        assert len(reading(KEY, root)[0]) == 1
    else:
        with pytest.raises(laion.NotResearchSafe):
            reading(KEY, root)


def test_one_old_file_among_new_ones_refuses_the_folder_before_a_row_comes_out(tmp_path: Path) -> None:
    write(tmp_path / SAFE / "a.parquet", PLAIN)
    write(tmp_path / SAFE / "z" / OLD, PLAIN)
    source = open_dataset(KEY, tmp_path / SAFE, datasheets()[KEY])
    assert source is not None
    with pytest.raises(laion.NotResearchSafe):
        next(source.records(laion.Problems()))


def test_a_list_that_nobody_judged_is_refused(tmp_path: Path, reading: Reading) -> None:
    root = write(tmp_path / SAFE / "a.parquet", {"URL": [URL], "TEXT": ["a cat"], "pwatermark": [0.1]})
    with pytest.raises(laion.WithoutMarks, match=r"^a\.parquet is refused: it has neither a column NSFW nor a column punsafe"):
        reading(KEY, root)


@pytest.mark.parametrize("columns", [{}, {"image": [b""], "NSFW": ["UNLIKELY"]}])
def test_another_kind_of_folder_says_what_was_expected(tmp_path: Path, reading: Reading, columns: Columns) -> None:
    root = tmp_path / SAFE
    root.mkdir()
    if columns:
        write(root / "a.parquet", columns)
    with pytest.raises(NotThisFormat, match="Expected: relaion…-research-safe"):
        reading(KEY, root)


def test_addresses_that_are_none_are_told_with_their_row(tmp_path: Path, reading: Reading) -> None:
    columns = {"URL": ["data:image/png,", URL, None], "NSFW": ["UNLIKELY"] * 3}
    records, problems = reading(KEY, write(tmp_path / SAFE / "a.parquet", columns))
    assert [record.source_url for record in records] == [URL]
    assert problems == [
        f"a.parquet, row {row}: “{url}” is no web address and is left out." for row, url in ((1, "data:image/png,"), (3, "None"))
    ]


def test_files_outside_the_folder_and_pipes_are_told_and_not_read(tmp_path: Path, unusable: Unusable, reading: Reading) -> None:
    root = write(tmp_path / SAFE / "a.parquet", PLAIN)
    problem = unusable(root / "b.parquet", (root / "a.parquet").read_bytes())
    records, problems = reading(KEY, root)
    assert (len(records), problems) == (1, [f"b.parquet: {problem}"])


@given(
    nsfw=st.one_of(st.none(), st.text(), st.sampled_from(["UNLIKELY", "UNSURE", "NSFW"]), st.integers()),
    punsafe=st.one_of(st.none(), st.floats(), st.integers(), st.booleans(), st.text()),
)
def test_no_value_of_whatever_kind_passes_but_the_harmless_ones(nsfw: object, punsafe: object) -> None:
    values = {"nsfw": nsfw, "punsafe": punsafe}
    harmless = nsfw == "UNLIKELY" and type(punsafe) in (int, float) and 0 <= punsafe < 0.1  # type: ignore[operator]
    assert (not laion.marks(values, values.keys())) is harmless
    assert laion.marks({}, ()) == {"nsfw", "unsafe"}


def test_a_rebuild_depends_on_the_lists_and_on_what_the_readme_says(tmp_path: Path) -> None:
    root = write(tmp_path / SAFE / "a.parquet", PLAIN)
    (root / "README.md").write_text(SAFE)
    source = open_dataset(KEY, root, datasheets()[KEY])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == ["README.md", "a.parquet"]


@pytest.mark.samples
def test_a_list_of_which_nobody_knows_where_it_came_from_is_refused(samples: Path, reading: Reading) -> None:
    with pytest.raises(laion.NotResearchSafe, match=r"test_1000_cut\.parquet is refused: nothing shows that it is of Re-LAION"):
        reading(KEY, samples / "laion-style-url-list")


@pytest.mark.samples
def test_the_same_list_under_a_better_name_is_refused_for_want_of_marks(samples: Path, tmp_path: Path, reading: Reading) -> None:
    root = tmp_path / SAFE
    root.mkdir()
    shutil.copyfile(samples / "laion-style-url-list" / "test_1000_cut.parquet", root / "a.parquet")
    with pytest.raises(laion.WithoutMarks):
        reading(KEY, root)
