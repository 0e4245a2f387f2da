"""A set: its code, what was asked for, what people refused, what was picked; and the set file that travels in every PDF.

A set is code + request + refused. The formats are those of set file schema `imagestolive-set/1`, draw version 1.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, get_args, get_origin, get_type_hints

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import Reason
from imagestolive.units import CARD_AS_PAPER, NotASize, card_size, paper

SCHEMA = "imagestolive-set/1"
DRAW_VERSION = 1

PEOPLE_MOST = 500
CARDS_MOST = 12
SET_CARDS_MOST = 2000  # cards in one set; the web's own limit is lower (config)
SET_FILE_MOST_BYTES = 4_000_000  # 2,000 picks are some 300 kB
REPORT_MOST_BYTES = 100_000_000  # and their records, with every label of each image

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I L O U
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class NotACode(ImagesToLiveError):
    """What was typed is not a set code."""

    sentence = N_("{typed} is not a code that we gave out: one sign seems to be misread.")
    field = "code"
    status = 404


class NotASetFile(ImagesToLiveError):
    """A set file breaks its schema."""

    sentence = N_("This is not a set file of ours: {field_name} {problem}.")
    field = "from"


class NumberWrong(ImagesToLiveError):
    """A number field holds something else, or too much."""

    sentence = N_("{name} takes a whole number from {least} to {most}, not “{typed}”.")


class TooManyCards(ImagesToLiveError):
    """People times cards is over the limit."""

    sentence = N_("{people} people with {cards} images each are {asked} cards; one set holds up to {most}.")
    field = "people"


class TooManyWithSpare(ImagesToLiveError):
    """The same, with spare cards."""

    sentence = N_("{people} people with {cards} images each and {spare} spare ones are {asked} cards; one set holds up to {most}.")
    field = "people"


# ---- the code ---------------------------------------------------------------------------------------------------------


def check_sign(seven: str) -> str:
    """The eighth sign of a code.

    >>> check_sign("K7Q29FX")
    'D'
    """
    x = 0
    for sign in seven:
        x = (x ^ ALPHABET.index(sign)) << 1
        if x > 31:
            x ^= 37
    return ALPHABET[x]


def new_code(random_bits: Callable[[int], int]) -> str:
    """Eight signs out of 35 random bits; on a server `random_bits` is secrets.randbits."""
    bits = random_bits(35)
    seven = "".join(ALPHABET[bits >> shift & 31] for shift in range(30, -1, -5))
    return seven + check_sign(seven)


def read_code(typed: str) -> str:
    """The eight signs of a code as somebody typed it; raises NotACode.

    >>> read_code(" k7q2-9fxd ")
    'K7Q29FXD'
    """
    signs = re.sub(r"[\s-]", "", typed[:40]).upper().translate(_MISREAD)
    if len(typed) > 40 or len(signs) != 8 or any(sign not in ALPHABET for sign in signs) or check_sign(signs[:7]) != signs[7]:
        raise NotACode(typed=shown(typed))
    return signs


def written(code: str) -> str:
    """As it stands on a card.

    >>> written("K7Q29FXD")
    'K7Q2-9FXD'
    """
    return f"{code[:4]}-{code[4:]}"


def shown(typed: str, most: int = 40) -> str:
    """What somebody typed, fit to be repeated in a sentence: short, nothing invisible."""
    flat = "".join(sign if sign.isprintable() else "�" for sign in typed)
    return flat if len(flat) <= most else flat[:most] + "…"


def whole_number(typed: str, *, name: str, least: int, most: int, field: str) -> int:
    """A whole number in any script's digits; raises NumberWrong naming the field and what would do.

    >>> whole_number("٣", name="Cards", least=1, most=12, field="cards")
    3
    """
    text = typed.strip()
    if len(text) <= 9 and text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise NumberWrong(name=name, least=least, most=most, typed=shown(typed), field=field)


# ---- the set ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DataSetPart:
    """One data set of a request, with the size and fingerprint of the table it was drawn from."""

    key: str
    weight: int = 1
    rows: int
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Printing:
    """How the cards of a set are put on paper; changing any of it leaves the images as they are.

    Where a printer lays backs beside their fronts, its offsets to the right and down and its scale mend that.
    """

    border: str = "white"  # bleed: to the edge and 3 mm over it, for images whose license allows cropping
    front: str = "plain"  # caption: the credit in one thin line below the image
    small: str = "fill"  # images under 150 ppi: as large as the card allows, at 150 ppi, or 40 mm
    order: str = "reading"  # cut-stack: after one cut through the pile the cards lie in order
    marks: str = "ticks"
    start: int = 1  # the first slot that is used on the first sheet
    turn_backs: bool = False  # by half a turn, for drivers that turn them
    back_x_mm: float = 0.0
    back_y_mm: float = 0.0
    back_scale_percent: float = 100.0
    quality: str = "original"  # small: 220 ppi, JPEG quality 85


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for. `people` to `school` decide which images are drawn, all else how they are printed."""

    people: int = 1
    cards: int = 3  # each person's
    by: str = "image"  # what has an equal chance: every image, class or author
    datasets: tuple[DataSetPart, ...]
    card: str = "a6"
    paper: str = "a4"
    flip: str = "long"
    back: str = "credit"
    lang: str = "en"
    sold: bool = False
    school: bool = False
    spare: int = 0  # cards over and above those of the people
    printing: Printing = Printing()

    @property
    def slots(self) -> int:
        """How many cards the set has; slot s = (person-1)*cards + card, from 1; the spare ones come last."""
        return self.people * self.cards + self.spare

    def person(self, slot: int) -> int | None:
        """Whose card a slot is, from 1; None for a spare one."""
        return (slot - 1) // self.cards + 1 if slot <= self.people * self.cards else None


