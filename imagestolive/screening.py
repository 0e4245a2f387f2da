"""Pure rules that say whether an image may be handed out. Every refusal has a reason out of a closed list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from imagestolive import licenses
from imagestolive.care import flag_key, photo_of
from imagestolive.errors import N_
from imagestolive.policy import Policy
from imagestolive.records import ALLOWED, Decision, FetchedImage, ImageRecord, Picture, Reason

LEAST_PX = 2  # a side
ALIKE_BITS = 4  # of 64: pictures whose difference hashes are no further apart are nearly the same
NEARLY_THE_SAME = "nearly the same as another card"
UNIFORM = "uniform"
REASONS: tuple[Reason, ...] = get_args(Reason)

# As they stand in “{n} …”, one or many: "7 left out: 4 flagged, 2 no license, 1 gone at the source".
REASON_WORDS: dict[Reason, str] = {
    "data set refused": N_("{n} of a refused data set"),
    "withdrawn": N_("{n} withdrawn"),
    "reported": N_("{n} reported"),
    "flagged": N_("{n} flagged"),
    "people": N_("{n} that may show people"),
    "held for review": N_("{n} held until somebody has looked"),
    "no license": N_("{n} without license"),
    "license": N_("{n} whose license does not allow printing"),
    "not for sale": N_("{n} not for sale"),
    "gone": N_("{n} gone at the source"),
    "not here": N_("{n} of a data set that is not here"),
    "unreadable": N_("{n} unreadable"),
    "too small": N_("{n} too small to be shown"),
    "too long": N_("{n} too large, or too long, to be read"),
    "not an image": N_("{n} whose address leads to no image"),
    "asked not to": N_("{n} whose host asks programs to stay away"),
    "address refused": N_("{n} with an address that is refused"),
    "not reachable": N_("{n} not reachable"),
}

_HELD_BACK = frozenset({"nsfw", "unsafe", "no_cv", "review"})  # people, faces and plates are school mode's business
_PEOPLE = frozenset({"person", "face", "minor", "plate"})


def by_record(record: ImageRecord, policy: Policy) -> Decision:
    """The first stage: what the record alone decides, before anything is fetched."""
    if why := policy.refused.get(record.dataset):
        return Decision(reason="data set refused", detail=why)
    if "withdrawn" in record.flags:
        return Decision(reason="withdrawn")
    if (reason := policy.blocked.reason_of(record)) is not None:
        return Decision(reason=reason)
    if (why := policy.flagged.get(flag_key(record.dataset, record.image_id))) is not None:
        return Decision(reason="flagged", detail=why)
    if policy.flagged_photos and (why := policy.flagged_photos.get(photo_of(record) or "")) is not None:
        return Decision(reason="flagged", detail=why)
    if marks := record.flags & _HELD_BACK:
        return Decision(reason="flagged", detail=", ".join(sorted(marks)))
    if policy.school and (record.people != "none" or record.flags & _PEOPLE):
        return Decision(reason="people", detail=", ".join(sorted(record.flags & _PEOPLE)) or None)
    if not (decision := by_license(record, policy)).allowed:
        return decision
    if policy.words and (word := policy.words.found(_texts(record))) is not None:
        return held(record.dataset, record.image_id, policy, word)
    return ALLOWED


def by_file(fetched: FetchedImage, policy: Policy) -> Decision:
    """The second stage: what the file itself decides. A flagged image is held back under every other name, too."""
    if (why := policy.flagged_sha256.get(fetched.sha256)) is not None:
        return Decision(reason="flagged", detail=why)
    if (reason := policy.blocked.reason_of_file(fetched.sha256)) is not None:
        return Decision(reason=reason)
    return ALLOWED


def by_picture(record: ImageRecord, picture: Picture, policy: Policy) -> Decision:
    """The third stage: what the pixels decide. A single one is what pages count their visitors with."""
    if min(picture.width_px, picture.height_px) < LEAST_PX:
        return Decision(reason="too small")
    return held(record.dataset, record.image_id, policy, UNIFORM) if picture.uniform else ALLOWED


def by_scores(record: ImageRecord, scores: Mapping[str, float], policy: Policy) -> Decision:
    """What models say of the pixels, in the operator's bands. In school mode the lower limit is the only one, and an image that no model
    has seen is not shown."""
    asked = {name: scores.get(name) for name in sorted(policy.bands)}
    for name, score in asked.items():
        limit = policy.bands[name].review if policy.school else policy.bands[name].hold
        if score is not None and score >= limit:
            return Decision(reason="flagged", detail=f"{name} {score:.2f}")
    for name, score in asked.items():
        if score is None and policy.school:
            return held(record.dataset, record.image_id, policy, f"{name}: not scored")
        if score is not None and score >= policy.bands[name].review:
            return held(record.dataset, record.image_id, policy, f"{name} {score:.2f}")
    return ALLOWED


def held(dataset: str, image_id: str, policy: Policy, why: str) -> Decision:
    """An image that a person has to look at, unless one has. Where it may pass all the same, the decision keeps why it waits."""
    if policy.held_pass:
        return Decision(detail=why)
    kept = not policy.school and flag_key(dataset, image_id) in policy.reviewed
    return ALLOWED if kept else Decision(reason="held for review", detail=why)


def alike(dhashes: Iterable[tuple[int, int | None]]) -> Iterator[int]:
    """The slots whose picture is nearly the same as that of one before them; `dhashes` are slots with their difference hashes, if any.

    Each hash is cut into one piece more than bits may differ, so that hashes which are near have a piece in common: of thousands only
    a few are compared.

    >>> list(alike([(1, 0b1111), (2, None), (3, 0), (4, 0b1_1111_1111)]))
    [3]
    """
    by_piece: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for slot, dhash in dhashes:
        if dhash is None:
            continue
        pieces = [(n, dhash >> 13 * n & 0x1FFF) for n in range(ALIKE_BITS + 1)]  # five times 13 bits are all 64
        if any((dhash ^ other).bit_count() <= ALIKE_BITS for piece in pieces for other in by_piece[piece]):
            yield slot
        for piece in pieces:
            by_piece[piece].append(dhash)


def _texts(record: ImageRecord) -> Iterator[str]:
    """All that somebody wrote of an image."""
    if record.title:
        yield record.title
    yield from (label.text for label in record.labels)
    yield from (region.label for region in record.regions if region.label)
    yield from record.captions


def by_license(record: ImageRecord, policy: Policy) -> Decision:
    """An image's own license decides; without one, the set's terms do. Unclear counts as no; education as yes unless sold."""
    reading = licenses.read(record.license_raw, dataset=record.dataset_license)
    if record.license is None:
        if policy.sold:
            return Decision(reason="not for sale", detail=reading.license.name)
        # A text that we cannot read is not the same as none: it may reserve all rights.
        by_terms = not record.license_raw and policy.terms_allow.get(record.dataset) in ("open", "teaching")
        return ALLOWED if by_terms or policy.without_license else Decision(reason="no license", detail=reading.license.name)
    allowed = {"yes", "us-only"} if policy.sold else {"yes", "us-only", "education"}
    permitted = reading.permits_commercial_print if policy.sold else reading.permits_print
    if permitted in allowed:
        return ALLOWED
    if policy.sold:
        return Decision(reason="not for sale", detail=reading.license.name)
    return ALLOWED if policy.without_license else Decision(reason="license", detail=reading.license.name)
