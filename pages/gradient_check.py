"""The gradient check: is backpropagation right, and what if not? A bug can be planted."""

import streamlit as st

from scratchnet.charts import gradient_check as gradients
from scratchnet.ui import controls, navigation, session

PLAIN = {"displayModeBar": False}
navigation.ensure()
trainer = session.shared_run()
controls.set_type()

st.title("Gradient check", anchor=False)
controls.tell(session.verdict())
st.markdown(
    "Backpropagation has the slope of the cost for each parameter from formulas, the analytic gradient "
    "$a$. The central difference has it from two costs alone, the numeric gradient $n$. Where they "
    "differ, there is a fault in the code."
)
difference, error, choice = st.columns(3, vertical_alignment="center")
difference.latex(r"n = \frac{C(\theta + h) - C(\theta - h)}{2h}")
error.latex(r"\text{relative error} = \frac{|a - n|}{\max(|a| + |n|,\ \varepsilon)}")
name = choice.selectbox(
    "Plant a bug",
    [None, *gradients.BUGS],
    format_func=lambda name: gradients.BUGS[name].title if name else "none",
    help="It takes the place of a function of the network; everything below is then run with it.",
)
with st.spinner("Every parameter is moved up and down …"):
    found = gradients.examine(trainer, name)
st.markdown(f"{found.bug.fault if found.bug else ''} {gradients.headline(found)}")

left, right = st.columns(2)
left.table(gradients.array_table(found.result), border="horizontal")
left.caption(
    f"The largest relative error in each array at epoch {trainer.epoch:,} of the run, on its first "
    f"{found.samples} training points, with h = {gradients.STEP:g}. Up to {gradients.SAME:g} it is "
    f"that of central differences, from {gradients.FAULT:g} on that of a fault. ε is "
    f"{gradients.FLOOR:g}, or that part of a cost above 1: smaller slopes drown in the rounding of the "
    "cost. The update is checked as well, for what it takes away is the gradient."
)
right.plotly_chart(gradients.v_plot(found.errors), key="v", config=PLAIN)
right.caption(
    "The error over the step: a long one goes around bends, a short one drowns in rounding. A fault is "
    "as large with any step. Solid lines are weights, dotted ones biases."
)

if found.bug:
    healthy, planted = gradients.sources(found.bug)
    left, right = st.columns(2)
    left.markdown("**Healthy**")
    left.code(healthy, wrap_lines=True)
    right.markdown("**Planted in its place**")
    right.code(planted, wrap_lines=True)
    st.markdown(f"**Training with it.** {found.bug.training}")
    if found.planted.stopped:
        st.warning(f"With the bug, the code stops with {found.planted.stopped}")
    st.plotly_chart(gradients.cost_curves(found, trainer.settings.network.cost), key="c", config=PLAIN)
    st.caption(
        "Both start at the first weights of this run. The sentence above them is of runs on the moons, "
        "such as the one that the playground opens with."
    )


@st.fragment
def entries():
    """One array, entry by entry."""
    name = st.selectbox("Entry by entry", gradients.worst_first(found.result))
    part = found.result.comparisons[name]
    left, right = st.columns(2)
    left.table(gradients.entry_table(part), border="horizontal", height=340)
    right.plotly_chart(gradients.error_map(part), key="entries", config=PLAIN)


entries()
