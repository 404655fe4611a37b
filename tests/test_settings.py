"""Settings: what is allowed, what goes with what, and changes made during training."""

from dataclasses import FrozenInstanceError

import pytest
from choices import own_table

from scratchnet.data.datasets import DATASETS
from scratchnet.run.settings import (
    FIELDS,
    DataSettings,
    NetworkSettings,
    Settings,
    TrainingSettings,
)
from scratchnet.validation import check_layer_dims

DEFAULTS = Settings()


@pytest.mark.parametrize(
    ("group", "values", "sentence"),
    [
        (DataSettings, {"points": 19}, "points must be an integer from 20 to 2000, got 19"),
        (DataSettings, {"points": 30.0}, "points must be an integer from 20 to 2000, got 30.0."),
        (DataSettings, {"points": True}, "points must be an integer from 20 to 2000, got True."),
        (DataSettings, {"noise": -0.1}, "noise must be a number from 0 to 0.5, got -0.1."),
        (DataSettings, {"noise": float("nan")}, "noise must be a number from 0 to 0.5, got nan."),
        (
            DataSettings,
            {"dataset": None},
            "dataset must be one of moons, circles, xor, blobs, .*, got None.",
        ),
        (
            NetworkSettings,
            {"layer_dims": (2,)},
            r"layer_dims must hold the number of features, from .*, got \(2,\).",
        ),
        (
            NetworkSettings,
            {"features": "x1"},
            "features must be one or more of x1, x2, x1_squared, .*, got 'x1'.",
        ),
        (
            NetworkSettings,
            {"features": ()},
            r"features must be one or more of x1, x2, x1_squared, .*, got \(\).",
        ),
        (
            NetworkSettings,
            {"activation": ("tanh", 3)},
            "activation of layer 2 must be one of sigmoid, .*, got 3.",
        ),
        (
            NetworkSettings,
            {"activation": ()},
            r"activation must be one of sigmoid, tanh, relu, .*, got \(\).",
        ),
        (NetworkSettings, {"layer_dims": (2,) + (4,) * 7 + (1,)}, "0 to 6 hidden layers"),
        (
            NetworkSettings,
            {"layer_dims": (2, 4.5, 1)},
            r"layer_dims\[1\] must be an integer from 1 to 32, got 4.5.",
        ),
        (
            NetworkSettings,
            {"init_seed": 2**32},
            "init_seed must be an integer from 0 to 4294967295, got 4294967296.",
        ),
        (
            TrainingSettings,
            {"learning_rate": -1},
            "learning_rate must be a number from 1e-05 to 1000, got -1.",
        ),
        (
            TrainingSettings,
            {"learning_rate": "1"},
            "learning_rate must be a number from 1e-05 to 1000, got '1'.",
        ),
        (TrainingSettings, {"epochs": 0}, "epochs must be an integer from 1 to 100000, got 0."),
        (
            TrainingSettings,
            {"rate_changes": ((0, 0.1),)},
            "the epoch in rate_changes must be an integer from 1 to 100000, got 0.",
        ),
        (
            TrainingSettings,
            {"rate_changes": (1,)},
            "rate_changes must hold changes such as 500:0.1, got 1.",
        ),
        (
            TrainingSettings,
            {"rate_changes": ((1, 2, 3),)},
            r"rate_changes must hold changes such as 500:0.1, got \(1, 2, 3\).",
        ),
        (
            TrainingSettings,
            {"rate_changes": 3},
            "rate_changes must be up to 100 changes such as 500:0.1, got 3.",
        ),
    ],
)
def test_settings_name_what_is_wrong(group, values, sentence):
    with pytest.raises(ValueError, match=sentence):
        group(**values)


