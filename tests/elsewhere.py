"""A data set whose images live elsewhere: rows as Open Images has them, and hosts on loopback that have the images."""

from __future__ import annotations

import base64
import csv
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import drawn
import hosts

from imagestolive.care import Blocked
from imagestolive.config import Config, DataSetConfig
from imagestolive.fetch.network import Network
from imagestolive.pipeline import Pipeline

KEY = "open-images"
_COLUMNS = [
    "ImageID",
    "Subset",
    "OriginalURL",
    "OriginalLandingURL",
    "License",
    "AuthorProfileURL",
    "Author",
    "Title",
    "OriginalSize",
    "OriginalMD5",
    "Rotation",
]


def url(n: int, spread: int = 4) -> str:
    return f"https://h{n % spread}.photos.example/{n}.jpg"


def image_id(n: int) -> str:
    return f"{n:016x}"


def number(image: str) -> int:
    return int(image, 16)


def rows(
    root: Path,
    count: int,
    *,
    spread: int = 4,
    md5_of: Callable[[int], bytes | None] = lambda _: None,
    url_of: Callable[[int], str] | None = None,
) -> Path:
    """A folder with the makers' list of `count` photographs on `spread` hosts, and not one of them."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "image_ids_and_rotation.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(_COLUMNS)
        for n in range(count):
            data = md5_of(n)
            md5 = "" if data is None else base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
            page = f"https://www.flickr.com/photos/ana/{5000 + n}"
            license_url = "https://creativecommons.org/licenses/by/2.0/"
            table.writerow(
                (
                    image_id(n),
                    "train",
                    url_of(n) if url_of else url(n, spread),
                    page,
                    license_url,
                    "https://www.flickr.com/people/ana/",
                    "Ana",
                    f"No. {n}",
                    1,
                    md5,
                    0,
                )
            )
    return root


def routes(count: int, *, spread: int = 4, other: Mapping[int, hosts.Route] | None = None) -> dict[str, hosts.Route]:
    """An image at each address, or what `other` says for its number."""
    fine: dict[str, hosts.Route] = {url(n, spread): hosts.Reply(body=drawn.jpeg(n)) for n in range(count)}
    return fine | {url(n, spread): reply for n, reply in (other or {}).items()}


def config(root: Path, data_folder: Path, **more: object) -> Config:
    told = {name: more.pop(name) for name in ("remote_only", "fetch") if name in more}
    dataset = DataSetConfig(key=KEY, root=root, hosts=("photos.example",), **told)  # type: ignore[arg-type]
    return Config(datasets={KEY: dataset}, starter=False, data_folder=data_folder, **more)  # type: ignore[arg-type]


def lend_fonts(ready: Path, data_folder: Path) -> None:
    """A data folder of one's own in which typefaces need not be made ready once more."""
    (ready / "fonts").mkdir(exist_ok=True)
    data_folder.mkdir()
    (data_folder / "fonts").symlink_to(ready / "fonts", target_is_directory=True)


def network(played: hosts.Played, *, timeout_s: float = 60, deadline_s: float = 120) -> Network:
    """Patient, as a slow machine needs it, unless a test says otherwise."""
    return Network(contact=None, played=played.ports, verify=str(played.ca), timeout_s=timeout_s, deadline_s=deadline_s)


@contextmanager
def online(config: Config, played: hosts.Played, *, blocked: Callable[..., Blocked] | None = None, **more: float) -> Iterator[Pipeline]:
    """A pipeline that reaches these hosts."""
    with Pipeline(config, network=lambda: network(played, **more), blocked=blocked).for_job("test", ends=True) as pipeline:
        yield pipeline


def image_paths(played: hosts.Played, spread: Collection[str] = ()) -> list[str]:
    """What was asked for, without robots.txt."""
    return [asked.host + asked.path for asked in played.log if asked.path != "/robots.txt" and (not spread or asked.host in spread)]
