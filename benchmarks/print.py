"""Printing at full scale: how fast a PDF is made, how much memory that takes, how large it is, beside other makers of PDFs.

    python benchmarks/print.py                      # 30, 333 and 1,000 images: some 2 GB of disk, 5 minutes
    python benchmarks/print.py --write              # the same, and the table goes into benchmarks/README.md
    python benchmarks/print.py --cards 333 --only ours --keep FOLDER        # while working; images and peers stay for the next run

Images are made up: JPEGs of 500 x 375 pixels and some 110 KB, noise over a gradient. The peers are installed into a temporary folder, with
pip and npm as this machine has them set up; one that cannot be had is said in the table. They put one image on a page and do nothing
else. Ours have four cards on a sheet, with backs, credits, QR codes, the set file and all that PDF/A asks for.

Ratios are to img2pdf, which copies the JPEG data: what is measured and img2pdf run in turn (A B A B ...), each pair gives a ratio; the
table has the median and, behind it, the lowest and the highest. A run is a whole process, from its start to its end; over HTTP it is one
request to a server that has answered it before. Memory is the peak (VmHWM) over that of an idle process: the same imports, nothing made.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime
import functools
import hashlib
import inspect
import io
import json
import math
import os
import platform
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

import pikepdf
from PIL import Image
from told import refuse, write_readme

KEY, CODE = "garden", "K7Q2-9FXD"
SIZE_PX, QUALITY = (500, 375), 90
NOISE = 0.35  # of white: with QUALITY it gives 110 KB
FEWEST_PAIRS = 3
BEGIN, END = "<!-- written by print.py -->", "<!-- until here -->"
NAN = math.nan  # not measured, or not on this system


class NotMeasured(Exception):
    """Why a row has no figures, in a few words."""


# ---- made-up images ---------------------------------------------------------------------------------------------------


def jpeg(n: int) -> bytes:
    dice = random.Random(n)  # noqa: S311 (the same images each time)
    noise = Image.frombytes("RGB", SIZE_PX, dice.randbytes(3 * SIZE_PX[0] * SIZE_PX[1]))
    coarse = Image.frombytes("RGB", (9, 8), dice.randbytes(3 * 9 * 8)).resize(SIZE_PX, Image.Resampling.BICUBIC)  # no two are alike
    file = io.BytesIO()
    Image.blend(coarse, noise, NOISE).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def write_images(folder: Path, n: int) -> None:
    """A folder of n different images with a credits.csv; images that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "credits.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "title", "author", "author_url", "source", "license"])
        for k in range(n):
            image = folder / f"{k:04}.jpg"
            if not image.exists():
                image.write_bytes(jpeg(k))
            person = f"https://example.org/people/{k % 97}"
            license_name = ("CC BY 4.0", "CC BY-SA 2.0", "CC0 1.0")[k % 3]
            table.writerow([image.name, f"A picture of noise, number {k}", f"Gardener {k % 97}", person, f"{person}/{k}", license_name])


# ---- what is measured: each function is sent, as its own text, to a process that imports nothing else -------------------
# Without arguments they import what they need and make nothing: that is the idle process.


def read_and_write(out: str = "", *images: str) -> None:
    if out:
        with open(out, "wb") as file:
            for image in images:
                with open(image, "rb") as jpeg:
                    file.write(jpeg.read())


def by_img2pdf(out: str = "", *images: str) -> None:
    import img2pdf

    if out:
        with open(out, "wb") as file:
            img2pdf.convert(images, outputstream=file)


def by_reportlab(out: str = "", *images: str) -> None:
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0  # streams as bytes, as all the others write them
    if out:
        canvas = Canvas(out, pagesize=(420, 315))
        for image in images:
            canvas.drawImage(image, 0, 0, 420, 315)
            canvas.showPage()
        canvas.save()


def by_fpdf2(out: str = "", *images: str) -> None:
    from fpdf import FPDF

    if out:
        pdf = FPDF(unit="pt", format=(420, 315))
        for image in images:
            pdf.add_page()
            pdf.image(image, 0, 0, 420, 315)
        pdf.output(out)


