"""An optimizer moves the parameters downhill.

An update is a leaf function on arrays of any one shape, elementwise: network.py gives it W and dW,
engine.py one flat vector that holds all of them, and both get the same bits.

``update(theta, grad, learning_rate, slots, t, out, work)`` returns the new parameters, in ``out``,
which may be theta. ``slots``, (k, *theta.shape), is what the optimizer remembers: 0 at first, changed
in place. ``t`` counts the updates from 1; ``work`` is scratch like theta.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

# The usual values, as 0-d arrays, which a ufunc takes faster than Python numbers.
MOMENTUM = np.array(0.9)  # the share of the last step that is taken again
RHO, NEW_RHO = np.array(0.9), np.array(1.0 - 0.9)  # how slowly RMSprop forgets
BETA1, NEW_BETA1 = np.array(0.9), np.array(1.0 - 0.9)  # how slowly Adam forgets the gradient,
BETA2, NEW_BETA2 = np.array(0.999), np.array(1.0 - 0.999)  # and its square
EPSILON = np.array(1e-8)


class Optimizer(NamedTuple):
    """An update rule, and how many arrays it remembers."""

    update: Callable[..., np.ndarray]
    slots: int


def gradient_descent(theta, grad, learning_rate, slots=None, t=1, out=None, work=None):
    """theta - learning_rate · grad."""
    step = np.multiply(grad, learning_rate, work)
    return np.subtract(theta, step, out)


def momentum(theta, grad, learning_rate, slots, t=1, out=None, work=None):
    """v = 0.9 v + grad; theta - learning_rate · v (Polyak 1964)."""
    (v,) = slots
    np.multiply(v, MOMENTUM, v)
    np.add(v, grad, v)
    step = np.multiply(v, learning_rate, work)
    return np.subtract(theta, step, out)


def rmsprop(theta, grad, learning_rate, slots, t=1, out=None, work=None):
    """s = 0.9 s + 0.1 grad²; theta - learning_rate · grad / (√s + ε) (Tieleman & Hinton 2012)."""
    (s,) = slots
    square = np.multiply(grad, grad, work)
    np.multiply(square, NEW_RHO, square)
    np.multiply(s, RHO, s)
    np.add(s, square, s)
    step = np.sqrt(s, square)
    np.add(step, EPSILON, step)
    np.divide(grad, step, step)
    np.multiply(step, learning_rate, step)
    return np.subtract(theta, step, out)


def adam(theta, grad, learning_rate, slots, t, out=None, work=None):
    """m and v, running means of grad and grad², freed of their start at 0 (Kingma & Ba 2015).

    theta - learning_rate · m̂ / (√v̂ + ε) with m̂ = m / (1 - 0.9ᵗ) and v̂ = v / (1 - 0.999ᵗ).
    """
    m, v = slots
    part = np.multiply(grad, NEW_BETA1, work)
    np.multiply(m, BETA1, m)
    np.add(m, part, m)
    np.multiply(grad, grad, part)
    np.multiply(part, NEW_BETA2, part)
    np.multiply(v, BETA2, v)
    np.add(v, part, v)
    step = np.sqrt(v, part)
    np.multiply(step, 1.0 / math.sqrt(1.0 - 0.999**t), step)
    np.add(step, EPSILON, step)
    np.divide(m, step, step)
    np.multiply(step, learning_rate / (1.0 - 0.9**t), step)
    return np.subtract(theta, step, out)


OPTIMIZERS = {
    "gradient_descent": Optimizer(gradient_descent, 0),
    "momentum": Optimizer(momentum, 1),
    "rmsprop": Optimizer(rmsprop, 1),
    "adam": Optimizer(adam, 2),
}
