"""Sets whose images live elsewhere: nothing is fetched by looking; asked for, they come by a job."""

from __future__ import annotations

import html
import re
import shutil

import elsewhere
import pytest
from flask.testing import FlaskClient
from office import Office
from setpage import image, images_in, once, pictures

from imagestolive.press.files import MAKERS
from imagestolive.words import LANGUAGES

QUERY = f"?people=2&cards=3&dataset={elsewhere.KEY}"
SET = f"/set/K7Q2-9FXD{QUERY}"
MAKE = {"people": "2", "cards": "3", "dataset": elsewhere.KEY}


def asked(office: Office) -> list[str]:
    assert office.played
    return elsewhere.image_paths(office.played)


def fetched(office: Office, client: FlaskClient, path: str = SET) -> str:
    """The page of a set, once its images are here."""
    action = html.unescape(re.findall(r'<form[^>]* action="([^"]*)" method="post">', client.get(path).text)[0])
    job = client.post(action).location
    office.work()
    there = re.search(r'content="0; url=([^"]*)"', client.get(job).text)
    assert there
    return html.unescape(there[1])


@pytest.mark.parametrize("path", ["", "/print", *(f"/{file}" for file in MAKERS)])
def test_every_page_of_the_set_says_what_there_is_to_fetch_and_from_where_and_fetches_nothing(remote: Office, path: str) -> None:
    answer = remote.client().get(f"/set/K7Q2-9FXD{path}{QUERY}")
    assert answer.status_code == 409
    assert "The images of this set are still where they live" in answer.text
    assert "They are fetched when you ask for them, one after the other, for up to 6 cards." in answer.text
    assert "photos.example" in answer.text
    assert 'action="/set/K7Q2-9FXD/fetch?people=2&amp;cards=3&amp;dataset=open-images' in answer.text
    assert asked(remote) == []
    assert remote.states() == []


def test_a_form_sent_by_post_is_answered_for_the_set_that_it_asks_for(remote: Office) -> None:
    sent = {"people": "4", "cards": "2", "dataset": elsewhere.KEY, "back": "notes"}
    answer = remote.client().post("/set/K7Q2-9FXD/pdf", data=sent)
    assert answer.status_code == 409
    assert 'action="/set/K7Q2-9FXD/fetch?people=4&amp;cards=2&amp;dataset=open-images&amp;' in answer.text
    assert "&amp;back=notes" in answer.text
    assert remote.states() == []


def test_asked_for_they_come_and_the_page_leads_on_to_the_set(remote: Office) -> None:
    client = remote.client()
    there = fetched(remote, client)
    assert there.startswith("/set/K7Q2-9FXD?people=2&cards=3&dataset=open-images")
    came = len(asked(remote))
    assert came >= 6
    page = client.get(there).text
    assert page.count("<figure>") == 6
    pictures = [html.unescape(src) for src in re.findall(r'src="(/picture/[^"]+)"', page)]
    assert {client.get(src).status_code for src in pictures} == {200}
    with client.get(there.replace("?", "/pdf?")) as pdf:
        assert pdf.mimetype == "application/pdf"
    assert len(asked(remote)) == came


def test_the_counts_say_what_was_fetched_and_what_was_not_and_why(remote: Office) -> None:
    client = remote.client()
    job = client.post(f"/set/K7Q2-9FXD/fetch?people=10&cards=3&dataset={elsewhere.KEY}").location
    remote.work()
    page = client.get(job).text
    assert "The images are here" in page
    told = re.search(r"(\d+) images were fetched\.", page)
    assert told
    assert int(told[1]) >= 30
    assert re.search(r"\d pictures? w\w+ left out: \d gone at the source\.", page)


def test_a_picture_that_is_not_here_is_answered_like_one_that_is_not_handed_out(remote: Office) -> None:
    answer = remote.client().get(f"/picture/{elsewhere.KEY}/{elsewhere.image_id(3)}?px=320")
    assert answer.status_code == 404
    assert answer.text == "This image is not handed out."
    assert asked(remote) == []


def test_a_new_set_leads_straight_to_its_job(remote: Office) -> None:
    client = remote.client()
    answer = client.post("/make", data=MAKE)
    assert answer.status_code == 303
    assert answer.location.startswith("/job/")
    remote.work()
    page = client.get(answer.location).text
    assert re.search(r'content="0; url=/set/\w{4}-\w{4}\?people=2&amp;cards=3', page)


def test_b103_the_form_of_a_new_set_sent_twice_is_one_set_and_one_job(remote: Office) -> None:
    once = re.findall(r'name="once" value="([^"]*)"', remote.client().get("/make").text)
    sent = [remote.client().post("/make", data=MAKE | {"once": once[0]}).location for _ in range(2)]
    assert sent[0] == sent[1]
    other = remote.client().post("/make", data=MAKE | {"once": once[0][::-1]}).location
    assert other != sent[0]
    assert remote.states() == ["accepted"] * 2


def test_a_card_that_is_replaced_leads_by_way_of_a_job_to_its_place(remote: Office) -> None:
    client = remote.client()
    there = fetched(remote, client)
    before = re.findall(r'<li id="card-(\d)">.*?src="([^"]*)"', client.get(there).text, flags=re.DOTALL)
    moved = there
    for _ in range(3):  # some of the spare ones are here already
        answer = client.post(moved.partition("#")[0], data={"replace": "2"})
        moved = answer.location
        if moved.startswith("/job/"):
            remote.work()
            moved = html.unescape(re.findall(r'content="0; url=([^"]*)"', client.get(moved).text)[0])
        assert moved.endswith("#card-2")
    assert remote.states().count("done") >= 2
    after = re.findall(r'<li id="card-(\d)">.*?src="([^"]*)"', client.get(moved).text, flags=re.DOTALL)
    assert [number for number, _ in set(after) - set(before)] == ["2"]


