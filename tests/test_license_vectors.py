"""The 125 license strings of the reference, each with all that must be known of it and the exact line on the card.

Grouped as they are meant: what repeats (title, author, source, what six licenses permit) is said once.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from imagestolive import licenses
from imagestolive.credits import credit
from imagestolive.records import ImageRecord
from imagestolive.words import Words

TITLE, AUTHOR, SOURCE = "Sunset over the bay", "Jane Doe", "https://example.org/photos/1234567890/"
BY_JANE = f'"{TITLE}" by {AUTHOR}'
FROM = f" · Source: {SOURCE}"
CC = "https://creativecommons.org"
GOV = "https://www.usa.gov/government-copyright"
COMMONS = "https://www.flickr.com/commons/usage/"
THE_SIX = ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
NOT_RECORDED = "License not recorded; all rights may be reserved"

# print, sold print, crop or change; share alike; credit
PERMITS = {
    "by": "yes yes yes no yes",
    "by-sa": "yes yes yes yes yes",
    "by-nd": "yes yes no no yes",
    "by-nc": "yes no yes no yes",
    "by-nc-sa": "yes no yes yes yes",
    "by-nc-nd": "yes no no no yes",
    "by-nd-nc": "yes no no no yes",
    "nc": "yes no yes no courtesy",
    "sa": "yes yes yes yes courtesy",
    "nd-nc": "yes no no no courtesy",
    "sampling": "no no no no yes",
    "sampling+": "yes no no no yes",
    "nc-sampling+": "yes no no no yes",
    "devnations": "unclear unclear unclear no yes",
}
FREE = "yes yes yes no courtesy"
NEVER = "no no no no yes"
UNCLEAR = "unclear unclear unclear no yes"


@dataclass(frozen=True, kw_only=True)
class Vector:
    number: int
    raw: str
    name: str
    slug: str
    permits: str
    line: str
    version: str | None = None
    port: str | None = None
    url: str | None = None
    warnings: str = ""
    title: str | None = TITLE
    author: str | None = AUTHOR
    source: str | None = SOURCE
    changes: str | None = None


def cc(number, raw, slug, version, port=None, *, line=None, tail=FROM, **more):
    """One of Creative Commons' licenses."""
    name = " ".join(("CC", slug, version, port or "")).strip().upper()
    url = f"{CC}/licenses/{slug}/{version}/" + (f"{port}/" if port else "")
    line = line or f"{BY_JANE} is licensed under {name} · {url}{tail}"
    return Vector(
        number=number, raw=raw, name=name, slug=slug, version=version, port=port, url=url, permits=PERMITS[slug], line=line, **more
    )


def marked(number, raw, tool, *, warnings="", tail=FROM, **more):
    """CC0 or the Public Domain Mark."""
    name, path = {"cc0": ("CC0 1.0", "zero"), "pdm": ("Public Domain Mark 1.0", "mark")}[tool]
    url = f"{CC}/publicdomain/{path}/1.0/"
    warnings = "; ".join(filter(None, ("label-not-waiver" if tool == "pdm" else "", warnings)))
    line = f"{BY_JANE} is marked with {name} · {url}{tail}"
    return Vector(number=number, raw=raw, name=name, slug=tool, version="1.0", url=url, permits=FREE, warnings=warnings, line=line, **more)


def statement(number, code, name, permits, raw=None):
    """Of rightsstatements.org: whatever the address looks like, the http one is printed."""
    url = f"http://rightsstatements.org/vocab/{code}/1.0/"
    line = f"{BY_JANE} · Rights statement: {name} · {url}{FROM}"
    warnings = "status-not-license"
    return Vector(
        number=number, raw=raw or url, name=name, slug=code, version="1.0", url=url, permits=permits, warnings=warnings, line=line
    )


def unknown(number, raw):
    line = f"{BY_JANE} · {NOT_RECORDED}{FROM}"
    return Vector(number=number, raw=raw, name="License unknown", slug="unknown", permits=NEVER, warnings="license-unknown", line=line)


def url(path):
    return f"{CC}/licenses/{path}"


