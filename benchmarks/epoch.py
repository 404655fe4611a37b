"""What does an epoch of the Trainer cost beside the engine's step, and what does rounding cost?

The engine's step is forward, cost, backward and update on the training set. The Trainer also evaluates
the test set and both accuracies, notes the history and the fingerprint, and looks for the end. The
rounds take turns, and a ratio is the median of those of the rounds, so that a busy machine spoils few.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import statistics
from collections.abc import Callable

import numpy as np

from benchmarks.contenders import COLUMNS, engine
from benchmarks.machine import print_machine
from benchmarks.speed import seconds
from scratchnet import NetworkSettings, Settings, Trainer
from scratchnet.nn.engine import Engine, Parameters
from scratchnet.nn.params import flatten

ROUNDS, EPOCHS = 41, 300
# The layers, and how many times the engine's step an epoch may cost.
BARS = {(2, 4, 1): 1.8, (2, 8, 8, 1): 1.5, (2, 16, 16, 16, 1): 1.5}
ROUNDING_BAR = 3.0  # percent


def steps(trainer: Trainer) -> Callable[[], None]:
    """Return a function that makes so many steps of the engine, from where the trainer is."""
    settings, (X, T) = trainer.settings, trainer.training_set
    network, training = settings.network, settings.training
    dims = network.layer_dims
    parameters = Parameters(flatten(trainer.params), dims, training.optimizer, training.precision)
    kind = (network.activation, network.output, network.cost)
    one = Engine(parameters.theta, parameters.grad, dims, X.shape[1], *kind)
    rate = np.array(training.learning_rate)

    def run() -> None:
        for _ in range(EPOCHS):
            one.forward(X)
            one.cost(T)
            one.backward(X, T)
            parameters.update(rate)

    return run


def epochs(trainer: Trainer) -> Callable[[], None]:
    """Return a function that trains so many epochs, from the first one on."""

    def run() -> None:
        trainer.seek(0)
        trainer.advance(EPOCHS)

    return run


def compare(first: Callable, second: Callable, per: int = EPOCHS) -> tuple[float, float, float]:
    """Return the microseconds of both, divided by ``per``, and the second in times of the first."""
    rounds = [(seconds(first), seconds(second)) for _ in range(ROUNDS)]
    both = [1e6 * statistics.median(times) / per for times in zip(*rounds, strict=True)]
    return *both, statistics.median(after / before for before, after in rounds)


def holds(value: float, bar: float) -> str:
    return "holds" if value <= bar else "does not hold"


def main() -> None:
    """Print a line for each network."""
    print_machine()
    print("microseconds of the engine's step with the cost, of an epoch of the Trainer, and the ratio")
    with np.errstate(over="ignore"):
        for dims, bar in BARS.items():
            trainer = Trainer(Settings(network=NetworkSettings(dims)))
            step, epoch, ratio = compare(steps(trainer), epochs(trainer))
            name = "-".join(map(str, dims))
            says = f"at most {bar}: {holds(ratio, bar)}"
            print(f"{name:14}{step:8.1f}{epoch:8.1f}{ratio:8.2f}   {says}")
        print("\nmicroseconds of the engine without and with rounding, and what it adds in percent")
        for column in COLUMNS:
            runs = [engine(column, 100, precision) for precision in ("double", "single")]
            double, single, ratio = compare(*runs, per=100)
            more = 100 * (ratio - 1)
            says = f"at most {ROUNDING_BAR:g}: {holds(more, ROUNDING_BAR)}"
            print(f"{column!s:40}{double:8.1f}{single:8.1f}{more:8.1f}   {says}")


if __name__ == "__main__":
    main()
