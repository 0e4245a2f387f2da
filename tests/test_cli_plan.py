"""imagestolive plan: every document as a file, filled in with a saved set or with what is said."""

from __future__ import annotations

import zipfile
from pathlib import Path

import drawn
import pytest
from click.testing import CliRunner, Result

from imagestolive.cli import main
from imagestolive.teaching import DOCUMENTS, formats


@pytest.fixture
def run(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    config = tmp_path / "config.yaml"
    config.write_text(f"starter: false\ndata_folder: {data_folder}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--config", str(config)])

    return run


def test_a_document_is_written_in_a_language_and_a_format(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    result = run("plan", "assignment", "--lang", "pt-BR", "--format", "md", "--code", "k7q29fxd", "--first", "2026-11-30", "--out", "a.md")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "30 de novembro de 2026" in text
    assert "K7Q2-9FXD" in text


def test_all_documents_come_in_one_file_without_a_set(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("plan", "all", "--out", "all.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        names = {name.rpartition("/")[2].partition(".")[0] for name in packed.namelist()}
    assert names == {*DOCUMENTS, "cartridge"}


def test_a_saved_set_brings_its_credits_and_its_cards(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    root = drawn.folder(tmp_path / "mine", 6)
    folder = ("--root", f"mine={root}")
    assert run("make", *folder, "--dataset", "mine", "--cards", "2", "--out", "s.pdf", "--report", "s.json").exit_code == 0
    result = run(
        "plan", "plan", "--from", "s.json", "--format", "md", "--address", "https://images.example/set/X", *folder, "--out", "p.md"
    )
    assert result.exit_code == 0, result.output
    text = (tmp_path / "p.md").read_text(encoding="utf-8")
    assert "https://images.example/set/X/p/1" in text
    assert "CC" in text
    assert run("plan", "all", "--from", "s.json", *folder, "--out", "c.zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "c.zip") as packed:
        assert {"sheets.pdf", "plan.docx", "cartridge.imscc"} <= {name.rpartition("/")[2] for name in packed.namelist()}


def test_a_profile_is_of_a_data_set(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    root = drawn.folder(tmp_path / "mine", 6)
    result = run("plan", "profile", "--dataset", "mine", "--root", f"mine={root}", "--format", "md", "--out", "p.md")
    assert result.exit_code == 0, result.output
    assert "%" in (tmp_path / "p.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plan", "--format", "pptx"), "cannot be had as “pptx”"),
        (("plan", "--first", "30.11."), "is no date"),
        (("plan", "--first", "2026-12-07", "--second", "2026-11-30"), "is before the first"),
        (("plan", "--code", "K7Q2-9FXX"), "one sign seems to be misread"),
        (("plan", "--address", "http://[::1"), "no address of a set’s page"),
        (("plan", "--from", "missing.json"), "cannot be read"),
        (("plan", "--dataset", "coco"), "is for profiles"),
        (("profile",), "name it with --dataset"),
        (("profile", "--dataset", "nothing"), "There is no data set"),
        (("profile", "--dataset", "coco", "--age", "adult"), "--age cannot stand beside a profile"),
        (("profile", "--dataset", "coco", "--first", "2026-11-30"), "--first cannot stand beside a profile"),
        (("all", "--format", "docx"), "zip, imscc"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence_and_nothing_is_written(run, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:  # type: ignore[no-untyped-def]
    result = run("plan", *arguments, "--out", "x.out")
    assert result.exit_code == 2, result.output
    assert says in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "x.out").exists()
    assert not list(tmp_path.glob(".x.out*"))


def test_a_file_is_of_the_kind_it_is_called_after(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("plan", "assignment", "--out", "a.lms.html").exit_code == 0
    assert "<style" not in (tmp_path / "a.lms.html").read_text(encoding="utf-8")
    assert run("plan", "assignment", "--out", "a.odt").exit_code == 0
    assert b"opendocument.text" in (tmp_path / "a.odt").read_bytes()[:200]
    assert run("plan", "assignment", "--format", "html", "--out", "a.docx").exit_code == 2
    assert not (tmp_path / "a.docx").exists()
    assert "cannot be had as “lms”" in run("plan", "slides", "--out", "s.lms.html").output
    assert "zip, imscc" in run("plan", "all", "--out", "all.pdf").output


def test_what_is_missing_for_want_of_a_package_is_told(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(formats, "is_here", lambda form: formats.FORMATS[form].package is None)
    result = run("plan", "plan", "--out", "plan.docx")
    assert result.exit_code == 2
    assert "pip install 'imagestolive[plan]'" in result.output
    result = run("plan", "all", "--out", "all.zip")
    assert result.exit_code == 0
    assert "Without pypandoc, typst" in result.output


def test_a_file_that_is_there_is_kept(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.md").write_text("mine", encoding="utf-8")
    assert run("plan", "plan", "--format", "md", "--out", "a.md").exit_code == 2
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == "mine"
