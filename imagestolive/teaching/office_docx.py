"""DOCX (WordprocessingML): the styles, the page and its footer, and what stands around the blocks of pandoc.

Lengths in the XML are twips (1/20 pt), borders eighths of a point, sizes of type half points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from imagestolive import resources
from imagestolive.teaching.blocks import Document
from imagestolive.teaching.office_tree import (
    CARD_MM,
    CARD_PADDING_MM,
    FOLD_BEFORE_PT,
    LINE_APART_MM,
    MARGIN_MM,
    NO_BREAK,
    PAPER_MM,
    ROOM_MM,
    TICK,
    Look,
    Maker,
    Node,
    bullets,
    clean,
    footer_words,
    half_mm,
    look_of,
    string,
    text_width_mm,
    top_mm,
    tree,
)
from imagestolive.teaching.office_zip import XML, Convert, Parts, app, core

_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RULE = 'w:val="single" w:sz="4" w:space="0" w:color="808080"'  # 0.5 pt, 50 % black
_HAIRLINE = 'w:val="single" w:sz="2" w:space="0" w:color="8C8C8C"'  # the thinnest there is, 45 % black
_CUT = 'w:val="dashed" w:sz="4" w:space="0" w:color="808080"'
_TICK = '<w:rStyle w:val="TickBox"/><w:sz w:val="32"/><w:szCs w:val="32"/>'  # LibreOffice forgets the style's size in a table
_TEXT = re.compile(f"<w:t(?: [^>]*)?>[^<]*{NO_BREAK}[^<]*</w:t>")
_INDENT = re.compile(rb'(<w:ind w:left=)"(\d+)"')  # of lists, which pandoc moves in twice as far as their marks need
_INLINE = '<wp:inline distT="0" distB="0" distL="0" distR="0">'  # LibreOffice takes 3.2 mm where nothing is said
_DATA_ADDRESS = re.compile(rb' descr="data:[^"]*"')


def write(document: Document, paper: str, reference: Parts, convert: Convert) -> Parts:
    shapes = Shapes(width_mm=text_width_mm(paper))
    nodes = Maker(document, shapes, width_mm=text_width_mm(paper), half_mm=half_mm(document, paper)).nodes()
    patched = _patched(reference, document, paper)
    made = convert(tree(document, nodes), patched)
    body = _DATA_ADDRESS.sub(b' descr=""', made["word/document.xml"])  # pandoc repeats where a picture came from
    made["word/document.xml"] = _TEXT.sub(_with_hyphens, body.decode()).replace("<wp:inline>", _INLINE).encode()
    made["word/numbering.xml"] = _INDENT.sub(lambda found: b'%s"%d"' % (found[1], int(found[2]) - 360), made["word/numbering.xml"])
    made["word/styles.xml"] = patched["word/styles.xml"]  # without those that pandoc adds for programs
    made["word/settings.xml"] = _settings(quoteattr(clean(document.lang))).encode()
    made["docProps/core.xml"], made["docProps/app.xml"] = core(document), app()
    return made


def _with_hyphens(text: re.Match[str]) -> str:
    """Word has an element for a hyphen that does not break, and takes the sign for it from whatever font has it."""
    return text[0].replace(NO_BREAK, '</w:t><w:noBreakHyphen/><w:t xml:space="preserve">')


def _twips(mm: float) -> int:
    return round(mm / 25.4 * 1440)


# ---- around blocks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """See office_tree.Shapes."""

    width_mm: float
    markup: str = "openxml"
    tick: str = f"<w:r><w:rPr>{_TICK}</w:rPr><w:t>{TICK}</w:t></w:r><w:r><w:tab/></w:r>"
    cell_close: str = "</w:tc>"
    row_close: str = "</w:tr>"
    head_close: str = "</w:tr>"

    def style(self, name: str) -> str:
        return name

    def lines(self, count: int) -> str:
        """Paragraphs with a lower border. Two neighbours of one width would share one border: every other one is a twip narrower."""
        return "".join(_empty("Writing Line", f'<w:ind w:right="{number % 2}"/>') for number in range(count)) + _empty("Gap")

    def box(self, height_mm: float) -> str:
        row = f'<w:trPr><w:cantSplit/><w:trHeight w:val="{_twips(height_mm)}" w:hRule="exact"/></w:trPr>'
        borders = "".join(f"<w:{side} {_RULE}/>" for side in ("top", "left", "bottom", "right"))
        cell = f"<w:tc>{_cell(self.width_mm)}{_empty('Table Text')}</w:tc>"
        return f"{_table_start([self.width_mm], borders)}<w:tr>{row}{cell}</w:tr></w:tbl>{_empty('Gap')}"

    def zone_open(self, height_mm: float) -> str:
        row = f'<w:trPr><w:cantSplit/><w:trHeight w:val="{_twips(height_mm)}" w:hRule="atLeast"/></w:trPr>'
        return f"{_table_start([self.width_mm], '', padding_mm=0)}<w:tr>{row}<w:tc>{_cell(self.width_mm)}"

    zone_close: str = "</w:tc></w:tr></w:tbl>"

    def fold(self, word: str) -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="FoldLine"/></w:pPr><w:r><w:t>{escape(word)}</w:t></w:r></w:p>'

    def new_page(self) -> str:
        return _empty("New Page")

    def empty_paragraph(self, style: str) -> str:
        return _empty(style)

    def table_open(self, weights: Sequence[int], *, row_heads: bool) -> str:
        borders = "".join(f"<w:{side} {_RULE}/>" for side in ("top", "bottom", "insideH"))
        return _table_start(
            [self._column_mm(weight, weights) for weight in weights], borders, look=f'w:firstRow="1" w:firstColumn="{row_heads:d}"'
        )

    def row_open(self, *, is_head: bool, has_room: bool) -> str:
        height = f'<w:trHeight w:val="{_twips(ROOM_MM)}" w:hRule="atLeast"/>' if has_room else ""
        return f"<w:tr><w:trPr><w:cantSplit/>{height}{'<w:tblHeader/>' if is_head else ''}</w:trPr>"

    def cells_open(self, weights: Sequence[int], *, has_room: bool) -> list[str]:
        sides = f"<w:left {_RULE}/><w:right {_RULE}/>" if has_room else ""
        return [f"<w:tc>{_cell(self._column_mm(weight, weights), sides)}" for weight in weights]

    @property
    def table_close(self) -> str:
        return f"</w:tbl>{_empty('Gap')}"

    def card_open(self, height_mm: float) -> str:
        width_mm, _ = CARD_MM
        borders = "".join(f"<w:{side} {_CUT}/>" for side in ("top", "left", "bottom", "right"))
        row = f'<w:trPr><w:cantSplit/><w:trHeight w:val="{_twips(height_mm)}" w:hRule="atLeast"/></w:trPr>'
        return f"{_table_start([width_mm], borders, padding_mm=CARD_PADDING_MM, center=True)}<w:tr>{row}<w:tc>{_cell(width_mm)}"

    @property
    def card_close(self) -> str:
        """A cell ends with a paragraph, whatever it holds."""
        return f"{_empty('Gap')}</w:tc></w:tr></w:tbl>{_empty('Gap')}"

    def ticks(self, items: Sequence[list[Node]]) -> list[Node]:
        """Pandoc makes a box of the first sign of an item, the mark of its list."""
        return [bullets([_ticked(item) for item in items], ordered=False)]

    def _column_mm(self, weight: int, weights: Sequence[int]) -> float:
        return self.width_mm * weight / sum(weights)


def _ticked(item: list[Node]) -> list[Node]:
    first, *rest = item
    inside = first["c"]
    return [{"t": first["t"], "c": [string(TICK), {"t": "Space"}, *(inside if isinstance(inside, list) else [])]}, *rest]


def _empty(style: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/>{more}</w:pPr></w:p>'


def _cell(width_mm: float, borders: str = "") -> str:
    side = f"<w:tcBorders>{borders}</w:tcBorders>" if borders else ""
    return f'<w:tcPr><w:tcW w:w="{_twips(width_mm)}" w:type="dxa"/>{side}</w:tcPr>'


def _table_start(
    columns_mm: Sequence[float], borders: str, *, look: str = "", padding_mm: float | None = None, center: bool = False
) -> str:
    width = f'<w:tblW w:w="{_twips(sum(columns_mm))}" w:type="dxa"/>{"""<w:jc w:val="center"/>""" if center else ""}'
    padding = ""
    if padding_mm is not None:
        sides = "".join(f'<w:{side} w:w="{_twips(padding_mm)}" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
        padding = f"<w:tblCellMar>{sides}</w:tblCellMar>"
    grid = "".join(f'<w:gridCol w:w="{_twips(width_mm)}"/>' for width_mm in columns_mm)
    shown = f"<w:tblLook {look}/>" if look else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Table"/>{width}<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"{padding}{shown}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )


# ---- the reference document --------------------------------------------------------------------------------------------


def _patched(reference: Parts, document: Document, paper: str) -> Parts:
    """The reference document of pandoc with our styles, our page and a footer."""
    parts = dict(reference)
    lang = quoteattr(clean(document.lang))
    _replace(
        parts,
        "word/_rels/document.xml.rels",
        "</Relationships>",
        f'<Relationship Type="{_OFFICE}/footer" Id="rId90" Target="footer1.xml"/></Relationships>',
    )
    _replace(
        parts,
        "[Content_Types].xml",
        "</Types>",
        '<Override PartName="/word/footer1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>',
    )
    parts["word/footer1.xml"] = _footer(document).encode()
    parts["word/document.xml"] = _page(document, paper).encode()
    parts["word/styles.xml"] = _styles(look_of(document), lang, paper).encode()
    theme = parts["word/theme/theme1.xml"].decode()
    parts["word/theme/theme1.xml"] = re.sub(r'<a:latin typeface="Aptos[^"]*"', '<a:latin typeface="Georgia"', theme).encode()
    return parts


def _replace(parts: Parts, name: str, old: str, new: str) -> None:
    text = parts[name].decode()
    if old not in text:
        raise AssertionError(f"pandoc's reference document has no {old} in {name}")
    parts[name] = text.replace(old, new, 1).encode()


def _page(document: Document, paper: str) -> str:
    width_mm, height_mm = PAPER_MM[paper]
    margin = _twips(MARGIN_MM)
    sides = " ".join(f'w:{side}="{margin}"' for side in ("right", "bottom", "left"))
    return (
        f'{XML}<w:document xmlns:w="{_SPACE}" xmlns:r="{_OFFICE}"><w:body><w:p/><w:sectPr>'
        '<w:footerReference w:type="default" r:id="rId90"/>'
        f'<w:pgSz w:w="{_twips(width_mm)}" w:h="{_twips(height_mm)}"/>'
        f'<w:pgMar w:top="{_twips(top_mm(document))}" {sides} w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def _settings(lang: str) -> str:
    """Word 2013 and later lay it out as they lay out their own."""
    mode = '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    return (
        f'{XML}<w:settings xmlns:w="{_SPACE}"><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>'
        f'<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr><w:compat>{mode}</w:compat>'
        f"<w:themeFontLang w:val={lang}/></w:settings>"
    )


def _footer(document: Document) -> str:
    """The title and the set at the left, the page at the right."""
    left = " · ".join(filter(None, (document.title, document.code)))
    before, between, behind = footer_words(resources.words(document.lang))
    runs = [_text(left), "<w:r><w:tab/></w:r>", _text(before), _field("PAGE"), _text(between), _field("NUMPAGES"), _text(behind)]
    return f'{XML}<w:ftr xmlns:w="{_SPACE}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{"".join(runs)}</w:p></w:ftr>'


def _text(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r>' if text else ""


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


# ---- styles ------------------------------------------------------------------------------------------------------------

SERIF, SANS = "Georgia", "Arial"  # what Word and LibreOffice have, or have a stand-in for
_TABLES = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
    '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
    '</w:tblPr></w:style><w:style w:type="table" w:styleId="Table"><w:name w:val="Table"/><w:basedOn w:val="TableNormal"/></w:style>'
)


def _styles(look: Look, lang: str, paper: str) -> str:
    """`lang` is a quoted attribute. Everything that pandoc or we name is here, so that it adds no styles of its own."""
    width, margin = _twips(text_width_mm(paper)), _twips(MARGIN_MM)
    rule = '<w:pBdr><w:left w:val="single" w:sz="6" w:space="10" w:color="808080"/></w:pBdr>'
    said = f'{rule}{_spacing(0, look.after, look.lines)}<w:ind w:left="454"/>'
    fold = (
        '<w:pBdr><w:top w:val="dotted" w:sz="8" w:space="2" w:color="808080"/></w:pBdr>'
        f'{_spacing(FOLD_BEFORE_PT, 4, 1)}<w:ind w:left="-{margin}" w:right="-{margin}" w:firstLine="{margin}"/>'
    )
    line = (
        f'<w:keepNext/><w:pBdr><w:bottom {_HAIRLINE}/></w:pBdr><w:spacing w:before="0" w:after="0" w:line="{_twips(LINE_APART_MM)}" '
        'w:lineRule="exact"/>'
    )
    gap = _exactly(look.gap)
    tick = '<w:keepLines/><w:tabs><w:tab w:val="left" w:pos="510"/></w:tabs>'
    styles = [
        _paragraph("Normal", f"<w:widowControl/>{_spacing(0, 0, look.lines)}", default=True),
        _paragraph("Body Text", _spacing(0, look.after, look.lines)),
        _paragraph("Lead In", "<w:keepNext/>", based="BodyText"),
        _paragraph("First Paragraph", "", based="BodyText"),
        _paragraph("Compact", _spacing(0, look.after / 2, look.lines), based="BodyText"),
        _paragraph("Title", f"<w:keepNext/>{_spacing(0, min(look.lead_after, 4), 1.1)}", _font(SERIF, look.title), follows="Subtitle"),
        _paragraph("Subtitle", _spacing(0, look.lead_after, look.lines), _font(SERIF, look.lead), follows="BodyText"),
        _paragraph("Facts", _spacing(0, 2, 1.15), _font(SANS, 9.5)),
        _paragraph(
            "heading 1", _heading(0, look.heading_before, min(look.after, 6), look.heading_line), _font(SERIF, 17), follows="BodyText"
        ),
        _paragraph("heading 2", _heading(1, look.step_before, 4), _font(SANS, 11.5, bold=True), follows="BodyText"),
        _paragraph("heading 3", _heading(2, 10, 3), _font(SANS, 10.5, bold=True), follows="BodyText"),
        _paragraph("Said", said, based="BodyText"),
        _paragraph("Block Text", said, based="BodyText"),
        _paragraph("Table Text", _spacing(2, 2, 1.15), _font(SANS, look.small)),
        _paragraph("Table Head", f"<w:keepNext/>{_spacing(2, 2, 1.15)}", _font(SANS, look.small, bold=True)),
        _paragraph("Table Side", _spacing(2, 2, 1.15), _font(SANS, look.small, bold=True)),
        _paragraph("Writing Line", line, _font(SANS, 9)),
        _paragraph("Gap", gap, _font(SANS, 2)),
        _paragraph("New Page", f"<w:pageBreakBefore/>{_exactly(1)}", _font(SANS, 1)),
        _paragraph("Fold Line", fold, _font(SANS, 8)),
        _paragraph("Choice", f'{tick}{_spacing(look.choice, look.choice, 1)}<w:ind w:left="510" w:hanging="510"/>', based="BodyText"),
        _paragraph("Figure", f'<w:keepLines/>{_spacing(6, 8, 1)}<w:jc w:val="center"/>'),
        _paragraph("Big", _spacing(6, 6, 1.1), _font(SERIF, 40)),
        _paragraph("footer", f'<w:tabs><w:tab w:val="right" w:pos="{width}"/></w:tabs>{_spacing(0, 0, 1)}', _font(SANS, 8.5)),
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>',
        _character("Hyperlink", '<w:u w:val="single"/>'),
        _character("Tick Box", _font("Segoe UI Symbol", 16)),
        _TABLES,
    ]
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_font(SERIF, look.text)}<w:lang w:val={lang} w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    return f'{XML}<w:styles xmlns:w="{_SPACE}" xmlns:r="{_OFFICE}">{defaults}{"".join(styles)}</w:styles>'


def _paragraph(name: str, shape: str, font: str = "", *, based: str = "Normal", follows: str = "", default: bool = False) -> str:
    """Word knows its own styles by these names; the key is the name without its spaces, “Heading1” of “heading 1”."""
    key = name[:1].upper() + name[1:].replace(" ", "")
    basis = "" if default else f'<w:basedOn w:val="{based}"/>'
    after = f'<w:next w:val="{follows}"/>' if follows else ""
    return (
        f'<w:style w:type="paragraph"{" w:default=" + quoteattr("1") if default else ""} w:styleId="{key}"><w:name w:val="{name}"/>'
        f"{basis}{after}<w:qFormat/><w:pPr>{shape}</w:pPr><w:rPr>{font}</w:rPr></w:style>"
    )


def _character(name: str, font: str) -> str:
    return (
        f'<w:style w:type="character" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{font}</w:rPr></w:style>'
    )


def _heading(outline: int, before_pt: float, after_pt: float, line_pt: float = 0.0) -> str:
    spacing = _exactly(line_pt, after_pt) if line_pt else _spacing(before_pt, after_pt, 1.15)
    return f'<w:keepNext/><w:keepLines/>{spacing}<w:outlineLvl w:val="{outline}"/>'


def _exactly(line_pt: float, after_pt: float = 0.0) -> str:
    return f'<w:spacing w:before="0" w:after="{after_pt * 20:.0f}" w:line="{line_pt * 20:.0f}" w:lineRule="exact"/>'


def _spacing(before_pt: float, after_pt: float, lines: float) -> str:
    return f'<w:spacing w:before="{before_pt * 20:.0f}" w:after="{after_pt * 20:.0f}" w:line="{lines * 240:.0f}" w:lineRule="auto"/>'


def _font(name: str, size_pt: float, *, bold: bool = False) -> str:
    sizes = "".join(f'<w:{tag} w:val="{size_pt * 2:.0f}"/>' for tag in ("sz", "szCs"))
    every = " ".join(f'w:{script}="{name}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    return f'<w:rFonts {every}/>{"<w:b/><w:bCs/>" if bold else ""}<w:color w:val="000000"/>{sizes}'
