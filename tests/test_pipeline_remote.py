"""Sets of images that live elsewhere: drawn over a network, and again out of what is kept."""

from __future__ import annotations

import dataclasses
import io
import shutil
from collections import Counter
from pathlib import Path

import drawn
import elsewhere
import hosts
import pytest
from elsewhere import image_id, number, online

from imagestolive import resources, sets
from imagestolive.care import Blocked
from imagestolive.config import Config
from imagestolive.fetch.kept import NoRoomLeft
from imagestolive.fetch.problems import NothingReachable, ToBeFetched
from imagestolive.pipeline import DrawnSet, Pipeline
from imagestolive.press import Press

WORDS = resources.words("en")
CODE = sets.read_code("K7Q2-9FXD")
HTML = hosts.Reply(headers=(("Content-Type", "text/html"),), body=b"<!doctype html><title>Sign in</title>")
UNAVAILABLE = "https://s.yimg.com/pw/images/en-us/photo_unavailable_l.png"


def draw(pipeline: Pipeline, slots: int) -> DrawnSet:
    policy = pipeline.policy(sold=False)
    people, cards = (slots // 3, 3) if slots % 3 == 0 else (1, slots)
    request, _ = pipeline.request(people=people, cards=cards, keys=[elsewhere.KEY], paper="a4", lang="en", policy=policy)
    return pipeline.draw(request, CODE, (), policy)


def images(found: DrawnSet) -> list[int]:
    return [number(pick.image_id) for pick in found.picks.values()]


def number_in(path: str) -> int:
    return int(path.strip("/").removesuffix(".jpg"))


def png(n: int) -> bytes:
    data = io.BytesIO()
    drawn.picture(n).save(data, "PNG")
    return data.getvalue()


def trouble() -> dict[int, tuple[str, hosts.Route]]:
    """Every way for an image not to come, with the reason it is counted under."""
    kinds: list[tuple[str, hosts.Route]] = [
        ("gone", hosts.Reply(status=404)),
        ("gone", hosts.Reply(status=410)),
        ("gone", hosts.Reply(status=403)),
        ("gone", hosts.redirect(UNAVAILABLE)),
        ("gone", hosts.Reply(body=png(7))),
        ("not an image", HTML),
        ("not an image", hosts.Reply()),
        ("asked not to", hosts.Reply(headers=(("X-Robots-Tag", "noarchive"), ("X-Robots-Tag", "noai")), body=drawn.jpeg(8))),
        ("unreadable", lambda asked: hosts.Reply(body=drawn.jpeg(number_in(asked.path))[:-200])),
        ("not reachable", hosts.Reply(status=500)),
        ("not reachable", hosts.Reply(headers=(("Content-Length", "99999"),), body=drawn.jpeg(9))),
        ("address refused", hosts.redirect("http://127.0.0.1/")),
        ("address refused", hosts.redirect("file:///etc/passwd")),
    ]
    return {3 * place + 1: kind for place, kind in enumerate(kinds * 7)}  # every third image


@pytest.fixture
def remote(tmp_path: Path, data_folder: Path) -> Config:
    elsewhere.lend_fonts(data_folder, tmp_path / "data")
    return elsewhere.config(elsewhere.rows(tmp_path / "set", 40), tmp_path / "data")


def test_images_come_from_where_they_live_and_once_only(remote: Config) -> None:
    with hosts.played(elsewhere.routes(40)) as played:
        with online(remote, played) as pipeline:
            first = draw(pipeline, 6)
            again = draw(pipeline, 6)
        asked = elsewhere.image_paths(played)
    assert again.picks == first.picks
    assert not first.short
    assert len(asked) == len(set(asked)) == 6
    assert [asked.headers["user-agent"].partition("/")[0] for asked in played.log] == ["imagestolive"] * len(played.log)


@pytest.mark.parametrize("filled", [True, False])
def test_what_was_taken_out_since_a_set_was_made_keeps_its_place_and_nothing_is_fetched_of_it(remote: Config, filled: bool) -> None:
    with hosts.played(elsewhere.routes(40)) as played, online(remote, played) as pipeline:
        first = draw(pipeline, 6)
        out = first.picks[2]
    if not filled:
        shutil.rmtree(remote.data_folder / "fetched")
    now = Blocked(images={out.image: "withdrawn"}, version="1")
    with hosts.played(elsewhere.routes(40)) as played:
        with online(remote, played, blocked=lambda _client, as_of=None: now if as_of is None else Blocked()) as pipeline:
            policy = pipeline.policy(sold=False, as_of=0)
            again = pipeline.draw(first.request, CODE, (), policy)
            replaced = pipeline.draw(first.request, CODE, (dataclasses.replace(out, sha256=""),), policy)
            assert pipeline.reason(again, 2, policy) == "withdrawn"
        asked = elsewhere.image_paths(played)
    assert {slot: pick.image for slot, pick in again.picks.items()} == {slot: pick.image for slot, pick in first.picks.items()}
    assert again.picks[2].sha256 == (out.sha256 if filled else "")
    assert {slot for slot in first.picks if replaced.picks[slot].image != first.picks[slot].image} == {2}
    assert number(out.image_id) not in {number_in(path.partition("/")[2]) for path in asked}
    assert sets.read_set_file(again.set_file().to_bytes()).picks == tuple(again.picks.values())


def test_what_was_taken_out_since_and_could_not_be_had_before_changes_nothing(tmp_path: Path) -> None:
    """A place is kept for what was in the set, not for what came to nothing while it was drawn."""
    wrong = trouble()
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 90, spread=10), tmp_path / "data")
    routes = elsewhere.routes(90, spread=10, other={n: reply for n, (_, reply) in wrong.items() if n < 90})
    with hosts.played(routes) as played, online(remote, played) as pipeline:
        first = draw(pipeline, 30)
    out = Blocked(images={(elsewhere.KEY, image_id(n)): "withdrawn" for n in wrong}, version="1")
    offline = Pipeline(remote, blocked=lambda _client, as_of=None: out if as_of is None else Blocked())
    again = offline.draw(first.request, CODE, (), offline.policy(sold=False, as_of=0))
    assert again.picks == first.picks


