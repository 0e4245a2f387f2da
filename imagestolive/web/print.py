"""/set/<code>/print: how a set is printed, on which paper, with which backs; its first sheet, and all files that can be made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from imagestolive import resources, sets, sheets, svg
from imagestolive.errors import N_, ImagesToLiveError, in_language
from imagestolive.faces import Side
from imagestolive.postal import LIMITS, posting
from imagestolive.press import has_backs, layout_of, put_away, spec_of, warning
from imagestolive.press.resolution import kept_border_said, low_ppi_said
from imagestolive.printers import DecimalWrong, NoPrinters, NoSuchPrinter, Printer
from imagestolive.sets import Request
from imagestolive.sheets import Placed
from imagestolive.units import CARD_AS_PAPER, CARD_SIZES, PAPERS, CardSize, card_size, name_said, paper
from imagestolive.web import address
from imagestolive.web.address import AddressUnreadable, Asked
from imagestolive.web.current import pipeline, press
from imagestolive.web.language import words
from imagestolive.web.make import NotOffered
from imagestolive.web.opened import Opened, opened
from imagestolive.web.printers import remembered
from imagestolive.web.prints import SMALL_PX, address_in_set
from imagestolive.words import Words

OWN = "own"  # of a size: the one that is typed beside it
POSTS = {"upu": "UPU", "usps": "USPS", "deutsche-post": "Deutsche Post"}
_WORLD = LIMITS[0]
_NO_POSTCARD: Mapping[str, str] = {
    _WORLD.too_small: N_("too small for a postcard"),
    _WORLD.too_large: N_("too large for a postcard"),
    _WORLD.too_square: N_("too square for a postcard"),
}
_OWN_SIZES = ("paper", "card")
_FORM_ONLY = {"paper_own", "card_own", "printer"}  # what the form sends, and no address of a set holds

bp = Blueprint("print", __name__)

Page = str | tuple[str, int]

LABELS: Mapping[str, str] = {
    "paper": N_("Which paper?"),
    "card": N_("Which cards?"),
    "border": N_("What is around the images?"),
    "back": N_("What is on the backs?"),
    "front": N_("What is on the fronts?"),
    "small": N_("Images that are small"),
    "flip": N_("How is it printed?"),
    "printer": N_("On which printer?"),
    "turn_backs": N_("Do backs come out upside down?"),
    "back_x": N_("Backs further to the right, mm"),
    "back_y": N_("Backs further down, mm"),
    "back_scale": N_("Size of backs, percent"),
    "order": N_("In which order?"),
    "marks": N_("Where to cut"),
    "start": N_("Begin at place"),
    "spare": N_("Spare cards"),
    "quality": N_("Quality of the images"),
    "only": N_("One card alone"),
}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "border": {
        "white": N_("White paper, 8 mm at least: nothing is cut off"),
        "bleed": N_("Nothing: images reach the edge, where their license allows cutting them"),
    },
    "back": {
        "credit": N_("The credit, and lines to write on"),
        "postcard": N_("A postcard: room for a message, an address and a stamp"),
        "notes": N_("The credit, and lines for seven days"),
        "questions": N_("The credit, and a question from the teaching plan"),
        "data": N_("The credit, and what was written about the image; then it is no first look"),
    },
    "front": {"plain": N_("The image alone"), "caption": N_("The image, and its credit in one line below")},
    "small": {
        "fill": N_("As large as the others: their pixels show"),
        "as-is": N_("At 150 ppi, with more white around them"),
        "thumbnail": N_("As thumbnails of 40 mm"),
    },
    "flip": {
        "long": N_("On both sides, turned on the long edge"),
        "short": N_("On both sides, turned on the short edge"),
        "manual": N_("On both sides by hand: one file of fronts, one of backs"),
        "fold": N_("On one side, backs beside fronts: to be folded and glued"),
        "none": N_("On one side, with the credit below each image"),
        "credits": N_("On one side, with a list of credits at the end"),
    },
    "turn_backs": {"no": N_("No"), "yes": N_("Yes: turn all of them by half")},
    "order": {
        "reading": N_("Card after card, sheet after sheet"),
        "cut-stack": N_("For a guillotine: cut the pile once, and the cards lie in order"),
    },
    "marks": {"ticks": N_("Short ticks, for a cutter"), "grid": N_("Thin lines, for scissors"), "none": N_("No marks")},
    "quality": {"original": N_("As in the data set"), "small": N_("A small file, 220 ppi")},
}
_STEPS: Mapping[str, Sequence[str]] = {
    "long": (N_("Print on both sides, turn on the long edge."), N_("Print one sheet first, and hold it against the light.")),
    "short": (N_("Print on both sides, turn on the short edge."), N_("Print one sheet first, and hold it against the light.")),
    "manual": (
        N_(
            "Print the fronts. Put the pile back as it came out, turned over on the long edge, and print the backs: "
            "their file begins with the last sheet."
        ),
        N_("Try it with one sheet first."),
    ),
    "fold": (N_("Print on one side, cut out each pair, fold it along the dotted line, and glue."),),
    "none": (N_("Print on one side. The credit stands in one line under each image."),),
    "credits": (N_("Print on one side. The last pages list who made the images: hand them out with the cards."),),
}


class NotChosen(ImagesToLiveError):
    """A size beside an answer that is another."""

    sentence = N_("“{typed}” was typed, but another size was chosen: choose “Another size”, or leave the field empty.")


@dataclass(frozen=True, kw_only=True)
class _Answers:
    """What the form, or an address, asks for."""

    typed: MultiDict[str, str]
    asked: Asked
    wrong: Sequence[ImagesToLiveError]  # each with its field


@dataclass(frozen=True, kw_only=True)
class _FirstSheet:
    front: Markup
    back: Markup | None
    sheets: int
    notices: Sequence[str]  # what is to be known before printing


@bp.get("/set/<typed>/print")
def show(typed: str) -> Response | Page:
    """The form, and what comes of it. What was asked in the form's own way is answered with the set's address."""
    code = sets.read_code(typed)
    answers = read_answers(request.args)
    found = opened(code, answers.asked)
    if answers.wrong or found.cannot():
        return form_page(found, answers), 400
    if not set(request.args) <= {name for name, _ in found.pairs()} | {"lang"}:
        return redirect(found.path_of("print.show"), 302)
    return form_page(found, answers)


@bp.get("/set/<typed>/printers")
def calibrate(typed: str) -> Response | Page:
    """From the form to the page of printers, which leads back to the set as it was chosen here."""
    return follow(sets.read_code(typed), lambda found: url_for("printers.show", set=found.code) + "&" + found.path().partition("?")[2])


def all_sent() -> MultiDict[str, str]:
    """What the address asks for, and a form that was sent to it."""
    return MultiDict([*request.args.items(multi=True), *request.form.items(multi=True)])


def sent_by_the_form() -> bool:
    return not _FORM_ONLY.isdisjoint(request.args)


def follow(code: str, there: Callable[[Opened], str]) -> Response | Page:
    """From the form to another page, `there`, with what is chosen; or the form again, with what cannot be used."""
    answers = read_answers(request.args)
    found = opened(code, answers.asked)
    return (form_page(found, answers), 400) if answers.wrong else redirect(there(found), 302)


def read_answers(typed: MultiDict[str, str]) -> _Answers:
    """What is asked for: own sizes in their places, and on a printer that this browser remembers, as that one prints."""
    wrong: list[ImagesToLiveError] = []
    args = MultiDict(typed)
    for name in _OWN_SIZES:
        size = args.get(f"{name}_own", "")
        if args.get(name) == OWN:
            args[name] = _own_size(size)
        elif size.strip():
            wrong.append(NotChosen(typed=sets.shown(size), field=name))
    asked = address.read(args, lang=words().lang, wrong=wrong)
    if name := args.get("printer", ""):
        known = remembered()
        if name in known:
            asked = replace(asked, request=known[name].request(asked.request))
        else:
            facts = {"name": sets.shown(name), "field": "printer"}
            wrong.append(NoSuchPrinter(**facts, known=list(known)) if known else NoPrinters(**facts))
    return _Answers(typed=typed, asked=asked, wrong=wrong)


def _own_size(typed: str) -> str:
    """Two lengths as people write them, as units reads them."""
    flat = typed.lower().replace(" ", "").replace("×", "x").replace(",", ".").removesuffix("mm")
    return f"{flat}mm"


def form_page(found: Opened, answers: _Answers, no_card: sets.NumberWrong | None = None) -> str:
    """The form; its first sheet and its files where nothing is in the way. `no_card`: what is wrong with the number of one card."""
    asked, drawn = found.request, found.drawn
    cannot = found.cannot()
    errors = [*answers.wrong, *([cannot] if cannot else [])]
    short = found.too_few()
    first = None if errors or short else first_sheet(found)
    if first and no_card:
        errors.append(no_card)
    says = {error.field: _said(error) for error in reversed(errors) if error.field in LABELS}
    typed = answers.typed
    own = {name: typed.get(f"{name}_own", "") if name in says and name in typed else "" for name in _OWN_SIZES}
    return render_template(
        "print.html",
        code=found.code,
        request=asked,
        printing=asked.printing,
        pairs=found.pairs(),
        kept=[pair for pair in found.pairs() if pair[0] not in address.PRINTING],
        own_path=found.path_of("print.show").partition("?")[0],
        labels={name: words().say(label) for name, label in LABELS.items()},
        says=says,
        choices_of={name: [(key, words().say(said)) for key, said in offered.items()] for name, offered in _CHOICES.items()},
        papers=list(_papers(asked)),
        paper=typed["paper"] if own["paper"] else asked.paper,
        cards=list(_cards(asked)),
        card=typed["card"] if own["card"] else "" if asked.card == address.card_of(asked.paper) else asked.card,
        own=own,
        post=[words().say(post.why) for post in posting(card_size(asked.card))],
        printers=[(name, name) for name in remembered()],
        printer=_printer_of(asked),
        numbers={name: typed[name] if name in says else _number(asked, name) for name in ("start", "spare", *address.OFFSETS)},
        only=typed["only"] if "only" in says else "1",
        backs=has_backs(asked),
        first=first,
        short=short,
        downloads=_with_method(found, downloads_of(drawn.request)) if first else [],
        others=_with_method(found, other_downloads(drawn.request)) if first else [],
        steps=print_steps(drawn.request, words()),
    )


def _said(error: ImagesToLiveError) -> str:
    """An error as it stands beside its field, which it calls as the form does."""
    if isinstance(error, AddressUnreadable):
        return words().error(NotOffered(typed=error.facts["typed"]))
    if isinstance(error, sets.NumberWrong | DecimalWrong):
        sentence = (
            error.sentence if str(error.facts["typed"]).strip() else N_("{name} takes a number from {least} to {most}, and is empty.")
        )
        return words().say(sentence, **{**error.facts, "name": f"“{words().say(LABELS[error.field or ''])}”"})
    return words().error(error)


def _with_method(found: Opened, downloads: Sequence[tuple[str, str]]) -> list[tuple[str, str, str | None]]:
    """File, what its button says, and how it is asked for; None: as the form is sent."""
    return [(file, said, "post" if found.is_long(file) else None) for file, said in downloads]


def downloads_of(asked: Request) -> list[tuple[str, str]]:
    """What the button says, and the file it leads to; for printers that are fed by hand there are two."""
    if asked.flip == "manual":
        return [("fronts.pdf", words().say("Get the fronts")), ("backs.pdf", words().say("Get the backs"))]
    return [("pdf", words().say("Get the PDF"))]


def other_downloads(asked: Request) -> list[tuple[str, str]]:
    """All other files, with what each is."""
    say = words().say
    found = [
        ("fronts.pdf", say("Fronts alone (PDF)")),
        ("backs.pdf", say("Backs alone (PDF)")),
        ("cards.pdf", say("One card a page (PDF)")),
        ("posters.pdf", say("One big image a page (PDF)")),
        ("triptych.pdf", say("Three images to fold and stand up (PDF)")),
        ("credits.csv", say("Credits as a table (CSV)")),
        ("credits.json", say("Credits for programs (JSON)")),
        ("credits.html", say("Credits as a page (HTML)")),
        ("wallpapers-phone.zip", say("Wallpapers for phones (ZIP)")),
        ("wallpapers-screen.zip", say("Wallpapers for screens (ZIP)")),
        ("everything.zip", say("Sheets, credits and report (ZIP)")),
    ]
    hidden = {"manual": ("fronts.pdf", "backs.pdf"), "long": (), "short": ()}.get(asked.flip, ("fronts.pdf", "backs.pdf"))
    return [(file, said) for file, said in found if file not in hidden]


def print_steps(asked: Request, words: Words) -> list[str]:
    """What to do at the printer."""
    return [words.say(N_("Choose “actual size”, not “fit to page”.")), *map(words.say, _STEPS[asked.flip])]


# ---- what there is to choose from ------------------------------------------------------------------------------------------


def _papers(asked: Request) -> Iterator[tuple[str, str]]:
    for sheet in PAPERS.values():
        yield sheet.key, words().decimal(f"{in_language(name_said(sheet), words().lang)}, {sheet.width_mm:g} × {sheet.height_mm:g} mm")
    yield CARD_AS_PAPER, words().say("Paper of the card’s own size")
    if asked.paper not in (*PAPERS, CARD_AS_PAPER):
        yield asked.paper, words().decimal(paper(asked.paper).name)
    yield OWN, words().say("Another size")


def _cards(asked: Request) -> Iterator[tuple[str, str]]:
    """Each size of cards: how many are on a sheet of this paper, and who takes it as a postcard."""
    usual = card_size(address.card_of(asked.paper))
    yield "", words().say("The usual ones: {card}", card=_card_said(asked, usual.key))
    for key in CARD_SIZES:
        if key != usual.key:
            yield key, _card_said(asked, key)
    if asked.card not in CARD_SIZES:
        yield asked.card, _card_said(asked, asked.card)
    yield OWN, words().say("Another size")


def _card_said(asked: Request, key: str) -> str:
    size = card_size(key)
    try:
        n = spec_of(replace(asked, card=key)).slots
        fit = words().count("{n} on a sheet", "{n} on a sheet", n // 2 if asked.flip == "fold" else n)
    except ImagesToLiveError:
        fit = words().say("too large for this paper")
    name = size.name if size.name.endswith("mm") else f"{size.name}, {size.width_mm:g} × {size.height_mm:g} mm"
    return " · ".join([words().decimal(name), fit, _posted(size)])


def _posted(size: CardSize) -> str:
    """Who takes it as a postcard; if nobody, why not: by the limits of the world's posts."""
    answers = posting(size)
    posts = ", ".join(POSTS[post.post] for post in answers if post.allowed)
    return words().say("may be posted: {posts}", posts=posts) if posts else words().say(_NO_POSTCARD[answers[0].why])


