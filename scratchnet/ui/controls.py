"""The controls: widgets that show the settings and give them back."""

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from scratchnet.settings import (
    KINDS,
    DataSettings,
    NetworkSettings,
    Settings,
    TrainingSettings,
    Whole,
)
from scratchnet.ui import figures, session

LABELS = {
    "moons": "Moons",
    "circles": "Circles",
    "xor": "XOR",
    "blobs": "Blobs",
    "spiral": "Spiral",
    "flower": "Flower",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "gradient_descent": "GD / SGD",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "xavier": "Xavier",
    "he": "He",
    "article": "0.01",
    "zeros": "zeros",
}
PENALTY = "λ Σ|w| for L1, λ/2 Σw² for L2, is minimised too. The cost that is shown is without it."

# Of the training, behind "More": the label, the setting, what it is, and the step of the buttons.
RARE_NUMBERS = (
    ("Period of the schedule", "period", "Epochs to the next step, or of the cosine.", 10),
    ("Factor of a step", "decay", "What a step leaves of the rate.", 0.05),
    ("L1 penalty λ", "l1", PENALTY, 0.001),
    ("L2 penalty λ", "l2", PENALTY, 0.001),
    ("Stop at a training cost of", "stop_cost", "0: never.", 0.01),
    ("Stop at a test accuracy of", "stop_accuracy", "0: never.", 0.01),
    ("Stop when the test cost has not improved for", "patience", "Epochs; 0: never.", 10),
)


def show() -> Settings:
    """Place all controls, and return the settings they show."""
    with st.container(gap="xsmall"):
        sections = [st.container(gap="xsmall") for _ in range(3)]
        more = st.expander("More", icon=":material/tune:")
        return Settings(
            _data(sections[0], more), _network(sections[1], more), _training(sections[2], more)
        )


def say(sentences: Sequence[str]) -> None:
    """Say what could not be done as asked; the text is shown as it is, without any formatting."""
    if sentences:
        plain = [re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", sentence) for sentence in sentences]
        st.warning("  \n".join(plain), icon=":material/info:")


def _data(section: Any, more: Any) -> DataSettings:
    with section:
        st.subheader("Data", anchor=False)
        dataset = st.pills(
            "Dataset",
            KINDS["dataset"].options,
            format_func=lambda name: f"![]({figures.dataset_icon(name)}) {_label(name)}",
            key="dataset",
            required=True,
            label_visibility="collapsed",
            width="stretch",
        )
        left, right = st.columns(2, wrap=False)
        points = _slider(left, "Points", "points", 10, "Before the split into training and test.")
        noise = _slider(
            right, "Noise", "noise", 0.01, "Standard deviation of what is added to x₁ and x₂."
        )
    train_share = _slider(
        more, "Train share", "train_share", 0.05, "The other points test what was learned.", "percent"
    )
    seed = _number(more, "Seed of the data", "seed", "Another seed draws other points.")
    return DataSettings(dataset, points, noise, train_share, seed)


def _network(section: Any, more: Any) -> NetworkSettings:
    with section:
        st.subheader("Network", anchor=False)
        hidden = _hidden_layers()
        left, right = st.columns(2, wrap=False)
        activation = _choice(
            left,
            "Activation",
            "activation",
            "Of the hidden layers; the output is a sigmoid.",
            disabled=not hidden,
        )
        init = _choice(
            right,
            "First weights",
            "init",
            "Their standard deviation: 0.01 as in the article, √(2 / (inputs + outputs)) by "
            "Xavier Glorot, √(2 / inputs) by Kaiming He, or 0, where all neurons stay alike.",
        )
    init_seed = _number(
        more,
        "Seed of the first weights",
        "init_seed",
        "Of the order in which mini-batches take the samples, too.",
    )
    return NetworkSettings((2, *hidden, 1), activation, init, init_seed)


def _hidden_layers() -> list[int]:
    """A number for each hidden layer, and buttons for one layer more and one less."""
    keys = session.neurons()
    kind = KINDS["layer_dims"]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        layers = f"{len(keys)} hidden layer{'' if len(keys) == 1 else 's'}"
        st.markdown(layers, width="stretch")
        st.button(
            "Layer",
            icon=":material/remove:",
            key="remove_layer",
            help="Remove the last hidden layer",
            on_click=session.remove_layer,
            disabled=not keys,
        )
        st.button(
            "Layer",
            icon=":material/add:",
            key="add_layer",
            help="Add a hidden layer before the output",
            on_click=session.add_layer,
            disabled=len(keys) == kind.most_hidden,
        )
    neurons = []
    for l, key in enumerate(keys):
        if l % 2 == 0:
            columns = st.columns(2, wrap=False)
        neurons.append(
            columns[l % 2].number_input(
                f"Neurons in layer {l + 1}", kind.neurons.low, kind.neurons.high, key=key
            )
        )
    return neurons


def _training(section: Any, more: Any) -> TrainingSettings:
    with section:
        st.subheader("Training", anchor=False)
        left, right = st.columns(2, wrap=False)
    learning_rate = left.select_slider(
        "Learning rate",
        session.rates(),
        format_func="{:g}".format,
        key="learning_rate",
        help="May be changed while it learns: the weights stay. The rate in use stands on top.",
    )
    return TrainingSettings(
        learning_rate=learning_rate,
        epochs=_number(right, "Epochs", "epochs", "Where the run ends.", step=100),
        optimizer=_choice(left, "Optimizer", "optimizer", "How a gradient becomes a step."),
        batch_size=_number(
            right, "Batch (0: all)", "batch_size", "Samples a step; 0 takes all of them."
        ),
        schedule=_choice(more, "Schedule of the rate", "schedule", "How the rate falls by itself."),
        **{name: _number(more, label, name, help, step) for label, name, help, step in RARE_NUMBERS},
    )


def _label(name: str) -> str:
    return LABELS.get(name, name)


def _choice(place: Any, label: str, name: str, help: str, disabled: bool = False) -> str:
    return place.selectbox(
        label, KINDS[name].options, format_func=_label, key=name, help=help, disabled=disabled
    )


def _number(place: Any, label: str, name: str, help: str, step: float = 1) -> Any:
    kind = KINDS[name]
    format = "%d" if isinstance(kind, Whole) else "%g"
    return place.number_input(label, kind.low, kind.high, step=step, format=format, key=name, help=help)


def _slider(
    place: Any, label: str, name: str, step: float, help: str, format: str | None = None
) -> Any:
    kind = KINDS[name]
    return place.slider(label, kind.low, kind.high, step=step, key=name, help=help, format=format)
