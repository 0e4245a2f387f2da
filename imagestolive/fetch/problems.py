"""Why an image's bytes cannot be had: each error knows the reason that it is counted under."""

from __future__ import annotations

from typing import ClassVar

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import Reason


class NotFetched(ImagesToLiveError):
    """An image's bytes cannot be had; `reason` is one of screening's."""

    reason: ClassVar[Reason]
    status = 404


class Gone(NotFetched):
    reason = "gone"
    sentence = N_("The file of “{image}” is no longer there.")


class NotReachable(NotFetched):
    reason = "not reachable"
    sentence = N_("The file of “{image}” cannot be reached: {problem}.")


class NoRoom(NotReachable):
    sentence = N_("“{image}” cannot be unpacked: less than 5 percent of the disk is free.")


class Changed(NotReachable):
    """Another image may lie now where this one was: its credit would be wrong."""

    sentence = N_("“{image}” lies in a file that has changed since it was indexed.")


class AnotherFile(NotFetched):
    reason = "gone"
    sentence = N_("The file of “{image}” is not the one its makers published: its checksum is another.")


class OutsideRoot(NotFetched):
    reason = "unreadable"
    sentence = N_("The file of “{image}” lies outside the data set’s folder.")


class TooLarge(NotFetched):
    reason = "unreadable"
    sentence = N_("The file of “{image}” is too large: at most {most} bytes are read.")


class InRefusedArchive(NotFetched):
    reason = "unreadable"
    sentence = N_("“{image}” lies in an archive that is broken or refused.")


class NotAnImage(NotFetched):
    reason = "unreadable"
    sentence = N_("What “{image}” points to holds no image of the kind it names.")


class NotHere(NotFetched):
    """An image that lives elsewhere, of a data set of which only what is here is handed out."""

    reason = "not here"
    sentence = N_("“{image}” is not in the data set’s folder, and it is not fetched from the network.")


# ---- from the network -------------------------------------------------------------------------------------------------


class AddressRefused(NotFetched):
    """An address that is never asked: private, odd, or of a host that this data set's images do not come from."""

    reason = "address refused"
    sentence = N_("The address of “{image}” is refused: {problem}.")


class AskedNotTo(NotFetched):
    """robots.txt or X-Robots-Tag."""

    reason = "asked not to"
    sentence = N_("“{image}” is left where it is: {host} asks programs not to take it.")


class NoImageThere(NotFetched):
    reason = "not an image"
    sentence = N_("What lies at the address of “{image}” is not an image.")


class NothingReachable(ImagesToLiveError):
    """No connection, most likely: a whole data set is not tried image by image."""

    sentence = N_("None of the last {n} images could be reached, so no more were tried: {problem}. Try again later, with a connection.")
    exit_code = 3
    status = 503


class NotKept(ImagesToLiveError):
    """The cache cannot be written: what is fetched would be fetched again and again."""

    sentence = N_("Fetched images cannot be kept on this machine’s disk: {problem}.")
    exit_code = 1
    status = 503


class ToBeFetched(ImagesToLiveError):
    """An image that has to come over the network, asked for where nobody may wait for that. It says nothing about the image."""

    sentence = N_("These images have to be fetched from where they live first.")
    status = 409
