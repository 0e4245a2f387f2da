"""The instances of fonts.py: ours by name, static, complete, and made once."""

from __future__ import annotations

import io
import subprocess
import sys
from importlib import metadata, resources
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from imagestolive.fonts import FACES, NO_GLYPH, Fonts, FontsMissing, FontsNotKept

QUICKEST = "serif-italic"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / "fonts"


@pytest.fixture(scope="module")
def fonts(folder: Path) -> Fonts:
    return Fonts(folder)


@pytest.mark.parametrize("face", FACES)
def test_a_face_is_static_and_has_our_name_and_its_makers_license(fonts: Fonts, face: str) -> None:
    font = TTFont(io.BytesIO(fonts.ttf(face)))
    names = {record.nameID: str(record) for record in font["name"].names}
    assert "fvar" not in font
    assert "gvar" not in font
    assert all(names[name_id].startswith("ImagesToLive") for name_id in (1, 4, 6))
    assert not any("Source" in names[name_id] for name_id in (1, 2, 3, 4, 6))  # a reserved name
    assert "Adobe" in names[0]
    assert "Open Font License" in names[13]


@pytest.mark.parametrize("face", FACES)
def test_a_face_draws_portuguese_and_what_our_sentences_need(fonts: Fonts, face: str) -> None:
    assert set("Ação, Łódź: “×” · … ’ –\u00a0" + NO_GLYPH) <= set(fonts.advances(face))


def test_the_sans_is_the_regular_weight_and_not_the_light_one_that_its_file_starts_from(fonts: Fonts) -> None:
    weights = {face: TTFont(io.BytesIO(fonts.ttf(face)))["OS/2"].usWeightClass for face in ("sans", "sans-semibold")}
    assert weights == {"sans": 400, "sans-semibold": 600}
    assert fonts.advances("sans")["n"] < fonts.advances("sans-semibold")["n"]


@pytest.mark.parametrize("face", FACES)
def test_the_web_font_is_small_and_keeps_kerning_and_figures_of_one_width(fonts: Fonts, face: str) -> None:
    data = fonts.woff2(face)
    font = TTFont(io.BytesIO(data))
    assert data[:4] == b"wOF2"
    assert len(data) < 40_000
    assert set(map(ord, "Ação Łódź Việt “×” · …")) <= set(font.getBestCmap())
    assert "kern" in {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord}
    assert len({font["hmtx"][font.getBestCmap()[ord(figure)]][0] for figure in "0123456789"}) == 1


def test_two_processes_that_start_at_once_keep_the_same_bytes(fonts: Fonts, tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from imagestolive.fonts import Fonts; Fonts(Path(sys.argv[1])).ttf(sys.argv[2])"
    processes = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "new"), QUICKEST]) for _ in range(2)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    kept = list((tmp_path / "new").iterdir())
    assert [path.suffix for path in kept] == [".ttf"]  # and nothing half-written beside it
    assert kept[0].read_bytes() == fonts.ttf(QUICKEST)


def test_what_is_kept_is_not_made_again(folder: Path, fonts: Fonts, tmp_path: Path) -> None:
    fonts.ttf(QUICKEST)
    kept = next(path for path in folder.iterdir() if path.match(f"{QUICKEST}-*.ttf"))
    (tmp_path / kept.name).write_bytes(b"kept")
    assert Fonts(tmp_path).ttf(QUICKEST) == b"kept"
    assert metadata.version("fontpkg-source-serif-4") in kept.name
    assert metadata.version("fonttools") in kept.name


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_package(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", no_package)
    with pytest.raises(FontsMissing, match="pip install fontpkg-source-sans-3"):
        Fonts(tmp_path).ttf("sans")


def test_a_package_without_its_files_counts_as_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "files", lambda package: tmp_path / package)
    with pytest.raises(FontsMissing, match="fontpkg-source-serif-4"):
        Fonts(tmp_path / "fonts").ttf("serif")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FontsNotKept, match="file"):
        Fonts(tmp_path / "file").ttf(QUICKEST)
