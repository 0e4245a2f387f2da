"""Marks on the cards of a set, alone or with somebody else."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from imagestolive.ledger import Ledger
from imagestolive.ledger.knownsets import KnownSets
from imagestolive.ledger.marks import KEPT_S, Mark, Marks, NoSuchLink
from imagestolive.ledger.schema import link, mark

SET = "K7Q29FXD"


@pytest.fixture
def marks(ledger: Ledger) -> Marks:
    return Marks(ledger, now=lambda: 1000.0)


def said(marks: Marks, client: str, code: str = SET) -> dict[int, str]:
    return {slot: found.mark for slot, found in marks.seen(code, client).items()}


def test_a_mark_is_of_a_card_its_image_and_whoever_made_it(marks: Marks) -> None:
    marks.mark(SET, "ana", 3, "coco", "7", "kept")
    assert marks.seen(SET, "ana") == {3: Mark(mark="kept", dataset="coco", image_id="7", when_s=1000.0)}
    assert said(marks, "bia") == {}
    assert said(marks, "ana", "OTHERSET") == {}


def test_a_mark_takes_the_place_of_the_one_before_and_is_taken_back(marks: Marks) -> None:
    marks.mark(SET, "ana", 3, "coco", "7", "seen")
    marks.mark(SET, "ana", 3, "coco", "8", "kept")
    assert (said(marks, "ana"), marks.seen(SET, "ana")[3].image_id) == ({3: "kept"}, "8")
    marks.mark(SET, "ana", 3, "coco", "8", None)
    marks.mark(SET, "ana", 3, "coco", "8", None)
    assert said(marks, "ana") == {}


def test_it_is_told_of_an_image_whether_anything_was_said_of_it_in_a_set(marks: Marks) -> None:
    marks.mark(SET, "ana", 3, "coco", "7", "seen")
    second = marks.join(marks.link(SET, "ana"))
    asked = [(SET, "ana"), (SET, second), (SET, "bia"), ("OTHERSET", "ana")]
    assert [marks.has(code, client, "coco", "7") for code, client in asked] == [True, True, False, False]
    assert not marks.has(SET, "ana", "coco", "8")
    assert not marks.has(SET, "ana", "lvis", "7")
    marks.mark(SET, "ana", 3, "coco", "7", None)
    assert not marks.has(SET, "ana", "coco", "7")


def test_two_thousand_cards_are_marked_at_once(marks: Marks) -> None:
    images = {slot: ("coco", str(slot)) for slot in range(2000)}
    marks.mark_all(SET, "ana", images, "seen")
    assert said(marks, "ana") == dict.fromkeys(images, "seen")
    marks.mark_all(SET, "ana", images, None)
    assert said(marks, "ana") == {}


def test_whoever_opens_a_link_sees_and_makes_the_same_marks(marks: Marks) -> None:
    marks.mark(SET, "ana", 1, "coco", "1", "seen")
    token = marks.link(SET, "ana")
    second = marks.join(token)
    assert marks.set_of(token) == SET
    assert said(marks, second) == {1: "seen"}
    marks.mark(SET, second, 2, "coco", "2", "kept")
    assert said(marks, "ana") == said(marks, second) == {1: "seen", 2: "kept"}
    assert said(marks, second, "OTHERSET") == {}


def test_a_link_is_the_same_each_time_and_leads_on(marks: Marks) -> None:
    token = marks.link(SET, "ana")
    assert marks.link(SET, "ana") == token
    assert marks.link(SET, marks.join(token)) == token
    assert marks.link("OTHERSET", "ana") != token
    assert marks.link(SET, "bia") != token


def test_what_is_shared_in_one_set_is_not_in_another(marks: Marks) -> None:
    second = marks.join(marks.link(SET, "ana"))
    marks.mark("OTHERSET", "ana", 1, "coco", "1", "kept")
    assert said(marks, second, "OTHERSET") == {}


@pytest.mark.parametrize("token", ["", "nobody's", "a\0b", "\ud800", "x" * 100_000])
def test_a_token_that_was_never_given_leads_nowhere(marks: Marks, token: str) -> None:
    with pytest.raises(NoSuchLink):
        marks.join(token)


def test_no_row_names_a_client(marks: Marks, ledger: Ledger) -> None:
    marks.mark(SET, "a cookie of ana", 1, "coco", "1", "seen")
    marks.link("OTHERSET", "a cookie of ana")
    with ledger.reading() as connection:
        rows = [*connection.execute(select(mark)), *connection.execute(select(link))]
    assert len(rows) == 2
    assert "cookie" not in repr(rows)


def test_marks_and_links_go_after_ninety_days_also_where_the_clock_was_ahead(ledger: Ledger) -> None:
    now_s = 10 * KEPT_S
    marks = Marks(ledger, now=lambda: now_s)
    marks.mark(SET, "ana", 1, "coco", "1", "seen")
    marks.link(SET, "ana")
    now_s = KEPT_S
    marks.purge()
    assert said(marks, "ana") == {1: "seen"}
    now_s += KEPT_S - 1
    marks.mark(SET, "ana", 2, "coco", "2", "seen")
    now_s += 2
    marks.purge()
    assert said(marks, "ana") == {2: "seen"}  # by the link, which is used still
    now_s += KEPT_S
    marks.purge()
    with ledger.reading() as connection:
        assert [connection.scalar(select(func.count()).select_from(table)) for table in (mark, link)] == [0, 0]


def test_two_people_who_mark_at_once_lose_nothing(marks: Marks) -> None:
    second = marks.join(marks.link(SET, "ana"))

    def work(client: str, first: int) -> None:
        for slot in range(first, 40, 2):
            marks.mark(SET, client, slot, "coco", str(slot), "seen")

    threads = [threading.Thread(target=work, args=(client, first)) for client, first in (("ana", 0), (second, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said(marks, "ana") == dict.fromkeys(range(40), "seen")


def test_sets_drawn_lately_are_told_with_what_was_left_out(ledger: Ledger) -> None:
    now_s = 1000.0
    sets = KnownSets(ledger, now=lambda: now_s)
    sets.note("A", cards=9, left_out={"flagged": 2})
    now_s += 1
    sets.note("B", cards=9, left_out={})
    now_s += 1
    sets.note("A", cards=9, left_out={"flagged": 2})  # shown again
    assert [found.code for found in sets.recent()] == ["B", "A"]
    sets.note("A", cards=9, left_out={"flagged": 3})
    assert [(found.code, dict(found.left_out)) for found in sets.recent(1)] == [("A", {"flagged": 3})]
    now_s += 31 * 86400
    sets.purge()
    assert sets.recent() == []
