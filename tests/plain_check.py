"""A fixture checked in plain Python, written from its "how_to" alone: no NumPy, nothing of scratchnet.

An array is a list of rows. ``python tests/plain_check.py fixture.json`` says what differs.
"""

import json
import struct
import sys
from math import copysign, cos, exp, inf, isfinite, log, pi, sin, sqrt, tanh
from pathlib import Path
from zlib import crc32


def single(x):
    """The float32 that is nearest to a number, the even one of two that are as near."""
    try:
        return struct.unpack("<f", struct.pack("<f", x))[0]
    except OverflowError:
        return copysign(inf, x)


ROUND = {"single": single, "double": float}


def fingerprint(params):
    """Of all W, then all b, each row by row; to add 0.0 makes 0 of -0."""
    parts = [part for kind in "Wb" for name, part in params.items() if name[0] == kind]
    numbers = [x + 0.0 for part in parts for row in part for x in row]
    return f"{crc32(struct.pack(f'<{len(numbers)}d', *numbers)):08x}"


def safe_exp(z):
    return exp(z) if z < 709 else inf


def logistic(z):
    return 1 / (1 + safe_exp(-z))


def inside_gelu(z):
    return tanh(sqrt(2 / pi) * (z + 0.044715 * z * z * z))


def slope_of_gelu(z, a):
    t = inside_gelu(z)
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * sqrt(2 / pi) * (1 + 3 * 0.044715 * z * z)


# A = g(Z), and g'(Z) given Z and A.
ACTIVATIONS = {
    "sigmoid": (logistic, lambda z, a: a * (1 - a)),
    "tanh": (tanh, lambda z, a: 1 - a * a),
    "relu": (lambda z: max(z, 0.0), lambda z, a: 1.0 if z > 0 else 0.0),
    "leaky_relu": (lambda z: z if z > 0 else 0.01 * z, lambda z, a: 1.0 if z > 0 else 0.01),
    "elu": (lambda z: z if z > 0 else exp(z) - 1, lambda z, a: 1.0 if z > 0 else exp(z)),
    "gelu": (lambda z: 0.5 * z * (1 + inside_gelu(z)), slope_of_gelu),
    "softplus": (lambda z: max(z, 0.0) + log(1 + exp(-abs(z))), lambda z, a: logistic(z)),
    "sine": (sin, lambda z, a: cos(z)),
    "linear": (lambda z: z, lambda z, a: 1.0),
}


def transposed(A):
    return [list(column) for column in zip(*A, strict=True)]


def product(A, B):
    columns = transposed(B)
    return [[sum(a * b for a, b in zip(row, c, strict=True)) for c in columns] for row in A]


def each(function, *arrays):
    """The function of the entries that stand in the same place."""
    return [
        [function(*entry) for entry in zip(*rows, strict=True)] for rows in zip(*arrays, strict=True)
    ]


def linear_forward(W, A, b):
    return [[z + bias for z in row] for row, (bias,) in zip(product(W, A), b, strict=True)]


def softmax(Z):
    shifted = [[z - max(column) for z in column] for column in transposed(Z)]
    return transposed([[exp(z) / sum(map(exp, column)) for z in column] for column in shifted])


def outputs(Z, name):
    if name == "softmax":
        return softmax(Z)
    return each({"sigmoid": logistic, "tanh": tanh, "linear": float}[name], Z)


def cost_of(Z, A, T, cost, output):
    if cost == "squared_error":
        losses = each(lambda a, t: 0.5 * (a - t) * (a - t), A, T)
    elif output == "sigmoid":
        losses = each(lambda z, t: max(z, 0.0) - z * t + log(1 + exp(-abs(z))), Z, T)
    else:
        tops = [max(column) for column in transposed(Z)]
        sums = [
            sum(exp(z - top) for z in column) for column, top in zip(transposed(Z), tops, strict=True)
        ]
        log_A = [[z - top - log(s) for z, top, s in zip(row, tops, sums, strict=True)] for row in Z]
        losses = each(lambda a, t: -t * a, log_A, T)
    return sum(map(sum, losses)) / len(T[0])


