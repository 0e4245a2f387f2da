"""How often one address may ask for something within an hour: counted in memory, under a salted hash, and forgotten."""

from __future__ import annotations

import hashlib
import math
import secrets
import threading
from collections import deque
from collections.abc import Callable

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
