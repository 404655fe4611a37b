"""The playground: choose a network, press Play, and watch it learn."""

import streamlit as st

from scratchnet.ui import controls, figures, session
from scratchnet.ui.stage import stage

session.begin()
with st.sidebar:
    with st.container(gap=None):
        st.title("scratchnet", anchor=False)
        st.caption("A network in NumPy. What you see is what ran.")
    wanted = controls.show()
playback = session.playback(wanted)
controls.say(session.corrections())

progress = st.empty()
for done, asked in session.travel():
    progress.progress(done / asked, f"Training to epoch {asked:,}, as in the address: {done:,} done.")
progress.empty()


@st.fragment
def watch():
    stage(
        playback.payload,
        session.STAGE,
        on_request=session.answer_stage,
        on_rest=session.rest_stage,
        on_layers=session.change_layers,
    )
    if session.layers_changed():
        st.rerun()
    session.write_address()
    controls.say([playback.trouble] if playback.trouble else [])
    if playback.at_rest:
        explore()
    else:
        with st.container(height=540, border=False):
            st.caption("When the picture rests, its epoch can be explored here.")


def explore():
    """Views of the epoch that is shown."""
    trainer = playback.trainer
    snapshot = trainer.snapshot()
    st.markdown(f"**Explore epoch {snapshot.epoch:,}**")
    left, right = st.columns(2)
    left.plotly_chart(
        figures.output_surface(snapshot, trainer.dataset, trainer.settings.network),
        key="surface",
    )
    curve = figures.cost_curve(trainer.history, trainer.settings.network.cost)
    right.plotly_chart(curve, key="cost_curve")


watch()
