"""Addresses at Flickr in every form in which data sets and people write them."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imagestolive.datasets import flickr

PHOTOS = [
    # files
    ("https://live.staticflickr.com/65535/53248015596_c03f8123cf_o_d.jpg", "53248015596"),
    ("https://live.staticflickr.com/65535/53381630964_63d765ee92_s.jpg", "53381630964"),
    ("https://live.staticflickr.com/5159/14288803431_7cf094b085_b_d.jpg?download=1", "14288803431"),
    ("http://farm9.staticflickr.com/8186/8119368305_4e622c8349_z.jpg", "8119368305"),
    ("http://farm66.staticflickr.com/65535/48119368305_4e622c8349_3k.png", "48119368305"),
    ("http://farm4.static.flickr.com/3175/2737866473_7958dc8760.jpg", "2737866473"),
    ("http://static.flickr.com/63/155697786_0125559b4e.jpg", "155697786"),
    ("https://c2.staticflickr.com/2/1433/946782888_84c5811a41_o.jpg", "946782888"),
    ("https://c3.staticflickr.com/1/28/40822753_105bf3f247_z.jpg?zz=1", "40822753"),
    ("http://photos1.flickr.com/23456789_f2b3c4d5e6_o.jpg", "23456789"),
    ("https://live.staticflickr.com/video/52868534222/346a41e5a9/1080p.mp4", "52868534222"),
    ("//farm1.staticflickr.com/8/7088065_65c9d45e09.jpg", "7088065"),
    ("farm1.staticflickr.com/8/7088065_65c9d45e09.jpg", "7088065"),
    ("HTTPS://LIVE.STATICFLICKR.COM/65535/53248015596_c03f8123cf.JPG", "53248015596"),
    ("http://farm1.staticflickr.com:80/8/7088065_65c9d45e09.jpg", "7088065"),
    ("http://farm1.staticflickr.com//8//7088065_65c9d45e09.jpg", "7088065"),
    # pages
    ("https://www.flickr.com/photos/sneakerdog/946782888", "946782888"),
    ("http://www.flickr.com/photos/30302697@N00/7088065/", "7088065"),
    ("https://www.flickr.com/photos/74881150%40N00/8644566109", "8644566109"),
    ("https://www.flickr.com/photos/74881150@N00/8644566109/in/photostream/", "8644566109"),
    ("https://www.flickr.com/photos/ana/8644566109/in/album-72157666833379009/lightbox/", "8644566109"),
    ("https://www.flickr.com/photos/ana/8644566109/sizes/o/", "8644566109"),
    ("https://www.flickr.com/photos/ana/8644566109?rb=1", "8644566109"),
    ("https://www.flickr.com/photos/ana/8644566109#comments", "8644566109"),
    ("https://www.flickr.com/photos/joyoflife//44627174", "44627174"),
    ("https://www.flickr.com:443/photos/ana/8644566109", "8644566109"),
    ("http://flickr.com/photo/someone/31337", "31337"),
    ("flickr.com/photos/ana/8644566109", "8644566109"),
    ("//www.flickr.com/photos/ana/8644566109", "8644566109"),
    ("Http://WWW.Flickr.Com/photos/Ana/8644566109", "8644566109"),
    ("https://m.flickr.com/photos/coast_guard/32812033543/", "32812033543"),
    ("https://m.flickr.com/#/photos/coast_guard/32812033543/", "32812033543"),
    ("https://secure.flickr.com/photos/ana/8644566109/", "8644566109"),
    ("https://embedr.flickr.com/photos/4049220324", "4049220324"),
    ("https://www.flickr.com/photo.gne?id=8119368305", "8119368305"),
    ("www.flickr.com/photo.gne?id=105", "105"),
    ("https://www.flickr.com/photo_zoom.gne?size=m&id=196155401", "196155401"),
    ("https://www.flickr.com/photo_exif.gne?id=1427904898&v=1", "1427904898"),
    ("https://www.flickr.com/video_download.gne?id=52868534222", "52868534222"),
    ("https://www.flickr.com/apps/video/stewart.swf?v=1&photo_id=53262935176", "53262935176"),
    # short links
    ("https://flic.kr/p/r9qvLn", "16504233985"),
    ("http://flic.kr/p/2p4QbKN/", "53208249252"),
    ("flic.kr/p/2p4QbKN?x=1", "53208249252"),
    ("https://www.flickr.com/photo.gne?short=2p4QbKN", "53208249252"),
]
NO_PHOTOS = [
    None,
    "",
    "not an address",
    "http://[",
    "ftp://live.staticflickr.com/65535/53248015596_c03f8123cf.jpg",
    "javascript://www.flickr.com/photos/ana/8644566109",
    # pages of something else
    "https://www.flickr.com/",
    "https://www.flickr.com/photos/sneakerdog/",
    "https://www.flickr.com/people/sneakerdog/",
    "https://www.flickr.com/people/sneakerdog/31337",
    "https://www.flickr.com/photos/sneakerdog/sets/72157594",
    "https://www.flickr.com/photos/sneakerdog/albums/72157666833379009",
    "https://www.flickr.com/photos/flickr/galleries/72157690638331410/",
    "https://www.flickr.com/photos/sneakerdog/page2",
    "https://www.flickr.com/photos/tags/2005/",
    "https://www.flickr.com/groups/51035612836@N01/discuss/72157616713786392/",
    "https://www.flickr.com/photo.gne?other=31337",
    "https://www.flickr.com/search/?text=31337",
    "https://flic.kr/s/aHsjybZ5ZD",
    "https://flic.kr/ps/ZVcni",
    # numbers that are none
    "https://flic.kr/p/0OIl",
    "https://flic.kr/p/" + "z" * 50,
    "https://flic.kr/p/1",
    "https://live.staticflickr.com/65535/",
    "https://live.staticflickr.com/65535/53248015596.jpg",
    "https://live.staticflickr.com/65535/١٢٣_c03f8123cf.jpg",
    "https://www.flickr.com/photos/sneakerdog/٣١٣٣٧",
    "https://www.flickr.com/photos/sneakerdog/31337abc",
    "https://www.flickr.com/photos/sneakerdog/000",
    "https://www.flickr.com/photos/sneakerdog/" + "9" * 21,
    "https://farm5.staticflickr.com/4025/buddyicons/74881150@N00.jpg",
    "https://c2.staticflickr.com/2/946782888_84c5811a41_o.jpg",
    # hosts that are not Flickr's
    "https://live.staticflickr.com.evil.example/65535/53248015596_c03f8123cf.jpg",
    "https://live.staticflickr.com@evil.example/65535/53248015596_c03f8123cf.jpg",
    "https://evil.example/live.staticflickr.com/65535/53248015596_c03f8123cf.jpg",
    "https://evilflickr.com/photos/someone/31337",
    "https://www-flickr.com/photos/someone/31337",
    "https://flic\u212ar.com/photos/someone/31337",  # the sign for kelvin, whose small letter is k
    "https://farm1.staticflickrxcom/8/7088065_65c9d45e09.jpg",
    "https://farm.staticflickr.com/8/7088065_65c9d45e09.jpg",
    "https://example.org/photos/someone/31337",
    "https://example.org/?url=https://www.flickr.com/photos/someone/31337",
    "https://notflic.kr/p/r9qvLn",
]
PEOPLE = [
    ("https://www.flickr.com/people/74881150@N00/", "74881150@N00"),
    ("https://www.flickr.com/people/74881150%40N00/", "74881150@N00"),
    ("https://www.flickr.com/photos/12345@n02/31337", "12345@N02"),
    ("http://flickr.com/photos/12345678901@N02/sets/72157594", "12345678901@N02"),
    ("m.flickr.com/#/photos/12345@N02", "12345@N02"),
    ("https://www.flickr.com/people/74881150@N00?rb=1", "74881150@N00"),
    ("https://www.flickr.com/people/sneakerdog/", None),
    ("https://www.flickr.com/people/1234@N00/", None),  # four digits are too few
    ("https://www.flickr.com/people/123456789012@N00/", None),
    ("https://www.flickr.com/people/74881150@N001/", None),
    ("https://www.flickr.com/people/٧٤٨٨١١٥٠@N00/", None),
    ("https://www.flickr.com/groups/51035612836@N01/", None),
    ("https://example.org/people/74881150@N00/", None),
    ("https://www.flickr.com/", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("url", "photo"), PHOTOS)
def test_the_photo_id_is_found_in_every_form_of_address(url: str, photo: str) -> None:
    assert flickr.photo_id(url) == photo


@pytest.mark.parametrize("url", NO_PHOTOS)
def test_what_is_no_photo_has_no_photo_id(url: str | None) -> None:
    assert flickr.photo_id(url) is None


@pytest.mark.parametrize(("url", "nsid"), PEOPLE)
def test_a_persons_id_is_taken_only_where_it_is_one(url: str | None, nsid: str | None) -> None:
    assert flickr.nsid(url) == nsid


@given(st.integers(1, 10**18))
@example(53208249252)
def test_a_photos_own_pages_lead_back_to_it(number: int) -> None:
    photo = str(number)
    assert flickr.photo_id(flickr.page(photo)) == photo
    assert flickr.photo_id(flickr.short_page(photo)) == photo


def test_page_and_short_link_are_written_as_flickr_writes_them() -> None:
    assert flickr.page("8119368305") == "https://www.flickr.com/photo.gne?id=8119368305"
    assert flickr.short_page("53208249252") == "https://flic.kr/p/2p4QbKN"


@pytest.mark.parametrize(
    "url",
    [
        "https://live.staticflickr.com/" + "/" * 100_000,
        "https://live.staticflickr.com/" + "1" * 100_000,
        "https://www.flickr.com/photos/" + "a" * 100_000,
        "https://www.flickr.com/photo.gne?" + "id=&" * 100_000,
    ],
)
def test_a_hostile_address_takes_no_longer_than_it_is_long(url: str) -> None:
    begun = time.process_time()
    assert (flickr.photo_id(url), flickr.nsid(url)) == (None, None)
    assert time.process_time() - begun < 0.5
