from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from imagestolive.datasets import wordnet

CHECKOUT = Path(__file__).resolve().parents[2]
LISTS = CHECKOUT / "imagestolive" / "datasets" / "wordnet_ids"
PERSON = "n00007846"

# A synset a line as in WordNet's data.noun; the words and what they stand for are made up, but for "person".
NOUNS = """\
  1 This is a license.
  2
  3 WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.
00001740 03 n 01 thing 0 002 ~ 00007846 n 0000 ~ 00020000 n 0000 | whatever there is
00007846 03 n 03 person 0 somebody 0 soul 0 003 @ 00001740 n 0000 + 01234567 v 0101 ~ 00010000 n 0000 | a human being
00010000 18 n 01 painter 0 003 @ 00007846 n 0000 ~i 00030000 n 0000 ~ 00010050 n 0000 | one who paints | and draws
00010050 18 n 10 a 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j 0 k 0 l 0 m 0 n 0 o 0 p 0 001 @ 00010000 n 0000 | sixteen words
00020000 20 n 01 oak 0 001 @ 00001740 n 0000 | a tree
00030000 18 n 01 Ana_Lima 0 001 @i 00010000 n 0000 | a painter by name
"""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wordnet_ids", CHECKOUT / "tools" / "wordnet_ids.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def person_ids() -> list[str]:
    return (LISTS / "person.txt").read_text(encoding="utf-8").splitlines()[1:]


def write(tool: ModuleType, folder: Path, nouns: str) -> None:
    (folder / "data.noun").write_text(nouns)
    tool.write(folder / "data.noun", folder)


def test_the_tool_finds_the_subtree_over_kinds_and_over_names(tool: ModuleType, tmp_path: Path) -> None:
    write(tool, tmp_path, NOUNS)
    assert (tmp_path / "person.txt").read_text(encoding="utf-8").splitlines()[1:] == ["n00007846", "n00010000", "n00010050", "n00030000"]
    assert (tmp_path / "LICENSE.txt").read_text().splitlines()[2:4] == ["This is a license.", ""]


def test_what_the_tool_writes_is_read_back(tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = "".join(f"{number:08} 20 n 01 oak 0 000 | a tree\n" for number in range(40000, 60000, 97))
    write(tool, tmp_path, NOUNS + many)
    monkeypatch.setattr(wordnet, "_LISTS", tmp_path)
    assert wordnet._ids.__wrapped__("nouns.txt") == {1740, 7846, 10000, 10050, 20000, 30000, *range(40000, 60000, 97)}
    assert wordnet._ids.__wrapped__("person.txt") == {7846, 10000, 10050, 30000}


def test_the_tool_refuses_another_version(tool: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"data\.noun is not WordNet 3\.0"):
        write(tool, tmp_path, NOUNS.replace("WordNet 3.0", "WordNet 3.1"))


def test_the_lists_hold_all_nouns_and_the_whole_subtree(person_ids: list[str]) -> None:
    assert len(wordnet._ids("nouns.txt")) == 82_115
    assert len(set(person_ids)) == len(person_ids) == 10_297
    assert person_ids[0] == PERSON
    assert all(map(wordnet.is_known, person_ids))
    assert all(wordnet.is_person(wnid) and wordnet.held_back(wnid) == ("person", "review") for wnid in person_ids)
    assert wordnet._ids("person.txt") < wordnet._ids("nouns.txt")


def test_the_license_of_wordnet_lies_beside_what_was_made_of_it() -> None:
    text = (LISTS / "LICENSE.txt").read_text(encoding="utf-8")
    assert "Permission to use, copy, modify and distribute this software" in text
    assert "WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved." in text


@pytest.mark.parametrize("wnid", ["n10148035", "n09835506", "n10565667"], ids=["groom", "ballplayer", "scuba diver"])
def test_the_persons_of_the_challenge_are_persons(wnid: str) -> None:
    assert wordnet.held_back(wnid) == ("person", "review")


@pytest.mark.parametrize("wnid", ["n01440764", "n02123045", "n02085620"], ids=["tench", "tabby", "Chihuahua"])
def test_animals_are_not_held_back(wnid: str) -> None:
    assert wordnet.is_known(wnid)
    assert not wordnet.is_person(wnid)
    assert wordnet.held_back(wnid) == ()


def test_a_class_of_things_with_pictures_taken_in_secret_is_held_back_without_claiming_a_person() -> None:
    assert all(map(wordnet.is_known, wordnet._DENIED))
    assert {wordnet.held_back(wnid) for wnid in wordnet._DENIED} == {("review",)}
    assert "n02837789" in wordnet._DENIED


NO_NOUNS = ["", "n", "n00000000", "n00001741", "n99999999", "v00001740", "N01440764", "01440764", "n1440764", "n001440764"]


@pytest.mark.parametrize("wnid", [*NO_NOUNS, "n01440764 ", "n01440764\n", "n٠1440764"])
def test_what_is_no_noun_of_wordnet_is_held_back(wnid: str) -> None:
    assert not wordnet.is_known(wnid)
    assert not wordnet.is_person(wnid)
    assert wordnet.held_back(wnid) == ("review",)


@pytest.mark.samples
def test_all_persons_among_the_classes_of_tencent_are_in_the_list(samples: Path) -> None:
    lines = (samples / "tencent-ml-images" / "data" / "dictionary_and_semantic_hierarchy.txt").read_text(encoding="utf-8").splitlines()[1:]
    classes = {index: (wnid, parent) for index, wnid, parent, _ in (line.split("\t") for line in lines)}

    def is_person(index: str) -> bool:
        """By Tencent's own parents; the topmost has -1."""
        wnid, parent = classes[index]
        return wnid == PERSON or (parent in classes and is_person(parent))

    assert len(classes) == 11_166
    persons = {classes[index][0] for index in classes if is_person(index)}
    assert len(persons) == 749
    assert persons == {wnid for wnid, _ in classes.values() if wordnet.is_person(wnid)}
    assert all(wordnet.is_known(wnid) for wnid, _ in classes.values())
