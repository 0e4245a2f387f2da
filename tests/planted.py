"""A made-up collection of 500 photographs in which fifteen kinds of trouble are planted, and what each should lead to."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

from PIL import Image

from imagestolive.care import Blocked, author_key, flag_key, hashed, url_key
from imagestolive.config import Config, DataSetConfig
from imagestolive.records import Band, Reason
from imagestolive.scores import Scores

KEY = "planted"
IMAGES, OF_EACH = 500, 8
SALT = "another operator"
WORDS = {"en": "# things to look at\nslaughter\nwet market\n", "pt-BR": "caçador\n"}

# What is planted -> why it stays out of a set that nobody looks at.
TROUBLE: dict[str, Reason] = {
    "on the operator's list": "flagged",
    "a copy of one on that list": "flagged",
    "opted out by id": "withdrawn",
    "opted out by account": "withdrawn",
    "opted out by page": "withdrawn",
    "of an opted-out host": "withdrawn",
    "on another operator's list": "withdrawn",
    "reported": "reported",
    "a reported file under another name": "reported",
    "without license": "no license",
    "license forbids": "license",
    "cut short": "unreadable",
    "a single pixel": "too small",
    "scored high": "flagged",
    "scored in between": "held for review",
    "a word in its title": "held for review",
    "of one tone": "held for review",
    "nearly another one": "held for review",
}
PEOPLE: Reason = "people"  # what one image in ten leads to in school mode


@dataclass(kw_only=True)
class Planted:
    config: Config
    blocked: Blocked
    kinds: dict[str, str]  # file -> the kind of trouble planted in it
    originals: dict[str, str]  # file that is nearly another one -> that one
    with_people: set[str] = field(default_factory=set)  # of the clean
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def clean(self) -> set[str]:
        return self.files.keys() - self.kinds.keys()

    @property
    def never(self) -> set[str]:
        """What may not come out whatever else is in a set; of two that are nearly the same one may."""
        return {name for name, kind in self.kinds.items() if kind != "nearly another one"}

    def expected(self) -> Counter[str]:
        return Counter(TROUBLE[kind] for kind in self.kinds.values())


def photograph(n: int, size_px: tuple[int, int] = (480, 360)) -> Image.Image:
    """Clouds of colour, of which no two are alike; the same for the same number."""
    tones = hashlib.shake_128(str(n).encode()).digest(3 * 12 * 10)
    return Image.frombytes("RGB", (12, 10), tones).resize(size_px, Image.Resampling.BICUBIC)


def jpeg(image: Image.Image, quality: int = 88) -> bytes:
    data = BytesIO()
    image.save(data, "JPEG", quality=quality)
    return data.getvalue()


def plant(root: Path, data_folder: Path) -> Planted:
    """Writes the collection and gives it with its configuration, its lists, and what was reported."""
    kinds = {f"{n:03}.jpg": kind for n, kind in enumerate(kind for kind in TROUBLE for _ in range(OF_EACH))}
    names = [f"{n:03}.jpg" for n in range(IMAGES)]
    clean = [name for name in names if name not in kinds]
    originals = dict(zip((name for name, kind in kinds.items() if kind == "nearly another one"), clean, strict=False))
    folder = root / KEY
    folder.mkdir(parents=True)
    flagged = [name for name, kind in kinds.items() if kind == "on the operator's list"]
    with_people = set(clean[::10])
    files: dict[str, bytes] = {}
    rows = []
    for n, name in enumerate(names):
        kind = kinds.get(name, "")
        files[name] = _file(n, kind, files[flagged[n % OF_EACH]] if kind == "a copy of one on that list" else None, originals.get(name))
        (folder / name).write_bytes(files[name])
        rows.append(_row(n, name, kind, people="some" if name in with_people else "none"))
    with (folder / "credits.csv").open("w", newline="", encoding="utf-8") as out:
        written = csv.DictWriter(out, ["file", "title", "author", "author_url", "source", "license", "people"])
        written.writeheader()
        written.writerows(rows)
    (root / "flags.csv").write_text("dataset,image_id,reason\n" + "".join(f"{KEY},{name},asked to\n" for name in flagged), encoding="utf-8")
    for language, words in WORDS.items():
        (root / f"{language}.txt").write_text(words, encoding="utf-8")
    scores = Scores(data_folder / "scores.sqlite3")
    for name in names:
        score = {"scored high": 0.9, "scored in between": 0.4}.get(kinds.get(name, ""), 0.05)
        scores.keep(hashlib.sha256(files[name]).hexdigest(), "nsfw", "planted", score)
    scores.close()
    config = Config(
        datasets={KEY: DataSetConfig(key=KEY, root=folder)},
        starter=False,
        flags=root / "flags.csv",
        words={language: root / f"{language}.txt" for language in WORDS},
        bands={"nsfw": Band(review=0.3, hold=0.7)},
        network=False,
        data_folder=data_folder,
    )
    return Planted(
        config=config,
        blocked=_blocked(kinds, files, rows),
        kinds=kinds,
        originals=originals,
        with_people=with_people,
        files=files,
    )


def in_configuration_alone(planted: Planted) -> Planted:
    """The same for those who have no ledger: what people asked for is not known there, and is no trouble."""
    of_people = {kind for kind, reason in TROUBLE.items() if reason in ("withdrawn", "reported")}
    return replace(planted, blocked=Blocked(), kinds={name: kind for name, kind in planted.kinds.items() if kind not in of_people})


def _file(n: int, kind: str, copied: bytes | None, original: str | None) -> bytes:
    if copied is not None:
        return copied
    if kind == "of one tone":
        return jpeg(Image.new("RGB", (480, 360), (n % 8 * 30, 30, 40)))
    if kind == "a single pixel":
        return jpeg(Image.new("RGB", (1, 1), (n % 256, 30, 40)))
    if original is not None:
        return jpeg(photograph(int(original[:3]), (600, 450)), quality=70)
    whole = jpeg(photograph(n))
    return whole[: len(whole) // 2] if kind == "cut short" else whole


def _row(n: int, name: str, kind: str, *, people: str) -> dict[str, str]:
    host = "gone.example" if kind == "of an opted-out host" else "pictures.example"
    account = "left-us" if kind == "opted out by account" else f"ana-{n % 40}"
    words = ["At the WET-Market, morning", "O caçador e o cão", "Slaughter, 1923"]
    return {
        "file": name,
        "title": words[n % len(words)] if kind == "a word in its title" else f"Slaughterhouses, markets and hunters, {n}",
        "author": f"Author {n % 40}",
        "author_url": f"https://www.flickr.com/people/{account}/",
        "source": f"https://{host}/page/{n}",
        "license": {"without license": "", "license forbids": "Sampling 1.0"}.get(kind, "CC BY 2.0"),
        "people": people,
    }


def _blocked(kinds: dict[str, str], files: dict[str, bytes], rows: list[dict[str, str]]) -> Blocked:
    def of(kind: str) -> Iterator[dict[str, str]]:
        return (row for row in rows if kinds.get(row["file"]) == kind)

    return Blocked(
        images={
            **{flag_key(KEY, row["file"]): "withdrawn" for row in of("opted out by id")},
            **{flag_key(KEY, row["file"]): "reported" for row in of("reported")},
        },
        authors={author_key("left-us"): "withdrawn"},
        urls={url_key(row["source"]): "withdrawn" for row in of("opted out by page")},
        domains={"gone.example": "withdrawn"},
        sha256={hashlib.sha256(files[row["file"]]).hexdigest(): "reported" for row in of("a reported file under another name")},
        hashed={SALT: frozenset(hashed(SALT, "url", url_key(row["source"])) for row in of("on another operator's list"))},
        version="planted",
    )
