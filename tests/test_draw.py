"""The draw, version 1: pinned numbers, the architecture's definition in the plainest code, and chances over many codes."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestolive import draw, sets
from imagestolive.draw import By, Screened
from imagestolive.sets import Pick

CODE = "K7Q29FXD"


def code_number(bits: int) -> str:
    return sets.new_code(lambda _: bits)


codes = st.integers(0, 2**35 - 1).map(code_number)


@dataclass
class Groups:
    """The rows of each group; `asked` is every choice that was made: the group, and which of its rows."""

    members: Sequence[Sequence[int]]
    asked: list[tuple[int, int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.members)

    def rows(self, n: int) -> int:
        return len(self.members[n])

    def row(self, n: int, r: int) -> int:
        self.asked.append((n, r))
        return self.members[n][r]


@dataclass
class Rows:
    """A data set of numbered images; `bad` rows are refused, `twins` share their bytes, in any data set."""

    key: str
    rows: int
    bad: frozenset[int] = frozenset()
    twins: frozenset[int] = frozenset()
    grouped: Mapping[str, Groups] = field(default_factory=dict)
    candidates: Sequence[int] | None = None
    tested: list[int] = field(default_factory=list)

    def screen(self, row: int) -> Screened:
        self.tested.append(row)
        sha256 = "twin" if row in self.twins else f"{self.key}-{row}"
        return Screened(image_id=f"i{row}", sha256=None if row in self.bad else sha256)

    def ids(self) -> Iterable[tuple[int, str]]:
        return ((row, f"i{row}") for row in (range(self.rows) if self.candidates is None else self.candidates))

    def groups(self, by: draw.Grouped) -> Groups:
        return self.grouped[by]


def drawn(code: str, people: int, cards: int, *sources: Rows, refused: Iterable[Pick] = (), **more: object) -> dict[int, Pick]:
    return draw.draw(
        code,
        people=people,
        cards=cards,
        sources={source.key: source for source in sources},
        refused=list(refused),
        **{"weights": {source.key: 1 for source in sources}, **more},  # type: ignore[arg-type]
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
    assert list(islice(draw.tries(CODE, 1, "coco", 118_287), 3)) == PINNED_ROWS
    assert draw.mix(CODE, 1, {"coco": 1, "open-images": 2, "digits": 1}) == PINNED_MIX


PINNED_ROWS = [108082, 3711, 30835]
PINNED_MIX = ["coco", "open-images", "digits"]
PINNED_BY: dict[By, list[str]] = {
    "class": ["i0", "i657", "i510", "i170", "i934", "i817"],
    "author": ["i993", "i998", "i996", "i169", "i997", "i224"],
}


@pytest.mark.parametrize("by", PINNED_BY)
def test_picks_by_class_and_by_author_are_pinned_for_draw_version_1(by: By) -> None:
    classes = Groups([range(0, 1000, 2), range(7), range(500, 1000)])
    authors = Groups([range(990), *([row] for row in range(990, 1000))])
    picks = drawn(CODE, 2, 3, Rows("a", 1000, grouped={"class": classes, "author": authors}), by=by)
    assert [pick.image_id for pick in picks.values()] == PINNED_BY[by]


@given(codes, st.integers(1, 6), st.integers(1, 5))
def test_every_slot_gets_an_image_and_none_twice(code: str, people: int, cards: int) -> None:
    picks = drawn(code, people, cards, Rows("a", 40), Rows("b", 5))
    assert list(picks) == list(range(1, people * cards + 1))
    assert len({pick.image for pick in picks.values()}) == people * cards


@given(codes, st.integers(0, 5))
def test_spare_cards_leave_the_others_as_they_are(code: str, spare: int) -> None:
    sources = Rows("a", 40), Rows("b", 15)
    without, more = drawn(code, 3, 3, *sources), drawn(code, 3, 3, *sources, spare=spare)
    assert {slot: pick for slot, pick in more.items() if slot <= 9} == without
    assert list(more) == list(range(1, 10 + spare))


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


def test_turns_put_replaced_slots_last_in_the_order_of_their_last_refusal() -> None:
    refused = [Pick(slot=slot, dataset="a", image_id=str(slot), sha256="") for slot in (2, 4, 2)]
    assert draw.turns(5, refused) == [1, 3, 5, 4, 2]


@settings(max_examples=25)
@given(codes, st.integers(1, 2**40))
def test_a_row_is_always_inside_its_table(code: str, rows: int) -> None:
    assert all(0 <= tried < rows for tried in islice(draw.tries(code, 1, "a", rows), 5))


def test_progress_is_told_once_a_slot() -> None:
    calls: list[int] = []
    drawn(CODE, 3, 2, Rows("a", 50), progress=lambda: calls.append(1))
    assert len(calls) == 6


def test_a_row_that_is_no_candidate_is_never_screened() -> None:
    narrow = Rows("a", 20_000, bad=frozenset(range(20_000)) - {123, 456}, candidates=[99, 123, 456])
    wide = Rows("a", 20_000, bad=narrow.bad)
    assert drawn(CODE, 1, 3, narrow) == drawn(CODE, 1, 3, wide)
    assert sorted(narrow.tested) == [99, 123, 456]


def test_when_every_candidate_is_used_nothing_more_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Rows("a", 50, candidates=[3, 8])
    assert len(drawn(CODE, 1, 2, source)) == 2

    def forbidden(*_: object) -> None:
        raise AssertionError("rows were gone through")

    monkeypatch.setattr(Rows, "ids", forbidden)
    assert len(drawn(CODE, 10, 3, source)) == 2


def test_the_rest_is_put_in_order_without_holding_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "ROUND", 1000)
    source = Rows("a", 20_000)
    source.bad = frozenset(row for row in range(source.rows) if row % 2500)  # the attempts find none of the eight
    tracemalloc.start()
    assert drawn(CODE, 1, 1, source)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(source.tested) > draw.ATTEMPTS
    assert peak_bytes < 1_000_000  # all of them at once take four times that


def by_the_words(
    code: str,
    people: int,
    cards: int,
    sources: Sequence[Rows],
    weights: Mapping[str, int],
    by: By,
    refused: Sequence[Pick],
    kept: Mapping[int, Pick],
) -> dict[int, Pick]:
    """The architecture's sentences one after the other, however long it takes."""

    def h(*parts: object) -> int:
        text = "|".join(map(str, ("imagestolive/1", code, *parts)))
        return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")

    def order(person: int) -> list[str]:
        tickets = [key for key in sorted(weights) for _ in range(weights[key])]
        found: list[str] = []
        while tickets:
            found.append(tickets[h("mix", person, len(found) + 1) * len(tickets) >> 128])
            tickets = [key for key in tickets if key != found[-1]]
        return found

    def rows(slot: int, source: Rows) -> Iterable[int]:
        for attempt in range(draw.ATTEMPTS if source.rows else 0):
            among: Sequence[int] = range(source.rows)
            if by != "image":
                groups = source.grouped[by].members
                among = groups[h("group", slot, source.key, attempt) * len(groups) >> 128]
            yield among[h("row", slot, source.key, attempt) * len(among) >> 128]
        yield from sorted(range(source.rows), key=lambda row: h("rest", slot, source.key, f"i{row}"))

    def first_allowed(slot: int, source: Rows) -> Pick | None:
        used = [*refused, *picks.values()]
        for row in rows(slot, source):
            image_id, sha256 = f"i{row}", source.screen(row).sha256
            if sha256 and all((source.key, image_id) != pick.image and sha256 != pick.sha256 for pick in used):
                return Pick(slot=slot, dataset=source.key, image_id=image_id, sha256=sha256)
        return None

    picks = dict(kept)
    refusals = [no.slot for no in refused]
    replaced = [slot for place, slot in enumerate(refusals) if slot not in refusals[place + 1 :]]
    for slot in [*(slot for slot in range(1, people * cards + 1) if slot not in replaced), *replaced]:
        person, card = divmod(slot - 1, cards)
        keys = order(person + 1)
        for place in range(len(keys)):
            here = [source for source in sources if source.key == keys[(card + place) % len(keys)]]
            if slot in picks or (not here and slot not in replaced):
                break
            for source in here:
                if found := first_allowed(slot, source):
                    picks[slot] = found
    return dict(sorted(picks.items()))


