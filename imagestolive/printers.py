"""Named printers: how each turns the sheet and where it lays backs, as its calibration page was read. A file holds them, or a cookie."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.sets import BACK_OFFSET_MOST_MM, BACK_SCALE_LEAST_PERCENT, BACK_SCALE_MOST_PERCENT, Printing, Request, shown
from imagestolive.words import Words

NAME_MOST = 40  # characters
PRINTERS_MOST = 100
FILE_MOST_BYTES = 100_000
FLIPS = ("long", "short", "manual")  # how a printer comes to print both sides
SCHEMA = "imagestolive-printers/1"
LOCK_S = 5.0  # how long one process waits for another to have written

_NUMBER = re.compile(r"([+\-−]?)(\d{1,4}(?:[.,]\d{1,4})?)")


class NotAPrinterName(ImagesToLiveError):
    sentence = N_("A printer’s name has 1 to {most} printable characters, not “{typed}”.")
    field = "name"


class NoSuchPrinter(ImagesToLiveError):
    """A name under which no printer is remembered."""

    sentence = N_("No printer is remembered as “{name}”. Remembered are: {known}.")
    field = "printer"


class NoPrinters(ImagesToLiveError):
    """The same, where none is remembered at all."""

    sentence = N_("No printer is remembered as “{name}”, nor any other.")
    field = "printer"


class TooManyPrinters(ImagesToLiveError):
    sentence = N_("{most} printers are remembered already; forget one first.")
    field = "name"


class PrintersDamaged(ImagesToLiveError):
    """The file of printers cannot be trusted, so it is neither used nor written over."""

    sentence = N_("The printers in {path} cannot be read, so nothing was changed: {problem}. Mend the file or delete it.")
    field = "printer"


class PrintersNotKept(ImagesToLiveError):
    sentence = N_("The printers cannot be kept in {path}: {problem}.")
    field = "printer"


class DecimalWrong(ImagesToLiveError):
    """A field for mm or percent holds something else, or too much."""

    sentence = N_("{name} takes a number from {least} to {most}, such as {example}, not “{typed}”.")


class _Damaged(ValueError):
    """What is wrong with written printers."""


@dataclass(frozen=True, kw_only=True)
class Printer:
    """One printer. The offsets move backs to the right and down as one looks at them, in mm; the scale is around the sheet's middle."""

    flip: str = "long"
    turn_backs: bool = False
    back_x_mm: float = 0.0
    back_y_mm: float = 0.0
    back_scale_percent: float = 100.0

    def printing(self, printing: Printing) -> Printing:
        """The same printing, on this printer."""
        return replace(
            printing,
            turn_backs=self.turn_backs,
            back_x_mm=self.back_x_mm,
            back_y_mm=self.back_y_mm,
            back_scale_percent=self.back_scale_percent,
        )

    def request(self, request: Request) -> Request:
        """The same request, on this printer; sheets printed on one side stay so."""
        flip = self.flip if request.flip in FLIPS else request.flip
        return replace(request, flip=flip, printing=self.printing(request.printing))


_RANGES: Mapping[str, tuple[float, float]] = {
    "back_x_mm": (-BACK_OFFSET_MOST_MM, BACK_OFFSET_MOST_MM),
    "back_y_mm": (-BACK_OFFSET_MOST_MM, BACK_OFFSET_MOST_MM),
    "back_scale_percent": (BACK_SCALE_LEAST_PERCENT, BACK_SCALE_MOST_PERCENT),
}


def read_name(typed: str) -> str:
    """A printer's name as it is kept; raises NotAPrinterName."""
    name = unicodedata.normalize("NFC", " ".join(typed.split()))
    if not 1 <= len(name) <= NAME_MOST or not name.isprintable():
        raise NotAPrinterName(most=NAME_MOST, typed=shown(typed))
    return name


def read_number(typed: str, part: str, *, name: str, field: str) -> float:
    """A decimal number for one part of a Printer, with a point or a comma, kept to the hundredth; raises DecimalWrong.

    >>> read_number(" −0,5 ", "back_x_mm", name="--back-x", field="back_x")
    -0.5
    """
    least, most = _RANGES[part]
    found = _NUMBER.fullmatch(typed.strip())
    if found:
        value = round(float(found[2].replace(",", ".")) * (-1 if found[1] in ("-", "−") else 1), 2) + 0.0
        if least <= value <= most:
            return value
    example = "100.4" if part == "back_scale_percent" else "-0.5"
    raise DecimalWrong(name=name, least=f"{least:g}", most=f"{most:g}", example=example, typed=shown(typed), field=field)


def said(printer: Printer, words: Words) -> str:
    """A printer in one line.

    >>> said(Printer(back_x_mm=-0.5), Words("en"))
    'turns on the long edge, backs -0.5 mm to the right, 0 mm down'
    """
    flips = {
        "long": words.say("turns on the long edge"),
        "short": words.say("turns on the short edge"),
        "manual": words.say("is fed by hand"),
    }
    facts = [
        flips[printer.flip],
        words.say("backs {x} mm to the right, {y} mm down", x=printer.back_x_mm, y=printer.back_y_mm),
    ]
    if printer.back_scale_percent != _ORDINARY.back_scale_percent:
        facts.append(words.say("at {percent} %", percent=printer.back_scale_percent))
    if printer.turn_backs:
        facts.append(words.say("backs turned by half"))
    return ", ".join(facts)


