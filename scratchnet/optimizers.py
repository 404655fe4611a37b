"""An optimizer moves the parameters downhill.

An update is a leaf function on arrays of any one shape, elementwise: network.py gives it W and dW,
engine.py one flat vector that holds all of them, and both get the same bits.

``update(theta, grad, learning_rate, slots, t, out, work)`` returns the new parameters, in ``out``,
which may be theta. ``slots``, (k, *theta.shape), is what the optimizer remembers: 0 at first, changed
in place. ``t`` counts the updates from 1; ``work`` is scratch like theta.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

MOMENTUM = 0.9  # the usual share of the last step that is taken again
RHO = 0.9  # how slowly RMSprop forgets
BETA1, BETA2 = 0.9, 0.999  # how slowly Adam forgets the gradient and its square
EPSILON = 1e-8


class Optimizer(NamedTuple):
    """An update rule, and how many arrays it remembers."""

    update: Callable[..., np.ndarray]
    slots: int


def gradient_descent(theta, grad, learning_rate, slots=None, t=1, out=None, work=None):
    """theta - learning_rate · grad."""
    step = np.multiply(grad, learning_rate, out=work)
    return np.subtract(theta, step, out=out)


def momentum(theta, grad, learning_rate, slots, t=1, out=None, work=None):
    """v = 0.9 v + grad; theta - learning_rate · v (Polyak 1964)."""
    (v,) = slots
    np.multiply(v, MOMENTUM, out=v)
    np.add(v, grad, out=v)
    step = np.multiply(v, learning_rate, out=work)
    return np.subtract(theta, step, out=out)


def rmsprop(theta, grad, learning_rate, slots, t=1, out=None, work=None):
    """s = 0.9 s + 0.1 grad²; theta - learning_rate · grad / (√s + ε) (Tieleman & Hinton 2012)."""
    (s,) = slots
    square = np.multiply(grad, grad, out=work)
    np.multiply(square, 1.0 - RHO, out=square)
    np.multiply(s, RHO, out=s)
    np.add(s, square, out=s)
    step = np.sqrt(s, out=square)
    np.add(step, EPSILON, out=step)
    np.divide(grad, step, out=step)
    np.multiply(step, learning_rate, out=step)
    return np.subtract(theta, step, out=out)


def adam(theta, grad, learning_rate, slots, t, out=None, work=None):
    """m and v, running means of grad and grad², freed of their start at 0 (Kingma & Ba 2015).

    theta - learning_rate · m̂ / (√v̂ + ε) with m̂ = m / (1 - 0.9ᵗ) and v̂ = v / (1 - 0.999ᵗ).
    """
    m, v = slots
    part = np.multiply(grad, 1.0 - BETA1, out=work)
    np.multiply(m, BETA1, out=m)
    np.add(m, part, out=m)
    np.multiply(grad, grad, out=part)
    np.multiply(part, 1.0 - BETA2, out=part)
    np.multiply(v, BETA2, out=v)
    np.add(v, part, out=v)
    step = np.sqrt(v, out=part)
    np.multiply(step, 1.0 / np.sqrt(1.0 - BETA2**t), out=step)
    np.add(step, EPSILON, out=step)
    np.divide(m, step, out=step)
    np.multiply(step, learning_rate / (1.0 - BETA1**t), out=step)
    return np.subtract(theta, step, out=out)


OPTIMIZERS = {
    "gradient_descent": Optimizer(gradient_descent, 0),
    "momentum": Optimizer(momentum, 1),
    "rmsprop": Optimizer(rmsprop, 1),
    "adam": Optimizer(adam, 2),
}
