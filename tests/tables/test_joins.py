from __future__ import annotations

from dataclasses import replace

from tables.made_up import CREDITED, OAK, Build

from imagestolive.tables import credited

SAME_PHOTO = replace(OAK, dataset="ml-images", image_id="m-1", photo_id="31337")
CREDIT = ("author", "author_url", "author_id", "title", "landing_url", "license_raw", "license", "license_seen_on", "dataset_license")


def test_a_record_without_a_credit_gets_that_of_the_same_photograph(build: Build) -> None:
    (record,) = credited([SAME_PHOTO], build(OAK, CREDITED))
    assert record == replace(SAME_PHOTO, **{name: getattr(CREDITED, name) for name in CREDIT})


def test_what_a_record_says_itself_stands(build: Build) -> None:
    own = replace(SAME_PHOTO, author="Bia", license_raw="all rights reserved")
    (record,) = credited([own], build(CREDITED))
    assert (record.author, record.title) == ("Bia", CREDITED.title)
    assert (record.license_raw, record.license) == ("all rights reserved", None)


def test_what_a_set_says_of_photographs_without_a_license_does_not_lie_on_one_that_has_it(build: Build) -> None:
    (record,) = credited([replace(SAME_PHOTO, dataset_license="none stated")], build(replace(CREDITED, dataset_license=None)))
    assert (record.license, record.dataset_license) == (CREDITED.license, None)


def test_records_of_other_photographs_stay_as_they_are(build: Build) -> None:
    others = [OAK, replace(SAME_PHOTO, photo_id="1")]
    assert list(credited(others, build(CREDITED, OAK))) == others
