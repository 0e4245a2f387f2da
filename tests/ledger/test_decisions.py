"""Reports, opt-outs and decisions: what is hidden from whom, and until when."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ledger_office import Office
from sqlalchemy import insert, select

from imagestolive.care import hashed
from imagestolive.ledger import Ledger
from imagestolive.ledger.decisions import (
    CONTACT_MOST,
    REASONS,
    WHY_MOST,
    Decisions,
    NoSuchEntry,
    NotAKey,
    NotInForce,
    TooManyOptOuts,
    TooManyReports,
    UnknownReason,
)
from imagestolive.ledger.force import Force, Row
from imagestolive.ledger.lists import ColumnMissing, ListWrong, NoHashedList, NotKnown, SaltWrong
from imagestolive.ledger.schema import decision, told
from imagestolive.records import ImageRecord

SHA256 = "ab" * 32
DAY_S = 86400.0


# ---- reports ----------------------------------------------------------------------------------------------------------


def test_a_report_hides_its_image_from_everybody_and_its_file_under_any_name(office: Office) -> None:
    entry = office.report("7", sha256=SHA256, code="K7Q29FXD")
    blocked = office.opened().blocked()
    assert dict(blocked.images) == {("coco", "7"): "reported"}
    assert dict(blocked.sha256) == {SHA256: "reported"}
    assert (entry.kind, entry.force, entry.decided, entry.over, entry.code) == ("report", "everywhere", False, False, "K7Q29FXD")
    assert office.decisions.queue() == [entry]


def test_an_empty_ledger_blocks_nothing_and_says_so_cheaply(office: Office) -> None:
    assert office.decisions.blocked().version == ""
    assert office.decisions.version() == ""
    assert office.decisions.blocked("ana") is office.decisions.blocked()


def test_a_thousand_reports_of_one_image_by_one_client_count_once(office: Office) -> None:
    assert len({office.report("7", client="ana").id for _ in range(1000)}) == 1
    assert office.decisions.waiting() == 1


def test_reports_alone_hide_twenty_images_of_a_small_set_and_the_others_from_their_reporters(office: Office) -> None:
    clients = {f"{n}": f"client {n // 50}" for n in range(1000)}  # each reports 50 images, all of 500 are reported twice
    forces = [office.report(str(n % 500), client=clients[str(n)]).force for n in range(1000)]
    assert len(office.hidden()) == 20
    assert forces[:21] == ["everywhere"] * 20 + ["own"]
    assert len(office.hidden("client 5")) == 20 + 50  # and those of 250 to 299
    assert office.hidden("client 0") == {str(n) for n in range(50)}
    assert office.hidden("somebody else") == office.hidden()
    assert office.decisions.waiting() == 1000


def test_one_in_a_hundred_of_a_large_set_is_hidden_by_reports_alone(office: Office) -> None:
    assert [office.report(str(n), rows=2_500).force for n in range(26)] == ["everywhere"] * 25 + ["own"]
    assert office.report("0", dataset="other").force == "everywhere"


def test_what_is_decided_makes_room_for_other_reports(office: Office) -> None:
    entries = [office.report(str(n)) for n in range(20)]
    office.decisions.decide(entries[0].id, who="op", allow=False)
    assert office.report("20").force == "everywhere"
    assert len(office.hidden()) == 21


def test_what_one_reported_itself_is_another_version_than_what_all_see(office: Office) -> None:
    for n in range(21):
        office.report(str(n), client=f"client {n}")
    everywhere, own = office.decisions.blocked(), office.decisions.blocked("client 20")
    assert own.version != everywhere.version
    assert office.decisions.blocked("client 20").version == own.version


def test_sixty_reports_an_hour_are_enough_and_a_clock_that_jumps_back_locks_nobody_out(office: Office) -> None:
    for n in range(60):
        office.report(str(n), client="ana")
        office.now_s += 1
    with pytest.raises(TooManyReports) as raised:
        office.report("60", client="ana")
    assert raised.value.retry_after_s == 3600 - 60
    assert office.report("59", client="ana").value == "59"  # reported already: nothing new is asked
    assert office.report("60", client="bia").force == "own"
    assert office.opt_out(client="ana").force == "everywhere"  # counted apart
    office.now_s += 3600 - 60
    office.report("60", client="ana")
    office.now_s -= 10 * DAY_S
    office.report("61", client="ana")


def test_whoever_reported_takes_it_back_and_nobody_else(office: Office) -> None:
    entry = office.report("7", client="ana")
    with pytest.raises(NoSuchEntry):
        office.decisions.undo_report(entry.id, "bia")
    with pytest.raises(NoSuchEntry):
        office.decisions.undo_report("no such entry", "ana")
    office.decisions.undo_report(entry.id, "ana")
    office.decisions.undo_report(entry.id, "ana")  # pressed twice
    assert not office.hidden()
    assert office.decisions.blocked().version == ""
    assert office.decisions.find(entry.id).over
    assert office.report("7", client="ana").id != entry.id
    assert office.hidden() == {"7"}


def test_who_has_said_something_before_is_known_by_it(office: Office) -> None:
    entry = office.report("7", client="ana")
    office.decisions.undo_report(entry.id, "ana")
    office.opt_out(client="bia")
    assert [office.decisions.has_said(client) for client in ("ana", "bia", "carla")] == [True, True, False]


def test_one_taken_back_leaves_the_other_report_of_the_image(office: Office) -> None:
    entry = office.report("7", client="ana")
    office.report("7", client="bia")
    office.decisions.undo_report(entry.id, "ana")
    assert office.hidden() == {"7"}


def test_a_report_that_an_operator_confirmed_is_not_taken_back(office: Office) -> None:
    entry = office.report("7", client="ana")
    office.decisions.decide(entry.id, who="op", allow=False)
    with pytest.raises(NotInForce):
        office.decisions.undo_report(entry.id, "ana")
    assert office.hidden() == {"7"}


@pytest.mark.parametrize("reason", ["", "It shows me", "person; DROP TABLE decision", "x" * 10_000])
def test_a_reason_is_one_of_the_list(office: Office, reason: str) -> None:
    with pytest.raises(UnknownReason):
        office.decisions.report(client="ana", dataset="coco", image_id="7", reason=reason, rows=500)
    assert office.decisions.version() == ""


def test_what_somebody_writes_is_kept_short_and_plain(office: Office) -> None:
    entry = office.opt_out(
        why="\x1b[31mIt\0 is\u202e mine\n" + "x" * 1_000_000, contact="a@example.org\r\nBcc: b@example.org" + "y" * 10_000
    )
    assert entry.why.startswith("[31mIt is mine xxx")
    assert len(entry.why) == WHY_MOST
    assert entry.contact is not None
    assert entry.contact.startswith("a@example.org Bcc: b@example.org")
    assert len(entry.contact) == CONTACT_MOST


# ---- the same photograph under other ids ------------------------------------------------------------------------------


PHOTO = "946782888"


def record(**facts: object) -> ImageRecord:
    return ImageRecord(**{"dataset": "coco", "image_id": "7", "locator": "7.jpg", **facts})


def elsewhere(**facts: object) -> ImageRecord:
    """The same photograph, as another data set has it."""
    return record(dataset="flickr30k", image_id="946782888.jpg", photo_id=PHOTO, **facts)


def test_a_report_hides_the_photograph_under_every_id_and_counts_once(office: Office) -> None:
    entry = office.report("7", client="ana", photo=PHOTO)
    assert office.decisions.blocked().reason_of(elsewhere()) == "reported"
    assert office.opened().blocked().reason_of(elsewhere()) == "reported"  # as it is read from the database
    for n in range(20):
        assert office.report(str(n), dataset="flickr30k").force == "everywhere"  # its limit is untouched
    office.decisions.undo_report(entry.id, "ana")
    assert office.decisions.blocked().reason_of(elsewhere()) is None
    assert not office.decisions.blocked().photos


def test_beyond_the_limit_the_photograph_is_hidden_from_its_reporter_alone(office: Office) -> None:
    for n in range(20):
        office.report(str(n))
    office.report("20", client="ana", photo=PHOTO)
    assert office.decisions.blocked("ana").reason_of(elsewhere()) == "reported"
    assert office.decisions.blocked().reason_of(elsewhere()) is None


def test_a_decision_is_of_the_photograph_too(office: Office) -> None:
    entry = office.report("7", photo=PHOTO, sha256=SHA256)
    confirmed = office.decisions.decide(entry.id, who="op", allow=False)
    assert confirmed.photo == PHOTO
    assert office.decisions.blocked().reason_of(elsewhere()) == "reported"
    allowed = office.decisions.decide(confirmed.id, who="op", allow=True)
    assert office.decisions.blocked().version == ""
    office.decisions.undo(allowed.id, who="op")
    assert office.decisions.blocked().reason_of(elsewhere()) == "reported"


def test_what_an_operator_lets_be_shown_is_not_hidden_by_a_report_of_it_under_another_id(office: Office) -> None:
    allowed = office.decisions.decide(office.report("7", photo=PHOTO, sha256=SHA256).id, who="op", allow=True)
    office.report("946782888.jpg", dataset="flickr30k", photo=PHOTO, sha256=SHA256, client="ana")
    assert office.decisions.blocked().reason_of(elsewhere()) == "reported"  # its labels may be what hurts
    assert office.decisions.blocked().reason_of(record(photo_id=PHOTO)) is None
    assert office.decisions.blocked().reason_of_file(SHA256) is None
    office.decisions.undo(allowed.id, who="op")
    assert office.decisions.blocked().reason_of(record(photo_id=PHOTO)) == "reported"
    assert office.report("8", photo=PHOTO).photo == PHOTO


@pytest.mark.parametrize("photo", ["", "12a", "-1", "9" * 21, "\0", "\ud800"])
def test_what_is_no_photograph_of_flickrs_is_reported_as_an_image_alone(office: Office, photo: str) -> None:
    assert office.report("7", photo=photo).photo is None
    assert office.hidden() == {"7"}


# ---- opt-outs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "value", "found"),
    [
        ("image", "7", record()),
        ("photo", "946782888", record(source_url="https://c2.staticflickr.com/2/1433/946782888_84c5811a41_o.jpg")),
        ("url", "HTTP://www.Example.org:80/a%20b.jpg#x", record(source_url="https://example.org/a b.jpg")),
    ],
)
def test_one_image_is_withdrawn_at_once_and_everywhere(office: Office, target: str, value: str, found: ImageRecord) -> None:
    entry = office.opt_out(target, value, dataset="coco" if target == "image" else None, sha256s=[SHA256, SHA256.upper()])
    blocked = office.decisions.blocked()
    assert blocked.reason_of(found) == "withdrawn"
    assert dict(blocked.sha256) == {SHA256: "withdrawn"}
    assert office.decisions.queue() == [entry]  # checked later


@pytest.mark.parametrize(
    ("target", "value", "meant"),
    [
        ("author", "74881150%40n00", ("author", "74881150@N00")),
        ("url", "https://www.flickr.com/photos/Someone/", ("author", "someone")),
        ("url", "https://www.flickr.com/people/74881150@N00", ("author", "74881150@N00")),
        ("url", "https://www.example.org/", ("domain", "example.org")),
        ("domain", "Example.org", ("domain", "example.org")),
    ],
)
def test_a_whole_account_or_domain_waits_for_an_operator(office: Office, target: str, value: str, meant: tuple[str, str]) -> None:
    entry = office.opt_out(target, value)
    assert (entry.target, entry.value) == meant
    assert entry.force == "waiting"
    assert office.decisions.blocked().version == ""
    decided = office.decisions.decide(entry.id, who="op", allow=False, why="wrote from that account")
    of = {"author": record(author_id=entry.value), "domain": record(source_url="https://cdn.example.org/a.jpg")}[entry.target]
    assert office.decisions.blocked().reason_of(of) == "withdrawn"
    assert not office.decisions.queue()
    office.decisions.undo(decided.id, who="op")
    assert office.decisions.blocked().version == ""
    assert [waits.id for waits in office.decisions.queue()] == [entry.id]


def test_the_page_of_one_photograph_is_no_account(office: Office) -> None:
    entry = office.opt_out("url", "https://www.flickr.com/photos/someone/946782888/in/photostream")
    assert (entry.target, entry.force) == ("url", "everywhere")


def test_ten_opt_outs_an_hour_are_enough_for_one_browser(office: Office) -> None:
    for n in range(10):
        office.opt_out(value=str(1000 + n), client="ana")
    with pytest.raises(TooManyOptOuts) as raised:
        office.opt_out(value="2000", client="ana")
    assert raised.value.status == 429
    assert office.opt_out(value="2000", client="bia").force == "everywhere"
    assert office.report("7", client="ana").force == "everywhere"


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("photo", "12a"),
        ("photo", "٣٣"),
        ("photo", ""),
        ("image", " "),
        ("image", "a\0b"),
        ("image", "\ud800"),
        ("image", "x" * 2001),
        ("sha256", "ab"),
        ("domain", "com"),
        ("domain", "https://"),
        ("url", "https://["),
        ("author", ""),
        ("list", "somebody's salt"),
    ],
)
def test_what_names_nothing_is_told_and_not_written(office: Office, target: str, value: str) -> None:
    with pytest.raises(NotAKey):
        office.decisions.block(who="op", target=target, dataset="coco", value=value)  # type: ignore[arg-type]
    assert office.decisions.version() == ""


# ---- decisions --------------------------------------------------------------------------------------------------------


def test_a_decision_settles_every_report_of_the_image_and_nothing_else_said_of_it(office: Office) -> None:
    entries = [office.report("7") for _ in range(5)]
    asked = office.opt_out("image", "7", dataset="coco")
    allowed = office.decisions.decide(entries[2].id, who="Ana, library", allow=True, why="A painting.")
    assert (allowed.kind, allowed.force, allowed.who, allowed.supersedes) == ("allow", "none", "Ana, library", entries[2].id)
    assert dict(office.decisions.blocked().images) == {("coco", "7"): "withdrawn"}
    assert office.decisions.queue() == [asked]
    assert all(office.decisions.find(entry.id).over for entry in entries)


def test_what_an_operator_lets_be_shown_is_hidden_by_a_report_from_its_reporter_alone(office: Office) -> None:
    office.decisions.decide(office.report("7").id, who="op", allow=True)
    again = office.report("7", client="ana")
    assert again.force == "own"
    assert not office.hidden()
    assert office.hidden("ana") == {"7"}
    assert office.decisions.queue() == [again]


def test_a_chain_of_decisions_each_ends_the_one_before_and_is_undone_in_turn(office: Office) -> None:
    report = office.report("7")
    chain = [report]
    for n in range(60):
        chain.append(office.decisions.decide(chain[-1].id, who="op", allow=n % 2 == 0))
        assert office.hidden() == (set() if n % 2 == 0 else {"7"})
    with pytest.raises(NotInForce):
        office.decisions.decide(chain[5].id, who="op", allow=True)
    with pytest.raises(NotInForce):
        office.decisions.undo(chain[5].id, who="op")
    for entry in reversed(chain[1:]):
        assert not office.decisions.find(entry.id).over
        office.decisions.undo(entry.id, who="op")
    assert office.hidden() == {"7"}
    assert [entry.id for entry in office.decisions.queue()] == [report.id]
    assert office.opened().blocked() == office.decisions.blocked()


def test_an_undoing_is_undone_again_and_again(office: Office) -> None:
    block = office.decisions.block(who="op", target="image", dataset="coco", value="7")
    for _ in range(3):
        undone = office.decisions.undo(block.id, who="op")
        assert not office.hidden()
        with pytest.raises(NotInForce):
            office.decisions.decide(undone.id, who="op", allow=True)
        office.decisions.undo(undone.id, who="op")
        assert office.hidden() == {"7"}


def test_of_several_causes_the_strongest_is_said(office: Office) -> None:
    said = []
    for act in (
        lambda: office.report("7"),
        lambda: office.decisions.block(who="op", target="image", dataset="coco", value="7"),
        lambda: office.opt_out("image", "7", dataset="coco"),
    ):
        entry = act()
        said.append((entry, office.decisions.blocked().images["coco", "7"]))
    assert [reason for _, reason in said] == ["reported", "flagged", "withdrawn"]
    for entry, reason in reversed(said):
        assert office.decisions.blocked().images["coco", "7"] == reason
        office.decisions.undo(entry.id, who="op")
    assert office.decisions.blocked().version == ""


def test_nothing_is_ever_changed_or_deleted(office: Office) -> None:
    def rows() -> list[object]:
        with office.ledger.reading() as connection:
            return list(connection.execute(select(decision).order_by(decision.c.seq)))

    report = office.report("7", client="ana")
    before = rows()
    office.decisions.undo(office.decisions.decide(report.id, who="op", allow=True).id, who="op")
    office.decisions.undo_report(report.id, "ana")
    office.now_s += 1000 * DAY_S
    office.decisions.purge_contacts()
    assert rows()[:1] == before
    assert [entry.kind for entry in office.decisions.history()] == ["undo", "undo", "allow", "report"]


def test_history_is_read_page_by_page_in_the_order_in_which_it_was_written(office: Office) -> None:
    ids = []
    for n in range(25):
        office.now_s -= 100  # a clock that runs backwards
        ids.append(office.report(str(n)).id)
    pages, before = [], None
    while page := office.decisions.history(10, before):
        pages.append([entry.id for entry in page])
        before = page[-1].seq
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [entry_id for page in pages for entry_id in page] == ids[::-1]


def test_contacts_go_thirty_days_after_the_decision_and_after_a_year_without_one(office: Office) -> None:
    decided, waits = office.opt_out(value="1", why="mine", contact="a@example.org"), office.opt_out(value="2", contact="b@example.org")
    office.now_s += 10 * DAY_S
    office.decisions.decide(decided.id, who="op", allow=False)

    def contacts() -> list[str | None]:
        office.decisions.purge_contacts()
        return [office.decisions.find(entry.id).contact for entry in (decided, waits)]

    office.now_s += 29 * DAY_S
    assert contacts() == ["a@example.org", "b@example.org"]
    office.now_s += 2 * DAY_S
    assert contacts() == [None, "b@example.org"]
    assert office.decisions.find(decided.id).why == ""
    office.now_s += 325 * DAY_S
    assert contacts() == [None, None]
    assert len(office.decisions.blocked().photos) == 2


def test_a_clock_that_was_years_ahead_keeps_no_contact_longer(office: Office) -> None:
    office.now_s += 5000 * DAY_S
    entry = office.opt_out(contact="a@example.org")
    office.now_s -= 5000 * DAY_S
    office.decisions.purge_contacts()
    assert office.decisions.find(entry.id).contact == "a@example.org"
    office.now_s += 366 * DAY_S
    office.decisions.purge_contacts()
    assert office.decisions.find(entry.id).contact is None


# ---- several processes ------------------------------------------------------------------------------------------------


def test_what_another_writes_is_seen_with_the_next_question_and_nothing_is_built_anew_in_between(office: Office) -> None:
    other = office.opened()
    office.report("7")
    seen = other.blocked()
    assert ("coco", "7") in seen.images
    assert other.blocked() is seen
    version = other.version()
    office.report("8")
    assert other.version() != version
    assert set(other.blocked().images) == {("coco", "7"), ("coco", "8")}
    assert set(seen.images) == {("coco", "7")}  # what was handed out stays as it is


def test_equal_contents_have_equal_versions_whatever_way_they_came(office: Office) -> None:
    office.report("7")
    version = office.decisions.blocked().version
    undone = office.report("8", client="ana")
    office.decisions.undo_report(undone.id, "ana")
    assert office.decisions.blocked().version == version == office.opened().blocked().version


SAID = st.tuples(
    st.sampled_from(["report", "own", "opt-out", "block", "list", "allow", "undo"]),
    st.integers(0, 2),
    st.sampled_from(["ana", "bo"]),
    st.integers(0, 5),
)


def said(n: int, before: list[Row], kind: str, image: int, client: str, which: int) -> Row:
    """A row as Decisions writes them; what takes an earlier one back, or lets it be shown, is about that one."""
    target, dataset, value = ("list", None, f"salt {image}") if kind == "list" else ("image", "coco", f"{image}.jpg")
    force = {"own": "own", "allow": "none", "undo": "none"}.get(kind, "everywhere")
    ends = before[which % len(before)] if kind in ("allow", "undo") and before else None
    if kind in ("allow", "undo") and ends is None:
        kind, force = "report", "everywhere"
    if ends:
        target, dataset, value = ends.target, ends.dataset, ends.value
    return Row(
        seq=n,
        id=f"row {n}",
        decided=kind in ("block", "list", "allow"),
        kind={"own": "report", "list": "block"}.get(kind, kind),
        target=target,
        dataset=dataset,
        value=value,
        files="" if target == "list" else f"{which:064}",
        force=force,
        supersedes=ends and ends.id,
        client=client,
        photo=str(image + 1) if kind == "report" else None,
    )


@given(st.lists(SAID, min_size=1, max_size=20))
def test_what_was_in_force_after_any_row_is_known_for_ever(sayings: list[tuple[str, int, str, int]]) -> None:
    force, rows, then = Force(), list[Row](), list[tuple[object, ...]]()
    for n, saying in enumerate(sayings, 1):
        rows.append(said(n, rows, *saying))
        force.add(rows[-1:])
        then.append((replace(force.blocked(), version=""), force.lists(), force.own("ana")))
        for m, expected in enumerate(then, 1):  # also what is asked for again and again, while there are more rows
            blocked, lists = force.then(m)
            assert (replace(blocked, version=""), lists, force.own_then(m, "ana")) == expected


def test_a_moment_is_that_of_its_set_and_of_this_ledger(office: Office, tmp_path: Path) -> None:
    decisions = office.decisions
    before = decisions.moment("K7Q29FXD")
    assert before == decisions.moment("K7Q29FXD")
    office.report("1")
    assert decisions.read_moment("K7Q29FXD", before) == 0
    assert decisions.read_moment("K7Q29FXD", decisions.moment("K7Q29FXD")) == 1
    assert decisions.read_moment("M1NPWWSD", before) is None
    assert decisions.read_moment("K7Q29FXD", before.replace("0-", "1-", 1)) is None
    assert other_office(tmp_path).decisions.read_moment("K7Q29FXD", before) is None
    assert decisions.read_moment("K7Q29FXD", before.replace("0-", "2-", 1)) is None
    assert not list(decisions.blocked(as_of=0).images)
    assert decisions.blocked(as_of=1).images == decisions.blocked().images


def test_a_ledger_that_was_put_back_is_read_anew(office: Office) -> None:
    for n in range(3):
        office.report(str(n))
    with office.ledger.writing() as connection:
        connection.execute(decision.delete())
        row = {"id": "from a copy", "when_s": 0.0, "who": "op", "decided": True, "kind": "block", "target": "image", "dataset": "coco"}
        rest = {"value": "9", "files": "", "reason": "private", "why": "", "force": "everywhere"}
        connection.execute(insert(decision).values(seq=3, **row, **rest))
    assert dict(office.decisions.blocked().images) == {("coco", "9"): "flagged"}


def test_threads_that_report_one_image_as_one_client_make_one_row(office: Office) -> None:
    threads = [threading.Thread(target=lambda: office.opened().report(**_ONE)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.decisions.history()) == 1


_ONE = {"client": "ana", "dataset": "coco", "image_id": "7", "reason": "private", "rows": 500}

_WRITER = """
import pathlib, sys
from imagestolive.ledger import Ledger
from imagestolive.ledger.decisions import Decisions
place, name = sys.argv[1:]
decisions = Decisions(Ledger(place if "://" in place else pathlib.Path(place)))
for n in range(int(1e9)):
    entry = decisions.report(client=f"{name} {n}", dataset=name, image_id=str(n), reason="private", rows=10**9)
    print(entry.id, flush=True)  # confirmed
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_of_ten_processes_that_write_while_one_after_the_other_is_killed_nothing_confirmed_is_lost(
    ledger: Ledger, ledger_place: Path | str, tmp_path: Path
) -> None:
    program = [sys.executable, "-c", _WRITER, str(ledger_place)]
    told = [tmp_path / f"{n}.txt" for n in range(10)]
    running = []
    for n, path in enumerate(told):
        with path.open("wb") as out:
            running.append(subprocess.Popen([*program, f"set-{n}"], stdout=out, stderr=subprocess.PIPE))
    _wait_for(told, 1)
    for n, process in enumerate(running):
        before = [path.read_bytes().count(b"\n") for path in told]
        os.kill(process.pid, signal.SIGKILL)
        assert process.communicate()[1] == b""
        _wait_for(told[n + 1 :], 1, before[n + 1 :])  # the others write on
    confirmed = {line for path in told for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")}
    decisions = Decisions(ledger)
    kept = {f"{entry.id}\n" for entry in decisions.history(10**6)}
    assert confirmed <= kept
    assert len(kept) - len(confirmed) <= 10  # written by one that was killed before it could say so
    assert len(decisions.blocked().images) == len(kept)


def _wait_for(told: list[Path], more: int, before: list[int] | None = None) -> None:
    end_s = time.monotonic() + 120
    while any(path.read_bytes().count(b"\n") < had + more for path, had in zip(told, before or [0] * len(told), strict=True)):
        assert time.monotonic() < end_s
        threading.Event().wait(0.02)


# ---- lists ------------------------------------------------------------------------------------------------------------


def exported(office: Office) -> str:
    out = io.StringIO(newline="")
    office.decisions.export_csv(out)
    return out.getvalue()


def other_office(tmp_path: Path, name: str = "other") -> Office:
    return Office(Ledger(tmp_path / f"{name}.sqlite3"))


def fill(office: Office) -> None:
    office.opt_out("image", "7", dataset="coco", sha256s=[SHA256], why="it is me", contact="a@example.org")
    office.opt_out("photo", "946782888")
    office.decisions.decide(office.opt_out("author", "74881150@N00").id, who="op", allow=False)
    office.decisions.block(who="=op", target="domain", dataset=None, value="example.org", reason="degrading", why="=cmd|' /C calc'!A0")
    office.decisions.block(who="op", target="url", dataset=None, value="https://example.com/a.jpg")
    office.decisions.decide(office.report("8", photo="5370126").id, who="op", allow=False)
    office.report("9")  # nobody has checked it


def test_a_list_is_taken_over_by_another_operator_as_it_was(office: Office, tmp_path: Path) -> None:
    fill(office)
    text = exported(office)
    assert "it is me" not in text
    assert "a@example.org" not in text
    file = tmp_path / "list.csv"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    other = other_office(tmp_path)
    with closing(other.ledger):
        assert other.decisions.import_csv(file, "Bia") == 6
        assert other.decisions.import_csv(file, "Bia") == 0  # they stand already
        theirs, ours = other.decisions.blocked(), office.decisions.blocked()
        assert dict(theirs.images) == {image: reason for image, reason in ours.images.items() if image != ("coco", "9")}
        for part in ("photos", "authors", "urls", "domains", "sha256"):
            assert dict(getattr(theirs, part)) == dict(getattr(ours, part))
        assert {entry.who for entry in other.decisions.history()} == {"Bia"}
        assert not other.decisions.queue()
        assert exported(other).count("\r\n") == text.count("\r\n")


BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", " =", "＝", "＋", "－", "＠", "'", "''", "'=", "\u200b=", "\n="]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Office, Path]]:
    folder = tmp_path_factory.mktemp("two")
    ours, theirs = other_office(folder, "ours"), other_office(folder, "theirs")
    with closing(ours.ledger), closing(theirs.ledger):
        yield ours, theirs, folder / "list.csv"


@settings(max_examples=60)
@given(st.sampled_from(BEGINNINGS), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
@example("=", "cmd|' /C calc'!A0").via("bad inputs")
def test_no_cell_is_a_formula_and_every_one_comes_back(two: tuple[Office, Office, Path], beginning: str, text: str) -> None:
    ours, theirs, file = two
    typed = beginning + text
    try:
        ours.decisions.block(who=typed, target="image", dataset="coco", value=typed, why=typed)
    except NotAKey:
        assert not typed.strip()
        return
    listed = exported(ours)
    for row in csv.reader(io.StringIO(listed, newline="")):
        for cell in row:
            assert not cell.lstrip(" \u200b").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    file.write_text(listed, encoding="utf-8", newline="")
    theirs.decisions.import_csv(file, "op")
    assert dict(theirs.decisions.blocked().images) == dict(ours.decisions.blocked().images)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("target,value\nimage,7\n", ListWrong),  # of no data set
        ("target,value\nphoto,7\nphotograph,8\n", NotKnown),
        ("target,value\nphoto,7\nlist,8\n", NotKnown),
        ("target,value,cause\nphoto,7,allow\n", NotKnown),
        ("target,value\nphoto,7\nphoto,x\n", ListWrong),
        ("target,value,files\nphoto,7,abc\n", ListWrong),
        ("photo\n7\n", ColumnMissing),
    ],
)
def test_a_list_with_a_wrong_line_is_not_taken_over_at_all(office: Office, tmp_path: Path, content: str, error: type[ListWrong]) -> None:
    file = tmp_path / "list.csv"
    file.write_text(content)
    with pytest.raises(error) as raised:
        office.decisions.import_csv(file, "op")
    assert "list.csv" in str(raised.value)
    assert office.decisions.version() == ""


