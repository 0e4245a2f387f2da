from __future__ import annotations

import gzip
import io
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from imagestolive.datasets import Problems, tree
from imagestolive.datasets.archives import ArchiveRefused
from imagestolive.datasets.locators import Place, place
from imagestolive.datasets.tree import Found, Tree
from imagestolive.words import Words

OAK, CREDIT = b"an oak", b"by Ana"
FILES = {"trees/oak.jpg": OAK, "trees/credits.txt": CREDIT}


def tarred(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def laid_out(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def paths(root: Path, wanted: str | None = None) -> list[str]:
    return [found.path for found in Tree(root, Problems()).files(wanted)]


ARCHIVES = {
    "a.tar": tarred(FILES),
    "a.tgz": gzip.compress(tarred(FILES)),
    "a.zip": zipped(FILES),
    "stored.zip": zipped(FILES, zipfile.ZIP_STORED),
    "outer.tar": tarred({"inner.tar": tarred(FILES)}),
    "outer.tar.gz": gzip.compress(tarred({"inner.tar": tarred(FILES)})),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_file_in_an_archive_is_found_and_read_as_a_loose_one_is(tmp_path: Path, name: str) -> None:
    laid_out(tmp_path, {f"down/{name}": ARCHIVES[name]})
    tree = Tree(tmp_path, Problems(), texts=r"(?:^|/)credits\.txt$")
    image, text = tree.files(r"(?:^|/)trees/[^/]+$")
    inner = "inner.tar/" if name.startswith("outer") else ""
    assert [image.path, text.path] == [f"down/{name}/{inner}trees/oak.jpg", f"down/{name}/{inner}trees/credits.txt"]
    assert tree.read(text) == CREDIT
    where = place(image.locator)
    assert where.file == f"down/{name}"
    if where.offset is None:
        assert where == Place(file=f"down/{name}", member=f"{inner}trees/oak.jpg")
    else:
        assert ARCHIVES[name][where.offset :].startswith(OAK)
        assert where.size == len(OAK)


def test_loose_files_and_archives_come_sorted_where_they_stand(tmp_path: Path) -> None:
    laid_out(tmp_path, {"c.jpg": OAK, "b.tar": tarred({"z.jpg": OAK, "y.jpg": OAK}), "a/x.jpg": OAK, "a.jpg": OAK})
    assert paths(tmp_path) == ["a.jpg", "a/x.jpg", "b.tar/z.jpg", "b.tar/y.jpg", "c.jpg"]
    assert paths(tmp_path, r"[xy]\.jpg$") == ["a/x.jpg", "b.tar/y.jpg"]


def test_a_loose_file_is_found_and_read(tmp_path: Path) -> None:
    tree = Tree(laid_out(tmp_path, {"100% #1.txt": CREDIT}), Problems())
    (found,) = tree.files()
    assert found == Found("100% #1.txt", "100%25 %231.txt")
    assert tree.read(found) == CREDIT


@pytest.mark.parametrize("files", [{"a.txt": CREDIT}, {"a.tar": tarred({"a.txt": CREDIT})}, {"a.zip": zipped({"a.txt": CREDIT})}])
def test_what_is_too_large_to_be_read_is_not(tmp_path: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagestolive.datasets.tree.READ_MOST_BYTES", len(CREDIT) - 1)
    problems = Problems()
    tree = Tree(laid_out(tmp_path, files), problems, texts="txt$")
    assert [tree.read(found) for found in tree.files()] == [None]
    assert [problem.sentence for problem in problems.kept] == ["This file is too large to be read."]


@pytest.mark.parametrize("name", ["a.txt", "a.tar", "a.zip"])
def test_what_cannot_be_read_any_more_is_told_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    packed = {"a.txt": CREDIT, "a.tar": tarred({"a.txt": CREDIT}), "a.zip": zipped({"a.txt": CREDIT})}
    problems = Problems()
    tree = Tree(laid_out(tmp_path, {name: packed[name], "b.txt": CREDIT}), problems)
    first, second = tree.files()
    (tmp_path / name).unlink()
    assert (tree.read(first), tree.read(second)) == (None, CREDIT)
    assert [problem.said(Words("en")) for problem in problems.kept] == [
        f"{first.path}: This file cannot be read: No such file or directory."
    ]


def test_a_member_that_left_its_zip_is_told(tmp_path: Path) -> None:
    problems = Problems()
    tree = Tree(laid_out(tmp_path, {"a.zip": zipped({"a.txt": CREDIT})}), problems)
    (found,) = tree.files()
    laid_out(tmp_path, {"a.zip": zipped({"b.txt": CREDIT})})
    assert tree.read(found) is None
    assert problems.kept[0].file == "a.zip/a.txt"


def test_texts_out_of_compressed_tars_are_kept_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagestolive.datasets.tree.KEPT_MOST_BYTES", 2 * len(CREDIT))
    texts = {f"{n}.txt": CREDIT for n in range(3)}
    tree = Tree(laid_out(tmp_path, {"a.tgz": gzip.compress(tarred({**texts, "a.jpg": OAK}))}), Problems(), texts="txt$")
    found = list(tree.files())
    assert [tree.read(each) for each in found] == [CREDIT, CREDIT, None, None]
    assert [tree.read(each) for each in found] == [None] * 4  # given once and let go: memory stays flat when each is read as it passes


def test_an_archive_whose_files_lie_beside_it_is_passed_over(tmp_path: Path) -> None:
    laid_out(
        tmp_path, {"a.tar": tarred(FILES), "trees/oak.jpg": OAK, "n.tar": tarred({"n01.tar": tarred({"1.jpg": OAK})}), "n01/1.jpg": OAK}
    )
    assert paths(tmp_path, "jpg$") == ["n01/1.jpg", "trees/oak.jpg"]


def test_what_is_hidden_is_passed_over_in_archives_too(tmp_path: Path) -> None:
    laid_out(
        tmp_path,
        {".a.jpg": OAK, ".git/a.jpg": OAK, "a.tar": tarred({"._a.jpg": OAK, "__MACOSX/._b.jpg": OAK, ".c/d.jpg": OAK, "e..jpg": OAK})},
    )
    assert paths(tmp_path) == ["a.tar/e..jpg"]


def test_a_name_in_an_archive_that_is_no_text_is_reported(tmp_path: Path) -> None:
    laid_out(tmp_path, {"a.tar": tarred({b"caf\xe9.jpg".decode("utf-8", "surrogateescape"): OAK, "a.jpg": OAK})})
    problems = Problems()
    assert [found.path for found in Tree(tmp_path, problems).files()] == ["a.tar/a.jpg"]
    (problem,) = problems.kept
    assert problem.said(Words("en")) == (r"a.tar/caf\udce9.jpg: Names with a backslash, or in letters that are not UTF-8, are skipped.")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed_to_files_inside_the_root_only(tmp_path: Path) -> None:
    laid_out(tmp_path, {"outside.tar": tarred(FILES), "root/store/0123": zipped(FILES)})
    root = tmp_path / "root"
    (root / "in.zip").symlink_to("store/0123")
    (root / "out.tar").symlink_to(tmp_path / "outside.tar")
    problems = Problems()
    tree = Tree(root, problems, texts="txt$")
    found = {found.path: tree.read(found) for found in tree.files("txt$")}
    assert found == {"in.zip/trees/credits.txt": CREDIT}
    assert [problem.file for problem in problems.kept] == ["out.tar"]


def test_a_hostile_archive_is_refused_under_its_path(tmp_path: Path) -> None:
    laid_out(tmp_path, {"down/a.tar": tarred({"../a.jpg": OAK})})
    with pytest.raises(ArchiveRefused, match=r"^The archive down/a\.tar is refused"):
        paths(tmp_path)


def test_what_a_rebuild_depends_on_are_folders_archives_and_texts(tmp_path: Path) -> None:
    laid_out(tmp_path, {"a.tgz": b"", "b/credits.txt": CREDIT, "b/oak.jpg": OAK, ".hidden/a.tar": b""})
    found = {path.relative_to(tmp_path).as_posix() for path in tree.depends_on(tmp_path, r"(?:^|/)credits\.txt$")}
    assert found == {".", "a.tgz", "b", "b/credits.txt"}
