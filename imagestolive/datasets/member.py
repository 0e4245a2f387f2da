"""A file in an archive, and every reason why nothing is taken from one.

No honest archive of images holds a path that leads out of its folder, a link, a device, or a file that grows a thousandfold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from imagestolive.datasets.locators import shown
from imagestolive.errors import N_, ImagesToLiveError

MEMBERS_MOST = 20_000_000
GROWTH_MOST = 200  # what comes out to what went in; photographs hardly shrink, silhouettes some fiftyfold
GROWTH_FREE_BYTES = 256 * 2**20  # below this much the ratio does not matter
_SHOWN_CHARACTERS = 80
_DRIVE = re.compile("[A-Za-z]:")


class ArchiveRefused(ImagesToLiveError):
    """An archive that nothing is taken from. Facts: file, some also member, a name in it."""

    sentence = N_("The archive {file} is refused.")


class NoArchive(ArchiveRefused):
    sentence = N_("{file} is called an archive, but what it holds is none, or it is broken.")


class EndsEarly(ArchiveRefused):
    sentence = N_("The archive {file} is broken: it ends too early. Perhaps its download was cut off.")


class EntryBroken(ArchiveRefused):
    sentence = N_("The archive {file} is broken: what it says of “{member}” cannot be right.")


class LeadsOut(ArchiveRefused):
    sentence = N_("The archive {file} is refused: “{member}” leads out of its folder.")


class NoOrdinaryFile(ArchiveRefused):
    sentence = N_("The archive {file} is refused: “{member}” is a link or a device, no ordinary file.")


class GrowsTooMuch(ArchiveRefused):
    sentence = N_("The archive {file} is refused: what is packed in it would grow more than {most}-fold.")


class TooManyMembers(ArchiveRefused):
    sentence = N_("The archive {file} is refused: it holds more than {most} files.")


class AsksForPassword(ArchiveRefused):
    sentence = N_("The archive {file} cannot be read: “{member}” asks for a password.")


class PackedOtherwise(ArchiveRefused):
    sentence = N_("The archive {file} cannot be read: “{member}” is packed in a way not known here. Pack it as an ordinary zip.")


class Overlaps(ArchiveRefused):
    sentence = N_("The archive {file} is refused: its files lie over each other.")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. `offset` says where in the archive its bytes lie as they are; None where they are compressed."""

    name: str  # with /, relative
    size: int
    offset: int | None


def about(archive: str, member: str) -> dict[str, str]:
    """The facts of a refusal, fit to be shown."""
    return {"file": shown(archive), "member": shown(member, _SHOWN_CHARACTERS)}


def plain_name(name: str, archive: str) -> str:
    """The path of a member without what says nothing in it: lfw/a.jpg for "./lfw//a.jpg". Raises LeadsOut, EntryBroken."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\\" in name or "\0" in name or _DRIVE.match(name):
        raise LeadsOut(**about(archive, name))
    if not parts:
        raise EntryBroken(**about(archive, name))
    return "/".join(parts)


def check_growth(archive: str, *, packed_bytes: int, unpacked_bytes: int) -> None:
    """Raises GrowsTooMuch."""
    if unpacked_bytes > max(GROWTH_FREE_BYTES, GROWTH_MOST * packed_bytes):
        raise GrowsTooMuch(file=shown(archive), most=GROWTH_MOST)


def check_count(archive: str, count: int) -> None:
    """Raises TooManyMembers."""
    if count > MEMBERS_MOST:
        raise TooManyMembers(file=shown(archive), most=MEMBERS_MOST)
