"""/operator: what people reported or asked to be left out, and what was decided about it, by whom, when and why. Off without a token.

No image is shown here. What the rules hold back comes through no door, this one included (Pipeline.release is the only gate): who decides
sees what the data set says of an image, and opens the page where it lives. Nothing is deleted: a decision ends the one before it.
"""

from __future__ import annotations

import contextlib
import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from flask import Blueprint, Flask, after_this_request, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from imagestolive import finding, sets
from imagestolive.care import flag_key
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.identify import Identity, Kind, identify
from imagestolive.ledger.decisions import NOT_SAID, REASONS, WHY_MOST, Entry, Target
from imagestolive.pipeline import DrawnSet, reasons
from imagestolive.policy import Policy
from imagestolive.screening import REASON_WORDS
from imagestolive.web.current import decisions, known_sets, pipeline
from imagestolive.web.door import SESSION_S, Door, TooManyTries
from imagestolive.web.language import words
from imagestolive.web.make import NotOffered

COOKIE = "operator"
PATH = "/operator"
QUEUE_MOST, HISTORY_MOST, LIST_MOST, SETS_MOST = 50, 50, 200, 10_000
_DOOR = "imagestolive.door"
_JOINERS = "\u200c\u200d"  # which emoji and letters of many scripts are joined by

KINDS: Mapping[str, str] = {
    "report": N_("Reported"),
    "opt-out": N_("Asked to be taken out"),
    "block": N_("Blocked"),
    "allow": N_("Allowed"),
    "undo": N_("Undone"),
}
FORCES: Mapping[str, str] = {
    "everywhere": N_("hidden everywhere"),
    "own": N_("hidden only in the sets of who reported it"),
    "waiting": N_("not hidden yet"),
    "none": N_("hides nothing"),
}
TARGETS: Mapping[str, str] = {
    "image": N_("An image of a data set, by its id"),
    "photo": N_("A photograph at Flickr, by its number or address"),
    "author": N_("All of one Flickr account"),
    "url": N_("What lives at an address"),
    "domain": N_("All that lives at a host, and at those below it"),
    "sha256": N_("A file, by its SHA-256"),
    "list": N_("A list of hashes of another operator’s"),
}
_SAID = {**REASONS, NOT_SAID: N_("no reason was given")}
BLOCKED_BY_HAND = tuple(target for target in TARGETS if target != "list")

bp = Blueprint("operator", __name__)


class SignedOut(ImagesToLiveError):
    """A form from a session that is over."""

    sentence = N_("You are signed out, so nothing was done. Sign in and send it again.")
    field = "token"
    status = 403


class NothingChosen(ImagesToLiveError):
    sentence = N_("Choose at least one.")
    field = "entry"


class NoWhy(ImagesToLiveError):
    """Each decision says why."""

    sentence = N_("Say why, in at most {most} characters.")

    def __init__(self, field: str) -> None:
        super().__init__(field=field, most=WHY_MOST)


class NotThat(ImagesToLiveError):
    """A value that is none of its kind."""

    sentence = N_("“{typed}” is not what is to be blocked: {kind}.")
    field = "value"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A row of the ledger as the page shows it."""

    id: str
    when: str
    kind: str
    target: str
    value: str
    dataset: str | None
    reason: str
    why: str
    who: str
    force: str
    contact: str | None
    undo: str | None  # how it is taken back, if it can be
    told: tuple[tuple[str, str], ...]  # what the data set says of the image: name and value
    page: str | None  # where it lives


def install(app: Flask, token: str | None, now: Callable[[], float]) -> None:
    """Without a token there is no such page. Raises TokenTooShort."""
    if token:
        app.extensions[_DOOR] = Door(token, now=now)
        app.register_blueprint(bp)


@bp.get(PATH)
def show() -> str:
    """The page, or the question for the token."""
    return _page() if _who() else _sign_in()


@bp.post(PATH)
def change() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """One of the page's forms; what cannot be used comes back with what was typed."""
    does = request.form.get("do", "")
    if does == "sign-in":
        return _open()
    if does == "sign-out":
        response = redirect(PATH, 303)
        response.delete_cookie(COOKIE, path=PATH, secure=request.is_secure, httponly=True, samesite="Strict")
        return response
    who = _who()
    if who is None:
        return _sign_in(SignedOut()), SignedOut.status
    doing = {"decide": _decide, "undo": _undo, "block": _block}.get(does)
    if doing is None:
        raise NotOffered(typed=sets.shown(does))
    try:
        done, n = doing(request.form, who)
    except ImagesToLiveError as error:
        if error.status >= 500:
            raise
        return _page(error), error.status
    return redirect(url_for("operator.show", done=done, n=n), 303)


@bp.after_request
def private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# ---- the door ----------------------------------------------------------------------------------------------------------


def _door() -> Door:
    found: Door = current_app.extensions[_DOOR]
    return found


def _who() -> str | None:
    return _door().who(request.cookies.get(COOKIE, ""))


