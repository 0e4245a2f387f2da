"""Lists of what is left out, to share between operators: a CSV file that people read, or salted hashes that say nothing to strangers.

In neither is there a word of a visitor's, nor a report that nobody has checked.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO, cast, get_args

from imagestolive.care import hashed
from imagestolive.datasets.csvfiles import inert, read_header, read_rows
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.ledger.decisions import NOT_SAID, REASONS, Decisions, Entry, Facts, NotAKey, Target, files_of, key
from imagestolive.ledger.force import Case, Cause
from imagestolive.sets import shown

COLUMNS = ("target", "dataset", "value", "files", "cause", "reason", "why", "who", "when", "photo")
TARGETS: tuple[Target, ...] = tuple(target for target in get_args(Target) if target != "list")
CAUSES: tuple[Cause, ...] = get_args(Cause)
LINES_MOST = 1_000_000
HEADER = "target,dataset,value"  # the shortest that does for every target

HASHED = "imagestolive-hashed/1"
_SALT = re.compile("[!-~]{8,64}", re.ASCII)
_HASH = re.compile("[0-9a-f]{32}", re.ASCII)


class ListWrong(ImagesToLiveError):
    """A block list is taken over whole or not at all. Facts: file, row (the line it begins on; the first is 1)."""


class NoHeader(ListWrong):
    """An empty file is no list of nothing: such a one has a header."""

    sentence = N_("{file} is empty, so nothing was taken over. Its first line should name the columns, such as “{header}”.")


class ColumnMissing(ListWrong):
    sentence = N_(
        "{file} has no column “{column}”, so nothing was taken over. Its first line should name the columns, such as “{header}”; "
        "known are {known}."
    )


class NotKnown(ListWrong):
    sentence = N_("{file}, row {row}: “{typed}” is no {column}; {known} are. Nothing was taken over.")


class NoKeyThere(ListWrong):
    sentence = N_("{file}, row {row}: “{typed}” names no {target} that could be left out. Nothing was taken over.")


class TooManyLines(ListWrong):
    sentence = N_("{file} has more than {most} lines. Nothing was taken over.")


class NoHashedList(ListWrong):
    sentence = N_("{file}, row {row}: this is not a list of hashes as this program writes them. Nothing was taken over.")


class SaltWrong(ImagesToLiveError):
    sentence = N_("A salt has 8 to 64 letters, digits and signs without spaces or accents.")
    field = "salt"


def write_csv(decisions: Decisions, out: TextIO) -> int:
    """How many lines there are below the header."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    lines = 0
    for case, entry in _shared(decisions):
        when = datetime.datetime.fromtimestamp(entry.when_s, datetime.UTC).isoformat(timespec="seconds")
        why = entry.why if entry.decided else ""
        row = (
            case.target,
            case.dataset or "",
            case.value,
            " ".join(entry.files),
            case.cause,
            entry.reason,
            why,
            entry.who,
            when,
            entry.photo or "",
        )
        writer.writerow(map(_written, row))
        lines += 1
    return lines


def read_csv(file: Path) -> dict[Case, Facts]:
    """Only `target` and `value` are needed. Raises ListWrong, CsvRefused, OSError."""
    _check_header(file)
    found: dict[Case, Facts] = {}
    for line, cells in read_rows(file, None):
        row = {column: _meant(cell) for column, cell in cells.items()}
        target = cast(Target, _one_of("target", row["target"], TARGETS, file.name, line))
        cause = cast(Cause, _one_of("cause", row.get("cause") or "block", CAUSES, file.name, line))
        try:
            case = Case(cause, target, *key(target, row.get("dataset"), row["value"]))
            files = files_of(row.get("files", "").split())
            photo = key("photo", None, row["photo"])[1] if row.get("photo", "").strip() else None
        except NotAKey as error:
            raise NoKeyThere(file=file.name, row=line, typed=error.facts["typed"], target=error.facts["target"]) from None
        reason = row.get("reason", "")
        found[case] = Facts(
            reason=reason if reason in (*REASONS, NOT_SAID) else "something else", files=files, why=row.get("why", ""), photo=photo
        )
        if len(found) > LINES_MOST:
            raise TooManyLines(file=file.name, most=LINES_MOST)
    return found


def _check_header(file: Path) -> None:
    """Raises NoHeader, ColumnMissing."""
    columns = read_header(file)
    if not columns:
        raise NoHeader(file=file.name, header=HEADER)
    for column in ("target", "value"):
        if column not in columns:
            raise ColumnMissing(file=file.name, column=column, header=HEADER, known=", ".join(COLUMNS))


def write_hashed(decisions: Decisions, out: TextIO, salt: str) -> int:
    """How many hashes there are. Raises SaltWrong.

    Whoever has the list can try out guesses, and numbers of photographs can be guessed: it is for operators, not for the public.
    """
    if not _SALT.fullmatch(salt):
        raise SaltWrong
    hashes = {hashed(salt, kind, value) for case, entry in _shared(decisions) for kind, value in _keys(case, entry)}
    out.write(f"{HASHED} {salt}\n")
    out.writelines(f"{value}\n" for value in sorted(hashes))
    return len(hashes)


def read_hashed(file: Path) -> tuple[str, frozenset[str]]:
    """The salt and the hashes. Raises ListWrong, OSError."""
    with file.open(encoding="ascii", errors="replace", newline=None) as lines:
        name, _, salt = lines.readline(200).rstrip("\n").partition(" ")
        if name != HASHED or not _SALT.fullmatch(salt):
            raise NoHashedList(file=file.name, row=1)
        hashes: set[str] = set()
        for number, line in enumerate(lines, start=2):
            if not _HASH.fullmatch(line.rstrip("\n")):
                raise NoHashedList(file=file.name, row=number)
            hashes.add(line.rstrip("\n"))
            if len(hashes) > LINES_MOST:
                raise TooManyLines(file=file.name, most=LINES_MOST)
    return salt, frozenset(hashes)


def is_hashed(file: Path) -> bool:
    """Raises OSError."""
    with file.open("rb") as data:
        return data.read(len(HASHED)) == HASHED.encode()


def _shared(decisions: Decisions) -> Iterator[tuple[Case, Entry]]:
    """What may be told other operators: their own lists come back to nobody."""
    for case, entry in decisions.effective():
        if case.target != "list" and (entry.decided or case.cause != "report"):
            yield case, entry


def _keys(case: Case, entry: Entry) -> Iterator[tuple[str, str]]:
    yield case.target, f"{case.dataset}|{case.value}" if case.target == "image" else case.value
    yield from (("sha256", sha256) for sha256 in entry.files)
    if entry.photo:
        yield "photo", entry.photo


def _one_of(column: str, typed: str, known: tuple[str, ...], file: str, line: int) -> str:
    if typed not in known:
        raise NotKnown(file=file, row=line, typed=shown(typed), column=column, known=", ".join(known))
    return typed


def _written(cell: str) -> str:
    """A cell that is no formula, and can be told from one that began with an apostrophe by itself."""
    return f"'{cell}" if cell.startswith("'") else inert(cell)


def _meant(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _written(cell[1:]) == cell else cell
