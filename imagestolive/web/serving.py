"""Serving the pages on one's own machine. A public server runs gunicorn (Procfile)."""

from __future__ import annotations

import socket
from collections.abc import Callable
from wsgiref.types import WSGIApplication

from werkzeug.serving import WSGIRequestHandler, make_server

from imagestolive.errors import N_, ImagesToLiveError


class CannotListen(ImagesToLiveError):
    """The port is taken, or not ours to take."""

    sentence = N_("Cannot listen on {host}:{port}: {problem}. Another port: --port N.")


class _Quiet(WSGIRequestHandler):
    """Keeps no log of who looked at what."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def serve_app(app: WSGIApplication, host: str, port: int, *, announce: Callable[[str], object]) -> None:
    """Serves until interrupted. Raises CannotListen."""
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:  # werkzeug itself would print and exit
        raise CannotListen(host=host, port=str(port), problem=error.strerror or str(error)) from None
    server = make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno())
    try:
        announce(f"Images to live with: http://{host}:{server.port}/ (Ctrl-C ends it)")
        server.serve_forever()
    except KeyboardInterrupt:
        announce("")
    finally:
        server.server_close()
        listening.close()
