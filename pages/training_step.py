"""One training step: forward pass, cost, backward pass and update, with all numbers and the source."""

import streamlit as st

from scratchnet.ui import controls, navigation, own_numbers, session, step_view, texts

navigation.begin("training_step")
trainer = session.shared_run()
controls.set_type()

st.title("One training step", anchor=False)
controls.tell(session.verdict())
controls.say(session.corrections())
start = session.own_numbers()
own = st.toggle("Use your own numbers (textbook example)", start is not None)
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
names = [quantity.name for quantity in step.quantities]
name = session.look_among("quantity", names)
about = {"options": names, "shown": name, "help": texts.QUANTITY}
session.place_widget(st, "select_slider", "quantity", "Quantity", **about)
quantity = step.quantities[names.index(name)]

left, right = st.columns(2)
with left:
    st.image(step_view.drawing(step, quantity))
    st.markdown(f"**{quantity.phase.capitalize()}, layer {quantity.layer}**")
    st.latex(quantity.formula)
    sample = step_view.choose_sample(step)
    rows, columns = quantity.value.shape
    st.markdown(f"**{name}**, shape ({rows}, {columns})")
    step_view.show_table(quantity, sample)
with right:
    st.markdown(f"Computed by `{quantity.source.__name__}`:")
    st.code(step_view.marked_source(quantity), language="python")

st.subheader("One weight: forward to the cost and back", anchor=False)
for line in step_view.chain(step, *step_view.choose_weight(step)):
    st.latex(line)

st.button(
    "Apply this update to the run",
    on_click=session.apply_update,
    disabled=own or trainer.at_end or trainer.epoch >= trainer.settings.training.epochs,
    type="primary",
)
