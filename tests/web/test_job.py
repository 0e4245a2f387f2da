"""Files that take longer than a moment: asked for, followed, fetched, cancelled; and what goes wrong on the way."""

from __future__ import annotations

import dataclasses
import errno
import html
import re
import threading
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Never

import pytest
from flask.testing import FlaskClient
from office import Office
from werkzeug.test import TestResponse

from imagestolive import sets
from imagestolive.config import Config
from imagestolive.jobs import Job
from imagestolive.jobs.worker import Result, Watch
from imagestolive.jobs.workplace import Workplace
from imagestolive.pdf import read_set_file
from imagestolive.pipeline import Pipeline
from imagestolive.press.files import MAKERS
from imagestolive.sets import Pick
from imagestolive.web import create_app

QUERY = "?people=2&cards=3"
SET, PDF = f"/set/K7Q2-9FXD{QUERY}", f"/set/K7Q2-9FXD/pdf{QUERY}"
NO_JOB = "/job/AAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is one that takes long."""
    monkeypatch.setattr("imagestolive.web.opened.MOST_S", 0.0)


def forms(page: str) -> list[str]:
    """Where the page's forms lead that do something."""
    return [html.unescape(action) for action in re.findall(r'<form action="([^"]*)" method="post">', page)]


def started(client: FlaskClient, path: str = PDF, **more: object) -> str:
    """The path of the job that a POST leads to."""
    answer = client.post(path, **more)  # type: ignore[arg-type]
    assert answer.status_code == 303, answer.text
    assert re.fullmatch(r"/job/[A-Za-z0-9_-]{22}", answer.location)
    return answer.location


def refreshes(page: str) -> str | None:
    found = re.search(r'<meta http-equiv="refresh" content="([^"]*)">', page)
    return html.unescape(found[1]) if found else None


def file_of(client: FlaskClient, job: str) -> TestResponse:
    link = re.search(r'href="([^"]*)">Get the file<', client.get(job).text)
    assert link
    return client.get(html.unescape(link[1]))


def picks_in(answer: TestResponse) -> Sequence[Pick]:
    """Of the set file in a PDF."""
    data = read_set_file(BytesIO(answer.data))
    assert data
    return sets.read_set_file(data).picks


def full_disk(_job: Job, folder: Path, _watch: Watch) -> Never:
    (folder / "half.pdf").write_bytes(b"%PDF-1.7")
    raise OSError(errno.ENOSPC, "No space left on device")


# ---- asking ----------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("file", MAKERS)
def test_what_takes_long_is_not_made_by_looking_but_by_a_form(office: Office, file: str) -> None:
    client = office.client()
    answer = client.get(f"/set/K7Q2-9FXD/{file}{QUERY}")
    assert answer.status_code == 409
    assert "This file takes a while to make" in answer.text
    assert office.states() == []
    assert "Set-Cookie" not in answer.headers
    (action,) = forms(answer.text)
    assert started(client, action)
    assert office.states() == ["accepted"]


def test_what_takes_a_moment_is_a_plain_link_and_starts_nothing(office: Office) -> None:
    client = office.client()
    assert re.search(r'<a class="button wide" href="/set/K7Q2-9FXD/pdf\?', client.get(SET).text)
    assert client.get(PDF).mimetype == "application/pdf"
    assert office.states() == []


@pytest.mark.usefixtures("long")
def test_the_pages_of_a_set_have_forms_where_files_take_long(office: Office) -> None:
    client = office.client()
    leads = [action.partition("?")[0] for action in forms(client.get(SET).text) if not action.startswith("#")]
    assert leads == ["/set/K7Q2-9FXD/pdf"] * 2
    page = client.get(f"/set/K7Q2-9FXD/print{QUERY}").text
    buttons = re.findall(r'formaction="/set/K7Q2-9FXD/(?!card\.pdf)[a-z-]+(?:\.\w+|f)"( formmethod="post")?', page)
    assert buttons
    assert all(buttons)


@pytest.mark.usefixtures("long")
def test_what_is_chosen_on_the_print_page_counts_in_its_post_too(office: Office) -> None:
    client = office.client()
    sent = {"people": "2", "cards": "3", "paper": "letter", "back": "notes", "flip": "fold", "paper_own": "", "printer": ""}
    job = started(client, "/set/K7Q2-9FXD/pdf", data=sent)
    office.work()
    asked = sets.read_set_file(read_set_file(BytesIO(file_of(client, job).data))).request
    assert (asked.paper, asked.back, asked.flip) == ("letter", "notes", "fold")
    wrong = client.post("/set/K7Q2-9FXD/pdf", data=sent | {"start": "99"})
    assert wrong.status_code == 400
    assert 'id="start-says"' in wrong.text


