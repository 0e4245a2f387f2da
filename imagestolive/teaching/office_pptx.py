"""PPTX (PresentationML): one slide for each section, with its notes; black on white, 16:9.

Pandoc puts text and one picture (or table) beside each other on a slide and begins another for more: so we begin it ourselves.
Lengths in the XML are EMU (914,400 an inch), sizes of type hundredths of a point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil
from xml.sax.saxutils import escape, quoteattr

from imagestolive import resources
from imagestolive.teaching.blocks import (
    Big,
    Block,
    Box,
    Choice,
    Cutout,
    Document,
    Figure,
    Fold,
    Heading,
    Items,
    Lines,
    NewPage,
    Notes,
    Paragraph,
    Said,
    Table,
    plain,
    texts,
)
from imagestolive.teaching.office_tree import (
    TICK,
    Node,
    bullets,
    clean,
    header,
    image,
    inlines,
    of_class,
    para,
    picture_of,
    raw_inline,
    string,
    tree,
)
from imagestolive.teaching.office_zip import Convert, Parts, app, core

_TITLE = (457200, 260000, 8229600, 800000)  # x, y, width, height
_WHOLE = (457200, 1230000, 8229600, 3550000)
_LEFT = (457200, 1230000, 3850000, 3550000)
_RIGHT = (4536800, 1230000, 4150000, 3550000)
_BIG_PT = (120, 96, 80, 66, 54, 44, 36, 30)
_TEXT_PT = (26, 24, 22, 20, 18, 16, 14, 12)
_EMU_PT = 12700
_EM = 0.52  # how wide a letter of Georgia is on average, of its size
_LINE = 1.25  # how high a line is with the room around its paragraph, of its size
_GRID = "{5940675A-B579-460E-94D1-54222C63F5DA}"  # PowerPoint’s “No Style, Table Grid”
_PICTURE_MM, _PICTURE_PPI = 230.0, 150
_DATA_ADDRESS = re.compile(r'\s*data:image/png;base64,[^"]*(?=")')


@dataclass(frozen=True, kw_only=True)
class Slide:
    """`beside`: a picture or table, beside the words or alone."""

    title: str
    words: tuple[Block, ...] = ()
    beside: Figure | Table | None = None
    notes: tuple[Block, ...] = ()

    @property
    def box(self) -> tuple[int, int, int, int]:
        return _LEFT if self.beside else _WHOLE


def write(document: Document, reference: Parts, convert: Convert) -> Parts:
    slides = list(slides_of(document))
    nodes = [node for slide in slides for node in _nodes(slide, document.lang)]
    code = resources.words(document.lang).say("Set {code}", code=document.code) if document.code else ""
    made = convert(tree(document, nodes, under_lead=code), _patched(reference, document.lang))
    for number, slide in enumerate([None, *slides], 1):  # the first one is pandoc's, of the title
        name = f"ppt/slides/slide{number}.xml"
        made[name] = _finished(made[name].decode(), slide, document.lang).encode()
    made["docProps/core.xml"], made["docProps/app.xml"] = core(document), app()
    for name in [name for name in made if name.startswith("ppt/notesSlides/notesSlide")]:
        made[name] = _in_language(made[name].decode(), document.lang).encode()
    return made


# ---- slides ------------------------------------------------------------------------------------------------------------


def slides_of(document: Document) -> Iterator[Slide]:
    """One slide a section, and one more with its title for each further picture or table."""
    for title, blocks in _sections(document):
        flat = list(_flat(blocks))
        beside = [block for block in flat if isinstance(block, Figure | Table)]
        notes = tuple(chain.from_iterable(block.blocks for block in flat if isinstance(block, Notes)))
        words = tuple(block for block in flat if not isinstance(block, Figure | Table | Notes))
        yield Slide(title=title, words=words, beside=beside[0] if beside else None, notes=notes)
        yield from (Slide(title=title, beside=block) for block in beside[1:])


def _sections(document: Document) -> list[tuple[str, list[Block]]]:
    found: list[tuple[str, list[Block]]] = []
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 2:
            minutes = "" if block.minutes is None else f", {block.minutes} min"
            found.append((block.title + minutes, []))
        elif found:
            found[-1][1].append(block)
        else:
            found.append((document.title, [block]))
    return found


def _flat(blocks: Iterable[Block]) -> Iterator[Block]:
    """What is on a slide: room to write in is not, and a card is what stands on it."""
    for block in blocks:
        if isinstance(block, Cutout | Said):
            yield from _flat(block.blocks)
        elif not isinstance(block, Lines | Box | Fold | NewPage):
            yield block


def _nodes(slide: Slide, lang: str) -> list[Node]:
    nodes = [header(1, "", slide.title), *(node for block in slide.words for node in _words(block, slide, lang))]
    if isinstance(slide.beside, Figure):
        png = picture_of(slide.beside, width_mm=_PICTURE_MM, ppi=_PICTURE_PPI)
        nodes.append(para([image(png, "", title=slide.beside.alt)]))  # the title: pandoc would print the alternative text
    elif slide.beside:
        nodes.append(_table(slide.beside))
    notes = [node for block in _flat(slide.notes) for node in _words(block, slide, lang)]
    return [*nodes, of_class("notes", notes)] if notes else nodes


def _words(block: Block, slide: Slide, lang: str) -> list[Node]:
    match block:
        case Paragraph():
            return [para(inlines(block.runs))]
        case Heading():
            return [para([{"t": "Strong", "c": [string(block.title)]}])]
        case Choice():
            return [para([string(f"{TICK} "), *inlines(block.runs)])]
        case Items():
            marked = [_item(item, slide, lang, box=block.boxes) for item in block.items]
            return [bullets(marked, ordered=block.ordered)]
        case Big():
            return [para([raw_inline("openxml", _big(plain(block.runs), slide, lang))])]
    return []


def _item(blocks: Sequence[Block], slide: Slide, lang: str, *, box: bool) -> list[Node]:
    nodes = [node for block in blocks for node in _words(block, slide, lang)]
    if box and nodes and isinstance(inside := nodes[0]["c"], list):
        nodes[0] = {"t": nodes[0]["t"], "c": [string(f"{TICK} "), *inside]}
    return nodes


def _big(text: str, slide: Slide, lang: str) -> str:
    """Runs as large as lets them stand in their place, with half of it for other words."""
    _, _, width, height = slide.box
    size_pt = _largest([text], _BIG_PT, width, height * (0.9 if len(slide.words) == 1 else 0.55))
    letters = f'<a:rPr lang={quoteattr(clean(lang))} sz="{size_pt * 100}"><a:latin typeface="+mj-lt"/></a:rPr>'
    return "<a:br/>".join(f"<a:r>{letters}<a:t>{escape(line)}</a:t></a:r>" for line in clean(text).split("\n"))


def _largest(paragraphs: Sequence[str], sizes_pt: Sequence[int], width: float, height: float) -> int:
    """The first size in which the paragraphs are likely to stand in a box in EMU, else the last."""
    return next((size for size in sizes_pt if _fits(paragraphs, size, width, height)), sizes_pt[-1])


def _fits(paragraphs: Sequence[str], size_pt: int, width: float, height: float) -> bool:
    in_line = width / _EMU_PT / (size_pt * _EM) - 2
    lines = sum(max(1, ceil(len(line) / max(in_line, 1))) for text in paragraphs for line in text.split("\n"))
    longest = max((len(word) for text in paragraphs for word in text.split()), default=0)
    return longest <= in_line and lines * size_pt * _LINE <= height / _EMU_PT


def _table(block: Table) -> Node:
    nothing: list[object] = ["", [], []]
    columns = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": 1 / len(block.head)}] for _ in block.head]

    def row(cells: Iterable[list[Node]]) -> list[object]:
        return [nothing, [[nothing, {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": cell}]] for cell in cells]]

    head = [nothing, [row(map(inlines, block.head))]]
    body = [nothing, int(block.row_heads), [], [row(map(inlines, cells)) for cells in block.rows]]
    return {"t": "Table", "c": [nothing, [None, []], columns, head, [body], [nothing, []]]}


# ---- what pandoc made --------------------------------------------------------------------------------------------------


def _finished(xml: str, slide: Slide | None, lang: str) -> str:
    """The language of each run; under the title the size in which the words have room."""
    xml = xml.replace('indent="-342900" marL="342900"', 'indent="-457200" marL="457200"')  # room for numbers of this size
    xml = re.sub(r"(?<=<a:tableStyleId>)[^<]*", _GRID, xml)
    xml = _DATA_ADDRESS.sub("", xml)  # pandoc writes where a picture came from behind its text
    if slide is None:
        return _in_language(xml, lang)
    _, _, width, height = slide.box
    size_pt = _largest(
        list(texts(tuple(block for block in slide.words if not isinstance(block, Big)))), _TEXT_PT, width, _room(slide, height)
    )
    title, close, body = xml.partition("</p:sp>")
    return _in_language(title + close, lang) + _in_language(body, lang, f' sz="{size_pt * 100}"')


def _room(slide: Slide, height: float) -> float:
    return height * (0.4 if any(isinstance(block, Big) for block in slide.words) else 0.85)


def _in_language(xml: str, lang: str, more: str = "") -> str:
    return re.sub(r"<a:rPr(?! lang=)", f"<a:rPr lang={quoteattr(clean(lang))}{more}", xml)


# ---- the reference document --------------------------------------------------------------------------------------------


def _patched(reference: Parts, lang: str) -> Parts:
    """Pandoc's presentation with our layouts for titles, words, and words beside a picture."""
    parts = {name: content.replace(b'lang="en-US"', f"lang={quoteattr(clean(lang))}".encode()) for name, content in reference.items()}
    layouts = {
        1: _layout(
            "Title Slide",
            "title",
            _place("ctrTitle", None, (685800, 1150000, 7772400, 1500000), _size(40), anchor="b")
            + _place("subTitle", 1, (685800, 2800000, 7772400, 1500000), _size(22, bare=True)),
        ),
        2: _layout("Title and Content", "obj", _place("title", None, _TITLE) + _place("", 1, _WHOLE)),
        8: _layout("Content with Caption", "objTx", _place("title", None, _TITLE) + _place("", 1, _RIGHT) + _place("body", 2, _LEFT)),
    }
    for number, layout in layouts.items():
        parts[f"ppt/slideLayouts/slideLayout{number}.xml"] = layout.encode()
    theme = parts["ppt/theme/theme1.xml"].decode()
    theme = re.sub(r'(<a:majorFont><a:latin typeface=")[^"]*', r"\1Georgia", theme)
    theme = re.sub(r'(<a:minorFont><a:latin typeface=")[^"]*', r"\1Georgia", theme)
    parts["ppt/theme/theme1.xml"] = re.sub(r"(<a:(?:hlink|folHlink)>).*?(</a:)", r'\1<a:srgbClr val="000000"/>\2', theme).encode()
    master = parts["ppt/slideMasters/slideMaster1.xml"].decode()
    master = master.replace('<p:titleStyle><a:lvl1pPr algn="ctr"', '<p:titleStyle><a:lvl1pPr algn="l"').replace('sz="3300"', 'sz="2800"')
    master = master.replace('<a:spcPct val="20000"/>', '<a:spcPts val="900"/>')
    parts["ppt/slideMasters/slideMaster1.xml"] = master.encode()
    return parts


