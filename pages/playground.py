"""The playground: choose a network, press Play, and watch it learn."""

import streamlit as st

from scratchnet.ui import controls, follow, lesson, navigation, own_data, session, widget
from scratchnet.ui.explore import explore
from scratchnet.ui.stage import stage

DIALOGS = {"data": own_data.dialog, "follow": follow.dialog}

navigation.begin("playground")
controls.set_look()
with st.sidebar:
    with st.container(gap=None):
        st.title("scratchnet", anchor=False)
        st.caption("A network in NumPy. What you see is what ran.")
    controls.show()
session.show_whole_page()
with st.container():  # always there, or the stage would be created anew when a message disappears
    controls.say(session.corrections())

above = st.empty()
for done, asked in session.travel():
    above.progress(done / asked, f"Training to epoch {asked:,}, as in the address: {done:,} done.")
above.empty()


@st.fragment
def watch():
    widget.catch_up()
    if session.whole_page():
        st.rerun()
    controls.tell(session.verdict(), above)
    findings = lesson.lesson()
    stage(session.told_to_stage(), session.STAGE, session.hear_stage, session.send_code)
    session.write_address()
    controls.say(session.troubles())
    lesson.also(findings)
    explore()


watch()
if dialog := session.dialog():
    DIALOGS[dialog]()
