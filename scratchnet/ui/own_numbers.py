"""The visitor's own numbers for one training step: as a textbook works them out, and in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import streamlit as st

from scratchnet.analysis.training_step import Step, own_step
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.costs import COSTS
from scratchnet.run.fields import ChoiceField, FloatField, IntField, LayerDimsField
from scratchnet.ui.texts import activation_label, label, plain
from scratchnet.validation import NotAllowed, brief, check_layer_dims

NEURONS = IntField(1, 8)
LAYERS = LayerDimsField(4, NEURONS)
SAMPLES = IntField(1, 8)
RATE = FloatField(0.0, 1000.0)
VALUE = FloatField(-1e9, 1e9)
FIELDS = tuple(pair for pair in COSTS if pair[0] != "softmax")  # of outputs, with their costs
FILL = 0.1  # what a number is where the example has none


@dataclass(frozen=True)
class Numbers:
    """The numbers of a step: those of X, of W and b of each layer and of T, row by row."""

    layer_dims: tuple[int, ...]
    samples: int
    activation: str
    kind: tuple[str, str]
    learning_rate: float
    values: tuple[float, ...]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return X, (n_0, m), the parameters by their names, and T, (n_L, m)."""
        shapes = shapes_of(self.layer_dims, self.samples)
        ends = np.cumsum([rows * columns for rows, columns in shapes.values()])
        parts = np.split(np.array(self.values), ends[:-1])
        return {name: part.reshape(shapes[name]) for name, part in zip(shapes, parts, strict=True)}

    def step(self) -> Step:
        """Return the step of gradient descent with these numbers; NotAllowed if there is none."""
        params = self.arrays()
        X, T = params.pop("X"), params.pop("T")
        return own_step(params, X, T, self.learning_rate, self.activation, *self.kind)


# Two inputs, two hidden and two output neurons, one sample: small enough to work out by hand.
EXAMPLE = Numbers(
    (2, 2, 2),
    1,
    "sigmoid",
    ("sigmoid", "squared_error"),
    0.5,
    (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.6, 0.01, 0.99),
)


def shapes_of(dims: tuple[int, ...], m: int) -> dict[str, tuple[int, int]]:
    """Return the shape of each array of a step on m samples, by its name."""
    shapes = {"X": (dims[0], m)}
    for l, (n_prev, n) in enumerate(pairwise(dims), start=1):
        shapes |= {f"W{l}": (n, n_prev), f"b{l}": (n, 1)}
    return shapes | {"T": (dims[-1], m)}


class NumbersField:
    """Numbers in the address: layers, samples, activation, output, cost, learning rate, values."""

    def check(self, name: str, value: object) -> Numbers:
        """Return the numbers; NotAllowed for anything else."""
        if not isinstance(value, Numbers):
            example = self.write(EXAMPLE)
            raise NotAllowed(f"{name} must be a training step such as {example}, got {brief(value)}.")
        return value

    def read(self, text: str) -> Numbers:
        """Return the numbers that a text stands for; ValueError if there are none."""
        layers, samples, activation, output, cost, rate, values = text.split(";")
        dims = LAYERS.check("layers", LAYERS.read(layers))
        m = SAMPLES.check("samples", SAMPLES.read(samples))
        kind = FIELDS[FIELDS.index((output, cost))]
        numbers = tuple(VALUE.check("value", VALUE.read(value)) for value in values.split(","))
        if len(numbers) != sum(rows * columns for rows, columns in shapes_of(dims, m).values()):
            raise NotAllowed(f"numbers must hold a value for each entry, got {len(numbers)}.")
        activation = ChoiceField(tuple(ACTIVATIONS)).check("activation", activation)
        return Numbers(dims, m, activation, kind, RATE.check("rate", RATE.read(rate)), numbers)

    def write(self, value: Numbers) -> str:
        """Return the text that gives the numbers again."""
        values = ",".join(map(VALUE.write, value.values))
        kind = ";".join(value.kind)
        layers = LAYERS.write(value.layer_dims)
        return f"{layers};{value.samples};{value.activation};{kind};{value.learning_rate!r};{values}"


def fields(start: Numbers) -> Numbers | None:
    """Show fields for data and weights; return what they hold, or None after an error message.

    ``start`` are the numbers they hold at first. It must stay the same as long as they are shown: the
    browser tells what was edited in it.
    """
    first, second, third, fourth, fifth = st.columns(5)
    text = first.text_input(
        "Layers",
        LAYERS.write(start.layer_dims),
        help="Sizes of the layers from the inputs on: up to 6 layers of up to 8 neurons.",
    )
    m = second.number_input("Samples", SAMPLES.low, SAMPLES.high, start.samples)
    names = tuple(ACTIVATIONS)
    activation = third.selectbox(
        "Activation",
        names,
        names.index(start.activation),
        format_func=activation_label,
        help="Activation function of the hidden layers.",
    )
    kind = fourth.selectbox("Output and cost", FIELDS, FIELDS.index(start.kind), format_func=_both)
    rate = fifth.number_input("Learning rate", RATE.low, RATE.high, start.learning_rate, format="%g")
    try:
        dims = check_layer_dims(LAYERS.read(text), None, None, NEURONS.high, LAYERS.most_hidden)
    except ValueError:
        st.warning(f"Layers must be a list such as 2-2-2, of 1 to 8 neurons each, got {brief(text)}.")
        return None
    shapes, known = shapes_of(dims, m), start.arrays()
    columns = st.columns(len(shapes))
    texts = {
        name: _field(column, name, shape, known)
        for column, (name, shape) in zip(columns, shapes.items(), strict=True)
    }
    try:
        values = [value for name, text in texts.items() for value in _values(name, text, shapes[name])]
    except NotAllowed as error:
        st.warning(plain(str(error)))
        return None
    return Numbers(dims, m, activation, kind, rate, tuple(values))


def _both(pair: tuple[str, str]) -> str:
    """Return the label of an output and its cost."""
    return ", ".join(map(label, pair))


def _field(place: Any, name: str, shape: tuple[int, int], known: Mapping[str, np.ndarray]) -> str:
    """Show a field for an array, at first with what is known if it has this shape; return its text.

    Streamlit's table editor would lose what is typed while it opens a cell; a text loses nothing.
    """
    fits = name in known and known[name].shape == shape
    start = known[name] if fits else np.full(shape, FILL)
    lines = [" ".join(f"{value:.12g}" for value in row) for row in start]
    rows, columns = shape
    return place.text_area(
        f"{name}, {rows} × {columns}",
        "\n".join(lines),
        height=44 + 24 * max(rows, 2),
        key=f"own_{name}_{shape}",
    )


def _values(name: str, text: str, shape: tuple[int, int]) -> list[float]:
    """Return the numbers in a text, row by row; NotAllowed if they do not have the shape."""
    rows, columns = shape
    lines = [line.split() for line in text.splitlines() if line.strip()]
    try:
        values = [[VALUE.check(name, VALUE.read(word)) for word in line] for line in lines]
    except ValueError:
        values = []
    if len(values) != rows or any(len(row) != columns for row in values):
        raise NotAllowed(
            f"{name} must be {rows} × {columns} numbers, a line for each row, got {brief(text)}."
        )
    return [value for row in values for value in row]
