"""imagestolive labels: address labels for the envelopes of a set, and what goes into each."""

from __future__ import annotations

from pathlib import Path

import click

from imagestolive import resources, sets
from imagestolive.cli.files import Outputs, WouldBeLost, read_file, read_set
from imagestolive.cli.options import Decorator, config_option, configuration, force_option, out_option
from imagestolive.cli.telling import ended_politely, fail, tell
from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import Pipeline
from imagestolive.press import Press
from imagestolive.press.labels import LABEL_SHEETS, label_sheet, labels
from imagestolive.press.packing import merge_table, packing_list
from imagestolive.press.recipients import mismatch, read_recipients, understood
from imagestolive.words import LANGUAGES


def _path_option(name: str, metavar: str, what: str, *, required: bool = False, variable: str | None = None) -> Decorator:
    parameters = (name, variable) if variable else (name,)
    return click.option(*parameters, metavar=metavar, required=required, type=click.Path(path_type=Path), help=what)


@click.command("labels")
@_path_option("--from", "SET.json|REPORT.json|FILE.pdf", "The saved set.", required=True, variable="saved")
@_path_option(
    "--recipients",
    "FILE.csv",
    "Who gets a person’s cards: one row each, below headings such as name, street, postcode, city (docs/config.md lists those that are "
    "known) or without any. It is read here and sent nowhere.",
    required=True,
)
@click.option(
    "--sheet", "sheet_key", metavar="SHEET", default="L7160", show_default=True, help=f"Sheet of labels: {', '.join(LABEL_SHEETS).upper()}."
)
@click.option("--start", metavar="PLACE", default="1", show_default=True, help="The first label used on the first sheet, from 1.")
@_path_option("--packing", "FILE.pdf", "Also write which cards go into which envelope.")
@_path_option("--merge", "FILE.csv", "Also write a table for mail merge.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of messages and of the packing list. Default: that of the set.")
@config_option
@force_option
@out_option("FILE.pdf", "The PDF of labels to write.")
def command(
    saved: Path,
    recipients: Path,
    sheet_key: str,
    start: str,
    packing: Path | None,
    merge: Path | None,
    lang: str | None,
    config_file: Path | None,
    force: bool,
    out: Path,
) -> None:
    """Write address labels for a set: person 1 gets the first row of the CSV, person 2 the second, and so on.

    First and last name are put in one line, and so are postcode and city. Of the table only columns that are surely no address, such
    as telephone numbers, are left out, and each is named.
    """
    words = resources.words(lang or "en")
    try:
        config = configuration(config_file)
        set_file = read_set(saved)
        words = resources.words(lang or set_file.request.lang)
        sheet = label_sheet(sheet_key)
        first = sets.whole_number(start, name="--start", least=1, most=sheet.slots, field="start")
        people = read_recipients(read_file(recipients), name=recipients.name)
        for path in filter(None, (out, packing, merge)):
            if path.resolve() in (saved.resolve(), recipients.resolve()):
                raise WouldBeLost(path=str(path))
        pipeline = Pipeline(config)
        press, drawn = Press(pipeline), pipeline.reprint(set_file)
        with ended_politely(), Outputs(force=force) as outputs:
            told = labels(press, drawn, people, outputs.file(out, "pdf"), words, sheet=sheet, start=first)
            if packing:
                told += packing_list(press, drawn, outputs.file(packing, "pdf"), words, paper_key=sheet.paper.key, recipients=people)
            if merge:
                outputs.file(merge, "csv").write(merge_table(drawn, people, words, set_file_name=saved.name))
        for sentence in (*understood(people, words), mismatch(drawn, people, words), *dict.fromkeys(told)):
            if sentence:
                tell(sentence)
        click.echo(
            words.say(
                "Set {code}: {path}", code=sets.written(drawn.code), path=", ".join(str(path) for path in (out, packing, merge) if path)
            )
        )
    except ImagesToLiveError as error:
        fail(error, words)
