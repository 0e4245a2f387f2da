"""Everything that can be made of a set, in one ZIP file: the same set and versions give the same bytes."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, cast

from imagestolive.cards import Card
from imagestolive.pipeline import DrawnSet, Progress
from imagestolive.policy import Policy
from imagestolive.press import Part, Press
from imagestolive.press.credits import FORMS, credit_rows, formed
from imagestolive.press.names import folder_name
from imagestolive.words import Words
from imagestolive.zips import entry_of

Documents = Callable[[Policy], Iterable[tuple[str, bytes]]]  # under these rules: name and content of each


def archive(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    *,
    documents: Documents | None = None,
    progress: Progress | None = None,
) -> list[Card]:
    """Writes a ZIP with the sheets, the credits, the report and the set file, and gives the cards, without their pictures' data.

    With `documents` also these. Raises what Press.sheets raises.
    """
    drawn.check_complete(words)

    def make(today: Policy) -> list[Card]:
        return _archive(press, drawn, today, out, words, documents, progress)

    return press.under_todays_rules(policy, out, make)


def _archive(
    press: Press,
    drawn: DrawnSet,
    policy: Policy,
    out: BinaryIO,
    words: Words,
    documents: Documents | None,
    progress: Progress | None,
) -> list[Card]:
    parts: tuple[Part, ...] = ("fronts", "backs") if drawn.request.flip == "manual" else ("all",)
    steps = _steps(progress, len(parts) + 2)
    folder = folder_name(drawn.code)
    cards: list[Card] = []
    with zipfile.ZipFile(out, "w") as file:
        for part in parts:
            with tempfile.TemporaryFile() as sheets:
                cards = press.sheets(drawn, policy, cast("BinaryIO", sheets), words, part=part, progress=next(steps))
                _add_file(file, f"{folder}/{'sheets' if part == 'all' else part}.pdf", cast("BinaryIO", sheets))
        rows = list(credit_rows(press, drawn, policy, words, progress=next(steps)))
        for form in FORMS:
            _add_text(file, f"{folder}/credits.{form}", formed(rows, form, drawn, words))
        report = json.dumps(press.report(drawn, policy, words, progress=next(steps)), ensure_ascii=False, indent=1, sort_keys=True)
        _add_text(file, f"{folder}/report.json", report.encode() + b"\n")
        _add_text(file, f"{folder}/set.json", drawn.set_file().to_bytes())
        for name, data in documents(policy) if documents else ():
            _add_text(file, f"{folder}/{name}", data)
    return cards


def _add_file(file: zipfile.ZipFile, name: str, source: BinaryIO) -> None:
    entry = entry_of(name)
    entry.file_size = source.seek(0, 2)  # known beforehand, it need not be written as if it were huge
    source.seek(0)
    with file.open(entry, "w") as target:
        shutil.copyfileobj(source, target, 2**20)


def _add_text(file: zipfile.ZipFile, name: str, text: bytes) -> None:
    entry = entry_of(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(entry, text)


def _steps(progress: Progress | None, of_passes: int) -> Iterator[Progress | None]:
    """For each of so many passes through the cards what tells `progress` of the whole."""
    for done_passes in range(of_passes):
        yield progress and _shifted(progress, done_passes, of_passes)


def _shifted(progress: Progress, done_passes: int, of_passes: int) -> Callable[[int, int], None]:
    return lambda done, of: progress(done_passes * of + done, of_passes * of)
