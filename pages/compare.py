"""Compare: two to four runs beside each other, in lock-step by epoch."""

import streamlit as st

from scratchnet.ui import comparison_view, controls, navigation, session, texts

navigation.begin("compare")
controls.set_look()
st.title("Compare runs", anchor=False)
with st.container():  # always there, or the planes would be made anew when a message disappears
    controls.say(session.corrections())
st.markdown(texts.BESIDE)
with st.container():
    comparison_view.choose()
session.write_address()
comparison_view.watch()
