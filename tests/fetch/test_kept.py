from __future__ import annotations

import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from imagestolive.fetch import kept as keeping
from imagestolive.fetch.kept import Found, Kept, NoRoomLeft

DAY_S = 24 * 60 * 60
URLS = [f"https://photos.example/{n}.jpg" for n in range(6)]
OAK, ELM = URLS[:2]


class Clock:
    def __init__(self) -> None:
        self.s = time.time()  # files have the machine's time

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(tmp_path: Path, clock: Clock) -> Iterator[Kept]:
    with closing(opened(tmp_path, clock)) as kept:
        yield kept


def opened(folder: Path, now: Clock | None = None, *, most_bytes: int = 10**6, free: float = 1.0) -> Kept:
    return Kept(folder / "kept", most_bytes=most_bytes, most_days=7, now=now or time.time, free=lambda _: free)


def objects(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("kept/objects/*/*") if path.is_file()]


def halves(folder: Path) -> list[Path]:
    return list(folder.rglob("kept/partial/*"))


def data(kept: Kept, url: str) -> bytes | None:
    """What somebody gets who asks for an address."""
    found = kept.find(url)
    return kept.data(found) if found else None


def age(path: Path, seconds: float) -> None:
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


# ---- what is kept -----------------------------------------------------------------------------------------------------


def test_an_image_that_is_kept_is_found_with_its_hash_by_every_process(kept: Kept, tmp_path: Path, clock: Clock) -> None:
    found = kept.keep(OAK, b"oak")
    assert found == Found(url=OAK, sha256=hashlib.sha256(b"oak").hexdigest(), reason=None, problem="", when_s=clock.s)
    with closing(opened(tmp_path, clock)) as other:
        assert other.find(OAK) == found
        assert other.data(found) == b"oak"
    assert kept.find(ELM) is None
    assert halves(tmp_path) == []


def test_an_address_that_gives_no_image_is_kept_in_mind_with_its_reason(kept: Kept, tmp_path: Path) -> None:
    kept.keep(OAK, b"oak")
    noted = kept.note(OAK, "gone", "410 \ud800")
    assert (noted.sha256, noted.reason) == (None, "gone")
    found = kept.find(OAK)
    assert found is not None
    assert (found.reason, found.problem) == ("gone", "410 ?")
    assert kept.data(found) is None
    assert objects(tmp_path) == []


@pytest.mark.parametrize("url", ["https://a.example/\0", "https://a.example/\ud800", "https://a.example/" + "a" * 10**6, ""])
def test_an_address_may_be_anything(kept: Kept, url: str) -> None:
    kept.keep(url, b"oak")
    assert data(kept, url) == b"oak"


def test_two_addresses_share_an_object_until_the_last_of_them_goes(kept: Kept, tmp_path: Path) -> None:
    kept.keep(OAK, b"tree")
    kept.keep(ELM, b"tree")
    assert len(objects(tmp_path)) == 1
    kept.keep(OAK, b"another tree")
    assert (data(kept, OAK), data(kept, ELM)) == (b"another tree", b"tree")
    kept.note(ELM, "gone", "")
    assert [path.read_bytes() for path in objects(tmp_path)] == [b"another tree"]


def test_a_damaged_object_is_never_served_and_makes_way_for_a_sound_one(kept: Kept, tmp_path: Path) -> None:
    for damage in (b"oa", b"", b"oax"):
        found = kept.keep(OAK, b"oak")
        kept.keep(ELM, b"oak")
        objects(tmp_path)[0].write_bytes(damage)
        assert kept.data(found) is None
        assert (kept.find(OAK), kept.find(ELM), objects(tmp_path)) == (None, None, [])


def test_a_damaged_object_is_mended_by_keeping_its_image_once_more(kept: Kept, tmp_path: Path) -> None:
    found = kept.keep(OAK, b"oak")
    objects(tmp_path)[0].write_bytes(b"oax")
    kept.keep(ELM, b"oak")
    assert kept.data(found) == b"oak"


