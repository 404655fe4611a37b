"""How fast is the engine? Five networks, against the textbook form and the libraries.

All in one process, on one core, in float64; the engine rounds what it keeps. The rounds take turns, and
the medians are printed. A peer that is not installed gets a line that says so. A figure of the table is
the time of one full-batch step (forward, backward, update), in the fourth column of one epoch of 30
steps. The engine's is without the cost, as are the textbook form's and JAX's; PyTorch and scikit-learn
compute it on their way to the gradient.

Two more figures are what one waits for on the page: from a network shape that is new to the process to
its first 1,000 epochs, and the surface of 100 x 100. The last lines say which bars hold.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import os
import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.contenders import (
    COLUMNS,
    CONTENDERS,
    ENGINE,
    JAX_JIT,
    JAX_SCAN,
    PYTORCH,
    SKLEARN,
    TEXTBOOK,
    Column,
    torch_network,
)
from benchmarks.machine import print_machine
from scratchnet.data.datasets import grid
from scratchnet.nn.pictures import Surface
from scratchnet.nn.network import init_params
from scratchnet.nn.params import flatten

ROUNDS = 15
STEPS = 100  # that a contender makes in one call
SECONDS_A_TURN = 0.02
FIRST_EPOCHS = 1000
NEW_WIDTHS = (5, 6, 7, 9, 10, 11, 12)  # of hidden layers, one a round: none is in a column
SURFACE_ROUNDS = 200


# How many times faster than a peer the engine has to be in each column; None where nothing is asked.
BARS = {
    PYTORCH: (9, 8, 1.6, 15, 9),
    SKLEARN: (1, 1, 1, 1, 1),
    TEXTBOOK: (1, 1, 1, 1, 1),
    JAX_JIT: (1, 1, None, 1, 1),
    JAX_SCAN: (1 / 1.7, 1 / 1.6, None, None, 1 / 1.8),
}
NEW_SHAPE_BAR = 10  # times faster than JAX's compiled loop
SURFACE_BAR = 3  # times faster than PyTorch

Times = dict[str, float]


# ---- the measurements -----------------------------------------------------------------------------


def seconds(run: Callable[[], object], repeat: int = 1) -> float:
    started = time.perf_counter()
    for _ in range(repeat):
        run()
    return (time.perf_counter() - started) / repeat


def medians(times: dict[str, list[float]], unit: float) -> Times:
    return {name: statistics.median(each) / unit for name, each in times.items()}


def installed() -> dict[str, Callable]:
    """The contenders whose libraries are here; this also loads them, before anything is timed."""
    present = {}
    for name, make in CONTENDERS.items():
        try:
            make(COLUMNS[0], 1)
        except ImportError:
            print(f"{name}: not installed, so not measured")
        else:
            present[name] = make
    return present


def measure(contenders: dict[str, Callable], column: Column) -> Times:
    """Microseconds a step, or an epoch of batches, of every contender."""
    turns, times = {}, {name: [] for name in contenders}
    for name, make in contenders.items():
        run = make(column, STEPS)
        run()  # compilers and caches
        turns[name] = run, max(1, int(SECONDS_A_TURN / seconds(run)))
    for _ in range(ROUNDS):
        for name, (run, repeat) in turns.items():
            times[name].append(seconds(run, repeat))
    return medians(times, STEPS * 1e-6)


def measure_new_shape(contenders: dict[str, Callable]) -> Times:
    """Milliseconds from layer_dims that were never used before to the end of the first epochs."""
    times = {name: [] for name in contenders}
    for width in NEW_WIDTHS:
        column = Column((2, width, width, 1), "tanh", 300)
        for name, make in contenders.items():
            started = time.perf_counter()
            make(column, FIRST_EPOCHS)()
            times[name].append(time.perf_counter() - started)
    return medians(times, 1e-3)


def measure_surface(contenders: dict[str, Callable]) -> Times:
    """Microseconds for the 100 x 100 logits of the second column's network."""
    column = COLUMNS[1]
    theta = flatten(init_params(column.layer_dims, init="xavier"))
    _, _, X = grid((-3.0, 3.0, -3.0, 3.0), 100)
    surface = Surface(column.layer_dims, column.activation, X)
    runs = {ENGINE: lambda: surface(theta)}
    if PYTORCH in contenders:
        import torch

        net, points = torch_network(column), torch.tensor(X.T.copy())
        runs[PYTORCH] = torch.inference_mode()(lambda: net(points))
    times = {name: [] for name in runs}
    for _ in range(SURFACE_ROUNDS):
        for name, run in runs.items():
            times[name].append(seconds(run))
    return medians(times, 1e-6)


# ---- what is printed --------------------------------------------------------------------------------


def print_bar(where: str, peer: str, bar: float, times: Times) -> None:
    """Whether the engine is ``bar`` times faster than the peer; 1 / 1.5 is at most 1.5 times slower."""
    if peer not in times:
        print(f"{where}: {peer} is not installed, so the bar is not tested")
        return
    faster = times[peer] / times[ENGINE]
    if bar < 1:
        says = f"within {1 / bar:.1f} times {peer}: {1 / faster:.2f}"
    else:
        asked = "faster" if bar == 1 else f"at least {bar:g} times faster"
        says = f"{asked} than {peer}: {faster:.2f}"
    print(f"{where}: {says}, {'holds' if faster >= bar else 'does not hold'}")


def main() -> None:
    """Print the machine, the table, the two other figures, and the bars."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print_machine()
    contenders = installed()
    with np.errstate(over="ignore"):
        table = [measure(contenders, column) for column in COLUMNS]
        new_shape = measure_new_shape(contenders)
        surface = measure_surface(contenders)

    for number, column in enumerate(COLUMNS, start=1):
        print(f"column {number}: {column}")
    print("\nmicroseconds a step, in column 4 an epoch; in brackets how many times the engine's")
    for name in contenders:
        cells = [f"{c[name]:9.1f} ({c[name] / c[ENGINE]:5.1f})" for c in table]
        print(f"{name:24}" + " ".join(cells))
    for title, times in (
        ("milliseconds from a new shape to its first 1,000 epochs, 2-n-n-1 tanh, m 300", new_shape),
        ("microseconds for a surface of 100 x 100, 2-8-8-1", surface),
    ):
        print(f"\n{title}")
        for name, figure in times.items():
            print(f"{name:24}{figure:9.1f} ({figure / times[ENGINE]:5.1f})")

    print("\nthe bars")
    for peer, bars in BARS.items():
        for number, (bar, times) in enumerate(zip(bars, table, strict=True), start=1):
            if bar:
                print_bar(f"column {number}", peer, bar, times)
    print_bar("new shape", JAX_SCAN, NEW_SHAPE_BAR, new_shape)
    print_bar("surface", PYTORCH, SURFACE_BAR, surface)


if __name__ == "__main__":
    main()
