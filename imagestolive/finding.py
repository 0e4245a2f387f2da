"""“Is my photograph in here?”: what each data set answers, and which were not asked and why. Pages and the command line say the same.

Nothing of what is asked is written down: not kept, not counted, not logged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from imagestolive import licenses, screening
from imagestolive.care import keys, url_key
from imagestolive.datasets import Datasheet, datasheets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.identify import Identity, Kind
from imagestolive.pipeline import OWN_PICTURES, DataSetRefused, LongToSearch, NotConfigured, NotIndexed, NotListed, Pipeline
from imagestolive.policy import Policy
from imagestolive.records import ImageRecord, Reason
from imagestolive.words import Words

FORMS = (OWN_PICTURES, "ffhq-list", "img2dataset", "yolo")  # sheets of the catalogue that tell of a way to keep files, not of a data set
TAKEN_OUT: frozenset[Reason | None] = frozenset({"withdrawn", "reported", "flagged"})
ALREADY_OUT = N_("It is left out here already: no card, no page and no file shows it.")
_NOT_LISTED: Mapping[Kind, str] = {
    "photo": N_("Not searched, because their lists hold no Flickr photo numbers: {titles}."),
    "author": N_("Not searched, because their lists hold no names of authors: {titles}."),
    "url": N_("Not searched, because their lists hold no addresses: {titles}."),
    "image": "",  # every list holds its own ids
}
_NOT_OPEN: Mapping[type[ImagesToLiveError], str] = {
    LongToSearch: N_("Not searched, because their lists are kept here in a form that takes long to search: {titles}."),
    NotIndexed: N_("Not searched, because they are not indexed here: {titles}."),
    NotConfigured: N_("Not searched, because their lists are not here: {titles}."),
    DataSetRefused: N_("Not searched, because nothing of them is here or handed out: {titles}."),
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one data set has of what is looked for."""

    sheet: Datasheet
    by: Kind  # the reading that led to it
    records: tuple[ImageRecord, ...]  # at least one
    more: bool  # there may be more than these


@dataclass(frozen=True, kw_only=True)
class FindAnswer:
    """Of each data set known here one of three: it has it, it has not, or it was not searched.

    A form of the catalogue is told of only where the configuration has a data set under its name.
    """

    asked: Identity
    found: tuple[Found, ...]
    without: tuple[Datasheet, ...]
    not_searched: tuple[tuple[Datasheet, ImagesToLiveError], ...]
    own: frozenset[str] = frozenset()  # keys of the data sets of the configuration


def withheld(found: Found, policy: Policy) -> list[Reason | None]:
    """Why each record is held back by itself, without its file."""
    return [screening.by_record(record, policy).reason for record in found.records]


def withheld_said(found: Found, reasons: Sequence[Reason | None], words: Words) -> str | None:
    """What there is to say of those that people or operators have taken out; None: of none."""
    n = sum(reason in TAKEN_OUT for reason in reasons)
    if n == len(found.records) and not found.more:
        return words.say(ALREADY_OUT)
    return words.count("{n} of them is left out here already.", "{n} of them are left out here already.", n) if n else None


def find(pipeline: Pipeline, asked: Identity) -> FindAnswer:
    """Asks every data set for exactly this."""
    found: list[Found] = []
    without: list[Datasheet] = []
    not_searched: list[tuple[Datasheet, ImagesToLiveError]] = []
    own = frozenset(pipeline.config.datasets)
    for sheet in (info.sheet for info in pipeline.data_sets() if info.key in own or info.key not in FORMS):
        try:
            one = _in_one(pipeline, sheet, asked)
        except ImagesToLiveError as why:
            not_searched.append((sheet, why))
        else:
            if one:
                found.append(one)
            else:
                without.append(sheet)
    return FindAnswer(asked=asked, found=tuple(found), without=tuple(without), not_searched=tuple(not_searched), own=own)


def _in_one(pipeline: Pipeline, sheet: Datasheet, asked: Identity) -> Found | None:
    """Raises why it could not be searched for the likeliest reading, where no other one led to an image."""
    why: ImagesToLiveError | None = None
    for reading in asked.readings():
        try:
            records, more = pipeline.look_up(sheet.key, reading)
        except (NotListed, LongToSearch) as error:
            why = why or (error if reading.kind == asked.kind else None)
            continue
        if records:
            return Found(sheet=sheet, by=reading.kind, records=tuple(records), more=more)
    if why:
        raise why
    return None


# ---- in words -------------------------------------------------------------------------------------------------------------


def heading(answer: FindAnswer, words: Words) -> str:
    """The answer in one sentence."""
    if answer.found:
        return words.count("It is in {n} data set", "It is in {n} data sets", len(answer.found))
    if not answer.without:
        return words.say("No data set could be searched")
    return words.count(
        "It is not in the {n} data set that was searched", "It is in none of the {n} data sets that were searched", len(answer.without)
    )


