"""The pages of the site and the navigation between them."""

import streamlit as st

from scratchnet.ui import session

PAGES = {
    "playground": "Playground",
    "training_step": "One training step",
    "gradient_check": "Gradient check",
    "article": "The article",
}


def navigate() -> None:
    """Link all pages in the header and run the requested one."""
    session.note_navigation()
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
