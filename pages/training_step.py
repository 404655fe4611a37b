"""One training step: forward pass, cost, backward pass and update, with all numbers and the source."""

import streamlit as st

from scratchnet.ui import controls, navigation, session, step_view, texts

navigation.ensure()
session.leave_stage()
trainer = session.shared_run()
controls.set_type()
at = texts.place(trainer.epoch, trainer.update)

st.title("One training step", anchor=False)
controls.tell(session.verdict())
st.markdown(
    f"The next update of the current run, at {at}: the forward pass gives the cost, the backward pass "
    "the gradients, and the update the new parameters. All numbers are those that the trainer computes."
)
own = st.toggle("Use your own numbers (textbook example)")
step = step_view.own_numbers() if own else step_view.next_step(trainer)
if step is None:
    st.stop()
names = [quantity.name for quantity in step.quantities]
name = st.select_slider(
    "Quantity", names, key="quantity", help="All quantities of the step, in the order of computation."
)
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
    st.markdown(f"Computed by `{quantity.source.__name__}`:")
    st.code(step_view.marked_source(quantity), language="python")

st.subheader("One weight: forward to the cost and back", anchor=False)
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