def test_what_is_kept_is_drawn_and_printed_without_a_network(remote: Config) -> None:
    with hosts.played(elsewhere.routes(40)) as played, online(remote, played) as pipeline:
        first = draw(pipeline, 6)
    offline = Pipeline(remote)
    again = draw(offline, 6)
    assert again.picks == first.picks
    out = io.BytesIO()
    cards = Press(offline).sheets(again, offline.policy(sold=False), out, WORDS)
    assert [card.notice for card in cards] == [None] * 6
    assert out.getvalue().startswith(b"%PDF")


def test_without_a_network_and_with_nothing_kept_they_are_to_be_fetched(remote: Config) -> None:
    with pytest.raises(ToBeFetched):
        draw(Pipeline(remote), 6)


def test_pages_know_beforehand_which_sets_need_the_network(remote: Config, tmp_path: Path) -> None:
    here = elsewhere.config(elsewhere.rows(tmp_path / "other", 2), tmp_path / "data", network=False)
    pipeline = Pipeline(remote)
    request, _ = pipeline.request(people=1, cards=3, keys=[elsewhere.KEY], paper="a4", lang="en", policy=pipeline.policy(sold=False))
    assert pipeline.needs_network(request)
    assert pipeline.data_set(elsewhere.KEY).images == 40
    assert Pipeline(here).data_set(elsewhere.KEY).images == 0


def test_images_that_are_here_are_what_is_meant_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    root = elsewhere.rows(tmp_path / "set", 12)
    (root / "train").mkdir()
    for n in range(3):
        (root / "train" / f"{image_id(n)}.jpg").write_bytes(drawn.jpeg(n))
    assert Pipeline(elsewhere.config(root, tmp_path / "data")).data_set(elsewhere.KEY).images == 3
    all_of_them = elsewhere.config(root, tmp_path / "data", fetch=True)
    with hosts.played(elsewhere.routes(12)) as played, online(all_of_them, played) as pipeline:
        assert sorted(images(draw(pipeline, 12))) == list(range(12))
        assert len(elsewhere.image_paths(played)) == 9


