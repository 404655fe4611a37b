"""The pages of the site and the navigation between them."""

import json
from importlib.resources import files

import streamlit as st

from scratchnet.ui import link, session

PAGES = {
    "playground": "Playground",
    "training_step": "One training step",
    "gradient_check": "Gradient check",
    "article": "The article",
}

_ENTRIES = {
    "passing": [*link.PLACE, *link.VIEW, *link.NAMES],
    "stage": {name: kind.options for name, kind in link.STAGE_VIEW.items()},
}
_SCRIPT = files("scratchnet.live").joinpath("history.js").read_text("utf-8")
_HISTORY = f"{_SCRIPT}keepEntries({json.dumps(_ENTRIES)});"


def navigate() -> None:
    """Link all pages in the header and run the requested one."""
    session.note_navigation()
    with st.container(key="history"):
        st.html(f"<script>{_HISTORY}</script>", unsafe_allow_javascript=True)
    _navigation().run()


def ensure() -> None:
    """Begin a page beside the playground; if it was run without app.py, start again from there.

    Streamlit does this once on a new server, if the first visitor opens another page than the first.
    """
    if not session.is_navigated():
        session.note_navigation()
        _navigation()
        st.rerun()
    session.begin()
    session.leave_stage()


def _navigation():
    pages = [
        st.Page(f"pages/{name}.py", title=title, default=name == "playground")
        for name, title in PAGES.items()
    ]
    return st.navigation(pages, position="top")
