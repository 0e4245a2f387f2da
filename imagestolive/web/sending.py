"""A file -> an answer: sent piece by piece, kept by nobody on the way. One that was made for this answer is gone afterwards."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from flask import Response

from imagestolive.errors import N_, ImagesToLiveError

_PIECE_BYTES = 2**16


class NoRoomHere(ImagesToLiveError):
    """The disk of the server is full."""

    sentence = N_("There is no room on this server’s disk to make the file. Tell the people who run it, or try again later.")
    status = 503


def made_now(make: Callable[[BinaryIO], object], media_type: str, name: str) -> Response:
    """What `make` writes, as a download under a name in ASCII. Raises what `make` raises."""
    out = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 (the answer closes it)
    try:
        make(out)
        length = out.seek(0, 2)
        out.seek(0)
    except OSError as error:
        with contextlib.suppress(OSError):  # what is not written yet has no room either
            out.close()
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomHere from error
        raise
    except BaseException:
        out.close()
        raise
    return _sent(out, length, media_type, name)


def kept(path: Path, media_type: str) -> Response:
    """A file that lies there, as a download under its own name, in ASCII. Raises OSError."""
    file = path.open("rb")  # whoever deletes it now does not cut it short
    return _sent(file, path.stat().st_size, media_type, path.name)


def _sent(out: BinaryIO, length: int, media_type: str, name: str) -> Response:
    response = Response(_pieces(out), mimetype=media_type, direct_passthrough=True)
    response.call_on_close(out.close)
    response.content_length = length
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pieces(out: BinaryIO) -> Iterator[bytes]:
    with out:
        while piece := out.read(_PIECE_BYTES):
            yield piece
