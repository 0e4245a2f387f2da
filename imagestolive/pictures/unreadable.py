"""Why no picture can be made of some bytes."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import ClassVar

from PIL import Image

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import Reason
from imagestolive.words import DEFAULT_LANGUAGE, Words


class Unreadable(ImagesToLiveError):
    """No picture can be made of these bytes; the children say why."""

    reason: ClassVar[Reason] = "unreadable"
    sentence = N_("The file cannot be decoded: it is damaged, incomplete, or of a rare kind.")

    @property
    def detail(self) -> str:
        """The reason in English; `Words.error` has it in other languages."""
        return Words(DEFAULT_LANGUAGE).error(self)


class EmptyFile(Unreadable):
    sentence = N_("The file is empty.")


class NotAnImage(Unreadable):
    sentence = N_("The file is not an image.")


class NotSupported(Unreadable):
    sentence = N_("Format not supported: {kind}. We read JPEG, PNG, WebP, GIF, TIFF, BMP and PPM.")


class CutShort(Unreadable):
    sentence = N_("The file is cut short.")


class TooLarge(Unreadable):
    reason = "too long"
    sentence = N_(
        "The image is too large: {width_px} × {height_px} pixels; we read {most_megapixels} megapixels and {most_side_px} pixels a side."
    )


class NotTones(Unreadable):
    sentence = N_("The file holds measurements, not tones between black and white.")


class Bomb(Unreadable):
    sentence = N_("The file would take far too much memory or time to decode.")


@contextlib.contextmanager
def only_unreadable() -> Iterator[None]:
    """Whatever Pillow's readers raise at hostile bytes leaves as Unreadable; their warnings do not leave."""
    with warnings.catch_warnings():
        # Only Pillow's own: another thread's warnings pass here too, for filters are the process's.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except Unreadable:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise Bomb from error
        except Exception as error:  # OSError, SyntaxError, ValueError, struct.error, MemoryError, ...: there is no list
            raise (CutShort if "truncated" in str(error).lower() else Unreadable) from error
