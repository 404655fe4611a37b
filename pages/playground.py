"""The playground: choose a network, press Play, and watch it learn."""

import streamlit as st

from scratchnet.ui import controls, figures, session
from scratchnet.ui.stage import stage

corrections = session.begin()
with st.sidebar:
    st.title("scratchnet", anchor=False)
    st.caption("A neural network from scratch, in NumPy. What you see is what ran.")
    wanted = controls.show()
playback = session.playback(wanted)

for correction in corrections:
    st.warning(correction, icon=":material/link:")


@st.fragment
def watch():
    stage(playback.payload, session.STAGE, session.answer_stage)
    session.write_address()
    with st.container(height=560, border=False):
        explore()


def explore():
    """What stands below the stage: while it plays, nothing that could be of another epoch."""
    if playback.playing:
        return st.caption("Pause to explore the network of one epoch here.")
    trainer = playback.trainer
    snapshot = trainer.snapshot()
    st.markdown(f"**Explore epoch {snapshot.epoch:,}**")
    left, right = st.columns(2)
    left.plotly_chart(
        figures.probability_surface(snapshot, trainer.dataset, trainer.settings.network),
        key="surface",
    )
    right.plotly_chart(figures.cost_curve(trainer.history), key="cost_curve")


watch()
