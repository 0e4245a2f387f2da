"""The page's language: ?lang=, else the cookie, else what the browser asks for, else the configured one; of a closed list."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request, url_for

from imagestolive import resources
from imagestolive.errors import N_
from imagestolive.words import LANGUAGES, Words

COOKIE = "lang"
COOKIE_DAYS = 365
NAMES = {"en": "English", "pt-BR": "Português (Brasil)"}  # each in its own language
SAID = {  # those that lists of words are likely to be in
    "en": N_("English"),
    "pt": N_("Portuguese"),
    "pt-BR": N_("Brazilian Portuguese"),
    "es": N_("Spanish"),
    "fr": N_("French"),
    "de": N_("German"),
    "it": N_("Italian"),
}


def words() -> Words:
    """The words of the page that is being answered."""
    if "words" not in g:
        g.words = resources.words(chosen())
    found: Words = g.words
    return found


def chosen() -> str:
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE), _accepted()):
        if wanted in LANGUAGES:
            return wanted
    default: str = current_app.extensions["imagestolive"].pipeline.config.language
    return default


def _accepted() -> str | None:
    """The first of the browser's languages that we speak in some form: pt and pt-PT are answered in pt-BR."""
    ours = {lang.partition("-")[0]: lang for lang in LANGUAGES}
    spoken = (ours.get(tag.lower().partition("-")[0]) for tag, quality in request.accept_languages if quality)
    return next(filter(None, spoken), None)


def other_languages() -> list[tuple[str, str, str]]:
    """For each other language: its tag, its name, and the address of this page in it."""
    here = url_for(request.endpoint or "home.show", **(request.view_args or {}))
    query = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"] if request.method == "GET" else []
    return [(lang, NAMES[lang], f"{here}?{urlencode([*query, ('lang', lang)])}") for lang in LANGUAGES if lang != words().lang]


def language_said(tag: str) -> str:
    """The name of a language in that of the page; of one that has none here, its tag."""
    name = SAID.get(tag) or SAID.get(tag.partition("-")[0])
    return words().say(name) if name else tag


def keep_choice(response: Response) -> Response:
    """Keeps a language that was asked for by name."""
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, words().lang, max_age=COOKIE_DAYS * 86400, secure=request.is_secure, httponly=True, samesite="Lax")
    if response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def install(app: Flask) -> None:
    """Gives the templates their words."""
    app.after_request(keep_choice)
    app.jinja_env.globals.update(
        say=lambda sentence, **facts: words().say(sentence, **facts),
        count=lambda one, many, n, **facts: words().count(one, many, n, **facts),
        why=lambda error: words().error(error),
        number=lambda n: words().number(n),
        lang=lambda: words().lang,
        language_said=language_said,
        other_languages=other_languages,
    )
