"""What the command line says: errors, paragraphs, how far it is."""

from __future__ import annotations

import shutil
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

import click

from imagestolive.errors import ImagesToLiveError
from imagestolive.pipeline import Progress
from imagestolive.words import Words


def fail(error: ImagesToLiveError, words: Words) -> NoReturn:
    """One sentence, and out."""
    tell(told(error, words))
    sys.exit(error.exit_code)


def told(error: ImagesToLiveError, words: Words) -> str:
    return " ".join(filter(None, (words.error(error), words.hint(error))))


def tell(sentence: str) -> None:
    click.echo(f"imagestolive: {sentence}", err=True)


def paragraph(text: str, *, first: str = "", rest: str = "") -> None:
    """A text in lines as wide as the terminal, at most 100 columns; `first` stands before the first, `rest` before the others."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    click.echo(textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False))


@contextmanager
def ended_politely() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a terminal that is closed leave nothing half made behind, and end with 130, 143 and 129 as programs do."""
    ends = (signal.SIGTERM, signal.SIGHUP) if hasattr(signal, "SIGHUP") else (signal.SIGTERM,)  # Windows has none
    heard = [number for number in ends if signal.getsignal(number) is not signal.SIG_IGN]  # nohup lets a closed terminal be ignored
    before = {number: signal.signal(number, lambda number, _: sys.exit(128 + number)) for number in heard}
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def counted(words: Words) -> Iterator[Callable[[int], None]]:
    """Says how many rows are done."""
    with now_and_then() as say:
        yield lambda rows: say(lambda: words.count("{n} row read", "{n} rows read", rows))


@contextmanager
def now_and_then() -> Iterator[Callable[[Callable[[], str]], None]]:
    """Says on stderr how far something is: on a terminal again and again in one line, else a line every ten seconds."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    last, widest = time.monotonic(), 0

    def so_far(said: Callable[[], str]) -> None:
        nonlocal last, widest
        if time.monotonic() - last < (0.2 if terminal else 10):
            return
        last, line = time.monotonic(), said()
        widest = max(widest, len(line))
        click.echo(f"\r{line:{widest}}" if terminal else line, nl=not terminal, err=True)

    yield so_far
    if terminal and widest:
        click.echo(err=True)


@contextmanager
def progress_bar(label: str) -> Iterator[Progress | None]:
    """A bar on a terminal, else nothing."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        bars: list[Any] = []

        def so_far(_done: int, of: int) -> None:
            if not bars:
                bars.append(stack.enter_context(click.progressbar(length=of, label=label, file=sys.stderr)))
            bars[0].update(1)

        yield so_far
