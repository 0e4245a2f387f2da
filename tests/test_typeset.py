"""Lines: what they measure, what is drawn for them in any script, where they break, and what stands for what no face has."""

from __future__ import annotations

import os
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestolive.fonts import FACES, NO_GLYPH, Fonts, FontsMissing
from imagestolive.typeset import JOINT, Metrics, clean, clusters, isolated
from imagestolive.typeset.bidi import levels, visual
from imagestolive.typeset.isolates import END, FIRST, LTR, RTL, bare
from imagestolive.typeset.runs import han_face
from imagestolive.typeset.text import breaks

COLUMN_PT = 172.9  # 61 mm
WIDE_PT = 10_000.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "fonts"


@pytest.fixture(scope="module")
def fonts(folder: Path) -> Fonts:
    return Fonts(folder)


@pytest.fixture(scope="module")
def metrics(fonts: Fonts) -> Metrics:
    return Metrics(fonts)


def test_measuring_what_cannot_be_drawn_raises_rather_than_guessing(metrics: Metrics) -> None:
    with pytest.raises(KeyError):
        metrics.width_pt("\ue000", "serif", 10)
    with pytest.raises(KeyError):
        metrics.runs("\ue000", "serif")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" two\n\tlines\u2028here ", "two lines here"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("\u2068محمد\u2069", "\u2067محمد\u2069"),
        ("\u2068Ann א\u2069 \u2068\u2069\u2067 אב \u2069", "\u2066Ann א\u2069 \u2067אב\u2069"),
        ("by \u2068Ann\u2069 \u2066x\u2069", "by Ann x"),  # nothing to keep apart
        ("א\u2069 \u2068 ב \u2067", "א ב"),  # ends that close nothing, isolates that do not end
        ("\u2068א \u2067ב\u2069 (\u2069\u2069\u2068", "\u2067א ב (\u2069"),  # none in another
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("soft\u00adhyphen zero\u200bwidth \ufeff", "softhyphen zerowidth"),
        ("Sa\u0303o", "São"),
        ("no\u00a0break", "no break"),
        ("ad\u200dmin 1\u200c2 \u200dx", "admin 12 x"),
        ("عکس\u200cهای", "عکس\u200cهای"),  # joiners that shape letters stay
        ("ක්\u200dෂ", "ක්\u200dෂ"),
        ("❤️\u200d🔥", "❤️\u200d🔥"),
        ("Z" + "\u0322" * 40, "Z" + "\u0322" * 6),
    ],
)
def test_clean_text_is_one_line_without_controls(text: str, line: str) -> None:
    assert clean(text) == line


@pytest.mark.parametrize(
    ("text", "drawn", "lost"),
    [
        ("Łódź", "Łódź", ""),
        ("𝒥𝓊𝓁𝒾𝒶 𝐉𝐮𝐥𝐢𝐚", "Julia Julia", ""),  # Flickr's fancy letters
        ("ﬁle №", "ﬁle №", ""),
        ("x\u20e0", "x\u20e0", ""),
        ("x\U0001e8d0", "x", ""),  # a mark of a script of which no face has a glyph falls away
        ("\u3164 a \ufe0f\u115fb", "a b", ""),  # names that look empty
        ("日本日", "日本日", ""),
        ("❤️ love", "❤️ love", ""),
        ("\ud800", NO_GLYPH, "\ud800"),
        ("𓂀 \ue000𓂀", f"{NO_GLYPH} {NO_GLYPH * 2}", "𓂀\ue000"),
    ],
)
def test_every_string_becomes_one_that_can_be_drawn(metrics: Metrics, text: str, drawn: str, lost: str) -> None:
    assert metrics.drawable(text, "serif") == (drawn, lost)


def check_drawn(metrics: Metrics, fonts: Fonts, drawn: str, face: str) -> None:
    runs = metrics.runs(drawn, face)
    assert metrics.drawable(drawn, face) == (drawn, "")
    assert metrics.width_pt(drawn, face, 10) >= 0
    assert metrics.width_pt(drawn, face, 10) == pytest.approx(
        sum(glyph.advance * run.scale * 10 / 1000 for run in runs for glyph in run.glyphs)
    )
    assert sorted("".join(run.text for run in runs)) == sorted(bare(drawn))
    for run in runs:
        copied = [glyph.text for glyph in run.glyphs]
        assert 0 not in {glyph.gid for glyph in run.glyphs}  # .notdef
        assert sorted("".join(copied)) == sorted(run.text)
        assert run.shaped or copied == list(run.text)
        assert run.shaped or [(glyph.advance, glyph.dx, glyph.dy) for glyph in run.glyphs] == [
            (fonts.advance(run.face, glyph.gid), 0, 0) for glyph in run.glyphs
        ]


