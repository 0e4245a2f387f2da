"""The documents of the teaching plan for one class: filled in with its set, alone or in one ZIP file with the cards.

What a class is beside its set stands in a `Lesson`: two dates and an age, nothing personal, and nothing of it is kept.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
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
from imagestolive.teaching.documents import document, known_age, known_language, said_of
from imagestolive.teaching.filling import Filling
from imagestolive.teaching.links import followed
from imagestolive.words import Words

# What a teacher prints, what she changes, what goes into the LMS; a document of which nothing can be made here comes as HTML.
_IN_THE_ZIP = {
    "plan": ("docx", "pdf"),
    "assignment": ("docx", "lms"),
    "worksheets": ("pdf", "docx"),
    "question-cards": ("pdf",),
    "case-cards": ("pdf",),
    "slides": ("pptx", "pdf"),
    "references": ("pdf",),
}
_NOT_FOR = {"11-14": ("case-cards",)}  # in a package that is opened to students; the cards are for ages 15 and above
_DAY = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LMS_MOST_BYTES = 60_000  # what the editors of learning platforms take in one piece
_LMS_ROWS = 100  # of credits or links on one page
_LETTER = ("letter", "tabloid")  # papers of cards where schools print on Letter


class NotADay(ImagesToLiveError):
    sentence = N_("“{typed}” is no date: write it as year, month and day, such as 2026-11-30.")


class SecondBeforeFirst(ImagesToLiveError):
    sentence = N_("The second class ({second}) is before the first ({first}).")
    field = "second"


class NoAddress(ImagesToLiveError):
    sentence = N_("“{typed}” is no address of a set’s page: it begins with http:// or https://.")
    field = "address"


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """Whom documents are for, and when. Raises SecondBeforeFirst, NoAddress."""

    lang: str
    age: str | None = None  # of teaching.AGES; None: all
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
        if self.address is not None and not (followed(self.address) and self.address.startswith(("http://", "https://"))):
            raise NoAddress(typed=shown(self.address))


def read_lesson(pairs: Mapping[str, str], *, lang: str) -> Lesson:
    """What Lesson.pairs wrote, or a form; `lang` where no language is named. Raises NotADay, SecondBeforeFirst, NoSuchAge, NoSuchPaper."""
    return Lesson(
        lang=known_language(pairs.get("lang", lang)),
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
        found = datetime.date.fromisoformat(typed) if _DAY.fullmatch(typed) else None
    except ValueError:
        found = None
    if found is None:
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
        out.write(written_for(key, form, lesson, filling))

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


def written_for(key: str, form: str, lesson: Lesson, filling: Filling) -> bytes:
    """One of DOCUMENTS as a file. What would be too long for a learning platform leaves its tables away: the package has them apart."""
    data = formats.write(document(key, lesson.lang, age=lesson.age, filling=filling), form, paper=lesson.paper)
    if form != "lms" or len(data) <= _LMS_MOST_BYTES:
        return data
    return formats.write(document(key, lesson.lang, age=lesson.age, filling=_without_tables(filling)), form, paper=lesson.paper)


def class_documents(lesson: Lesson, filling: Filling) -> Iterator[tuple[str, bytes]]:
    """File names and files: each document as a class needs it, and all of them as one package for a learning platform."""
    made: dict[str, bytes] = {}
    for key in DOCUMENTS:
        for form in _forms(key):
            name = f"{key}.{formats.FORMATS[form].ending}"
            made[name] = written_for(key, form, lesson, filling)
            yield name, made[name]
    yield "cartridge.imscc", class_cartridge(lesson, filling, made)


def class_cartridge(lesson: Lesson, filling: Filling, made: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """A Common Cartridge with each document that is for this age as a page, and as a file where paper or a projector needs it.

    `made`: files that are there.
    """
    words, light = resources.words(lesson.lang), _without_tables(filling)
    entries: list[cartridge.Entry] = []
    for key in (key for key in DOCUMENTS if key not in _NOT_FOR.get(lesson.age or "", ())):
        title, _ = said_of(key, lesson.lang)
        for form in ("pdf", "pptx"):
            if form in _forms(key):
                name = f"{key}.{form}"
                data = made.get(name) or written_for(key, form, lesson, filling)
                entries.append(cartridge.Entry(title=f"{title} ({formats.FORMATS[form].name})", file=name, data=data))
        if key != "slides":
            page = formats.write(document(key, lesson.lang, age=lesson.age, filling=light), "lms", paper=lesson.paper)
            entries.append(cartridge.Entry(title=title, file=f"{key}.html", data=page))
    parts = ((words.say("Links"), "links", filling.people_links), (words.say("Credits"), "credits", filling.credits))
    for title, name, blocks in parts:
        entries += _table_pages(title, name, blocks, lesson, filling)
    if filling.datasheets:
        entries.append(_page_of(words.say("Data sets"), "data-sets", filling.datasheets, lesson, filling))
    return cartridge.pack(said_of("plan", lesson.lang)[0], lesson.lang, entries, code=filling.code)


def _without_tables(filling: Filling) -> Filling:
    return replace(filling, people_links=(), credits=(), datasheets=())


def _table_pages(title: str, name: str, blocks: Sequence[Block], lesson: Lesson, filling: Filling) -> Iterator[cartridge.Entry]:
    """A long table on pages of its own, so many rows on each."""
    for table in blocks:
        if isinstance(table, Table):
            for start in range(0, len(table.rows), _LMS_ROWS):
                part = replace(table, rows=table.rows[start : start + _LMS_ROWS])
                first, last = start + 1, start + len(part.rows)
                said = title if len(table.rows) <= _LMS_ROWS else f"{title} {first}–{last}"
                yield _page_of(said, f"{name}-{first}", (part,), lesson, filling)


def _page_of(title: str, name: str, blocks: tuple[Block, ...], lesson: Lesson, filling: Filling) -> cartridge.Entry:
    whole = Document(key=name, title=title, lang=lesson.lang, lead="", time="", age="", version="", blocks=blocks, code=filling.code)
    return cartridge.Entry(title=title, file=f"{name}.html", data=formats.write(whole, "lms", paper=lesson.paper))


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
    """The credit line, the address of the source within it a link."""
    if row.credit is None:
        return _text(row.notice or "")
    if not row.source:
        return _text(row.credit)
    before, source, after = row.credit.rpartition(row.source)
    runs = (Run(text=before), Run(text=source, href=row.source), Run(text=after))
    return tuple(run for run in runs if run.text)


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