FOUR_BY_ADDRESS = [cc(number, url(f"{slug}/4.0/"), slug, "4.0") for number, slug in enumerate(THE_SIX, 1)]
TWO_BY_FLICKRS_LABEL = [cc(number, f"CC {slug.upper()} 2.0", slug, "2.0") for number, slug in enumerate(THE_SIX, 7)]
FLICKRS_NUMBERS = [
    *(cc(12 + n, f"flickr:{n}", slug, "2.0") for n, slug in enumerate(("by-nc-sa", "by-nc", "by-nc-nd", "by", "by-sa", "by-nd"), 1)),
    *(cc(8 + n, f"flickr:{n}", slug, "4.0") for n, slug in enumerate(THE_SIX, 11)),
    Vector(
        number=25,
        raw="flickr:0",
        name="All rights reserved",
        slug="arr",
        permits=NEVER,
        warnings="needs-permission",
        line=f"{BY_JANE} · All rights reserved; no reuse license recorded{FROM}",
    ),
    Vector(
        number=26,
        raw="flickr:7",
        name="No known copyright restrictions",
        slug="nkcr",
        url=COMMONS,
        permits="yes unclear unclear no courtesy",
        warnings="status-not-license",
        line=f"{BY_JANE} has no known copyright restrictions · {COMMONS}{FROM}",
    ),
    Vector(
        number=27,
        raw="flickr:8",
        name="United States Government Work",
        slug="usgov",
        url=GOV,
        permits="us-only us-only us-only no courtesy",
        warnings="us-only; not-all-gov-pages; no-endorsement",
        line=f"{BY_JANE} is a United States Government Work · {GOV}{FROM}",
    ),
    marked(28, "flickr:9", "cc0"),
    marked(29, "flickr:10", "pdm"),
]
SPELLINGS = [
    *(
        cc(number, raw, "by", "2.0")
        for number, raw in enumerate(
            (
                "http://creativecommons.org/licenses/by/2.0/",
                "https://creativecommons.org/licenses/by/2.0",
                "https://www.creativecommons.org/licenses/by/2.0/deed.en",
                "https://creativecommons.org/licenses/by/2.0/legalcode",
                "//creativecommons.org/licenses/by/2.0/",
                "CC-BY-2.0",
                "cc by 2.0",
                "by-2.0",
                "Attribution 2.0 Generic",
                "Creative Commons Attribution 2.0",
                "https://creativecommons.org/licenses/by/2.0/?ref=openverse",
                "  CC BY 2.0\u00a0",
            ),
            30,
        )
    ),
    cc(42, url("by-sa/4.0/deed.pt-br"), "by-sa", "4.0"),
    cc(43, url("by-sa/4.0/deed.pt_BR"), "by-sa", "4.0"),
    cc(44, "Attribution-NonCommercial-ShareAlike License|http://creativecommons.org/licenses/by-nc-sa/2.0/", "by-nc-sa", "2.0"),
    cc(45, "CC BY-SA-NC 4.0", "by-nc-sa", "4.0", warnings="element-order-corrected"),
    cc(46, "CC BY-ND-NC 2.0", "by-nc-nd", "2.0", warnings="element-order-corrected"),
    cc(47, "Creative Commons Atribuição-NãoComercial 4.0 Internacional", "by-nc", "4.0"),
]
PORTS = [
    cc(48, url("by/3.0/br/"), "by", "3.0", "br"),
    cc(49, "CC BY 3.0 BR", "by", "3.0", "br"),
    cc(50, url("by-nc-nd/2.5/br/"), "by-nc-nd", "2.5", "br"),
    cc(51, url("by-sa/3.0/de/"), "by-sa", "3.0", "de"),
    cc(52, url("by/2.1/jp/"), "by", "2.1", "jp"),
    cc(53, url("by/3.0/igo/"), "by", "3.0", "igo"),
    cc(54, url("by-nc-sa/2.0/uk/"), "by-nc-sa", "2.0", "uk"),
    cc(55, url("by/2.5/scotland/"), "by", "2.5", "scotland"),
    cc(56, url("by/2.5/pe/"), "by", "2.5", "pe"),
]
CERTIFICATION = "Copyright-Only Dedication (based on United States law) or Public Domain Certification"
RETIRED = [
    cc(57, url("by-nd-nc/1.0/"), "by-nd-nc", "1.0", warnings="retired-form"),
    cc(58, url("nc/1.0/"), "nc", "1.0", warnings="retired"),
    cc(59, url("sa/1.0/"), "sa", "1.0", warnings="retired"),
    cc(60, url("nd-nc/1.0/"), "nd-nc", "1.0", warnings="retired"),
    cc(61, url("sampling/1.0/"), "sampling", "1.0", warnings="retired; whole-work-forbidden"),
    cc(62, url("sampling+/1.0/"), "sampling+", "1.0", warnings="retired; whole-work-noncommercial"),
    cc(63, url("nc-sampling+/1.0/"), "nc-sampling+", "1.0", warnings="retired; whole-work-noncommercial"),
    cc(64, url("devnations/2.0/"), "devnations", "2.0", warnings="retired; developing-nations-only"),
    Vector(
        number=65,
        raw=url("publicdomain/"),
        name=CERTIFICATION,
        slug="publicdomain",
        url=url("publicdomain/"),
        permits=FREE,
        warnings="retired; not-cc0",
        line=f"{BY_JANE} is marked with {CERTIFICATION} · {url('publicdomain/')}{FROM}",
    ),
]
PUBLIC_DOMAIN = [
    marked(66, "CC0", "cc0"),
    marked(67, "CC-0", "cc0"),
    marked(68, "cc0-1.0", "cc0"),
    marked(69, "Public Domain Dedication (CC0)", "cc0"),
    marked(70, "http://creativecommons.org/publicdomain/zero/1.0/deed.en", "cc0"),
    marked(71, "CC0 4.0", "cc0", warnings="no-such-version"),
    marked(72, "PDM", "pdm"),
    marked(73, "Public Domain Mark", "pdm"),
    marked(74, f"{CC}/publicdomain/mark/1.0/", "pdm"),
    Vector(
        number=75,
        raw="Public domain",
        name="Public domain (claimed, tool not stated)",
        slug="pd",
        permits="yes unclear unclear no courtesy",
        warnings="claim-only",
        line=f"{BY_JANE} · Said to be in the public domain (no legal tool named){FROM}",
    ),
]
RIGHTS_STATEMENTS = [
    statement(76, "InC", "In Copyright", NEVER),
    statement(77, "InC-OW-EU", "In Copyright - EU Orphan Work", NEVER),
    statement(
        78,
        "InC-EDU",
        "In Copyright - Educational Use Permitted",
        "education no unclear no yes",
        raw="https://rightsstatements.org/page/InC-EDU/1.0/",
    ),
    statement(79, "InC-NC", "In Copyright - Non-Commercial Use Permitted", "yes no unclear no yes"),
    statement(80, "InC-RUU", "In Copyright - Rights-holder(s) Unlocatable or Unidentifiable", NEVER),
    statement(81, "NoC-CR", "No Copyright - Contractual Restrictions", UNCLEAR),
    statement(82, "NoC-NC", "No Copyright - Non-Commercial Use Only", "yes no unclear no courtesy"),
    statement(83, "NoC-OKLR", "No Copyright - Other Known Legal Restrictions", UNCLEAR),
    statement(
        84,
        "NoC-US",
        "No Copyright - United States",
        "us-only us-only us-only no courtesy",
        raw="http://rightsstatements.org/page/NoC-US/1.0/",
    ),
    statement(85, "NKC", "No Known Copyright", "yes unclear unclear no courtesy"),
    statement(86, "UND", "Copyright Undetermined", UNCLEAR),
    statement(87, "CNE", "Copyright Not Evaluated", UNCLEAR, raw="https://rightsstatements.org/vocab/CNE/1.0/"),
]
FFHQ = f"Data set under CC BY-NC-SA 4.0 · {url('by-nc-sa/4.0/')}"
RESEARCH = "non-commercial research and educational use only"
ODBL = "https://opendatacommons.org/licenses/odbl/1-0/"
TWO_LAYERS = [
    Vector(
        number=88,
        raw="dataset:CC BY-NC-SA 4.0",
        name="CC BY-NC-SA 4.0 (data set)",
        slug="by-nc-sa",
        version="4.0",
        url=url("by-nc-sa/4.0/"),
        permits="unclear no unclear yes yes",
        warnings="image-license-missing",
        line=f"{BY_JANE} · Image license not recorded · {FFHQ}{FROM}",
    ),
    Vector(
        number=89,
        raw="image:CC BY 2.0; dataset:CC BY-NC-SA 4.0",
        name="CC BY 2.0",
        slug="by",
        version="2.0",
        url=url("by/2.0/"),
        permits="yes no yes yes yes",
        warnings="dataset-terms-narrower",
        line=f"{BY_JANE} is licensed under CC BY 2.0 · {url('by/2.0/')} · {FFHQ}{FROM}",
    ),
    Vector(
        number=90,
        raw=f"dataset:{RESEARCH}",
        name=f"Data set terms: {RESEARCH}",
        slug="custom-nc-research",
        permits="unclear no unclear no yes",
        warnings="terms-not-a-license; image-license-missing",
        line=f"{BY_JANE} · Image license not recorded · Data set terms: {RESEARCH}{FROM}",
    ),
    Vector(
        number=91,
        raw="ODbL-1.0",
        name="ODbL 1.0 (database only)",
        slug="odbl",
        version="1.0",
        url=ODBL,
        permits="unclear unclear unclear yes yes",
        warnings="covers-database-not-images",
        line=f"{BY_JANE} · Image license not recorded · Database under ODbL 1.0 · {ODBL}{FROM}",
    ),
]
TWO, FOUR = f"is licensed under CC BY 2.0 · {url('by/2.0/')}", f"is licensed under CC BY 4.0 · {url('by/4.0/')}"
SOMETHING_MISSING = [
    cc(92, url("by/2.0/"), "by", "2.0", title=None, line=f"Untitled image by {AUTHOR} {TWO}{FROM}"),
    cc(93, url("by/2.0/"), "by", "2.0", author=None, line=f'"{TITLE}" (author not recorded) {TWO}{FROM}', warnings="author-missing"),
    cc(
        94,
        url("by/4.0/"),
        "by",
        "4.0",
        title=None,
        author=None,
        source=None,
        line=f"Untitled image (author not recorded) {FOUR}",
        warnings="author-missing; source-missing",
    ),
    cc(95, url("by/4.0/"), "by", "4.0", source=None, tail="", warnings="source-missing"),
    Vector(
        number=96,
        raw="CC BY",
        name="CC BY (version not stated)",
        slug="by",
        permits=PERMITS["by"],
        warnings="version-missing",
        line=f"{BY_JANE} is licensed under CC BY (version not stated){FROM}",
    ),
    Vector(
        number=97,
        raw="Creative Commons",
        name="Creative Commons (license not stated)",
        slug="cc-unspecified",
        permits="unclear no no no yes",
        warnings="license-unspecified",
        line=f"{BY_JANE} · Creative Commons, exact license not recorded{FROM}",
    ),
]
UNKNOWNS = [unknown(number, raw) for number, raw in enumerate(("", "n/a", "NULL", "None", "unknown", "?"), 98)]
CROPPED = "cropped to 3:2"
CHANGES = [
    cc(104, url("by/4.0/"), "by", "4.0", changes=CROPPED, tail=f"{FROM} · Changes: {CROPPED}"),
    cc(105, url("by/2.0/"), "by", "2.0", changes=CROPPED, tail=f"{FROM} · Changes: {CROPPED}"),
    cc(106, url("by-nd/4.0/"), "by-nd", "4.0", changes=CROPPED, warnings="crop-refused"),
    cc(107, url("by-sa/4.0/"), "by-sa", "4.0", changes="annotated areas removed", tail=f"{FROM} · Changes: annotated areas removed"),
    cc(108, url("by-nc-sa/2.0/"), "by-nc-sa", "2.0", changes="outlines only", tail=f"{FROM} · Changes: outlines only"),
    marked(
        109,
        f"{CC}/publicdomain/zero/1.0/",
        "cc0",
        changes="averaged with 99 other images",
        tail=f"{FROM} · Changes: averaged with 99 other images",
    ),
]
GFDL = "https://www.gnu.org/licenses/old-licenses/fdl-1.2.html"
CHOICES = [
    cc(110, "GFDL 1.2 or CC BY-SA 3.0", "by-sa", "3.0", warnings="one-of-several"),
    cc(111, "CC BY 2.0; CC BY-NC-ND 4.0", "by-nc-nd", "4.0", warnings="conflict-strictest-used"),
    Vector(
        number=112,
        raw="GFDL-1.2-only",
        name="GFDL 1.2",
        slug="gfdl",
        version="1.2",
        url=GFDL,
        permits="unclear unclear unclear yes yes",
        warnings="full-license-text-must-travel",
        line=f"{BY_JANE} is licensed under GFDL 1.2 · {GFDL}{FROM}",
    ),
]
HOSTILE = [
    *(
        unknown(number, raw)
        for number, raw in enumerate(
            (
                "https://creativecommons.org.evil.example/licenses/by/4.0/",
                "https://evil.example/?u=https://creativecommons.org/licenses/by/4.0/",
                "https://creativecommons.org@evil.example/licenses/by/4.0/",
                "javascript:alert(1)//creativecommons.org/licenses/by/4.0/",
                url("by/5.0/"),
                url("by-nc-nd-sa/4.0/"),
                url("by/4.0/br/"),
                url("../../by/4.0/"),
                "CC BY 4.0" + 5000 * "0",
                "<b>CC BY 4.0</b><script>alert(1)</script>",
            ),
            113,
        )
    ),
    cc(
        123,
        url("by/4.0/"),
        "by",
        "4.0",
        title="<img src=x onerror=alert(1)>",
        author='=HYPERLINK("http://evil.example","x")',
        line=f'"<img src=x onerror=alert(1)>" by =HYPERLINK("http://evil.example","x") {FOUR}{FROM}',
    ),
    cc(
        124,
        url("by/4.0/"),
        "by",
        "4.0",
        title='A "quoted" title\nwith a break',
        author="محمد علي",
        line=f'"A “quoted” title with a break" by \u2068محمد علي\u2069 {FOUR}{FROM}',
    ),
    cc(125, url("by/4.0/"), "by", "4.0", author="evil\u202egpj.exe", line=f'"{TITLE}" by evilgpj.exe {FOUR}{FROM}'),
]
VECTORS = [
    *FOUR_BY_ADDRESS,
    *TWO_BY_FLICKRS_LABEL,
    *FLICKRS_NUMBERS,
    *SPELLINGS,
    *PORTS,
    *RETIRED,
    *PUBLIC_DOMAIN,
    *RIGHTS_STATEMENTS,
    *TWO_LAYERS,
    *SOMETHING_MISSING,
    *UNKNOWNS,
    *CHANGES,
    *CHOICES,
    *HOSTILE,
]

