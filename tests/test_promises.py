"""What the README promises, each promise tied to a test that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

CLI = "test_cli.py::"
REMOTE = "test_pipeline_remote.py::"

# A sentence of the README -> the test that fails when it is no longer true.
PROMISES = {
    "The same code draws the same set again, on any machine.": "test_golden.py::test_the_picks_of_a_golden_set_stay",
    "Replacing one card changes that card alone.": "test_draw.py::test_replacing_one_card_changes_that_card_alone",
    "The image is shown whole, never stretched; it is cut at the edge only when you ask, and only where its license allows.": "faces/"
    "test_fronts.py::test_an_image_bleeds_if_its_license_lets_it_be_cut",
    "A JPEG that needs no change is copied without being compressed again.": CLI
    + "test_the_jpeg_data_of_the_sources_are_in_the_file_byte_for_byte",
    "No place and no owner out of a photograph's metadata reaches a PDF.": CLI + "test_no_place_and_no_owner_is_anywhere_in_the_file",
    "Each back lies behind its own front, on both flips.": CLI + "test_each_back_lies_behind_its_own_front",
    "After one cut through the pile, cut-stack order leaves the cards in order.": "test_sheets.py::"
    "test_piles_of_one_cut_laid_on_each_other_are_in_order",
    "What the calibration page reads brings the backs behind their fronts.": "test_calibration.py::"
    "test_what_is_read_off_brings_the_backs_behind_their_fronts",
    "Author, license and license address are never shortened.": "faces/test_apart.py::test_on_no_back_does_anything_touch",
    "Names in 27 writing systems are drawn whole; what no font has is reported.": "test_typeset.py::"
    "test_a_line_of_each_script_is_drawn_whole_in_one_face",
    "Every PDF of cards is PDF/A-3b, with the set file inside, and the same bytes on every machine.": "pdf/test_pdf.py::"
    "test_a_file_is_pdf_a_3b_and_the_validator_finds_what_is_not",
    "Memory does not grow with the number of cards.": "press/test_archive.py::test_six_images_take_no_more_memory_than_two",
    "Of the images of a data set that may be handed out, each has the same chance.": "test_draw.py::"
    "test_every_row_that_passes_a_rule_has_the_same_chance",
    "Asked to draw by author, it draws one of 200,000 images no oftener than one of a single image.": "test_draw.py::"
    "test_an_author_of_200_000_images_comes_no_oftener_than_one_of_a_single_image",
    "Indexing that is cut off leaves the table of before.": "tables/test_sqlite.py::"
    "test_killed_at_any_moment_a_build_leaves_the_old_table_or_the_new_and_can_be_done_again",
    "ImageNet's persons, and images of classes nobody knows, are held back.": "datasets/test_imagenet.py::test_such_a_class_is_held_back",
    "Archives with links, or with paths that lead out, are refused.": "datasets/test_archives.py::test_what_is_no_ordinary_file_is_refused",
    "Everything left out is counted by reason and reported.": "test_pipeline.py::test_everything_left_out_is_counted_once_by_its_reason",
    "A flagged image reaches no page, no thumbnail and no PDF.": "test_gate.py::test_the_planted_image_comes_out_nowhere",
    "What somebody asked to be left out is drawn no more, and leaves its place in every set that was made before.": "test_cli_care.py::"
    "test_an_image_that_was_opted_out_is_drawn_no_more_and_leaves_its_place_in_a_saved_set",
    "A report hides its image at once, in files being made too.": "web/test_review.py::"
    "test_what_is_reported_while_its_job_runs_is_not_in_the_pdf",
    "What is asked at `/find` stands in no log.": "web/test_find.py::test_no_question_stands_in_any_log",
    "Nothing that was confirmed is lost when a process is killed.": "ledger/test_decisions.py::"
    "test_of_ten_processes_that_write_while_one_after_the_other_is_killed_nothing_confirmed_is_lost",
    "The pages work without JavaScript.": "web/test_browser.py::test_a_set_is_made_replaced_and_saved_without_javascript",
    "An image that its maker took back reaches no card, and another takes its place.": REMOTE
    + "test_ninety_images_of_which_a_third_is_trouble_come_and_all_is_counted",
    "A host is asked for one image at a time.": REMOTE + "test_one_request_at_a_time_goes_to_a_host",
    "A host that asks programs to stay away is not asked for images.": REMOTE
    + "test_a_host_that_asks_programs_to_stay_away_is_not_asked_for_images",
    "Only public addresses are asked, also where a redirect leads.": "fetch/test_network.py::test_a_name_is_checked_anew_at_each_hop",
    "The same code draws the same set from a full cache and from an empty one.": REMOTE
    + "test_ninety_images_of_which_a_third_is_trouble_come_and_all_is_counted",
    "A worker that is killed leaves no half file and no job undone.": "jobs/test_queue.py::"
    "test_workers_that_are_killed_in_mid_job_serve_no_half_and_leave_no_job_undone",
    "Nobody gets the file that somebody else asked for.": "jobs/test_running.py::test_two_people_who_ask_for_the_same_file_at_once_get_two",
    "Where all images are here, nothing is fetched from the network.": CLI + "test_nothing_is_fetched_from_the_network",
    "Every document of the teaching plan says the same in every format, in both languages.": "teaching/test_documents.py::"
    "test_each_document_is_said_whole_in_each_text_format",
    "Its PDF files are tagged, and two offline checkers find no error in them.": "teaching/test_paper.py::"
    "test_two_checkers_of_accessible_pdf_find_no_fault",
    "The plan in Portuguese as DOCX, with your own set code in it, is three clicks from the front page.": "web/test_browser.py::"
    "test_the_plan_in_portuguese_with_ones_own_code_is_three_clicks_away",
}


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_stands_in_the_readme_and_its_test_exists(promise: str) -> None:
    assert promise in " ".join(README.split())
    file, name = PROMISES[promise].split("::")
    assert re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), flags=re.M)


def test_every_promise_of_the_readme_is_in_the_table() -> None:
    section = re.search(r"^## What it promises\n(.*?)^## ", README, flags=re.M | re.S)
    assert section
    promised = [" ".join(item.split()) for item in re.findall(r"^- (.*?)(?=^- |^$|\Z)", section[1].strip(), flags=re.M | re.S)]
    assert sorted(promised) == sorted(PROMISES)


def test_every_option_of_the_command_line_is_in_the_readme_and_no_other() -> None:
    import click

    from imagestolive.cli import main

    def commands(group: click.Group) -> Iterator[click.Command]:
        for command in group.commands.values():
            yield from commands(command) if isinstance(command, click.Group) else [command]

    options = {
        option
        for command in commands(main)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - {"--help", "--version"}
    assert named == options
