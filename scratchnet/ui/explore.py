"""The views of the epoch that is displayed, for when training is paused."""

import streamlit as st

from scratchnet.charts.confusion import confusion_matrix, roc_curve
from scratchnet.charts.cost_curve import cost_curve
from scratchnet.charts.histograms import histograms
from scratchnet.charts.surface import output_surface
from scratchnet.ui import controls, exports, session, texts


def explore() -> None:
    """Show one view, since each takes time to draw, or none while the run plays."""
    if session.look("plane"):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="views"):
        view = controls.view(session.settings().data.classes)
        controls.keep()
    if not session.is_at_rest():
        with st.container(height=600, border=False):
            st.caption("When training is paused, you can inspect the current epoch here.")
        return
    trainer = session.trainer()
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
        curve = cost_curve(trainer.history, settings.network.cost, session.is_logarithmic())
        right.plotly_chart(curve, key="cost_curve")
