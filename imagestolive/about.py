"""What there is to say of one data set, in order: its page and the command line tell the same."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imagestolive.datasets import Datasheet, datasheets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.pipeline import DataSetInfo, NotConfigured, Pipeline
from imagestolive.words import DEFAULT_LANGUAGE, Words

if TYPE_CHECKING:
    from imagestolive.teaching import profile as profile_words
    from imagestolive.teaching.blocks import Document

ANY_HOST = "*"  # of a data set whose images lie all over the web

_STATUS = {"available": N_("available"), "on request": N_("on request"), "withdrawn": N_("withdrawn")}
_ANSWERED_FOR = N_("are left out unless the operator answers for them")
_UNLICENSED = {
    "open": N_("may be printed"),
    "teaching": N_("may be printed for teaching"),
    "research": _ANSWERED_FOR,
    "nothing-stated": _ANSWERED_FOR,
}
_SECTIONS = {
    "purpose": N_("Why it was made"),
    "collected": N_("How the images came together"),
    "care": N_("Who is in it"),
    "critique": N_("What people say about it"),
    "terms": N_("Terms"),
    "opt_out": N_("A way out"),
}
_SAYS_NOT_KNOWN = re.compile(r"(?<!known and )\bnot known\b|\bnobody knows\b", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, kw_only=True)
class About:
    """A data set in words. A text that is None is not known."""

    info: DataSetInfo
    lead: tuple[str, ...]  # how many of its images are here
    why_not: str | None  # why nothing is drawn from it
    sections: tuple[tuple[str, str | None], ...]  # (heading, text)
    get: tuple[str, str] | None  # how whoever runs this comes by its list of images: a sentence, and a command
    layout: tuple[str, str] | None  # the same of its files; for who sets the tool up, not for the printed sheet
    facts: tuple[tuple[str, str | None], ...]  # (name, value)
    problems: tuple[str, ...]  # what was skipped


def about(pipeline: Pipeline, key: str, words: Words) -> About:
    """Raises UnknownDataSet."""
    info = pipeline.data_set(key)
    sheet = info.sheet
    reason = pipeline.why_not(key, pipeline.policy(sold=False))
    ground = pipeline.config.allow_unlicensed if sheet.terms_allow in ("research", "nothing-stated") else None
    told = {name: sheet.prose(name, words.lang) for name in _SECTIONS}
    if ground:
        said = words.say("Images without a license of their own are printed here on this ground: {ground}", ground=ground)
        told["terms"] = f"{told['terms']} {said}"
    sections = [(words.say(heading), told[name]) for name, heading in _SECTIONS.items()]
    return About(
        info=info,
        lead=tuple(_lead(info, words)),
        why_not=words.error(reason) if reason else None,
        sections=(*sections, (words.say("How to cite it"), sheet.citation)),
        get=_get(key, reason, sheet, words),
        layout=(words.say("Where its files are looked for"), sheet.layout[words.lang]) if sheet.reader else None,
        facts=tuple(_facts(info, words, of_catalogue=key in datasheets())),
        problems=tuple(problem.said(words) for problem in info.problems),
    )


def _get(key: str, reason: ImagesToLiveError | None, sheet: Datasheet, words: Words) -> tuple[str, str] | None:
    if not sheet.metadata or not isinstance(reason, NotConfigured):
        return None
    return words.say("Its makers publish its lists for everybody. Whoever runs this page gets them with one command:"), get_command(key)


def profile_told(pipeline: Pipeline, key: str, words: Words) -> profile_words.Told:
    """A data set in shares, and what nobody knows of it. Raises what Pipeline.profile raises."""
    from imagestolive.teaching import profile as profile_words  # most commands need none of it

    profile, sheet = pipeline.profile(key), pipeline.data_set(key).sheet
    return profile_words.told(profile, sheet, words, tuple(not_known(sheet, words)))


def profile_document(pipeline: Pipeline, key: str, words: Words) -> Document:
    """The same as a handout."""
    from imagestolive.teaching import profile as profile_words  # see above

    return profile_words.document(profile_told(pipeline, key, words), pipeline.data_set(key).sheet, words)


def not_known(sheet: Datasheet, words: Words) -> Iterator[tuple[str, str]]:
    """Each sentence of a datasheet that says so, and each field without an answer, with its heading."""
    prose = {"makers": words.say("Makers"), **{name: words.say(heading) for name, heading in _SECTIONS.items()}}
    for name, heading in prose.items():
        if sheet.prose(name, words.lang) is None:
            yield heading, words.say("not known")
        for sentence in _sentences_not_known(sheet, name, words.lang):
            yield heading, sentence
    for value, heading in ((sheet.year, words.say("Year")), (sheet.citation, words.say("How to cite it"))):
        if value is None:
            yield heading, words.say("not known")


def _sentences_not_known(sheet: Datasheet, name: str, lang: str) -> list[str]:
    """Those that stand where the English text says so: in every language a field has its sentences in the same order."""
    english, own = (_SENTENCE_ENDS.split(sheet.prose(name, one) or "") for one in (DEFAULT_LANGUAGE, lang))
    return [said for said, key in zip(own, english, strict=False) if _SAYS_NOT_KNOWN.search(key)]


def get_command(key: str) -> str:
    return f"imagestolive get {key}"


def _lead(info: DataSetInfo, words: Words) -> list[str]:
    lead = []
    if info.images and info.hosts:
        lead.append(words.count("{n} image can be drawn from.", "{n} images can be drawn from.", info.images))
        lead.append(_fetched(info, words))
    elif info.images is not None and (info.images or not info.elsewhere):  # else the notice says it
        lead.append(words.count("{n} image is here.", "{n} images are here.", info.images))
    if info.images and info.elsewhere:
        lead.append(
            words.count("{n} more is listed by its makers, not here.", "{n} more are listed by its makers, not here.", info.elsewhere)
        )
    return lead


def _fetched(info: DataSetInfo, words: Words) -> str:
    hosts = [host for host in info.hosts if host != ANY_HOST]
    if not hosts:
        return words.say("They are not kept here: each is fetched when it is drawn, from wherever on the web it lives.")
    return words.say("They are not kept here: each is fetched when it is drawn, from {hosts}.", hosts=hosts)


def _facts(info: DataSetInfo, words: Words, *, of_catalogue: bool) -> list[tuple[str, str | None]]:
    sheet = info.sheet
    images = sheet.images or info.images
    facts = [
        (words.say("Makers"), sheet.prose("makers", words.lang)),
        (words.say("Year"), str(sheet.year) if sheet.year else None),
        (words.say("Images"), words.number(images) if images else None),
    ]
    if sheet.license is not None:
        facts.append((words.say("License"), sheet.prose("license_said", words.lang) or sheet.license))
    facts.append((words.say("Status"), words.say(_STATUS[sheet.status])))
    if not sheet.refused:
        facts.append((words.say("Images without a license"), words.say(_UNLICENSED[sheet.terms_allow])))
    facts.append((words.say("Home page"), sheet.homepage))
    if of_catalogue:
        facts.append((words.say("Looked up"), words.date(datetime.date.fromisoformat(sheet.seen_on))))
    return facts
