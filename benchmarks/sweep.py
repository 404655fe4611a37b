"""How long do 100 seeds x 1,000 epochs of 2-4-1 on 300 points take, here, in PyTorch and in JAX?

All use the same number of processes, which are warm and of their own. A sweep here gives what the page
shows: costs and accuracies of every epoch and fingerprints, rounded as they are kept. PyTorch (eager)
and JAX (vmap over the seeds, scan over the epochs, compiled) only train. The rounds take turns, and a
ratio is the median of those of the rounds.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import os
import statistics
import sys
from collections.abc import Callable
from importlib.util import find_spec
from time import perf_counter

from joblib import cpu_count

from benchmarks.contenders import Column, jax_update, pytorch
from benchmarks.machine import print_machine
from scratchnet import Settings
from scratchnet.studies.sweep import Sweep
from scratchnet.studies.turns import end_workers, spread, train_all

ROUNDS, SEEDS, EPOCHS = 3, 100, 1000
BAR = 9.0  # times as fast as PyTorch
COLUMN = Column((2, 4, 1), "tanh", 300)
BASE = Settings.of(layer_dims=COLUMN.layer_dims, points=COLUMN.m, train_share=1.0, epochs=EPOCHS)
SWEEP = Sweep(BASE, seeds=SEEDS, goal="train_accuracy")


def here(jobs: int) -> None:
    """Run the sweep as the page and the terminal do."""
    assert len(dict(train_all(SWEEP.runs, jobs))) == SEEDS


def alone(jobs: int) -> None:
    """Run the same, each run on its own: what is the stack worth?"""
    _split(_train_alone, jobs)


def by_pytorch(jobs: int) -> None:
    """Train as many networks by PyTorch."""
    _split(_train_by_pytorch, jobs)


def by_jax(jobs: int) -> None:
    """Train as many networks by JAX, all of a process at once."""
    _split(_train_by_jax, jobs)


CONTENDERS: dict[str, Callable[[int], None]] = {
    "a sweep here": here,
    "here, each run on its own": alone,
    "PyTorch eager": by_pytorch,
    "JAX vmap + scan": by_jax,
}


def _split(train: Callable[[int], None], jobs: int) -> None:
    """Have each process train its share of the seeds."""
    for _ in spread(train, [(SEEDS // jobs,)] * jobs, jobs):
        pass


def _train_alone(runs: int) -> None:
    from scratchnet import Trainer

    for settings in SWEEP.runs[:runs]:
        Trainer(settings).advance(EPOCHS)


def _train_by_pytorch(runs: int) -> None:
    for _ in range(runs):
        pytorch(COLUMN, EPOCHS)()


_COMPILED: dict[int, Callable] = {}  # of a process, by the number of runs


def _train_by_jax(runs: int) -> None:
    import jax
    import jax.numpy as jnp

    update, params, X, Y = jax_update(COLUMN)
    if runs not in _COMPILED:
        step = lambda state, _: (jax.vmap(update, (0, None, None))(state, X, Y), None)  # noqa: E731
        _COMPILED[runs] = jax.jit(lambda state: jax.lax.scan(step, state, None, EPOCHS)[0])
    many = jax.tree_util.tree_map(lambda p: jnp.stack([p] * runs), params)
    jax.block_until_ready(_COMPILED[runs](many))


def main() -> None:
    """Print the seconds of each contender, and how many times as long as here each takes."""
    print_machine()
    jobs = cpu_count()
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    chosen = dict(CONTENDERS)
    for package, name in (("torch", "PyTorch eager"), ("jax", "JAX vmap + scan")):
        if find_spec(package) is None:
            print(f"{name} is left out: {package} is not installed.")
            del chosen[name]
    times: dict[str, list[float]] = {name: [] for name in chosen}
    for _ in range(ROUNDS):
        for name, contender in chosen.items():
            contender(jobs)  # warms the processes, and has JAX compile
            begun = perf_counter()
            contender(jobs)
            times[name].append(perf_counter() - begun)
            end_workers()  # beside two of these libraries at once all else takes five times as long
    first = times["a sweep here"]
    print(f"{SEEDS} seeds x {EPOCHS} epochs of {COLUMN}, {jobs} processes, {ROUNDS} rounds")
    for name, taken in times.items():
        ratio = statistics.median(each / own for each, own in zip(taken, first, strict=True))
        print(f"{name:<28}{statistics.median(taken):8.2f} s   {ratio:6.1f} times")
    if "PyTorch eager" in times:
        ratios = [t / own for t, own in zip(times["PyTorch eager"], first, strict=True)]
        held = statistics.median(ratios) >= BAR
        print(f"at least {BAR:g} times as fast as PyTorch: {'holds' if held else 'DOES NOT HOLD'}")


if __name__ == "__main__":
    sys.exit(main())