@settings(deadline=None)
@given(st.text())
def test_any_string_can_be_drawn_and_measured(metrics: Metrics, fonts: Fonts, text: str) -> None:
    for face in FACES:
        check_drawn(metrics, fonts, metrics.drawable(text, face)[0], face)


# A line of each script, and the face that draws it.
SCRIPTS = {
    "Ação, Việt Nam, Łódź": "serif",
    "Ἀριστοτέλης ἀνήρ": "sans",
    "Φωτογραφία": "serif",
    "Фотограф Ђорђе Їжак": "serif",
    "محمد الصورة": "noto-sans-arabic",
    "عکس‌های پنجره": "noto-sans-arabic",
    "שָׁלוֹם עולם": "noto-sans-hebrew",
    "हिन्दी क्षत्रिय": "noto-sans-devanagari",
    "বাংলা স্ত্রী": "noto-sans-bengali",
    "தமிழ் கொ": "noto-sans-tamil",
    "ภาษาไทย น้ำ": "noto-sans-thai",
    "ქართული ენა": "noto-sans-georgian",
    "Հայերեն լեզու": "noto-sans-armenian",
    "አማርኛ ቋንቋ": "noto-sans-ethiopic",
    "ភាសាខ្មែរ ស្រី": "noto-sans-khmer",
    "ગુજરાતી": "noto-sans-gujarati",
    "ਪੰਜਾਬੀ": "noto-sans-gurmukhi",
    "తెలుగు": "noto-sans-telugu",
    "ಕನ್ನಡ": "noto-sans-kannada",
    "മലയാളം": "noto-sans-malayalam",
    "සිංහල ක්‍ෂ": "noto-sans-sinhala",
    "ພາສາລາວ ນ້ຳ": "noto-sans-lao",
    "မြန်မာဘာသာ": "noto-sans-myanmar",
    "ଓଡ଼ିଆ": "noto-sans-oriya",
    "富士山の「写真」、東京。": "noto-sans-cjk-jp",
    "简体中文，东京。": "noto-sans-cjk-sc",
    "這是說明": "noto-sans-cjk-tc",
    "한국어 사진": "noto-sans-cjk-kr",
    "👨‍👩‍👧‍👦❤️👍🏽🇧🇷🇯🇵": "noto-emoji",
    "ⒶⒷ": "noto-sans-symbols",
}


@pytest.mark.parametrize(("line", "face"), SCRIPTS.items(), ids=list(SCRIPTS.values()))
def test_a_line_of_each_script_is_drawn_whole_in_one_face(metrics: Metrics, fonts: Fonts, line: str, face: str) -> None:
    drawn, lost = metrics.drawable(line, "serif")
    assert lost == ""
    assert drawn == unicodedata.normalize("NFC", line)
    assert [(run.face, run.scale) for run in metrics.runs(drawn, "serif")] == [(face, 1 if face in FACES else 0.9)]
    check_drawn(metrics, fonts, drawn, "serif")


MIXED = st.lists(
    st.sampled_from([*SCRIPTS, *f"{LTR}{RTL}{FIRST}{END}{END} ()[]«»「」,.!?-1٣", "abc", "\u0301", "\u200d", "\ufe0f", "\u202e", "𓂀"]),
    max_size=6,
).map("".join)


@settings(deadline=None)
@given(text=MIXED, width_pt=st.floats(20, 200))
def test_scripts_mix_and_break_without_loss(metrics: Metrics, fonts: Fonts, text: str, width_pt: float) -> None:
    drawn, _ = metrics.drawable(text, "sans")
    check_drawn(metrics, fonts, drawn, "sans")
    set_in = metrics.wrap(drawn, "sans", 7.5, width_pt)
    for line in set_in:
        check_drawn(metrics, fonts, line, "sans")
    drawn, lines = bare(drawn), [bare(line) for line in set_in]
    assert "".join(lines).replace(" ", "") == drawn.replace(" ", "")
    assert [cluster for line in lines for cluster in clusters(line) if cluster != " "] == [c for c in clusters(drawn) if c != " "]
    assert all(metrics.width_pt(line, "sans", 7.5) <= width_pt or len(clusters(line)) == 1 for line in set_in)


