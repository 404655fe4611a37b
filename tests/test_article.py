"""The article's page: each error has the outcome that is described, and our function is correct."""

import inspect
import threading
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from scratchnet import Settings, Trainer
from scratchnet.charts import article as article_charts
from scratchnet.lessons import published
from scratchnet.lessons.article import CHAPTERS, READINGS, PublishedError, outcome
from scratchnet.lessons.experiment import address, cost_history
from scratchnet.lessons.planted_bugs import BUGS
from scratchnet.nn import network
from scratchnet.nn.network import (
    backprop,
    cost_function,
    forward_prop,
    init_params,
    one_layer_backward,
    update_parameters,
)

PAGE = Path(__file__).parent.parent / "pages" / "article.py"
PUBLISHED = {error.published.__name__: error for chapter in CHAPTERS for error in chapter.errors}
PLANTED = ("pair_for_a_number", "key_of_another_layer", "key_without_d")
INITS = ("article", "xavier")

# By the function that reproduces the error; the planted bugs have the name of the correct function.
RAISES = {
    "sigmoid_that_overflows": (FloatingPointError, "overflow encountered in exp"),
    "cost_with_a_bare_log": (NameError, "name 'log' is not defined"),
    "cost_over_a_shape": (TypeError, "for /: 'int' and 'tuple'"),
    "activation_backward": (TypeError, "for -: 'int' and 'tuple'"),
    "layer_over_a_shape": (TypeError, "for /: 'int' and 'tuple'"),
    "backprop_without_grads": (NameError, "name 'grads' is not defined"),
    "update_parameters": (KeyError, "'W1'"),
    "update_without_a_body": (IndentationError, "expected an indented block"),
    "train_with_the_published_cost": (NameError, "name 'log' is not defined"),
    "train_without_its_end": (TypeError, "NoneType"),
}
WRONG = {
    "init_with_a_global_seed": lambda draws: draws[0] == draws[1],
    "init_small": lambda gradient: 0 < gradient < 1e-6,
    "cost_as_a_matrix": lambda cost: cost.shape == (1, 1) and np.isclose(cost, np.log(2)),
    "cost_with_log_of_zero": np.isnan,
    "backprop": lambda names: names == ["dW1"],
    "backprop_by_division": np.isnan,
    "update_in_place": lambda W1: W1 == 0.8,
}


@pytest.fixture(scope="module")
def histories():
    """The two cost histories of the experiment."""
    return {init: cost_history(init) for init in INITS}


def seeded_draws():
    return [round(np.random.RandomState(seed).rand(), 4) for seed in (1, 2)]


def cost_of_ten_steps():
    """One neuron, ten steps by hand."""
    x, y = np.array([-1.0, 0.0, 2.0]), np.array([0.0, 0.0, 1.0])
    w, b = 0.01 * np.random.RandomState(3).randn(), 0.0
    for _ in range(10):
        error = 1 / (1 + np.exp(-(w * x + b))) - y
        w, b = w - np.mean(error * x), b - np.mean(error)
    a = 1 / (1 + np.exp(-(w * x + b)))
    return -np.mean(np.log(np.where(y == 1, a, 1 - a)))


# The correct outcome of each case, computed without the function that is shown.
CORRECT = {
    "draws_of_other_code": seeded_draws,
    "sigmoid_of_minus_1000": lambda: 0.0,
    "cost_of_guessing": lambda: np.log(2),
    "cost_of_a_sure_correct_prediction": lambda: 0.0,
    "dZ_of_one_neuron": lambda: 8 / 4,
    "dW_of_one_neuron": lambda: 8 / 4 * 3,
    "names_of_gradients": lambda: ["dW1", "dW2"],
    "dW_of_a_sure_neuron": lambda: (0 + 1) / 2,
    "updated_W1": lambda: 1 - 0.5 * 0.4,
    "W1_of_the_caller": lambda: 1.0,
    "cost_after_ten_epochs": cost_of_ten_steps,
}


def test_the_chapters_are_the_eight_functions_in_order():
    names = [chapter.name for chapter in CHAPTERS]
    assert len(names) == 8
    assert names == [name for name in vars(network) if name in names], "as they are defined"
    for chapter in CHAPTERS:
        assert chapter.source.startswith(f"def {chapter.name}(")
        assert inspect.getsource(getattr(network, chapter.name)) in chapter.source
        texts = (chapter.what_it_does, chapter.formula, chapter.as_published)
        assert all(len(text) > 10 for text in texts)
        for error in chapter.errors:
            ours = getattr(error.ours, "func", error.ours)  # one is a partial
            assert ours in (getattr(network, chapter.name), *chapter.helpers)


