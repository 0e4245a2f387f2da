"""The stages in order: draw a set, replace a card, release, make a PDF; and what was left out and why.

`Pipeline.release` is the one gate: cards, thumbnails and PDFs take only `Cleared`, and nothing else can make one.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import datetime
import functools
import hashlib
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, cast, get_args

from imagestolive import __version__, draw, faces, licenses, pictures, profiles, screening, tables, teaching
from imagestolive.cards import Card, qr_address
from imagestolive.care import Blocked, flag_key, photo_of
from imagestolive.config import Config, DataSetConfig
from imagestolive.credits import Credit, credit
from imagestolive.datasets import READERS, DatasetSource, Datasheet, Problem, Problems, datasheets, open_dataset
from imagestolive.datasets.csvfiles import CsvRefused, read_header, read_rows
from imagestolive.datasets.locators import is_elsewhere
from imagestolive.draw import Screened
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.fetch import Fetcher
from imagestolive.fetch.ahead import Chain, Origin
from imagestolive.fetch.kept import Kept
from imagestolive.fetch.problems import Changed, NotFetched, NotHere, ToBeFetched
from imagestolive.fonts import Fonts
from imagestolive.identify import Identity
from imagestolive.makers import got
from imagestolive.pictures import Unreadable
from imagestolive.policy import Policy
from imagestolive.records import ALLOWED, Decision, FetchedImage, ImageRecord, Look, Picture, Reason
from imagestolive.scores import Scorer, Scores
from imagestolive.screening import REASON_WORDS
from imagestolive.seen import Seen
from imagestolive.sets import SET_CARDS_MOST, DataSetPart, Pick, Printing, Request, SetFile, check_numbers, shown, written
from imagestolive.units import CARD_FOR_PAPER, card_size
from imagestolive.wordlists import WordLists, WordsWrong, read_list
from imagestolive.words import Words

if TYPE_CHECKING:
    from imagestolive.fetch.network import Network
    from imagestolive.fetch.remote import Remote, Watching
    from imagestolive.fetch.robots import Robots

PROGRAM = f"imagestolive {__version__}"
OWN_PICTURES = "folder"  # the datasheet, and the reader, of a data set that the catalogue does not know
TableForm = Literal["sqlite3", "parquet"]
TABLE_FORMS: tuple[TableForm, ...] = get_args(TableForm)
UNASKED_MOST_BYTES = 512 * 2**20  # of the makers' files; more takes minutes to read
UNASKED_MOST_ROWS = 200_000
SUMS_AT_SOURCE = ("open-images", "conceptual-captions", "laion")  # readers of sets whose sums are of what lies at the images’ addresses
SUMS_OF_FILES = ("ffhq", "img2dataset")  # readers of sets whose published MD5 sums are of the files that are handed around
SCORED_PX = 1024  # longest side of the copy that models look at, of a picture that is no JPEG; they scale it down themselves
LOOKED_UP_MOST = 1000  # images of one data set by one author, say
NEEDED_TO_FIND = {"photo": "photo_id", "author": "author", "url": "url", "image": None}  # what tables.Table.holds
AHEAD_MOST = 50  # attempts of a slot that are looked at ahead of it
FEW_OF = 50  # a data set of which fewer than one row in so many can pass is drawn from by the table's index

Progress = Callable[[int, int], None]  # done, of


class UnknownDataSet(ImagesToLiveError):
    """A key that is neither in the catalogue nor in the configuration."""

    sentence = N_("There is no data set “{key}” here. There are: {known}.")
    field = "dataset"
    status = 404


class NotConfigured(ImagesToLiveError):
    """A data set of the catalogue whose files nobody has named."""

    sentence = N_("{title} is known, but its files are not here.")
    hint = N_("Say it with --root {key}=PATH, or under datasets in the configuration.")
    field = "dataset"


class NotGot(NotConfigured):
    """One whose makers publish its lists for everybody."""

    hint = N_("Fetch its makers’ lists with imagestolive get {key}, or say where they are with --root {key}=PATH.")


class DataSetRefused(ImagesToLiveError):
    """A data set from which nothing is handed out, whatever its images say."""

    sentence = N_("Nothing is drawn from {title}: {why}")
    field = "dataset"
    exit_code = 3
    status = 409


class TermsForbid(ImagesToLiveError):
    """A data set whose images have no license of their own, and whose terms do not allow what is asked."""

    sentence = N_(
        "Nothing is drawn from {title}: its images have no license of their own, and its terms do not allow printing "
        "without the operator’s word."
    )
    hint = N_("To answer for them yourself: --allow-unlicensed.")
    field = "dataset"
    exit_code = 3
    status = 409


class NotForSale(ImagesToLiveError):
    """The same, asked for prints that are sold."""

    sentence = N_(
        "Nothing is drawn from {title}: its images have no license of their own, so their prints cannot be sold or used to advertise."
    )
    field = "dataset"
    exit_code = 3
    status = 409


class NothingToDraw(ImagesToLiveError):
    """Every data set asked for left the request; `reasons` are the errors that say why each did."""

    sentence = N_("There is no data set left to draw from. {reasons}")
    field = "dataset"
    exit_code = 3
    status = 409


class NotIndexed(ImagesToLiveError):
    """A data set too large to be gone through while somebody waits, which nobody has indexed since its files changed."""

    sentence = N_("{title} is large, and it has not been indexed since its files came or changed.")
    hint = N_("Do it once: imagestolive index {key}, with the same --root or --config.")
    field = "dataset"
    status = 503


class AllElsewhere(ImagesToLiveError):
    """A data set whose table is there, but not one file of its images."""

    sentence = N_("None of the {n} images that {title} lists is in its folder, and they may not be fetched from the network.")
    field = "dataset"
    exit_code = 3
    status = 409


class EmptyDataSet(ImagesToLiveError):
    """A data set in whose folder no image was found."""

    sentence = N_("{title} has 0 images: nothing can be drawn from it.")
    field = "dataset"
    exit_code = 3
    status = 409


class NotListed(ImagesToLiveError):
    """A data set whose lists have no photo ids, no authors or no addresses, asked for one."""

    sentence = N_("The lists of {title} do not hold what is looked for.")


class LongToSearch(ImagesToLiveError):
    """A list that would have to be gone through from its beginning to its end, of a large data set."""

    sentence = N_("The list of {title} is kept in a form that takes long to search.")


class FlagMatchesNothing(ImagesToLiveError):
    """A row of the list of images held back that names no image here."""

    sentence = N_("The list of images held back names “{image}” of {dataset}, which is not among its images.")
    field = "flags"


class TooFewImages(ImagesToLiveError):
    """The data sets have fewer images that may be used than were asked for."""

    sentence = N_("asked for {asked}, {usable} can be used: {reasons}")
    exit_code = 3
    status = 409


class TooFewImagesAtAll(ImagesToLiveError):
    """The same, where nothing was left out: the data sets are that small."""

    sentence = N_("asked for {asked}, {usable} can be used: the data sets hold no more")
    exit_code = 3
    status = 409


class FlagsWrong(ImagesToLiveError):
    """The list of held-back images cannot be trusted, so nothing is handed out."""

    sentence = N_("The list of images held back cannot be read, so nothing is handed out. {problem}")
    field = "flags"
    status = 503


class NotReleased(ImagesToLiveError):
    """The gate stays shut."""

    sentence = N_("This image is not handed out.")
    status = 404

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason


class NoSuchCard(ImagesToLiveError):
    """A card number outside the set."""

    sentence = N_("There is no card {number} in this set: its cards are numbered 1 to {most}.")
    field = "replace"


_GATE = object()


class Cleared:
    """Proof that an image passed the gate under a policy. Only Pipeline.release makes one."""

    __slots__ = ("_fetched", "picture", "record", "sheet")

    def __init__(self, gate: object, *, record: ImageRecord, fetched: FetchedImage, picture: Picture, sheet: Datasheet) -> None:
        if gate is not _GATE:
            raise TypeError("only Pipeline.release clears an image")
        self.record, self._fetched, self.picture, self.sheet = record, fetched, picture, sheet

    def look(self) -> Look:
        """What its pixels and its camera's settings say."""
        return pictures.look(self._fetched)