_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SHOW = "http://schemas.openxmlformats.org/presentationml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_GROUP = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)


def _layout(name: str, kind: str, places: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<p:sldLayout xmlns:a="{_MAIN}" xmlns:r="{_OFFICE}" xmlns:p="{_SHOW}" '
        f'type="{kind}" preserve="1"><p:cSld name="{name}"><p:spTree>{_GROUP}{places}</p:spTree></p:cSld>'
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def _place(kind: str, index: int | None, box: tuple[int, int, int, int], style: str = "<a:lstStyle/>", *, anchor: str = "") -> str:
    x, y, width, height = box
    key = 2 if index is None else index + 2
    stands = f' anchor="{anchor}"' if anchor else ""
    holder = (f' type="{kind}"' if kind else "") + (f' idx="{index}"' if index is not None else "")
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{key}" name="{kind or "content"} {key}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>'
        f'<p:ph{holder}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:bodyPr{stands}><a:normAutofit/></a:bodyPr>{style}<a:p><a:endParaRPr/></a:p></p:txBody></p:sp>"
    )


def _size(size_pt: int, *, bare: bool = False) -> str:
    level = '<a:lvl1pPr marL="0" indent="0" algn="l"><a:buNone/>' if bare else '<a:lvl1pPr algn="l">'
    return f'<a:lstStyle>{level}<a:defRPr sz="{size_pt * 100}"/></a:lvl1pPr></a:lstStyle>'
