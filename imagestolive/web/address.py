"""A set's address. It carries the whole set, since nothing is stored: code, request, and the images that people refused.

    /set/K7Q2-9FXD?people=30&cards=3&dataset=coco~1b2c3d4e&as_of=41-9f86d081884c7d65&paper=a4&card_lang=pt-BR&refused=7~coco~000000217285

A data set is `key`, or `key~fingerprint` (its first eight signs), or `key~fingerprint~weight`; a refused image is
`slot~key~image id`, in the order of refusal; `as_of` is the moment when the set was made, as the ledger signed it for its code: what is
taken out later keeps its place there, empty; `without` names a data set that had to leave the request, so that the page can say why.
What an address leaves out has its default; `card` is then that of the paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from imagestolive import printers, sets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.sets import PRINTING_ENUMERATED, DataSetPart, Pick, Printing, Request
from imagestolive.units import CARD_AS_PAPER, CARD_FOR_PAPER, card_size, paper
from imagestolive.words import LANGUAGES

_T = TypeVar("_T")

MOST_CHARACTERS = 4000
AS_OF_MOST = 40
FLIPS = sets.ENUMERATED["flip"]
BACKS = sets.ENUMERATED["back"]
BYS = sets.ENUMERATED["by"]

# Name in an address -> field of sets.Printing.
OFFSETS: Mapping[str, str] = {"back_x": "back_x_mm", "back_y": "back_y_mm", "back_scale": "back_scale_percent"}
# All that a form may ask for to change how a set is printed; of all these only spare cards add to the set.
PRINTING = ("paper", "card", "flip", "back", *PRINTING_ENUMERATED, "start", "turn_backs", *OFFSETS, "spare")

_DEFAULT = Request(datasets=())  # what a code alone stands for
_DATA_SET = re.compile(r"(?P<key>[a-z0-9-]{1,64})(?:~(?P<fingerprint>[0-9a-f]{8})(?:~(?P<weight>[0-9]{1,4}))?)?")
_REFUSED = re.compile(r"(?P<slot>[0-9]{1,4})~(?P<key>[a-z0-9-]{1,64})~(?P<image_id>.*)", re.DOTALL)
_SHOWN = re.compile(rf"{_REFUSED.pattern}~(?P<sha256>(?:[0-9a-f]{{64}})?)", re.DOTALL)


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
    as_of: str = ""  # the moment when the set was made; empty: it is made now


def path(code: str, asked: Asked) -> str:
    """Path and query string of a set; raises AddressTooLong, for which the moment does not count: it is not always there."""
    pairs = query(asked)
    whole = f"{url_for('set.show', typed=sets.written(code))}?{urlencode(pairs, quote_via=quote)}"
    if len(whole) - (len(f"&as_of={asked.as_of}") if asked.as_of else 0) > MOST_CHARACTERS:
        raise AddressTooLong(most=MOST_CHARACTERS)
    return whole


def query(asked: Asked) -> list[tuple[str, str]]:
    """The pairs of the query string, also for a form that asks for the same set in another way."""
    request = asked.request
    pairs = [("people", str(request.people)), ("cards", str(request.cards))]
    pairs += [("dataset", _written_part(part)) for part in request.datasets]
    pairs += [("as_of", asked.as_of)] if asked.as_of else []
    pairs += [("paper", request.paper), ("card_lang", request.lang)]
    pairs += [("card", request.card)] if request.card != card_of(request.paper) else []
    pairs += [("flip", request.flip)] if request.flip != _DEFAULT.flip else []
    pairs += [("back", request.back)] if request.back != _DEFAULT.back else []
    pairs += _written_printing(request.printing)
    pairs += [("by", request.by)] if request.by != _DEFAULT.by else []
    pairs += [("sold", "yes")] if request.sold else []
    pairs += [("school", "yes")] if request.school else []
    pairs += [("spare", str(request.spare))] if request.spare else []
    pairs += [("refused", f"{no.slot}~{no.dataset}~{no.image_id}") for no in asked.refused]
    pairs += [("without", key) for key in asked.without]
    return pairs


def shown(image: Pick) -> str:
    """An image and where it was shown, as the forms of its page write it.

    >>> shown(Pick(slot=7, dataset="coco", image_id="000000217285", sha256="00ff"))
    '7~coco~000000217285~00ff'
    """
    return f"{image.slot}~{image.dataset}~{image.image_id}~{image.sha256}"


def read_shown(typed: str, request: Request, name: str) -> Pick:
    """The same read; `name` is that of the field. Raises AddressUnreadable."""
    return _image(_SHOWN, typed, request, name)


def card_of(paper_key: str) -> str:
    """The card of a paper where nobody says another."""
    return CARD_FOR_PAPER.get(paper_key, _DEFAULT.card)


def read(args: MultiDict[str, str], *, lang: str, wrong: list[ImagesToLiveError] | None = None) -> Asked:
    """What a query string asks for; `lang` is the language of the cards where it names none.

    Raises AddressUnreadable, or sets.NumberWrong for people and cards. What cannot be used of the printing choices is raised too, or
    put into `wrong`, each error with its field, and has its default.
    """
    parts = {part.key: part for part in map(_part, reversed(args.getlist("dataset")))}  # of twins, the first
    request = Request(
        people=_number(args, "people", _DEFAULT.people, sets.PEOPLE_MOST),
        cards=_number(args, "cards", _DEFAULT.cards, sets.CARDS_MOST),
        by=_one_of(args, "by", BYS, _DEFAULT.by),
        datasets=tuple(parts[key] for key in sorted(parts)),
        lang=_one_of(args, "card_lang", LANGUAGES, lang),
        sold=_one_of(args, "sold", ("no", "yes"), "no") == "yes",
        school=_one_of(args, "school", ("no", "yes"), "no") == "yes",
    )
    request = _as_printed(request, args, _Tries(wrong))
    refused = tuple(_image(_REFUSED, typed, request, "refused") for typed in args.getlist("refused"))
    return Asked(request=request, refused=refused, without=tuple(args.getlist("without")), as_of=moment(args))


def moment(sent: MultiDict[str, str]) -> str:
    """When the set was made, as it was sent."""
    return sent.get("as_of", "")[:AS_OF_MOST]


class _Tries:
    """Calls readers one after the other; what they raise is put into `wrong`, or raised where there is none."""

    def __init__(self, wrong: list[ImagesToLiveError] | None) -> None:
        self._wrong = wrong

    def __call__(self, reader: Callable[..., _T], *facts: Any, default: _T) -> _T:
        try:
            return reader(*facts, default)
        except ImagesToLiveError as error:
            if self._wrong is None:
                raise
            self._wrong.append(error)
            return default


def _as_printed(request: Request, args: MultiDict[str, str], tried: _Tries) -> Request:
    paper_key = tried(_paper, args, default=_DEFAULT.paper)
    return replace(
        request,
        paper=paper_key,
        card=tried(_card, args, default=card_of(paper_key)),
        flip=tried(_one_of, args, "flip", FLIPS, default=_DEFAULT.flip),
        back=tried(_one_of, args, "back", BACKS, default=_DEFAULT.back),
        spare=tried(_spare, args, default=0),
        printing=_read_printing(args, tried),
    )


def _read_printing(args: MultiDict[str, str], tried: _Tries) -> Printing:
    usual = _DEFAULT.printing
    found: dict[str, Any] = {
        name: tried(_one_of, args, name, allowed, default=getattr(usual, name)) for name, allowed in PRINTING_ENUMERATED.items()
    }
    found["start"] = tried(_start, args, default=usual.start)
    found["turn_backs"] = tried(_one_of, args, "turn_backs", ("no", "yes"), default="no") == "yes"
    found |= {field: tried(_offset, args, name, field, default=getattr(usual, field)) for name, field in OFFSETS.items()}
    return replace(usual, **found)


def _written_printing(printing: Printing) -> list[tuple[str, str]]:
    usual = _DEFAULT.printing
    pairs = [(name, value) for name in PRINTING_ENUMERATED if (value := getattr(printing, name)) != getattr(usual, name)]
    pairs += [("start", str(printing.start))] if printing.start != usual.start else []
    pairs += [("turn_backs", "yes")] if printing.turn_backs else []
    pairs += [
        (name, f"{getattr(printing, field):g}") for name, field in OFFSETS.items() if getattr(printing, field) != getattr(usual, field)
    ]
    return pairs


def _number(args: MultiDict[str, str], name: str, default: int, most: int, *, least: int = 1) -> int:
    typed = args.get(name, "")
    return sets.whole_number(typed, name=name, least=least, most=most, field=name) if typed.strip() else default


def _spare(args: MultiDict[str, str], default: int) -> int:
    return _number(args, "spare", default, sets.SPARE_MOST, least=0)


def _start(args: MultiDict[str, str], default: int) -> int:
    return _number(args, "start", default, sets.START_MOST)


def _offset(args: MultiDict[str, str], name: str, field: str, default: float) -> float:
    typed = args.get(name, "")
    return printers.read_number(typed, field, name=name, field=name) if typed.strip() else default


def _paper(args: MultiDict[str, str], default: str) -> str:
    return _named(args, "paper", default, lambda typed: typed if typed == CARD_AS_PAPER else paper(typed).key)


def _card(args: MultiDict[str, str], default: str) -> str:
    return _named(args, "card", default, lambda typed: card_size(typed).key)


def _named(args: MultiDict[str, str], name: str, default: str, key: Callable[[str], str]) -> str:
    """A paper or card; what `key` raises gets the name of the field."""
    typed = args.get(name, "").strip()
    try:
        return key(typed) if typed else default
    except ImagesToLiveError as error:
        error.field = name
        raise


def _one_of(args: MultiDict[str, str], name: str, allowed: Sequence[str], default: str) -> str:
    typed = args.get(name) or default
    if typed not in allowed:
        raise AddressUnreadable(name=name, typed=sets.shown(typed), field=name)
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


def _image(pattern: re.Pattern[str], typed: str, request: Request, name: str) -> Pick:
    found = pattern.fullmatch(typed)
    if not found or not 1 <= int(found["slot"]) <= request.slots or found["key"] not in {part.key for part in request.datasets}:
        raise AddressUnreadable(name=name, typed=sets.shown(typed))
    return Pick(slot=int(found["slot"]), dataset=found["key"], image_id=found["image_id"], sha256=found.groupdict().get("sha256", ""))
