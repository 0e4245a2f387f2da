"""Looking at a set: cards are kept, shown, reported, and all of that taken back; by one person or two, without JavaScript."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import drawn
import pytest
from flask.testing import FlaskClient
from office import Office
from PIL import Image
from setpage import card, image, images_in, moment, once, pictures, seen
from werkzeug.test import TestResponse

from imagestolive.config import Config, DataSetConfig
from imagestolive.jobs import Job
from imagestolive.jobs.worker import Result, Watch
from imagestolive.ledger.decisions import REASONS
from imagestolive.pdf import read_set_file
from imagestolive.pipeline import Pipeline
from imagestolive.sets import read_set_file as read_set
from imagestolive.web.prints import VEILED_PX
from imagestolive.web.review import SAME_MOST

SET = "/set/K7Q2-9FXD?people=3&cards=3&dataset=garden&dataset=tiles"


@pytest.fixture
def ana(office: Office) -> FlaskClient:
    return office.client()


@pytest.fixture
def bento(office: Office) -> FlaskClient:
    return office.client()


def press(client: FlaskClient, address: str, number: int, **button: str) -> str:
    """Presses a button of a card; the address that it leads to."""
    sent = once(page := client.get(address).text)
    answer = client.post(address, data={"once": sent, "as_of": moment(page), "image": image(page, number), **button})
    assert answer.status_code == 303, answer.text
    where, _, fragment = answer.location.partition("#")
    assert fragment == f"card-{number}"
    return where


def rows(office: Office) -> int:
    """How many rows the ledger has of what people said."""
    with office.place.ledger.reading() as connection:
        return sum(
            len(connection.exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608 (no word of a user's)
            for table in ("decision", "mark", "link")
        )


# ---- keeping ----------------------------------------------------------------------------------------------------------


def test_a_card_is_kept_and_that_is_taken_back(ana: FlaskClient) -> None:
    assert seen(ana.get(SET).text) == "Seen 0 of 9"
    address = press(ana, SET, 4, mark="kept")
    page = ana.get(address).text
    assert seen(page) == "Seen 1 of 9"
    assert 'aria-label="Kept: card 4. Undo"' in card(page, 4)
    assert 'aria-label="Keep card 5"' in card(page, 5)
    assert press(ana, address, 4, mark="none") == address
    assert seen(ana.get(address).text) == "Seen 0 of 9"


def test_all_cards_of_a_person_are_kept_at_once(ana: FlaskClient) -> None:
    page = ana.get(SET).text
    form = page.split("Person 2</h2>")[1].split("</form>")[0]
    images = [html.unescape(value) for value in re.findall(r'name="image" value="([^"]*)"', form)]
    assert images == [image(page, number) for number in (4, 5, 6)]
    answer = ana.post(SET, data={"image": images, "mark": "kept"})
    assert answer.location.endswith("#card-4")
    assert seen(ana.get(SET).text) == "Seen 3 of 9"


def test_what_is_kept_is_an_image_and_no_place(ana: FlaskClient) -> None:
    press(ana, SET, 4, mark="kept")
    address = press(ana, SET, 4, replace="4")
    assert seen(ana.get(address).text) == "Seen 0 of 9"
    assert seen(ana.get(press(ana, address, 4, undo="replace")).text) == "Seen 1 of 9"


def test_a_replacement_is_taken_back(ana: FlaskClient) -> None:
    before = pictures(ana.get(SET).text)
    first = press(ana, SET, 4, replace="4")
    second = press(ana, first, 4, replace="4")
    assert len({pictures(ana.get(address).text)[4] for address in (SET, first, second)}) == 3
    assert press(ana, second, 4, undo="replace") == first
    back = press(ana, first, 4, undo="replace")
    assert "refused" not in back
    assert pictures(ana.get(back).text) == before
    assert "Undo" not in card(ana.get(back).text, 4)


def test_replacing_what_is_not_on_the_card_any_more_changes_nothing(ana: FlaskClient) -> None:
    page = ana.get(SET).text
    answers = [ana.post(address, data={"image": image(page, 4), "replace": "4"}) for address in (SET, press(ana, SET, 4, replace="4"))]
    assert answers[0].location == answers[1].location  # a double click replaces once


def test_marks_are_those_of_one_browser(ana: FlaskClient, bento: FlaskClient) -> None:
    press(ana, SET, 4, mark="kept")
    assert seen(bento.get(SET).text) == "Seen 0 of 9"


def test_whoever_opens_the_link_shares_the_marks(ana: FlaskClient, bento: FlaskClient, office: Office) -> None:
    press(ana, SET, 4, mark="kept")
    page = ana.post(SET, data={"link": "yes"}).text
    found = re.search(r'<a href="(/set/K7Q2-9FXD/with/[^"]*)">The link for a second person</a>', page)
    assert found
    link = html.unescape(found[1])
    assert f'href="{found[1]}"' in ana.post(SET, data={"link": "yes"}).text  # the same each time
    before = rows(office)
    answer = bento.get(link)
    assert answer.status_code == 303
    assert rows(office) == before
    assert seen(bento.get(answer.location).text) == "Seen 1 of 9"
    press(bento, answer.location, 5, mark="kept")
    press(bento, answer.location, 4, mark="none")
    assert 'aria-label="Kept: card 5. Undo"' in ana.get(SET).text
    assert seen(ana.get(SET).text) == "Seen 1 of 9"
    carla = office.client()
    carla.get(re.search(r'<a href="(/set/K7Q2-9FXD/with/[^"]*)">', bento.post(answer.location, data={"link": "yes"}).text)[1])  # type: ignore[index]
    assert seen(carla.get(SET).text) == "Seen 1 of 9"


def test_a_link_that_leads_nowhere_is_a_sentence_and_one_of_another_set_too(ana: FlaskClient, bento: FlaskClient) -> None:
    assert ana.get("/set/K7Q2-9FXD/with/nobody-made-this?people=3").status_code == 404
    found = re.search(r"/with/([\w-]+)", ana.post(SET, data={"link": "yes"}).text)
    assert found
    assert bento.get(f"/set/0123-456N/with/{found[1]}").status_code == 404
    bento.set_cookie("review", "nobody-made-this", path="/set/K7Q2-9FXD")
    assert seen(bento.get(SET).text) == "Seen 0 of 9"


# ---- reporting --------------------------------------------------------------------------------------------------------


def test_a_reported_image_leaves_its_place_empty_and_every_other_card_as_it_was(ana: FlaskClient) -> None:
    before = pictures(ana.get(SET).text)
    address = press(ana, SET, 5, report="private")
    page = ana.get(address).text
    after = pictures(page)
    assert {number for number in before if before[number] != after[number]} == {5}
    assert "You reported this image. It is out of every set." in card(page, 5)
    assert "“Picture" not in card(page, 5)
    assert seen(page) == "Seen 1 of 9"
    assert ana.get(before[5]).status_code == 404


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_the_page_is_one_and_no_text_is_needed(ana: FlaskClient, office: Office, reason: str) -> None:
    assert f'name="report" value="{reason}"' in card(ana.get(SET).text, 5)
    press(ana, SET, 5, report=reason)
    (entry,) = office.place.decisions.queue()
    assert (entry.reason, entry.force, entry.code, entry.why) == (reason, "everywhere", "K7Q29FXD", "")


def test_a_report_is_taken_back_by_who_made_it_and_by_nobody_else(ana: FlaskClient, bento: FlaskClient) -> None:
    before = pictures(ana.get(SET).text)
    address = press(ana, SET, 5, report="private")
    theirs = bento.get(address).text
    assert "This image was reported. It is out of every set." in card(theirs, 5)
    assert "Undo" not in card(theirs, 5)
    press(bento, address, 5, undo="report")
    assert "reported" in card(bento.get(address).text, 5)
    back = press(ana, address, 5, undo="report")
    assert pictures(ana.get(back).text) == before
    assert pictures(bento.get(address).text) == before  # what is not held back any more has no empty place


def test_a_reported_image_is_out_of_every_set_at_once(ana: FlaskClient, bento: FlaskClient) -> None:
    shown = pictures(bento.get(SET).text)
    press(ana, SET, 5, report="degrading")
    after = pictures(bento.get(SET).text)
    assert shown[5].partition("?")[0] not in {src.partition("?")[0] for src in after.values()}
    assert {number for number in shown if shown[number] != after[number]} >= {5}
    assert bento.get(shown[5]).status_code == 404


def test_a_reported_card_can_be_replaced_and_the_replacement_undone(ana: FlaskClient) -> None:
    reported = press(ana, SET, 5, report="private")
    replaced = press(ana, reported, 5, replace="5")
    assert pictures(ana.get(replaced).text)[5]
    back = press(ana, replaced, 5, undo="replace")
    assert "You reported this image." in card(ana.get(back).text, 5)
    assert pictures(ana.get(press(ana, back, 5, undo="report")).text) == pictures(ana.get(SET).text)


def test_a_withdrawn_image_in_the_place_of_a_reported_one_says_so(ana: FlaskClient, office: Office) -> None:
    _, key, image_id, sha256 = image(ana.get(SET).text, 5).split("~")
    address = press(ana, SET, 5, report="private")
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id, sha256s=[sha256])
    assert "This picture was withdrawn at someone’s request." in card(ana.get(address).text, 5)


def test_a_reported_photograph_is_out_of_the_other_data_sets_that_have_it(
    offices: Callable[..., Office], data_folder: Path, tmp_path: Path
) -> None:
    mine, twin = (drawn.folder(tmp_path / name, 12) for name in ("mine", "twin"))
    for n in range(12):
        (twin / f"{n:03}.jpg").write_bytes(drawn.jpeg(100 + n))  # the same photographs by their pages; other files
    datasets = {root.name: DataSetConfig(key=root.name, root=root) for root in (mine, twin)}
    office = offices(Config(datasets=datasets, starter=False, data_folder=data_folder), tmp_path / "place")
    ana, bento = office.client(), office.client()
    address = f"{MINE}&dataset=mine"
    name = image(ana.get(address).text, 2).split("~")[2]
    back = press(ana, address, 2, report="it shows me")
    assert bento.get(f"/picture/twin/{name}").status_code == 404
    assert sum(bento.get(f"/picture/twin/{n:03}.jpg").status_code == 404 for n in range(12)) == 1
    press(ana, back, 2, undo="report")
    assert bento.get(f"/picture/twin/{name}").status_code == 200


def test_the_files_of_the_set_show_the_empty_place_and_nothing_else_changes(ana: FlaskClient) -> None:
    address = press(ana, SET, 5, report="private")
    picks = pdf_picks(ana.get(address.replace("?", "/pdf?")))
    assert picks == pdf_picks(ana.get(SET.replace("?", "/pdf?")), without=5) | {5: picks[5]}
    listed = ana.get(address.replace("?", "/credits.csv?")).text
    assert picks[5] not in listed


def pdf_picks(answer: TestResponse, without: int = 0) -> dict[int, str]:
    assert answer.status_code == 200
    return {pick.slot: pick.image_id for pick in read_set(read_set_file(BytesIO(answer.data))).picks if pick.slot != without}


def test_what_is_reported_while_its_job_runs_is_not_in_the_pdf(ana: FlaskClient, bento: FlaskClient, office: Office) -> None:
    whole = images_in(BytesIO(ana.get(SET.replace("?", "/pdf?")).data))
    job_id = ana.post(SET.replace("?", "/pdf?"), data={"once": once(ana.get(SET).text)}).location.rpartition("/")[2]
    reported: list[str] = []

    def run(job: Job, folder: Path, watch: Watch) -> Result | None:
        step = watch.step

        def report_once_all_cards_are_done(done: int, of: int) -> None:
            if done == of and not reported:
                reported.append(press(bento, SET, 1, report="private"))
            step(done, of)

        watch.step = report_once_all_cards_are_done  # type: ignore[method-assign]
        return office.run(job, folder, watch)

    office.work(run)
    made = office.place.jobs.result(office.place.jobs.find(job_id))
    assert made
    assert reported
    assert images_in(made) == whole - 1


def test_reports_beyond_the_limit_hide_in_the_reporters_own_sets_and_files(office: Office, ana: FlaskClient, bento: FlaskClient) -> None:
    address = SET
    decisions = office.place.decisions
    for n in range(20):
        decisions.report(client="somebody", dataset="garden", image_id=f"{900 + n}.jpg", reason="private", rows=20)
    number = next(n for n, src in pictures(ana.get(SET).text).items() if src.startswith("/picture/garden/"))
    address = press(ana, SET, number, report="private")
    place = card(ana.get(address).text, number)
    assert "You reported this image. It is out of your sets; somebody will decide about all others." in place
    assert bento.get(pictures(bento.get(address).text)[number]).status_code == 200
    assert ana.get(pictures(bento.get(address).text)[number]).status_code == 404
    job_id = ana.post(address.replace("?", "/pdf?"), data={"once": once(ana.get(SET).text)}).location.rpartition("/")[2]
    office.work()
    made = office.place.jobs.result(office.place.jobs.find(job_id))
    assert made
    assert images_in(made) == images_in(BytesIO(bento.get(SET.replace("?", "/pdf?")).data)) - 1


# ---- forms that were not meant so (bad inputs B101, B102, B103, B106, B107, B117) --------------------------------------


@pytest.mark.parametrize("button", [{"report": "private"}, {"mark": "kept"}, {"undo": "report"}, {"link": "yes"}])
def test_a_form_of_another_site_stores_nothing(ana: FlaskClient, office: Office, button: dict[str, str]) -> None:
    shown = image(ana.get(SET).text, 5)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert ana.post(SET, data={"image": shown, **button}, headers=headers).status_code == 403
    assert rows(office) == 0


def test_a_report_three_hours_later_is_of_the_image_that_was_seen(ana: FlaskClient, bento: FlaskClient, office: Office) -> None:
    page = ana.get(SET).text
    press(bento, SET, 5, report="private")  # meanwhile another image has taken the place in whoever opens the set
    office.clock[0] += 3 * 3600
    assert image(bento.get(SET).text, 5) != image(page, 5)
    answer = ana.post(SET, data={"once": once(page), "as_of": moment(page), "image": image(page, 5), "report": "degrading"})
    assert "You reported this image." in card(ana.get(answer.location).text, 5)
    reported = {entry.value for entry in office.place.decisions.queue()}
    assert reported == {image(page, 5).split("~")[2]}


def test_a_form_that_is_sent_twice_is_one_report_also_without_a_cookie(office: Office) -> None:
    page = office.client().get(SET).text
    form = {"once": once(page), "as_of": moment(page), "image": image(page, 5), "report": "private"}
    answers = [office.client().post(SET, data=form) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert len(office.place.decisions.queue()) == 1


def test_a_thousand_reports_of_one_image_count_once(ana: FlaskClient, office: Office) -> None:
    address = "/set/K7Q2-9FXD?people=1&cards=1&dataset=garden"
    shown = image(ana.get(address).text, 1)
    for _ in range(1000):
        assert ana.post(address, data={"image": shown, "report": "private"}).status_code == 303
    assert len(office.place.decisions.queue()) == 1


def test_a_thousand_reports_of_one_image_without_a_cookie_count_once(office: Office) -> None:
    """Of an image: the same address may report others, and the same one again once it is shown again."""
    page = (ana := office.client()).get(SET).text
    first = press(ana, SET, 5, report="private")
    form = {"as_of": moment(page), "image": image(page, 5), "report": "private"}
    answers = [office.client().post(SET, data=form) for _ in range(250)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, f"{first}#card-5")}
    assert len(office.place.decisions.queue()) == 1
    assert "This image was reported. It is out of every set." in card(office.client().get(first).text, 5)
    office.client().post(SET, data={"image": image(page, 6), "report": "private"})
    assert len(office.place.decisions.queue()) == 2
    press(ana, first, 5, undo="report")
    office.client().post(SET, data={"image": image(page, 5), "report": "private"})
    assert len(office.place.decisions.queue()) == 2
    office.clock[0] += 3600
    office.client().post(SET, data={"image": image(page, 5), "report": "private"})
    assert len(office.place.decisions.queue()) == 3


def test_a_cookie_that_somebody_made_up_makes_nobody_of_them(office: Office) -> None:
    shown = image(office.client().get(SET).text, 5)
    for n in range(250):
        (client := office.client()).set_cookie("client", f"{n:022}")
        assert client.post(SET, data={"image": shown, "report": "private"}).status_code == 303
    assert len(office.place.decisions.queue()) == 1


def test_what_is_hidden_from_its_reporters_alone_is_reported_by_each_of_a_class_and_not_without_end(office: Office) -> None:
    page = office.client().get(SET).text
    key = image(page, 5).split("~")[1]
    for n in range(20):
        office.place.decisions.report(client="somebody", dataset=key, image_id=f"{900 + n}.jpg", reason="private", rows=20)
    pupils = [office.client() for _ in range(SAME_MOST)]
    for pupil in pupils:
        assert "It is out of your sets" in card(pupil.get(press(pupil, SET, 5, report="private")).text, 5)
    answer = office.client().post(SET, data={"image": image(page, 5), "report": "private"})
    assert answer.status_code == 429
    assert "So many requests came from the network that you are in" in answer.text
    assert len(office.place.decisions.queue()) == 20 + SAME_MOST


def test_reports_of_one_browser_have_an_end_and_hide_no_more_than_the_limit(office: Office, ana: FlaskClient) -> None:
    decisions = office.place.decisions
    shown = image(ana.get(SET).text, 5)
    press(ana, SET, 5, report="private")
    known = client_of(ana)
    for n in range(1, 60):
        decisions.report(client=known, dataset="garden", image_id=f"not-here-{n}.jpg", reason="private", rows=20)
    answer = ana.post(SET, data={"image": image(ana.get(SET).text, 6), "report": "private"})
    assert answer.status_code == 429
    assert "You have reported 60 images within an hour" in answer.text
    assert sum(key == "garden" for key, _ in decisions.blocked().images) == 20
    assert ana.post(SET, data={"image": shown, "report": "private"}).status_code == 303  # the same once more is no new one


def client_of(client: FlaskClient) -> str:
    """What the ledger knows a browser by."""
    cookie = client.get_cookie("client")
    assert cookie
    return hashlib.sha256(cookie.value.encode()).hexdigest()


@pytest.mark.parametrize("typed", ["", "because", "private\0", "x" * 5000, "Ana Souza, 5th grade, ana@school.example"])
def test_a_reason_that_the_page_does_not_offer_is_a_sentence_and_stores_nothing(ana: FlaskClient, office: Office, typed: str) -> None:
    answer = ana.post(SET, data={"image": image(ana.get(SET).text, 5), "report": typed})
    assert answer.status_code == 400
    assert rows(office) == 0


def test_no_text_of_a_report_is_kept_and_a_large_one_not_even_read(ana: FlaskClient, office: Office) -> None:
    form = {"image": image(ana.get(SET).text, 5), "report": "private"}
    assert ana.post(SET, data={**form, "why": "x" * 2**20}).status_code == 413
    assert rows(office) == 0
    ana.post(SET, data={**form, "why": "that is Ana Souza, https://school.example"})
    assert [entry.why for entry in office.place.decisions.queue()] == [""]


@pytest.mark.parametrize(
    "typed", ["", "5", "5~garden", "99~garden~000.jpg~" + "0" * 64, "5~nowhere~000.jpg~" + "0" * 64, "5~garden~000.jpg~zz", "~" * 300]
)
@pytest.mark.parametrize("button", [{"report": "private"}, {"mark": "kept"}, {"undo": "report"}, {"undo": "replace"}])
def test_what_names_no_card_of_the_set_is_a_sentence(ana: FlaskClient, office: Office, typed: str, button: dict[str, str]) -> None:
    answer = ana.post(SET, data={"image": typed, **button})
    assert answer.status_code == 400
    assert "This is not the whole address of a set: “image” cannot be" in answer.text
    assert rows(office) == 0


def test_an_image_that_is_not_there_is_not_reported(ana: FlaskClient, office: Office) -> None:
    answer = ana.post(SET, data={"image": "5~garden~nobody.jpg~" + "0" * 64, "report": "private"})
    assert answer.status_code == 404
    assert "The image of card 5 is not here any more" in answer.text
    assert rows(office) == 0


def test_a_report_hides_no_file_but_that_of_its_image(ana: FlaskClient, office: Office) -> None:
    """Who forges the form cannot hide a second image behind the name of the first."""
    page = ana.get(SET).text
    slot, key, image_id, _ = image(page, 5).split("~")
    ana.post(SET, data={"image": "~".join([slot, key, image_id, image(page, 4).rpartition("~")[2]]), "report": "private"})
    assert list(office.place.decisions.blocked().images) == [(key, image_id)]
    assert not office.place.decisions.blocked().sha256
    assert ana.get(pictures(page)[4]).status_code == 200


def test_looking_changes_nothing(ana: FlaskClient, office: Office) -> None:
    """Links are opened by programs, too: of mail, of browsers that look ahead."""
    shown = image(ana.get(SET).text, 5)
    for query in (
        f"image={shown}&report=private",
        f"image={shown}&mark=kept",
        "link=yes",
        f"image={shown}&undo=report",
    ):
        assert ana.get(f"{SET}&{query}").status_code == 200
        assert ana.head(f"{SET}&{query}").status_code == 200
    assert rows(office) == 0
    assert "client=" not in str(ana.get(SET).headers)


# ---- a set stays as it was made ----------------------------------------------------------------------------------------


def dated(client: FlaskClient, address: str = SET) -> str:
    """The address of a set, as its page writes it."""
    return f"{address}&as_of={moment(client.get(address).text)}"


def test_what_is_taken_out_after_a_set_was_made_leaves_its_place_empty_and_nothing_else_changes(ana: FlaskClient, office: Office) -> None:
    address = dated(ana)
    page = ana.get(address).text
    before, (_, key, image_id, sha256) = pictures(page), image(page, 4).split("~")
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    after = ana.get(address).text
    assert pictures(after) == before | {4: ""}
    assert "This picture was withdrawn at someone’s request." in card(after, 4)
    assert ana.get(before[4]).status_code == 404
    new = pictures(ana.get(SET).text)  # a set that is made now does without it
    assert all(new.values())
    assert not [src for src in new.values() if sha256 in src]


def test_a_place_stays_empty_also_where_only_the_file_is_held_back(ana: FlaskClient, office: Office) -> None:
    address = dated(ana)
    page = ana.get(address).text
    office.place.decisions.block(who="op", target="sha256", dataset=None, value=image(page, 4).rpartition("~")[2])
    assert pictures(ana.get(address).text) == pictures(page) | {4: ""}


def test_a_place_that_is_empty_is_given_to_another_image_when_a_person_replaces_it(ana: FlaskClient, office: Office) -> None:
    address = dated(ana)
    page = ana.get(address).text
    _, key, image_id, _ = image(page, 4).split("~")
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    replaced = press(ana, address, 4, replace="4")
    after = pictures(ana.get(replaced).text)
    assert after[4] not in ("", pictures(page)[4])
    assert {number for number, src in pictures(page).items() if after[number] != src} == {4}
    assert pictures(ana.get(press(ana, replaced, 4, undo="replace")).text) == pictures(page) | {4: ""}


def test_what_was_out_when_a_set_was_made_and_is_shown_since_changes_nothing_in_it(ana: FlaskClient, office: Office) -> None:
    first = image(ana.get(SET).text, 4)
    out = office.place.decisions.opt_out(target="image", dataset=first.split("~")[1], value=first.split("~")[2])
    address = dated(ana)
    page = ana.get(address).text
    assert image(page, 4) != first
    office.place.decisions.undo(out.id, who="op")
    assert pictures(ana.get(address).text) == pictures(page)
    assert image(ana.get(SET).text, 4) == first


def test_the_files_of_a_set_show_an_empty_place_too(ana: FlaskClient, office: Office) -> None:
    address = dated(ana)
    _, key, image_id, _ = image(ana.get(address).text, 4).split("~")
    before = pdf_picks(ana.get(address.replace("?", "/pdf?")))
    whole = images_in(BytesIO(ana.get(address.replace("?", "/pdf?")).data))
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    answer = ana.get(address.replace("?", "/pdf?"))
    assert pdf_picks(answer) == before
    assert images_in(BytesIO(answer.data)) == whole - 1


def test_what_keeps_its_place_is_counted_with_what_was_left_out(ana: FlaskClient, office: Office) -> None:
    address = dated(ana)
    page = ana.get(address).text
    assert "Nothing was left out of this set." in page
    _, key, image_id, _ = image(page, 4).split("~")
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    assert "1 picture was left out: 1 withdrawn." in ana.get(address).text


def test_a_file_of_a_set_that_something_was_taken_out_of_since_is_made_once(
    ana: FlaskClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = dated(ana)
    _, key, image_id, _ = image(ana.get(address).text, 4).split("~")
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    made: list[int] = []
    cards = Pipeline.cards
    monkeypatch.setattr(Pipeline, "cards", lambda *facts, **more: (made.append(1), cards(*facts, **more))[1])
    assert ana.get(address.replace("?", "/pdf?")).status_code == 200
    assert made == [1]


def test_a_file_that_was_made_before_something_was_taken_out_is_made_again_for_who_asks(ana: FlaskClient, office: Office) -> None:
    address = dated(ana)
    page = ana.get(address).text
    _, key, image_id, _ = image(page, 4).split("~")

    def made() -> Path | None:
        job_id = ana.post(address.replace("?", "/pdf?"), data={"once": once(page)}).location.rpartition("/")[2]
        office.work()
        return office.place.jobs.result(office.place.jobs.find(job_id))

    whole = made()
    assert whole
    assert made() == whole
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    again = made()
    assert again
    assert images_in(again) == images_in(whole) - 1


@pytest.mark.parametrize("forged", ["0-0000000000000000", "0", "-1-0000000000000000", "9" * 60, "", "０-0000000000000000", "1-" + "é" * 16])
def test_nobody_dates_a_set_back_to_see_what_was_taken_out(ana: FlaskClient, office: Office, forged: str) -> None:
    _, key, image_id, _ = image(ana.get(SET).text, 4).split("~")
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    page = ana.get(f"{SET}&as_of={forged}").text
    assert all(pictures(page).values())
    assert pictures(page) == pictures(ana.get(SET).text)


def test_the_moment_of_one_set_is_none_of_another(ana: FlaskClient, office: Office) -> None:
    other = SET.replace("K7Q2-9FXD", "M1NP-WWSD")
    _, key, image_id, _ = image(ana.get(other).text, 4).split("~")
    theirs = moment(ana.get(SET).text)
    office.place.decisions.opt_out(target="image", dataset=key, value=image_id)
    assert all(pictures(ana.get(f"{other}&as_of={theirs}").text).values())


def test_a_full_address_reports_all_the_same(ana: FlaskClient, office: Office) -> None:
    full = f"{SET}&paper=a4&card_lang=en&refused=1~garden~"
    full += "x" * (3930 - len(full))
    assert "You reported this image." in card(ana.get(press(ana, full, 5, report="private")).text, 5)
    assert len(office.place.decisions.queue()) == 1


# ---- held for review --------------------------------------------------------------------------------------------------


MINE = "/set/K7Q2-9FXD?people=1&cards=3"


def test_what_is_held_for_review_is_blurred_and_says_nothing_of_itself(doubtful: Office) -> None:
    client = doubtful.client()
    page = client.get(MINE).text
    assert "3 images are held for review." in page
    for number in (1, 2, 3):
        place = card(page, number)
        assert "Picture" not in re.sub(r'name="image" value="[^"]*"', "", place)
        assert "Author" not in place
        assert "<svg" not in place
        assert f'alt="Card {number}, blurred"' in place
        (src,) = re.findall(r'<img src="([^"]*)"', place)
        assert max(Image.open(BytesIO(client.get(html.unescape(src)).data)).size) == VEILED_PX
    assert seen(page) == "Seen 0 of 3"
    assert images_in(BytesIO(client.get(MINE.replace("?", "/pdf?")).data)) == 0


def test_it_is_shown_to_who_asks_and_handed_out_once_it_is_kept(doubtful: Office) -> None:
    client = doubtful.client()
    address = press(client, MINE, 2, mark="seen")
    page = client.get(address).text
    assert "“Picture" in card(page, 2)
    assert client.get(pictures(page)[2]).status_code == 200
    assert "Held for review: it is printed once you keep it." in card(page, 2)
    assert "“Picture" not in card(page, 1)
    assert seen(page) == "Seen 1 of 3"
    pdf = address.replace("?", "/pdf?")
    assert images_in(BytesIO(client.get(pdf).data)) == 0
    press(client, address, 2, mark="kept")
    page = client.get(address).text
    assert "Held for review" not in card(page, 2)
    assert client.get(pictures(page)[2]).status_code == 200
    assert images_in(BytesIO(client.get(pdf).data)) == 1
    assert images_in(BytesIO(doubtful.client().get(pdf).data)) == 0  # for whoever has not looked


def test_what_is_held_for_review_is_sent_to_nobody_who_has_not_asked_to_see_it(doubtful: Office) -> None:
    """Whoever knows its id knows all that stands in its address."""
    ana, bento = doubtful.client(), doubtful.client()
    veiled = pictures(ana.get(MINE).text)[2]
    large = large_of(veiled)
    plain = re.sub(r"^/set/[^/]*", "", large)
    for address in (large, large.replace("px=640", "px=320"), plain, f"{plain}&look=yes", large.replace("K7Q2-9FXD", "0123-456N")):
        assert ana.get(address).status_code == 404, address
    press(ana, MINE, 2, mark="seen")
    sent = ana.get(large)
    assert (sent.status_code, sent.headers["Cache-Control"]) == (200, "private, no-store")
    assert max(Image.open(BytesIO(sent.data)).size) == 320
    assert [bento.get(address).status_code for address in (large, veiled)] == [404, 200]
    assert bento.get(veiled).headers["Cache-Control"] == "private, no-store"
    assert ana.get(large.replace("K7Q2-9FXD", "0123-456N")).status_code == 404  # nobody asked for it there
    assert ana.get(plain).status_code == 404
    press(ana, MINE, 2, mark="none")
    assert ana.get(large).status_code == 404
    press(ana, MINE, 2, mark="kept")
    assert ana.get(large).status_code == 200
    assert ana.get(large_of(pictures(ana.get(MINE).text)[1])).status_code == 404  # another card of the same set


def test_what_one_of_two_has_shown_both_see(doubtful: Office) -> None:
    ana, bento = doubtful.client(), doubtful.client()
    link = re.search(r'"(/set/[^"]*/with/[^"]*)"', ana.post(MINE, data={"link": "yes"}).text)
    assert link
    bento.get(html.unescape(link[1]))
    large = large_of(pictures(bento.get(MINE).text)[2])
    assert bento.get(large).status_code == 404
    press(ana, MINE, 2, mark="seen")
    assert [client.get(large).status_code for client in (ana, bento, doubtful.client())] == [200, 200, 404]


def large_of(veiled: str) -> str:
    """The address of the picture in whose place a blurred one stands."""
    assert f"px={VEILED_PX}" in veiled
    return veiled.replace(f"px={VEILED_PX}", "px=640")


def test_the_sheet_before_printing_shows_what_was_kept(doubtful: Office) -> None:
    client = doubtful.client()
    sheet = client.get(press(client, MINE, 2, mark="kept").replace("?", "/print?")).text
    found = {html.unescape(href) for href in re.findall(r'<image[^>]* href="([^"]*)"', sheet)}
    assert [client.get(href).status_code for href in found] == [200]


def test_what_was_kept_is_in_the_file_of_a_job_also_for_who_shares_the_link(doubtful: Office) -> None:
    ana, bento = doubtful.client(), doubtful.client()
    page = ana.get(press(ana, press(ana, MINE, 2, mark="seen"), 2, mark="kept")).text
    link = re.search(r"/with/[^\"]*", ana.post(MINE, data={"link": "yes"}).text)
    assert link
    bento.get("/set/K7Q2-9FXD" + html.unescape(link[0]))
    for client in (ana, bento):
        job_id = client.post(MINE.replace("?", "/pdf?"), data={"once": once(page)}).location.rpartition("/")[2]
        doubtful.work()
        made = doubtful.place.jobs.result(doubtful.place.jobs.find(job_id))
        assert made
        assert images_in(made) == 1


# ---- school mode ------------------------------------------------------------------------------------------------------


def test_in_school_mode_files_are_made_once_every_card_was_seen(offices: Callable[..., Office], data_folder: Path, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 12)
    facts = {"people": "none"}
    mine = DataSetConfig(key="mine", root=root, facts=facts)
    office = offices(Config(datasets={"mine": mine}, starter=False, data_folder=data_folder), tmp_path / "place")
    client = office.client()
    address = f"{MINE}&dataset=mine&school=yes"
    page = client.get(address).text
    assert "those that were not (3 of 3)." in page
    assert "/pdf?" not in page
    for method in ("get", "post"):
        answer = getattr(client, method)(address.replace("?", "/pdf?"))
        assert answer.status_code == 409
        assert "those that were not (3 of 3)." in answer.text
    images = [image(page, number) for number in (1, 2, 3)]
    client.post(address, data={"image": images[:2], "mark": "kept"})
    assert client.get(address.replace("?", "/pdf?")).status_code == 409
    reported = press(client, address, 3, report="it shows a child")
    assert images_in(BytesIO(client.get(reported.replace("?", "/pdf?")).data)) == 2
    assert office.client().get(address.replace("?", "/pdf?")).status_code == 409
