"""A set as its address asks for it, drawn under today's rules: what every page of a set begins with."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

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
from imagestolive.web.current import decisions, pipeline
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

    @property
    def whole(self) -> Asked:
        """All of its address."""
        return replace(self.asked, request=self.request)

    def path(self) -> str:
        """The address of its page. Raises AddressTooLong."""
        return address.path(self.drawn.code, self.whole)

    def path_of(self, endpoint: str, **more: Any) -> str:
        """The address of something else of this set; a few characters longer."""
        return url_for(endpoint, typed=self.code, **more) + "?" + self.path().partition("?")[2]

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of its query string."""
        return address.query(self.whole)

    @functools.cached_property
    def for_others(self) -> str:
        """What its addresses need besides, to show to whoever opens them what waited for review and was kept by who hands them on."""
        kept = review.keeper(self.drawn.code) if self.drawn.waiting else {}
        return f"&{urlencode(kept)}" if kept else ""

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
    """Draws a set as it was made. Raises TooManyCards, and what the pipeline raises."""
    asked, as_of = dated(code, asked)
    request, policy = wanted(asked, review.kept_for_others(code) or review.reviewed(code), as_of)
    return Opened(asked=asked, drawn=pipeline().draw(request, code, asked.refused, policy), policy=policy)


def dated(code: str, asked: Asked) -> tuple[Asked, int | None]:
    """The same with the moment when the set was made, and how the ledger numbers that; it is made now where nobody says when."""
    if asked.as_of and (as_of := decisions().read_moment(code, asked.as_of)) is not None:
        return asked, as_of
    return replace(asked, as_of=decisions().moment(code)), None


def wanted(asked: Asked, reviewed: Iterable[tuple[str, str]] = (), as_of: int | None = None) -> tuple[Request, Policy]:
    """What is to be drawn, and under which rules; a request that names no data sets is for all. Raises TooManyCards, NothingToDraw.

    `reviewed`: data sets and ids of images that somebody looked at and kept in this set. `as_of`: the moment when it was made.
    """
    found = asked.request
    sets.check_numbers(found.people, found.cards, make.most_cards(), spare=found.spare)
    school = found.school or (False if found.datasets else None)  # a code alone is drawn as the configuration says
    policy = pipeline().policy(sold=found.sold, client=asking.client(), school=school, reviewed=reviewed, as_of=as_of)
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
