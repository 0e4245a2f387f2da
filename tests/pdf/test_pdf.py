"""PDFs by what is drawn on their pages and what stands in their streams."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO, RawIOBase
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, cast

import pikepdf
import pikepdf.pdfa
import printed as by_hand
import pypdfium2
import pytest
import zxingcpp
from drawn import COLOURS
from pikepdf import Name
from PIL import Image, ImageOps
from printed import CASTLE, EN, card, fonts, photograph, pixels, printed, some_cards

from imagestolive import faces, pdf, pictures
from imagestolive.fonts import Fonts
from imagestolive.pdf.images import ADVANCE_BYTES
from imagestolive.records import FetchedImage, ImageRecord, Picture
from imagestolive.sets import SET_FILE_MOST_BYTES
from imagestolive.sheets import Flip
from imagestolive.typeset import Metrics
from imagestolive.units import A6

PAPER_PT = {"a4": (595.276, 841.89), "letter": (612.0, 792.0)}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Fonts:
    return fonts(tmp_path_factory)


@pytest.fixture(scope="module")
def file(kept: Fonts) -> bytes:
    return printed(some_cards(), kept)


def rasters(data: bytes, dpi: int) -> list[Image.Image]:
    return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in pypdfium2.PdfDocument(data)]


def bytes_of(stream: pikepdf.Object) -> bytes:
    return bytes(stream.read_raw_bytes())


# ---- what is on the pages ---------------------------------------------------------------------------------------------


def slot_of(x: float, y: float, page: Image.Image) -> tuple[int, int]:
    """Column and row of a point on a page of two by two slots."""
    return int(2 * x / page.width), int(2 * y / page.height)


def cards_on_fronts(page: Image.Image) -> dict[int, tuple[int, int]]:
    """Which card's colour is in the middle of which slot."""
    found = {}
    for column in (0, 1):
        for row in (0, 1):
            colour = page.getpixel((page.width * (1 + 2 * column) // 4, page.height * (1 + 2 * row) // 4))
            near = [sum(abs(one - other) for one, other in zip(colour, known, strict=True)) for known in COLOURS]  # type: ignore[arg-type]
            if min(near) < 30:
                found[near.index(min(near))] = (column, row)
    return found


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("flip", ["long", "short"])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_back_lies_behind_its_own_front_with_its_left_end_at_a_standing_fronts_head(
    kept: Fonts, paper: str, flip: Flip, count: int
) -> None:
    sizes_px = [(480, 320), (320, 480), (400, 400)]
    made = [card(n, picture=photograph(n, sizes_px[n % 3])) for n in range(count)]
    pages = rasters(printed(made, kept, paper=paper, flip=flip), dpi=200)
    assert len(pages) == 2 * -(-count // 4)
    seen: set[int] = set()
    for front, back in zip(pages[::2], pages[1::2], strict=True):
        fronts = cards_on_fronts(front)
        held_to_the_light = ImageOps.mirror(back) if flip == "long" else ImageOps.flip(back)
        codes = zxingcpp.read_barcodes(held_to_the_light, try_invert=False)
        backs = {}
        for code in codes:
            corners = (code.position.top_left, code.position.top_right, code.position.bottom_left, code.position.bottom_right)
            x, y = sum(corner.x for corner in corners) / 4, sum(corner.y for corner in corners) / 4
            slot = slot_of(x, y, front)
            backs[int(code.text[-2:])] = slot
            assert y < front.height * (1 + 2 * slot[1]) / 4  # the code is at the left end of the back, and there is the head
        assert backs == fronts
        seen |= set(fronts)
    assert seen == set(range(count))


def test_a_lying_front_has_its_head_on_the_left_and_a_standing_one_above(kept: Fonts) -> None:
    def red_above_blue(size_px: tuple[int, int]) -> Picture:
        image = Image.new("RGB", size_px, (200, 0, 0))
        image.paste((0, 0, 200), (0, size_px[1] // 2, *size_px))
        return Picture(sha256=str(size_px), width_px=size_px[0], height_px=size_px[1], channels=3, samples=image.tobytes())

    made = [card(1, picture=red_above_blue((480, 320))), card(2, picture=red_above_blue((320, 480)))]
    page = rasters(printed(made, kept), dpi=72)[0]
    reds = [page.getpixel(point)[0] > 150 for point in ((125, 210), (170, 210), (446, 180), (446, 240))]  # type: ignore[index]
    assert reds == [True, False, True, False]


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_every_code_can_be_read_from_the_paper(kept: Fonts, paper: str) -> None:
    longest = "https://example.org/".ljust(78, "x")
    made = [card(n) for n in range(6)] + [card(7, qr_url=longest, qr_level="L")]
    backs = rasters(printed(made, kept, paper=paper), dpi=300)[1::2]
    read = [code.text for page in backs for code in zxingcpp.read_barcodes(page)]
    assert sorted(read) == sorted(made_card.qr_url or "" for made_card in made)


def test_small_pixels_are_squares_of_whole_dots(kept: Fonts) -> None:
    board = bytes(255 * (n % 2) for n in range(25 * 25))
    picture = Picture(sha256="board", width_px=25, height_px=25, channels=1, samples=board)
    data = printed([card(1, picture=picture)], kept)
    with pikepdf.open(BytesIO(data)) as opened:
        (stream,) = opened.pages[0].Resources.XObject.values()
        assert (stream.Width, stream.Height, stream.ColorSpace) == (25 * 42, 25 * 42, Name.DeviceGray)
        assert Name.Interpolate not in stream
        samples = zlib.decompress(bytes_of(stream))
    assert samples == pictures.enlarge(picture, 42).samples
    page = rasters(data, dpi=300)[0].convert("L")
    middle = [page.getpixel((page.width // 4, y)) for y in range(page.height // 4 - 420, page.height // 4 + 420)]
    runs = [(shade, len(list(run))) for shade, run in groupby(middle)][1:-1]
    assert {shade for shade, length in runs if length > 1} == {0, 255}
    assert {length for _, length in runs} <= {1, 40, 41, 42, 43}  # 1: a raster's row on the border of two pixels


@pytest.mark.parametrize(("flip", "pages"), [("long", 4), ("short", 4), ("none", 2)])
def test_there_are_two_pages_a_sheet_or_one_when_one_side_is_printed(kept: Fonts, flip: Flip, pages: int) -> None:
    assert len(pypdfium2.PdfDocument(printed(some_cards(), kept, flip=flip))) == pages


def test_what_is_copied_is_the_exact_credit(kept: Fonts) -> None:
    exact = replace(
        CASTLE, line='"城" by \u2068محمد\u2069 is licensed under CC BY 2.0', sense=("“城”", "by محمد", "is licensed under CC BY 2.0")
    )
    pages = pypdfium2.PdfDocument(printed([card(1), card(2, credit=exact)], kept))
    copied = pages[1].get_textpage().get_text_range()
    assert CASTLE.line in copied
    assert '"城" by' in copied
    assert "محمد" in copied
    assert "K7Q2-9FXD" in copied
    assert "Card 1 of 90 · Person 3" in copied


def test_ticks_are_on_fronts_only(kept: Fonts) -> None:
    front, back = rasters(printed([card(1)], kept), dpi=144)
    cross = (front.width // 2 - 18, front.height // 2 - 18, front.width // 2 + 18, front.height // 2 + 18)
    assert min(front.convert("L").crop(cross).tobytes()) < 200
    assert min(back.convert("L").crop(cross).tobytes()) == 255


# ---- what is in the file ----------------------------------------------------------------------------------------------


def test_a_jpeg_is_in_the_file_byte_for_byte_and_once(kept: Fonts) -> None:
    same = photograph(1)
    data = printed([card(1, picture=same), card(2, picture=same), card(3, picture=photograph(3))], kept)
    with pikepdf.open(BytesIO(data)) as opened:
        images = [image for image in opened.objects if isinstance(image, pikepdf.Stream) and image.get(Name.Filter) == Name.DCTDecode]
        assert sorted(bytes_of(image) for image in images) == sorted(filter(None, (same.jpeg, photograph(3).jpeg)))
    assert data.count(same.jpeg or b"-") == 1


def test_the_same_code_is_in_the_file_once(kept: Fonts) -> None:
    with pikepdf.open(BytesIO(printed([card(n, qr_url="https://cocodataset.org/") for n in range(6)], kept))) as opened:
        assert sum(isinstance(image, pikepdf.Stream) and image.get(Name.ImageMask) is True for image in opened.objects) == 1


def test_a_page_names_its_own_bitmaps_only(file: bytes) -> None:
    with pikepdf.open(BytesIO(file)) as opened:
        shown = [
            ["code" if image.get(Name.ImageMask) is True else "picture" for image in page.Resources.XObject.values()]
            for page in opened.pages
        ]
        every = [image.objgen for page in opened.pages for image in page.Resources.XObject.values()]
    assert shown == [3 * ["picture"], 3 * ["code"], ["picture"], ["code"]]
    assert len(set(every)) == len(every)


def test_all_fonts_are_ours_embedded_and_subset(file: bytes) -> None:
    with pikepdf.open(BytesIO(file)) as opened:
        used = {str(font.BaseFont): font for page in opened.pages for font in page.Resources.Font.values()}
        every = {str(thing.BaseFont) for thing in opened.objects if isinstance(thing, pikepdf.Dictionary) and Name.BaseFont in thing}
        assert every == {*used, *(str(font.DescendantFonts[0].BaseFont) for font in used.values())}
        assert all(name[7] == "+" and name[8:].startswith("ImagesToLive") for name in used)
        assert all(Name.ToUnicode in font for font in used.values())
        programs = [font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes() for font in used.values()]
        assert len(programs) == 4
        assert all(len(program) < 40_000 for program in programs)


@pytest.mark.parametrize(
    ("paper", "flip", "duplex"),
    [("a4", "long", "/DuplexFlipLongEdge"), ("letter", "short", "/DuplexFlipShortEdge"), ("a4", "none", "/Simplex")],
)
def test_boxes_viewer_preferences_and_metadata_are_set(kept: Fonts, paper: str, flip: Flip, duplex: str) -> None:
    with pikepdf.open(BytesIO(printed([card(1)], kept, paper=paper, flip=flip, lang="pt-BR"))) as opened:
        for page in opened.pages:
            assert [float(side) for side in page.MediaBox] == pytest.approx([0, 0, *PAPER_PT[paper]], abs=0.01)
            assert [float(side) for side in page.TrimBox] == pytest.approx([0, 0, *PAPER_PT[paper]], abs=0.01)
            assert Name.Trans not in page.obj
        preferences = opened.Root.ViewerPreferences
        assert (str(preferences.Duplex), str(preferences.PrintScaling), preferences.DisplayDocTitle) == (duplex, "/None", True)
        assert str(opened.Root.Lang) == "pt-BR"
        assert str(opened.docinfo.Title) == "Images to live with, K7Q2-9FXD"
        assert str(opened.docinfo.Author) == "Images to live with"
        assert "10.1080/17540763.2023.2189285" in str(opened.docinfo.Subject)


def test_the_set_file_comes_back_out(kept: Fonts, tmp_path: Path) -> None:
    saved = '{"code":"K7Q2-9FXD","ü":"日"}'.encode()
    path = tmp_path / "set.pdf"
    path.write_bytes(printed([card(1)], kept, set_file=saved))
    assert pdf.read_set_file(path) == saved
    with path.open("rb") as stream:
        assert pdf.read_set_file(stream) == saved


def pdf_with(attachments: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with pikepdf.new() as empty:
        for name, data in attachments.items():
            empty.attachments[name] = data
        empty.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7", b"GIF89a", pdf_with({}), pdf_with({"notes.txt": b"{}"})],
    ids=["empty", "cut", "an image", "no attachment", "another attachment"],
)
def test_another_file_has_no_set_inside(data: bytes) -> None:
    with pytest.raises(pdf.NoSetInside):
        pdf.read_set_file(BytesIO(data))


def test_an_attachment_that_unfolds_without_end_is_read_only_up_to_the_limit() -> None:
    bomb = pdf_with({pdf.SET_FILE: bytes(40 * SET_FILE_MOST_BYTES)})
    assert len(bomb) < SET_FILE_MOST_BYTES
    assert len(pdf.read_set_file(BytesIO(bomb))) == SET_FILE_MOST_BYTES + 1


# ---- an archive file ----


def test_a_file_is_pdf_a_3b_and_the_validator_finds_what_is_not(kept: Fonts, file: bytes, tmp_path: Path) -> None:
    made = tmp_path / "made.pdf"
    made.write_bytes(file)
    assert pdf.faults(made) == []
    with pikepdf.open(made) as opened:
        del opened.Root.OutputIntents
        opened.save(tmp_path / "spoilt.pdf")
    assert pdf.faults(tmp_path / "spoilt.pdf")


def test_the_librarys_own_preparation_finds_only_another_profile_to_put_in(file: bytes) -> None:
    with pikepdf.open(BytesIO(file)) as opened:
        prepared = pikepdf.pdfa.prepare(opened, pdf.FLAVOUR)
    assert prepared.describe() == ["Replaced the output intents with a single RGB PDF/A output intent"]


def test_a_name_without_end_is_copied_as_far_as_a_string_may_go(kept: Fonts, tmp_path: Path) -> None:
    made = tmp_path / "made.pdf"
    made.write_bytes(printed([card(1, credit=replace(CASTLE, line="𝔄" * 100_000))], kept))
    assert pdf.faults(made) == []


def test_pixels_on_a_huge_page_are_squares_without_a_huge_bitmap(kept: Fonts) -> None:
    dots = 1200 * 300 // 25 // 8
    image = faces.Image(x_mm=0, y_mm=0, width_mm=1200, height_mm=1200, picture=pixels(8, 8), dots=dots)
    out = BytesIO()
    document = pdf.Document(kept, out)
    document.side(faces.Side(width_mm=1200, height_mm=1200, items=(image,)))
    document.save(pdf.About(title="Huge", lang="en"))
    with pikepdf.open(out) as opened:
        (stream,) = opened.pages[0].Resources.XObject.values()
        assert stream.Width == stream.Height
        assert stream.Width % 8 == 0
        assert stream.Width * stream.Height <= 12_000_000


def test_the_set_file_is_an_associated_file_with_a_fixed_date(file: bytes) -> None:
    with pikepdf.open(BytesIO(file)) as opened:
        (associated,) = opened.Root.AF
        assert str(associated.AFRelationship) == "/Data"
        assert str(associated.EF.F.Subtype) == "/application/json"
        assert str(associated.EF.F.Params.ModDate) == "D:20000101000000+00'00'"
        with opened.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["xmp:MetadataDate"].startswith("2000-01-01")


def test_the_outline_leads_to_each_persons_first_page(kept: Fonts) -> None:
    out = BytesIO()
    metrics = Metrics(kept)
    document = pdf.Document(kept, out)
    for person in (1, 2):
        document.bookmark(f"Person {person}")
        document.side(faces.front(card(person), A6, metrics))
    document.save(pdf.About(title="Two", lang="en"))
    opened = pypdfium2.PdfDocument(out.getvalue())
    found = [(item.get_title(), item.get_dest().get_index()) for item in opened.get_toc()]
    assert found == [("Person 1", 0), ("Person 2", 1)]


def test_a_picture_may_be_put_away_once_its_side_was_put(kept: Fonts) -> None:
    metrics = Metrics(kept)
    light = replace(card(1), picture=photograph(1).without_data())
    out = BytesIO()
    document = pdf.Document(kept, out)
    with pytest.raises(ValueError, match="put away"):
        document.put(faces.front(light, A6, metrics))
    document.put(faces.front(card(1), A6, metrics))
    document.side(faces.front(light, A6, metrics))
    document.save(pdf.About(title="One", lang="en"))
    assert (photograph(1).jpeg or b"-") in out.getvalue()


class WrittenOnly(RawIOBase):
    """A file that can be written to and nothing else, as a connection is."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.data += data
        return len(data)


def test_a_document_is_written_as_it_is_drawn_and_nothing_of_it_is_read_again(kept: Fonts) -> None:
    out = WrittenOnly()
    document = pdf.Document(kept, cast("BinaryIO", out))
    document.put(faces.front(card(1), A6, Metrics(kept)))
    assert (photograph(1).jpeg or b"-") in out.data
    document.side(faces.back(card(1), A6, EN, Metrics(kept)))
    document.save(pdf.About(title="Sent", lang="en"))
    assert pdf.faults(BytesIO(out.data)) == []


def test_two_files_have_two_identifiers(kept: Fonts, file: bytes) -> None:
    others = [replace(made, picture=photograph(7)) if made.picture else made for made in some_cards()]
    names = {bytes(pikepdf.open(BytesIO(data)).trailer.ID[0]) for data in (file, printed(some_cards(), kept), printed(others, kept))}
    assert len(names) == 2


def test_metadata_say_a_title_as_it_is(kept: Fonts) -> None:
    out = BytesIO()
    document = pdf.Document(kept, out)
    document.side(faces.front(card(1), A6, Metrics(kept)))
    document.save(pdf.About(title="Ñ <b> & “東京” ]]>", lang="en"))
    assert pdf.faults(out) == []
    with pikepdf.open(out) as opened, opened.open_metadata() as metadata:
        assert metadata["dc:title"] == str(opened.docinfo.Title) == "Ñ <b> & “東京” ]]>"


def noise(size_px: tuple[int, int]) -> Picture:
    out = BytesIO()
    Image.effect_noise(size_px, 25).convert("RGB").save(out, "JPEG", quality=92)
    return Picture(sha256="0" * 64, width_px=size_px[0], height_px=size_px[1], channels=3, jpeg=out.getvalue())


def test_a_small_copy_has_220_pixels_an_inch_at_most(kept: Fonts) -> None:
    out = BytesIO()
    document = pdf.Document(kept, out, quality="small")
    document.side(faces.front(card(1, picture=photograph(1, (3000, 2000))), A6, Metrics(kept)))
    document.save(pdf.About(title="Small", lang="en"))
    with pikepdf.open(out) as opened:
        (image,) = opened.pages[0].Resources.XObject.values()
        assert (image.Width, image.Height) == (1143, 762)  # 132 mm and 88 mm at 220 ppi


def test_what_light_pictures_leave_noisy_ones_take_and_ninety_stay_within_ten_megabytes(kept: Fonts) -> None:
    noisy = noise((1143, 771))

    def qualities(pictures: list[Picture]) -> list[int]:
        """The first step of each picture's table of quantization: the higher, the more is lost."""
        out = BytesIO()
        document = pdf.Document(kept, out, quality="small")
        for n, picture in enumerate(pictures):
            document.put(faces.front(card(1, picture=replace(picture, sha256=f"{n:064}")), A6, Metrics(kept)))
        assert out.tell() <= ADVANCE_BYTES + (10_000_000 - ADVANCE_BYTES) / 90 * len(pictures)
        data = out.getvalue().split(b"/DCTDecode")[1:]
        return [Image.open(BytesIO(part[part.index(b"\xff\xd8") :])).quantization[0][0] for part in data]  # type: ignore[attr-defined]

    assert qualities([noisy]) == [5]  # as JPEG 85 has it
    among = qualities([photograph(1), photograph(1), photograph(1), photograph(1), noisy] * 3)
    assert among[4::5] == [5, 5, 5]
    alone = qualities([noisy] * 12)
    assert alone[0] == 5 < alone[-1]


# ---- the same bytes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Sao_Paulo", "LC_ALL": "pt_BR.UTF-8", "PYTHONHASHSEED": "2"},
    ],
    ids=["Tokyo", "São Paulo"],
)
def test_another_process_writes_the_same_bytes(kept: Fonts, file: bytes, tmp_path: Path, surroundings: dict[str, str]) -> None:
    program, out = by_hand.__file__ or "", tmp_path / "out.pdf"
    fonts_folder = tmp_path / "fonts"
    fonts_folder.mkdir()
    subprocess.run([sys.executable, program, str(fonts_folder), str(out)], check=True, env={**os.environ, **surroundings})
    assert out.read_bytes() == file


def test_a_second_document_of_a_process_and_two_at_once_have_the_same_bytes(kept: Fonts, file: bytes) -> None:
    other = [card(9, code="ZZZZ-ZZZZ", dataset="Ñandú")]
    printed(other, kept)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda n: printed(other if n % 2 else some_cards(), kept), range(8)))
    assert all(data == file for data in made[::2])
    assert len(set(made)) == 2


@pytest.mark.samples
def test_the_jpeg_data_of_real_sources_are_found_in_the_file(kept: Fonts, samples: Path) -> None:
    made = []
    for number, path in enumerate(sorted((samples / "open-images").rglob("*.jpg"))[:4]):
        data = path.read_bytes()
        record = ImageRecord(dataset="open-images", image_id=path.stem, locator=path.name)
        made.append(card(number, picture=pictures.read(FetchedImage(record=record, data=data, sha256=hashlib.sha256(data).hexdigest()))))
    printed_bytes = printed(made, kept)
    assert made
    for made_card in made:
        assert made_card.picture is not None
        assert made_card.picture.untouched
        assert (made_card.picture.jpeg or b"-") in printed_bytes
