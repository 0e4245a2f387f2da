"""The documents of the teaching plan for one class: filled in with its set, alone or in one ZIP file with the cards.

What a class is beside its set stands in a `Lesson`: two dates and an age, nothing personal, and nothing of it is kept.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO
from urllib.parse import urlsplit, urlunsplit

from imagestolive import resources
from imagestolive.about import about
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.pipeline import DrawnSet, Pipeline, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press, archive, person_said
from imagestolive.press.credits import CreditRow, credit_rows
from imagestolive.sets import Request, shown, written
from imagestolive.teaching import DOCUMENTS, cartridge, formats
from imagestolive.teaching.blocks import Block, Document, Heading, Paragraph, Run, Runs, Table
from imagestolive.teaching.documents import document, known_age
from imagestolive.teaching.filling import Filling
from imagestolive.words import Words

# What a teacher prints, what she changes, what goes into the LMS; where a package is missing, HTML takes its place.
_IN_THE_ZIP = {
    "plan": ("docx", "pdf"),
    "assignment": ("docx", "lms"),
    "worksheets": ("pdf", "docx"),
    "question-cards": ("pdf",),
    "case-cards": ("pdf",),
    "slides": ("pptx", "pdf"),
    "references": ("pdf",),
}
_YEARS = 2000, 2199
_LETTER = ("letter", "tabloid")  # papers of cards where schools print on Letter


class NotADay(ImagesToLiveError):
    sentence = N_("“{typed}” is no date: write it as year, month and day, such as 2026-11-30.")


class SecondBeforeFirst(ImagesToLiveError):
    sentence = N_("The second class ({second}) is before the first ({first}).")
    field = "second"


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """Whom documents are for, and when. Raises SecondBeforeFirst."""

    lang: str
    age: str | None = None  # of source.AGES; None: all
    paper: str = "a4"  # of formats.PAPERS
    first_class: datetime.date | None = None
    second_class: datetime.date | None = None
    address: str | None = None  # of the set's page, whole: https://images.example/set/K7Q2-9FXD?people=30&...

    def pairs(self) -> dict[str, str]:
        """The same as text, for whoever makes documents later: read_lesson reads it."""
        days = {name: day.isoformat() for name, day in (("first", self.first_class), ("second", self.second_class)) if day}
        said = {"lang": self.lang, "age": self.age, "paper": self.paper, "address": self.address}
        return {name: value for name, value in said.items() if value} | days

    def __post_init__(self) -> None:
        if self.first_class and self.second_class and self.second_class < self.first_class:
            raise SecondBeforeFirst(first=self.first_class.isoformat(), second=self.second_class.isoformat())


def read_lesson(pairs: Mapping[str, str], *, lang: str) -> Lesson:
    """What Lesson.pairs wrote, or a form; `lang` where no language is named. Raises NotADay, SecondBeforeFirst, NoSuchAge, NoSuchPaper."""
    return Lesson(
        lang=pairs.get("lang", lang),
        age=known_age(pairs.get("age") or None),
        paper=formats.known_paper(pairs.get("paper") or formats.PAPERS[0]),
        first_class=read_day(pairs.get("first", ""), field="first"),
        second_class=read_day(pairs.get("second", ""), field="second"),
        address=pairs.get("address"),
    )


def read_day(typed: str, *, field: str) -> datetime.date | None:
    """A date as forms and command lines write it, 2026-11-30; None where nothing was typed. Raises NotADay."""
    typed = typed.strip()
    if not typed:
        return None
    try:
        found = datetime.date.fromisoformat(typed)
    except ValueError:
        raise NotADay(typed=shown(typed), field=field) from None
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise NotADay(typed=shown(typed), field=field)
    return found


def paper_of(request: Request) -> str:
    """The paper for the documents of a class whose cards are printed on this one."""
    return "letter" if request.paper in _LETTER else "a4"


def person_address(address: str, person: int) -> str:
    """The page with the cards of one person, beside that of the set."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"{parts.path}/p/{person}"))


def write_document(press: Press, drawn: DrawnSet, policy: Policy, out: BinaryIO, key: str, form: str, lesson: Lesson) -> None:
    """One of DOCUMENTS, filled in. Raises TooFewImages, and what teaching raises."""
    drawn.check_complete(resources.words(lesson.lang))

    def make(today: Policy) -> None:
        filling = filled(press, drawn, today, lesson)
        out.write(formats.write(document(key, lesson.lang, age=lesson.age, filling=filling), form, paper=lesson.paper))

    press.under_todays_rules(policy, out, make)


