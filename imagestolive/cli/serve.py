"""imagestolive serve: the web pages on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import click

from imagestolive import resources
from imagestolive.cli.options import config_option, configuration, root_option
from imagestolive.cli.telling import ended_politely, fail
from imagestolive.errors import ImagesToLiveError
from imagestolive.fonts import Fonts

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8000


@click.command("serve")
@root_option
@config_option
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="The port to listen on; 0: any that is free."
)
def command(roots: Sequence[str], config_file: Path | None, host: str, port: int) -> None:
    """Serve the web pages on this machine, and do the work that they accept."""
    from imagestolive.jobs.running import runner
    from imagestolive.jobs.workplace import workplace
    from imagestolive.web import create_app  # Flask is not needed to print
    from imagestolive.web.serving import serve_app

    words = resources.words("en")
    try:
        config = configuration(config_file, roots)
        words = resources.words(config.language)
        with ended_politely(), contextlib.closing(workplace(config)) as place, runner(config, place) as run:
            app = create_app(config, place)
            fonts = Fonts(config.data_folder / "fonts")
            if not fonts.prepared():
                click.echo(words.say("Making the typefaces ready, which takes some seconds the first time."), err=True)
            fonts.prepare()
            with place.working(run, gone=run.gone):
                serve_app(app, host, port, announce=click.echo)
    except ImagesToLiveError as error:
        fail(error, words)
