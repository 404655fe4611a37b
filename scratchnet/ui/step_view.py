"""Views of a training step: tables, marked source, a chain of numbers, and a small drawing."""

import base64

import numpy as np
import pandas as pd
import streamlit as st

from scratchnet.analysis.training_step import Quantity, Step, next_step
from scratchnet.lessons.planted_bugs import source
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.network import linear_backward
from scratchnet.ui.own_numbers import Numbers
from scratchnet.ui.texts import activation_label, plain
from scratchnet.validation import NotAllowed

__all__ = [
    "chain",
    "choose_sample",
    "choose_weight",
    "drawing",
    "marked_source",
    "next_step",
    "own_step",
    "show_code",
    "show_formula",
    "show_table",
]

TERMS = 3  # of a long sum that are shown
TEXTBOOK = (
    "This equals the textbook's ${}$, with $A$ written in terms of $Z$, so that it stays finite where "
    "an output rounds to 0 or 1."
)


def own_step(numbers: Numbers | None) -> Step | None:
    """Return the step with the visitor's own numbers; None, after a message, if there is none."""
    try:
        return numbers.step() if numbers else None
    except NotAllowed as error:
        st.warning(plain(str(error)))
        return None


def choose_sample(step: Step, quantity: Quantity) -> int | None:
    """Let the visitor choose a sample, from 0, or None for all, of a quantity that has samples."""
    return st.selectbox(
        "Samples",
        [None, *range(step.X.shape[1])],
        format_func=_sample,
        disabled=_kind(quantity) not in "AZ",
        label_visibility="collapsed",
        width=160,
    )


def _sample(sample: int | None) -> str:
    return "all samples" if sample is None else f"sample {sample + 1}"


