"""The configuration: what it says, and in which words a wrong one is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestolive import config
from imagestolive.config import ConfigMissing, ConfigWrong, Limits, RootWrong, load_config
from imagestolive.records import Band
from imagestolive.web import door

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "config.md"


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Writes a configuration beside a folder `sets/mine` and gives its path."""
    (tmp_path / "sets" / "mine").mkdir(parents=True)

    def written(text: str | bytes) -> Path:
        path = tmp_path / "imagestolive.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def refused(path: Path) -> str:
    with pytest.raises(ConfigWrong) as wrong:
        load_config(path, environment={})
    assert wrong.value.exit_code == 2
    return str(wrong.value)


def mine(more: str = "", key: str = "mine") -> str:
    return f"roots: [sets]\ndatasets:\n  {key}:\n    path: sets/mine\n{more}"


def test_without_a_file_there_is_the_starter_collection_alone(tmp_path: Path) -> None:
    found = load_config(environment={"IMAGESTOLIVE_DATA": str(tmp_path)})
    assert found.starter
    assert found.datasets == {}
    assert found.limits == Limits(cards=2000, web_cards=400)
    assert found.data_folder == tmp_path


def test_a_whole_configuration_is_read(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = load_config(
        write(
            mine(
                "    weight: 7\n    title: Ours\n    license: CC BY 4.0\n    licenses: {Namensnennung: CC BY 2.0}\n"
                "    terms_allow: teaching\n"
                "starter: no\nflags: held.csv\nallow_unlicensed: art. 46 LDA\nlanguage: pt-BR\n"
                "contact: ana@example.org\nlimits: {web_cards: 90}\n"
                "data_folder: kept\n"
            )
        ),
        environment={"IMAGESTOLIVE_DATA": "elsewhere"},
    )
    data_set = found.datasets["mine"]
    assert (data_set.root, data_set.weight) == (tmp_path / "sets" / "mine", 7)
    assert data_set.facts == {"title": "Ours", "license": "CC BY 4.0", "terms_allow": "teaching"}
    assert data_set.licenses == {"Namensnennung": "CC BY 2.0"}
    assert (found.starter, found.flags, found.data_folder) == (False, tmp_path / "held.csv", tmp_path / "kept")
    assert (found.allow_unlicensed, found.language, found.contact, found.limits.web_cards) == (
        "art. 46 LDA",
        "pt-BR",
        "ana@example.org",
        90,
    )


def test_the_environment_names_the_file(write) -> None:  # type: ignore[no-untyped-def]
    path = write("language: pt-BR\n")
    assert load_config(environment={"IMAGESTOLIVE_CONFIG": str(path)}).language == "pt-BR"


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigMissing, match=r"nowhere\.yaml"):
        load_config(Path("nowhere.yaml"), environment={})


@pytest.mark.parametrize(
    "key", ["'../x'", "'CON'", "con", "lpt1", "a/b", "ü", "''", "x" * 300, "-a", "a-", "a--b", "'a b'", "'a\\0'", "1.5"]
)
def test_a_key_that_could_not_be_a_file_name_everywhere_is_refused_with_its_line(write, key: str) -> None:  # type: ignore[no-untyped-def]
    assert "line 4" in refused(write(mine(key=key))) or "line 3" in refused(write(mine(key=key)))


def test_a_path_under_no_root_is_refused(write) -> None:  # type: ignore[no-untyped-def]
    said = refused(write("roots: [sets]\ndatasets:\n  mine:\n    path: /etc\n"))
    assert "/etc" in said
    assert "roots" in said


def test_a_path_that_climbs_out_of_its_root_is_refused(write) -> None:  # type: ignore[no-untyped-def]
    assert "roots" in refused(write("roots: [sets]\ndatasets:\n  mine:\n    path: sets/../../elsewhere\n"))


@pytest.mark.parametrize("weight", ["-3", ".nan", "0", "1001", "'2'", "1.5", "true", "[]"])
def test_a_weight_is_a_whole_number_from_1_to_1000(write, weight: str) -> None:  # type: ignore[no-untyped-def]
    said = refused(write(mine(f"    weight: {weight}\n")))
    assert "line 5" in said
    assert "weight" in said
    assert "1 to 1000" in said


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        ("language: !!python/object/apply:os.system ['echo']\n", 1, "tags"),
        ("a: &a [1]\nb: *a\n", 1, "anchors"),
        ("starter: true\nstarter: false\n", 2, "stands twice"),
        ("limits:\n  cards: 5\n  cards: 6\n", 3, "stands twice"),
        ("x: " + "[" * 100_000 + "\n", 1, "deep"),
        ("x: " + "{a: " * 100_000 + "\n", 1, "deep"),
        ("? [a]\n: b\n", 1, "should be a text"),
        ("language: [\nx: y\n", 3, "not YAML"),
        ("\tlanguage: en\n", 1, "not YAML"),
        ("- a\n", 1, "mapping"),
        ("lisense: x\n", 1, "not known"),
        ("langage: en\n", 1, "did you mean “language”"),
        (mine("    lisense: CC BY 4.0\n"), 5, "did you mean “license”"),
        (mine("    license: CC BI 4.0\n"), 5, "did you mean “CC BY 4.0”"),
        (mine("    licenses: {Namensnennung: CC BY 5.0}\n"), 5, "CC BY 5.0"),
        (mine("    terms_allow: all\n"), 5, "open, teaching, research, nothing-stated"),
        (mine("    homepage: javascript:alert(1)\n"), 5, "https://"),
        (mine("    short: a name that is far too long for the back of a card\n"), 5, "30"),
        ("roots: [sets]\ndatasets:\n  mine: {}\n", 3, "path is missing"),
        ("roots: [nowhere]\n", 1, "no folder"),
        ("roots: sets\n", 1, "list"),
        ("starter: maybe\n", 1, "true or false"),
        ("allow_unlicensed: false\n", 1, "ground"),
        ("allow_unlicensed: true\n", 1, "ground"),
        ("allow_unlicensed: 'no'\n", 1, "ground"),
        ("allow_unlicensed: 0\n", 1, "ground"),
        (mine("    weight: 0x_\n"), 5, "weight"),
        (mine("    title: 2026-13-45\n"), 5, "quotation marks"),
        (mine(f"    weight: {'9' * 5000}\n"), 5, "weight"),
        (mine('    title: "a\\ud800b"\n'), 5, "character"),
        (f"roots: [{'x' * 300}]\n", 1, "roots"),
        ("roots: [~]\n", 1, "text"),
        ("language: de\n", 1, "en, pt-BR"),
        ("limits: {web_cards: 0}\n", 1, "1 to 6000"),
        ("contact: ''\n", 1, "should be a text"),
    ],
)
def test_a_wrong_configuration_is_refused_by_line_and_name(write, text: str, line: int, named: str) -> None:  # type: ignore[no-untyped-def]
    said = refused(write(text))
    assert f"line {line}:" in said
    assert named in said
    assert len(said) < 400


