"""Sentences, numbers and dates; and that no sentence is missing in any language."""

from __future__ import annotations

import datetime
import gettext
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from imagestolive import resources
from imagestolive.errors import ImagesToLiveError
from imagestolive.words import LANGUAGES, Words

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = {"N_": None, "say": None, "count": (1, 2)}
TRANSLATED = [lang for lang in LANGUAGES if lang != "en"]


def sentences() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every sentence in code and templates, with the place where it stands."""
    methods = [("imagestolive/**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
    for file, line, message, _comments, _context in extract_from_dir(str(ROOT), methods, keywords=KEYWORDS):  # type: ignore[arg-type]
        yield f"{file}:{line}", message


def catalogue(lang: str) -> Catalog:
    with (ROOT / "imagestolive" / "languages" / f"{lang}.po").open("rb") as file:
        return read_po(file, locale=lang.replace("-", "_"))


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_sentence_is_in_the_catalogue(lang: str) -> None:
    known = catalogue(lang)
    missing = []
    for place, message in sentences():
        key = message if isinstance(message, str) else message[0]
        found = known.get(key)
        forms = found.string if found else ""
        if not found or not all([forms] if isinstance(forms, str) else forms) or isinstance(message, tuple) != found.pluralizable:
            missing.append(f"{place}: {key}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_sentence_in_the_catalogue_is_out_of_use(lang: str) -> None:
    used = {message if isinstance(message, str) else message[0] for _, message in sentences()}
    unused = [
        message.id
        for message in catalogue(lang)
        if message.id and (message.id if isinstance(message.id, str) else message.id[0]) not in used
    ]
    assert not unused


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_translation_names_the_same_facts(lang: str) -> None:
    for message in catalogue(lang):
        if not message.id:
            continue
        ids, strings = ([part] if isinstance(part, str) else list(part) for part in (message.id, message.string))
        for text in strings:
            assert names(text) <= names(ids[-1]), message.id
            assert names(ids[-1]) - {"n"} <= names(text), message.id


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_translation_is_marked_fuzzy(lang: str) -> None:
    assert not [message.id for message in catalogue(lang) if message.id and message.fuzzy]


@pytest.mark.parametrize("lang", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_source(lang: str) -> None:
    words = resources.words(lang)
    for message in catalogue(lang):
        if isinstance(message.id, str) and message.id:
            assert words._catalogue.gettext(message.id) == message.string, "install again: the catalogue was compiled from an older source"


def test_sentences_do_not_shout_and_spell_license_with_s() -> None:
    for place, message in sentences():
        text = message if isinstance(message, str) else " ".join(message)
        assert "!" not in text, place
        assert not re.search(r"licence", text, flags=re.I), place


class Upper(gettext.NullTranslations):
    """A catalogue that shouts, to see where words come from."""

    def gettext(self, message: str) -> str:
        return message.replace("cards", "CARTÕES")

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


def test_facts_fill_a_translated_sentence() -> None:
    assert Words("pt-BR", Upper()).say("{n} cards", n=1797) == "1.797 CARTÕES"


def test_a_count_takes_the_form_for_its_number() -> None:
    assert Words("en").count("{n} card", "{n} cards", 1) == "1 card"
    assert Words("en").count("{n} card", "{n} cards", 1797) == "1,797 cards"


def test_a_fact_may_be_a_list_or_a_text_in_several_languages() -> None:
    assert Words("en").say("{known}", known=["a", 2000]) == "a, 2,000"
    assert Words("pt-BR").say("{why}", why={"en": "gone", "pt-BR": "saiu"}) == "saiu"


def test_an_error_speaks_each_language() -> None:
    class Wrong(ImagesToLiveError):
        sentence = "{n} cards: {why}"

    error = Wrong(n=3, why={"en": "too few", "pt-BR": "de menos"})
    assert str(error) == "3 cards: too few"
    assert Words("pt-BR", Upper()).error(error) == "3 CARTÕES: de menos"


def test_a_decimal_number_has_the_point_of_its_language() -> None:
    class TooWide(ImagesToLiveError):
        sentence = "{width} mm, not {most} mm."

    error = TooWide(width=139.7, most=105.0)
    assert str(error) == Words("en").error(error) == "139.7 mm, not 105 mm."
    assert Words("pt-BR").error(error) == "139,7 mm, not 105 mm."
    assert Words("pt-BR").decimal("5.5 × 4.25 in") == "5,5 × 4,25 in"
    assert Words("pt-BR").decimal(-0.5) == "-0,5"


def test_dates_are_written_out() -> None:
    day = datetime.date(2026, 11, 21)
    assert Words("en").date(day) == "21 November 2026"
    assert Words("pt-BR").date(day) == "21 de novembro de 2026"