def _open() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    try:
        session = _door().open(request.form.get("token", ""), request.form.get("who", ""), request.remote_addr or "?")
    except TooManyTries as error:
        return _sign_in(error), error.status, {"Retry-After": str(error.retry_after_s)}
    except ImagesToLiveError as error:
        return _sign_in(error), error.status
    response = make_response(redirect(PATH, 303))
    response.set_cookie(COOKIE, session, max_age=SESSION_S, path=PATH, secure=request.is_secure, httponly=True, samesite="Strict")
    return response


def _sign_in(error: ImagesToLiveError | None = None) -> str:
    says = {error.field: words().error(error)} if error else {}
    return render_template("operator.html", who=None, says=says, done=None, typed={"who": request.form.get("who", "")})


# ---- what is done ------------------------------------------------------------------------------------------------------


def _decide(form: MultiDict[str, str], who: str) -> tuple[str, int]:
    """What was done, as `_done` reads it out of an address, and with how many; so do the other two."""
    chosen = form.getlist("entry")
    if not chosen:
        raise NothingChosen
    why = _why(form, "why-decide")
    verdict = form.get("verdict", "")
    if verdict not in ("hide", "allow"):
        raise NotOffered(typed=sets.shown(verdict), field="entry")
    for entry in chosen:
        decisions().decide(entry, who=who, allow=verdict == "allow", why=why)
    return "allowed" if verdict == "allow" else "hidden", len(chosen)


def _undo(form: MultiDict[str, str], who: str) -> tuple[str, int]:
    chosen = form.getlist("undone")
    if not chosen:
        raise NothingChosen(field="undone")
    why = _why(form, "why-undo")
    for entry in chosen:
        decisions().undo(entry, who=who, why=why)
    return "undone", len(chosen)


def _block(form: MultiDict[str, str], who: str) -> tuple[str, int]:
    target = form.get("target", "")
    if target not in BLOCKED_BY_HAND:
        raise NotOffered(typed=sets.shown(target), field="target")
    dataset = form.get("dataset", "").strip()
    value = read_value(target, dataset, form.get("value", ""))
    why = _why(form, "why-block")
    decisions().block(who=who, target=cast("Target", target), dataset=dataset if target == "image" else None, value=value, why=why)
    return "blocked" if _may_be_here(target, dataset, value) else "blocked-unknown", 1


def _may_be_here(target: str, dataset: str, value: str) -> bool:
    """Whether a data set here has what was blocked; of a host and a file nobody can ask that."""
    if target == "image":
        return pipeline().described(dataset, flag_key(dataset, value)[1]) is not None or pipeline().described(dataset, value) is not None
    if target not in ("photo", "author", "url"):
        return True
    asked = Identity(kind=cast("Kind", target), value=value, typed=value)
    return bool(finding.find(pipeline(), asked).found)


def _why(form: MultiDict[str, str], field: str) -> str:
    why = " ".join(form.get(field, "").split())
    if not 1 <= len(why) <= WHY_MOST or not why.isprintable():
        raise NoWhy(field)
    return why


def read_value(target: str, dataset: str, typed: str) -> str:
    """What is typed: of a photograph and an account also an address. The ledger writes it as care.py does. Raises NotThat."""
    if target == "image" and dataset not in {info.key for info in pipeline().data_sets()}:
        raise NotOffered(typed=sets.shown(dataset), field="dataset")
    if target not in ("photo", "author"):
        return typed
    with contextlib.suppress(ImagesToLiveError):
        for reading in identify(typed).readings():
            if reading.kind == target:
                return reading.value
    raise NotThat(typed=sets.shown(typed), kind=words().say(TARGETS[target]))


# ---- what is shown -----------------------------------------------------------------------------------------------------


def _page(error: ImagesToLiveError | None = None) -> str:
    policy = pipeline().policy(sold=False)
    queue = decisions().queue(QUEUE_MOST)
    before = request.args.get("before", "")
    history = decisions().history(HISTORY_MOST + 1, int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None)
    return render_template(
        "operator.html",
        who=_who(),
        says={error.field: words().error(error)} if error else {},
        done=None if error else _done(),
        typed=request.form,
        ticked=set(request.form.getlist("entry")),
        queue=[_item(entry, told=True) for entry in queue],
        waiting=decisions().waiting(),
        history=[_item(entry) for entry in history[:HISTORY_MOST]],
        older=url_for("operator.show", before=history[HISTORY_MOST - 1].seq) if len(history) > HISTORY_MOST else None,
        targets=[(key, words().say(TARGETS[key])) for key in BLOCKED_BY_HAND],
        data_sets=[(info.key, info.sheet.title) for info in pipeline().data_sets() if not info.sheet.refused],
        lists=_lists(policy),
        word_lists=[(language, sorted(entries)) for language, entries in sorted(policy.words.lists.items())],
        bands=sorted(policy.bands.items()),
        flags=len(policy.flagged),
        recent=_recent(),
    )


