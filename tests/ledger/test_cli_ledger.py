"""imagestolive ledger: copies that are whole, and lists for others."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ledger_office import Office

from imagestolive import cli
from imagestolive.config import ledger_place
from imagestolive.jobs.workplace import Workplace
from imagestolive.ledger import Ledger, copies


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path | str:
    """The ledger that the command line means."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("IMAGESTOLIVE_CONFIG", raising=False)
    if request.param == "sqlite":
        monkeypatch.delenv("DATABASE_URL", raising=False)
        return ledger_place(tmp_path / "data", None)
    url: str = request.getfixturevalue("postgresql").emptied_database()
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, ["ledger", *map(str, arguments)])


def hidden(place: Path | str) -> set[str]:
    with closing(Ledger(place)) as ledger:
        return Office(ledger).hidden()


def report(place: Path | str, *image_ids: str) -> None:
    with closing(Ledger(place)) as ledger:
        office = Office(ledger)
        for image_id in image_ids:
            office.report(image_id, client=f"who saw {image_id}")


def test_what_was_copied_is_put_back(place: Path | str) -> None:
    report(place, "1", "2")
    told = run("backup", "copy")
    assert (told.exit_code, told.stderr) == (0, "")
    report(place, "3")
    assert run("restore", "copy").exit_code == 2  # what is there would be lost
    assert hidden(place) == {"1", "2", "3"}
    assert run("restore", "copy", "--force").exit_code == 0
    assert hidden(place) == {"1", "2"}
    report(place, "4")  # the numbers of rows go on
    assert hidden(place) == {"1", "2", "4"}


def test_whoever_has_the_ledger_open_sees_what_was_put_back(place: Path | str) -> None:
    report(place, "1")
    run("backup", "copy")
    with closing(Ledger(place)) as ledger:
        office = Office(ledger)
        office.report("2")
        assert office.hidden() == {"1", "2"}
        assert run("restore", "copy", "--force").exit_code == 0
        assert office.hidden() == {"1"}
        office.report("3")
        assert office.hidden() == {"1", "3"}


def test_a_copy_of_one_kind_of_database_goes_into_the_other(ledger: Ledger, tmp_path: Path) -> None:
    office = Office(ledger)
    office.opt_out(contact="a@example.org")
    copies.backup(ledger, tmp_path / "copy")
    with closing(Ledger(tmp_path / "other.sqlite3")) as other:
        copies.restore(other, tmp_path / "copy")
        assert Office(other).decisions.history() == office.decisions.history()
        copies.backup(other, tmp_path / "copy of it")
    copies.restore(ledger, tmp_path / "copy of it", force=True)
    assert office.decisions.queue()[0].contact == "a@example.org"


def test_a_copy_holds_every_table(tmp_path: Path, ledger_place: Path | str) -> None:
    with closing(Workplace(tmp_path / "data", database=str(ledger_place) if isinstance(ledger_place, str) else None)) as here:
        here.jobs.accept(client="ana", address=None, kind="pdf", content=b"\0\xff{}", cards=1, lang="en", back="/")
        here.marks.mark("K7Q29FXD", "ana", 1, "coco", "=1", "kept")
        here.marks.link("K7Q29FXD", "ana")
        here.known_sets.note("K7Q29FXD", cards=9, left_out={"flagged": 1})
        here.decisions.import_hashed(hashed_list(tmp_path), "op")
        here.decisions.moment("K7Q29FXD")
        here.decisions.opt_out(target="photo", dataset=None, value="1", contact="a@example.org")
        here.tidy()
        copies.backup(here.ledger, tmp_path / "copy")
        with closing(Ledger(tmp_path / "other.sqlite3")) as other:
            copies.restore(other, tmp_path / "copy")
            for table in copies.metadata.sorted_tables:
                with here.ledger.reading() as ours, other.reading() as theirs:
                    rows = [connection.execute(table.select().order_by(*table.primary_key)).all() for connection in (ours, theirs)]
                    assert rows[0] == rows[1]
                    assert rows[0], table


