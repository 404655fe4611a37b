"""An optimizer updates the parameters from the gradient of the cost.

An update is a leaf function on arrays of any one shape, elementwise: network.py gives it W and dW,
engine.py one flat vector that holds all of them, and both get the same bits.

``update(theta, grad, learning_rate, slots, t, out, work)`` returns the new parameters, in ``out``,
which may be theta. ``slots``, k arrays like theta, is the state of the optimizer: 0 at first, changed
in place. ``t`` counts the updates from 1; ``work`` is scratch like theta.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy import add, divide, multiply, sqrt, subtract  # found faster than np.add

from scratchnet.precision import NOISE
from scratchnet.validation import NotAllowed, check_choice, check_shape

# The usual values.
MOMENTUM = 0.9  # the fraction of the last step that is kept
RHO = 0.9  # decay of RMSprop's running mean of the squared gradient
BETA1 = 0.9  # decay of Adam's running mean of the gradient,
BETA2 = 0.999  # and of its square
EPSILON = 1e-8

# The same, and 1 minus each, as 0-d arrays, which a ufunc takes faster than Python numbers.
_MOMENTUM = np.array(MOMENTUM)
_RHO, _NEW_RHO = np.array(RHO), np.array(1.0 - RHO)
_BETA1, _NEW_BETA1 = np.array(BETA1), np.array(1.0 - BETA1)
_BETA2, _NEW_BETA2 = np.array(BETA2), np.array(1.0 - BETA2)


def _without_noise(grad):
    """Return grad with 0 below NOISE: a division by its size would make a full step of rounding."""
    return np.where(np.abs(grad) < NOISE, 0.0, grad)


class Optimizer(NamedTuple):
    """One optimizer: its update rule, and how many arrays its state has.

    ``text`` is the update t = 1, 2, … of p, one entry of a W or b, with g, the same entry of dW or db,
    and these ``constants``.
    """

    update: Callable[..., np.ndarray]
    slots: int
    text: str
    constants: dict[str, float]


def gradient_descent(theta, grad, learning_rate, slots=None, t=1, out=None, work=None):
    """Return theta - learning_rate · grad."""
    step = multiply(grad, learning_rate, work)
    return subtract(theta, step, out)


def momentum(theta, grad, learning_rate, slots, t=1, out=None, work=None):
    """Return theta - learning_rate · v with v = 0.9 v + grad (Polyak 1964)."""
    (v,) = slots
    multiply(v, _MOMENTUM, v)
    add(v, grad, v)
    step = multiply(v, learning_rate, work)
    return subtract(theta, step, out)


def rmsprop(theta, grad, learning_rate, slots, t=1, out=None, work=None):
    """Return theta - learning_rate · grad / (√s + ε) with s = 0.9 s + 0.1 grad² (Hinton 2012)."""
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
    """Return theta - learning_rate · m̂ / (√v̂ + ε) (Kingma & Ba 2015).

    m and v are running means of grad and grad², with the bias correction m̂ = m / (1 - 0.9ᵗ) and
    v̂ = v / (1 - 0.999ᵗ). With r = √(1 - 0.999ᵗ) the result is
    theta - (learning_rate · r / (1 - 0.9ᵗ)) · m / (√v + ε r), which takes one pass less.
    """
    r = math.sqrt(1.0 - BETA2**t)
    rate = learning_rate * r / (1.0 - BETA1**t)
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


OPTIMIZERS: dict[str, Optimizer] = {
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


def check_memory(memory: dict | None, params: Mapping[str, np.ndarray], optimizer: str) -> dict:
    """Return the ``memory`` of this optimizer, a new one for None, if it fits ``params``.

    Raises ValueError for None where the optimizer has a state, and for a state of other shapes.
    """
    slots = OPTIMIZERS[check_choice("optimizer", optimizer, OPTIMIZERS)].slots
    if memory is None:
        if slots:
            raise NotAllowed(
                f"memory must be a dictionary for {optimizer}, empty at the first step, got None."
            )
        return {}
    for name in params if slots else ():
        if name in memory:
            shape = (slots, *np.shape(params[name]))
            check_shape(f"memory of {name}", memory[name], shape, optimizer)
    return memory
