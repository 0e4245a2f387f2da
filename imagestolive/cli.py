"""The command line: parse, call, report. Exit 0; 2 with one sentence for a wrong value; 3 when too few images are left."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click

from imagestolive import __version__, pdf, resources, sets
from imagestolive.about import About, about
from imagestolive.config import Config, check_key, is_folder, load_config, read_root
from imagestolive.datasets import datasheets
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fonts import Fonts
from imagestolive.pipeline import DataSetInfo, DrawnSet, Pipeline, Progress, TableForm, TermsForbid, left_out_sentence, warning
from imagestolive.policy import Policy
from imagestolive.words import LANGUAGES, Words

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8000
FORMS: Mapping[str, TableForm] = {"sqlite": "sqlite3", "parquet": "parquet"}


class FileExists(ImagesToLiveError):
    """An output file that is already there."""

    sentence = N_("{path} is there already and was kept; --force writes over it.")


class CannotWrite(ImagesToLiveError):
    """An output file that cannot be made."""

    sentence = N_("{path} cannot be written: {problem}.")


class CannotRead(ImagesToLiveError):
    """An input file that cannot be read."""

    sentence = N_("{path} cannot be read: {problem}.")


class NotBesideFrom(ImagesToLiveError):
    """An option that the saved set has already decided."""

    sentence = N_("{option} cannot stand beside --from: the saved set has decided it.")


class SameFile(ImagesToLiveError):
    """--out and --report name one file."""

    sentence = N_("--out and --report are the same file, {path}.")


# ---- commands ---------------------------------------------------------------------------------------------------------


def _fail(error: ImagesToLiveError, words: Words) -> NoReturn:
    click.echo(f"imagestolive: {_told(error, words)}", err=True)
    sys.exit(error.exit_code)


def _told(error: ImagesToLiveError, words: Words) -> str:
    return " ".join(filter(None, (words.error(error), words.hint(error))))


config_option = click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration (YAML); else the file that IMAGESTOLIVE_CONFIG names.",
)
root_option = click.option(
    "--root",
    "roots",
    metavar="KEY=PATH",
    multiple=True,
    help="Where a data set’s files are. Any folder of pictures can be given a key of its own.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="imagestolive")
def main() -> None:
    """Images to live with: single images out of the data sets of computer vision, on paper, credited."""


@main.command()
@click.argument("key", required=False)
@root_option
@config_option
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the list.")
def datasets(key: str | None, roots: Sequence[str], config_file: Path | None, lang: str | None) -> None:
    """List the data sets: how many images each has, or why nothing can be drawn from it. With KEY: all that is known of that one."""
    words = resources.words(lang or "en")
    try:
        config = _config(config_file, roots)
        words = resources.words(lang or config.language)
        pipeline = Pipeline(config)
        if key is not None:
            _tell(about(pipeline, key, words), words)
            return
        policy = pipeline.policy(sold=False)
        for info in pipeline.data_sets():
            if info.why_not:
                said = _told(info.why_not, words)  # it names the data set itself
            else:
                said = f"{info.sheet.title}: {_state(info, words)}"
                if isinstance(pipeline.why_not(info.key, policy), TermsForbid):
                    said += "; " + words.say("only with --allow-unlicensed")
            _paragraph(said, first=f"{info.key:22}  ", rest=" " * 24)
            for problem in info.problems:
                _paragraph(problem.said(words), first=" " * 24, rest=" " * 24)
    except ImagesToLiveError as error:
        _fail(error, words)


@main.command()
@click.argument("key")
@click.option(
    "--root",
    "roots",
    metavar="PATH",
    multiple=True,
    help="Where the data set’s files are; KEY=PATH names the place of another one that knows more of the same photographs.",
)
@config_option
@click.option("--form", type=click.Choice(list(FORMS)), default="sqlite", show_default=True, help="How the table is kept.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of messages. Default: that of the configuration, else en.")
def index(key: str, roots: Sequence[str], config_file: Path | None, form: str, lang: str | None) -> None:
    """Read a data set’s own files once into a table, from which images are then drawn quickly, however many there are.

    A run that was cut off goes on where it stopped; until a run is through, the table of before stays.
    """
    words = resources.words(lang or "en")
    try:
        config = _config(config_file, [root if _names_a_key(root) else f"{key}={root}" for root in roots])
        words = resources.words(lang or config.language)
        pipeline = Pipeline(config)
        with _ended_politely(), _counted(words) as progress:
            path = pipeline.index(key, form=FORMS[form], progress=progress)
        info = pipeline.data_set(key)
        if info.why_not:
            raise info.why_not
        click.echo(f"{key}: {_state(info, words)}, {path}")
        for problem in info.problems:
            click.echo(f"  {problem.said(words)}")
    except ImagesToLiveError as error:
        _fail(error, words)


@main.command()
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
    "--from", "saved", metavar="SET.json|FILE.pdf", type=click.Path(path_type=Path), help="Print a saved set again, by its picks."
)
@click.option(
    "--paper",
    type=click.Choice(sets.ENUMERATED["paper"]),
    default="a4",
    show_default=True,
    help="a4: four A6 cards; letter: four of 5.5 x 4.25 in.",
)
@click.option(
    "--flip",
    type=click.Choice(sets.ENUMERATED["flip"]),
    default="long",
    show_default=True,
    help="The edge the printer turns the sheet on; none: fronts only.",
)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of the cards and of messages. Default: that of the configuration, else en."
)
@click.option("--sold", is_flag=True, help="The prints will be sold or used to advertise: leave out what does not allow it.")
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
    help="Also write the set file with record, credit line, decision and ppi of each card.",
)
@click.option("--force", is_flag=True, help="Write over existing files.")
@click.option("--out", metavar="FILE.pdf", required=True, type=click.Path(path_type=Path), help="The PDF to write.")
@click.pass_context
def make(
    context: click.Context,
    /,
    lang: str | None,
    config_file: Path | None,
    allow_unlicensed: bool,
    roots: Sequence[str],
    saved: Path | None,
    **options: Any,
) -> None:
    """Draw a set, or print a saved one, as a PDF of two-sided sheets."""
    words = resources.words(lang or "en")
    try:
        if saved:
            _check_beside_from(context)
        config = _config(config_file, roots)
        if allow_unlicensed:
            config = dataclasses.replace(config, allow_unlicensed="--allow-unlicensed")
        words = resources.words(lang or config.language)
        out, report = options["out"], options["report"]
        if report and report.resolve() == out.resolve():
            raise SameFile(path=str(out))
        with _ended_politely(), ExitStack() as outputs:
            pdf_file = outputs.enter_context(_new_file(out, force=options["force"]))
            report_file = outputs.enter_context(_new_file(report, force=options["force"])) if report else None
            pipeline = Pipeline(config)
            drawn, policy = _reprinted(pipeline, saved, options) if saved else _drawn(pipeline, words, options)
            card_words = resources.words(drawn.request.lang)
            with _progress(words.say("Printing")) as progress:
                cards = pipeline.write_pdf(drawn, policy, pdf_file, card_words, progress=progress)
            if report_file:
                content = pipeline.report(drawn, policy, card_words)
                report_file.write(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
        for card in cards:
            for sentence in filter(None, (card.notice, *(warning(code, words) for code in card.warnings))):
                click.echo(words.say("Card {number}: {sentence}", number=card.number, sentence=sentence), err=True)
        if sentence := left_out_sentence(drawn.left_out, words):
            click.echo(sentence, err=True)
        click.echo(
            words.count(
                "Set {code}: {n} card, {path}", "Set {code}: {n} cards, {path}", len(cards), code=sets.written(drawn.code), path=str(out)
            )
        )
    except ImagesToLiveError as error:
        _fail(error, words)


@main.command()
@root_option
@config_option
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="The port to listen on; 0: any that is free."
)
def serve(roots: Sequence[str], config_file: Path | None, host: str, port: int) -> None:
    """Serve the web pages on this machine."""
    from imagestolive.web import create_app  # Flask is not needed to print
    from imagestolive.web.serving import serve_app

    words = resources.words("en")
    try:
        config = _config(config_file, roots)
        words = resources.words(config.language)
        app = create_app(config)
        click.echo(words.say("Making the typefaces ready, which takes some seconds the first time."), err=True)
        Fonts(config.data_folder / "fonts").prepare()
        serve_app(app, host, port, announce=click.echo)
    except ImagesToLiveError as error:
        _fail(error, words)


# ---- what they call ---------------------------------------------------------------------------------------------------


def _config(config_file: Path | None, roots: Sequence[str]) -> Config:
    named = dict(map(read_root, roots))
    config = load_config(config_file, roots=named)
    words = resources.words(config.language)
    for key in named.keys() - datasheets().keys():
        configured = config.datasets[key].reader
        if configured is None and (near := difflib.get_close_matches(key, datasheets(), n=1, cutoff=0.8)):
            told = words.say(
                "“{key}” is no data set of the catalogue: its folder is read as plain pictures, without its makers’ credits. "
                "Did you mean “{near}”?",
                key=key,
                near=near[0],
            )
            click.echo(f"imagestolive: {told}", err=True)
    return config


def _tell(told: About, words: Words) -> None:
    """A datasheet as text, as wide as the terminal, at most 100 columns."""
    _paragraph(told.info.sheet.title)
    for sentence in (*told.lead, told.why_not):
        if sentence:
            _paragraph(sentence)
    click.echo()
    for name, value in told.facts:
        _paragraph(f"{name}: {value or words.say('not known')}", rest="  ")
    for heading, text in (*told.sections, *((told.layout,) if told.layout else ())):
        click.echo(f"\n{heading}")
        _paragraph(text or words.say("not known"), first="  ", rest="  ")
    if told.problems:
        skipped = words.count("{n} row or file was skipped", "{n} rows or files were skipped", told.info.skipped)
        click.echo(f"\n{skipped}")
        for problem in told.problems:
            _paragraph(problem, first="  ", rest="  ")


def _paragraph(text: str, *, first: str = "", rest: str = "") -> None:
    """A text in lines as wide as the terminal, at most 100 columns; `first` stands before the first, `rest` before the others."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    click.echo(textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False))


