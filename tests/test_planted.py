"""The made-up collection: of what is planted in it nothing comes out, of the rest nothing is missing without a reason."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from painted import scan
from planted import KEY, PEOPLE, TROUBLE, Planted, in_configuration_alone, plant

from imagestolive import cli, sets
from imagestolive.pipeline import DrawnSet, NotReleased, Pipeline
from imagestolive.press import Press
from imagestolive.press.files import MAKERS, make
from imagestolive.sets import Pick
from imagestolive.web import create_app
from imagestolive.wordlists import WordsWrong
from imagestolive.words import Words

SETS = int(os.environ.get("PLANTED_SETS", "100"))
CODES = [sets.new_code(lambda _, n=n: n * 48_271) for n in range(SETS)]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    root = tmp_path_factory.mktemp("planted")
    return plant(root, root / "data")


@pytest.fixture(scope="module")
def pipeline(planted: Planted) -> Pipeline:
    return Pipeline(planted.config, blocked=lambda _: planted.blocked)


def draw(pipeline: Pipeline, code: str, people: int = 5, cards: int = 6, *, school: bool = False, nobody_looks: bool = True) -> DrawnSet:
    policy = pipeline.policy(sold=False, school=school)
    request, _ = pipeline.request(people=people, cards=cards, keys=None, paper="a4", lang="en", policy=policy)
    return pipeline.draw(request, code, (), policy, nobody_looks=nobody_looks)


def names(drawn: DrawnSet) -> list[str]:
    return [pick.image_id for pick in drawn.picks.values()]


def twins(planted: Planted, shown: list[str]) -> list[str]:
    return [name for name in shown if planted.originals.get(name) in shown]


def test_nothing_planted_is_drawn_for_those_who_do_not_look(planted: Planted, pipeline: Pipeline) -> None:
    for code in CODES:
        shown = names(draw(pipeline, code))
        assert len(shown) == 30
        assert not planted.never & set(shown)
        assert not twins(planted, shown)


def test_everything_that_is_left_out_is_counted_with_its_reason_and_nothing_else_is(planted: Planted, pipeline: Pipeline) -> None:
    drawn = draw(pipeline, CODES[0], people=50, cards=10)
    near = {name for name, kind in planted.kinds.items() if kind == "nearly another one"} | set(planted.originals.values())
    shown = set(names(drawn))
    assert planted.clean - near <= shown <= planted.clean | near
    assert len(shown & near) == len(near) / 2  # one of each two
    assert drawn.left_out == planted.expected()
    assert len(shown) + sum(drawn.left_out.values()) == len(planted.files)
    assert drawn.short == tuple(range(len(shown) + 1, 501)) or len(drawn.short) == 500 - len(shown)


def test_in_school_mode_nobody_is_seen_and_what_is_doubtful_is_held_back(planted: Planted, pipeline: Pipeline) -> None:
    drawn = draw(pipeline, CODES[1], people=50, cards=10, school=True, nobody_looks=False)
    shown = set(names(drawn))
    assert not (planted.never | planted.with_people) & shown
    assert not drawn.waiting
    kinds = Counter(planted.kinds.values())
    assert drawn.left_out[PEOPLE] == len(planted.with_people)
    assert drawn.left_out["flagged"] == planted.expected()["flagged"] + kinds["scored in between"]
    assert len(shown) + sum(drawn.left_out.values()) == len(planted.files)


def test_whoever_looks_draws_the_same_and_finds_what_waits_in_its_slots(planted: Planted, pipeline: Pipeline) -> None:
    policy = pipeline.policy(sold=False)
    waited: Counter[str] = Counter()
    for code in CODES[:20]:
        looked, unseen = draw(pipeline, code, nobody_looks=False), draw(pipeline, code)
        same = {slot for slot in looked.picks if looked.picks[slot] == unseen.picks[slot]}
        assert same == looked.picks.keys() - {no.slot for no in unseen.refused}
        held = {slot for slot, pick in looked.picks.items() if pick.image_id in planted.never}
        assert held <= looked.waiting.keys() <= held | {slot for slot in looked.picks if pipeline.reason(looked, slot, policy)}
        assert not looked.left_out.get("held for review")
        for slot in looked.waiting:
            image = looked.picks[slot].image
            waited[planted.kinds.get(image[1], "clean")] += 1
            assert pipeline.reason(looked, slot, policy) == "held for review"
            assert pipeline.card(looked, slot, policy, Words("en")).picture is None
            assert pipeline.card(looked, slot, policy.to_look(), Words("en")).picture is not None
            kept = pipeline.policy(sold=False, reviewed=[image])
            assert pipeline.reason(looked, slot, kept) is None
            assert draw_under(pipeline, looked, kept) == looked.picks
    assert waited.keys() >= {"scored in between", "a word in its title", "of one tone"}


def draw_under(pipeline: Pipeline, drawn: DrawnSet, policy: object) -> object:
    return pipeline.draw(drawn.request, drawn.code, (), policy).picks  # type: ignore[arg-type]


def test_the_gate_lets_nothing_planted_through(planted: Planted, pipeline: Pipeline) -> None:
    policy = pipeline.policy(sold=False)
    for name in planted.never:
        with pytest.raises(NotReleased):
            pipeline.release(Pick(slot=1, dataset=KEY, image_id=name, sha256=""), policy)
    for name in list(planted.clean)[:50]:
        pipeline.release(Pick(slot=1, dataset=KEY, image_id=name, sha256=""), policy)


def test_no_file_holds_a_planted_picture_and_every_card_of_the_set_is_there(planted: Planted, pipeline: Pipeline) -> None:
    for code in CODES[: SETS // 10]:
        drawn, policy = draw(pipeline, code, people=2), pipeline.policy(sold=False)
        out = BytesIO()
        Press(pipeline).sheets(drawn, policy, out, Words("en"))
        assert_only(planted, out.getvalue(), names(drawn))


@pytest.mark.parametrize("file", [*MAKERS, "plan.md", "plan.html"])
def test_no_file_of_any_kind_holds_or_names_a_planted_picture(planted: Planted, pipeline: Pipeline, file: str) -> None:
    for code in CODES[: max(1, SETS // 100)]:
        drawn, policy = draw(pipeline, code, people=1), pipeline.policy(sold=False)
        out = BytesIO()
        make(file, Press(pipeline), drawn, policy, out)
        held = [name for name in planted.never if readable(planted, name)]
        parts = parts_of(out.getvalue())
        if file in ("pdf", "cards.pdf", "everything.zip", "class.zip"):  # else the test sees nothing
            assert all(any(scan(planted.files[name]) in data for data in parts) for name in names(drawn))
        for data in parts:
            assert not {name for name in held if scan(planted.files[name]) in data}
            assert not {
                name for name in planted.never if f'"{name}"'.encode() in data and name not in {no.image_id for no in drawn.refused}
            }


def parts_of(data: bytes) -> list[bytes]:
    """A file, or the files in it when it is a ZIP."""
    if not data.startswith(b"PK"):
        return [data]
    with zipfile.ZipFile(BytesIO(data)) as packed:
        return [part for name in packed.namelist() for part in parts_of(packed.read(name))]


def assert_only(planted: Planted, pdf: bytes, shown: list[str]) -> None:
    """A PDF holds the compressed data of these files and of no other."""
    readable = {name: data for name, data in planted.files.items() if planted.kinds.get(name) != "cut short"}
    found = {name for name, data in readable.items() if scan(data) in pdf}
    assert found == set(shown)


def test_a_set_made_before_its_images_became_trouble_shows_words_in_their_place(planted: Planted, pipeline: Pipeline) -> None:
    before = Pipeline(dataclasses.replace(planted.config, flags=None, words={}, bands={}))
    drawn = draw(before, CODES[2])
    again = pipeline.reprint(sets.read_set_file(drawn.set_file().to_bytes()))
    policy = pipeline.policy(sold=False)
    out = BytesIO()
    Press(pipeline).sheets(again, policy, out, Words("en"))
    lost = planted.never & set(names(drawn))
    assert lost
    assert_only(planted, out.getvalue(), [name for name in names(drawn) if name not in lost])


def test_the_command_line_prints_none_of_it_and_says_how_much_was_left_out(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = in_configuration_alone(planted)
    folder = planted.config.data_folder.parent
    monkeypatch.chdir(folder)
    config = write_config(planted, folder)
    for code in CODES[: max(4, SETS // 100)]:
        asked = ["make", "--config", config, "--code", code, "--people", "3", "--cards", "5", "--force"]
        result = CliRunner().invoke(cli.main, [*map(str, asked), "--out", "set.pdf", "--report", "set.json"])
        assert result.exit_code == 0, result.output
        report = json.loads((folder / "set.json").read_bytes())
        shown = [pick["image_id"] for pick in report["picks"]]
        assert len(shown) == 15
        assert not alone.never & set(shown)
        assert_only(alone, (folder / "set.pdf").read_bytes(), shown)
        assert sum(report["left_out"].values()) >= len(report["refused"])
        left_out = sum(report["left_out"].values())
        assert f"{left_out} picture" in result.output or not left_out


def write_config(planted: Planted, folder: Path) -> Path:
    path = folder / "imagestolive.yaml"
    path.write_text(
        f"roots: [{folder}]\nstarter: false\nnetwork: false\nflags: flags.csv\nwords: {{en: en.txt, pt-BR: pt-BR.txt}}\n"
        f"bands: {{nsfw: {{review: 0.3, hold: 0.7}}}}\ndata_folder: {planted.config.data_folder}\n"
        f"datasets: {{{KEY}: {{path: {folder / KEY}}}}}\n",
        encoding="utf-8",
    )
    return path


def test_no_page_shows_what_is_planted_and_what_waits_is_on_no_file(planted: Planted) -> None:
    alone = in_configuration_alone(planted)
    client = create_app(planted.config).test_client()
    waited = 0
    for code in CODES[: max(6, SETS // 50)]:
        address = f"/set/{sets.written(code)}"
        query = f"?people=2&cards=6&dataset={KEY}"
        page = client.get(address + query)
        assert page.status_code == 200
        on_page = set(re.findall(rf"/picture/{KEY}/(\d+\.jpg)\?[^\"]*px=", page.text))
        held_back = {name for name in alone.never if TROUBLE[alone.kinds[name]] != "held for review"}
        assert not on_page & held_back
        waited += len(on_page & alone.never)
        person = client.get(f"{address}/p/1{query}")
        assert person.status_code == 200
        assert not set(re.findall(rf"/picture/{KEY}/(\d+\.jpg)", person.text)) & alone.never
        pdf = client.get(f"{address}/pdf{query}")
        assert pdf.status_code == 200
        assert not {name for name in alone.never if readable(alone, name) and scan(planted.files[name]) in pdf.data}
    assert waited  # else the test sees nothing
    assert client.get("/").status_code == client.get(f"/datasets/{KEY}").status_code == 200
    for name in alone.never:
        answer = client.get(f"/picture/{KEY}/{name}")
        assert answer.status_code == 404
        assert name not in client.get(f"/datasets/{KEY}").text + client.get("/").text


def readable(planted: Planted, name: str) -> bool:
    return planted.kinds[name] not in ("cut short", "a single pixel")


def test_lists_of_words_are_read_afresh_and_a_broken_one_stops_everything(planted: Planted, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("nothing\n", encoding="utf-8")
    pipeline = Pipeline(dataclasses.replace(planted.config, words={"en": words}, bands={}))
    before = pipeline.policy(sold=False)
    words.write_text("slaughter\nmarket\n", encoding="utf-8")
    after = pipeline.policy(sold=False)
    assert before.hash != after.hash
    assert after.words.found(["A Market"]) == "market"
    for broken in (b"\xff\xfe", b"!!!\n"):
        words.write_bytes(broken)
        with pytest.raises(WordsWrong, match="nothing is handed out"):
            pipeline.policy(sold=False)
    words.unlink()
    with pytest.raises(WordsWrong, match="No such file"):
        pipeline.policy(sold=False)