def grouped(names: Iterable[Iterable[str]]) -> Groups:
    """The groups of rows with these names each; "" where there is none."""
    members: dict[str, list[int]] = {}
    for row, of_row in enumerate(names):
        for name in of_row or ("",):
            members.setdefault(name, []).append(row)
    return Groups([members[name] for name in sorted(members)])


@st.composite
def tables(choose: st.DrawFn, key: str) -> Rows:
    rows = choose(st.integers(0, 9))
    some = st.frozensets(st.integers(0, 8)).map(lambda chosen: frozenset(row for row in chosen if row < rows))
    names = st.lists(st.frozensets(st.sampled_from("pqr")), min_size=rows, max_size=rows)
    bad = choose(some)
    known = choose(st.none() | some.map(lambda more: sorted(more | (set(range(rows)) - bad))))
    groups = {"class": grouped(choose(names)), "author": grouped(sorted(of_row)[:1] for of_row in choose(names))}
    return Rows(key, rows, bad=bad, twins=choose(some), grouped=groups, candidates=known)


@given(
    code=codes,
    sources=st.tuples(tables("a"), tables("b")),
    weights=st.fixed_dictionaries({"a": st.integers(1, 3), "b": st.integers(1, 3)}, optional={"gone": st.integers(1, 3)}),
    by=st.sampled_from(["image", "class", "author"]),
    numbers=st.sampled_from([(1000, 50_000), (3, 2), (0, 1)]),
    choices=st.data(),
)
def test_a_draw_is_what_the_architecture_says(
    code: str, sources: Sequence[Rows], weights: Mapping[str, int], by: By, numbers: tuple[int, int], choices: st.DataObject
) -> None:
    people, cards = choices.draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "ATTEMPTS", numbers[0])
        patch.setattr(draw, "ROUND", numbers[1])
        refused: list[Pick] = []
        kept: dict[int, Pick] = {}
        for _ in range(3):
            fast = drawn(code, people, cards, *sources, weights=weights, by=by, refused=refused, kept=kept)
            assert fast == by_the_words(code, people, cards, sources, weights, by, refused, kept)
            slot = choices.draw(st.integers(1, people * cards))
            refused.append(fast.get(slot, Pick(slot=slot, dataset="a", image_id="", sha256="")))
            stay = choices.draw(st.frozensets(st.sampled_from(range(1, 10))))
            kept = {slot: pick for slot, pick in fast.items() if slot in stay and pick not in refused}