def _names_a_key(root: str) -> bool:
    """Whether --root has the form KEY=PATH; a folder may have = in its name."""
    key, equals, _ = root.partition("=")
    return bool(equals) and check_key(key) is None and not is_folder(Path(root))


def _state(info: DataSetInfo, words: Words) -> str:
    """How many images a data set has, in a few words."""
    state = words.count("{n} image", "{n} images", info.images or 0)
    if info.elsewhere:
        state += "; " + words.count("{n} more is listed, not here", "{n} more are listed, not here", info.elsewhere)
    if info.skipped:
        state += "; " + words.count("{n} row or file skipped", "{n} rows or files skipped", info.skipped)
    return state


@contextmanager
def _counted(words: Words) -> Iterator[Callable[[int], None]]:
    """Says on stderr how many rows are done: on a terminal again and again in one line, else a line every ten seconds."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    last = time.monotonic()

    def told(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last < (0.2 if terminal else 10):
            return
        last = time.monotonic()
        said = words.count("{n} row read", "{n} rows read", rows)
        click.echo(f"\r{said}" if terminal else said, nl=not terminal, err=True)

    yield told
    if terminal:
        click.echo(err=True)


def _check_beside_from(context: click.Context) -> None:
    allowed = {"saved", "roots", "config_file", "replaced", "allow_unlicensed", "report", "force", "out"}
    for parameter in context.command.params:
        name = parameter.name or ""
        if name not in allowed and context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise NotBesideFrom(option=parameter.opts[0])


def _drawn(pipeline: Pipeline, words: Words, options: dict[str, Any]) -> tuple[DrawnSet, Policy]:
    """A set drawn by code and request, its cards replaced as asked; complete, or TooFewImages is raised."""
    people = sets.whole_number(options["people"] or "1", name="--people", least=1, most=sets.PEOPLE_MOST, field="people")
    cards = sets.whole_number(options["cards"] or "3", name="--cards", least=1, most=sets.CARDS_MOST, field="cards")
    code = sets.new_code(secrets.randbits) if options["code"] is None else sets.read_code(options["code"])
    policy = pipeline.policy(sold=options["sold"])
    request, left = pipeline.request(
        people=people,
        cards=cards,
        keys=options["keys"],
        paper=options["paper"],
        flip=options["flip"],
        by=options["by"],
        lang=words.lang,
        policy=policy,
    )
    if not options["keys"]:  # what somebody configured is not passed over in silence
        drawn_from = {part.key for part in request.datasets}
        left = [why for key in pipeline.config.datasets if key not in drawn_from and (why := pipeline.why_not(key, policy))]
    for sentence in left:
        click.echo(f"imagestolive: {_told(sentence, words)}", err=True)
    for part in request.datasets:
        if skipped := pipeline.data_set(part.key).skipped:
            told = words.count("{n} row or file skipped", "{n} rows or files skipped", skipped)
            click.echo(f"imagestolive: {part.key}: {told} (imagestolive datasets {part.key})", err=True)
    for sentence in pipeline.unmatched_flags(policy):
        click.echo(f"imagestolive: {words.error(sentence)}", err=True)
    for said in pipeline.ungrouped(request, words):
        click.echo(f"imagestolive: {said}", err=True)
    with _progress(words.say("Drawing")) as progress:
        drawn = pipeline.draw(request, code, (), policy, progress=progress)
    drawn.check_complete(words)
    return _replaced(pipeline, drawn, options, policy), policy


def _reprinted(pipeline: Pipeline, saved: Path, options: dict[str, Any]) -> tuple[DrawnSet, Policy]:
    """A saved set by its picks, its cards replaced as asked."""
    try:
        if saved.exists() and not saved.is_file():
            raise CannotRead(path=str(saved), problem="it is no file")
        data = saved.read_bytes()
    except OSError as error:
        raise CannotRead(path=str(saved), problem=error.strerror or "not readable") from None
    set_file = sets.read_set_file(pdf.read_set_file(saved) if data.startswith(b"%PDF") else data)
    policy = pipeline.policy(sold=set_file.request.sold)
    return _replaced(pipeline, pipeline.reprint(set_file, policy), options, policy), policy


def _replaced(pipeline: Pipeline, drawn: DrawnSet, options: dict[str, Any], policy: Policy) -> DrawnSet:
    words = resources.words(drawn.request.lang)
    for typed in options["replaced"]:
        slot = sets.whole_number(typed, name="--replace", least=1, most=drawn.request.slots, field="replace")
        drawn = pipeline.replace(drawn, slot, policy)
        drawn.check_complete(words)
    return drawn


@contextmanager
def _ended_politely() -> Iterator[None]:
    """Ctrl-C and SIGTERM leave nothing half made behind, and end with 130 and 143 as programs do."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _new_file(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file that is complete or absent: written beside its place, moved there at the end, removed when anything fails."""
    try:
        if path.exists() and not path.is_file():
            raise CannotWrite(path=str(path), problem="it is a folder or a device")
        if path.exists() and not force:
            raise FileExists(path=str(path))
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as file:
            part = Path(file.name)
            try:
                yield file  # type: ignore[misc]
                file.flush()
                os.fsync(file.fileno())
                _publish(part, path, force=force)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(path=str(path), problem=error.strerror or str(error)) from None


def _publish(part: Path, path: Path, *, force: bool) -> None:
    umask = os.umask(0)
    os.umask(umask)
    part.chmod(0o666 & ~umask)  # as a file made in the ordinary way; temporary ones are private
    if force:
        part.replace(path)
        return
    try:
        path.hardlink_to(part)  # fails where a file has come to be meanwhile
    except FileExistsError:
        raise FileExists(path=str(path)) from None
    except OSError:  # a file system without hard links
        part.replace(path)


@contextmanager
def _progress(label: str) -> Iterator[Progress | None]:
    """A bar on a terminal, else nothing."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        bars: list[Any] = []

        def told(_done: int, of: int) -> None:
            if not bars:
                bars.append(stack.enter_context(click.progressbar(length=of, label=label, file=sys.stderr)))
            bars[0].update(1)

        yield told