def by_press(out: str = "", config: str = "", saved: str = "") -> None:
    from pathlib import Path

    from imagestolive import resources, sets
    from imagestolive.config import load_config
    from imagestolive.pipeline import Pipeline
    from imagestolive.press import Press

    if out:
        pipeline = Pipeline(load_config(Path(config)))
        drawn = pipeline.reprint(sets.read_set_file(Path(saved).read_bytes()))
        with open(out, "wb") as file:
            Press(pipeline).sheets(drawn, pipeline.policy(sold=False), file, resources.words(drawn.request.lang))


def by_command(*arguments: str) -> None:
    from imagestolive.cli import main

    if arguments:
        main(list(arguments), standalone_mode=False)


def peak_mib(process: int | str = "self") -> float:
    """The most memory that a process has held (Linux); nan elsewhere."""
    try:
        with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return float("nan")


PDFKIT = """
const fs = require("fs"), http = require("http"), PDFDocument = require("pdfkit");
const [out, ...images] = process.argv.slice(2);

function bare(to) {
  const pdf = new PDFDocument({ autoFirstPage: false, size: [420, 315], margin: 0 });
  pdf.pipe(to);
  for (const image of images) {
    pdf.addPage();
    pdf.image(image, 0, 0, { width: 420, height: 315 });
  }
  pdf.end();
}

// As the first tool did: five lines of text beside the image, one file for all visitors, which is then sent.
function lined(to) {
  const pdf = new PDFDocument({ autoFirstPage: false, size: "A5", layout: "landscape", margin: 20 });
  pdf.pipe(to);
  images.forEach((image, n) => {
    pdf.addPage().fontSize(8).image(image, 20, 20, { fit: [300, 300] });
    const page = `Page ${n + 1} of ${images.length}`;
    ["Images to live with", "From the garden dataset.", "https://example.org/", "Gardeners", page].forEach((line, k) =>
      pdf.text(line, 300, 330 + 12 * k, { align: "right", width: 275, lineBreak: false }));
  });
  pdf.end();
}

function first(shared, response) {
  const file = fs.createWriteStream(shared);
  file.on("finish", () => fs.createReadStream(shared).pipe(response));
  lined(file);
}

function peak() {
  try { return /VmHWM:\\s*(\\d+)/.exec(fs.readFileSync("/proc/self/status", "ascii"))[1] / 1024; } catch { return NaN; }
}

if (process.env.PORT) {
  const server = http.createServer((request, response) => {
    response.setHeader("Content-Type", "application/pdf");
    if (request.url === "/bare") bare(response);
    else if (request.url === "/first") first(out, response);
    else response.end();
  });
  server.listen(Number(process.env.PORT), "127.0.0.1");
} else {
  process.on("exit", () => console.log(peak()));
  if (out) bare(fs.createWriteStream(out));
}
"""


# ---- peers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Peers:
    """Where the others are, or why not; `versions` of those that are there."""

    python: Path | NotMeasured
    pdfkit: Path | NotMeasured  # a script beside its node_modules
    versions: Mapping[str, str]


def install(folder: Path) -> Peers:
    folder.mkdir(parents=True, exist_ok=True)
    python, pdfkit = folder / "python" / "bin" / "python", folder / "node" / "pdfkit.js"
    versions: dict[str, str] = {}
    return Peers(
        python=_tried(lambda: _python_peers(python, versions)), pdfkit=_tried(lambda: _node_peers(pdfkit, versions)), versions=versions
    )


def _tried(make: Callable[[], Path]) -> Path | NotMeasured:
    try:
        return make()
    except NotMeasured as why:
        return why


def _python_peers(python: Path, versions: dict[str, str]) -> Path:
    if not python.exists():
        _installed([sys.executable, "-m", "venv", str(python.parents[1])], "no venv could be made")
    packages = ["img2pdf", "fpdf2", "reportlab"]
    _installed([str(python), "-m", "pip", "install", "--quiet", *packages], "pip could not install the peers")
    ask = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    versions.update(zip(packages, _installed([str(python), "-c", ask, *packages], "the peers are broken").split(), strict=True))
    return python


