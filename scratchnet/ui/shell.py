"""The page as the browser first gets it: Streamlit's own, with a script of ours before all others.

The script has the browser's history keep an entry for each page and run, and not for each step. If
Python placed it, it would now and then come after the first address that Python writes.
"""

import json
from importlib.resources import files

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from scratchnet.ui import link
from scratchnet.ui.navigation import PAGES

_ENTRIES = {
    "passing": [*link.PLACE, *link.VIEW, *link.NAMES],
    "place": link.PLACE,
    "stage": {name: kind.options for name, kind in link.STAGE_VIEW.items()},
}


def page() -> str:
    """Return the page: HTML."""
    script = files("scratchnet.ui").joinpath("history.js").read_text("utf-8")
    ours = f"<script>{script}keepEntries({json.dumps(_ENTRIES)});</script>"
    streamlits = files("streamlit").joinpath("static/index.html").read_text("utf-8")
    return streamlits.replace("<head>", f"<head>{ours}", 1)


def routes() -> list[Route]:
    """Return the route of every page of the site, below the path that the server is told to have."""
    content = page()

    async def answer(request: Request) -> Response:
        return HTMLResponse(content, headers={"Cache-Control": "no-cache"})

    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    root = f"/{base}" if base else ""
    paths = [root or "/", *([f"{root}/"] if root else []), *(f"{root}/{name}" for name in PAGES)]
    return [Route(path, answer) for path in paths]