def gids(metrics: Metrics, text: str, face: str = "sans") -> list[int]:
    return [glyph.gid for run in metrics.runs(text, face) for glyph in run.glyphs]


def test_latin_is_set_letter_by_letter_as_ever(metrics: Metrics, fonts: Fonts) -> None:
    (run,) = metrics.runs("AVA ﬁfi\u00a01", "sans")
    assert (run.face, run.scale, run.text, run.shaped) == ("sans", 1, "AVA ﬁfi 1", False)
    assert [(glyph.gid, glyph.advance) for glyph in run.glyphs] == [fonts.glyphs("sans")[character] for character in "AVA ﬁfi 1"]
    assert metrics.runs("", "sans") == ()


def test_a_line_that_our_own_faces_have_opens_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(program: object) -> Path:
        raise FontsMissing(package="any")

    monkeypatch.setattr("imagestolive.fonts.path_of", not_there)
    metrics = Metrics(Fonts(folder))
    line, _ = metrics.drawable("“Ação” by Łukasz · Фото · https://example.org/", "serif")
    assert metrics.wrap(line, "serif", 10, 100)
    assert metrics.runs(line, "serif")
    with pytest.raises(FontsMissing):
        metrics.drawable("写真", "serif")


def test_arabic_letters_join_and_stand_from_right_to_left(metrics: Metrics) -> None:
    alone = {gid for letter in "محمد" for gid in gids(metrics, letter)}
    (run,) = metrics.runs("محمد", "sans")
    assert not alone & {glyph.gid for glyph in run.glyphs if glyph.text in "مح"}
    assert [glyph.text for glyph in run.glyphs if glyph.text] == list("دمحم")
    assert run.shaped
    assert run.text == "محمد"


def test_a_vowel_sign_that_is_written_before_its_letter_is_drawn_there(metrics: Metrics) -> None:
    letter, sign, both = gids(metrics, "क"), gids(metrics, "की"), gids(metrics, "कि")
    assert sign[0] == letter[0]
    assert both[-1] == letter[0]  # ki: the sign comes first
    assert len(gids(metrics, "क्ष")) == 1  # a conjunct


def test_thai_sara_am_is_taken_apart_and_its_ring_stands_below_the_tone(metrics: Metrics) -> None:
    (run,) = metrics.runs("น้ำ", "sans")
    ring, tone, vowel = gids(metrics, "นํ")[-1], gids(metrics, "น้")[-1], gids(metrics, "า")[-1]
    drawn = [glyph.gid for glyph in run.glyphs]
    assert drawn[0] == gids(metrics, "น")[0]
    assert drawn[-1] == vowel
    assert len(drawn) == 4
    assert drawn[1] == ring
    assert drawn[2] != vowel
    assert tone not in drawn[:2]  # the tone stands above the ring
    assert run.shaped


@pytest.mark.parametrize("text", ["パーティー", "x\u0301", "ქართული"])
def test_what_is_kerned_or_stands_above_a_letter_is_placed_by_itself(metrics: Metrics, text: str) -> None:
    (run,) = metrics.runs(metrics.drawable(text, "sans")[0], "sans")
    assert run.shaped  # else a PDF would show it glyph after glyph at their own widths


def test_brackets_around_hebrew_in_an_english_sentence_open_and_close(metrics: Metrics) -> None:
    runs = metrics.runs("photo (שלום) by דוד (א)", "serif")
    shown = [run.text if run.face == "serif" and not run.shaped else [glyph.text for glyph in run.glyphs] for run in runs]
    assert shown[:3] == ["photo (", list("םולש"), ") by "]
    opening, closing = gids(metrics, "(", "serif") + gids(metrics, ")", "serif")
    order = [glyph.gid for run in runs for glyph in run.glyphs if glyph.gid in (opening, closing) and run.face == "serif"]
    assert order == [opening, closing, opening, closing]


def test_numbers_in_arabic_read_from_left_to_right(metrics: Metrics) -> None:
    runs = metrics.runs("عام ١٩٨٤ و 1985", "sans")
    read = ["".join(glyph.text for glyph in run.glyphs).strip() for run in runs]
    assert read.index("1985") < read.index("١٩٨٤")


