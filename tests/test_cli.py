"""The command line, used as a person uses it: what is written, what is refused, with which exit code."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import drawn
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from click.testing import Result
from commands import Run, runner
from PIL import Image

from imagestolive import cli, sets
from imagestolive.cli import telling
from imagestolive.datasets import datasheets, flickr
from imagestolive.press import Press
from imagestolive.words import LANGUAGES

CODE = "K7Q2-9FXD"


@pytest.fixture
def run(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(tmp_path, data_folder, monkeypatch, pictures=24)


@pytest.fixture
def make(run: Run) -> Run:
    """imagestolive make over `mine`, with a code and an output, unless said otherwise."""

    def invoke(*arguments: str, code: str = CODE, out: str = "a.pdf") -> Result:
        return run("make", "--root", "mine=mine", "--dataset", "mine", "--code", code, "--out", out, *arguments)

    return invoke


def good(result: Result) -> Result:
    assert result.exit_code == 0, result.output
    return result


def refused(result: Result, *, code: int = 2) -> str:
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    return result.stderr


def set_in(path: str | Path) -> sets.SetFile:
    with pikepdf.open(path) as pdf:
        return sets.read_set_file(pdf.attachments["set.json"].get_file().read_bytes())


def rasters(path: str | Path, dpi: int = 100) -> list[Image.Image]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in pdf]


# ---- what is made -----------------------------------------------------------------------------------------------------


def test_a_set_becomes_a_pdf_and_the_code_is_told(make: Run) -> None:
    result = good(make("--people", "2", "--cards", "4"))
    assert "K7Q2-9FXD: 8 cards, a.pdf" in result.stdout
    with pikepdf.open("a.pdf") as pdf:
        assert len(pdf.pages) == 4
    assert [pick.slot for pick in set_in("a.pdf").picks] == list(range(1, 9))


def test_by_default_one_person_gets_three_cards_under_a_new_code(run: Run) -> None:
    for name in ("a.pdf", "b.pdf"):
        good(run("make", "--root", "mine=mine", "--dataset", "mine", "--out", name))
    first, second = set_in("a.pdf"), set_in("b.pdf")
    assert (first.request.people, first.request.cards) == (1, 3)
    assert first.code != second.code


def test_the_same_set_is_the_same_bytes_in_another_zone_locale_and_process(make: Run, tmp_path: Path, data_folder: Path) -> None:
    good(make("--people", "2", "--cards", "4"))
    command = [sys.executable, "-m", "imagestolive", "make", "--root", "mine=mine", "--dataset", "mine", "--people", "2", "--cards", "4"]
    elsewhere = {**os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7"}
    subprocess.run([*command, "--code", "k7q2 9fxd", "--out", "b.pdf"], check=True, env=elsewhere, capture_output=True)
    assert Path("a.pdf").read_bytes() == Path("b.pdf").read_bytes()


def test_a_reprint_from_the_pdf_or_the_set_file_is_the_same_bytes(make: Run, run: Run) -> None:
    good(make("--people", "2"))
    Path("set.json").write_bytes(set_in("a.pdf").to_bytes())
    for number, source in enumerate(("a.pdf", "set.json")):
        good(run("make", "--from", source, "--root", "mine=mine", "--out", f"again{number}.pdf"))
        assert Path(f"again{number}.pdf").read_bytes() == Path("a.pdf").read_bytes()


def test_a_reprint_of_a_lost_image_leaves_a_card_that_says_so(make: Run, run: Run) -> None:
    good(make())
    lost = set_in("a.pdf").picks[1]
    Path("mine", lost.image_id).unlink()
    result = good(run("make", "--from", "a.pdf", "--root", "mine=mine", "--out", "b.pdf"))
    assert "Card 2: The source no longer shows this picture." in result.stderr
    assert set_in("b.pdf").picks == set_in("a.pdf").picks
    with pypdfium2.PdfDocument("b.pdf") as pdf:
        assert "no longer shows" in pdf[0].get_textpage().get_text_range()


def test_replacing_prints_another_image_on_that_card_alone(make: Run, run: Run) -> None:
    good(make("--people", "2"))
    good(make("--people", "2", "--replace", "4", "--replace", "2", "--replace", "4", out="b.pdf"))
    before, after = set_in("a.pdf"), set_in("b.pdf")
    changed = {pick.slot for pick, now in zip(before.picks, after.picks, strict=True) if pick != now}
    assert changed == {2, 4}
    assert [no.slot for no in after.refused] == [4, 2, 4]
    for slot in ("4", "2", "4"):
        good(run("make", "--from", "a.pdf", "--root", "mine=mine", "--replace", slot, "--force", "--out", "a.pdf"))
    assert Path("a.pdf").read_bytes() == Path("b.pdf").read_bytes()


def test_the_report_is_the_set_file_and_each_card(make: Run) -> None:
    good(make("--people", "2", "--report", "r.json"))
    report = json.loads(Path("r.json").read_text(encoding="utf-8"))
    found = report.pop("cards")
    assert sets.read_set_file(json.dumps(report).encode()) == set_in("a.pdf")
    assert [card["number"] for card in found] == [1, 2, 3, 4, 5, 6]
    assert all(set(card) >= {"record", "credit", "decision", "ppi"} for card in found)
    assert [card["record"]["image_id"] for card in found] == [pick.image_id for pick in set_in("a.pdf").picks]


@pytest.mark.parametrize(("flip", "pages"), [("long", 4), ("short", 4), ("none", 2)])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_there_are_two_pages_a_sheet_or_one_without_backs(make: Run, flip: str, pages: int, paper: str) -> None:
    good(make("--cards", "5", "--flip", flip, "--paper", paper))
    with pikepdf.open("a.pdf") as pdf:
        assert len(pdf.pages) == pages
        width, height = (float(side) * 25.4 / 72 for side in pdf.pages[0].MediaBox[2:])
    assert (round(width, 1), round(height, 1)) == {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}[paper]


def test_sheets_without_backs_carry_the_credit_in_a_line_below_each_image(make: Run) -> None:
    good(make("--flip", "none", "--report", "r.json"))
    with pypdfium2.PdfDocument("a.pdf") as pdf:
        text = pdf[0].get_textpage().get_text_range()
    for card in json.loads(Path("r.json").read_text(encoding="utf-8"))["cards"]:
        assert card["credit"] in " ".join(text.split())


def test_the_cards_speak_portuguese(make: Run) -> None:
    good(make("--lang", "pt-BR"))
    with pypdfium2.PdfDocument("a.pdf") as pdf:
        text = pdf[1].get_textpage().get_text_range()
    for words in ("de Author", "sob licença CC BY 2.0", "Do conjunto de dados mine", "Cartão 1 de 3", "Imagens para conviver"):
        assert words in text
    with pikepdf.open("a.pdf") as pdf:
        assert str(pdf.Root.Lang) == "pt-BR"


def test_everything_left_out_is_told(make: Run) -> None:
    for n in range(6):
        Path("mine", f"{n:03}.jpg").write_bytes(b"")
    result = good(make("--people", "6"))
    left_out = set_in("a.pdf").left_out["unreadable"]
    assert 2 <= left_out <= 6
    assert f"{left_out} pictures were left out: {left_out} unreadable." in result.stderr


def test_broken_files_are_left_out_and_the_pdf_is_made(make: Run) -> None:
    whole = drawn.jpeg(1)
    broken = {
        "empty.jpg": b"",
        "cut.jpg": whole[: len(whole) // 2],
        "text.jpg": b"this is no picture",
        "huge.png": drawn.png_header(20_000, 20_000),
    }
    with Path("mine/credits.csv").open("a", encoding="utf-8") as file:
        for name, data in broken.items():
            Path("mine", name).write_bytes(data)
            file.write(f"{name},Broken,Ana,https://example.org/,CC BY 2.0\n")
    good(make("--people", "8", "--cards", "3", "--report", "r.json"))
    used = {card["record"]["image_id"] for card in json.loads(Path("r.json").read_text())["cards"]}
    assert not used & set(broken)
    assert set(set_in("a.pdf").left_out) <= {"unreadable", "too long"}
    said = refused(make("--people", "9", "--cards", "3", out="b.pdf"), code=3)
    assert "asked for 27, 24 can be used: 3 unreadable, 1 too large, or too long, to be read" in said


# ---- what is in the file ----------------------------------------------------------------------------------------------


def test_every_font_is_embedded_and_a_subset(make: Run) -> None:
    good(make("--people", "3"))
    with pikepdf.open("a.pdf") as pdf:
        found = [obj for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/Font"]
        fonts = [font for font in found if font.Subtype == "/Type0"]
        assert len(fonts) == 4
        for font in fonts:
            (described,) = font.DescendantFonts
            assert re.match(r"/[A-Z]{6}\+ImagesToLive", str(font.BaseFont))
            assert "/FontFile2" in described.FontDescriptor
            assert "/ToUnicode" in font


def test_the_jpeg_data_of_the_sources_are_in_the_file_byte_for_byte(make: Run) -> None:
    for n in range(24):  # large enough to print above 72 ppi
        Path("mine", f"{n:03}.jpg").write_bytes(drawn.jpeg(n, (640, 420)))
    good(make())
    with pikepdf.open("a.pdf") as pdf:
        streams = {image.read_raw_bytes() for page in pdf.pages for image in page.get_images().values()}
    for pick in set_in("a.pdf").picks:
        assert Path("mine", pick.image_id).read_bytes() in streams


def test_no_place_and_no_owner_is_anywhere_in_the_file(make: Run) -> None:
    exif = Image.Exif()
    exif[0x013B] = "Owner Secretname"  # Artist
    exif[0x8298] = "(c) Secretname"
    exif.get_ifd(0x8825)[2] = (38.0, 53.0, 23.0)  # GPSLatitude
    exif.get_ifd(0x8825)[29] = "2019:02:03"
    for n in range(24):
        Path("mine", f"{n:03}.jpg").write_bytes(drawn.jpeg(n, (640, 420), exif=exif, comment=b"Secretname was here"))
    assert b"Secretname" in Path("mine/000.jpg").read_bytes()
    good(make())
    assert b"Secretname" not in uncompressed("a.pdf")
    assert b"GPS" not in uncompressed("a.pdf")
    assert b"Exif" not in uncompressed("a.pdf")


def uncompressed(path: str) -> bytes:
    """The whole file with its streams unpacked."""
    out = BytesIO()
    with pikepdf.open(path) as pdf:
        pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue() + Path(path).read_bytes()


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("flip", ["long", "short"])
def test_each_back_lies_behind_its_own_front(make: Run, flip: str, paper: str) -> None:
    """Turns the back page over as the printer does and reads, in each quarter, whose code lies behind which picture."""
    good(make("--people", "2", "--cards", "3", "--flip", flip, "--paper", paper, "--report", "r.json"))
    reported = {card["number"]: card for card in json.loads(Path("r.json").read_text())["cards"]}
    pages = rasters("a.pdf", 300)
    seen = []
    for front, back in zip(pages[::2], pages[1::2], strict=True):
        width, height = front.size
        for column in (0, 1):
            for row in (0, 1):
                place = (column * width // 2, row * height // 2, (column + 1) * width // 2, (row + 1) * height // 2)
                behind_x, behind_y = (1 - column, row) if flip == "long" else (column, 1 - row)
                behind = (behind_x * width // 2, behind_y * height // 2, (behind_x + 1) * width // 2, (behind_y + 1) * height // 2)
                codes = zxingcpp.read_barcodes(back.crop(behind))
                if not codes:
                    assert colour_of(front.crop(place)) is None
                    continue
                number = next(n for n, card in reported.items() if address_of(card) == codes[0].text)
                picture = int(reported[number]["record"]["image_id"][:3])
                assert colour_of(front.crop(place)) == drawn.COLOURS[picture % len(drawn.COLOURS)]
                seen.append(number)
    assert sorted(seen) == [1, 2, 3, 4, 5, 6]


def address_of(card: dict[str, dict[str, str]]) -> str:
    return flickr.short_page(card["record"]["landing_url"].rsplit("/", 1)[1])


def colour_of(quarter: Image.Image) -> tuple[int, int, int] | None:
    """Which of the test pictures' colours fills most of a quarter sheet; None when it is white."""
    small = quarter.resize((60, 80))
    counts = {
        colour: sum(max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 24 for pixel in drawn.pixels(small))
        for colour in drawn.COLOURS
    }
    best = max(counts, key=lambda colour: counts[colour])
    return best if counts[best] > 600 else None


