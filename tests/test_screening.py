"""The rules, one by one: what stays out, and by which reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive import licenses, screening
from imagestolive.care import flag_key
from imagestolive.policy import Policy
from imagestolive.records import ALLOWED, FLAGS, Band, Decision, ImageRecord, Label, Picture, Region
from imagestolive.wordlists import WordLists

PLAIN = ImageRecord(dataset="coco", image_id="7", locator="7.jpg")
TERMS = {"coco": "nothing-stated", "digits": "open", "dogs": "teaching", "lfw": "research"}


def licensed(raw: str | None, dataset: str = "coco", **more: object) -> ImageRecord:
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
        policy(school=True),
        policy(words=WordLists(lists={"en": ("gore",)})),
        policy(words=WordLists(lists={"pt-BR": ("gore",)})),
        policy(bands={"nsfw": Band(review=0.3, hold=0.7)}),
        policy(bands={"nsfw": Band(review=0.3, hold=0.8)}),
        policy(reviewed=frozenset({("a", "1")})),
        policy().to_draw(),
        policy(sold=True),
        policy(allow_unlicensed=True),
        policy(refused={"coco": "gone"}),
        policy(flagged=flags),
        policy(flagged={**flags, ("a", "1"): "z"}),
        Policy(terms_allow={"coco": "open"}),
    ]
    assert len({one.hash for one in policies}) == len(policies)
    assert policy(flagged=dict(reversed(flags.items()))).hash == policy(flagged=flags).hash


# ---- words -----------------------------------------------------------------------------------------------------------------

LISTS = WordLists(lists={"en": ("wet market", "gore"), "pt-BR": ("Caçador",)})


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"title": "GORE, 1999"}, "gore"),
        ({"title": "the wet  market"}, "wet market"),
        ({"captions": ("nothing", "um cacador")}, "Caçador"),
        ({"captions": ("O CAC\u0327ADOR",)}, "Caçador"),
        ({"labels": (Label(text="wet_market"),)}, "wet market"),
        ({"regions": (Region(label="gore"),)}, "gore"),
        ({"title": "go\u00adre"}, "gore"),  # a soft hyphen, which nobody sees
        ({"title": "Gorey, a wet black market"}, None),
        ({"author": "Gore"}, None),
    ],
)
def test_a_word_of_a_list_is_found_whole_and_sends_to_review(facts: dict[str, Any], word: str | None) -> None:
    decision = screening.by_record(licensed("CC0", **facts), policy(words=LISTS))
    assert decision == (Decision(reason="held for review", detail=word) if word else ALLOWED)


def test_what_is_left_out_anyway_never_waits_for_a_person() -> None:
    record = licensed("Sampling 1.0", title="gore")
    assert screening.by_record(record, policy(words=LISTS)).reason == "license"
    flagged = policy(words=LISTS, flagged={flag_key("coco", "7"): "asked to"})
    assert screening.by_record(licensed("CC0", title="gore"), flagged).reason == "flagged"


def test_an_image_that_somebody_kept_is_not_held_again_but_it_is_in_school_mode() -> None:
    record = licensed("CC0", title="gore", people="none")
    kept = policy(words=LISTS, reviewed=frozenset({flag_key("coco", "7")}))
    assert screening.by_record(record, kept).allowed
    assert screening.by_record(record, replace(kept, school=True)).reason == "held for review"
    assert screening.by_record(replace(record, image_id="8"), kept).reason == "held for review"


def test_what_is_drawn_or_looked_at_passes_and_keeps_why_it_waits() -> None:
    kept = policy(words=LISTS, reviewed=frozenset({flag_key("coco", "7")}))
    record = licensed("CC0", title="gore")
    assert screening.by_record(record, kept.to_draw()) == Decision(detail="gore")
    assert screening.by_record(record, policy(words=LISTS).to_look()) == Decision(detail="gore")
    assert not screening.by_record(record, policy(words=LISTS, school=True).to_look()).allowed


# ---- school mode -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "flags", "reason"),
    [
        ("none", (), None),
        ("unknown", (), "people"),
        ("some", ("person",), "people"),
        ("none", ("face",), "people"),
        ("none", ("plate",), "people"),
    ],
)
def test_in_school_mode_somebody_has_to_say_that_there_are_no_people(people: str, flags: tuple[str, ...], reason: str | None) -> None:
    record = licensed("CC0", people=people, flags=frozenset(flags))
    assert screening.by_record(record, policy(school=True)).reason == reason
    assert screening.by_record(record, policy()).allowed


def test_in_school_mode_the_operators_word_does_not_stand_for_a_license() -> None:
    assert screening.by_record(licensed(None), policy(allow_unlicensed=True)).allowed
    assert screening.by_record(licensed(None, people="none"), policy(allow_unlicensed=True, school=True)).reason == "no license"
    forbids = licensed("Sampling 1.0", people="none")
    assert screening.by_record(forbids, policy(allow_unlicensed=True, school=True)).reason == "license"


# ---- pixels and scores -----------------------------------------------------------------------------------------------------

BANDS = {"nsfw": Band(review=0.3, hold=0.7)}


@pytest.mark.parametrize(
    ("score", "reason", "in_school"),
    [
        (0.29, None, None),
        (0.3, "held for review", "flagged"),
        (0.69, "held for review", "flagged"),
        (0.7, "flagged", "flagged"),
        (None, None, "held for review"),
    ],
)
def test_a_score_leads_to_what_the_operators_bands_say(score: float | None, reason: str | None, in_school: str | None) -> None:
    scores = {} if score is None else {"nsfw": score}
    assert screening.by_scores(PLAIN, scores, policy(bands=BANDS)).reason == reason
    assert screening.by_scores(PLAIN, scores, policy(bands=BANDS, school=True)).reason == in_school
    assert screening.by_scores(PLAIN, scores, policy()).allowed


def test_a_picture_of_one_tone_is_looked_at_first_and_a_single_pixel_is_left_out() -> None:
    plain = Picture(sha256="0" * 64, width_px=40, height_px=40, channels=3, uniform=True)
    assert screening.by_picture(PLAIN, plain, policy()) == Decision(reason="held for review", detail="uniform")
    assert screening.by_picture(PLAIN, replace(plain, width_px=1), policy()).reason == "too small"
    assert screening.by_picture(PLAIN, replace(plain, width_px=1), policy().to_draw()).reason == "too small"
    assert screening.by_picture(PLAIN, replace(plain, uniform=False), policy()).allowed


@given(st.lists(st.one_of(st.none(), st.integers(0, 2**64 - 1)), max_size=12), st.data())
def test_likeness_is_found_as_if_every_two_hashes_were_compared(dhashes: list[int | None], data: st.DataObject) -> None:
    known = [one for one in dhashes if one is not None]
    for one in known:  # near and not so near ones of what is there
        bits = data.draw(st.sets(st.integers(0, 63), min_size=3, max_size=6))
        dhashes.append(one ^ sum(1 << bit for bit in bits))
    numbered = list(enumerate(dhashes, start=1))
    expected = [
        slot
        for slot, one in numbered
        if one is not None and any(other is not None and (one ^ other).bit_count() <= 4 for _, other in numbered[: slot - 1])
    ]
    assert list(screening.alike(numbered)) == expected
