"""An optimizer moves the parameters downhill.

An update is a leaf function on arrays of any one shape, elementwise: network.py gives it W and dW,
engine.py one flat vector that holds all of them, and both get the same bits.

``update(theta, grad, learning_rate, slots, t, out, work)`` returns the new parameters, in ``out``,
which may be theta. ``slots``, k arrays like theta, is what the optimizer remembers: 0 at first, changed
in place. ``t`` counts the updates from 1; ``work`` is scratch like theta.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy import add, divide, multiply, sqrt, subtract  # found faster than np.add

from scratchnet.precision import NOISE

# The usual values.
MOMENTUM = 0.9  # the share of the last step that is taken again
RHO = 0.9  # how slowly RMSprop forgets
BETA1 = 0.9  # how slowly Adam forgets the gradient,
BETA2 = 0.999  # and its square
EPSILON = 1e-8

# The same, and what is missing to 1, as 0-d arrays, which a ufunc takes faster than Python numbers.
_MOMENTUM = np.array(MOMENTUM)
_RHO, _NEW_RHO = np.array(RHO), np.array(1.0 - RHO)
_BETA1, _NEW_BETA1 = np.array(BETA1), np.array(1.0 - BETA1)
_BETA2, _NEW_BETA2 = np.array(BETA2), np.array(1.0 - BETA2)


def _without_noise(grad):
    """grad, with 0 for what is under NOISE: to divide by its size would make a step of it."""
    return np.where(np.abs(grad) < NOISE, 0.0, grad)


class Optimizer(NamedTuple):
    """What is known of one optimizer: its update rule, and how many arrays it remembers.

    ``text`` says what changes p, one entry of a W or b, and g, the same entry of dW or db, in update
    t = 1, 2, …, with these ``constants``.
    """

    update: Callable[..., np.ndarray]
    slots: int
    text: str
    constants: dict[str, float]


def gradient_descent(theta, grad, learning_rate, slots=None, t=1, out=None, work=None):
    """theta - learning_rate · grad."""
    step = multiply(grad, learning_rate, work)
    return subtract(theta, step, out)


def momentum(theta, grad, learning_rate, slots, t=1, out=None, work=None):
    """v = 0.9 v + grad; theta - learning_rate · v (Polyak 1964)."""
    (v,) = slots
    multiply(v, _MOMENTUM, v)
    add(v, grad, v)
    step = multiply(v, learning_rate, work)
    return subtract(theta, step, out)


def rmsprop(theta, grad, learning_rate, slots, t=1, out=None, work=None):
    """s = 0.9 s + 0.1 grad²; theta - learning_rate · grad / (√s + ε) (Tieleman & Hinton 2012)."""
    (s,) = slots
    grad = _without_noise(grad)
    square = multiply(grad, grad, work)
    multiply(square, _NEW_RHO, square)
    multiply(s, _RHO, s)
    add(s, square, s)
    step = sqrt(s, square)
    add(step, EPSILON, step)
    divide(grad, step, step)
    multiply(step, learning_rate, step)
    return subtract(theta, step, out)


def adam(theta, grad, learning_rate, slots, t, out=None, work=None):
    """m and v, running means of grad and grad², freed of their start at 0 (Kingma & Ba 2015).

    theta - learning_rate · m̂ / (√v̂ + ε) with m̂ = m / (1 - 0.9ᵗ) and v̂ = v / (1 - 0.999ᵗ); with
    r = √(1 - 0.999ᵗ) this is theta - (learning_rate · r / (1 - 0.9ᵗ)) · m / (√v + ε r), one pass less.
    """
    r = math.sqrt(1.0 - BETA2**t)
    rate = float(learning_rate) * r / (1.0 - BETA1**t)
    m, v = slots
    grad = _without_noise(grad)
    part = multiply(grad, _NEW_BETA1, work)
    multiply(m, _BETA1, m)
    add(m, part, m)
    multiply(grad, grad, part)
    multiply(part, _NEW_BETA2, part)
    multiply(v, _BETA2, v)
    add(v, part, v)
    step = sqrt(v, part)
    add(step, EPSILON * r, step)
    divide(m, step, step)
    multiply(step, rate, step)
    return subtract(theta, step, out)


OPTIMIZERS = {
    "gradient_descent": Optimizer(gradient_descent, 0, "p = p - learning_rate * g", {}),
    "momentum": Optimizer(
        momentum,
        1,
        "v = momentum * v + g; p = p - learning_rate * v; v is 0 at first",
        {"momentum": MOMENTUM},
    ),
    "rmsprop": Optimizer(
        rmsprop,
        1,
        "s = rho * s + (1 - rho) * g**2; p = p - learning_rate * g / (sqrt(s) + epsilon); "
        "s is 0 at first",
        {"rho": RHO, "epsilon": EPSILON},
    ),
    "adam": Optimizer(
        adam,
        2,
        "m1 = beta1 * m1 + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g**2;\n"
        "p = p - learning_rate * (m1 / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon); "
        "m1 and v are 0 at first",
        {"beta1": BETA1, "beta2": BETA2, "epsilon": EPSILON},
    ),
}
