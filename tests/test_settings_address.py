"""Settings in an address and back: what is wrong there is corrected and named."""

import base64
import zlib
from dataclasses import replace

import pytest
from choices import own_table, some_settings, some_switches
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from scratchnet.data.points import Table
from scratchnet.run.settings import (
    FIELDS,
    Settings,
)

ANY_ACTIVATION = "sigmoid, tanh, relu, leaky_relu, elu, gelu, softplus, sine, linear"
ANY_FEATURE = "x1, x2, x1_squared, x2_squared, x1_x2, sin_x1, sin_x2"
DEFAULTS = Settings()


@st.composite
def all_settings(draw):
    """Any allowed settings: those that train, with any other numbers."""
    rate = st.floats(1e-5, 100.0)
    epochs = draw(st.lists(st.integers(1, 100_000), unique=True, max_size=5))
    places = st.sets(st.tuples(st.integers(0, 9), st.integers(0, 1)), max_size=5)
    made = draw(some_settings(widest=32))
    data = replace(
        made.data,
        points=draw(st.integers(20, 2000)),
        noise=draw(st.floats(0, 0.5)),
        train_share=draw(st.floats(0.1, 0.9)),
        seed=draw(st.integers(0, 2**32 - 1)),
    )
    training = replace(
        made.training,
        learning_rate=draw(rate),
        epochs=draw(st.integers(1, 100_000)),
        rate_changes=tuple((epoch, draw(rate)) for epoch in sorted(epochs)),
        edits=sorted((*at, draw(st.floats(-9, 9))) for at in draw(places)),
        switches=draw(some_switches(made.network.layer_dims, 100_000)),
        batch_size=draw(st.integers(0, 2000)),
        period=draw(st.integers(1, 100_000)),
        decay=draw(st.floats(0.01, 1.0)),
        l1=draw(st.floats(0.0, 10.0)),
        l2=draw(st.floats(0.0, 10.0)),
        stop_cost=draw(st.floats(0.0, 10.0)),
        stop_accuracy=draw(st.floats(0.0, 1.0)),
        patience=draw(st.integers(0, 100_000)),
        precision=draw(st.sampled_from(["single", "double"])),
    )
    return replace(made, data=data, training=training)


@given(all_settings())
def test_the_address_gives_the_same_settings(settings):
    assert Settings.from_query(settings.to_query()) == (settings, ())
    assert Settings.from_query(settings.to_address()) == (settings, ())


def test_the_address_leaves_out_what_is_usual():
    assert DEFAULTS.to_address() == {"dataset": "moons"}
    made, _ = Settings.resolve(DEFAULTS.values() | {"dataset": "xor", "seed": 9})
    assert made.to_address() == {"dataset": "xor", "seed": "9"}


