"""What a host says of a file as it begins to send it: its size, its checksum, and by what the same edition is known again."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from pathlib import Path

from imagestolive.fetch.network import Answer


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What a host says of a file as it begins to send it. What it does not say is None."""

    url: str
    validator: str | None  # for If-Range
    bytes: int | None  # of the whole file
    md5: str | None  # of the whole file, hex

    @classmethod
    def of(cls, url: str, answer: Answer) -> Edition:
        return cls(url=url, validator=_validator(answer), bytes=_whole_bytes(answer), md5=_published_md5(answer))

    @classmethod
    def read(cls, path: Path, url: str) -> Edition | None:
        """None where it says nothing of this address, or nothing that would allow to go on."""
        try:
            read = cls(**json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        return read if read.url == url and isinstance(read.validator, str) else None


def says_its_end(answer: Answer) -> bool:
    """Whether a connection that breaks off in mid-answer is noticed."""
    codings = (answer.header("transfer-encoding") or "").lower().split(",")
    whole = re.fullmatch("bytes [0-9]+-[0-9]+/[0-9]{1,18}", (answer.header("content-range") or "").strip())  # of a 206
    return _whole_bytes(answer) is not None or "chunked" in map(str.strip, codings) or whole is not None


def _validator(answer: Answer) -> str | None:
    """What makes a range mean the same edition: a strong ETag, else the day of the last change."""
    etag = answer.header("etag")
    return etag if etag and etag.startswith('"') else answer.header("last-modified")


def _whole_bytes(answer: Answer) -> int | None:
    said = (answer.header("content-length") or "").strip()
    return int(said) if re.fullmatch("[0-9]{1,18}", said) else None


def _published_md5(answer: Answer) -> str | None:
    """The MD5 sum of the whole file in hex, as Google's and Amazon's hosts say it, or any host in Content-MD5.

    x-goog-hash: crc32c=n03x6A==
    x-goog-hash: md5=Ojk9c3dhfxgoKVVHYwFbHQ==
    etag: "3a393d7377617f182829554763015b1d" of Amazon's hosts, unless it was uploaded in pieces ("…-12") or lies there encrypted
    """
    if answer.header("x-goog-stored-content-encoding") in (None, "identity"):
        for said in ",".join(answer.all("x-goog-hash")).split(","):
            name, _, value = said.strip().partition("=")
            if name == "md5" and (md5 := _hex(value)):
                return md5
    if md5 := _hex(answer.header("content-md5") or ""):
        return md5
    etag = re.fullmatch('"([0-9a-f]{32})"', answer.header("etag") or "")
    amazons = answer.header("x-amz-request-id") is not None
    return etag[1] if etag and amazons and answer.header("x-amz-server-side-encryption") in (None, "AES256") else None


def _hex(value: str) -> str | None:
    """Out of the base64 of a sum of 16 bytes; None for anything else."""
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == 16 else None