@dataclass(frozen=True, kw_only=True)
class Pick:
    """An image in a slot: one that was picked, or one that a person refused there."""

    slot: int
    dataset: str
    image_id: str
    sha256: str

    @property
    def image(self) -> tuple[str, str]:
        return self.dataset, self.image_id


@dataclass(frozen=True, kw_only=True)
class SetFile:
    """All that is needed to print a set again; no paths, no names; of images left out only counts."""

    schema: str = SCHEMA
    draw: int = DRAW_VERSION
    program: str
    code: str
    request: Request
    refused: tuple[Pick, ...] = ()
    picks: tuple[Pick, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Canonical JSON: UTF-8, sorted keys, no spaces; spare and printing only where they are not the default."""
        content = asdict(self)
        for name in _OFTEN_DEFAULT:
            if getattr(self.request, name) == getattr(_ORDINARY, name):
                del content["request"][name]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode()


ENUMERATED = {
    "by": ("image", "class", "author"),
    "flip": ("long", "short", "manual", "fold", "none", "credits"),
    "back": ("credit", "postcard", "notes", "questions", "data"),
    "lang": ("en", "pt-BR"),
}
PRINTING_ENUMERATED = {
    "border": ("white", "bleed"),
    "front": ("plain", "caption"),
    "small": ("fill", "as-is", "thumbnail"),
    "order": ("reading", "cut-stack"),
    "marks": ("ticks", "grid", "none"),
    "quality": ("original", "small"),
}
START_MOST = 64
BACK_OFFSET_MOST_MM, BACK_SCALE_LEAST_PERCENT, BACK_SCALE_MOST_PERCENT = 10.0, 95.0, 105.0
SPARE_MOST = 100

_ORDINARY = Request(datasets=())
_OFTEN_DEFAULT = ("spare", "printing")  # came after the first set files were written


def read_set_file(data: bytes) -> SetFile:
    """The set file in `data`, every field checked; raises NotASetFile naming the field."""
    return _read(_json(data, SET_FILE_MOST_BYTES))


def read_report(data: bytes) -> SetFile:
    """The set file in `data`, which may be a report: it has the cards as well, and these are passed over. Raises NotASetFile."""
    raw = _json(data, REPORT_MOST_BYTES)
    if isinstance(raw, dict):
        raw.pop("cards", None)
    return _read(raw)


def _json(data: bytes, most_bytes: int) -> Any:
    if len(data) > most_bytes:
        raise NotASetFile(field_name="size", problem=f"is {len(data)} bytes, at most {most_bytes} are read")
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_twins)
    except RecursionError:
        raise NotASetFile(field_name="nesting", problem="is too deep") from None
    except ValueError as error:
        raise NotASetFile(field_name="text", problem=f"is not JSON ({error})") from None


def _read(raw: Any) -> SetFile:
    if isinstance(raw, dict) and raw.get("schema") != SCHEMA:
        raise NotASetFile(field_name="schema", problem=f"should be {SCHEMA}, not {shown(repr(raw.get('schema')))}")
    if isinstance(raw, dict) and raw.get("draw") != DRAW_VERSION:
        raise NotASetFile(field_name="draw", problem=f"should be {DRAW_VERSION}, not {shown(repr(raw.get('draw')))}")
    saved: SetFile = _build(SetFile, raw, "set")
    _check(saved)
    return saved


def check_numbers(people: int, cards: int, most: int = SET_CARDS_MOST, *, spare: int = 0) -> None:
    """Raises TooManyCards when people x cards and the spare ones are over `most`."""
    asked = people * cards + spare
    if asked > most and spare:
        raise TooManyWithSpare(people=people, cards=cards, spare=spare, asked=asked, most=most)
    if asked > most:
        raise TooManyCards(people=people, cards=cards, asked=asked, most=most)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


_hints = functools.cache(get_type_hints)


def _build(kind: Any, raw: Any, where: str) -> Any:
    """`raw` as `kind`: a data class, a tuple or mapping of something, or a plain type."""
    if hasattr(kind, "__dataclass_fields__"):
        hints = _hints(kind)
        may_lack = set(_OFTEN_DEFAULT) if kind is Request else set()
        if not isinstance(raw, dict):
            raise NotASetFile(field_name=where, problem="should be an object")
        if lacking := set(hints) - may_lack - set(raw):
            raise NotASetFile(field_name=where, problem=f"lacks {', '.join(sorted(lacking))}")
        if more := set(raw) - set(hints):
            raise NotASetFile(field_name=where, problem=f"holds more than it should: {shown(', '.join(sorted(more)))}")
        return kind(**{name: _build(hints[name], value, name) for name, value in raw.items()})
    if get_origin(kind) is tuple:
        if not isinstance(raw, list):
            raise NotASetFile(field_name=where, problem="should be a list")
        return tuple(_build(get_args(kind)[0], item, where) for item in raw)
    if get_origin(kind) is Mapping:
        if not isinstance(raw, dict):
            raise NotASetFile(field_name=where, problem="should be an object")
        return {name: _build(get_args(kind)[1], value, where) for name, value in raw.items()}
    if type(raw) is not kind or (isinstance(raw, str) and not raw.isascii() and any("\ud800" <= sign <= "\udfff" for sign in raw)):
        raise NotASetFile(field_name=where, problem=f"cannot be {shown(ascii(raw))}")
    return raw


def _check(saved: SetFile) -> None:
    request = saved.request
    printing = request.printing
    numbers: list[tuple[str, float, float, float]] = [
        ("people", request.people, 1, PEOPLE_MOST),
        ("cards", request.cards, 1, CARDS_MOST),
        ("spare", request.spare, 0, SPARE_MOST),
        ("start", printing.start, 1, START_MOST),
        ("back_x_mm", printing.back_x_mm, -BACK_OFFSET_MOST_MM, BACK_OFFSET_MOST_MM),
        ("back_y_mm", printing.back_y_mm, -BACK_OFFSET_MOST_MM, BACK_OFFSET_MOST_MM),
        ("back_scale_percent", printing.back_scale_percent, BACK_SCALE_LEAST_PERCENT, BACK_SCALE_MOST_PERCENT),
    ]
    numbers += [("weight", part.weight, 1, 1000) for part in request.datasets]
    for name, value, least, most in numbers:
        if not least <= value <= most:
            raise NotASetFile(field_name=name, problem=f"should be from {least:g} to {most:g}, not {shown(str(value))}")
    check_numbers(request.people, request.cards, spare=request.spare)
    for of, choices in ((request, ENUMERATED), (printing, PRINTING_ENUMERATED)):
        for name, allowed in choices.items():
            if getattr(of, name) not in allowed:
                raise NotASetFile(field_name=name, problem=f"should be one of {', '.join(allowed)}, not {shown(repr(getattr(of, name)))}")
    for name, size in (("card", card_size), ("paper", paper)):
        try:
            typed = getattr(request, name)
            key = typed if (name, typed) == ("paper", CARD_AS_PAPER) else size(typed).key
        except NotASize as error:
            raise NotASetFile(field_name=name, problem=f"cannot be {shown(typed)}") from error
        if typed != key:
            raise NotASetFile(field_name=name, problem=f"should be {key}, not {shown(typed)}")
    try:
        sound_code = read_code(saved.code) == saved.code
    except NotACode:
        sound_code = False
    if not sound_code:
        raise NotASetFile(field_name="code", problem=f"is not a code: {shown(saved.code)}")
    slots = [pick.slot for pick in saved.picks]
    if slots != sorted(set(slots)) or any(not 1 <= slot <= request.slots for slot in (*slots, *(no.slot for no in saved.refused))):
        raise NotASetFile(field_name="slot", problem=f"numbers should rise from 1 to {request.slots}")
    keys = [part.key for part in request.datasets]
    if not keys or keys != sorted(set(keys)):
        raise NotASetFile(field_name="datasets", problem="should be at least one, once each, in order of their keys")
    if len({pick.image for pick in saved.picks}) < len(saved.picks):
        raise NotASetFile(field_name="picks", problem="should hold no image twice")
    if len(saved.refused) > SET_CARDS_MOST:
        raise NotASetFile(field_name="refused", problem=f"should be at most {SET_CARDS_MOST}")
    if not set(saved.left_out) <= set(get_args(Reason)) or any(n < 1 for n in saved.left_out.values()):
        raise NotASetFile(field_name="left_out", problem=f"should count, from 1, by {', '.join(get_args(Reason))}")
    for pick in (*saved.picks, *saved.refused):
        if pick.dataset not in keys:
            raise NotASetFile(field_name="dataset", problem=f"{shown(pick.dataset)} is not among the request's data sets")
        # No hash: an image that was taken out before its file was here, so that its place shows words.
        if not re.fullmatch(r"(?:[0-9a-f]{64})?", pick.sha256) or not 0 < len(pick.image_id) <= 4096:
            # A refused slot that had nothing to show has neither id nor hash.
            if pick in saved.refused and not pick.sha256:
                continue
            raise NotASetFile(field_name="image", problem=f"of slot {pick.slot} has no sound id and SHA-256")
