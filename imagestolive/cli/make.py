"""imagestolive make: a set, drawn or saved, as a PDF or as whatever else can be made of one."""

from __future__ import annotations

import dataclasses
import json
import secrets
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import click

from imagestolive import pdf, resources, sets
from imagestolive.cards import Card
from imagestolive.cli.files import Outputs, read_set
from imagestolive.cli.idle import check_idle, given
from imagestolive.cli.options import blocked_by, config_option, configuration, force_option, out_option, root_option
from imagestolive.cli.printing import printed_as, printing_options
from imagestolive.cli.telling import ended_politely, fail, progress_bar, tell, told
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.pipeline import DrawnSet, Pipeline, left_out_sentence, network_of
from imagestolive.policy import Policy
from imagestolive.press import Press, check, warning
from imagestolive.press.products import ENDINGS, PRODUCTS, Product, write
from imagestolive.press.resolution import low_ppi_said
from imagestolive.screens import ScreenSize, screen_size
from imagestolive.sets import Request
from imagestolive.words import LANGUAGES, Words

_OFFERED = [product for product in PRODUCTS if product not in ("fronts", "backs")]  # these two are --flip manual
_WITHOUT_PDF = ("wallpapers",)
_DECIDED = ("people", "cards", "by", "keys", "code", "sold", "school", "spare")  # by a saved set: they say which images are drawn


class NotBesideFrom(ImagesToLiveError):
    """An option that the saved set has already decided."""

    sentence = N_("{option} cannot stand beside --from: the saved set has decided it.")


class NothingToCheck(ImagesToLiveError):
    sentence = N_("--check looks at PDF files, and --as {product} makes none.")


class NotOnlySome(ImagesToLiveError):
    sentence = N_("--only cannot stand beside --as {product}, which is made of all cards.")


class SchoolLocked(ImagesToLiveError):
    sentence = N_("--no-school is not possible here: the configuration has locked school mode.")


class NotArchival(ImagesToLiveError):
    """A fault in a file that this program has made."""

    sentence = N_("{path} was not written, for it is not sound PDF/A-3b: {fault}")
    exit_code = 1


@click.command("make")
@click.option(
    "--dataset",
    "keys",
    metavar="KEY",
    multiple=True,
    help="A data set to draw from; several are mixed evenly. Default: all that can be drawn from.",
)
@root_option
@click.option("--people", metavar="N", default="1", show_default=True, help=f"How many people, 1 to {sets.PEOPLE_MOST}.")
@click.option("--cards", metavar="N", default="3", show_default=True, help=f"How many images for each person, 1 to {sets.CARDS_MOST}.")
@click.option("--spare", metavar="N", default="0", show_default=True, help=f"Cards over and above those, 0 to {sets.SPARE_MOST}.")
@click.option(
    "--by",
    type=click.Choice(sets.ENUMERATED["by"]),
    default="image",
    show_default=True,
    help="What has the same chance: every image; every class (then an image of it); every author (then an image of theirs).",
)
@click.option("--code", metavar="CODE", help="A set code, to draw the same set again. Default: a new one.")
@click.option("--replace", "replaced", metavar="CARD", multiple=True, help="Number of a card that gets another image; the others stay.")
@click.option(
    "--from",
    "saved",
    metavar="SET.json|REPORT.json|FILE.pdf",
    type=click.Path(path_type=Path),
    help="Print a saved set again, by its picks.",
)
@click.option("--as", "product", type=click.Choice(_OFFERED), default="sheets", show_default=True, help="What is made of the set.")
@click.option("--only", metavar="CARD", multiple=True, help="Number of a card to print; the others are left away.")
@printing_options
@click.option("--screen", metavar="SIZE", help="Of wallpapers: phone (default), tablet, screen, or pixels such as 1280x800.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of the cards and of messages. Default: that of the configuration, else en."
)
@click.option("--sold", is_flag=True, help="The prints will be sold or used to advertise: leave out what does not allow it.")
@click.option(
    "--school/--no-school",
    default=None,
    help="School mode: no people, nothing doubtful, only what a license or the terms of its data set allow. "
    "Default: that of the configuration.",
)
@click.option(
    "--allow-unlicensed",
    is_flag=True,
    help="You answer for images without a license of their own whose terms do not clearly allow printing.",
)
@config_option
@click.option(
    "--report",
    metavar="FILE.json",
    type=click.Path(path_type=Path),
    help="Also write the set with record, credit line, decision and ppi of each card; --from takes it as a set file.",
)
@click.option("--check", "checked", is_flag=True, help="Check that each PDF is PDF/A-3b before it is put in its place.")
@force_option
@out_option("FILE.pdf|FILE.zip", "The file to write: a ZIP for --as zip and --as wallpapers, else a PDF.")
@click.pass_context
def command(
    context: click.Context,
    /,
    lang: str | None,
    config_file: Path | None,
    allow_unlicensed: bool,
    roots: Sequence[str],
    saved: Path | None,
    **options: Any,
) -> None:
    """Draw a set, or print a saved one, as a PDF of two-sided sheets, or as what --as says."""
    words = resources.words(lang or "en")
    try:
        if saved:
            _check_beside_from(context)
        config = configuration(config_file, roots)
        if allow_unlicensed:
            config = dataclasses.replace(config, allow_unlicensed="--allow-unlicensed")
        words = resources.words(lang or config.language)
        set_file = read_set(saved) if saved else None
        asked = set_file.request if set_file else Request(datasets=(), lang=words.lang)
        asked = dataclasses.replace(printed_as(asked, options), lang=lang or asked.lang)
        check_idle(context, asked, options["product"])
        screen = _check_product(asked, options)
        scope = f"command-{secrets.token_hex(8)}"
        with (
            ended_politely(),
            Outputs(force=options["force"]) as outputs,
            blocked_by(config) as blocked,
            Pipeline(config, network=network_of(config), blocked=blocked).for_job(scope, ends=True) as pipeline,
        ):
            files = {product: (path, outputs.file(path, ENDINGS.get(product, "pdf"))) for product, path in _paths(asked, options).items()}
            report = outputs.file(options["report"], "json") if options["report"] else None
            drawn, policy = _reprinted(pipeline, set_file, asked, options) if set_file else _drawn(pipeline, words, asked, options)
            press = Press(pipeline)
            only = [_card_number(typed, "--only", drawn) for typed in options["only"]]
            while True:
                cards = _made({product: file for product, (_, file) in files.items()}, report, press, drawn, policy, only, screen, words)
                today = pipeline.today(policy)
                if today.hash == policy.hash:  # else what was held back meanwhile may be in the files that came first
                    break
                policy = today
                outputs.again()
            for product, (path, file) in files.items():
                if options["checked"]:
                    _check_archival(path, file, packed=product == "zip")
        _tell(press, drawn, cards, only, {product: path for product, (path, _) in files.items()}, words)
    except ImagesToLiveError as error:
        fail(error, words)


