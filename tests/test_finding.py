from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import drawn
import pytest
from PIL import Image

from imagestolive import finding, pipeline, tables
from imagestolive.care import Blocked, keys
from imagestolive.config import Config, DataSetConfig
from imagestolive.datasets import Problems
from imagestolive.finding import FindAnswer, Left
from imagestolive.identify import identify
from imagestolive.pipeline import LOOKED_UP_MOST, DataSetRefused, LongToSearch, NotConfigured, NotListed, Pipeline
from imagestolive.records import ImageRecord
from imagestolive.words import Words

Find = Callable[[str], FindAnswer]
COLUMNS = ("file", "title", "author", "author_url", "landing_url", "source_url", "license")
ROWS = [
    ("a.jpg", "Ana Lima", "https://www.flickr.com/people/ana/", "https://www.flickr.com/photos/ana/5000", ""),
    ("b.jpg", "Ana Lima", "https://www.flickr.com/people/ana-2/", "https://www.flickr.com/photos/ana-2/5001", ""),
    ("c.jpg", "Bia", "https://www.flickr.com/people/74881150@N00/", "https://www.flickr.com/photos/bia/5002", ""),
    ("d.jpg", "", "", "https://example.org/d", "http://www.example.org/files/d%20d.jpg"),
    ("e.jpg", "", "", "", ""),
]


