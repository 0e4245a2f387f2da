"""/operator: closed without a token, and behind it nothing is deleted, and no image is shown."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from flask.testing import FlaskClient
from office import Office
from werkzeug.test import TestResponse

from imagestolive.config import Config
from imagestolive.jobs.workplace import Workplace
from imagestolive.ledger import decisions
from imagestolive.ledger.decisions import Entry
from imagestolive.web import create_app, door, operator
from imagestolive.web.door import Door, NotALabel, TokenTooShort, TooManyTries, WrongToken

TOKEN = "correct-horse-battery-staple"


@pytest.fixture
def office(config: Config, offices: Callable[..., Office], tmp_path: Path) -> Office:
    """The usual office, and its operator's page; a wrong token costs nothing."""
    office = offices(config, tmp_path)
    office.app = create_app(config, office.place, operator_token=TOKEN, now=lambda: office.clock[0])
    office.app.extensions["imagestolive.door"]._sleep = lambda _: None
    return office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    """Somebody who is signed in."""
    client = office.client()
    assert sign_in(client).status_code == 303
    return client


def sign_in(client: FlaskClient, token: str = TOKEN, who: str = "Ana") -> TestResponse:
    return client.post("/operator", data={"do": "sign-in", "token": token, "who": who})


def report(place: Workplace, image_id: str = "000.jpg", client: str = "somebody") -> Entry:
    return place.decisions.report(client=client, dataset="garden", image_id=image_id, reason="it shows a child", rows=20)


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())


# ---- the door ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_there_is_no_such_page(config: Config, monkeypatch: pytest.MonkeyPatch, token: str | None) -> None:
    monkeypatch.delenv(door.VARIABLE, raising=False)
    client = create_app(config, operator_token=token).test_client()
    for answer in (client.get("/operator"), client.post("/operator", data={"do": "sign-in", "token": "", "who": "Ana"})):
        assert answer.status_code == 404
        assert answer.text == client.get("/operatox").text.replace("operatox", "operator")
    assert "/operator" not in client.get("/").text


