"""scratchnet: a visual playground on a neural network written from scratch in NumPy."""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import streamlit as st

st.set_page_config(
    page_title="scratchnet", page_icon=":material/hub:", layout="wide", initial_sidebar_state=320
)
st.navigation([st.Page("pages/playground.py", title="Playground", default=True)]).run()