def test_a_set_that_is_not_complete_is_no_job(office: Office) -> None:
    answer = office.client().post("/set/K7Q2-9FXD/pdf?people=3&cards=3&dataset=tiles")
    assert answer.status_code == 409
    assert "asked for 9, 6 can be used" in answer.text
    assert office.states() == []


def test_how_long_it_takes_is_known_without_reading_images_again_that_were_seen_before(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(config)
    policy = pipeline.policy(sold=False)
    request, _ = pipeline.request(people=2, cards=3, keys=None, paper="a4", lang="en", policy=policy)
    drawn = pipeline.draw(request, "K7Q29FXD", (), policy)
    released = [pipeline.release(drawn.picks[slot], policy).picture.without_data() for slot in range(1, 7)]
    monkeypatch.setattr(pipeline, "release", None)
    assert pipeline.pictures(drawn, policy) == released
    pipeline.close()


# ---- the page --------------------------------------------------------------------------------------------------------------


def test_a_job_is_followed_from_its_beginning_to_the_file_that_the_page_showed(office: Office) -> None:
    client = office.client()
    shown = client.get(SET).text
    job = started(client)
    page = client.get(job).text
    assert refreshes(page) == "2"
    assert "Waiting for its turn" in page
    assert re.search(r'<progress [^>]*value="0" max="6">', page)
    assert forms(page) == [f"{job}/cancel"]

    seen: list[str] = []

    def watched(running: Job, folder: Path, watch: Watch) -> Result | None:
        watch.step(4, 12)  # twice through its cards
        with office.place.ledger.writing() as connection:
            connection.exec_driver_sql('UPDATE job SET done = 4, "of" = 12')
        seen.append(client.get(job).text)
        return office.run(running, folder, watch)

    office.work(watched)
    assert refreshes(seen[0]) == "2"
    assert "2 of 6 cards are in the file." in seen[0]
    assert re.search(r'<progress [^>]*value="2" max="6">', seen[0])

    page = client.get(job).text
    assert refreshes(page) is None
    assert "The file is ready" in page
    assert "It is kept here for 24 hours, then it is deleted." in page
    assert 'href="/set/K7Q2-9FXD?people=2&amp;cards=3&amp;' in page
    with file_of(client, job) as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=images-to-live-with_2x3_A4_K7Q2-9FXD.pdf"
        assert answer.mimetype == "application/pdf"
        assert answer.content_length == len(answer.data)
        picks = sets.read_set_file(read_set_file(BytesIO(answer.data))).picks
    assert all(f"/{pick.image_id}?sha256={pick.sha256}" in shown for pick in picks)


def test_the_page_can_be_told_to_stand_still(office: Office) -> None:
    client = office.client()
    job = started(client)
    (still,) = re.findall(rf'href="({job}\?still=yes)"', client.get(job).text)
    page = client.get(still).text
    assert refreshes(page) is None
    assert f'href="{still}">Look again' in page
    assert f'href="{job}"' in page


def test_how_many_are_before_it_is_said(office: Office) -> None:
    client = office.client()
    jobs = [started(client, PDF + f"&spare={n}") for n in range(3)]
    assert "It begins in a moment." in client.get(jobs[0]).text
    assert "2 others are before you." in client.get(jobs[2]).text


def test_a_job_that_nobody_begins_says_whom_to_tell(office: Office) -> None:
    client = office.client()
    job = started(client)
    assert "imagestolive work" not in client.get(job).text
    office.clock[0] += 61
    page = client.get(job).text
    assert "Nobody has begun it for a minute." in page
    assert "imagestolive work" in page
    assert refreshes(page) == "2"


def test_how_long_the_file_is_kept_is_said_in_hours_that_are_left(office: Office) -> None:
    client = office.client()
    job = started(client)
    office.work()
    office.clock[0] += 22.5 * 3600
    assert "It is kept here for 2 hours, then it is deleted." in client.get(job).text
    office.clock[0] += 3600
    assert "It is kept here for 1 hour, then it is deleted." in client.get(job).text


def test_after_a_day_there_is_nothing(office: Office) -> None:
    client = office.client()
    job = started(client)
    office.work()
    office.sweep(later_s=24 * 3600 + 60)
    assert client.get(job).status_code == 404
    assert "What we made is kept for 24 hours" in client.get(job).text
    assert not [path for path in office.place.results.rglob("*") if path.is_file()]


def test_a_file_that_was_taken_away_can_be_made_again(office: Office) -> None:
    client = office.client()
    job = started(client)
    office.work()
    (file,) = list(office.place.results.rglob("*.pdf"))
    address = f"{job}/{file.name}"
    file.unlink()
    page = client.get(job).text
    assert "The file is no longer here" in page
    assert client.get(address).status_code == 404
    (again,) = forms(page)
    other = started(client, again)
    office.work()
    assert file_of(client, other).mimetype == "application/pdf"


def test_a_file_is_not_handed_out_once_one_of_its_images_is_held_back(
    config: Config, tmp_path: Path, offices: Callable[..., Office]
) -> None:
    flags = tmp_path / "flags.csv"
    flags.write_text("dataset,image_id,reason\n")
    office = offices(dataclasses.replace(config, flags=flags), tmp_path)
    client = office.client()
    job = started(client)
    office.work()
    made = file_of(client, job)
    pick = picks_in(made)[0]
    flags.write_text(f"dataset,image_id,reason\n{pick.dataset},{pick.image_id},somebody asked\n")
    page = client.get(job).text
    assert "The file is no longer here" in page
    assert client.get(f"{job}/{made.headers['Content-Disposition'].partition('filename=')[2]}").status_code == 404
    (again,) = forms(page)
    other = started(client, again)
    office.work()
    assert pick.image not in [found.image for found in picks_in(file_of(client, other))]


def test_it_is_cancelled_by_a_form_and_can_be_begun_again(office: Office) -> None:
    client = office.client()
    job = started(client)
    answer = client.post(f"{job}/cancel")
    assert (answer.status_code, answer.location) == (303, job)
    page = client.get(job).text
    assert "This was cancelled" in page
    assert refreshes(page) is None
    assert 'href="/set/K7Q2-9FXD?people=2&amp;cards=3&amp;' in page
    office.work()
    assert office.states() == ["cancelled"]
    (again,) = forms(page)
    assert started(client, again) != job
    assert client.post(f"{NO_JOB}/cancel").status_code == 404


def test_a_job_that_is_done_is_not_cancelled_any_more(office: Office) -> None:
    client = office.client()
    job = started(client)
    office.work()
    client.post(f"{job}/cancel")
    assert file_of(client, job).mimetype == "application/pdf"


def test_b118_a_full_disk_is_said_in_plain_words_and_no_half_file_is_served(office: Office) -> None:
    client = office.client()
    job = started(client)
    office.work(full_disk)
    page = client.get(job).text
    assert "The file was not made" in page
    assert "There is no room on this server’s disk" in page
    assert "Traceback" not in page
    assert client.get(f"{job}/half.pdf").status_code == 404
    assert not list(office.place.results.rglob("*.pdf"))
    again = forms(page)[0]
    other = started(client, again)
    office.work()
    assert file_of(client, other).mimetype == "application/pdf"


def test_why_it_failed_is_said_in_the_language_it_was_asked_for_in(office: Office) -> None:
    client = office.client()
    job = started(client, PDF + "&lang=pt-BR")
    office.work(full_disk)
    client.get("/?lang=en")  # which the browser keeps
    assert '<p class="lead" lang="pt-BR">Não há espaço' in client.get(job).text


# ---- whose it is -----------------------------------------------------------------------------------------------------------


def test_b100_nobody_guesses_a_job_and_only_its_own_file_is_in_it(office: Office) -> None:
    ana, bea = office.client(), office.client()
    of_ana = started(ana)
    of_bea = started(bea, f"/set/K7Q2-9FXD/credits.json{QUERY}")
    office.work()
    for path in (NO_JOB, "/job/x", "/job/" + "A" * 500, "/job/..%2f..%2fetc", of_ana[:-1], of_ana + "/x.pdf", of_ana + "/.."):
        assert bea.get(path).status_code == 404
    name = re.findall(rf'href="{of_bea}/([^"]*)"', bea.get(of_bea).text)[0]
    assert bea.get(f"{of_bea}/{name}").status_code == 200
    assert bea.get(f"{of_ana}/{name}").status_code == 404


def test_two_who_ask_for_the_same_have_a_job_and_a_file_each(office: Office) -> None:
    ana, bea = office.client(), office.client()
    of_ana, of_bea = started(ana), started(bea)
    assert of_ana != of_bea
    office.work()
    ana.post(f"{of_ana}/cancel")
    assert len(list(office.place.results.rglob("*.pdf"))) == 2


def test_b120_two_jobs_at_the_same_moment_make_two_files(office: Office) -> None:
    ana, bea = office.client(), office.client()
    jobs = [started(ana), started(bea, PDF.replace("people=2", "people=1"))]
    together = threading.Barrier(2, timeout=120)

    def meeting(job: Job, folder: Path, watch: Watch) -> Result | None:
        together.wait()
        result = office.run(job, folder, watch)
        together.wait()
        return result

    workers = [threading.Thread(target=office.work, args=(meeting,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    people = [sets.read_set_file(read_set_file(BytesIO(file_of(ana, job).data))).request.people for job in jobs]
    assert people == [2, 1]


def test_nothing_of_a_job_is_kept_on_the_way_or_found_by_a_search(office: Office) -> None:
    client = office.client()
    job = started(client)
    office.work()
    with file_of(client, job) as file:
        for answer in (client.get(job), file, client.get(NO_JOB), client.post(f"{job}/cancel"), client.post(PDF)):
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_cookie_is_set_with_the_first_job_and_says_nothing(office: Office) -> None:
    client = office.client()
    for path in ("/", "/make", SET, NO_JOB):
        assert "Set-Cookie" not in client.get(path).headers
    cookie = client.post(PDF).headers["Set-Cookie"]
    assert re.fullmatch(r"client=[A-Za-z0-9_-]{22}; HttpOnly; Path=/; SameSite=Lax", cookie)
    assert "Set-Cookie" not in client.post(f"/set/K7Q2-9FXD/backs.pdf{QUERY}").headers
    safe = office.client().post(PDF, base_url="https://localhost")
    assert "; Secure;" in safe.headers["Set-Cookie"]


def test_b103_the_same_form_sent_twice_is_one_job(office: Office) -> None:
    client = office.client()
    assert started(client) == started(client)
    once = {"once": "0123456789abcdefghijkl"}
    fresh = [office.client().post(f"/set/K7Q2-9FXD/cards.pdf{QUERY}", data=once).location for _ in range(2)]  # no cookie has come yet
    assert fresh[0] == fresh[1]
    assert office.states() == ["accepted"] * 2


@pytest.mark.usefixtures("long")
def test_b103_forms_are_told_apart_though_no_cookie_is_there(office: Office) -> None:
    pages = [office.client().get(PDF).text for _ in range(2)]
    values = [re.findall(r'name="once" value="([^"]*)"', page)[0] for page in pages]
    assert values[0] != values[1]
    assert len({started(office.client(), data={"once": value}) for value in values}) == 2


# ---- limits ----------------------------------------------------------------------------------------------------------------


def test_one_browser_has_so_many_jobs_and_then_is_asked_to_wait_with_its_form_kept(office: Office) -> None:
    client = office.client()
    for n in range(12):
        started(client, PDF + f"&start={n % 4 + 1}&spare={n // 4}")
    answer = client.post("/set/K7Q2-9FXD/pdf", data={"people": "2", "cards": "2", "back": "notes"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "12 of your orders wait or are being made already." in answer.text
    assert forms(answer.text) == ["/set/K7Q2-9FXD/pdf?"]
    for name, value in (("people", "2"), ("cards", "2"), ("back", "notes")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in answer.text
    assert office.states() == ["accepted"] * 12


# ---- other methods ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("job_is", ["accepted", "done"])
def test_b116_and_b117_only_a_post_does_anything(office: Office, job_is: str) -> None:
    client = office.client()
    job = started(client)
    if job_is == "done":
        office.work()
    name = "images-to-live-with_2x3_A4_K7Q2-9FXD.pdf"
    before = office.states()
    for path in (job, f"{job}/{name}", f"{job}/cancel", PDF, f"/set/K7Q2-9FXD/fetch{QUERY}"):
        for method in ("GET", "HEAD", "OPTIONS"):
            with client.open(path, method=method) as answer:
                assert answer.status_code < 500
                assert method != "OPTIONS" or answer.status_code == 200
                assert method != "HEAD" or not answer.data
        for method in ("PUT", "TRACE", "DELETE"):
            assert client.open(path, method=method).status_code == 405
    assert office.states() == before


def test_where_nobody_hands_jobs_in_those_of_the_data_folder_are_opened_when_they_are_first_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[Workplace] = []
    monkeypatch.setattr("imagestolive.web.workplace", lambda config: places.append(Workplace(config.data_folder)) or places[-1])
    client = create_app(Config(starter=False, data_folder=tmp_path)).test_client()
    client.get("/printers")
    assert not places
    for _ in range(2):
        assert client.get(NO_JOB).status_code == 404
    (place,) = places
    job = place.jobs.accept(client="x", address=None, kind="pdf", content=b"{}", cards=1, lang="en", back="/")
    assert client.get(f"/job/{job.id}").status_code == 200
    assert (tmp_path / "ledger.sqlite3").is_file()
    place.close()


def test_where_the_ledger_cannot_be_used_no_image_is_shown_and_pages_without_images_go_on(tmp_path: Path) -> None:
    """Nobody knows then what was reported and taken out."""
    (tmp_path / "ledger.sqlite3").mkdir()
    client = create_app(Config(starter=False, data_folder=tmp_path)).test_client()
    for path in (NO_JOB, "/set/K7Q2-9FXD", "/set/K7Q2-9FXD/pdf", "/picture/scikit-image/astronaut.png"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "Traceback" not in answer.text
    assert client.get("/printers").status_code == 200