def _check_beside_from(context: click.Context) -> None:
    if option := given(context, _DECIDED):
        raise NotBesideFrom(option=option)


def _check_product(asked: Request, options: dict[str, Any]) -> ScreenSize:
    """All that can be said of what is to be made before anything is drawn; the size of wallpapers."""
    product = options["product"]
    if product in ("sheets", "cards", "zip"):
        check(asked)
    if options["checked"] and product in _WITHOUT_PDF:
        raise NothingToCheck(product=product)
    if options["only"] and product == "zip":
        raise NotOnlySome(product=product)
    return screen_size(options["screen"] or "phone")


def _paths(asked: Request, options: dict[str, Any]) -> dict[Product, Path]:
    """What is written where; for printers that are fed by hand two files."""
    out, product = options["out"], options["product"]
    if product == "sheets" and asked.flip == "manual":
        return {"fronts": out.with_name(f"{out.stem}-fronts{out.suffix}"), "backs": out.with_name(f"{out.stem}-backs{out.suffix}")}
    return {product: out}


def _drawn(pipeline: Pipeline, words: Words, asked: Request, options: dict[str, Any]) -> tuple[DrawnSet, Policy]:
    """A set drawn by code and request, its cards replaced as asked; complete, or TooFewImages is raised."""
    people = sets.whole_number(options["people"] or "1", name="--people", least=1, most=sets.PEOPLE_MOST, field="people")
    cards = sets.whole_number(options["cards"] or "3", name="--cards", least=1, most=sets.CARDS_MOST, field="cards")
    spare = sets.whole_number(options["spare"] or "0", name="--spare", least=0, most=sets.SPARE_MOST, field="spare")
    code = sets.new_code(secrets.randbits) if options["code"] is None else sets.read_code(options["code"])
    if pipeline.config.school_locked and options["school"] is False:
        raise SchoolLocked
    policy = pipeline.policy(sold=options["sold"], school=options["school"])
    request, left = pipeline.request(
        people=people,
        cards=cards,
        keys=options["keys"],
        paper=asked.paper,
        card=asked.card,
        flip=asked.flip,
        back=asked.back,
        by=options["by"],
        lang=asked.lang,
        spare=spare,
        printing=asked.printing,
        policy=policy,
    )
    if not options["keys"]:  # what somebody configured is not passed over in silence
        drawn_from = {part.key for part in request.datasets}
        left = [why for key in pipeline.config.datasets if key not in drawn_from and (why := pipeline.why_not(key, policy))]
    for sentence in left:
        tell(told(sentence, words))
    for part in request.datasets:
        if skipped := pipeline.data_set(part.key).skipped:
            rows = words.count("{n} row or file skipped", "{n} rows or files skipped", skipped)
            tell(f"{part.key}: {rows} (imagestolive datasets {part.key})")
    for sentence in pipeline.unmatched_flags(policy):
        tell(words.error(sentence))
    for said in pipeline.ungrouped(request, words):
        tell(said)
    with progress_bar(words.say("Drawing")) as progress:
        drawn = pipeline.draw(request, code, (), policy, nobody_looks=True, progress=progress)
    drawn.check_complete(words)
    return _replaced(pipeline, drawn, options, policy), policy


