"""The playground: choose a network, press Play, and watch it learn."""

import streamlit as st

from scratchnet.charts.confusion import confusion_matrix, roc_curve
from scratchnet.charts.cost_curve import cost_curve
from scratchnet.charts.histograms import histograms
from scratchnet.charts.surface import output_surface
from scratchnet.ui import controls, exports, navigation, own_data, session, texts
from scratchnet.ui.stage import stage

navigation.begin("playground")
controls.set_type()
with st.sidebar:
    with st.container(gap=None):
        st.title("scratchnet", anchor=False)
        st.caption("A network in NumPy. What you see is what ran.")
    controls.show()
playback = session.playback()
with st.container():  # always there, or the stage would be created anew when a message disappears
    controls.say(session.corrections())

above = st.empty()
for done, asked in session.travel():
    above.progress(done / asked, f"Training to epoch {asked:,}, as in the address: {done:,} done.")
above.empty()


@st.fragment
def watch():
    if session.whole_page():
        st.rerun()
    controls.tell(session.verdict(), above)
    controls.examples(playback.settings)
    stage(
        playback.payload,
        session.STAGE,
        on_request=session.answer_stage,
        on_rest=session.rest_stage,
        on_layers=session.change_layers,
        on_points=session.change_points,
    )
    session.write_address()
    controls.say(session.troubles())
    if playback.at_rest:
        controls.report(playback.trainer)
    view = controls.view(playback.settings.data.classes)
    if playback.at_rest:
        explore(view)
    else:
        with st.container(height=600, border=False):
            st.caption("When training is paused, you can inspect the current epoch here.")


def explore(view):
    """Show a view of the displayed epoch; one at a time, since each takes time to draw."""
    trainer = playback.trainer
    data, settings, snapshot = trainer.dataset, trainer.settings, trainer.snapshot()
    st.markdown(f"**Explore {texts.place(snapshot.epoch, snapshot.update)}**")
    if view == controls.EXPORT:
        exports.show(trainer)
        return
    left, right = st.columns(2)
    if view == controls.VALUES:
        st.plotly_chart(histograms(snapshot, data, settings), key="histograms")
    elif view == controls.MISTAKES:
        table = confusion_matrix(snapshot, data, settings.network)
        left.plotly_chart(table, key="confusion", config={"displayModeBar": False})
        if data.classes == 2:
            right.plotly_chart(roc_curve(snapshot, data, settings.network), key="roc")
    else:
        surface = output_surface(snapshot, data, settings.network)
        left.plotly_chart(surface, key="surface")
        cost, logarithmic = settings.network.cost, session.is_logarithmic()
        curve = cost_curve(trainer.history, cost, logarithmic)
        right.plotly_chart(curve, key="cost_curve")


watch()
if session.is_asked_for_data():
    own_data.dialog()
