"""The gradient check: compare backpropagation with finite differences, also with a planted bug."""

import streamlit as st

from scratchnet.charts import gradient_check as gradients
from scratchnet.ui import controls, gradient_view, navigation, session, texts

navigation.begin("gradient_check")
trainer = session.shared_run()
controls.set_look()
at = texts.place(trainer.epoch, trainer.update)

st.title("Gradient check", anchor=False)
controls.tell(session.verdict())
controls.say(session.corrections())
st.markdown(
    "Backpropagation computes the gradient of the cost analytically ($a$); central differences "
    "estimate it from two cost values ($n$). If the two differ, there is a bug in the code. Plant a "
    "bug to see which gradients then differ."
)
difference, error, choice = st.columns(3, vertical_alignment="center")
difference.latex(r"n = \frac{C(\theta + h) - C(\theta - h)}{2h}")
error.latex(r"\text{relative error} = \frac{|a - n|}{\max(|a| + |n|,\ \varepsilon)}")
with choice:
    name = gradient_view.choose_bug()
with st.spinner("Computing central differences for every parameter …"):
    found = gradients.examine(trainer, name)
st.markdown(f"{found.planted.bug.description if found.planted else ''} {gradients.headline(found)}")

left, right = st.columns(2)
left.table(gradients.array_table(found.result), border="horizontal")
left.caption(
    f"The largest relative error in each array at {at} of the run, on its first "
    f"{found.samples} training samples, with h = {gradients.STEP:g}. Up to {gradients.SAME:g} it is "
    f"explained by the central differences; from {gradients.BUG:g} on it means a bug. ε is "
    f"{gradients.FLOOR:g}, times the cost if that is above 1: smaller gradients are lost in round-off. "
    "As a whole is ‖a − n‖ / (‖a‖ + ‖n‖) of the array, which the chart shows. "
    "The update step is checked too: at learning rate 1 it must subtract exactly the gradient."
)
right.plotly_chart(gradients.v_plot(found.errors), key="v", config=gradient_view.PLAIN)
right.caption(
    "The error over the step size h: large steps suffer truncation error, small ones round-off error. "
    "The error of a bug does not depend on h. Solid lines are weights, dotted lines biases."
)

if found.planted:
    gradient_view.show_bug(found.planted, trainer.settings.network.cost)
gradient_view.entries(found.result)
