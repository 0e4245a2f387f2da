"""The questions for the backs of cards: the same in each language, plainly said, and short enough for every card."""

from __future__ import annotations

from pathlib import Path

import pytest
from printed import card, fonts

from imagestolive import resources
from imagestolive.faces import Side, Text, back
from imagestolive.teaching import NoPlanInLanguage, PlanBroken, questions
from imagestolive.typeset import Metrics
from imagestolive.units import CARD_SIZES, CardSize
from imagestolive.words import LANGUAGES

SIZES_PT = (15, 13)  # of a question in the design
LINES = 5

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    return Metrics(fonts(tmp_path_factory))


def asked(side: Side) -> list[Text]:
    """The lines of the question: the only serif type right of the card's middle."""
    return [item for item in side.items if isinstance(item, Text) and item.face == "serif" and item.x_mm > side.width_mm / 2]


def test_every_language_asks_as_many_questions_and_none_twice() -> None:
    assert 20 <= len(questions("en")) <= 30
    for lang in LANGUAGES:
        assert len(set(questions(lang))) == len(questions("en"))


@in_each_language
def test_every_question_is_one_and_may_have_a_second_half(lang: str) -> None:
    for question in questions(lang):
        assert question.endswith("?")
        assert question[0].isupper()
        assert question.count("?") <= 2
        assert not set("!\"'") & set(question)
        assert question.split() == question.split(" ")


@in_each_language
@pytest.mark.parametrize("size", CARD_SIZES.values(), ids=lambda size: size.key)
def test_every_question_fits_on_every_card_in_large_type(metrics: Metrics, lang: str, size: CardSize) -> None:
    for question in questions(lang):
        side = back(card(question=question), size, resources.words(lang), metrics, kind="questions")
        lines = asked(side)
        assert " ".join(line.string for line in lines) == question
        assert len(lines) <= LINES
        assert {line.size_pt for line in lines} <= set(SIZES_PT)


@pytest.mark.parametrize("lang", ["de", "../en"])
def test_questions_in_a_language_we_do_not_have_are_not_found(lang: str) -> None:
    with pytest.raises(NoPlanInLanguage):
        questions(lang)


def test_a_file_without_questions_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "questions.en.md").write_text("Nothing is asked here.\n", encoding="utf-8")
    monkeypatch.setattr(resources, "folder", lambda _: tmp_path)
    questions.cache_clear()
    with pytest.raises(PlanBroken, match=r"questions\.en\.md .*no line that begins with a hyphen"):
        questions("en")
