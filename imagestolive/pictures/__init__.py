"""Bytes to `Picture`, and pictures to others: limits before any decoding, untouched JPEGs, honest scaling. Only this room knows Pillow."""

from imagestolive.pictures.changing import enlarge, room_bytes, small, thumbnail
from imagestolive.pictures.colours import srgb_profile
from imagestolive.pictures.composing import Ink, Layer, Patch, Rgb, Shown, compose
from imagestolive.pictures.looking import look
from imagestolive.pictures.reading import RECIPE, again, read
from imagestolive.pictures.unreadable import (
    Bomb,
    CutShort,
    EmptyFile,
    NotAnImage,
    NotSupported,
    NotTones,
    TooLarge,
    Unreadable,
)

__all__ = [
    "RECIPE",
    "Bomb",
    "CutShort",
    "EmptyFile",
    "Ink",
    "Layer",
    "NotAnImage",
    "NotSupported",
    "NotTones",
    "Patch",
    "Rgb",
    "Shown",
    "TooLarge",
    "Unreadable",
    "again",
    "compose",
    "enlarge",
    "look",
    "read",
    "room_bytes",
    "small",
    "srgb_profile",
    "thumbnail",
]
