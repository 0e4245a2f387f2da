"""imagestolive plan: the documents of the teaching plan, in any format, filled in for a class or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from imagestolive import resources
from imagestolive.cli.files import Outputs, read_set
from imagestolive.cli.options import config_option, configuration, force_option, out_option, root_option
from imagestolive.cli.telling import ended_politely, fail, tell
from imagestolive.errors import ImagesToLiveError
from imagestolive.teaching import AGES, DOCUMENTS
from imagestolive.teaching.formats import FORMATS, PAPERS
from imagestolive.words import DEFAULT_LANGUAGE, LANGUAGES


@click.command("plan")
@click.argument("what", metavar="DOCUMENT", type=click.Choice((*DOCUMENTS, "profile", "all")))
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    help=f"{', '.join(FORMATS)}; of “all” zip or imscc. Default: what FILE is called after, else the first that can be made.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the document. Default: that of the configuration, else en.")
@click.option("--age", type=click.Choice(AGES), help="For whom. Default: all, each named.")
@click.option("--paper", type=click.Choice(PAPERS), help="Default: what fits the set’s cards, else a4.")
@click.option(
    "--from",
    "saved",
    metavar="SET.json|FILE.pdf",
    type=click.Path(path_type=Path),
    help="The saved set of the class: its credits and data sets go in.",
)
@click.option("--code", metavar="CODE", help="The set’s code, where there is no saved set.")
@click.option("--first", metavar="DATE", default="", help="Day of the first class, such as 2026-11-30.")
@click.option("--second", metavar="DATE", default="", help="Day of the second class.")
@click.option("--address", metavar="URL", help="Address of the set’s page; with --from also for a link for each person.")
@click.option("--dataset", "key", metavar="KEY", help="Of a profile: the data set.")
@root_option
@config_option
@force_option
@out_option("FILE", "The file to write.")
def command(what: str, config_file: Path | None, roots: tuple[str, ...], lang: str | None, out: Path, **options: Any) -> None:
    """Write a document of the teaching plan, or all of them.

    DOCUMENT is plan, assignment, worksheets, question-cards, case-cards, slides, references, profile (of a data set) or all. With --from,
    “all” also holds the cards of the set.
    """
    from imagestolive.cli import planned  # takes long to load

    words = resources.words(lang or DEFAULT_LANGUAGE)
    try:
        config = configuration(config_file, roots)
        words = resources.words(lang or config.language)
        set_file = read_set(options["saved"]) if options["saved"] else None
        asked = planned.asked(what, words.lang, set_file, {**options, "out": out})
        with ended_politely(), Outputs(force=options["force"]) as outputs:
            planned.write(asked, config, outputs.file(out, asked.ending))
        if missing := planned.missing(asked):
            tell(words.say("Without {packages} DOCX, ODT, PPTX and PDF cannot be made: pip install 'imagestolive[plan]'", packages=missing))
        click.echo(str(out))
    except ImagesToLiveError as error:
        fail(error, words)
