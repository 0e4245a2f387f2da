"""What `imagestolive plan` does. It loads much, so the command line loads it when the command is given."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

from imagestolive import resources, sets
from imagestolive.about import profile_document
from imagestolive.cli.options import blocked_by
from imagestolive.cli.telling import progress_bar
from imagestolive.config import Config
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.pipeline import Pipeline, network_of
from imagestolive.press import Press
from imagestolive.press.handouts import Lesson, class_documents, filled, open_document, open_filling, paper_of, read_day, write_class
from imagestolive.sets import SetFile
from imagestolive.teaching import formats
from imagestolive.teaching.blocks import Document
from imagestolive.teaching.documents import document
from imagestolive.zips import entry_of

ALL, PROFILE = "all", "profile"
_OF_ALL = ("zip", "imscc")


class NeedsADataSet(ImagesToLiveError):
    sentence = N_("A profile is of one data set: name it with --dataset.")
    field = "dataset"


class OnlyOfAProfile(ImagesToLiveError):
    sentence = N_("--dataset is for profiles: “{document}” is about no data set of its own.")
    field = "dataset"


class NotBothCodes(ImagesToLiveError):
    sentence = N_("--code cannot stand beside --from: the saved set has a code.")
    field = "code"


class NoAddress(ImagesToLiveError):
    sentence = N_("“{typed}” is no address of a set’s page: it begins with http:// or https://.")
    field = "address"


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
    if what == PROFILE and not options["key"]:
        raise NeedsADataSet
    if what != PROFILE and options["key"]:
        raise OnlyOfAProfile(document=what)
    if set_file and options["code"]:
        raise NotBothCodes
    address = options["address"]
    if address and not address.startswith(("http://", "https://")):
        raise NoAddress(typed=sets.shown(address))
    lesson = Lesson(
        lang=lang,
        age=options["age"],
        paper=options["paper"] or (paper_of(set_file.request) if set_file else "a4"),
        first_class=read_day(options["first"], field="first"),
        second_class=read_day(options["second"], field="second"),
        address=address,
    )
    code = sets.written(sets.read_code(options["code"])) if options["code"] else None
    return Asked(what=what, form=_form(what, options["form"]), lesson=lesson, code=code, set_file=set_file, key=options["key"])


def _form(what: str, typed: str | None) -> str:
    known = _OF_ALL if what == ALL else formats.forms_of(what)
    if typed is None:
        return next(form for form in known if what == ALL or formats.is_here(form))
    if typed not in known:
        raise formats.NoSuchFormat(document=what, typed=sets.shown(typed), known=", ".join(known))
    return typed


def write(wanted: Asked, config: Config, out: BinaryIO) -> None:
    """Raises what the pipeline and teaching raise."""
    if wanted.key is None and wanted.set_file is None:
        if wanted.what == ALL:
            _write_all(class_documents(wanted.lesson, open_filling(wanted.lesson, code=wanted.code)), wanted.form, out)
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
        _write_all(class_documents(lesson, filling), wanted.form, out)
    else:
        out.write(_formed(wanted, document(wanted.what, lesson.lang, age=lesson.age, filling=filling)))


def _formed(wanted: Asked, found: Document) -> bytes:
    return formats.write(found, wanted.form, paper=wanted.lesson.paper)


def _write_all(made: Iterable[tuple[str, bytes]], form: str, out: BinaryIO) -> None:
    """A ZIP of all documents, or of these only the package for a learning platform."""
    if form == "imscc":
        out.write(next(data for name, data in made if name.endswith(".imscc")))
        return
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in made:
            packed.writestr(entry_of(f"images-to-live-with/{name}"), data, zipfile.ZIP_DEFLATED)
