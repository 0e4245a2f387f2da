"""Strings -> lines of type in their places; what could not be drawn or had to give way is remembered."""

from __future__ import annotations

from collections.abc import Iterable

from imagestolive.faces.items import Text
from imagestolive.typeset import Metrics, clusters, dotted
from imagestolive.units import mm

MARGIN_MM = 10.0  # type keeps this far from the trim (7 is the hard limit)
GUTTER_MM = 9.0  # between the two columns of the back
CREDIT_LEAD = 13.5 / 10.5
SMALL_PT, SMALL_LEAD = 7.5, 10 / 7.5
CAPITALS = 2.5 / mm(10.5)  # height of capitals in ems: they hang from the margin
DESCENT = 0.28  # ems below the last baseline that stay free
PART_MOST, LINE_MOST, ADDRESS_MOST = 600, 300, 250  # characters of a title or author, of a small line, of a source: the rest is accident


def clipped(string: str, most: int) -> str:
    """At most so many characters from the beginning of a longer string, in whole clusters, and dots."""
    return dotted("".join(clusters(string[:most])[:-1]) or string[:most])


class Setter:
    """Makes lines of type out of strings, and remembers what could not be drawn or had to give way."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        self._lost: dict[str, None] = {}
        self._gave_way: dict[str, None] = {}

    def drawable(self, string: str, face: str, most: int = LINE_MOST) -> str:
        """What the face can draw of the string, and at most so many characters of it."""
        if len(string) > most:
            string = clipped(string, most - 1)
            self.gave_way("text-cut")
        drawn, lost = self.metrics.drawable(string, face)
        self._lost.update(dict.fromkeys(lost))
        return drawn

    def text(self, x_mm: float, baseline_mm: float, string: str, face: str, size_pt: float, *, tracking_pt: float = 0.0) -> Text:
        """Any string in one line."""
        return self.line(x_mm, baseline_mm, self.drawable(string, face), face, size_pt, tracking_pt=tracking_pt)

    def line(self, x_mm: float, baseline_mm: float, string: str, face: str, size_pt: float, *, tracking_pt: float = 0.0) -> Text:
        """One line of what is drawable."""
        return Text(
            x_mm=x_mm,
            baseline_mm=baseline_mm,
            string=string,
            face=face,
            size_pt=size_pt,
            width_mm=mm(self.metrics.width_pt(string, face, size_pt) + tracking_pt * len(string)),
            runs=self.metrics.runs(string, face),
            tracking_pt=tracking_pt,
        )

    def gave_way(self, what: str) -> None:
        self._gave_way[what] = None

    def warnings(self) -> tuple[str, ...]:
        return (*([f"no-glyph: {''.join(self._lost)}"] if self._lost else []), *self._gave_way)


class Lines:
    """Sets lines one below the other at the left margin; `y_mm` is the next baseline."""

    def __init__(self, setter: Setter, width_pt: float, *, y_mm: float) -> None:
        self._setter = setter
        self._width_pt = width_pt
        self.y_mm = y_mm

    def set(self, lines: Iterable[str], face: str, size_pt: float, lead_pt: float) -> list[Text]:
        texts = []
        for line in lines:
            texts.append(self._setter.line(MARGIN_MM, self.y_mm, line, face, size_pt))
            self.y_mm += mm(lead_pt)
        return texts

    def wrapped(self, strings: Iterable[str], size_pt: float) -> list[Text]:
        lines = [line for string in strings for line in self._setter.metrics.wrap(string, "sans", size_pt, self._width_pt)]
        return self.set(lines, "sans", size_pt, size_pt * SMALL_LEAD)
