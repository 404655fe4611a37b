"""Does the diagnosis leave healthy runs alone? Trains drawn settings, and counts what it finds in them.

A run is healthy if it learns: at its end the test accuracy is at least 90 %, or of a regression the
test cost at most a tenth of that of guessing. Prints for healthy and for other runs how many have a
finding of each kind, at their end and at earlier epochs, and every finding at the end that no healthy
run can have: that it is no better than guessing, or has a neuron stuck at zero.

    python -m benchmarks.diagnosis [healthy runs] [seed]
"""

import random
import sys
from collections import Counter
from typing import NamedTuple

from scratchnet import Settings, Trainer
from scratchnet.analysis.diagnosis import CHECKS, diagnose
from scratchnet.analysis.evidence import evidence_of
from scratchnet.data.datasets import DATASETS

HEALTHY, SEED = 500, 20
EPOCHS = (50, 100, 200, 500, 1000)
NEVER = ("plateau", "zero")  # at the end of a healthy run
RATES = {
    "gradient_descent": (0.03, 0.1, 0.3, 0.5, 1.0, 2.0),
    "momentum": (0.01, 0.03, 0.1),
    "rmsprop": (0.003, 0.01, 0.03),
    "adam": (0.003, 0.01, 0.03),
}


class Outcome(NamedTuple):
    """A run to its end: whether it is healthy, and what was found at each of EPOCHS."""

    query: dict[str, str]
    healthy: bool
    kinds: dict[int, list[str]]


def drawn(seed: int, number: int) -> dict[str, str]:
    """Return drawn settings, as an address."""
    draw = random.Random(1000 * seed + number)
    dataset = draw.choice([name for name in DATASETS if name != "own"])
    classes = draw.choice(DATASETS[dataset].classes)
    optimizer = draw.choice(["gradient_descent", "gradient_descent", *RATES])
    hidden = [draw.randint(2, 9) for _ in range(draw.choice([0, 1, 1, 2, 2, 3]))]
    outputs = classes if classes > 2 else 1
    activations = ("tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "softplus", "sine", "linear")
    query = {
        "dataset": dataset,
        "classes": classes,
        "points": draw.choice([60, 100, 200, 300]),
        "noise": draw.choice([0, 0.1, 0.2]),
        "seed": draw.randrange(1000),
        "layer_dims": "-".join(map(str, [2, *hidden, outputs])),
        "activation": draw.choice(activations),
        "init": draw.choice(["xavier", "xavier", "he", "article"]),
        "init_seed": draw.randrange(1000),
        "optimizer": optimizer,
        "learning_rate": draw.choice(RATES[optimizer]),
        "batch_size": draw.choice([0, 0, 0, 16, 40]),
        "l2": draw.choice([0, 0, 0, 0.001]),
    }
    return {name: str(value) for name, value in query.items()}


def outcome(query: dict[str, str]) -> Outcome:
    """Train the run of these settings, and diagnose it on the way."""
    settings, corrections = Settings.from_query(query)
    assert corrections == ()
    trainer = Trainer(settings)
    kinds = {}
    for epoch in EPOCHS:
        trainer.seek(epoch)
        kinds[epoch] = [*diagnose(trainer)]
    return Outcome(query, is_healthy(trainer), kinds)


def is_healthy(trainer: Trainer) -> bool:
    """Return whether the run has learned what there is to learn."""
    end = trainer.snapshot()
    if trainer.dataset.classes:
        return end.test_accuracy >= 0.9
    return end.test_cost <= 0.1 * evidence_of(trainer).cost_of_guessing


def main(healthy: int = HEALTHY, seed: int = SEED) -> int:
    """Print what is found; return 1 if a healthy run has at its end what it cannot have."""
    runs: list[Outcome] = []
    while sum(run.healthy for run in runs) < healthy:
        runs.append(outcome(drawn(seed, len(runs))))
    wrong = [run for run in runs if run.healthy and {*run.kinds[EPOCHS[-1]]} & {*NEVER}]
    for title, some in (
        ("healthy", [run for run in runs if run.healthy]),
        ("other", [run for run in runs if not run.healthy]),
    ):
        print(f"{len(some)} {title} runs; with a finding at epoch", *EPOCHS)
        counts = {epoch: Counter(kind for run in some for kind in run.kinds[epoch]) for epoch in EPOCHS}
        for kind in CHECKS:
            print(f"  {kind:12}", *(f"{counts[epoch][kind]:5}" for epoch in EPOCHS))
    for run in wrong:
        print("false alarm:", run.query, run.kinds)
    print(f"{len(wrong)} false alarms in {healthy} healthy runs")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
