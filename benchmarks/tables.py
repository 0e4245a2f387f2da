"""Tables at full scale: how fast they are made, how much memory that takes, how fast 30 rows are drawn from them.

    python benchmarks/tables.py                            # 10 thousand, 1 and 10 million rows: some 12 GB of disk, 15 minutes
    python benchmarks/tables.py --rows 1000000 --tags      # another size, and photographs with tags
    python benchmarks/tables.py --huge                     # 100 million too: some 110 GB, hours

Rows are made up, in the form of YFCC100M, and read by its reader. The peer is Python reading the same file through, once, and
keeping 30 lines: quote the ratios to it, not the times. What is asked is measured in processes of its own, one after the other:

    index      from the makers' file to the table with all its indexes, in rows a second; peak memory of the two processes
    first      a process that has just begun opens the table and draws 30 images; --cold asks the system to forget the file before
    again      the median of 20 more draws, with other codes
    broad      a rule that 43 % of the images pass (prints that are sold)
    narrow     one that 0.04 % pass (the same, and one license); of so few the table's index gives the draw a list
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from imagestolive import draw, tables
from imagestolive.datasets import Problems, datasheets, open_dataset
from imagestolive.draw import Screened
from imagestolive.policy import Policy
from imagestolive.records import ImageRecord
from imagestolive.screening import by_license
from imagestolive.sets import new_code

KEY = "yfcc100m"
DRAWN = 30
NARROW = "by-sa-2.0"
ROW_BYTES = 1100  # of the makers' file, the table, and what sorting takes
SOLD = Policy(sold=True, allow_unlicensed=False, terms_allow={}, refused={}, flagged={}, flagged_sha256={})


# ---- made-up rows -----------------------------------------------------------------------------------------------------


def write_rows(path: Path, rows: int, *, tags: bool) -> None:
    dice = random.Random(1)  # noqa: S311 (the same rows each time)
    licenses = [(0.4296, "Attribution License", "by"), (0.43, "Attribution-ShareAlike License", "by-sa")]
    words = [f"tag{n}" for n in range(50_000)]
    with path.open("w", encoding="utf-8") as file:
        for n in range(rows):
            photo = 10_000_000 + n * 12_345_678_917 % 19_999_999_967  # each number once
            author = int(dice.paretovariate(0.3)) % 500_000  # some have a few photographs, some very many
            nsid = f"{10_000_000 + author * 7}@N0{author % 9}"
            chance = dice.random()
            name, slug = next((one[1:] for one in licenses if chance < one[0]), ("Attribution-NonCommercial License", "by-nc"))
            said = ",".join(words[min(49_999, int(dice.paretovariate(0.5)))] for _ in range(dice.choice((0, 0, 2, 5, 8)))) if tags else ""
            file.write(
                f"{photo}\t{nsid}\tsomebody+{author}\t2005-03-01 12:39:28.0\t1111467388\tCamera\tA+title+of+picture+{n}\t"
                f"Some+words+about+it.\t{said}\t\t-122.288368\t47.622562\t15\thttp://www.flickr.com/photos/{nsid}/{photo}/\t"
                f"http://farm1.staticflickr.com/8/{photo}_65c9d45e09.jpg\t{name}\thttp://creativecommons.org/licenses/{slug}/2.0/\t"
                f"8\t1\t65c9d45e09\t65c9d45e09\tjpg\t0\n"
            )


# ---- what is measured, each in a process of its own -------------------------------------------------------------------


def read_through(path: Path) -> dict[str, float]:
    """The peer: 30 lines by reservoir sampling."""
    dice = random.Random(1)  # noqa: S311
    began = time.perf_counter()
    kept: list[list[str]] = []
    with path.open(encoding="utf-8") as file:
        for n, line in enumerate(file):
            cells = line.split("\t")
            if n < DRAWN:
                kept.append(cells)
            elif (place := int(dice.random() * n)) < DRAWN:
                kept[place] = cells
    return {"seconds": time.perf_counter() - began}


def index(root: Path, table: Path) -> dict[str, float]:
    source = open_dataset(KEY, root, datasheets()[KEY])
    assert source is not None
    began = time.perf_counter()
    problems = Problems()
    tables.build(table, source.records(problems), dataset=KEY, made_by="benchmark", sources=source.sources(), problems=problems)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "peak_mib": peak_mib(resource.RUSAGE_SELF) + peak_mib(resource.RUSAGE_CHILDREN)}


def draws(path: Path, rule: str, cold: bool) -> dict[str, float]:
    if cold:
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    began = time.perf_counter()
    table = tables.open_table(path)
    draw_one(table, rule, 0)
    first = time.perf_counter() - began
    again = []
    for n in range(1, 21):
        began = time.perf_counter()
        draw_one(table, rule, n)
        again.append(time.perf_counter() - began)
    return {"first_ms": first * 1000, "again_ms": statistics.median(again) * 1000, "peak_mib": peak_mib(resource.RUSAGE_SELF)}


def draw_one(table: tables.Table, rule: str, n: int) -> None:
    code = new_code(lambda bits: n * 7_919_777 % 2**bits)
    source = Screening(table, rule)
    picks = draw.draw(code, people=10, cards=3, weights={KEY: 1}, sources={KEY: source})
    assert len(picks) == min(DRAWN, len(source.candidates or range(DRAWN)))


class Screening:
    """As the pipeline's, but for what has to do with files."""

    def __init__(self, table: tables.Table, rule: str) -> None:
        self.rows = table.rows
        self.candidates: array[int] | None = table.few({NARROW}, here_only=False) if rule == "narrow" else None
        self._table = table
        self._rule = rule

    def screen(self, row: int) -> Screened:
        record = self._table.record(row)
        return Screened(image_id=record.image_id, sha256=record.image_id if self._passes(record) else None)

    def ids(self) -> Iterator[tuple[int, str]]:
        return self._table.ids(self.candidates)

    def groups(self, by: draw.Grouped) -> draw.Groups:
        return self._table.groups(by)

    def _passes(self, record: ImageRecord) -> bool:
        return by_license(record, SOLD).allowed and (self._rule == "broad" or record.license == NARROW)


