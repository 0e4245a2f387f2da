"""/care: every rule that leaves images out here, in plain words, with who decided, and what no list can do. It can be printed for class."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeVar

from flask import Blueprint, current_app, render_template

from imagestolive import scores
from imagestolive.care import Blocked, flag_key
from imagestolive.errors import N_
from imagestolive.identify import Identity, Kind
from imagestolive.ledger.force import GIVES
from imagestolive.pipeline import DataSetInfo, LongToSearch, NotListed, reasons
from imagestolive.policy import Policy
from imagestolive.records import Band, Reason
from imagestolive.screening import REASONS
from imagestolive.web.current import decisions, pipeline
from imagestolive.web.language import language_said, words

Stage = Literal["record", "file", "pixels"]

STAGES: Mapping[Stage, str] = {
    "record": N_("Before anything is fetched: what is known of an image"),
    "file": N_("When its file is fetched"),
    "pixels": N_("When its pixels are read"),
}
_TOOL = N_("The makers of this tool, in its program.")
_HOST = N_("Whoever runs the place where the image lives.")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule as the page tells it. The sentences are keys of the catalogue."""

    stage: Stage
    name: str
    said: str  # what is left out, and why
    decided: str  # who did


RULES: Mapping[Reason, Rule] = {
    "data set refused": Rule(
        stage="record",
        name=N_("Data sets that are not handed out"),
        said=N_("From some data sets nothing is drawn, because of what they hold or how they came together. Their pages say why."),
        decided=N_("The makers of this tool, in its catalogue of data sets."),
    ),
    "withdrawn": Rule(
        stage="record",
        name=N_("Taken out on request"),
        said=N_(
            "Images that somebody asked to be left out, for any reason or none: one image, one photograph, one address, "
            "or all of one photographer. And images that were taken back where they came from."
        ),
        decided=N_("Whoever asked; it holds at once. For all images of a photographer, the people who run this page confirm it."),
    ),
    "reported": Rule(
        stage="record",
        name=N_("Reported"),
        said=N_(
            "Images that somebody who looked at a set reported. They are hidden at once and wait for a decision. Reports that go beyond "
            "a few images of a data set hide only in the sets of who reported them, until somebody has decided."
        ),
        decided=N_("Whoever looked; later the people who run this page."),
    ),
    "flagged": Rule(
        stage="record",
        name=N_("Flagged"),
        said=N_(
            "Images and places on lists of the people who run this page, and images that their data set itself marks as unsafe, sexual, "
            "not meant for machines, or held back by its makers; where a program looks for nudity, also what it is sure of. A file on a "
            "list is left out under every other name, too."
        ),
        decided=N_("The people who run this page, by their lists and bands, and the makers of each data set."),
    ),
    "people": Rule(
        stage="record",
        name=N_("People, in school mode"),
        said=N_("Where school mode is on: images that may show people, unless it is known that they show none."),
        decided=N_("The people who run this page switch it on. What is known of an image comes from the makers of its data set."),
    ),
    "held for review": Rule(
        stage="record",
        name=N_("Held until somebody has looked"),
        said=N_(
            "Images that something makes doubtful: a word of a list in their title, labels or captions, a score of a program that looks "
            "for nudity, that they are of one tone all over, or nearly the same as another image of the set. A person looks first."
        ),
        decided=N_("A list or a program raises its hand; the person who looks decides."),
    ),
    "no license": Rule(
        stage="record",
        name=N_("Without a license"),
        said=N_("Images of which nobody wrote down what may be done with them, where the terms of their data set do not allow printing."),
        decided=N_("The makers of this tool, after the terms of each data set. The people who run this page can answer for them."),
    ),
    "license": Rule(
        stage="record",
        name=N_("A license that does not allow printing"),
        said=N_("Images whose license does not allow copies on paper, or does not say so clearly. Unclear counts as no."),
        decided=N_("Who made the image chose its license; the makers of this tool read it."),
    ),
    "not for sale": Rule(
        stage="record",
        name=N_("Not for sale"),
        said=N_("Where prints are sold or used to advertise: images whose license does not allow that."),
        decided=N_("Who made the image chose its license; the makers of this tool read it."),
    ),
    "address refused": Rule(
        stage="file",
        name=N_("An address that is refused"),
        said=N_("Images whose address leads into a private network, or to a place that their data set does not name."),
        decided=_TOOL,
    ),
    "asked not to": Rule(
        stage="file",
        name=N_("Programs are asked to stay away"),
        said=N_("Images at places that ask programs not to fetch them, or not to use them for machine learning."),
        decided=_HOST,
    ),
    "gone": Rule(
        stage="file",
        name=N_("Gone at the source"),
        said=N_("Images that were deleted or made private where they live, or replaced by another picture. The data set still lists them."),
        decided=N_("Mostly who made the image, by taking it down."),
    ),
    "not here": Rule(
        stage="file",
        name=N_("Of a data set that is not here"),
        said=N_("Images of a set that was saved elsewhere, or before its data set was taken away from this server."),
        decided=N_("The people who run this page, by what they keep here."),
    ),
    "not reachable": Rule(
        stage="file",
        name=N_("Not reachable"),
        said=N_("Images whose server does not answer at the moment. They may come back."),
        decided=N_("Nobody: networks fail."),
    ),
    "not an image": Rule(
        stage="file",
        name=N_("No image at its address"),
        said=N_("Addresses that give a web page or something else that is no image."),
        decided=_HOST,
    ),
    "unreadable": Rule(
        stage="pixels",
        name=N_("Unreadable"),
        said=N_("Files that are damaged, or of a kind that is not read here."),
        decided=_TOOL,
    ),
    "too small": Rule(
        stage="pixels",
        name=N_("Too small"),
        said=N_("Images of a single pixel, or a line of them: with such, pages count their visitors."),
        decided=_TOOL,
    ),
    "too long": Rule(
        stage="pixels",
        name=N_("Too large"),
        said=N_("Images with more pixels than can be read safely, or that take too long."),
        decided=_TOOL,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list that a rule holds to, as it is in force."""

    name: str
    entries: int | None  # None: it has none
    version: str  # another one where anything of it is another; empty: there is nothing on it


@dataclass(frozen=True, kw_only=True)
class RuleShown:
    rule: Rule
    lists: tuple[Listed, ...]
    known: int  # images that it leaves out of all data sets, as far as that is known


COUNTED_MOST = 100  # photographs, or authors: each is looked for in each data set
_COUNTED = "imagestolive.care.counted"
_DECIDED = "imagestolive.care.decided"
_T = TypeVar("_T")

bp = Blueprint("care", __name__)


@bp.get("/care")
def show() -> str:
    """Raises what asking for the policy raises."""
    policy = pipeline().policy(sold=False)
    here = [info for info in pipeline().data_sets() if info.images]
    asked, more = asked_for(policy.blocked)
    everywhere = _out_of_each(here, asked, policy.blocked)
    counted = [(info, Counter(pipeline().known_left_out(info.key, policy)) + everywhere[info.key]) for info in here]
    return render_template(
        "care.html",
        stages=[(words().say(heading), _rules(stage, policy, [left for _, left in counted])) for stage, heading in STAGES.items()],
        data_sets=[(info, _left_out(left)) for info, left in counted],
        refused=[info for info in pipeline().data_sets() if info.sheet.refused],
        besides=more,
        ground=pipeline().config.allow_unlicensed,
        school=policy.school,
        locked=pipeline().config.school_locked,
        version=_short(f"{policy.hash} {decisions().version()}"),  # of few decisions, a hash of theirs alone would tell which
    )


def asked_for(blocked: Blocked) -> tuple[list[Identity], int]:
    """What holds in every data set and can be looked for in each, and of how many more entries nobody counts the images: of those
    that cannot be looked for, and of those beyond what a page can ask for while somebody waits."""
    kinds: Mapping[Kind, tuple[Iterable[str], int]] = {
        "photo": (blocked.photos, COUNTED_MOST),
        "author": (blocked.authors, COUNTED_MOST),
        "url": ((url for url in blocked.urls if "flickr.com/" not in url), COUNTED_MOST // 10),  # each is asked for in dozens of spellings
    }
    asked = [Identity(kind=kind, value=value, typed=value) for kind, (values, most) in kinds.items() for value in islice(values, most)]
    entries = len(blocked.photos) + len(blocked.authors) + len(blocked.urls) + len(blocked.domains)
    return asked, entries + sum(map(len, blocked.hashed.values())) - len(asked)


def _out_of_each(here: Sequence[DataSetInfo], asked: Sequence[Identity], blocked: Blocked) -> Mapping[str, Counter[Reason]]:
    """By data set, counted once while nothing of it is another."""
    state = blocked.version, [(info.key, info.images, info.elsewhere, info.skipped) for info in here]
    return _counted_once(_COUNTED, state, lambda: {info.key: _out_of(info, asked, blocked) for info in here})


def _counted_once(name: str, state: object, count: Callable[[], _T]) -> _T:
    """What `count` says, kept under a name while `state` is the same."""
    kept = current_app.extensions.get(name)
    if kept is None or kept[0] != state:
        kept = current_app.extensions[name] = state, count()
    counted: _T = kept[1]
    return counted


def _out_of(info: DataSetInfo, asked: Iterable[Identity], blocked: Blocked) -> Counter[Reason]:
    """How many images of a data set entries hold back that hold in every one, without those that an entry of their own does."""
    found: dict[str, Reason] = {}
    for one in asked:
        with contextlib.suppress(NotListed, LongToSearch):
            records, _ = pipeline().look_up(info.key, one)
            found |= {record.image_id: reason for record in records if (reason := blocked.reason_of(record))}
    return Counter(reason for image_id, reason in found.items() if flag_key(info.key, image_id) not in blocked.images)


def _rules(stage: Stage, policy: Policy, counted: list[Mapping[Reason, int]]) -> list[RuleShown]:
    return [
        RuleShown(rule=rule, lists=tuple(lists_of(reason, policy)), known=sum(left.get(reason, 0) for left in counted))
        for reason, rule in ((reason, RULES[reason]) for reason in REASONS)
        if rule.stage == stage
    ]


def lists_of(reason: Reason, policy: Policy) -> list[Listed]:
    """The lists that a rule holds to; those without an entry are named, too."""
    if reason == "data set refused":
        return [_listed(N_("Data sets refused"), policy.refused)]
    if reason == "withdrawn":
        others = [_listed(N_("What other operators leave out, shared as hashes"), dict.fromkeys(_hashes(policy)))]
        return [_decided(N_("Requests"), reason), *(others if policy.blocked.hashed else [])]
    if reason == "reported":
        return [_decided(N_("Reports"), reason)]
    if reason == "flagged":
        held_back = _listed(N_("Images held back, a file of the people who run this page"), policy.flagged)
        return [held_back, _decided(N_("Blocked by hand"), reason)]
    if reason == "held for review":
        return [
            *(
                _listed(N_("Words in {language}"), dict.fromkeys(entries), language=language_said(language))
                for language, entries in sorted(policy.words.lists.items())
            ),
            *(_banded(name, band) for name, band in sorted(policy.bands.items())),
            *(_idle(name) for name in sorted(policy.bands) if not scores.running().get(name)),
        ]
    return []


def _listed(name: str, entries: Mapping[Any, object], **facts: str) -> Listed:
    return Listed(name=words().say(name, **facts), entries=len(entries), version=fingerprint(entries))


def _hashes(policy: Policy) -> list[str]:
    return [value for hashes in policy.blocked.hashed.values() for value in hashes]


def _banded(name: str, band: Band) -> Listed:
    said = words().say(
        N_("Scores of {name}: to be looked at from {review}, left out from {hold}"), name=name, review=band.review, hold=band.hold
    )
    return Listed(name=said, entries=None, version="")


def _idle(name: str) -> Listed:
    said = words().say(N_("The model {name} is not running here: only images that it has scored before are judged by it"), name=name)
    return Listed(name=said, entries=None, version="")


def _decided(name: str, reason: Reason) -> Listed:
    """What the ledger says under one reason: an image counts once, whatever other names it is hidden by. Its version is that of all
    decisions: a hash of so few entries would tell who asked."""
    version = decisions().version()
    counted = _counted_once(
        _DECIDED, version, lambda: Counter(GIVES[case.cause] for case, _ in decisions().effective() if case.target != "list")
    )
    return Listed(name=words().say(name), entries=counted[reason], version=_short(version) if counted[reason] else "")


def fingerprint(entries: Mapping[Any, object]) -> str:
    """Short, and another one where any entry is another, whatever their order."""
    return _short("\n".join(sorted(f"{key!r}: {value!r}" for key, value in entries.items()))) if entries else ""


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _left_out(left: Mapping[Reason, int]) -> str:
    return reasons({str(reason): n for reason, n in left.items()}, words()) if left else ""