def start_of(A, T, cost, output):
    if cost == "squared_error" and output == "tanh":
        return each(lambda a, t: (a - t) * (1 - a * a), A, T)
    if cost == "squared_error" and output == "sigmoid":
        return each(lambda a, t: (a - t) * a * (1 - a), A, T)
    return each(lambda a, t: a - t, A, T)


def sign(w):
    return (w > 0) - (w < 0)


def weight_gradient(dZ, A_prev, W, l1, l2):
    m = len(dZ[0])
    return each(lambda g, w: g / m + l1 * sign(w) + l2 * w, product(dZ, transposed(A_prev)), W)


def bias_gradient(dZ):
    return [[sum(row) / len(row)] for row in dZ]


class Optimizer:
    """Updates parameters, and remembers what it needs for every entry; ``keep`` rounds both."""

    def __init__(self, name, constants, keep):
        self.rule, self.constants, self.keep = getattr(self, name), constants, keep
        self.t, self.memory, self.held = 0, {}, set()

    def update(self, params, grads, rate):
        self.t += 1
        return {
            name: [
                [self.entry((name, i, j), p, grads[f"d{name}"][i][j], rate) for j, p in enumerate(row)]
                for i, row in enumerate(part)
            ]
            for name, part in params.items()
        }

    def entry(self, place, p, g, rate):
        if place in self.held:
            return p
        step, memory = self.rule(g, self.memory.get(place, (0.0, 0.0)))
        self.memory[place] = tuple(map(self.keep, memory))
        return self.keep(p - rate * step)

    def gradient_descent(self, g, memory):
        return g, memory

    def momentum(self, g, memory):
        v = self.constants["momentum"] * memory[0] + g
        return v, (v, 0.0)

    def rmsprop(self, g, memory):
        rho = self.constants["rho"]
        s = rho * memory[0] + (1 - rho) * g * g
        return g / (sqrt(s) + self.constants["epsilon"]), (s, 0.0)

    def adam(self, g, memory):
        beta1, beta2 = self.constants["beta1"], self.constants["beta2"]
        m1 = beta1 * memory[0] + (1 - beta1) * g
        v = beta2 * memory[1] + (1 - beta2) * g * g
        right = m1 / (1 - beta1**self.t), v / (1 - beta2**self.t)
        return right[0] / (sqrt(right[1]) + self.constants["epsilon"]), (m1, v)


def targets(labels, output, n_L):
    if output == "softmax":
        return [[float(label == k) for label in labels[0]] for k in range(n_L)]
    if output == "tanh":
        return [[1.0 if label == 1 else -1.0 for label in labels[0]]]
    return labels


def agrees(ours, theirs, allowed=1e-9):
    """Whether two arrays of one shape, or two numbers, agree; null is what is not finite."""
    if not isinstance(theirs, list):
        ours, theirs = [[ours]], [[theirs]]
    if [len(row) for row in ours] != [len(row) for row in theirs]:
        return False
    pairs = [pair for rows in zip(ours, theirs, strict=True) for pair in zip(*rows, strict=True)]
    largest = max((abs(there) for _, there in pairs if there is not None), default=0.0)
    return all(
        not isfinite(here) if there is None else abs(here - there) <= allowed * largest + 1e-12
        for here, there in pairs
    )


