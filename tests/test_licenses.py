from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestolive.licenses import (
    LICENSES,
    NOT_RECORDED,
    STRICTNESS,
    License,
    MisspelledLicense,
    Reading,
    UnknownLicense,
    by_id,
    closest,
    license_id,
    read,
)

ROWS = list(LICENSES.values())
any_row = st.sampled_from(ROWS)
# Pieces that license strings are made of, so that random text comes near to real ones.
PIECES = (
    "CC BY NC SA ND - 2.0 4.0 BR or ; | / // ( ) http:// creativecommons.org licenses deed flickr: image: dataset: Attribution + ? \u202e ﷺ"
)
near_misses = st.lists(st.sampled_from([*PIECES.split(" "), " "]), max_size=12).map("".join)


def permits(one: License | Reading) -> tuple[str, str, str]:
    return one.permits_print, one.permits_commercial_print, one.permits_crop_adaptation


# ---- the table


def test_the_table_is_closed():
    assert len(ROWS) == 671
    assert Counter(row.version for row in ROWS if row.kind == "licensed" and "/licenses/" in (row.url or "") and row.url.endswith("/")) == {
        "1.0": 4 * 6 + 3 * 5 + 3 + 4 + 2,  # the six, five without "by", sampling, sampling+, nc-sampling+
        "2.0": 19 * 6 + 5 + 1,  # the five again for Japan; Developing Nations
        "2.1": 4 * 6,
        "2.5": 29 * 6,
        "3.0": 44 * 6,
        "4.0": 6,
    }
    assert sum(row.kind == "rightsstatement" for row in ROWS) == 12


@pytest.mark.parametrize("version", ["2.0", "2.5", "3.0"])
def test_brazil_has_its_ports(version):
    for slug in ("by", "by-nc", "by-nc-nd", "by-nc-sa", "by-nd", "by-sa"):
        assert f"{slug}-{version}-br" in LICENSES


def test_an_id_says_slug_version_and_port():
    odd = {"cc-pddc"}
    for row in ROWS:
        parts = [part for part in (row.slug, row.version, row.jurisdiction) if part]
        assert row.id in odd or row.id == "-".join(parts)


@pytest.mark.parametrize("spelling", ["url", "id", "name"])
def test_address_id_and_name_of_every_license_read_back(spelling: str):
    for row in ROWS:
        written = getattr(row, spelling)
        assert written is None or read(written).governing == row


def test_addresses_of_creative_commons_have_one_form():
    for row in ROWS:
        if row.url and "creativecommons" in row.url:
            assert row.url.startswith("https://creativecommons.org/")
            assert row.url.endswith("/")