@pytest.mark.parametrize("flip", ["long", "short"])
def test_the_heads_of_all_backs_lie_the_same_way(make: Run, flip: str) -> None:
    good(make("--cards", "4", "--flip", flip))
    back = rasters("a.pdf", 150)[1]
    turned = back.rotate(90 if flip == "long" else -90, expand=True)
    for half in (0, 1):
        for side in (0, 1):
            width, height = turned.size
            card = turned.crop((side * width // 2, half * height // 2, (side + 1) * width // 2, (half + 1) * height // 2))
            (code,) = zxingcpp.read_barcodes(card)
            assert code.position.top_left.x < card.width / 3
            assert code.position.top_left.y > card.height / 2
            assert code.orientation == 0


def test_every_code_is_read_back_from_the_raster(make: Run) -> None:
    good(make("--people", "3", "--cards", "4", "--report", "r.json"))
    wanted = [address_of(card) for card in json.loads(Path("r.json").read_text())["cards"]]
    found = [code.text for page in rasters("a.pdf", 300)[1::2] for code in zxingcpp.read_barcodes(page)]
    assert sorted(found) == sorted(wanted)


def test_whole_pictures_are_printed_upright_in_their_own_proportions(make: Run) -> None:
    good(make("--cards", "4", "--report", "r.json"))
    with pikepdf.open("a.pdf") as pdf:
        sizes = sorted(tuple(map(int, (image.Width, image.Height))) for image in pdf.pages[0].get_images().values())
    assert {max(size) / min(size) for size in sizes} == {1.6}


# ---- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["0", "-1", "1000000000", "1e9", "3.7", "Default is 1.", "NaN", "0x10", "1 OR 1=1", "9" * 5000])
def test_a_wrong_number_of_people_is_refused_in_one_sentence(make: Run, typed: str) -> None:
    said = refused(make("--people", typed))
    assert "--people" in said
    assert "1 to 500" in said
    assert said.count("\n") == 1
    assert not Path("a.pdf").exists()


def test_numbers_are_read_in_any_digits_and_nothing_is_the_default(make: Run) -> None:
    good(make("--people", "٣", "--cards", ""))
    assert (set_in("a.pdf").request.people, set_in("a.pdf").request.cards) == (3, 3)


def test_too_many_cards_are_refused_with_the_limit(make: Run) -> None:
    assert "up to 2,000" in refused(make("--people", "500", "--cards", "12")).replace("2000", "2,000")


@pytest.mark.parametrize("typed", ["K7Q2-9FXE", "../../etc/passwd", str(2**64), "-1", "1" + "0" * 400])
def test_a_wrong_code_is_not_recognised_and_kept_in_the_sentence(make: Run, typed: str) -> None:
    said = refused(make(code=typed))
    assert typed[:20] in said
    assert "not a code that we gave out" in said


def test_too_few_images_end_with_3_and_no_file(make: Run) -> None:
    Path("flags.csv").write_text("dataset,image_id,reason\n" + "".join(f"mine,{n:03}.jpg,x\n" for n in range(4)), encoding="utf-8")
    Path("c.yaml").write_text("roots: [.]\nflags: flags.csv\ndatasets:\n  mine: {path: mine}\n", encoding="utf-8")
    said = refused(make("--config", "c.yaml", "--people", "10", "--report", "r.json"), code=3)
    assert "asked for 30, 20 can be used: 4 flagged" in said
    assert not list(Path().glob("*.pdf"))
    assert not Path("r.json").exists()
    assert not list(Path().glob(".*.part"))


def test_an_existing_file_is_kept_unless_forced(make: Run) -> None:
    Path("a.pdf").write_text("mine", encoding="utf-8")
    assert "--force" in refused(make())
    assert Path("a.pdf").read_text(encoding="utf-8") == "mine"
    good(make("--force"))
    assert Path("a.pdf").read_bytes().startswith(b"%PDF")


def test_an_existing_report_is_kept_and_no_pdf_is_left_half_made(make: Run) -> None:
    Path("r.json").write_text("mine", encoding="utf-8")
    refused(make("--report", "r.json"))
    assert not Path("a.pdf").exists()
    assert "same file" in refused(make("--report", "a.pdf"))


@pytest.mark.parametrize("out", ["no/such/folder/a.pdf", "mine", ".", "x" * 300, "pipe"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_place_that_cannot_be_written_is_named_and_left_as_it_is(make: Run, out: str, force: tuple[str, ...]) -> None:
    os.mkfifo("pipe")
    assert "cannot be written" in refused(make(*force, out=out))
    assert Path("pipe").is_fifo()


def test_a_configured_data_set_that_is_not_drawn_from_is_told(run: Run) -> None:
    drawn.folder(Path("bare"), 3, licenses=("",))
    result = good(run("make", "--root", "bare=bare", "--root", "mine=mine", "--cards", "1", "--out", "x.pdf"))
    assert "Nothing is drawn from bare" in result.stderr


def test_a_program_that_is_stopped_leaves_nothing_half_made(
    make: Run, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    # A shell starts what runs in the background with SIGINT ignored, and nohup with SIGHUP; a person at a terminal does not.
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        request.addfinalizer(functools.partial(signal.signal, number, signal.signal(number, handler)))
    for signal_number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)):

        def stopped(*_: object, number: int = signal_number, **__: object) -> None:
            os.kill(os.getpid(), number)
            time.sleep(5)

        monkeypatch.setattr(Press, "sheets", stopped)
        assert make().exit_code == code
        assert not list(Path().glob("*a.pdf*"))
        assert not list(Path().glob(".a.pdf*"))


def test_a_run_under_nohup_goes_on_when_the_terminal_is_closed(
    make: Run, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    request.addfinalizer(lambda: signal.signal(signal.SIGHUP, before))
    sheets = Press.sheets

    def hung_up(*arguments: Any, **more: Any) -> object:
        os.kill(os.getpid(), signal.SIGHUP)
        return sheets(*arguments, **more)

    monkeypatch.setattr(Press, "sheets", hung_up)
    good(make())
    assert Path("a.pdf").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--people", "2"),
        ("--cards", "3"),
        ("--by", "author"),
        ("--dataset", "mine"),
        ("--code", CODE),
        ("--spare", "1"),
        ("--sold",),
    ],
)
def test_an_option_that_the_saved_set_has_decided_is_refused_beside_from(make: Run, run: Run, options: tuple[str, ...]) -> None:
    good(make())
    said = refused(run("make", "--from", "a.pdf", "--root", "mine=mine", "--out", "b.pdf", *options))
    assert options[0] in said
    assert "--from" in said


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 broken", b"{}", b"[" * 100_000, b'{"schema":"imagestolive-set/9"}', b"\xff\xfe"])
def test_a_file_that_is_no_set_is_refused(run: Run, data: bytes) -> None:
    Path("s").write_bytes(data)
    assert "set" in refused(run("make", "--from", "s", "--out", "b.pdf"))
    assert not Path("b.pdf").exists()


def test_a_file_that_is_not_there_and_a_pdf_that_is_not_ours_are_refused(run: Run) -> None:
    assert "nowhere.pdf" in refused(run("make", "--from", "nowhere.pdf", "--out", "b.pdf"))
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save("other.pdf")
    assert "no set in this PDF" in refused(run("make", "--from", "other.pdf", "--out", "b.pdf"))


@pytest.mark.parametrize("number", ["0", "4", "x"])
def test_a_card_that_is_not_there_cannot_be_replaced(make: Run, number: str) -> None:
    assert "1 to 3" in refused(make("--replace", number))


@pytest.mark.parametrize("root", ["mine", "x=", "../x=mine", "mine=nowhere"])
def test_a_wrong_root_is_refused(run: Run, root: str) -> None:
    assert "--root" in refused(run("make", "--root", root, "--out", "a.pdf"))


def test_an_unknown_data_set_is_named(make: Run) -> None:
    assert "“dogs-and-cats”" in refused(make("--dataset", "dogs-and-cats"))


def test_a_refused_data_set_alone_ends_with_3_and_beside_others_with_a_sentence(make: Run, run: Run) -> None:
    said = refused(run("make", "--dataset", "tiny-images", "--out", "x.pdf"), code=3)
    assert "80 Million Tiny Images" in said
    result = good(make("--dataset", "tiny-images"))
    assert "80 Million Tiny Images" in result.stderr


def test_a_set_without_license_needs_the_operators_word(run: Run) -> None:
    drawn.folder(Path("bare"), 9, licenses=("",))
    asked = ("make", "--root", "bare=bare", "--dataset", "bare", "--out", "x.pdf")
    assert "--allow-unlicensed" in refused(run(*asked), code=3)
    good(run(*asked, "--allow-unlicensed"))
    with pypdfium2.PdfDocument("x.pdf") as pdf:
        assert "License not recorded; all rights may be" in " ".join(pdf[1].get_textpage().get_text_range().split())
    assert "sold" in refused(run(*asked, "--allow-unlicensed", "--sold", "--force"), code=3)


def test_sold_prints_leave_out_noncommercial_images(run: Run) -> None:
    drawn.folder(Path("both"), 20, licenses=("CC BY 2.0", "CC BY-NC 2.0"))
    good(run("make", "--root", "both=both", "--dataset", "both", "--people", "3", "--sold", "--report", "r.json", "--out", "x.pdf"))
    report = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert {card["record"]["license"] for card in report["cards"]} == {"by-2.0"}
    assert report["request"]["sold"] is True


def test_a_wrong_configuration_ends_with_2(make: Run) -> None:
    Path("c.yaml").write_text("lisense: x\n", encoding="utf-8")
    assert "c.yaml, line 1" in refused(make("--config", "c.yaml"))


# ---- the other commands -----------------------------------------------------------------------------------------------


def test_the_data_sets_are_listed_with_their_images_or_why_not(run: Run) -> None:
    result = good(run("datasets", "--root", "mine=mine"))
    entries = re.split(r"\n(?! )", result.stdout)
    lines = {entry.split()[0]: " ".join(entry.split()) for entry in entries if entry}
    assert all(len(line) <= 100 for line in result.stdout.splitlines())
    assert "24 images" in lines["mine"]
    assert "withdrew" in lines["tiny-images"]
    assert "--root coco=PATH" in lines["coco"]


def test_nothing_is_fetched_from_the_network(make: Run, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", closed)
    monkeypatch.setattr(socket, "getaddrinfo", closed)
    good(make())
    good(run("datasets"))


@pytest.fixture
def served(run: Run, data_folder: Path) -> Iterator[str]:
    """The address of `imagestolive serve` on a free port."""
    command = [sys.executable, "-m", "imagestolive", "serve", "--port", "0", "--root", "mine=mine"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        assert process.stdout
        line = process.stdout.readline()
        try:
            yield line.split()[4]
        finally:
            process.terminate()


def test_serve_answers_on_loopback(served: str) -> None:
    from urllib.request import urlopen

    with urlopen(f"{served}datasets", timeout=120) as answer:  # noqa: S310
        assert "24" in answer.read().decode()


def test_a_port_that_is_taken_is_told_in_a_sentence(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused(run("serve", "--port", str(taken.getsockname()[1])))
    assert "--port" in said


@pytest.mark.parametrize("ready", [True, False])
def test_serve_speaks_of_typefaces_only_where_one_has_to_be_made(run: Run, monkeypatch: pytest.MonkeyPatch, ready: bool) -> None:
    monkeypatch.setattr("imagestolive.fonts.Fonts.prepared", lambda _: ready)
    with socket.socket() as taken:  # so that it ends at once
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused(run("serve", "--port", str(taken.getsockname()[1])))
    assert ("Making the typefaces ready" in said) is not ready


def test_help_names_every_option_with_a_sentence(run: Run) -> None:
    for command in cli.main.commands.values():
        for parameter in command.params:
            assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None), parameter.name


# ---- real cuts --------------------------------------------------------------------------------------------------------


# ---- one data set; indexing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in datasheets() if key != "folder"])
def test_a_datasheet_is_told_in_lines_that_fit(run: Run, key: str, lang: str) -> None:
    said = good(run("datasets", key, "--lang", lang)).stdout
    sheet = datasheets()[key]
    flat = " ".join(said.split())
    for name in ("purpose", "collected", "care", "critique", "terms", "makers"):
        assert (sheet.prose(name, lang) or "") in flat
    assert sheet.title in flat
    assert sheet.homepage is None or sheet.homepage in flat
    assert all(len(line) <= 100 for line in said.splitlines() if " " in line.strip())


def test_a_data_set_nobody_knows_has_no_datasheet(run: Run) -> None:
    assert "no data set “nowhere” here" in refused(run("datasets", "nowhere"))


def test_indexing_says_how_many_images_there_are_and_what_was_skipped(run: Run) -> None:
    with Path("mine/credits.csv").open("a") as file:
        file.write("ghost.jpg,,,,\n")
    result = good(run("index", "mine", "--root", "mine"))
    assert result.stdout.startswith("mine: 24 images; 1 row or file skipped, ")
    assert "credits.csv, row 26: There is no image “ghost.jpg” here." in result.stdout
    assert Path(result.stdout.splitlines()[0].rpartition(", ")[2]).is_file()
    assert good(run("index", "mine", "--root", "mine=mine")).stdout == result.stdout


def test_a_folder_with_an_equals_sign_in_its_name_can_be_indexed(run: Run) -> None:
    Path("mine").rename("a=b")
    assert good(run("index", "mine", "--root", "a=b")).stdout.startswith("mine: 24 images, ")


def test_indexing_tells_the_rows_done(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 10_000, 11))
    monkeypatch.setattr(telling.time, "monotonic", lambda: next(seconds))
    assert re.search(r"^24 rows read$", good(run("index", "mine", "--root", "mine")).stderr, flags=re.M)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "--root", "mine"), None),  # any folder can be given a key
        (("nowhere",), "no data set “nowhere”"),
        (("tiny-images", "--root", "mine"), "Nothing is drawn from 80 Million Tiny Images"),
        (("coco", "--root", "mine"), "Expected: annotations/"),
        (("coco", "--root", "missing"), "there is no such folder"),
        (("coco",), "its files are not here"),
        (("No Key", "--root", "mine"), "a data set's key is made of"),
    ],
)
def test_what_cannot_be_indexed_is_refused_with_one_sentence(run: Run, arguments: tuple[str, ...], said: str | None) -> None:
    result = run("index", *arguments)
    if said is None:
        good(result)
    else:
        assert said in refused(result, code=3 if "tiny-images" in arguments else 2)
        assert result.stdout == ""


