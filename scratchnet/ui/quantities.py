"""The quantities of a training step: buttons to choose one, and a sentence on what each is."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from scratchnet.analysis.training_step import Quantity, Step
from scratchnet.ui import session
from scratchnet.ui.texts import activation_label

PHASES = {
    "forward": "Forward pass",
    "cost": "Cost",
    "backward": "Backward pass",
    "update": "Update",
}
# What a quantity is and why it is computed, by its kind. The sizes are those of the network.
SENTENCES = {
    "Z": "The weighted inputs of layer {l}: {neurons} multiplies {inputs} by its weights, "
    "adds them up, and adds its bias. There is one column for each sample, {m:,} in all.",
    "A": "The outputs of layer {l}: the activation g, here {g}, of every entry of Z{l}. Without it, "
    "all layers together would be one linear layer. Layer {next} gets them as its inputs.",
    "AL": "The outputs of the network: g, here {g}, of Z{l}. They are its predictions, which the cost "
    "compares with the targets.{cancels}",
    "cost": "How far the predictions are from the targets: one number, the mean over the {samples}"
    "{penalty}. Training lowers it.",
    "dZ": "The error of layer {l}: the derivative of the cost of each sample with respect to every "
    "entry of Z{l}. By the chain rule it is dA{l} times the derivative of g, here {g}, at Z{l}.",
    "dZL": "The error of the output layer: the derivative of the cost of each sample with respect to "
    "every entry of Z{l}, where the backward pass begins. It is the derivative with respect to A{l} "
    "times that of {g}, simplified.",
    "dW": "The gradient of the weights of layer {l}: for each, the error of its neuron times the input "
    "that it weights, averaged over the {samples}{penalised}. It has the shape of W{l}.",
    "db": "The gradient of the biases of layer {l}: the error of {neurons}, averaged over "
    "the {samples}. It has the shape of b{l}.",
    "dA": "The derivative of the cost of each sample with respect to every output of layer {back}: "
    "the errors of layer {l} go back through the weights W{l}. The next step makes dZ{back} of it.",
    "dA0": "The derivative of the cost of each sample with respect to its features: the errors of "
    "layer 1 go back through the weights W1. No parameter needs it, since there is no layer before.",
    "W new": "The weights of layer {l} after the update: each entry p {step} its gradient g.",
    "b new": "The biases of layer {l} after the update: each entry p {step} its gradient g.",
}
CANCELS = (
    " Textbooks write exp(Z) over its sum: the largest Z of a sample cancels, and without it exp could "
    "overflow."
)
# Small buttons, so that all of them and the table below are in sight at once.
STYLE = """<style>
.st-key-quantities button { min-height: 1.75rem; padding: 0 0.5rem }
.st-key-quantities p { white-space: nowrap }
</style>"""


def choose(step: Step) -> Quantity:
    """Show a button for each quantity, by phase and layer; return the one that is chosen."""
    name = session.look_among("quantity", [each.name for each in step.quantities])
    st.html(STYLE)
    with st.container(key="quantities", horizontal=True, gap="medium"):
        for phase, quantities in groupby(step.quantities, lambda each: each.phase):
            with st.container(horizontal=True, width="content", vertical_alignment="center"):
                st.markdown(f"**{PHASES[phase]}**", width="content")
                for _, layer in groupby(quantities, lambda each: each.layer):
                    with st.container(horizontal=True, width="content", gap="xxsmall"):
                        for each in layer:
                            st.button(
                                each.name,
                                f"quantity {each.name}",
                                on_click=session.change,
                                args=("quantity", each.name),
                                type="primary" if each.name == name else "secondary",
                            )
    return next(each for each in step.quantities if each.name == name)


def turn(step: Step, quantity: Quantity) -> None:
    """Show the buttons Back and Next, to the quantities before and after this one."""
    names = [each.name for each in step.quantities]
    for title, by in (("Back", -1), ("Next", 1)):
        is_end = not 0 <= names.index(quantity.name) + by < len(names)
        st.button(title, f"quantity {title}", on_click=_turn, args=(names, by), disabled=is_end)


def _turn(names: Sequence[str], by: int) -> None:
    """Go so many quantities on from the one that is chosen now: a second click may be quick."""
    at = names.index(session.look_among("quantity", names)) + by
    session.change("quantity", names[max(0, min(at, len(names) - 1))])


def sentence(step: Step, quantity: Quantity) -> str:
    """Return what a quantity of this step is, and why it is computed."""
    l, L, m = quantity.layer, len(step.activations) + 1, step.X.shape[1]
    kind = quantity.name.replace(str(l), "")
    if kind in ("A", "dZ") and l == L:
        kind += "L"
    elif kind.startswith("dA") and l > 1:
        kind = "dA"
    return SENTENCES[kind].format(
        l=l,
        back=l - 1,
        next=l + 1,
        g=activation_label((*step.activations, step.output)[l - 1]),
        cancels=CANCELS if step.output == "softmax" else "",
        neurons=f"each of its {n} neurons" if (n := len(step.params[f"b{l}"])) > 1 else "its neuron",
        inputs=f"the outputs of layer {l - 1}" if l > 1 else "the features",
        samples=_count(m, "sample"),
        m=m,
        penalty=", without the penalty" if step.l1 or step.l2 else "",
        penalised=", plus the slope of the penalty" if step.l1 or step.l2 else "",
        step="moved by the optimizer according to"
        if step.rate is None
        else f"minus the learning rate, η = {step.rate:.6g}, times",
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("s" if number > 1 else "")
