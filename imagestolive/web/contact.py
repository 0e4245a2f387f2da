"""Who runs these pages, for the foot of each: the configuration's `contact`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Flask

_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PAGE = re.compile(r"https://[^\s<>\"]+")


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The operator's words; where they are one plain address, what a link to it says."""

    text: str

    @property
    def href(self) -> str | None:
        if _MAIL.fullmatch(self.text):
            return f"mailto:{self.text}"
        return self.text if _PAGE.fullmatch(self.text) else None


def install(app: Flask) -> None:
    """Gives it to every template; None where the configuration names nobody."""
    text = (app.extensions["imagestolive"].pipeline.config.contact or "").strip()
    app.jinja_env.globals["contact"] = Contact(text=text) if text else None
