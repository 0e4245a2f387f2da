"""Pure rules that say whether an image may be handed out. Every refusal has a reason out of a closed list."""

from __future__ import annotations

from typing import get_args

from imagestolive import licenses
from imagestolive.errors import N_
from imagestolive.policy import Policy, flag_key
from imagestolive.records import ALLOWED, Decision, FetchedImage, ImageRecord, Picture, Reason

LEAST_PX = 2  # a side
REASONS: tuple[Reason, ...] = get_args(Reason)

# As they stand in “{n} …”, one or many: "7 left out: 4 flagged, 2 no license, 1 gone at the source".
REASON_WORDS: dict[Reason, str] = {
    "data set refused": N_("{n} of a refused data set"),
    "withdrawn": N_("{n} withdrawn"),
    "flagged": N_("{n} flagged"),
    "no license": N_("{n} without license"),
    "license": N_("{n} whose license does not allow printing"),
    "not for sale": N_("{n} not for sale"),
    "gone": N_("{n} gone at the source"),
    "not here": N_("{n} of a data set that is not here"),
    "unreadable": N_("{n} unreadable"),
    "too small": N_("{n} too small to be shown"),
    "too long": N_("{n} too large, or too long, to be read"),
    "not an image": N_("{n} whose address leads to no image"),
    "asked not to": N_("{n} whose host asks programs to leave them"),
    "address refused": N_("{n} with an address that is refused"),
    "not reachable": N_("{n} not reachable"),
}

_HELD_BACK = frozenset({"nsfw", "unsafe", "no_cv", "review"})  # people, faces and plates are school mode's business


def by_record(record: ImageRecord, policy: Policy) -> Decision:
    """The first stage: what the record alone decides, before anything is fetched."""
    if why := policy.refused.get(record.dataset):
        return Decision(reason="data set refused", detail=why)
    if "withdrawn" in record.flags:
        return Decision(reason="withdrawn")
    if (why := policy.flagged.get(flag_key(record.dataset, record.image_id))) is not None:
        return Decision(reason="flagged", detail=why)
    if record.photo_id and (why := policy.flagged_photos.get(record.photo_id)) is not None:
        return Decision(reason="flagged", detail=why)
    if marks := record.flags & _HELD_BACK:
        return Decision(reason="flagged", detail=", ".join(sorted(marks)))
    return by_license(record, policy)


def by_file(fetched: FetchedImage, policy: Policy) -> Decision:
    """The second stage: what the file itself decides. A flagged image is held back under every other name, too."""
    if (why := policy.flagged_sha256.get(fetched.sha256)) is not None:
        return Decision(reason="flagged", detail=why)
    return ALLOWED


def by_picture(picture: Picture) -> Decision:
    """What the pixels decide. A single one is what pages count their visitors with."""
    return Decision(reason="too small") if min(picture.width_px, picture.height_px) < LEAST_PX else ALLOWED


def by_license(record: ImageRecord, policy: Policy) -> Decision:
    """An image's own license decides; without one, the set's terms do. Unclear counts as no; education as yes unless sold."""
    reading = licenses.read(record.license_raw, dataset=record.dataset_license)
    if record.license is None:
        if policy.sold:
            return Decision(reason="not for sale", detail=reading.license.name)
        # A text that we cannot read is not the same as none: it may reserve all rights.
        by_terms = not record.license_raw and policy.terms_allow.get(record.dataset) in ("open", "teaching")
        return ALLOWED if by_terms or policy.allow_unlicensed else Decision(reason="no license", detail=reading.license.name)
    allowed = {"yes", "us-only"} if policy.sold else {"yes", "us-only", "education"}
    permitted = reading.permits_commercial_print if policy.sold else reading.permits_print
    if permitted in allowed:
        return ALLOWED
    if policy.sold:
        return Decision(reason="not for sale", detail=reading.license.name)
    return ALLOWED if policy.allow_unlicensed else Decision(reason="license", detail=reading.license.name)
