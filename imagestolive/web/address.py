"""A set's address. It carries the whole set, since nothing is stored: code, request, and the images that people refused.

    /set/K7Q2-9FXD?people=30&cards=3&dataset=coco~1b2c3d4e&paper=a4&card_lang=pt-BR&refused=7~coco~000000217285

A data set is `key`, or `key~fingerprint` (its first eight signs), or `key~fingerprint~weight`; a refused image is
`slot~key~image id`, in the order of refusal; `without` names a data set that had to leave the request, so that the page can
say why. What an address leaves out has its default.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from imagestolive import sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.sets import DataSetPart, Pick, Request
from imagestolive.units import CARD_FOR_PAPER, PAPERS
from imagestolive.words import LANGUAGES

MOST_CHARACTERS = 4000
FLIPS = sets.ENUMERATED["flip"]
BYS = sets.ENUMERATED["by"]

_DEFAULT = Request(datasets=())  # what a code alone stands for
_DATA_SET = re.compile(r"(?P<key>[a-z0-9-]{1,64})(?:~(?P<fingerprint>[0-9a-f]{8})(?:~(?P<weight>[0-9]{1,4}))?)?")
_REFUSED = re.compile(r"(?P<slot>[0-9]{1,4})~(?P<key>[a-z0-9-]{1,64})~(?P<image_id>.*)", re.DOTALL)


class AddressTooLong(ImagesToLiveError):
    """Past MOST_CHARACTERS; servers and mail programs cut addresses not far beyond."""

    sentence = N_("This address is too long: the address of a set holds up to {most} characters.")
    status = 414


class AddressUnreadable(ImagesToLiveError):
    """A part that no page of ours writes."""

    sentence = N_("This is not the whole address of a set: “{name}” cannot be “{typed}”.")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address of a set asks for."""

    request: Request  # no data sets: all that can be drawn from; of the others only the beginning of the fingerprint is known
    refused: tuple[Pick, ...] = ()  # their SHA-256 is not in the address
    without: tuple[str, ...] = ()  # keys of data sets that left the request


def path(code: str, request: Request, refused: Sequence[Pick] = (), without: Sequence[str] = ()) -> str:
    """Path and query string of a set; raises AddressTooLong."""
    pairs = query(request, refused, without)
    whole = f"{url_for('set.show', typed=sets.written(code))}?{urlencode(pairs, quote_via=quote)}"
    if len(whole) > MOST_CHARACTERS:
        raise AddressTooLong(most=MOST_CHARACTERS)
    return whole


def query(request: Request, refused: Sequence[Pick] = (), without: Sequence[str] = ()) -> list[tuple[str, str]]:
    """The pairs of the query string, also for a form that asks for the same set in another way."""
    pairs = [("people", str(request.people)), ("cards", str(request.cards))]
    pairs += [("dataset", _written_part(part)) for part in request.datasets]
    pairs += [("paper", request.paper), ("card_lang", request.lang)]
    pairs += [("flip", request.flip)] if request.flip != _DEFAULT.flip else []
    pairs += [("by", request.by)] if request.by != _DEFAULT.by else []
    pairs += [("sold", "yes")] if request.sold else []
    pairs += [("refused", f"{no.slot}~{no.dataset}~{no.image_id}") for no in refused]
    pairs += [("without", key) for key in without]
    return pairs


def read(args: MultiDict[str, str], *, lang: str) -> Asked:
    """What a query string asks for; `lang` is the language of the cards where it names none.

    Raises AddressUnreadable, or sets.NumberWrong for people and cards.
    """
    parts = {part.key: part for part in map(_part, reversed(args.getlist("dataset")))}  # of twins, the first
    paper = _one_of(args, "paper", tuple(PAPERS), _DEFAULT.paper)
    request = Request(
        people=_number(args, "people", _DEFAULT.people, sets.PEOPLE_MOST),
        cards=_number(args, "cards", _DEFAULT.cards, sets.CARDS_MOST),
        by=_one_of(args, "by", BYS, _DEFAULT.by),
        datasets=tuple(parts[key] for key in sorted(parts)),
        card=CARD_FOR_PAPER[paper],
        paper=paper,
        flip=_one_of(args, "flip", FLIPS, _DEFAULT.flip),
        lang=_one_of(args, "card_lang", LANGUAGES, lang),
        sold=_one_of(args, "sold", ("no", "yes"), "no") == "yes",
    )
    refused = tuple(_refused(typed, request) for typed in args.getlist("refused"))
    return Asked(request=request, refused=refused, without=tuple(args.getlist("without")))


def _number(args: MultiDict[str, str], name: str, default: int, most: int) -> int:
    typed = args.get(name, "")
    return sets.whole_number(typed, name=name, least=1, most=most, field=name) if typed.strip() else default


def _one_of(args: MultiDict[str, str], name: str, allowed: Sequence[str], default: str) -> str:
    typed = args.get(name) or default
    if typed not in allowed:
        raise AddressUnreadable(name=name, typed=sets.shown(typed))
    return typed


def _written_part(part: DataSetPart) -> str:
    weight = f"~{part.weight}" if part.weight != 1 else ""
    return f"{part.key}~{part.fingerprint[:8]}{weight}" if part.fingerprint else part.key


def _part(typed: str) -> DataSetPart:
    found = _DATA_SET.fullmatch(typed)
    weight = int(found["weight"] or 1) if found else 0
    if not found or not 1 <= weight <= 1000:
        raise AddressUnreadable(name="dataset", typed=sets.shown(typed))
    return DataSetPart(key=found["key"], weight=weight, rows=0, fingerprint=found["fingerprint"] or "")


def _refused(typed: str, request: Request) -> Pick:
    found = _REFUSED.fullmatch(typed)
    if not found or not 1 <= int(found["slot"]) <= request.slots or found["key"] not in {part.key for part in request.datasets}:
        raise AddressUnreadable(name="refused", typed=sets.shown(typed))
    return Pick(slot=int(found["slot"]), dataset=found["key"], image_id=found["image_id"], sha256="")
