"""Marking: whether the settings that somebody hands in reach the goal of an exercise, and if not, why.

It is decided by training them again from the seed, never by what a browser says. Runs are the same
everywhere, so a lecturer's machine decides as the student's did.
"""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import NamedTuple

from scratchnet.lessons.conditions import (
    Facts,
    changed,
    facts_of_result,
    facts_of_settings,
    is_known_before,
)
from scratchnet.lessons.exercises import Exercise
from scratchnet.run.settings import BY_HAND, FIELDS, Settings
from scratchnet.studies.result import Result
from scratchnet.studies.turns import spread, train_here


class Mark(NamedTuple):
    """Whether an attempt passed, a sentence why, the fingerprint of its run, and how long it took.

    ``foreseen`` is the sentence of the mistake, if it is one that the exercise foresees. Of several
    seeds, the fingerprint is that of the first that missed the goal, or else of the first.
    """

    passed: bool
    why: str
    fingerprint: str = ""
    foreseen: str = ""
    seconds: float = 0.0


def mark(exercise: Exercise, settings: Settings) -> Mark:
    """Return the mark of an attempt; its runs are trained here, unless the settings alone decide."""
    begun = monotonic()
    made = _mark(exercise, settings)
    return made._replace(seconds=monotonic() - begun)


def mark_all(
    attempts: Sequence[tuple[Exercise, Settings]], jobs: int = -1
) -> Iterator[tuple[int, Mark]]:
    """Mark attempts on so many processors, -1 for all; yield the place and mark of each when done."""
    return spread(mark, attempts, jobs)


def faults(exercise: Exercise) -> list[str]:
    """Return a sentence for each thing that an exercise says of attempts and that is not so.

    Its reference must pass, and the example of each foreseen mistake must fail with its sentence.
    """
    found = []
    if exercise.reference and not (made := mark(exercise, exercise.reference)).passed:
        found.append(f"The reference does not pass: {made.why}")
    for i, fail in enumerate(exercise.fails, start=1):
        if fail.example and (made := mark(exercise, fail.example)).foreseen != fail.sentence:
            got = "it passes." if made.passed else f"its sentence is: {made.why}"
            found.append(f"The example of fails[{i}] is not that mistake: {got}")
    return found


def _mark(exercise: Exercise, settings: Settings) -> Mark:
    if sentence := _not_free(exercise, settings):
        return Mark(False, sentence)
    known = facts_of_settings(exercise.start, settings)
    for condition in filter(is_known_before, exercise.goal.conditions):
        if not condition.holds(known):
            return _missed(exercise, condition.missed(known), known)
    if sentence := exercise.too_long(settings):
        return Mark(False, sentence)
    return _mark_of_results(exercise, known, train_here(exercise.runs(settings)))


def _mark_of_results(exercise: Exercise, known: Facts, results: Sequence[Result]) -> Mark:
    """Return the mark of the results, one for each seed."""
    seeds = len(results)
    missed = {result: miss for result in results if (miss := _miss(exercise, facts_of_result(result)))}
    if not missed:
        all_seeds = f" with each of {seeds} seeds" if seeds > 1 else ""
        return Mark(True, f"The goal is reached{all_seeds}.", results[0].fingerprint)
    first, miss = next(iter(missed.items()))
    if seeds > 1:
        seed = first.settings.network.init_seed
        miss += f" with seed {seed}; {seeds - len(missed)} of {seeds} seeds reach the goal"
    facts = known | facts_of_result(first) | {"seeds_reached": seeds - len(missed)}
    return _missed(exercise, miss, facts)._replace(fingerprint=first.fingerprint)


def _miss(exercise: Exercise, facts: Facts) -> str:
    """Return the first condition of the goal that the outcome of a run misses, in words."""
    asked = (each for each in exercise.goal.conditions if not is_known_before(each))
    return next((each.missed(facts) for each in asked if not each.holds(facts)), "")


def _missed(exercise: Exercise, miss: str, facts: Facts) -> Mark:
    """Return the mark of an attempt that misses the goal, with the mistake that is foreseen, if any."""
    fits = (fail for fail in exercise.fails if all(each.holds(facts) for each in fail.when))
    foreseen = next((fail.sentence for fail in fits), "")
    numbers = f"{miss[0].upper()}{miss[1:]}."
    return Mark(False, f"{foreseen} {numbers}".strip(), foreseen=foreseen)


def _not_free(exercise: Exercise, settings: Settings) -> str:
    """Return that a setting must stay as it is at the start, if one did not."""
    wanted = exercise.start.values() | {name: settings.values()[name] for name in exercise.free}
    fitting, _ = Settings.resolve(wanted)  # other features bring another first layer
    for name in changed(fitting, settings):
        write = FIELDS[name].write
        stays, got = (_short(write(each.values()[name])) for each in (fitting, settings))
        remedy = " Restart takes back what was changed by hand." if name in BY_HAND else ""
        return f"{name} must stay {stays}, got {got}.{remedy}"
    return ""


def _short(text: str) -> str:
    """Return the text of a setting, which may be long, as a sentence shows it."""
    return f"{text[:39]}…" if len(text) > 40 else text or "empty"
