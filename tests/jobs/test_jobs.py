"""Jobs as pages see them: accepted once, found by whoever knows the id, limited, forgotten after a day."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jobplace import Place

from imagestolive.jobs import ADDRESS_CARDS_MOST, Job, Jobs, NoSuchJob, TooManyFromThere, TooManyOfYours, is_plain, read_job
from imagestolive.ledger import Ledger, LedgerBusy, copies


def test_a_job_is_accepted_and_somebody_woken(place: Place) -> None:
    job = place.accept(b"set", cards=90, lang="pt-BR")
    assert (job.state, job.content, job.cards, job.lang, job.back) == ("accepted", b"set", 90, "pt-BR", "/set/K7Q2-9FXD")
    assert place.woken == [job.id]
    assert place.jobs.find(job.id) == job


def test_the_ledger_knows_nobody(place: Place, tmp_path: Path) -> None:
    place.accept(client="a cookie of ana", address="203.0.113.7")
    copies.backup(place.ledger, tmp_path / "copy")
    place.ledger.close()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "copy", *tmp_path.glob("ledger.sqlite3*")))
    assert b"/set/K7Q2-9FXD" in kept
    assert b"cookie of ana" not in kept
    assert b"203.0.113" not in kept


def test_what_is_asked_for_twice_is_made_once(place: Place) -> None:
    job = place.accept()
    assert place.accept().id == job.id
    place.worker().work()
    assert place.accept() == place.jobs.find(job.id)
    assert place.woken == [job.id]


def test_ten_double_clicks_at_once_make_one_job(place: Place) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(place.accept().id)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    assert len(set(found)) == 1


def test_two_people_who_ask_for_the_same_get_a_job_each(place: Place) -> None:
    ana, rui = place.accept(client="ana"), place.accept(client="rui")
    assert ana.id != rui.id
    place.worker().work()
    files = [place.jobs.result(place.jobs.find(job.id)) for job in (ana, rui)]
    assert None not in files
    assert files[0] != files[1]


def test_another_set_or_another_file_of_it_is_another_job(place: Place) -> None:
    jobs = [place.accept(b"one"), place.accept(b"two")]
    other = place.jobs.accept(client="ana", address=None, kind="zip", content=b"one", cards=9, lang="en", back="/")
    assert len({job.id for job in (*jobs, other)}) == 3


def test_after_a_failure_or_a_cancel_the_same_may_be_asked_for_again(place: Place) -> None:
    first = place.accept()
    place.jobs.cancel(first.id)
    second = place.accept()
    assert second.id != first.id
    place.change("UPDATE job SET state = 'failed'")
    assert place.accept().id not in (first.id, second.id)


def test_a_job_whose_result_somebody_took_away_is_done_again(place: Place) -> None:
    job = place.done()
    path = place.jobs.result(job)
    assert path is not None
    path.unlink()
    again = place.accept()
    assert again.id != job.id
    with pytest.raises(NoSuchJob):
        place.jobs.find(job.id)


def test_a_job_that_is_done_counts_no_more_where_what_it_brought_is_gone(place: Place) -> None:
    job = place.done()
    asked = {"client": "ana", "address": None, "kind": "pdf", "content": b"{}", "cards": 9, "lang": "en", "back": "/"}
    again = place.jobs.accept(**asked, again=True)  # type: ignore[arg-type]
    assert again.id != job.id
    assert place.jobs.accept(**asked, again=True).id == again.id  # type: ignore[arg-type]


@pytest.mark.parametrize("job_id", ["", ".", "..", "../x", "a" * 22, "%2e%2e", "x/../../etc/passwd", "é" * 22, "a\0" * 11, "a" * 9999])
def test_an_id_that_is_none_is_a_404(place: Place, job_id: str) -> None:
    for ask in (place.jobs.find, place.jobs.cancel):
        with pytest.raises(NoSuchJob) as raised:
            ask(job_id)
        assert raised.value.status == 404


def test_ids_cannot_be_guessed(place: Place) -> None:
    assert len({place.accept(b"%d" % n).id for n in range(5)}) == 5
    assert all(len(job_id) == 22 for job_id in place.woken)  # 128 bits


@pytest.mark.parametrize("name", ["../../ledger.sqlite3", "/etc/hostname", "..", ".", "", "a\0b", "..\\x", "missing.pdf"])
def test_a_row_that_names_another_file_leads_to_none(place: Place, name: str) -> None:
    if "\0" in name and not place.ledger.is_sqlite:
        pytest.skip("no row of PostgreSQL can hold NUL")
    job = place.done()
    place.change("UPDATE job SET name = ?", name)
    assert place.jobs.result(place.jobs.find(job.id)) is None


def test_a_link_in_the_place_of_a_result_is_not_followed(place: Place) -> None:
    job = place.done()
    path = place.jobs.result(job)
    assert path is not None
    path.unlink()
    path.symlink_to(place.ledger.place)
    assert place.jobs.result(job) is None


@given(st.text())
def test_a_plain_name_stays_in_its_folder(name: str) -> None:
    if is_plain(name):
        assert Path("folder", name).parent == Path("folder")


@pytest.mark.parametrize("counts", ["", "{", "[]", "null", '{"ok": "many"}', '{"ok": -1}', '{"ok": true}', "[" * 100_000, '{"ok": 1e999}'])
def test_damaged_counts_are_left_away(place: Place, counts: str) -> None:
    job = place.accept()
    place.change("UPDATE job SET counts = ?", counts)
    assert place.jobs.find(job.id).counts == {}


def test_one_client_has_twelve_jobs_at_most_and_is_told_when_to_come_again(place: Place) -> None:
    for n in range(12):
        place.accept(b"%d" % n)
    with pytest.raises(TooManyOfYours) as raised:
        place.accept(b"one too many")
    assert raised.value.status == 429
    assert 10 <= raised.value.retry_after_s <= 3600
    assert str(raised.value.retry_after_s) in str(raised.value)
    assert place.accept(b"3").state == "accepted"  # what is there already is no more work
    assert place.accept(client="rui").state == "accepted"
    place.worker().work()
    assert place.accept(b"one too many").state == "accepted"


def test_the_longer_the_queue_the_later_one_is_told_to_come_again(place: Place) -> None:
    place.done(b"an example")
    place.change("UPDATE job SET started_s = finished_s - 100")
    for n in range(12):
        place.accept(b"%d" % n)
    with pytest.raises(TooManyOfYours) as raised:
        place.accept(b"one too many")
    assert raised.value.retry_after_s == 600  # twelve jobs of 100 seconds, two at a time


def test_fifty_pupils_behind_one_address_are_all_served(place: Place) -> None:
    jobs = [place.accept(client=f"pupil {n}", address="198.51.100.1", cards=90) for n in range(50)]
    assert len({job.id for job in jobs}) == 50


def test_five_thousand_jobs_from_one_address_fill_the_queue_and_no_more(place: Place) -> None:
    with pytest.raises(TooManyFromThere) as raised:
        deque((place.accept(client=str(n), address="198.51.100.1", cards=400) for n in range(5000)), maxlen=0)
    assert len(place.woken) == ADDRESS_CARDS_MOST // 400
    assert raised.value.status == 429
    assert raised.value.retry_after_s > 0
    assert place.accept(client="elsewhere", address="198.51.100.2", cards=400).state == "accepted"
    place.worker().work()
    assert place.accept(client="again", address="198.51.100.1", cards=400).state == "accepted"


def test_addresses_are_forgotten_every_day(place: Place) -> None:
    for n in range(15):
        place.accept(client=str(n), address="198.51.100.1", cards=400)
    place.now_s += 86_400
    assert place.accept(client="tomorrow", address="198.51.100.1", cards=400).state == "accepted"


def test_who_waits_is_told_how_many_are_before(place: Place) -> None:
    jobs = [place.accept(client=str(n)) for n in range(3)]
    assert [place.jobs.ahead(job) for job in jobs] == [0, 1, 2]
    place.claim()
    assert [place.jobs.ahead(job) for job in jobs[1:]] == [0, 1]


def test_a_job_that_waits_is_cancelled_at_once_and_never_run(place: Place) -> None:
    job = place.accept()
    assert place.jobs.cancel(job.id).state == "cancelled"
    place.worker().work(job.id)
    assert place.jobs.find(job.id).state == "cancelled"
    assert place.files() == []


def test_what_is_done_cannot_be_cancelled(place: Place) -> None:
    job = place.done()
    assert place.jobs.cancel(job.id) == job


def test_a_job_is_accepted_though_nobody_can_be_woken(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    def asleep(job_id: str) -> None:
        raise OSError("the queue is broken")

    jobs = Jobs(place.ledger, place.folder, asleep)
    job = jobs.accept(client="ana", address=None, kind="pdf", content=b"", cards=1, lang="en", back="/")
    assert "the queue is broken" in caplog.text
    place.worker().sweep()
    assert place.woken == [job.id]


def test_a_ledger_that_is_locked_for_good_accepts_nothing_and_says_so(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.sqlite3", wait_s=0.1)) as ledger:
        place = Place(ledger, tmp_path / "jobs")
        with ledger.writing(), pytest.raises(LedgerBusy):
            place.accept()
        assert place.woken == []
        assert place.accept().state == "accepted"


def test_a_row_is_read_whole(place: Place) -> None:
    job = place.done(b"set")
    with place.ledger.reading() as connection:
        row = connection.exec_driver_sql("SELECT * FROM job").mappings().one()
    assert isinstance(read_job(row), Job)
    assert read_job(row) == job
