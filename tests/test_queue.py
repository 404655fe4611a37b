"""The sweeps of a server: shared, fair, stopped when nobody watches, and never silent."""

import os
import signal
from dataclasses import replace
from time import monotonic, sleep

import psutil
import pytest
from test_stack import assert_same, result_alone

from scratchnet import Settings
from scratchnet.studies import queue as module
from scratchnet.studies.queue import MOST_BROKEN, Queue
from scratchnet.studies.sweep import Sweep
from scratchnet.studies.turns import NICE, end_workers
from scratchnet.validation import NotAllowed

BASE = Settings.of(dataset="xor", layer_dims=(2, 2, 1), epochs=50, points=60)
SMALL = Sweep(BASE, seeds=12, bound=0.8)
# Runs that take many turns each.
LONG = Sweep(Settings.of(layer_dims=(2, 16, 16, 1), batch_size=2, epochs=1000, points=300), seeds=6)


@pytest.fixture
def queue():
    queue = Queue(processors=2)
    yield queue
    for job in [*queue._jobs.values()]:
        job.seen.clear()
    until(lambda: queue._thread is None)


@pytest.fixture(autouse=True, scope="module")
def no_workers_left():
    yield
    end_workers()


def until(condition, seconds=300):
    """Wait for a state; the limit is for a queue that hangs."""
    due = monotonic() + seconds
    while not condition():
        assert monotonic() < due, "it never came to that"
        sleep(0.01)


def workers():
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "loky" in " ".join(child.cmdline()) and "resource_tracker" not in " ".join(child.cmdline())
    ]


def test_a_job_has_every_run_and_each_is_the_run(queue):
    job = queue.watch(SMALL, "ada")
    until(lambda: job.done)
    assert sorted(job.results) == [*range(12)] and not job.failed
    for place in (0, 5, 11):
        assert_same(job.results[place], result_alone(SMALL.runs[place]))


def test_workers_let_the_live_view_go_first(queue):
    queue.watch(LONG, "ada")
    until(lambda: workers())
    until(lambda: all(worker.nice() == NICE for worker in workers()))


def test_visitors_of_one_sweep_share_it(queue):
    job = queue.watch(SMALL, "ada")
    assert queue.watch(Sweep(BASE, seeds=12, bound=0.8), "ben") is job
    until(lambda: job.done)
    assert queue.watch(SMALL, "eve").done


def test_when_nobody_watches_it_stops_and_no_process_is_left(queue):
    job = queue.watch(LONG, "ada")
    queue.watch(LONG, "ben")
    until(lambda: workers())
    queue.leave("ada")
    assert queue.active == [job]
    queue.leave("ben")
    until(lambda: queue._thread is None)
    assert workers() == [] and not job.done
    assert queue.kept(LONG) is job
    at = len(job.waiting)
    assert queue.watch(LONG, "ada") is job
    until(lambda: len(job.results) >= 1)
    assert at == 6, "all that was begun is kept"


def test_a_visitor_who_asks_for_another_sweep_leaves_the_first(queue):
    first = queue.watch(LONG, "ada")
    second = queue.watch(SMALL, "ada")
    assert not first.is_watched and second.is_watched


def test_a_visitor_who_has_not_looked_for_long_has_left(queue, monkeypatch):
    job = queue.watch(LONG, "ada")
    now = monotonic()
    monkeypatch.setattr(module, "monotonic", lambda: now + module.FORGOTTEN + 1)
    assert not job.is_watched
    until(lambda: queue._thread is None)


def test_a_short_sweep_does_not_wait_for_a_long_one(queue):
    long = queue.watch(LONG, "ada")
    until(lambda: workers())
    short = queue.watch(SMALL, "ben")
    until(lambda: short.done)
    assert not long.done
    assert queue.active == [long]


def test_turns_are_shared_evenly(queue):
    one, other = queue.watch(LONG, "ada"), queue.watch(replace(LONG, seeds=5), "ben")
    until(lambda: one.turns > 8)
    assert abs(one.turns - other.turns) <= 2


def test_a_killed_worker_costs_no_run(queue):
    job = queue.watch(replace(LONG, seeds=2), "ada")
    until(lambda: workers())
    for worker in workers():
        os.kill(worker.pid, signal.SIGKILL)
    queue.leave("ada")
    until(lambda: queue._thread is None)
    assert not job.failed
    queue.watch(job.sweep, "ada")
    until(lambda: job.turns > 4)
    assert not job.failed and len(job.waiting) + len(job.results) <= 2


def test_workers_that_are_always_lost_are_said(queue, monkeypatch):
    def lost(pieces, processors, stands_back):
        raise module.BrokenExecutor

    monkeypatch.setattr(module, "turns", lost)
    job = queue.watch(SMALL, "ada")
    until(lambda: job.done)
    assert job.failed.startswith("The worker processes of this sweep were ended")
    assert job.turns >= MOST_BROKEN
    assert queue.watch(SMALL, "ben") is job, "whoever looks meanwhile is told the same"
    queue.leave("ada")
    queue.leave("ben")
    monkeypatch.undo()
    again = queue.watch(SMALL, "ada")
    until(lambda: again.done)
    assert again is not job and not again.failed


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_is_said_and_the_next_sweep_goes_on(queue, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(module, "turns", lambda *how, **more: 1 / 0)
        job = queue.watch(SMALL, "ada")
        until(lambda: queue._thread is None)
        assert job.failed.startswith("This sweep stopped at a fault of the program")
    other = queue.watch(replace(SMALL, seeds=11), "ada")
    until(lambda: other.done)
    assert not other.failed


def test_a_sweep_that_is_too_long_is_refused(queue):
    long = Settings.of(layer_dims=(2, 32, 32, 32, 32, 1), batch_size=1, points=2000)
    with pytest.raises(NotAllowed, match="A sweep must take at most 300 seconds of one processor here"):
        queue.watch(Sweep(long), "ada")


def test_what_nobody_watches_is_forgotten_first(queue, monkeypatch):
    first = queue.watch(SMALL, "ada")
    until(lambda: first.done)
    monkeypatch.setattr(module, "MOST_BYTES", 1)
    second = queue.watch(replace(SMALL, seeds=3), "ada")
    until(lambda: second.done)
    assert queue.kept(SMALL) is None and queue.kept(second.sweep) is second
