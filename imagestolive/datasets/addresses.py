"""Images of which their makers give an address and no id: lists of what the web holds."""

from __future__ import annotations

import hashlib
from typing import TypedDict

from imagestolive.datasets import commons, flickr


class Origin(TypedDict):
    """The fields of a record that an address alone tells."""

    source_url: str | None
    photo_id: str | None
    landing_url: str | None


def origin(url: str | None) -> Origin:
    """Where an image came from. The address of a file at Flickr or Wikimedia Commons tells its page, too; of others nothing is guessed.

    >>> origin("https://farm1.staticflickr.com/8/7088065_65c9d45e09.jpg")["landing_url"]
    'https://www.flickr.com/photo.gne?id=7088065'
    """
    photo_id = flickr.photo_id(url)
    page = flickr.page(photo_id) if photo_id else commons.file_page(url) if url else None
    return {"source_url": url, "photo_id": photo_id, "landing_url": page}


def address_id(url: str) -> str:
    """An id for an image that has none: 16 hex digits of the BLAKE2b hash of its address, which stay the same wherever its row moves to.

    >>> address_id("https://example.org/a.jpg")
    '0dee0bc371a3ec81'
    """
    return hashlib.blake2b(url.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
