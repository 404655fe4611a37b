"""scratchnet: an interactive browser playground for a neural network written from scratch in NumPy.

The server imports this file for the routes beside the page, and runs it for each visitor as the page.
"""

import scratchnet  # noqa: I001  first: it sets the BLAS threads before NumPy is loaded
from pathlib import Path

import streamlit as st

from scratchnet.live import route
from scratchnet.ui import headers, navigation, session, shell

if __name__ != "__main__":
    app = st.App(__file__, routes=[*route.routes(), *shell.routes()], middleware=headers.middleware())
else:
    st.set_page_config(
        page_title="scratchnet",
        page_icon=":material/hub:",
        layout="wide",
        initial_sidebar_state="collapsed"
        if session.look("projector") or session.look("plane") or st.context.is_embedded
        else 344,
    )
    st.html(Path(scratchnet.__file__).parent / "ui" / "page.css")
    navigation.navigate()
