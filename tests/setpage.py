"""What the page of a set says, read out of its HTML, and what its files hold."""

from __future__ import annotations

import html
import re
from io import BytesIO
from pathlib import Path

import pikepdf


def pictures(page: str) -> dict[int, str]:
    """The address of the image on each card."""
    found = re.findall(r'<li id="card-(\d+)">.*?(?:<img[^>]* src="([^"]*)"|class="held")', page, flags=re.S)
    return {int(number): html.unescape(src) for number, src in found}


def card(page: str, number: int) -> str:
    return page.split(f'<li id="card-{number}">')[1].split("</li>\n<li id=")[0]


def image(page: str, number: int) -> str:
    """The image on a card, as its form sends it."""
    found = re.search(r'name="image" value="([^"]*)"', card(page, number))
    assert found
    return html.unescape(found[1])


def moment(page: str) -> str:
    """When the set was made, as the forms of its page send it."""
    found = re.search(r'name="as_of" value="([^"]*)"', page)
    assert found
    return found[1]


def once(page: str) -> str:
    found = re.search(r'name="once" value="([^"]*)"', page)
    assert found
    return found[1]


def seen(page: str) -> str:
    found = re.search(r'<h2 class="head">(Seen [^<]*)</h2>\s*<progress[^>]* max="(\d+)" value="(\d+)"', page)
    assert found
    assert found[1] == f"Seen {found[3]} of {found[2]}"
    return found[1]


def images_in(pdf: Path | BytesIO) -> int:
    """How many images a PDF holds; QR codes are none."""
    with pikepdf.open(pdf) as opened:
        streams = [found for found in opened.objects if isinstance(found, pikepdf.Stream)]
        return sum(stream.get("/Subtype") == "/Image" and stream.get("/BitsPerComponent") == 8 for stream in streams)