def test_ninety_images_of_which_a_third_is_trouble_come_and_all_is_counted(tmp_path: Path) -> None:
    wrong = trouble()
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 270, spread=10), tmp_path / "data")
    routes = elsewhere.routes(270, spread=10, other={n: reply for n, (_, reply) in wrong.items()})
    with hosts.played(routes) as played:
        with online(remote, played) as pipeline:
            first = draw(pipeline, 90)
        asked = elsewhere.image_paths(played)
        filled = draw(Pipeline(remote), 90)
        empty = elsewhere.config(tmp_path / "set", tmp_path / "empty")
        with online(empty, played) as pipeline:
            anew = draw(pipeline, 90)
    assert not first.short
    assert filled.picks == first.picks == anew.picks
    assert not set(images(first)) & wrong.keys()
    assert first.left_out == filled.left_out == anew.left_out
    tried = Counter(reason for n, (reason, _) in wrong.items() if any(path.endswith(f"/{n}.jpg") for path in asked))
    assert {reason: tried[reason] - n for reason, n in first.left_out.items() if tried[reason] < n} == {}
    assert set(first.left_out) == {reason for reason, _ in wrong.values()}


def test_without_a_connection_it_is_said_so_after_a_while(tmp_path: Path) -> None:
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 400), tmp_path / "data")
    with hosts.played({}) as played, online(remote, played) as pipeline, pytest.raises(NothingReachable) as said:
        draw(pipeline, 6)
    assert str(said.value).startswith("None of the last 50 images could be reached, so no more were tried: nobody knows")


def test_where_nothing_can_be_kept_nothing_more_is_fetched(remote: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagestolive.fetch.kept._free_share", lambda _: 0.01)
    with hosts.played(elsewhere.routes(40)) as played, online(remote, played) as pipeline, pytest.raises(NoRoomLeft):
        draw(pipeline, 6)
    assert len(elsewhere.image_paths(played)) <= 6


def test_a_dead_host_does_not_stall_a_set(tmp_path: Path) -> None:
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 60), tmp_path / "data")
    dead = {n: hosts.Reply(wait_s=60) for n in range(0, 60, 4)}
    with hosts.played(elsewhere.routes(60, other=dead)) as played, online(remote, played, timeout_s=1, deadline_s=2) as pipeline:
        found = draw(pipeline, 15)
        at_once = Counter(path.partition("/")[0] for path in elsewhere.image_paths(played))
    assert not found.short
    assert not set(images(found)) & dead.keys()
    assert at_once["h0.photos.example"] == 3  # then it is left alone


def test_one_request_at_a_time_goes_to_a_host(remote: Config) -> None:
    now, most = Counter[str](), Counter[str]()

    def slow(asked: hosts.Asked) -> hosts.Reply:
        now[asked.host] += 1
        most[asked.host] = max(most[asked.host], now[asked.host])
        most["all"] = max(most["all"], sum(now.values()))

        def body():  # type: ignore[no-untyped-def]
            hosts.time.sleep(0.05)
            now[asked.host] -= 1
            yield drawn.jpeg(number_in(asked.path))

        return hosts.Reply(body=body())

    with hosts.played({elsewhere.url(n): slow for n in range(40)}) as played, online(remote, played) as pipeline:
        assert not draw(pipeline, 24).short
    assert [most[f"h{n}.photos.example"] for n in range(4)] == [1] * 4
    assert most["all"] > 1


def test_the_same_bytes_under_two_ids_are_the_picture_that_says_there_is_none(tmp_path: Path) -> None:
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 12), tmp_path / "data")
    other = {n: hosts.Reply(body=drawn.jpeg(99)) for n in (1, 4, 7)}
    with hosts.played(elsewhere.routes(12, other=other)) as played, online(remote, played) as pipeline:
        found = draw(pipeline, 12)
    assert sorted(images(found)) == [0, 2, 3, 5, 6, 8, 9, 10, 11]
    assert found.left_out == {"gone": 3}


def test_a_published_checksum_that_is_another_means_that_the_image_is_no_longer_that_one(tmp_path: Path) -> None:
    root = elsewhere.rows(tmp_path / "set", 6, md5_of=lambda n: b"something else" if n == 2 else drawn.jpeg(n))
    remote = elsewhere.config(root, tmp_path / "data")
    with hosts.played(elsewhere.routes(6)) as played, online(remote, played) as pipeline:
        found = draw(pipeline, 6)
    assert sorted(images(found)) == [0, 1, 3, 4, 5]
    assert found.left_out == {"gone": 1}


