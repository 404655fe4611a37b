"""A script is a run in a single file, to read and to keep: Python source that needs only NumPy.

It has the functions that this one run uses, and what is left of them when its settings are known, see
partial_evaluation.py: no formula is written here. RUN below is the training, for all settings.

Scripts contain no user-supplied text: the names of columns and classes stay out, and what is written
into one are numbers, and names that the settings have checked.
"""

import ast
import builtins
import math
import platform
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import numpy as np

from scratchnet.data.datasets import DATASETS, Dataset, make_dataset
from scratchnet.data.features import FEATURES
from scratchnet.export.partial_evaluation import Evaluator
from scratchnet.export.program import Program
from scratchnet.export.source_code import commented
from scratchnet.export.source_text import INDENT, WIDTH, written
from scratchnet.nn import network
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.params import fingerprint, flatten, place_of
from scratchnet.nn.switches import held_by, states_at, switch_off
from scratchnet.precision import single
from scratchnet.run.address import VERSION
from scratchnet.run.settings import SCHEDULES, TrainingSettings
from scratchnet.run.trainer import Trainer

TOP = '''"""A neural network from scratch in NumPy: a run of scratchnet {version}, to epoch {epoch}.

{address}
The fingerprint of the parameters there is {fingerprint}.{points}

Run it with Python 3.11 or newer and NumPy; it needs nothing else. It trains the network again from its
initial weights, prints the costs and the fingerprint, and says whether they are what scratchnet found,
to the last digit.
{promise}

The functions are those of scratchnet, less what this run does not use.
m is the number of samples, n_l the number of neurons in layer l, and L the number of layers after the
input: X is (n_0, m), W_l is (n_l, n_(l-1)), b_l is (n_l, 1).
"""
# ruff: noqa: E741, RUF100

{standard}

# BLAS reads these once, when NumPy is loaded: one thread keeps the order of every sum, and so its bits.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

{numpy}

np.seterr(over="ignore", invalid="ignore")  # 1 / (1 + exp(-Z)) is right where exp overflows

{settings}


{functions}

{run}'''

# For any settings: what they choose is known when it is evaluated, what they count and measure is not.
RUN = '''
if drawn:
    X_train, Y_train, X_test, Y_test = make_dataset(
        dataset, points=points, noise=noise, train_share=train_share, seed=seed, classes=classes
    )
else:

    def samples_of(text):
        """Return points, (2, m), and their labels, (1, m)."""
        columns = np.array(text.split(), np.float32 if short else np.float64)
        columns = columns.astype(np.float64).reshape(-1, 3).T
        return columns[:2], columns[2:].copy()

    X_train, Y_train = samples_of(TRAIN)
    X_test, Y_test = samples_of(TEST)

keep = PRECISIONS[precision]


def inputs_of(points):
    """Return the inputs of the network, (n_0, m), for points, (2, m)."""
    x1, x2 = points
    return keep(np.stack([FEATURES[name](x1, x2) for name in features]))


X_train, X_test = inputs_of(X_train), inputs_of(X_test)
T_train, T_test = (keep(targets(Y, output, layer_dims[-1])) for Y in (Y_train, Y_test))
params = {name: keep(part) for name, part in init_params(layer_dims, init_seed, init).items()}


def cost_at(X, T):
    """Return the cost, without a penalty."""
    AL, caches = forward_prop(X, params, activation, output)
    _, ZL = caches[-1]  # the logits
    return float(keep(cost_of(output, cost).cost(ZL, AL, T)))


if edited:

    def set_by_hand(epoch):
        """Set what was set by hand when so many epochs were done."""
        for at, name, row, column, value in EDITS:
            if at == epoch:
                params[name][row, column] = keep(value)

memory = {}  # of the optimizer
held = None
if mini_batches:
    (shuffling,) = random_streams(init_seed, 1)

# The training.
for epoch in range(epochs):
    if edited:
        set_by_hand(epoch)
    if switched:
        states = states_at(SWITCHES, epoch)
        switch_off(params, states)
        held = held_by(states, params)
    rate = learning_rate
    if changed:
        for since, new in RATE_CHANGES:
            if epoch >= since:
                rate = new
    if schedule != "constant":
        rate = rate * SCHEDULES[schedule](epoch, period, decay)
    if mini_batches:
        order = shuffling.permutation(X_train.shape[1])
        X_epoch, T_epoch = X_train.T[order].T, T_train[:, order]  # samples stay in one piece
        for X_batch, T_batch in batches_of(X_epoch, T_epoch, batch_size):
            AL, caches = forward_prop(X_batch, params, activation, output)
            grads = backprop(AL, T_batch, caches, activation, output, cost, l1, l2)
            params = update_parameters(params, grads, rate, optimizer, memory, precision, held)
    else:
        AL, caches = forward_prop(X_train, params, activation, output)
        grads = backprop(AL, T_train, caches, activation, output, cost, l1, l2)
        params = update_parameters(params, grads, rate, optimizer, memory, precision, held)
if edited:
    set_by_hand(epochs)
if switched:
    switch_off(params, states_at(SWITCHES, epochs))

# What it ends with, beside what scratchnet found.
found = {"train cost": cost_at(X_train, T_train)}
if tested:
    found["test cost"] = cost_at(X_test, T_test)
found["fingerprint"] = fingerprint(flatten(params))

print("epochs", epochs)
for name, value in found.items():
    print(name, value)
# As text, in which nan equals nan.
if repr(found) == repr(SHOWN):
    print("These are the numbers that scratchnet found, to the last digit.")
else:
    print("These numbers differ from those that scratchnet found:", SHOWN)
'''

