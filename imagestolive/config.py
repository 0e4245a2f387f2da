"""The configuration: a YAML file and the environment -> `Config`. Every wrong key is named with its file and line.

Only plain YAML is read: no tags, anchors or aliases, no key twice, no deep nesting. docs/config.md describes each key.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import platformdirs
import yaml

from imagestolive import licenses
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import Band
from imagestolive.sets import CARDS_MOST, PEOPLE_MOST, SET_CARDS_MOST, shown
from imagestolive.words import DEFAULT_LANGUAGE, LANGUAGES

CONFIG_VARIABLE = "IMAGESTOLIVE_CONFIG"
DATA_VARIABLE = "IMAGESTOLIVE_DATA"
DATABASE_VARIABLE = "DATABASE_URL"
PRINTERS_VARIABLE = "IMAGESTOLIVE_PRINTERS"
YAML_MOST_BYTES = 1_000_000
YAML_MOST_DEPTH = 12
WEIGHT_MOST = 1000

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_KEY_MOST = 64
# Names that Windows keeps for devices; a key may become a file name.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


class ConfigWrong(ImagesToLiveError):
    """Something in a YAML file cannot be used."""

    sentence = N_("{file}, line {line}: {problem}")
    field = "config"

    def __init__(self, *, file: object, line: int, problem: str) -> None:
        super().__init__(file=str(file), line=str(line), problem=problem)


class ConfigMissing(ImagesToLiveError):
    """The file itself cannot be read."""

    sentence = N_("The configuration {file} cannot be read: {problem}.")
    field = "config"


class RootWrong(ImagesToLiveError):
    """--root KEY=PATH that names no folder."""

    sentence = N_("--root takes KEY=PATH with a folder that exists, not “{typed}”: {problem}.")
    field = "root"


@dataclass(frozen=True, kw_only=True)
class DataSetConfig:
    """One data set the operator configured. What is None comes from the data set's datasheet."""

    key: str
    root: Path
    reader: str | None = None
    weight: int = 1
    licenses: Mapping[str, str] = field(default_factory=dict)  # a spelling in the makers' files -> the license it means
    hosts: tuple[str, ...] | None = None  # where images that are not in the folder are fetched from
    fetch: bool | None = None  # whether they are; None: if none is in the folder
    remote_only: bool | None = None  # images are not kept beyond the job they were fetched for
    facts: Mapping[str, str] = field(default_factory=dict)  # title, short, makers, homepage, license, terms, terms_allow


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many cards one set may hold, how much is kept of what was fetched, and how long a job may stand still."""

    cards: int = SET_CARDS_MOST
    web_cards: int = 400
    kept_mb: int = 2048  # MiB
    kept_days: int = 7
    stuck_minutes: int = 60  # without a card or an image more, a job is given up


@dataclass(frozen=True, kw_only=True)
class Config:
    """All that an operator decides."""

    datasets: Mapping[str, DataSetConfig] = field(default_factory=dict)
    starter: bool = True
    flags: Path | None = None
    allow_unlicensed: str | None = None  # the ground, in the operator's words
    limits: Limits = field(default_factory=Limits)
    language: str = DEFAULT_LANGUAGE
    contact: str | None = None
    address: str | None = None  # where the pages are, as people reach them: https://images.example
    network: bool = True  # whether images are fetched from where they live
    words: Mapping[str, Path] = field(default_factory=dict)  # language -> a list of words; what bears one is held for review
    bands: Mapping[str, Band] = field(default_factory=dict)  # what gives scores ("nsfw") -> from which on what is done
    school: bool = False  # every set is made in school mode unless somebody asks otherwise
    school_locked: bool = False  # nobody can ask otherwise
    data_folder: Path


# ---- YAML -------------------------------------------------------------------------------------------------------------


_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a tenth of the time; a PyYAML without libyaml has none
_TEXT = "tag:yaml.org,2002:str"


def load_yaml(path: Path) -> Any:
    """Plain data out of a YAML file; raises ConfigWrong with the line, or ConfigMissing."""
    try:
        return _plain(_compose(path))
    except (ValueError, ArithmeticError, yaml.YAMLError) as error:  # 2026-13-45, 0x_, a lone =
        raise ConfigWrong(file=path, line=1, problem=f"not YAML: {shown(str(error), 80)}") from None


def _compose(path: Path) -> yaml.Node | None:
    try:
        if path.exists() and not path.is_file():
            raise ConfigMissing(file=str(path), problem="it is no file")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigMissing(file=str(path), problem=error.strerror or "not readable") from None
    if len(data) > YAML_MOST_BYTES:
        raise ConfigWrong(file=path, line=1, problem=f"the file has {len(data)} bytes, at most {YAML_MOST_BYTES} are read")
    try:
        text = data.decode("utf-8-sig")
        _check_events(path, text)
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise ConfigWrong(file=path, line=len(data[: error.start].split(b"\n")), problem="this is not UTF-8 text") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigWrong(file=path, line=line, problem=f"not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise ConfigWrong(file=path, line=1, problem=f"not YAML: {shown(str(error), 80)}") from None
    _check_twins(path, node)
    return node


def _check_events(path: Path, text: str) -> None:
    """Refuses what plain configuration never needs, before anything is built from it."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > YAML_MOST_DEPTH:
            raise ConfigWrong(file=path, line=line, problem=f"nested more than {YAML_MOST_DEPTH} deep")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ConfigWrong(file=path, line=line, problem="anchors (&) and aliases (*) are not read")
        if tag := getattr(event, "tag", None):
            raise ConfigWrong(file=path, line=line, problem=f"tags such as {shown(tag)} are not read")


