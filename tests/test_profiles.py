"""Data sets as shares: they add up, nobody is named, and a large table is looked at in the same rows on any machine."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import drawn
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive import profiles, resources
from imagestolive.about import not_known
from imagestolive.config import Config, DataSetConfig
from imagestolive.datasets import datasheets
from imagestolive.pipeline import DataSetRefused, NotConfigured, Pipeline, UnknownDataSet
from imagestolive.profiles import LOOKED_AT_MOST, MISSING, Part, Profile, Share, profile_of, rows_to_look_at
from imagestolive.records import ImageRecord, Label

EMPTY = ImageRecord(dataset="d", image_id="1", locator="1.jpg")


def profile(*records: ImageRecord, kept_back: tuple[ImageRecord, ...] = ()) -> Profile:
    return profile_of(records, of_rows=len(records), kept_back=lambda record: record in kept_back)


def several(count: int, **facts: object) -> list[ImageRecord]:
    """Records of as many images, each by an author of its own."""
    return [dataclasses.replace(EMPTY, image_id=str(n), author=f"author {n}", **facts) for n in range(count)]  # type: ignore[arg-type]


def shares(part: Part) -> dict[str, int]:
    return {share.name: share.images for share in part.named}


def words(found: Profile) -> dict[str, int]:
    return {share.name: share.images for share in found.written.words}


# ---- shares -------------------------------------------------------------------------------------------------------------

addresses = st.sampled_from(
    [None, "http://farm1.staticflickr.com/1.jpg", "https://a.b.com.br/2", "http://10.1.1.1/3", "no address", "http://[", "https://x.org"]
)
records = st.builds(
    ImageRecord,
    dataset=st.just("d"),
    image_id=st.text(max_size=3),
    locator=st.just("1.jpg"),
    author=st.none() | st.sampled_from([f"author {n}" for n in range(30)]),
    license_raw=st.none() | st.sampled_from(["", "CC BY 2.0", "cc0", "whatever you like", "CC BY-NC 4.0; CC BY 2.0"]),
    source_url=addresses,
    collected_on=st.none() | st.dates().map(lambda day: day.isoformat()),
    title=st.none() | st.text(max_size=20),
    labels=st.lists(st.builds(Label, text=st.sampled_from("abc"), by=st.none() | st.sampled_from(["x", "y"])), max_size=3).map(tuple),
    people=st.sampled_from(["none", "some", "unknown"]),
    flags=st.frozensets(st.sampled_from(["face", "person"])),
)


@given(st.lists(st.tuples(records, st.booleans()), max_size=40))
def test_each_image_stands_in_one_share_of_each_part(found: list[tuple[ImageRecord, bool]]) -> None:
    back = {id(record) for record, kept_back in found if kept_back}
    told = profile_of((record for record, _ in found), of_rows=50, kept_back=lambda record: id(record) in back)
    assert told.looked_at == len(found)
    for part in (told.licenses, told.years, told.places):
        assert sum(shares(part).values()) + part.others + part.none == len(found)
        assert len(shares(part)) == len(part.named)
    assert sum(share.images for share in told.people) == len(found)
    assert told.authors.most + told.authors.none <= len(found)
    assert [share.name for share in told.missing] == list(MISSING)
    assert all(0 < share.images <= len(found) for share in (*told.written.words, *told.written.by, *told.flags))


def test_what_is_absent_is_absent() -> None:
    told = profile(EMPTY, dataclasses.replace(EMPTY, image_id="2", license_raw="  ", author=""))
    assert (told.licenses, told.years, told.places) == (Part(named=(), none=2),) * 3
    assert (told.authors.different, told.authors.most, told.authors.none) == (0, 0, 2)
    assert told.written.kind is None
    assert told.missing == tuple(Share(name=name, images=2) for name in MISSING)


def test_a_license_that_cannot_be_read_is_not_the_same_as_none() -> None:
    told = profile(EMPTY, dataclasses.replace(EMPTY, license_raw="see the leaflet"), dataclasses.replace(EMPTY, license_raw="CC-BY 2.0"))
    assert shares(told.licenses) == {"by-2.0": 1, "unknown": 1}
    assert told.licenses.none == 1


def test_the_license_of_the_data_set_is_not_that_of_an_image() -> None:
    assert profile(dataclasses.replace(EMPTY, dataset_license="CC BY 4.0")).licenses == Part(named=(), none=1)


def test_the_ten_with_most_images_are_counted_together_and_not_named() -> None:
    many = [record for n in range(12) for record in [dataclasses.replace(EMPTY, author=f"author {n}")] * (n + 1)]
    told = profile(*many, EMPTY)
    assert (told.authors.different, told.authors.most, told.authors.none) == (12, sum(range(3, 13)), 1)
    assert "author 1" not in repr(told)


def test_years_stand_in_their_order() -> None:
    days = ["2013-11-14", "2004-01-01", "2013-01-01", "2009-05-05"]
    told = profile(*(dataclasses.replace(EMPTY, collected_on=day) for day in days), EMPTY)
    assert told.years == Part(named=tuple(Share(name=year, images=n) for year, n in (("2004", 1), ("2009", 1), ("2013", 2))), none=1)


def test_a_domain_is_named_only_where_many_images_come_from_it() -> None:
    often = several(30, source_url="http://farm1.staticflickr.com/8/1.jpg")
    seldom = several(2, source_url="https://ana-souza.com.br/1.jpg")
    told = profile(*often, *seldom, EMPTY)
    assert shares(told.places) == {"staticflickr.com": 30, ".br": 2}
    assert told.places.none == 1


# ---- words --------------------------------------------------------------------------------------------------------------


def test_labels_come_before_captions_and_these_before_titles() -> None:
    titled = several(3, title="Birds above the harbour")
    assert words(profile(*titled)) == {"birds": 3, "harbour": 3}
    captioned = [*titled, *several(2, captions=("A dog with a ball", "The dog"))]
    assert words(profile(*captioned)) == {"ball": 2} | words(profile(*several(2, captions=("ball",))))
    told = profile(*captioned, *several(2, labels=(Label(text="Dog", by="verification"), Label(text="Dog", by="machine"))))
    assert (told.written.kind, words(told)) == ("labels", {"Dog": 2})
    assert told.written.by == (Share(name="machine", images=2), Share(name="verification", images=2))


def test_a_word_of_one_image_or_of_one_author_is_not_told() -> None:
    one_author = [dataclasses.replace(EMPTY, image_id=str(n), author="Ana", title="Little Joana") for n in range(9)]
    told = profile(*one_author, dataclasses.replace(EMPTY, author="Rui", title="Lisboa"))
    assert (told.written.kind, told.written.words) == ("titles", ())


def test_where_no_author_is_recorded_two_images_are_enough() -> None:
    assert words(profile(*(dataclasses.replace(EMPTY, image_id=str(n), labels=(Label(text="oak"),)) for n in range(2)))) == {"oak": 2}


def test_an_image_that_is_kept_back_counts_but_gives_no_word_and_no_domain() -> None:
    shown = several(3, title="Seaside", source_url="https://many.org/1")
    withdrawn = tuple(several(12, title="Wedding", source_url="https://ana-souza.com/1", license_raw="CC BY 2.0"))
    told = profile(*shown, *withdrawn, kept_back=withdrawn)
    assert (words(told), told.written.kept_back) == ({"seaside": 3}, 12)
    assert shares(told.places) == {".com": 12, ".org": 3}
    assert shares(told.licenses) == {"by-2.0": 12}


# ---- which rows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [0, 1, LOOKED_AT_MOST])
@pytest.mark.parametrize("at_once", [1, 8192])
def test_of_a_small_table_every_row_is_looked_at(rows: int, at_once: int) -> None:
    assert list(rows_to_look_at("coco", rows, at_once=at_once)) == list(range(rows))


@pytest.mark.parametrize("at_once", [1, 100, 8192])
@pytest.mark.parametrize("rows", [LOOKED_AT_MOST + 1, 30_011, 10_000_019])
def test_of_a_large_one_as_many_different_rows_all_of_them_its_own(rows: int, at_once: int) -> None:
    found = rows_to_look_at("coco", rows, at_once=at_once)
    assert len(found) == LOOKED_AT_MOST
    assert sorted(set(found)) == list(found)
    assert 0 <= found[0] < found[-1] < rows


def test_where_rows_come_many_at_once_few_blocks_are_read() -> None:
    found = rows_to_look_at("coco", 10_000_019, at_once=8192)
    assert len({row // 8192 for row in found}) == profiles.BLOCKS
    assert found != rows_to_look_at("yfcc100m", 10_000_019, at_once=8192)


def test_the_rows_are_the_same_ones_on_any_machine() -> None:
    assert list(rows_to_look_at("coco", 100_000_000)[:3]) == [9633, 22566, 29888]
    assert list(rows_to_look_at("coco", 100_000_000, at_once=8192)[:3]) == [3571737, 3571771, 3571790]


# ---- of a data set ------------------------------------------------------------------------------------------------------


@pytest.fixture
def pipeline(tmp_path: Path, data_folder: Path) -> Pipeline:
    """Over `mine`, eight photographs of seven authors; the titles of two of them are “Wedding”."""
    root = drawn.folder(tmp_path / "mine", 8)
    text = (root / "credits.csv").read_text(encoding="utf-8").replace("Picture 3", "Wedding").replace("Picture 4", "Wedding")
    (root / "credits.csv").write_text(text, encoding="utf-8")
    (tmp_path / "flags.csv").write_text("dataset,image_id,reason\n", encoding="utf-8")
    datasets = {"mine": DataSetConfig(key="mine", root=root)}
    return Pipeline(Config(datasets=datasets, starter=False, flags=tmp_path / "flags.csv", data_folder=data_folder))


def test_a_profile_is_made_once_and_anew_when_something_is_held_back(pipeline: Pipeline, tmp_path: Path) -> None:
    first = pipeline.profile("mine")
    assert (first.looked_at, first.of_rows, words(first)) == (8, 8, {"wedding": 2})
    assert pipeline.profile("mine") is first
    with (tmp_path / "flags.csv").open("a", encoding="utf-8") as file:
        file.write("mine,003.jpg,asked to\n")
    second = pipeline.profile("mine")
    assert (second.looked_at, words(second), second.written.kept_back) == (8, {}, 1)


def test_what_is_not_open_here_has_no_profile(pipeline: Pipeline) -> None:
    with pytest.raises(UnknownDataSet):
        pipeline.profile("nobody")
    with pytest.raises(DataSetRefused):
        pipeline.profile("megaface")
    with pytest.raises(NotConfigured):
        pipeline.profile("coco")


@pytest.mark.parametrize("key", datasheets())
def test_what_nobody_knows_of_a_data_set_is_told_in_every_language(key: str) -> None:
    said = {"en": ("not known", "nobody knows"), "pt-BR": ("não se sabe", "não se conhece", "ninguém sabe")}
    found = {lang: list(not_known(datasheets()[key], resources.words(lang))) for lang in said}
    assert len(found["en"]) == len(found["pt-BR"])
    for lang, phrases in said.items():
        assert all(any(phrase in text.lower() for phrase in phrases) for _, text in found[lang])


def test_what_is_known_is_not_told_as_not_known() -> None:
    coco = list(not_known(datasheets()["coco"], resources.words("en")))
    assert [(heading, text.partition(";")[2]) for heading, text in coco] == [
        ("Who is in it", " of the others it is not known, because the outlines are not complete.")
    ]
