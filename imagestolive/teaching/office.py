"""A document -> DOCX, ODT or PPTX, by pandoc.

Pandoc gets the document as its own syntax tree, so nothing in a text is markup to it. It runs without shell, network and other
files than the reference document, in an environment of its own. Its file is packed again, so that the same document is the same bytes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.teaching.blocks import Document
from imagestolive.teaching.formats import FORMATS, FormatNotHere
from imagestolive.teaching.office_docx import write as docx
from imagestolive.teaching.office_odt import write as odt
from imagestolive.teaching.office_pptx import write as pptx
from imagestolive.teaching.office_zip import Convert, Parts, packed, unpacked

LONGEST_S = 60.0


class PandocFailed(ImagesToLiveError):
    """Ours to mend: pandoc takes every document that we make."""

    sentence = N_("The {form} file could not be made: pandoc says “{detail}”.")
    status = 500


class PandocTooSlow(ImagesToLiveError):
    sentence = N_("The {form} file was not ready after {seconds} seconds, so pandoc was stopped.")
    status = 503


Write = Callable[[Document, str, Parts, Convert], Parts]
_WRITERS: Mapping[str, Write] = {
    "docx": docx,
    "odt": odt,
    "pptx": lambda document, _, reference, convert: pptx(document, reference, convert),  # no paper is asked of slides
}


def write(document: Document, form: str, paper: str) -> bytes:
    """`form`: docx, odt or pptx. Raises FormatNotHere, PandocFailed, PandocTooSlow."""

    def convert(tree: object, reference: Parts) -> Parts:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / f"reference.{form}"
            place.write_bytes(packed(reference))
            made = _pandoc(form, "--from=json", f"--to={form}", "--output=-", f"--reference-doc={place}", given=json.dumps(tree).encode())
        return unpacked(made)

    return packed(_WRITERS[form](document, paper, unpacked(_reference(form)), convert))


@cache
def _reference(form: str) -> bytes:
    return _pandoc(form, f"--print-default-data-file=reference.{form}")


def _pandoc(form: str, *options: str, given: bytes = b"") -> bytes:
    """What pandoc writes to its standard output."""
    command = [str(_program(form)), "--sandbox", "--data-dir=.", *options]
    try:
        with tempfile.TemporaryDirectory() as empty:  # no settings and files of whoever runs us
            done = subprocess.run(  # noqa: S603 (pandoc of the installed package, and options of ours)
                command, input=given, capture_output=True, timeout=LONGEST_S, cwd=empty, env={"LC_ALL": "C.UTF-8", "HOME": empty}
            )
    except subprocess.TimeoutExpired as error:
        raise PandocTooSlow(form=FORMATS[form].name, seconds=LONGEST_S) from error
    except OSError as error:
        raise PandocFailed(form=FORMATS[form].name, detail=error.strerror or str(error)) from error
    if done.returncode:
        raise PandocFailed(form=FORMATS[form].name, detail=done.stderr.decode(errors="replace").strip()[-500:])
    return done.stdout


def _program(form: str) -> Path:
    """The pandoc that pypandoc_binary brings, or the system's where only pypandoc is installed."""
    package = find_spec("pypandoc")
    for folder in (package and package.submodule_search_locations) or ():
        for name in ("pandoc", "pandoc.exe"):
            if (place := Path(folder) / "files" / name).is_file():
                return place
    found = shutil.which("pandoc")
    if package is None or found is None:
        raise FormatNotHere(form=FORMATS[form].name, package="pypandoc_binary")
    return Path(found)