@dataclass(frozen=True, kw_only=True)
class DataSetInfo:
    """A data set as this installation has it."""

    sheet: Datasheet
    images: int | None = None  # that can be had; None while it cannot be opened
    elsewhere: int = 0  # listed by its makers with an address, not here, and not fetched
    hosts: tuple[str, ...] = ()  # where images are fetched from, one by one when they are drawn; none: all are here
    why_not: ImagesToLiveError | None = None
    skipped: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def key(self) -> str:
        return self.sheet.key


@dataclass(frozen=True, kw_only=True)
class LookedThrough:
    """What came of looking at every image of a data set."""

    rows: int
    looked_at: int = 0  # decoded, now or before
    scored: int = 0  # times that a model looked at an image, now
    elsewhere: int = 0  # neither here nor kept: nobody looked at them
    left_out: Mapping[str, int]  # what would be left out of a set, by reason


@dataclass(frozen=True, kw_only=True)
class DrawnSet:
    """A set with its picks, one a slot. `held` are slots that show words instead; in `short` ones nothing is left."""

    code: str
    request: Request
    refused: tuple[Pick, ...]
    picks: Mapping[int, Pick]
    held: Mapping[int, Reason]
    left_out: Mapping[str, int]
    changed: tuple[str, ...] = ()  # data sets that are not what they were when the set was made
    waiting: Mapping[int, str] = field(default_factory=dict)  # slots whose image is held until a person has looked, and why

    @property
    def short(self) -> tuple[int, ...]:
        return tuple(slot for slot in range(1, self.request.slots + 1) if slot not in self.picks and slot not in self.held)

    def set_file(self) -> SetFile:
        return SetFile(
            program=PROGRAM,
            code=self.code,
            request=self.request,
            refused=self.refused,
            picks=tuple(self.picks.values()),
            left_out=dict(self.left_out),
        )

    def check_complete(self, words: Words) -> None:
        """Raises TooFewImages when a slot is short."""
        if not self.short:
            return
        usable = len(self.picks.keys() - self.held.keys())
        if self.left_out:
            raise TooFewImages(asked=self.request.slots, usable=usable, reasons=reasons(self.left_out, words))
        raise TooFewImagesAtAll(asked=self.request.slots, usable=usable)


def reasons(left_out: Mapping[str, int], words: Words) -> str:
    """The counts by reason: "4 flagged, 2 without license"; most first."""
    counted = sorted(left_out.items(), key=lambda part: (-part[1], part[0]))
    return ", ".join(words.say(REASON_WORDS[reason], n=n) if reason in REASON_WORDS else f"{n} {reason}" for reason, n in counted)


def left_out_sentence(left_out: Mapping[str, int], words: Words) -> str:
    """What was left out and why, in one sentence; empty when nothing was."""
    n = sum(left_out.values())
    if not n:
        return ""
    return words.count(
        "{n} picture was left out: {reasons}.", "{n} pictures were left out: {reasons}.", n, reasons=reasons(left_out, words)
    )


_P = ParamSpec("_P")
_R = TypeVar("_R")


