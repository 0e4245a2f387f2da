"""From a page to a job: who asks for it, and the answer that leads to its page.

A browser that asks for work, reports an image or marks a card is told apart from others by a random cookie, which it gets when it first
does so and forgets when it is closed. It says nothing of its user; of an address only how many cards wait for it is kept, in memory (jobs).

A form that asks for a job holds a random value, `once`: sent twice, it is one job, also where there was no cookie before.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from imagestolive.jobs import Job
from imagestolive.jobs.running import AS_OF, DRAW, is_free
from imagestolive.pipeline import PROGRAM, DrawnSet
from imagestolive.sets import SetFile, new_code
from imagestolive.web.address import Asked
from imagestolive.web.current import jobs, marks, pipeline
from imagestolive.web.language import words

COOKIE = "client"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)  # as secrets.token_urlsafe(16) writes it


def install(app: Flask) -> None:
    app.jinja_env.globals["once"] = lambda: secrets.token_urlsafe(16)


def fetch_images(code: str, asked: Asked, back: str, *, again: bool = False) -> Response:
    """To the page of the job that fetches the images of a set. `again`: what an earlier job fetched is not there any more.

    Raises QueueFull, and what the ledger raises.
    """
    today, _ = pipeline().known_request(asked.request)
    content = SetFile(program=PROGRAM, code=code, request=today, refused=asked.refused, picks=()).to_bytes()
    options = {AS_OF: asked.as_of.partition("-")[0]}
    return _ask(kind=DRAW, content=content, cards=today.slots, back=back, options=options, again=again)


def make_file(file: str, drawn: DrawnSet, back: str, options: Mapping[str, str] = MappingProxyType({})) -> Response:
    """To the page of the job that makes a file of a set with the images that it has now. Raises the same."""
    return _ask(kind=file, content=drawn.set_file().to_bytes(), cards=drawn.request.slots, back=back, options=options)


def result(job: Job) -> Path | None:
    """The file that a job made; None where it is there no more, or shows what is held back by now."""
    path = jobs().result(job)
    return path if path is not None and is_free(pipeline(), marks(), job, path) else None


def again_path(job: Job) -> str:
    """Where the form is sent that asks for the same once more."""
    path, _, query = job.back.partition("#")[0].partition("?")
    path = path.removesuffix("/documents")  # where files of lessons are asked for
    return f"{path}/{'fetch' if job.kind == DRAW else job.kind}?{query}"


def code_of_form() -> str:
    """A new code for a set: the same one for the same form."""
    once = _once()
    return new_code(secrets.randbits) if once is None else new_code(lambda bits: int.from_bytes(_hash("code", once)) >> (256 - bits))


def client() -> str | None:
    """What the ledger knows the browser that asks by: a hash of its cookie, as jobs has it. None: it has no cookie yet."""
    known = _cookie()
    return None if known is None else hashlib.sha256(known.encode()).hexdigest()


def new_client() -> tuple[str, str]:
    """The cookie for a browser that has none, and what the ledger will know it by; for the same form (`once`) the same."""
    cookie = _new_cookie()
    return cookie, hashlib.sha256(cookie.encode()).hexdigest()


def keep(response: Response, cookie: str) -> None:
    """Lets the browser keep it until it is closed."""
    response.set_cookie(COOKIE, cookie, secure=request.is_secure, httponly=True, samesite="Lax")


def _ask(
    *,
    kind: str,
    content: bytes,
    cards: int,
    back: str,
    options: Mapping[str, str] = MappingProxyType({}),
    again: bool = False,
) -> Response:
    known = _cookie()
    cookie = known or _new_cookie()
    accept = partial(
        jobs().accept,
        client=cookie,
        address=request.remote_addr,
        kind=kind,
        content=content,
        cards=cards,
        lang=words().lang,
        back=back,
        options=options,
    )
    job = accept(again=again)
    if job.state == "done" and kind != DRAW and result(job) is None:  # it shows what is held back by now
        job = accept(again=True)
    response = redirect(url_for("job.show", job_id=job.id), 303)
    response.headers["Cache-Control"] = "private, no-store"
    if not known:
        keep(response, cookie)
    return response


def _cookie() -> str | None:
    found = _TOKEN.fullmatch(request.cookies.get(COOKIE, ""))
    return found[0] if found else None


def _new_cookie() -> str:
    once = _once()
    return secrets.token_urlsafe(16) if once is None else base64.urlsafe_b64encode(_hash("client", once)[:16]).decode().rstrip("=")


def _once() -> str | None:
    found = _TOKEN.fullmatch(request.form.get("once", ""))
    return found[0] if found else None


def _hash(what: str, once: str) -> bytes:
    return hashlib.sha256(f"{what} {once}".encode()).digest()