def test_what_another_process_evicts_between_finding_and_reading_is_forgotten(kept: Kept, tmp_path: Path) -> None:
    found = kept.keep(OAK, b"oak")
    objects(tmp_path)[0].unlink()
    assert kept.data(found) is None
    assert kept.find(OAK) is None


def test_finding_writes_at_most_once_an_hour(kept: Kept, tmp_path: Path, clock: Clock) -> None:
    kept.keep(OAK, b"oak")
    with closing(sqlite3.connect(tmp_path / "kept" / "index-1.sqlite3")) as base:

        def used_s() -> float:
            return float(base.execute("SELECT used_s FROM entry").fetchone()[0])

        kept_s = clock.s
        clock.s += 0.9 * keeping.MARKED_S
        kept.find(OAK)
        assert used_s() == kept_s
        clock.s += 0.2 * keeping.MARKED_S
        kept.find(OAK)
        assert used_s() == clock.s


# ---- bounds -----------------------------------------------------------------------------------------------------------


def test_less_than_5_percent_free_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with closing(opened(tmp_path, free=0.049)) as kept:
        with pytest.raises(NoRoomLeft, match="less than 5 percent"):
            kept.keep(OAK, b"oak")
        assert kept.find(OAK) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith("index")] == []
    with closing(opened(tmp_path, free=0.05)) as kept:
        kept.keep(OAK, b"oak")
        assert data(kept, OAK) == b"oak"


def test_what_was_not_used_for_longest_makes_room(tmp_path: Path, clock: Clock) -> None:
    with closing(opened(tmp_path, clock, most_bytes=40_000)) as kept:
        for n, url in enumerate(URLS[:3]):
            kept.keep(url, bytes([n]) * 10_000)
            clock.s += 2 * keeping.MARKED_S
        kept.find(URLS[0])
        clock.s += 1
        kept.keep(URLS[3], b"\3" * 10_000)
        assert [url in URLS[:4] and kept.find(url) is not None for url in URLS[:4]] == [True, False, True, True]
        assert sum(path.stat().st_size for path in objects(tmp_path)) == 30_000


def test_keeping_holds_the_bound_by_itself(kept: Kept, tmp_path: Path) -> None:
    for n in range(300):
        kept.keep(f"https://photos.example/{n}.jpg", n.to_bytes(2, "big") * 5_000)
        assert sum(path.stat().st_size for path in objects(tmp_path)) <= 10**6 * 1.02 + 11_024
    assert len(objects(tmp_path)) > 75


def test_what_comes_after_the_clock_went_back_is_not_the_first_to_go(tmp_path: Path, clock: Clock) -> None:
    with closing(opened(tmp_path, clock, most_bytes=40_000)) as kept:
        for n, url in enumerate(URLS):
            clock.s -= 60
            kept.keep(url, bytes([n]) * 10_000)
            assert data(kept, url) == bytes([n]) * 10_000


def test_what_is_older_than_the_bound_is_neither_found_nor_left(kept: Kept, tmp_path: Path, clock: Clock) -> None:
    kept.keep(OAK, b"oak")
    kept.note(ELM, "not reachable", "timed out")
    clock.s += 7 * DAY_S - 1
    assert data(kept, OAK) == b"oak"
    clock.s += 1
    assert (kept.find(OAK), kept.find(ELM)) == (None, None)
    kept.tidy()
    assert objects(tmp_path) == []


def test_a_clock_that_was_ahead_keeps_nothing_for_longer(kept: Kept, clock: Clock) -> None:
    clock.s += 1000 * DAY_S
    kept.keep(OAK, b"oak")
    kept.keep(ELM, b"elm", scope="job")
    kept.pause("photos.example", clock.s + 60)
    clock.s -= 1000 * DAY_S
    assert data(kept, OAK) == b"oak"
    assert kept.paused("photos.example") is None
    kept.tidy()
    clock.s += DAY_S
    assert (data(kept, OAK), data(kept, ELM)) == (b"oak", None)
    clock.s += 6 * DAY_S
    assert data(kept, OAK) is None