def shown(text: str) -> str:
    """The characters from left to right."""
    return "".join(text[place] for place in visual(levels(text)))


def visible(text: str) -> str:
    """Brackets of either side count as one: the two disagree only in which of them is mirrored when."""
    return text.translate(str.maketrans(")]", "(["))


@settings(deadline=None, max_examples=500)
@given(st.text("aבم1٣+$,. -([])!\u05b0\u0300", max_size=12))
def test_the_order_on_the_line_is_that_of_the_unicode_algorithm(text: str) -> None:
    assert visible(shown(text)) == visible(get_display(text, base_dir="L"))


@settings(deadline=None, max_examples=500)
@given(st.text(f"aבם1+$,. -([])!\u05b0\u0300{LTR}{RTL}{FIRST}{END}{END}", max_size=14))
def test_an_isolate_is_ordered_by_itself_as_in_the_unicode_algorithm(text: str) -> None:
    assert visible(bare(shown(text))) == visible(bare(get_display(text, base_dir="L")))


HEBREW = "חתול (ישן) על הגג [2014] – “בוקר”"


def test_a_hebrew_title_keeps_its_marks_within_its_quotation_marks(metrics: Metrics) -> None:
    line, lost = metrics.drawable(f"“{FIRST}{HEBREW}{END}” by {FIRST}דוד!{END} (3)", "serif")
    assert lost == ""
    assert bare(shown(line)) == "“”רקוב“ – ]2014[ גגה לע )ןשי( לותח” by !דוד (3)"
    first, *_, last = (glyph for run in metrics.runs(line, "serif") for glyph in run.glyphs)
    assert (first.text, last.text) == ("“", ")")


def test_each_line_of_a_broken_isolate_reads_as_all_of_it(metrics: Metrics) -> None:
    title, _ = metrics.drawable(f"A “{isolated('חתול 12 (CC BY 2.0) ABC, DEF! חתול')}” by Ann", "sans")
    lines = metrics.wrap(title, "sans", 10, 60)
    assert lines == [f"A “{RTL}חתול 12{END}", f"{RTL}(CC BY 2.0){END}", f"{RTL}ABC, DEF!{END}", f"{RTL}חתול{END}” by Ann"]
    assert [bare(shown(line)) for line in lines] == ["A “12 לותח", ")CC BY 2.0(", "!ABC, DEF", "לותח” by Ann"]
    narrow = metrics.wrap(title, "sans", 10, 9)
    assert not [line for line in narrow if not bare(line)]
    assert all(line.count(END) == line.count(RTL) for line in narrow)


def test_a_line_without_isolates_is_not_changed_by_them(metrics: Metrics) -> None:
    plain = "“Title” by Ann is licensed under CC BY 2.0"
    assert isolated(plain) == plain
    line, _ = metrics.drawable(plain.replace("Ann", f"{FIRST}Ann{END}"), "serif")
    assert line == plain


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧‍👦", "🇧🇷", "👍🏽", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "❤️"])
def test_an_emoji_made_of_many_is_one_glyph(metrics: Metrics, emoji: str) -> None:
    ((glyph,),) = (run.glyphs for run in metrics.runs(emoji, "sans"))
    assert glyph.text == emoji


def test_an_emoji_spreads_neither_its_spaces_nor_its_figures(metrics: Metrics) -> None:
    assert [(run.face, run.text) for run in metrics.runs("a 🙂 12 🙂3", "sans")] == [
        ("sans", "a "), ("noto-emoji", "🙂"), ("sans", " 12 "), ("noto-emoji", "🙂"), ("sans", "3"),
    ]  # fmt: skip


def test_punctuation_goes_with_the_letters_it_touches(metrics: Metrics) -> None:
    assert [(run.face, run.text) for run in metrics.runs("Foto (日本), 2024年, x", "sans")] == [
        ("sans", "Foto "), ("noto-sans-cjk-jp", "(日本),"), ("sans", " 2024"), ("noto-sans-cjk-jp", "年,"), ("sans", " x"),
    ]  # fmt: skip