# ---- written down ----------------------------------------------------------------------------------------------------------


def to_text(printers: Mapping[str, Printer]) -> str:
    """Printers as JSON in ASCII; of each only what is not the default."""
    content = {
        name: {part: value for part, value in asdict(printer).items() if value != getattr(_ORDINARY, part)}
        for name, printer in printers.items()
    }
    return json.dumps({"schema": SCHEMA, "printers": content}, sort_keys=True, separators=(",", ":"))


def from_text(text: str) -> dict[str, Printer]:
    """What `to_text` wrote, every part checked, by name; raises ValueError saying what is wrong."""
    try:
        raw = json.loads(text)
    except RecursionError:
        raise _Damaged("it is nested too deep") from None
    except ValueError:
        raise _Damaged("it is not JSON") from None
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA or set(raw) != {"schema", "printers"}:
        raise _Damaged(f"it should hold the schema {SCHEMA} and printers")
    if not isinstance(raw["printers"], dict) or len(raw["printers"]) > PRINTERS_MOST:
        raise _Damaged(f"printers should be at most {PRINTERS_MOST}, by name")
    return {_checked_name(name): _printer(name, parts) for name, parts in sorted(raw["printers"].items())}


def _checked_name(name: str) -> str:
    try:
        if read_name(name) == name:
            return name
    except NotAPrinterName:
        pass
    raise _Damaged(f"“{shown(name)}” is no printer’s name")


def _printer(name: str, parts: Any) -> Printer:
    if not isinstance(parts, dict) or not set(parts) <= {field.name for field in fields(Printer)}:
        raise _Damaged(f"“{name}” holds what no printer has")
    for part, value in parts.items():
        if part == "flip":
            sound = value in FLIPS
        elif part == "turn_backs":
            sound = isinstance(value, bool)
        else:
            least, most = _RANGES[part]
            sound = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        if not sound:
            raise _Damaged(f"{part} of “{name}” cannot be {shown(repr(value))}")
    found: dict[str, Any] = {part: float(value) if part in _RANGES else value for part, value in parts.items()}
    return Printer(**found)


_ORDINARY = Printer()


# ---- a file of them --------------------------------------------------------------------------------------------------------


class PrinterFile:
    """The printers that one person's command line remembers. Raises PrintersDamaged, PrintersNotKept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> dict[str, Printer]:
        """By name; none where there is no file."""
        try:
            if not self.path.exists():
                return {}
            with self.path.open("rb") as file:
                data = file.read(FILE_MOST_BYTES + 1)
        except OSError as error:
            raise PrintersDamaged(path=str(self.path), problem=error.strerror or "not readable") from None
        if len(data) > FILE_MOST_BYTES:
            raise PrintersDamaged(path=str(self.path), problem="it is too large")
        try:
            return from_text(data.decode("utf-8-sig"))
        except ValueError as error:
            problem = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
            raise PrintersDamaged(path=str(self.path), problem=problem) from None

    def find(self, typed: str) -> Printer:
        """One printer by its name; raises NoSuchPrinter or NoPrinters."""
        known = self.all()
        name = read_name(typed)
        if name in known:
            return known[name]
        if known:
            raise NoSuchPrinter(name=name, known=list(known))
        raise NoPrinters(name=name)

    def remember(self, typed: str, **parts: Any) -> Printer:
        """A printer, new or with these parts of it changed, as it is then. Raises NotAPrinterName, TooManyPrinters."""
        name = read_name(typed)
        with self._alone():
            known = self.all()
            printer = replace(known.get(name, _ORDINARY), **parts)
            self._write(with_one(known, name, printer, PRINTERS_MOST))
        return printer

    def forget(self, typed: str) -> None:
        """Raises NoSuchPrinter or NoPrinters."""
        name = read_name(typed)
        self.find(name)
        with self._alone():
            self._write({other: printer for other, printer in self.all().items() if other != name})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Within it no other process changes the file: SQLite’s lock, which every system has and which ends with its process."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = sqlite3.connect(self.path.with_name(f".{self.path.name}.lock"), timeout=LOCK_S)
        except (OSError, sqlite3.Error) as error:
            raise PrintersNotKept(path=str(self.path), problem=getattr(error, "strerror", None) or str(error)) from None
        with closing(lock):
            try:
                lock.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise PrintersNotKept(path=str(self.path), problem=str(error)) from None
            yield

    def _write(self, printers: Mapping[str, Printer]) -> None:
        """The whole file or, where anything fails, the one of before."""
        try:
            with tempfile.NamedTemporaryFile(dir=self.path.parent, prefix=f".{self.path.name}.", delete=False) as file:
                part = Path(file.name)
                try:
                    file.write(to_text(printers).encode() + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                    part.replace(self.path)
                finally:
                    part.unlink(missing_ok=True)
        except OSError as error:
            raise PrintersNotKept(path=str(self.path), problem=error.strerror or str(error)) from None


def with_one(printers: Mapping[str, Printer], typed: str, printer: Printer, most: int) -> dict[str, Printer]:
    """The printers and one more, or that one as it is now; raises NotAPrinterName, TooManyPrinters."""
    found = {**printers, read_name(typed): printer}
    if len(found) > most:
        raise TooManyPrinters(most=most)
    return dict(sorted(found.items()))