def test_files_that_nobody_counts_go_once_nobody_can_be_making_them(kept: Kept, tmp_path: Path) -> None:
    kept.keep(OAK, b"oak")
    (sound,) = objects(tmp_path)
    orphan, half = sound.parent / "ab", tmp_path / "kept" / "partial" / "half"
    for path in (orphan, half):
        path.write_bytes(b"o")
    age(sound, 10 * DAY_S)
    kept.tidy()
    assert (orphan.exists(), half.exists()) == (True, True)
    age(orphan, keeping.LEFT_OVER_S + 60)
    age(half, keeping.LEFT_OVER_S + 60)
    kept.tidy()
    assert (orphan.exists(), half.exists()) == (False, False)
    assert data(kept, OAK) == b"oak"


# ---- for one job only -------------------------------------------------------------------------------------------------


def test_the_images_of_a_job_go_with_it(kept: Kept, tmp_path: Path) -> None:
    kept.keep(OAK, b"oak", scope="job")
    kept.note(ELM, "gone", "", scope="job")
    kept.keep(URLS[2], b"ash")
    assert data(kept, OAK) == b"oak"
    kept.forget("job")
    assert (kept.find(OAK), kept.find(ELM), data(kept, URLS[2])) == (None, None, b"ash")
    assert len(objects(tmp_path)) == 1


def test_an_image_of_two_jobs_stays_until_both_are_over(kept: Kept, tmp_path: Path) -> None:
    kept.keep(OAK, b"oak", scope="one")
    kept.adopt(OAK, "two")
    kept.forget("one")
    assert data(kept, OAK) == b"oak"
    kept.forget("two")
    assert kept.find(OAK) is None
    assert objects(tmp_path) == []


@pytest.mark.parametrize("first", [None, "job"])
def test_what_was_kept_for_a_job_once_is_a_jobs_whoever_keeps_it_otherwise(kept: Kept, first: str | None) -> None:
    kept.keep(OAK, b"oak", scope=first)
    kept.keep(OAK, b"oak", scope=None if first else "job")
    kept.forget("job")
    assert kept.find(OAK) is None


def test_an_adopted_image_that_was_kept_for_good_is_a_jobs_from_then_on(kept: Kept) -> None:
    kept.keep(OAK, b"oak")
    kept.adopt(OAK, "job")
    kept.adopt(ELM, "job")
    kept.forget("job")
    assert (kept.find(OAK), kept.find(ELM)) == (None, None)


def test_an_object_stays_for_an_address_outside_the_job(kept: Kept) -> None:
    kept.keep(OAK, b"tree", scope="job")
    kept.keep(ELM, b"tree")
    kept.forget("job")
    assert (data(kept, OAK), data(kept, ELM)) == (None, b"tree")


def test_a_job_that_was_killed_leaves_nothing_for_longer_than_a_day(kept: Kept, tmp_path: Path, clock: Clock) -> None:
    kept.keep(OAK, b"oak", scope="job")
    clock.s += keeping.SCOPE_S - 1
    assert data(kept, OAK) == b"oak"
    clock.s += 2
    assert data(kept, OAK) is None
    kept.tidy()
    assert objects(tmp_path) == []


# ---- hosts ------------------------------------------------------------------------------------------------------------


def test_a_pause_holds_for_every_process_until_it_is_over(kept: Kept, tmp_path: Path, clock: Clock) -> None:
    kept.pause("photos.example", clock.s + 60)
    with closing(opened(tmp_path, clock)) as other:
        assert other.paused("photos.example") == clock.s + 60
        assert other.paused("pictures.example") is None
        clock.s += 60
        assert other.paused("photos.example") is None
        other.pause("photos.example", clock.s + 1000 * DAY_S)
        assert kept.paused("photos.example") == clock.s + DAY_S


