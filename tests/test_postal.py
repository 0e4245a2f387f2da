"""Which sizes may be posted, literally: what a post says is a fact and no formula."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.postal import LIMITS, Limits, posting
from imagestolive.units import MM_PER_INCH, card_size

sides = st.floats(min_value=50, max_value=420)


def said(key: str) -> dict[str, str]:
    """Each post's answer in a word."""
    words = {
        why: word for limits in LIMITS for word in ("allowed", "too_small", "too_large", "too_square") for why in (getattr(limits, word),)
    }
    return {answer.post: words[answer.why] for answer in posting(card_size(key))}


@pytest.mark.parametrize(
    ("key", "upu", "usps", "deutsche_post"),
    [
        ("a6", "allowed", "allowed", "allowed"),
        ("a6-minus", "allowed", "allowed", "allowed"),
        ("4x6in", "allowed", "allowed", "allowed"),
        ("5x7in", "too_large", "too_large", "too_large"),
        ("5.5x4.25in", "too_square", "too_square", "too_square"),  # 1.294
        ("a5", "too_large", "too_large", "too_large"),
        ("140x90mm", "allowed", "allowed", "allowed"),
        ("138x88mm", "allowed", "too_small", "too_small"),
        ("137.9x88mm", "too_small", "too_small", "too_small"),
        ("127x88.9mm", "too_small", "allowed", "too_small"),
        ("126.9x88.9mm", "too_small", "too_small", "too_small"),
        ("140x87mm", "too_small", "too_small", "too_small"),
        ("235x125mm", "too_large", "too_large", "allowed"),
        ("237x122mm", "allowed", "too_large", "too_large"),
        ("237.1x90mm", "too_large", "too_large", "too_large"),
        ("235x122.1mm", "too_large", "too_large", "allowed"),
        ("152.4x107.95mm", "allowed", "allowed", "allowed"),
        ("150x107.15mm", "too_square", "allowed", "too_square"),
        ("127.27x97.9mm", "too_square", "allowed", "too_square"),  # 1.3, which floats make a little less
        ("152.5x107.95mm", "allowed", "too_large", "allowed"),
        ("152x108mm", "allowed", "too_large", "allowed"),
    ],
)
def test_each_post_says_what_it_takes(key: str, upu: str, usps: str, deutsche_post: str) -> None:
    assert said(key) == {"upu": upu, "usps": usps, "deutsche-post": deutsche_post}


@given(one=sides, other=sides)
def test_a_size_is_allowed_where_its_sentence_says_so(one: float, other: float) -> None:
    answers = posting(card_size(f"{one:.2f}x{other:.2f}mm"))
    assert [answer.post for answer in answers] == [limits.post for limits in LIMITS]
    assert [answer.allowed for answer in answers] == [answer.why.startswith("The size may be posted") for answer in answers]


@pytest.mark.parametrize("limits", LIMITS, ids=lambda limits: limits.post)
def test_the_sentences_name_the_limits(limits: Limits) -> None:
    def named(sentence: str) -> list[float]:
        in_mm = MM_PER_INCH if " in at " in sentence else 1
        return [float(number) * in_mm for number in re.findall(r"\d+(?:\.\d+)?", sentence)]

    assert named(limits.too_small) == pytest.approx(limits.least_mm)
    assert named(limits.too_large) == pytest.approx(limits.most_mm)
    assert named(limits.too_square) == [limits.ratio_least]
