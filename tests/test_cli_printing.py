"""The command line's ways to print a set: papers, flips, files, printers by name; what they make, and what is refused."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import drawn
import elsewhere
import pikepdf
import pypdfium2
import pytest
from click.testing import Result
from commands import Run, runner
from PIL import Image

from imagestolive import pdf, sets
from imagestolive.cli.files import CannotWrite, FileExists, Outputs
from imagestolive.press import Part, Press
from imagestolive.sets import ENUMERATED, PRINTING_ENUMERATED, Printing
from imagestolive.units import CARD_SIZES, PAPERS

PT_A_MM = 72 / 25.4


@pytest.fixture
def run(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(tmp_path, data_folder, monkeypatch, pictures=12)


@pytest.fixture
def make(run: Run) -> Run:
    """imagestolive make of five cards of `mine`, with a code and an output, unless said otherwise."""

    def invoke(*arguments: str, out: str = "a.pdf") -> Result:
        return run("make", "--root", "mine=mine", "--dataset", "mine", "--cards", "5", "--code", "K7Q2-9FXD", "--out", out, *arguments)

    return invoke


@pytest.fixture
def again(run: Run, make: Run) -> Run:
    """The same set from its PDF, printed in another way."""
    good(make(out="first.pdf"))

    def invoke(*arguments: str, out: str = "b.pdf") -> Result:
        return run("make", "--from", "first.pdf", "--root", "mine=mine", "--out", out, *arguments)

    return invoke


def good(result: Result) -> Result:
    assert result.exit_code == 0, result.output
    return result


def refused(result: Result, *, code: int = 2) -> str:
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.count("\n") == 1
    return result.stderr


def set_in(path: str) -> sets.SetFile:
    return sets.read_set_file(pdf.read_set_file(Path(path)))


def pages(path: str) -> int:
    with pikepdf.open(path) as opened:
        return len(opened.pages)


def page_mm(path: str) -> tuple[float, float]:
    with pikepdf.open(path) as opened:
        width, height = (float(side) / PT_A_MM for side in opened.pages[0].MediaBox[2:])
    return round(width, 1), round(height, 1)


def text(path: str, number: int) -> str:
    with pypdfium2.PdfDocument(path) as opened:
        return " ".join(opened[number].get_textpage().get_text_range().split())


# ---- what is made ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "size_mm"),
    [
        ("a3", (297.0, 420.0)),
        ("a5", (148.0, 210.0)),
        ("letter", (215.9, 279.4)),
        ("tabloid", (279.4, 431.8)),
        ("210x330mm", (210.0, 330.0)),
    ],
)
def test_a_sheet_has_the_size_of_its_paper(make: Run, paper: str, size_mm: tuple[float, float]) -> None:
    good(make("--paper", paper, "--card", "a6", "--check"))
    assert page_mm("a.pdf") == size_mm


def test_a_paper_has_its_usual_card_unless_another_is_named(make: Run, again: Run) -> None:
    assert set_in("first.pdf").request.card == "a6"
    for options, card in (
        (("--paper", "letter"), "5.5x4.25in"),
        (("--paper", "letter", "--card", "4x6in"), "4x6in"),
        (("--card", "90x140mm"), "140x90mm"),
    ):
        good(again(*options, "--force"))
        assert set_in("b.pdf").request.card == card


def test_each_card_can_be_a_page_of_its_own_size(make: Run) -> None:
    good(make("--paper", "card", "--card", "a6-minus", "--check"))
    assert page_mm("a.pdf") == (99.0, 140.0)
    assert pages("a.pdf") == 10


@pytest.mark.parametrize(("flip", "count"), [("long", 4), ("short", 4), ("fold", 3), ("none", 2), ("credits", 3)])
def test_each_way_to_print_has_its_pages(make: Run, flip: str, count: int) -> None:
    good(make("--flip", flip, "--check"))
    assert pages("a.pdf") == count


def test_a_printer_fed_by_hand_gets_fronts_and_backs_last_sheet_first(make: Run) -> None:
    told = good(make("--flip", "manual", "--check"))
    assert "a-fronts.pdf, a-backs.pdf" in told.stdout
    assert not Path("a.pdf").exists()
    assert (pages("a-fronts.pdf"), pages("a-backs.pdf")) == (2, 2)
    assert "Card 5 of 5" in text("a-backs.pdf", 0)
    assert "Card 1 of 5" in text("a-backs.pdf", 1)


def test_of_two_files_both_are_made_or_none(make: Run) -> None:
    Path("a-backs.pdf").write_text("mine", encoding="utf-8")
    assert "a-backs.pdf is there already" in refused(make("--flip", "manual"))
    assert [path.name for path in Path().glob("*a-*")] == ["a-backs.pdf"]
    assert Path("a-backs.pdf").read_text(encoding="utf-8") == "mine"
    good(make("--flip", "manual", "--force"))
    assert Path("a-backs.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("back", ENUMERATED["back"])
def test_each_back_is_printed_and_kept_in_the_set_file(make: Run, back: str) -> None:
    good(make("--back", back, "--check"))
    assert set_in("a.pdf").request.back == back


def test_every_choice_is_kept_in_the_set_file_and_the_images_stay(make: Run, again: Run) -> None:
    chosen = {name: choices[-1] for name, choices in PRINTING_ENUMERATED.items()}
    assert all(getattr(Printing(), name) != value for name, value in chosen.items())
    options = [
        part for name, value in chosen.items() for part in (f"--{name}".replace("--small", "--small-images"), value) if name != "border"
    ]
    good(again(*options, "--start", "3", "--turn-backs", "--back-x", "-0,5", "--back-y", "1", "--back-scale", "100.5"))
    printed, first = set_in("b.pdf"), set_in("first.pdf")
    assert printed.picks == first.picks
    wanted = Printing(**(chosen | {"border": "white"}), start=3, turn_backs=True, back_x_mm=-0.5, back_y_mm=1.0, back_scale_percent=100.5)
    assert printed.request.printing == wanted
    good(again("--border", "bleed", "--no-turn-backs", out="c.pdf"))
    assert set_in("c.pdf").request.printing == Printing(border="bleed")


def test_what_a_saved_set_says_of_printing_holds_unless_something_else_is_said(run: Run, again: Run) -> None:
    good(again("--flip", "short", "--marks", "grid"))
    good(run("make", "--from", "b.pdf", "--root", "mine=mine", "--marks", "none", "--out", "c.pdf"))
    request = set_in("c.pdf").request
    assert (request.flip, request.printing.marks) == ("short", "none")


def test_the_same_set_can_be_printed_in_another_language(again: Run) -> None:
    good(again("--lang", "pt-BR"))
    assert "Cartão 1 de 5" in text("b.pdf", 1)


def test_spare_cards_leave_the_others_as_they_are(make: Run) -> None:
    good(make(out="without.pdf"))
    assert "7 cards" in good(make("--spare", "2")).stdout
    assert set_in("a.pdf").picks[:5] == set_in("without.pdf").picks
    assert len(set_in("a.pdf").picks) == 7


def test_only_the_cards_named_are_printed(again: Run) -> None:
    assert "2 cards, b.pdf" in good(again("--only", "4", "--only", "2", "--only", "4")).stdout
    assert pages("b.pdf") == 2
    assert "Card 4 of 5" in text("b.pdf", 1)
    assert "Card 1 of 5" not in text("b.pdf", 1)
    for number in ("0", "6", "x"):
        assert "--only takes a whole number from 1 to 5" in refused(again("--only", number, out="c.pdf"))


@pytest.mark.parametrize(("product", "count"), [("cards", 10), ("posters", 5), ("triptych", 4)])
def test_other_pdfs_can_be_made_of_the_same_set(again: Run, product: str, count: int) -> None:
    good(again("--as", product, "--check"))
    assert pages("b.pdf") == count
    assert set_in("b.pdf").picks == set_in("first.pdf").picks
    good(again("--as", product, "--only", "1", "--force"))
    assert pages("b.pdf") == (1 if product == "posters" else 2)


def test_single_cards_to_the_edge_say_where_they_are_cut(again: Run) -> None:
    good(again("--as", "cards", "--border", "bleed", "--check"))
    with pikepdf.open("b.pdf") as opened:
        media, trim = ([round(float(side) / PT_A_MM, 1) for side in opened.pages[1][box]] for box in ("/MediaBox", "/TrimBox"))
    assert media == [0.0, 0.0, 111.0, 154.0]
    assert trim == [3.0, 3.0, 108.0, 151.0]


def test_a_zip_holds_sheets_credits_report_and_set(again: Run) -> None:
    good(again("--as", "zip", "--check", out="b.zip"))
    with zipfile.ZipFile("b.zip") as packed:
        endings = {Path(name).name for name in packed.namelist()}
    assert {"sheets.pdf", "credits.csv", "credits.json", "credits.html", "report.json", "set.json"} <= endings


def test_wallpapers_are_pngs_of_the_size_asked_for(again: Run) -> None:
    good(again("--as", "wallpapers", "--screen", "640x480", "--only", "2", out="b.zip"))
    with zipfile.ZipFile("b.zip") as packed:
        (name,) = packed.namelist()
        assert Image.open(io.BytesIO(packed.read(name))).size == (640, 480)
    assert name.endswith(".png")


def test_images_that_print_coarsely_are_told_in_one_sentence_and_in_the_report(make: Run) -> None:
    result = good(make("--report", "r.json"))
    (said,) = [line for line in result.stderr.splitlines() if "150 ppi" in line]
    ppis = [card["ppi"] for card in json.loads(Path("r.json").read_text(encoding="utf-8"))["cards"]]
    assert said.startswith(f"5 images print under 150 ppi, the lowest at {min(ppis):.0f}:")
    large_images()
    assert "ppi" not in good(make("--force")).stderr


@pytest.fixture
def flagged(run: Run, make: Run) -> Callable[[], None]:
    """Flags the second image of the set in first.pdf, which is made with a configuration c.yaml."""
    Path("c.yaml").write_text("roots: [.]\nflags: flags.csv\ndatasets:\n  mine: {path: mine}\n", encoding="utf-8")
    Path("flags.csv").write_text("dataset,image_id,reason\n", encoding="utf-8")
    good(make("--config", "c.yaml", out="first.pdf"))

    def flag() -> None:
        with Path("flags.csv").open("a", encoding="utf-8") as file:
            file.write(f"mine,{set_in('first.pdf').picks[1].image_id},asked to\n")

    return flag


def large_images() -> None:
    """Images that are printed as they are, not enlarged."""
    for n in range(12):
        Path("mine", f"{n:03}.jpg").write_bytes(drawn.jpeg(n, (1600, 1000)))


def scan_of_second() -> bytes:
    """The compressed pixels of the image that is flagged."""
    data = Path("mine", set_in("first.pdf").picks[1].image_id).read_bytes()
    return data[data.index(b"\xff\xda") :]


def test_an_image_flagged_between_two_files_of_a_run_is_in_neither_and_not_in_the_report(
    run: Run, make: Run, flagged: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    large_images()
    good(make("--config", "c.yaml", "--force", out="first.pdf"))
    asked = ("make", "--from", "first.pdf", "--config", "c.yaml", "--flip", "manual", "--report", "r.json", "--force", "--out", "b.pdf")
    good(run(*asked))
    assert scan_of_second() in Path("b-fronts.pdf").read_bytes()  # what the test would find
    sheets = Press.sheets

    def sheets_and_flag(*arguments: Any, part: Part, **more: Any) -> object:
        made = sheets(*arguments, part=part, **more)
        if part == "fronts" and "asked to" not in Path("flags.csv").read_text(encoding="utf-8"):
            flagged()
        return made

    monkeypatch.setattr(Press, "sheets", sheets_and_flag)
    good(run(*asked))
    assert scan_of_second() not in Path("b-fronts.pdf").read_bytes()
    assert "no longer handed out" in text("b-fronts.pdf", 0)
    second = json.loads(Path("r.json").read_text(encoding="utf-8"))["cards"][1]
    assert (second["decision"], second["record"]) == ({"allowed": False, "reason": "flagged"}, None)


@pytest.mark.parametrize(("product", "out", "count"), [("posters", "b.pdf", 5), ("triptych", "b.pdf", 5), ("wallpapers", "b.zip", 4)])
def test_a_card_without_its_image_is_told_whatever_is_made(
    run: Run, flagged: Callable[[], None], product: str, out: str, count: int
) -> None:
    flagged()
    result = good(run("make", "--from", "first.pdf", "--config", "c.yaml", "--as", product, "--out", out))
    assert "Card 2: " in result.stderr
    assert "ppi" not in result.stderr
    assert f"{count} cards, {out}" in result.stdout


def test_a_full_disk_is_told_and_nothing_half_made_stays(
    make: Run, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    elsewhere.lend_fonts(data_folder, tmp_path / "data")
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(tmp_path / "data"))  # the others’ has a ledger, of which more than this is written
    good(make(out="before.pdf"))  # the typefaces are made
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, most))
    try:
        said = [refused(make(*options)) for options in ((), ("--as", "posters"), ("--flip", "manual", "--report", "r.json"))]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert all("cannot be written: File too large" in sentence for sentence in said)
    assert [path.name for path in Path().iterdir() if path.is_file()] == ["before.pdf"]


# ---- checking --------------------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_sound_is_not_written(make: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "faults", lambda _: ["a font is missing"])
    said = refused(make("--check", "--report", "r.json"), code=1)
    assert "a.pdf was not written, for it is not sound PDF/A-3b: a font is missing" in said
    assert not Path("a.pdf").exists()
    assert not Path("r.json").exists()
    good(make())


# ---- what is refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--paper", "a9"), "“a9” is no size of a"),
        (("--card", "1x1mm"), "“1x1mm” is no size of a"),
        (("--paper", "a5", "--card", "400x300mm"), "does not fit on A5"),
        (("--paper", "a5", "--card", "5x7in", "--flip", "fold"), "cannot be folded"),
        (("--border", "bleed", "--flip", "none"), "leave no room for a caption"),
        (("--border", "bleed", "--front", "caption"), "leave no room for a caption"),
        (("--start", "5"), "cannot start at place 5: a sheet has 4"),
        (("--start", "0"), "--start takes a whole number from 1 to 64"),
        (("--back-x", "11"), "--back-x takes a number from -10 to 10"),
        (("--back-scale", "94"), "--back-scale takes a number from 95 to 105"),
        (("--spare", "101"), "--spare takes a whole number from 0 to 100"),
        (("--printer", "Nobody"), "No printer is remembered as “Nobody”"),
        (("--as", "zip", "--only", "1"), "--only cannot stand beside --as zip"),
        (("--as", "wallpapers", "--check"), "--as wallpapers makes none"),
        (("--as", "wallpapers", "--screen", "1x1"), "“1x1” is not the size of a screen"),
        (("--as", "zip"), "a.pdf would be a ZIP file: give it a name that ends in .zip"),
        (("--as", "wallpapers"), "a.pdf would be a ZIP file"),
        (("--report", "r.pdf"), "r.pdf would be a JSON file"),
    ],
)
def test_what_cannot_be_printed_is_refused_before_anything_is_drawn(make: Run, options: tuple[str, ...], said: str) -> None:
    assert said in refused(make(*options))
    assert not list(Path().glob("*a.pdf*"))


@pytest.mark.parametrize("product", ["sheets", "cards", "posters", "triptych"])
def test_a_pdf_is_not_called_zip(make: Run, product: str) -> None:
    assert "a.ZIP would be a PDF file: give it a name that ends in .pdf" in refused(make("--as", product, out="a.ZIP"))
    assert not Path("a.ZIP").exists()


@pytest.mark.parametrize(
    ("choice", "option"),
    [
        ("--as posters", "--flip manual"),
        ("--as posters", "--card a5"),
        ("--as posters", "--back postcard"),
        ("--as triptych", "--flip fold"),
        ("--as triptych", "--start 1"),
        ("--as cards", "--flip manual"),
        ("--as cards", "--order reading"),
        ("--as cards", "--no-turn-backs"),
        ("--as wallpapers", "--paper a3"),
        ("--as wallpapers", "--quality small"),
        ("--as wallpapers", "--flip long"),
        ("--as sheets", "--screen phone"),
        ("--as zip", "--screen phone"),
        ("--flip none", "--back postcard"),
        ("--flip none", "--front plain"),
        ("--flip none", "--back-x 1"),
        ("--flip credits", "--back credit"),
        ("--flip credits", "--turn-backs"),
        ("--flip fold", "--back-scale 101"),
        ("--paper card", "--marks grid"),
        ("--paper card", "--order cut-stack"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(make: Run, choice: str, option: str) -> None:
    out = "a.zip" if choice in ("--as zip", "--as wallpapers") else "a.pdf"
    name = option.split()[0].replace("--no-turn", "--turn")
    assert f"{name} cannot stand beside {choice}, where it would change nothing" in refused(make(*choice.split(), *option.split(), out=out))
    assert not list(Path().glob("*a.[pz]*"))


@pytest.mark.parametrize(
    "options",
    [
        "--as cards --flip none --front caption",
        "--as cards --paper letter",
        "--as posters --paper card --card a5",
        "--as triptych --flip short",
        "--flip none --front caption --order cut-stack",
        "--flip fold --back notes",
    ],
)
def test_an_option_that_changes_something_is_taken(again: Run, options: str) -> None:
    good(again(*options.split()))


def test_what_a_saved_set_says_may_be_idle_and_what_is_said_beside_it_may_not(run: Run, make: Run) -> None:
    good(make("--flip", "credits", "--marks", "grid"))
    asked = ("make", "--from", "a.pdf", "--root", "mine=mine", "--out", "b.pdf")
    assert "--back cannot stand beside --flip credits" in refused(run(*asked, "--back", "notes"))
    good(run(*asked, "--as", "posters"))


def test_sizes_are_taken_as_they_are_printed_and_kept_by_their_keys(make: Run) -> None:
    good(make("--paper", "Letter", "--card", "A6 minus"))
    request = set_in("a.pdf").request
    assert (request.paper, request.card) == ("letter", "a6-minus")
    good(make("--paper", "Card", "--card", "A6", "--force"))
    assert set_in("a.pdf").request.paper == "card"


def test_a_report_is_a_saved_set(run: Run, make: Run) -> None:
    good(make("--people", "2", "--cards", "2", "--spare", "1", "--marks", "grid", "--report", "r.json"))
    good(run("make", "--from", "r.json", "--root", "mine=mine", "--out", "b.pdf"))
    assert set_in("b.pdf") == set_in("a.pdf")
    Path("people.csv").write_text("Ana Lima\nBo Ek\n", encoding="utf-8")
    good(run("labels", "--from", "r.json", "--recipients", "people.csv", "--out", "l.pdf"))
    assert "Bo Ek" in text("l.pdf", 0)


def write_all(paths: list[Path], *, force: bool, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Several outputs of one run; `meanwhile` happens before they are put in their places."""
    with Outputs(force=force) as outputs:
        for path in paths:
            outputs.file(path, "pdf").write(b"new")
        meanwhile()