def _reprinted(pipeline: Pipeline, set_file: sets.SetFile, asked: Request, options: dict[str, Any]) -> tuple[DrawnSet, Policy]:
    """A saved set by its picks, its cards replaced as asked, printed as asked."""
    policy = pipeline.policy(sold=set_file.request.sold, school=set_file.request.school)
    drawn = _replaced(pipeline, pipeline.reprint(set_file), options, policy)
    parts = drawn.request.datasets
    return dataclasses.replace(drawn, request=dataclasses.replace(asked, datasets=parts)), policy


def _replaced(pipeline: Pipeline, drawn: DrawnSet, options: dict[str, Any], policy: Policy) -> DrawnSet:
    words = resources.words(drawn.request.lang)
    for typed in options["replaced"]:
        drawn = pipeline.replace(drawn, _card_number(typed, "--replace", drawn), policy, nobody_looks=True)
        drawn.check_complete(words)
    return drawn


def _card_number(typed: str, option: str, drawn: DrawnSet) -> int:
    return sets.whole_number(typed, name=option, least=1, most=drawn.request.slots, field=option.strip("-"))


def _made(
    files: Mapping[Product, BinaryIO],
    report: BinaryIO | None,
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    only: Sequence[int],
    screen: ScreenSize,
    words: Words,
) -> list[Card]:
    """Writes all files of the run and gives the cards, each with what was lost in any of them."""
    card_words = resources.words(drawn.request.lang)
    cards: dict[int, Card] = {}
    for product, file in files.items():
        with progress_bar(words.say("Printing")) as progress:
            made = write(product, press, drawn, policy, file, card_words, only=only, screen=screen, progress=progress)
        for card in made:
            lost = cards[card.number].warnings if card.number in cards else ()
            cards[card.number] = dataclasses.replace(card, warnings=tuple(dict.fromkeys((*lost, *card.warnings))))
    if report:
        content = press.report(drawn, policy, card_words)
        report.write(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
    return list(cards.values())


def _check_archival(path: Path, file: BinaryIO, *, packed: bool) -> None:
    """A PDF, or every PDF in a ZIP, against PDF/A-3b; raises NotArchival."""
    file.flush()
    file.seek(0)
    faults = _faults_inside(file) if packed else pdf.faults(file)
    if faults:
        raise NotArchival(path=str(path), fault=faults[0])


def _faults_inside(file: BinaryIO) -> list[str]:
    with zipfile.ZipFile(file) as packed:
        return [
            f"{name}: {fault}" for name in packed.namelist() if name.endswith(".pdf") for fault in pdf.faults(BytesIO(packed.read(name)))
        ]


def _tell(press: Press, drawn: DrawnSet, cards: Sequence[Card], only: Sequence[int], paths: Mapping[Product, Path], words: Words) -> None:
    """What was lost in setting the cards, what was left out, and what was written."""
    for card in cards:
        for sentence in filter(None, (card.notice, *(warning(code, words) for code in card.warnings))):
            click.echo(words.say("Card {number}: {sentence}", number=card.number, sentence=sentence), err=True)
    printed = () if {"posters", "triptych", "wallpapers"} & paths.keys() else cards  # these have sizes of their own
    for said in (low_ppi_said((press.fit(card, drawn.request) for card in printed), words), left_out_sentence(drawn.left_out, words)):
        if said:
            click.echo(said, err=True)
    number = len(set(only)) or drawn.request.slots - len(drawn.short)
    click.echo(
        words.count(
            "Set {code}: {n} card, {path}",
            "Set {code}: {n} cards, {path}",
            number - sum(card.picture is None for card in cards) if "wallpapers" in paths else number,
            code=sets.written(drawn.code),
            path=", ".join(map(str, paths.values())),
        )
    )
