from __future__ import annotations

import pytest

from imagestolive.datasets import flickr

PHOTOS = [
    ("https://live.staticflickr.com/65535/53248015596_c03f8123cf_o_d.jpg", "53248015596"),
    ("http://farm9.staticflickr.com/8186/8119368305_4e622c8349_z.jpg", "8119368305"),
    ("http://farm4.static.flickr.com/3175/2737866473_7958dc8760.jpg", "2737866473"),
    ("http://static.flickr.com/63/155697786_0125559b4e.jpg", "155697786"),
    ("https://c2.staticflickr.com/2/1433/946782888_84c5811a41_o.jpg", "946782888"),
    ("https://c3.staticflickr.com/1/28/40822753_105bf3f247_z.jpg?zz=1", "40822753"),
    ("http://photos1.flickr.com/23456789_f2b3c4d5e6_o.jpg", "23456789"),
    ("https://live.staticflickr.com/video/52868534222/346a41e5a9/1080p.mp4", "52868534222"),
    ("https://www.flickr.com/photos/sneakerdog/946782888", "946782888"),
    ("https://www.flickr.com/photos/74881150@N00/8644566109/in/photostream/", "8644566109"),
    ("http://flickr.com/photo/someone/31337", "31337"),
    ("https://flic.kr/p/r9qvLn", "16504233985"),
]
NO_PHOTOS = [
    None,
    "",
    "not an address",
    "http://[",
    "https://www.flickr.com/photos/sneakerdog/",
    "https://www.flickr.com/people/sneakerdog/",
    "https://www.flickr.com/photos/sneakerdog/sets/72157594",
    "https://flic.kr/p/0OIl",
    "https://flic.kr/p/" + "z" * 50,
    "https://live.staticflickr.com/65535/",
    "https://live.staticflickr.com/65535/١٢٣_c03f8123cf.jpg",
    "https://live.staticflickr.com.evil.example/65535/53248015596_c03f8123cf.jpg",
    "ftp://live.staticflickr.com/65535/53248015596_c03f8123cf.jpg",
    "https://example.org/photos/someone/31337",
]


@pytest.mark.parametrize(("url", "photo"), PHOTOS)
def test_the_photo_id_is_found_in_every_form_of_address(url: str, photo: str) -> None:
    assert flickr.photo_id(url) == photo


@pytest.mark.parametrize("url", NO_PHOTOS)
def test_what_is_no_photo_has_no_photo_id(url: str | None) -> None:
    assert flickr.photo_id(url) is None


@pytest.mark.parametrize(
    ("url", "nsid"),
    [
        ("https://www.flickr.com/people/74881150@N00/", "74881150@N00"),
        ("https://www.flickr.com/people/74881150%40N00/", "74881150@N00"),
        ("https://www.flickr.com/photos/12345@n02/31337", "12345@N02"),
        ("https://www.flickr.com/people/sneakerdog/", None),
        ("https://www.flickr.com/people/1234@N00/", None),  # four digits are too few
        ("https://www.flickr.com/people/123456789012@N00/", None),
        ("https://example.org/people/74881150@N00/", None),
        ("https://www.flickr.com/", None),
        (None, None),
    ],
)
def test_a_persons_id_is_taken_only_where_it_is_one(url: str | None, nsid: str | None) -> None:
    assert flickr.nsid(url) == nsid


def test_a_page_for_a_photo_of_which_only_the_id_is_known() -> None:
    assert flickr.page("8119368305") == "https://www.flickr.com/photo.gne?id=8119368305"
