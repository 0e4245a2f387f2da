"""What one address asks for within an hour, and how often: kept in memory, under a salted hash, and forgotten."""

from __future__ import annotations

import hashlib
import math
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence

WINDOW_S = 3600.0


class Pace:
    """Safe for several threads. Each process counts for itself: many people may share an address, and nobody should be shut out early."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = most
        self._now = now
        self._salt = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._times: dict[bytes, deque[float]] = {}

    def wait_s(self, address: str) -> int:
        """Notes that this address asks; 0, or after how many seconds it may ask again."""
        now = self._now()
        name = hashlib.blake2b(address.encode(), key=self._salt, digest_size=16).digest()
        with self._lock:
            for other in [one for one, times in self._times.items() if times[-1] <= now - WINDOW_S]:
                del self._times[other]
            times = self._times.setdefault(name, deque())
            while times and times[0] <= now - WINDOW_S:
                times.popleft()
            if len(times) >= self._most:
                return max(1, math.ceil(times[0] + WINDOW_S - now))
            times.append(now)
        return 0


class Lately:
    """What was noted of an address and something within the last hour; `lock` is for those who look first and note then."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.lock = threading.Lock()
        self._now = now
        self._salt = secrets.token_bytes(16)
        self._noted: dict[bytes, list[tuple[float, str]]] = {}

    def find(self, *about: str) -> list[str]:
        """The oldest first. What a clock that has jumped back says to come is forgotten, too."""
        now = self._now()
        fresh = ((name, [one for one in some if abs(now - one[0]) < WINDOW_S]) for name, some in self._noted.items())
        self._noted = {name: some for name, some in fresh if some}
        return [value for _, value in self._noted.get(self._name(about), [])]

    def note(self, value: str, *about: str) -> None:
        self._noted.setdefault(self._name(about), []).append((self._now(), value))

    def _name(self, about: Sequence[str]) -> bytes:
        return hashlib.blake2b("\0".join(about).encode("utf-8", "surrogatepass"), key=self._salt, digest_size=16).digest()
