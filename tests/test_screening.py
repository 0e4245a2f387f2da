"""The rules, one by one: what stays out, and by which reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive import licenses, screening
from imagestolive.policy import Policy, flag_key
from imagestolive.records import FLAGS, ImageRecord

PLAIN = ImageRecord(dataset="coco", image_id="7", locator="7.jpg")
TERMS = {"coco": "nothing-stated", "digits": "open", "dogs": "teaching", "lfw": "research"}


def licensed(raw: str, dataset: str = "coco", **more: object) -> ImageRecord:
    return replace(PLAIN, dataset=dataset, license_raw=raw, license=licenses.license_id(raw), **more)  # type: ignore[arg-type]


def policy(**more: object) -> Policy:
    return Policy(terms_allow=TERMS, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "school", "sold"),
    [
        ("CC BY 2.0", None, None),
        ("CC BY-SA 2.0", None, None),
        ("CC BY-ND 2.0", None, None),
        ("CC BY-NC 2.0", None, "not for sale"),
        ("CC BY-NC-ND 4.0", None, "not for sale"),
        ("CC0", None, None),
        ("Public Domain Mark", None, None),
        ("flickr:7", None, "not for sale"),
        ("flickr:8", None, None),
        ("Public domain", None, "not for sale"),
        ("flickr:0", "license", "not for sale"),
        ("http://rightsstatements.org/vocab/InC/1.0/", "license", "not for sale"),
        ("http://rightsstatements.org/vocab/InC-EDU/1.0/", None, "not for sale"),
        ("http://rightsstatements.org/vocab/UND/1.0/", "license", "not for sale"),
        ("http://rightsstatements.org/vocab/NoC-US/1.0/", None, None),
        ("https://creativecommons.org/licenses/sampling/1.0/", "license", "not for sale"),
        ("GFDL-1.2-only", "license", "not for sale"),
    ],
)
def test_an_images_own_license_decides(raw: str, school: str | None, sold: str | None) -> None:
    record = licensed(raw, "digits")
    assert screening.by_record(record, policy()).reason == school
    assert screening.by_record(record, policy(sold=True)).reason == sold


@pytest.mark.parametrize(
    ("dataset", "reason", "with_word"),
    [("digits", None, None), ("dogs", None, None), ("lfw", "no license", None), ("coco", "no license", None)],
)
def test_without_a_license_the_terms_of_the_data_set_decide(dataset: str, reason: str | None, with_word: str | None) -> None:
    record = replace(PLAIN, dataset=dataset)
    assert screening.by_record(record, policy()).reason == reason
    assert screening.by_record(record, policy(allow_unlicensed=True)).reason == with_word


def test_a_license_text_that_cannot_be_read_is_not_covered_by_the_terms_of_the_set() -> None:
    record = licensed("Courtesy of the agency, no reuse", "digits")
    assert screening.by_record(record, policy()).reason == "no license"
    assert screening.by_record(record, policy(allow_unlicensed=True)).allowed


@pytest.mark.parametrize("dataset", TERMS)
def test_without_a_license_nothing_is_ever_sold(dataset: str) -> None:
    record = replace(PLAIN, dataset=dataset, dataset_license="CC BY 4.0")
    assert screening.by_record(record, policy(sold=True, allow_unlicensed=True)).reason == "not for sale"


def test_the_operators_word_covers_what_is_unclear_but_never_a_sale() -> None:
    reserved = licensed("flickr:0")
    assert screening.by_record(reserved, policy(allow_unlicensed=True)).allowed
    assert screening.by_record(reserved, policy(allow_unlicensed=True, sold=True)).reason == "not for sale"


def test_the_stricter_layer_decides_about_sales() -> None:
    record = licensed("CC BY 2.0", dataset_license="CC BY-NC-SA 4.0")
    assert screening.by_record(record, policy()).allowed
    assert screening.by_record(record, policy(sold=True)).reason == "not for sale"


def test_a_refused_data_set_stays_out_whatever_its_images_say() -> None:
    decision = screening.by_record(licensed("CC0"), policy(refused={"coco": "withdrawn by its makers"}))
    assert (decision.reason, decision.detail) == ("data set refused", "withdrawn by its makers")


def test_a_flagged_image_stays_out_with_the_operators_reason() -> None:
    held = policy(flagged={("coco", "7"): "a child"})
    assert screening.by_record(licensed("CC0"), held).detail == "a child"
    assert screening.by_record(licensed("CC0"), held).reason == "flagged"
    assert screening.by_record(replace(licensed("CC0"), image_id="8"), held).allowed
    assert screening.by_record(replace(licensed("CC0"), dataset="digits"), held).allowed


@pytest.mark.parametrize("listed", [" 7 ", "7"])
def test_spaces_around_a_flagged_id_do_not_let_it_through(listed: str) -> None:
    held = policy(flagged={flag_key(" coco", listed): "asked to"})
    assert screening.by_record(licensed("CC0"), held).reason == "flagged"
    assert screening.by_record(replace(licensed("CC0"), image_id=" 7"), held).reason == "flagged"


def test_the_way_accents_are_stored_does_not_let_a_flagged_image_through() -> None:
    held = policy(flagged={flag_key("coco", "caf\u00e9.jpg"): "asked to"})
    assert screening.by_record(replace(licensed("CC0"), image_id="cafe\u0301.jpg"), held).reason == "flagged"


@pytest.mark.parametrize(
    ("flag", "reason"),
    [("withdrawn", "withdrawn"), ("nsfw", "flagged"), ("unsafe", "flagged"), ("no_cv", "flagged"), ("review", "flagged")]
    + [(flag, None) for flag in ("person", "face", "minor", "plate")],
)
def test_the_makers_own_marks_are_heard(flag: str, reason: str | None) -> None:
    assert flag in FLAGS
    assert screening.by_record(licensed("CC0", flags=frozenset({flag})), policy()).reason == reason


def test_every_reason_has_words() -> None:
    assert set(screening.REASON_WORDS) == set(screening.REASONS)


@given(
    raw=st.sampled_from([None, "CC BY 2.0", "CC BY-NC 4.0", "flickr:0", "n/a", "CC0"]),
    dataset=st.sampled_from(list(TERMS)),
    allow=st.booleans(),
    flags=st.frozensets(st.sampled_from(FLAGS)),
)
def test_what_may_be_sold_may_also_be_given_away_and_every_refusal_has_a_known_reason(
    raw: str | None, dataset: str, allow: bool, flags: frozenset[str]
) -> None:
    record = replace(PLAIN, dataset=dataset, license_raw=raw, license=licenses.license_id(raw), flags=flags)  # type: ignore[arg-type]
    given_away = screening.by_record(record, policy(allow_unlicensed=allow))
    sold = screening.by_record(record, policy(allow_unlicensed=allow, sold=True))
    assert given_away.allowed or not sold.allowed
    assert {given_away.reason, sold.reason} <= {None, *screening.REASONS}


def test_a_policys_hash_changes_with_each_fact_and_not_with_their_order() -> None:
    flags = {("a", "1"): "x", ("b", "2"): "y"}
    policies = [
        policy(),
        policy(sold=True),
        policy(allow_unlicensed=True),
        policy(refused={"coco": "gone"}),
        policy(flagged=flags),
        policy(flagged={**flags, ("a", "1"): "z"}),
        Policy(terms_allow={"coco": "open"}),
    ]
    assert len({one.hash for one in policies}) == len(policies)
    assert policy(flagged=dict(reversed(flags.items()))).hash == policy(flagged=flags).hash