def test_a_host_is_asked_by_one_at_a_time_of_all_threads_and_processes(kept: Kept, tmp_path: Path) -> None:
    inside: list[str] = []

    def ask(one: Kept) -> None:
        for _ in range(5):
            with one.host("photos.example"):
                inside.append("in")
                assert inside == ["in"]
                time.sleep(0.001)
                inside.pop()

    with closing(opened(tmp_path)) as other, ThreadPoolExecutor(4) as threads:
        for asking in [threads.submit(ask, one) for one in (kept, other, kept, other)]:
            asking.result()


def test_another_host_waits_for_nobody(kept: Kept) -> None:
    with kept.host("photos.example"), kept.host("pictures.example"):
        pass


class Enough(Exception):
    pass


def test_who_waits_for_a_host_may_stop_waiting(kept: Kept, tmp_path: Path) -> None:
    def check() -> None:
        asked.append(time.monotonic())
        if len(asked) == 3:
            raise Enough

    with closing(opened(tmp_path)) as other, kept.host("photos.example"):
        for one in (kept, other):  # behind a thread of its own process, behind another process
            asked: list[float] = []
            with ThreadPoolExecutor(1) as thread, pytest.raises(Enough):
                thread.submit(enter, one, check).result()
    with kept.host("photos.example"):
        pass


def enter(kept: Kept, check: object) -> None:
    with kept.host("photos.example", check):  # type: ignore[arg-type]
        pass


HOLD = "with kept.host('photos.example'): print('in', flush=True); time.sleep(60)"


def test_a_host_is_free_again_when_its_holder_is_killed(kept: Kept, tmp_path: Path) -> None:
    holder = program(tmp_path, HOLD)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"in\n"
    waited = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        entering = thread.submit(enter, kept, waited.set)
        assert waited.wait(60)
        assert not entering.done()
        kill(holder)
        entering.result(60)


def test_the_lock_of_a_host_goes_when_nobody_has_asked_it_for_a_day(kept: Kept, tmp_path: Path) -> None:
    with kept.host("photos.example"), kept.host("pictures.example"):
        pass
    photos, pictures = (tmp_path / "kept" / "hosts").iterdir()
    age(photos, keeping.HOST_S + 60)
    kept.tidy()
    assert (photos.exists(), pictures.exists()) == (False, True)
    with kept.host("photos.example"), kept.host("pictures.example"):
        pass


# ---- what may go wrong ------------------------------------------------------------------------------------------------


def program(folder: Path, body: str, *arguments: str, most_bytes: int = 10**8) -> subprocess.Popen[bytes]:
    """Another process with a Kept of its own."""
    text = f"""
import os, random, sys, time
from pathlib import Path
from imagestolive.fetch import kept as keeping
kept = keeping.Kept(Path(sys.argv[1]), most_bytes={most_bytes}, most_days=7, free=lambda _: 1.0)
{body}
"""
    return subprocess.Popen([sys.executable, "-c", text, folder / "kept", *arguments], stdout=subprocess.PIPE)


def kill(process: subprocess.Popen[bytes], *, wait: bool = False) -> None:
    """Ends a process, or waits for one that ends itself in the midst of its work."""
    if not wait:
        process.kill()
    process.communicate()
    assert not wait or process.returncode == 9


WRITE = """
for n in range(10**6):
    data = random.Random(n % 7).randbytes(2_000_000)
    kept.keep(f"https://photos.example/{n % 7}.jpg", data, scope="job" if n % 2 else None)
    if n == 0: print("in", flush=True)
    if n % 5 == 4: kept.forget("job")
"""


def test_a_writer_that_is_killed_never_leaves_half_an_image_to_be_served(tmp_path: Path) -> None:
    whole = {random.Random(n).randbytes(2_000_000) for n in range(7)}  # noqa: S311 (the same again in the writer)
    served = 0
    with closing(opened(tmp_path, most_bytes=10**8)) as kept:
        for n in range(8):
            writer = program(tmp_path, WRITE)
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.05 + 0.013 * n)
            kill(writer)
            for one in range(7):
                image = data(kept, f"https://photos.example/{one}.jpg")
                assert image is None or image in whole
                served += image is not None
        for path in [*halves(tmp_path), *objects(tmp_path)]:
            age(path, keeping.LEFT_OVER_S + 60)
        kept.tidy()
        found = [kept.find(f"https://photos.example/{one}.jpg") for one in range(7)]
        assert halves(tmp_path) == []
        assert len(objects(tmp_path)) == len([one for one in found if one])
    assert served


