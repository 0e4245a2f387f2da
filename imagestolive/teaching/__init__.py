"""The teaching plan, one Markdown file a language, read and checked.

A file begins with a header, a line `key: value` for each of `KEYS` between two lines `---` (straight quotes around a
value are dropped, so that the header is YAML too). Then comes Markdown that also reads well bare:

    ## Goals                     a section
    ## First class (30 min)      a section in steps; their minutes add up to this
    ### Ask (5 min)              a step
    > Has anyone here seen ...   words to say aloud

Headings begin with `#`, are plain text and start at `##`: the page has the title. Every language has the same headings with
the same minutes. Ids are made from the English ones, up to a colon, so that `#first-class` leads to the same place in each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from imagestolive import resources
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.words import DEFAULT_LANGUAGE, LANGUAGES

KEYS = ("title", "language", "lead", "time", "age", "version")

_HEADER = re.compile(r"---\n(?P<lines>.*?\n)---\n(?P<markdown>.*)", re.DOTALL)
_HEADING = re.compile(r"^(?P<marks>#{2,6}) (?P<title>.+?)(?: \((?P<minutes>\d+) min\))?$", re.MULTILINE)


class NoPlanInLanguage(ImagesToLiveError):
    sentence = N_("There is no teaching plan in the language {lang}.")
    status = 404


class PlanBroken(ImagesToLiveError):
    """A file that its writer must mend; the detail is for them, in English."""

    sentence = N_("The teaching plan {file} cannot be used: {detail}")
    status = 500


@dataclass(frozen=True, kw_only=True)
class Heading:
    id: str  # the same in every language
    level: int  # 2: a section
    title: str  # plain text, without the minutes
    minutes: int | None = None

    @property
    def is_step(self) -> bool:
        return self.level == 3 and self.minutes is not None


@dataclass(frozen=True, kw_only=True)
class Plan:
    title: str
    lang: str
    lead: str  # what will happen, in a sentence or two
    time: str
    age: str
    version: str
    markdown: str  # without the header
    headings: tuple[Heading, ...]

    @property
    def sections(self) -> tuple[Heading, ...]:
        return tuple(heading for heading in self.headings if heading.level == 2)

    @property
    def shape(self) -> tuple[tuple[int, int | None], ...]:
        """What every language has in common: level and minutes of each heading."""
        return tuple((heading.level, heading.minutes) for heading in self.headings)


@cache
def questions(lang: str) -> tuple[str, ...]:
    """The questions for the backs of cards, the same ones in the same order in every language. Raises NoPlanInLanguage, PlanBroken."""
    if lang not in LANGUAGES:
        raise NoPlanInLanguage(lang=lang)
    file = f"questions.{lang}.md"
    text = (resources.folder("teaching_plan") / file).read_text(encoding="utf-8")
    found = tuple(line.removeprefix("- ").strip() for line in text.splitlines() if line.startswith("- "))
    if not found:
        raise PlanBroken(file=file, detail="it holds no line that begins with a hyphen.")
    return found


def plan(lang: str) -> Plan:
    """The teaching plan in a language. Raises NoPlanInLanguage, PlanBroken."""
    if lang not in LANGUAGES:
        raise NoPlanInLanguage(lang=lang)
    english = _read(DEFAULT_LANGUAGE)
    return english if lang == DEFAULT_LANGUAGE else _aligned(_read(lang), english)


def parse(text: str, *, file: str) -> Plan:
    """The plan that a file holds, with ids from its own headings. `file` is its name, for messages."""
    parts = _HEADER.fullmatch(text)
    if parts is None:
        raise PlanBroken(file=file, detail="it does not begin with a header between two lines of ---.")
    pairs = (line.partition(":") for line in parts["lines"].splitlines())
    header = {key.strip(): value.strip().strip('"') for key, _, value in pairs}
    for key in KEYS:
        if not header.get(key):
            raise PlanBroken(file=file, detail=f"its header has no “{key}”.")
    headings = tuple(_heading(match) for match in _HEADING.finditer(parts["markdown"]))
    _check(headings, file=file)
    return Plan(
        title=header["title"],
        lang=header["language"],
        lead=header["lead"],
        time=header["time"],
        age=header["age"],
        version=header["version"],
        markdown=parts["markdown"],
        headings=headings,
    )


def _read(lang: str) -> Plan:
    path = resources.folder("teaching_plan") / f"{lang}.md"
    return parse(path.read_text(encoding="utf-8"), file=path.name)


def _heading(match: re.Match[str]) -> Heading:
    return Heading(
        id=re.sub(r"\W+", "-", match["title"].partition(":")[0].lower()).strip("-"),
        level=len(match["marks"]),
        title=match["title"],
        minutes=int(match["minutes"]) if match["minutes"] else None,
    )


def _check(headings: Sequence[Heading], *, file: str) -> None:
    """Every heading has an id of its own, and the steps of a section take the minutes that its heading names."""
    seen: set[str] = set()
    for number, heading in enumerate(headings):
        if heading.id in seen:
            raise PlanBroken(file=file, detail=f"two headings have the id “{heading.id}”.")
        seen.add(heading.id)
        if heading.level == 2 and heading.minutes is not None:
            steps = takewhile(lambda following: following.level > 2, headings[number + 1 :])
            taken = sum(step.minutes or 0 for step in steps)
            if taken != heading.minutes:
                raise PlanBroken(file=file, detail=f"the steps of “{heading.title}” take {taken} min, not {heading.minutes}.")


def _aligned(own: Plan, english: Plan) -> Plan:
    """The plan with the ids of the English one, which it must follow heading by heading."""
    if own.shape != english.shape:
        raise PlanBroken(file=f"{own.lang}.md", detail="its headings, or their minutes, are not those of en.md.")
    pairs = zip(own.headings, english.headings, strict=True)
    return replace(own, headings=tuple(replace(heading, id=model.id) for heading, model in pairs))