def test_a_copy_without_a_secret_leaves_that_of_the_ledger(tmp_path: Path, ledger_place: Path | str) -> None:
    with closing(Ledger(tmp_path / "old.sqlite3")) as old:
        copies.backup(old, tmp_path / "copy")
    with closing(Workplace(tmp_path / "data", database=str(ledger_place) if isinstance(ledger_place, str) else None)) as here:
        moment = here.decisions.moment("K7Q29FXD")
        copies.restore(here.ledger, tmp_path / "copy")
        assert here.decisions.read_moment("K7Q29FXD", moment) == 0


def test_a_moment_that_a_copy_does_not_know_is_none_there(tmp_path: Path) -> None:
    with closing(Workplace(tmp_path / "data")) as here:
        here.decisions.opt_out(target="photo", dataset=None, value="1")
        before = here.decisions.moment("K7Q29FXD")
        copies.backup(here.ledger, tmp_path / "copy")
        here.decisions.opt_out(target="photo", dataset=None, value="2")
        after = here.decisions.moment("K7Q29FXD")
        copies.restore(here.ledger, tmp_path / "copy", force=True)
        here.decisions.opt_out(target="photo", dataset=None, value="3")
        assert here.decisions.read_moment("K7Q29FXD", before) == 1
        assert here.decisions.read_moment("K7Q29FXD", after) is None


def hashed_list(folder: Path) -> Path:
    file = folder / "hashed.txt"
    file.write_text(f"imagestolive-hashed/1 a-salt-of-two\n{'0' * 32}\n")
    return file


_WRITER = """
import pathlib, sys
from imagestolive.ledger import Ledger
from imagestolive.ledger.decisions import Decisions
place = sys.argv[1]
decisions = Decisions(Ledger(place if "://" in place else pathlib.Path(place)))
for n in range(int(1e9)):
    decisions.report(client=str(n), dataset="coco", image_id=str(n), reason="private", rows=10**9)
    print(n, flush=True)
"""


def test_a_copy_is_taken_while_others_write_and_holds_all_that_was_confirmed_before(ledger_place: Path | str, tmp_path: Path) -> None:
    with closing(Ledger(ledger_place)) as ledger:
        program = [sys.executable, "-c", _WRITER, str(ledger_place)]
        with subprocess.Popen(program, stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout is not None
                for n in range(5):
                    confirmed = int(process.stdout.readline())
                    copies.backup(ledger, tmp_path / f"{n}")
                    with closing(Ledger(tmp_path / f"{n}.sqlite3")) as other:
                        copies.restore(other, tmp_path / f"{n}")
                        found = Office(other).hidden()
                    assert {str(image_id) for image_id in range(confirmed + 1)} <= found
                    assert found == {str(image_id) for image_id in range(len(found))}  # of one moment
            finally:
                process.kill()


def test_a_copy_is_kept_from_being_written_over(place: Path | str) -> None:
    run("backup", "copy")
    before = Path("copy").read_bytes()
    report(place, "1")
    told = run("backup", "copy")
    assert told.exit_code == 2
    assert "is there already" in told.stderr
    assert Path("copy").read_bytes() == before
    assert run("backup", "copy", "--force").exit_code == 0
    assert Path("copy").read_bytes() != before
    assert sorted(path.name for path in Path().iterdir() if path.name != "data") == ["copy"]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "another", "missing", "folder"])
