"""Why a data set's lists are not fetched."""

from __future__ import annotations

from imagestolive.errors import N_, ImagesToLiveError


class NothingToGet(ImagesToLiveError):
    """A data set of which the datasheet names no files that everybody may fetch."""

    sentence = N_(
        "Nothing can be fetched of {title}: its makers publish no list that this program knows. Lists can be fetched of: {known}."
    )
    field = "key"


class NoSuchPart(ImagesToLiveError):
    sentence = N_("“{part}” is no part of {title}: there are {known}.")
    field = "part"


class NotAccepted(ImagesToLiveError):
    """Nothing is fetched before its terms are accepted."""

    sentence = N_("Nothing was fetched: the terms of {title} are not accepted.")
    hint = N_("To accept them: --accept-terms.")
    field = "accept_terms"


class NotGot(ImagesToLiveError):
    """A file could not be fetched; what has come of it stays, to go on with."""

    sentence = N_("{file} could not be fetched from {host}: {problem}. The same command goes on where this one stopped.")
    exit_code = 1


class NotTheirs(ImagesToLiveError):
    """A file that is not what its makers say; it was thrown away."""

    sentence = N_("{file} from {host} was thrown away, for it is not the file its makers published: {problem}.")
    exit_code = 1


class NotUsable(ImagesToLiveError):
    """What was fetched is not what a reader can read; it was thrown away."""

    sentence = N_("{problem} What was fetched of {title} is thrown away: the same command fetches it again.")
    exit_code = 1


class NoRoomForIt(ImagesToLiveError):
    sentence = N_("{file} is not fetched: less than 5 percent of the disk would be left free.")
    exit_code = 1


class NotKept(ImagesToLiveError):
    sentence = N_("{file} cannot be written: {problem}.")
    exit_code = 1


class BeingGot(ImagesToLiveError):
    sentence = N_("Another run is fetching the lists of {title} at this moment.")
    exit_code = 1
