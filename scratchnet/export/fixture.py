"""A fixture is a run written out to test another implementation: homework that can be checked.

It holds the first update of a run with all intermediate values, and the costs of its epochs. Its first
entry, "how_to", explains them in words and formulas, for a reader who has nothing else.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from scratchnet.analysis.training_step import Step, next_step
from scratchnet.nn.activations import ACTIVATIONS, OUTPUTS
from scratchnet.nn.costs import cost_of
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.params import place_of
from scratchnet.precision import PRECISIONS
from scratchnet.run.trainer import Trainer

HOW_TO = """\
This file is one run of a small neural network, to test your own code against: the first update with
all intermediate values, and the costs of the epochs. This text is all that you need.

NUMBERS. All are float64 and read back exactly; null is a number that is not finite. An array is a
list of rows: X[i][s] is feature i of sample s. * goes entry by entry, @ is the product of matrices.
PRECISION. settings.precision is {precision}. {rounding}
SIZES. layer_dims is [n_0, ..., n_L] = {dims}: n_0 features, n_L outputs, L = {L}.
m = {m} samples are in the first update. It is one of {updates} in an epoch.
settings: what decides the run; query gives it again in scratchnet. With batch_size 0 an update takes
all training samples; else an epoch shuffles them, and an update takes so many.
X: (n_0, m), the samples of the first update, as the network gets them; settings.features names rows.
labels: (1, m). T: (n_L, m), the targets: {targets}.
initial: the parameters before the update, W1, b1, ... for l = 1 to L: W_l is (n_l, n_(l-1)) and
b_l is (n_l, 1).

forward: Z_l and A_l, (n_l, m). A_0 is X. For l = 1 to L: Z_l = W_l @ A_(l-1) + b_l, with b_l added
to each column, and A_l = g_l(Z_l). An exp that is too large is infinity, and 1 / infinity is 0.
settings.activations names g_l for the layers 1 to L-1, in this order:
{activations}
The last layer is {output}.
cost: {cost}. It is 1/m times the sum, over all rows and samples, of
{loss}.
The penalty of l1 and l2 is not in it.
backward: dZ_l and dA_l, (n_l, m), dW_l like W_l, db_l like b_l. dZ and dA are not divided by m.
Start with dZ_L = {start}. Then, for l = L down to 1:
dW_l = 1/m * dZ_l @ transpose(A_(l-1)) + l1 * sign(W_l) + l2 * W_l, where sign(0) is 0;
db_l = 1/m * (the sum of dZ_l over the samples);
dA_(l-1) = transpose(W_l) @ dZ_l;
dZ_(l-1) = dA_(l-1) * g'(Z_(l-1)), if l > 1, with g' of layer l-1.
updated: the parameters after the update. p is any entry of a W or b, g the same entry of its dW or
db, learning_rate is in settings, and t = 1, 2, ... counts the updates. With settings.constants,
{optimizer}.

history: train_cost[i] is the cost of X_train and T_train with the parameters after i epochs,
test_cost[i] that of X_test and T_test, if there is a test set; learning_rate[i] is that of the updates
between i and i + 1. edits are entries that were set by hand, as [i, name, row, column, value], rows and
columns counted from 0: after i epochs and before the costs [i]. switches are neurons that were
switched, as [i, l, row, state], l from 1 and row from 0: after i epochs and the edits of i. Until
another state of the neuron, "frozen" means that this row of W_l and b_l stays as it is in every update,
and so does what the optimizer remembers of it; "off" means the same, and the same for the column of
W_(l+1) with the number of the row, which becomes 0, also after edits; "on" is as without. Edits and
switches with i = 0 are in initial already.
fingerprint[i] is of the parameters after i epochs: eight hex digits of the CRC-32 of their
values as float64, little-endian, first all W_l, row by row, then all b_l, with 0 for -0.

HOW TO TEST. Read this file as JSON. Give each of your functions the numbers of this file, not those
that your code has computed before, so that a difference shows where it begins: T from labels; each Z
from W, A, b; each A from Z; cost and dZ_L from Z_L, A_L, T; each dW, db, dA and dZ from what its
formula names; updated from initial, dW, db. Two arrays agree if for all entries
abs(yours - this) <= 1e-9 * (the largest abs(entry) of this array) + 1e-12,
and null agrees with all that is not finite. In the same way test the costs [0], with initial. If an
epoch has 1 update, test the costs [1], with updated and then the edits and switches of 1; and you can
train on from initial. In double precision rounding then grows from epoch to epoch: expect 1e-6 for
the first 10 costs.