each_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"V{vector.number:03}")


def test_every_row_of_the_reference_is_here():
    assert sorted(vector.number for vector in VECTORS) == list(range(1, 126))


@each_vector
def test_a_license_string_is_read(vector: Vector):
    reading = licenses.read(vector.raw)
    row = reading.governing
    assert (reading.name, row.slug, row.version, row.jurisdiction, row.url) == (
        vector.name,
        vector.slug,
        vector.version,
        vector.port,
        vector.url,
    )


@each_vector
def test_a_reading_says_what_is_permitted(vector: Vector):
    reading = licenses.read(vector.raw)
    sharealike = "yes" if reading.sharealike else "no"
    permits = (reading.permits_print, reading.permits_commercial_print, reading.permits_crop_adaptation, sharealike, reading.attribution)
    assert " ".join(permits) == vector.permits


@each_vector
def test_the_line_on_the_card_is_exact(vector: Vector):
    record = ImageRecord(
        dataset="any",
        image_id="1",
        locator="1.jpg",
        license_raw=vector.raw,
        title=vector.title,
        author=vector.author,
        landing_url=vector.source,
    )
    made = credit(record, words=Words("en"), changes=vector.changes, adapts=True)
    assert made.line == vector.line
    assert "; ".join(made.warnings) == vector.warnings