def write_class(press: Press, drawn: DrawnSet, policy: Policy, out: BinaryIO, lesson: Lesson, *, progress: Progress | None = None) -> None:
    """A ZIP with the cards, their credits and every document, filled in. Raises what Press.sheets and teaching raise."""
    archive.archive(
        press,
        drawn,
        policy,
        out,
        resources.words(drawn.request.lang),
        documents=lambda today: class_documents(lesson, filled(press, drawn, today, lesson)),
        progress=progress,
    )


def class_documents(lesson: Lesson, filling: Filling) -> Iterator[tuple[str, bytes]]:
    """File names and files: each document as a class needs it, and all of them as one package for a learning platform."""
    made: list[cartridge.Entry] = []
    for key in DOCUMENTS:
        found = document(key, lesson.lang, age=lesson.age, filling=filling)
        for form in _forms(key):
            data = formats.write(found, form, paper=lesson.paper)
            name = f"{key}.{formats.FORMATS[form].ending}"
            yield name, data
            if form in ("pdf", "pptx"):
                made.append(cartridge.Entry(title=f"{found.title} ({formats.FORMATS[form].name})", file=name, data=data))
        if key != "slides":
            page = formats.write(found, "lms", paper=lesson.paper)
            made.append(cartridge.Entry(title=found.title, file=f"{key}.html", data=page))
    title = document("plan", lesson.lang).title
    yield "cartridge.imscc", cartridge.pack(title, lesson.lang, made, code=filling.code)


def _forms(key: str) -> tuple[str, ...]:
    here = tuple(form for form in _IN_THE_ZIP[key] if formats.is_here(form))
    return here or ("html",)


def filled(press: Press, drawn: DrawnSet, policy: Policy, lesson: Lesson) -> Filling:
    """What documents say of a class and its set."""
    words, request = resources.words(lesson.lang), drawn.request
    return replace(
        open_filling(lesson, code=written(drawn.code), people=request.people, cards=request.cards),
        credits=_credits(credit_rows(press, drawn, policy, words), words),
        datasheets=tuple(_datasheets(press.pipeline, request, words)),
    )


def _links(address: str, people: int, words: Words) -> tuple[Block, ...]:
    rows = [(person_said(person, words), person_address(address, person)) for person in range(1, people + 1)]
    return (_table((words.say("Person"), words.say("Address")), [(_text(said), _link(href, href)) for said, href in rows]),)


def _credits(rows: Iterator[CreditRow], words: Words) -> tuple[Block, ...]:
    cells = [(_text(words.number(row.number)), _credit(row)) for row in rows]
    return (_table((words.say("Card"), words.say("Credit")), cells),)


def _credit(row: CreditRow) -> Runs:
    if row.credit is None:
        return _text(row.notice or "")
    return _link(row.credit, row.source) if row.source else _text(row.credit)


def _datasheets(pipeline: Pipeline, request: Request, words: Words) -> Iterator[Block]:
    """What there is to say of each data set that is drawn from, as its page says it."""
    known = {info.key for info in pipeline.data_sets()}
    for part in request.datasets:
        if part.key not in known:
            continue
        told = about(pipeline, part.key, words)
        yield Heading(id=f"data-set-{part.key}", level=3, title=told.info.sheet.title)
        facts = [
            (_text(name), _link(value, value) if value == told.info.sheet.homepage else _text(value)) for name, value in told.facts if value
        ]
        yield _table((words.say("Fact"), words.say("What is known")), facts)
        for heading, text in told.sections:
            yield Paragraph(runs=(Run(text=f"{heading}. ", strong=True), Run(text=text or words.say("not known"))))


def _table(head: Sequence[str], rows: Sequence[tuple[Runs, ...]]) -> Table:
    return Table(head=tuple(map(_text, head)), rows=tuple(rows), row_heads=True)


def _text(text: str) -> Runs:
    return (Run(text=text),)


def _link(text: str, href: str) -> Runs:
    return (Run(text=text, href=href),)


def open_filling(lesson: Lesson, *, code: str | None, people: int | None = None, cards: int | None = None) -> Filling:
    """The same for a class of whose set nothing but its code is known, or not even that."""
    words = resources.words(lesson.lang)
    return Filling(
        code=code,
        address=lesson.address,
        first_class=words.date(lesson.first_class) if lesson.first_class else None,
        second_class=words.date(lesson.second_class) if lesson.second_class else None,
        people=people,
        cards=cards,
        people_links=_links(lesson.address, people, words) if lesson.address and people else (),
    )


def open_document(key: str, lesson: Lesson, *, code: str | None, people: int | None = None, cards: int | None = None) -> Document:
    """One of DOCUMENTS filled in with that. Raises what teaching raises."""
    return document(key, lesson.lang, age=lesson.age, filling=open_filling(lesson, code=code, people=people, cards=cards))
