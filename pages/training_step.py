"""One training step: forward, cost, backward, update, each quantity with its numbers and its source."""

import streamlit as st

from scratchnet.ui import controls, navigation, session, step_view

navigation.ensure()
trainer = session.shared_run()
controls.set_type()
at = f"epoch {trainer.epoch:,}" + (f", update {trainer.update}" if trainer.update else "")

st.title("One training step", anchor=False)
controls.tell(session.verdict())
st.markdown(
    f"The next update of the run at hand, at {at}: first forward to the cost, then backward to the "
    "gradients, then the parameters move. Every number is what the trainer computes."
)
own = st.toggle("Own numbers instead, as a textbook works them out")
step = step_view.own_numbers() if own else step_view.next_step(trainer)
if step is None:
    st.stop()
names = [quantity.name for quantity in step.quantities]
name = st.select_slider("Quantity", names, key="quantity", help="In the order of computation.")
quantity = step.quantities[names.index(name)]
m = step.X.shape[1]

left, right = st.columns(2)
with left:
    st.image(step_view.drawing(step, quantity))
    st.markdown(f"**{quantity.phase.capitalize()}, layer {quantity.layer}**")
    st.latex(quantity.formula)
    sample = st.selectbox(
        "Samples", [None, *range(m)], format_func=lambda s: "all" if s is None else f"sample {s + 1}"
    )
    rows, columns = quantity.value.shape
    st.markdown(f"**{name}**, shape ({rows}, {columns})")
    step_view.show_table(quantity, sample)
with right:
    st.markdown(f"`{quantity.source.__name__}` computes it:")
    st.code(step_view.marked_source(quantity), language="python")

st.subheader("One weight, from the cost and back", anchor=False)
layer, neuron, source, which = st.columns(4)
l = layer.number_input("Layer", 1, len(step.params) // 2, 1)
n, n_prev = step.params[f"W{l}"].shape
j = neuron.number_input("Neuron", 1, n, 1)
i = source.number_input("Input", 1, n_prev, 1)
s = which.number_input("Sample", 1, m, 1)
for line in step_view.chain(step, l, j - 1, i - 1, s - 1):
    st.latex(line)

st.button(
    "Apply this update to the run",
    on_click=session.apply_update,
    disabled=own or trainer.at_end or trainer.epoch >= trainer.settings.training.epochs,
    type="primary",
)
