"""Who may open the operator's page: whoever knows the token in the environment. A session is a signed cookie, so that every process of a
server knows it; another token ends all sessions.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import threading
import time
import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable

from imagestolive.errors import N_, ImagesToLiveError

VARIABLE = "IMAGESTOLIVE_OPERATOR_TOKEN"
TOKEN_LEAST = 20  # characters
SESSION_S = 12 * 3600
LABEL_MOST = 40
WRONG_MOST_THERE, WRONG_MOST = 10, 100  # wrong tokens from one address, and from all, in WRONG_S
WRONG_S = 600.0
SLOW_S = 1.0  # what a wrong token costs


class TokenTooShort(ImagesToLiveError):
    """The server does not start with a token that can be guessed."""

    sentence = N_("The token in {variable} has {n} characters. Take one of {least} at least, or take the variable away.")
    field = "token"


class WrongToken(ImagesToLiveError):
    sentence = N_("This is not the token.")
    field = "token"
    status = 403


class TooManyTries(ImagesToLiveError):
    """So many wrong tokens came that none is looked at for a while."""

    sentence = N_("Too many wrong tokens came. Try again in about {wait_s} seconds; who is signed in stays so.")
    field = "token"
    status = 429

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(wait_s=retry_after_s)
        self.retry_after_s = retry_after_s


class NotALabel(ImagesToLiveError):
    """Decisions are signed with it."""

    sentence = N_("Say who you are in 1 to {most} printable characters: your decisions are signed with it.")
    field = "who"


class Door:
    """Safe for several threads. Wrong tokens are counted by each process, in memory. Raises TokenTooShort."""

    def __init__(self, token: str, *, now: Callable[[], float], sleep: Callable[[float], object] = time.sleep) -> None:
        if len(token) < TOKEN_LEAST:
            raise TokenTooShort(variable=VARIABLE, n=len(token), least=TOKEN_LEAST)
        self._token = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        self._key = hashlib.blake2b(token.encode("utf-8", "surrogateescape"), person=b"operator").digest()
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._wrong: dict[str, deque[float]] = defaultdict(deque)  # address, and "" for all -> when

    def open(self, typed: str, who: str, address: str) -> str:
        """The session of who knows the token, to be kept in a cookie. Raises NotALabel, TooManyTries, WrongToken."""
        label = read_label(who)
        self._check_tries(address)
        found = hashlib.sha256(typed.strip().encode("utf-8", "surrogatepass")).digest()
        if not hmac.compare_digest(found, self._token):
            self._sleep(SLOW_S)
            raise WrongToken
        self._forgive(address)
        return self._signed(f"{int(self._now())} {label}".encode())

    def who(self, cookie: str) -> str | None:
        """The label of whose session it is; None where it is none of ours, or over."""
        try:
            said = base64.urlsafe_b64decode(cookie.partition(".")[0].encode("ascii"))
        except (ValueError, binascii.Error):
            return None
        if not hmac.compare_digest(self._signed(said).encode(), cookie.encode("utf-8", "surrogatepass")):
            return None
        begun, _, label = said.decode().partition(" ")
        return label if 0 <= self._now() - int(begun) < SESSION_S else None

    def hidden(self, code: str) -> str:
        """What stands for a set where sets are counted: 16 characters that say nothing to who does not know the token."""
        return hmac.new(self._key, f"set {code}".encode(), hashlib.sha256).hexdigest()[:16]

    def _signed(self, said: bytes) -> str:
        return f"{base64.urlsafe_b64encode(said).decode()}.{hmac.new(self._key, said, hashlib.sha256).hexdigest()}"

    def _check_tries(self, address: str) -> None:
        """Notes a try before the token is looked at, so that a hundred at once are a hundred."""
        now = self._now()
        with self._lock:
            for name in [name for name, times in self._wrong.items() if times[-1] < now - WRONG_S]:
                del self._wrong[name]
            for name, most in (("", WRONG_MOST), (address, WRONG_MOST_THERE)):
                times = self._wrong.get(name, deque())
                while times and times[0] < now - WRONG_S:
                    times.popleft()
                if len(times) >= most:
                    raise TooManyTries(retry_after_s=max(1, math.ceil(times[0] + WRONG_S - now)))
            self._wrong[""].append(now)
            self._wrong[address].append(now)

    def _forgive(self, address: str) -> None:
        """A right token is no wrong one: the try that was noted goes."""
        with self._lock:
            for name in ("", address):
                if times := self._wrong.get(name):
                    times.pop()
                    if not times:
                        del self._wrong[name]


def read_label(typed: str) -> str:
    label = unicodedata.normalize("NFC", " ".join(typed.split()))
    if not 1 <= len(label) <= LABEL_MOST or not label.isprintable():
        raise NotALabel(most=LABEL_MOST)
    return label
