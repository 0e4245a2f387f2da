"""Any mode of pixels -> eight bits, opaque, sRGB."""

from __future__ import annotations

import functools
import io
import itertools

from PIL import Image, ImageChops, ImageCms

from imagestolive.pictures.unreadable import NotTones

MAX_PROFILE_BYTES = 4_000_000  # profiles of presses reach some 3 MB; a larger one is not followed
SRGB_TOLERANCE = 10  # of 255; sRGB profiles with a plain gamma of 2.2 move the darkest by 9, Adobe RGB moves by 135
PALE = 240

_EPOCH = b"".join(part.to_bytes(2, "big") for part in (2000, 1, 1, 0, 0, 0))


def eight_bit(image: Image.Image) -> Image.Image:
    """16-bit and floating-point grey (0 to 1) in eight bits, by rounding: Pillow's own conversion would clip. Other modes as they are."""
    if image.mode == "F":
        wide, white = image, 1
    elif image.mode.startswith("I"):
        wide, white = image.convert("I"), 0xFFFF
    else:
        return image
    match wide.getextrema():
        case float() | int() as darkest, float() | int() as lightest if darkest >= 0 and lightest <= white:
            grey = wide.point(lambda sample: sample * (255 / white) + 0.5).convert("L")
        case _:
            raise NotTones
    transparent = grey.info.pop("transparency", None)
    if transparent is not None:
        grey.putalpha(wide.point([0 if sample == transparent else 255 for sample in range(0x10000)], "L"))
    return grey


def flattened(image: Image.Image) -> Image.Image:
    """Grey, RGB or CMYK, with white where the image is transparent."""
    opaque = "L" if image.mode in ("1", "L", "LA", "La") else "CMYK" if image.mode == "CMYK" else "RGB"
    if not image.has_transparency_data:
        return image if image.mode == opaque else image.convert(opaque)
    layered = image.convert("LA" if opaque == "L" else "RGBA")
    paper = Image.new(opaque, image.size, "white")
    paper.paste(layered.convert(opaque), mask=layered.getchannel("A"))
    return paper


def profile_of(image: Image.Image) -> bytes | None:
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and 0 < len(profile) <= MAX_PROFILE_BYTES else None


@functools.cache
def srgb_profile() -> bytes:
    """The ICC profile of sRGB, without the time of its making."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + _EPOCH + profile[36:]  # ICC.1:2022, 7.2: year, month, day, hour, minute, second in two bytes each


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Grey stays grey, RGB stays RGB, CMYK becomes RGB (with the plain formula if no profile says better)."""
    transform = to_srgb_transform(profile, image.mode)
    if transform is None:
        return image.convert("RGB") if image.mode == "CMYK" else image
    colours = transform.apply(image)
    return colours.getchannel("G") if image.mode == "L" else colours


@functools.lru_cache(maxsize=16)
def to_srgb_transform(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From this profile to sRGB; None where there is nothing to do: no profile, a broken one, one of other colours, or sRGB itself.

    A profile is sRGB's, whatever its name, if it moves no colour by more than SRGB_TOLERANCE.
    """
    if profile is None:
        return None
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None
    if mode == "CMYK":
        return transform
    colours = bytes(itertools.chain.from_iterable(itertools.product(range(0, 256, 15), repeat=len(mode))))
    probe = Image.frombytes(mode, (len(colours) // len(mode), 1), colours)
    moved = ImageChops.difference(probe.convert("RGB"), transform.apply(probe))
    return transform if max(moved.tobytes()) > SRGB_TOLERANCE else None


def pale_edge(image: Image.Image) -> bool:
    """Whether more than a quarter of the outermost pixels are lighter than PALE, so that a white sheet would leave the image no end."""
    right, bottom = image.width - 1, image.height - 1
    rows = {(0, 0, right + 1, 1), (0, bottom, right + 1, bottom + 1)}
    columns = {(0, 1, 1, bottom), (right, 1, right + 1, bottom)} if bottom > 1 else set()
    edge = b"".join(image.crop(box).convert("L").tobytes() for box in rows | columns)
    return 4 * sum(tone > PALE for tone in edge) > len(edge)
