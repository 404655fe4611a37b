"""Settings for the tests: a small run, and any that go with each other, drawn from all choices."""

import numpy as np
from hypothesis import strategies as st

from scratchnet import DataSettings, NetworkSettings, Settings, TrainingSettings
from scratchnet.data.datasets import DATASETS
from scratchnet.data.points import Table, standardised_table
from scratchnet.nn.costs import costs_of
from scratchnet.nn.switches import STATES
from scratchnet.run.settings import FIELDS, n_outputs, outputs_for

SMALL = Settings(DataSettings(points=60), NetworkSettings((2, 4, 3, 1)))

# What is told from what, in this order.
TASKS = [
    {"dataset": dataset, "classes": classes, "output": output, "cost": cost}
    for dataset, generator in DATASETS.items()
    for classes in generator.classes
    for output in outputs_for(classes)
    for cost in costs_of(output)
]


def same(a, b):
    """Whether two dictionaries of arrays hold the same bits."""
    return all(np.array_equal(a[name], b[name], equal_nan=True) for name in {*a, *b})


def own_table(classes, seed=0, points=40):
    """A table of points, in columns of quite different units."""
    random = np.random.RandomState(seed)
    x1, x2 = random.standard_normal((2, points)) * [[3.0], [2000.0]] + [[-70.0], [9000.0]]
    labels = np.arange(points) % classes if classes else x1 + x2 / 500
    names = tuple("abcde"[:classes])
    return standardised_table(
        *(np.round(each, 2).tolist() for each in (x1, x2, labels)), ("u", "v", "w"), names
    )


def data_of(dataset, classes, own_seed=0, **others) -> DataSettings:
    """Settings of that data, with a table where the points are one's own."""
    own: Table | None = own_table(classes, own_seed) if dataset == "own" else None
    return DataSettings(dataset, classes=classes, own=own, **others)


# Every value of every choice, as (name, value).
EVERY_CHOICE = [
    *dict.fromkeys(choice for task in TASKS for choice in task.items()),
    *[
        (name, option)
        for name in ("features", "activation", "init", "optimizer", "schedule", "precision")
        for option in FIELDS[name].options
    ],
    *[("batch_size", size) for size in (0, 1, 7)],
    *[(name, strength) for name in ("l1", "l2") for strength in (0.0, 0.01)],
]


def some_switches(layer_dims, last=12):
    """Neurons that are frozen, switched off and on again at these epochs."""
    hidden = [(l, j) for l, n in enumerate(layer_dims[1:-1], 1) for j in range(1, n + 1)]
    outputs = [(len(layer_dims) - 1, j) for j in range(1, layer_dims[-1] + 1)]
    one = st.one_of(
        st.tuples(st.integers(0, last), st.sampled_from(outputs), st.sampled_from(["frozen", "on"])),
        *[st.tuples(st.integers(0, last), st.sampled_from(hidden), st.sampled_from(STATES))]
        * bool(hidden),
    )
    switches = st.lists(one, max_size=4, unique_by=lambda switch: switch[:2])
    return switches.map(lambda made: tuple(sorted((at, *which, state) for at, which, state in made)))


@st.composite
def some_settings(draw, points=50, widest=9, learning_rate=0.01, chosen=()):
    """Settings that train; ``chosen``, (name, value) of EVERY_CHOICE, is among them."""

    def option(name):
        return draw(st.sampled_from(FIELDS[name].options))

    name, value = chosen or (None, None)
    task = draw(st.sampled_from([task for task in TASKS if task.get(name, value) == value]))
    hidden = draw(st.lists(st.integers(1, widest), min_size=name == "activation", max_size=3))
    features = draw(st.sets(st.sampled_from(FIELDS["features"].options), min_size=1))
    features |= {value} if name == "features" else set()
    activation = [option("activation") for _ in hidden] or ["tanh"]
    if name == "activation":
        activation[0] = value
    network = {
        "layer_dims": (len(features), *hidden, n_outputs(task["classes"])),
        "activation": draw(st.sampled_from([activation, activation[0]])) if hidden else "tanh",
        "init": option("init"),
        "init_seed": draw(st.integers(0, 1000)),
        "features": tuple(features),
        "output": task["output"],
        "cost": task["cost"],
    }
    training = {
        "optimizer": option("optimizer"),
        "batch_size": draw(st.sampled_from([0, 1, 7, 16, 40])),
        "schedule": option("schedule"),
        "period": draw(st.integers(1, 60)),
        "l1": draw(st.sampled_from([0.0, 0.01])),
        "l2": draw(st.sampled_from([0.0, 0.01])),
        "precision": option("precision"),
    }
    for group in (network, training):
        if name in group and name not in ("features", "activation"):
            group[name] = value
    return Settings(
        data_of(task["dataset"], task["classes"], points=points, seed=draw(st.integers(0, 99))),
        NetworkSettings(**network),
        TrainingSettings(learning_rate, **training),
    )
