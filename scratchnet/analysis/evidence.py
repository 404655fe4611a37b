"""What a diagnosis of a run is based on: its costs, its parameters, and one pass of its training set.

The thresholds here and in diagnosis.py come from some 2,000 runs with random settings; "healthy" are
those that fitted their training set.
"""

from collections.abc import Sized
from typing import NamedTuple

import numpy as np

from scratchnet.nn.activations import ACTIVATIONS, layer_activations
from scratchnet.nn.costs import cost_of, cost_of_guessing
from scratchnet.nn.network import Params, backprop, forward_prop
from scratchnet.nn.switches import states_at
from scratchnet.run.settings import TrainingSettings
from scratchnet.run.trainer import Trainer

# A neuron is saturated where its slope is below this part of the steepest, on this share of samples.
# After 1,000 epochs 2 of 4,700 sigmoid, tanh, elu and gelu neurons were, and 14 of 1,400 softplus ones.
FLAT = 0.01
MOST_SAMPLES = 0.95

# Two neurons are the same if their weights and biases differ by no more than this part of the largest
# of the two: neurons that start alike may drift apart in the last digits, as equal sums are not rounded
# alike in every row.
SAME = 1e-6

# The error at layer 1 as a part of the error at the output. Healthy networks of two hidden layers keep
# 0.003 and more, of three 0.008 except with sigmoids; deeper ones are below while they stall. It is the
# error of single samples: dW is a mean, near 0 in every layer once the best constant is predicted.
VANISHING = 1e-3

# Neurons of a layer, counted from 0: (layer, their indices).
Place = tuple[int, np.ndarray]