def _printer_of(asked: Request) -> str:
    """The remembered printer whose numbers these are; none where they are those of no printer in particular."""
    for name, printer in remembered().items():
        if printer != Printer() and printer.request(asked) == asked:
            return name
    return ""


def _number(asked: Request, name: str) -> str:
    found = asked.spare if name == "spare" else getattr(asked.printing, address.OFFSETS.get(name, name))
    return words().decimal(float(found))


# ---- the first sheet -------------------------------------------------------------------------------------------------------


def first_sheet(found: Opened) -> _FirstSheet:
    """The first sheet as it will be printed, and what is to be said of all cards: small images, signs that no typeface has."""
    drawn, asked, said_in = found.drawn, found.drawn.request, resources.words(found.drawn.request.lang)
    cards = [put_away(card) for card in pipeline().cards(drawn, found.policy, said_in)]
    fronts = [press().front(card, asked) for card in cards]
    backs = [press().back(card, asked, said_in) for card in cards] if has_backs(asked) else []
    fits = [press().fit(card, asked) for card in cards]
    pages = sheets.impose([front.height_mm > front.width_mm for front in fronts], spec_of(asked), layout_of(asked))
    picks = {pick.sha256: pick for pick in drawn.picks.values()}

    def side(place: Placed) -> Side:
        return (fronts if place.side == "front" else backs)[place.index]

    def page(number: int) -> Markup:
        return Markup(  # noqa: S704 (svg.py escapes)
            svg.sheet_svg(
                pages[number],
                side,
                image_href=lambda image: address_in_set(drawn, picks[image.picture.sha256], SMALL_PX),
            )
        )

    lost = {
        card.number: [code for code in (*front.warnings, *(backs[place].warnings if backs else ())) if code.startswith("no-glyph")]
        for place, (card, front) in enumerate(zip(cards, fronts, strict=True))
    }
    notices = [low_ppi_said(fits, words()), kept_border_said(fits, asked, words())]
    notices += [
        words().say("Card {number}: {sentence}", number=number, sentence=warning(code, words()))
        for number, codes in lost.items()
        for code in dict.fromkeys(codes)
    ]
    turned_over = len(pages) > 1 and pages[1].shows == "backs"
    return _FirstSheet(front=page(0), back=page(1) if turned_over else None, sheets=pages[0].of, notices=[said for said in notices if said])