@pytest.mark.parametrize("title", ["富士山、東京。", "他说：“你好”。", "한국어 사진", "ภาษาไทย", "हिन्दी", "Aꞩa"])
def test_quotation_marks_are_those_of_the_sentence(metrics: Metrics, title: str) -> None:
    runs = metrics.runs(f"“{title}” by «{title}» ‘{title}’s’", "serif")
    assert {run.face for run in runs if set(run.text) & set("“”«»‘")} == {"serif"}
    (own,) = {run.face for run in runs if title[0] in run.text}
    assert own != "serif"
    assert all(run.face == own for run in runs if set(run.text) & set("、。："))


def test_one_rare_letter_takes_its_word_along_and_in_greek_the_sentence(metrics: Metrics) -> None:
    assert [(run.face, run.text) for run in metrics.runs("Foto λέγει ὁ ἀνήρ, x", "serif")] == [
        ("serif", "Foto "), ("sans", "λέγει ὁ ἀνήρ,"), ("serif", " x"),
    ]  # fmt: skip
    assert [(run.face, run.text) for run in metrics.runs("by Aꞩa Lima", "serif")] == [
        ("serif", "by "), ("noto-sans", "Aꞩa"), ("serif", " Lima"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "region"), [("東京", "jp"), ("骨の", "jp"), ("东京", "sc"), ("說明", "tc"), ("漢字 한국", "kr"), ("汉字の", "jp"), ("", "jp")]
)
def test_the_form_of_a_chinese_character_is_that_of_its_country(text: str, region: str) -> None:
    assert han_face(text) == f"noto-sans-cjk-{region}"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("東京「写真」、富士山。", ["東", "京", "「写", "真」、", "富", "士", "山。"]),
        ("キャッチーな2024年Tokyoの", ["キャッ", "チー", "な", "2024年", "Tokyo", "の"]),
        ("한국어사진", ["한국어사진"]),
        ("plain words", ["plain words"]),
    ],
)
def test_a_line_of_japanese_breaks_between_characters_but_not_at_its_punctuation(text: str, pieces: list[str]) -> None:
    assert [text[start:end] for start, end in pairwise([0, *breaks(text), len(text)])] == pieces


def test_japanese_fills_the_line_that_was_begun(metrics: Metrics) -> None:
    lines = metrics.wrap("Photo: 富士山の写真を撮りました。東京から", "sans", 10, 72)
    assert lines == ["Photo: 富士山の", "写真を撮りまし", "た。東京から"]


def test_a_thai_word_is_cut_only_where_it_is_longer_than_a_line_and_never_behind_a_leading_vowel(metrics: Metrics) -> None:
    assert metrics.wrap("ภาษาไทย ภาษาไทย", "sans", 10, 50) == ["ภาษาไทย", "ภาษาไทย"]
    for width_pt in range(20, 60):
        lines = metrics.wrap("แมวเเละโต๊ะไทย" * 3, "sans", 10, width_pt)
        assert not [line for line in lines[:-1] if line[-1] in "เแโใไ"]


def test_a_line_is_as_full_as_can_be(metrics: Metrics) -> None:
    lines = metrics.wrap("one two three four five six seven eight nine ten eleven twelve thirteen fourteen", "serif", 10.5, COLUMN_PT)
    assert lines == ["one two three four five six seven", "eight nine ten eleven twelve", "thirteen fourteen"]


@pytest.mark.parametrize(
    "together", ["CC BY-NC-SA 3.0 BR", "CC BY-SA 2.0", "CC0 1.0", "640 × 408", "123 ppi", "1 May 2026", "21 de março de 2026"]
)
def test_what_belongs_together_is_not_broken(metrics: Metrics, together: str) -> None:
    for width in range(60, 300, 3):
        text = f"is licensed or measured as {together} and so on"
        lines = metrics.wrap(text, "sans", 7.5, width + metrics.width_pt(together, "sans", 7.5))
        assert any(together in line for line in lines)
        assert " ".join(lines) == text


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("https://creativecommons.org/licenses/by/2.0/", ["https://creativecommons.org/licenses/by/2.0/"]),
        # 3.0/br/ would be a scrap of seven characters
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/br/", ["https://creativecommons.org/licenses/", "by-nc-sa/3.0/br/"]),
        (
            "https://www.example.org/fotografias/maria-exemplo/946782888/album-72157601075812345/",
            ["https://www.example.org/fotografias/maria-exemplo/", "946782888/album-72157601075812345/"],
        ),
        (
            "https://example.org/show?collection=photographs&identifier=0123456789&size=large",
            ["https://example.org/show?collection=photographs&", "identifier=0123456789&size=large"],
        ),
        (
            "https://example.org/a-name-that-is-much-longer-than-the-column-is-wide-and-has-no-place-to-break",
            ["https://example.org/", "a-name-that-is-much-longer-than-the-column-is-wide-", "and-has-no-place-to-break"],
        ),
    ],
)
def test_an_address_breaks_behind_its_marks_and_leaves_no_scrap(metrics: Metrics, address: str, lines: list[str]) -> None:
    assert metrics.wrap(address, "sans", 7.5, COLUMN_PT) == lines