class Check:
    """One fixture; ``differences`` are the names of what does not agree."""

    def __init__(self, text):
        self.fixture = json.loads(text)
        self.settings = self.fixture["settings"]
        self.keep = ROUND[self.settings["precision"]]
        self.L = len(self.settings["layer_dims"]) - 1
        self.differences = []

    def compare(self, name, ours, theirs, allowed=1e-9):
        if not agrees(ours, theirs, allowed):
            self.differences.append(name)

    def layer(self, l, Z):
        """A of layer l from its Z."""
        if l == self.L:
            return outputs(Z, self.settings["output"])
        return each(ACTIVATIONS[self.settings["activations"][l - 1]][0], Z)

    def cost(self, Z, A, T):
        return cost_of(Z, A, T, self.settings["cost"], self.settings["output"])

    def forward(self, params, X):
        """Z and A of all layers, by name."""
        arrays = {"A0": X}
        for l in range(1, self.L + 1):
            arrays[f"Z{l}"] = linear_forward(params[f"W{l}"], arrays[f"A{l - 1}"], params[f"b{l}"])
            arrays[f"A{l}"] = self.layer(l, arrays[f"Z{l}"])
        return arrays

    def cost_with(self, params, X, T):
        arrays = self.forward(params, X)
        return self.cost(arrays[f"Z{self.L}"], arrays[f"A{self.L}"], T)

    def backward(self, params, arrays, T):
        """dZ, dW, db and dA of all layers, by name; each from ``arrays``, as far as they hold it."""
        made, L = {}, self.L
        get = lambda name: arrays.get(name, made.get(name))  # noqa: E731
        for l in range(L, 0, -1):
            if l == L:
                dZ = start_of(arrays[f"A{L}"], T, self.settings["cost"], self.settings["output"])
            else:
                slope = ACTIVATIONS[self.settings["activations"][l - 1]][1]
                slopes = each(slope, arrays[f"Z{l}"], arrays[f"A{l}"])
                dZ = each(lambda d, s: d * s, get(f"dA{l}"), slopes)
            made[f"dZ{l}"] = dZ
            W, dZ, A_prev = params[f"W{l}"], get(f"dZ{l}"), arrays[f"A{l - 1}"]
            made[f"dW{l}"] = weight_gradient(dZ, A_prev, W, self.settings["l1"], self.settings["l2"])
            made[f"db{l}"] = bias_gradient(dZ)
            made[f"dA{l - 1}"] = product(transposed(W), dZ)
        return made

    def optimizer(self, keep):
        return Optimizer(self.settings["optimizer"], self.settings["constants"], keep)

    def first_update(self):
        fixture, settings = self.fixture, self.settings
        params, T = fixture["initial"], fixture["T"]
        given = {"A0": fixture["X"]} | fixture["forward"] | fixture["backward"]
        n_L = settings["layer_dims"][-1]
        self.compare("T", targets(fixture["labels"], settings["output"], n_L), T)
        for l in range(1, self.L + 1):
            Z = linear_forward(params[f"W{l}"], given[f"A{l - 1}"], params[f"b{l}"])
            self.compare(f"Z{l}", Z, given[f"Z{l}"])
            self.compare(f"A{l}", self.layer(l, given[f"Z{l}"]), given[f"A{l}"])
        cost = self.cost(given[f"Z{self.L}"], given[f"A{self.L}"], T)
        self.compare("cost", cost, fixture["cost"])
        for name, ours in self.backward(params, given, T).items():
            self.compare(name, ours, given[name])
        optimizer = self.optimizer(self.keep)
        optimizer.held = self.held(0, fixture["history"])
        updated = optimizer.update(params, given, settings["learning_rate"])
        for name, ours in updated.items():
            self.compare(f"{name} updated", ours, fixture["updated"][name])

    def edited(self, params, epoch, history):
        params = {name: [list(row) for row in part] for name, part in params.items()}
        for at, name, row, column, value in history["edits"]:
            if at == epoch:
                params[name][row][column] = value
        for name, row, column in self.led_out(epoch, history):
            params[name][row][column] = 0.0
        return params

    def switched(self, epoch, history, *states):
        """The neurons, (l, row), that are then in one of these states."""
        now = {(l, row): state for at, l, row, state in history["switches"] if at <= epoch}
        return [neuron for neuron, state in now.items() if state in states]

    def led_out(self, epoch, history):
        """The places of the weights that lead out of neurons that are off."""
        dims, off = self.settings["layer_dims"], self.switched(epoch, history, "off")
        return {(f"W{l + 1}", j, row) for l, row in off for j in range(dims[l + 1])}

    def held(self, epoch, history):
        """The places that no update changes then."""
        places, dims = self.led_out(epoch, history), self.settings["layer_dims"]
        for l, row in self.switched(epoch, history, "frozen", "off"):
            places |= {(f"W{l}", row, i) for i in range(dims[l - 1])} | {(f"b{l}", row, 0)}
        return places

    def samples(self, part, keep=float):
        """X and T of the training or the test set."""
        history = self.fixture["history"]
        return each(keep, history[f"X_{part}"]), each(keep, history[f"T_{part}"])

    def costs(self, epoch, params, allowed=1e-9):
        for part in self.parts:
            ours = self.keep(self.cost_with(params, *self.samples(part)))
            name = f"{part}_cost"
            self.compare(f"{name}[{epoch}]", ours, self.fixture["history"][name][epoch], allowed)

    @property
    def parts(self):
        """The training set and, if there is one, the test set."""
        return [part for part in ("train", "test") if f"X_{part}" in self.fixture["history"]]

    @property
    def has_one_update(self):
        """Whether an epoch has one update."""
        samples, size = len(self.fixture["history"]["T_train"][0]), self.settings["batch_size"]
        return size == 0 or size >= samples

    def first_costs(self):
        history, settings = self.fixture["history"], self.settings
        self.costs(0, self.edited(self.fixture["initial"], 0, history))
        if history["learning_rate"]:
            rate = settings["learning_rate"]
            self.compare("learning_rate[0]", rate, history["learning_rate"][0])
        if len(history["train_cost"]) > 1 and self.has_one_update:
            self.costs(1, self.edited(self.fixture["updated"], 1, history))

    def trained(self, epochs, history, keep):
        """The parameters of each epoch of the run from ``initial``, with one update an epoch."""
        optimizer, (X, T) = self.optimizer(keep), self.samples("train", keep)
        params = {name: each(keep, part) for name, part in self.fixture["initial"].items()}
        params = self.edited(params, 0, history)
        yield params
        for epoch in range(1, epochs + 1):
            grads = self.backward(params, self.forward(params, X), T)
            optimizer.held = self.held(epoch - 1, history)
            params = optimizer.update(params, grads, history["learning_rate"][epoch - 1])
            params = self.edited(params, epoch, history)
            yield params

    def train_on(self, epochs):
        history = self.fixture["history"]
        for epoch, params in enumerate(self.trained(epochs, history, self.keep)):
            self.costs(epoch, params, allowed=1e-6)

    def to_the_last_digit(self, epochs):
        """Compare the run in single precision: equal, and not just as near as rounding allows."""
        history = self.fixture["single"]
        samples = {part: self.samples(part, single) for part in self.parts}
        for epoch, params in enumerate(self.trained(epochs, history, single)):
            found = {f"{part}_cost": single(self.cost_with(params, *samples[part])) for part in samples}
            found["fingerprint"] = fingerprint(params)
            for name, ours in found.items():
                if ours != history[name][epoch]:
                    self.differences.append(f"single {name}[{epoch}]")


def check(text, epochs=0):
    """The names of what differs in the text of a fixture; with ``epochs``, trained on so far."""
    one = Check(text)
    one.first_update()
    one.first_costs()
    one.train_on(epochs)
    return one.differences


def check_to_the_last_digit(text):
    """The same for its run in single precision, and without any tolerance."""
    one = Check(text)
    last = len(one.fixture["single"]["train_cost"]) - 1
    one.to_the_last_digit(last if one.has_one_update else 0)
    return one.differences


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text("utf-8")
    print([*check(text), *check_to_the_last_digit(text)] or "All agrees.")
