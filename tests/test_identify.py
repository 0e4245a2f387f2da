from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.care import author_key, keys, url_key
from imagestolive.errors import ImagesToLiveError
from imagestolive.identify import (
    MOST_CHARACTERS,
    Identity,
    ListsOthers,
    NamesNothing,
    NothingTyped,
    TypedTooLong,
    TypedUnreadable,
    identify,
    spellings,
)
from imagestolive.records import ImageRecord

NSID = "74881150@N00"
ONE = "946782888"
SPELLINGS = [
    # a photograph, by its page
    ("https://www.flickr.com/photos/ana/946782888", "photo", ONE),
    ("https://www.flickr.com/photos/ana/946782888/", "photo", ONE),
    ("http://flickr.com/photos/ana/946782888", "photo", ONE),
    ("HTTPS://WWW.FLICKR.COM/photos/ana/946782888", "photo", ONE),
    ("https://m.flickr.com/photos/ana/946782888", "photo", ONE),
    ("m.flickr.com/#/photos/ana/946782888/", "photo", ONE),
    ("https://www.flickr.com/photos/74881150@N00/946782888/in/photostream", "photo", ONE),
    ("https://www.flickr.com/photos/74881150%40N00/946782888/sizes/o/", "photo", ONE),
    ("flickr.com/photos/ana/946782888/in/album-72157600000000000/lightbox", "photo", ONE),
    ("https://www.flickr.com/photos/ana/946782888?rb=1#comments", "photo", ONE),
    ("https://www.flickr.com/photo.gne?id=946782888", "photo", ONE),
    ("//www.flickr.com/photos/ana/946782888", "photo", ONE),
    ("  <https://www.flickr.com/photos/ana/946782888>  ", "photo", ONE),
    # by its file
    ("https://live.staticflickr.com/1433/946782888_84c5811a41_o.jpg", "photo", ONE),
    ("http://farm2.static.flickr.com/1433/946782888_84c5811a41.jpg", "photo", ONE),
    ("https://farm2.staticflickr.com/1433/946782888_84c5811a41_z.jpg?zz=1", "photo", ONE),
    ("https://c2.staticflickr.com/2/1433/946782888_84c5811a41_o.jpg", "photo", ONE),
    ("http://static.flickr.com/1433/946782888_84c5811a41.jpg", "photo", ONE),
    ("http://photos23.flickr.com/946782888_84c5811a41.jpg", "photo", ONE),
    ("https://embedr.flickr.com/photos/946782888", "photo", ONE),
    # by its short address, and its number
    ("https://flic.kr/p/2p4QbKN", "photo", "53208249252"),
    ("flic.kr/p/2p4QbKN", "photo", "53208249252"),
    ("https://www.flickr.com/photo.gne?short=2p4QbKN", "photo", "53208249252"),
    (" 946782888\n", "photo", ONE),
    # an account
    ("74881150@N00", "author", NSID),
    ("74881150%40N00", "author", NSID),
    ("74881150@n00", "author", NSID),
    ("https://www.flickr.com/people/74881150@N00/", "author", NSID),
    ("https://www.flickr.com/photos/74881150%40N00", "author", NSID),
    ("https://www.flickr.com/photos/Ana-Souza/", "author", "ana-souza"),
    ("m.flickr.com/people/Ana-Souza", "author", "ana-souza"),
    ("Ana-Souza", "author", "ana-souza"),
    ("@ana", "author", "ana"),
    ("Ana Lima", "author", "ana lima"),
    ("Zoe\u0308 🌳", "author", "zoë 🌳"),
    # a makers' id
    ("0006400c1c224e19", "image", "0006400c1c224e19"),
    ("n02085620_10074", "image", "n02085620_10074"),
    ("000000217285", "image", "000000217285"),
    ("COCO_train2014_000000217285", "image", "COCO_train2014_000000217285"),
    ("train/0006400c1c224e19.jpg", "image", "train/0006400c1c224e19.jpg"),
    ("000.JPG", "image", "000.JPG"),
    # any other address
    ("http://www.Example.org:80/a%20b.jpg?n=1#x", "url", "example.org/a b.jpg?n=1"),
    ("example.org/photos/ana/946782888", "url", "example.org/photos/ana/946782888"),
    ("https://upload.wikimedia.org/wikipedia/commons/a/a9/Example.jpg", "url", "upload.wikimedia.org/wikipedia/commons/a/a9/Example.jpg"),
    ("https://notflickr.com/photos/ana/946782888", "url", "notflickr.com/photos/ana/946782888"),
    ("https://www.flickr.com.evil.example/photos/ana/946782888", "url", "flickr.com.evil.example/photos/ana/946782888"),
    ("https://example.org/?from=flickr.com/photos/ana/1", "url", "example.org?from=flickr.com/photos/ana/1"),
]


@pytest.mark.parametrize(("typed", "kind", "value"), SPELLINGS)
def test_one_thing_is_recognised_however_it_is_written(typed: str, kind: str, value: str) -> None:
    found = identify(typed)
    assert (found.kind, found.value) == (kind, value)


