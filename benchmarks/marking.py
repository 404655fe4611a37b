"""How long does it take to mark 200 links of the fifteen exercises, as many right as wrong?

No two of the attempts are the same where a learning rate or the number of epochs is free, as what is
equal is trained once. Prints the seconds with as many processes as there are processors, and with one.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import sys
from dataclasses import replace
from itertools import cycle, islice
from time import perf_counter
from urllib.parse import urlencode

from joblib import cpu_count

from benchmarks.machine import print_machine
from scratchnet import Settings
from scratchnet.lessons.exercises import Exercise, shipped
from scratchnet.lessons.handed_in import HandedIn, marked, row_of
from scratchnet.studies.turns import end_workers

LINKS, BAR = 200, 60.0  # seconds


def links() -> list[HandedIn]:
    """Return the links of a class: every second attempt is the reference, the others are mistakes."""
    made = []
    for i, (name, exercise) in enumerate(islice(cycle(shipped().items()), LINKS)):
        wrong = [fail.example for fail in exercise.fails if fail.example]
        attempt = exercise.reference if i % 2 else wrong[i // 2 % len(wrong)]
        assert attempt is not None
        address = _other(exercise, attempt, i).to_address() | {"exercise": name}
        made.append(HandedIn(f"http://127.0.0.1:8501/?{urlencode(address)}", f"student {i}"))
    return made


def _other(exercise: Exercise, attempt: Settings, i: int) -> Settings:
    """Return an attempt that nobody else has made, where that is possible."""
    training = attempt.training
    if "learning_rate" in exercise.free:
        training = replace(training, learning_rate=training.learning_rate * (1 - i * 1e-6))
    elif "epochs" in exercise.free:
        training = replace(training, epochs=training.epochs - i)
    return replace(attempt, training=training)


def main() -> int:
    """Print the seconds; return 1 if they are more than the bar."""
    print_machine()
    rows = [row_of(each, shipped()) for each in links()]
    different = len({row.attempt for row in rows})
    for jobs in (cpu_count(), 1):
        begun = perf_counter()
        passed = sum(mark.passed for _, mark in marked(rows, jobs))
        seconds = perf_counter() - begun
        end_workers()
        print(
            f"{LINKS} links, {different} different: {passed} passed; {seconds:.1f} s, {jobs} processes"
        )
        if jobs > 1 and seconds > BAR:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
