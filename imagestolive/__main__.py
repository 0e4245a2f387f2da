"""imagestolive, and python -m imagestolive. Nothing is loaded before Ctrl-C can be answered: the command line takes a second."""

from __future__ import annotations

import sys


def main() -> None:
    """Ends with 130 and without a word where Ctrl-C comes while modules are still loaded."""
    try:
        from imagestolive.cli import main as command

        command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
