"""The controls: widgets that show the settings and give them back."""

import streamlit as st

from scratchnet.settings import DataSettings, NetworkSettings, Settings, TrainingSettings, kind_of
from scratchnet.ui import session

LABELS = {
    "moons": "Moons",
    "circles": "Circles",
    "xor": "XOR",
    "blobs": "Blobs",
    "spiral": "Spiral",
    "flower": "Flower",
    "relu": "ReLU",
    "xavier": "Xavier (Glorot)",
    "he": "He",
    "article": "0.01, as in the article",
    "zeros": "Zeros",
}


def show() -> Settings:
    """Place all controls, and return the settings they show."""
    return Settings(_data(), _network(), _training())


def _data() -> DataSettings:
    st.subheader("Data", anchor=False)
    dataset = st.pills(
        "Dataset",
        kind_of("dataset").options,
        format_func=_label,
        key="dataset",
        required=True,
        label_visibility="collapsed",
    )
    left, right = st.columns(2, wrap=False)
    with left:
        points = _slider("Points", "points", step=10)
        train_share = _slider(
            "Train share",
            "train_share",
            step=0.05,
            format="percent",
            help="The others are for testing.",
        )
    with right:
        noise = _slider(
            "Noise", "noise", step=0.01, help="Standard deviation of what is added to x₁ and x₂."
        )
        seed = _number("Seed", "seed", "Another seed draws other points.")
    return DataSettings(dataset, points, noise, train_share, seed)


def _network() -> NetworkSettings:
    st.subheader("Network", anchor=False)
    hidden = _hidden_layers()
    left, right = st.columns(2, wrap=False)
    with left:
        activation = _select(
            "Activation", "activation", "Of the hidden layers; the output is a sigmoid."
        )
        init = _select("First weights", "init", "How far from 0 the first weights are drawn.")
    with right:
        st.empty()
        init_seed = _number("Weights' seed", "init_seed", "Another seed draws other first weights.")
    return NetworkSettings((2, *hidden, 1), activation, init, init_seed)


def _hidden_layers() -> list[int]:
    """A number for each hidden layer, and buttons for one layer more and one less."""
    keys = session.neurons()
    kind = kind_of("layer_dims")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        count = "no hidden layer" if not keys else f"{len(keys)} hidden layer{'s' * (len(keys) > 1)}"
        st.markdown(f"2 features – {count} – 1 output", width="stretch")
        st.button(
            "−",
            help="Remove the last hidden layer",
            on_click=session.remove_layer,
            disabled=not keys,
        )
        st.button(
            "＋",
            help="Add a hidden layer",
            on_click=session.add_layer,
            disabled=len(keys) == kind.most_hidden,
        )
    neurons = []
    for l, key in enumerate(keys):
        if l % 3 == 0:
            columns = st.columns(3, wrap=False)
        with columns[l % 3]:
            neurons.append(
                st.number_input(f"Layer {l + 1}", kind.neurons.low, kind.neurons.high, key=key)
            )
    return neurons


def _training() -> TrainingSettings:
    st.subheader("Training", anchor=False)
    left, right = st.columns(2, wrap=False)
    with left:
        learning_rate = st.select_slider(
            "Learning rate",
            session.rates(),
            format_func="{:g}".format,
            key="learning_rate",
            help="May be changed while it learns.",
        )
    with right:
        epochs = _number("Epochs", "epochs", "Where the run ends.", step=100)
    return TrainingSettings(learning_rate, epochs)


def _label(name: str) -> str:
    return LABELS.get(name, name)


def _select(label: str, name: str, help: str) -> str:
    return st.selectbox(label, kind_of(name).options, format_func=_label, key=name, help=help)


def _number(label: str, name: str, help: str, step: int = 1) -> int:
    kind = kind_of(name)
    return st.number_input(label, kind.low, kind.high, step=step, key=name, help=help)


def _slider(label: str, name: str, step: float, help: str | None = None, format: str | None = None):
    kind = kind_of(name)
    return st.slider(label, kind.low, kind.high, step=step, key=name, help=help, format=format)
