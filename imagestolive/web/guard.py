"""What holds for every request and every answer: where a form may come from, how long an address may be, what a browser may do."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, request

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.web import address

BODY_MOST_BYTES = 64 * 1024
FORM_MOST_PARTS = 200
_HOST = re.compile(r"((?:[A-Za-z0-9_-]{1,63}\.){0,9}[A-Za-z0-9_-]{1,63}\.?|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?", re.ASCII)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_BESIDE_THE_SET = 800  # characters: a set's address with all answers of the form of /set/<code>/print is still one of ours


def policy(*, images: str = "'self'") -> str:
    """What a page may load; `images`: where its images may come from."""
    return (
        f"default-src 'none'; img-src {images}; style-src 'self'; font-src 'self'; object-src 'none'; "
        "script-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


_HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class FromElsewhere(ImagesToLiveError):
    """A form that a page of another site sent."""

    sentence = N_("This form was sent from another site, so nothing was done. Open the page here and send it again.")
    status = 403


class NotAForm(ImagesToLiveError):
    """A body that no page of ours sends; its answers would be taken for empty ones."""

    sentence = N_("What was sent is not a form, so nothing was done. Open the page here and send its form.")
    status = 415


class UnknownHost(ImagesToLiveError):
    """A Host header that is not the configured one."""

    sentence = N_("These pages are not known under the name that was asked for.")


def site() -> str:
    """Where the pages are, for addresses that leave them: https://images.example."""
    configured: str | None = current_app.extensions["imagestolive"].pipeline.config.address
    return configured or request.url_root.rstrip("/")


def _check_host() -> None:
    """By name alone: behind a proxy the port, and whether it is written out, say nothing. A check without a Host (HTTP/1.0) passes."""
    configured: str | None = current_app.extensions["imagestolive"].pipeline.config.address
    asked = _HOST.fullmatch(request.environ.get("HTTP_HOST", ""))
    if configured and asked and asked[1].rstrip(".").lower() != urlsplit(configured).hostname:
        raise UnknownHost


def _is_host(typed: str) -> bool:
    found = _HOST.fullmatch(typed)
    try:
        return found is not None and bool(found[1].encode("idna").decode("idna"))  # as werkzeug does, which fails on some
    except UnicodeError:
        return False


def _of_named_hosts(app: WSGIApplication) -> WSGIApplication:
    """Answers what was asked of no possible host in a line of plain text: no page can be made for it, since none has an address there."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if "HTTP_HOST" not in environ or _is_host(environ["HTTP_HOST"]):
            return app(environ, start)
        return Response("Bad Request: the name of the host is none.\n", 400, mimetype="text/plain")(environ, start)

    return answer


def check() -> None:
    """Before each request; raises UnknownHost, FromElsewhere, NotAForm or AddressTooLong."""
    _check_host()
    length = len(
        request.full_path.replace("%7E", "~")
    )  # as forms write it: three characters in each refused image that are one in its address
    if length > address.MOST_CHARACTERS + _BESIDE_THE_SET:
        raise address.AddressTooLong(most=address.MOST_CHARACTERS)
    if request.method == "POST" and _foreign():
        raise FromElsewhere
    if request.method == "POST" and request.routing_exception is None and not _a_form():
        raise NotAForm


def _foreign() -> bool:
    """Sec-Fetch-Site says it plainly. Without it: Origin, which is "null" for our own forms too (Referrer-Policy: no-referrer), but for
    the operator's, whose pages tell it: there a "null" is somebody else's."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    if origin == "null":
        return request.blueprint == "operator"
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return True
    return not host or host != request.host


def _a_form() -> bool:
    """Nothing at all is an empty form."""
    return request.mimetype in _FORMS if request.mimetype else not request.get_data()


def harden(response: Response) -> Response:
    """After each request. A page is never kept: what it shows may be withdrawn before it is looked at again."""
    if request.blueprint == "operator":
        response.headers["Referrer-Policy"] = "same-origin"  # so that its forms say where they come from
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    if request.blueprint in ("set", "print", "downloads", "picture", "fetch", "job", "documents", "person"):
        response.headers["X-Robots-Tag"] = "noindex"  # images of other people are shown to be looked at, not to be found again
    return response


def press(response: Response) -> Response:
    """After each request: the page of thirty people is 600 KB of backs, and a twelfth of that when packed."""
    if response.direct_passthrough:
        return response  # a file that is sent piece by piece
    if response.mimetype == "text/html" and request.accept_encodings.quality("gzip"):
        response.set_data(gzip.compress(response.get_data(), compresslevel=6, mtime=0))
        response.content_encoding = "gzip"
    if response.mimetype == "text/html":
        response.vary.add("Accept-Encoding")
    return response


def install(app: Flask) -> None:
    app.config.update(MAX_CONTENT_LENGTH=BODY_MOST_BYTES, MAX_FORM_PARTS=FORM_MOST_PARTS, MAX_FORM_MEMORY_SIZE=BODY_MOST_BYTES)
    app.wsgi_app = _of_named_hosts(app.wsgi_app)  # type: ignore[method-assign, assignment]
    app.before_request(check)
    app.after_request(harden)
    app.after_request(press)
