from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestolive.datasets import NotThisFormat, Problems, datasheets, open_dataset, tencent_ml_images
from imagestolive.records import Label

from .conftest import Reading, Unusable

Draw = Callable[[Path], Path]

DICTIONARY = """category_index\tcategory_id\tindex_of_parent_category\tcategory name
0\tn00002684\t-1\tobject, physical object
1\tn02084071\t0\tdog, domestic dog, Canis familiaris
2\tn10287213\t0\tman, adult male
3\tn99999999\t0\tnothing WordNet knows
4\tn02121620\t1\tcat, true cat
"""
URL = "https://c4.staticflickr.com/8/7239/6997334729_e5fb3938b1_o.jpg"
IMAGENET_ID = "n02084071/n02084071_8388.JPEG"
DOG, CAT = "dog, domestic dog, Canis familiaris", "cat, true cat"


def lay_out(root: Path, *, dictionary: str | None = DICTIONARY, **lists: list[str]) -> Path:
    """`data__urls=[...]` becomes data/urls.txt."""
    root.mkdir(parents=True, exist_ok=True)
    if dictionary:
        (root / "dictionary_and_semantic_hierarchy.txt").write_text(dictionary)
    for name, lines in lists.items():
        path = root / f"{name.replace('__', '/')}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))
    return root


def row(image: str, *claims: str) -> str:
    return "\t".join((image, *claims))


def test_a_photograph_of_open_images_comes_with_its_address_its_page_and_its_classes(tmp_path: Path, reading: Reading) -> None:
    (dog,), problems = reading("tencent-ml-images", lay_out(tmp_path, train_urls=[row(URL, "1:1", "4:0.9", "0:1", "2:0")]))
    assert problems == []
    assert (dog.image_id, dog.photo_id) == ("6997334729_e5fb3938b1_o", "6997334729")
    assert (dog.locator, dog.source_url) == (URL, URL)
    assert dog.landing_url is not None
    assert dog.labels == (Label(text=DOG, confidence=1.0), Label(text=CAT, confidence=0.9))
    assert (dog.flags, dog.people, dog.license, dog.author) == (frozenset(), "unknown", None, None)


@pytest.mark.parametrize("folder", ["", "images/", "data/images/", "train/"])
@pytest.mark.parametrize("name", ["7239_6997334729_e5fb3938b1_o.jpg", "6997334729_e5fb3938b1_o.jpg"])
def test_its_file_is_found_under_the_name_the_makers_program_gives_it(
    tmp_path: Path, draw: Draw, reading: Reading, folder: str, name: str
) -> None:
    draw(tmp_path / folder / name)
    records, problems = reading("tencent-ml-images", lay_out(tmp_path, train_urls=[row(URL, "1:1")], train_im_list=[row(name, "1:1")]))
    assert [(record.image_id, record.locator, record.source_url) for record in records] == [("6997334729_e5fb3938b1_o", folder + name, URL)]
    assert problems == []


def test_names_of_files_lead_to_flickr_where_they_are_flickrs(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    names = ["7239_6997334729_e5fb3938b1_o.jpg", "data/images/im_0.jpg", "cats/a b.png"]
    for name in ("images/7239_6997334729_e5fb3938b1_o.jpg", "data/images/im_0.jpg", "cats/a b.png", "1.jpg"):
        draw(tmp_path / name)
    records, problems = reading("tencent-ml-images", lay_out(tmp_path, data__image_lists__im_list=[*names, "x.jpg", row("y.jpg", "1:1")]))
    assert [(record.image_id, record.photo_id, record.locator) for record in records] == [
        ("6997334729_e5fb3938b1_o", "6997334729", "images/7239_6997334729_e5fb3938b1_o.jpg"),
        ("im_0", None, "data/images/im_0.jpg"),
        ("a b", None, "cats/a b.png"),
    ]
    assert problems == ["data/image_lists/im_list.txt: Rows whose file is not here: 2"]


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20190102_123456_1.jpg",
        "IMG_20190102_0123456789_o.jpg",
        "20190102_123456_o.jpg",
        "6997334729_e5fb3938b1_z.jpg",
        "7239_6997334729_e5fb3938b1_o.jpg.jpg",
        "a_7239_6997334729_e5fb3938b1_o.jpg",
    ],
)
def test_a_name_that_is_none_of_flickrs_leads_nowhere(tmp_path: Path, draw: Draw, reading: Reading, name: str) -> None:
    draw(tmp_path / "images" / name)
    (image,), _ = reading("tencent-ml-images", lay_out(tmp_path, im_list=[name]))
    assert (image.image_id, image.photo_id, image.landing_url) == (name[:-4], None, None)


