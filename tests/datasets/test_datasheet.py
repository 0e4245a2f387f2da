from __future__ import annotations

import json
import re
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from imagestolive import licenses
from imagestolive.config import ConfigWrong
from imagestolive.datasets import READERS, BadDatasheet, Datasheet, Reader, datasheets, load_datasheet
from imagestolive.words import LANGUAGES

BOTH = {"en": "Not known.", "pt-BR": "Não se sabe."}
PLAIN: dict[str, Any] = {
    "key": "oaks",
    "title": "Oaks",
    "short": "Oaks",
    "makers": "Ana Lima",
    "year": 2020,
    "images": 12,
    "purpose": BOTH,
    "collected": BOTH,
    "license": None,
    "terms": BOTH,
    "terms_allow": "open",
    "status": "available",
    "homepage": "https://example.org/",
    "citation": None,
    "critique": BOTH,
    "care": BOTH,
    "people": "none",
    "opt_out": None,
    "reader": "folder",
    "layout": BOTH,
    "seen_on": "2026-11-21",
}


def load(folder: Path, raw: object) -> Datasheet:
    path = folder / "oaks.yaml"
    path.write_text(json.dumps(raw))  # JSON is YAML, too
    return load_datasheet(path)


def test_a_datasheet_is_read_and_frozen(tmp_path: Path) -> None:
    sheet = load(tmp_path, PLAIN | {"files": [{"file": "a.png", "license": "CC0", "changes": BOTH}]})
    assert (sheet.title, sheet.year, sheet.flags) == ("Oaks", 2020, ())
    assert sheet.prose("care", "pt-BR") == "Não se sabe."
    assert sheet.prose("refused", "en") is None
    assert sheet.changes("a.png", "en") == "Not known."
    assert sheet.changes("b.png", "en") is None
    with pytest.raises(AttributeError):
        sheet.title = "Elms"  # type: ignore[misc]
    with pytest.raises(TypeError):
        sheet.care["en"] = "No care."  # type: ignore[index]


WRONG = [
    ({"lisense": "CC0"}, "lisense is not a field of a datasheet"),
    ({"title": 7}, "title must be a text"),
    ({"title": " "}, "title must be a text"),
    ({"makers": ""}, "makers must be a text"),
    ({"makers": {"en": "Ana Lima and others"}}, "makers must have a text for each of en, pt-BR"),
    ({"short": "x" * 31}, "short must have at most 30 characters"),
    ({"year": "2020"}, "year must be a whole number above 0"),
    ({"year": True}, "year must be a whole number above 0"),
    ({"images": 0}, "images must be a whole number above 0"),
    ({"care": "None."}, "care must have a text for each of en, pt-BR"),
    ({"care": {"en": "None."}}, "care must have a text for each of en, pt-BR"),
    ({"care": {**BOTH, "fr": "Aucun."}}, "care must have a text for each of en, pt-BR"),
    ({"care": {"en": "None.", "pt-BR": ""}}, "care must be a text"),
    ({"terms_allow": "everything"}, "terms_allow must be one of open, teaching, research, nothing-stated"),
    ({"status": None}, "status must be one of available, on request, withdrawn"),
    ({"people": ["none"]}, "people must be one of none, some, unknown"),
    ({"flags": ["ugly"]}, "flags must be one of nsfw, unsafe, person"),
    ({"flags": "face"}, "flags must be a list"),
    ({"homepage": "javascript:alert(1)"}, "homepage must be an address"),
    ({"seen_on": "yesterday"}, "seen_on must be a day such as 2026-11-21"),
    ({"key": "elms"}, "key must be oaks, as the file is called"),
    ({"files": {}}, "files must be a list"),
    ({"files": ["a.png"]}, "files, entry 1 must be a mapping"),
    ({"files": [{"file": "a.png"}]}, "files, entry 1, license is missing"),
    ({"files": [{"file": "a.png", "license": "CC0", "photo_id": 7}]}, "files, entry 1, photo_id must be digits in quotation marks"),
]


@pytest.mark.parametrize(("change", "complaint"), WRONG, ids=[complaint for _, complaint in WRONG])
def test_a_slip_is_named_with_file_and_field(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadDatasheet, match=rf"^oaks\.yaml: {re.escape(complaint)}"):
        load(tmp_path, PLAIN | change)


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_missing_field_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadDatasheet, match=rf"^oaks\.yaml: {name} is missing\.$"):
        load(tmp_path, {field: value for field, value in PLAIN.items() if field != name})


