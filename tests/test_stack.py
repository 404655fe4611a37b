"""Row s of a stack is run s, to the last digit, whatever the runs have in common."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from choices import SMALL, some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import Settings, Trainer
from scratchnet.run.history import Reason
from scratchnet.studies.result import Result
from scratchnet.studies.stack import GROUP, Stack, shape_of


def result_alone(run):
    trainer = Trainer(run)
    trainer.advance(run.training.epochs)
    return Result.of(trainer)


def assert_same(result, other):
    assert result.settings == other.settings
    assert (result.epoch, result.ended) == (other.epoch, other.ended)
    assert result.fingerprint == other.fingerprint
    assert np.array_equal(result.theta, other.theta, equal_nan=True)
    for name, numbers in vars(other.history).items():
        assert np.array_equal(getattr(result.history, name), numbers, equal_nan=True), name


def trained(runs):
    stack = Stack(runs)
    while not stack.done:
        stack.go_on(10.0)
    return stack


def with_seeds(run, k, data=False):
    """The run with k seeds, of the weights or also of the data."""
    return [
        replace(
            run,
            network=replace(run.network, init_seed=seed),
            data=replace(run.data, seed=seed) if data else run.data,
        )
        for seed in range(k)
    ]


@settings(max_examples=60, deadline=None)
@given(some_settings(), st.booleans(), st.sampled_from([0.01, 0.3, 30.0]))
def test_a_row_is_the_run(run, data, rate):
    training = replace(run.training, batch_size=0, epochs=60, learning_rate=rate)
    run = replace(run, training=training)
    if shape_of(run) is None:
        return
    runs = with_seeds(run, 5, data)
    for result, each in zip(trained(runs).results, runs, strict=True):
        assert_same(result, result_alone(each))


def test_rows_may_have_rates_schedules_and_initial_weights_of_their_own():
    base = replace(SMALL, training=replace(SMALL.training, epochs=40))
    runs = [
        replace(base, training=replace(base.training, learning_rate=0.01)),
        replace(base, training=replace(base.training, schedule="cosine", period=30)),
        replace(base, training=replace(base.training, rate_changes=((7, 3.0),))),
        replace(base, network=replace(base.network, init="he")),
        replace(base, data=replace(base.data, noise=0.4)),
    ]
    assert len({shape_of(run) for run in runs}) == 1
    for result, each in zip(trained(runs).results, runs, strict=True):
        assert_same(result, result_alone(each))


def test_each_row_ends_where_its_run_does():
    base = Settings.of(layer_dims=(2, 4, 1), points=60, epochs=200, activation="relu")
    runs = with_seeds(base, 6)
    runs[1] = replace(runs[1], training=replace(base.training, learning_rate=1000.0, l2=0.0))
    runs = [replace(run, training=replace(run.training, stop_cost=0.3)) for run in runs]
    results = trained(runs).results
    for result, each in zip(results, runs, strict=True):
        assert_same(result, result_alone(each))
    assert {result.ended for result in results} >= {Reason.COST}
    assert len({result.epoch for result in results}) > 2


def test_a_stack_whose_runs_have_all_ended_stops():
    base = Settings.of(layer_dims=(2, 3, 1), points=60, epochs=5000, stop_cost=10.0)
    stack = trained(with_seeds(base, 4))
    assert stack.epoch == 0 and all(result.epoch == 0 for result in stack.results)


@pytest.mark.parametrize("optimizer", ["gradient_descent", "adam"])
def test_a_copy_resumes_with_the_same_bits(optimizer):
    rate = 0.01 if optimizer == "adam" else 0.5
    base = Settings.of(
        layer_dims=(2, 4, 1), points=60, epochs=3 * GROUP, optimizer=optimizer, learning_rate=rate
    )
    runs = with_seeds(base, 4)
    stack = Stack(runs)
    turns = 0
    while not stack.done:
        stack = pickle.loads(pickle.dumps(stack))
        stack.go_on(0.0)
        turns += 1
    assert turns == 3
    for result, each in zip(stack.results, runs, strict=True):
        assert_same(result, result_alone(each))


def test_what_cannot_be_trained_together():
    assert shape_of(Settings.of(batch_size=10)) is None
    assert shape_of(Settings.of(edits=((0, 0, 1.0),))) is None
    plain = shape_of(Settings())
    for name, value in {
        "layer_dims": (2, 3, 1),
        "activation": "relu",
        "optimizer": "adam",
        "precision": "double",
        "points": 100,
        "epochs": 7,
        "l2": 0.1,
        "output": "tanh",
    }.items():
        assert shape_of(Settings.of(**{name: value})) != plain, name