# The settings that choose what a script has in it; the others are numbers in it.
CHOICES = (
    *("dataset", "classes", "activation", "output", "cost", "features", "init"),
    *("optimizer", "schedule", "precision"),
)
# The names in RUN, beside those of network.py.
SPACE = {
    "FEATURES": FEATURES,
    "SCHEDULES": SCHEDULES,
    "fingerprint": fingerprint,
    "flatten": flatten,
    "make_dataset": make_dataset,
    "held_by": held_by,
    "states_at": states_at,
    "switch_off": switch_off,
}


def script_of(trainer: Trainer) -> str:
    """Return the run of this trainer up to its epoch, as the source of one Python file.

    Mid-epoch, it is the run up to the last whole one.
    """
    training = trainer.settings.training.until(trainer.epoch)
    values = trainer.settings.values() | vars(training) | {"epochs": trainer.epoch}
    tables = [] if _is_drawn(trainer) else [*_tables(trainer.dataset)]
    short = all(np.array_equal(table, single(table)) for table in tables)
    program = Program({"L": len(values["layer_dims"]) - 1}, np.atleast_1d(values["activation"]))
    run = _run(program, _known(trainer, values) | {"drawn": not tables, "short": short})
    names = {each.id for node in run for each in ast.walk(node) if isinstance(each, ast.Name)}
    numbers = [f"{name} = {_literal(values[name])}" for name in values if name in names]
    imports = sorted({"import os"} | program.imports, key=lambda line: (line.startswith("from"), line))
    return TOP.format(
        version=VERSION,
        epoch=trainer.epoch,
        address=_address(trainer),
        fingerprint=trainer.history.fingerprint[-1],
        promise=textwrap.fill(_promise(values["precision"]), WIDTH),
        points=" Its points are below." if values["dataset"] == "own" else "",
        standard="\n".join(line for line in imports if " numpy" not in line),
        numpy="\n".join(line for line in imports if " numpy" in line),
        settings="\n".join([*numbers, *_settings(trainer, training, tables, short)]),
        functions=written(program.statements()),
        run=written(run),
    )


