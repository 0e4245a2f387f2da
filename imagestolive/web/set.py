"""/set/<code>: every card of a set, to be looked at before it is handed out: kept, replaced or reported, and each of these taken back."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from imagestolive import sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fetch.problems import ToBeFetched
from imagestolive.ledger.decisions import REASONS
from imagestolive.pipeline import AllElsewhere, DrawnSet, NotReleased, left_out_sentence
from imagestolive.press import person_said, warning
from imagestolive.screening import NEARLY_THE_SAME, UNIFORM, alike
from imagestolive.sets import Pick
from imagestolive.web import address, asking, make, operator, review
from imagestolive.web.current import pipeline
from imagestolive.web.language import words
from imagestolive.web.opened import Opened, opened
from imagestolive.web.print import downloads_of, follow, print_steps, sent_by_the_form
from imagestolive.web.prints import Print, looked_at
from imagestolive.web.review import Look

bp = Blueprint("set", __name__)

Page = str | tuple[str, int]


class NoRoomInTheAddress(ImagesToLiveError):
    """The address is where replaced images are remembered, and it is full."""

    sentence = N_(
        "Card {number} was not replaced: so many images of this set were refused that its address has no room for one more. "
        "The set stays as it was. For other images, make a new set."
    )


class OtherImages(ImagesToLiveError):
    """A form that speaks of images which are not all in their places any more."""

    sentence = N_("Some cards show other images than before, so none was kept. Look at them, and keep them then.")
    status = 409


@bp.get("/set/<typed>")
@bp.get("/set/<path:typed>")
def show(typed: str) -> Response | Page:
    """Raises sets.NotACode, which has its own page; numbers that cannot be used come back in the form of /make."""
    code = sets.read_code(typed)
    if sent_by_the_form():
        return follow(code, Opened.path)
    try:
        return _page(_open(code))
    except ImagesToLiveError as error:
        if error.field not in ("people", "cards"):
            raise
    form = make.Form.typed(MultiDict([*request.args.items(multi=True), ("code", sets.written(code))]))
    return make.form_page(form, make.wrong_answers(form)), 400


@bp.get("/set/<typed>/with/<token>")
def share(typed: str, token: str) -> Response:
    """To the set, as somebody else is looking at it."""
    code = sets.read_code(typed)
    query = request.query_string.decode("ascii", "replace")
    response = redirect(f"{url_for('set.show', typed=sets.written(code))}?{query}#main", 303)  # not at the card that a copied address names
    review.share(code, token, response)
    return response


@bp.post("/set/<typed>")
def act(typed: str) -> Response | Page:
    """What one button of the page asks for; back to the card it stands by."""
    found = _open(sets.read_code(typed))
    said = next((name for name in ("shown", "mark", "report", "undo", "link") if name in request.form), "replace")
    return {"shown": _keep_shown, "mark": _mark, "report": _report, "undo": _undo, "link": _link, "replace": _replace}[said](found)


def _replace(found: Opened) -> Response | Page:
    """Refuses the image on one card: to the set's new address. What is not on that card any more needs no refusal."""
    slots = found.drawn.request.slots
    slot = sets.whole_number(request.form.get("replace", ""), name="replace", least=1, most=slots, field="replace")
    if any(image.slot == slot and found.drawn.picks.get(slot) != image for image in _images(found)):
        return _to_card(found.path(), slot)
    asked = replace(found.whole, refused=pipeline().refuse(found.drawn, slot))
    try:
        there = address.path(found.drawn.code, asked)
    except address.AddressTooLong:
        return _page(found, wrong=words().error(NoRoomInTheAddress(number=slot))), 400
    if pipeline().needs_network(found.drawn.request):
        try:
            opened(found.drawn.code, asked)
        except ToBeFetched:
            return asking.fetch_images(found.drawn.code, asked, f"{there}#card-{slot}")
    return _to_card(there, slot)


def _mark(found: Opened) -> Response | Page:
    """Keeps one card or several, shows one, or takes that back."""
    images = _images(found)
    if not images:
        raise address.AddressUnreadable(name="image", typed="", field="image")

    def answer(client: str) -> Response:
        review.mark(found.drawn.code, client, found.drawn, images, request.form["mark"])
        return _to_card(found.path(), images[0].slot)

    return _by_client(answer)


def _keep_shown(found: Opened) -> Response | Page:
    """Keeps every image that the page showed; what was blurred there is looked at one by one, and so is what took a place since."""
    looks = _looks(found, looked_at(found.drawn, found.policy))
    if request.form["shown"] != _shown(looks):
        return _page(found, wrong=words().error(OtherImages())), OtherImages.status
    images = [found.drawn.picks[look.card.number] for look in looks if _can_be_kept(look)]

    def answer(client: str) -> Response:
        review.mark(found.drawn.code, client, found.drawn, images, "kept")
        to_see = next((look.card.number for look in looks if look.veiled), None)
        return _to_card(found.path(), to_see) if to_see else redirect(f"{found.path()}#seen", 303)

    return _by_client(answer)


