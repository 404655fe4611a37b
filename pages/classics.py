"""Classic experiments with published numbers, computed again now; and faults in print."""

import streamlit as st

from scratchnet.ui import controls, navigation, session
from scratchnet.ui.classics_view import (
    CLASSICS,
    FAULTS,
    WIDTH,
    are_all_computed,
    show_classic,
    show_fault,
)

navigation.begin("classics")
session.write_address()
controls.set_look()
outline = [f"1. [{each.title}](#{each.name})" for each in CLASSICS]
st.sidebar.markdown("\n".join(outline) + "\n\n[Faults in print](#faults)")

st.title("Classics", anchor=False)
st.markdown(
    "These are experiments that are widely taught, in the order in which they are taught, with the "
    "numbers that their sources print. Beside them stand ours, **computed now** by the code of this "
    "site, and the difference; a star marks a difference in the digits printed, and the page says why.",
    width=WIDTH,
)
place = st.empty()
now = not are_all_computed() and place.button(
    "Compute all now", help="Long experiments wait for a button. All of them take about ten seconds."
)
for number, classic in enumerate(CLASSICS, start=1):
    show_classic(number, classic, now)

st.header("Faults in print", anchor="faults", divider="gray", width=WIDTH)
st.markdown(
    "Some printed numbers come from an error. Each is made again here, in a few lines and **run now**, "
    "beside the right form.",
    width=WIDTH,
)
for fault in FAULTS:
    show_fault(fault, now)
if are_all_computed():
    place.empty()
