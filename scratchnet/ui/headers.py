"""The headers that tell a browser what the page may load: no script from elsewhere, above all.

Nothing is said about framing: a course page may hold the playground.
"""

import re

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scratchnet.live.code import source
from scratchnet.ui import lesson, shell

SOURCES = {
    "default-src": "'self'",
    # The code of the stage where its route cannot be reached, and what Streamlit reads messages with.
    "script-src": "'self' blob: 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",  # Streamlit and Plotly write styles while they run
    "img-src": "'self' data: blob: https://fonts.gstatic.com",  # the icon of the tab
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


def policy() -> str:
    """Return the policy for the content of the page, Content-Security-Policy."""
    inline = [*re.findall(r"<script>(.*?)</script>", shell.page(), re.DOTALL), lesson.ONCE]
    known = " ".join(map(source, inline))
    sources = SOURCES | {"script-src": f"{SOURCES['script-src']} {known}"}
    return "; ".join(f"{kind} {allowed}" for kind, allowed in sources.items())


class SecurityHeaders:
    """Adds these headers to every response of an app."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self._headers = [
            (b"content-security-policy", policy().encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def middleware() -> list[Middleware]:
    """Return what the app puts around all its routes."""
    return [Middleware(SecurityHeaders)]