def _report(found: Opened) -> Response | Page:
    """Hides an image everywhere; here its place stays empty, since the set was made before."""
    image = _image(found)

    def answer(client: str) -> Response:
        review.report(found.drawn.code, client, image, request.form["report"], found.policy)
        return _to_card(found.path(), image.slot)

    return _by_client(answer)


def _undo(found: Opened) -> Response | Page:
    """Takes back a report, or the last replacement of a card."""
    image = _image(found)
    if request.form["undo"] == "report":
        review.undo_report(asking.client(), image)
        return _to_card(found.path(), image.slot)
    last = _replaced(found).get(image.slot)
    if last is None:
        return _to_card(found.path(), image.slot)
    refused = tuple(no for place, no in enumerate(found.drawn.refused) if place != last)
    return _to_card(address.path(found.drawn.code, replace(found.whole, refused=refused)), image.slot)


def _link(found: Opened) -> Response | Page:
    """The page with a link for a second person."""
    query = found.path().partition("?")[2]
    return _by_client(lambda client: make_response(_page(found, link=review.link(found.drawn.code, client, query))))


def _by_client(answer: Callable[[str], Response]) -> Response:
    """The answer for the client that asks, who is known from now on."""
    if (known := asking.client()) is not None:
        return answer(known)
    cookie, client = asking.new_client()
    response = answer(client)
    asking.keep(response, cookie)
    return response


def _images(found: Opened) -> list[Pick]:
    """The images that the form is about, as its page showed them. Raises AddressUnreadable."""
    return [address.read_shown(typed, found.drawn.request, "image") for typed in request.form.getlist("image")[: sets.SPARE_MOST]]


def _image(found: Opened) -> Pick:
    return next(iter(_images(found)), None) or address.read_shown("", found.drawn.request, "image")


def _to_card(path: str, slot: int) -> Response:
    return redirect(f"{path}#card-{slot}", 303)


def _open(code: str) -> Opened:
    """As the address asks for it; where a form was sent, as its page was made."""
    asked = address.read(request.args, lang=words().lang)
    return opened(code, replace(asked, as_of=address.moment(request.form) or asked.as_of))


def _page(found: Opened, *, wrong: str | None = None, link: str | None = None) -> str:
    drawn = found.drawn
    operator.note(drawn)
    cards = looked_at(drawn, found.policy)
    looks = _looks(found, cards)
    return render_template(
        "set.html",
        code=found.code,
        request=drawn.request,
        path=found.path(),
        as_of=found.asked.as_of,
        dated=found.asked.as_of == address.moment(request.args),
        downloads=[(found.path_of("downloads.send", file=file), said, found.is_long(file)) for file, said in downloads_of(drawn.request)],
        print_path=found.path_of("print.show"),
        documents_path=found.path_of("documents.show"),
        steps=print_steps(drawn.request, words()),
        change_path=_change_path(found),
        cards_here=len(cards),
        ungrouped=pipeline().ungrouped(drawn.request, words()),
        people=[(person_said(person, words()), list(group)) for person, group in groupby(looks, key=lambda look: look.card.person)],
        seen=sum(look.seen for look in looks),
        to_look_at=next((look.card.number for look in looks if not look.seen), None),
        shown=_shown(looks) if sum(map(_can_be_kept, looks)) > 1 and drawn.request.people > 1 else None,
        why_held={look.card.number: why_held(drawn.waiting[look.card.number]) for look in looks if look.card.number in drawn.waiting},
        reasons=[(key, words().say(said)) for key, said in REASONS.items()],
        link=link,
        licenses=Counter(card.credit.license_name for card in cards if card.credit).most_common(),
        data_sets=_data_sets(drawn, cards),
        left_out=left_out_sentence(drawn.left_out, words()),
        left_out_number=sum(drawn.left_out.values()),
        notices=_notices(found, cards),
        wrong=wrong,
        short=found.too_few(),
        cannot=(why := found.cannot() or found.not_all_seen()) and words().error(why),
        to_see=isinstance(why, review.NotAllSeen),
        fetch_path=_fetch_path(found),
        code_alone=not request.args.keys() & {"people", "cards", "dataset"},
    )


def _looks(found: Opened, cards: Sequence[Print]) -> list[Look]:
    return review.looks(found.drawn.code, found.drawn, cards, _replaced(found))


