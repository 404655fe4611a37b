"""Exercises: a task, a question to predict first, hints, and a goal that training again decides."""

import streamlit as st

from scratchnet.ui import controls, exercise_view, navigation, session, texts

navigation.begin("exercises")
controls.set_look()
st.title("Exercises", anchor=False)
controls.say(session.corrections())
st.markdown(texts.EXERCISES)
exercise = exercise_view.choose()
exercise_view.show(exercise)
exercise_view.own(exercise)
session.write_address()
controls.say(session.troubles())
