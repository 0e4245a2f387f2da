"""Data sets too large to be gone through while somebody waits, or of which only a part is here."""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import drawn
import pytest

from imagestolive import pipeline as rooms
from imagestolive.config import Config, DataSetConfig
from imagestolive.pipeline import AllElsewhere, NotConfigured, NotIndexed, NotReleased, Pipeline, TermsForbid, UnknownDataSet
from imagestolive.sets import Pick
from imagestolive.tables import TableGone

CODE = "K7Q29FXD"
HEADER = "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title"
BY = "https://creativecommons.org/licenses/by/2.0/"
ARR = "All Rights Reserved"
Piped = Callable[..., Pipeline]


def open_images(root: Path, rows: int, *, here: range, license_of: Callable[[int], str] = lambda _: BY) -> Path:
    """Rows of Open Images, of which the files of some are here."""
    (root / "train").mkdir(parents=True)
    lines = [HEADER]
    for n in range(rows):
        page = f"https://www.flickr.com/photos/ana/{7000 + n}"
        lines.append(
            f"{n:016x},train,https://c1.staticflickr.com/4/3930/{7000 + n}_a_o.jpg,{page},{license_of(n)},,Author {n % 3},Picture {n}"
        )
    (root / "train-images.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for n in here:
        (root / "train" / f"{n:016x}.jpg").write_bytes(drawn.jpeg(n))
    return root


def tencent_ml_images(root: Path) -> Path:
    """One photograph of Open Images, named by its address alone."""
    (root / "images").mkdir(parents=True)
    (root / "images" / "3930_7002_00aa11bb22_o.jpg").write_bytes(drawn.jpeg())
    (root / "train_urls_from_openimages.txt").write_text("https://c1.staticflickr.com/4/3930/7002_00aa11bb22_o.jpg\t1:1\n")
    (root / "dictionary_and_semantic_hierarchy.txt").write_text(
        "category_index\tcategory_id\tindex_of_parent_category\tcategory name\n0\tn00002684\t-1\tobject\n1\tn13104059\t0\ttree\n"
    )
    return root


@pytest.fixture
def piped(tmp_path: Path, data_folder: Path) -> Piped:
    def make(*, allow: str | None = None, data: Path | None = None, network: bool = True, **roots: Path) -> Pipeline:
        datasets = {key.replace("_", "-"): root for key, root in roots.items()}
        return Pipeline(
            Config(
                datasets={key: DataSetConfig(key=key, root=root) for key, root in datasets.items()},
                starter=False,
                allow_unlicensed=allow,
                network=network,
                data_folder=data or data_folder,
            )
        )

    return make


def ask(pipeline: Pipeline, key: str, people: int = 2, *, code: str = CODE, by: str = "image", sold: bool = False) -> rooms.DrawnSet:
    policy = pipeline.policy(sold=sold)
    request, _ = pipeline.request(people=people, cards=1, keys=[key], paper="a4", lang="en", by=by, policy=policy)
    return pipeline.draw(request, code, (), policy)


def test_images_that_are_listed_but_not_here_are_neither_drawn_nor_counted_as_left_out(tmp_path: Path, piped: Piped) -> None:
    pipeline = piped(open_images=open_images(tmp_path / "oi", 40, here=range(10, 14)))
    info = pipeline.data_set("open-images")
    assert (info.images, info.elsewhere) == (4, 36)
    found = ask(pipeline, "open-images", 4)
    assert {int(pick.image_id, 16) for pick in found.picks.values()} == {10, 11, 12, 13}
    assert found.left_out == {}
    elsewhere = Pick(slot=1, dataset="open-images", image_id=f"{20:016x}", sha256="")
    with pytest.raises(NotReleased) as shut:
        pipeline.release(elsewhere, pipeline.policy(sold=False))
    assert shut.value.reason == "not here"


def test_a_data_set_of_which_no_file_is_here_says_so(tmp_path: Path, piped: Piped) -> None:
    pipeline = piped(open_images=open_images(tmp_path / "oi", 5, here=range(0)), network=False)
    assert isinstance(pipeline.why_not("open-images", pipeline.policy(sold=False)), AllElsewhere)


@pytest.mark.parametrize("by", ["image", "author"])
def test_drawing_by_the_index_draws_what_looking_at_each_row_draws(
    tmp_path: Path, piped: Piped, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    root = open_images(tmp_path / "oi", 120, here=range(0, 120, 2), license_of=lambda n: BY if n % 20 == 0 else ARR)
    drawn_sets = []
    for few_of in (1, 10**9):  # always by the index; never
        monkeypatch.setattr(rooms, "FEW_OF", few_of)
        drawn_sets.append([ask(piped(open_images=root), "open-images", 4, code=code, by=by) for code in (CODE, "00000000", "7ZZZZZZ4")])
    by_index, by_looking = drawn_sets
    assert [found.picks for found in by_index] == [found.picks for found in by_looking]
    assert {int(pick.image_id, 16) % 20 for found in by_index for pick in found.picks.values()} == {0}


def test_a_large_data_set_waits_to_be_indexed_and_a_running_program_notices(
    tmp_path: Path, piped: Piped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "UNASKED_MOST_ROWS", 20)
    root = open_images(tmp_path / "oi", 50, here=range(3))
    waiting = piped(open_images=root)
    assert isinstance(waiting.data_set("open-images").why_not, NotIndexed)
    heard: list[int] = []
    path = piped(open_images=root).index("open-images", progress=heard.append)
    assert path.is_file()
    assert heard[-1] == 50
    assert waiting.data_set("open-images").images == 3


def test_many_bytes_of_the_makers_files_are_not_read_unasked(tmp_path: Path, piped: Piped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "UNASKED_MOST_BYTES", 100)
    pipeline = piped(open_images=open_images(tmp_path / "oi", 5, here=range(3)))
    assert isinstance(pipeline.data_set("open-images").why_not, NotIndexed)


def test_indexing_again_does_nothing_and_another_form_takes_the_place_of_the_first(tmp_path: Path, piped: Piped) -> None:
    pytest.importorskip("pyarrow")
    pipeline = piped(open_images=open_images(tmp_path / "oi", 12, here=range(6)), data=tmp_path / "data")
    first = pipeline.index("open-images")
    written_ns = first.stat().st_mtime_ns
    assert pipeline.index("open-images").stat().st_mtime_ns == written_ns
    by_sqlite = ask(pipeline, "open-images")
    other = pipeline.index("open-images", form="parquet")
    assert other.is_file()
    assert not first.exists()
    assert ask(pipeline, "open-images").picks == by_sqlite.picks


def test_what_cannot_be_indexed_says_why(tmp_path: Path, piped: Piped) -> None:
    with pytest.raises(UnknownDataSet):
        piped().index("nowhere")
    with pytest.raises(NotConfigured):
        piped().index("coco")


def test_photographs_of_tencent_are_credited_by_open_images_where_that_is_here(tmp_path: Path, piped: Piped) -> None:
    tencent = tencent_ml_images(tmp_path / "tencent")
    alone = piped(tencent_ml_images=tencent)
    assert isinstance(alone.why_not("tencent-ml-images", alone.policy(sold=False)), TermsForbid)
    both = piped(tencent_ml_images=tencent, open_images=open_images(tmp_path / "oi", 5, here=range(1)))
    (pick,) = ask(both, "tencent-ml-images", 1).picks.values()
    record = both.release(pick, both.policy(sold=False)).record
    assert (record.author, record.title, record.license) == ("Author 2", "Picture 2", "by-2.0")
    assert record.landing_url == "https://www.flickr.com/photos/ana/7002"
    assert record.dataset_license is None  # the terms of Tencent's set say nothing of a photograph with a license
    (sold,) = ask(both, "tencent-ml-images", 1, sold=True).picks.values()
    assert sold.image_id == pick.image_id


def test_a_credit_that_was_corrected_at_its_source_is_corrected_where_it_was_joined(tmp_path: Path, piped: Piped) -> None:
    tencent = tencent_ml_images(tmp_path / "tencent")
    root = open_images(tmp_path / "oi", 5, here=range(1))
    table = root / "train-images.csv"
    for author in ("Author 2", "Author Two"):
        table.write_text(table.read_text(encoding="utf-8").replace("Author 2", author), encoding="utf-8")
        pipeline = piped(tencent_ml_images=tencent, open_images=root)
        (pick,) = ask(pipeline, "tencent-ml-images", 1).picks.values()
        assert pipeline.release(pick, pipeline.policy(sold=False)).record.author == author


def test_an_archive_that_was_replaced_lends_its_credits_to_no_other_picture(tmp_path: Path, piped: Piped) -> None:
    root = tmp_path / "flowers"
    root.mkdir()
    credits_of = "".join(f"daisy/{n}00_aa.jpg CC-BY by Author {n} - https://www.flickr.com/photos/ana/{n}00/\n" for n in (1, 2))
    (root / "LICENSE.txt").write_text(f"Creative Commons: https://creativecommons.org/licenses/by/2.0/\n\n{credits_of}")
    pictures = {f"daisy/{n}00_aa.jpg": drawn.jpeg(n) for n in (1, 2)}
    for order in (1, -1):
        with tarfile.open(root / "flowers.tar", "w") as archive:
            for name in list(pictures)[::order]:
                member = tarfile.TarInfo(name)
                member.size = len(pictures[name])
                archive.addfile(member, BytesIO(pictures[name]))
        if order == 1:
            pipeline = piped(flower_photos=root)
            policy = pipeline.policy(sold=False)
            before = ask(pipeline, "flower-photos").picks
    with pytest.raises(NotReleased):
        pipeline.release(before[1], policy)
    for pick in ask(pipeline, "flower-photos").picks.values():  # the set was opened anew
        author = pipeline.release(pick, policy).record.author or ""
        assert hashlib.sha256(pictures[f"daisy/{author[-1]}00_aa.jpg"]).hexdigest() == pick.sha256


def test_a_damaged_table_is_taken_away_and_made_anew(tmp_path: Path, piped: Piped) -> None:
    root = open_images(tmp_path / "oi", 400, here=range(400))
    pipeline = piped(open_images=root, data=tmp_path / "data")
    before = ask(pipeline, "open-images").picks
    path = pipeline.index("open-images")
    data = bytearray(path.read_bytes())
    for page in range(8192, len(data), 8192):
        data[page : page + 4096] = b"x" * len(data[page : page + 4096])
    path.write_bytes(data)
    pipeline = piped(open_images=root, data=tmp_path / "data")
    with pytest.raises(TableGone):
        ask(pipeline, "open-images", 30)
    assert ask(pipeline, "open-images").picks == before


def test_a_list_in_the_form_of_ffhq_is_not_called_ffhq(tmp_path: Path, piped: Piped) -> None:
    (tmp_path / "list" / "images").mkdir(parents=True)
    (tmp_path / "list" / "images" / "7.jpg").write_bytes(drawn.jpeg())
    entry = {"image_name": "7.jpg", "photo_url": "https://www.flickr.com/photos/ana/7", "author": "Ana", "license_url": BY}
    (tmp_path / "list" / "list.json").write_text(json.dumps([entry]))
    pipeline = piped(ffhq=tmp_path / "list")
    (pick,) = ask(pipeline, "ffhq", 1).picks.values()
    cleared = pipeline.release(pick, pipeline.policy(sold=False))
    assert cleared.record.author == "Ana"
    assert cleared.record.dataset_license is None
    assert "Flickr-Faces-HQ" not in rooms.name_and_year(cleared.sheet)


def test_without_the_library_for_parquet_a_folder_is_read_and_drawn_from(
    tmp_path: Path, piped: Piped, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # type: ignore[misc]  # as if it were not installed
    pipeline = piped(mine=drawn.folder(tmp_path / "mine", 3), data=tmp_path / "data")
    assert len(ask(pipeline, "mine").picks) == 2


def test_by_author_gives_each_author_the_same_chance(tmp_path: Path, piped: Piped) -> None:
    root = drawn.folder(tmp_path / "mine", 14)  # seven authors, two pictures each
    rows = (root / "credits.csv").read_text(encoding="utf-8").replace("Author 0", "Author 1").replace("Author 2", "Author 1")
    (root / "credits.csv").write_text(rows, encoding="utf-8")  # now one of five has six of the fourteen
    pipeline = piped(mine=root)
    authors: Counter[str | None] = Counter()
    for n in range(100):
        (pick,) = ask(pipeline, "mine", 1, code=f"{n:08}", by="author").picks.values()
        authors[pipeline.release(pick, pipeline.policy(sold=False)).record.author] += 1
    assert len(authors) == 5
    assert authors["Author 1"] < 35
