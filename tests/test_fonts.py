"""The faces of fonts/: our own by name, static, complete, and made once; the others whole, and as small as a document needs them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestolive.fonts import FACES, NO_GLYPH, OTHER_FACES, Fonts, FontsMissing, FontsNotKept, MayNotEmbed
from imagestolive.fonts.others import PROGRAMS, path_of
from imagestolive.fonts.own import RECIPES, fingerprint
from imagestolive.fonts.programs import FontProgram

QUICKEST = "serif-italic"
FIRST_OF_1970 = 2_082_844_800  # in seconds since 1904


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
    assert set("Ação, Łódź: “×” · … ’ –\u00a0" + NO_GLYPH) <= set(fonts.glyphs(face))


def test_the_sans_is_the_regular_weight_and_not_the_light_one_that_its_file_starts_from(fonts: Fonts) -> None:
    weights = {face: TTFont(io.BytesIO(fonts.ttf(face)))["OS/2"].usWeightClass for face in ("sans", "sans-semibold")}
    assert weights == {"sans": 400, "sans-semibold": 600}
    assert fonts.glyphs("sans")["n"][1] < fonts.glyphs("sans-semibold")["n"][1]


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
    assert fingerprint(RECIPES[QUICKEST]) in kept.name
    assert metadata.version("fonttools") in kept.name


def test_all_is_prepared_once_each_file_is_there_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagestolive.fonts._made", lambda _recipe, _form: b"made")
    assert not Fonts(tmp_path / "fonts").prepared()
    Fonts(tmp_path / "fonts").prepare()
    assert Fonts(tmp_path / "fonts").prepared()
    next((tmp_path / "fonts").glob(f"{QUICKEST}-*.woff2")).write_bytes(b"")
    assert not Fonts(tmp_path / "fonts").prepared()


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_package(name: str) -> Path:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(resources, "files", no_package)
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
    assert not Fonts(tmp_path / "file").prepared()


@pytest.mark.parametrize("face", OTHER_FACES)
def test_another_face_is_there_under_the_open_font_license_and_may_be_embedded(face: str) -> None:
    program = PROGRAMS[face]
    with TTFont(path_of(program), fontNumber=program.index, lazy=True) as font:
        assert font["OS/2"].fsType == 0
        assert "Open Font License" in font["name"].getDebugName(13)
        assert font["name"].getDebugName(6).split("-")[0] == program.name.split("-")[0]  # and so it is the right one of a collection
        assert "wght" in {axis.axisTag for axis in font["fvar"].axes}


def head_of(fonts: Fonts, face: str) -> Any:
    program = PROGRAMS.get(face)
    source = path_of(program) if program else io.BytesIO(fonts.ttf(face))
    with TTFont(source, fontNumber=program.index if program else 0, lazy=True) as font:
        return font["head"]


@pytest.mark.parametrize("face", [*FACES, *OTHER_FACES])
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_a_subset_is_truetype_and_its_widths_are_those_that_were_measured(fonts: Fonts, face: str, data: st.DataObject) -> None:
    measured = dict(fonts.glyphs(face).values())
    gids = data.draw(st.sets(st.sampled_from(sorted(measured)), max_size=20))
    cut = fonts.subset(face, gids)
    font = TTFont(io.BytesIO(cut.data))
    advances = [font["hmtx"][glyph][0] for glyph in font.getGlyphOrder()]
    assert {"glyf", "loca", "head", "hhea", "hmtx", "maxp"} <= set(font.keys())
    assert font["head"].unitsPerEm == 1000
    assert font["head"].modified in (head_of(fonts, face).modified, FIRST_OF_1970)  # its makers' day, or none
    assert dict(enumerate(advances)) == cut.widths
    assert set(cut.cids) == {0, *gids}
    assert {gid: cut.widths[cut.cids[gid]] for gid in gids} == {gid: measured[gid] for gid in gids}
    parts = {font.getGlyphID(part) for name in font.getGlyphOrder() for part in font["glyf"][name].getComponentNames(font["glyf"])}
    assert {*range(len(advances))} == {*cut.cids.values()} | parts  # nothing else came along
    assert cut == fonts.subset(face, list(gids))


def test_an_outline_is_that_of_the_face(fonts: Fonts) -> None:
    gid, _ = fonts.glyphs("serif")["é"]
    cut = fonts.subset("serif", {gid})
    whole = TTFont(io.BytesIO(fonts.ttf("serif")))
    box, small = whole["glyf"]["eacute"], TTFont(io.BytesIO(cut.data))
    drawn = small["glyf"][small.getGlyphName(cut.cids[gid])]
    assert (drawn.xMin, drawn.yMin, drawn.xMax, drawn.yMax) == (box.xMin, box.yMin, box.xMax, box.yMax)
    assert cut.name == "ImagesToLiveSerif-Regular"
    assert (cut.ascent, cut.descent, cut.cap_height) == (1036, -335, 670)
    assert cut.bbox[3] >= drawn.yMax
    assert fonts.subset("serif-italic", {1}).italic_angle == -12


def test_a_chinese_character_is_of_the_regular_weight_and_not_the_thin_one_that_its_file_starts_from(fonts: Fonts) -> None:
    bars = {}
    for weight in (100, 400):
        program = PROGRAMS["noto-sans-cjk-jp"]
        face = FontProgram(path_of(program), name=program.name, weight=weight)
        cut = face.subset({face.glyphs()["一"][0]})
        box = TTFont(io.BytesIO(cut.data))["glyf"]["glyph00001"]
        bars[weight] = box.yMax - box.yMin
    gid, _ = fonts.glyphs("noto-sans-cjk-jp")["一"]
    box = TTFont(io.BytesIO(fonts.subset("noto-sans-cjk-jp", {gid}).data))["glyf"]["glyph00001"]
    assert bars[100] < bars[400] == box.yMax - box.yMin


def test_a_subset_is_the_same_in_another_process_whatever_its_hash_seed(fonts: Fonts, folder: Path) -> None:
    program = (
        "import hashlib, sys; from pathlib import Path; from imagestolive.fonts import Fonts; fonts = Fonts(Path(sys.argv[1]))\n"
        "for face, text in (('sans', 'Ação'), ('noto-emoji', '☺☎'), ('noto-sans-cjk-kr', '사진')):\n"
        "    gids = {fonts.glyphs(face)[character][0] for character in text}\n"
        "    print(hashlib.sha256(fonts.subset(face, gids).data).hexdigest())"
    )
    fonts.ttf("sans")
    printed = [
        subprocess.run(
            [sys.executable, "-c", program, str(folder)], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert len(set(printed[0].split())) == 3


def test_a_font_that_does_not_allow_it_is_not_embedded(fonts: Fonts) -> None:
    font = TTFont(io.BytesIO(fonts.ttf(QUICKEST)))
    font["OS/2"].fsType = 2
    data = io.BytesIO()
    font.save(data)
    with pytest.raises(MayNotEmbed, match="ImagesToLiveSerif-Italic"):
        FontProgram(data.getvalue()).subset({1})


def test_the_package_of_another_face_is_named_when_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "files", lambda package: tmp_path / package)
    with pytest.raises(FontsMissing, match="pip install manimgx-fonts-cjk"):
        Fonts(tmp_path).has("noto-sans-cjk-jp", "日")
