"""A script is a run in a single file, to read and to keep: Python source that needs only NumPy.

It holds the functions of network.py and all that they need, see source_bundle.py. Then come the
samples, as numbers, and the lines that train the network of this run again and print the same costs to
the last digit.

Scripts contain no user-supplied text: the names of columns and classes stay out, and what is written
into one are numbers, and names that the settings have checked.
"""

import math
import platform
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from scratchnet.export.source_bundle import WIDTH, heading, library
from scratchnet.nn.params import place_of
from scratchnet.run.settings import TrainingSettings
from scratchnet.run.trainer import Trainer

# What the lines of the run use beside network.py, as (module, name).
ROOTS = (
    ("nn.costs", "accuracy"),
    ("nn.costs", "cost_of"),
    ("nn.costs", "targets"),
    ("data.features", "features_of"),
    ("nn.params", "fingerprint"),
    ("nn.params", "flatten"),
    ("precision", "PRECISIONS"),
    ("rng", "random_streams"),
)
SCHEDULES = ("run.settings", "SCHEDULES")

TOP = '''"""A neural network from scratch in NumPy: a run of scratchnet to epoch {epochs}.

Run it with Python 3.11 or newer and NumPy; it needs nothing else. It trains the network again from its
initial weights, prints the costs and the fingerprint of the parameters, and says whether they are what
scratchnet found, to the last digit.
{promise}

First come the functions of scratchnet's network.py and what they need from its other files, then the
samples, then the run. The functions are unchanged, but for one thing: where two files define the same
name, the one that is not in network.py has the name of its file in front, as in
{renamed}.

The settings of the page:

{settings}
"""
# A layer is called l, as in mathematics, and what is not allowed is a ValueError, whatever its type.
# ruff: noqa: E741, TRY004, RUF100

{imports}

# BLAS reads these once, when NumPy is loaded: one thread keeps the order of every sum, and so its bits.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

{numpy_imports}'''

SAMPLES = '''

def samples_of(rows):
    """X, (n_0, m), and the labels Y, (1, m); copies, so that each of their rows lies in one piece."""
    columns = np.array(rows, dtype=float).reshape(-1, 3).T
    return keep(features_of(columns[:2].copy(), features)), columns[2:].copy()


keep = PRECISIONS[precision]  # rounds what is kept
X_train, Y_train = samples_of(TRAIN_SAMPLES)
X_test, Y_test = samples_of(TEST_SAMPLES)
T_train, T_test = (keep(targets(Y, output, layer_dims[-1])) for Y in (Y_train, Y_test))
'''

TRAIN = """params, cost_history = train(
    X_train,
    Y_train,
    layer_dims,
    epochs,
    learning_rate,
    activation=activation,
    output=output,
    cost=cost,
    init=init,
    optimizer=optimizer,
    batch_size=batch_size,
    l1=l1,
    l2=l2,
    seed=seed,
    precision=precision,
)
"""

TRAIN_WITH_EDITS = '''
def set_by_hand(params, epoch):
    """Set the parameters that were set by hand after so many epochs."""
    for at, name, row, column, value in EDITS:
        if at == epoch:
            params[name][row, column] = keep(value)


# What ``train`` does, and set_by_hand at each epoch.
params = {name: keep(part) for name, part in init_params(layer_dims, seed, init).items()}
memory = {}
set_by_hand(params, 0)
m = X_train.shape[1]
(shuffling,) = random_streams(seed, 1)
with np.errstate(over="ignore", invalid="ignore"):
    for epoch in range(epochs):
        rate = learning_rate(epoch) if callable(learning_rate) else learning_rate
        X_epoch, T_epoch = X_train, T_train
        if batch_size < m:
            order = shuffling.permutation(m)
            X_epoch, T_epoch = X_train.T[order].T, T_train[:, order]
        for X_batch, T_batch in batches_of(X_epoch, T_epoch, batch_size):
            AL, caches = forward_prop(X_batch, params, activation, output)
            grads = backprop(AL, T_batch, caches, activation, output, cost, l1, l2)
            params = update_parameters(params, grads, rate, optimizer, memory, precision)
        set_by_hand(params, epoch + 1)
'''

RESULT = """
# The costs and accuracies that it ended with.
found = {}
with np.errstate(over="ignore", invalid="ignore"):
    for part, X, T in (("train", X_train, T_train), ("test", X_test, T_test)):
        if X.shape[1] == 0:  # there is no test set
            continue
        AL, caches = forward_prop(X, params, activation, output)
        _, ZL = caches[-1]  # the logits
        found[f"{part} cost"] = float(keep(cost_of(output, cost).cost(ZL, AL, T)))
        if output != "linear":  # regression has no accuracy
            found[f"{part} accuracy"] = float(keep(accuracy(ZL, T)))
found["fingerprint"] = fingerprint(flatten(params))

print("epochs", epochs)
for name, value in found.items():
    print(name, value)
if repr(found) == repr(SHOWN):  # as text, in which nan equals nan
    print("These are the numbers that scratchnet found, to the last digit.")
else:
    print("To the last digit these are not the numbers that scratchnet found:", SHOWN)
"""


