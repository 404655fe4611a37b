"""One training step: forward pass, cost, backward pass and update, with all numbers and the source."""

import streamlit as st

from scratchnet.ui import controls, navigation, own_numbers, quantities, session, step_view, texts

navigation.begin("training_step")
trainer = session.shared_run()
controls.set_look()

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title("One training step", anchor=False, width="content")
    start = session.own_numbers()
    own = st.toggle("Use your own numbers (textbook example)", start is not None)
controls.tell(session.verdict())
controls.say(session.corrections())
if own:
    st.markdown(texts.OWN_STEP)
    numbers = own_numbers.fields(start or own_numbers.EXAMPLE)
    step = step_view.own_step(numbers)
    session.use_numbers(numbers if step else None)
else:
    st.markdown(texts.NEXT_STEP.format(texts.place(trainer.epoch, trainer.update)))
    step = step_view.next_step(trainer)
    session.use_numbers(None)
if step is None:
    st.stop()

quantity = quantities.choose(step)
with st.container(horizontal=True, vertical_alignment="center"):
    quantities.turn(step, quantity)
    if not own:
        st.button(
            "Apply this update to the run",
            "apply",
            on_click=session.apply_update,
            disabled=trainer.at_end or trainer.epoch >= trainer.settings.training.epochs,
            type="primary",
        )
left, right = st.columns(2)
with left:
    rows, columns = quantity.value.shape
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{quantity.name}**, shape ({rows}, {columns})", width="content")
        sample = step_view.choose_sample(step, quantity)
    step_view.show_table(quantity, sample)
    st.image(step_view.drawing(step, quantity))
with right:
    st.markdown(quantities.sentence(step, quantity))
    step_view.show_formula(quantity)
    step_view.show_code(quantity)

st.subheader("One weight: forward to the cost and back", anchor=False)
st.markdown(
    "By the chain rule, the derivative of the cost with respect to a weight is a product: from the "
    "output back, each layer multiplies the error by its weights and by the derivative of its "
    "activation, and at last the error of the neuron is multiplied by the input of the weight."
)
for line in step_view.chain(step, *step_view.choose_weight(step)):
    st.latex(line)