def _check_twins(path: Path, node: yaml.Node | None) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_twins(path, item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode):
                raise ConfigWrong(file=path, line=name.start_mark.line + 1, problem="a key should be a text")
            if name.value in seen:
                raise ConfigWrong(file=path, line=name.start_mark.line + 1, problem=f"the key “{shown(name.value)}” stands twice")
            seen.add(name.value)
            _check_twins(path, value)


def _plain(node: yaml.Node | None) -> Any:
    if node is None:
        return None
    if isinstance(node, yaml.MappingNode):
        return {name.value: _plain(value) for name, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    return node.value if node.tag == _TEXT else _LOADER("").construct_object(node)


# ---- reading the configuration ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Value:
    """A value of the file with its place, so that each complaint can name it."""

    path: Path
    name: str
    node: yaml.Node

    def wrong(self, problem: str) -> ConfigWrong:
        return ConfigWrong(file=self.path, line=self.node.start_mark.line + 1, problem=f"{self.name}: {problem}")

    def entries(self) -> Iterator[tuple[str, _Value]]:
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("should be a mapping of names to values")
        for name, node in self.node.value:
            yield str(name.value), _Value(self.path, str(name.value), node)

    def known(self, readers: Mapping[str, Callable[[_Value], Any]]) -> dict[str, Any]:
        """A mapping whose keys are all known; another key is refused with the nearest one."""
        found = {}
        for name, value in self.entries():
            if name not in readers:
                near = difflib.get_close_matches(name, readers, n=1)
                hint = f"did you mean “{near[0]}”?" if near else f"known are {', '.join(readers)}"
                raise value.wrong(f"this key is not known; {hint}")
            found[name] = readers[name](value)
        return found

    def items(self) -> list[_Value]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong("should be a list")
        return [_Value(self.path, self.name, node) for node in self.node.value]

    def plain(self) -> Any:
        try:
            return _plain(self.node)
        except (ValueError, ArithmeticError, yaml.YAMLError):  # 2026-13-45, 0x_, five thousand digits
            raise self.wrong(f"“{shown(str(self.node.value))}” cannot be read; a text stands in quotation marks") from None

    def text(self) -> str:
        value = self.plain()
        if not isinstance(self.node, yaml.ScalarNode) or value is None or not self.node.value.strip():
            raise self.wrong("should be a text")
        text = str(self.node.value).strip()
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise self.wrong("holds a character that no text has")
        return text

    def words(self) -> str:
        """A text that cannot be taken for a yes or no."""
        if isinstance(self.plain(), str) and self.text().lower() not in ("no", "yes", "none", "off", "on", "true", "false"):
            return self.text()
        raise self.wrong("should say in words on what ground; leave the key away to allow nothing")

    def flag(self) -> bool:
        value = self.plain()
        if isinstance(value, bool):
            return value
        raise self.wrong("should be true or false")

    def whole(self, least: int, most: int) -> int:
        value = self.plain()
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise self.wrong(f"should be a whole number from {least} to {most}, not {shown(str(value))}")

    def share(self) -> float:
        value = self.plain()
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        raise self.wrong(f"should be a number from 0 to 1, not {shown(str(value))}")

    def one_of(self, allowed: tuple[str, ...]) -> str:
        value = self.text()
        if value in allowed:
            return value
        raise self.wrong(f"should be one of {', '.join(allowed)}, not {shown(value)}")

    def file(self) -> Path:
        try:
            return (self.path.parent / self.text()).resolve()
        except (OSError, RuntimeError):  # too long; links in a circle
            raise self.wrong("no file system takes this path") from None

    def image_license(self) -> str:
        return self._license(licenses.license_id(self.text()) is not None)

    def any_license(self) -> str:
        return self._license(licenses.read(self.text()).governing != licenses.UNKNOWN)

    def _license(self, known: bool) -> str:
        value = self.text()
        if not known:
            near = licenses.closest(value)
            hint = f"; did you mean “{licenses.by_id(near).name}”?" if near else ""
            raise self.wrong(f"“{shown(value)}” is no license we know{hint}")
        return value


SCORERS = ("nsfw",)
TERMS_ALLOW = ("open", "teaching", "research", "nothing-stated")

_DATA_SET_KEYS: dict[str, Callable[[_Value], Any]] = {
    "path": _Value.file,
    "reader": _Value.text,
    "weight": lambda value: value.whole(1, WEIGHT_MOST),
    "hosts": lambda value: tuple(_host(item) for item in value.items()),
    "fetch": _Value.flag,
    "remote_only": _Value.flag,
    "licenses": lambda value: {raw: meant.image_license() for raw, meant in value.entries()},
    "title": _Value.text,
    "short": lambda value: _short(value),
    "makers": _Value.text,
    "homepage": lambda value: _address(value),
    "license": _Value.any_license,
    "terms": _Value.text,
    "terms_allow": lambda value: value.one_of(TERMS_ALLOW),
}
_FACTS: tuple[str, ...] = ("title", "short", "makers", "homepage", "license", "terms", "terms_allow")
_LIMIT_KEYS: dict[str, Callable[[_Value], Any]] = {
    "cards": lambda value: value.whole(1, PEOPLE_MOST * CARDS_MOST),
    "web_cards": lambda value: value.whole(1, PEOPLE_MOST * CARDS_MOST),
    "kept_mb": lambda value: value.whole(64, 2**30),
    "kept_days": lambda value: value.whole(1, 3650),
    "stuck_minutes": lambda value: value.whole(5, 1440),
}
_KEYS: dict[str, Callable[[_Value], Any]] = {
    "roots": lambda value: [_folder(item) for item in value.items()],
    "datasets": lambda value: dict(value.entries()),
    "starter": _Value.flag,
    "flags": _Value.file,
    "allow_unlicensed": _Value.words,
    "limits": lambda value: Limits(**value.known(_LIMIT_KEYS)),
    "language": lambda value: value.one_of(LANGUAGES),
    "contact": _Value.text,
    "address": lambda value: _base(value),
    "network": _Value.flag,
    "words": lambda value: {_language(name, file): file.file() for name, file in value.entries()},
    "bands": lambda value: value.known(dict.fromkeys(SCORERS, lambda value: _band(value))),
    "school": _Value.flag,
    "school_locked": _Value.flag,
    "data_folder": _Value.file,
}


HOST = re.compile(r"\*|[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", re.ASCII)


def _base(value: _Value) -> str:
    text = value.text()
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?", text):
        raise value.wrong("should be the address of the first page and nothing below it, such as https://images.example")
    return text.rstrip("/")


def _host(value: _Value) -> str:
    text = value.text()
    if not HOST.fullmatch(text):
        raise value.wrong("should be the name of a host, in small letters, such as staticflickr.com")
    return text


def _language(name: str, value: _Value) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", name):
        raise value.wrong("should stand beside a language such as en or pt-BR")
    return name


def _band(value: _Value) -> Band:
    found = value.known({"review": _Value.share, "hold": _Value.share})
    if missing := {"review", "hold"} - found.keys():
        raise value.wrong(f"{min(missing)} is missing: both review and hold are needed")
    if found["review"] > found["hold"]:
        raise value.wrong("review should not be greater than hold")
    return Band(**found)


def _short(value: _Value) -> str:
    text = value.text()
    if len(text) > 30:
        raise value.wrong(f"should have at most 30 characters, not {len(text)}: it stands on every card")
    return text


def _address(value: _Value) -> str:
    text = value.text()
    if not re.fullmatch(r"https?://[!-~]+", text):
        raise value.wrong("should be an address that begins with https://")
    return text


def _folder(value: _Value) -> Path:
    folder = value.file()
    if not is_folder(folder):
        raise value.wrong(f"there is no folder {shown(str(folder), 200)}")
    return folder


def is_folder(path: Path) -> bool:
    """Whether there is such a folder; a path that no file system takes is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def check_key(key: str) -> str | None:
    """What is wrong with a data set's key, or None.

    >>> check_key("open-images") is None
    True
    """
    if len(key) > _KEY_MOST or not _KEY.fullmatch(key) or key in _RESERVED:
        return f"a data set's key is made of a-z, 0-9 and single hyphens, at most {_KEY_MOST} signs, and no device name"
    return None


def load_config(
    path: Path | None = None, *, roots: Mapping[str, Path] | None = None, environment: Mapping[str, str] | None = None
) -> Config:
    """The configuration in `path`, else in the file $IMAGESTOLIVE_CONFIG names, else the starter collection alone.

    `roots` are folders given by hand (--root KEY=PATH); they add a data set or replace its path.
    Raises ConfigWrong or ConfigMissing.
    """
    environment = os.environ if environment is None else environment
    if path is None and environment.get(CONFIG_VARIABLE):
        path = Path(environment[CONFIG_VARIABLE])
    found: dict[str, Any] = {}
    if path is not None and (node := _compose(path)) is not None:
        found = _Value(path, path.name, node).known(_KEYS)
    allowed = found.pop("roots", [])
    datasets = {key: _data_set(key, value, allowed) for key, value in found.pop("datasets", {}).items()}
    for key, root in (roots or {}).items():
        datasets[key] = _at(datasets.get(key), key, root)
    folder = found.pop("data_folder", None) or Path(
        environment.get(DATA_VARIABLE) or platformdirs.user_cache_path("imagestolive", appauthor=False)
    )
    found["school"] = found.get("school", False) or found.get("school_locked", False)  # what is locked is on
    return Config(datasets=dict(sorted(datasets.items())), data_folder=Path(folder).absolute(), **found)


def ledger_place(data_folder: Path, database: str | None) -> Path | str:
    """Where the ledger is: `database` is its URL, where it is not the SQLite file in the data folder."""
    return database or data_folder / "ledger.sqlite3"


def printers_path(environment: Mapping[str, str] | None = None) -> Path:
    """Where the printers that somebody named are remembered: the file that $IMAGESTOLIVE_PRINTERS names, else one of theirs."""
    environment = os.environ if environment is None else environment
    named = environment.get(PRINTERS_VARIABLE)
    return Path(named) if named else platformdirs.user_config_path("imagestolive", appauthor=False) / "printers.json"


def _data_set(key: str, value: _Value, allowed: list[Path]) -> DataSetConfig:
    if problem := check_key(key):
        raise _Value(value.path, f"“{shown(key)}”", value.node).wrong(problem)
    found = value.known(_DATA_SET_KEYS)
    if "path" not in found:
        raise value.wrong("path is missing: the folder with the makers' files")
    root: Path = found.pop("path")
    if not any(root.is_relative_to(folder) for folder in allowed):
        raise value.wrong(f"the folder {root} is under none of the folders listed in roots")
    facts = {name: found.pop(name) for name in _FACTS if name in found}
    return DataSetConfig(key=key, root=root, facts=facts, **found)


def _at(configured: DataSetConfig | None, key: str, root: Path) -> DataSetConfig:
    if configured is None:
        return DataSetConfig(key=key, root=root)
    return replace(configured, root=root)


def read_root(typed: str) -> tuple[str, Path]:
    """KEY=PATH as given by hand; raises RootWrong."""
    key, equals, path = typed.partition("=")
    problem = check_key(key) if equals else "there is no = in it"
    if problem is None and not is_folder(Path(path)):
        problem = "there is no such folder"
    if problem or not path:
        raise RootWrong(typed=shown(typed, 120), problem=problem or "the path is empty")
    return key, Path(path).resolve()
