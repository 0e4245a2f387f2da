"""Nothing ever touches: hostile credits and claims on every kind of back and card."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from placed import only, said, texts, too_near_the_trim, touching
from printed import CASTLE, EN, card, photograph, pixels

from imagestolive import resources
from imagestolive.cards import Card
from imagestolive.credits import Credit
from imagestolive.faces import Code, Image, Kind, Side, Small, back, front
from imagestolive.records import Exposure, Look
from imagestolive.teaching import questions
from imagestolive.typeset import Metrics
from imagestolive.units import CARD_SIZES, CardSize, card_size
from imagestolive.words import Words

LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
WORDY = st.one_of(
    LETTERS,
    st.builds(lambda word, times: " ".join([word] * times), st.text("aAmWÉ.-", min_size=1, max_size=14), st.integers(1, 120)),
    st.builds(lambda sign, times: sign * times, st.sampled_from("aWi日"), st.integers(1, 2000)),
)
ADDRESS = st.builds(
    lambda tail, times: "https://example.org/" + tail * times, st.text("ab/?&=-", min_size=1, max_size=9), st.integers(0, 60)
)


@st.composite
def hostile_credits(draw: st.DrawFn) -> Credit:
    optional = st.one_of(st.none(), WORDY)
    return replace(
        CASTLE,
        sense=(
            f"“{draw(WORDY)}”",
            f"by {draw(WORDY)}",
            draw(st.sampled_from(["is licensed under CC BY 2.0", "· Image license not recorded"])),
        ),
        license_url=draw(st.sampled_from([None, CASTLE.license_url, "https://creativecommons.org/licenses/by-nc-sa/3.0/br/"])),
        dataset_terms=draw(optional),
        source=draw(st.one_of(st.none(), ADDRESS)),
        changes=draw(optional),
        note=draw(optional),
    )


@st.composite
def hostile_cards(draw: st.DrawFn) -> Card:
    width_px, height_px = draw(st.tuples(st.integers(1, 3000), st.integers(1, 3000)))
    picture = draw(st.sampled_from([pixels(25, 25), replace(photograph(), width_px=width_px, height_px=height_px)]))
    colour = st.tuples(*[st.integers(0, 255)] * 3)
    exposure = st.builds(Exposure, seconds=st.sampled_from([None, "1/8000"]), f_number=st.sampled_from([None, 2.8]), iso=st.just(100))
    return card(
        2000,
        of=2000,
        person=draw(st.sampled_from([None, 500])),
        credit=draw(st.one_of(st.none(), hostile_credits())),
        dataset=draw(WORDY),
        qr_url=draw(st.one_of(st.none(), ADDRESS.filter(lambda address: len(address) <= 78))),
        qr_level="L",
        picture=picture,
        may_crop=draw(st.booleans()),
        question=draw(st.sampled_from([None, *questions("en"), *questions("pt-BR")])),  # the only ones that there are
        labels=tuple(draw(st.lists(WORDY, max_size=12))),
        captions=tuple(draw(st.lists(WORDY, max_size=6))),
        captions_paid=draw(st.booleans()),
        look=draw(
            st.one_of(
                st.none(),
                st.builds(
                    Look,
                    palette=st.lists(colour, max_size=6).map(tuple),
                    ink=st.floats(0, 1),
                    exposure=st.one_of(st.none(), exposure),
                ),
            )
        ),
    )


OWN_SIZES = st.builds(lambda long, short: card_size(f"{long}x{min(short, long)}mm"), st.integers(90, 420), st.integers(60, 300))
SIZES = st.one_of(st.sampled_from(list(CARD_SIZES.values())), OWN_SIZES)
KINDS: st.SearchStrategy[Kind] = st.sampled_from(["credit", "postcard", "notes", "questions", "data"])
SMALL: st.SearchStrategy[Small] = st.sampled_from(["fill", "as-is", "thumbnail"])
LANGUAGES = st.sampled_from([EN, resources.words("pt-BR")])


def unspaced(string: str) -> str:
    """What remains of a text however it is broken into lines."""
    return "".join(string.split())


@settings(max_examples=250)
@given(hostile=hostile_cards(), size=SIZES, kind=KINDS, words=LANGUAGES, copied=st.booleans())
def test_on_no_back_does_anything_touch(metrics: Metrics, hostile: Card, size: CardSize, kind: Kind, words: Words, copied: bool) -> None:
    side = back(hostile, size, words, metrics, kind=kind, quality_small=copied)
    assert (side.width_mm, side.height_mm) == (size.width_mm, size.height_mm)
    assert touching(side) == []
    assert too_near_the_trim(side, 8 if kind == "postcard" else 10) == []
    assert all(text.x_mm + text.width_mm <= size.width_mm - 10 + 1e-6 for text in texts(side))
    for code in only(side, Code):
        assert code.size_mm / len(code.modules) >= 0.5
    assert_says_what_it_must(side, hostile, metrics)


def assert_says_what_it_must(side: Side, of: Card, metrics: Metrics) -> None:
    there = unspaced(said(side))
    assert of.code in there
    assert "2000" in there
    if of.credit:
        author, license_name = (metrics.drawable(part, "serif")[0] for part in of.credit.sense[1:])
        address = of.credit.license_url or ""
        if len(author) <= 250:
            assert unspaced(author) in there
        assert unspaced(license_name.removeprefix("· ")) in there
        assert address in there


@given(hostile=hostile_cards(), size=SIZES, small=SMALL, bleeds=st.booleans(), caption=st.booleans())
def test_on_no_front_does_anything_touch(
    metrics: Metrics, hostile: Card, size: CardSize, small: Small, bleeds: bool, caption: bool
) -> None:
    side = front(hostile, size, metrics, caption=caption and not bleeds, small=small, bleeds=bleeds)
    (image,) = only(side, Image)
    if side.bleeds:
        assert image.x_mm <= -3 + 1e-6
        assert image.y_mm <= -3 + 1e-6
    else:
        assert touching(side) == []
        assert too_near_the_trim(side, 7) == []
    assert {side.width_mm, side.height_mm} == {size.width_mm, size.height_mm}


@given(notice=WORDY, size=SIZES, kind=KINDS, words=LANGUAGES)
def test_a_withdrawn_card_of_any_size_has_its_notice_and_its_number(
    metrics: Metrics, notice: str, size: CardSize, kind: Kind, words: Words
) -> None:
    withdrawn = card(2000, of=2000, person=500, picture=None, notice=notice[:300])
    behind = back(withdrawn, size, words, metrics, kind=kind)
    assert touching(behind) == []
    assert too_near_the_trim(behind, 10) == []
    assert withdrawn.code in said(behind)