CODES = [code_number(n * 8_388_593) for n in range(4000)]

# Chi-square's critical value at p = 0.0001, by degrees of freedom. The codes are always the same: a test passes or it does not.
CRITICAL = {2: 18.42, 5: 25.74, 9: 33.72, 12: 39.13}


def is_fair(counts: Counter[str], chances: Mapping[str, float]) -> bool:
    """Pearson's chi-square test: whether such counts come about where these are the chances."""
    n = counts.total()
    assert min(chances.values()) * n >= 5  # else the test says nothing
    if not counts.keys() <= chances.keys():
        return False
    return sum((counts[name] - n * chance) ** 2 / (n * chance) for name, chance in chances.items()) < CRITICAL[len(chances) - 1]


def evenly(names: Iterable[object]) -> dict[str, float]:
    every = list(map(str, names))
    return dict.fromkeys(every, 1 / len(every))


def image_ids(source: Rows, by: By = "image", slot: int = 1) -> Counter[str]:
    """How often each image comes to a slot."""
    return Counter(drawn(code, 1, slot, source, by=by)[slot].image_id for code in CODES)


PASSING = [0, 1, 2, 3, 4, 5, 6, 7, 30, 39]  # of 40 rows
MOSTLY_BAD = frozenset(range(40)) - set(PASSING)
FAIR_PASSING = evenly(f"i{row}" for row in PASSING)