def test_the_defaults_stay_what_they_are_in_every_address_that_was_shared():
    assert DEFAULTS.to_query() == {
        "dataset": "moons",
        "points": "300",
        "noise": "0.2",
        "train_share": "0.7",
        "seed": "1",
        "classes": "2",
        "layer_dims": "2-8-8-1",
        "activation": "tanh",
        "init": "xavier",
        "init_seed": "3",
        "features": "x1-x2",
        "output": "sigmoid",
        "cost": "cross_entropy",
        "learning_rate": "0.5",
        "epochs": "1000",
        "optimizer": "gradient_descent",
        "batch_size": "0",
        "schedule": "constant",
        "period": "300",
        "decay": "0.5",
        "l1": "0.0",
        "l2": "0.0",
        "stop_cost": "0.0",
        "stop_accuracy": "0.0",
        "patience": "0",
        "precision": "single",
    }
    assert Settings.from_query({}) == (DEFAULTS, ())


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            {"dataset": "iris"},
            "dataset must be one of moons, circles, xor, blobs, spiral, flower, sine, cubic, "
            "absolute, plane, gaussians, penguins, own, got 'iris'.",
        ),
        ({"points": "5"}, "points must be an integer from 20 to 2000, got 5."),
        ({"points": "3e2"}, "points must be an integer from 20 to 2000, got '3e2'."),
        ({"points": "٣٠٠"}, "points must be an integer from 20 to 2000, got '٣٠٠'."),
        ({"noise": "nan"}, "noise must be a number from 0 to 0.5, got 'nan'."),
        ({"noise": "1e999"}, "noise must be a number from 0 to 0.5, got inf."),
        ({"train_share": "0.05"}, "train_share must be a number from 0.1 to 1, got 0.05."),
        ({"seed": "-1"}, "seed must be an integer from 0 to 4294967295, got -1."),
        ({"layer_dims": "2-99-1"}, "layer_dims[1] must be an integer from 1 to 32, got 99."),
        ({"layer_dims": "2-0-1"}, "layer_dims[1] must be an integer from 1 to 32, got 0."),
        ({"layer_dims": "2-8-"}, "layer_dims must be a list of layers such as 2-4-1, got '2-8-'."),
        (
            {"activation": "__import__('os')"},
            f"activation must be one of {ANY_ACTIVATION}, got '__import__('os')'.",
        ),
        (
            {"activation": "tanh-relu-relu"},
            "activation must be one name, or one for each of the 2 hidden layers, got 3 names.",
        ),
        (
            {"activation": "tanh-rel"},
            f"activation of layer 2 must be one of {ANY_ACTIVATION}, got 'rel'.",
        ),
        ({"features": "x1-x3"}, f"each of features must be one of {ANY_FEATURE}, got 'x3'."),
        ({"features": ""}, f"each of features must be one of {ANY_FEATURE}, got ''."),
        ({"classes": "3"}, "classes must be 2 for moons, got 3."),
        ({"output": "softmax"}, "output must be one of sigmoid, tanh for 2 classes, got softmax."),
        (
            {"output": "softplus"},
            "output must be one of sigmoid, softmax, tanh, linear, got 'softplus'.",
        ),
        ({"cost": "hinge"}, "cost must be one of cross_entropy, squared_error, got 'hinge'."),
        ({"init": ""}, "init must be one of article, xavier, he, zeros, got ''."),
        ({"learning_rate": "0"}, "learning_rate must be a number from 1e-05 to 1000, got 0.0."),
        ({"learning_rate": "-0.1"}, "learning_rate must be a number from 1e-05 to 1000, got -0.1."),
        (
            {"optimizer": "sgd"},
            "optimizer must be one of gradient_descent, momentum, rmsprop, adam, got 'sgd'.",
        ),
        ({"batch_size": "-1"}, "batch_size must be an integer from 0 to 2000, got -1."),
        ({"schedule": "warm"}, "schedule must be one of constant, step, cosine, got 'warm'."),
        ({"decay": "0"}, "decay must be a number from 0.01 to 1, got 0.0."),
        ({"l1": "-1"}, "l1 must be a number from 0 to 1000, got -1.0."),
        ({"l2": "1001"}, "l2 must be a number from 0 to 1000, got 1001.0."),
        ({"stop_accuracy": "2"}, "stop_accuracy must be a number from 0 to 1, got 2.0."),
        ({"epochs": "100001"}, "epochs must be an integer from 1 to 100000, got 100001."),
        (
            {"rate_changes": "9:0.1,9:1"},
            "rate_changes must hold changes in order, each once, got 9:1.0 after 9:0.1.",
        ),
        (
            {"rate_changes": "9:-1"},
            "the rate in rate_changes must be a number from 1e-05 to 1000, got -1.0.",
        ),
        ({"edits": "9:105:1"}, "the index in edits must be an integer from 0 to 104, got 105"),
        (
            {"edits": "9:3:2000"},
            "the value in edits must be a number from -1000 to 1000, got 2000.0.",
        ),
        (
            {"edits": "9:3:1,8:3:1"},
            "edits must hold changes in order, each once, got 8:3:1.0 after 9:3:1.0",
        ),
        ({"edits": "9:3"}, "edits must be up to 100 changes such as 500:12:0.1, got '9:3'."),
        ({"rate_changes": "9"}, "rate_changes must be up to 100 changes such as 500:0.1, got '9'."),
    ],
)
def test_a_bad_value_gets_its_default_and_a_sentence(query, sentence):
    settings, corrections = Settings.from_query(query | {"points": query.get("points", "100")})
    assert len(corrections) == 1
    assert corrections[0].startswith(sentence)
    (name, *_) = query
    taken = {**DEFAULTS.to_query(), "rate_changes": "none", "edits": "none"}[name]
    assert corrections[0].endswith(f" Using {taken} instead.")
    kept = 300 if "points" in query else 100
    assert settings == replace(DEFAULTS, data=replace(DEFAULTS.data, points=kept))


def test_an_unknown_name_is_said():
    settings, corrections = Settings.from_query({"layers": "2-4-1"})
    assert settings == DEFAULTS
    assert corrections == ("'layers' is not a setting; it is ignored.",)


