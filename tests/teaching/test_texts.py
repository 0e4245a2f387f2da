"""The words of the documents: complete, parallel in both languages, plainly said, and with sources that can be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TypeVar

import pressed
import pytest

from imagestolive import resources
from imagestolive.teaching import AGES, DOCUMENTS, formats
from imagestolive.teaching.blocks import (
    BLANK,
    Choice,
    Document,
    Figure,
    Heading,
    Items,
    NewPage,
    Notes,
    Paragraph,
    Run,
    Table,
    plain,
    texts,
)
from imagestolive.teaching.documents import document
from imagestolive.teaching.filling import NOTHING, Filling
from imagestolive.words import LANGUAGES

Kind = TypeVar("Kind")

FILLED = Filling(
    code="K7Q2-9FXD",
    address="https://images.example/set/K7Q2-9FXD",
    first_class="2 March",
    second_class="11 March",
    people=30,
    cards=3,
    people_links=(Table(head=((Run(text="Person"),),), rows=(((Run(text="Person 1"),),),)),),
    credits=(Paragraph(runs=(Run(text="By nobody"),)),),
    datasheets=(Heading(id="coco", level=3, title="COCO"),),
)

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)
of_each_document = pytest.mark.parametrize("key", DOCUMENTS)
for_each_age = pytest.mark.parametrize("age", AGES)

# What the plan has to contain, as ids of headings; they are the same in every language.
CONTENTS = {
    "overview": "what the two classes and the week are",
    "group": "where it fits, and for whom",
    "goals": "method of practice, own experience, scale",
    "content": "what it is about, and where it touches a curriculum",
    "prior-knowledge": "none, and a short word on computer vision",
    "time": "30 minutes, a week, one to two hours",
    "materials": "one to three images, the tool, what to do without a printer, the other documents",
    "preparation": "every image looked at, one sheet first, spare cards",
    "vocabulary": "label, microwork, provenance ...",
    "method": "where the method comes from",
    "care": "faces, unsettling images, opting out, own photographs",
    "ask": "first class: has anyone seen a data set?",
    "show-the-scale": "first class: the wall and the cases",
    "say-why": "first class: images made for machines",
    "hand-out-the-images": "first class",
    "first-look": "first class: 20 seconds",
    "explain-the-week": "first class: the assignment; dull images are part of it",
    "a-week-at-home": "what the teacher does meanwhile",
    "second-look": "second class: 30 seconds",
    "compare-the-two-looks": "second class",
    "share-in-groups": "second class: where they lived, what was unexpected, what changed",
    "key-points": "second class: thin labels, scale and its costs",
    "take-away": "second class: how data sets should be made and kept",
    "questions": "for discussion",
    "differentiation": "ages, no print, no devices, language learners, description cards",
    "assessment": "without marks",
    "family-note": "for the people at home",
    "sources": "the article first",
    "about-this-plan": "license, credit, contact",
}

# The headings that a Brazilian plano de aula is expected to have.
PLANO_DE_AULA = {
    "overview": "Tema",
    "group": "Turma e faixa etária",
    "time": "Duração",
    "goals": "Objetivos",
    "content": "Conteúdo e habilidades da BNCC",
    "method": "Metodologia",
    "materials": "Recursos",
    "assessment": "Avaliação",
    "sources": "Referências",
}

# Skills of Brazil's curriculum that are what the plan says they are: looked up one by one, so a new one is looked up too.
BNCC = {
    *("EF69AR01", "EF69AR06", "EF69AR31", "EF69AR35"),
    *("EM13LGG102", "EM13LGG303", "EM13LGG603", "EM13LGG702"),
    *("EM13CO10", "EM13CO14"),
    *("EM13CHS202", "EM13CHS404"),
}

# The article; Denton; Malevé; Thylstrup; Crawford and Paglen; Prabhu and Birhane; Smits and Wevers; Datasheets for Datasets.
READINGS = (
    "https://doi.org/10.1080/17540763.2023.2189285",
    "https://doi.org/10.1177/20539517211035955",
    "https://doi.org/10.1007/s00146-020-01093-w",
    "https://doi.org/10.1177/01634437211060226",
    "https://doi.org/10.1007/s00146-021-01162-8",
    "https://arxiv.org/abs/2006.16923",
    "https://doi.org/10.1177/1470357221992097",
    "https://doi.org/10.1145/3458723",
)
KINDS_OF_LINKS = re.compile(r"https://(doi\.org/10\.\d{4,5}/[\w./-]+|arxiv\.org/abs/\d{4}\.\d{5}|[a-z0-9-]+(\.[a-z0-9-]+)+/[\w/-]*)")
NUMBERS = re.compile(r"(doi:10\.\d{4,5}/[\w./-]+\w|arXiv:\d{4}\.\d{5})")  # as they are written out on paper

NAMES = (
    *("Clearview AI", "AI & Society", "Exposing.ai", "exposing.ai", "laion.ai"),
    *("Excavating AI", "How to read an AI image", "iagram of an AI image system", "iagram of an AI Image System", "to power AI tools"),
)
AVOIDED = re.compile(
    r"\b(AI|IA|artificial|magic\w*|m[áa]gic\w*|dream\w*|sonh\w*|robots?|robôs?|brains?|cérebros?|neural|neurais)\b|dataset of the day",
    re.IGNORECASE,
)
NOT_ANSWERING = {"en": "I choose not to answer", "pt-BR": "refiro não responder"}

# Reading ease, higher is easier: Flesch for English, with the constant of Martins and others (1996) for Portuguese.
EASE_CONSTANT = {"en": 206.835, "pt-BR": 248.835}
EASE_FLOOR = {
    "assignment": {"en": 85, "pt-BR": 75},
    "worksheets": {"en": 85, "pt-BR": 75},
    "question-cards": {"en": 80, "pt-BR": 75},
    "case-cards": {"en": 65, "pt-BR": 65},
}
LONGEST_SENTENCE = {"11-14": 25, "15-18": 30, "adult": 30}
SILENT = {"en": re.compile(r"(?<=[^aeiouyl])(e|(?<=[^sxzcgh])es|(?<=[^dt])ed)$"), "pt-BR": re.compile(r"$^")}
VOWELS = re.compile(r"[aeiouyáéíóúâêôãõàü]+")
WORD = re.compile(r"[^\W\d_]+(?:[’-][^\W\d_]+)*")


@cache
def read(key: str, lang: str, *, age: str | None = None, filling: Filling = NOTHING) -> Document:
    return document(key, lang, age=age, filling=filling)


def shape(part: object) -> object:
    """What a block has in common in all languages: all but its words. Text is its links, its heavy words and its blanks."""
    if isinstance(part, tuple) and part and all(isinstance(run, Run) for run in part):
        links = tuple(run.href for run in part if run.href)
        return (links, sum(run.strong for run in part), plain(part).count(BLANK), bool(plain(part).strip()))
    if isinstance(part, tuple):
        return tuple(shape(inner) for inner in part)
    if isinstance(part, Heading):
        return (part.id, part.level, part.minutes)
    if isinstance(part, Figure):
        return part.name
    if is_dataclass(part):
        return (type(part).__name__, *(shape(getattr(part, field.name)) for field in fields(part)))
    return part


def inside(part: object, kind: type[Kind]) -> Iterator[Kind]:
    """Every part of a kind that a block or a document holds, in order."""
    if isinstance(part, kind):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from inside(inner, kind)
    elif is_dataclass(part):
        yield from inside(tuple(getattr(part, field.name) for field in fields(part)), kind)


def section(of: Document, section_id: str) -> tuple[object, ...]:
    """What stands under a heading, up to the next one that is not below it; without the heading."""
    found: list[object] = []
    within: int | None = None
    for block in of.blocks:
        if isinstance(block, Heading):
            if block.id == section_id:
                within = block.level
                continue
            if within is not None and block.level <= within:
                break
        if within is not None:
            found.append(block)
    assert found, section_id
    return tuple(found)


def words_of(part: object) -> str:
    return "\n".join(texts(part))


def links_of(part: object) -> list[str]:
    return [run.href for run in inside(part, Run) if run.href]


def sentences(part: object) -> list[list[str]]:
    """The words of each sentence; a paragraph, a cell ends one too. Headings are left out: they would make any text look easy."""
    blocks = part.blocks if isinstance(part, Document) else (part,)
    read_on = (text for block in blocks if not isinstance(block, Heading) for text in texts(block))
    found = (WORD.findall(sentence) for text in read_on for sentence in re.split(r"[.?](?:\W|$)", text))
    return [sentence for sentence in found if sentence]


def syllables(word: str, lang: str) -> int:
    return max(1, len(VOWELS.findall(SILENT[lang].sub("", word.lower()))))


def ease(part: object, lang: str) -> float:
    said = sentences(part)
    words = [word for sentence in said for word in sentence]
    beats = sum(syllables(word, lang) for word in words)
    return EASE_CONSTANT[lang] - 1.015 * len(words) / len(said) - 84.6 * beats / len(words)


# Complete and parallel


@of_each_document
@pytest.mark.parametrize("age", [None, *AGES])
@pytest.mark.parametrize("filling", [NOTHING, FILLED], ids=["empty", "filled"])
def test_both_languages_have_the_same_headings_steps_minutes_lists_and_tables(key: str, age: str | None, filling: Filling) -> None:
    english, portuguese = (read(key, lang, age=age, filling=filling) for lang in ("en", "pt-BR"))
    assert shape(portuguese.blocks) == shape(english.blocks)


@in_each_language
@pytest.mark.parametrize("heading", CONTENTS)
def test_the_plan_contains_what_it_must(lang: str, heading: str) -> None:
    assert heading in {found.id for found in read("plan", lang).headings}, CONTENTS[heading]


@in_each_language
def test_the_classes_have_thirteen_steps_and_last_as_long_as_the_header_says(lang: str) -> None:
    plan = read("plan", lang)
    lengths = [found.minutes for found in plan.sections if found.minutes is not None]
    assert lengths == [int(minutes) for minutes in re.findall(r"(\d+) min", plan.time)]
    assert 25 <= lengths[0] <= 35
    assert 60 <= lengths[1] <= 120
    assert sum(heading.is_step for heading in plan.headings) == 13


def test_the_portuguese_sections_are_those_of_a_plano_de_aula() -> None:
    titles = {found.id: found.title for found in read("plan", "pt-BR").sections}
    assert {found: titles[found] for found in PLANO_DE_AULA} == PLANO_DE_AULA


def test_the_skills_of_the_brazilian_curriculum_are_those_that_were_looked_up() -> None:
    named = re.findall(r"\bE[FM]\d{2}[A-Z]+\d+\b", words_of(read("plan", "pt-BR")))
    assert sorted(named) == sorted(BNCC)


@in_each_language
def test_the_preparation_is_a_list_to_tick_off(lang: str) -> None:
    (items,) = inside(section(read("plan", lang), "preparation"), Items)
    assert items.boxes


def test_the_plan_names_the_other_documents() -> None:
    named = [run.text for items in inside(section(read("plan", "en"), "materials"), Items) for run in inside(items, Run) if run.strong]
    assert [name.lower().replace(" ", "-") for name in named] == [key for key in DOCUMENTS if key != "plan"]


@in_each_language
@pytest.mark.parametrize("key", ["plan", "slides"])
def test_every_worksheet_that_is_named_exists(lang: str, key: str) -> None:
    named = re.findall(r"(?:worksheets?|folhas?) “(.+?)”", words_of(read(key, lang)))
    assert named
    assert set(named) <= {found.title for found in read("worksheets", lang).sections}


@in_each_language
def test_what_the_preparation_says_to_choose_and_press_is_called_so_on_the_page(lang: str) -> None:
    said, words = words_of(section(read("plan", lang), "preparation")), resources.words(lang)
    for name in ("For whom", "Fill in", "Paper, backs, printer", "Spare cards"):
        assert f"“{words.say(name)}”" in said


@in_each_language
def test_the_section_of_the_references_that_the_plan_names_exists(lang: str) -> None:
    (further,) = [found.title for found in read("references", lang).sections if found.id == "further-reading"]
    assert f"“{further}”" in words_of(section(read("plan", lang), "differentiation"))


@in_each_language
def test_the_question_cards_that_the_plan_names_exist(lang: str) -> None:
    named = re.findall(r"“([^“”]+ \d)”", words_of(section(read("plan", lang), "differentiation")))
    titles = {heading.title.split(":")[0] for heading in inside(read("question-cards", lang), Heading)}
    assert len(named) == 3
    assert set(named) <= titles


@in_each_language
def test_the_note_to_families_begins_and_ends_with_a_page(lang: str) -> None:
    blocks = read("plan", lang).blocks
    (note,) = [at for at, block in enumerate(blocks) if isinstance(block, Heading) and block.id == "family-note"]
    end = note + 1 + len(section(read("plan", lang), "family-note"))
    assert [isinstance(blocks[at], NewPage) for at in (note - 1, end - 1)] == [True, True]


# Filled in


@in_each_language
def test_datasheets_are_said_to_be_in_the_plan_only_where_they_are(lang: str) -> None:
    by_code, whole = (
        words_of(section(read("plan", lang, filling=filling), "take-away")) for filling in (Filling(code="K7Q2-9FXD"), FILLED)
    )
    assert by_code == words_of(section(read("plan", lang), "take-away"))
    assert whole != by_code


@in_each_language
def test_a_filled_plan_has_the_class_and_says_what_was_filled_in(lang: str) -> None:
    plan = read("plan", lang, filling=FILLED)
    said = words_of(section(plan, "your-class"))
    for wanted in ("K7Q2-9FXD", FILLED.address, "2 March", "11 March", "30", "3", "90", "Person 1"):
        assert str(wanted) in said
    assert FILLED.address in links_of(section(plan, "your-class"))
    assert "By nobody" in words_of(section(plan, "credits"))
    assert "COCO" in [heading.title for heading in plan.headings]


@in_each_language
def test_an_empty_plan_has_no_place_for_a_class_and_says_so(lang: str) -> None:
    plan, filled = read("plan", lang), read("plan", lang, filling=FILLED)
    gone = {heading.id for heading in filled.headings} - {heading.id for heading in plan.headings}
    assert gone == {"your-class", "credits", "the-data-sets", "coco"}
    assert BLANK not in words_of(plan)
    assert words_of(plan).splitlines()[-1] not in words_of(filled)


@in_each_language
@for_each_age
def test_the_assignment_names_set_and_dates_or_leaves_room_for_them(lang: str, age: str) -> None:
    for filling, count in ((NOTHING, 3), (FILLED, 0)):
        said = words_of(read("assignment", lang, age=age, filling=filling))
        assert said.count(BLANK) == count
        assert all((wanted in said) == (count == 0) for wanted in ("K7Q2-9FXD", "2 March", "11 March"))


# Plainly said


@in_each_language
@for_each_age
@pytest.mark.parametrize("key", EASE_FLOOR)
def test_what_students_read_is_easy_to_read(lang: str, age: str, key: str) -> None:
    assert ease(read(key, lang, age=age), lang) >= EASE_FLOOR[key][lang]


@in_each_language
@for_each_age
@pytest.mark.parametrize("key", ["assignment", "worksheets"])
def test_what_everyone_is_given_has_no_long_sentence(lang: str, age: str, key: str) -> None:
    assert max(map(len, sentences(read(key, lang, age=age)))) <= LONGEST_SENTENCE[age]


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("en", "Look at the cat. It is black.", EASE_CONSTANT["en"] - 1.015 * 7 / 2 - 84.6 * 7 / 7),
        ("en", "Images stayed.", EASE_CONSTANT["en"] - 1.015 * 2 - 84.6 * 4 / 2),
        ("pt-BR", "Olhe o gato", EASE_CONSTANT["pt-BR"] - 1.015 * 3 - 84.6 * 5 / 3),
    ],
)
def test_the_reading_ease_is_that_of_the_formula(lang: str, text: str, wanted: float) -> None:
    assert ease(Paragraph(runs=(Run(text=text),)), lang) == pytest.approx(wanted)


def test_a_hard_text_would_be_found_out() -> None:
    hard = "The methodological presuppositions of quantitative classification necessitate interdisciplinary consideration."
    assert ease(Paragraph(runs=(Run(text=hard),)), "en") < 0


@in_each_language
def test_the_note_to_families_has_short_sentences(lang: str) -> None:
    assert max(map(len, sentences(section(read("plan", lang), "family-note")))) <= 30


@in_each_language
@for_each_age
def test_the_assignment_fits_on_a_page(lang: str, age: str) -> None:
    filled = read("assignment", lang, age=age, filling=FILLED)
    assert len(pressed.texts(formats.write(filled, "pdf", paper="letter"))) == 1


@in_each_language
def test_not_answering_is_an_equal_answer_wherever_students_hear_of_answers(lang: str) -> None:
    plan = read("plan", lang)
    places = [section(plan, found) for found in ("method", "care", "first-class", "second-class")]
    for place in (*places, *(read(key, lang) for key in ("assignment", "worksheets", "slides", "question-cards", "case-cards"))):
        assert NOT_ANSWERING[lang] in words_of(place)


@in_each_language
@pytest.mark.parametrize("key", ["assignment", "worksheets"])
def test_not_answering_is_a_box_to_tick(lang: str, key: str) -> None:
    assert any(NOT_ANSWERING[lang] in plain(choice.runs) for choice in inside(read(key, lang), Choice))


@of_each_document
@in_each_language
def test_every_count_in_billions_has_a_date(lang: str, key: str) -> None:
    for sentence in re.split(r"[.?] |\n", words_of(read(key, lang))):
        assert len(re.findall(r"\b20\d\d\b", sentence)) >= len(re.findall(r"\d (?:billion|bilhões)", sentence)), sentence


@in_each_language
@pytest.mark.parametrize("key", ["plan", "slides", "case-cards"])
def test_counts_in_billions_are_told_at_all(lang: str, key: str) -> None:
    assert re.search(r"\d (billion|bilhões)", words_of(read(key, lang)))


@of_each_document
@in_each_language
def test_the_words_are_calm(lang: str, key: str) -> None:
    found = read(key, lang, filling=FILLED)
    words = "\n".join((found.lead, found.time, found.age, words_of(found), *(figure.alt for figure in inside(found, Figure))))
    for name in NAMES:
        words = words.replace(name, "")
    assert "!" not in words
    assert AVOIDED.findall(words) == []
    assert re.findall(r"\"|'|“[^”]*“|”[^“]*”", words) == []  # typographic quotes, each opened and closed


# Sources


@in_each_language
def test_the_readings_are_among_the_references_and_the_article_comes_first(lang: str) -> None:
    links = links_of(read("references", lang))
    assert links[0] == READINGS[0]
    assert set(READINGS) <= set(links)
    assert links_of(read("plan", lang)) == [READINGS[0]]


@in_each_language
def test_every_reference_has_a_link_of_known_form_once(lang: str) -> None:
    links = links_of(read("references", lang))
    assert len(set(links)) == len(links)
    for address in links:
        assert KINDS_OF_LINKS.fullmatch(address), address


@of_each_document
@in_each_language
def test_a_link_is_written_out_for_those_who_read_on_paper(lang: str, key: str) -> None:
    for run in inside(read(key, lang), Run):
        if run.href is not None:
            written = run.text.replace("doi:", "doi.org/").replace("arXiv:", "arxiv.org/abs/")
            assert run.href.split("//")[1].removeprefix("www.").removeprefix("mail.").startswith(written)
            if "doi.org" in run.href or "arxiv.org" in run.href:
                assert run.href == f"https://{written}"


@of_each_document
@in_each_language
def test_every_number_that_a_source_is_named_by_is_among_the_references(lang: str, key: str) -> None:
    references = set(NUMBERS.findall(words_of(read("references", lang))))
    assert set(NUMBERS.findall(words_of(read(key, lang)))) <= references


@of_each_document
def test_both_languages_name_the_same_sources_and_call_the_same_ones_open(key: str) -> None:
    english, portuguese = (list(texts(read(key, lang))) for lang in ("en", "pt-BR"))
    assert [NUMBERS.findall(text) for text in english] == [NUMBERS.findall(text) for text in portuguese]
    assert ["(open access)" in text for text in english] == ["(acesso aberto)" in text for text in portuguese]


# Slides


@in_each_language
def test_slides_are_few_and_have_few_words_and_notes(lang: str) -> None:
    slides = read("slides", lang)
    assert 12 <= len(slides.sections) <= 18
    for slide in slides.sections:
        blocks = section(slides, slide.id)
        shown = words_of(tuple(block for block in blocks if not isinstance(block, Notes)))
        assert len(shown.split()) <= 35, slide.title
        assert sum(isinstance(block, Notes) for block in blocks) == 1, slide.title


@in_each_language
def test_the_minutes_in_the_notes_are_those_of_the_plan(lang: str) -> None:
    slides = read("slides", lang)
    openings = [words_of(note).split(".")[0] for note in inside(slides, Notes)]
    minutes = [sum(map(int, re.findall(r"(\d+) min\b", opening))) for opening in openings]
    second = [slide.id for slide in slides.sections].index("second-class")
    assert [sum(minutes[:second]), sum(minutes[second:])] == [found.minutes for found in read("plan", lang).sections if found.minutes]
