from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets import Problems
from imagestolive.datasets.imagenet_urls import FILE, Provenance, note_urls, provenance
from imagestolive.datasets.lines import LINE_MOST_BYTES
from imagestolive.datasets.scratch import scratch
from imagestolive.words import Words

NOTHING = Provenance(source_url=None, photo_id=None, landing_url=None)
OAK = "n00001740_7"


def look_up(root: Path, content: bytes, image_id: str = OAK, wnids: set[str] | None = None) -> tuple[Provenance, list[str]]:
    (root / FILE).write_bytes(content)
    problems = Problems()
    with scratch() as notes:
        note_urls(root, notes, problems, wnids)
        notes.end_notes()
        return provenance(notes, image_id), [problem.said(Words("en")) for problem in problems.kept]


def test_a_photograph_at_flickr_has_an_address_an_id_and_a_page(tmp_path: Path) -> None:
    found, problems = look_up(tmp_path, b"n00001740_7\thttp://farm4.static.flickr.com/3175/1234567_0a1b2c.jpg\n")
    assert found == {
        "source_url": "http://farm4.static.flickr.com/3175/1234567_0a1b2c.jpg",
        "photo_id": "1234567",
        "landing_url": "https://www.flickr.com/photo.gne?id=1234567",
    }
    assert problems == []


def test_an_address_elsewhere_stands_alone(tmp_path: Path) -> None:
    found, _ = look_up(tmp_path, b"n00001740_7\thttp://example.org/oak.jpg\r\n")
    assert found == NOTHING | {"source_url": "http://example.org/oak.jpg"}


def test_an_image_that_is_not_listed_has_none(tmp_path: Path) -> None:
    assert look_up(tmp_path, b"n00001740_7\thttp://example.org/oak.jpg\n", image_id="n00001740_8") == (NOTHING, [])


def test_bytes_in_whatever_encoding_stay_what_they_are(tmp_path: Path) -> None:
    found, problems = look_up(tmp_path, b"n00001740_7\thttp://example.org/\xe9t\xc3\xa9%20a.jpg\n")
    assert found["source_url"] == "http://example.org/%E9t%C3%A9%20a.jpg"
    assert problems == []


def test_odd_lines_are_told_with_their_number_and_the_rest_is_used(tmp_path: Path) -> None:
    lines = [
        b"n00001740_1\thttp://example.org/\x85a b.jpg",
        b"n00001740_2 http://example.org/a.jpg",
        b"",
        b"n00001740_3\tjavascript:alert(1)",
        b"n00001740_" + b"4" * LINE_MOST_BYTES,
        b"../../etc_5\thttp://example.org/a.jpg",
        b"n00001740_7\thttp://example.org/oak.jpg",
        b"n00001740_7\thttp://example.org/other.jpg",
    ]
    found, problems = look_up(tmp_path, b"\n".join(lines))
    assert found["source_url"] == "http://example.org/oak.jpg"
    assert problems == [
        "fall11_urls.txt, row 1: “http://example.org/%C2%85a b.jpg” is no web address and is left out.",
        "fall11_urls.txt, row 2: “n00001740_2 http://example.org/a.jpg” cannot be right.",
        "fall11_urls.txt, row 4: “javascript:alert(1)” is no web address and is left out.",
        "fall11_urls.txt, row 5: This line has more than 65,536 bytes.",
        "fall11_urls.txt, row 6: “../../etc_5%09http://example.org/a.jpg” cannot be right.",
    ]


def test_classes_that_are_not_here_are_passed_over(tmp_path: Path) -> None:
    lines = b"n00001740_7\thttp://example.org/oak.jpg\nn00001930_1\tno address\n"
    found, problems = look_up(tmp_path, lines, wnids={"n00001740"})
    assert (found["source_url"], problems) == ("http://example.org/oak.jpg", [])
    assert look_up(tmp_path, lines, wnids=set()) == (NOTHING, [])


def test_without_the_file_nothing_is_known(tmp_path: Path) -> None:
    with scratch() as notes:
        note_urls(tmp_path, notes, Problems())
        notes.end_notes()
        assert provenance(notes, OAK) == NOTHING


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_out_of_the_root_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_bytes(b"n00001740_7\thttp://example.org/oak.jpg\n")
    root = tmp_path / "root"
    root.mkdir()
    (root / FILE).symlink_to(tmp_path / "elsewhere.txt")
    with scratch() as notes:
        note_urls(root, notes, Problems())
        notes.end_notes()
        assert provenance(notes, OAK) == NOTHING


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_whatever_the_bytes_a_line_is_an_address_or_a_problem(tmp_path_factory: pytest.TempPathFactory, before: bytes, url: bytes) -> None:
    root = tmp_path_factory.mktemp("urls")
    line = b"n00001740_7\thttp://example.org/" + url.replace(b"\n", b"")
    found, problems = look_up(root, before.replace(b"\n", b"") + b"\n" + line + b"\n")
    assert (found["source_url"] is None) == any(", row 2: " in problem for problem in problems)