# Sizes that pass the bound again and again; the first line says how many images could be read again.
KEEP_MANY = """
process, again = int(sys.argv[2]), 0
for n in range(40):
    image = bytes([n, process % 2]) * 5_000
    data = kept.data(kept.keep(f"https://photos.example/{n * process % 50}.jpg", image))
    assert data in (None, image)
    again += data is not None
    kept.note(f"https://pictures.example/{process}/{n}.jpg", "gone", "404")
print(again)
"""


def test_ten_processes_may_write_at_once(tmp_path: Path) -> None:
    writers = [program(tmp_path, KEEP_MANY, str(n), most_bytes=300_000) for n in range(10)]
    again = [int(writer.communicate()[0]) for writer in writers]
    assert sum(again) > 200
    assert not list(tmp_path.rglob("*.damaged"))
    with closing(opened(tmp_path, most_bytes=300_000)) as kept:
        kept.tidy()
        assert any(kept.find(f"https://pictures.example/{process}/39.jpg") for process in range(10))  # the newest of all stays
    assert sum(path.stat().st_size for path in objects(tmp_path)) <= 300_000
    assert halves(tmp_path) == []


@pytest.mark.parametrize(
    "death",
    [
        "kept._insert = lambda *_, **__: os._exit(9)",  # the object is in place, its row is not written
        "kept._index.write(lambda base: kept._drop(base, [(keeping._key(OAK), keeping._sha256(b'oak'))]) or os._exit(9))",  # not committed
        "os.replace = lambda *_: os._exit(9)",  # the half is whole, and not in place
    ],
)
def test_who_is_killed_between_an_object_and_its_row_leaves_nothing_for_long(kept: Kept, tmp_path: Path, death: str) -> None:
    kept.keep(OAK, b"oak")
    kept.keep(ELM, b"elm")
    kill(program(tmp_path, f"OAK = {OAK!r}; {death}; kept.keep({OAK!r}, b'ash')"), wait=True)
    assert data(kept, OAK) in (b"oak", None)
    assert data(kept, ELM) == b"elm"
    for path in [*halves(tmp_path), *objects(tmp_path)]:
        age(path, keeping.LEFT_OVER_S + 60)
    kept.tidy()
    assert (len(objects(tmp_path)), halves(tmp_path)) == (1 + (kept.find(OAK) is not None), [])
    kept.keep(OAK, b"ash")
    assert data(kept, OAK) == b"ash"


def overwrite(index: Path) -> None:
    with index.open("r+b") as file:
        file.write(b"not an SQLite file at all")


def garble(index: Path) -> None:
    with index.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (index.stat().st_size - 4096))


def empty_of_tables(index: Path) -> None:
    with closing(sqlite3.connect(index)) as base:
        base.execute("DROP TABLE entry")


