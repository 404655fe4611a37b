"""Views of a training step: tables, marked source, a chain of numbers, and a small drawing."""

import ast
import base64
import inspect
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from scratchnet.analysis.training_step import Quantity, Step, next_step, own_step
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.costs import COSTS
from scratchnet.run.fields import IntField, LayerDimsField
from scratchnet.ui.texts import label
from scratchnet.validation import NotAllowed, check_layer_dims, shown

__all__ = ["chain", "drawing", "marked_source", "next_step", "own_numbers", "show_table"]

TERMS = 3  # of a long sum that are shown


# A textbook example to work out by hand: two inputs, two hidden and two output neurons, one sample.
EXAMPLE = {
    "X": [[0.05], [0.10]],
    "W1": [[0.15, 0.20], [0.25, 0.30]],
    "b1": [[0.35], [0.35]],
    "W2": [[0.40, 0.45], [0.50, 0.55]],
    "b2": [[0.60], [0.60]],
    "T": [[0.01], [0.99]],
}


def own_numbers() -> Step | None:
    """Show fields for data and weights, and return the step with them; None after an error message."""
    first, second, third, fourth = st.columns(4)
    text = first.text_input(
        "Layers",
        "2-2-2",
        help="Sizes of the layers from the inputs on: up to 6 layers of up to 8 neurons.",
    )
    m = second.number_input("Samples", 1, 8, 1)
    activation = third.selectbox(
        "Activation",
        tuple(ACTIVATIONS),
        format_func=label,
        help="Activation function of the hidden layers.",
    )
    options = [pair for pair in COSTS if pair[0] != "softmax"]
    kind = fourth.selectbox("Output and cost", options, len(options) - 1, format_func=_both)
    rate = first.number_input("Learning rate", 0.0, 1000.0, 0.5, format="%g")
    try:
        dims = LayerDimsField(4, IntField(1, 8)).read(text)
        dims = check_layer_dims(dims, None, None, 8, 4)
    except ValueError:
        st.warning(f"Layers must be a list such as 2-2-2, of 1 to 8 neurons each, got {shown(text)}.")
        return None
    shapes = {"X": (dims[0], m)}
    for l, (n_prev, n) in enumerate(pairwise(dims), start=1):
        shapes |= {f"W{l}": (n, n_prev), f"b{l}": (n, 1)}
    shapes["T"] = (dims[-1], m)
    columns = st.columns(len(shapes))
    arrays = {
        name: _field(column, name, shape)
        for column, (name, shape) in zip(columns, shapes.items(), strict=True)
    }
    X, T = arrays.pop("X"), arrays.pop("T")
    try:
        return own_step(arrays, X, T, rate, activation, *kind)
    except NotAllowed as error:
        st.warning(str(error))
        return None


def _both(pair: tuple[str, str]) -> str:
    """Return the label of an output and its cost."""
    return ", ".join(map(label, pair))


def _field(place: Any, name: str, shape: tuple[int, int]) -> np.ndarray:
    """Show a table to fill in, initially with the numbers of the example if they fit."""
    example = np.array(EXAMPLE.get(name, 0.0))
    start = example if example.shape == shape else np.full(shape, 0.1)
    frame = pd.DataFrame(start, columns=[f"{name}[{k}]" for k in range(1, shape[1] + 1)])
    edited = place.data_editor(frame, hide_index=True, key=f"own_{name}_{shape}")
    return edited.to_numpy(dtype=np.float64)


def show_table(quantity: Quantity, sample: int | None = None) -> None:
    """Show the numbers of a quantity with nine digits."""
    frame = table(quantity, sample)
    if not np.isfinite(frame.to_numpy()).all():  # in a column of numbers, nan would be shown as None
        st.dataframe(frame.map("{:.9g}".format))
        return
    number = st.column_config.NumberColumn(format="%.9g", width=118)
    st.dataframe(frame, column_config=dict.fromkeys(frame.columns, number))


def table(quantity: Quantity, sample: int | None = None) -> pd.DataFrame:
    """Return a quantity as a table: a row for each neuron, a column for each sample or input."""
    value, kind = quantity.value, quantity.name.lstrip("d")[0]
    if kind == "c":
        return pd.DataFrame(value, ["cost"], ["all samples"])
    rows = [f"neuron {j}" for j in range(1, len(value) + 1)]
    if kind == "b":
        return pd.DataFrame(value, rows, ["bias"])
    if kind == "W":
        return pd.DataFrame(value, rows, [f"input {i}" for i in range(1, value.shape[1] + 1)])
    samples = pd.DataFrame(value, rows, [f"sample {s}" for s in range(1, value.shape[1] + 1)])
    return samples if sample is None else samples.iloc[:, [sample]]


def marked_source(quantity: Quantity) -> str:
    """Return the function that computes a quantity, without docstring, with an arrow at its line."""
    lines = inspect.getsource(quantity.source).rstrip().splitlines()
    (function,) = ast.parse("\n".join(lines)).body
    docstring = function.body[0]
    del lines[docstring.lineno - 1 : docstring.end_lineno]
    marks = ["▶" if line.strip().startswith(quantity.line) else " " for line in lines]
    return "\n".join(f"{mark} {line}" for mark, line in zip(marks, lines, strict=True))


