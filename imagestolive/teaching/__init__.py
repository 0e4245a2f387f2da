"""What teachers hand out: documents of one Markdown source each (documents.py), and the questions on the backs of cards."""

from __future__ import annotations

from functools import cache

from imagestolive import resources
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.words import LANGUAGES

DOCUMENTS = ("plan", "assignment", "worksheets", "question-cards", "case-cards", "slides", "references")
AGES = ("11-14", "15-18", "adult")


class NoPlanInLanguage(ImagesToLiveError):
    sentence = N_("There is no teaching plan in the language {lang}.")
    status = 404
    field = "lang"


class PlanBroken(ImagesToLiveError):
    """A file that its writer must mend; the detail is for them, in English."""

    sentence = N_("The teaching plan {file} cannot be used: {detail}")
    status = 500


@cache
def questions(lang: str) -> tuple[str, ...]:
    """The questions for the backs of cards, the same ones in the same order in every language. Raises NoPlanInLanguage, PlanBroken."""
    file = f"questions.{lang}.md"
    found = tuple(line.removeprefix("- ").strip() for line in source_text(file, lang).splitlines() if line.startswith("- "))
    if not found:
        raise PlanBroken(file=file, detail="it holds no line that begins with a hyphen.")
    return found


def source_text(file: str, lang: str) -> str:
    """A source as it was written. Raises NoPlanInLanguage."""
    if lang not in LANGUAGES:
        raise NoPlanInLanguage(lang=lang)
    return (resources.folder("teaching_plan") / file).read_text(encoding="utf-8")
