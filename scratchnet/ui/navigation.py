"""The pages of the site, and the way to each of them."""

import streamlit as st

from scratchnet.ui import session

PAGES = {
    "playground": "Playground",
    "training_step": "One training step",
    "gradient_check": "Gradient check",
    "article": "The article",
}


def navigate() -> None:
    """Link all pages in the header, and run the one that is asked for."""
    session.note_navigation()
    _navigation().run()


def ensure() -> None:
    """Where a page was run by itself, without app.py, begin again with it.

    Streamlit does so once on a new server, if the first visitor comes to another page than the first.
    """
    if not session.is_navigated():
        session.note_navigation()
        _navigation()
        st.rerun()


def _navigation():
    pages = [
        st.Page(f"pages/{name}.py", title=title, default=name == "playground")
        for name, title in PAGES.items()
    ]
    return st.navigation(pages, position="top")