def test_of_an_address_that_is_not_flickrs_no_file_is_looked_for(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    urls = ["https://example.org/x/im_0.jpg", "https://example.org/7239/6997334729_e5fb3938b1_o.jpg", "https://www.flickr.com/photos/a/700"]
    for name in ("im_0.jpg", "x_im_0.jpg", "6997334729_e5fb3938b1_o.jpg", "700", "a_700.jpg"):
        draw(tmp_path / "images" / f"{name}.jpg").rename(tmp_path / "images" / name)
    records, problems = reading("tencent-ml-images", lay_out(tmp_path, urls=[row(url, "1:1") for url in urls]))
    assert [(image.image_id, image.locator) for image in records] == [(url, url) for url in urls]
    assert problems == []


@pytest.mark.parametrize("other", [URL.replace("c4.", "c1."), URL.replace("c4.staticflickr.com/8", "live.staticflickr.com")])
def test_no_two_addresses_take_one_file(tmp_path: Path, draw: Draw, reading: Reading, other: str) -> None:
    name = "7239_6997334729_e5fb3938b1_z.jpg"
    draw(tmp_path / "images" / name)
    urls = [url.replace("_o.", "_z.") for url in (URL, other)]
    records, problems = reading("tencent-ml-images", lay_out(tmp_path, urls=[row(url, "1:1") for url in urls], names=[row(name, "1:1")]))
    assert [(image.source_url, image.locator) for image in records] == [(urls[0], f"images/{name}")]
    assert problems == [f"urls.txt, row 2: “images/{name}” has a row already; this one is not used."]


@pytest.mark.parametrize("listed", ["cats/1.jpg", "./cats//1.jpg", "root/cats/1.jpg"])
def test_a_file_is_first_looked_for_where_the_list_says(tmp_path: Path, draw: Draw, reading: Reading, listed: str) -> None:
    root = lay_out(tmp_path / "root", im_list=[listed, "cats/1.jpg"])
    for name in ("1.jpg", "images/1.jpg", "images/cats/1.jpg", "cats/1.jpg"):
        draw(root / name)
    (image,), problems = reading("tencent-ml-images", root)
    assert (image.locator, problems) == ("cats/1.jpg", [])


@pytest.mark.parametrize(
    ("listed", "here", "found"),
    [
        ("data/images/1.jpg", ["1.jpg"], "1.jpg"),
        ("/elsewhere/images/1.jpg", ["train/1.jpg"], "train/1.jpg"),
        ("1.jpg", ["images/1.jpg"], "images/1.jpg"),
        ("cats/1.jpg", ["train/cats/1.jpg"], "train/cats/1.jpg"),
        ("1.jpg", ["images/1.jpg", "train/1.jpg"], None),
        ("data/images/1.jpg", ["images/1.jpg", "1.jpg"], None),
        ("cats/1.jpg", ["train/cats/1.jpg", "images/cats/1.jpg"], None),
        ("cats/1.jpg", ["images/1.jpg"], None),  # the list may have dogs/1.jpg, too
        ("/elsewhere/cats/1.jpg", ["images/1.jpg"], None),
    ],
)
def test_elsewhere_it_is_found_only_where_no_other_can_be_meant(
    tmp_path: Path, draw: Draw, reading: Reading, listed: str, here: list[str], found: str | None
) -> None:
    for name in (*here, "other.jpg", "images/other.jpg", "train/other.jpg"):
        draw(tmp_path / name)
    records, _ = reading("tencent-ml-images", lay_out(tmp_path, im_list=[row(listed, "1:1")]))
    assert [image.locator for image in records] == ([found] if found else [])


@pytest.mark.parametrize(
    ("name", "flags", "people"),
    [
        ("data/images/n10148035_123.JPEG", {"person", "review"}, "some"),
        ("data/images/n10148035/123.jpg", {"person", "review"}, "some"),
        ("n10148035.jpg", {"person", "review"}, "some"),
        ("n10148035/n02084071_5.jpg", {"person", "review"}, "some"),
        ("n02084071/n10148035_5.JPEG", {"person", "review"}, "some"),
        ("n99999999_1.jpg", {"review"}, "unknown"),
        ("n02084071_5.jpg", set(), "unknown"),
        ("in10148035_5.jpg", set(), "unknown"),
    ],
)
def test_a_synset_anywhere_in_the_path_tells_whether_an_image_is_held_back(
    tmp_path: Path, draw: Draw, reading: Reading, name: str, flags: set[str], people: str
) -> None:
    draw(tmp_path / f"{name}.png").rename(tmp_path / name)
    (image,), _ = reading("tencent-ml-images", lay_out(tmp_path, im_list=[row("x.jpg", "1:1"), row(name, "1:1")]))
    assert (image.locator, image.flags, image.people) == (name, flags, people)


@pytest.mark.parametrize("name", ["data/list.txt", "dictionary_and_semantic_hierarchy.txt"])
def test_lists_and_a_dictionary_outside_the_folder_and_pipes_are_told_and_not_read(
    tmp_path: Path, unusable: Unusable, reading: Reading, name: str
) -> None:
    root = lay_out(tmp_path / "root", dictionary=None if name.startswith("dict") else DICTIONARY, urls=[row(URL, "1:1")], data__other=[])
    problem = unusable(root / name, DICTIONARY if name.startswith("dict") else row(URL.replace("69", "70"), "1:1"))
    (image,), problems = reading("tencent-ml-images", root)
    assert (image.source_url, image.flags) == (URL, {"review"} if name.startswith("dict") else frozenset())
    assert problems[0] == f"{name}: {problem}"


def test_the_folder_below_data_is_found_though_the_list_names_data_itself(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "data" / "images" / "im_0.jpg")
    lay_out(tmp_path / "data", im_list_for_classification=["data/images/im_0.jpg"])
    (image,), _ = reading("tencent-ml-images", tmp_path / "data")
    assert (image.image_id, image.locator) == ("im_0", "images/im_0.jpg")


@pytest.mark.parametrize("folder", ["", "train/", "images/"])
def test_images_of_imagenet_that_are_here_say_where_they_came_from_and_others_are_counted(
    tmp_path: Path, draw: Draw, reading: Reading, folder: str
) -> None:
    draw(tmp_path / folder / "n02084071" / "n02084071_8388.jpg").rename(tmp_path / folder / IMAGENET_ID)
    (tmp_path / "fall11_urls.txt").write_text("n02084071_8388\thttp://farm4.static.flickr.com/3175/2737866473_7958dc8760.jpg\n")
    lists = [row(IMAGENET_ID, "1:1", "0:1"), row("n02084071/n02084071_9.JPEG", "1:1")]
    (dog,), problems = reading("tencent-ml-images", lay_out(tmp_path, train_image_id_from_imagenet=lists))
    assert (dog.image_id, dog.locator, dog.photo_id) == ("n02084071_8388", folder + IMAGENET_ID, "2737866473")
    assert (dog.labels, dog.flags) == ((Label(text=DOG, confidence=1.0),), frozenset())
    assert problems == ["train_image_id_from_imagenet.txt: Rows whose file is not here: 1"]


@pytest.mark.parametrize(
    ("claims", "flags", "people"),
    [
        (["1:1", "2:0.7"], {"person", "review"}, "some"),
        (["3:1"], {"review"}, "unknown"),  # a class WordNet does not know
        (["7:1"], {"review"}, "unknown"),  # a class the dictionary does not have
        (["1:1", "2:0", "7:0"], set(), "unknown"),  # said not to be there
    ],
)
def test_an_image_with_a_class_of_people_or_an_unknown_one_is_held_back(
    tmp_path: Path, reading: Reading, claims: list[str], flags: set[str], people: str
) -> None:
    (image,), _ = reading("tencent-ml-images", lay_out(tmp_path, train_urls=[row(URL, *claims)]))
    assert (image.flags, image.people) == (flags, people)


def test_an_image_of_a_person_synset_is_held_back_whatever_its_classes(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    name = "n10287213/n10287213_1.JPEG"
    draw(tmp_path / "n10287213" / "a.jpg").rename(tmp_path / name)
    (image,), _ = reading("tencent-ml-images", lay_out(tmp_path, train_ids=[row(name, "1:1")]))
    assert (image.flags, image.people) == ({"person", "review"}, "some")


def test_without_the_dictionary_images_with_classes_are_held_back(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "im_0.jpg")
    records, problems = reading("tencent-ml-images", lay_out(tmp_path, dictionary=None, train_urls=[row(URL, "1:1")], im_list=["im_0.jpg"]))
    assert [(record.image_id, record.labels, record.flags) for record in records] == [
        ("6997334729_e5fb3938b1_o", (), {"review"}),
        ("im_0", (), frozenset()),
    ]
    assert len(problems) == 1
    assert problems[0].startswith("dictionary_and_semantic_hierarchy.txt: This file is not here.")


def test_addresses_that_are_not_flickrs_are_their_own_id(tmp_path: Path, reading: Reading) -> None:
    urls = ["http://example.org/a/1.jpg", "http://example.org/b/1.jpg"]
    records, _ = reading("tencent-ml-images", lay_out(tmp_path, urls=[row(url, "1:1") for url in urls]))
    assert [(record.image_id, record.source_url, record.photo_id) for record in records] == [(url, url, None) for url in urls]
    assert [record.locator for record in records] == ["https://example.org/a/1.jpg", "https://example.org/b/1.jpg"]


BAD_ROWS = [
    row(URL, "x:1"),
    row(URL, "1"),
    row(URL, "1:1", "", "2:1"),
    row(URL, "1:1.5"),
    row(URL, "1:1.2.3"),
    row(URL, "1:-1"),
    row(URL, "1:nan"),
    row(URL, "12345678:1"),
    row(URL, "1: 1"),
    row("https://", "1:1"),
    row("http://[", "1:1"),
    row("../secret.jpg", "1:1"),
    row("..\\secret.jpg", "1:1"),
    row("images/../../secret.jpg", "1:1"),
    "\t1:1",
]


def test_rows_that_cannot_be_right_are_told_with_their_place_and_the_rest_is_used(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "secret.jpg")
    draw(tmp_path / "root" / "images" / "secret.jpg")
    lay_out(tmp_path / "root", train_urls=[row(URL, "1:1"), *BAD_ROWS, "", row(URL.replace("_e5", "_e6"), "1:1")])
    records, problems = reading("tencent-ml-images", tmp_path / "root")
    assert [record.image_id for record in records] == ["6997334729_e5fb3938b1_o", "6997334729_e6fb3938b1_o"]
    for n, problem in enumerate(problems, start=2):
        assert problem.startswith(f"train_urls.txt, row {n}: “")
        assert problem.endswith("” cannot be right.")
    assert len(problems) == len(BAD_ROWS)


def test_letters_that_are_not_utf_8_and_rows_without_end_are_told(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, train_urls=[row(URL, "1:1")])
    with (tmp_path / "train_urls.txt").open("ab") as file:
        file.write(b"https://example.org/\xe9.jpg\t1:1\n" + b"x" * 200_000 + b"\n" + row("https://example.org/2.jpg", "1:1").encode())
    records, problems = reading("tencent-ml-images", tmp_path)
    assert [record.image_id for record in records] == ["6997334729_e5fb3938b1_o", "https://example.org/2.jpg"]
    assert [problem.partition(":")[0] for problem in problems] == ["train_urls.txt, row 2", "train_urls.txt, row 3"]


@pytest.mark.parametrize("name", ["/im_0.jpg", "//im_0.jpg", "a/../im_0.jpg", "\0im_0.jpg", "x" * 5000 + ".jpg"])
def test_a_name_that_leads_elsewhere_opens_nothing_outside(tmp_path: Path, draw: Draw, reading: Reading, name: str) -> None:
    draw(tmp_path / "im_0.jpg")
    draw(tmp_path / "root" / "images" / "im_1.jpg")
    records, _ = reading("tencent-ml-images", lay_out(tmp_path / "root", im_list=["im_1.jpg", name, f"{tmp_path}/im_0.jpg"]))
    assert [record.locator for record in records] == ["images/im_1.jpg"]


def test_rows_of_the_dictionary_that_cannot_be_right_are_told(tmp_path: Path, reading: Reading) -> None:
    broken = DICTIONARY + "x\tn02084071\t0\tno number\n5\tn02084071\t0\n"
    (dog,), problems = reading("tencent-ml-images", lay_out(tmp_path, dictionary=broken, train_urls=[row(URL, "1:1")]))
    assert dog.labels == (Label(text=DOG, confidence=1.0),)
    assert [problem.partition(":")[0] for problem in problems] == [f"dictionary_and_semantic_hierarchy.txt, row {n}" for n in (7, 8)]


def test_a_broken_first_row_does_not_hide_a_list_and_other_texts_are_passed_over(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, train_urls=["?\t?", row(URL, "1:1")], README=["See https://example.org/a.jpg for more."], links=[URL, URL])
    records, problems = reading("tencent-ml-images", tmp_path)
    assert [record.image_id for record in records] == ["6997334729_e5fb3938b1_o"]
    assert problems == ["train_urls.txt, row 1: “?%09?” cannot be right."]


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, reading: Reading) -> None:
    lay_out(tmp_path, notes=["n00004475_6590\thttp://farm4.static.flickr.com/3175/2737866473_7958dc8760.jpg"])
    with pytest.raises(NotThisFormat, match=r"Expected: .*n01234567.*Found: dictionary_and_semantic_hierarchy\.txt, notes\.txt\."):
        reading("tencent-ml-images", tmp_path)


@given(lines=st.lists(st.binary(max_size=40)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_row_it_is_taken_counted_or_told(tmp_path: Path, lines: list[bytes]) -> None:
    lines = [line.replace(b"\n", b"") for line in lines]
    content = b"\n".join([row(URL, "1:1").encode(), *lines])
    lay_out(tmp_path)
    (tmp_path / "train_urls.txt").write_bytes(content)
    problems = Problems()
    records = list(tencent_ml_images.read(tmp_path, datasheets()["tencent-ml-images"], problems))
    assert len(records) + problems.count == 1 + sum(bool(line.strip()) for line in lines)


def test_a_rebuild_depends_on_the_lists_and_on_what_images_are_there(tmp_path: Path, draw: Draw) -> None:
    draw(tmp_path / "images" / "im_0.jpg")
    source = open_dataset("tencent-ml-images", lay_out(tmp_path, im_list=["im_0.jpg"]), datasheets()["tencent-ml-images"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == [".", "dictionary_and_semantic_hierarchy.txt", "im_list.txt", "images"]


@pytest.mark.samples
def test_the_sample_is_read_as_it_is(samples: Path, reading: Reading) -> None:
    root = samples / "tencent-ml-images"
    records, _ = reading("tencent-ml-images", root)
    classes = [line.split("\t") for line in (root / "data" / "dictionary_and_semantic_hierarchy.txt").read_text().splitlines()[1:]]
    rows = [line.split("\t") for line in (root / "data" / "train_urls_tiny.txt").read_text().splitlines()]
    assert len(records) == len(rows) + 4 == 104
    for record, (url, *claims) in zip(records[:100], rows, strict=True):
        assert (record.source_url, record.locator) == (url, url)
        assert record.photo_id == url.rpartition("/")[2].split("_")[0]
        listed = [(classes[int(index)], float(confidence)) for index, confidence in (claim.split(":") for claim in claims)]
        assert record.labels == tuple(Label(text=name, confidence=number) for (_, _, parent, name), number in listed if parent != "-1")
    assert [record.locator for record in records[100:]] == [f"data/images/im_{n}.jpg" for n in range(4)]
    assert {record.people for record in records} == {"some", "unknown"}


@pytest.mark.samples
def test_the_folder_of_the_sample_that_holds_the_lists_gives_the_same_images(samples: Path, tmp_path: Path, reading: Reading) -> None:
    root = samples / "tencent-ml-images"
    shutil.copytree(root / "data", tmp_path / "lists")
    whole, inner = reading("tencent-ml-images", root)[0], reading("tencent-ml-images", tmp_path / "lists")[0]
    assert [record.image_id for record in inner] == [record.image_id for record in whole]
