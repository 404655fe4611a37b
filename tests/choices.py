"""Any settings that go with each other, drawn by Hypothesis from the whole product of choices."""

from hypothesis import strategies as st

from scratchnet import DataSettings, NetworkSettings, Settings, TrainingSettings
from scratchnet.costs import costs_of
from scratchnet.datasets import SHAPES
from scratchnet.settings import KINDS, n_outputs, outputs_for

# What is told from what, in this order.
TASKS = [
    {"dataset": dataset, "classes": classes, "output": output, "cost": cost}
    for dataset, shape in SHAPES.items()
    for classes in shape.classes
    for output in outputs_for(classes)
    for cost in costs_of(output)
]

# Every value of every choice, as (name, value).
EVERY_CHOICE = [
    *dict.fromkeys(choice for task in TASKS for choice in task.items()),
    *[
        (name, option)
        for name in ("features", "activation", "init", "optimizer", "schedule")
        for option in KINDS[name].options
    ],
    *[("batch_size", size) for size in (0, 1, 7)],
    *[(name, strength) for name in ("l1", "l2") for strength in (0.0, 0.01)],
]


@st.composite
def some_settings(draw, points=50, widest=9, learning_rate=0.01, chosen=()):
    """Settings that train; ``chosen``, (name, value) of EVERY_CHOICE, is among them."""

    def option(name):
        return draw(st.sampled_from(KINDS[name].options))

    name, value = chosen or (None, None)
    task = draw(st.sampled_from([task for task in TASKS if task.get(name, value) == value]))
    hidden = draw(st.lists(st.integers(1, widest), min_size=name == "activation", max_size=3))
    features = draw(st.sets(st.sampled_from(KINDS["features"].options), min_size=1))
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
    }
    for group in (network, training):
        if name in group and name not in ("features", "activation"):
            group[name] = value
    return Settings(
        DataSettings(task["dataset"], points, classes=task["classes"], seed=draw(st.integers(0, 99))),
        NetworkSettings(**network),
        TrainingSettings(learning_rate, **training),
    )
