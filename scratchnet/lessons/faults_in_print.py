"""Faults in published examples: each re-created in a few lines, and run beside the right form."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scratchnet.lessons import classic_data as data
from scratchnet.lessons.classic import Row, rows
from scratchnet.lessons.classic_runs import ONE, SATURATION, last_batch_costs, mazur_cost, mazur_step
from scratchnet.nn import optimizers
from scratchnet.nn.costs import cost_of
from scratchnet.nn.network import backprop, forward_prop, one_layer_backward, train
from scratchnet.nn.params import Params, flatten, layer_dims_of, views


class Fault(NamedTuple):
    """A fault in print: what it is, what was printed, and both forms of the computation.

    ``wrong`` and ``right`` return a number for each row; ``lines`` is the function with the fault.
    A ``long`` one takes seconds.
    """

    name: str
    title: str
    source: str
    link: str
    description: str
    rows: tuple[Row, ...]
    wrong: Callable[[], tuple[float, ...]]
    right: Callable[[], tuple[float, ...]]
    lines: Callable
    why: str
    long: bool = False


def widget_step(w: float, b: float) -> tuple[float, float]:
    """Make one step of the widget, at x = 1 and the target 0, by dC/da where dC/dz belongs."""
    a = 1 / (1 + np.exp(-(w + b)))
    slope = 1 / (1 - a)  # of C = -log(1 - a) with respect to a; with respect to z it is a
    return w - 0.005 * slope, b - 0.005 * slope


def widget_outputs() -> tuple[float, ...]:
    """Return the outputs after 300 steps of the widget."""
    outputs = []
    for w, b in SATURATION.values():
        for _ in range(300):
            w, b = widget_step(w, b)
        outputs.append(float(1 / (1 + np.exp(-(w + b)))))
    return tuple(outputs)


def cross_entropy_outputs() -> tuple[float, ...]:
    """Return the outputs after 300 epochs of ``train``, with the cross-entropy and its gradient."""
    outputs = []
    for w, b in SATURATION.values():
        params, _ = train(ONE, 0 * ONE, [1, 1], 300, 0.005, params={"W1": w * ONE, "b1": b * ONE})
        outputs.append(forward_prop(ONE, params)[0].item())
    return tuple(outputs)


def step_through_new_weights(params: Params) -> Params:
    """Make Mazur's step, but go back to the hidden layer through W2 after its update."""
    X, T, _ = data.mazur()
    AL, caches = forward_prop(X, params)
    grads = backprop(AL, T, caches, cost="squared_error")
    W2 = params["W2"] - 0.5 * grads["dW2"]
    dZ2 = (AL - T) * AL * (1 - AL)
    _, dW1, _ = one_layer_backward(W2.T @ dZ2, caches[0])  # through the old W2 it is grads["dW1"]
    return params | {"W1": params["W1"] - 0.5 * dW1, "W2": W2}


def adam_with_epsilon_inside(theta, grad, learning_rate, slots, t, out):
    """Make a step of Adam with the epsilon inside the root: m̂ / √(v̂ + ε), not m̂ / (√v̂ + ε)."""
    m, v = slots
    m[:] = 0.9 * m + 0.1 * grad
    v[:] = 0.999 * v + 0.001 * grad**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    out[:] = theta - learning_rate * m_hat / np.sqrt(v_hat + 1e-8)


def cost_by_logarithms(Z: np.ndarray, A: np.ndarray, Y: np.ndarray) -> float:
    """Return the cross-entropy by log(A) and log(1 - A), which loses digits where A is near 1."""
    losses = -np.log(A) * Y - np.log(1 - A) * (1 - Y)
    return float(1 / Y.shape[1] * np.sum(losses))


cost_by_logits = cost_of("sigmoid", "cross_entropy").cost


