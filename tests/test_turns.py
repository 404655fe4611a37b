"""Sweeps in turns: here, in two processes, and on a Dask cluster of which a worker is killed."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from time import sleep

import joblib
import pytest
from joblib.externals.loky.backend import queues
from test_stack import assert_same, result_alone, with_seeds

from scratchnet import Settings
from scratchnet.studies import turns
from scratchnet.studies.sweep import Sweep
from scratchnet.studies.turns import end_workers, pieces, take_turn, train_all

BASE = Settings.of(dataset="xor", layer_dims=(2, 2, 1), epochs=60, points=60)
# Of three shapes, one of them with mini-batches, in several orders.
MIXED = [
    *Sweep(BASE, "width", (2, 5), seeds=5).runs,
    *Sweep(BASE, "batch_size", (10,), seeds=2).runs,
    *Sweep(BASE, "learning_rate", (0.1, 1000.0), seeds=4).runs,
]


@pytest.fixture(scope="module")
def alone():
    """The results of the runs, each trained on its own."""
    return [result_alone(run) for run in MIXED]


@pytest.fixture
def no_workers_left():
    yield
    end_workers()


def assert_all_the_same(results, alone):
    assert len(results) == len(alone)
    for place, result in results:
        assert_same(result, alone[place])


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_row_is_the_run(alone, jobs, no_workers_left):
    assert_all_the_same([*train_all(MIXED, jobs)], alone)


def test_a_turn_ends_and_the_next_one_goes_on(alone):
    waiting, results, count = pieces(MIXED), {}, 0
    while waiting:
        count += 1
        turn = take_turn(waiting.pop(0), seconds=0.0)
        results |= turn.results
        waiting += [turn.rest] if turn.rest else []
    assert count > len(pieces(MIXED))
    assert_all_the_same(results.items(), alone)


def test_runs_of_one_shape_are_one_piece_until_they_are_too_many():
    assert [len(piece.runs) for piece in pieces(MIXED)] == [5, 5, 1, 1, 8]
    assert [len(piece.runs) for piece in pieces(with_seeds(BASE, 75))] == [25, 25, 25]
    assert [len(piece.runs) for piece in pieces(with_seeds(BASE, 75), processors=2)] == [18, 19, 19, 19]
    assert [len(piece.runs) for piece in pieces(with_seeds(BASE, 9), processors=4)] == [9]
    assert [len(piece.runs) for piece in pieces(with_seeds(BASE, 3))] == [1, 1, 1]
    wide = Settings.of(layer_dims=(2, 32, 32, 32, 1), points=1000)
    assert [len(piece.runs) for piece in pieces(with_seeds(wide, 5))] == [1] * 5
    assert sorted(place for piece in pieces(MIXED) for place in piece.places) == [*range(len(MIXED))]


@pytest.mark.filterwarnings("ignore:.*have been cancelled")
def test_ending_the_workers_leaves_no_process(no_workers_left):
    psutil = pytest.importorskip("psutil")
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    heavy = Settings.of(layer_dims=(2, 32, 32, 1), batch_size=1, points=2000, epochs=5000)
    results = turns.turns(pieces(with_seeds(heavy, 4)), jobs=2)
    next(results)
    workers = {child.pid for child in psutil.Process().children(recursive=True)} - before
    assert workers
    results.close()
    end_workers()
    left = {child.pid for child in psutil.Process().children(recursive=True)} - before
    assert not [pid for pid in left & workers if psutil.Process(pid).name().startswith("python")]


def test_ending_the_workers_waits_for_the_thread_that_sent_them_work(monkeypatch):
    """A process that ends before that thread prints that a semaphore has leaked."""
    feed, fed = queues.Queue._feed, []

    def late(*arguments):
        feed(*arguments)
        sleep(0.3)
        fed.append(True)

    end_workers()
    monkeypatch.setattr(queues.Queue, "_feed", late)
    assert len([*train_all(MIXED[:4], jobs=2)]) == 4
    end_workers()
    assert fed == [True]


SWEEPING = """
import scratchnet
from scratchnet import Settings
from scratchnet.studies.sweep import Sweep
from scratchnet.studies.turns import train_all

if __name__ == "__main__":
    base = Settings.of(layer_dims=(2, 16, 16, 1), batch_size=1, epochs=5000)
    [*train_all(Sweep(base, seeds=8).runs, jobs=2)]
"""


def test_workers_end_with_a_parent_that_was_killed():
    psutil = pytest.importorskip("psutil")
    parent = subprocess.Popen([sys.executable, "-c", SWEEPING])
    workers = []
    while len(workers) < 2:
        children = psutil.Process(parent.pid).children(recursive=True)
        workers = [each for each in children if "popen_loky" in " ".join(each.cmdline())]
    parent.kill()
    parent.wait()
    _, left = psutil.wait_procs(workers, timeout=60)
    assert left == []


@pytest.mark.filterwarnings("default")
def test_a_killed_worker_of_a_cluster_costs_no_row():
    distributed = pytest.importorskip("distributed")
    runs = with_seeds(replace(BASE, data=replace(BASE.data, points=300)).with_epochs(1500), 24)
    runs = [replace(run, training=replace(run.training, batch_size=50)) for run in runs]
    results, killed = [], None
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster, distributed.Client(cluster), joblib.parallel_config(backend="dask"):
        for each in train_all(runs):
            results.append(each)
            if killed is None:
                killed = next(iter(cluster.workers.values())).pid
                os.kill(killed, signal.SIGKILL)
    assert killed and sorted(place for place, _ in results) == [*range(24)]
    for place, result in results[::6]:
        assert_same(result, result_alone(runs[place]))
