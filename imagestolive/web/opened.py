"""A set as its address asks for it, drawn under today's rules: what every page of a set begins with."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from imagestolive import sets
from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import DrawnSet
from imagestolive.policy import Policy
from imagestolive.press import check
from imagestolive.press.effort import seconds_of
from imagestolive.records import Picture
from imagestolive.sets import Request
from imagestolive.web import address, asking, make, review
from imagestolive.web.address import Asked
from imagestolive.web.current import pipeline
from imagestolive.web.language import words

MOST_S = 1.0  # nobody waits longer for an answer: a job makes what takes more


@dataclass(frozen=True, kw_only=True)
class Opened:
    asked: Asked
    drawn: DrawnSet
    policy: Policy

    @property
    def code(self) -> str:
        """As it is written."""
        return sets.written(self.drawn.code)

    @property
    def request(self) -> Request:
        """What goes on in the addresses of this set: what was asked for, not what the data sets have become."""
        return self.asked.request if self.asked.request.datasets else self.drawn.request

    def path(self) -> str:
        """The address of its page. Raises AddressTooLong."""
        return address.path(self.drawn.code, self.request, self.asked.refused, self.asked.without, self.asked.reported)

    def path_of(self, endpoint: str, **more: Any) -> str:
        """The address of something else of this set; a few characters longer."""
        return url_for(endpoint, typed=self.code, **more) + "?" + self.path().partition("?")[2]

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of its query string."""
        return address.query(self.request, self.asked.refused, self.asked.without, self.asked.reported)

    @functools.cached_property
    def pictures(self) -> list[Picture]:
        """Those of its cards, without their data."""
        return pipeline().pictures(self.drawn, self.policy)

    def seconds_of(self, file: str) -> float:
        """About how long one of press.files.MAKERS takes."""
        return seconds_of(file, self.drawn.request, self.pictures)

    def is_long(self, file: str) -> bool:
        return self.seconds_of(file) > MOST_S

    def too_few(self) -> str | None:
        """Why it is not complete, if it is not."""
        try:
            self.drawn.check_complete(words())
        except ImagesToLiveError as error:
            return words().error(error)
        return None

    def not_all_seen(self) -> review.NotAllSeen | None:
        """Why no file is made of it yet, in school mode."""
        n = review.unseen(self.drawn.code, self.drawn, self.policy) if self.policy.school else 0
        return review.NotAllSeen(n=n, of=self.drawn.request.slots) if n else None

    def cannot(self) -> ImagesToLiveError | None:
        """Why it cannot be printed as it is asked for, if it cannot: the error names the field."""
        try:
            check(self.drawn.request)
        except ImagesToLiveError as error:
            return error
        return None


def opened(code: str, asked: Asked) -> Opened:
    """Draws a set. Raises TooManyCards, and what the pipeline raises.

    A reported image that is held back keeps its place, empty. One that is not has left the address with that, and is drawn as any other.
    """
    request, policy = wanted(asked, review.reviewed(code))
    held = {image.slot: image for image in asked.reported if pipeline().holds_back(image, policy)}
    asked = replace(asked, reported=tuple(held.values()))
    return Opened(asked=asked, drawn=pipeline().draw(request, code, asked.refused, policy, kept=held), policy=policy)


def wanted(asked: Asked, reviewed: Iterable[tuple[str, str]] = ()) -> tuple[Request, Policy]:
    """What is to be drawn, and under which rules; a request that names no data sets is for all. Raises TooManyCards, NothingToDraw.

    `reviewed`: data sets and ids of images that somebody looked at and kept in this set.
    """
    found = asked.request
    sets.check_numbers(found.people, found.cards, make.most_cards(), spare=found.spare)
    school = found.school or (False if found.datasets else None)  # a code alone is drawn as the configuration says
    policy = pipeline().policy(sold=found.sold, client=asking.client(), school=school, reviewed=reviewed)
    found = replace(found, school=policy.school)
    if not found.datasets:
        every, _ = pipeline().request(
            people=found.people,
            cards=found.cards,
            keys=None,
            by=found.by,
            paper=found.paper,
            lang=found.lang,
            spare=found.spare,
            policy=policy,
            most=make.most_cards(),
        )
        found = replace(found, datasets=every.datasets)
    return found, policy