def test_every_published_error_has_an_expected_outcome_and_only_forward_prop_has_none():
    assert PUBLISHED.keys() == RAISES.keys() | WRONG.keys()
    assert [chapter.name for chapter in CHAPTERS if not chapter.errors] == ["forward_prop"]


def test_errors_that_can_be_planted_are_the_planted_bugs():
    functions = {error.published: error.description for error in PUBLISHED.values()}
    for name in PLANTED:
        assert functions[BUGS[name].function] == BUGS[name].description
        assert BUGS[name].title.startswith("Article: ")
    assert sum(bug.title.startswith("Article: ") for bug in BUGS.values()) == len(PLANTED)


@pytest.mark.parametrize("name", RAISES)
def test_published_code_raises_this_exception(name):
    kind, message = RAISES[name]
    with pytest.raises(kind, match=message):
        PUBLISHED[name].run()
    assert outcome(PUBLISHED[name]).startswith(f"published: {kind.__name__}: ")
    assert message in outcome(PUBLISHED[name])


@pytest.mark.parametrize("name", WRONG)
def test_published_code_gives_this_wrong_result(name):
    assert WRONG[name](PUBLISHED[name].run())


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name != "init_small"])
def test_our_code_gives_the_correct_result_in_the_same_case(name):
    error = PUBLISHED[name]
    correct = CORRECT[error.case.__name__]()
    if isinstance(correct, list):
        assert error.run_ours() == correct
    else:
        assert error.run_ours() == pytest.approx(correct, rel=1e-12, abs=1e-15)


def test_with_xavier_weights_a_gradient_reaches_layer_1():
    error = PUBLISHED["init_small"]
    assert error.run_ours() > 1000 * error.run()


def test_an_outcome_is_computed_and_has_a_line_for_each_version():
    def case(f):
        return f(4)

    error = PublishedError("", lambda n: 1 / (n - 4), lambda n: n / 3, case, "")
    assert outcome(error) == "published: ZeroDivisionError: division by zero\nhere:      1.33333"
    for error in PUBLISHED.values():
        correct, _, line = outcome(error._replace(published=error.ours)).partition("\n")
        assert correct.split(": ", 1)[1] == line.split(":", 1)[1].strip()
        assert outcome(error).splitlines()[1] == line
        assert outcome(error).splitlines()[0] != correct


def test_the_lines_shown_are_the_lines_run():
    for name, error in PUBLISHED.items():
        assert f"def {name}(" in error.source
        assert f"def {error.case.__name__}(" in error.source


def test_apart_from_the_error_the_published_code_is_correct(samples, monkeypatch):
    X, Y = samples
    params = init_params([2, 1], init="xavier")
    AL, caches = forward_prop(X, params)
    grads, cost = backprop(AL, Y, caches), cost_function(AL, Y)
    seeded = published.init_with_a_global_seed([2, 4, 1])
    assert all(np.array_equal(W, init_params([2, 4, 1])[name]) for name, W in seeded.items())
    assert np.array_equal(published.sigmoid_that_overflows(X)[0], network.sigmoid(X)[0])
    assert published.cost_as_a_matrix(AL, Y).item() == pytest.approx(cost, rel=1e-12)
    assert published.cost_with_log_of_zero(AL, Y) == pytest.approx(cost, rel=1e-12)
    assert np.allclose(published.backprop_by_division(AL, Y, caches)["dW1"], grads["dW1"], rtol=1e-12)
    updated = published.update_in_place(dict(params), grads, 0.5)
    assert np.array_equal(updated["W1"], update_parameters(params, grads, 0.5)["W1"])
    renamed = {name: grads[f"d{name}"] for name in params}
    updated = BUGS["key_without_d"].function(params, renamed, 0.5)
    assert np.array_equal(updated["W1"], update_parameters(params, grads, 0.5)["W1"])
    monkeypatch.setattr(published, "log", np.log, raising=False)
    assert published.cost_with_a_bare_log(AL, Y) == pytest.approx(cost, rel=1e-12)


def test_the_gradient_of_the_last_layer_is_overwritten():
    AL, caches = forward_prop(np.eye(2), init_params([2, 3, 1], init="xavier"))
    Y = np.array([[1.0, 0.0]])
    ours, theirs = (
        function(AL, Y, caches) for function in (backprop, BUGS["key_of_another_layer"].function)
    )
    assert {"dW2", "db2"} == ours.keys() - theirs.keys()
    assert np.array_equal(theirs["dW1"], ours["dW1"])


def test_the_global_generator_is_left_as_it_was():
    np.random.seed(7)
    expected = np.random.RandomState(7).rand()
    outcome(PUBLISHED["init_with_a_global_seed"])
    assert np.random.rand() == expected


