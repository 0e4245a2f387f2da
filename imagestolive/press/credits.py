"""The credits of a set as tables: CSV for spreadsheets, JSON for programs, HTML for readers. All three say the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from html import escape
from typing import BinaryIO, Literal, get_args

from imagestolive.credits import clean
from imagestolive.datasets.csvfiles import inert
from imagestolive.pdf import ARTICLE
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Press, person_said
from imagestolive.sets import written
from imagestolive.words import Words

Form = Literal["csv", "json", "html"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA_TYPES: dict[Form, str] = {"csv": "text/csv; charset=utf-8", "json": "application/json", "html": "text/html; charset=utf-8"}

BOM = "\ufeff"  # without it Excel takes UTF-8 for the letters of its own country
_DELIMITER = {"pt-BR": ";"}  # what spreadsheets of that country take for one; else a comma


@dataclass(frozen=True, kw_only=True)
class CreditRow:
    """The credit of one card. Of an image that is not shown only its place in the set is said, and why in `notice`."""

    number: int
    person: int | None
    title: str | None = None
    author: str | None = None
    author_url: str | None = None
    license: str | None = None
    license_url: str | None = None
    dataset: str | None = None
    source: str | None = None
    changes: str | None = None
    credit: str | None = None  # everything in one line
    sha256: str | None = None  # of the image's file
    notice: str | None = None


def write_credits(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    *,
    form: Form,
    only: Collection[int] = (),
    progress: Progress | None = None,
) -> None:
    """Writes the credits of a set in one of FORMS. Raises TooFewImages, NoSuchCard."""
    drawn.check_complete(words)

    def make(today: Policy) -> None:
        rows = list(credit_rows(press, drawn, today, words, only=only, progress=progress))
        out.write(formed(rows, form, drawn, words))

    press.under_todays_rules(policy, out, make)


def credit_rows(
    press: Press, drawn: DrawnSet, policy: Policy, words: Words, *, only: Collection[int] = (), progress: Progress | None = None
) -> Iterator[CreditRow]:
    """One row a card, in order of their numbers."""
    for card in press.chosen(drawn, policy, words, only, progress):
        credit = card.credit
        if credit is None:
            yield CreditRow(number=card.number, person=card.person, notice=card.notice)
            continue
        record = press.pipeline.record(drawn, card.number)
        yield CreditRow(
            number=card.number,
            person=card.person,
            title=credit.title,
            author=credit.author,
            author_url=_address(record.author_url if record else None),
            license=credit.license_name,
            license_url=credit.license_url,
            dataset=card.dataset,
            source=credit.source,
            changes=credit.changes,
            credit=credit.line,
            sha256=drawn.picks[card.number].sha256,
        )


def formed(rows: Sequence[CreditRow], form: Form, drawn: DrawnSet, words: Words) -> bytes:
    """The rows in one of FORMS."""
    if form == "csv":
        names = [part.name for part in fields(CreditRow)]
        return table([names, *([getattr(row, name) for name in names] for row in rows)], words)
    if form == "json":
        content = {"code": written(drawn.code), "credits": [asdict(row) for row in rows]}
        return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
    return _page(rows, drawn, words).encode()


def table(rows: Iterable[Sequence[object]], words: Words) -> bytes:
    """A CSV file that spreadsheets open as what it is: no cell of it is a formula to them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=_DELIMITER.get(words.lang, ","))
    for row in rows:
        writer.writerow([inert("" if cell is None else str(cell)) for cell in row])
    return (BOM + text.getvalue()).encode()


def _address(text: str | None) -> str | None:
    address = clean(text)
    return address if address and _is_link(address) else None


def _is_link(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


# ---- the page ---------------------------------------------------------------------------------------------------------

_STYLE = """
:root{color-scheme:light dark;--paper:#f7f5f0;--ink:#1d1b18;--ink-2:#5a554c;--rule:#d9d4c9;--edge:#857e72}
@media(prefers-color-scheme:dark){:root{--paper:#191816;--ink:#eae6dd;--ink-2:#b1aa9d;--rule:#3a3732;--edge:#8f887b}}
body{margin:48px auto;max-width:46rem;padding:0 16px;background:var(--paper);color:var(--ink);
font:17px/1.5 "Source Sans 3","Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{font:30px/1.15 "Source Serif 4",Georgia,serif;text-wrap:balance}
h3{font-size:17px;margin:24px 0 4px;padding-top:12px;border-top:1px solid var(--rule)}
h2{font:24px/1.25 "Source Serif 4",Georgia,serif;margin:48px 0 0}
p{margin:0}p.credit{font:18px/1.35 "Source Serif 4",Georgia,serif;margin-bottom:4px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:0 16px;margin:0;font-size:15px;line-height:1.45}
dt{color:var(--ink-2)}dd{margin:0;overflow-wrap:anywhere}
a{color:inherit;text-decoration-color:var(--edge);text-underline-offset:2px}a:hover{text-decoration-thickness:2px}
footer{margin-top:48px;border-top:1px solid var(--rule);padding-top:12px;font-size:15px;color:var(--ink-2)}
@media print{body{margin:0;max-width:none;background:#fff;color:#000}section{break-inside:avoid}}
"""


def _page(rows: Sequence[CreditRow], drawn: DrawnSet, words: Words) -> str:
    """A page that stands alone: no script, nothing fetched, every text escaped."""
    title = words.say("Credits of set {code}", code=written(drawn.code))
    parts = []
    before: int | None = -1
    for row in rows:
        if row.person != before:
            parts.append(f"<h2>{escape(person_said(row.person, words))}</h2>")
            before = row.person
        parts.append(_section(row, words))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(words.lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        + "\n".join(parts)
        + f"\n<footer><p>{escape(words.say('Images to live with'))}. {escape(ARTICLE)}</p></footer>\n</body>\n</html>\n"
    )


def _section(row: CreditRow, words: Words) -> str:
    head = f"<section>\n<h3>{escape(words.say('Card {number}', number=row.number))}</h3>\n"
    if row.credit is None:
        return f"{head}<p>{escape(row.notice or '')}</p>\n</section>"
    facts = (
        (words.say("Title"), _text(row.title)),
        (words.say("Author"), _text(row.author)),
        (words.say("Author’s page"), _link(row.author_url)),
        (words.say("License"), _text(row.license)),
        (words.say("License text"), _link(row.license_url)),
        (words.say("Data set"), _text(row.dataset)),
        (words.say("Source"), _link(row.source)),
        (words.say("Changes"), _text(row.changes)),
        ("SHA-256", _text(row.sha256)),
    )
    said = "\n".join(f"<dt>{escape(name)}</dt><dd>{fact}</dd>" for name, fact in facts if fact)
    return f'{head}<p class="credit">{escape(row.credit)}</p>\n<dl>\n{said}\n</dl>\n</section>'


def _text(fact: str | None) -> str:
    return f"<bdi>{escape(fact)}</bdi>" if fact else ""


def _link(address: str | None) -> str:
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">{escape(address)}</a>' if address else ""
