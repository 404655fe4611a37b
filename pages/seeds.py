"""Setting or luck: one run over many seeds, or along one or two settings with the same seeds."""

import streamlit as st

from scratchnet.ui import controls, navigation, session, sweep_view, texts

navigation.begin("seeds")
sweep = session.begin_sweep()
controls.set_look()
st.title("Setting or luck?", anchor=False)
controls.say(session.corrections())
st.markdown(texts.SEEDS)
sweep_view.controls(sweep)
session.write_address()
controls.say(session.troubles())
sweep_view.watch(sweep)