def test_a_data_set_without_authors_says_so_when_drawn_by_author(run: Run) -> None:
    Path("mine/credits.csv").unlink()
    options = ("--root", "mine=mine", "--dataset", "mine", "--allow-unlicensed", "--cards", "1", "--out", "a.pdf")
    assert "mine records no authors: there every image had the same chance." in good(run("make", *options, "--by", "author")).stderr
    assert "mine has no classes" in good(run("make", *options, "--by", "class", "--force")).stderr
    assert "same chance" not in good(run("make", *options, "--force")).stderr


def test_a_key_that_is_nearly_one_of_the_catalogue_is_pointed_out(run: Run) -> None:
    said = good(run("index", "flowers-photos", "--root", "mine")).stderr
    assert "“flowers-photos” is no data set of the catalogue" in said
    assert "Did you mean “flower-photos”?" in said
    assert "catalogue" not in good(run("index", "mine", "--root", "mine")).stderr


def test_what_has_the_same_chance_is_asked_for_and_kept_in_the_set_file(make: Run) -> None:
    good(make("--by", "author", "--people", "2", "--cards", "1"))
    assert set_in("a.pdf").request.by == "author"


@pytest.mark.samples
def test_real_photographs_of_open_images_and_coco_are_printed_credited_and_untouched(run: Run, samples: Path) -> None:
    roots = ("--root", f"open-images={samples / 'open-images'}", "--root", f"coco={samples / 'coco'}")
    asked = ("--dataset", "open-images", "--dataset", "coco", "--people", "2", "--cards", "4", "--code", CODE)
    good(run("make", *roots, *asked, "--out", "a.pdf", "--report", "r.json"))
    good(run("make", *roots, "--from", "a.pdf", "--out", "b.pdf"))
    assert Path("a.pdf").read_bytes() == Path("b.pdf").read_bytes()
    found = json.loads(Path("r.json").read_text(encoding="utf-8"))["cards"]
    assert {card["record"]["dataset"] for card in found} == {"open-images", "coco"}
    assert all("is licensed under CC BY" in card["credit"] for card in found)
    with pikepdf.open("a.pdf") as pdf:
        assert len(pdf.pages) == 4
        streams = [image.read_raw_bytes() for page in pdf.pages for image in page.get_images().values()]
    for card in found:
        data = (samples / card["record"]["dataset"] / card["record"]["locator"]).read_bytes()
        scan = data[data.index(b"\xff\xda") :]
        assert any(stream.endswith(scan) for stream in streams), card["record"]["locator"]
    codes = {code.text for page in rasters("a.pdf", 300)[1::2] for code in zxingcpp.read_barcodes(page)}
    assert len(codes) == 8


def test_a_command_ends_without_looking_through_its_memory() -> None:
    program = (
        "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0)); from imagestolive.cli import main; main(['sizes'])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "True"