def _can_be_kept(look: Look) -> bool:
    """Whether it shows an image that nobody kept yet; one that is blurred was looked at by nobody."""
    return look.empty is None and not look.veiled and not look.kept


def _shown(looks: Sequence[Look]) -> str:
    """Another one where a card shows another image, or one more is not blurred."""
    images = "\n".join(look.image for look in looks if look.empty is None and not look.veiled)
    return hashlib.blake2b(images.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _replaced(found: Opened) -> dict[int, int]:
    """Slot -> place among the refused of the last image in it that a person replaced. In school mode images held for review are refused
    as they are drawn: taken back, they would be refused again."""
    asked = list(enumerate(found.drawn.refused))[: len(found.asked.refused)]
    return {no.slot: place for place, no in asked if not (found.policy.school and _would_be_refused(found, no))}


def _would_be_refused(found: Opened, image: Pick) -> bool:
    """Whether an image would wait for review among the cards of a set as they are."""
    try:
        picture = pipeline().release(image, found.policy).picture
    except NotReleased as shut:
        return shut.reason == "held for review"
    except ToBeFetched:
        return False
    return -1 in alike([*((n, shown.dhash) for n, shown in enumerate(found.pictures)), (-1, picture.dhash)])


def why_held(detail: str) -> str:
    """What is said of an image that waits once somebody wanted to see it; `detail` as screening.held keeps it."""
    say = words().say
    if detail == NEARLY_THE_SAME:
        return say("It waits because it is nearly the same as another card of this set.")
    if detail == UNIFORM:
        return say("It waits because it is of one tone all over.")
    name, _, score = detail.partition(" ")
    if name in pipeline().config.bands and score:
        return say("It waits because the program {name}, which looks for nudity, gave it {score}; 1 is the most.", name=name, score=score)
    return say("It waits because “{word}”, on a list of words, stands in its title, labels or captions.", word=detail)


def _fetch_path(found: Opened) -> str | None:
    """Where to ask for images again that could not be reached, if there are any."""
    missed = found.drawn.left_out.get("not reachable") and pipeline().needs_network(found.drawn.request)
    return found.path_of("fetch.start") if missed else None


def _change_path(found: Opened) -> str:
    """The form of /make, filled in with what this set was asked for."""
    asked = found.request
    kept: dict[str, Any] = {name: value for name, value in found.pairs() if name in address.PRINTING}
    return url_for(
        "make.ask",
        code=found.code,
        people=asked.people,
        cards=asked.cards,
        dataset=[part.key for part in asked.datasets],
        card_lang=asked.lang,
        sold="yes" if asked.sold else "no",
        school="yes" if asked.school else "no",
        by=asked.by,
        **kept,
    )


def _data_sets(drawn: DrawnSet, cards: Sequence[Print]) -> list[tuple[str, str, int]]:
    """Key, title and number of cards with an image of each data set that is drawn from."""
    shown = Counter(card.dataset[0] for card in cards if card.dataset)
    known = {info.key: info.sheet.title for info in pipeline().data_sets()}
    return [(part.key, known[part.key], shown[part.key]) for part in drawn.request.datasets if part.key in known]


def _notices(found: Opened, cards: Sequence[Print]) -> list[str]:
    """What is not as it was, or not as it was asked for."""
    drawn, say = found.drawn, words().say
    known = {info.key: info.sheet.title for info in pipeline().data_sets()}
    told = [words().error(why) for key in found.asked.without if key in known and (why := pipeline().why_not(key, found.policy))]
    gone = [part.key for part in drawn.request.datasets if part.key not in known]
    told += [say("The data set “{key}” is not here any more. Its cards show no image until you replace them.", key=key) for key in gone]
    told += [
        words().error(why)
        for part in drawn.request.datasets
        if part.key in known and isinstance(why := pipeline().why_not(part.key, found.policy), AllElsewhere)
    ]
    held = sum(card.notice is not None for card in cards)
    if held:
        told.append(
            words().count(
                "{n} card shows no image. Nothing takes its place until you replace it.",
                "{n} cards show no image. Nothing takes their place until you replace them.",
                held,
            )
        )
    to_look_at = sum(card.reason == "held for review" for card in cards)
    if to_look_at:
        told.append(
            words().count(
                "{n} image is held for review. Look at it: the card is printed with it once you keep it.",
                "{n} images are held for review. Look at them: their cards are printed with them once you keep them.",
                to_look_at,
            )
        )
    told += [
        say("{title} has changed since this set was made, so some cards may show other images.", title=known.get(key, key))
        for key in drawn.changed
    ]
    told += [
        say("Card {number}: {sentence}", number=card.number, sentence=warning(code, words()))
        for card in cards
        for code in card.warnings
        if code.startswith("no-glyph")
    ]
    return told