HOSTILE = (
    "nan",
    "-inf",
    "1e999",
    "-1",
    "0x10",
    "1_000",
    "٣",
    " 3",
    "9" * 400,
    "1e-400",
    "__import__('os').system('true')",
    "{}.__class__",
    "<script>alert(1)</script>",
    "2-8-8-1; drop",
    "2--1",
    "-",
    ",:,",
    "%00",
    "\0",
    "\ud800",
    "own",
    "tanh-tanh-tanh-tanh-tanh-tanh-tanh",
    "1-" * 50 + "1",
    "1:1:1," * 200,
    "500:0.1,400:0.1",
    base64.urlsafe_b64encode(zlib.compress(b"0" * 10_000_000)).decode(),
)


@st.composite
def hostile_addresses(draw):
    """An address of the page, with names and texts that it never wrote."""
    query = draw(st.sampled_from(REAL_ADDRESSES)).copy()
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from([*FIELDS, "x", "__class__"]) | st.text(max_size=9))
        other = [address[name] for address in REAL_ADDRESSES if name in address]
        texts = st.sampled_from([*HOSTILE, *other])
        query[name] = draw(texts | st.text("-0123456789.,:eE") | st.text(max_size=30))
    return query


REAL_ADDRESSES = [
    Settings.resolve(DEFAULTS.values() | changes)[0].to_query()
    for changes in (
        {},
        {"dataset": "spiral", "classes": 5, "batch_size": 7, "activation": ("relu", "sine")},
        {"dataset": "plane", "classes": 0, "features": ("x1", "x1_x2"), "edits": ((3, 1, 0.5),)},
        {"dataset": "own", "own": own_table(2), "rate_changes": ((5, 0.1),)},
        {"dataset": "own", "own": own_table(4), "layer_dims": (2, 4)},
    )
]


@of_hypothesis(max_examples=2_000)
@given(hostile_addresses())
def test_any_address_gives_settings_and_short_sentences(query):
    made, corrections = Settings.from_query(query)
    assert Settings.from_query(made.to_query()) == (made, ())
    assert all(len(c) < 400 and c.isprintable() for c in corrections)


def test_a_long_value_is_cut_in_the_sentence():
    _, (sentence,) = Settings.from_query({"points": "9" * 5000, "dataset": "moons"})
    assert len(sentence) < 200
    Settings.from_query({"layer_dims": "-" * 100_000, "rate_changes": "," * 100_000})


def test_what_an_address_leaves_open_goes_with_the_rest():
    made, corrections = Settings.from_query({"dataset": "blobs", "classes": "4", "features": "x1"})
    assert corrections == ()
    assert (made.network.layer_dims, made.network.output) == ((1, 8, 8, 4), "softmax")
    made, corrections = Settings.from_query({"dataset": "plane"})
    assert corrections == ()
    assert (made.data.classes, made.network.output, made.network.cost) == (0, "linear", "squared_error")
    made, corrections = Settings.from_query({"output": "tanh", "layer_dims": "2-5-5-3"})
    assert made.network.cost == "squared_error"
    assert corrections == (
        "layer_dims must end with 1, the number of outputs, got 3. Using 2-5-5-1 instead.",
    )
    made, corrections = Settings.from_query({"layer_dims": "3-5-1"})
    assert corrections == (
        "layer_dims must start with 2, the number of features, got 3. Using 2-5-1 instead.",
    )


@given(all_settings())
def test_all_values_give_the_same_settings(settings):
    assert Settings.of(**settings.values()) == settings


@pytest.mark.parametrize("name", ["noise", "l1", "l2", "stop_cost", "stop_accuracy"])
@pytest.mark.parametrize("text", ["-0", "-0.0", "-0e5", "-1e-999"])
def test_no_zero_has_a_sign(name, text):
    made, corrections = Settings.from_query({name: text})
    assert (made.to_query()[name], corrections) == ("0.0", ())
    assert made.to_query() == Settings.from_query({name: "0"})[0].to_query()
    assert Settings.of(**{name: -0.0}).to_query()[name] == "0.0"


def test_no_zero_in_edits_points_or_whole_numbers_has_a_sign():
    made, _ = Settings.from_query({"edits": "-0:-0:-0", "seed": "-0", "init_seed": "-0"})
    query = made.to_query()
    assert (query["edits"], query["seed"], query["init_seed"]) == ("0:0:0.0", "0", "0")
    rows = ((-0.0, 0.0, -0.0), (0.0, -0.0, 1.0), (1.0, 1.0, 0.0), (1.0, 0.0, 1.0))
    plain = tuple(tuple(abs(number) for number in row) for row in rows)
    assert Table(rows).to_text() == Table(plain).to_text()
    assert "-0" not in repr(Table(rows, scales=((-0.0, 1.0),) * 3))
