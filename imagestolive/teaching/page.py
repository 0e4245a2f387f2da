"""A document -> one HTML file that is kept, sent and opened without a network: nothing in it asks for anything outside."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape

from imagestolive import resources
from imagestolive.teaching import html
from imagestolive.teaching.blocks import Document

_PAPERS = {"a4": ("A4", 297.0), "letter": ("letter", 279.4)}  # as CSS calls them, their heights in mm
_FOLDED = ("worksheets",)  # documents with one sheet a page

_STYLE = """
:root {
  color-scheme: light dark;
  --paper: #f7f5f0; --ink: #1d1b18; --ink-2: #5a554c; --rule: #d9d4c9; --edge: #857e72; --focus: #1a5fa8;
  --serif: "Source Serif 4", Georgia, "Times New Roman", serif;
  --sans: "Source Sans 3", "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #191816; --ink: #eae6dd; --ink-2: #b1aa9d; --rule: #3a3732; --edge: #8f887b; --focus: #8fbdf0; }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.5 var(--sans); overflow-wrap: break-word; }
main { max-width: 40rem; margin: 0 auto; padding: 3rem 1rem 6rem; }
main > *, header > *, section > *, div > *, blockquote > *, li > * { margin: 1rem 0 0; }
h1, h2, .lead { font-family: var(--serif); font-weight: 400; text-wrap: balance; }
h1 { font-size: clamp(1.875rem, 1.3rem + 2.3vw, 2.75rem); line-height: 1.15; }
h2 { font-size: 1.5rem; line-height: 1.25; margin-top: 3rem; }
h3, h4, .head { font: 600 1.0625rem/1.4 var(--sans); margin-top: 1.5rem; }
.lead { font-size: 1.25rem; }
a { color: inherit; text-underline-offset: .18em; text-decoration-color: var(--edge); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
dl { display: grid; grid-template-columns: minmax(6rem, auto) 1fr; gap: .5rem 1.5rem; margin-top: 2rem; }
dl > * { margin: 0; }
dt { color: var(--ink-2); }
.code { font-weight: 600; letter-spacing: .05em; white-space: nowrap; }
ul, ol { padding-left: 1.4em; }
li + li { margin-top: .25rem; }
.boxes, .steps { list-style: none; padding-left: 0; }
.boxes > li { padding-left: 1.6em; text-indent: -1.6em; }
.boxes > li > * { text-indent: 0; }
.steps > li { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr); border-top: 1px solid var(--rule); padding: 1rem 0; margin: 0; }
.steps .min { color: var(--ink-2); margin: 0; font-variant-numeric: tabular-nums; }
.steps > li > div, .steps h3 { margin-top: 0; }
blockquote { margin-left: 0; margin-right: 0; padding-left: 1rem; border-left: 1px solid var(--edge); font-family: var(--serif); }
main > :first-child, .upper > :first-child { margin-top: 0; }
blockquote > :first-child, .wide-table > table, .paper > :first-child, .notes > :first-child { margin-top: 0; }
.wide-table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem; border: 1px solid var(--edge); font-weight: 400; }
th { font-weight: 600; }
td:empty { height: 3rem; min-width: 3rem; }
figure { margin: 1.5rem 0 0; }
svg { display: block; max-width: 100%; height: auto; }
.box { width: 100%; color: var(--edge); }
.lines hr { border: 0; border-top: 1px solid var(--edge); margin: 9.5mm 0 0; }
.choice { border: 1px solid var(--edge); padding: .75rem 1rem; font-size: inherit; }
.fold { border: 0; border-top: 2px dotted var(--edge); margin: 2rem 0; }
.paper { border: 1px solid var(--edge); padding: 1.25rem; margin-top: 1.5rem; }
.big { font: 400 2.5rem/1.2 var(--serif); text-wrap: balance; }
.notes { border-left: 4px solid var(--rule); padding-left: 1rem; color: var(--ink-2); }
@media print {
  :root { --paper: #fff; --ink: #000; --ink-2: #000; --rule: #999; --edge: #777; }
  body { font-size: 12pt; line-height: 1.4; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 22pt; } h2 { font-size: 15pt; margin-top: 8mm; } .lead { font-size: 13pt; }
  h1, h2, h3, h4, .head { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
  figure, .paper, .choice, .box, tr { break-inside: avoid; }
  .new-page { display: none; }
  .new-page + * { break-before: page; margin-top: 0; }
  .wide-table { overflow: visible; }
  a { text-decoration: none; }
}
"""
# Worksheets: each is one page, folded at its half; the first has the document's title in its margin.
_SHEETS = """
@media print {
  .sheets { line-height: 1.3; }
  .sheets header { height: 8mm; }
  .sheets h1, .sheets .lead { display: inline; margin: 0; font: 8.5pt/1.2 var(--sans); }
  .sheets h1 { font-weight: 600; margin-right: 2mm; }
  .sheets dl { display: none; }
  .sheets h2 { font-size: 15pt; margin-top: 0; }
  .sheets > *, .upper > * { margin-top: 2.5mm; }
  .sheets .upper { min-height: var(--half); margin: 0; }
  .sheets .lines { margin: 0; }
  .lines hr:first-child { margin-top: 8mm; }
  .sheets .fold { margin: 0 0 4mm; }
  .sheets .choice { padding: 1.5mm 3mm; margin-top: 4.5mm; }
  .sheets td { padding: 1mm 2mm; }
  .sheets td:empty { height: 12mm; }
}
@page :first { margin: 7mm 20mm 23mm; }
"""


def write(document: Document, form: str, paper: str) -> bytes:
    del form  # there is one
    folded = document.key in _FOLDED
    style, main = _style(paper, folded=folded), '<main class="sheets">' if folded else "<main>"
    allowed = (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'; base-uri 'none'; form-action 'none'"
    )
    title, lead = (escape(text, quote=False) for text in (document.title, document.lead))
    return (
        f'<!doctype html>\n<html lang="{document.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{main}\n"
        f'<header>\n<h1>{title}</h1>\n<p class="lead">{lead}</p>\n<dl>\n{"".join(_facts(document))}</dl>\n</header>\n'
        f"{html.render(document)}</main>\n</body>\n</html>\n"
    ).encode()


def _style(paper: str, *, folded: bool) -> str:
    name, height_mm = _PAPERS[paper]
    if not folded:
        return f"{_STYLE}@page {{ size: {name}; margin: 18mm 20mm; }}\n"
    margin_mm = 15
    half = f".sheets {{ --half: {height_mm / 2 - margin_mm:g}mm; }}\n@page {{ size: {name}; margin: {margin_mm}mm 20mm; }}\n"
    return f"{_STYLE}{half}{_SHEETS}"


def _facts(document: Document) -> Iterator[str]:
    words = resources.words(document.lang)
    if document.code:
        yield f'<dt>{words.say("Set code")}</dt><dd class="code">{escape(document.code)}</dd>\n'
    for name, value in (
        (words.say("Time"), document.time),
        (words.say("Age"), document.age),
        (words.say("Version"), document.version),
    ):
        if value:
            yield f"<dt>{name}</dt><dd>{escape(value, quote=False)}</dd>\n"
