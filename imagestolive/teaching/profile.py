"""The profile of a data set in plain words: for its page in sections, for paper as a document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from imagestolive.credits import name_of_license
from imagestolive.datasets import Datasheet
from imagestolive.errors import N_
from imagestolive.licenses import LICENSES
from imagestolive.profiles import AUTHORS_MOST, Part, Profile
from imagestolive.teaching.blocks import Block, Document, Figure, Heading, Items, Paragraph, Run, Table
from imagestolive.teaching.charts import WIDTH_MM, Bar, bars
from imagestolive.words import Words

KEY = "profile"
VERSION = "1.0"

_PEOPLE = {"none": N_("no people"), "some": N_("people"), "unknown": N_("nobody says")}
_FLAGS = {
    "nsfw": N_("Nudity or the like"),
    "unsafe": N_("Not safe to show"),
    "person": N_("A person"),
    "face": N_("A face"),
    "minor": N_("A child"),
    "plate": N_("A number plate"),
    "no_cv": N_("“Not for computer vision”"),
    "withdrawn": N_("Withdrawn"),
    "review": N_("To be looked at first"),
}
_MISSING = {
    "author": N_("Who made it"),
    "title": N_("A title"),
    "license": N_("A license of its own"),
    "day": N_("Day of collection"),
    "words": N_("A label or caption"),
    "address": N_("Where it comes from"),
}
_WORDS_FROM = {
    "labels": N_("The words most often attached to its images. A label is a claim, not a fact. An image can have many."),
    "captions": N_("The words most frequent in the captions of its images. Nobody checked whether they say what is to be seen."),
    "titles": N_("The words most frequent in the titles of its images, as whoever made them wrote them. The records here hold no labels."),
}


@dataclass(frozen=True, kw_only=True)
class Shares:
    """A chart, and the table that says the same: (name, images, share)."""

    of: str  # what the names are: "License"
    svg: str
    alt: str
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    id: str  # the same in every language
    heading: str
    sentences: tuple[str, ...]
    shares: Shares | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """A profile in one language."""

    looked_at: str
    sections: tuple[Section, ...]


def told(profile: Profile, sheet: Datasheet, words: Words, not_known: Sequence[tuple[str, str]]) -> Told:
    """`not_known`: what the datasheet says is not known, each with its heading."""
    teller = _Teller(profile, sheet, words)
    sections = [teller.licenses(), teller.authors(), teller.years(), teller.words(), teller.places(), teller.people()]
    return Told(looked_at=teller.looked_at(), sections=(*sections, teller.missing(not_known)))


def document(found: Told, sheet: Datasheet, words: Words) -> Document:
    return Document(
        key=KEY,
        title=words.say("Data set profile: {title}", title=sheet.title),
        lang=words.lang,
        lead=found.looked_at,
        time="",
        age=words.say("11 to adult"),
        version=VERSION,
        blocks=tuple(block for section in found.sections for block in _blocks(section, words)),
    )


def head(shares: Shares, words: Words) -> tuple[str, str, str]:
    """The heads of its table."""
    return shares.of, words.say("Images"), words.say("Share")


def _blocks(section: Section, words: Words) -> Iterator[Block]:
    yield Heading(id=section.id, level=2, title=section.heading)
    for sentence in section.sentences:
        yield Paragraph(runs=_runs(sentence))
    if shares := section.shares:
        yield Figure(name=f"profile-{section.id}", alt=shares.alt, svg=shares.svg, width_mm=WIDTH_MM)
        yield Table(head=tuple(map(_runs, head(shares, words))), rows=tuple(tuple(map(_runs, row)) for row in shares.rows), row_heads=True)
    if section.items:
        yield Items(items=tuple((Paragraph(runs=_runs(item)),) for item in section.items))


def _runs(text: str) -> tuple[Run, ...]:
    return (Run(text=text),)


class _Teller:
    """Says the parts of a profile one after the other."""

    def __init__(self, profile: Profile, sheet: Datasheet, words: Words) -> None:
        self.profile, self.sheet, self.say = profile, sheet, words.say
        self._words = words

    def looked_at(self) -> str:
        n, rows = self.profile.looked_at, self.profile.of_rows
        if not self.profile.is_sample:
            return self._words.count("Looked at: the record of its one image.", "Looked at: the records of all its {n} images.", n)
        return self.say(
            "Looked at: the records of {n} of its {all} images. Chance chose them, and they are always the same ones; of the whole the "
            "shares may be a little different.",
            n=n,
            all=rows,
        )

    def licenses(self) -> Section:
        part = self.profile.licenses
        sentences = [
            self.say("What its makers recorded of each image. It was not checked against what is said where the image comes from.")
        ]
        if self.sheet.license:
            of_set = self.sheet.prose("license_said", self._words.lang) or self.sheet.license
            sentences.append(self.say("Of the data set as a whole its makers say: {license}.", license=of_set))
        return Section(
            id="licenses",
            heading=self.say("Licenses"),
            sentences=tuple(sentences),
            shares=self._part(part, self.say("License"), none=self.say("none recorded"), name=self._license, in_full=True),
        )

    def authors(self) -> Section:
        authors, n = self.profile.authors, self.profile.looked_at
        heading = self.say("Who made the images")
        if not authors.different:
            return Section(id="authors", heading=heading, sentences=(self.say("Of no image looked at is it recorded who made it."),))
        seen = self._words.count(
            "One person or account is named as author.", "{n} people or accounts are named as authors.", authors.different
        )
        others = n - authors.most - authors.none
        if authors.different > AUTHORS_MOST:
            rows = [(self.say("The {n} with most images", n=AUTHORS_MOST), authors.most), (self.say("All others"), others)]
        else:
            rows = [(self.say("An author is named"), authors.most)]
        rows.append((self.say("not recorded"), authors.none))
        return Section(
            id="authors",
            heading=heading,
            sentences=(seen, self.say("No names here: a ranking would put people on display.")),
            shares=self._shares(self.say("Authors"), rows),
        )

    def years(self) -> Section:
        part = self.profile.years
        not_kept = self.say("When a photograph was taken is not kept here; “What is missing?” says why.")
        if part.named:
            collected = [self.say("When an image was collected, as far as its record says.")]
        else:
            collected = [self.say("The records here do not say when an image was collected.")]
            if self.sheet.year is not None:
                collected.append(self.say("The data set as a whole is of {year}.", year=str(self.sheet.year)))
        return Section(
            id="years",
            heading=self.say("Years"),
            sentences=(*collected, not_kept),
            shares=self._part(part, self.say("Year"), none=self.say("not recorded")) if part.named else None,
        )

    def words(self) -> Section:
        wording = self.profile.written
        heading = self.say("Words")
        if wording.kind is None:
            return Section(
                id="words", heading=heading, sentences=(self.say("Nothing is written of its images: no label, no caption, no title."),)
            )
        sentences = [self.say(_WORDS_FROM[wording.kind])]
        if wording.by:
            sentences.append(self.say("Who says so, in its makers’ words: {who}.", who=[share.name for share in wording.by]))
        elif wording.kind == "labels":
            sentences.append(self.say("Its makers do not say who attached them."))
        if wording.kept_back:
            sentences.append(
                self._words.count(
                    "Words of {n} image that is held back are not counted.",
                    "Words of {n} images that are held back are not counted.",
                    wording.kept_back,
                )
            )
        if not wording.words:
            sentences.append(self.say("No word was written of more than one image, or by more than one author: none is shown."))
            return Section(id="words", heading=heading, sentences=tuple(sentences))
        rows = [(share.name, share.images) for share in wording.words]
        return Section(id="words", heading=heading, sentences=tuple(sentences), shares=self._shares(self.say("Word"), rows))

    def places(self) -> Section:
        part = self.profile.places
        not_kept = self.say("Where a photograph was taken is not kept here; “What is missing?” says why.")
        if part.named:
            come_from = self.say("The places on the web that its images come from. Rare ones are summed up by the end of their names.")
        else:
            come_from = self.say("Where its images come from is not recorded here.")
        return Section(
            id="places",
            heading=self.say("Places"),
            sentences=(come_from, not_kept),
            shares=self._part(part, self.say("Address"), none=self.say("not recorded")) if part.named else None,
        )

    def people(self) -> Section:
        rows = [(self.say(_PEOPLE[share.name]), share.images) for share in self.profile.people]
        marks = ", ".join(f"{self.say(_FLAGS[share.name])} ({self.percent(share.images)})" for share in self.profile.flags)
        sentences = [self.say("Whether people are to be seen, as far as its makers say it, in words or by labels.")]
        if marks:
            sentences.append(self.say("Marked besides: {marks}.", marks=marks))
        return Section(
            id="people",
            heading=self.say("People in the images"),
            sentences=tuple(sentences),
            shares=self._shares(self.say("To be seen"), rows),
        )

    def missing(self, not_known: Sequence[tuple[str, str]]) -> Section:
        rows = [(self.say(_MISSING[share.name]), share.images) for share in self.profile.missing]
        return Section(
            id="missing",
            heading=self.say("What is missing?"),
            sentences=(
                self.say(
                    "Where and when a photograph was taken is not kept here, even where its makers publish it: it can lead to "
                    "somebody’s door."
                ),
                self.say("Of how many images the record does not say it:"),
            ),
            shares=self._shares(self.say("Not recorded"), rows),
            items=tuple(f"{heading}: {text}" for heading, text in not_known),
        )

    def _license(self, license_id: str) -> str:
        known = LICENSES.get(license_id)
        return name_of_license(known, self._words) if known else license_id

    def _part(self, part: Part, of: str, *, none: str, name: Callable[[str], str] = str, in_full: bool = False) -> Shares:
        others = [(self.say("others"), part.others)] if part.others else []
        without = [(none, part.none)] if part.none else []
        return self._shares(of, [*((name(share.name), share.images) for share in part.named), *others, *without], in_full=in_full)

    def _shares(self, of: str, rows: Iterable[tuple[str, int]], *, in_full: bool = False) -> Shares:
        rows = list(rows)
        all_images = self.profile.looked_at
        said = [(name, self._words.number(n), self.percent(n)) for name, n in rows]
        drawn = [
            Bar(name=name, share=n / all_images, said=share, in_full=in_full) for (name, n), (_, _, share) in zip(rows, said, strict=True)
        ]
        alt = self.say("Bars. {shares}.", shares="; ".join(f"{name} {share}" for name, _, share in said))
        return Shares(of=of, svg=bars(drawn), alt=alt, rows=tuple(said))

    def percent(self, n: int) -> str:
        """Whole percents; neither nothing nor all where it is not."""
        of = self.profile.looked_at
        whole = (200 * n + of) // (2 * of)
        if whole == 0 and n:
            return self.say("<\u00a0{n}\u00a0%", n=1)
        if whole == 100 and n < of:
            return self.say(">\u00a0{n}\u00a0%", n=99)
        return self.say("{n}\u00a0%", n=whole)