TO THE LAST DIGIT. single is the run of the same settings in single precision, for the first 50 epochs
at most, with the entries of history. If an epoch has 1 update, your code can give each of its costs
to the last digit, in any language that has float64. Compute in float64, and round to the nearest
float32, of two as near to the even one, what you keep: X_train, T_train, X_test, T_test and initial at
first; after each update the entries of W and b and all that the optimizer remembers; what edits sets;
and each cost. In between round nothing: p moves by what was computed, before it is rounded."""

ROUNDINGS = {
    "single": "X, T, initial, updated, the edits and the costs\nof history are rounded to the nearest "
    "float32, see the end. Round yours before you compare them.",
    "double": "Nothing is rounded but single, see the end.",
}
FIRST_EPOCHS = 50  # of the run in single precision


def fixture_of(trainer: Trainer) -> dict[str, Any]:
    """Return the first update of the run, and its costs up to the current epoch.

    Arrays are lists of rows of floats, None where one is not finite. The trainer stays as it is.
    """
    first = Trainer(trainer.settings, trainer.dataset)
    step = next_step(first)
    return {
        "how_to": _how_to(first, step),
        "settings": _settings(first, step),
        "X": _plain(step.X),
        "labels": _plain(_labels(step)),
        "T": _plain(step.T),
        "initial": _all_plain(step.params),
        "forward": _all_plain({q.name: q.value for q in step.quantities if q.phase == "forward"}),
        "cost": _plain(step.value("cost"))[0][0],
        "backward": _all_plain({q.name: q.value for q in step.quantities if q.phase == "backward"}),
        "updated": _all_plain(step.updated),
        "history": _history(trainer),
        "single": _history_in_single(trainer),
    }


def fixture_text(trainer: Trainer) -> str:
    """Return ``fixture_of`` as JSON text, with a line for every array and every line of "how_to"."""
    return _written(fixture_of(trainer)) + "\n"


def _written(value: Any) -> str:
    if isinstance(value, dict) and value:
        entries = [f"{json.dumps(name)}: {_written(entry)}" for name, entry in value.items()]
        return "{\n" + ",\n".join(entries) + "\n}"
    if isinstance(value, list) and value and isinstance(value[0], str):
        return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
    return json.dumps(value, allow_nan=False)


def _plain(array: np.ndarray) -> list:
    return np.where(np.isfinite(array), array.astype(object), np.array(None)).tolist()


def _all_plain(arrays: Mapping[str, np.ndarray]) -> dict[str, list]:
    return {name: _plain(array) for name, array in arrays.items()}


def _how_to(trainer: Trainer, step: Step) -> list[str]:
    network, optimizer = trainer.settings.network, trainer.settings.training.optimizer
    output, cost = OUTPUTS[network.output], cost_of(network.output, network.cost)
    used = {name: ACTIVATIONS[name] for name in step.activations}
    lines = [
        f"{name}: A = {each.text}\n    and g'(Z) = {each.derivative_text}"
        for name, each in used.items()
    ]
    text = HOW_TO.format(
        dims=list(network.layer_dims),
        L=len(network.layer_dims) - 1,
        m=step.X.shape[1],
        updates=trainer.updates_per_epoch,
        precision=trainer.settings.training.precision,
        rounding=ROUNDINGS[trainer.settings.training.precision],
        targets=output.targets_text,
        activations="\n".join(lines) or "there are none",
        output=f"{network.output}: A = {output.text}",
        cost=network.cost,
        loss=cost.text,
        start=cost.dZ_text,
        optimizer=f"{optimizer}: {OPTIMIZERS[optimizer].text}",
    )
    return text.split("\n")


def _settings(trainer: Trainer, step: Step) -> dict[str, Any]:
    network, training = trainer.settings.network, trainer.settings.training
    return {
        "query": trainer.settings.to_query(),
        "layer_dims": list(network.layer_dims),
        "features": list(network.features),
        "activations": list(step.activations),
        "output": network.output,
        "cost": network.cost,
        "optimizer": training.optimizer,
        "constants": OPTIMIZERS[training.optimizer].constants,
        "learning_rate": training.rate_at(0),
        "l1": training.l1,
        "l2": training.l2,
        "batch_size": training.batch_size,
        "precision": training.precision,
    }


def _labels(step: Step) -> np.ndarray:
    """Return the labels, (1, m), that the targets of the step stand for."""
    if step.output == "softmax":
        return step.T.argmax(axis=0)[None].astype(np.float64)
    return (step.T > 0).astype(np.float64) if step.output == "tanh" else step.T


def _history(trainer: Trainer) -> dict[str, Any]:
    sets = {"train": trainer.training_set, "test": trainer.test_set}
    parts = [name.removesuffix("_cost") for name in _costs(trainer)]
    samples = {
        f"{x}_{part}": array for part in parts for x, array in zip("XT", sets[part], strict=True)
    }
    return _all_plain(samples) | _epochs(trainer)


def _costs(trainer: Trainer) -> list[str]:
    """Return the names of the costs that the run has."""
    return [name for name in trainer.measures if name.endswith("_cost")]


def _history_in_single(trainer: Trainer) -> dict[str, Any]:
    """Return the history of the first epochs of the same settings in single precision."""
    training = replace(trainer.settings.training, precision="single")
    run = Trainer(replace(trainer.settings, training=training), trainer.dataset)
    run.advance(FIRST_EPOCHS)
    return _epochs(run)


def _epochs(trainer: Trainer) -> dict[str, Any]:
    """Return the history of the epochs up to that of the trainer."""
    training, history = trainer.settings.training, trainer.history
    dims, keep = trainer.settings.network.layer_dims, PRECISIONS[training.precision]
    done = training.until(trainer.epoch)
    costs = {name: getattr(history, name) for name in _costs(trainer)}
    return _all_plain(costs) | {
        "fingerprint": history.fingerprint,
        "learning_rate": [training.rate_at(epoch) for epoch in range(trainer.epoch)],
        "edits": [
            [epoch, *place_of(index, dims), float(keep(value))] for epoch, index, value in done.edits
        ],
        "switches": [[epoch, l, neuron - 1, state] for epoch, l, neuron, state in done.switches],
    }