def choose_weight(step: Step) -> tuple[int, int, int, int]:
    """Let the visitor choose a weight, by layer from 1, neuron and input from 0, and a sample."""
    layer, neuron, source, which = st.columns(4)
    l = layer.number_input("Layer", 1, len(step.params) // 2, 1)
    n, n_prev = step.params[f"W{l}"].shape
    j = neuron.number_input("Neuron", 1, n, 1)
    i = source.number_input("Input", 1, n_prev, 1)
    s = which.number_input("Sample", 1, step.X.shape[1], 1)
    return l, j - 1, i - 1, s - 1


def show_table(quantity: Quantity, sample: int | None = None) -> None:
    """Show the numbers of a quantity with nine digits."""
    frame = table(quantity, sample)
    if not np.isfinite(frame.to_numpy()).all():  # in a column of numbers, nan would be shown as None
        st.dataframe(frame.map("{:.9g}".format))
        return
    number = st.column_config.NumberColumn(format="%.9g", width=118)
    st.dataframe(frame, column_config=dict.fromkeys(frame.columns, number))


def _kind(quantity: Quantity) -> str:
    """Return Z, A, W or b, also for their gradients, or c for the cost."""
    return quantity.name.lstrip("d")[0]


def table(quantity: Quantity, sample: int | None = None) -> pd.DataFrame:
    """Return a quantity as a table: a row for each neuron, a column for each sample or input."""
    value, kind = quantity.value, _kind(quantity)
    if kind == "c":
        return pd.DataFrame(value, ["cost"], ["all samples"])
    rows = [f"neuron {j}" for j in range(1, len(value) + 1)]
    if kind == "b":
        return pd.DataFrame(value, rows, ["bias"])
    if kind == "W":
        return pd.DataFrame(value, rows, [f"input {i}" for i in range(1, value.shape[1] + 1)])
    samples = pd.DataFrame(value, rows, [f"sample {s}" for s in range(1, value.shape[1] + 1)])
    return samples if sample is None else samples.iloc[:, [sample]]


def show_formula(quantity: Quantity) -> None:
    """Show the formula of a quantity as the code computes it, and how textbooks write it."""
    st.latex(quantity.formula)
    if quantity.rule:
        st.markdown(f"where `{quantity.rule}`")
    if quantity.textbook:
        st.markdown(TEXTBOOK.format(quantity.textbook))


def show_code(quantity: Quantity) -> None:
    """Show the functions that compute a quantity: the one that does the work, and its caller."""
    leaf, caller = quantity.leaf, f"`{quantity.source.__name__}`"
    if leaf is None:
        st.markdown(f"Computed by {caller}:")
    elif isinstance(leaf, np.ufunc):
        st.markdown(f"Computed by NumPy's `{leaf.__name__}`, called in {caller}:")
    else:
        st.markdown(f"Computed by `{leaf.__name__}`:")
        st.code(source(leaf), wrap_lines=True)
        st.markdown(f"Called in {caller}:")
    st.code(marked_source(quantity), wrap_lines=True)


def marked_source(quantity: Quantity) -> str:
    """Return the function that computes a quantity, without docstring, with an arrow at its line."""
    lines = source(quantity.source).splitlines()
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
    weighted = _sum(step.params[f"W{l}"][j], step.value(f"A{l - 1}")[:, s])
    lines = [
        rf"z_{{{j + 1}}}^{{({l})}} = {weighted} + {_factor(step.params[f'b{l}'][j, 0])}"
        rf" = {at('Z', l, j):.6g}",
    ]
    if l < L:
        lines.append(_output(step, l, j, s))
    start = step.quantity(f"dZ{L}").formula.partition(" = ")[2]
    start = start.lower().replace(r"\odot", r"\cdot")  # of one entry
    for k in range(len(step.T)):
        lines.append(
            rf"{_output(step, L, k, s)},\quad t_{{{k + 1}}} = {step.T[k, s]:.6g},"
            rf"\quad dz_{{{k + 1}}}^{{({L})}} = {start} = {at('dZ', L, k):.6g}"
        )
    for layer in range(L - 1, l - 1, -1):
        for k in range(len(step.value(f"Z{layer}"))) if layer > l else [j]:
            lines.append(_error(step, layer, k, s))
    dz, slope = at("dZ", l, j), r"\frac{\partial C_s}{\partial w}"
    product = rf"dz_{{{j + 1}}}^{{({l})}} \cdot a_{{{i + 1}}}^{{({l - 1})}}"
    mean = rf"\tfrac{{1}}{{{m}}} \sum_s {slope}"
    return [
        *lines,
        f"{slope} = {product} = {_factor(dz)} \\cdot {_factor(a)} = {dz * a:.6g}",
        rf"dW^{{({l})}}_{{{j + 1}{i + 1}}} = {mean}{_penalties(step, l, j, i)}"
        rf" = {step.value(f'dW{l}')[j, i]:.6g}",
        _new_weight(step, l, j, i),
    ]


def _output(step: Step, l: int, k: int, s: int) -> str:
    """Return a = g(z) of neuron k of layer l."""
    g = activation_label((*step.activations, step.output)[l - 1])
    return rf"a_{{{k + 1}}}^{{({l})}} = \text{{{g}}}(z) = {step.value(f'A{l}')[k, s]:.6g}"


def _penalties(step: Step, l: int, j: int, i: int) -> str:
    """Return what the penalties add to the mean over the samples, in symbols and in numbers."""
    if not step.l1 and not step.l2:
        return ""
    W, b = step.params[f"W{l}"], step.params[f"b{l}"]
    _, dW, _ = linear_backward(step.value(f"dZ{l}"), (step.value(f"A{l - 1}"), W, b))
    symbols, numbers = "", f"{dW[j, i]:.6g}"
    for rate, name, symbol, value in (
        (step.l1, r"\lambda_1", r"\mathrm{sign}\,w", np.sign(W[j, i])),
        (step.l2, r"\lambda_2", "w", W[j, i]),
    ):
        if rate:
            symbols += f" + {name} {symbol}"
            numbers += rf" + {rate:.6g} \cdot {_factor(value)}"
    return f"{symbols} = {numbers}"


def _new_weight(step: Step, l: int, j: int, i: int) -> str:
    """Return the weight after the update, with all digits and as it is stored."""
    name = f"W{l}"
    new = rf"w_{{{j + 1}{i + 1}}}^{{({l})}} \leftarrow "
    if step.held and step.held[name][j, i]:
        return rf"{new} w = {_exact(step.updated[name][j, i])} \quad\text{{(frozen or off: it stays)}}"
    w, dw = step.params[name][j, i], step.value(f"d{name}")[j, i]
    rule, numbers = r"\mathrm{update}\,(w, dW)", ""
    if step.rate is not None:
        rule, numbers = r"w - \eta\,dW", rf"{w:.6g} - {step.rate:.6g} \cdot {_factor(dw)} = "
    moved, kept = _exact(step.moved[name][j, i]), _exact(step.updated[name][j, i])
    new += rf"{rule} = {numbers}{moved}"
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