def credited(root: Path, rows: Sequence[tuple[str, ...]] = ROWS) -> Path:
    """A folder of pictures, each of its own kind: an account, one of the same name, an NSID, another place, nothing."""
    root.mkdir(parents=True)
    with (root / "credits.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for n, (name, author, author_url, landing_url, source_url) in enumerate(rows):
            drawn.picture(n).save(root / name)
            out.writerow((name, f"Picture {n}", author, author_url, landing_url, source_url, "CC BY 2.0"))
    return root


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("finding")
    credited(root / "one")
    credited(
        root / "two", [("a.jpg", "Carla", "", "https://flic.kr/p/2p4QbKN", ""), ("z.jpg", "", "", "http://flickr.com/photos/x/5000/", "")]
    )
    (root / "plain").mkdir()
    Image.new("RGB", (40, 30)).save(root / "plain" / "5000.png")
    return root


@pytest.fixture(scope="module")
def here(place: Path) -> Iterator[Pipeline]:
    named = {key: DataSetConfig(key=key, root=place / key, facts={"title": key.title()}) for key in ("one", "two", "plain")}
    made = Pipeline(Config(datasets=named, starter=False, data_folder=place / "data"))
    yield made
    made.close()


@pytest.fixture
def find(here: Pipeline) -> Find:
    return lambda typed: finding.find(here, identify(typed))


def found(answer: FindAnswer) -> dict[str, list[str]]:
    return {one.sheet.key: [record.image_id for record in one.records] for one in answer.found}


@pytest.mark.parametrize(
    ("typed", "images"),
    [
        ("https://www.flickr.com/photos/ana/5000/in/photostream", {"one": ["a.jpg"], "two": ["z.jpg"]}),
        ("5000", {"one": ["a.jpg"], "two": ["z.jpg"]}),
        ("https://live.staticflickr.com/1/5002_84c5811a41.jpg", {"one": ["c.jpg"]}),
        ("53208249252", {"two": ["a.jpg"]}),
        ("ana", {"one": ["a.jpg"]}),
        ("https://www.flickr.com/photos/ANA/", {"one": ["a.jpg"]}),
        ("Ana Lima", {"one": ["a.jpg", "b.jpg"]}),
        ("ana lima", {"one": ["a.jpg", "b.jpg"]}),
        ("74881150@N00", {"one": ["c.jpg"]}),
        ("74881150%40n00", {"one": ["c.jpg"]}),
        ("bia", {"one": ["c.jpg"]}),
        ("a.jpg", {"one": ["a.jpg"], "two": ["a.jpg"]}),
        ("5000.png", {"plain": ["5000.png"]}),
        ("example.org/files/d d.jpg", {"one": ["d.jpg"]}),
        ("https://www.example.org/files/d%20d.jpg?size=large", {"one": ["d.jpg"]}),
        ("http://example.org/d/", {"one": ["d.jpg"]}),
        # near is not there
        ("500", {}),
        ("an", {}),
        ("Lima", {}),
        ("%", {}),
        ("a.jp", {}),
        ("https://example.org/", {}),
        ("https://example.org/files/", {}),
    ],
)
def test_just_what_is_named_is_found_and_nothing_that_is_near(find: Find, typed: str, images: dict[str, list[str]]) -> None:
    assert found(find(typed)) == images


def test_every_data_set_is_told_of_once(find: Find, here: Pipeline) -> None:
    for typed in ("5000", "ana", "a.jpg", "https://example.org/d", "nobody"):
        answer = find(typed)
        told = [one.sheet.key for one in answer.found] + [sheet.key for sheet in answer.without]
        told += [sheet.key for sheet, _ in answer.not_searched]
        assert sorted(told) == [info.key for info in here.data_sets() if info.key not in finding.FORMS]


def test_what_was_not_searched_is_said_with_the_reason(find: Find) -> None:
    why = {sheet.key: type(error) for sheet, error in find("nobody").not_searched}
    assert why["plain"] is NotListed
    assert why["megaface"] is DataSetRefused
    assert issubclass(why["coco"], NotConfigured)
    assert "one" not in why
    said = " ".join(finding.others(find("nobody"), Words("en")))
    assert "Searched, nothing found: One; Two." in said
    assert "Not searched, because their lists hold no names of authors: Plain." in said
    assert "Not searched, because nothing of them is here or handed out:" in said
    assert "Not searched, because their lists are not here:" in said
    assert {sheet.key for sheet in find("a.png").without} >= {"plain"}  # every list holds its own ids


def test_a_form_that_must_be_gone_through_is_searched_where_the_set_is_small_only(
    here: Pipeline, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = identify("https://example.org/?from=flickr.com/x")
    assert here.look_up("one", asked) == ([], False)
    monkeypatch.setattr(pipeline, "UNASKED_MOST_ROWS", 2)
    with pytest.raises(LongToSearch):
        here.look_up("one", asked)
    assert found(find("5000")) == {"one": ["a.jpg"], "two": ["z.jpg"]}


def test_the_answer_is_a_sentence(find: Find) -> None:
    words = Words("en")
    assert finding.heading(find("5000"), words) == "It is in 2 data sets"
    assert finding.heading(find("ana"), words) == "It is in 1 data set"
    assert finding.heading(find("500"), words).startswith("It is in none of the 2 data sets")
    (ana,) = find("Ana Lima").found
    assert finding.images(ana, words) == "2 images, listed as CC BY 2.0."
    assert finding.way_out(ana.sheet, words) == "No way out of it is known at its makers."


# ---- what is to be left out --------------------------------------------------------------------------------------------


def blocked(left: list[Left]) -> Blocked:
    def of(target: str) -> dict[str, str]:
        return {one.value: "withdrawn" for one in left if one.target == target}

    images = {(one.dataset, one.value): "withdrawn" for one in left if one.target == "image"}
    return Blocked(images=images, photos=of("photo"), authors=of("author"), urls=of("url"), version="1")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "typed",
    [
        "5000",
        "https://flic.kr/p/2p4QbKN",
        "ana",
        "Ana Lima",
        "74881150@N00",
        "bia",
        "a.jpg",
        "5000.png",
        "http://example.org/files/d d.jpg?n=1",
    ],
)
def test_whatever_is_found_can_be_left_out(find: Find, here: Pipeline, typed: str) -> None:
    answer = find(typed)
    rule = blocked(finding.left_out(answer))
    for one in answer.found:
        for record in one.records:
            assert rule.reason_of(record) == "withdrawn"
    meant = {value for one in answer.found for record in one.records for kind, value in keys(record) if kind in ("photo", "author")}
    for record in (record for key in ("one", "two", "plain") for record in all_records(here, key)):
        if rule.reason_of(record) and record.image_id not in found(answer).get(record.dataset, []):
            assert meant & {value for _, value in keys(record)}  # the same photograph, or the same account


def all_records(here: Pipeline, key: str) -> list[ImageRecord]:
    ids = {"one": "abcde", "two": "az", "plain": ""}[key]
    names = [f"{name}.jpg" for name in ids] or ["5000.png"]
    return [record for name in names for record in here.look_up(key, identify(name))[0]]


def test_of_an_image_the_photograph_goes_wherever_else_it_is_listed(find: Find) -> None:
    assert {(one.target, one.dataset, one.value) for one in finding.left_out(find("z.jpg"))} == {
        ("image", "two", "z.jpg"),
        ("photo", None, "5000"),
    }
    assert [one.target for one in finding.left_out(find("d.jpg"))] == ["image", "url"]


def test_of_an_id_that_two_makers_gave_only_the_one_that_is_meant_is_left_out(find: Find) -> None:
    assert {(one.target, one.value) for one in finding.left_out(find("a.jpg"), "two")} == {("image", "a.jpg"), ("photo", "53208249252")}


def test_an_id_that_is_a_number_or_a_name_too_is_left_out_where_it_was_found_as_one(find: Find) -> None:
    for typed in ("5000", "bia"):
        answer = find(typed)
        named = answer.found[0]
        record = ImageRecord(dataset="ids", image_id=typed, locator=typed)
        both = replace(answer, found=(named, replace(named, sheet=replace(named.sheet, key="ids"), by="image", records=(record,))))
        assert (
            {one.target for one in finding.left_out(both, "one")} == {one.target for one in finding.left_out(both)} == {answer.asked.kind}
        )
        assert [(one.target, one.dataset, one.value) for one in finding.left_out(both, "ids")] == [("image", "ids", typed)]


def test_an_account_goes_by_its_own_names_and_a_photograph_also_where_no_list_has_it(find: Find) -> None:
    assert [(one.target, one.value) for one in finding.left_out(find("Ana Lima"))] == [("author", "ana"), ("author", "ana-2")]
    assert [(one.target, one.value) for one in finding.left_out(find("bia"))] == [("author", "74881150@N00"), ("author", "bia")]
    assert [(one.target, one.value) for one in finding.left_out(find("nobody"))] == [("author", "nobody")]
    assert [(one.target, one.value) for one in finding.left_out(find("777"))] == [("photo", "777")]
    assert finding.left_out(find("n00000001_1")) == []


# ---- how long it takes -------------------------------------------------------------------------------------------------


def test_many_images_of_one_author_are_listed_up_to_a_bound(tmp_path: Path) -> None:
    root = tmp_path / "many"
    root.mkdir()
    drawn.picture(0).save(root / "0.jpg")
    made = Pipeline(Config(datasets={"many": DataSetConfig(key="many", root=root)}, starter=False, data_folder=tmp_path / "data"))
    made.data_sets()
    opened = made._opened_or_raise("many")
    many = (
        ImageRecord(dataset="many", image_id=str(n), locator=f"{n}.jpg", author_id="74881150@N00", photo_id=str(n + 1), license="by-2.0")
        for n in range(LOOKED_UP_MOST * 3)
    )
    opened.table.close()
    tables.build(opened.path, many, dataset="many", made_by="test", sources=[], problems=Problems())
    made._opened["many"] = type(opened)(**{**opened.__dict__, "table": tables.open_table(opened.path)})
    began = time.perf_counter()
    (one,) = finding.find(made, identify("74881150@N00")).found
    assert (len(one.records), one.more) == (LOOKED_UP_MOST, True)
    assert finding.images(one, Words("en")) == "More than 1,000 images, listed as CC BY 2.0."
    assert time.perf_counter() - began < 5
    assert {value for record in one.records for kind, value in keys(record) if kind == "author"} == {"74881150@N00"}
    made._opened["many"].table.close()  # type: ignore[union-attr]
    made.close()


def test_what_was_not_searched_is_named_once_and_a_form_of_the_catalogue_is_not(find: Find, place: Path) -> None:
    said = " ".join(finding.others(find("nobody"), Words("en")))
    assert said.count("Labeled Faces in the Wild") == 1  # two data sets are parts of it
    for form in ("YOLO folder", "img2dataset folder", "list in FFHQ’s form"):
        assert form not in said
    named = Config(datasets={"yolo": DataSetConfig(key="yolo", root=place / "no-such-folder")}, starter=False, data_folder=place / "data")
    configured = Pipeline(named)
    assert "A folder in YOLO form" in " ".join(finding.others(finding.find(configured, identify("nobody")), Words("en")))
    configured.close()


def test_the_folder_of_an_operator_has_no_story_of_the_catalogue(find: Find, here: Pipeline) -> None:
    (ana,) = find("Ana Lima").found
    assert finding.story(ana.sheet, Words("en")) is None
    assert (finding.story(here.data_set("coco").sheet, Words("en")) or "").startswith("To teach programs to find, outline")
