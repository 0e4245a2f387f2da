"""The documents: one Markdown source a document and language, read for one age or all, filled in for a class or not.

A document goes to paper, screens and learning platforms by formats.py.
"""

from __future__ import annotations

from functools import cache, partial

from imagestolive import resources
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.teaching import AGES, DOCUMENTS, NoPlanInLanguage, source, source_text
from imagestolive.teaching.blocks import Document
from imagestolive.teaching.figures import drawn
from imagestolive.teaching.filling import NOTHING, Filling
from imagestolive.teaching.reading import Reading
from imagestolive.words import DEFAULT_LANGUAGE, LANGUAGES

AGE_WORDS = {"11-14": N_("Ages 11 to 14"), "15-18": N_("Ages 15 to 18"), "adult": N_("Adults")}


class NoSuchDocument(ImagesToLiveError):
    sentence = N_("There is no document “{typed}”. There are: {known}.")
    status = 404
    field = "document"


class NoSuchAge(ImagesToLiveError):
    sentence = N_("There is nothing for the age “{typed}”. There is: {known}.")
    field = "age"


def document(key: str, lang: str, *, age: str | None = None, filling: Filling = NOTHING) -> Document:
    """One of DOCUMENTS. `age`: one of AGES; None: for all, each named. Raises NoSuchDocument, NoPlanInLanguage, NoSuchAge, PlanBroken."""
    if key not in DOCUMENTS:
        raise NoSuchDocument(typed=key, known=", ".join(DOCUMENTS))
    own = _read(key, lang, known_age(age), filling)
    if lang == DEFAULT_LANGUAGE:
        return own
    return source.aligned(own, _read(key, DEFAULT_LANGUAGE, age, filling), file=f"{key}.{lang}.md")


@cache
def said_of(key: str, lang: str) -> tuple[str, str]:
    """Title and lead of one of DOCUMENTS. Raises NoPlanInLanguage, PlanBroken."""
    found = _read(key, lang, None, NOTHING)
    return found.title, found.lead


def known_language(lang: str) -> str:
    """Raises NoPlanInLanguage."""
    if lang not in LANGUAGES:
        raise NoPlanInLanguage(lang=lang)
    return lang


def known_age(age: str | None) -> str | None:
    """Raises NoSuchAge."""
    if age is not None and age not in AGES:
        raise NoSuchAge(typed=age, known=", ".join(AGES))
    return age


def _read(key: str, lang: str, age: str | None, filling: Filling) -> Document:
    file = f"{key}.{lang}.md"
    text = source_text(file, lang)
    ages = {name: resources.words(lang).say(said) for name, said in AGE_WORDS.items()}
    return source.parse(text, Reading(file=file, key=key, ages=ages, draw=partial(drawn, lang), age=age, filling=filling))
