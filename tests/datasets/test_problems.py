from __future__ import annotations

from imagestolive.datasets.problems import KEPT, Problems
from imagestolive.words import Words


def test_all_problems_are_counted_and_the_first_twenty_kept() -> None:
    problems = Problems()
    for row in range(1, 101):
        problems.add("a.csv", "No.", row=row)
    problems.add_sum("a.csv", "Rows whose file is not here: {n}", 590)
    assert problems.count == 690
    assert len(problems.kept) == KEPT + 1
    assert problems.kept[-1].said(Words("en")) == "a.csv: Rows whose file is not here: 590"


def test_a_sum_of_none_is_no_problem() -> None:
    problems = Problems()
    problems.add_sum("a.csv", "Rows whose file is not here: {n}", 0)
    assert (problems.count, problems.kept) == (0, ())


def test_what_a_file_says_is_shown_short_and_without_what_cannot_be_seen() -> None:
    problems = Problems()
    problems.add("evil\u202e\n.csv", "“{value}” cannot be right.", value="\x1b[31m" + "x" * 1000)
    said = problems.kept[0].said(Words("en"))
    assert said.isprintable()
    assert len(said) < 200