def images(found: Found, words: Words) -> str:
    """How many images of a data set, and under which licenses it lists them."""
    n = len(found.records)
    many = words.count("More than {n} image", "More than {n} images", n) if found.more else words.count("{n} image", "{n} images", n)
    listed = Counter(record.license for record in found.records).most_common()
    said = [licenses.by_id(license_id).name if license_id else words.say("without a license") for license_id, _ in listed]
    return words.say("{images}, listed as {licenses}.", images=many, licenses=said)


def story(sheet: Datasheet, words: Words) -> str | None:
    """What its makers made it for; None where nobody said so: a form of the catalogue has no story of its own."""
    told = sheet.prose("purpose", words.lang)
    return None if told in {datasheets()[form].prose("purpose", words.lang) for form in FORMS} else told


def way_out(sheet: Datasheet, words: Words) -> str:
    """How to leave it at its makers."""
    return sheet.prose("opt_out", words.lang) or words.say("No way out of it is known at its makers.")


def others(answer: FindAnswer, words: Words) -> list[str]:
    """Which data sets do not have it, and which were not searched and why: a sentence for each kind."""
    return [*_without(answer, words), *_not_searched(answer, words)]


def _without(answer: FindAnswer, words: Words) -> Iterator[str]:
    if answer.without:
        yield words.say("Searched, nothing found: {titles}.", titles=_titles(answer, answer.without))


def _not_searched(answer: FindAnswer, words: Words) -> Iterator[str]:
    left = list(answer.not_searched)
    kinds: dict[type[ImagesToLiveError], str] = {NotListed: _NOT_LISTED[answer.asked.kind], **_NOT_OPEN}
    for kind, sentence in kinds.items():
        if titles := [sheet for sheet, why in left if isinstance(why, kind)]:
            yield words.say(sentence, titles=_titles(answer, titles))
            left = [(sheet, why) for sheet, why in left if not isinstance(why, kind)]
    for sheet, why in left:
        yield words.say("Not searched: {title}. {why}", title=sheet.title, why=why)


def _titles(answer: FindAnswer, sheets: Sequence[Datasheet]) -> str:
    """Those of the configuration by their titles, others in short; several parts of one are named once. Some have a comma in them."""
    return "; ".join(dict.fromkeys(sheet.title if sheet.key in answer.own else sheet.short for sheet in sheets))


# ---- what is to be left out, when somebody asks for it ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Left:
    """One thing that is to be left out; `value` as care.py writes keys."""

    target: Kind
    dataset: str | None
    value: str
    records: tuple[ImageRecord, ...]  # what it covers here


def left_out(answer: FindAnswer, dataset: str | None = None) -> list[Left]:
    """What must be left out so that nothing that was found is shown, in as few entries as that takes; nothing where nothing is named.

    A photograph and an address are left out also where no data set here has them. An author is left out by each account that was found.
    `dataset`: which data set's answer is meant: ids of different makers may be the same, and the same as a name or a number.
    """
    asked = answer.asked
    if chosen := [one for one in answer.found if one.sheet.key == dataset and one.by == "image"]:
        return [left for record in chosen[0].records for left in _one_image(record)]
    by = {one.by for one in answer.found}
    if asked.kind == "author" and ("author" in by or not by):
        return [Left(target="author", dataset=None, value=value, records=()) for value in _accounts(answer)]
    if asked.kind in ("photo", "url") and (asked.kind in by or not by):
        return [*_everywhere(asked, answer)]
    if "author" in by:
        return [Left(target="author", dataset=None, value=value, records=()) for value in _accounts(answer)]
    return [left for one in answer.found for record in one.records for left in _one_image(record)]


def _everywhere(asked: Identity, answer: FindAnswer) -> Iterator[Left]:
    found = tuple(record for one in answer.found if one.by == asked.kind for record in one.records)
    yield Left(target=asked.kind, dataset=None, value=asked.value, records=found)
    for record in found:  # written in a way that the key alone does not cover
        if (asked.kind, asked.value) not in {*keys(record)}:
            yield Left(target="image", dataset=record.dataset, value=record.image_id, records=(record,))


def _one_image(record: ImageRecord) -> Iterator[Left]:
    """The image, and the photograph or the address wherever else it is listed."""
    yield Left(target="image", dataset=record.dataset, value=record.image_id, records=(record,))
    photo = next((value for kind, value in keys(record) if kind == "photo"), None)
    if photo:
        yield Left(target="photo", dataset=None, value=photo, records=(record,))
    elif record.source_url and "/" in (address := url_key(record.source_url)):
        yield Left(target="url", dataset=None, value=address, records=(record,))


def _accounts(answer: FindAnswer) -> list[str]:
    """The keys of the accounts behind a name; of one that nothing was found of, the name."""
    records = (record for one in answer.found if one.by == "author" for record in one.records)
    found = {value for record in records for kind, value in keys(record) if kind == "author"}
    return sorted(found) or [reading.value for reading in answer.asked.readings() if reading.kind == "author"]