def script_of(trainer: Trainer) -> str:
    """Return the run of this trainer up to its epoch, as the source of one Python file.

    Mid-epoch, it is the run up to the last whole one.
    """
    training = trainer.settings.training.until(trainer.epoch)
    imports, sections, renamed = library(
        ROOTS + ((SCHEDULES,) if training.schedule != "constant" else ())
    )
    top = TOP.format(
        epochs=trainer.epoch,
        promise=textwrap.fill(_promise(training.precision), WIDTH),
        renamed=", ".join(renamed),
        settings="\n".join(_setting(*each) for each in trainer.settings.values().items()),
        imports="\n".join(line for line in imports if " numpy" not in line),
        numpy_imports="\n".join(line for line in imports if " numpy" in line),
    )
    train = TRAIN_WITH_EDITS if training.edits else TRAIN
    parts = [*_samples(trainer), *_run(trainer, training), SAMPLES, train, RESULT]
    return "\n".join([top, *sections, *parts])


def _promise(precision: str) -> str:
    """Return a sentence that says where a run of this precision has the same digits."""
    if precision == "single":
        return "All that it keeps is rounded to single precision, so that this holds on every machine."
    return (
        "Its numbers are in double precision, so that this holds on the same machine with the same "
        f"versions, which were Python {platform.python_version()} and NumPy {np.__version__}: another "
        "processor or another BLAS may round sums differently in the last place."
    )


def _setting(name: str, value: Any) -> str:
    text = f"{name} = {_literal(value) if _is_plain(value) else 'the samples below'}"
    return textwrap.fill(text, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 8)


def _is_plain(value: Any) -> bool:
    """Return whether this is a number or a name, or holds nothing else."""
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value.isidentifier() if isinstance(value, str) else isinstance(value, int | float | None)


def _literal(value: Any) -> str:
    """Return numbers and names as Python reads them again, to the last bit."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value).replace("'", '"')  # no name has a quote


def _rows(name: str, rows: Iterable[tuple]) -> str:
    return "\n".join([f"{name} = [", *(f"    {_literal(row)}," for row in rows), "]"])


def _samples(trainer: Trainer) -> Iterator[str]:
    data = trainer.dataset
    yield heading("The samples: x1, x2 and the label")
    for name, X, Y in (("TRAIN", data.X_train, data.Y_train), ("TEST", data.X_test, data.Y_test)):
        rows = np.vstack([X, Y]).T.tolist()
        yield _rows(f"{name}_SAMPLES", [(x1, x2, int(y) if data.classes else y) for x1, x2, y in rows])


def _run(trainer: Trainer, training: TrainingSettings) -> Iterator[str]:
    """Yield the settings that the lines of the run use."""
    network, m = trainer.settings.network, trainer.dataset.X_train.shape[1]
    yield heading("The run")
    for name in ("features", "layer_dims", "activation", "output", "cost", "init"):
        yield f"{name} = {_literal(getattr(network, name))}"
    yield f"seed = {network.init_seed!r}"
    yield f"epochs = {trainer.epoch!r}"
    batch_size = training.batch_size if 0 < training.batch_size < m else m
    yield f"batch_size = {batch_size!r}  # of {m} samples"
    for name in ("optimizer", "l1", "l2", "precision"):
        yield f"{name} = {_literal(getattr(training, name))}"
    yield from _learning_rate(training)
    if training.edits:
        yield "\n# Set by hand: the epochs done before, the parameter, its row and column, the value."
        dims = network.layer_dims
        edits = [(at, *place_of(index, dims), value) for at, index, value in training.edits]
        yield _rows("EDITS", edits)
    yield "\n# What scratchnet found."
    yield from ["SHOWN = {", *_shown(trainer), "}"]


def _learning_rate(training: TrainingSettings) -> Iterator[str]:
    """Yield the learning rate: a number, or a function of the epoch."""
    changes, share = training.rate_changes, ""
    if training.schedule != "constant":
        share = (
            f" * SCHEDULES[{_literal(training.schedule)}](epoch, {training.period}, {training.decay!r})"
        )
    elif not changes:
        yield f"learning_rate = {training.learning_rate!r}"
        return
    if changes:
        yield _rows("RATE_CHANGES", changes)
    yield "\n\ndef learning_rate(epoch):"
    yield '    """Return the learning rate of the epoch that starts when so many are done."""'
    yield f"    rate = {training.learning_rate!r}"
    if changes:
        yield "    for since, changed in RATE_CHANGES:"
        yield "        rate = changed if epoch >= since else rate"
    yield f"    return rate{share}\n"


def _shown(trainer: Trainer) -> Iterator[str]:
    """Yield the costs, the accuracies and the fingerprint of the trainer's epoch."""
    history = trainer.history
    for name in sorted(trainer.measures, key=lambda name: name.startswith("test")):  # by set
        number = getattr(history, name)[-1].item()
        yield f'    "{name.replace("_", " ")}": {_literal(number)},'
    yield f'    "fingerprint": "{history.fingerprint[-1]}",'
