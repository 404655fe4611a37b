"""A TensorFlow Playground link becomes settings, or says what of it does not."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet import Settings, Trainer
from scratchnet.run.pasted_link import read_link
from scratchnet.run.tf_playground import FEATURES, LIKE_IT, PARTS, is_link, translate
from scratchnet.validation import NotAllowed

SITE = "https://playground.tensorflow.org/"
WHOLE = (
    f"{SITE}#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03"
    "&regularizationRate=0&noise=0&networkShape=4,2&seed=0.46573&showTestData=false&discretize=false"
    "&percTrainData=50&x=true&y=true&xTimesY=false&xSquared=false&ySquared=false&cosX=false&sinX=false"
    "&cosY=false&sinY=false&collectStats=false&problem=classification&initZero=false&hideText=false"
)


def settings_of(link):
    """The settings of a link that needs no correction here, and what was said."""
    query, remark = translate(link)
    made, corrections = Settings.from_query(query)
    assert corrections == ()
    return made, remark


def test_the_link_that_the_site_opens_with():
    made, remark = settings_of(WHOLE)
    assert remark == LIKE_IT
    data, network, training = made.data, made.network, made.training
    assert (data.dataset, data.points, data.noise, data.train_share) == ("circles", 500, 0.0, 0.5)
    assert (network.layer_dims, network.activation) == ((2, 4, 2, 1), "tanh")
    assert network.features == ("x1", "x2")
    assert (network.output, network.cost) == ("tanh", "squared_error")
    assert (training.learning_rate, training.batch_size) == (0.03, 10)
    assert (training.l1, training.l2) == (0.0, 0.0)
    assert Trainer(made).advance(50).train_cost < 0.5


@pytest.mark.parametrize("link", [SITE, f"{SITE}#", "playground.tensorflow.org", f"{SITE}#seed=0.1"])
def test_what_a_link_leaves_out_takes_the_default_of_the_site(link):
    assert settings_of(link) == settings_of(WHOLE)


@pytest.mark.parametrize(
    ("parts", "settings"),
    [
        ("dataset=xor", {"dataset": "xor", "classes": 2}),
        ("dataset=gauss", {"dataset": "blobs", "classes": 2}),
        ("dataset=spiral&noise=35", {"dataset": "spiral", "noise": 0.35}),
        ("problem=regression", {"dataset": "plane", "classes": 0, "points": 1200, "output": "linear"}),
        ("problem=regression&regDataset=reg-gauss&dataset=xor", {"dataset": "gaussians", "classes": 0}),
        ("regDataset=reg-gauss", {"dataset": "circles"}),
        ("activation=relu", {"activation": "relu"}),
        ("activation=linear", {"activation": "linear"}),
        ("regularization=L1&regularizationRate=0.003", {"l1": 0.003, "l2": 0.0}),
        ("regularization=L2&regularizationRate=10", {"l1": 0.0, "l2": 10.0}),
        ("regularizationRate=0.1", {"l1": 0.0, "l2": 0.0}),
        ("batchSize=30&learningRate=10", {"batch_size": 30, "learning_rate": 10.0}),
        ("percTrainData=90", {"train_share": 0.9}),
        ("networkShape=", {"layer_dims": (2, 1)}),
        ("networkShape=8,8,8,8,8,8", {"layer_dims": (2, 8, 8, 8, 8, 8, 8, 1)}),
        ("networkShape=4%2C2", {"layer_dims": (2, 4, 2, 1)}),
        ("initZero=true", {"init": "zeros"}),
        (
            "y=false&xTimesY=true&xSquared=true&ySquared=true&sinX=true&sinY=true",
            {
                "features": ("x1", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"),
                "layer_dims": (6, 4, 2, 1),
            },
        ),
    ],
)
def test_each_part_has_its_setting(parts, settings):
    made, remark = settings_of(f"{SITE}#{parts}")
    assert made.values() | settings == made.values()
    assert remark == LIKE_IT


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("cosX=true&cosY=true", "Not available here: cosX, cosY."),
        (
            "x=false&y=false&cosX=true",
            "Not available here: cosX; x1 and x2 are used instead.",
        ),
        ("x=false&y=false", "The link selects no inputs; x1 and x2 are used instead."),
        (
            "dataset=mars",
            "dataset must be one of circle, xor, gauss, spiral, got 'mars'. Using circle instead.",
        ),
        ("noise=51", "noise must be a number from 0 to 50, got 51.0. Using 0 instead."),
        ("noise=nan", "noise must be a number from 0 to 50, got 'nan'. Using 0 instead."),
        (
            "learningRate=1e99",
            "learningRate must be a number from 1e-05 to 10, got 1e+99. Using 0.03 instead.",
        ),
        ("batchSize=0", "batchSize must be an integer from 1 to 30, got 0. Using 10 instead."),
        ("x=yes", "x must be one of true, false, got 'yes'. Using true instead."),
        ("networkShape=4,-2", "got '4,-2'. Using 4,2 instead."),
        ("networkShape=99", "got '99'. Using 4,2 instead."),
        ("networkShape=1,1,1,1,1,1,1", "got '1,1,1,1,1,1,1'. Using 4,2 instead."),
        ("networkShape=__import__('os')", "Using 4,2 instead."),
        ("activation=\x1b[2J", "got '?[2J'. Using tanh instead."),
    ],
)
def test_what_has_no_counterpart_or_is_wrong_is_said(parts, said):
    _, remark = settings_of(f"{SITE}#{parts}")
    assert remark.startswith(LIKE_IT)
    assert remark.endswith(said)
    assert remark.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/#playground.tensorflow.org",
        "https://playground.tensorflow.org.example.com/",
        "https://example.com/?playground.tensorflow.org",
        "https://playground.tensorflow.org@example.com/",
        "http://[playground.tensorflow.org",
        "",
    ],
)
def test_another_site_is_not_taken_for_it(text):
    assert not is_link(text)
    with pytest.raises(NotAllowed, match=r"The link must be one of playground\.tensorflow\.org, got "):
        translate(text)


def test_a_link_of_too_many_parts_is_refused():
    with pytest.raises(NotAllowed, match="The link must have at most 100 parts"):
        translate(SITE + "#" + "a=1&" * 101)


TEXTS = st.text(max_size=12) | st.sampled_from(
    ["true", "1e999", "-0", "9" * 50, "4,2", ",", "-1", "４,²"]
)


@given(st.dictionaries(st.sampled_from([*PARTS, "networkShape", "seed"]) | st.text(max_size=5), TEXTS))
def test_any_link_gives_settings_that_fit(parts):
    query, notes, _ = read_link(f"{SITE}#{urlencode(parts)}")
    made, corrections = Settings.from_query(query)
    assert corrections == ()
    assert len(made.network.features) >= 1
    assert all(note.isprintable() for note in notes)


def test_every_feature_here_is_known_there():
    known = set(FEATURES.values()) - {""}
    assert known == {"x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"}