def test_a_list_typed_by_hand_needs_two_columns(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Value;Target;Note\nhttps://www.example.org/a.jpg;url;see mail\n946782888;photo;\n")
    assert office.decisions.import_csv(file, "op") == 2
    assert dict(office.decisions.blocked().urls) == {"example.org/a.jpg": "flagged"}


def test_hashes_match_at_another_operator_and_tell_nothing(office: Office, tmp_path: Path) -> None:
    fill(office)
    file = tmp_path / "list.txt"
    with file.open("w") as out:
        assert office.decisions.export_hashed(out, "a-salt-of-two") == 8
    text = file.read_text()
    assert not [word for word in ("946782888", "example", "coco", "N00", SHA256, "op\n") if word in text]
    other = other_office(tmp_path)
    with closing(other.ledger):
        assert other.decisions.import_hashed(file, "Bia") == 8
        blocked = other.opened().blocked()
        assert blocked.version
        assert blocked.reason_of(record(photo_id="946782888")) == "withdrawn"
        assert blocked.reason_of(record(photo_id="5370126")) == "withdrawn"  # of an image that an operator holds back
        assert blocked.reason_of(record(author_id="74881150@N00")) == "withdrawn"
        assert blocked.reason_of(record(source_url="http://www.example.com/a.jpg")) == "withdrawn"
        assert blocked.reason_of(record(image_id="1", photo_id="1", author_id="1@N00", source_url="https://example.net/a.jpg")) is None
        (listed,) = other.decisions.history()
        assert exported(other).count("\r\n") == 1  # another's list is not ours to hand on
        other.decisions.undo(listed.id, who="Bia")
        assert other.decisions.blocked().version == ""


def test_a_newer_list_of_the_same_salt_takes_the_place_of_the_older(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    for photo in ("1", "2"):
        file.write_text(f"imagestolive-hashed/1 a-salt-of-two\n{hashed('a-salt-of-two', 'photo', photo)}\n")
        office.decisions.import_hashed(file, "op")
    blocked = office.decisions.blocked()
    assert blocked.reason_of(record(photo_id="1")) is None
    assert blocked.reason_of(record(photo_id="2")) == "withdrawn"


@pytest.mark.parametrize("content", ["", "imagestolive-hashed/1 short\n", "imagestolive-hashed/1 long-enough\nabc\n", "\xff\xfe", "\0" * 9])
def test_what_is_no_list_of_hashes_is_not_taken_over(office: Office, tmp_path: Path, content: str) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(NoHashedList):
        office.decisions.import_hashed(file, "op")
    assert office.decisions.version() == ""


@pytest.mark.parametrize("salt", ["", "seven77", "two words", "ação-ação", "x" * 65])
def test_a_salt_that_would_not_come_back_is_refused(office: Office, salt: str) -> None:
    with pytest.raises(SaltWrong):
        office.decisions.export_hashed(io.StringIO(), salt)


# ---- privacy ----------------------------------------------------------------------------------------------------------


def test_no_row_names_a_client(office: Office) -> None:
    office.report("7", client="a cookie of ana")
    office.opt_out(client="a cookie of ana")
    with office.ledger.reading() as connection:
        rows = [*connection.execute(select(decision)), *connection.execute(select(told))]
    assert rows
    assert "cookie" not in repr(rows)


def test_every_reason_has_words() -> None:
    assert all(key and said for key, said in REASONS.items())
    assert max(map(len, REASONS)) <= 32  # the column's width, which PostgreSQL insists on
