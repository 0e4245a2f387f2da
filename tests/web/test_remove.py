from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import drawn
import pytest
from flask import Flask
from flask.testing import FlaskClient

from imagestolive.care import Blocked
from imagestolive.config import Config, DataSetConfig
from imagestolive.jobs.workplace import Workplace
from imagestolive.ledger.decisions import CONTACT_MOST, NOT_SAID, OPT_OUTS_MOST, Entry
from imagestolive.web import create_app
from imagestolive.web.pace import Pace

Remove = Callable[..., str]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two data sets with images of the same names; the photographs of the first are 5000 and on, of the second 5003 and on."""
    root = tmp_path_factory.mktemp("remove")
    drawn.folder(root / "garden", 6)
    drawn.folder(root / "park", 4, first=3)
    return root


@pytest.fixture
def config(folders: Path, data_folder: Path) -> Config:
    named = {key: DataSetConfig(key=key, root=folders / key, facts={"title": key.title()}) for key in ("garden", "park")}
    return Config(datasets=named, starter=False, data_folder=data_folder)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    made = Workplace(tmp_path)
    yield made
    made.close()


@pytest.fixture
def clock() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def app(config: Config, place: Workplace, clock: list[float]) -> Flask:
    return create_app(config, place, now=lambda: clock[0])


def take_out(client: FlaskClient, typed: str, **more: str) -> str:
    answer = client.post("/remove", data={"q": typed, "do": "take-out", **more})
    assert answer.status_code == 200, answer.text
    return answer.text


def entries(place: Workplace) -> list[Entry]:
    return place.decisions.queue()


def in_force(place: Workplace) -> Blocked:
    return place.decisions.blocked()


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.flickr.com/photos/ana/5004",
        "m.flickr.com/photos/anybody/5004/in/photostream",
        "https://live.staticflickr.com/1/5004_84c5811a41_o.jpg",
        "5004",
    ],
)
def test_a_photograph_is_hidden_at_once_wherever_it_is_listed(app: Flask, place: Workplace, folders: Path, typed: str) -> None:
    page = take_out(app.test_client(), typed)
    assert "It is hidden here at once, in every set, old ones included." in page
    assert "It was in: Garden, Park." in page
    assert "Copies that are printed or saved already cannot be called back." in page
    assert in_force(place).photos == {"5004": "withdrawn"}
    sums = {hashlib.sha256((folders / name).read_bytes()).hexdigest() for name in ("garden/004.jpg", "park/001.jpg")}
    assert set(in_force(place).sha256) == sums
    (entry,) = entries(place)
    assert (entry.kind, entry.force, entry.contact) == ("opt-out", "everywhere", None)
    assert entry.id in page


def test_afterwards_no_page_serves_it(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/picture/garden/004.jpg").status_code == client.get("/picture/park/001.jpg").status_code == 200
    take_out(client, "5004")
    assert client.get("/picture/garden/004.jpg").status_code == client.get("/picture/park/001.jpg").status_code == 404
    assert client.get("/picture/garden/003.jpg").status_code == 200
    page = client.post("/find", data={"q": "5004", "show": "garden"}).text
    assert "It is left out here already" in page


def test_a_photograph_that_no_list_has_stays_out_of_those_to_come(app: Flask, place: Workplace) -> None:
    page = take_out(app.test_client(), "https://flic.kr/p/2p4QbKN")
    assert "None of the data sets here has it. Should one come that does, it stays out." in page
    assert in_force(place).photos == {"53208249252": "withdrawn"}


@pytest.mark.parametrize("typed", ["https://www.flickr.com/photos/someone/", "https://www.flickr.com/photos/ana/", "74881150@N00", "ana"])
def test_a_whole_account_waits_for_a_person(app: Flask, place: Workplace, typed: str) -> None:
    page = take_out(app.test_client(), typed)
    assert "<h1>Noted</h1>" in page
    assert "is looked at by a person first. Until they decide, its images stay." in page
    assert "It is hidden here at once" not in page
    assert not in_force(place).authors
    (entry,) = entries(place)
    assert (entry.target, entry.force) == ("author", "waiting")
    assert app.test_client().get("/picture/garden/004.jpg").status_code == 200


def test_of_an_id_that_several_makers_gave_one_is_chosen(app: Flask, place: Workplace) -> None:
    client = app.test_client()
    answer = client.post("/remove", data={"q": "001.jpg", "do": "take-out"})
    assert answer.status_code == 400
    assert "Several data sets have an image of this name. Choose the one that is meant." in answer.text
    assert re.findall(r'name="dataset" value="([^"]+)"', answer.text) == ["garden", "park"]
    assert not entries(place)
    page = take_out(client, "001.jpg", dataset="park")
    assert "It was in: Park." in page
    assert in_force(place).images == {("park", "001.jpg"): "withdrawn"}
    assert in_force(place).photos == {"5004": "withdrawn"}  # the same photograph, wherever it is


def test_an_id_that_no_list_has_is_a_sentence(app: Flask, place: Workplace) -> None:
    answer = app.test_client().post("/remove", data={"q": "no-such-file.jpg", "do": "take-out"})
    assert answer.status_code == 400
    assert "No data set here lists “no-such-file.jpg”, so nothing was taken out." in answer.text
    assert not entries(place)


def test_any_other_address_is_hidden_too(app: Flask, place: Workplace) -> None:
    take_out(app.test_client(), "https://www.example.org/a%20b.jpg")
    assert in_force(place).urls == {"example.org/a b.jpg": "withdrawn"}


def test_only_the_forms_own_button_does_anything(app: Flask, place: Workplace) -> None:
    client = app.test_client()
    for answer in (client.get("/remove?q=5004&do=take-out"), client.post("/remove", data={"q": "5004", "dataset": "garden"})):
        assert answer.status_code == 200
        assert "Take an image out" in answer.text
    assert 'value="5004"' in client.post("/remove", data={"q": "5004"}).text
    assert "5004" not in client.get("/remove?q=5004").text.replace("q=5004", "")
    assert not entries(place)


def test_reason_and_contact_are_kept_as_text_and_neither_is_asked_for(app: Flask, place: Workplace) -> None:
    page = take_out(app.test_client(), "5004", reason="it shows a child", contact="<b>mãe</b> =HYPERLINK(1) mae@example.org")
    (entry,) = entries(place)
    assert entry.reason == "it shows a child"
    assert entry.contact == "<b>mãe</b> =HYPERLINK(1) mae@example.org"
    assert "How to reach you is deleted 30 days after the decision, or after a year without one." in page
    assert "<b>mãe" not in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"q": ""}, "Type a Flickr name, the address of a photograph, or its number."),
        ({"q": "#birthday"}, "We do not look for tags, searches or albums"),
        ({"q": "x" * 60_000}, "This is too long: an address or a name holds up to 2,000 characters."),
        ({"q": "5004", "reason": "because"}, "“because” is not one of the choices."),
        ({"q": "5004", "contact": "x" * (CONTACT_MOST + 1)}, "This is too long: up to 200 characters are kept."),
        ({"q": "5004", "website": "https://spam.example"}, "A field that nobody sees was filled in"),
    ],
)
def test_what_cannot_be_taken_comes_back_in_the_form_and_does_nothing(
    app: Flask, place: Workplace, form: dict[str, str], said: str
) -> None:
    answer = app.test_client().post("/remove", data={**form, "do": "take-out"})
    assert answer.status_code == 400
    assert said in answer.text
    assert not entries(place)
    if form["q"] == "5004":
        assert 'value="5004"' in answer.text


def test_a_form_of_a_megabyte_or_of_another_site_does_nothing(app: Flask, place: Workplace) -> None:
    client = app.test_client()
    assert client.post("/remove", data={"q": "5004", "do": "take-out", "contact": "x" * 2**20}).status_code == 413
    assert client.post("/remove", data={"q": "5004", "do": "take-out"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert not entries(place)


def test_one_browser_may_ask_a_few_times_an_hour(app: Flask, place: Workplace) -> None:
    client = app.test_client()
    for n in range(OPT_OUTS_MOST):
        take_out(client, str(7000 + n))
    answer = client.post("/remove", data={"q": "8000", "do": "take-out", "contact": "me"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert 'value="8000"' in answer.text
    assert "8000" not in in_force(place).photos
    take_out(app.test_client(), "8000")


def test_many_browsers_of_one_address_may_ask_more_often_but_not_without_end(
    app: Flask, place: Workplace, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagestolive.web.remove.ADDRESS_MOST", 3)
    for n in range(3):
        take_out(app.test_client(), str(7000 + n))
    answer = app.test_client().post("/remove", data={"q": "8000", "do": "take-out"})
    assert answer.status_code == 429
    assert "Try again in 60 minutes, or write to us." in answer.text
    assert "8000" not in in_force(place).photos
    take_out_elsewhere = app.test_client().post("/remove", data={"q": "8000", "do": "take-out"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert take_out_elsewhere.status_code == 200
    clock[0] += 3601
    take_out(app.test_client(), "8001")


def test_an_address_is_forgotten_after_an_hour() -> None:
    clock = [0.0]
    pace = Pace(2, lambda: clock[0])
    assert [pace.wait_s("192.0.2.1") for _ in range(3)] == [0, 0, 3600]
    clock[0] = 1800.5
    assert (pace.wait_s("192.0.2.1"), pace.wait_s("192.0.2.2")) == (1800, 0)
    clock[0] = 3600
    assert pace.wait_s("192.0.2.1") == 0
    assert "192.0.2.1" not in str(pace.__dict__)


def test_find_leads_to_the_form_filled_in(app: Flask) -> None:
    client = app.test_client()
    page = client.post("/find", data={"q": "https://www.flickr.com/photos/ana/5004"}).text
    forms = re.findall(r'<form action="/remove" method="post">(.*?)</form>', page, re.DOTALL)
    assert len(forms) == 2  # one for each data set that has it
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', forms[1]))
    page = client.post("/remove", data=sent).text
    assert 'value="https://www.flickr.com/photos/ana/5004"' in page
    assert '<input type="hidden" name="dataset" value="park">' in page
    assert re.search(r'</div>\s*<fieldset class="field"', page)  # nothing between two fields: the style sheet puts space there


@pytest.mark.parametrize("lang", ["", "?lang=pt-BR"])
def test_a_header_or_cookie_of_8_kb_is_no_fault_of_ours(app: Flask, lang: str) -> None:
    for path in ("/find", "/remove"):
        headers = {"Accept-Language": "x" * 10_000, "Cookie": f"client={'x' * 8000}"}
        assert app.test_client().post(path + lang, data={"q": "5004", "do": "take-out"}, headers=headers).status_code == 200
        assert app.test_client().get(f"{path}?q={'x' * 65_536}").status_code == 414


def test_what_is_out_already_is_not_offered_to_be_taken_out(app: Flask, place: Workplace) -> None:
    client = app.test_client()
    place.decisions.report(client="somebody", dataset="garden", image_id="004.jpg", reason="private", rows=6)
    reported = client.post("/find", data={"q": "5004"}).text
    assert reported.count("It is left out here already") >= 1
    assert reported.count('action="/remove"') == 2  # a report may be undone, a request is not
    take_out(client, "5004")
    page = client.post("/find", data={"q": "5004"}).text
    assert page.count("It is left out here already: no card, no page and no file shows it.") == 2
    assert 'action="/remove"' not in page
    assert "Show the images" not in page


def test_where_some_of_several_are_out_the_others_can_follow(app: Flask) -> None:
    client = app.test_client()
    take_out(client, "5004")
    page = client.post("/find", data={"q": "ana"}).text
    assert page.count("1 of them is left out here already.") == 2
    assert page.count('action="/remove"') == 2


def test_who_gives_no_reason_is_not_said_to_have_one(app: Flask, place: Workplace) -> None:
    take_out(app.test_client(), "5004")
    assert [entry.reason for entry in entries(place)] == [NOT_SAID]


def test_the_answer_promises_of_a_set_what_is_done(app: Flask) -> None:
    page = take_out(app.test_client(), "5004")
    assert "In a set that was made before, its card says that the picture was withdrawn; other sets have another image." in page