# ---- spellings


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # Flickr's older names give no version; the address beside them does
        ("Attribution License", "by"),
        ("Attribution-NonCommercial License", "by-nc"),
        ("Attribution-NonCommercial-NoDerivs License", "by-nc-nd"),
        ("Attribution-NonCommercial License|http://creativecommons.org/licenses/by-nc/2.0/", "by-nc-2.0"),
        ("Attribution License|", "by"),
        ("Public Domain Mark", "pdm-1.0"),
        # COCO's addresses
        ("http://flickr.com/commons/usage/", "nkcr"),
        ("http://www.usa.gov/copyright.shtml", "usgov"),
        ("United States Government Work|http://www.usa.gov/copyright.shtml", "usgov"),
        # long names
        ("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International (CC BY-NC-ND 4.0)", "by-nc-nd-4.0"),
        ("Creative Commons Attribution 4.0 International Public License", "by-4.0"),
        ("Attribution-Noncommercial-No Derivative Works 3.0 Unported", "by-nc-nd-3.0"),
        ("Attribution 3.0 Brazil", "by-3.0-br"),
        ("Attribution 2.0 UK: England & Wales", "by-2.0-uk"),
        ("Licença Creative Commons Atribuição 3.0 Brasil", "by-3.0-br"),
        ("Atribuição-Uso não-comercial-Vedada a criação de obras derivadas 2.5 Brasil", "by-nc-nd-2.5-br"),
        ("Atribuição-CompartilhaIgual 4.0 Internacional", "by-sa-4.0"),
        ("CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "cc0-1.0"),
        ("Todos os direitos reservados", "arr"),
        ("Domínio público", "pd"),
        # short forms
        ("CC-BY-NC", "by-nc"),
        ("CCBY4.0", "by-4.0"),
        ("CC BY-SA 2.1 ES", "by-sa-2.1-es"),
        ("InC-EDU", "InC-EDU-1.0"),
        ("GFDL-1.3-or-later", "gfdl-1.3"),
        # data sets use licenses of software too
        ("MIT", "mit"),
        ("BSD-3-Clause", "bsd-3-clause"),
        ("Apache License, Version 2.0", "apache-2.0"),
        # addresses
        ("creativecommons.org/licenses/by/4.0", "by-4.0"),
        ("https://creativecommons.org/licenses/sampling%2B/1.0/", "sampling+-1.0"),
        ("https://creativecommons.org/licenses/by-sa/", "by-sa"),
    ],
)
def test_a_spelling_found_in_data_sets_is_read(raw: str, expected: str):
    assert license_id(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "4",  # a number means nothing without the name of its list
        "flickr:17",
        "flickr:04",
        "CC BY 2.1",  # exists as ports only
        "CC BY 2.1 BR",
        "CC BY 4.0 BR",
        "CC BY 3.0 XX",
        "CC BY-BY 4.0",
        "CC BY-NC-ND-SA 4.0",
        "NC",
        "https://creativecommons.org/licenses/by-nc-nd/1.0/",  # 1.0 has by-nd-nc
        "https://creativecommons.org/licenses/by/2.1/",
        "https://creativecommons.org:8080/licenses/by/4.0/",
        "https://creativecommons.org./licenses/by/4.0/",
        "https://ｃreativecommons.org/licenses/by/4.0/",
        "ftp://creativecommons.org/licenses/by/4.0/",
        "https://[::1/licenses/by/4.0/",
        "https://evil.example/|by",
        "by|https://evil.example/",
        "Attribution 4.0 (CC BY-NC 4.0)",  # contradicts itself
        "neither CC BY 4.0 or CC BY-SA 3.0",
        "not CC BY 4.0",
        ";",
        "|",
        "ODbL-1.0",  # of the database, not of its images
    ],
)
def test_what_is_not_a_license_of_an_image_is_not_guessed(raw: str | None):
    assert license_id(raw) is None


def test_a_bare_public_domain_is_never_raised_to_a_tool():
    assert {license_id(text) for text in ("publicdomain", "Public Domain", "PD")} == {"pd"}


def test_elements_in_the_order_of_version_1_are_kept_and_others_put_right():
    assert read("CC BY-ND-NC 1.0").license.slug == "by-nd-nc"
    assert read("CC BY-NC-ND 1.0").license.slug == "by-nd-nc"
    assert "element-order-corrected" in read("CC BY-NC-ND 1.0").warnings
    assert "element-order-corrected" not in read("CC BY-ND-NC 1.0").warnings


@given(any_row, st.sampled_from(["", " ", "\n", "  \t "]), st.sampled_from([str.lower, str.upper, str]))
def test_case_and_space_around_do_not_matter(row: License, space: str, case):
    assert read(f"{space}{case(row.name)}{space}") == read(row.name)
    if row.url:
        assert read(f"{space}{case(row.url)}{space}") == read(row.url)


@given(st.sampled_from([row.url for row in ROWS if row.url]))
def test_http_https_www_and_a_query_do_not_matter(url: str):
    scheme, _, rest = url.partition("://")
    for spelling in (f"http://{rest}", f"https://{rest}", f"//{rest}", rest, url.rstrip("/"), f"{url}?ref=search", f"{url}#top"):
        assert read(spelling) == read(url)
    if not rest.startswith("www."):
        assert read(f"{scheme}://www.{rest}") == read(url)


@given(st.sampled_from([row.url for row in ROWS if row.url]))
def test_another_host_is_another_address(url: str):
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    for other in (f"{host}.evil.example", f"{host}@evil.example", f"evil.example/{host}", f"x{host}", f"{host}:80"):
        assert license_id(f"{scheme}://{other}/{path}") is None