@pytest.mark.parametrize(
    ("data", "network", "sentence"),
    [
        ({}, {"layer_dims": (2, 8)}, "layer_dims must end with 1, the number of outputs, got 8"),
        ({}, {"features": ("x1",)}, "layer_dims must start with 1, the number of features, got 2"),
        ({"classes": 4}, {}, "classes must be 2 for moons, got 4"),
        ({"dataset": "plane"}, {}, "classes must be 0 for plane, got 2"),
        ({"dataset": "plane", "classes": 0}, {}, "output must be linear for regression, got sigmoid"),
        ({"dataset": "blobs", "classes": 4}, {}, "output must be softmax for 4 classes, got sigmoid"),
        ({}, {"output": "tanh"}, "cost must be squared_error for a tanh output, got cross_entropy"),
        (
            {},
            {"activation": ("tanh",) * 2 + ("relu",)},
            "activation must be one name, or one for each of .*, got 3 names.",
        ),
    ],
)
def test_settings_that_do_not_go_with_each_other_are_refused(data, network, sentence):
    with pytest.raises(ValueError, match=sentence):
        Settings(DataSettings(**data), NetworkSettings(**network))


def test_what_is_not_given_goes_with_what_is():
    assert Settings.of() == DEFAULTS
    made = Settings.of(dataset="penguins", epochs=500)
    assert made == Settings.from_query({"dataset": "penguins", "epochs": "500"})[0]
    assert (made.data.classes, made.network.layer_dims) == (3, (2, 8, 8, 3))
    assert (made.network.output, made.training.epochs) == ("softmax", 500)
    made = Settings.of(layer_dims=[1, 4, 5], dataset="blobs", classes=5, features=["x2"])
    assert (made.network.layer_dims, made.network.features) == ((1, 4, 5), ("x2",))
    assert Settings.of(output="tanh").network.cost == "squared_error"
    own = own_table(4)
    assert Settings.of(dataset="own", own=own).data == DataSettings("own", classes=4, own=own)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"dataset": "penguins", "classes": 2}, "classes must be 3 for penguins, got 2."),
        ({"classes": 3}, "classes must be 2 for moons, got 3."),
        (
            {"dataset": "plane", "output": "sigmoid"},
            "output must be linear for regression, got sigmoid.",
        ),
        (
            {"dataset": "plane", "layer_dims": (2, 3)},
            "layer_dims must end with 1, the number of outputs, got 3",
        ),
        ({"own": own_table(2)}, "own must be empty unless dataset is own, got points for moons."),
        ({"dataset": "own"}, "dataset own must come with points, got none."),
        (
            {"activation": ("tanh",) * 2 + ("relu",)},
            "activation must be one name, or one for each of .*, got 3 names.",
        ),
        (
            {"layer_dims": (2, 1), "edits": ((1, 3, 0.5),)},
            "the index in edits must be an integer from 0 to 2, got 3.",
        ),
        (
            {"switches": ((5, 4, 1, "frozen"),)},
            "the layer in switches must be an integer from 1 to 3, got 4.",
        ),
        (
            {"layer_dims": (2, 4, 1), "switches": ((5, 1, 5, "off"),)},
            "the neuron in switches must be at most 4 in layer 1, got 5.",
        ),
        (
            {"switches": ((5, 3, 1, "off"),)},
            'the state in switches must not be "off" in the output layer.',
        ),
        (
            {"switches": ((5, 1, 1, "dead"),)},
            "the state in switches must be one of on, frozen, off, got 'dead'.",
        ),
        (
            {"switches": ((5, 1, 1, "off"), (5, 1, 1, "on"))},
            "switches must hold changes in order, each once, got 5:1:1:on after 5:1:1:off.",
        ),
        ({"dataset": "mars"}, "dataset must be one of moons, circles, xor, blobs, .*, got 'mars'."),
        ({"features": "x1"}, "features must be one or more of x1, x2, x1_squared, .*, got 'x1'."),
        ({"epochs": "500"}, "epochs must be an integer from 1 to 100000, got '500'."),
        ({"epoch": 5}, "A setting must be one of dataset, points, noise, .*, got 'epoch'."),
    ],
)
def test_what_is_given_and_does_not_fit_is_refused(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        Settings.of(**values)


def test_the_same_choice_said_in_two_ways_is_one():
    assert NetworkSettings(activation=("relu", "relu")) == NetworkSettings(activation="relu")
    assert NetworkSettings(features=["x2", "x1", "x2"]) == NetworkSettings(features=("x1", "x2"))


def test_settings_are_frozen_and_of_plain_types():
    with pytest.raises(FrozenInstanceError):
        DEFAULTS.data.points = 1
    network = NetworkSettings(layer_dims=[2, 4, 1])
    assert network.layer_dims == (2, 4, 1)
    assert isinstance(TrainingSettings(learning_rate=1).learning_rate, float)


def test_the_rate_changes_when_it_says():
    training = TrainingSettings(learning_rate=0.5).with_rate_from(10, 0.1).with_rate_from(20, 0.01)
    assert [training.rate_at(epoch) for epoch in (0, 9, 10, 19, 20, 999)] == [
        0.5,
        0.5,
        0.1,
        0.1,
        0.01,
        0.01,
    ]
    assert training.last_rate == 0.01
    assert training.with_rate_from(15, 1.0).rate_changes == ((10, 0.1), (15, 1.0))
    assert training.with_rate_from(0, 1.0) == TrainingSettings(learning_rate=1.0)


def test_a_rate_that_is_set_to_what_it_is_makes_no_other_settings():
    training = TrainingSettings(learning_rate=0.5)
    assert training.with_rate_from(10, 0.5) == training
    assert training.with_rate_from(0, 0.5) == training
    changed = training.with_rate_from(10, 0.1)
    assert changed.with_rate_from(20, 0.1) == changed
    assert changed.with_rate_from(10, 0.1) == changed
    assert changed.with_rate_from(10, 0.5) == training, "set back where it was changed"
    later = changed.with_rate_from(30, 0.2)
    assert later.with_rate_from(20, 0.1) == changed, "what was to come is forgotten all the same"
    assert changed.with_rate_from(20, 0.5).rate_changes == ((10, 0.1), (20, 0.5))
    with pytest.raises(
        ValueError, match="the rate in rate_changes must be a number from 1e-05 to 1000, got nan"
    ):
        training.with_rate_from(10, float("nan"))


def test_an_edit_is_noted_whatever_the_number_was():
    training = TrainingSettings(edits=((3, 7, 1.0),))
    assert training.with_edit(5, 7, 1.0).edits == ((3, 7, 1.0), (5, 7, 1.0)), "it may have moved since"


def test_too_many_changes_are_counted():
    edits = tuple((0, index, 0.1) for index in range(100))
    training = TrainingSettings(edits=edits)
    sentence = "edits must hold at most 100 changes, got 101."
    with pytest.raises(ValueError, match=sentence):
        training.with_edit(0, 100, 0.1)
    text = ",".join(f"0:{index}:0.1" for index in range(101))
    _, corrections = Settings.from_query({"edits": text})
    assert corrections == (f"{sentence} Using none instead.",)
    with pytest.raises(ValueError, match="rate_changes must hold at most 100 changes, got 102"):
        TrainingSettings(rate_changes=tuple((epoch, 0.1) for epoch in range(1, 103)))


def test_too_many_layers_are_counted():
    sentence = "layer_dims must have from 0 to 6 hidden layers, got 7."
    assert Settings.from_query({"layer_dims": "2-30-30-30-30-30-30-30-1"})[1][0].startswith(sentence)
    with pytest.raises(ValueError, match="layer_dims must have from 0 to 100 hidden layers, got 101"):
        check_layer_dims((2, *[4] * 101, 1))


def test_an_edit_is_noted_and_what_was_to_come_later_is_forgotten():
    training = TrainingSettings(rate_changes=((5, 0.1), (30, 0.2)), edits=((3, 7, 1.0), (20, 0, 2.0)))
    assert training.with_edit(20, 0, 3.0).edits == ((3, 7, 1.0), (20, 0, 3.0))
    branched = training.with_edit(10, 2, -1.0).with_edit(10, 1, 4.0)
    assert branched.edits == ((3, 7, 1.0), (10, 1, 4.0), (10, 2, -1.0))
    assert branched.rate_changes == ((5, 0.1),)
    assert training.with_rate_from(10, 0.5).edits == ((3, 7, 1.0),)
    assert training.with_rate_from(0, 0.5).edits == ()


def test_the_schedules_lower_the_rate():
    step = TrainingSettings(0.8, schedule="step", period=10, decay=0.5)
    assert [step.rate_at(epoch) for epoch in (0, 9, 10, 19, 20)] == [0.8, 0.8, 0.4, 0.4, 0.2]
    cosine = TrainingSettings(0.8, schedule="cosine", period=10)
    rates = [cosine.rate_at(epoch) for epoch in (0, 5, 10, 99)]
    assert rates == pytest.approx([0.8, 0.4, 0.0, 0.0])
    assert step.with_rate_from(15, 0.1).rate_at(20) == pytest.approx(0.025)


def test_the_choices_are_those_that_can_be_made():
    assert FIELDS["dataset"].options == tuple(DATASETS)
    with pytest.raises(KeyError):
        FIELDS["no such setting"]


CHANGED = DEFAULTS.with_rate(50, 0, 0.1).with_edit(80, 0, 2, 1.5).with_rate(90, 0, 0.2)


def test_a_change_at_a_place_in_the_run_is_noted_and_drops_what_came_later():
    assert CHANGED.training.rate_changes == ((50, 0.1), (90, 0.2))
    assert CHANGED.training.edits == ((80, 2, 1.5),)
    earlier = CHANGED.with_rate(60, 0, 0.3).training
    assert (earlier.rate_changes, earlier.edits) == (((50, 0.1), (60, 0.3)), ())
    edited = CHANGED.with_edit(80, 0, 1, 0.5).training
    assert (edited.rate_changes, edited.edits) == (((50, 0.1),), ((80, 1, 0.5), (80, 2, 1.5)))
    assert CHANGED.with_edit(80, 0, 2, 0.5).training.edits == ((80, 2, 0.5),)
    assert DEFAULTS.training.rate_changes == (), "the settings themselves do not change"


def test_a_rate_in_the_middle_of_an_epoch_holds_from_the_next():
    assert DEFAULTS.with_rate(50, 3, 0.1).training.rate_changes == ((51, 0.1),)
    assert DEFAULTS.with_rate(0, 0, 0.1) == Settings(training=TrainingSettings(0.1))
    assert CHANGED.with_rate(60, 0, 0.1).training.rate_changes == ((50, 0.1),), "it is that already"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda: DEFAULTS.with_rate(5, 0, 0.0), "must be a number from 1e-05 to 1000, got 0.0."),
        (
            lambda: DEFAULTS.with_edit(5, 0, 105, 1.0),
            "index must be an integer from 0 to 104, got 105.",
        ),
        (
            lambda: DEFAULTS.with_edit(5, 2, 0, 1.0),
            "at the end of an epoch, got .* with 2 updates done.",
        ),
        (
            lambda: DEFAULTS.with_switch(5, 2, 1, 1, "off"),
            "switched at the end of an epoch, got .* with 2 updates done.",
        ),
        (
            lambda: DEFAULTS.with_switch(5, 0, 1, 9, "off"),
            "the neuron in switches must be at most 8 in layer 1, got 9.",
        ),
        (lambda: DEFAULTS.with_edit(5, 0, 0, "1"), "the value in edits must be a number .*, got '1'."),
        (lambda: DEFAULTS.with_epochs(0), "epochs must be an integer from 1 to 100000, got 0."),
    ],
)
def test_a_change_that_is_none_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        change()


def test_the_number_of_epochs_is_all_that_changes():
    longer = CHANGED.with_epochs(5000)
    assert longer.training.epochs == 5000
    assert longer.with_epochs(CHANGED.training.epochs) == CHANGED
    assert CHANGED.with_epochs(60).training.rate_changes == ((50, 0.1), (90, 0.2))
