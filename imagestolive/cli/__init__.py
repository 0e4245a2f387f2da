"""The command line: parse, call, report. One file a command.

Exit 0; 1 where --check finds a fault in a file; 2 with one sentence for a wrong value; 3 when too few images are left.
"""

from __future__ import annotations

import atexit
import gc

import click

from imagestolive import __version__
from imagestolive.cli.calibrate import command as calibrate
from imagestolive.cli.datasets import command as datasets
from imagestolive.cli.find import command as find
from imagestolive.cli.get import command as get
from imagestolive.cli.index import command as index
from imagestolive.cli.labels import command as labels
from imagestolive.cli.ledger import command as ledger
from imagestolive.cli.make import command as make
from imagestolive.cli.plan import command as plan
from imagestolive.cli.printers import command as printers
from imagestolive.cli.screen import command as screen
from imagestolive.cli.serve import command as serve
from imagestolive.cli.sizes import command as sizes
from imagestolive.cli.work import command as work


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="imagestolive")
def main() -> None:
    """Images to live with: single images out of the data sets of computer vision, on paper, credited."""
    atexit.register(gc.freeze)  # a process that ends need not look through all it holds for garbage: 25 ms


for _command in (make, datasets, find, get, index, screen, sizes, printers, calibrate, labels, plan, ledger, serve, work):
    main.add_command(_command)
