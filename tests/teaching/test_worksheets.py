"""Worksheets, question cards and case cards: all there, in both languages, with room to write, each on its page or card."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

import pressed
import pytest

from imagestolive.teaching import formats, source_text
from imagestolive.teaching.blocks import (
    BLANK,
    Block,
    Box,
    Choice,
    Cutout,
    Document,
    Figure,
    Fold,
    Heading,
    Items,
    Lines,
    Paragraph,
    Table,
    texts,
)
from imagestolive.teaching.documents import document
from imagestolive.teaching.filling import Filling
from imagestolive.teaching.source import AGES
from imagestolive.words import LANGUAGES

KEYS = ("worksheets", "question-cards", "case-cards")
# Each worksheet: its id and the least room there is, in mm, for what is written or drawn on it.
WORKSHEETS = {
    "two-looks": 100,
    "seven-days": 140,
    "three-images-three-relations": 90,
    "where-is-it-from": 130,
    "guess-the-label": 110,
    "what-was-left-out": 110,
    "exit-ticket": 70,
}
STACKS = ("data", "interface", "image", "media", "outside")
CASES = ("Clearview AI", "ImageNet Roulette", "80 Million Tiny Images", "MegaFace", "Diversity in Faces", "LAION-5B")
REFUSAL = {"en": "I choose not to answer", "pt-BR": "refiro não responder"}
NO_NAMES = {"en": "Please do not write names.", "pt-BR": "or favor, não escreva nomes."}
CARD_NUMBER = {"en": r"[Cc]ard numbers? ", "pt-BR": r"([Cc]artão número|[Nn]úmeros dos cartões) "}
WHAT_BECAME = {"en": "What became of it.", "pt-BR": "O que aconteceu depois."}
SOURCES = {"en": "Sources: ", "pt-BR": "Fontes: "}
AVOIDED = re.compile(r"\b(AI|IA|artificial|magic\w*|m[áa]gic\w*|dream\w*|sonh\w*|robots?|robôs?|brains?|cérebros?)\b|!", re.IGNORECASE)
WRITING_MM, ROW_MM = 9.5, 12

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)
on_each_paper = pytest.mark.parametrize("paper", formats.PAPERS)
each_document = pytest.mark.parametrize("key", KEYS)


def sections(found: Document) -> dict[str, list[Block]]:
    """What stands under each heading of level 2, by its id."""
    parts: dict[str, list[Block]] = {}
    for block in found.blocks:
        if isinstance(block, Heading) and block.level == 2:
            parts[block.id] = []
        parts[next(reversed(parts))].append(block)
    return parts


def words_of(blocks: Iterable[Block]) -> str:
    return " ".join(texts(tuple(blocks)))


def shape(blocks: Sequence[Block]) -> list[object]:
    """What blocks are, without their words."""
    found: list[object] = []
    for block in blocks:
        match block:
            case Cutout(name=name, blocks=inner):
                found.append((name, shape(inner)))
            case Items(items=items):
                found.append([shape(item) for item in items])
            case Table(head=head, rows=rows):
                found.append((len(head), len(rows), block.row_heads))
            case Lines(count=count):
                found.append(count)
            case Box(height_mm=height):
                found.append(height)
            case Figure(name=name):
                found.append(name)
            case Paragraph(runs=runs):
                found.append([(run.strong, run.emphasis, run.href) for run in runs])
            case _:
                found.append(type(block).__name__)
    return found


def room_mm(blocks: Iterable[Block]) -> float:
    room = 0.0
    for block in blocks:
        if isinstance(block, Lines):
            room += block.count * WRITING_MM
        elif isinstance(block, Box):
            room += block.height_mm
        elif isinstance(block, Table):
            room += ROW_MM * sum(any(not cell for cell in row) for row in block.rows)
        elif isinstance(block, Figure) and block.name == "frame":
            room += 80
    return room


def cards(key: str, lang: str) -> list[Cutout]:
    return [block for block in document(key, lang).blocks if isinstance(block, Cutout)]


@cache
def pages(key: str, lang: str, paper: str) -> list[str]:
    """The words of each page as it is printed."""
    return [" ".join(page.split()) for page in pressed.texts(formats.write(document(key, lang), "pdf", paper=paper))]


def title_of(card: Cutout) -> str:
    first = card.blocks[0]
    assert isinstance(first, Heading)
    return first.title


# All of them


@each_document
def test_both_languages_are_made_of_the_same_blocks(key: str) -> None:
    english, portuguese = (shape(document(key, lang).blocks) for lang in LANGUAGES)
    if key == "question-cards":  # a Portuguese reader is told that the source is in English
        english, portuguese = ([part for part in parts if "https://" not in str(part)] for parts in (english, portuguese))
    assert english == portuguese


@each_document
@in_each_language
def test_the_words_are_calm(key: str, lang: str) -> None:
    words = words_of(document(key, lang).blocks)
    for name in ("Clearview AI", "Diagram of an AI Image System", "Exposing.ai"):
        words = words.replace(name, "")
    assert AVOIDED.findall(words) == []


@each_document
@in_each_language
def test_sentences_are_short(key: str, lang: str) -> None:
    longest = max(re.split(r"[.?:;]\W", words_of(document(key, lang).blocks)), key=lambda sentence: len(sentence.split()))
    assert len(longest.split()) <= 36, longest


# Worksheets


@in_each_language
def test_there_is_every_worksheet(lang: str) -> None:
    assert tuple(sections(document("worksheets", lang))) == tuple(WORKSHEETS)


@in_each_language
@pytest.mark.parametrize("sheet", WORKSHEETS)
def test_a_worksheet_has_room_to_write_and_asks_for_no_name(sheet: str, lang: str) -> None:
    blocks = sections(document("worksheets", lang))[sheet]
    words = words_of(blocks)
    assert room_mm(blocks) >= WORKSHEETS[sheet]
    assert NO_NAMES[lang] in words
    assert re.search(CARD_NUMBER[lang] + rf"\W*1?\W*{BLANK}", words)
    assert re.search(rf"(Set|Conjunto) {BLANK}", words)
    asked = re.sub("|".join(NO_NAMES.values()), "", words)
    assert not re.search(rf"\b([Nn]ames?|[Nn]omes?|[Tt]urma|[Cc]lass)\b[^.]*{BLANK}", asked)


@in_each_language
@pytest.mark.parametrize("sheet", WORKSHEETS)
def test_not_answering_can_be_ticked_on_each_worksheet(sheet: str, lang: str) -> None:
    blocks = sections(document("worksheets", lang))[sheet]
    choices = [block for block in blocks if isinstance(block, Choice)]
    assert choices
    assert all(REFUSAL[lang] in words_of([choice]) for choice in choices)
    folds = sum(isinstance(block, Fold) for block in blocks)
    assert len(choices) == folds + 1  # one on each half


@in_each_language
def test_the_second_look_is_as_large_as_the_first_and_on_the_other_half(lang: str) -> None:
    blocks = sections(document("worksheets", lang))["two-looks"]
    fold = next(at for at, block in enumerate(blocks) if isinstance(block, Fold))
    first, second = blocks[:fold], blocks[fold:]
    assert [block.count for block in first if isinstance(block, Lines)] == [block.count for block in second if isinstance(block, Lines)]
    assert "20" in words_of(first)
    assert "30" not in words_of(first)
    assert "30" in words_of(second)


@in_each_language
def test_the_diary_has_seven_days(lang: str) -> None:
    (table,) = [block for block in sections(document("worksheets", lang))["seven-days"] if isinstance(block, Table)]
    assert [words_of([Paragraph(runs=row[0])]) for row in table.rows] == list("1234567")
    assert table.row_heads
    assert all(not cell for row in table.rows for cell in row[1:])


@in_each_language
def test_the_code_of_the_set_is_written_in(lang: str) -> None:
    for blocks in sections(document("worksheets", lang, filling=Filling(code="K7Q2-9FXD"))).values():
        assert words_of(blocks).count("K7Q2-9FXD") == 1


@in_each_language
@on_each_paper
def test_each_worksheet_is_one_page(lang: str, paper: str) -> None:
    found = document("worksheets", lang)
    printed = pages("worksheets", lang, paper)
    assert len(printed) == len(found.sections)
    for page, section in zip(printed, found.sections, strict=True):
        assert section.title in page
        assert REFUSAL[lang] in page


@pytest.mark.parametrize("age", AGES)
def test_each_worksheet_is_one_page_when_it_is_filled_in_for_an_age(age: str) -> None:
    """In the longer language on the shorter paper."""
    found = document("worksheets", "pt-BR", age=age, filling=Filling(code="K7Q2-9FXD"))
    assert len(pressed.texts(formats.write(found, "pdf", paper="letter"))) == len(found.sections)


# Question cards


@in_each_language
def test_there_are_four_cards_for_each_of_five_stations(lang: str) -> None:
    assert [card.name for card in cards("question-cards", lang)] == [stack for stack in STACKS for _ in range(4)]


@in_each_language
def test_a_question_card_asks_one_question_and_two_or_three_more(lang: str) -> None:
    found = cards("question-cards", lang)
    for card in found:
        heading, question, more = card.blocks
        assert isinstance(heading, Heading)
        assert heading.title.endswith("?")
        assert isinstance(question, Paragraph)
        assert "?" in words_of([question])
        assert all(run.strong for run in question.runs)
        assert isinstance(more, Items)
        assert len(more.items) in (2, 3)
        assert len(words_of(card.blocks).split()) <= 60, heading.title
    assert len({title_of(card) for card in found}) == len(found)


@in_each_language
def test_the_drawing_comes_first_and_its_idea_is_credited(lang: str) -> None:
    blocks = document("question-cards", lang).blocks
    assert isinstance(blocks[1], Figure)
    assert words_of(blocks).count("Eryk Salvaggio") >= 2
    assert "https://mail.cyberneticforests.com/diagram-of-an-ai-image-system" in source_text(f"question-cards.{lang}.md", lang)


@pytest.mark.parametrize(
    ("key", "paper", "on_a_page"), [("case-cards", "a4", 2), ("case-cards", "letter", 2), ("question-cards", "letter", 4)]
)
@in_each_language
def test_each_card_fits_and_so_many_make_a_page(key: str, lang: str, paper: str, on_a_page: int) -> None:
    found = cards(key, lang)
    printed = pages(key, lang, paper)
    with_cards = [page for page in printed if f"/{len(found)}" in page]
    assert len(with_cards) == -(-len(found) // on_a_page)
    for at, card in enumerate(found):
        assert title_of(card) in with_cards[at // on_a_page]


# Case cards


@in_each_language
def test_there_is_a_card_for_each_case(lang: str) -> None:
    found = cards("case-cards", lang)
    assert tuple(map(title_of, found)) == CASES
    assert {card.name for card in found} == {"case"}


@in_each_language
@pytest.mark.parametrize("case", CASES)
def test_a_case_says_what_became_of_it_asks_twice_and_names_its_sources(case: str, lang: str) -> None:
    (card,) = [card for card in cards("case-cards", lang) if title_of(card) == case]
    _, _, became, asked, sources = card.blocks
    assert words_of([became]).startswith(WHAT_BECAME[lang])
    assert isinstance(asked, Items)
    assert len(asked.items) == 2
    assert all(words_of(item).endswith("?") for item in asked.items)
    assert words_of([sources]).startswith(SOURCES[lang])
    assert re.search(r"\b20\d\d\b", words_of([sources]))
    assert len(words_of(card.blocks[1:4]).split()) <= 110


@in_each_language
@pytest.mark.parametrize("case", CASES)
def test_a_count_has_a_year_in_its_sentence_or_the_one_before(case: str, lang: str) -> None:
    (card,) = [card for card in cards("case-cards", lang) if title_of(card) == case]
    sentences = ["", *re.split(r"[.?] ", words_of(card.blocks[1:4]))]
    for before, sentence in pairwise(sentences):
        if re.search(r"\d[.,]\d{3}|\d (billion|bilhões)", sentence):
            assert re.search(r"\b20\d\d\b", before + sentence), sentence


@in_each_language
def test_sources_are_written_as_they_are_found(lang: str) -> None:
    words = words_of(document("case-cards", lang).blocks)
    known = re.findall(r"doi:10\.\d{4,5}/[\w.()-]*\w|arXiv:\d{4}\.\d{5}", words)
    assert len(known) == len(re.findall(r"doi:|arXiv:", words)) == 8


def test_both_languages_give_the_same_numbers_and_sources() -> None:
    english, portuguese = (words_of(document("case-cards", lang).blocks) for lang in LANGUAGES)
    pattern = r"doi:10\.\d{4,5}/[\w.()-]*\w|arXiv:\d{4}\.\d{5}"
    assert re.findall(pattern, english) == re.findall(pattern, portuguese)
    numbers = [sorted(re.sub(r"[.,]", "", number) for number in re.findall(r"\d[\d.,]*\d", words)) for words in (english, portuguese)]
    assert numbers[0] == numbers[1]
