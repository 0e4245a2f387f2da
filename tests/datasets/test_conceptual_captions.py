from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestolive.datasets import NotThisFormat, Problems, conceptual_captions, datasheets, open_dataset
from imagestolive.policy import Policy
from imagestolive.records import Label
from imagestolive.screening import by_record

from .conftest import Reading, Unusable

CAT, OAK = "https://example.org/cat.jpg", "http://example.org/oak.jpg"
PHOTO = "https://farm1.staticflickr.com/8/7088065_65c9d45e09.jpg"
MD5, SHA256 = hashlib.md5(b"cat", usedforsecurity=False).hexdigest(), hashlib.sha256(b"cat").hexdigest()
LABELLED = ("a cat on a chair", CAT, "cat,chair", "/m/01yrx,/m/01mzpv", "0.98,0.5")


def tsv(path: Path, *rows: tuple[str, ...]) -> Path:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_column_order_is_told_by_the_cells_and_not_by_the_name(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "Train_GCC-training.tsv", ("<PERSON> and a cat", CAT), ("<PERSON> under an oak", OAK))
    swapped = tmp_path / "swapped"
    swapped.mkdir()
    tsv(swapped / "Train_GCC-training.tsv", (CAT, "<PERSON> and a cat"), (OAK, "<PERSON> under an oak"))
    records, problems = reading("conceptual-captions", tmp_path)
    assert problems == []
    assert records == reading("conceptual-captions", swapped)[0]
    assert [(record.captions, record.source_url, record.locator) for record in records] == [
        (("<PERSON> and a cat",), CAT, CAT),
        (("<PERSON> under an oak",), OAK, "https://example.org/oak.jpg"),
    ]


def test_nothing_is_known_of_an_image_but_its_address_and_its_caption(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "cc12m.tsv", (CAT, "a cat"))
    (cat,), _ = reading("conceptual-12m", tmp_path)
    assert (cat.dataset, cat.author, cat.title, cat.license, cat.license_raw, cat.landing_url) == ("conceptual-12m", *[None] * 5)
    assert (cat.people, cat.flags, cat.md5, cat.labels) == ("unknown", frozenset(), None, ())


def test_an_id_is_a_hash_of_the_address_and_stays_wherever_the_row_moves(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "cc12m.tsv", (CAT, "a cat"), (OAK, "an oak"))
    before, _ = reading("conceptual-12m", tmp_path)
    tsv(tmp_path / "cc12m.tsv", (OAK, "an oak"), (CAT, "another cat"))
    after, _ = reading("conceptual-12m", tmp_path)
    assert [record.image_id for record in before] == [hashlib.blake2b(url.encode(), digest_size=8).hexdigest() for url in (CAT, OAK)]
    assert [record.image_id for record in after] == [record.image_id for record in reversed(before)]


def test_a_file_at_flickr_or_at_commons_leads_to_its_page(tmp_path: Path, reading: Reading) -> None:
    at_commons = "https://upload.wikimedia.org/wikipedia/commons/thumb/a/ab/Oak.jpg/300px-Oak.jpg"
    tsv(tmp_path / "cc12m.tsv", (PHOTO, "a photograph"), (at_commons, "an oak"))
    records, _ = reading("conceptual-12m", tmp_path)
    assert [(record.photo_id, record.landing_url) for record in records] == [
        ("7088065", "https://www.flickr.com/photo.gne?id=7088065"),
        (None, "https://commons.wikimedia.org/wiki/File:Oak.jpg"),
    ]


def test_a_packed_list_is_read_as_it_is(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "cc12m.tsv.gz").write_bytes(gzip.compress(f"{CAT}\ta cat\n".encode()))
    (cat,), problems = reading("conceptual-12m", tmp_path)
    assert (cat.captions, problems) == (("a cat",), [])


def test_without_the_operators_word_none_is_drawn(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "cc12m.tsv", (CAT, "a cat"))
    for key in ("conceptual-captions", "conceptual-12m"):
        (cat,), _ = reading(key, tmp_path)
        terms = {key: datasheets()[key].terms_allow}
        assert by_record(cat, Policy(terms_allow=terms)).reason == "no license"
        assert by_record(cat, Policy(terms_allow=terms, allow_unlicensed=True)).allowed


def test_labels_are_joined_by_the_address(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "Train_GCC-training.tsv", ("an oak", OAK), ("a cat on a chair", CAT))
    tsv(tmp_path / "Image_Labels.tsv", LABELLED)
    (oak, cat), problems = reading("conceptual-captions", tmp_path)
    by = "Google Cloud Vision"
    assert (oak.labels, problems) == ((), [])
    assert cat.labels == (Label(text="cat", by=by, confidence=0.98), Label(text="chair", by=by, confidence=0.5))


def test_the_file_with_the_labels_alone_is_a_list_too(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "Image_Labels.tsv", LABELLED, (*LABELLED[:4], "2,0.5"))
    records, problems = reading("conceptual-captions", tmp_path)
    assert [(record.captions, [label.text for label in record.labels]) for record in records] == [(LABELLED[:1], ["cat", "chair"])] * 2
    assert problems == ["Image_Labels.tsv, row 2: “cat,chair 2,0.5” cannot be right."]