class Evidence(NamedTuple):
    """A run so far, and one forward and backward pass of its training set.

    The costs are those of each epoch so far, with nan replaced by infinity. ``slopes[l - 1]`` is
    |g'(Z)| of hidden layer l, (n_l, m); ``errors`` are the means of |dZ_l|, from layer 1 to the output.
    """

    trainer: Trainer
    train_cost: np.ndarray
    test_cost: np.ndarray
    params: Params
    grads: Params
    activations: tuple[str, ...]
    slopes: list[np.ndarray]
    errors: list[float]

    @property
    def m(self) -> int:
        """Return the number of training samples."""
        return self.trainer.dataset.X_train.shape[1]

    @property
    def training(self) -> TrainingSettings:
        """Return the training settings, with the changes made during training so far."""
        return self.trainer.settings.training.until(self.trainer.epoch)

    @property
    def cost_of_guessing(self) -> float:
        """Return the lowest training cost of an output that is the same for every sample."""
        _, T = self.trainer.training_set
        return cost_of_guessing(T, self.trainer.settings.network.cost)

    def neurons(self, l: int) -> np.ndarray:
        """Return the weights and the bias of each neuron of layer l, (n_l, n_(l-1) + 1)."""
        return np.hstack([self.params[f"W{l}"], self.params[f"b{l}"]])

    @property
    def vanishing(self) -> bool:
        """Return whether almost none of the error reaches layer 1, though no whole layer is flat."""
        blocked = any(
            self.in_use(l).size == np.union1d(flat, self._chosen(l, (slope == 0.0).all(axis=1))).size
            for (l, flat), slope in zip(self.saturated(), self.slopes, strict=True)
        )
        return self.errors[0] < VANISHING * self.errors[-1] and not blocked

    def switched(self, l: int, state: str) -> np.ndarray:
        """Return the neurons of layer l that were switched to this state, see switches.py."""
        states = states_at(self.training.switches, self.trainer.epoch)
        return np.array(
            [j - 1 for (layer, j), now in states.items() if (layer, now) == (l, state)], int
        )

    def in_use(self, l: int) -> np.ndarray:
        """Return the neurons of layer l that are not switched off: nothing is wrong with the others."""
        n = self.params[f"b{l}"].size
        return np.setdiff1d(np.arange(n), self.switched(l, "off"))

    def dead(self) -> list[Place]:
        """Return the ReLU neurons whose slope is 0 for every sample, but for those of zeros.

        A neuron whose weights and bias are all 0 was never active: no learning rate has killed it.
        """
        return [(l, neurons[self.neurons(l)[neurons].any(axis=1)]) for l, neurons in self._inactive()]

    def zeros(self) -> list[Place]:
        """Return the ReLU neurons whose weights and bias are all 0, and so their slopes."""
        return [(l, neurons[~self.neurons(l)[neurons].any(axis=1)]) for l, neurons in self._inactive()]

    def _inactive(self) -> list[Place]:
        layers = enumerate(zip(self.activations, self.slopes, strict=True), start=1)
        return [
            (l, self._chosen(l, (slope == 0.0).all(axis=1) & ACTIVATIONS[name].dies))
            for l, (name, slope) in layers
        ]

    def _chosen(self, l: int, mask: np.ndarray) -> np.ndarray:
        """Return the neurons in use that a mask chooses."""
        return np.intersect1d(np.flatnonzero(mask), self.in_use(l))

    def flat_samples(self) -> list[np.ndarray]:
        """Return for how many samples the activation of each neuron is almost flat, (n_l,) a layer."""
        return [
            (slope < FLAT * ACTIVATIONS[name].steepest).sum(axis=1)
            for name, slope in zip(self.activations, self.slopes, strict=True)
        ]

    def saturated(self) -> list[Place]:
        """Return the neurons whose activation is almost flat for nearly all samples."""
        counts = enumerate(self.flat_samples(), start=1)
        return [(l, self._chosen(l, flat >= MOST_SAMPLES * self.m)) for l, flat in counts]

    def duplicates(self) -> list[tuple[int, np.ndarray, float]]:
        """Return each group of the same neurons of a hidden layer, and their largest difference."""
        groups = []
        for l in range(1, len(self.errors)):
            neurons = self.neurons(l)
            apart = np.abs(neurons[:, None] - neurons).max(axis=2)  # (n_l, n_l)
            sizes = np.abs(neurons).max(axis=1)
            same = np.isfinite(apart) & (apart <= SAME * np.maximum(sizes[:, None], sizes))
            np.fill_diagonal(same, True)  # also of a neuron that is not finite
            first = same.argmax(axis=1)  # the first neuron like this one
            for one in np.unique(first):
                alike = self._chosen(l, first == one)
                if alike.size > 1:
                    groups.append((l, alike, float(apart[one, alike].max())))
        return groups


def evidence_of(trainer: Trainer) -> Evidence:
    """Return the evidence of the run at its epoch; change nothing."""
    network, training = trainer.settings.network, trainer.settings.training
    params, kind = trainer.params, (network.activation, network.output)
    X, T = trainer.training_set
    AL, caches = forward_prop(X, params, *kind)
    grads = backprop(AL, T, caches, *kind, network.cost, training.l1, training.l2)
    activations = layer_activations(network.activation, len(caches))
    slopes, errors = [], []
    for l, name in enumerate(activations, start=1):
        _, Z = caches[l - 1]
        (A, _, _), _ = caches[l]
        slopes.append(np.abs(ACTIVATIONS[name].derivative(Z, A)))  # (n_l, m)
        errors.append(float(np.mean(np.abs(grads[f"dA{l}"]) * slopes[-1])))
    errors.append(float(np.mean(np.abs(cost_of(network.output, network.cost).dZ(AL, T)))))
    train_cost, test_cost = trainer.history.train_cost, trainer.history.test_cost
    costs = nan_as_infinite(train_cost), nan_as_infinite(test_cost)
    return Evidence(trainer, *costs, params, grads, activations, slopes, errors)


def plural(things: Sized) -> str:
    """Return the ending of a noun for so many things."""
    return "s" if len(things) > 1 else ""


def nan_as_infinite(array: np.ndarray) -> np.ndarray:
    """Return the array with infinity for nan."""
    return np.where(np.isnan(array), np.inf, array)