def test_the_environment_opens_it_and_a_short_token_stops_the_server(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(door.VARIABLE, TOKEN)
    assert create_app(config).test_client().get("/operator").status_code == 200
    monkeypatch.setenv(door.VARIABLE, "x" * 19)
    with pytest.raises(TokenTooShort, match="19 characters"):
        create_app(config)


def test_the_session_is_a_cookie_for_this_page_alone(office: Office) -> None:
    answer = sign_in(office.client())
    (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("operator=")]
    parts = set(cookie.split("; ")[1:])
    assert {"HttpOnly", "SameSite=Strict", "Path=/operator", "Max-Age=43200"} <= parts
    assert TOKEN not in cookie
    secure = office.client().post("/operator", data={"do": "sign-in", "token": TOKEN, "who": "Ana"}, base_url="https://localhost")
    assert "Secure" in secure.headers["Set-Cookie"]


def test_nobody_keeps_or_finds_the_page(client: FlaskClient) -> None:
    for answer in (client.get("/operator"), client.post("/operator", data={"do": "decide"})):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_session_is_over_after_twelve_hours_and_when_signed_out(office: Office, client: FlaskClient) -> None:
    office.clock[0] += 12 * 3600 - 1
    assert "Sign out" in client.get("/operator").text
    office.clock[0] += 1
    assert "Sign out" not in client.get("/operator").text
    sign_in(client)
    client.post("/operator", data={"do": "sign-out"})
    assert client.get_cookie("operator", path="/operator") is None


def test_a_session_is_known_to_every_process_and_to_none_with_another_token() -> None:
    here, there, other = (Door(token, now=lambda: 5.0) for token in (TOKEN, TOKEN, TOKEN + "2"))
    session = here.open(TOKEN, "Ana María", "1.2.3.4")
    assert there.who(session) == "Ana María"
    assert other.who(session) is None


@pytest.mark.parametrize(("old", "new"), [("$", "x"), ("^", "A"), (r"\..*", ""), (".*", ""), (".*", "\udcff.é"), ("[0-9a-f]{64}", "")])
def test_a_session_that_was_tampered_with_is_none(old: str, new: str) -> None:
    here = Door(TOKEN, now=lambda: 5.0)
    assert here.who(re.sub(old, new, here.open(TOKEN, "Ana", "1.2.3.4"), count=1)) is None


def test_without_a_session_nothing_is_told_and_nothing_is_done(office: Office) -> None:
    entry = report(office.place)
    client = office.client()
    assert "000.jpg" not in client.get("/operator").text
    answer = client.post("/operator", data={"do": "decide", "entry": entry.id, "verdict": "allow", "why-decide": "harmless"})
    assert answer.status_code == 403
    assert "You are signed out" in answer.text
    assert office.place.decisions.waiting() == 1


def test_a_wrong_token_is_slow_and_many_are_not_looked_at() -> None:
    clock, slept = [1000.0], []
    here = Door(TOKEN, now=lambda: clock[0], sleep=slept.append)
    for _ in range(door.WRONG_MOST_THERE):
        with pytest.raises(WrongToken):
            here.open("wrong", "Ana", "1.2.3.4")
    assert slept == [door.SLOW_S] * door.WRONG_MOST_THERE
    with pytest.raises(TooManyTries) as full:
        here.open(TOKEN, "Ana", "1.2.3.4")  # not even the right one: else guessing would go on
    assert full.value.retry_after_s == door.WRONG_S
    assert here.open(TOKEN, "Ana", "5.6.7.8")
    clock[0] += door.WRONG_S + 1
    assert here.open(TOKEN, "Ana", "1.2.3.4")


def test_many_addresses_together_have_a_limit_too_and_right_tokens_count_for_nothing() -> None:
    here = Door(TOKEN, now=lambda: 1000.0, sleep=lambda _: None)
    for _ in range(door.WRONG_MOST * 2):
        here.open(TOKEN, "Ana", "1.2.3.4")
    for n in range(door.WRONG_MOST):
        with pytest.raises(WrongToken):
            here.open("wrong", "Ana", f"10.0.{n}.1")
    with pytest.raises(TooManyTries):
        here.open(TOKEN, "Ana", "5.6.7.8")


def test_the_page_says_when_to_try_again(office: Office) -> None:
    client = office.client()
    answers = [sign_in(client, token="wrong") for _ in range(door.WRONG_MOST_THERE + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {403}
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "600"
    assert "This is not the token." in answers[0].text


@pytest.mark.parametrize("who", ["", "  ", "x" * 41, "a\u202eb", "a\0b"])
def test_who_signs_has_a_label_that_can_be_printed(who: str) -> None:
    with pytest.raises(NotALabel):
        Door(TOKEN, now=lambda: 5.0).open(TOKEN, who, "1.2.3.4")


def test_a_form_from_another_site_does_nothing(office: Office, client: FlaskClient) -> None:
    entry = report(office.place)
    data = {"do": "decide", "entry": entry.id, "verdict": "allow", "why-decide": "harmless"}
    assert client.post("/operator", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert office.place.decisions.waiting() == 1


# ---- deciding ----------------------------------------------------------------------------------------------------------


def test_what_waits_is_told_without_its_image(office: Office, client: FlaskClient) -> None:
    report(office.place)
    office.place.decisions.opt_out(target="author", dataset=None, value="ana-souza", why="<b>mine", contact="ana@example.org")
    page = client.get("/operator").text
    main = page.partition("<main")[2].partition("</main")[0]
    assert "2 wait for a decision" in main
    for told in ("garden: 000.jpg", "It shows a child", "hidden everywhere", "ana-souza", "not hidden yet", "ana@example.org"):
        assert told in text_of(main)
    assert "&lt;b&gt;mine" in main
    assert "<img" not in main
    assert "/picture/" not in main
    assert re.findall(r'href="(https?:[^"]*)"', main)
    assert all("noreferrer" in link for link in re.findall(r'<a [^>]*href="http[^>]*>', main))


@pytest.mark.parametrize(("verdict", "held"), [("hide", True), ("allow", False)])
def test_a_decision_says_who_when_and_why(office: Office, client: FlaskClient, verdict: str, held: bool) -> None:
    first, second = report(office.place), report(office.place, "001.jpg")
    data = {"do": "decide", "entry": [first.id, second.id], "verdict": verdict, "why-decide": "looked at the page"}
    assert client.post("/operator", data=data).status_code == 303
    assert office.place.decisions.waiting() == 0
    blocked = office.place.decisions.blocked().images
    assert (("garden", "000.jpg") in blocked, ("garden", "001.jpg") in blocked) == (held, held)
    newest = office.place.decisions.history(2)
    assert {(entry.who, entry.why, entry.supersedes) for entry in newest} == {
        ("Ana", "looked at the page", first.id),
        ("Ana", "looked at the page", second.id),
    }
    assert "Why: looked at the page" in text_of(client.get("/operator").text)
    assert len(office.place.decisions.history(10)) == 4  # nothing is deleted


def test_what_was_decided_can_be_undone_and_stays_in_the_history(office: Office, client: FlaskClient) -> None:
    entry = report(office.place)
    client.post("/operator", data={"do": "decide", "entry": entry.id, "verdict": "allow", "why-decide": "harmless"})
    (allowed,) = office.place.decisions.history(1)
    assert not office.place.decisions.blocked().images
    answer = client.post("/operator", data={"do": "undo", "undone": allowed.id, "why-undo": "a second look"})
    assert answer.status_code == 303
    assert ("garden", "000.jpg") in office.place.decisions.blocked().images
    page = text_of(client.get("/operator").text)
    assert "Why: harmless" in page
    assert "Why: a second look" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"do": "decide", "verdict": "hide", "why-decide": "x"}, "Choose at least one."),
        ({"do": "decide", "entry": "x", "verdict": "hide", "why-decide": " "}, "Say why, in at most 500 characters."),
        ({"do": "decide", "entry": "x", "verdict": "hide", "why-decide": "x" * 501}, "Say why, in at most 500 characters."),
        ({"do": "decide", "entry": "x", "verdict": "burn", "why-decide": "x"}, "“burn” is not one of the choices."),
        ({"do": "decide", "entry": "x", "verdict": "hide", "why-decide": "x"}, "There is no such report or decision."),
        ({"do": "undo", "why-undo": "x"}, "Choose at least one."),
        ({"do": "block", "target": "list", "value": "x", "why-block": "x"}, "“list” is not one of the choices."),
        ({"do": "block", "target": "image", "dataset": "nowhere", "value": "x", "why-block": "x"}, "“nowhere” is not one of the choices."),
        ({"do": "block", "target": "photo", "value": "ana-souza", "why-block": "x"}, "“ana-souza” is not what is to be blocked"),
        ({"do": "block", "target": "domain", "value": "com", "why-block": "x"}, "“com” names no domain that could be left out."),
        ({"do": "block", "target": "sha256", "value": "abc", "why-block": "x"}, "“abc” names no sha256 that could be left out."),
        ({"do": "block", "target": "url", "value": "", "why-block": "x"}, "names no url that could be left out."),
        ({"do": "purge"}, "“purge” is not one of the choices."),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(office: Office, client: FlaskClient, data: dict[str, str], said: str) -> None:
    report(office.place)
    answer = client.post("/operator", data=data)
    assert 400 <= answer.status_code < 500
    assert said in text_of(answer.text)
    assert len(office.place.decisions.history(10)) == 1


def test_what_was_typed_comes_back(office: Office, client: FlaskClient) -> None:
    entry = report(office.place)
    page = client.post("/operator", data={"do": "decide", "entry": entry.id, "verdict": "hide", "why-decide": ""}).text
    assert re.search(f'value="{entry.id}" checked', page)
    page = client.post("/operator", data={"do": "block", "target": "domain", "value": '<b">', "why-block": "because"}).text
    assert 'value="&lt;b&#34;&gt;"' in page
    assert 'value="because"' in page
    assert re.search('value="domain" checked', page)


@pytest.mark.parametrize(
    ("target", "typed", "part", "key"),
    [
        ("image", " 003.jpg ", "images", ("garden", "003.jpg")),
        ("photo", "https://www.flickr.com/photos/ana-souza/4781196162/in/photostream", "photos", "4781196162"),
        ("photo", "4781196162", "photos", "4781196162"),
        ("author", "https://www.flickr.com/people/74881150%40n00/", "authors", "74881150@N00"),
        ("author", "Ana-Souza", "authors", "ana-souza"),
        ("url", "https://www.example.org/a.jpg#x", "urls", "example.org/a.jpg"),
        ("domain", "https://Pictures.Example.org/a", "domains", "pictures.example.org"),
        ("sha256", "AB" * 32, "sha256", "ab" * 32),
    ],
)
def test_what_is_typed_is_blocked_as_the_rules_know_it(
    office: Office, client: FlaskClient, target: str, typed: str, part: str, key: object
) -> None:
    data = {"do": "block", "target": target, "dataset": "garden", "value": typed, "why-block": "asked by mail"}
    assert client.post("/operator", data=data).status_code == 303
    assert dict(getattr(office.place.decisions.blocked(), part)) == {key: "flagged"}
    (entry,) = office.place.decisions.history(1)
    assert (entry.who, entry.why) == ("Ana", "asked by mail")


def test_a_long_queue_and_a_long_history_are_shown_in_parts(office: Office, client: FlaskClient) -> None:
    for n in range(operator.QUEUE_MOST + 5):
        report(office.place, f"{n:03}.jpg", client=f"client {n}")
    page = client.get("/operator").text
    assert "55 wait for a decision" in page
    assert "The oldest 50 are shown." in page
    assert page.count('name="entry"') == operator.QUEUE_MOST
    assert page.count('name="undone"') == operator.HISTORY_MOST
    (older,) = re.findall(r'href="(/operator\?before=\d+)', page)
    assert client.get(older).text.count('name="undone"') == 5
    for strange in ("-1", "x", "9" * 400, "٣", ""):
        assert client.get(f"/operator?before={strange}").status_code == 200


# ---- what is shown besides ---------------------------------------------------------------------------------------------


def test_there_are_words_for_all_that_the_ledger_says() -> None:
    assert set(operator.KINDS) == set(get_args(decisions.Kind))
    assert set(operator.TARGETS) == set(get_args(decisions.Target))
    assert set(operator.FORCES) == set(get_args(decisions.Effect))


def test_what_was_left_out_of_the_sets_of_a_day_is_counted_once_without_their_codes(office: Office, client: FlaskClient) -> None:
    path = "/set/K7Q2-9FXD?people=2&cards=3&dataset=garden"
    for _ in range(3):
        with client.get(path) as answer:
            left = re.search("pictures? (?:was|were) left out: (.*?)\\.", text_of(answer.text))
    with client.get("/set/K7Q2-9FXE"):
        pass
    assert len(office.place.known_sets.recent()) == 1
    (known,) = office.place.known_sets.recent()
    assert "K7Q2" not in known.code
    page = text_of(client.get("/operator").text)
    assert f"1 set: {left[1] if left else 'nothing'}" in page


def test_no_set_is_counted_where_nobody_could_look(config: Config, offices: Callable[..., Office], tmp_path: Path) -> None:
    office = offices(config, tmp_path)
    with office.client().get("/set/K7Q2-9FXD?people=1&cards=3"):
        pass
    assert office.place.known_sets.recent() == []


def followed(client: FlaskClient, data: dict[str, str]) -> str:
    answer = client.post("/operator", data=data)
    assert answer.status_code == 303
    assert "Ana" not in answer.headers["Location"]
    return text_of(client.get(answer.headers["Location"]).text)


def test_after_each_deed_the_page_says_what_was_done(office: Office, client: FlaskClient) -> None:
    first, second = report(office.place), report(office.place, "001.jpg")
    for entry, verdict, said in ((first, "hide", "1 entry is decided: left out."), (second, "allow", "1 entry is decided: allowed.")):
        assert said in followed(client, {"do": "decide", "entry": entry.id, "verdict": verdict, "why-decide": "looked"})
    (newest,) = office.place.decisions.history(1)
    assert "1 entry was undone." in followed(client, {"do": "undo", "undone": newest.id, "why-undo": "a second look"})
    for strange in ("?done=allowed", "?done=allowed&n=x", "?done=allowed&n=99999", "?done=burnt&n=1"):
        assert 'role="status"' not in client.get(f"/operator{strange}").text


@pytest.mark.parametrize(
    ("target", "value", "known"),
    [
        ("image", "003.jpg", True),
        ("image", "no-such.jpg", False),
        ("photo", "5003", True),
        ("photo", "4711", False),
        ("author", "ana", True),
        ("author", "nobody-here", False),
        ("url", "https://www.example.org/a.jpg", False),
        ("domain", "example.org", True),
        ("sha256", "ab" * 32, True),
    ],
)
def test_what_nothing_here_has_is_blocked_and_told(office: Office, client: FlaskClient, target: str, value: str, known: bool) -> None:
    page = followed(client, {"do": "block", "target": target, "dataset": "garden", "value": value, "why-block": "asked by mail"})
    assert ("It is blocked from now on." in page) is known
    assert ("it is blocked all the same, should one come that does." in page) is not known
    assert office.place.decisions.blocked().version


def test_an_entry_that_was_undone_is_not_offered_again_and_says_nothing_any_more(office: Office, client: FlaskClient) -> None:
    followed(client, {"do": "block", "target": "photo", "value": "5003", "why-block": "asked by mail"})
    (block,) = office.place.decisions.history(1)
    assert "Undo this one" in client.get("/operator").text
    page = followed(client, {"do": "undo", "undone": block.id, "why-undo": "the wrong number"})
    assert "Undo this one" not in page
    assert "settled or undone by a later entry" in page
    (undoing,) = office.place.decisions.history(1)
    assert "Put back what this undid" in page
    followed(client, {"do": "undo", "undone": undoing.id, "why-undo": "it was right"})
    assert office.place.decisions.blocked().photos == {"5003": "flagged"}


def test_signs_that_nobody_sees_are_shown_by_name(office: Office, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    report(office.place)
    office.place.decisions.opt_out(target="url", dataset=None, value="https://example.org/%E2%80%AEgpj.exe")
    described = office.app.extensions["imagestolive"].pipeline.described("garden", "000.jpg")
    named = replace(described, title="live\u202egpj.exe", author="\x07Ana")
    monkeypatch.setattr("imagestolive.pipeline.Pipeline.described", lambda *_: named)
    page = client.get("/operator").text
    for told in ("live⟨U+202E⟩gpj.exe", "⟨U+0007⟩Ana", "example.org/⟨U+202E⟩gpj.exe"):
        assert told in page
    assert "\u202e" not in page


def test_who_gave_no_reason_is_shown_so(office: Office, client: FlaskClient) -> None:
    assert office.client().post("/remove", data={"q": "5003", "do": "take-out"}).status_code == 200
    page = text_of(client.get("/operator").text)
    assert "no reason was given" in page
    assert "Something else" not in page