def test_the_readers_that_the_document_names_are_there() -> None:
    document = (Path(__file__).resolve().parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
    row = re.search(r"^\| `reader` \|.*How the files are read: (.*)\. \|$", document, re.MULTILINE)
    assert row
    assert set(re.findall(r"`([\w-]+)`", row[1])) <= set(READERS)


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
def test_the_functions_of_a_reader_are_there(reader: Reader) -> None:
    module = import_module(f"imagestolive.datasets.{reader.module}")
    takes = {name: len(signature(getattr(module, name)).parameters) for name in (reader.reads, reader.depends, reader.describes) if name}
    assert takes == {reader.reads: 3, reader.depends: 2} | ({reader.describes: 1} if reader.describes else {})


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDatasheet):
        load(tmp_path, ["oaks"])


def test_yaml_that_builds_objects_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "oaks.yaml"
    path.write_text("title: !!python/object/apply:os.system [date]\n")
    with pytest.raises(ConfigWrong):
        load_datasheet(path)


def test_an_operators_facts_take_the_place_of_the_sheets(tmp_path: Path) -> None:
    sheet = load(tmp_path, PLAIN)
    known = sheet.with_facts({"title": "My oaks", "terms": "Ask Ana.", "reader": "coco"})
    assert (known.title, known.reader, known.makers) == ("My oaks", "coco", sheet.makers)
    assert [known.prose("terms", lang) for lang in LANGUAGES] == ["Ask Ana.", "Ask Ana."]
    assert [sheet.with_facts({"makers": "Bea Reis"}).prose("makers", lang) for lang in LANGUAGES] == ["Bea Reis", "Bea Reis"]


def test_makers_are_names_that_are_the_same_everywhere_or_prose(tmp_path: Path) -> None:
    assert [load(tmp_path, PLAIN).prose("makers", lang) for lang in LANGUAGES] == ["Ana Lima", "Ana Lima"]
    told = load(tmp_path, PLAIN | {"makers": {"en": "Ana Lima and others", "pt-BR": "Ana Lima e outros"}})
    assert [told.prose("makers", lang) for lang in LANGUAGES] == ["Ana Lima and others", "Ana Lima e outros"]


def test_the_digest_is_the_same_for_the_same_sheet_and_only_for_it(tmp_path: Path) -> None:
    sheet = load(tmp_path, PLAIN)
    assert load(tmp_path, dict(reversed(PLAIN.items()))).digest == sheet.digest
    assert sheet.with_facts({"people": "some"}).digest != sheet.digest


# ---- the catalogue -----------------------------------------------------------------------------------------------------


def test_the_catalogue_has_these_data_sets() -> None:
    assert list(datasheets()) == [
        "cifar-10",
        "cifar-100",
        "coco",
        "coil-100",
        "conceptual-12m",
        "conceptual-captions",
        "digits",
        "diversity-in-faces",
        "fashion-mnist",
        "ffhq",
        "ffhq-list",
        "flower-photos",
        "folder",
        "imagenet",
        "img2dataset",
        "inaturalist-open-data",
        "laion",
        "leaf",
        "lfw",
        "lfw-subset-faces",
        "lfw-subset-non-faces",
        "megaface",
        "mnist",
        "open-images",
        "relaion-research-safe",
        "scikit-image",
        "scikit-learn",
        "stanford-dogs",
        "tencent-ml-images",
        "tiny-imagenet",
        "tiny-images",
        "visual-genome",
        "wit",
        "wit-base",
        "yfcc100m",
        "yolo",
    ]


@pytest.mark.parametrize("key", sorted(datasheets()))
def test_every_data_set_can_be_read_or_says_why_not(key: str) -> None:
    sheet = datasheets()[key]
    assert (sheet.reader in READERS) is (sheet.refused is None)
    assert sheet.package is None or sheet.reader is not None
    if sheet.status == "withdrawn":
        assert sheet.refused is not None


@pytest.mark.parametrize("key", sorted(datasheets()))
def test_every_license_in_the_catalogue_is_one_we_know(key: str) -> None:
    for listed in datasheets()[key].files:
        assert licenses.license_id(listed.license), listed.file


@pytest.mark.parametrize("key", sorted(datasheets()))
def test_makers_that_are_described_and_not_only_named_are_so_in_every_language(key: str) -> None:
    makers = datasheets()[key].makers
    described = re.search(r"\b(the|and|by|each|not)\b", makers["en"])
    assert (described is not None) is (makers["en"] != makers["pt-BR"])
    assert not re.search(r"\b(the|and|by|each|not)\b", makers["pt-BR"])


def test_sets_with_a_history_of_harm_are_refused() -> None:
    refused = {key for key, sheet in datasheets().items() if sheet.refused}
    assert refused == {"diversity-in-faces", "laion", "megaface", "tiny-images"}


def test_the_faces_need_the_operators_word_and_the_digits_do_not() -> None:
    sheets = datasheets()
    assert {sheets[key].terms_allow for key in ("lfw-subset-faces", "lfw-subset-non-faces")} == {"research"}
    assert (sheets["digits"].terms_allow, sheets["digits"].license) == ("open", "CC BY 4.0")
    assert "not verified" in sheets["digits"].terms["en"]