def test_what_is_not_utf_8_is_refused_with_its_line(write) -> None:  # type: ignore[no-untyped-def]
    assert "line 2" in refused(write("language: en\ncontact: José\n".encode("latin-1")))
    refused(write("language: en\n".encode("utf-16")))


def test_an_empty_file_is_the_default(write) -> None:  # type: ignore[no-untyped-def]
    assert load_config(write("# nothing yet\n"), environment={}).starter


@settings(max_examples=60)
@given(st.text(alphabet="abc:[]{}-&*!'\"\n\t #1", max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.yaml"
        path.write_text(text)
        try:
            load_config(path, environment={"IMAGESTOLIVE_DATA": folder})
        except ConfigWrong as wrong:
            assert "line" in str(wrong)  # noqa: PT017


def test_lists_bands_and_school_mode_are_read(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    text = "words: {en: lists/en.txt, pt-BR: pt.txt}\nbands:\n  nsfw: {review: 0, hold: 0.7}\nschool: true\n"
    found = load_config(write(text), environment={})
    assert found.words == {"en": tmp_path / "lists" / "en.txt", "pt-BR": tmp_path / "pt.txt"}
    assert found.bands == {"nsfw": Band(review=0.0, hold=0.7)}
    assert (found.school, found.school_locked) == (True, False)
    assert load_config(write("school_locked: true\n"), environment={}).school


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("words: [en.txt]\n", "words"),
        ("words: {English: en.txt}\n", "English"),
        ("bands: {nsfw: 0.5}\n", "nsfw"),
        ("bands: {nsfw: {hold: 0.5}}\n", "review is missing"),
        ("bands: {nsfw: {review: 0.5}}\n", "hold is missing"),
        ("bands: {nsfw: {review: 0.8, hold: 0.5}}\n", "review should not be greater"),
        ("bands: {nsfw: {review: 30, hold: 70}}\n", "0 to 1"),
        ("bands: {nsfw: {review: .nan, hold: 1}}\n", "0 to 1"),
        ("bands: {nsfw: {review: true, hold: 1}}\n", "0 to 1"),
        ("bands: {nfsw: {review: 0, hold: 1}}\n", "nsfw"),
        ("school: maybe\n", "true or false"),
    ],
)
def test_a_wrong_list_or_band_is_refused_by_name(write, text: str, named: str) -> None:  # type: ignore[no-untyped-def]
    assert named in refused(write(text))


def test_a_root_given_by_hand_adds_a_data_set_or_replaces_its_path(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    other = tmp_path / "other"
    other.mkdir()
    path = write(mine("    weight: 3\n"))
    found = load_config(path, roots=dict([config.read_root(f"mine={other}"), config.read_root(f"coco={other}")]), environment={})
    assert found.datasets["mine"].root == other
    assert found.datasets["mine"].weight == 3
    assert found.datasets["coco"].root == other


@pytest.mark.parametrize("typed", ["mine", "=x", "../x=.", "CON=.", "mine=", "mine=/no/such/folder"])
def test_a_root_that_names_no_folder_is_refused(typed: str) -> None:
    with pytest.raises(RootWrong):
        config.read_root(typed)


def test_the_document_has_every_key_and_no_other() -> None:
    sections = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.M)
    documented = {part.splitlines()[0]: set(re.findall(r"^\| `(\w+)` \|", part, flags=re.M)) for part in sections}
    assert documented["Top level"] == set(config._KEYS)
    assert documented["Each data set"] == set(config._DATA_SET_KEYS)
    assert documented["Limits"] == set(config._LIMIT_KEYS)
    assert documented["Environment"] == {
        config.CONFIG_VARIABLE,
        config.DATA_VARIABLE,
        config.DATABASE_VARIABLE,
        config.PRINTERS_VARIABLE,
        door.VARIABLE,
    }


def test_the_example_of_the_document_is_read(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), flags=re.S)
    assert example
    for name in ("open-images", "garden"):
        (tmp_path / "srv" / name).mkdir(parents=True)
    (tmp_path / "c.yaml").write_text(example[1].replace("/srv/datasets", str(tmp_path / "srv")), encoding="utf-8")
    assert set(load_config(tmp_path / "c.yaml", environment={}).datasets) == {"open-images", "garden"}
