"""The stages in order, over small data sets drawn here."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import drawn
import pytest

from imagestolive import pipeline as rooms
from imagestolive import resources, sets
from imagestolive.config import Config, DataSetConfig, Limits
from imagestolive.faces import Text
from imagestolive.fetch import Fetcher
from imagestolive.pipeline import (
    DataSetRefused,
    EmptyDataSet,
    FlagsWrong,
    NoSuchCard,
    NotForSale,
    NothingToDraw,
    NotReleased,
    Pipeline,
    TermsForbid,
    TooFewImages,
    TooFewImagesAtAll,
    UnknownDataSet,
    left_out_sentence,
)
from imagestolive.press import Press
from imagestolive.sets import DataSetPart, Pick, Request, TooManyCards
from imagestolive.words import Words

CODE = "K7Q29FXD"
EN = Words("en")
Make = Callable[..., Pipeline]


@pytest.fixture
def made(tmp_path: Path, data_folder: Path) -> Make:
    """A pipeline over folder data sets: made(mine=root, flags=text)."""

    def make(*, flags: str | None = None, allow: str | None = None, limits: Limits | None = None, **roots: Path) -> Pipeline:
        path = tmp_path / "flags.csv"
        if flags is not None:
            path.write_text("dataset,image_id,reason\n" + flags, encoding="utf-8")
        datasets = {key: DataSetConfig(key=key, root=root) for key, root in roots.items()}
        return Pipeline(
            Config(
                datasets=datasets,
                starter=False,
                flags=path if flags is not None else None,
                allow_unlicensed=allow,
                limits=limits or Limits(),
                data_folder=data_folder,
            )
        )

    return make


def ask(pipeline: Pipeline, people: int = 2, cards: int = 2, *keys: str, sold: bool = False, code: str = CODE) -> rooms.DrawnSet:
    policy = pipeline.policy(sold=sold)
    request, _ = pipeline.request(people=people, cards=cards, keys=keys, paper="a4", lang="en", policy=policy)
    return pipeline.draw(request, code, (), policy)


def test_a_set_is_drawn_whole_and_the_same_again(made: Make, tmp_path: Path) -> None:
    mine, other = drawn.folder(tmp_path / "mine", 30), drawn.folder(tmp_path / "other", 9, first=100)
    first = ask(made(mine=mine, other=other), 3, 2, "mine", "other")
    assert first.short == ()
    assert first == ask(made(mine=mine, other=other), 3, 2, "mine", "other")
    assert {pick.dataset for pick in first.picks.values()} == {"mine", "other"}


def test_replacing_a_card_changes_that_card_alone(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 30))
    first = ask(pipeline, 3, 2)
    policy = pipeline.policy(sold=False)
    second = pipeline.replace(first, 4, policy)
    assert {slot for slot in first.picks if first.picks[slot] != second.picks[slot]} == {4}
    assert second.refused == (first.picks[4],)
    third = pipeline.replace(second, 4, policy)
    assert third.picks[4].image not in {first.picks[4].image, second.picks[4].image}
    assert third == pipeline.draw(first.request, CODE, third.refused, policy)


def test_a_card_that_is_not_in_the_set_cannot_be_replaced(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 9))
    with pytest.raises(NoSuchCard, match="1 to 4"):
        pipeline.replace(ask(pipeline), 5, pipeline.policy(sold=False))


def test_everything_left_out_is_counted_once_by_its_reason(made: Make, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 12, licenses=("CC BY 2.0", "n/a", "CC BY-NC 2.0"))
    (root / "000.jpg").write_bytes(b"")
    (root / "003.jpg").write_text("not a picture", encoding="utf-8")
    pipeline = made(mine=root, flags="mine,006.jpg,a face\nmine,008.jpg,a name\n")
    found = ask(pipeline, 3, 2)
    # 12 images: 4 of each license. 000 and 003 unreadable, 006 and 008 flagged, 1 4 7 10 without license; 2 5 9 11 can be used.
    assert {pick.image_id for pick in found.picks.values()} == {"002.jpg", "005.jpg", "009.jpg", "011.jpg"}
    assert found.left_out == {"flagged": 2, "no license": 4, "unreadable": 2}
    assert left_out_sentence(found.left_out, EN) == "8 pictures were left out: 4 without license, 2 flagged, 2 unreadable."
    with pytest.raises(TooFewImages, match="asked for 6, 4 can be used: 4 without license, 2 flagged, 2 unreadable") as short:
        found.check_complete(EN)
    assert (short.value.exit_code, short.value.status) == (3, 409)


def test_a_data_set_that_is_too_small_says_so(made: Make, tmp_path: Path) -> None:
    with pytest.raises(TooFewImagesAtAll, match="asked for 4, 3 can be used"):
        ask(made(mine=drawn.folder(tmp_path / "mine", 3))).check_complete(EN)
    (tmp_path / "empty").mkdir()
    empty = made(mine=tmp_path / "empty", allow="mine")
    with pytest.raises(EmptyDataSet, match="0 images"):
        ask(empty, 1, 1, "mine")


def test_sold_prints_leave_out_what_does_not_allow_it(made: Make, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 10, licenses=("CC BY 2.0", "CC BY-NC 2.0"))
    found = ask(made(mine=root), 1, 5, sold=True)
    assert {int(pick.image_id[:3]) % 2 for pick in found.picks.values()} == {0}
    assert set(found.left_out) <= {"not for sale"}


def test_a_set_without_any_license_leaves_the_request_with_a_sentence(made: Make, tmp_path: Path) -> None:
    mine, bare = drawn.folder(tmp_path / "mine", 9), drawn.folder(tmp_path / "bare", 9, licenses=("",), first=50)
    pipeline = made(mine=mine, bare=bare)
    policy = pipeline.policy(sold=False)
    request, left = pipeline.request(people=1, cards=2, keys=("mine", "bare"), paper="a4", lang="en", policy=policy)
    assert [part.key for part in request.datasets] == ["mine"]
    assert [type(sentence) for sentence in left] == [TermsForbid]
    with pytest.raises(TermsForbid) as alone:
        pipeline.request(people=1, cards=2, keys=("bare",), paper="a4", lang="en", policy=policy)
    assert alone.value.exit_code == 3
    assert ask(made(mine=mine, bare=bare, allow="my own"), 1, 2, "bare").short == ()
    sold = pipeline.policy(sold=True)
    with pytest.raises(NotForSale):
        made(bare=bare, allow="my own").request(people=1, cards=1, keys=("bare",), paper="a4", lang="en", policy=sold)


def test_a_refused_data_set_is_told_with_its_story_and_never_drawn(made: Make, tmp_path: Path) -> None:
    pipeline = made(**{"tiny-images": drawn.folder(tmp_path / "tiny", 5)})
    policy = pipeline.policy(sold=False)
    assert "tiny-images" not in pipeline.drawable(policy)
    with pytest.raises(DataSetRefused, match="80 Million Tiny Images") as refused:
        pipeline.request(people=1, cards=1, keys=("tiny-images",), paper="a4", lang="en", policy=policy)
    assert refused.value.exit_code == 3
    with pytest.raises(NothingToDraw, match=r"80 Million.*MegaFace|MegaFace.*80 Million"):
        pipeline.request(people=1, cards=1, keys=("tiny-images", "megaface"), paper="a4", lang="en", policy=policy)
    with pytest.raises(NotReleased):
        pipeline.release(Pick(slot=1, dataset="tiny-images", image_id="000.jpg", sha256=""), policy)


def test_an_unknown_data_set_is_refused_by_name(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 3))
    with pytest.raises(UnknownDataSet, match="“nowhere”"):
        pipeline.request(people=1, cards=1, keys=("nowhere",), paper="a4", lang="en", policy=pipeline.policy(sold=False))


def test_too_many_cards_are_refused_before_anything_is_drawn(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 3), limits=Limits(cards=10))
    with pytest.raises(TooManyCards, match="up to 10"):
        pipeline.request(people=11, cards=1, keys=("mine",), paper="a4", lang="en", policy=pipeline.policy(sold=False))


@pytest.mark.parametrize("flags", ["mine,000.jpg\n", "mine,,because\n", ',"000.jpg",x\n', 'mine,"000.jpg,x\n', "mine,0\0.jpg,x\n"])
def test_a_list_of_flags_that_cannot_be_read_stops_everything(made: Make, tmp_path: Path, flags: str) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 3), flags=flags)
    with pytest.raises(FlagsWrong, match=r"flags\.csv") as wrong:
        pipeline.policy(sold=False)
    assert (wrong.value.status, wrong.value.exit_code) == (503, 2)


def test_a_list_of_flags_without_its_columns_or_its_file_stops_everything(tmp_path: Path) -> None:
    path = tmp_path / "flags.csv"
    for text in ("a,b\n1,2\n", "", "mine,000.jpg,bad\n", "a,b\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FlagsWrong, match="columns"):
            rooms.read_flags(path)
    with pytest.raises(FlagsWrong):
        rooms.read_flags(tmp_path / "none.csv")


def test_the_same_file_under_another_name_is_held_back_with_a_flagged_one(made: Make, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 5)
    shutil.copy(root / "000.jpg", root / "002.jpg")
    pipeline = made(mine=root, flags="mine,000.jpg,asked to\n")
    found = ask(pipeline, 1, 3)
    assert not {pick.image_id for pick in found.picks.values()} & {"000.jpg", "002.jpg"}
    with pytest.raises(NotReleased) as shut:
        pipeline.release(Pick(slot=1, dataset="mine", image_id="002.jpg", sha256=""), pipeline.policy(sold=False))
    assert shut.value.reason == "flagged"


def test_a_flag_that_names_no_image_is_told(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 3), flags="mine,000.jpg,x\nmine,OOO.jpg,x\nyours,000.jpg,x\n")
    told = [str(sentence) for sentence in pipeline.unmatched_flags(pipeline.policy(sold=False))]
    assert len(told) == 2
    assert "“OOO.jpg” of mine" in told[0]
    assert "of yours" in told[1]


def test_the_license_of_an_own_folder_holds_for_images_that_say_nothing_else(tmp_path: Path, data_folder: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 4, licenses=("", "flickr:0"))
    data_set = DataSetConfig(key="mine", root=root, facts={"license": "CC BY 4.0"})
    pipeline = Pipeline(Config(datasets={"mine": data_set}, starter=False, data_folder=data_folder))
    found = ask(pipeline, 1, 2)
    cards = pipeline.cards(found, pipeline.policy(sold=False), EN)
    assert {card.credit.license_name for card in cards if card.credit} == {"CC BY 4.0"}
    assert {pick.image_id for pick in found.picks.values()} == {"000.jpg", "002.jpg"}


def test_a_flag_set_after_the_draw_shuts_the_gate(made: Make, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 9)
    pipeline = made(mine=root, flags="")
    found = ask(pipeline)
    flagged = made(mine=root, flags=f"mine,{found.picks[2].image_id},asked to\n").policy(sold=False)
    with pytest.raises(NotReleased) as shut:
        pipeline.release(found.picks[2], flagged)
    assert shut.value.reason == "flagged"
    cards = list(pipeline.cards(found, flagged, EN))
    assert [card.notice for card in cards] == [None, "This picture is no longer handed out.", None, None]
    assert cards[1].picture is None


def test_the_policy_is_asked_again_before_the_pdf_leaves(made: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = drawn.folder(tmp_path / "mine", 9)
    pipeline = made(mine=root, flags="")
    found = ask(pipeline)
    before = pipeline.policy(sold=False)
    (tmp_path / "flags.csv").write_text(f"dataset,image_id,reason\nmine,{found.picks[1].image_id},now\n", encoding="utf-8")
    cards = Press(pipeline).sheets(found, before, BytesIO(), EN)
    assert cards[0].picture is None
    assert cards[1].picture is not None


def test_another_picture_under_the_same_id_is_not_the_one_that_was_seen(made: Make, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 5)
    pipeline = made(mine=root)
    found = ask(pipeline)
    (root / found.picks[1].image_id).write_bytes(drawn.jpeg(999))
    with pytest.raises(NotReleased) as shut:
        pipeline.release(found.picks[1], pipeline.policy(sold=False))
    assert shut.value.reason == "gone"


def test_a_set_drawn_again_reads_only_the_files_that_changed_and_the_gate_reads_each(
    made: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = drawn.folder(tmp_path / "mine", 4)
    pipeline = made(mine=root)
    first = ask(pipeline)
    read: list[str] = []
    fetch = Fetcher.fetch
    monkeypatch.setattr(Fetcher, "fetch", lambda self, record: (read.append(record.image_id), fetch(self, record))[1])
    assert ask(pipeline) == first
    assert read == []
    list(pipeline.cards(first, pipeline.policy(sold=False), EN))
    assert read == [pick.image_id for pick in first.picks.values()]
    read.clear()
    changed = first.picks[1].image_id
    (root / changed).write_bytes((root / changed).read_bytes() + b"\0")
    again = ask(pipeline)
    assert read == [changed]
    assert again.picks[1].sha256 != first.picks[1].sha256


def test_a_reprint_uses_the_picks_and_substitutes_nothing(made: Make, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 9)
    pipeline = made(mine=root)
    first = ask(pipeline)
    saved = sets.read_set_file(first.set_file().to_bytes())
    assert pipeline.reprint(saved).picks == first.picks
    (root / first.picks[3].image_id).unlink()
    later = made(mine=root)
    reprint = later.reprint(saved)
    assert reprint.picks == first.picks
    assert [later.reason(reprint, slot, later.policy(sold=False)) for slot in (2, 3)] == [None, "gone"]
    notices = [card.notice for card in later.cards(reprint, later.policy(sold=False), EN)]
    assert notices == [None, None, "The source no longer shows this picture.", None]
    replaced = later.replace(reprint, 3, later.policy(sold=False))
    assert replaced.held == {}
    assert {slot for slot in first.picks if first.picks[slot] != replaced.picks[slot]} == {3}


def test_a_reprint_and_a_replacement_is_the_draw_when_the_sources_are_the_same(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 30))
    policy = pipeline.policy(sold=False)
    first = ask(pipeline, 3, 3)
    reprint = pipeline.reprint(first.set_file())
    assert pipeline.replace(reprint, 5, policy) == pipeline.replace(first, 5, policy)


def test_a_data_set_that_is_gone_holds_its_slots_with_words(made: Make, tmp_path: Path) -> None:
    mine, other = drawn.folder(tmp_path / "mine", 30), drawn.folder(tmp_path / "other", 30, first=100)
    whole = ask(made(mine=mine, other=other), 3, 2, "mine", "other")
    alone = made(mine=mine)
    policy = alone.policy(sold=False)
    left = alone.draw(whole.request, CODE, (), policy)
    others = {slot for slot, pick in whole.picks.items() if pick.dataset == "other"}
    assert left.held == dict.fromkeys(sorted(others), "not here")
    assert left.picks == {slot: pick for slot, pick in whole.picks.items() if slot not in others}
    slot = min(others)
    replaced = alone.replace(left, slot, policy)
    assert replaced.picks[slot].dataset == "mine"
    assert set(replaced.held) == others - {slot}
    assert sets.read_set_file(replaced.set_file().to_bytes()).refused[0].image_id == ""


def test_a_data_set_that_changed_is_named(made: Make, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 9)
    found = ask(made(mine=root))
    (part,) = found.request.datasets
    request = dataclasses.replace(found.request, datasets=(dataclasses.replace(part, rows=0, fingerprint=part.fingerprint[:8]),))
    same = made(mine=root)
    assert same.draw(request, CODE, (), same.policy(sold=False)).changed == ()
    shutil.copy(root / "000.jpg", root / "zzz.jpg")
    later = made(mine=root)
    assert later.draw(request, CODE, (), later.policy(sold=False)).changed == ("mine",)


def test_the_license_map_of_the_operator_is_read(tmp_path: Path, data_folder: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 4, licenses=("Namensnennung",))
    data_set = DataSetConfig(key="mine", root=root, licenses={"Namensnennung": "CC BY 2.0"})
    pipeline = Pipeline(Config(datasets={"mine": data_set}, starter=False, data_folder=data_folder))
    (card,) = pipeline.cards(ask(pipeline, 1, 1), pipeline.policy(sold=False), EN)
    assert card.credit is not None
    assert card.credit.license_name == "CC BY 2.0"


def test_a_report_has_each_card_in_order_with_credit_decision_and_ppi(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 9))
    policy = pipeline.policy(sold=False)
    found = ask(pipeline)
    report = Press(pipeline).report(found, policy, EN)
    assert [card["number"] for card in report["cards"]] == [1, 2, 3, 4]
    assert [card["person"] for card in report["cards"]] == [1, 1, 2, 2]
    first = report["cards"][0]
    assert first["credit"].startswith('"Picture ')
    assert first["decision"] == {"allowed": True, "reason": None}
    assert first["ppi"] in {75.0, 60.0}  # four or five printer's dots a pixel
    assert first["record"]["image_id"] == found.picks[1].image_id
    assert None not in first["record"].values()
    assert report["picks"][0] == dataclasses.asdict(found.picks[1])


def test_progress_is_told_slot_by_slot(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 9))
    policy = pipeline.policy(sold=False)
    request, _ = pipeline.request(people=2, cards=2, keys=None, paper="a4", lang="en", policy=policy)
    told: list[tuple[int, int]] = []
    pipeline.draw(request, CODE, (), policy, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_words_for_a_withdrawn_and_a_lost_picture_differ() -> None:
    words = resources.words("pt-BR")
    said = {rooms.notice(reason, words) for reason in ("withdrawn", "gone", "flagged")}
    assert len(said) == 3
    assert rooms.notice("withdrawn", words) == "Esta imagem foi retirada a pedido."


def test_a_key_of_an_address_that_nobody_knows_is_held_too(made: Make, tmp_path: Path) -> None:
    pipeline = made(mine=drawn.folder(tmp_path / "mine", 9))
    request = Request(
        people=1, cards=2, datasets=(DataSetPart(key="mine", rows=0, fingerprint=""), DataSetPart(key="no-such", rows=0, fingerprint=""))
    )
    found = pipeline.draw(request, CODE, (), pipeline.policy(sold=False))
    assert len(found.held) == 1
    assert len(found.picks) == 1


def test_a_card_says_when_its_license_was_as_it_is_recorded(made: Make, tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 1)
    (root / "credits.csv").write_text("file,license,seen_on\n000.jpg,CC BY 2.0,2024-07-19\n", encoding="utf-8")
    pipeline = made(mine=root)
    (card,) = pipeline.cards(ask(pipeline, 1, 1, "mine"), pipeline.policy(sold=False), EN)
    assert card.license_seen_on == "19 July 2024"
    back = Press(pipeline).back(card, ask(pipeline, 1, 1, "mine").request, EN)
    strings = [item.string for item in back.items if isinstance(item, Text)]
    assert "From the data set mine; license as recorded on 19 July 2024" in " ".join(strings)
