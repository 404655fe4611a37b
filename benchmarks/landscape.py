"""How long does the cost landscape take? 100 x 100 costs of 2-8-8-1 on 300 points, in one thread.

Each row is a process of its own: as this machine is, and without AVX-512, as most laptops are. A figure
is the median of the rounds, in seconds; beside it the whole survey that the page opens with: training
the run of 1,000 epochs, its path and plane, and the costs. The last lines say which bars hold.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import argparse
import json
import os
import statistics
import subprocess
import sys

import numpy as np

from benchmarks.machine import print_machine, wide_vectors
from benchmarks.speed import seconds
from scratchnet import Settings, Trainer
from scratchnet.nn.params import flatten
from scratchnet.run.history import Reason
from scratchnet.studies.landscape import SIDE, Path, TrainingCost, costs_over, random_plane
from scratchnet.studies.survey import Choice, Work

ROUNDS = 9
BARS = {"AVX-512": 0.5, "no AVX-512": 1.5}  # seconds


def grid_of(activation: str) -> float:
    """Return the seconds for the costs of a plane of a network with this activation."""
    settings = Settings.of(points=300, train_share=1.0, activation=activation)
    trainer = Trainer(settings)
    theta = flatten(trainer.params)
    path = Path(settings, np.zeros(1), theta[None], np.zeros(1), Reason.COST)
    plane, at = random_plane(path, seed=1), np.linspace(-1.0, 1.0, SIDE)
    cost = TrainingCost(trainer)
    return statistics.median(seconds(lambda: [*costs_over(cost, plane, at, at)]) for _ in range(ROUNDS))


def whole_survey() -> float:
    """Return the seconds for all that the page opens with."""

    def survey() -> None:
        work = Work(Settings(), Choice())
        while work.go_on() < 1.0:
            pass

    return statistics.median(seconds(survey) for _ in range(ROUNDS))


def main() -> None:
    """Print the machine and a row for each kind of processor, and the bars."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--row", action="store_true", help="measure in this process only")
    if parser.parse_args().row:
        print_machine()
        names = ("tanh", "sigmoid", "relu")
        print(
            json.dumps({name: grid_of(name) for name in names} | {"the page's survey": whole_survey()})
        )
        return
    wide = [name for name in wide_vectors() if name == "X86_V4" or name.startswith("AVX512")]
    without = {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": " ".join(wide)}
    kinds = {"AVX-512": {}, "no AVX-512": without} if wide else {"no AVX-512": {}}
    for kind, variables in kinds.items():
        command = [sys.executable, "-m", "benchmarks.landscape", "--row"]
        done = subprocess.run(
            command, env=os.environ | variables, check=True, capture_output=True, text=True
        )
        *machine, row = done.stdout.strip().splitlines()
        figures = json.loads(row)
        print("\n".join(line for line in machine if line))
        print("   ".join(f"{name} {figure:.3f}" for name, figure in figures.items()))
        holds = "holds" if figures["tanh"] <= BARS[kind] else "does not hold"
        print(f"{kind}, 100 x 100 of 2-8-8-1 tanh within {BARS[kind]} s: {holds}\n")


if __name__ == "__main__":
    main()
