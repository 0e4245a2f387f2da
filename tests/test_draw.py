"""The draw, version 1: pinned numbers, and properties over many codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from imagestolive import draw, sets
from imagestolive.draw import Screened
from imagestolive.sets import Pick

CODE = "K7Q29FXD"
codes = st.integers(0, 2**35 - 1).map(lambda bits: sets.new_code(lambda _: bits))


@dataclass
class Rows:
    """A data set of numbered images; `bad` rows are refused, `twins` share their bytes."""

    key: str
    rows: int
    bad: frozenset[int] = frozenset()
    twins: frozenset[int] = frozenset()
    tested: list[int] = field(default_factory=list)

    def screen(self, row: int) -> Screened:
        self.tested.append(row)
        sha256 = f"{self.key}-twin" if row in self.twins else f"{self.key}-{row}"
        return Screened(image_id=f"i{row}", sha256=None if row in self.bad else sha256)

    def ids(self) -> Iterable[tuple[int, str]]:
        return ((row, f"i{row}") for row in range(self.rows))


def drawn(code: str, people: int, cards: int, *sources: Rows, refused: Iterable[Pick] = (), **more: object) -> dict[int, Pick]:
    return draw.draw(
        code,
        people=people,
        cards=cards,
        weights={source.key: 1 for source in sources},
        sources={source.key: source for source in sources},
        refused=list(refused),
        **more,  # type: ignore[arg-type]
    )


def images(picks: dict[int, Pick]) -> dict[int, tuple[str, str]]:
    return {slot: pick.image for slot, pick in picks.items()}


def test_the_number_of_the_architecture_holds() -> None:
    assert f"{draw.number(CODE, 'mix', 1, 1):032x}" == "194207ec8b3a65eda8bb9b8ff18bd4dd"


def test_picks_are_pinned_for_draw_version_1() -> None:
    picks = images(drawn(CODE, 2, 2, Rows("a", 1000), Rows("b", 10)))
    assert picks == PINNED


PINNED = {1: ("a", "i21"), 2: ("b", "i8"), 3: ("a", "i20"), 4: ("b", "i9")}


def test_rows_and_orders_are_pinned_for_draw_version_1() -> None:
    assert [draw.row(CODE, 1, "coco", attempt, 118_287) for attempt in range(3)] == PINNED_ROWS
    assert draw.mix(CODE, 1, {"coco": 1, "open-images": 2, "digits": 1}) == PINNED_MIX


PINNED_ROWS = [108082, 3711, 30835]
PINNED_MIX = ["coco", "open-images", "digits"]


@given(codes, st.integers(1, 6), st.integers(1, 5))
def test_every_slot_gets_an_image_and_none_twice(code: str, people: int, cards: int) -> None:
    picks = drawn(code, people, cards, Rows("a", 40), Rows("b", 5))
    assert list(picks) == list(range(1, people * cards + 1))
    assert len({pick.image for pick in picks.values()}) == people * cards


@given(codes, st.integers(1, 6), st.integers(1, 4), st.data())
def test_replacing_one_card_changes_that_card_alone(code: str, people: int, cards: int, data: st.DataObject) -> None:
    sources = Rows("a", 60, twins=frozenset({3, 4, 5})), Rows("b", 12, bad=frozenset(range(0, 12, 3)))
    refused: list[Pick] = []
    before = drawn(code, people, cards, *sources)
    for _ in range(3):
        slot = data.draw(st.integers(1, people * cards))
        refused.append(before[slot])
        after = drawn(code, people, cards, *sources, refused=refused)
        assert {s: pick for s, pick in after.items() if s != slot} == {s: pick for s, pick in before.items() if s != slot}
        assert after[slot].image not in {no.image for no in refused}
        before = after


@given(codes, st.integers(1, 30))
def test_kept_picks_stand_and_the_replaced_slot_is_drawn_as_by_code(code: str, slot: int) -> None:
    source = Rows("a", 200)
    first = drawn(code, 10, 3, source)
    kept = {s: pick for s, pick in first.items() if s != slot}
    by_code = drawn(code, 10, 3, source, refused=[first[slot]])
    assert drawn(code, 10, 3, source, refused=[first[slot]], kept=kept) == by_code


def test_each_person_takes_each_data_set_in_turn() -> None:
    picks = drawn(CODE, 50, 3, Rows("a", 999), Rows("b", 999), Rows("c", 999))
    for person in range(50):
        assert {picks[person * 3 + card].dataset for card in (1, 2, 3)} == {"a", "b", "c"}


def test_an_exhausted_data_set_passes_to_the_persons_next_one() -> None:
    picks = drawn(CODE, 10, 2, Rows("few", 3), Rows("many", 500))
    assert Counter(pick.dataset for pick in picks.values()) == {"few": 3, "many": 17}


def test_slots_stay_short_when_nothing_is_left_and_every_row_was_tested_once() -> None:
    source = Rows("a", 50, bad=frozenset(range(50)) - {7, 9})
    picks = drawn(CODE, 10, 3, source)
    assert {pick.image_id for pick in picks.values()} == {"i7", "i9"}
    assert sorted(source.tested) == list(range(50))


def test_one_allowed_row_in_many_is_found_by_the_rest_step() -> None:
    source = Rows("a", 20_000, bad=frozenset(range(20_000)) - {123, 456})
    picks = drawn(CODE, 1, 2, source)
    smallest = min(("i123", "i456"), key=lambda image_id: draw.number(CODE, "rest", 1, "a", image_id))
    assert [pick.image_id for pick in picks.values()] == [smallest, {"i123": "i456", "i456": "i123"}[smallest]]


def test_the_same_bytes_are_never_in_a_set_twice() -> None:
    picks = drawn(CODE, 5, 4, Rows("a", 20, twins=frozenset(range(10))))
    assert len(picks) == 11


def test_a_refused_image_comes_back_nowhere() -> None:
    first = drawn(CODE, 1, 3, Rows("a", 4))
    again = drawn(CODE, 1, 3, Rows("a", 4), refused=[first[1]])
    assert first[1].image not in [pick.image for pick in again.values()]


def test_a_data_set_that_is_gone_leaves_its_slots_empty_until_they_are_replaced() -> None:
    a, b = Rows("a", 100), Rows("b", 100)
    whole = drawn(CODE, 4, 2, a, b)
    weights = {"a": 1, "b": 1}
    left = draw.draw(CODE, people=4, cards=2, weights=weights, sources={"a": a})
    assert left == {slot: pick for slot, pick in whole.items() if pick.dataset == "a"}
    slot = next(slot for slot in whole if slot not in left)
    nothing = Pick(slot=slot, dataset="b", image_id="", sha256="")
    replaced = draw.draw(CODE, people=4, cards=2, weights=weights, sources={"a": a}, refused=[nothing])
    assert replaced[slot].dataset == "a"
    assert {s: pick for s, pick in replaced.items() if s != slot} == left


def test_an_empty_data_set_holds_nothing_up() -> None:
    assert {pick.dataset for pick in drawn(CODE, 2, 2, Rows("none", 0), Rows("some", 9)).values()} == {"some"}


def test_weights_shape_the_order_of_data_sets() -> None:
    firsts = Counter(draw.mix(sets.new_code(lambda _, n=n: n * 1_000_003), 1, {"a": 1, "b": 3})[0] for n in range(4000))
    # Binomial with p = 3/4: 3000 +- 27 (one standard deviation); five of them.
    assert abs(firsts["b"] - 3000) < 137


def test_rows_are_uniform_over_many_codes() -> None:
    bins = Counter(draw.row(sets.new_code(lambda _, n=n: n * 7_919), 1, "coco", 0, 10) for n in range(5000))
    chi_square = sum((count - 500) ** 2 / 500 for count in bins.values())
    assert len(bins) == 10
    assert chi_square < 33.7  # 9 degrees of freedom, p = 0.0001


def test_turns_put_replaced_slots_last_in_the_order_of_their_last_refusal() -> None:
    refused = [Pick(slot=slot, dataset="a", image_id=str(slot), sha256="") for slot in (2, 4, 2)]
    assert draw.turns(5, refused) == [1, 3, 5, 4, 2]


@settings(max_examples=25)
@given(codes, st.integers(1, 2**40))
def test_a_row_is_always_inside_its_table(code: str, rows: int) -> None:
    assert 0 <= draw.row(code, 1, "a", 0, rows) < rows


def test_progress_is_told_once_a_slot() -> None:
    calls: list[int] = []
    drawn(CODE, 3, 2, Rows("a", 50), progress=lambda: calls.append(1))
    assert len(calls) == 6