def test_files_that_cannot_all_be_put_in_their_places_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of three files fails at the last moment; the first goes back to what it was."""
    one, two, three = (tmp_path / name for name in ("1", "2", "3"))
    one.write_text("of before", encoding="utf-8")
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target == two and self.suffix == ".part":
            raise OSError("the disk is full")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(CannotWrite, match="disk is full"):
        write_all([one, two, three], force=True)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["1"]
    assert one.read_text(encoding="utf-8") == "of before"


def test_a_file_that_came_meanwhile_is_kept_and_the_others_are_not_written(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    with pytest.raises(FileExists):
        write_all([one, two], force=False, meanwhile=lambda: two.write_text("theirs", encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir()] == ["2"]


# ---- printers --------------------------------------------------------------------------------------------------------------


def test_a_printer_is_remembered_told_used_and_forgotten(run: Run, again: Run) -> None:
    assert "No printer is remembered yet." in good(run("printers")).stdout
    told = good(run("printers", "Sala 3", "--flip", "short", "--back-x", "-0.5", "--turn-backs")).stdout
    assert told == "Sala 3: turns on the short edge, backs -0.5 mm to the right, 0 mm down, backs turned by half\n"
    good(run("printers", "Sala 3", "--back-y", "2"))
    assert "-0.5 mm to the right, 2 mm down" in good(run("printers", "Sala 3")).stdout
    assert good(run("printers")).stdout.startswith("Sala 3: ")
    good(again("--printer", "Sala 3", "--back-y", "1"))
    request = set_in("b.pdf").request
    assert (request.flip, request.printing) == ("short", Printing(turn_backs=True, back_x_mm=-0.5, back_y_mm=1.0))
    good(again("--printer", "Sala 3", "--flip", "long", out="c.pdf"))
    assert set_in("c.pdf").request.flip == "long"
    assert "forgotten" in good(run("printers", "Sala 3", "--forget")).stdout
    assert "No printer is remembered as “Sala 3”" in refused(run("printers", "Sala 3"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--forget",), "Name the printer"),
        (("--flip", "long"), "Name the printer"),
        (("a", "--forget", "--flip", "long"), "cannot stand beside"),
        (("a", "--back-x", "far"), "--back-x takes a number"),
        (("x" * 41, "--flip", "long"), "1 to 40 printable characters"),
        (("nobody", "--forget"), "No printer is remembered"),
    ],
)
def test_what_is_no_printer_is_refused(run: Run, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused(run("printers", *arguments))
    assert not Path("printers.json").exists()


def test_damaged_printers_are_told_and_kept(run: Run, again: Run) -> None:
    Path("printers.json").write_text("{", encoding="utf-8")
    for arguments in (("printers",), ("printers", "a", "--flip", "long")):
        assert "Mend the file or delete it" in refused(run(*arguments))
    assert "Mend the file or delete it" in refused(again("--printer", "a"))
    assert Path("printers.json").read_text(encoding="utf-8") == "{"


@pytest.mark.parametrize(("flip", "count"), [("long", 2), ("short", 2), ("manual", 2)])
@pytest.mark.parametrize("lang", ["en", "pt-BR"])
def test_a_calibration_page_is_written(run: Run, flip: str, count: int, lang: str) -> None:
    good(run("calibrate", "--flip", flip, "--lang", lang, "--out", "c.pdf"))
    assert pages("c.pdf") == count
    assert page_mm("c.pdf") == (210.0, 297.0)
    assert not pdf.faults(Path("c.pdf"))
    assert "100" in text("c.pdf", 0)


def test_a_calibration_page_can_show_whether_a_printer_is_remembered_rightly(run: Run) -> None:
    good(run("printers", "Sala 3", "--flip", "short", "--back-x", "1.5"))
    good(run("calibrate", "--printer", "Sala 3", "--out", "c.pdf"))
    assert "turned on the short edge" in text("c.pdf", 0)
    assert "1.5 mm to the right" in text("c.pdf", 0)
    assert "needs paper of at least" in refused(run("calibrate", "--paper", "100x100mm", "--out", "d.pdf"))
    assert "is there already" in refused(run("calibrate", "--out", "c.pdf"))


# ---- sizes, labels ---------------------------------------------------------------------------------------------------------


def test_the_table_of_sizes_says_how_many_fit_and_what_the_post_takes(run: Run) -> None:
    said = good(run("sizes")).stdout
    lines = said.splitlines()
    assert lines[0].split() == [paper.name for paper in PAPERS.values()]
    assert re.split(r"  +", lines[1]) == ["a6, 148 × 105 mm", "4 upright", "8 lying", "2 lying", "2 upright", "4 upright"]
    assert len([line for line in lines if ", " in line and line.split(",")[0] in CARD_SIZES]) == len(CARD_SIZES)
    assert all(len(line) <= 100 for line in lines)
    assert "Too large for the USPS card price" in " ".join(said.split())
    assert good(run("sizes", "--paper", "100x150mm", "--card", "a5")).stdout.splitlines()[1].endswith("–")
    assert "no size of a" in refused(run("sizes", "--paper", "a9"))


def test_labels_a_packing_list_and_a_merge_table_are_written_for_a_saved_set(run: Run, make: Run) -> None:
    good(make("--people", "2"))
    Path("people.csv").write_text("name,street,city\nAna Lima,Rua A 1,Lisboa\nBo Ek,Gata 2,Umeå\n", encoding="utf-8")
    asked = ("labels", "--from", "a.pdf", "--recipients", "people.csv", "--out", "l.pdf")
    good(run(*asked, "--start", "3", "--packing", "p.pdf", "--merge", "m.csv"))
    assert "Ana Lima" in text("l.pdf", 0)
    assert "Ana Lima" in text("p.pdf", 0)
    assert "Umeå" in Path("m.csv").read_text(encoding="utf-8-sig")
    assert not pdf.faults(Path("l.pdf"))
    assert "is there already" in refused(run(*asked))
    assert "whole number from 1 to 21" in refused(run(*asked, "--start", "22", "--force"))
    assert refused(run(*asked, "--sheet", "L9", "--force"))
    for lost in (("--merge", "people.csv"), ("--packing", "a.pdf")):
        assert f"{lost[1]} is read here and is not written over" in refused(run(*asked, *lost, "--force"))
    assert "p.csv would be a PDF file" in refused(run(*asked, "--packing", "p.csv", "--force"))
    assert "m.pdf would be a CSV file" in refused(run(*asked, "--merge", "m.pdf", "--force"))
    assert "cannot be read" in refused(run("labels", "--from", "a.pdf", "--recipients", "nobody.csv", "--out", "x.pdf"))
    assert not Path("x.pdf").exists()


def test_more_or_fewer_recipients_than_people_are_told(run: Run, make: Run) -> None:
    good(make())
    Path("people.csv").write_text("Ana Lima\nBo Ek\n", encoding="utf-8")
    result = good(run("labels", "--from", "a.pdf", "--recipients", "people.csv", "--out", "l.pdf"))
    assert "2" in result.stderr


def test_how_the_columns_of_recipients_were_taken_is_told(run: Run, make: Run) -> None:
    good(make("--people", "2"))
    asked = ("labels", "--from", "a.pdf", "--recipients", "people.csv", "--out", "l.pdf", "--force")
    Path("people.csv").write_text("First name,Last name,Mill,E-mail\nAna,Lima,old,a@b\nBo,Ek,new,c@d\n", encoding="utf-8")
    said = good(run(*asked)).stderr
    assert "Columns that are no address were left out: “E-mail”." in said
    assert "were taken for lines of the address: “Mill”." in said
    assert "Ana Lima old" in text("l.pdf", 0)
    assert "a@b" not in text("l.pdf", 0)
    Path("people.csv").write_text("Ana Lima,Rua 5\nBo Ek,Gata 2\n", encoding="utf-8")
    assert "No heading was recognised: the first row was taken for an address." in good(run(*asked, "--lang", "en")).stderr