def test_a_label_stands_alone_when_the_address_needs_the_line(metrics: Metrics) -> None:
    address = "https://www.flickr.com/photos/chr1sp/4781196162"
    assert metrics.wrap(f"Source: {address}", "sans", 7.5, COLUMN_PT) == ["Source:", address]
    assert metrics.wrap("Source: https://flic.kr/p/8huT3A", "sans", 7.5, COLUMN_PT) == ["Source: https://flic.kr/p/8huT3A"]


def test_an_address_that_no_line_holds_begins_beside_its_label(metrics: Metrics) -> None:
    address = "https://www.flickr.com/photos/a-long-name-of-a-person/946782888"
    lines = metrics.wrap(f"Source: {address}", "sans", 7.5, COLUMN_PT)
    assert lines == ["Source: https://www.flickr.com/photos/", "a-long-name-of-a-person/946782888"]


def test_a_label_goes_with_its_address_to_the_next_line(metrics: Metrics) -> None:
    address = "https://flic.kr/p/8huT3A"
    for width_pt in range(130, 220, 5):
        lines = metrics.wrap(f"is licensed under CC BY 2.0 {JOINT}Source: {address}", "sans", 7.5, width_pt)
        assert [line for line in lines if line.endswith(f"Source: {address}")]


def test_a_joint_falls_away_where_a_line_begins(metrics: Metrics) -> None:
    parts = f"Data set under CC BY 4.0 {JOINT}https://creativecommons.org/licenses/by/4.0/"
    assert metrics.wrap(parts, "sans", 7.5, WIDE_PT) == ["Data set under CC BY 4.0 · https://creativecommons.org/licenses/by/4.0/"]
    assert metrics.wrap(parts, "sans", 7.5, COLUMN_PT) == ["Data set under CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"]
    assert metrics.wrap("· a dot of the title", "sans", 7.5, WIDE_PT) == ["· a dot of the title"]


@settings(deadline=None)
@given(text=st.text(st.sampled_from("aÉW .,/?&=-日☺\u0301\u00a0"), max_size=120), width_pt=st.floats(20, 400), address=st.booleans())
def test_no_line_leaves_the_column_and_nothing_is_lost(metrics: Metrics, text: str, width_pt: float, address: bool) -> None:
    drawn, _ = metrics.drawable(f"https://{text}" if address else text, "sans")
    lines = metrics.wrap(drawn, "sans", 7.5, width_pt)
    assert all(metrics.width_pt(line, "sans", 7.5) <= width_pt for line in lines)
    assert all(line == line.strip() and line for line in lines)
    assert "".join(lines).replace(" ", "") == drawn.replace(" ", "")


def test_a_mark_stays_with_its_letter_even_where_a_word_is_cut(metrics: Metrics) -> None:
    for width_pt in range(20, 60):
        lines = metrics.wrap("x\u0303" * 40, "sans", 7.5, width_pt)
        assert len(lines) > 1
        assert all(line.startswith("x") for line in lines)


def test_balanced_lines_are_of_like_length(metrics: Metrics) -> None:
    question = "Who should see this photograph, and who has seen it since?"
    greedy = metrics.wrap(question, "serif", 15, 200)
    balanced = metrics.balance(question, "serif", 15, 200)
    assert len(balanced) == len(greedy)
    assert " ".join(balanced) == question

    def spread(lines: list[str]) -> float:
        widths = [metrics.width_pt(line, "serif", 15) for line in lines]
        return max(widths) - min(widths)

    assert spread(balanced) < spread(greedy)
    assert metrics.balance("One line", "serif", 15, 200) == ["One line"]