def _mending(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """A method of Pipeline after which a table that proved damaged is gone."""

    @functools.wraps(method)
    def mended(*arguments: _P.args, **more: _P.kwargs) -> _R:
        try:
            return method(*arguments, **more)
        except tables.TableGone as gone:
            cast("Pipeline", arguments[0])._discard(gone)
            raise

    return mended


def network_of(config: Config) -> Callable[[], Network] | None:
    """What opens the network, as this configuration lets it be used; None: nothing does."""

    def dial() -> Network:
        from imagestolive.fetch.network import Network

        return Network(contact=config.contact)

    return dial if config.network else None


class _Line:
    """The network, opened when the first image has to come over it: its libraries take longer to load than thirty cards to print."""

    def __init__(self, dial: Callable[[], Network] | None) -> None:
        self._dial = dial
        self._lock = threading.Lock()
        self._open: tuple[Network, Robots] | None = None

    def __bool__(self) -> bool:
        return self._dial is not None

    def remote(self, kept: Kept, scope: str | None, watch: Watching | None) -> Remote:
        from imagestolive.fetch.remote import Remote
        from imagestolive.fetch.robots import Robots

        with self._lock:
            if self._open is None and self._dial is not None:
                network = self._dial()
                self._open = network, Robots(network)
            opened = self._open
        return Remote(opened and opened[0], kept, robots=opened and opened[1], scope=scope, watch=watch)

    def close(self) -> None:
        with self._lock:
            if self._open is not None:
                self._open[0].close()
            self._open = None


class Pipeline:
    """All stages over one configuration. Safe for several threads; data sets are opened when first asked for.

    `network` opens one; without it images that live elsewhere are taken from what is kept of them, or `ToBeFetched` is raised.
    `blocked` says what people asked to be left out, for everybody or for one client: now, or when the number that it is given besides was
    that of the ledger's newest row.
    """

    def __init__(
        self, config: Config, *, network: Callable[[], Network] | None = None, blocked: Callable[..., Blocked] | None = None
    ) -> None:
        self.config = config
        self._blocked = blocked
        self._line = _Line(network)
        self._kept = Kept(config.data_folder / "fetched", most_bytes=config.limits.kept_mb * 2**20, most_days=config.limits.kept_days)
        self._scope: str | None = None
        self._watch: Watching | None = None
        self.fonts = Fonts(config.data_folder / "fonts")
        self._sheets = self._all_sheets()
        self._opened: dict[str, _Opened | ImagesToLiveError] = {}
        self._seen = Seen(config.data_folder / "seen.sqlite3", pictures.RECIPE)
        self._scores = Scores(config.data_folder / "scores.sqlite3")
        self._read_lists: dict[Path, tuple[tuple[int, int], tuple[str, ...]]] = {}  # size and mtime of each list of words, its entries
        self._flagged_files: dict[tuple[str, str], str] = {}  # image -> SHA-256, "" where its file is gone
        self._flagged_photos: dict[tuple[str, str], str] = {}  # image -> Flickr's photo id
        self._profiles: dict[str, tuple[_Opened, str, profiles.Profile]] = {}  # of the opened table, under a policy by its hash
        self._lock = threading.RLock()

    # ---- images that live elsewhere -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def for_job(self, scope: str, watch: Watching | None = None, *, ends: bool = False) -> Iterator[Pipeline]:
        """This pipeline as one job uses it: `watch` hears of each image that comes over the network, and may raise to give up.

        What may not be kept is kept for the job `scope`, until `end_job`, which is called here if the job `ends` with its work.
        """
        mine = copy.copy(self)
        mine.__dict__.pop("_remote", None)
        mine._scope, mine._watch = scope, watch
        try:
            yield mine
        finally:
            if "_remote" in mine.__dict__:
                mine._remote.stop()
            if ends:
                self.end_job(scope)
                self.close()

    def close(self) -> None:
        """Hangs up. It may go on being asked."""
        self._line.close()

    @functools.cached_property
    def _remote(self) -> Remote:
        return self._line.remote(self._kept, self._scope, self._watch)

    def _plan(self, chains: Iterable[Chain], keys: Iterable[str]) -> None:
        """Fetches ahead, if there is a network and one of these data sets needs it."""
        if self._line and any(self._ready(key) and self._opened_or_raise(key).origin for key in keys):
            self._remote.plan(chains)

    def end_job(self, scope: str) -> None:
        """What was kept for a job only goes."""
        self._kept.forget(scope)

    def needs_network(self, request: Request) -> bool:
        """Whether images of a request may have to be fetched."""
        return any(self._ready(part.key) and self._opened_or_raise(part.key).origin is not None for part in request.datasets)

    def _fetch(self, record: ImageRecord, *, only_kept: bool = False) -> FetchedImage:
        """Raises NotFetched, and ToBeFetched where it would have to come over a network that is not there, or not to be used."""
        opened = self._opened_or_raise(record.dataset)
        if not is_elsewhere(record.locator):
            return opened.fetcher.fetch(record)
        if opened.origin is None:
            raise NotHere(image=record.image_id)
        remote = _Line(None).remote(self._kept, self._scope, None) if only_kept else self._remote
        return remote.fetch(record, opened.origin)

    def _chain(self, request: Request, code: str, slot: int, policy: Policy) -> Chain:
        """The images that a slot will ask for one after the other, as far as their records let them through and they are elsewhere."""
        key = draw.own_data_set(code, request, slot)
        opened = self._open(key) if key in self._sheets else None
        if not isinstance(opened, _Opened) or opened.origin is None:
            return
        groups = None if request.by == "image" else opened.table.groups(cast("draw.Grouped", request.by))
        for row in itertools.islice(draw.tries(code, slot, key, opened.table.rows, groups), AHEAD_MOST):
            record = opened.record(row)
            if screening.by_record(record, policy).allowed:
                if not is_elsewhere(record.locator) or policy.taken_out_since(record):
                    return
                yield record, opened.origin

    def _picked(self, pick: Pick, policy: Policy) -> Chain:
        """The image of a pick, if it is elsewhere."""
        with contextlib.suppress(NotReleased, ImagesToLiveError):
            record, opened = self._record(pick), self._opened_or_raise(pick.dataset)
            if opened.origin and is_elsewhere(record.locator) and screening.by_record(record, policy).allowed:
                yield record, opened.origin

    # ---- data sets ----------------------------------------------------------------------------------------------------

    def data_sets(self) -> list[DataSetInfo]:
        """Every data set of the catalogue and the configuration, by key."""
        return [self.data_set(key) for key in self._sheets]

    @_mending
    def data_set(self, key: str) -> DataSetInfo:
        """One data set; raises UnknownDataSet."""
        self._check_known(key)
        opened = self._open(key)
        if isinstance(opened, ImagesToLiveError):
            return DataSetInfo(sheet=self._sheets[key], why_not=opened)
        table = opened.table
        return DataSetInfo(
            sheet=opened.sheet,
            images=opened.images,
            elsewhere=table.rows - opened.images,
            hosts=opened.origin.hosts if opened.origin else (),
            skipped=table.skipped,
            problems=tuple(table.problems),
        )

    def drawable(self, policy: Policy) -> list[str]:
        """The keys that can be drawn from under a policy: what is taken when nobody names data sets."""
        return [key for key in self._sheets if self.why_not(key, policy) is None]

    def _check_known(self, key: str) -> None:
        if key not in self._sheets:
            raise UnknownDataSet(key=shown(key), known=list(self._sheets))

    def _all_sheets(self) -> dict[str, Datasheet]:
        known = datasheets()
        found = {key: sheet for key, sheet in known.items() if key != OWN_PICTURES}
        for key, configured in self.config.datasets.items():
            base = known.get(key) or dataclasses.replace(known[OWN_PICTURES], key=key, title=key, short=key[:30])
            reader = READERS.get(configured.reader or base.reader or "")
            if key in known and reader and (other := reader.described_by(configured.root)):
                base = dataclasses.replace(known[other], key=key)
            facts: dict[str, Any] = dict(configured.facts)
            if configured.reader:
                facts["reader"] = configured.reader
            base = base.with_facts(facts)
            if configured.hosts is not None:
                base = dataclasses.replace(base, hosts=configured.hosts)
            if configured.remote_only is not None:
                base = dataclasses.replace(base, remote_only=configured.remote_only)
            found[key] = base
        return dict(sorted(found.items()))

    def _open(self, key: str) -> _Opened | ImagesToLiveError:
        with self._lock:
            known = self._opened.get(key)
            if isinstance(known, NotIndexed) and self._current_table(self._source(self._sheets[key])):
                del self._opened[key]  # somebody indexed it meanwhile
            elif isinstance(known, NotConfigured) and got(self.config.data_folder, key):
                del self._opened[key]  # somebody got its makers' lists
            if key not in self._opened:
                try:
                    self._opened[key] = self._open_fresh(self._sheets[key])
                except ImagesToLiveError as error:
                    self._opened[key] = error
            return self._opened[key]

    def _open_fresh(self, sheet: Datasheet) -> _Opened:
        if sheet.refused:
            raise DataSetRefused(title=sheet.title, why=sheet.refused)
        configured = self.config.datasets.get(sheet.key)
        source = self._source(sheet)
        path = self._current_table(source) or self._index_unasked(source)
        table = tables.open_table(path)
        return _Opened(
            sheet=sheet,
            table=table,
            path=path,
            fetcher=Fetcher(
                {sheet.key: source.root},
                cache=self.config.data_folder / "unpacked",
                versions={sheet.key: {file: (size, mtime_ns) for file, size, mtime_ns in table.sources}},
                sums=[sheet.key] if sheet.reader in SUMS_OF_FILES else (),
            ),
            license_map=dict(configured.licenses) if configured else {},
            own_license=configured.facts.get("license") if configured and sheet.reader == OWN_PICTURES else None,
            weight=configured.weight if configured else 1,
            origin=self._origin(sheet, table, configured),
        )

    def _origin(self, sheet: Datasheet, table: tables.Table, configured: DataSetConfig | None) -> Origin | None:
        """How images that are not here are fetched; None: they are not. In a folder with images these are what is meant, unless
        somebody says otherwise."""
        asked = configured.fetch if configured and configured.fetch is not None else not table.here
        if not (self.config.network and sheet.hosts and asked):
            return None
        return Origin(hosts=sheet.hosts, kept=not sheet.remote_only, sums=sheet.reader in SUMS_AT_SOURCE)

    def index(self, key: str, *, form: TableForm = "sqlite3", progress: Callable[[int], None] | None = None) -> Path:
        """Makes the table of a data set, however large, unless it is there and current; gives its place. `progress` hears the rows done.

        Raises UnknownDataSet, DataSetRefused, NotConfigured, and what reading and writing raise. A run that was cut off goes on
        where it stopped.
        """
        self._check_known(key)
        source = self._source(self._sheets[key])
        path = self._table_path(source, form)
        if not tables.is_current(path, source.sources(), self._made_by(source)):
            self._build(source, path, progress=progress)
        for other in TABLE_FORMS:
            if other != form:
                self._table_path(source, other).unlink(missing_ok=True)
        self._forget(key)
        return path

    def _forget(self, key: str) -> None:
        """Makes a data set be opened anew when it is next asked for: its files are no longer those that were indexed."""
        with self._lock:
            self._opened.pop(key, None)

    def _discard(self, gone: tables.TableGone) -> None:
        """Takes a damaged table away, so that it is made anew when it is next asked for."""
        with self._lock:
            for key, opened in list(self._opened.items()):
                if isinstance(opened, _Opened) and str(opened.path) == gone.facts["file"]:
                    opened.table.close()
                    tables.discard(opened.path)
                    del self._opened[key]

    def _source(self, sheet: Datasheet) -> DatasetSource:
        if sheet.refused:
            raise DataSetRefused(title=sheet.title, why=sheet.refused)
        configured = self.config.datasets.get(sheet.key)
        root = configured.root if configured else got(self.config.data_folder, sheet.key)
        source = open_dataset(sheet.key, root, sheet, starter=self.config.starter)
        if source is None:
            raise (NotGot if sheet.metadata else NotConfigured)(title=sheet.title, key=sheet.key)
        return source

    def _table_path(self, source: DatasetSource, form: TableForm) -> Path:
        place = hashlib.blake2b(str(source.root).encode(), digest_size=6).hexdigest()
        return self.config.data_folder / "tables" / f"{source.key}-{place}.{form}"

    def _current_table(self, source: DatasetSource) -> Path | None:
        # A form that nobody chose is not asked: its library may not be installed. Without any table the folder is not gone through.
        paths = [path for path in (self._table_path(source, form) for form in TABLE_FORMS) if path.is_file()]
        if not paths:
            return None
        sources, made_by = source.sources(), self._made_by(source)
        return next((path for path in paths if tables.is_current(path, sources, made_by)), None)

    def _index_unasked(self, source: DatasetSource) -> Path:
        """Small folders are indexed on first use. Raises NotIndexed where that would keep somebody waiting."""
        large = NotIndexed(title=source.sheet.title, key=source.key)
        if sum(size for _, size, _ in source.sources()) > UNASKED_MOST_BYTES:
            raise large

        def stop(rows: int) -> None:
            if rows > UNASKED_MOST_ROWS:
                raise large

        path = self._table_path(source, "sqlite3")
        self._build(source, path, progress=stop)
        return path

    def _build(self, source: DatasetSource, path: Path, *, progress: Callable[[int], None] | None) -> None:
        problems = Problems()
        records = source.records(problems)
        if other := self._joined(source):
            records = tables.credited(records, other.table)
        tables.build(
            path,
            records,
            dataset=source.key,
            made_by=self._made_by(source),
            sources=source.sources(),
            problems=problems,
            progress=progress,
        )

    def _made_by(self, source: DatasetSource) -> str:
        other = self._joined(source)
        if other is None:
            return source.made_by
        joined = self._source(other.sheet)  # what it says of an image may change while its images stay
        facts = (joined.made_by, joined.sources())
        return f"{source.made_by}, {hashlib.blake2b(repr(facts).encode(), digest_size=8).hexdigest()}"

    def _joined(self, source: DatasetSource) -> _Opened | None:
        """The data set that knows more of the same photographs, if it is here."""
        key = source.sheet.joins
        other = self._open(key) if key and key != source.key and key in self._sheets else None
        return other if isinstance(other, _Opened) else None

    # ---- is my photograph in here? ------------------------------------------------------------------------------------

    @_mending
    def look_up(self, key: str, asked: Identity) -> tuple[list[ImageRecord], bool]:
        """The records of a data set that are exactly what is asked for, in its first reading, at most LOOKED_UP_MOST; whether there may
        be more.

        Raises what says why it was not searched: UnknownDataSet, NotListed, LongToSearch, and why a data set is not open here.
        """
        self._check_known(key)
        opened = self._opened_or_raise(key)
        table, title = opened.table, opened.sheet.title
        unsorted = opened.path.suffix != ".sqlite3" or (asked.kind == "url" and "flickr.com/" in asked.value)
        if unsorted and table.rows > UNASKED_MOST_ROWS:
            raise LongToSearch(title=title)
        if (needed := NEEDED_TO_FIND[asked.kind]) and needed not in table.holds():
            raise NotListed(title=title)
        rows = sorted({row for question in asked.questions() for row in table.find(**question, most=LOOKED_UP_MOST + 1)})
        found = [record for record in map(opened.record, rows[:LOOKED_UP_MOST]) if asked.names(record)]
        return found, len(rows) > LOOKED_UP_MOST

    def known_sha256(self, record: ImageRecord) -> str | None:
        """That of an image whose file is here, or kept. Nothing is fetched for it."""
        try:
            if is_elsewhere(record.locator):
                kept = self._kept.find(record.locator)
                return kept.sha256 if kept else None
            return self._opened_or_raise(record.dataset).fetcher.fetch(record).sha256
        except (NotFetched, ImagesToLiveError):
            return None

    @_mending
    def why_not(self, key: str, policy: Policy) -> ImagesToLiveError | None:
        """Why nothing is drawn from a data set under a policy, so that it leaves a request as a whole; or None. Raises UnknownDataSet."""
        self._check_known(key)
        opened = self._open(key)
        if isinstance(opened, ImagesToLiveError):
            return opened
        if not opened.table.rows:
            return EmptyDataSet(title=opened.sheet.title)
        if not opened.images:
            return AllElsewhere(title=opened.sheet.title, n=opened.table.rows)
        if opened.table.has_licenses or opened.license_map or opened.own_license:
            return None
        if policy.sold:
            return NotForSale(title=opened.sheet.title)
        if policy.terms_allow[key] in ("open", "teaching") or policy.without_license:
            return None
        return TermsForbid(title=opened.sheet.title)

    @_mending
    def known_left_out(self, key: str, policy: Policy) -> dict[Reason, int]:
        """How many images of a data set are left out by their license, and by name on lists, as far as that is known without going
        through them; none of a data set that cannot be opened."""
        opened = self._open(key)
        if isinstance(opened, ImagesToLiveError):
            return {}
        found = Counter(policy.blocked.images[image] for image in policy.blocked.images if image[0] == key)
        found["flagged"] += sum(image[0] == key for image in policy.flagged)
        for share in opened.table.licenses or ():
            reason = screening.by_license(opened.record(share.first_row), policy).reason
            if reason is not None:
                found[reason] += share.rows if opened.origin else share.here
        return {reason: n for reason, n in found.items() if n}

    @_mending
    def described(self, dataset: str, image_id: str) -> ImageRecord | None:
        """What a data set says of an image, whether or not that may be shown; None where it is not here."""
        opened = self._open(dataset) if dataset in self._sheets else None
        record = opened.table.named(image_id) if isinstance(opened, _Opened) else None
        return opened.read(record) if record and isinstance(opened, _Opened) else None

    @_mending
    def profile(self, key: str) -> profiles.Profile:
        """What the records of a data set amount to; of a large one, some that are always the same. Images that people or operators hold
        back give it no words. Raises UnknownDataSet, why the data set is not open, and what `policy` raises."""
        self._check_known(key)
        opened = self._opened_or_raise(key)
        if not opened.table.rows:
            raise EmptyDataSet(title=opened.sheet.title)
        policy = dataclasses.replace(self.policy(sold=False), school=False, allow_unlicensed=True)  # licenses and people hold back no words
        known = self._profiles.get(key)
        if known is None or known[0] is not opened or known[1] != policy.hash:
            rows = profiles.rows_to_look_at(key, opened.table.rows, at_once=opened.table.at_once)
            found = profiles.profile_of(
                map(opened.read, opened.table.records(rows)),
                of_rows=opened.table.rows,
                kept_back=lambda record: not screening.by_record(record, policy).allowed,
            )
            known = self._profiles[key] = opened, policy.hash, found
        return known[2]

    # ---- policy -------------------------------------------------------------------------------------------------------

    @_mending
    def policy(
        self,
        *,
        sold: bool,
        client: str | None = None,
        school: bool | None = None,
        reviewed: Iterable[tuple[str, str]] = (),
        as_of: int | None = None,
    ) -> Policy:
        """What may be handed out at this moment; the list of held-back images is read afresh, and what people asked for.

        `school` None: as the configuration says, which may also lock it. `reviewed`: data sets and ids of images held for review that a
        person looked at and kept. `as_of`: the moment when the set was made, as the ledger numbers it.
        Raises FlagsWrong, WordsWrong, and what asking the ledger raises: where nobody knows what is blocked, nothing is handed out.
        """
        flagged = read_flags(self.config.flags) if self.config.flags else {}
        then = self._blocked(client, as_of) if self._blocked and as_of is not None else None
        blocked = self._blocked(client) if self._blocked else Blocked()
        return Policy(
            sold=sold,
            allow_unlicensed=self.config.allow_unlicensed is not None,
            terms_allow={key: sheet.terms_allow for key, sheet in self._sheets.items()},
            refused={key: sheet.refused["en"] for key, sheet in self._sheets.items() if sheet.refused},
            flagged={flag_key(*image): why for image, why in flagged.items()},
            flagged_sha256=self._flagged_sha256(flagged),
            flagged_photos={photo: flagged[image] for image, photo in self._flagged_photos.items() if image in flagged},
            blocked=blocked,
            when_made=None if then is None or then.version == blocked.version else then,
            client=client,
            school=self.config.school_locked or (self.config.school if school is None else school),
            words=self._words(),
            bands=self.config.bands,
            reviewed=frozenset(flag_key(*image) for image in reviewed),
        )

    def today(self, policy: Policy) -> Policy:
        """What a policy is by now: the same question asked again. Raises what `policy` raises."""
        return self.policy(sold=policy.sold, client=policy.client, school=policy.school, reviewed=policy.reviewed)

    def _words(self) -> WordLists:
        """The operator's lists of words as they are now. Raises WordsWrong."""
        lists = {}
        for language, path in self.config.words.items():
            try:
                status = path.stat()
                version = status.st_size, status.st_mtime_ns
                if self._read_lists.get(path, (None, ()))[0] != version:
                    self._read_lists[path] = version, read_list(path.read_bytes())
            except OSError as error:
                raise WordsWrong(file=path.name, problem=f"{error.strerror}.") from None
            except ImagesToLiveError as error:
                raise WordsWrong(file=path.name, problem=error) from None
            lists[language] = self._read_lists[path][1]
        return WordLists(lists=lists)

    def unmatched_flags(self, policy: Policy) -> list[ImagesToLiveError]:
        """A sentence for each flag that names no image of the data sets that are here: perhaps it is misspelt."""
        found = {flag_key(*image) for image in (*self._flagged_files, *self._flagged_photos)}
        return [
            FlagMatchesNothing(image=shown(image_id), dataset=shown(key))
            for key, image_id in policy.flagged
            if (key, image_id) not in found
        ]

    def _flagged_sha256(self, flagged: Mapping[tuple[str, str], str]) -> dict[str, str]:
        """The hashes of flagged files, each looked up once: the same file may lie there under another name."""
        found = {}
        for (key, image_id), why in flagged.items():
            if (key, image_id) not in self._flagged_files and self._ready(key):
                rows = self._opened_or_raise(key).table.find(image_id=image_id)
                if rows:
                    try:
                        record = self._opened_or_raise(key).record(rows[0])
                        if photo := photo_of(record):
                            self._flagged_photos[key, image_id] = photo
                        if is_elsewhere(record.locator):  # it is not fetched only to be held back
                            kept = self._kept.find(record.locator)
                            if kept and kept.sha256:
                                found[kept.sha256] = why
                            continue
                        self._flagged_files[key, image_id] = self._fetch(record).sha256
                    except NotFetched:
                        self._flagged_files[key, image_id] = ""
            if sha256 := self._flagged_files.get((key, image_id)):
                found[sha256] = why
        return found

    # ---- request, draw, replace ---------------------------------------------------------------------------------------

    def request(
        self,
        *,
        people: int,
        cards: int,
        keys: Sequence[str] | None,
        paper: str,
        lang: str,
        policy: Policy,
        card: str | None = None,
        flip: str = "long",
        back: str = "credit",
        by: str = "image",
        spare: int = 0,
        printing: Printing | None = None,
        most: int = SET_CARDS_MOST,
    ) -> tuple[Request, list[ImagesToLiveError]]:
        """A request over today's data sets, and a sentence for each data set named that had to leave it; `card` None: the paper's own.

        Raises TooManyCards, UnknownDataSet, or NothingToDraw (the one sentence, when one data set was named).
        """
        check_numbers(people, cards, min(most, self.config.limits.cards), spare=spare)
        wanted = sorted(set(keys)) if keys else self.drawable(policy)
        left = {key: why for key in wanted if (why := self.why_not(key, policy))}
        stay = [key for key in wanted if key not in left]
        if not stay:
            raise self._nothing_to_draw(list(left.values()), policy)
        parts = tuple(self._part(key) for key in stay)
        request = Request(
            people=people,
            cards=cards,
            by=by,
            datasets=parts,
            card=card or CARD_FOR_PAPER.get(paper, "a6"),
            paper=paper,
            flip=flip,
            back=back,
            lang=lang,
            sold=policy.sold,
            school=policy.school,
            spare=spare,
            printing=printing or Printing(),
        )
        return request, list(left.values())

    def _nothing_to_draw(self, left: Sequence[ImagesToLiveError], policy: Policy) -> ImagesToLiveError:
        """The one sentence that says why nothing is drawn; a fault that somebody can mend comes before rules."""
        if not left:  # nobody named a data set
            every = (self.why_not(key, policy) for key in self._sheets)
            return NothingToDraw(reasons=[why for why in every if why and not isinstance(why, (NotConfigured, DataSetRefused))])
        faults = [why for why in left if why.exit_code != NothingToDraw.exit_code]
        return next(iter(faults), left[0] if len(left) == 1 else NothingToDraw(reasons=left))

    def known_request(self, request: Request) -> tuple[Request, tuple[str, ...]]:
        """A request that was made before, over today's data sets, and the keys that are not what they were.

        No data set leaves it: the slots of one that is no longer here are held. In an address a part's `rows` are 0 and
        its `fingerprint` is the beginning of the whole one, or empty.
        """
        parts, changed = [], []
        for part in request.datasets:
            today = self._part(part.key, part.weight) if self._ready(part.key) else part
            if not today.fingerprint.startswith(part.fingerprint):
                changed.append(part.key)
            parts.append(today)
        return dataclasses.replace(request, datasets=tuple(parts)), tuple(changed)

    @_mending
    def draw(
        self,
        request: Request,
        code: str,
        refused: Sequence[Pick],
        policy: Policy,
        *,
        kept: Mapping[int, Pick] | None = None,
        nobody_looks: bool = False,
        progress: Progress | None = None,
    ) -> DrawnSet:
        """Draws a set under a policy. Refused images without a SHA-256 get theirs; `kept` picks stand.

        Images held for review are drawn, and wait in their slots. `nobody_looks`, or school mode: they are refused at once, as a person
        would who replaces them; then they are among the refused, and counted.
        """
        refused = tuple(self._with_sha256(no, policy) for no in refused)
        request, changed = self.known_request(request)
        policy, nobody_looks = policy.to_draw(), nobody_looks or policy.school
        keys = [part.key for part in request.datasets if self._ready(part.key) and self.why_not(part.key, policy) is None]
        twins, steps = _Twins(), _steps(progress, request.slots)
        while True:
            noted, turned_away, stand, told = _Noted(), refused, dict(kept or {}), steps
            sources = {key: _Screening(self, key, policy, noted, twins) for key in keys}
            while True:
                picks = self._picks(request, code, turned_away, policy, sources, stand, told)
                waiting = {slot: why for slot, why in self._waiting(picks, noted).items() if slot not in (kept or {})}
                if not nobody_looks:  # what was taken out since waits for nobody
                    waiting = {slot: why for slot, why in waiting.items() if not self._taken_out(picks[slot], policy)}
                if not (waiting and nobody_looks):
                    break
                turned_away += tuple(picks[slot] for slot in waiting)
                noted.left_out |= dict.fromkeys((picks[slot].image for slot in waiting), "held for review")
                stand, told = {slot: pick for slot, pick in picks.items() if slot not in waiting}, _untold
            if not twins.found():
                break
            steps = _steps(progress, request.slots)
        noted.left_out |= {pick.image: reason for pick in picks.values() if (reason := self._taken_out(pick, policy))}
        replaced = {no.slot for no in turned_away}
        gone = [part.key for part in request.datasets if part.key not in sources]
        held = {
            slot: self._why_held(draw.own_data_set(code, request, slot), policy)
            for slot in range(1, request.slots + 1)
            if gone and slot not in picks and slot not in replaced and draw.own_data_set(code, request, slot) in gone
        }
        counted: Counter[str] = Counter(noted.left_out.values())
        for source in sources.values():
            counted.update(source.known_out)
        return DrawnSet(
            code=code,
            request=request,
            refused=turned_away,
            picks=picks,
            held=held,
            left_out=dict(sorted(counted.items())),
            changed=changed,
            waiting=waiting,
        )

    def _picks(
        self,
        request: Request,
        code: str,
        refused: Sequence[Pick],
        policy: Policy,
        sources: Mapping[str, _Screening],
        kept: Mapping[int, Pick],
        step: Callable[[], None],
    ) -> dict[int, Pick]:
        to_draw = (slot for slot in range(1, request.slots + 1) if slot not in kept)
        self._plan((self._chain(request, code, slot, policy) for slot in to_draw), sources)
        picks = draw.draw(
            code,
            people=request.people,
            cards=request.cards,
            spare=request.spare,
            weights={part.key: part.weight for part in request.datasets},
            sources=sources,
            refused=refused,
            kept=kept,
            by=cast("draw.By", request.by),
            progress=step,
        )
        if "_remote" in self.__dict__:
            self._remote.drop_plans()
        return picks

    def _waiting(self, picks: Mapping[int, Pick], noted: _Noted) -> dict[int, str]:
        """Slots whose image a person has to look at first, and why, ascending."""
        dhashes = ((slot, noted.dhashes[pick.image] if pick.image in noted.dhashes else self._dhash(pick)) for slot, pick in picks.items())
        near = dict.fromkeys(screening.alike(dhashes), screening.NEARLY_THE_SAME)
        doubtful = {slot: noted.waits[pick.image] for slot, pick in picks.items() if pick.image in noted.waits}
        return dict(sorted((near | doubtful).items()))

    def _taken_out(self, pick: Pick, policy: Policy) -> Reason | None:
        """Why an image of this draw was taken out after the set was made, if it was."""
        if policy.since is None:
            return None
        return policy.since.reason_of(self._record(pick)) or policy.since.reason_of_file(pick.sha256)

    def _dhash(self, pick: Pick) -> int | None:
        """The difference hash of an image that was picked before, if its file was decoded here. It is not fetched for that."""
        if not self._ready(pick.dataset):
            return None
        try:
            known = self._seen.find(FetchedImage(record=self._record(pick), data=b"", sha256=pick.sha256))
        except NotReleased:
            return None
        return known.dhash if known else None

    def ungrouped(self, request: Request, words: Words) -> list[str]:
        """A sentence for each data set of a request by class or author whose makers record none, so that there all images are alike."""
        if request.by == "image":
            return []
        says = {
            "class": N_("{title} has no classes: there every image had the same chance."),
            "author": N_("{title} records no authors: there every image had the same chance."),
        }
        found = []
        for part in request.datasets:
            if self._ready(part.key):
                opened = self._opened_or_raise(part.key)
                groups = opened.table.groups(cast("draw.Grouped", request.by))
                if groups.count == 1 and groups.name(0) == "":
                    found.append(words.say(says[request.by], title=opened.sheet.title))
        return found

    def reprint(self, saved: SetFile) -> DrawnSet:
        """A saved set by its picks. An image that may no longer be handed out leaves a card that says so; as does one that had been taken
        out when the set was saved, and whose file was not known."""
        return DrawnSet(
            code=saved.code,
            request=saved.request,
            refused=saved.refused,
            picks={pick.slot: pick for pick in saved.picks},
            held={pick.slot: "withdrawn" for pick in saved.picks if not pick.sha256},
            left_out=dict(saved.left_out),
            waiting=self._waiting({pick.slot: pick for pick in saved.picks}, _Noted()),
        )

    @_mending
    def replace(self, drawn: DrawnSet, slot: int, policy: Policy, *, nobody_looks: bool = False) -> DrawnSet:
        """The set with another image in one slot; every other card stays as it is. Raises NoSuchCard.

        Where the sources are those the set was drawn from, this is the draw of code + request + refused; else the other
        picks are kept as they are.
        """
        refused = self.refuse(drawn, slot)
        redrawn = self.draw(drawn.request, drawn.code, drawn.refused, policy, nobody_looks=nobody_looks)
        if redrawn.picks == drawn.picks:
            return self.draw(drawn.request, drawn.code, refused, policy, nobody_looks=nobody_looks)
        kept = {number: pick for number, pick in drawn.picks.items() if number != slot}
        alone = self.draw(drawn.request, drawn.code, refused, policy, kept=kept, nobody_looks=nobody_looks)
        held = {number: why for number, why in drawn.held.items() if number != slot}
        left_out = dict(sorted((Counter(drawn.left_out) + Counter(alone.left_out)).items()))
        return dataclasses.replace(alone, request=drawn.request, held=held, left_out=left_out)

    def refuse(self, drawn: DrawnSet, slot: int) -> tuple[Pick, ...]:
        """What people refused, and now the image in this slot too. Raises NoSuchCard."""
        if not 1 <= slot <= drawn.request.slots:
            raise NoSuchCard(number=slot, most=drawn.request.slots)
        nothing = Pick(slot=slot, dataset=draw.own_data_set(drawn.code, drawn.request, slot), image_id="", sha256="")
        return (*drawn.refused, drawn.picks.get(slot, nothing))

    def _ready(self, key: str) -> bool:
        return key in self._sheets and isinstance(self._open(key), _Opened)

    def _part(self, key: str, weight: int | None = None) -> DataSetPart:
        opened = self._opened_or_raise(key)
        return DataSetPart(key=key, weight=weight or opened.weight, rows=opened.table.rows, fingerprint=opened.table.fingerprint)

    def _opened_or_raise(self, key: str) -> _Opened:
        opened = self._open(key)
        if isinstance(opened, ImagesToLiveError):
            raise opened
        return opened

    def _why_held(self, key: str, policy: Policy) -> Reason:
        return "data set refused" if key in policy.refused or self._ready(key) else "not here"

    def _with_sha256(self, refused: Pick, policy: Policy) -> Pick:
        if refused.sha256 or not refused.image_id:
            return refused
        try:
            record = self._record(refused)
            if is_elsewhere(record.locator) and not screening.by_record(record, policy).allowed:  # nothing is fetched of it
                return dataclasses.replace(refused, sha256=self.known_sha256(record) or "")
            return dataclasses.replace(refused, sha256=self._fetch(record).sha256)
        except ImagesToLiveError:
            return refused

    # ---- the gate -----------------------------------------------------------------------------------------------------

    @_mending
    def release(self, pick: Pick, policy: Policy) -> Cleared:
        """The only way to a card, a thumbnail or a PDF; raises NotReleased with the reason.

        A pick with a SHA-256 is released only if the file still has it: another picture under the same id is not that image.
        """
        if pick.dataset in policy.refused:
            raise NotReleased("data set refused")
        if not self._ready(pick.dataset):
            raise NotReleased("not here")
        record = self._record(pick)
        decision = screening.by_record(record, policy)
        if decision.reason is not None:
            raise NotReleased(decision.reason)
        opened = self._opened_or_raise(pick.dataset)
        if is_elsewhere(record.locator) and opened.origin is None:
            raise NotReleased("not here")
        try:
            fetched = self._fetch(record)
            if pick.sha256 and fetched.sha256 != pick.sha256:
                raise NotReleased("gone")
            if (reason := screening.by_file(fetched, policy).reason) is not None:
                raise NotReleased(reason)
            picture = self._picture(fetched)
            if (reason := self._judged(record, picture, policy).reason) is not None:
                raise NotReleased(reason)
        except NotFetched as error:
            if isinstance(error, Changed):
                self._forget(pick.dataset)
            raise NotReleased(error.reason) from None
        except Unreadable as error:
            raise NotReleased(error.reason) from None
        return Cleared(_GATE, record=record, fetched=fetched, picture=picture, sheet=opened.sheet)

    def _record(self, pick: Pick) -> ImageRecord:
        record = self._opened_or_raise(pick.dataset).named(pick.image_id)
        if record is None:
            raise NotReleased("gone")
        return record

    def _picture(self, fetched: FetchedImage) -> Picture:
        """The picture of a file, which is decoded once: what was found is kept. Raises Unreadable."""
        known = self._seen.find(fetched)
        if known is not None:
            return pictures.again(fetched, known)
        picture = pictures.read(fetched)
        self._seen.keep(fetched, picture)
        return picture

    def _judged(self, record: ImageRecord, picture: Picture, policy: Policy) -> Decision:
        """The third stage of screening. Raises ScoresWrong."""
        decision = screening.by_picture(record, picture, policy)
        if not policy.bands or decision.reason not in (None, "held for review"):
            return decision
        scored = screening.by_scores(record, self._scores.find(picture.sha256), policy)
        return scored if scored.reason == "flagged" or decision == ALLOWED else decision

    def _looked_at(self, unchanged: FetchedImage | None) -> FetchedImage | None:
        """A file that need not be read to be drawn: it has not changed, and was decoded before. What is drawn is read at the gate."""
        return unchanged if unchanged is not None and self._seen.find(unchanged) is not None else None

    def _decoded(self, fetched: FetchedImage) -> Picture:
        """The same, with or without its data."""
        return self._seen.find(fetched) or self._picture(fetched)

    # ---- a whole data set, looked at beforehand -------------------------------------------------------------------------

    @_mending
    def look_through(self, key: str, policy: Policy, scorers: Sequence[Scorer], *, progress: Callable[[int], None]) -> LookedThrough:
        """Decodes and scores every image of a data set that its record lets through, and keeps what came of it by the files.

        What was decoded and scored before by the same versions is not again: a run that was cut off goes on. Images that live elsewhere are
        looked at if they are kept. `progress` hears the rows done. Raises UnknownDataSet, and why it is not open.
        """
        self._check_known(key)
        opened = self._opened_or_raise(key)
        found: Counter[str] = Counter()
        left_out: Counter[str] = Counter()
        for row in range(opened.table.rows):
            record = opened.record(row)
            reason = None
            try:
                fetched = self._to_look_through(record, policy)
                found["looked_at"] += 1
                found["scored"] += sum(self._score(fetched, scorer) for scorer in scorers)
                reason = self._judged(record, self._decoded(fetched), policy).reason or screening.by_record(record, policy).reason
            except (NotHere, ToBeFetched):
                found["elsewhere"] += 1
            except NotReleased as shut:
                reason = shut.reason
            except (NotFetched, Unreadable) as error:
                reason = error.reason
            if reason is not None:
                left_out[reason] += 1
            progress(row + 1)
        return LookedThrough(rows=opened.table.rows, left_out=left_out, **found)

    def _to_look_through(self, record: ImageRecord, policy: Policy) -> FetchedImage:
        """A file that models look at: one that may be shown as far as its record and its bytes say. Words in a record keep no model from
        looking. Raises NotReleased, NotFetched, Unreadable."""
        if (reason := screening.by_record(record, dataclasses.replace(policy, held_pass=True)).reason) is not None:
            raise NotReleased(reason)
        fetched = self._fetch(record)
        if (reason := screening.by_file(fetched, policy).reason) is not None:
            raise NotReleased(reason)
        self._decoded(fetched)
        return fetched

    def _score(self, fetched: FetchedImage, scorer: Scorer) -> bool:
        """Whether a model had to look at a file."""
        known = self._scores.known(fetched.sha256).get(scorer.name)
        if known is not None and known[0] == scorer.version:
            return False
        picture = self._picture(fetched)
        data = picture.jpeg or pictures.thumbnail(picture, SCORED_PX)[0]
        self._scores.keep(fetched.sha256, scorer.name, scorer.version, scorer.score(data))
        return True

    # ---- cards ---------------------------------------------------------------------------------------------------------

    def thumbnail(self, cleared: Cleared, longest_px: int) -> tuple[bytes, str]:
        """A small copy for the screen and its media type."""
        return pictures.thumbnail(cleared.picture, longest_px)

    def cards(self, drawn: DrawnSet, policy: Policy, words: Words, *, progress: Progress | None = None) -> Iterator[Card]:
        """The cards of a set in order of slots, one after the other; one whose image may not be handed out says so.

        Short slots have none. A card comes with its picture's data: put them away before the next one (Picture.without_data).
        """
        step = _steps(progress, drawn.request.slots)
        short = set(drawn.short)
        picks = [pick for slot, pick in drawn.picks.items() if slot not in drawn.held]
        self._plan((self._picked(pick, policy) for pick in picks), {pick.dataset for pick in picks})
        for slot in range(1, drawn.request.slots + 1):
            if slot not in short:
                yield self.card(drawn, slot, policy, words)
            step()

    @_mending
    def card(self, drawn: DrawnSet, slot: int, policy: Policy, words: Words) -> Card:
        """One card of a set. Raises NoSuchCard, or KeyError for a short slot."""
        request = drawn.request
        if not 1 <= slot <= request.slots:
            raise NoSuchCard(number=slot, most=request.slots)
        card = functools.partial(Card, number=slot, of=request.slots, person=request.person(slot), code=written(drawn.code))
        if (reason := self._reason_of_slot(drawn, slot, policy)) is not None:
            return card(picture=None, notice=notice(reason, words))
        try:
            cleared = self.release(drawn.picks[slot], policy)
        except NotReleased as shut:
            return card(picture=None, notice=notice(shut.reason, words))
        record = cleared.record
        url, level = qr_address(record, cleared.sheet.homepage)
        reading = licenses.read(record.license_raw, dataset=record.dataset_license)
        may_crop = reading.permits_crop_adaptation == "yes" and faces.enough_left(
            cleared.picture.width_px, cleared.picture.height_px, card_size(request.card)
        )
        return card(
            picture=cleared.picture,
            credit=credit_of(cleared, words, cropped=may_crop and request.printing.border == "bleed"),
            dataset=name_and_year(cleared.sheet),
            license_seen_on=_license_seen_on(record, words),
            qr_url=url,
            qr_level=level,
            may_crop=may_crop,
            question=_question(slot, words.lang) if request.back == "questions" else None,
            labels=tuple(label.text for label in record.labels) if request.back == "data" else (),
            captions=record.captions if request.back == "data" else (),
            captions_paid=cleared.sheet.captions_paid,
            look=cleared.look() if request.back == "data" else None,
        )

    def reason(self, drawn: DrawnSet, slot: int, policy: Policy) -> Reason | None:
        """Why a card shows no image; None: it shows one."""
        if (reason := self._reason_of_slot(drawn, slot, policy)) is not None:
            return reason
        try:
            self.release(drawn.picks[slot], policy)
        except NotReleased as shut:
            return shut.reason
        return None

    @staticmethod
    def _reason_of_slot(drawn: DrawnSet, slot: int, policy: Policy) -> Reason | None:
        """Why a slot shows no image, whatever that image is by itself."""
        if slot in drawn.held or slot not in drawn.waiting:
            return drawn.held.get(slot)
        return screening.held(*drawn.picks[slot].image, policy, drawn.waiting[slot]).reason

    @_mending
    def held_back(self, picks: Iterable[Pick], policy: Policy) -> set[int]:
        """The slots of picks that may not be handed out under a policy, as far as that can be said without their files."""
        return {pick.slot for pick in picks if self._held_back(pick, policy)}

    @_mending
    def _held_back(self, pick: Pick, policy: Policy) -> bool:
        if not pick.sha256 or pick.dataset in policy.refused or not self._ready(pick.dataset):
            return True
        try:
            record = self._record(pick)
        except NotReleased:
            return True
        file = FetchedImage(record=record, data=b"", sha256=pick.sha256)
        if not (screening.by_record(record, policy).allowed and screening.by_file(file, policy).allowed):
            return True
        picture = self._seen.find(file)
        return picture is not None and not self._judged(record, picture, policy).allowed

    def pictures(self, drawn: DrawnSet, policy: Policy) -> list[Picture]:
        """The pictures on the cards of a set, without their data: of files that were decoded before, what was found then."""
        found = (self._known_picture(pick, policy) for slot, pick in sorted(drawn.picks.items()) if slot not in drawn.held)
        return [picture for picture in found if picture]

    def _known_picture(self, pick: Pick, policy: Policy) -> Picture | None:
        try:
            if self._ready(pick.dataset):
                as_picked = FetchedImage(record=self._record(pick), data=b"", sha256=pick.sha256)
                if known := self._seen.find(as_picked):
                    return known
            return self.release(pick, policy).picture.without_data()
        except NotReleased:
            return None

    @_mending
    def record(self, drawn: DrawnSet, slot: int) -> ImageRecord | None:
        """The record behind a card, whatever may be done with it; None where nothing was picked or it is gone."""
        try:
            return self._record(drawn.picks[slot])
        except (KeyError, ImagesToLiveError):
            return None


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A data set whose table is there."""

    sheet: Datasheet
    path: Path
    table: tables.Table
    fetcher: Fetcher
    license_map: Mapping[str, str]
    own_license: str | None  # of a folder of the operator's own: holds for each image that says nothing else
    weight: int
    origin: Origin | None  # of images that are not here; None: they are not fetched

    @property
    def images(self) -> int:
        """How many can be had."""
        return self.table.rows if self.origin else self.table.here

    @functools.cached_property
    def named(self) -> Callable[[str], ImageRecord | None]:
        """The record of an image; those of one set are kept, since each is asked for again at the gate."""

        def look_up(image_id: str) -> ImageRecord | None:
            record = self.table.named(image_id)
            return None if record is None else self.read(record)

        return functools.lru_cache(maxsize=SET_CARDS_MOST)(look_up)

    def record(self, row: int) -> ImageRecord:
        """The record in a row, its license read as the operator's configuration says."""
        return self.read(self.table.record(row))

    def read(self, record: ImageRecord) -> ImageRecord:
        """The record with its license as the operator's configuration reads it."""
        meant = self.license_map.get(record.license_raw) if record.license_raw else self.own_license
        return dataclasses.replace(record, license_raw=meant, license=licenses.license_id(meant)) if meant else record


class _Twins:
    """The same bytes under two ids of Flickr's: the picture that says there is none, which its photographers put there by leaving."""

    def __init__(self) -> None:
        self.gone: set[str] = set()  # SHA-256
        self._photos: dict[str, str] = {}  # SHA-256 -> photo id
        self._new: set[str] = set()

    def see(self, record: ImageRecord, sha256: str) -> None:
        if record.photo_id and self._photos.setdefault(sha256, record.photo_id) != record.photo_id:
            self._new.add(sha256)

    def found(self) -> bool:
        """Whether there are more than were known: then what was drawn is drawn anew without them."""
        more = not self._new <= self.gone
        self.gone |= self._new
        return more


class _Noted:
    """What one draw came by, by data set and image id."""

    def __init__(self) -> None:
        self.left_out: dict[tuple[str, str], Reason] = {}
        self.waits: dict[tuple[str, str], str] = {}  # images that pass only to be looked at, and why
        self.dhashes: dict[tuple[str, str], int | None] = {}

    def passed(self, record: ImageRecord, picture: Picture, why_looked_at: str | None) -> None:
        image = record.dataset, record.image_id
        self.dhashes[image] = picture.dhash
        if why_looked_at is not None:
            self.waits[image] = why_looked_at


class _Screening:
    """A data set as the draw sees it: each row goes through all stages of screening, each refusal is noted once."""

    def __init__(self, pipeline: Pipeline, key: str, policy: Policy, noted: _Noted, twins: _Twins) -> None:
        self._pipeline, self._key, self._policy, self._noted, self._twins = pipeline, key, policy, noted, twins
        self._opened = pipeline._opened_or_raise(key)
        self.known_out: Counter[Reason] = Counter()  # images that the index rules out, which are then not looked at one by one

    @property
    def rows(self) -> int:
        return self._opened.table.rows

    @functools.cached_property
    def candidates(self) -> Sequence[int] | None:
        """The rows that licenses and absent files leave, where they are so few that looking at others would take long."""
        table = self._opened.table
        passing, out = None, Counter[Reason]()
        if table.licenses is not None:
            judged = [(share, screening.by_license(self._opened.record(share.first_row), self._policy).reason) for share in table.licenses]
            passing = {share.license for share, reason in judged if reason is None}
            for share, reason in judged:
                if reason is not None and share.license not in passing:
                    out[reason] += share.rows if self._opened.origin else share.here
        rows = self._opened.images - out.total()
        if rows * FEW_OF > table.rows:
            return None
        self.known_out = out
        return table.few(passing, here_only=self._opened.origin is None)

    def ids(self) -> Iterable[tuple[int, str]]:
        return self._opened.table.ids(self.candidates)

    def groups(self, by: draw.Grouped) -> draw.Groups:
        return self._opened.table.groups(by)

    def screen(self, row: int) -> Screened:
        record = self._opened.record(row)
        elsewhere = is_elsewhere(record.locator)
        if elsewhere and self._opened.origin is None:  # it is not left out: it is not here
            return Screened(image_id=record.image_id, sha256=None)
        decision = screening.by_record(record, self._policy)
        reason, sha256 = decision.reason, None
        taken_out = reason is None and elsewhere and self._policy.taken_out_since(record)
        if reason is None:
            try:
                known = None if elsewhere else self._pipeline._looked_at(self._opened.fetcher.unchanged(record))
                fetched = known or self._pipeline._fetch(record, only_kept=taken_out)
                reason = screening.by_file(fetched, self._policy).reason
                if elsewhere:
                    self._twins.see(record, fetched.sha256)
                    reason = reason or ("gone" if fetched.sha256 in self._twins.gone else None)
                if reason is None:
                    picture = self._pipeline._decoded(fetched)
                    judged = self._pipeline._judged(record, picture, self._policy)
                    reason = judged.reason
                if reason is None:
                    sha256 = fetched.sha256
                    self._noted.passed(record, picture, decision.detail or judged.detail)
            except NotFetched as error:
                reason = error.reason
                if isinstance(error, Changed):
                    self._pipeline._forget(self._key)
            except Unreadable as error:
                reason = error.reason
            except ToBeFetched:
                if not taken_out:
                    raise
                return Screened(image_id=record.image_id, sha256="")  # nothing is fetched of it: it was in the set, for all that is known
        if reason is not None:
            self._noted.left_out[record.dataset, record.image_id] = reason
        return Screened(image_id=record.image_id, sha256=sha256)


def read_flags(path: Path) -> dict[tuple[str, str], str]:
    """The operator's list of images held back: columns dataset, image_id, reason. Any row that cannot be read raises FlagsWrong."""
    problems = Problems()
    flagged: dict[tuple[str, str], str] = {}
    try:
        if not {"dataset", "image_id", "reason"} <= set(read_header(path)):
            raise FlagsWrong(problem=f"{path.name}: the columns should be dataset, image_id, reason.")
        for line, row in read_rows(path, problems):
            if not row["dataset"] or not row["image_id"]:
                raise FlagsWrong(problem=f"{path.name}, row {line}: dataset and image_id cannot be empty.")
            flagged[row["dataset"], row["image_id"]] = row["reason"]
    except CsvRefused as error:
        raise FlagsWrong(problem=str(error)) from None
    except OSError as error:
        raise FlagsWrong(problem=f"{path.name}: {error.strerror}.") from None
    if problems.count:
        raise FlagsWrong(problem=problems.kept[0].said(Words("en")))
    return flagged


def notice(reason: Reason, words: Words) -> str:
    """What stands on a card, or a page, in the place of an image that is not shown."""
    if reason == "withdrawn":
        return words.say("This picture was withdrawn at someone’s request.")
    if reason in ("gone", "unreadable", "not an image", "not reachable"):
        return words.say("The source no longer shows this picture.")
    if reason == "not here":
        return words.say("This picture is not here.")
    if reason == "held for review":
        return words.say("This picture waits until somebody has looked at it.")
    return words.say("This picture is no longer handed out.")


def credit_of(cleared: Cleared, words: Words, *, cropped: bool = False) -> Credit:
    """The credit of a cleared image, with what the people who pass it on did to it, and the data set's terms in the card's language."""
    record, sheet = cleared.record, cleared.sheet
    if sheet.license_said is not None and record.dataset_license == sheet.license:
        record = dataclasses.replace(record, dataset_license=sheet.license_said[words.lang])
    changes = [cleared.sheet.changes(cleared.record.image_id, words.lang), words.say("cut at the edges") if cropped else None]
    return credit(record, words=words, changes="; ".join(filter(None, changes)) or None, adapts=cropped)


def name_and_year(sheet: Datasheet) -> str:
    """The data set as a card names it: "COCO, 2014"."""
    return f"{sheet.short}, {sheet.year}" if sheet.year else sheet.short


def _license_seen_on(record: ImageRecord, words: Words) -> str | None:
    if record.license is None or record.license_seen_on is None:
        return None
    return words.date(datetime.date.fromisoformat(record.license_seen_on))


def _question(slot: int, lang: str) -> str:
    asked = teaching.questions(lang)
    return asked[(slot - 1) % len(asked)]


def _untold() -> None:
    """Of slots that are drawn once more nobody hears."""


def _steps(progress: Progress | None, of: int) -> Callable[[], None]:
    """A function to be called once a slot, which tells `progress` how many are done."""
    done = iter(range(1, of + 1))

    def step() -> None:
        if progress:
            progress(next(done), of)

    return step
