from __future__ import annotations

import gzip
import io
import re
import struct
import tarfile
import tracemalloc
import zipfile
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets import archives
from imagestolive.datasets.archives import ArchiveRefused, DiskFull, Member, is_archive, members, read_member, unpack_tar, unpacked_name

OAK, ELM = b"an oak" * 99, b"an elm"
FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
KINDS = ["tar", "tgz", "zip"]


def tarred(*files: tuple[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        for name, data in files:
            archive.addfile(entry(name, size=len(data)), io.BytesIO(data))
    return made.getvalue()


def entry(name: str, **facts: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for fact, value in facts.items():
        setattr(info, fact, value)
    return info


def header(name: str, **facts: object) -> bytes:
    return entry(name, **facts).tobuf(tarfile.GNU_FORMAT)


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def made(kind: str, *files: tuple[str, bytes]) -> bytes:
    if kind == "zip":
        return zipped(*files)
    data = tarred(*files)
    return gzip.compress(data, mtime=0) if kind == "tgz" else data


def listed(folder: Path, data: bytes, name: str = "a.tar") -> list[Member]:
    (folder / name).write_bytes(data)
    return list(members(folder / name, name=name))


def refusal(folder: Path, data: bytes, name: str = "a.tar") -> str:
    with pytest.raises(ArchiveRefused) as refused:
        listed(folder, data, name)
    return str(refused.value)


@contextmanager
def at_most(mebibytes: float) -> Iterator[None]:
    """Fails where more memory is taken inside."""
    tracemalloc.start()
    yield
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < mebibytes * 2**20


# ---- honest archives ----------------------------------------------------------------------------------------------------

parts = st.text(st.characters(codec="utf-8", exclude_characters="/\\\0:"), min_size=1, max_size=60).filter(
    lambda part: part not in (".", "..")
)
names = st.lists(parts, min_size=1, max_size=4).map("/".join).filter(lambda name: not name.lower().endswith(".tar"))
files = st.lists(st.tuples(names, st.binary(max_size=1200)), max_size=6)


@given(files, st.sampled_from(FORMATS[1:]))
def test_every_member_of_a_tar_lies_where_it_is_said_to(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]], form: int
) -> None:
    data = tarred(*files, form=form)
    found = listed(tmp_path_factory.mktemp("tar"), data)
    assert [(member.name, data[member.offset : member.offset + member.size]) for member in found if member.offset is not None] == files


@given(files, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_every_member_of_a_zip_comes_back(tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]], method: int) -> None:
    files = list(dict(files).items())
    folder = tmp_path_factory.mktemp("zip")
    found = listed(folder, zipped(*files, method=method), "a.zip")
    assert [(member.name, member.size) for member in found] == [(name, len(data)) for name, data in files]
    assert [read_member(folder / "a.zip", name, 9999) for name, _ in files] == [data for _, data in files]


@pytest.mark.parametrize("form", FORMATS)
def test_long_names_large_numbers_and_folders_are_read_in_each_form_of_tar(tmp_path: Path, form: int) -> None:
    name = "/".join(["f" * 70] * 3)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        archive.addfile(entry("./f", type=tarfile.DIRTYPE))
        archive.addfile(entry(name, size=len(OAK), uid=2**20, mtime=1e9 if form == tarfile.USTAR_FORMAT else 1e9 + 0.5), io.BytesIO(OAK))
    (found,) = listed(tmp_path, made.getvalue())
    assert found.name == name
    assert found.offset is not None
    assert made.getvalue()[found.offset :].startswith(OAK)


def test_a_tar_of_the_seventies_is_read(tmp_path: Path) -> None:
    block = bytearray(header("./trees//oak.jpg", size=len(OAK)))
    block[257:] = bytes(len(block) - 257)
    block[148:156] = b"%06o\0 " % (sum(block) - sum(block[148:156]) + 256)
    (found,) = listed(tmp_path, bytes(block) + OAK.ljust(1024, b"\0") + bytes(1024))
    assert found == Member("trees/oak.jpg", len(OAK), 512)