def _done() -> str | None:
    """What the form before this page did, by the page's address; nothing where somebody made that up."""
    done, typed, count = request.args.get("done", ""), request.args.get("n", ""), words().count
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
        return None
    n = int(typed)
    said = {
        "hidden": count("{n} entry is decided: left out.", "{n} entries are decided: left out.", n),
        "allowed": count("{n} entry is decided: allowed.", "{n} entries are decided: allowed.", n),
        "undone": count("{n} entry was undone.", "{n} entries were undone.", n),
        "blocked": words().say("It is blocked from now on."),
        "blocked-unknown": words().say(
            "No data set that can be searched here has it; it is blocked all the same, should one come that does."
        ),
    }
    return said.get(done)


def visible(text: str) -> str:
    """Text of others with a name for each sign that turns text around or cannot be seen, except those that scripts need.

    >>> visible("gpj\u202e.exe")
    'gpj⟨U+202E⟩.exe'
    """
    return "".join(sign if sign.isprintable() or sign in _JOINERS else f"⟨U+{ord(sign):04X}⟩" for sign in text)


def _recent() -> list[tuple[str, int, str]]:
    """Of each of the last days: the day, how many sets were drawn, what was left out of them by reason."""
    days: dict[datetime.date, list[Mapping[str, int]]] = {}
    for known in known_sets().recent(SETS_MOST):
        days.setdefault(_at(known.when_s).date(), []).append(known.left_out)
    return [
        (words().date(day), len(counts), reasons(sum(map(Counter, counts), Counter()), words()))
        for day, counts in sorted(days.items(), reverse=True)
    ]


def note(drawn: DrawnSet) -> None:
    """Counts what was left out of a set, under a hash of its code that only this server's token makes; nothing where the page is off.

    It is written after the answer has gone out: nobody waits for it, and nobody's page fails by it.
    """
    door: Door | None = current_app.extensions.get(_DOOR)
    if door is None:
        return
    code, sets_known = door.hidden(drawn.code), known_sets()

    def write() -> None:
        with contextlib.suppress(ImagesToLiveError):
            sets_known.note(code, cards=drawn.request.slots, left_out=drawn.left_out)

    @after_this_request
    def later(response: Response) -> Response:
        response.call_on_close(write)
        return response


def _lists(policy: Policy) -> list[tuple[str, int, list[tuple[str, str]]]]:
    """Of each kind: its name, how many entries are in force, and the first of them with their reasons."""
    blocked = policy.blocked
    kinds: Sequence[tuple[str, Mapping[Any, str]]] = (
        ("image", {f"{dataset}: {image_id}": why for (dataset, image_id), why in blocked.images.items()}),
        ("photo", blocked.photos),
        ("author", blocked.authors),
        ("url", blocked.urls),
        ("domain", blocked.domains),
        ("sha256", blocked.sha256),
    )
    return [
        (words().say(TARGETS[kind]), len(entries), [(visible(key), said_reason(why)) for key, why in _first(entries)])
        for kind, entries in kinds
    ]


def _first(entries: Mapping[Any, str]) -> list[tuple[Any, str]]:
    return list(islice(sorted(entries.items()), LIST_MOST))


def said_reason(reason: str) -> str:
    """A reason of screening's without a number."""
    return words().say(REASON_WORDS[reason], n="").strip() if reason in REASON_WORDS else reason


def _item(entry: Entry, *, told: bool = False) -> Item:
    record = pipeline().described(entry.dataset, entry.value) if told and entry.target == "image" and entry.dataset else None
    facts = (
        (
            (words().say("Title"), record.title),
            (words().say("Author"), record.author),
            (words().say("License"), record.license_raw),
            (words().say("Labels"), ", ".join(label.text for label in islice(record.labels, 8))),
        )
        if record
        else ()
    )
    page = record and (record.landing_url or record.source_url)
    return Item(
        id=entry.id,
        when=_when(entry.when_s),
        kind=words().say(KINDS[entry.kind]),
        target=words().say(TARGETS[entry.target]),
        value=visible(entry.value),
        dataset=entry.dataset,
        reason=words().say(_SAID[entry.reason]) if entry.reason in _SAID else entry.reason,
        why=visible(entry.why),
        who=visible(entry.who),
        force=words().say(N_("settled or undone by a later entry") if entry.over else FORCES[entry.force]),
        contact=entry.contact and visible(entry.contact),
        undo=None if entry.over else words().say(N_("Put back what this undid") if entry.kind == "undo" else N_("Undo this one")),
        told=tuple((name, visible(value)) for name, value in facts if value),
        page=page if page and page.startswith(("https://", "http://")) else None,
    )


def _when(when_s: float) -> str:
    at = _at(when_s)
    return words().say("{date}, {time} UTC", date=words().date(at.date()), time=f"{at:%H:%M}")


def _at(when_s: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(when_s, datetime.UTC)
