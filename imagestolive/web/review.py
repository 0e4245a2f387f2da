"""What people say of the cards of a set while they look at it: kept, shown, reported, taken back; and how far they have come.

Marks belong to a browser, and to everybody who opens the link that it hands on. A report belongs to the browser that made it alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast, get_args

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from imagestolive.care import photo_of
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.ledger.decisions import Entry, NoSuchEntry, known_reason
from imagestolive.ledger.marks import NoSuchLink, Said
from imagestolive.pipeline import DrawnSet, NotReleased
from imagestolive.policy import Policy
from imagestolive.sets import Pick, written
from imagestolive.web import address, asking, remove
from imagestolive.web.current import decisions, marks, now_s, pipeline
from imagestolive.web.language import words
from imagestolive.web.pace import WINDOW_S, Lately
from imagestolive.web.prints import Print

KEEPER = "kept"  # in the address of a person's page
SHARED = "review"  # the cookie of whoever opened a link, for one set
SAME_MOST = 30  # first reports of one image from one address within an hour: a school class
_LATELY = "imagestolive.review.lately"


class NoSuchImage(ImagesToLiveError):
    """A form that names an image which no data set here has."""

    sentence = N_("The image of card {number} is not here any more, so nothing was done.")
    field = "image"
    status = 404


class NotAllSeen(ImagesToLiveError):
    """School mode hands out nothing that nobody has looked at."""

    sentence = N_("In school mode files are made once every card was seen: keep, replace or report those that were not ({n} of {of}).")
    status = 409


@dataclass(frozen=True, kw_only=True)
class Look:
    """A card of a set, and what was said of it."""

    card: Print
    image: str  # as the forms of the page name it; empty: nothing was drawn for its place
    kept: bool
    held: bool  # it is not handed out until somebody keeps it
    veiled: bool  # the same, and nobody has looked at it yet
    seen: bool  # somebody said something of it, or there is nothing to be looked at
    empty: str | None  # what stands in the place of an image
    undo: str | None  # what can be taken back: "report" or "replace"


# ---- looking ----------------------------------------------------------------------------------------------------------


def looks(code: str, drawn: DrawnSet, cards: Sequence[Print], replaced: Collection[int]) -> list[Look]:
    """The cards of a set as whoever asks for them, or shares a link, has looked at them; `replaced`: those that somebody replaced.
    Raises what the ledger raises."""
    empty = [drawn.picks[card.number] for card in cards if card.image is None and card.number in drawn.picks]
    said, own = _said(code), _own_reports(empty)
    return [_look(card, drawn.picks.get(card.number), said, own.get(card.number), card.number in replaced) for card in cards]


def _look(card: Print, pick: Pick | None, said: Mapping[tuple[int, str, str], str], own: Entry | None, replaced: bool) -> Look:
    mark = said.get((pick.slot, pick.dataset, pick.image_id)) if pick else None
    held = card.reason == "held for review"
    return Look(
        card=card,
        image=address.shown(pick) if pick else "",
        kept=mark == "kept",
        held=held,
        veiled=held and mark is None,
        seen=mark is not None or card.image is None,
        empty=_empty(card, own) if card.image is None else None,
        undo="report" if own else "replace" if replaced else None,
    )


def _empty(card: Print, own: Entry | None) -> str | None:
    say = words().say
    if own and card.reason != "withdrawn":
        if own.force == "own":
            return say("You reported this image. It is out of your sets; somebody will decide about all others.")
        return say("You reported this image. It is out of every set.")
    if card.reason == "reported":
        return say("This image was reported. It is out of every set.")
    return card.notice


def reviewed(code: str) -> list[tuple[str, str]]:
    """Data set and id of each image of a set that was kept."""
    return [(dataset, image_id) for (_, dataset, image_id), mark in _said(code).items() if mark == "kept"]


def _said(code: str) -> dict[tuple[int, str, str], str]:
    """Slot, data set and image -> mark."""
    by = _reviewer(code)
    found = marks().seen(code, by) if by else {}
    return {(slot, mark.dataset, mark.image_id): mark.mark for slot, mark in found.items()}


def is_looked_at(code: str, image: Pick) -> bool:
    """Whether whoever asks, or shares a link, wanted to see an image in a set, or was given one that shows what somebody kept."""
    by = _reviewer(code)
    return (by is not None and marks().has(code, by, *image.image)) or image.image in kept_for_others(code)


def keeper(code: str) -> dict[str, str]:
    """The pair that an address needs to show others what whoever asks has kept; none before they kept anything."""
    by = _reviewer(code)
    return {KEEPER: marks().keeper(code, by)} if by else {}


def kept_for_others(code: str) -> Collection[tuple[str, str]]:
    """What somebody kept who made the link that was followed here."""
    by = request.args.get(KEEPER, "")
    return marks().kept_by(code, by) if by else ()


def _own_reports(empty: Sequence[Pick]) -> dict[int, Entry]:
    """By slot: those that this browser may take back."""
    client = asking.client()
    found = {pick.slot: decisions().own_report(client, pick.dataset, pick.image_id) for pick in empty} if client else {}
    return {slot: entry for slot, entry in found.items() if entry}


def unseen(code: str, drawn: DrawnSet, policy: Policy) -> int:
    """How many cards show an image of which nothing was said."""
    said = _said(code)
    silent = [slot for slot, pick in drawn.picks.items() if (slot, *pick.image) not in said]
    return sum(pipeline().reason(drawn, slot, policy) in (None, "held for review") for slot in silent)


def hand_on(code: str, client: str, drawn: DrawnSet) -> None:
    """What was kept on a link that somebody else made counts for a job, too, which knows nothing of links."""
    if _shared(code):
        kept = {(dataset, image_id) for dataset, image_id in reviewed(code)}
        marks().mark_all(code, client, {pick.slot: pick.image for pick in drawn.picks.values() if pick.image in kept}, "kept")


# ---- saying -----------------------------------------------------------------------------------------------------------


def mark(code: str, client: str, drawn: DrawnSet, images: Sequence[Pick], said: str) -> None:
    """Keeps or shows images, or takes that back; of those that are not in their places any more nothing is noted."""
    there = {image.slot: image.image for image in images if drawn.picks.get(image.slot) == image}
    marks().mark_all(code, _reviewer(code) or client, there, cast(Said, said) if said in get_args(Said) else None)


def report(code: str, client: str, image: Pick, reason: str, policy: Policy) -> None:
    """Hides an image at once. Raises NoSuchImage, TooManyFromThere, and what Decisions raises.

    Without a cookie, or with one made up, each report would be somebody else's. Of those that browsers which never said anything send
    of one image from one address within an hour, the first says it for all, as long as it hides the image from everybody.
    """
    record = pipeline().described(image.dataset, image.image_id)
    if record is None:
        raise NoSuchImage(number=image.slot)
    facts: dict[str, Any] = {
        "reason": known_reason(reason),
        "sha256": image.sha256 if _is_file_of(image, policy) else None,
        "photo": photo_of(record),
        "rows": pipeline().data_set(image.dataset).images or 0,
    }
    marks().mark(code, _reviewer(code) or client, image.slot, image.dataset, image.image_id, None)
    say = partial(decisions().report, client=client, dataset=image.dataset, image_id=image.image_id, code=code, **facts)
    if decisions().has_said(client):
        say()
        return
    place, lately = request.remote_addr or "", _lately()
    with lately.lock:  # of several that come at once, the first is found by the others
        said = lately.find(place, *image.image)
        if any(map(_stands_for_all, said)):
            return
        if wait_s := remove.pace().wait_s(place) or (WINDOW_S if len(said) >= SAME_MOST else 0):
            raise remove.TooManyFromThere(retry_after_s=int(wait_s))
        lately.note(say().id, place, *image.image)


def _stands_for_all(entry_id: str) -> bool:
    try:
        entry = decisions().find(entry_id)
    except NoSuchEntry:  # the ledger is another one by now
        return False
    return not entry.over and entry.force != "own"


def _lately() -> Lately:
    """Kept from when somebody first reports."""
    found: Lately | None = current_app.extensions.get(_LATELY)
    return found or cast(Lately, current_app.extensions.setdefault(_LATELY, Lately(now_s)))


def _is_file_of(image: Pick, policy: Policy) -> bool:
    """Whether a form tells the truth: a report hides one file under all its names, and no other file."""
    try:
        pipeline().release(image, policy.to_look())
    except (NotReleased, ToBeFetched):
        return False
    return True


def undo_report(client: str | None, image: Pick) -> None:
    """Takes back what this browser reported; what others did stays. Raises NotInForce."""
    if entry := client and decisions().own_report(client, image.dataset, image.image_id):
        decisions().undo_report(entry.id, client)


# ---- sharing ----------------------------------------------------------------------------------------------------------


def link(code: str, client: str, query: str) -> str:
    """The path that a second person opens, to the set of that query string."""
    token = _shared(code) or marks().link(code, client)
    return f"{url_for('set.share', typed=written(code), token=token)}?{query}"


def share(code: str, token: str, response: Response) -> None:
    """Lets the browser that opened a link share its marks, until it is closed. Nothing is stored here. Raises NoSuchLink."""
    if marks().set_of(token) != code:
        raise NoSuchLink
    path = url_for("set.show", typed=written(code))
    response.set_cookie(SHARED, token, path=path, secure=request.is_secure, httponly=True, samesite="Lax")


def _reviewer(code: str) -> str | None:
    """Whose marks are shown: those of the link that was opened, or one's own."""
    return _shared(code) or asking.client()


def _shared(code: str) -> str | None:
    """The link that was opened."""
    token = request.cookies.get(SHARED)
    try:
        return marks().join(token) if token and marks().set_of(token) == code else None
    except NoSuchLink:
        return None
