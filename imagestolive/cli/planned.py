"""What `imagestolive plan` does. It loads much, so the command line loads it when the command is given."""

from __future__ import annotations

import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from imagestolive import resources, sets
from imagestolive.about import profile_document
from imagestolive.cli.options import blocked_by
from imagestolive.cli.telling import progress_bar
from imagestolive.config import Config
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.pipeline import Pipeline, network_of
from imagestolive.press import Press
from imagestolive.press.handouts import (
    Lesson,
    class_cartridge,
    class_documents,
    filled,
    open_document,
    open_filling,
    paper_of,
    read_day,
    write_class,
    written_for,
)
from imagestolive.sets import SetFile
from imagestolive.teaching import formats
from imagestolive.teaching.blocks import Document
from imagestolive.teaching.filling import Filling
from imagestolive.zips import entry_of

ALL, PROFILE = "all", "profile"
_OF_ALL = ("zip", "imscc")


class NeedsADataSet(ImagesToLiveError):
    sentence = N_("A profile is of one data set: name it with --dataset.")
    field = "dataset"


class OnlyOfAProfile(ImagesToLiveError):
    sentence = N_("--dataset is for profiles: “{document}” is about no data set of its own.")
    field = "dataset"


class NothingToFillIn(ImagesToLiveError):
    sentence = N_("{option} cannot stand beside a profile: it is about a data set, not about a class.")


class NotBothCodes(ImagesToLiveError):
    sentence = N_("--code cannot stand beside --from: the saved set has a code.")
    field = "code"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be written."""

    what: str  # of DOCUMENTS, or PROFILE, or ALL
    form: str
    lesson: Lesson
    code: str | None  # as it is written
    set_file: SetFile | None
    key: str | None  # of a data set

    @property
    def ending(self) -> str:
        return formats.FORMATS[self.form].ending.rpartition(".")[2] if self.form in formats.FORMATS else self.form


def asked(what: str, lang: str, set_file: SetFile | None, options: dict[str, Any]) -> Asked:
    """What options mean together, or what is wrong with them."""
    if what == PROFILE:
        _check_profile(options)
    if what != PROFILE and options["key"]:
        raise OnlyOfAProfile(document=what)
    if set_file and options["code"]:
        raise NotBothCodes
    lesson = Lesson(
        lang=lang,
        age=options["age"],
        paper=options["paper"] or (paper_of(set_file.request) if set_file else "a4"),
        first_class=read_day(options["first"], field="first"),
        second_class=read_day(options["second"], field="second"),
        address=options["address"],
    )
    code = sets.written(sets.read_code(options["code"])) if options["code"] else None
    return Asked(
        what=what, form=_form(what, options["form"], options["out"]), lesson=lesson, code=code, set_file=set_file, key=options["key"]
    )


def missing(wanted: Asked) -> str | None:
    """The packages for want of which not everything is in a file of all documents."""
    absent = sorted({found.package for form, found in formats.FORMATS.items() if found.package and not formats.is_here(form)})
    return ", ".join(absent) if absent and wanted.what == ALL else None


def _check_profile(options: dict[str, Any]) -> None:
    if not options["key"]:
        raise NeedsADataSet
    for name, option in (("saved", "--from"), ("code", "--code"), ("first", "--first"), ("second", "--second"), ("address", "--address")):
        if options[name]:
            raise NothingToFillIn(option=option)
    if options["age"]:
        raise NothingToFillIn(option="--age")


def _form(what: str, typed: str | None, out: Path) -> str:
    """The format that was asked for; else the one that the file is called after; else the first that can be made here."""
    known = _OF_ALL if what == ALL else formats.forms_of(what)
    if typed is None:
        every = (*formats.FORMATS, *_OF_ALL)
        called = {form: f".{formats.FORMATS[form].ending if form in formats.FORMATS else form}" for form in every}
        meant = [form for form, ending in called.items() if out.name.lower().endswith(ending)]
        if meant:
            typed = max(meant, key=lambda form: len(called[form]))
    if typed is None:
        return next(form for form in known if what == ALL or formats.is_here(form))
    if typed not in known:
        raise formats.NoSuchFormat(document=what, typed=sets.shown(typed), known=", ".join(known))
    return typed


def write(wanted: Asked, config: Config, out: BinaryIO) -> None:
    """Raises what the pipeline and teaching raise."""
    if wanted.key is None and wanted.set_file is None:
        if wanted.what == ALL:
            _write_all(wanted.lesson, open_filling(wanted.lesson, code=wanted.code), wanted.form, out)
        else:
            out.write(_formed(wanted, open_document(wanted.what, wanted.lesson, code=wanted.code)))
        return
    with blocked_by(config) as blocked, closing(Pipeline(config, network=network_of(config), blocked=blocked)) as pipeline:
        if wanted.key:
            out.write(_formed(wanted, profile_document(pipeline, wanted.key, resources.words(wanted.lesson.lang))))
        elif wanted.set_file:
            _write_of_set(wanted, Press(pipeline), wanted.set_file, out)


def _write_of_set(wanted: Asked, press: Press, set_file: SetFile, out: BinaryIO) -> None:
    policy = press.pipeline.policy(sold=set_file.request.sold, school=set_file.request.school)
    drawn, lesson = press.pipeline.reprint(set_file), wanted.lesson
    if wanted.form == "zip":
        with progress_bar(resources.words(lesson.lang).say("Printing")) as progress:
            write_class(press, drawn, policy, out, lesson, progress=progress)
        return
    filling = filled(press, drawn, policy, lesson)
    if wanted.what == ALL:
        _write_all(lesson, filling, wanted.form, out)
    else:
        out.write(written_for(wanted.what, wanted.form, lesson, filling))


def _formed(wanted: Asked, found: Document) -> bytes:
    return formats.write(found, wanted.form, paper=wanted.lesson.paper)


def _write_all(lesson: Lesson, filling: Filling, form: str, out: BinaryIO) -> None:
    """A ZIP of all documents, or the package for a learning platform."""
    if form == "imscc":
        out.write(class_cartridge(lesson, filling))
        return
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in class_documents(lesson, filling):
            packed.writestr(entry_of(f"images-to-live-with/{name}"), data, zipfile.ZIP_DEFLATED)
