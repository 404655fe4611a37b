"""Networks made for a diagnosis, with parameters and a history put in from outside."""

import numpy as np

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer
from scratchnet.analysis.diagnosis import diagnose
from scratchnet.nn.params import flatten


def restored(trainer, params, history=()):
    """Return the trainer with these parameters, after epochs of these training and test costs."""
    state = trainer.state()
    past = np.zeros((4, len(history)))
    past[:2] = np.reshape(history, (-1, 2)).T
    state["epoch"] = len(history)
    state["history"] = np.hstack([past, state["history"]])
    state["checksums"] = np.zeros(len(history) + 1, np.uint32)
    state["checkpoint"] = state["checkpoint"]._replace(theta=flatten(params))
    return Trainer.restore(state)


def made(dims=(2, 8, 1), activation="tanh", changed=(), history=()):
    """Return a network on 42 samples of the moons, with these changes and this history.

    ``changed`` are pairs of the name of a parameter and a function that changes it.
    """
    network = NetworkSettings(dims, activation)
    trainer = Trainer(Settings(DataSettings(points=60), network))
    params = trainer.params
    for name, change in changed:
        change(params[name])
    return restored(trainer, params, history)


def found(trainer):
    """Return the sentences by their kinds."""
    return {kind: finding.sentence for kind, finding in diagnose(trainer).items()}


def put(rows, value):
    """Return a function that sets these rows, counted from 1, to a value."""

    def change(array):
        array[np.subtract(rows, 1)] = value

    return change
