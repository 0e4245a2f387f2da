"""Backs that are kept as they were laid out: the same ones, and only as many as were said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pressed import EN, Made

from imagestolive import faces, resources
from imagestolive.press import Press
from imagestolive.sets import Printing


def test_a_kept_back_is_the_one_that_would_be_laid_out_again(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = list(made.press.pipeline.cards(made.drawn, made.policy, EN))
    press, request = Press(made.press.pipeline, backs_kept=10), made.drawn.request
    fresh = [made.press.back(card, request, EN) for card in cards]
    assert [press.back(card, request, EN) for card in cards] == fresh
    monkeypatch.setattr(faces, "back", pytest.fail)
    assert [press.back(card, request, EN) for card in cards] == fresh


def test_another_kind_size_language_or_way_of_printing_is_another_back(made: Made) -> None:
    card = next(made.press.pipeline.cards(made.drawn, made.policy, EN))
    press, request = Press(made.press.pipeline, backs_kept=10), made.drawn.request
    portuguese = resources.words("pt-BR")
    ways = [
        replace(request, back="notes"),
        replace(request, card="5x7in"),
        replace(request, flip="none"),
        replace(request, printing=Printing(quality="small")),
    ]
    backs = [press.back(card, request, EN), press.back(card, request, portuguese), *(press.back(card, way, EN) for way in ways)]
    assert backs == [
        made.press.back(card, request, EN),
        made.press.back(card, request, portuguese),
        *(made.press.back(card, way, EN) for way in ways),
    ]
    assert len(set(backs[:4])) == 4


def test_no_more_backs_are_kept_than_was_said(made: Made) -> None:
    press, request = Press(made.press.pipeline, backs_kept=2), made.drawn.request
    for card in made.press.pipeline.cards(made.drawn, made.policy, EN):
        press.back(card, request, EN)
    assert len(press._backs) == 2
