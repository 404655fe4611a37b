"""The pages of the site and the navigation between them."""

import streamlit as st

from scratchnet.ui import session, widget

PAGES = {
    "playground": "Playground",
    "training_step": "One training step",
    "gradient_check": "Gradient check",
    "compare": "Compare",
    "seeds": "Seeds and sweeps",
    "landscape": "Cost landscape",
    "exercises": "Exercises",
    "article": "The article",
    "classics": "Classics",
}


def navigate() -> None:
    """Link all pages in the header and run the requested one."""
    session.is_first_navigation()
    page = _navigation()
    with st.container(key="here"):
        st.html(f'<p class="here"><b>scratchnet</b> {page.title}</p>')
    page.run()


def begin(page: str) -> None:
    """Begin a page; if it was run without app.py, start again from there.

    Streamlit runs it so once on a new server, if a page is open already or its first visitor opens
    another page than the first.
    """
    if session.is_first_navigation():
        _navigation()
        st.rerun()
    widget.catch_up()
    session.begin(page)


def _navigation():
    pages = [
        st.Page(f"pages/{name}.py", title=title, default=name == "playground")
        for name, title in PAGES.items()
    ]
    return st.navigation(pages, position="hidden" if session.is_hidden("pages") else "top")
