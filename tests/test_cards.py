"""Where a card's QR code leads."""

from __future__ import annotations

import pytest

from imagestolive.cards import Level, qr_address
from imagestolive.records import ImageRecord

HOMEPAGE = "https://cocodataset.org/"


def record(**fields: str) -> ImageRecord:
    return ImageRecord(dataset="set", image_id="1", locator="1.jpg", **fields)  # type: ignore[arg-type]


def address_of(length: int) -> str:
    return "https://example.org/".ljust(length, "x")


@pytest.mark.parametrize(
    ("fields", "address", "level"),
    [
        ({"photo_id": "4781196162", "landing_url": address_of(30)}, "https://flic.kr/p/8huT3A", "M"),
        ({"landing_url": "https://www.flickr.com/photos/chr1sp/4781196162/in/pool"}, "https://flic.kr/p/8huT3A", "M"),
        ({"landing_url": "https://www.flickr.com/photo.gne?id=4781196162"}, "https://flic.kr/p/8huT3A", "M"),
        ({"landing_url": "https://www.flickr.com/photos/chr1sp"}, "https://www.flickr.com/photos/chr1sp", "M"),
        ({"landing_url": address_of(62)}, address_of(62), "M"),
        ({"landing_url": address_of(63)}, address_of(63), "L"),
        ({"landing_url": address_of(78)}, address_of(78), "L"),
        ({"landing_url": address_of(79)}, HOMEPAGE, "M"),
        ({"source_url": address_of(40)}, address_of(40), "M"),
        ({"landing_url": "https://example.org/ação"}, "https://example.org/a%C3%A7%C3%A3o", "M"),
        ({"landing_url": "javascript:alert(1)"}, HOMEPAGE, "M"),
        ({}, HOMEPAGE, "M"),
    ],
)
def test_a_code_leads_to_the_images_page_or_else_to_the_data_sets(fields: dict[str, str], address: str, level: Level) -> None:
    assert qr_address(record(**fields), HOMEPAGE) == (address, level)


def test_without_any_address_that_fits_there_is_no_code() -> None:
    assert qr_address(record(), None) == (None, "M")
    assert qr_address(record(), address_of(90)) == (None, "M")