def test_a_bare_word_or_number_may_be_a_makers_id_too() -> None:
    assert [(one.kind, one.value) for one in identify("946782888").readings()] == [("photo", ONE), ("image", ONE)]
    assert [(one.kind, one.value) for one in identify("Ana").readings()] == [("author", "ana"), ("image", "Ana")]
    assert [(one.kind, one.value) for one in identify("ABCDEF0123456789").readings()] == [
        ("image", "ABCDEF0123456789"),
        ("author", "abcdef0123456789"),
    ]
    assert [one.kind for one in identify("https://flic.kr/p/2p4QbKN").readings()] == ["photo"]


@pytest.mark.parametrize(
    "typed",
    [
        "#birthday",
        " #birthday",
        "＃birthday",
        "tag:birthday",
        "https://www.flickr.com/photos/tags/birthday",
        "https://www.flickr.com/photos/tags/birthday/",
        "https://www.flickr.com/search/?q=birthday",
        "https://www.flickr.com/photos/ana/tags/birthday",
        "https://www.flickr.com/photos/ana/albums/72157600000000000",
        "https://www.flickr.com/photos/ana/sets/72157600000000000/",
        "https://www.flickr.com/photos/ana/favorites",
        "https://www.flickr.com/groups/1234@N00/pool/",
        "flickr.com/explore",
    ],
)
def test_what_lists_other_peoples_photographs_is_not_looked_for(typed: str) -> None:
    with pytest.raises(ListsOthers, match="We do not look for tags"):
        identify(typed)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", NothingTyped),
        (" \t\n", NothingTyped),
        ("<>", NothingTyped),
        ("//", NothingTyped),
        ("x" * (MOST_CHARACTERS + 1), TypedTooLong),
        ("ana\nbia", TypedUnreadable),
        ("ana\x00", TypedUnreadable),
        ("ana\ud800", TypedUnreadable),
        ("https://[", TypedUnreadable),
        ("https://www.flickr.com/help/", NamesNothing),
        ("https://www.flickr.com/", NamesNothing),
    ],
)
def test_what_names_nothing_is_a_sentence(typed: str, error: type[ImagesToLiveError]) -> None:
    with pytest.raises(error):
        identify(typed)


@given(st.text(max_size=80) | st.from_regex(r"\A(https?://)?(www\.flickr\.com|example\.org)[/:@#?].{0,20}\Z"))
def test_whatever_is_typed_is_one_thing_or_a_sentence(typed: str) -> None:
    with contextlib.suppress(NothingTyped, TypedTooLong, TypedUnreadable, ListsOthers, NamesNothing):
        for reading in identify(typed).readings():
            assert all(value for question in reading.questions() for value in question.values())


RECORD = ImageRecord(dataset="oaks", image_id="oak-1", locator="oak-1.jpg")


@pytest.mark.parametrize(
    "stands",
    [
        "https://example.org/a/b.jpg",
        "http://example.org/a/b.jpg",
        "https://www.example.org/a/b.jpg",
        "https://example.org/a/b.jpg/",
    ],
)
@pytest.mark.parametrize("typed", ["https://example.org/a/b.jpg", "http://www.example.org/a/b.jpg/", "example.org/a/b.jpg"])
def test_an_address_is_looked_for_in_every_way_in_which_a_list_may_hold_it(typed: str, stands: str) -> None:
    assert stands in spellings(typed)


def test_an_address_is_looked_for_without_its_query_and_quoted_or_not() -> None:
    assert {"https://example.org/a.jpg?n=1", "https://example.org/a.jpg", "http://example.org/a.jpg"} <= {
        *spellings("example.org/a.jpg?n=1")
    }
    assert {"https://example.org/a%20b.jpg", "https://example.org/a b.jpg"} <= {*spellings("https://example.org/a%20b.jpg")}
    assert "https://example.org/a%20b.jpg" in spellings("https://example.org/a b.jpg")
    assert "https://example.org:8443/a" in spellings("https://example.org:8443/a")
    assert len(spellings("https://www.example.org/ä ö.jpg?n=1")) <= 100


@given(st.from_regex(r"\A(https?://)?(www\.)?[a-z]{1,8}\.org/[a-zA-Z0-9%/ ._-]{0,20}(\?[a-z=&]{0,8})?\Z"))
def test_every_spelling_is_that_of_the_same_address(typed: str) -> None:
    meant = {url_key(typed), url_key(typed.partition("?")[0])}
    assert {url_key(one) for one in spellings(typed)} <= meant


def test_the_key_is_the_one_by_which_what_is_blocked_is_known() -> None:
    record = replace(RECORD, source_url="https://www.Example.org/a%20b.jpg", author_id=NSID, photo_id=ONE)
    known = {*keys(record)}
    for typed in ("http://example.org/a b.jpg", "74881150%40n00", f"flickr.com/photos/x/{ONE}"):
        found = identify(typed)
        assert (found.kind, found.value) in known


def test_an_authors_name_may_be_that_of_several_accounts() -> None:
    asked = Identity(kind="author", value=author_key("ana"), typed="ana")
    assert asked.names(replace(RECORD, author="Ana"))
    assert asked.names(replace(RECORD, author="Ana Lima", author_url="https://www.flickr.com/people/ana/"))
    assert not asked.names(replace(RECORD, author="Ana Lima", author_url="https://www.flickr.com/people/ana-2/"))
