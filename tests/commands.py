"""The command line as tests run it: in a folder of its own, with nothing of the machine's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import drawn
import pytest
from click.testing import CliRunner, Result

from imagestolive import cli

Run = Callable[..., Result]


def runner(folder: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch, *, pictures: int) -> Run:
    """imagestolive ARGUMENTS, in a folder beside a data set `mine` of so many pictures; its printers are kept there too."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(data_folder))
    monkeypatch.setenv("IMAGESTOLIVE_PRINTERS", str(folder / "printers.json"))
    monkeypatch.delenv("IMAGESTOLIVE_CONFIG", raising=False)
    drawn.folder(folder / "mine", pictures)
    return lambda *arguments: CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
