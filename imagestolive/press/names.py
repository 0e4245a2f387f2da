"""What files of a set are called when they are handed out."""

from __future__ import annotations

from imagestolive.sets import written


def file_name(code: str, what: str, ending: str) -> str:
    """The name says the tool, the set and what is in the file.

    >>> file_name("K7Q29FXD", "credits", "csv")
    'images-to-live-with_K7Q2-9FXD_credits.csv'
    """
    return f"{folder_name(code)}_{what}.{ending}"


def folder_name(code: str) -> str:
    return f"images-to-live-with_{written(code)}"