def test_a_size_that_pax_gives_counts(tmp_path: Path) -> None:
    data = pax(b"12 size=594\n") + header("oak.jpg") + OAK.ljust(1024, b"\0") + OAK_ENTRY + END
    assert listed(tmp_path, data) == [Member("oak.jpg", 594, 1536), Member("oak.jpg", 594, 3072)]


def test_what_is_in_a_tar_in_a_tar_lies_where_it_is_said_to(tmp_path: Path) -> None:
    innermost = tarred(("deep.jpg", OAK))
    inner = tarred(("oak.jpg", OAK), ("more.tar", innermost))
    outer = tarred(("first.jpg", ELM), ("n01.tar", inner), ("empty.tar", b""), ("last.jpg", ELM))
    found = listed(tmp_path, outer)
    assert [member.name for member in found] == ["first.jpg", "n01.tar/oak.jpg", "n01.tar/more.tar", "empty.tar", "last.jpg"]
    contents = [outer[member.offset : member.offset + member.size] for member in found if member.offset is not None]
    assert contents == [ELM, OAK, innermost, b"", ELM]


def test_of_a_compressed_tar_what_is_wanted_is_kept_as_it_passes(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(made("tgz", ("oak.jpg", OAK), ("n.tar", tarred(("a.txt", ELM))), ("b.txt", b""), ("oak.jpg", OAK)))
    kept: dict[str, bytes] = {}
    found = list(members(tmp_path / "a.tgz", name="a.tgz", keep=kept.__setitem__, wanted=re.compile("txt$")))
    assert [(member.name, member.offset) for member in found] == [
        ("oak.jpg", None),
        ("n.tar/a.txt", None),
        ("b.txt", None),
        ("oak.jpg", None),
    ]
    assert kept == {"n.tar/a.txt": ELM, "b.txt": b""}


def test_a_member_of_a_zip_that_is_stored_as_it_is_has_its_place(tmp_path: Path) -> None:
    data = zipped(("oak.jpg", OAK), ("trees/", b""), method=zipfile.ZIP_STORED)
    (oak,) = listed(tmp_path, data, "a.zip")
    assert oak.offset is not None
    assert data[oak.offset : oak.offset + oak.size] == OAK


@pytest.mark.parametrize(("flags", "raw"), [(0x800, "é.jpg".encode()), (0, "é.jpg".encode()), (0, "é.jpg".encode("cp437"))])
def test_names_in_a_zip_are_read_however_their_letters_are_written(tmp_path: Path, flags: int, raw: bytes) -> None:
    data = zipped(("%" * len(raw), OAK)).replace(b"%" * len(raw), raw)
    data = with_flags(data, flags)
    assert [member.name for member in listed(tmp_path, data, "a.zip")] == ["é.jpg"]
    assert read_member(tmp_path / "a.zip", "é.jpg", 9999) == OAK


def with_flags(data: bytes, flags: int) -> bytes:
    central = data.index(b"PK\1\2")
    data = data[: central + 8] + struct.pack("<H", flags) + data[central + 10 :]
    return data[:6] + struct.pack("<H", flags) + data[8:]


def test_a_zip_for_very_large_files_is_read(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, archive.open("oak.jpg", "w", force_zip64=True) as file:
        file.write(OAK)
    data = made.getvalue()
    end = data.index(b"PK\5\6")
    _, directory_bytes, start = struct.unpack("<12x4sLL", data[end - 4 : end + 20])
    # The same once more with the long form of the last record, as zips of more than 65,535 files have it.
    long_end = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, directory_bytes, start)
    data = data[:end] + long_end + struct.pack("<4sLQL", b"PK\6\7", 0, end, 1) + data[end:]
    (oak,) = listed(tmp_path, data, "a.zip")
    assert oak.offset is not None
    assert data[oak.offset :].startswith(OAK)


def test_a_member_of_a_zip_is_found_among_names_that_hold_its_own(tmp_path: Path) -> None:
    filler = [(f"{n:0200}/1.jpg.txt", b"") for n in range(6000)]  # more than is searched at once
    listed(tmp_path, zipped(("0/1.jpg", ELM), *filler[:3000], ("1.jpg", OAK), *filler[3000:], ("1.jpgs", ELM)), "a.zip")
    assert read_member(tmp_path / "a.zip", "1.jpg", 9999) == OAK
    assert read_member(tmp_path / "a.zip", "1.jpgs", 9999) == ELM
    with pytest.raises(KeyError):
        read_member(tmp_path / "a.zip", "2.jpg", 9999)


@pytest.mark.parametrize("kind", ["tgz", "zip"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_where_a_name_comes_twice_the_first_counts(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    assert [member.name for member in listed(tmp_path, made(kind, ("oak.jpg", OAK), ("oak.jpg", ELM)), path.name)] == ["oak.jpg"] * 2
    assert read_member(path, "oak.jpg", 9999) == OAK
    assert read_member(path, "oak.jpg", len(OAK) - 1) is None
    with pytest.raises(KeyError):
        read_member(path, "elm.jpg", 9999)


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    assert listed(tmp_path, tarred()) == []
    assert listed(tmp_path, zipped(), "a.zip") == []


def test_a_tar_is_no_zip_for_the_letters_of_its_first_name(tmp_path: Path) -> None:
    assert [member.name for member in listed(tmp_path, tarred(("PK.jpg", OAK)))] == ["PK.jpg"]


def test_archives_are_known_by_their_names() -> None:
    assert all(map(is_archive, ["a.tar", "A.TAR", "a.tgz", "a.tar.gz", "a.zip"]))
    assert not any(map(is_archive, ["a.gz", ".tar", "tar", "a.tar.txt"]))


# ---- hostile ones -------------------------------------------------------------------------------------------------------

LEADS_OUT = ["../a.jpg", "a/../../b.jpg", "/etc/passwd", "C:/a.jpg", "c:a.jpg", "..\\a.jpg", "a\\b.jpg"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", LEADS_OUT)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    said = refusal(tmp_path, made(kind, ("oak.jpg", OAK), (name, b"")), f"a.{kind}")
    assert said == f"The archive a.{kind} is refused: “{name}” leads out of its folder."


def test_a_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    assert "leads out" in refusal(tmp_path, header("..", type=tarfile.DIRTYPE) + bytes(1024))
    assert "leads out" in refusal(tmp_path, zipped(("../", b"")), "a.zip")
    assert "leads out" in refusal(tmp_path, zipped(("NUL.jpg", b"")).replace(b"NUL", b"N\0L"), "a.zip")


TYPES = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE, b"V", b"M", b"?"]


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    said = refusal(tmp_path, header("oak.jpg", type=kind, linkname="/etc/passwd") + bytes(1024))
    assert said == "The archive a.tar is refused: “oak.jpg” is a link or a device, no ordinary file."


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("oak.jpg")
    link.external_attr = 0o120777 << 16
    assert "is a link or a device" in refusal(tmp_path, zipped((link, b"/etc/passwd")), "a.zip")


def pax(record: bytes, kind: bytes = b"x") -> bytes:
    return header("pax", type=kind, size=len(record)) + record.ljust(-(-len(record) // 512) * 512, b"\0")


OAK_ENTRY = header("oak.jpg", size=len(OAK)) + OAK.ljust(1024, b"\0")
END = bytes(1024)
BROKEN_HEADERS = {
    "a long name of gigabytes": header("././@LongLink", type=b"L", size=2**33),
    "a pax header of gigabytes": header("pax", type=b"x", size=2**40),
    "a pax header of a mebibyte": pax(b"1048576 a=" + b"a" * 2**20) + OAK_ENTRY + END,
    "a pax record that ends elsewhere": pax(b"99 path=a\n") + OAK_ENTRY + END,
    "a pax record of no length": pax(b"0 path=a\n") + OAK_ENTRY + END,
    "a pax record of a negative length": pax(b"-9 path=a\n") + OAK_ENTRY + END,
    "a pax record without a length": pax(b"1" * 512) + OAK_ENTRY + END,
    "a negative size in pax": pax(b"13 size=-512\n") + OAK_ENTRY + END,
    "a size in letters": pax(b"12 size=1e9\n") + OAK_ENTRY + END,
    "sparse by pax": pax(b"22 GNU.sparse.major=1\n") + OAK_ENTRY + END,
    "a size beyond all files": header("oak.jpg", size=2**60) + END,
    "a size beyond what can be sought": header("oak.jpg", size=2**55) + END,
    "a size of eighteen digits in pax": pax(b"27 size=999999999999999999\n") + OAK_ENTRY + END,
    "a negative size": header("oak.jpg", size=-512) + END,
    "a size beyond the end": header("oak.jpg", size=10**6) + END,
    "no name": header("./", size=0) + END,
    "no end": OAK_ENTRY,
    "another checksum": OAK_ENTRY.replace(b"oak.jpg", b"elm.jpg", 1) + END,
    "half a header": OAK_ENTRY + OAK_ENTRY[:100],
    "a nested tar that is none": header("n.tar", size=len(OAK)) + OAK.ljust(1024, b"\0") + END,
    "a nested tar that is longer than its place": header("n.tar", size=512) + header("oak.jpg", size=512) + END + END,
    "a nested tar that ends early": header("n.tar", size=512) + header("oak.jpg") + OAK_ENTRY + END,
    "a nested tar of half a header": header("n.tar", size=100) + OAK_ENTRY + END,
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
    "gzip of a picture": gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    "broken gzip": b"\x1f\x8b" + bytes(range(256)),
    "gzip that breaks later": gzip.compress(tarred(("oak.jpg", bytes(10**6))))[:200] + b"\xff" * 900,
}


@pytest.mark.parametrize("data", BROKEN_HEADERS.values(), ids=BROKEN_HEADERS.keys())
def test_headers_that_lie_are_refused(tmp_path: Path, data: bytes) -> None:
    with at_most(8):
        assert re.fullmatch("(The archive )?a.tar.* (is broken|is refused|holds is none).*", refusal(tmp_path, data))


def test_a_nested_archive_is_named_when_it_is_broken(tmp_path: Path) -> None:
    said = refusal(tmp_path, tarred(("n01.tar", OAK)))
    assert said == "a.tar/n01.tar is called an archive, but what it holds is none, or it is broken."


def test_headers_that_lead_to_headers_are_followed_without_recursion(tmp_path: Path) -> None:
    assert [
        member.name for member in listed(tmp_path, (pax(b"12 path=elm\n") + header("x", type=b"K", size=0)) * 2000 + OAK_ENTRY + END)
    ] == ["elm"]


def test_remarks_for_all_files_are_passed_over(tmp_path: Path) -> None:
    assert [member.name for member in listed(tmp_path, pax(b"12 path=elm\n", kind=b"g") + OAK_ENTRY + END)] == ["oak.jpg"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_cut_off_anywhere_is_refused(tmp_path: Path, kind: str) -> None:
    data = made(kind, ("oak.jpg", OAK), ("elm.jpg", ELM))
    needed = data.rstrip(b"\0")  # a tar is filled up at its end, and gzip and zip end with lengths
    for cut in range(0, len(needed), 37):
        assert refusal(tmp_path, data[:cut], f"a.{kind}")


def test_a_gzip_bomb_is_left_early_and_takes_no_memory(tmp_path: Path) -> None:
    zeros = gzip.compress(bytes(64 * 2**20), mtime=0)
    bomb = gzip.compress(header("oak.jpg", size=10 * 2**30), mtime=0) + zeros * 160
    assert len(bomb) > 10_000_000
    with at_most(16):
        (tmp_path / "a.tgz").write_bytes(bomb)
        with pytest.raises(ArchiveRefused, match="would grow more than 200-fold"):
            list(members(tmp_path / "a.tgz", name="a.tgz"))
        with pytest.raises(ArchiveRefused, match="would grow more than 200-fold"):
            unpack_tar(tmp_path / "a.tgz", tmp_path, 2**20)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    assert "would grow more than 200-fold" in refusal(tmp_path, zipped(("oak.jpg", bytes(300 * 2**20))), "a.zip")


def test_a_zip_whose_files_lie_over_each_other_is_refused(tmp_path: Path) -> None:
    data = zipped(("oak.jpg", OAK), method=zipfile.ZIP_STORED)
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    directory = data[start:end] * 20
    data = data[:start] + directory + data[end : end + 12] + struct.pack("<L", len(directory)) + data[end + 16 :]
    assert refusal(tmp_path, data, "a.zip") == "The archive a.zip is refused: its files lie over each other."


def central(data: bytes, offset: int, form: str, value: int) -> bytes:
    """The zip with another number in its first entry of the central directory."""
    at = data.index(b"PK\1\2") + offset
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


STORED = zipped(("oak.jpg", OAK), method=zipfile.ZIP_STORED)


def with_long_numbers(*numbers: int) -> bytes:
    """The zip with its sizes and its offset in an extra field, behind one that says something else."""
    extra = struct.pack("<HH3s", 7, 3, b"abc") + struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)
    data = STORED
    for at in (20, 24, 42):
        data = central(data, at, "<L", 2**32 - 1)
    data = central(data, 30, "<H", len(extra))
    end = data.index(b"PK\5\6")
    (directory_bytes,) = struct.unpack("<L", data[end + 12 : end + 16])
    return data[:end] + extra + data[end : end + 12] + struct.pack("<L", directory_bytes + len(extra)) + data[end + 16 :]


def test_long_numbers_of_a_member_are_read(tmp_path: Path) -> None:
    (oak,) = listed(tmp_path, with_long_numbers(len(OAK), len(OAK), 0), "a.zip")
    assert (oak.size, oak.offset) == (len(OAK), STORED.index(OAK))


BROKEN_ZIPS = {
    "a password": (with_flags(STORED, 1), "“oak.jpg” asks for a password"),
    "another packing": (zipped(("oak.jpg", OAK), method=zipfile.ZIP_BZIP2), "is packed in a way not known here"),
    "two sizes": (central(STORED, 20, "<L", 7), "cannot be right"),
    "an offset in another file": (central(STORED, 42, "<L", 2**31), "cannot be right"),
    "an offset in the middle": (central(STORED, 42, "<L", 7), "cannot be right"),
    "a long number that is not there": (central(STORED, 24, "<L", 2**32 - 1), "cannot be right"),
    "a name of its own in the header": (STORED.replace(b"oak.jpg", b"elm.jpg", 1), "cannot be right"),
    "a header that is none": (STORED.replace(b"PK\3\4", b"PK\3\5"), "none, or it is broken"),
    "a second header that is none": (b"PK\3\5".join(zipped(("a", OAK), ("b", OAK)).rsplit(b"PK\3\4", 1)), "cannot be right"),
    "a size beyond the end": (central(central(STORED, 20, "<L", 700), 24, "<L", 700), "cannot be right"),
    "a directory elsewhere": (STORED.replace(b"PK\1\2", b"PK\1\3"), "none, or it is broken"),
    "something before": (b"PK" + STORED, "none, or it is broken"),
    "something behind": (STORED + b"!", "none, or it is broken|ends too early"),
    "no zip": (b"PK\3\4 and no more", "none, or it is broken"),
    "long numbers of which one is missing": (with_long_numbers(len(OAK), len(OAK)), "cannot be right"),
    "a long offset beyond all files": (with_long_numbers(len(OAK), len(OAK), 2**64 - 1), "cannot be right"),
    "an entry that is longer than the directory": (central(STORED, 32, "<H", 9), "none, or it is broken"),
    "a long last record that is none": (STORED[:-22] + struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1) + STORED[-22:], "none, or it is broken"),
    "a last record far away": (STORED[:-22] + struct.pack("<4sLQL", b"PK\6\7", 0, 2**63, 1) + STORED[-22:], "ends too early"),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN_ZIPS.values(), ids=BROKEN_ZIPS.keys())
def test_zips_that_lie_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    assert re.search(reason, refusal(tmp_path, data, "a.zip"))


DEFLATED = zipped(("oak.jpg", OAK))


@pytest.mark.parametrize(
    "data",
    [
        central(DEFLATED, 24, "<L", 7),
        central(DEFLATED, 24, "<L", 9999),
        central(DEFLATED, 16, "<L", 7),
        DEFLATED[:37] + b"\xff" * 8 + DEFLATED[45:],
    ],
)
def test_a_member_of_a_zip_that_is_not_as_announced_is_refused(tmp_path: Path, data: bytes) -> None:
    listed(tmp_path, data, "a.zip")
    with pytest.raises(ArchiveRefused, match=r"“oak\.jpg” cannot be right"):
        read_member(tmp_path / "a.zip", "oak.jpg", 2**20)


def test_a_member_that_grows_is_not_grown_further_than_announced(tmp_path: Path) -> None:
    listed(tmp_path, central(zipped(("oak.jpg", bytes(64 * 2**20))), 24, "<L", 100), "a.zip")
    with at_most(2), pytest.raises(ArchiveRefused, match="cannot be right"):
        read_member(tmp_path / "a.zip", "oak.jpg", 2**20)


def test_more_members_than_any_set_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagestolive.datasets.member.MEMBERS_MOST", 2)
    for kind in KINDS:
        three = made(kind, ("1", b""), ("2", b""), ("3", b""))
        assert refusal(tmp_path, three, f"a.{kind}") == f"The archive a.{kind} is refused: it holds more than 2 files."


def many_in_a_tar(count: int) -> bytes:
    return header("oak.jpg") * count + END


def many_in_a_zip(count: int) -> bytes:
    data = zipped(("oak.jpg", b""), method=zipfile.ZIP_STORED)
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    directory = data[start:end] * count
    return data[:start] + directory + data[end : end + 12] + struct.pack("<L", len(directory)) + data[end + 16 :]


@pytest.mark.parametrize(("name", "many"), [("a.tar", many_in_a_tar), ("a.zip", many_in_a_zip)])
def test_twenty_thousand_members_take_no_memory(tmp_path: Path, name: str, many: Callable[[int], bytes]) -> None:
    (tmp_path / name).write_bytes(many(20_000))
    with at_most(0.5):
        assert sum(1 for _ in members(tmp_path / name, name=name)) == 20_000


# ---- unpacking ----------------------------------------------------------------------------------------------------------


def unpacked(folder: Path, data: bytes, most_bytes: int = 10**6) -> dict[str, bytes]:
    """Everything there is afterwards, the archive aside."""
    target = folder / "target"
    target.mkdir()
    (folder / "a.tgz").write_bytes(data)
    unpack_tar(folder / "a.tgz", target, most_bytes)
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "a.tgz"}


def test_no_name_out_of_an_archive_becomes_a_path(tmp_path: Path) -> None:
    found = unpacked(
        tmp_path, made("tgz", ("trees/oak.jpg", OAK), ("n.tar", tarred(("elm.jpg", ELM))), ("con", b""), ("trees/oak.jpg", ELM))
    )
    assert found == {unpacked_name("trees/oak.jpg"): OAK, unpacked_name("n.tar/elm.jpg"): ELM, unpacked_name("con"): b""}
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in found)


def test_of_what_is_too_large_to_be_read_only_that_is_kept(tmp_path: Path) -> None:
    found = unpacked(tmp_path, made("tgz", ("oak.jpg", OAK), ("elm.jpg", ELM)), most_bytes=100)
    assert found == {unpacked_name("oak.jpg"): bytes(101), unpacked_name("elm.jpg"): ELM}


def test_a_disk_that_is_nearly_full_is_not_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = namedtuple("disk", "total used free")
    gibibyte = 2**30
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda _: disk(100 * gibibyte, 95 * gibibyte, 5 * gibibyte))
    with pytest.raises(DiskFull):
        unpacked(tmp_path, made("tgz", ("oak.jpg", OAK)))
    (tmp_path / "a.gz").write_bytes(gzip.compress(OAK))
    with pytest.raises(DiskFull):
        archives.unpack_gzip(tmp_path / "a.gz", tmp_path / "whole")
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda _: disk(100 * gibibyte, 94 * gibibyte, 6 * gibibyte))
    archives.unpack_gzip(tmp_path / "a.gz", tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == OAK


def test_a_gzip_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(OAK)[:-4])
    with pytest.raises(ArchiveRefused, match="ends too early"):
        archives.unpack_gzip(tmp_path / "a.gz", tmp_path / "whole")