def test_what_is_no_whole_copy_changes_nothing(place: Path | str, damage: str) -> None:
    report(place, "1", "2")
    run("backup", "copy")
    copy = Path("copy")
    data = copy.read_bytes()
    wrong = {
        "cut": data[: len(data) // 2],
        "changed": data.replace(b"everywhere", b"everywhexe") if isinstance(place, str) else data[:3000] + b"\xff" * 30000 + data[33000:],
        "empty": b"",
        "another": b'{"copy": "of something else"}\n[]\n',
    }
    if damage in wrong:
        copy.write_bytes(wrong[damage])
    else:
        copy.unlink()
    if damage == "folder":
        copy.mkdir()
    told = run("restore", "copy", "--force")
    assert told.exit_code == 2
    assert told.stderr.startswith("imagestolive: copy ")
    assert "Traceback" not in told.output
    assert hidden(place) == {"1", "2"}


def test_another_database_is_no_copy(place: Path | str) -> None:
    with closing(sqlite3.connect("copy")) as base:
        base.execute("CREATE TABLE pictures (name TEXT)")
    assert "it is another database" in run("restore", "copy", "--force").stderr


def test_a_copy_of_a_newer_version_is_left_alone(place: Path | str) -> None:
    run("backup", "copy")
    with closing(Ledger(Path("newer.sqlite3"))) as newer, newer.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in run("restore", "newer.sqlite3", "--force").stderr


def test_a_damaged_ledger_is_set_aside_for_its_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    place = tmp_path / "ledger.sqlite3"
    report(place, "1")
    run("backup", "copy")
    place.write_bytes(b"no database at all" * 1000)
    assert run("restore", "no copy").exit_code == 2
    assert place.read_bytes().startswith(b"no database")
    assert run("restore", "copy").exit_code == 0
    assert hidden(place) == {"1"}
    assert (tmp_path / "ledger.sqlite3.damaged").read_bytes().startswith(b"no database")


@pytest.mark.parametrize("options", [(), ("--hashed",), ("--hashed", "--salt", "a-salt-of-two")])
def test_a_list_goes_out_and_comes_in(place: Path | str, options: tuple[str, ...]) -> None:
    with closing(Ledger(place)) as ledger:
        Office(ledger).opt_out(contact="a@example.org")
    told = run("export", "list", *options)
    assert (told.exit_code, told.stderr, told.stdout) == (0, "", "1 entry was written to list.\n")
    assert "example.org" not in Path("list").read_text()
    assert ("946782888" in Path("list").read_text()) == (not options)
    told = run("import", "list", "--who", "Bia")
    assert (told.exit_code, told.stderr) == (0, "")
    with closing(Ledger(place)) as ledger:
        assert Office(ledger).decisions.history(1)[0].who == "Bia"


@pytest.mark.parametrize(
    "arguments", [("export", "list", "--hashed", "--salt", "short"), ("import", "missing"), ("import", "."), ("backup", "no/where")]
)
def test_what_does_not_work_is_one_sentence(place: Path | str, arguments: tuple[str, ...]) -> None:
    told = run(*arguments)
    assert told.exit_code == 2
    assert told.stderr.startswith("imagestolive: ")
    assert told.stderr.count("\n") == 1
    assert sorted(path.name for path in Path().iterdir() if path.name != "data") == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty, so nothing was taken over. Its first line should name the columns, such as “target,dataset,value”"),
        (b"\xef\xbb\xbf\r\n", "is empty, so nothing was taken over."),
        (
            b"hi",
            "has no column “target”, so nothing was taken over. Its first line should name the columns, such as “target,dataset,value”",
        ),
        (b"hi\nthere\n", "has no column “target”"),
        (b"target,id\nphoto,4711\n", "has no column “value”"),
        (b"target,value\nphoto,4711\nphoto\nphoto,4712\n", "row 3: this row has 1 columns, the header 2."),
        (b"target,value\nphoto,4711\nphoto,ana\nphoto,4712\n", "row 3: “ana” names no photo that could be left out."),
        (b"target,value\nphoto,4711\nphoto,\xff\nphoto,4712\n", "row 3: the letters are not UTF-8."),
        (b"imagestolive-hashed/1 a-salt-of-two\n" + b"0" * 32 + b"\nhi\n", "row 3: this is not a list of hashes"),
    ],
)
def test_of_a_file_that_is_no_list_or_is_broken_in_the_middle_nothing_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    monkeypatch.setenv("IMAGESTOLIVE_DATA", str(tmp_path / "data"))
    for name in ("IMAGESTOLIVE_CONFIG", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    told = run("import", file)
    assert told.exit_code != 0
    assert said in " ".join(told.stderr.split())
    with closing(Ledger(ledger_place(tmp_path / "data", None))) as ledger:
        assert Office(ledger).decisions.history() == []
