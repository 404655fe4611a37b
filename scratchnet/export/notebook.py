"""A notebook is the script of a run, see script.py, in cells: text, functions, run and two pictures.

It needs NumPy, and Matplotlib for the pictures. The code is that of the script, to the last character,
but for two lines that keep the points and the costs for the pictures.
"""

import ast
import json
from collections.abc import Iterator

from scratchnet.export.script import script_of
from scratchnet.run.trainer import Trainer

# What is said before the function that follows these, by the last function of each section.
SECTIONS = {
    "make_dataset": "## Data\nPoints on the plane, drawn from the data seed: training and test set.",
    "init_params": "## Initial weights\nDrawn from the weight seed.",
    "forward_prop": "## Forward propagation\n"
    "Layer by layer: $Z_l = W_l A_{l-1} + b_l$, then $A_l = g(Z_l)$.",
    "backprop": "## Cost and backpropagation\nFrom the outputs back to the inputs, by the chain rule: "
    "$dW_l = \\frac1m\\, dZ_l\\, A_{l-1}^T$.",
    "update_parameters": "## Update\nEvery parameter takes a step against its gradient.",
    "fingerprint": "## Fingerprint\nEight hex digits that identify the parameters.",
}
RUN = "## The run\nThe data, the inputs of the network, and the initial parameters."
TRAINING = "### Training\nOne pass over the training set for each epoch."
END = "### What it ends with\nThe numbers that scratchnet found, to the last digit."
PICTURES = "## Pictures\nThe cost, and the output of the network over the plane with the samples."
INPUTS = "X_train, X_test = inputs_of("
KEPT_POINTS = "points_train, points_test = X_train, X_test  # for the picture"
LOOP = "for epoch in range(epochs):"
KEPT_COSTS = f"costs = []  # for the picture\n{LOOP}\n    costs.append(cost_at(X_train, T_train))"
COSTS = """%matplotlib inline
import matplotlib.pyplot as plt

plt.plot([*costs, found["train cost"]])
plt.xlabel("epoch")
plt.ylabel("cost on the training set")
plt.show()"""
OUTPUT = """side = np.linspace(-3.0, 3.0, 200)
AL, _ = forward_prop(inputs_of(np.stack(np.meshgrid(side, side)).reshape(2, -1)), params)
look = {{"cmap": "{colours}", "vmin": {low}, "vmax": {high}}}
plt.pcolormesh(side, side, {values}.reshape(200, 200), alpha=0.6, **look)
look["vmin"] = {low_label}
plt.scatter(*points_train, c=Y_train[0], edgecolors="white", **look)
plt.scatter(*points_test, c=Y_test[0], edgecolors="black", **look)
plt.gca().set_aspect("equal")
plt.title("output, training set (white rims) and test set (black rims)")
plt.show()"""

Cell = tuple[str, str]  # its type, and its text


def notebook_of(trainer: Trainer) -> str:
    """Return the run of this trainer up to its epoch, as a Jupyter notebook (.ipynb, format 4.5)."""
    cells: list[dict[str, object]] = [
        {"id": f"cell-{k}", "metadata": {}, "source": text.strip("\n"), "cell_type": kind}
        | ({"execution_count": None, "outputs": []} if kind == "code" else {})
        for k, (kind, text) in enumerate(_cells(trainer))
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cells(trainer: Trainer) -> Iterator[Cell]:
    """Yield the cells: what the run is, settings, the functions in sections, the run, pictures."""
    parts = _parts(script_of(trainer))
    names = [name for name, _ in parts]
    functions = names.index("settings") + 1
    run = names.index("fingerprint") + 1
    about, imports, settings = (text for _, text in parts[:functions])
    yield "markdown", _as_markdown(about)
    yield "code", imports
    yield "code", settings
    section: list[Cell] = []
    for name, text in parts[functions:run]:
        section.append(("code", text))
        if name in SECTIONS:
            yield "markdown", SECTIONS[name]
            yield from section
            section = []
    before, (loop, after) = parts[run:-2], (text for _, text in parts[-2:])
    yield "markdown", RUN
    text = "\n".join(text for _, text in before)
    yield "code", text.replace(INPUTS, f"{KEPT_POINTS}\n{INPUTS}")
    yield "markdown", TRAINING
    yield "code", loop.replace(LOOP, KEPT_COSTS)
    yield "markdown", END
    yield "code", after
    yield "markdown", PICTURES
    yield "code", COSTS
    yield "code", _output_picture(trainer)


def _parts(script: str) -> list[tuple[str, str]]:
    """Return the parts of a script with their names, each with the comments before it.

    They are "about", "imports", "settings", every function by its name, with the constants before it,
    the lines of the run before its loop, "loop", and what follows.
    """
    nodes = ast.parse(script).body
    is_import = [isinstance(node, ast.Import | ast.ImportFrom) for node in nodes]
    functions = {k: node.name for k, node in enumerate(nodes) if isinstance(node, ast.FunctionDef)}
    loop = next(k for k, node in enumerate(nodes) if _is_training(node))
    ends = {0: "about", len(nodes) - 1 - is_import[::-1].index(True): "imports"}
    ends |= {min(functions) - 1: "settings", **functions, loop - 1: "before", loop: "loop"}
    ends |= {len(nodes) - 1: "after"}
    lines, parts, at = script.splitlines(), [], 0
    for k, name in sorted(ends.items()):
        end = nodes[k].end_lineno or at
        parts.append((name, "\n".join(lines[at:end])))
        at = end
    return parts


def _is_training(node: ast.stmt) -> bool:
    """Return whether this is the loop over the epochs."""
    return isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == "epoch"


def _as_markdown(docstring: str) -> str:
    """Return the text at the top of a script as a title and paragraphs; the address is code."""
    title, *paragraphs = ast.literal_eval(docstring).split("\n\n")
    address, *rest = paragraphs[0].split("\n")
    return "\n\n".join([f"# {title}", f"`{address}`", "\n".join(rest), *paragraphs[1:]])


def _output_picture(trainer: Trainer) -> str:
    """Return the code of the picture of the output, in colours that go with its values."""
    network, classes = trainer.settings.network, trainer.settings.data.classes
    if network.output == "softmax":
        look = {"colours": "Set1", "low": 0, "high": 8, "low_label": 0, "values": "AL.argmax(axis=0)"}
    else:
        low = 0 if network.output == "sigmoid" else -1
        labels = 0 if classes else -1
        look = {"colours": "PuOr", "low": low, "high": 1, "low_label": labels, "values": "AL[0]"}
    return OUTPUT.format(**look)
