"""scratchnet: a visual playground on a neural network written from scratch in NumPy."""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
from pathlib import Path

import streamlit as st

from scratchnet.ui import navigation, session

st.set_page_config(
    page_title="scratchnet",
    page_icon=":material/hub:",
    layout="wide",
    initial_sidebar_state="collapsed" if session.is_projector() or st.context.is_embedded else 344,
)
st.html(Path(__file__).parent / "scratchnet" / "ui" / "page.css")
navigation.navigate()