def _known(trainer: Trainer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of a run before it runs, by the names in RUN."""
    known = {name: values[name] for name in CHOICES} | {
        "edited": bool(values["edits"]),
        "switched": bool(values["switches"]),
        "changed": bool(values["rate_changes"]),
        "tested": "test_cost" in trainer.measures,
        "mini_batches": 0 < values["batch_size"] < trainer.dataset.X_train.shape[1],
    }
    if not OPTIMIZERS[values["optimizer"]].slots:
        known["memory"] = None
    if not values["switches"]:
        known["held"] = None
    return known | ({} if values["l1"] or values["l2"] else {"l1": 0.0, "l2": 0.0})


def _run(program: Program, known: dict[str, Any]) -> list[ast.stmt]:
    """Return what is left of RUN; the program has what it needs."""
    tree = commented(RUN)
    nodes = [*ast.walk(tree)]
    names = {each.id for each in nodes if isinstance(each, ast.Name)}
    names |= {each.arg for each in nodes if isinstance(each, ast.arg)}
    space = vars(network) | SPACE
    local = {name for name in names if name not in space and not hasattr(builtins, name)} | {"print"}
    return Evaluator(program, space, known, local).body(tree.body)


def _is_drawn(trainer: Trainer) -> bool:
    """Return whether the samples are those that the generator of the settings draws."""
    data = trainer.settings.data
    if DATASETS[data.dataset].table is not None:
        return False
    drawn = make_dataset(**vars(data))
    names = ("X_train", "Y_train", "X_test", "Y_test")
    return all(np.array_equal(getattr(drawn, n), getattr(trainer.dataset, n)) for n in names)


def _tables(data: Dataset) -> Iterator[np.ndarray]:
    """Yield the training set and the test set, (m, 3): x1, x2 and the label."""
    yield np.vstack([data.X_train, data.Y_train]).T
    yield np.vstack([data.X_test, data.Y_test]).T


def _address(trainer: Trainer) -> str:
    """Return the address of the run, in characters that say nothing in Python."""
    query = trainer.settings.to_query() | {"epoch": str(trainer.epoch)}
    query.pop("own", None)  # its points are in the script, its names stay out
    query |= {"fingerprint": trainer.history.fingerprint[-1], "version": VERSION}
    return f"?{urlencode(query)}"


def _promise(precision: str) -> str:
    """Return a sentence that says where a run of this precision has the same digits."""
    if precision == "single":
        return (
            "All stored values are rounded to single precision, so the digits are the same on every "
            "machine."
        )
    return (
        "Its numbers are in double precision, so that this holds on the same machine with the same "
        f"versions, which were Python {platform.python_version()} and NumPy {np.__version__}: another "
        "processor or another BLAS may round sums differently in the last place."
    )


def _literal(value: Any) -> str:
    """Return numbers and names as Python reads them again, to the last bit."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value).replace("'", '"')  # no name has a quote


def _settings(
    trainer: Trainer, training: TrainingSettings, tables: list[np.ndarray], short: bool
) -> Iterator[str]:
    """Yield what RUN takes for granted beside the numbers of the settings."""
    dims = trainer.settings.network.layer_dims
    yield "L = len(layer_dims) - 1"
    if training.rate_changes:
        yield from _rows("RATE_CHANGES", training.rate_changes)
    if training.edits:
        yield "# After how many epochs, which parameter, its row and column, to what."
        edits = [(at, *place_of(index, dims), value) for at, index, value in training.edits]
        yield from _rows("EDITS", edits)
    if training.switches:
        yield "# After how many epochs, which layer and neuron, from 1, to what."
        yield from _rows("SWITCHES", training.switches)
    for name, table in zip(("TRAIN", "TEST"), tables, strict=False):
        yield "# x1, x2 and the label of each sample."
        numbers = table.astype(np.float32) if short else table
        text = "   ".join(" ".join(_short(number) for number in row) for row in numbers)
        yield f'{name} = """'
        yield from textwrap.wrap(text, WIDTH)
        yield '"""'
    yield "\n# What scratchnet found."
    yield from ["SHOWN = {", *_shown(trainer), "}"]


def _short(number: np.floating) -> str:
    """Return the shortest text that gives a number of its type again."""
    return str(number).removesuffix(".0")


def _rows(name: str, rows: Iterable[tuple]) -> Iterator[str]:
    yield from [f"{name} = [", *(f"{INDENT}{_literal(row)}," for row in rows), "]"]


def _shown(trainer: Trainer) -> Iterator[str]:
    """Yield the costs and the fingerprint of the trainer's epoch."""
    history = trainer.history
    for name in ("train_cost", "test_cost"):
        if name in trainer.measures:
            cost = getattr(history, name)[-1].item()
            yield f'    "{name.replace("_", " ")}": {_literal(cost)},'
    yield f'    "fingerprint": "{history.fingerprint[-1]}",'
