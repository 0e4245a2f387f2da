"""/privacy: what is kept of whoever uses these pages, what for, and for how long; for a school to file.

A test holds this page to the code: each cookie that is set and each table of the ledger is told here, with the numbers the code uses.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from imagestolive.errors import N_
from imagestolive.jobs import KEPT_S
from imagestolive.ledger import decisions, knownsets, marks
from imagestolive.web import asking, language, operator, printers, review
from imagestolive.web.current import pipeline
from imagestolive.web.door import SESSION_S, WRONG_S
from imagestolive.web.language import words
from imagestolive.web.pace import WINDOW_S

_DAY_S = 86400


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Something that is kept: the sentences are keys of the catalogue, filled from `facts`."""

    what: str
    why: str
    until: str
    stores: tuple[str, ...]  # cookies, tables of the ledger, or files beside the data that hold it


COOKIES = (
    Kept(
        what=N_("The language you chose"),
        why=N_("So that the next page is in it, too."),
        until=N_("{cookie_days} days"),
        stores=(language.COOKIE,),
    ),
    Kept(
        what=N_("Your printers: the names you gave them, and their numbers"),
        why=N_("So that backs lie behind their fronts. They are kept in your browser alone."),
        until=N_("{cookie_days} days, or until you forget them"),
        stores=(printers.COOKIE,),
    ),
    Kept(
        what=N_("A random number, once you ask for a file that takes long, report an image or mark a card"),
        why=N_("So that your files, reports and marks are yours. It says nothing of you."),
        until=N_("until you close the browser"),
        stores=(asking.COOKIE,),
    ),
    Kept(
        what=N_("The link of a second person that you opened, for that set alone"),
        why=N_("So that two people can look through a set together."),
        until=N_("until you close the browser"),
        stores=(review.SHARED,),
    ),
    Kept(
        what=N_("The session of an operator who signed in"),
        why=N_("Only people who run this page have one."),
        until=N_("{session_hours} hours"),
        stores=(operator.COOKIE,),
    ),
)

ON_THE_SERVER = (
    Kept(
        what=N_(
            "What long work needs: which set, in which language, for which days and age, the file that was made, "
            "and a hash of the random number"
        ),
        why=N_("So that it can be made and fetched."),
        until=N_("{job_hours} hours after it is done"),
        stores=("job", "jobs", "queue.sqlite3"),
    ),
    Kept(
        what=N_("Which card of a set was kept, seen or reported, and whom a second-person link lets in, by hashes of random numbers"),
        why=N_("So that two people can look through a set together."),
        until=N_("{mark_days} days after the last mark"),
        stores=("mark", "link"),
    ),
    Kept(
        what=N_("How many images were left out of each set that was drawn, by reason; of the set itself a hash of its code"),
        why=N_("So that the people who run this page see what their rules do."),
        until=N_("{recent_days} days"),
        stores=("known_set",),
    ),
    Kept(
        what=N_("Reports: which image, the reason out of a list, when, and a hash of the random number"),
        why=N_("So that the image stays hidden, and one browser cannot report everything."),
        until=N_("for good: an image that is shown again by mistake would hurt twice"),
        stores=("decision",),
    ),
    Kept(
        what=N_("Requests to be taken out: which image, photograph, address or account, and when"),
        why=N_("So that it stays out, also when the data set is installed anew."),
        until=N_("for good: without it nobody would know what to leave out"),
        stores=("decision", "hashed"),
    ),
    Kept(
        what=N_("What you wrote with such a request, and how to reach you, if you said so"),
        why=N_("So that we can ask or answer."),
        until=N_("{contact_days} days after the decision, or {told_days} days (a year) without a decision"),
        stores=("told",),
    ),
    Kept(
        what=N_("A random number with which the address of a set is signed"),
        why=N_("So that nobody can date a set back, to see what was taken out since."),
        until=N_("for good; it says nothing of anybody"),
        stores=("secret",),
    ),
    Kept(
        what=N_("Images that were fetched from where they live"),
        why=N_("So that no host is asked twice. They are images of the data sets, not of visitors."),
        until=N_("{kept_days} days at most; of some data sets no longer than the work they were fetched for"),
        stores=("fetched",),
    ),
    Kept(
        what=N_("Measures of image files: width, height, sharpness, scores"),
        why=N_("So that each file is read once."),
        until=N_("until the people who run this page delete them"),
        stores=("seen.sqlite3", "scores.sqlite3"),
    ),
)

IN_MEMORY = (
    Kept(
        what=N_("How many cards wait for your network address, under a hash that changes daily"),
        why=N_("So that nobody takes the whole server for themselves."),
        until=N_("until the next day, or until the server is started anew"),
        stores=(),
    ),
    Kept(
        what=N_("How often your network address asked for images to be taken out, or reported some, under a hash"),
        why=N_("So that no program sends such requests without end."),
        until=N_("{pace_minutes} minutes, or until the server is started anew"),
        stores=(),
    ),
    Kept(
        what=N_("The network address of whoever tried a wrong operator’s token"),
        why=N_("So that tokens cannot be guessed."),
        until=N_("{wrong_minutes} minutes"),
        stores=(),
    ),
)

bp = Blueprint("privacy", __name__)


@bp.get("/privacy")
def show() -> str:
    told = {"cookies": COOKIES, "server": ON_THE_SERVER, "memory": IN_MEMORY}
    return render_template("privacy.html", **{name: [_said(kept) for kept in parts] for name, parts in told.items()})


def facts() -> dict[str, int]:
    """The numbers of the sentences, from where the code has them."""
    return {
        "cookie_days": language.COOKIE_DAYS,
        "session_hours": SESSION_S // 3600,
        "job_hours": int(KEPT_S // 3600),
        "mark_days": int(marks.KEPT_S // _DAY_S),
        "recent_days": int(knownsets.KEPT_S // _DAY_S),
        "told_days": int(decisions.TOLD_S // _DAY_S),
        "contact_days": int(decisions.TOLD_AFTER_S // _DAY_S),
        "kept_days": pipeline().config.limits.kept_days,
        "pace_minutes": int(WINDOW_S // 60),
        "wrong_minutes": int(WRONG_S // 60),
    }


def _said(kept: Kept) -> tuple[str, str, str, tuple[str, ...]]:
    return words().say(kept.what), words().say(kept.why), words().say(kept.until, **facts()), kept.stores