def chain(step: Step, l: int, j: int, i: int, s: int) -> list[str]:
    """Return one weight's path forward to the cost of sample s and back, as lines of LaTeX.

    The weight is that of input i of neuron j of layer l. The last line is the new weight, before and
    after rounding. j, i and s count from 0, l from 1.
    """
    L, m = len(step.activations) + 1, step.X.shape[1]

    def at(name: str, layer: int, k: int) -> float:
        return step.value(f"{name}{layer}")[k, s]

    a = at("A", l - 1, i)
    lines = [
        rf"z_{{{j + 1}}}^{{({l})}} = {_sum(step.params[f'W{l}'][j], step.value(f'A{l - 1}')[:, s])}"
        rf" + b = {at('Z', l, j):.6g}",
        rf"a_{{{j + 1}}}^{{({l})}} = {at('A', l, j):.6g}",
    ]
    for k in range(len(step.T)):
        lines.append(
            rf"a_{{{k + 1}}}^{{({L})}} = {at('A', L, k):.6g},\quad t_{{{k + 1}}} = {step.T[k, s]:.6g},"
            rf"\quad dz_{{{k + 1}}}^{{({L})}} = {at('dZ', L, k):.6g}"
        )
    for layer in range(L - 1, l - 1, -1):
        for k in range(len(step.value(f"Z{layer}"))) if layer > l else [j]:
            lines.append(_error(step, layer, k, s))
    dz, slope = at("dZ", l, j), r"\frac{\partial C_s}{\partial w}"
    product = rf"dz_{{{j + 1}}}^{{({l})}} \cdot a_{{{i + 1}}}^{{({l - 1})}}"
    mean = rf"dW^{{({l})}}_{{{j + 1}{i + 1}}} = \tfrac{{1}}{{{m}}} \sum_s {slope}"
    return [
        *lines,
        f"{slope} = {product} = {_factor(dz)} \\cdot {_factor(a)} = {dz * a:.6g}",
        f"{mean} = {step.value(f'dW{l}')[j, i]:.6g}",
        _new_weight(step, l, j, i),
    ]


def _new_weight(step: Step, l: int, j: int, i: int) -> str:
    """Return the weight after the update, with all digits and as it is stored."""
    name = f"W{l}"
    w, dw = step.params[name][j, i], step.value(f"d{name}")[j, i]
    rule, numbers = r"\mathrm{update}\,(w, dW)", ""
    if step.rate is not None:
        rule, numbers = r"w - \eta\,dW", rf"{w:.6g} - {step.rate:.6g} \cdot {_factor(dw)} = "
    moved, kept = _exact(step.moved[name][j, i]), _exact(step.updated[name][j, i])
    new = rf"w_{{{j + 1}{i + 1}}}^{{({l})}} \leftarrow {rule} = {numbers}{moved}"
    if step.precision == "double":
        return rf"{new} \quad\text{{(double precision: not rounded)}}"
    return rf"{new} \;\to\; {kept} \quad\text{{(kept in single precision)}}"


def _exact(number: float) -> str:
    """Return a number for LaTeX with as many digits as determine it, up to 17."""
    digits, _, power = repr(float(number)).partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits


def _error(step: Step, l: int, k: int, s: int) -> str:
    """Return dz of a hidden neuron: its slope times the error backpropagated from the next layer."""
    Z, A = step.value(f"Z{l}"), step.value(f"A{l}")
    with np.errstate(over="ignore"):
        slope = ACTIVATIONS[step.activations[l - 1]].derivative(Z, A)[k, s]
    back = _sum(step.params[f"W{l + 1}"][:, k], step.value(f"dZ{l + 1}")[:, s])
    return (
        rf"dz_{{{k + 1}}}^{{({l})}} = g'(z)\,\sum_k w_k\,dz_k = {_factor(slope)} \cdot ({back})"
        rf" = {step.value(f'dZ{l}')[k, s]:.6g}"
    )


def _sum(weights: np.ndarray, numbers: np.ndarray) -> str:
    """Return w · n + …, with at most TERMS terms."""
    pairs = list(zip(weights, numbers, strict=True))
    text = " + ".join(rf"{_factor(w)} \cdot {_factor(n)}" for w, n in pairs[:TERMS])
    return text + (r" + \dots" if len(pairs) > TERMS else "")


def _factor(number: float) -> str:
    return f"({number:.4g})" if number < 0 else f"{number:.4g}"


def drawing(step: Step, quantity: Quantity) -> str:
    """Return a drawing of the network, the layer of the quantity highlighted: an SVG as a data URL."""
    dims = [len(step.X), *(len(step.params[f"b{l}"]) for l in range(1, len(step.params) // 2 + 1))]
    width, height, most = 90 * len(dims), 150, max(dims)
    gap = min(24.0, (height - 10) / most)
    at = [
        [(45 + 90 * l, height / 2 + (j - (n - 1) / 2) * gap) for j in range(n)]
        for l, n in enumerate(dims)
    ]
    parts = []
    for l in range(1, len(dims)):
        lit = l == quantity.layer
        style = 'class="lit"' if lit else ""
        for x1, y1 in at[l]:
            for x0, y0 in at[l - 1]:
                parts.append(f'<line {style} x1="{x0}" y1="{y0:.1f}" x2="{x1}" y2="{y1:.1f}"/>')
    for l, column in enumerate(at):
        style = 'class="lit"' if l == quantity.layer else ""
        parts += [f'<circle {style} cx="{x}" cy="{y:.1f}" r="{gap * 0.36:.1f}"/>' for x, y in column]
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">
<style>line, circle {{ stroke: #9aa0a6; fill: #9aa0a6; stroke-width: 0.6 }}
.lit {{ stroke: #f59322; fill: #f59322; stroke-width: 1.4 }}</style>{"".join(parts)}</svg>"""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
