"""ODT (OpenDocument 1.3): the styles, the page and its footer, and what stands around the blocks of pandoc."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from xml.sax.saxutils import escape, quoteattr

from imagestolive import resources
from imagestolive.teaching.blocks import Document, Figure
from imagestolive.teaching.office_tree import (
    CARD_MM,
    CARD_PADDING_MM,
    COLUMN_MM,
    FOLD_BEFORE_PT,
    LINE_APART_MM,
    MARGIN_MM,
    PAPER_MM,
    ROOM_MM,
    TICK,
    Look,
    Maker,
    Node,
    clean,
    footer_words,
    half_mm,
    look_of,
    raw,
    text_width_mm,
    top_mm,
    tree,
)
from imagestolive.teaching.office_zip import Convert, Parts, opendocument_meta

_RULE = "0.5pt solid #808080"
_HAIRLINE = "0.3pt solid #8c8c8c"
_SERIF, _SANS = "Georgia", "Arial"
_INDENT = re.compile(r'(list-tab-stop-position|fo:margin-left)="([\d.]+)in"')  # of lists, twice as far in as their marks need
_HIGH = re.compile(r'"High([\d.]+)"')  # the rows that are as high as something asks
_FRAME = re.compile(r"(<draw:image [^>]*/>)(</draw:frame>)")
_LISTS = re.compile(r' style:num-suffix="\."(?= text:bullet-char)')  # a bullet with a full stop behind it


def write(document: Document, paper: str, reference: Parts, convert: Convert) -> Parts:
    nodes = Maker(document, Shapes(), width_mm=text_width_mm(paper), half_mm=half_mm(document, paper)).nodes()
    patched = {**reference, "styles.xml": _styles(document, paper).encode()}
    made = convert(tree(document, nodes), patched)
    content = made["content.xml"].decode()
    content = _INDENT.sub(lambda found: f'{found[1]}="{float(found[2]) - 0.25:g}in"', content)
    after = f'fo:margin-top="0pt" fo:margin-bottom="{look_of(document).after / 2:g}pt"'
    content = content.replace('fo:margin-top="0in" fo:margin-bottom="0in"', after)  # of items
    heights_mm = sorted(set(_HIGH.findall(content)), key=float)
    content = content.replace("<office:automatic-styles>", "<office:automatic-styles>" + _automatic(paper, heights_mm), 1)
    made["meta.xml"] = opendocument_meta(document)
    made["content.xml"] = _with_alts(_LISTS.sub("", content), document).encode()
    return made


def _with_alts(content: str, document: Document) -> str:
    """Pandoc writes no alternative texts of pictures here: the drawings of a document stand in its content in their order."""
    alts = iter([figure.alt for figure in _figures(document)])
    return _FRAME.sub(lambda found: f"{found[1]}<svg:desc>{escape(clean(next(alts)))}</svg:desc>{found[2]}", content)


def _figures(part: object) -> Iterator[Figure]:
    if isinstance(part, Figure):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from _figures(inner)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _figures(getattr(part, field.name))


# ---- around blocks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """See office_tree.Shapes."""

    markup: str = "opendocument"
    tick: str = f'<text:span text:style-name="Tick_20_Box">{TICK}</text:span><text:tab/>'
    cell_close: str = "</table:table-cell>"
    row_close: str = "</table:table-row>"
    head_close: str = "</table:table-row></table:table-header-rows>"

    def style(self, name: str) -> str:
        return name.replace(" ", "_20_")

    def lines(self, count: int) -> str:
        return self.empty_paragraph("Writing Line") * count + self.empty_paragraph("Gap")

    def box(self, height_mm: float) -> str:
        cell = f'<table:table-cell table:style-name="Framed">{self.empty_paragraph("Table Text")}</table:table-cell>'
        row = f'<table:table-row table:style-name="High{height_mm:g}">{cell}</table:table-row>'
        return f'<table:table table:style-name="Wide"><table:table-column table:style-name="Column1"/>{row}{self.table_close}'

    def zone_open(self, height_mm: float) -> str:
        return (
            '<table:table table:style-name="Wide"><table:table-column table:style-name="Column1"/>'
            f'<table:table-row table:style-name="High{height_mm:.1f}"><table:table-cell table:style-name="Bare" office:value-type="string">'
        )

    zone_close: str = "</table:table-cell></table:table-row></table:table>"

    def fold(self, word: str) -> str:
        return f'<text:p text:style-name="Fold_20_Line">{escape(word)}</text:p>'

    def new_page(self) -> str:
        return self.empty_paragraph("New Page")

    def empty_paragraph(self, style: str) -> str:
        return f'<text:p text:style-name="{self.style(style)}"/>'

    def table_open(self, weights: Sequence[int], *, row_heads: bool) -> str:
        first, *others = [f'<table:table-column table:style-name="Column{weight}"/>' for weight in weights]
        first = f"<table:table-header-columns>{first}</table:table-header-columns>" if row_heads else first
        return f'<table:table table:style-name="Wide">{first}{"".join(others)}'

    def row_open(self, *, is_head: bool, has_room: bool) -> str:
        return f'{"<table:table-header-rows>" if is_head else ""}<table:table-row table:style-name="{"Room" if has_room else "Row"}">'

    def cells_open(self, weights: Sequence[int], *, has_room: bool) -> list[str]:
        return [f'<table:table-cell table:style-name="{"Framed" if has_room else "Ruled"}" office:value-type="string">' for _ in weights]

    @property
    def table_close(self) -> str:
        return f"</table:table>{self.empty_paragraph('Gap')}"

    def card_open(self, height_mm: float) -> str:
        return (
            '<table:table table:style-name="Card"><table:table-column table:style-name="Column1"/>'
            f'<table:table-row table:style-name="High{height_mm:g}">'
            '<table:table-cell table:style-name="CardCell" office:value-type="string">'
        )

    @property
    def card_close(self) -> str:
        return f"{self.empty_paragraph('Gap')}</table:table-cell></table:table-row>{self.table_close}"

    def ticks(self, items: Sequence[list[Node]]) -> list[Node]:
        nodes = [raw(self.markup, '<text:list text:style-name="Ticks">')]
        for item in items:
            nodes += [raw(self.markup, "<text:list-item>"), *item, raw(self.markup, "</text:list-item>")]
        return [*nodes, raw(self.markup, "</text:list>")]


def _automatic(paper: str, heights_mm: Iterable[str]) -> str:
    """Styles of tables, which belong to a content."""
    width_mm = text_width_mm(paper)
    sides_mm = (width_mm - CARD_MM[0]) / 2
    cells = {
        "Ruled": f'fo:border-top="{_RULE}" fo:border-bottom="{_RULE}" fo:padding="1.2mm"',
        "Framed": f'fo:border="{_RULE}" fo:padding="1.2mm"',
        "Bare": 'fo:border="none" fo:padding="0mm"',
        "CardCell": f'fo:border="0.5pt dashed #808080" fo:padding="{CARD_PADDING_MM}mm"',
    }
    rows = {"Row": "", "Room": _high(ROOM_MM)}
    rows |= {f"High{height_mm}": _high(float(height_mm)) for height_mm in heights_mm}
    weights = (1, *COLUMN_MM)
    return "".join(
        [
            _table("Wide", width_mm, "margins", 0),
            _table("Card", CARD_MM[0], "center", sides_mm),
            *(_automatic_style("table-column", f"Column{weight}", f'style:rel-column-width="{weight * 100}*"') for weight in weights),
            *(_automatic_style("table-row", name, f'fo:keep-together="always" {height}') for name, height in rows.items()),
            *(_automatic_style("table-cell", name, shape) for name, shape in cells.items()),
        ]
    )


def _high(height_mm: float) -> str:
    return f'style:min-row-height="{height_mm}mm"'


def _table(name: str, width_mm: float, align: str, sides_mm: float) -> str:
    shape = f'style:width="{width_mm:g}mm" table:align="{align}" fo:margin-left="{sides_mm:g}mm" fo:margin-right="{sides_mm:g}mm"'
    return _automatic_style("table", name, f'{shape} table:border-model="collapsing" style:may-break-between-rows="true"')


def _automatic_style(family: str, name: str, shape: str) -> str:
    return f'<style:style style:name="{name}" style:family="{family}"><style:{family}-properties {shape}/></style:style>'


# ---- the reference document --------------------------------------------------------------------------------------------

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
        ("number", "datastyle"),
    )
)


def _styles(document: Document, paper: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-styles {_SPACES} office:version="1.3">'
        f"<office:font-face-decls>{''.join(map(_face, (_SERIF, _SANS, 'Segoe UI Symbol')))}</office:font-face-decls>"
        f"<office:styles>{''.join(_named_styles(document.lang, look_of(document)))}</office:styles>"
        f"{_page(document, paper)}{_footer(document)}</office:document-styles>"
    )


def _face(name: str) -> str:
    return f'<style:font-face style:name="{name}" svg:font-family="{quoteattr(name)[1:-1]}"/>'


def _named_styles(lang: str, look: Look) -> Iterable[str]:
    language, _, country = clean(lang).partition("-")
    speaks = f'fo:language={quoteattr(language)} fo:country={quoteattr(country or "none")} fo:hyphenate="false"'
    for family in ("paragraph", "graphic"):
        yield (
            f'<style:default-style style:family="{family}"><style:paragraph-properties style:writing-mode="page" fo:widows="2" '
            'fo:orphans="2"/>'
            f"<style:text-properties {_font(_SERIF, look.text)} {speaks}/></style:default-style>"
        )
    yield '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>'
    yield _named("Text body", _space(0, look.after, look.lines))
    yield _named("Lead In", 'fo:keep-with-next="always"', parent="Text_20_body")
    yield _named("First paragraph", "", parent="Text_20_body")
    yield _named("Title", f'{_space(0, min(look.lead_after, 4), 1.1)} fo:keep-with-next="always"', _font(_SERIF, look.title))
    yield _named("Subtitle", _space(0, look.lead_after, look.lines), _font(_SERIF, look.lead))
    yield _named("Facts", _space(0, 2, 1.15), _font(_SANS, 9.5))
    for level, (before, after, font) in enumerate(_headings(look), 1):
        outline = f'style:default-outline-level="{level}"'
        space = _space(before, after, 1.15) if level > 1 or not look.heading_line else _exactly(look.heading_line, after)
        yield _named(f"Heading {level}", f'{space} fo:keep-with-next="always"', font, more=outline)
    for name in ("Said", "Quotations"):
        yield _named(
            name, f'{_space(0, look.after, look.lines)} fo:margin-left="8mm" fo:border-left="0.75pt solid #808080" fo:padding-left="3.5mm"'
        )
    yield _named("Table Text", _space(0, 0, 1.15), _font(_SANS, look.small))
    yield _named("Table Head", f'{_space(0, 0, 1.15)} fo:keep-with-next="always"', _font(_SANS, look.small, bold=True))
    yield _named("Table Side", _space(0, 0, 1.15), _font(_SANS, look.small, bold=True))
    yield _named(
        "Writing Line",
        f'fo:line-height="{LINE_APART_MM}mm" fo:border-bottom="{_HAIRLINE}" fo:padding="0mm" style:join-border="false" '
        'fo:keep-with-next="always"',
        _font(_SANS, 9),
    )
    yield _named("Gap", f'fo:line-height="{look.gap}pt"', _font(_SANS, 2))
    yield _named("New Page", 'fo:line-height="1pt" fo:break-before="page"', _font(_SANS, 1))
    yield _named(
        "Fold Line",
        f'{_space(FOLD_BEFORE_PT, 4, 1)} fo:border-top="1pt dotted #808080" fo:padding-top="1mm" fo:margin-left="-{MARGIN_MM}mm" '
        f'fo:margin-right="-{MARGIN_MM}mm" fo:text-indent="{MARGIN_MM}mm"',
        _font(_SANS, 8),
    )
    tab = '<style:tab-stops><style:tab-stop style:position="0mm"/></style:tab-stops>'
    yield _named("Choice", f'{_space(look.choice, look.choice, 1)} fo:margin-left="9mm" fo:text-indent="-9mm"', inside=tab)
    yield _named("Figure", f'{_space(6, 8, 1)} fo:text-align="center"')
    yield _named("Big", _space(6, 6, 1.1), _font(_SERIF, 40))
    yield _named("Footer", "", _font(_SANS, 8.5))
    yield _character("Tick Box", _font("Segoe UI Symbol", 16))
    yield _character("Internet link", 'style:text-underline-style="solid" style:text-underline-width="auto"')
    yield _character("Bullet Symbols", "")
    yield '<style:style style:name="Graphics" style:family="graphic"/><style:style style:name="Formula" style:family="graphic"/>'
    yield (
        f'<text:list-style style:name="Ticks"><text:list-level-style-bullet text:level="1" text:bullet-char="{TICK}">'
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment '
        'text:label-followed-by="listtab" text:list-tab-stop-position="6.35mm" fo:text-indent="-6.35mm" fo:margin-left="6.35mm"/>'
        f"</style:list-level-properties><style:text-properties {_font('Segoe UI Symbol', look.text)}/></text:list-level-style-bullet>"
        "</text:list-style>"
    )


def _named(name: str, shape: str, font: str = "", *, parent: str = "Standard", inside: str = "", more: str = "") -> str:
    return (
        f'<style:style style:name="{name.replace(" ", "_20_")}" style:display-name="{name}" style:family="paragraph" '
        f'style:parent-style-name="{parent}" {more}><style:paragraph-properties {shape}>{inside}</style:paragraph-properties>'
        f"<style:text-properties {font}/></style:style>"
    )


def _character(name: str, font: str) -> str:
    return (
        f'<style:style style:name="{name.replace(" ", "_20_")}" style:display-name="{name}" style:family="text">'
        f"<style:text-properties {font}/></style:style>"
    )


def _space(before_pt: float, after_pt: float, lines: float) -> str:
    return f'fo:margin-top="{before_pt:g}pt" fo:margin-bottom="{after_pt:g}pt" fo:line-height="{lines * 100:.0f}%"'


def _exactly(line_pt: float, after_pt: float) -> str:
    return f'fo:margin-top="0pt" fo:margin-bottom="{after_pt:g}pt" fo:line-height="{line_pt:g}pt"'


def _font(name: str, size_pt: float, *, bold: bool = False) -> str:
    scripts = " ".join(
        f'style:font-name{script}="{name}" {"fo" if not script else "style"}:font-size{script}="{size_pt:g}pt"'
        for script in ("", "-asian", "-complex")
    )
    weight = ' fo:font-weight="bold"' if bold else ""
    return f'{scripts} fo:color="#000000"{weight}'


def _headings(look: Look) -> Iterator[tuple[float, float, str]]:
    """Room before and behind in pt, and type."""
    yield look.heading_before, min(look.after, 6), _font(_SERIF, 17)
    yield look.step_before, 4, _font(_SANS, 11.5, bold=True)
    yield 10, 3, _font(_SANS, 10.5, bold=True)


def _page(document: Document, paper: str) -> str:
    width_mm, height_mm = PAPER_MM[paper]
    return (
        '<office:automatic-styles><style:page-layout style:name="Sheet"><style:page-layout-properties '
        f'fo:page-width="{width_mm}mm" fo:page-height="{height_mm}mm" fo:margin-top="{top_mm(document)}mm" fo:margin-left="{MARGIN_MM}mm" '
        f'fo:margin-right="{MARGIN_MM}mm" fo:margin-bottom="10mm" style:print-orientation="portrait"/><style:footer-style>'
        '<style:header-footer-properties fo:min-height="5mm" fo:margin-top="5mm"/></style:footer-style></style:page-layout>'
        '<style:style style:name="FooterLine" style:family="paragraph" style:parent-style-name="Footer"><style:paragraph-properties>'
        f'<style:tab-stops><style:tab-stop style:position="{text_width_mm(paper):g}mm" style:type="right"/></style:tab-stops>'
        "</style:paragraph-properties></style:style></office:automatic-styles>"
    )


def _footer(document: Document) -> str:
    left = " · ".join(filter(None, (document.title, document.code)))
    before, between, behind = map(escape, footer_words(resources.words(document.lang)))
    number, count = "<text:page-number>1</text:page-number>", "<text:page-count>1</text:page-count>"
    return (
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="Sheet"><style:footer>'
        f'<text:p text:style-name="FooterLine">{escape(clean(left))}<text:tab/>{before}{number}{between}{count}{behind}</text:p>'
        "</style:footer></style:master-page></office:master-styles>"
    )
