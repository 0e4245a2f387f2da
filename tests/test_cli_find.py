from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import Run, runner

from imagestolive import cli
from imagestolive.ledger import Ledger
from imagestolive.ledger.decisions import Decisions


@pytest.fixture
def run(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(tmp_path, data_folder, monkeypatch, pictures=4)


def test_it_says_which_data_sets_have_it_and_which_were_not_searched(run: Run) -> None:
    answer = run("find", "https://www.flickr.com/photos/ana/5002/in/photostream", "--root", "mine=mine")
    assert answer.exit_code == 0
    assert "It is in 1 data set." in answer.stdout
    assert "mine (mine)\n  1 image, listed as CC BY 2.0.\n  002.jpg\n" in answer.stdout
    assert "To leave the data set itself: No way out of it is known at its makers." in answer.stdout
    assert "Not searched, because nothing of them is here or handed out:" in answer.stdout


def test_what_was_taken_out_is_said_to_be_out(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(own))
    ledger = Ledger(own / "ledger.sqlite3")
    Decisions(ledger).block(who="me", target="photo", dataset=None, value="5002", why="asked to")
    ledger.close()
    assert "It is left out here already" in run("find", "5002", "--root", "mine=mine").stdout
    assert "left out here already" not in run("find", "5001", "--root", "mine=mine").stdout


def test_nothing_found_is_an_answer_too(run: Run) -> None:
    answer = run("find", "5999", "--root", "mine=mine")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("It is ")
    assert "mine (mine)" not in answer.stdout


@pytest.mark.parametrize("typed", ["#birthday", "flickr.com/photos/tags/birthday"])
def test_tags_are_refused_with_one_sentence(run: Run, typed: str) -> None:
    answer = run("find", typed)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith("imagestolive: We do not look for tags")


def test_what_no_shell_should_keep_is_read_from_standard_input(run: Run) -> None:
    assert run("find", "-", "--root", "mine=mine").exit_code == 2  # nothing there
    answer = CliRunner().invoke(cli.main, ["find", "-", "--root", "mine=mine"], input="ana\nignored\n")
    assert "4 images, listed as CC BY 2.0." in answer.stdout


def test_it_answers_in_the_language_that_is_asked_for(run: Run) -> None:
    answer = run("find", "ana", "--root", "mine=mine", "--lang", "pt-BR")
    assert "Está em 1 conjunto de dados." in answer.stdout
