"""The command line heeds what people asked for on the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import commands
import elsewhere
import pytest

from imagestolive.ledger import Ledger
from imagestolive.ledger.decisions import Decisions

Run = commands.Run


@pytest.fixture
def run(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    elsewhere.lend_fonts(data_folder, tmp_path / "data")
    return commands.runner(tmp_path, tmp_path / "data", monkeypatch, pictures=6)


@pytest.fixture
def opt_out(tmp_path: Path) -> Callable[[str], None]:
    def ask(image_id: str) -> None:
        with closing(Ledger(tmp_path / "data" / "ledger.sqlite3")) as ledger:
            Decisions(ledger).opt_out(target="image", dataset="mine", value=image_id, sha256s=(), reason="private", why="", contact=None)

    return ask


def images(report: str) -> list[str | None]:
    cards = json.loads(Path(report).read_text())["cards"]
    return [card["record"] and card["record"]["image_id"] for card in cards]


def test_an_image_that_was_opted_out_is_drawn_no_more_and_leaves_its_place_in_a_saved_set(run: Run, opt_out: Callable[[str], None]) -> None:
    make = ("make", "--root", "mine=mine", "--dataset", "mine", "--cards", "5")
    first = run(*make, "--report", "first.json", "--out", "first.pdf")
    assert first.exit_code == 0, first.output
    taken = images("first.json")[2]
    assert taken
    opt_out(taken)
    assert run(*make, "--report", "again.json", "--out", "again.pdf").exit_code == 0
    assert taken not in images("again.json")
    saved = run("make", "--root", "mine=mine", "--from", "first.pdf", "--report", "saved.json", "--out", "saved.pdf")
    assert saved.exit_code == 0, saved.output
    before = images("first.json")
    assert images("saved.json") == [*before[:2], None, *before[3:]]
    assert "This picture was withdrawn at someone’s request." in saved.output


def test_with_a_ledger_that_cannot_be_read_nothing_is_printed(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "data" / "ledger.sqlite3"
    with closing(Ledger(place)):
        pass
    for change in (lambda: place.write_bytes(b"this is no database" * 100), place.unlink):
        change()
        refused = run("make", "--root", "mine=mine", "--dataset", "mine", "--out", "a.pdf")
        assert refused.exit_code != 0
        assert "cannot be read" in refused.output
        assert not Path("a.pdf").exists()