# ---- choice, conflict, two layers


def test_of_a_choice_the_reuser_takes_the_laxest():
    assert license_id("CC BY-NC 2.0 or CC BY-SA 3.0") == "by-sa-3.0"
    assert license_id("GFDL ou CC BY-SA 3.0") == "by-sa-3.0"


def test_of_records_in_conflict_every_prohibition_holds():
    reading = read("CC BY-NC 2.0; CC BY-ND 2.0")
    assert permits(reading) == ("yes", "no", "no")
    assert reading.warnings == ("conflict-strictest-used",)
    assert permits(read("CC BY 2.0; something else")) == ("no", "no", "no")


def test_the_same_record_twice_is_no_conflict():
    assert read("CC BY 2.0; http://creativecommons.org/licenses/by/2.0/;").warnings == ()


def test_a_data_set_license_is_not_the_pictures_license():
    for raw in (None, "", "n/a", "NULL"):
        reading = read(raw, dataset="CC BY 4.0")
        assert reading.license == NOT_RECORDED
        assert reading.governing.id == "by-4.0"
        assert permits(reading) == ("unclear", "unclear", "unclear")


def test_a_license_we_cannot_read_is_not_healed_by_the_data_sets():
    reading = read("see website", dataset="CC BY 4.0")
    assert reading.license.id == "unknown"
    assert permits(reading) == ("no", "no", "no")


def test_terms_that_restrict_the_use_bind_images_that_have_a_license():
    reading = read("CC BY 2.0", dataset="Uso não-comercial, para pesquisa")
    assert permits(reading) == ("education", "no", "unclear")
    assert reading.warnings == ("terms-not-a-license", "dataset-terms-narrower")


def test_other_terms_leave_printing_to_the_images_license():
    assert read("CC BY 2.0", dataset="Please cite the paper.").permits_print == "yes"


def test_a_data_set_that_says_nothing_is_no_layer():
    for nothing in (None, "", "none", "n/a", " ? "):
        assert read("CC BY 2.0", dataset=nothing) == read("CC BY 2.0")


@given(st.sampled_from([None, "junk", *LICENSES]), st.sampled_from(["research only", "cite us", *LICENSES]))
def test_two_layers_are_never_laxer_than_one(raw: str | None, dataset: str):
    both = read(raw, dataset=dataset)
    for layer in (both.license, both.dataset_license or both.license):
        for together, alone in zip(permits(both), permits(layer), strict=True):
            assert STRICTNESS.index(together) >= STRICTNESS.index(alone)
        assert both.sharealike >= layer.sharealike
        assert both.attribution == "yes" or layer.attribution == "courtesy"


# ---- anything at all


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), near_misses), st.one_of(st.none(), st.text(max_size=60), near_misses))
def test_reading_never_raises(raw: str, dataset: str | None):
    reading = read(raw, dataset=dataset)
    assert reading.license in (NOT_RECORDED, *ROWS)
    assert closest(raw) in (None, *LICENSES)


@pytest.mark.parametrize(
    "unit", ["0", "CC BY 4.0", "by", "by or ", "CC BY 2.0;", "(", "(CC BY)", "[", "https://", "|", " ", "\u0301", "ﷺ", "image:", "dataset:"]
)
def test_a_long_string_is_refused_quickly(unit: str):
    text = unit * (1_000_000 // len(unit))
    began = time.perf_counter()
    assert license_id(text) is None
    read(None, dataset=text)
    assert time.perf_counter() - began < 1


# ---- ids


def test_an_id_finds_its_license():
    assert by_id("by-3.0-br").name == "CC BY 3.0 BR"


def test_an_unknown_id_is_answered_with_the_nearest():
    with pytest.raises(MisspelledLicense, match=r"^by-4\.00 is not the id of a license: did you mean by-4\.0\?$"):
        by_id("by-4.00")
    with pytest.raises(MisspelledLicense, match=r"did you mean odbl-1\.0"):
        by_id("ODbL")
    with pytest.raises(UnknownLicense, match=r"ids look like by-2\.0"):
        by_id("whatever you like")