@pytest.mark.parametrize("damage", [overwrite, garble, empty_of_tables], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("running", [True, False], ids=["while it runs", "before it starts"])
def test_a_damaged_index_is_set_aside_and_begun_anew(tmp_path: Path, damage: object, running: bool) -> None:
    with closing(opened(tmp_path)) as kept:
        kept.keep(OAK, b"oak")
        if not running:
            kept.close()
        else:  # what is only in the log would be read from there
            with closing(sqlite3.connect(tmp_path / "kept" / "index-1.sqlite3")) as base:
                base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        damage(tmp_path / "kept" / "index-1.sqlite3")  # type: ignore[operator]
        assert data(kept, OAK) in (None, b"oak")
        kept.keep(ELM, b"elm")
        assert data(kept, ELM) == b"elm"
        with closing(opened(tmp_path)) as other:
            assert data(other, ELM) == b"elm"
            other.keep(OAK, b"oak")
        assert data(kept, OAK) == b"oak"


def test_the_folder_can_be_deleted_at_any_time(kept: Kept, tmp_path: Path) -> None:
    kept.keep(OAK, b"oak")
    shutil.rmtree(tmp_path / "kept")
    assert kept.find(OAK) is None
    kept.keep(OAK, b"oak")
    assert data(kept, OAK) == b"oak"


def test_what_cannot_be_read_is_not_known_and_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    with closing(opened(tmp_path)) as kept:
        assert kept.find(OAK) is None
        assert kept.paused("photos.example") is None
        kept.forget("job")
        kept.tidy()
        with pytest.raises(OSError, match="kept"):
            kept.keep(OAK, b"oak")
        with pytest.raises(OSError, match="kept"):
            kept.note(OAK, "gone", "")


# ---- any sequence -----------------------------------------------------------------------------------------------------


class AnySequence(RuleBasedStateMachine):
    """Two processes over one folder, against a model: what was last learned of each address, and for whom it is kept."""

    most_bytes = 30_000

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.clock = Clock()
        self.both = [opened(Path(self.folder.name), self.clock, most_bytes=self.most_bytes) for _ in range(2)]
        self.learned: dict[str, bytes | None] = {}
        self.scopes: dict[str, set[str] | None] = {}

    def teardown(self) -> None:
        for kept in self.both:
            kept.close()
        self.folder.cleanup()

    which = st.integers(0, 1)
    urls = st.sampled_from(URLS)
    names = st.sampled_from(["one", "two"])
    scope = st.none() | names

    def learn(self, url: str, image: bytes | None, scope: str | None) -> None:
        before = self.scopes.get(url) if self.both[0].find(url) else None
        self.learned[url] = image
        self.scopes[url] = None if scope is None and before is None else (before or set()) | ({scope} - {None})

    @rule(which=which, url=urls, image=st.integers(0, 9), scope=scope)
    def keep(self, which: int, url: str, image: int, scope: str | None) -> None:
        self.learn(url, b"%d" % image * 1000 * image, scope)
        found = self.both[which].keep(url, b"%d" % image * 1000 * image, scope=scope)
        assert self.both[1 - which].find(url) == found

    @rule(which=which, url=urls, scope=scope)
    def note(self, which: int, url: str, scope: str | None) -> None:
        self.learn(url, None, scope)
        self.both[which].note(url, "gone", "404", scope=scope)

    @rule(which=which, url=urls, scope=names)
    def adopt(self, which: int, url: str, scope: str) -> None:
        if self.both[which].find(url):
            self.scopes[url] = (self.scopes[url] or set()) | {scope}
        self.both[which].adopt(url, scope)

    @rule(which=which, scope=names)
    def forget(self, which: int, scope: str) -> None:
        self.both[which].forget(scope)
        for url, scopes in self.scopes.items():
            if scopes is not None:
                scopes.discard(scope)
                assert scopes or self.both[which].find(url) is None

    @rule(hours=st.floats(-30, 30))
    def wait(self, hours: float) -> None:
        self.clock.s += hours * 3600

    @rule(which=which)
    def tidy(self, which: int) -> None:
        self.both[which].tidy()
        sizes = {path.name: path.stat().st_size for path in objects(Path(self.folder.name))}
        found = [one for one in map(self.both[which].find, URLS) if one]
        assert sum(sizes.values()) + len(found) * keeping.ROW_BYTES <= self.most_bytes
        assert set(sizes) == {one.sha256[2:] for one in found if one.sha256}

    @invariant()
    def what_is_found_is_what_was_learned_last(self) -> None:
        for url in URLS:
            one, other = (kept.find(url) for kept in self.both)
            assert one == other
            if one is not None:
                image = self.learned[url]
                assert (one.sha256 is None) == (image is None)
                assert self.both[0].data(one) == image
                assert self.scopes[url] is None or self.scopes[url]


AnySequence.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
test_any_sequence_of_calls_keeps_its_promises = AnySequence.TestCase
