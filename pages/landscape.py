"""The cost landscape: the cost over a plane through parameter space, with the path of the run on it."""

import streamlit as st

from scratchnet.ui import controls, landscape_view, navigation, session

navigation.begin("landscape")
trainer = session.shared_run()
controls.set_look()

st.title("Cost landscape", anchor=False)
controls.tell(session.verdict())
st.markdown(landscape_view.about(trainer.settings))
choice, log, wrong = landscape_view.choose(trainer.settings)
controls.say([*session.corrections(), *wrong])
landscape_view.show(trainer, choice, log)
