"""The cartridge, against the rules of Common Cartridge 1.1: elements and their order, ids, references, files."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from writings import Reader, made

from imagestolive.teaching import DOCUMENTS, cartridge, formats
from imagestolive.teaching.cartridge import Entry
from imagestolive.teaching.documents import document
from imagestolive.words import LANGUAGES

CP = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
LOM = "{http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest}"

ENTRIES = [
    Entry(title="A plan", file="plan.html", data=b"<!doctype html>"),
    Entry(title="A plan (PDF)", file="plan.pdf", data=b"%PDF"),
    Entry(title="Slides (PPTX)", file="slides.pptx", data=b"PK"),
]

# What each element holds, in this order: of the profile's schema, as far as we write it.
ORDER = {
    f"{CP}manifest": [f"{CP}metadata", f"{CP}organizations", f"{CP}resources"],
    f"{CP}metadata": [f"{CP}schema", f"{CP}schemaversion", f"{LOM}lom"],
    f"{LOM}lom": [f"{LOM}general"],
    f"{LOM}general": [f"{LOM}title", f"{LOM}language"],
    f"{LOM}title": [f"{LOM}string"],
    f"{CP}organizations": [f"{CP}organization"],
    f"{CP}organization": [f"{CP}item"],
    f"{CP}resource": [f"{CP}file"],
}


def opened(cartridge: bytes) -> tuple[ElementTree.Element, dict[str, bytes]]:
    """The manifest, and the other files."""
    with zipfile.ZipFile(BytesIO(cartridge)) as file:
        assert file.testzip() is None
        files = {name: file.read(name) for name in file.namelist()}
        assert len(files) == len(file.namelist())
    assert next(iter(files)) == "imsmanifest.xml"
    return ElementTree.fromstring(files.pop("imsmanifest.xml")), files  # noqa: S314 (we have just written it)


def check(manifest: ElementTree.Element, files: dict[str, bytes]) -> None:
    """Everything that a platform relies on."""
    assert manifest.tag == f"{CP}manifest"
    for element in manifest.iter():
        if element.tag in ORDER:
            assert [child.tag for child in element] == ORDER[element.tag]
    assert manifest.findtext(f"{CP}metadata/{CP}schema") == "IMS Common Cartridge"
    assert manifest.findtext(f"{CP}metadata/{CP}schemaversion") == "1.1.0"
    (organization,) = manifest.iter(f"{CP}organization")
    assert organization.get("structure") == "rooted-hierarchy"
    (root,) = organization
    assert root.find(f"{CP}title") is None
    assert "identifierref" not in root.attrib
    resources = {resource.attrib["identifier"]: resource for resource in manifest.iter(f"{CP}resource")}
    for item in root:
        assert [child.tag for child in item] == [f"{CP}title"]
    assert [item.get("identifierref") for item in root] == list(resources)
    ids = [element.attrib["identifier"] for element in manifest.iter() if "identifier" in element.attrib]
    assert len(set(ids)) == len(ids)
    assert all(each[0].isalpha() and each.replace("-", "").isalnum() for each in ids)
    for resource in resources.values():
        assert resource.get("type") == "webcontent"
        assert [file.get("href") for file in resource] == [resource.get("href")]
    hrefs = [str(resource.get("href")) for resource in resources.values()]
    assert hrefs == list(files)
    assert not [href for href in hrefs if ".." in href or href.startswith("/") or not href.isascii() or " " in href]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in DOCUMENTS if "imscc" in formats.forms_of(key)])
def test_a_document_is_a_cartridge_with_one_page(key: str, lang: str) -> None:
    found = document(key, lang)
    manifest, files = opened(formats.write(found, "imscc"))
    check(manifest, files)
    assert files == {f"images-to-live-with_{lang}/{key}.html": formats.write(found, "lms")}
    (said,) = manifest.iter(f"{LOM}string")
    assert (said.text, said.get("language")) == (found.title, lang)
    assert [title.text for title in manifest.iter(f"{CP}title")] == [found.title]


def test_many_files_stand_in_their_order_under_their_titles() -> None:
    manifest, files = opened(cartridge.pack("A plan", "en", ENTRIES, code="K7Q2-9FXD"))
    check(manifest, files)
    assert files == {f"images-to-live-with_en_K7Q2-9FXD/{entry.file}": entry.data for entry in ENTRIES}
    assert [title.text for title in manifest.iter(f"{CP}title")] == [entry.title for entry in ENTRIES]


def test_the_cartridge_of_another_set_replaces_nothing_of_the_first() -> None:
    seen: set[str] = set()
    for code in ("K7Q2-9FXD", "A2B3-C4D5", None):
        manifest, _ = opened(cartridge.pack("A plan", "en", ENTRIES, code=code))
        ids = {element.attrib["identifier"] for element in manifest.iter() if "identifier" in element.attrib}
        assert not ids & seen
        seen |= ids


def test_the_same_files_make_the_same_bytes() -> None:
    assert cartridge.pack("A plan", "en", ENTRIES) == cartridge.pack("A plan", "en", ENTRIES)


def test_a_cartridge_may_be_empty() -> None:
    check(*opened(cartridge.pack("A plan", "en", [])))


@given(st.text())
def test_any_title_is_text(title: str) -> None:
    manifest, files = opened(cartridge.pack(title, "en", [Entry(title=title, file="plan.html", data=b"")]))
    check(manifest, files)
    assert (manifest.findtext(f".//{CP}title") or "") == re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", " ", title)


@pytest.mark.parametrize("title", ["<b>&amp;]]>", "\"'", "</title><item/>"])
def test_what_means_something_to_xml_is_text(title: str) -> None:
    manifest, files = opened(formats.write(made(title=title), "imscc"))
    check(manifest, files)
    assert manifest.findtext(f".//{CP}title") == title
    assert Reader(next(iter(files.values())).decode()).of("b", "item") == []


@pytest.mark.parametrize(
    "names", [["../plan.html"], ["a/b.html"], [""], [".html"], ["plán.html"], ["a b.html"], ["plan.html", "Plan.html"]]
)
def test_unfit_file_names_are_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        cartridge.pack("A plan", "en", [Entry(title="A", file=name, data=b"") for name in names])