def test_what_is_no_longer_kept_is_fetched_anew_not_promised_for_ever(remote: Office) -> None:
    client = remote.client()
    there = fetched(remote, client)
    shutil.rmtree(remote.app.extensions["imagestolive"].pipeline.config.data_folder / "fetched" / "objects")
    assert client.get(there).status_code == 409
    again = fetched(remote, client, there)
    assert client.get(again).status_code == 200


def test_a_look_at_the_address_of_the_form_leads_back_to_the_set(remote: Office) -> None:
    answer = remote.client().get(f"/set/K7Q2-9FXD/fetch{QUERY}")
    assert answer.status_code == 302
    assert answer.location.startswith("/set/K7Q2-9FXD?people=2&cards=3")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_that_show_images_unasked_do_without(remote: Office, lang: str) -> None:
    client = remote.client()
    assert client.get(f"/?lang={lang}").status_code == 200
    sheet = client.get(f"/datasets/{elsewhere.KEY}?lang={lang}")
    assert sheet.status_code == 200
    assert "photos.example" in sheet.text
    assert "<img" not in sheet.text
    assert "/picture/" not in sheet.text
    assert asked(remote) == []


def test_the_list_of_data_sets_says_that_the_images_are_not_here(remote: Office) -> None:
    page = remote.client().get("/datasets").text
    assert "40 images, each fetched when it is drawn" in page
    assert "40 images can be drawn from." in remote.client().get(f"/datasets/{elsewhere.KEY}").text


# ---- limits ----------------------------------------------------------------------------------------------------------------


def fetch(office: Office, people: int, cards: int, n: int) -> int:
    """The status that a pupil's browser gets, who asks for a set of their own from behind the school's one address."""
    told = {"X-Forwarded-For": f"1.2.3.{n}"}
    answer = office.client().post(f"/set/K7Q2-9FXD/fetch?people={people}&cards={cards}&dataset={elsewhere.KEY}", headers=told)
    if answer.status_code == 429:
        assert int(answer.headers["Retry-After"]) >= 1
        assert "cards wait already for the network that you are in" in answer.text
        assert 'method="post"' in answer.text
    return answer.status_code


def test_b104_fifty_pupils_behind_one_address_are_all_served(remote: Office) -> None:
    assert {fetch(remote, 30, 3, n) for n in range(50)} == {303}
    assert remote.states() == ["accepted"] * 50


def test_b105_and_b110_one_address_fills_its_queue_and_is_asked_to_wait_whatever_it_says_of_itself(remote: Office) -> None:
    assert [fetch(remote, 100, 4, n) for n in range(40)] == [303] * 15 + [429] * 25
    assert remote.states() == ["accepted"] * 15


def test_a_new_set_that_has_to_wait_keeps_its_form(remote: Office) -> None:
    client = remote.client()
    for _ in range(12):
        assert client.post("/make", data=MAKE).status_code == 303
    answer = client.post("/make", data=MAKE | {"paper": "letter", "once": "0123456789abcdefghijkl"})
    assert answer.status_code == 429
    assert 'action="/make' in answer.text
    for name, value in (MAKE | {"paper": "letter", "once": "0123456789abcdefghijkl"}).items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in answer.text


def test_what_is_withdrawn_from_a_set_that_was_made_keeps_its_place_and_the_set_needs_no_fetching_for_it(remote: Office) -> None:
    client = remote.client()
    there = fetched(remote, client, f"{SET}&as_of={remote.place.decisions.moment('K7Q29FXD')}")
    page = client.get(there).text
    _, key, image_id, _ = image(page, 2).split("~")
    remote.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    shutil.rmtree(remote.app.extensions["imagestolive"].pipeline.config.data_folder / "fetched" / "objects")
    before = len(asked(remote))
    again = client.get(fetched(remote, client, there)).text
    assert pictures(again) == pictures(page) | {2: ""}
    assert "This picture was withdrawn at someone’s request." in again
    assert len(asked(remote)) == before + 5


def test_a_file_shows_nothing_that_was_taken_out_when_it_was_asked_for_and_let_go_meanwhile(remote: Office) -> None:
    """Nobody knows which file such an image had: what is blocked by its hash later could not be told."""
    client = remote.client()
    there = fetched(remote, client, f"{SET}&as_of={remote.place.decisions.moment('K7Q2-9FXD')}")
    page = client.get(there).text
    _, key, image_id, _ = image(page, 2).split("~")
    out = remote.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    shutil.rmtree(remote.app.extensions["imagestolive"].pipeline.config.data_folder / "fetched" / "objects")
    there = fetched(remote, client, there)
    job_id = client.post(there.replace("?", "/pdf?"), data={"once": once(client.get(there).text)}).location.rpartition("/")[2]
    remote.place.decisions.undo(out.id, who="op")
    remote.work()
    made = remote.place.jobs.result(remote.place.jobs.find(job_id))
    assert made
    assert images_in(made) == 5


def test_a_report_is_taken_back_where_nobody_has_the_file_any_more(remote: Office) -> None:
    client = remote.client()
    there = fetched(remote, client, f"{SET}&as_of={remote.place.decisions.moment('K7Q2-9FXD')}")
    before = client.get(there).text
    client.post(there, data={"image": image(before, 2), "report": "private"})
    shutil.rmtree(remote.app.extensions["imagestolive"].pipeline.config.data_folder / "fetched" / "objects")
    page = client.get(there := fetched(remote, client, there)).text
    assert pictures(page) == pictures(before) | {2: ""}
    assert client.post(there, data={"image": image(page, 2), "undo": "report"}).status_code == 303
    assert pictures(client.get(fetched(remote, client, there)).text) == pictures(before)