@pytest.mark.parametrize("robots", ["User-agent: *\nDisallow: /", "User-agent: imagestolive\nDisallow: /*.jpg$"])
def test_a_host_that_asks_programs_to_stay_away_is_not_asked_for_images(tmp_path: Path, robots: str) -> None:
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 12), tmp_path / "data")
    says_no: dict[str, hosts.Route] = {"https://h1.photos.example/robots.txt": hosts.Reply(body=robots.encode())}
    with hosts.played(elsewhere.routes(12) | says_no) as played, online(remote, played) as pipeline:
        found = draw(pipeline, 9)
        assert elsewhere.image_paths(played, {"h1.photos.example"}) == []
    assert found.left_out == {"asked not to": 3}


def test_a_host_that_asks_for_patience_gets_it_while_the_others_go_on(tmp_path: Path) -> None:
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 24), tmp_path / "data")
    busy = {n: hosts.Reply(status=429, headers=(("Retry-After", "3600"),)) for n in range(0, 24, 4)}
    with hosts.played(elsewhere.routes(24, other=busy)) as played, online(remote, played) as pipeline:
        found = draw(pipeline, 18)
        assert len(elsewhere.image_paths(played, {"h0.photos.example"})) <= 2  # one more where it was fetched ahead before it was asked for
    assert not found.short
    assert set(found.left_out) == {"not reachable"}


def test_an_image_whose_maker_takes_it_back_is_on_no_card_once_it_is_no_longer_kept(tmp_path: Path) -> None:
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 6), tmp_path / "data", remote_only=True)
    with hosts.played(elsewhere.routes(6)) as played, online(remote, played) as pipeline:
        found = draw(pipeline, 3)
    taken = images(found)[0]
    with hosts.played(elsewhere.routes(6, other={taken: hosts.Reply(status=404)})) as played, online(remote, played) as pipeline:
        cards = list(pipeline.cards(found, pipeline.policy(sold=False), WORDS))
    assert [card.notice for card in cards] == ["The source no longer shows this picture.", None, None]


def test_what_may_not_be_kept_goes_with_its_job(tmp_path: Path) -> None:
    remote = elsewhere.config(elsewhere.rows(tmp_path / "set", 6), tmp_path / "data", remote_only=True)
    with hosts.played(elsewhere.routes(6)) as played, online(remote, played) as pipeline:
        draw(pipeline, 3)
        assert list((tmp_path / "data" / "fetched" / "objects").rglob("*/*"))
    assert not [path for path in (tmp_path / "data" / "fetched" / "objects").rglob("*") if path.is_file()]
    with pytest.raises(ToBeFetched):
        draw(Pipeline(remote), 3)


def test_who_gives_up_does_not_wait_for_a_slow_host(remote: Config) -> None:
    class GaveUp(Exception):
        pass

    class Impatient:
        def check(self) -> None:
            if played.log:
                raise GaveUp

        def told(self, reason: object) -> None: ...

    slow = {n: hosts.Reply(wait_s=60) for n in range(40)}
    with hosts.played(elsewhere.routes(40, other=slow)) as played:
        whole = Pipeline(remote, network=lambda: elsewhere.network(played))
        began = hosts.time.monotonic()
        with whole.for_job("test", Impatient(), ends=True) as pipeline, pytest.raises(GaveUp):
            draw(pipeline, 6)
        assert hosts.time.monotonic() - began < 20


def test_a_flag_holds_back_the_same_photograph_and_the_same_bytes_under_other_ids(tmp_path: Path) -> None:
    root = elsewhere.rows(tmp_path / "set", 6)
    listed = root / "image_ids_and_rotation.csv"
    listed.write_text(listed.read_text().replace("/photos/ana/5003", "/photos/ana/5001"))  # image 3 is the photograph of image 1
    flags = tmp_path / "flags.csv"
    flags.write_text(f"dataset,image_id,reason\n{elsewhere.KEY},{image_id(1)},asked\n{elsewhere.KEY},{image_id(2)},asked\n")
    routes = elsewhere.routes(6, other={4: hosts.Reply(body=drawn.jpeg(2))})
    with hosts.played(routes) as played:
        with online(elsewhere.config(root, tmp_path / "data"), played) as pipeline:
            draw(pipeline, 6)  # so that what is flagged afterwards is kept
        with online(elsewhere.config(root, tmp_path / "data", flags=flags), played) as pipeline:
            found = draw(pipeline, 6)
    assert sorted(images(found)) == [0, 5]
    assert found.left_out == {"flagged": 4}
