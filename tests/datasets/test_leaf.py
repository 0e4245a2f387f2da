from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .conftest import Reading

Draw = Callable[[Path], Path]


def test_silhouettes_and_measures_are_no_images_of_their_own(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "RGB" / "1. Quercus suber" / "iPAD2_C01_EX01.JPG")
    draw(tmp_path / "BW" / "1. Quercus suber" / "iPAD2_C01_EX01_B.TIFF")
    (tmp_path / "leaf.csv").write_text("1,1" + ",0.5" * 14 + "\n")
    (leaf,), problems = reading("leaf", tmp_path)
    assert leaf.locator == "RGB/1. Quercus suber/iPAD2_C01_EX01.JPG"
    assert problems == []


def test_a_leaf_has_the_sets_license_and_nobody_in_it(tmp_path: Path, draw: Draw, reading: Reading) -> None:
    draw(tmp_path / "1. Quercus suber" / "iPAD2_C01_EX01.JPG")
    (leaf,), _ = reading("leaf", tmp_path)
    assert (leaf.author, leaf.license, leaf.dataset_license, leaf.people) == (None, None, "CC BY 4.0 (not verified)", "none")
