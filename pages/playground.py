"""The playground: choose a network, press Play, and watch it learn."""

import streamlit as st

from scratchnet.ui import controls, figures, session
from scratchnet.ui.stage import stage

corrections = session.begin()
with st.sidebar:
    with st.container(gap=None):
        st.title("scratchnet", anchor=False)
        st.caption("A neural network from scratch in NumPy. What you see is what ran.")
    wanted = controls.show()
playback = session.playback(wanted)

for correction in corrections:
    st.warning(correction, icon=":material/link:")


@st.fragment
def watch():
    stage(playback.payload, session.STAGE, session.answer_stage)
    session.write_address()
    if playback.playing:
        st.container(height=520, border=False).caption("Pause to explore the epoch that is shown.")
    else:
        explore()


def explore():
    """Views of the epoch that is shown; there are none while it plays, for they would lag behind."""
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