@pytest.mark.parametrize(
    "cells", [("cat", "/m/1,/m/2", "0.9"), ("cat", "/m/1", "0.9,0.1"), ("cat", "/m/1", "sure"), ("cat", "/m/1", "nan")]
)
def test_labels_that_do_not_go_together_are_told(tmp_path: Path, reading: Reading, cells: tuple[str, ...]) -> None:
    tsv(tmp_path / "list.tsv", ("a cat", CAT))
    tsv(tmp_path / "labels.tsv", ("a cat", CAT, *cells))
    (cat,), problems = reading("conceptual-captions", tmp_path)
    assert (cat.labels, problems) == ((), [f"labels.tsv, row 1: “{cells[0]} {cells[2]}” cannot be right."])


def test_a_sum_is_joined_by_the_address(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "cc12m.tsv", (OAK, "an oak"), (CAT, "a cat"))
    tsv(tmp_path / "hashes.tsv", (CAT, SHA256, MD5.upper()), (OAK, SHA256, "0"))
    (oak, cat), problems = reading("conceptual-12m", tmp_path)
    assert (oak.md5, cat.md5) == (None, MD5)
    assert problems == ["hashes.tsv, row 2: “0” cannot be right."]


def test_hashes_alone_are_no_list(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "hashes.tsv", (CAT, SHA256, MD5))
    with pytest.raises(NotThisFormat, match=r"Found: hashes\.tsv\."):
        reading("conceptual-12m", tmp_path)


@pytest.mark.parametrize("header", [("url", "caption"), ("caption", "url")])
def test_a_header_that_img2dataset_asks_for_is_passed_over(tmp_path: Path, reading: Reading, header: tuple[str, ...]) -> None:
    rows = [("a cat", CAT), ("an oak", OAK)]
    tsv(tmp_path / "list.tsv", header, *(row if header[0] == "caption" else row[::-1] for row in rows))
    records, problems = reading("conceptual-captions", tmp_path)
    assert ([record.captions[0] for record in records], problems) == (["a cat", "an oak"], [])


def test_rows_that_cannot_be_read_are_told_with_their_place_and_the_rest_is_used(tmp_path: Path, reading: Reading) -> None:
    bad = [
        b"ftp://example.org/a.jpg\ta",
        b"https://\ta",
        b"no tab",
        f"{CAT}\ta\tb".encode(),
        CAT.encode() + b"\t\xe9",
        CAT.encode() + b"\ta\0b",
    ]
    (tmp_path / "cc12m.tsv").write_bytes(b"\n".join([f"{CAT}\ta cat".encode(), *bad, f"{OAK}\t".encode(), f"{OAK}\tan oak".encode()]))
    records, problems = reading("conceptual-12m", tmp_path)
    assert [record.captions for record in records] == [("a cat",), (), ("an oak",)]
    assert problems == [
        "cc12m.tsv, row 2: “ftp://example.org/a.jpg” is no web address and is left out.",
        "cc12m.tsv, row 3: “https://” is no web address and is left out.",
        "cc12m.tsv, row 4: This row has 1 columns, not 2.",
        "cc12m.tsv, row 5: This row has 3 columns, not 2.",
        "cc12m.tsv, row 6: The letters of this row are not UTF-8.",
        "cc12m.tsv, row 7: This row holds a character that no text has (NUL).",
    ]


def test_another_kind_of_folder_says_what_was_expected_and_found(tmp_path: Path, reading: Reading) -> None:
    tsv(tmp_path / "notes.tsv", ("a", "b"), (CAT, OAK))
    with pytest.raises(NotThisFormat, match=r"Expected: \*\.tsv: caption ⇥ https://.*Found: notes\.tsv\."):
        reading("conceptual-captions", tmp_path)


def test_lists_outside_the_folder_and_pipes_are_told_and_not_read(tmp_path: Path, unusable: Unusable, reading: Reading) -> None:
    root = tmp_path / "root"
    root.mkdir()
    problem = unusable(root / "other.tsv", f"{OAK}\tan oak")
    tsv(root / "cc12m.tsv", (CAT, "a cat"))
    (cat,), problems = reading("conceptual-12m", root)
    assert (cat.source_url, problems) == (CAT, [f"other.tsv: {problem}"])


@given(lines=st.lists(st.binary(max_size=40)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_row_it_is_taken_or_told(tmp_path: Path, lines: list[bytes]) -> None:
    lines = [line.replace(b"\n", b"") for line in lines]
    (tmp_path / "cc12m.tsv").write_bytes(b"\n".join([f"{CAT}\ta cat".encode(), *lines]))
    problems = Problems()
    records = list(conceptual_captions.read(tmp_path, datasheets()["conceptual-12m"], problems))
    assert len(records) + problems.count == 1 + sum(bool(line.rstrip(b"\r")) for line in lines)


def test_a_rebuild_depends_on_the_makers_files(tmp_path: Path) -> None:
    tsv(tmp_path / "hashes.tsv", (CAT, SHA256, MD5))
    source = open_dataset("conceptual-12m", tsv(tmp_path / "cc12m.tsv", (CAT, "a cat")).parent, datasheets()["conceptual-12m"])
    assert source is not None
    assert [name for name, _, _ in source.sources()] == ["cc12m.tsv", "hashes.tsv"]