def gradient_difference(cost: Callable, planted: bool = False) -> float:
    """Return ‖a - n‖ / (‖a‖ + ‖n‖) of the course's case, with central differences of step 1e-7.

    a is the gradient of ``backprop``, with the two errors ``planted`` or without, and n that of
    ``cost(ZL, AL, Y)``.
    """
    X, Y, params = data.gradient_check_case()
    dims, theta, h = layer_dims_of(params), flatten(params), 1e-7

    def cost_at(moved: np.ndarray) -> float:
        AL, caches = forward_prop(X, views(moved, dims), "relu")
        _, ZL = caches[-1]
        return float(cost(ZL, AL, Y))

    AL, caches = forward_prop(X, params, "relu")
    grads = backprop(AL, Y, caches, "relu")
    if planted:
        grads["dW2"], grads["db1"] = 2 * grads["dW2"], 4 * grads["db1"]
    a = flatten({name: grads[f"d{name}"] for name in params})
    steps = h * np.eye(theta.size)
    n = np.array([(cost_at(theta + step) - cost_at(theta - step)) / (2 * h) for step in steps])
    return float(np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n)))


def planted_errors() -> tuple[float, ...]:
    """Return the difference that the course's check finds with its two planted errors."""
    return (gradient_difference(cost_by_logarithms, planted=True),)


FAULTS = (
    Fault(
        "widgets",
        "Saturation: a widget steps by the wrong derivative",
        "Nielsen, Neural Networks and Deep Learning, chapter 3, cross-entropy widgets",
        "http://neuralnetworksanddeeplearning.com/chap3.html",
        "The widgets show that a saturated neuron learns fast with the cross-entropy, at a learning "
        "rate of 0.005. But they multiply the rate by dC/da = 1 / (1 − a), where dC/dz = a belongs. "
        "Shown are the outputs after 300 epochs.",
        rows(["from (0.6, 0.9)", "from (2, 2)"], "0.04 0.05"),
        widget_outputs,
        cross_entropy_outputs,
        widget_step,
        "The chapter's claim is right, its pictures are not: 1 / (1 − a) is large where the neuron is "
        "saturated. With the true gradient, 300 epochs at this rate are far too few. A gradient check "
        "finds such an error at once.",
    ),
    Fault(
        "updated_weights",
        "One step: back through weights that were already updated",
        "Mazur, A Step by Step Backpropagation Example",
        "https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/",
        "The example computes the gradient of the hidden layer with the old weights, as it should, and "
        "prints the right weights. The famous total error after the step does not belong to them.",
        rows(["error after it"], "0.291027924"),
        lambda: (mazur_cost(step_through_new_weights(data.mazur()[-1])),),
        lambda: (mazur_cost(mazur_step(data.mazur()[-1])),),
        step_through_new_weights,
        "All derivatives of a step must be taken at the same parameters. Code that updates a layer as "
        "soon as its gradient is known makes this error, and still learns, so that nobody notices.",
    ),
    Fault(
        "adam",
        "Adam: the epsilon stands inside the root",
        "Deep Learning Specialization, course 2, Optimization Methods",
        "https://www.coursera.org/learn/deep-neural-network",
        "The assignment's formula has ε outside the root, as the paper has it; the printed costs come "
        "from code with ε inside. They are those of the last mini-batch, on the moons above.",
        rows([f"epoch {k:,}" for k in (0, 1000, 2000)], "0.690552 0.185501 0.150830"),
        lambda: tuple(last_batch_costs(adam_with_epsilon_inside, 2, 7e-4, 2001)),
        lambda: tuple(last_batch_costs(optimizers.adam, 2, 7e-4, 2001)),
        adam_with_epsilon_inside,
        "The two differ where gradients are small: inside the root, ε acts like 0.0001, and not like "
        "0.00000001. Here it hardly matters, but your numbers will not match those printed.",
        long=True,
    ),
    Fault(
        "correct_gradient",
        "Gradient check: a correct gradient fails",
        "Deep Learning Specialization, course 2, Gradient Checking",
        "https://www.coursera.org/learn/deep-neural-network",
        "When both planted errors are repaired, the assignment's check still finds a relative "
        "difference of 1.189e-07, and its limit was 1e-07: an error, it says.",
        (Row("relative difference", "1.189e-07", "It is round-off, in other digits elsewhere.", 1e-7),),
        lambda: (gradient_difference(cost_by_logarithms),),
        lambda: (gradient_difference(cost_by_logits),),
        cost_by_logarithms,
        "The gradient is right; the cost is not exact. An output of class 0 is 0.9989, so 1 − A has "
        "lost three digits, and the check divides this round-off by a step of 1e-07. Our cost is "
        "computed from the logits and loses none.",
    ),
)
