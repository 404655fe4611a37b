"""Is a run the same on every processor? ``make portable`` trains drawn settings as several of them.

OpenBLAS and NumPy choose their code by the processor, and can be told to be on another: that is done in
a process for each. What they keep of a run, its history with all fingerprints, how it ended and what is
found wrong with it, has to be the same, byte for byte. Prints how many of the runs are.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import json
import os
import platform
import random
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.machine import print_machine, wide_vectors
from scratchnet import NetworkSettings, Settings, Trainer, TrainingSettings
from scratchnet.analysis.diagnosis import diagnose
from scratchnet.export.history_csv import history_csv
from scratchnet.nn.params import count
from scratchnet.nn.switches import STATES, Switch
from scratchnet.run.settings import FIELDS, n_outputs
from tests.choices import TASKS, data_of

ROOT = Path(__file__).parent.parent
RUNS = 500
X86 = platform.machine().lower() in ("x86_64", "amd64")
# By the optimizer; the last learning rates are too high for many runs: chaos tells processors apart.
RATES = {
    "gradient_descent": (0.03, 0.1, 0.3, 1.0, 3.0),
    "momentum": (0.003, 0.01, 0.1),
    "rmsprop": (0.001, 0.01, 0.03),
    "adam": (0.001, 0.01, 0.1),
}


def processors() -> dict[str, dict[str, str]]:
    """Return the environment in which a process is as on that processor, by its name."""
    vectors = wide_vectors()
    without_avx512 = " ".join(name for name in vectors if name != "X86_V3")
    return {
        "Haswell, AVX2": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": without_avx512},
        "Sandybridge": {"OPENBLAS_CORETYPE": "Sandybridge"},
        "Nehalem, SSE4": {
            "OPENBLAS_CORETYPE": "Nehalem",
            "NPY_DISABLE_CPU_FEATURES": " ".join(vectors),
        },
    }


def environment(name: str) -> dict[str, str]:
    """Return all variables of a process that is to be as on the processor of that name."""
    given = {key: text for key, text in os.environ.items() if key != "NPY_DISABLE_CPU_FEATURES"}
    return given | processors()[name] | {"PYTHONWARNINGS": "ignore"}


def drawn(number: int, precision: str = "single") -> Settings:
    """Return the settings of this number: every choice comes in turn, and the rest is drawn."""
    draw = random.Random(number)
    option = lambda name: _in_turn(number, FIELDS[name].options)  # noqa: E731
    task = TASKS[number % len(TASKS)]
    hidden = [draw.randint(1, 9) for _ in range(draw.choice([0, 1, 1, 2, 2, 3]))]
    features = draw.choice([("x1", "x2"), FIELDS["features"].options, (option("features"),)])
    activation = [option("activation"), *(draw.choice(FIELDS["activation"].options) for _ in hidden)]
    network = NetworkSettings(
        (len(features), *hidden, n_outputs(task["classes"])),
        tuple(activation[: len(hidden)]) or "tanh",
        option("init"),
        draw.randrange(1000),
        features,
        task["output"],
        task["cost"],
    )
    points, share = draw.choice([40, 100, 200]), draw.choice([0.3, 0.7, 0.85])
    data = data_of(
        task["dataset"],
        task["classes"],
        own_seed=number,
        points=points,
        noise=draw.choice([0.0, 0.1, 0.3]),
        train_share=share,
        seed=draw.randrange(1000),
    )
    return Settings(data, network, _training(number, draw, network.layer_dims, precision))


def _in_turn(number: int, options: Sequence) -> Any:
    """Return one of the options: all come in turn, and lists of one length do not go together."""
    rounds, at = divmod(number, len(options))
    return options[(at + rounds * (1 + len(str(options)) % 3)) % len(options)]


def _training(
    number: int, draw: random.Random, layer_dims: tuple[int, ...], precision: str
) -> TrainingSettings:
    size = count(layer_dims)
    optimizer = _in_turn(number, FIELDS["optimizer"].options)
    batch_size = _in_turn(number, (0, 0, 1, 7, 16, 40))
    epochs = {1: 30, 7: 120}.get(batch_size, 300)
    edits = {(draw.randrange(epochs), draw.randrange(size)) for _ in range(draw.choice([0, 0, 2]))}
    changes = {1 + draw.randrange(epochs) for _ in range(draw.choice([0, 0, 2]))}
    stops = ({}, {}, {"stop_cost": 0.1}, {"stop_accuracy": 0.9}, {"patience": 20})
    return TrainingSettings(
        draw.choice(RATES[optimizer]),
        epochs,
        tuple((epoch, draw.choice(RATES[optimizer])) for epoch in sorted(changes)),
        tuple((*place, draw.uniform(-2, 2)) for place in sorted(edits)),
        optimizer,
        batch_size,
        _in_turn(number, FIELDS["schedule"].options),
        period=draw.choice([20, 50, 300]),
        l1=draw.choice([0.0, 0.0, 0.0, 0.001]),
        l2=draw.choice([0.0, 0.0, 0.001, 0.01]),
        precision=precision,
        switches=_switches(number, layer_dims, epochs),
        **_in_turn(number // 2, stops),
    )


def _switches(number: int, layer_dims: tuple[int, ...], epochs: int) -> tuple[Switch, ...]:
    """Return two neurons that are frozen or switched off, in every third run with hidden layers."""
    hidden = [(l, j) for l, n in enumerate(layer_dims[1:-1], 1) for j in range(1, n + 1)]
    if number % 3 or not hidden:
        return ()
    draw = random.Random(f"switches of {number}")
    chosen = draw.sample(hidden, min(2, len(hidden)))
    return tuple(sorted((draw.randrange(epochs), *each, draw.choice(STATES[1:])) for each in chosen))


def outcome(settings: Settings) -> dict[str, object]:
    """Train a run to its end, and return what is kept of it, with how many numbers were rounded."""
    trainer = Trainer(settings)
    end = trainer.advance(settings.training.epochs)
    return {
        "epoch": end.epoch,
        "ended": end.ended,
        "fingerprint": end.fingerprint,
        "history": sha256(history_csv(trainer).encode()).hexdigest(),
        "findings": [finding.sentence for finding in diagnose(trainer).values()],
        "kept": end.theta.size * end.epoch * trainer.updates_per_epoch,
    }


def outcomes(settings: list[Settings], name: str) -> list[dict[str, object]]:
    """Return the outcome of each of these runs, trained as on the processor of that name."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.portable", "worker"],
        input=json.dumps([each.to_query() for each in settings]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(name),
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def work() -> None:
    """Train the runs whose addresses come in, and give their outcomes out."""
    made = [Settings.from_query(query) for query in json.load(sys.stdin)]
    assert all(corrections == () for _, corrections in made)
    json.dump([outcome(settings) for settings, _ in made], sys.stdout)


def main(runs: int = RUNS) -> int:
    """Print how many runs are the same as all processors; return 1 if one is not."""
    if not X86:
        print("OpenBLAS can be told to be on another processor only where this one is x86.")
        return 0
    print_machine()
    settings = [drawn(number) for number in range(runs)]
    by_processor = {name: outcomes(settings, name) for name in processors()}
    together = list(zip(*by_processor.values(), strict=True))
    same = [all(each == first for each in others) for first, *others in together]
    for number, is_same in enumerate(same):
        if not is_same:
            print(f"run {number} differs: {settings[number].to_query()}")
            for name, results in by_processor.items():
                print(f"  {name}: {results[number]}")
    kept = sum(first["kept"] for first, *_ in together)
    print(f"{sum(same)} of {runs} runs are the same as {', as '.join(by_processor)}")
    print(f"parameters rounded in each: {kept:,}")
    return 0 if all(same) else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        work()
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