def _node_peers(script: Path, versions: dict[str, str]) -> Path:
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            raise NotMeasured(f"no {tool} here")
    package = script.parent / "node_modules" / "pdfkit" / "package.json"
    script.parent.mkdir(parents=True, exist_ok=True)
    if not package.exists():
        quietly = ["--silent", "--no-audit", "--no-fund"]
        _installed(["npm", "install", "--prefix", str(script.parent), *quietly, "pdfkit"], "npm could not install it")
    script.write_text(PDFKIT, encoding="utf-8")
    versions["pdfkit"] = json.loads(package.read_text(encoding="utf-8"))["version"]
    versions["node"] = _installed(["node", "--version"], "node is broken").strip().removeprefix("v")
    return script


def _installed(command: list[str], otherwise: str) -> str:
    done = subprocess.run(command, check=False, text=True, capture_output=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise NotMeasured(otherwise)
    return done.stdout


# ---- one number of images ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Work:
    """n images, and where the PDFs of them go."""

    n: int
    folder: Path
    peers: Peers

    @property
    def people_and_cards(self) -> tuple[int, int]:
        cards = next(cards for cards in (3, 10, 1) if self.n % cards == 0)
        return self.n // cards, cards

    @property
    def images(self) -> list[Path]:
        return [self.folder / f"{k:04}.jpg" for k in range(self.n)]

    @functools.cached_property
    def image_bytes(self) -> int:
        return sum(image.stat().st_size for image in self.images)

    @functools.cached_property
    def sums(self) -> set[bytes]:
        return {hashlib.sha256(image.read_bytes()).digest() for image in self.images}

    @property
    def out(self) -> Path:
        return self._beside("pdf")

    @property
    def config(self) -> Path:
        return self._beside("yml")

    @property
    def saved(self) -> Path:
        return self._beside("json")

    @property
    def environment(self) -> dict[str, str]:
        ours = {"IMAGESTOLIVE_CONFIG": str(self.config), "IMAGESTOLIVE_DATA": str(self._data)}
        return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | ours

    @property
    def _data(self) -> Path:
        return self.folder.parent / "data"

    def _beside(self, form: str) -> Path:
        return self.folder.parent / f"{self.folder.name}.{form}"

    def prepare(self) -> None:
        write_images(self.folder, self.n)
        root = str(self.folder)
        config = {"roots": [root], "datasets": {KEY: {"path": root}}, "limits": {"web_cards": self.n}, "data_folder": str(self._data)}
        self.config.write_text(json.dumps(config), encoding="utf-8")  # which YAML takes
        try:  # as the first use on a machine, it also indexes the images and makes the typefaces ready
            self.run(from_the_command_line(self, False))
            with pikepdf.open(self.out) as pdf:
                self.saved.write_bytes(pdf.attachments["set.json"].get_file().read_bytes())
        except (NotMeasured, KeyError):
            self.saved.unlink(missing_ok=True)  # the row that needs it will say so

    def run(self, command: Sequence[str]) -> tuple[float, float]:
        """Seconds and peak memory in MiB of a whole process."""
        began = time.perf_counter()
        done = subprocess.run(command, check=False, text=True, capture_output=True, env=self.environment)
        seconds = time.perf_counter() - began
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            raise NotMeasured("it failed")
        return seconds, float(done.stdout.split()[-1])

    def looked_at(self) -> tuple[float, int]:
        """Of the PDF in `out`: its bytes a byte of the images; how many images are in it byte for byte."""
        kept = set()
        with pikepdf.open(self.out) as pdf:
            for thing in pdf.objects:
                if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") in (pikepdf.Name.DCTDecode, [pikepdf.Name.DCTDecode]):
                    kept.add(hashlib.sha256(thing.read_raw_bytes()).digest())
        return self.out.stat().st_size / self.image_bytes, len(kept & self.sums)


def python(child: Callable[..., None], *arguments: object, using: Path | str = sys.executable) -> list[str]:
    """The command that runs one of the functions above, and then says its peak memory."""
    text = f"import sys\n{inspect.getsource(child)}\n{inspect.getsource(peak_mib)}\n{child.__name__}(*sys.argv[1:])\nprint(peak_mib())"
    return [str(using), "-c", text, *map(str, arguments)]


# ---- rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a row says of one number of images. Ratios are to img2pdf, one a pair."""

    seconds: Sequence[float] = ()
    ratios: Sequence[float] = ()
    over: Mapping[str, Sequence[float]] = field(default_factory=dict)  # the same, to other rows
    mib: float = NAN
    size: float = NAN
    kept: str = "–"
    why_not: str = ""


Command = Callable[[Work, bool], list[str]]  # True: the idle process


def in_python(child: Callable[..., None]) -> Command:
    def command(work: Work, idle: bool) -> list[str]:
        return python(child, *(() if idle else (work.out, *work.images)), using=_there(work.peers.python))

    return command


def in_node(work: Work, idle: bool) -> list[str]:
    return ["node", str(_there(work.peers.pdfkit)), *(() if idle else map(str, (work.out, *work.images)))]


def from_a_saved_set(work: Work, idle: bool) -> list[str]:
    return python(by_press, *(() if idle else (work.out, work.config, work.saved)))


def from_the_command_line(work: Work, idle: bool) -> list[str]:
    people, cards = work.people_and_cards
    asked = ("--dataset", KEY, "--people", people, "--cards", cards, "--code", CODE, "--force", "--out", work.out)
    return python(by_command, *(() if idle else ("make", *asked)))


def _there(path: Path | NotMeasured) -> Path:
    if isinstance(path, NotMeasured):
        raise path
    return path


IMG2PDF, WARM_PDFKIT, WARM_FIRST, WARM_OURS = (
    "img2pdf",
    "pdfkit, warm over HTTP",
    "pdfkit, warm, as the first tool",
    "**ours, warm over HTTP**",
)
PROCESSES: dict[str, Command] = {
    "reading and writing the same bytes": lambda work, idle: python(read_and_write, *(() if idle else (work.out, *work.images))),
    IMG2PDF: in_python(by_img2pdf),
    "reportlab, drawImage": in_python(by_reportlab),
    "fpdf2": in_python(by_fpdf2),
    "pdfkit, cold": in_node,
    "**ours, from a saved set to a file**": from_a_saved_set,
    "**ours, `imagestolive make`**: drawn, too": from_the_command_line,
}


def measure_process(work: Work, name: str, pairs: int) -> Measured:
    """The idle process, once to warm up and to look at what comes out, then in turn with img2pdf."""
    command = PROCESSES[name]
    try:
        _, idle_mib = work.run(command(work, True))
        work.out.unlink(missing_ok=True)
        _, mib = work.run(command(work, False))
        size, kept = _looked_at(work, is_pdf=name != next(iter(PROCESSES)))
        turns = [(img2pdf_seconds(work), work.run(command(work, False))[0]) for _ in range(pairs)]
    except NotMeasured as why:
        return Measured(why_not=str(why))
    peer, seconds = zip(*turns, strict=True)
    return Measured(seconds=seconds, ratios=_ratios(seconds, peer), mib=mib - idle_mib, size=size, kept=kept)


def img2pdf_seconds(work: Work) -> float:
    """Of a whole process; nan where img2pdf is not there."""
    try:
        return work.run(PROCESSES[IMG2PDF](work, False))[0]
    except NotMeasured:
        return NAN


def _looked_at(work: Work, *, is_pdf: bool) -> tuple[float, str]:
    if not is_pdf:
        return work.out.stat().st_size / work.image_bytes, "–"
    size, kept = work.looked_at()
    return size, "yes" if kept == work.n else f"{kept} of {work.n}"


# ---- over HTTP --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that runs; its memory is that of the process that makes the PDF."""

    port: int
    path: str
    process: int
    idle_mib: float

    def get(self, out: Path | None = None) -> float:
        """Seconds until the last byte of the PDF is here."""
        with out.open("wb") if out else contextlib.nullcontext() as file:
            began = time.perf_counter()
            _get(self.port, self.path, file)
            return time.perf_counter() - began


def _get(port: int, path: str, out: BinaryIO | None = None) -> None:
    """In HTTP/1.0, whose body is all that comes: taking the chunks of 1.1 apart would take longer here than some servers do."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=600) as connection, connection.makefile("rb") as answer:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            status = answer.readline().split()[1:2]
            while answer.readline().strip():
                pass
            while piece := answer.read1(2**20):
                if out:
                    out.write(piece)
    except OSError:
        raise NotMeasured("the server did not answer") from None
    if status != [b"200"]:
        raise NotMeasured(f"the server answered {b''.join(status).decode('ascii', 'replace') or 'nothing'}")


@contextlib.contextmanager
def pdfkit_server(path: str, work: Work) -> Iterator[Server]:
    command = ["node", str(_there(work.peers.pdfkit)), f"{work.out}.shared", *map(str, work.images)]
    with _serving(lambda _: command, work) as (port, process):
        yield Server(port=port, path=path, process=process, idle_mib=peak_mib(process))


@contextlib.contextmanager
def our_server(work: Work) -> Iterator[Server]:
    """As the Procfile has it, with one worker; the page of the set has been opened once."""

    def command(port: int) -> list[str]:
        bind = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--timeout", "600", "--log-level", "error"]
        return [sys.executable, "-m", "gunicorn", "imagestolive.web:create_app()", *bind]

    people, cards = work.people_and_cards
    asked = urlencode({"people": people, "cards": cards, "dataset": KEY, "paper": "a4", "card_lang": "en"})
    with _serving(command, work) as (port, gunicorn):
        worker = _only_child(gunicorn)
        idle_mib = peak_mib(worker)
        _get(port, f"/set/{CODE}?{asked}")
        yield Server(port=port, path=f"/set/{CODE}/pdf?{asked}", process=worker, idle_mib=idle_mib)


@contextlib.contextmanager
def _serving(command: Callable[[int], list[str]], work: Work) -> Iterator[tuple[int, int]]:
    """A server's port and process, while it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(command(port), env=work.environment | {"PORT": str(port)}, stdout=subprocess.DEVNULL)
    try:
        _wait(server, port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(60)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(300):
        time.sleep(0.1)
        if server.poll() is not None:
            raise NotMeasured("the server did not start")
        try:
            _get(port, "/")
        except NotMeasured:
            continue
        return
    raise NotMeasured("the server did not start")


def _only_child(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()[0])
    except (OSError, IndexError):
        return process


def measure_servers(work: Work, pairs: int) -> dict[str, Measured]:
    """img2pdf, pdfkit in two ways, ours, img2pdf, ...; a server that is not there is left out."""
    makers: dict[str, Callable[[Work], contextlib.AbstractContextManager[Server]]] = {
        WARM_PDFKIT: functools.partial(pdfkit_server, "/bare"),
        WARM_FIRST: functools.partial(pdfkit_server, "/first"),
        WARM_OURS: our_server,
    }
    found: dict[str, Measured] = {}
    with contextlib.ExitStack() as running:
        servers: dict[str, Server] = {}
        looks: dict[str, tuple[float, str]] = {}
        for name, maker in makers.items():
            try:
                server = running.enter_context(maker(work))
                server.get(work.out)
                looks[name], servers[name] = _looked_at(work, is_pdf=True), server
            except NotMeasured as why:
                found[name] = Measured(why_not=str(why))
        seconds: dict[str, list[float]] = {name: [] for name in servers}
        peer: list[float] = []
        for _ in range(pairs):
            peer.append(img2pdf_seconds(work))
            for name, server in servers.items():
                seconds[name].append(server.get())
        for name, server in servers.items():
            found[name] = Measured(
                seconds=seconds[name],
                ratios=_ratios(seconds[name], peer),
                over={other: _ratios(seconds[name], theirs) for other, theirs in seconds.items()},
                mib=peak_mib(server.process) - server.idle_mib,
                size=looks[name][0],
                kept=looks[name][1],
            )
    return {name: found[name] for name in makers}


def _ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [one / other for one, other in zip(ours, theirs, strict=False)]  # none where the other is not there


# ---- the table --------------------------------------------------------------------------------------------------------

Rows = dict[str, dict[int, Measured]]  # by name, by number of images


def report(rows: Rows, peers: Peers) -> str:
    numbers = sorted({n for row in rows.values() for n in row})
    heads = [
        "",
        *(f"time, {n:,}" for n in numbers),
        *(f"MiB, {n:,}" for n in numbers),
        f"bytes out / in, {numbers[-1]:,}",
        "JPEG data kept",
    ]
    lines = [_line(heads), _line(["---", *["---:"] * (len(heads) - 2), "---"])]
    for name, row in rows.items():
        some = [row[n] for n in numbers]
        times = [f"not measured: {one.why_not}" if one.why_not else _spread(one.ratios) for one in some]
        lines.append(_line([name, *times, *(_number(one.mib, 0) for one in some), _number(some[-1].size, 4), some[-1].kept]))
    return "\n".join([*lines, "", *_over_http(rows, numbers), *_circumstances(rows, numbers, peers)])


def _over_http(rows: Rows, numbers: Sequence[int]) -> list[str]:
    if WARM_OURS not in rows:
        return []
    said = []
    for other, called in ((WARM_PDFKIT, "pdfkit's bare fronts"), (WARM_FIRST, "pdfkit as the first tool used it")):
        ratios = [f"{_spread(rows[WARM_OURS][n].over.get(other, ()))} at {n:,}" for n in numbers]
        said += [f"Warm over HTTP, ours to {called}: {', '.join(ratios)}.", ""]
    return said


def _circumstances(rows: Rows, numbers: Sequence[int], peers: Peers) -> list[str]:
    said = [f"{name} {version}" for name, version in peers.versions.items()]
    day = datetime.datetime.now(datetime.UTC).date()
    here = f"{day}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; {', '.join(said)}."
    if IMG2PDF not in rows or any(rows[IMG2PDF][n].why_not for n in numbers):
        return [here]
    seconds = [f"{_median(rows[IMG2PDF][n].seconds):.2f} s for {n:,}" for n in numbers]
    return [f"img2pdf took {', '.join(seconds)}. {here}"]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _spread(ratios: Sequence[float]) -> str:
    if math.isnan(_median(ratios)):
        return "–"
    return f"{_median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _median(numbers: Sequence[float]) -> float:
    return statistics.median(numbers) if numbers else NAN


def _number(number: float, places: int) -> str:
    return "–" if math.isnan(number) else f"{number:.{places}f}"


# ---- all of it --------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, nargs="+", default=[30, 333, 1000], help="how many images, at most 5,000")
    parser.add_argument("--pairs", type=int, help="how many pairs; else 7, 5 from 300 on, 3 from 1,000 on")
    parser.add_argument("--only", default="", metavar="WORD", help="only the rows with this word in their names")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a folder for images and peers, kept for the next run")
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/README.md")
    asked = parser.parse_args()
    if asked.write and (asked.only or asked.cards != parser.get_default("cards")):
        refuse("--write takes the whole table: neither --only nor --cards")
    with tempfile.TemporaryDirectory() as temporary:
        scratch = (asked.keep or Path(temporary)).resolve()
        table = measure(scratch, asked.cards, asked.pairs, asked.only)
    print(table)
    if asked.write:
        write_readme(table, BEGIN, END)


def measure(scratch: Path, numbers: Sequence[int], pairs: int | None, only: str) -> str:
    peers = install(scratch / "peers")
    rows: Rows = {}
    for n in numbers:
        work = Work(n=n, folder=scratch / "images" / str(n), peers=peers)
        print(f"{n:,} images", file=sys.stderr)
        work.prepare()
        times = pairs or (7 if n < 300 else 5 if n < 1000 else FEWEST_PAIRS)
        for name in PROCESSES:
            if only in name:
                rows.setdefault(name, {})[n] = measure_process(work, name, times)
                print(f"  {name}: {_told(rows[name][n])}", file=sys.stderr)
        if any(only in name for name in (WARM_PDFKIT, WARM_FIRST, WARM_OURS)):
            for name, found in measure_servers(work, times).items():
                rows.setdefault(name, {})[n] = found
                print(f"  {name}: {_told(found)}", file=sys.stderr)
        for left in (work.out, Path(f"{work.out}.shared")):
            left.unlink(missing_ok=True)
    if not rows:
        refuse(f"no row is called {only}")
    return report(rows, peers)


def _told(one: Measured) -> str:
    return one.why_not or f"{_median(one.seconds):.2f} s, {_spread(one.ratios)}, {_number(one.mib, 0)} MiB"


if __name__ == "__main__":
    main()