def peak_mib(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


# ---- all of it --------------------------------------------------------------------------------------------------------

MEASURED: dict[str, Callable[[Path, bool], dict[str, float]]] = {
    "read": lambda folder, _: read_through(makers_file(folder)),
    "index": lambda folder, _: index(folder, table_file(folder)),
    "broad": lambda folder, cold: draws(table_file(folder), "broad", cold),
    "narrow": lambda folder, cold: draws(table_file(folder), "narrow", cold),
}


def makers_file(folder: Path) -> Path:
    return folder / "yfcc100m_dataset.tsv"


def table_file(folder: Path) -> Path:
    return folder / "table.sqlite3"


def measure(what: str, folder: Path, *, cold: bool) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", what, "--scratch", str(folder), *(["--cold"] if cold else [])]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000, 10_000_000])
    parser.add_argument("--huge", action="store_true", help="100 million rows as well")
    parser.add_argument("--tags", action="store_true", help="three tags a photograph, on the average")
    parser.add_argument("--cold", action="store_true", help="ask the system to forget the table before each first draw (Linux)")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()), help="folder for the files; they are deleted")
    parser.add_argument("--measure", choices=MEASURED, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(MEASURED[asked.measure](asked.scratch, asked.cold)))
        return
    print(HEAD)
    for rows in [*asked.rows, *([100_000_000] if asked.huge else [])]:
        if shutil.disk_usage(asked.scratch).free < rows * ROW_BYTES * 1.2:
            print(f"{rows:11,}  {asked.scratch} has too little room: some {rows * ROW_BYTES / 1e9:.0f} GB are needed")
            continue
        with tempfile.TemporaryDirectory(dir=asked.scratch) as name:
            folder = Path(name)
            write_rows(makers_file(folder), rows, tags=asked.tags)
            read, made, broad, narrow = (measure(what, folder, cold=asked.cold) for what in MEASURED)
        print(line(rows, read["seconds"], made, broad, narrow), flush=True)


HEAD = "       rows   read s  index s  ratio   rows/s  MiB |  broad first     again     ratio | narrow first     again     ratio | draw MiB"


def line(rows: int, read_s: float, made: dict[str, float], broad: dict[str, float], narrow: dict[str, float]) -> str:
    drawn = " | ".join(
        f"{one['first_ms']:9.1f} ms {one['again_ms']:6.1f} ms {one['again_ms'] / 1000 / read_s:9.6f}" for one in (broad, narrow)
    )
    made_s = made["seconds"]
    return (
        f"{rows:11,} {read_s:8.2f} {made_s:8.2f} {made_s / read_s:6.1f} {rows / made_s:8,.0f} {made['peak_mib']:4.0f} | {drawn} | "
        f"{max(broad['peak_mib'], narrow['peak_mib']):8.0f}"
    )


if __name__ == "__main__":
    main()
