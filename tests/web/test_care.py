"""/care tells every rule that there is in the code, with the lists and counts that are in force."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import drawn
import pytest
from flask import Flask
from flask.testing import FlaskClient
from office import Office

from imagestolive import resources
from imagestolive.care import Blocked
from imagestolive.config import Config, DataSetConfig
from imagestolive.policy import Policy
from imagestolive.records import Band
from imagestolive.screening import REASONS
from imagestolive.web import care
from imagestolive.words import LANGUAGES

Offices = Callable[..., Office]


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())


def test_there_are_words_for_every_rule_of_the_code_and_for_no_other() -> None:
    assert set(care.RULES) == set(REASONS)
    assert {rule.stage for rule in care.RULES.values()} == set(care.STAGES)
    names = [rule.name for rule in care.RULES.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_of_every_rule_what_it_does_and_who_decided(client: FlaskClient, lang: str) -> None:
    page = text_of(client.get(f"/care?lang={lang}").text)
    say = resources.words(lang).say
    for reason, rule in care.RULES.items():
        for sentence in (rule.name, rule.said, rule.decided):
            assert say(sentence) in page, reason


def over(offices: Offices, folder: Path, **more: object) -> Office:
    """An office over 12 photographs, of which those whose number is odd have no license."""
    root = drawn.folder(folder / "mine", 12, licenses=("CC BY 2.0", ""))
    own = folder / "data"
    own.mkdir()
    settings: dict[str, object] = {"datasets": {"mine": DataSetConfig(key="mine", root=root)}, "starter": False, "data_folder": own, **more}
    return offices(Config(**settings), own)  # type: ignore[arg-type]


def test_what_licenses_and_lists_leave_out_is_counted_by_data_set(offices: Offices, tmp_path: Path) -> None:
    flags = tmp_path / "flags.csv"
    flags.write_text("dataset,image_id,reason\nmine,000.jpg,blood\nother,1.jpg,blood\n", encoding="utf-8")
    office = over(offices, tmp_path, flags=flags)
    page = text_of(office.client().get("/care").text)
    assert "12 images; 6 without license, 1 flagged" in page
    assert "a file of the people who run this page · 2 entries · version" in page


def test_what_people_asked_for_is_counted_but_never_told(offices: Offices, tmp_path: Path) -> None:
    office = over(offices, tmp_path)
    office.place.decisions.opt_out(target="image", dataset="mine", value="000.jpg")
    office.place.decisions.opt_out(target="photo", dataset=None, value="987654321", why="My own words", contact="ana@example.org")
    page = office.client().get("/care").text
    assert "Requests · 2 entries" in text_of(page)
    for told in ("000.jpg", "987654321", "My own words", "ana@example.org"):
        assert told not in page


def test_an_image_counts_once_whatever_other_names_it_is_hidden_by(offices: Offices, tmp_path: Path) -> None:
    office = over(offices, tmp_path)
    office.place.decisions.opt_out(target="photo", dataset=None, value="5002", sha256s=["a" * 64, "b" * 64])
    office.place.decisions.block(who="Ana", target="image", dataset="mine", value="004.jpg", sha256s=["c" * 64])
    for n in (6, 8):
        reported = {"image_id": f"{n:03}.jpg", "photo": f"500{n}", "sha256": str(n) * 64}
        office.place.decisions.report(client="a", dataset="mine", reason="private", rows=500, **reported)
    page = text_of(office.client().get("/care").text)
    for said in ("Requests · 1 entry", "Reports · 2 entries", "Blocked by hand · 1 entry"):
        assert said in page


def test_no_hash_on_the_page_can_be_made_of_the_few_images_that_there_are(offices: Offices, tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        office = over(offices, tmp_path / name)
        office.place.decisions.opt_out(target="image", dataset="mine", value="000.jpg")
        pages.append(set(re.findall(r'class="code">([0-9a-f]{12})<', office.client().get("/care").text)))
    refused = care.fingerprint(office.app.extensions["imagestolive"].pipeline.policy(sold=False).refused)
    assert pages[0] & pages[1] == {refused}  # the same request makes another hash in another ledger


def test_lists_of_words_and_bands_of_scores_are_named_with_their_hash(offices: Offices, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("blood\nwar\n", encoding="utf-8")
    office = over(offices, tmp_path, words={"en": words}, bands={"nsfw": Band(review=0.4, hold=0.8)})
    page = text_of(office.client().get("/care").text)
    found = re.search("Words in English · 2 entries · version ([0-9a-f]{12})", page)
    assert found
    assert "Scores of nsfw: to be looked at from 0.4, left out from 0.8" in page
    words.write_text("blood\npeace\n", encoding="utf-8")
    assert found[1] not in office.client().get("/care").text


def test_a_model_that_is_not_installed_is_said_to_be_idle(offices: Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = over(offices, tmp_path, bands={"nsfw": Band(review=0.4, hold=0.8)})
    for running in (True, False):
        monkeypatch.setattr("imagestolive.scores.running", lambda running=running: {"nsfw": running})
        assert ("The model nsfw is not running here" in office.client().get("/care").text) is not running


def test_a_fingerprint_changes_with_any_entry_and_not_with_their_order() -> None:
    entries = {"a": "x", "b": "y"}
    assert care.fingerprint(entries) == care.fingerprint({"b": "y", "a": "x"})
    assert len({care.fingerprint(part) for part in (entries, {"a": "x"}, {"a": "x", "b": "z"}, {"a": "x", "c": "y"}, {})}) == 5


def test_a_list_without_an_entry_is_told_too_and_has_no_version(app: Flask) -> None:
    with app.test_request_context():
        (listed,) = care.lists_of("reported", Policy())
    assert (listed.entries, listed.version) == (0, "")


def test_each_set_and_each_foot_leads_there(client: FlaskClient) -> None:
    assert client.get("/set/K7Q2-9FXD?people=1&cards=3").text.count('href="/care"') == 2
    assert client.get("/").text.count('href="/care"') == 1


def test_what_is_left_out_in_all_data_sets_is_counted_in_each_and_no_image_twice(offices: Offices, tmp_path: Path) -> None:
    office = over(offices, tmp_path)
    say = office.place.decisions
    say.opt_out(target="photo", dataset=None, value="5002")
    say.opt_out(target="image", dataset="mine", value="002.jpg")  # the same photograph
    say.opt_out(target="photo", dataset=None, value="5004")
    say.opt_out(target="photo", dataset=None, value="4711")  # nowhere here
    page = text_of(office.client().get("/care").text)
    assert "12 images; 6 without license, 2 withdrawn" in page
    assert "Known to leave out 2 images of what is here." in page
    say.block(who="Ana", target="author", dataset=None, value="ana")  # who took all of them; what was asked for comes first
    page = text_of(office.client().get("/care").text)
    assert "12 images; 10 flagged, 6 without license, 2 withdrawn" in page
    assert "nobody has counted" not in page
    say.block(who="Ana", target="domain", dataset=None, value="example.org")
    assert "1 more entry holds in all data sets" in text_of(office.client().get("/care").text)


def test_more_entries_than_a_page_can_ask_for_are_said_and_not_counted() -> None:
    blocked = Blocked(photos=dict.fromkeys(map(str, range(1, 1001)), "withdrawn"), domains={"example.org": "flagged"}, version="1")
    asked, more = care.asked_for(blocked)
    assert (len(asked), more) == (care.COUNTED_MOST, 1001 - care.COUNTED_MOST)


def test_while_nothing_is_another_nothing_is_counted_again(offices: Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = over(offices, tmp_path)
    office.place.decisions.opt_out(target="photo", dataset=None, value="5002")
    pages = [office.client().get("/care").text]
    monkeypatch.setattr("imagestolive.pipeline.Pipeline.look_up", None)
    monkeypatch.setattr("imagestolive.ledger.decisions.Decisions.effective", None)
    assert [*pages, office.client().get("/care").text] == pages * 2


def test_a_list_is_named_by_its_language_in_that_of_the_page(offices: Offices, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("blood\n", encoding="utf-8")
    office = over(offices, tmp_path, words={"en": words, "es-MX": words, "tlh": words})
    page = text_of(office.client().get("/care").text)
    assert all(f"Words in {language} · 1 entry" in page for language in ("English", "Spanish", "tlh"))
    assert "Words in en" not in page