@pytest.mark.parametrize("slot", [1, 3])
def test_every_row_has_the_same_chance(slot: int) -> None:
    assert is_fair(image_ids(Rows("a", 10), slot=slot), evenly(f"i{row}" for row in range(10)))


@pytest.mark.parametrize("candidates", [None, PASSING])
@pytest.mark.parametrize("attempts", [1000, 2, 0])
def test_every_row_that_passes_a_rule_has_the_same_chance(
    monkeypatch: pytest.MonkeyPatch, attempts: int, candidates: Sequence[int] | None
) -> None:
    monkeypatch.setattr(draw, "ATTEMPTS", attempts)
    assert is_fair(image_ids(Rows("a", 40, bad=MOSTLY_BAD, candidates=candidates)), FAIR_PASSING)


def test_every_class_has_the_same_chance_and_in_it_every_row() -> None:
    classes = Groups([[0, 1, 2], [2, 3, 4, 5, 6, 7], [8], [2, 8, 9]])  # image 2 stands in three of them
    counts = image_ids(Rows("a", 10, grouped={"class": classes}), by="class")
    chances = {str((group, row)): 1 / 4 / len(rows) for group, rows in enumerate(classes.members) for row in range(len(rows))}
    assert is_fair(Counter(map(str, classes.asked)), chances)
    assert is_fair(counts, {f"i{row}": sum((row in rows) / 4 / len(rows) for rows in classes.members) for row in range(10)})


def test_a_rule_takes_from_an_author_the_chance_of_the_images_it_takes() -> None:
    authors = Groups([[0, 1, 2, 3], [4], [5, 6], [7, 8]])
    bad = frozenset({1, 5, 6})
    counts = image_ids(Rows("a", 9, bad=bad, grouped={"author": authors}), by="author")
    passing = {f"i{row}": 1 / len(rows) for rows in authors.members for row in rows if row not in bad}
    assert is_fair(counts, {image_id: chance / sum(passing.values()) for image_id, chance in passing.items()})


def test_an_author_of_200_000_images_comes_no_oftener_than_one_of_a_single_image() -> None:
    much = 200_000
    authors = Groups([range(much), *([much + n] for n in range(9))])
    source = Rows("a", much + 9, grouped={"author": authors})

    def by_author(counts: Counter[str]) -> Counter[str]:
        return Counter(str(max(0, int(image_id[1:]) - much + 1)) for image_id in counts.elements())

    assert is_fair(by_author(image_ids(source, by="author")), evenly(range(10)))
    assert is_fair(Counter(str(row * 10 // much) for author, row in authors.asked if author == 0), evenly(range(10)))
    assert not is_fair(by_author(image_ids(source, by="image")), evenly(range(10)))


def test_data_sets_come_first_second_and_third_by_their_weights() -> None:
    weights = {"a": 1, "b": 2, "c": 3}
    chances = {"".join(order): weights[order[0]] / 6 * weights[order[1]] / (6 - weights[order[0]]) for order in permutations(weights)}
    assert is_fair(Counter("".join(draw.mix(code, 1, weights)) for code in CODES), chances)
    sources = [Rows(key, 50) for key in weights]
    counts = Counter(drawn(code, 2, 1, *sources, weights=weights)[2].dataset for code in CODES)
    assert is_fair(counts, {"a": 1 / 6, "b": 2 / 6, "c": 3 / 6})


def by_modulo(code: str) -> int:
    return (draw.number(code, "row", 1, "a", 0) >> 124) % len(PASSING)  # of sixteen numbers six come twice


def next_that_passes(code: str) -> int:
    tried = next(draw.tries(code, 1, "a", 40))
    return next(place for place, row in enumerate(PASSING) if row >= tried)


@pytest.mark.parametrize("biased", [by_modulo, next_that_passes])
def test_a_biased_draw_is_found_out(biased: Callable[[str], int]) -> None:
    assert not is_fair(Counter(f"i{PASSING[biased(code)]}" for code in CODES), FAIR_PASSING)
