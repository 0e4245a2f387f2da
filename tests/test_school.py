"""School mode, from the configuration to the set file: whom it shows, who may leave it, and what a saved set becomes under it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import elsewhere
import pytest
from commands import Run, runner

PEOPLE = ("none", "some", "unknown")  # of image n: PEOPLE[n % 3]


@pytest.fixture
def run(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Over nine pictures, of which three surely show nobody."""
    elsewhere.lend_fonts(data_folder, tmp_path / "data")
    asked = runner(tmp_path, tmp_path / "data", monkeypatch, pictures=9)
    path = tmp_path / "mine" / "credits.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, [*rows[0], "people"])
        written.writeheader()
        written.writerows({**row, "people": PEOPLE[n % 3]} for n, row in enumerate(rows))
    return asked


def configure(folder: Path, *lines: str) -> Path:
    path = folder / "config.yaml"
    path.write_text("\n".join([f"roots: [{folder}]", "starter: false", "datasets: {mine: {path: mine}}", *lines]), encoding="utf-8")
    return path


def picked(path: str = "report.json") -> list[str]:
    return sorted(pick["image_id"] for pick in json.loads(Path(path).read_bytes())["picks"])


ASKED = ("make", "--cards", "3", "--out", "set.pdf", "--report", "report.json", "--force")
NOBODY = ["000.jpg", "003.jpg", "006.jpg"]


@pytest.mark.parametrize(("lines", "options"), [((), ("--school",)), (("school: true",), ()), (("school_locked: true",), ())])
def test_only_images_of_which_somebody_said_that_they_show_nobody_are_drawn(
    run: Run, tmp_path: Path, lines: tuple[str, ...], options: tuple[str, ...]
) -> None:
    result = run(*ASKED, "--config", configure(tmp_path, *lines), *options)
    assert result.exit_code == 0, result.output
    assert picked() == NOBODY
    assert json.loads(Path("report.json").read_bytes())["request"]["school"] is True
    assert "that may show people" in result.output


def test_too_few_of_them_end_with_the_count(run: Run, tmp_path: Path) -> None:
    result = run(*ASKED, "--cards", "4", "--school", "--config", configure(tmp_path))
    assert result.exit_code == 3
    assert "asked for 4, 3 can be used: 6 that may show people" in result.output


def test_it_can_be_left_unless_it_is_locked(run: Run, tmp_path: Path) -> None:
    assert run(*ASKED, "--cards", "9", "--no-school", "--config", configure(tmp_path, "school: true")).exit_code == 0
    result = run(*ASKED, "--no-school", "--config", configure(tmp_path, "school_locked: true"))
    assert result.exit_code == 2
    assert "has locked school mode" in result.output


def test_a_set_saved_before_shows_words_where_people_may_be_once_it_is_locked(run: Run, tmp_path: Path) -> None:
    run(*ASKED, "--cards", "9", "--config", configure(tmp_path))
    result = run("make", "--from", "report.json", "--out", "again.pdf", "--config", configure(tmp_path, "school_locked: true"))
    assert result.exit_code == 0, result.output
    assert result.output.count("This picture is no longer handed out.") == 6


def test_a_set_saved_in_it_stays_in_it(run: Run, tmp_path: Path) -> None:
    config = configure(tmp_path)
    run(*ASKED, "--school", "--cards", "2", "--config", config)
    assert (
        run("make", "--from", "report.json", "--replace", "1", "--out", "again.pdf", "--report", "again.json", "--config", config).exit_code
        == 0
    )
    assert set(picked("again.json")) <= set(NOBODY)
    assert run("make", "--from", "report.json", "--school", "--out", "third.pdf", "--config", config).exit_code == 2


def test_the_operators_word_for_images_without_license_does_not_count_in_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine" / "credits.csv"
    path.write_text("file,people\n" + "".join(f"{n:03}.jpg,none\n" for n in range(9)), encoding="utf-8")
    config = configure(tmp_path, "allow_unlicensed: a test")
    assert run(*ASKED, "--config", config).exit_code == 0
    assert run(*ASKED, "--school", "--config", config).exit_code == 3