def test_two_visitors_at_the_same_time_are_shown_the_same_draws():
    first_is_in, first_is_done, second_is_in = (threading.Event() for _ in range(3))
    drawn = {}

    def first(layer_dims):
        first_is_in.set()
        second_is_in.wait(0.2)

    def second(layer_dims):
        second_is_in.set()
        first_is_done.wait(0.2)

    def look_first():
        drawn["first"] = published.draws_of_other_code(first)
        first_is_done.set()

    def look_second():
        first_is_in.wait(5)
        drawn["second"] = published.draws_of_other_code(second)

    before = np.random.get_state()[1].copy()
    threads = [threading.Thread(target=look) for look in (look_first, look_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == {"first": seeded_draws(), "second": seeded_draws()}
    assert np.array_equal(np.random.get_state()[1], before)


def test_the_global_generator_is_left_as_it_was_after_an_exception():
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    with pytest.raises(ZeroDivisionError):
        published.draws_of_other_code(lambda layer_dims: 1 / 0)
    assert np.array_equal(np.random.get_state()[1], before)


def test_dA_is_m_times_the_derivative_of_the_cost():
    """As chapter five says, by central differences of the cost along every input."""
    X, Y = np.array([[0.3, -0.8], [1.1, 0.4]]), np.array([[1.0, 0.0]])
    params = init_params([2, 1], init="xavier")
    AL, caches = forward_prop(X, params)
    dA0, _, _ = one_layer_backward((AL - Y) / (AL * (1 - AL)), caches[0])
    h = 1e-6
    for index in np.ndindex(X.shape):
        step = np.zeros_like(X)
        step[index] = h
        ends = [cost_function(forward_prop(X + s, params)[0], Y) for s in (step, -step)]
        assert 2 * (ends[0] - ends[1]) / (2 * h) == pytest.approx(dA0[index], rel=1e-6)


def test_the_experiment_learns_with_xavier_weights_only(histories):
    small, xavier = histories["article"], histories["xavier"]
    assert len(small) == len(xavier) == 3000
    assert np.abs(np.array(small) - np.log(2)).max() < 0.0005
    assert np.log(2) <= xavier[0] < 0.71
    assert xavier[-1] < 0.02


@pytest.mark.parametrize("init", INITS)
def test_the_playground_gives_the_same_run_at_the_address(histories, init):
    settings, corrections = Settings.from_query(dict(parse_qsl(address(init))))
    assert corrections == ()
    assert (settings.network.init, settings.training.epochs) == (init, 3000)
    trainer = Trainer(settings)
    trainer.advance(3000)
    assert np.array_equal(trainer.history.train_cost[:-1], histories[init])


@pytest.mark.parametrize("axis", ["linear", "log"])
def test_the_curves_are_the_histories_over_one_range(histories, axis):
    figures = article_charts.cost_curves(histories, axis)
    assert list(figures) == list(article_charts.CURVES)
    for name, figure in figures.items():
        curve, guessing = figure.data
        assert set(guessing.y) == {np.log(2)}
        assert np.array_equal(curve.y, histories[name])
        assert np.array_equal(curve.x, np.arange(3000))
        assert figure.layout.yaxis.type == axis
        low, high = figure.layout.yaxis.range
        ends = np.array([min(curve.y), max(curve.y)])
        ends = ends if axis == "linear" else np.log10(ends)
        assert low < ends[0] < ends[1] < high
    assert len({figure.layout.yaxis.range for figure in figures.values()}) == 1


def test_the_page_shows_every_chapter_error_and_reading():
    page = AppTest.from_file(str(PAGE), default_timeout=30)
    page.session_state["navigated"] = True  # as app.py does
    page.run()
    assert not page.exception
    text = "\n".join(markdown.value for markdown in page.markdown)
    code = [block.value for block in page.code]
    formulas = [formula.value for formula in page.latex]
    headings = [heading.value for heading in page.header]
    for number, chapter in enumerate(CHAPTERS, start=1):
        assert headings[number - 1] == f"{number}. {chapter.name}"
        assert f"(#{chapter.name})" in text
        assert chapter.what_it_does in text
        assert chapter.formula in formulas[number - 1]
        assert chapter.source.strip() in [block.strip() for block in code]
        for error in chapter.errors:
            assert outcome(error) in code
            assert error.why in text
    sources = [each.source.rstrip() for chapter in CHAPTERS for each in (chapter, *chapter.errors)]
    assert [box.code[0].value for box in page.expander] == sources, "all code that is not an outcome"
    assert not any(box.proto.expanded for box in page.expander)
    assert len(code) == len(sources) + len(PUBLISHED)
    for reading in READINGS:
        assert f"[{reading.title}]({reading.link})" in text
    for init in INITS:
        assert f"(./?{address(init)})" in text
    page.button_group[0].set_value("log").run()
    assert not page.exception
    assert page.button_group[0].value == "log"
