"""The article's page: each fault does what is said of it, and our function does it right."""

import inspect
import threading
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from scratchnet import Settings, Trainer
from scratchnet.charts import article as article_charts
from scratchnet.lessons import article
from scratchnet.lessons.article import (
    CHAPTERS,
    READINGS,
    Fault,
    address,
    experiment,
    outcome,
)
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
FAULTS = {fault.printed.__name__: fault for chapter in CHAPTERS for fault in chapter.faults}
INITS = ("article", "xavier")

ERRORS = {
    "sigmoid_that_overflows": (FloatingPointError, "overflow encountered in exp"),
    "cost_with_a_bare_log": (NameError, "name 'log' is not defined"),
    "cost_over_a_shape": (TypeError, "for /: 'int' and 'tuple'"),
    "layer_with_a_pair": (TypeError, "for -: 'int' and 'tuple'"),
    "layer_over_a_shape": (TypeError, "for /: 'int' and 'tuple'"),
    "backprop_without_grads": (NameError, "name 'grads' is not defined"),
    "update_by_the_wrong_name": (KeyError, "'W1'"),
    "update_without_a_body": (IndentationError, "expected an indented block"),
    "train_with_the_printed_cost": (NameError, "name 'log' is not defined"),
    "train_without_its_end": (TypeError, "NoneType"),
}
WRONG = {
    "init_with_the_seed_of_all": lambda draws: draws[0] == draws[1],
    "init_small": lambda gradient: 0 < gradient < 1e-6,
    "cost_as_a_matrix": lambda cost: cost.shape == (1, 1) and np.isclose(cost, np.log(2)),
    "cost_with_log_of_zero": np.isnan,
    "backprop_one_name_off": lambda names: names == ["dW1"],
    "backprop_by_division": np.isnan,
    "update_of_what_is_given": lambda W1: W1 == 0.8,
}


@pytest.fixture(scope="module")
def histories():
    """The two cost histories of the experiment."""
    return {init: experiment(init) for init in INITS}


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


# What is right in each case, worked out without the function that is shown.
RIGHT = {
    "next_draws_of_others": seeded_draws,
    "sigmoid_far_left": lambda: 0.0,
    "cost_of_guessing": lambda: np.log(2),
    "cost_of_being_sure_and_right": lambda: 0.0,
    "dW_of_one_neuron": lambda: 8 / 4 * 3,
    "names_of_gradients": lambda: ["dW1", "dW2"],
    "dW_of_a_sure_neuron": lambda: (0 + 1) / 2,
    "updated_W1": lambda: 1 - 0.5 * 0.4,
    "given_W1": lambda: 1.0,
    "cost_after_ten_epochs": cost_of_ten_steps,
}


def test_the_chapters_are_the_eight_functions_in_order():
    names = [chapter.name for chapter in CHAPTERS]
    assert len(names) == 8
    assert names == [name for name in vars(network) if name in names], "as they are defined"
    for chapter in CHAPTERS:
        assert chapter.source.startswith(f"def {chapter.name}(")
        assert inspect.getsource(getattr(network, chapter.name)) in chapter.source
        assert all(len(text) > 10 for text in (chapter.what_it_does, chapter.formula, chapter.in_print))
        for fault in chapter.faults:
            ours = getattr(fault.ours, "func", fault.ours)  # one is a partial
            assert ours is getattr(network, chapter.name)


def test_every_fault_is_expected_and_only_forward_prop_has_none():
    assert FAULTS.keys() == ERRORS.keys() | WRONG.keys()
    assert [chapter.name for chapter in CHAPTERS if not chapter.faults] == ["forward_prop"]


@pytest.mark.parametrize("name", ERRORS)
def test_what_stops_in_print_stops_with_this_error(name):
    kind, message = ERRORS[name]
    with pytest.raises(kind, match=message):
        FAULTS[name].run()
    assert outcome(FAULTS[name]).startswith(f"published: {kind.__name__}: ")
    assert message in outcome(FAULTS[name])


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_print_is_this_wrong(name):
    assert WRONG[name](FAULTS[name].run())


@pytest.mark.parametrize("fault", [FAULTS[name] for name in FAULTS if name != "init_small"])
def test_ours_does_it_right_in_the_same_case(fault):
    right = RIGHT[fault.case.__name__]()
    if isinstance(right, list):
        assert fault.run_ours() == right
    else:
        assert fault.run_ours() == pytest.approx(right, rel=1e-12, abs=1e-15)


def test_xavier_weights_let_the_error_back_to_layer_1():
    fault = FAULTS["init_small"]
    assert fault.run_ours() > 1000 * fault.run()


def test_an_outcome_is_computed_and_has_a_line_each():
    def case(f):
        return f(4)

    fault = Fault("", lambda n: 1 / (n - 4), lambda n: n / 3, case, "")
    assert outcome(fault) == "published: ZeroDivisionError: division by zero\nhere:      1.33333"
    for fault in FAULTS.values():
        healthy, _, line = outcome(fault._replace(printed=fault.ours)).partition("\n")
        assert healthy.split(": ", 1)[1] == line.split(":", 1)[1].strip()
        assert outcome(fault).splitlines()[1] == line
        assert outcome(fault).splitlines()[0] != healthy


def test_the_lines_shown_are_the_lines_run():
    for name, fault in FAULTS.items():
        assert f"def {name}(" in fault.source
        assert f"def {fault.case.__name__}(" in fault.source


def test_nothing_else_is_wrong_with_the_recreations(samples, monkeypatch):
    """Away from the fault, each gives what ours gives."""
    X, Y = samples
    params = init_params([2, 1], init="xavier")
    AL, caches = forward_prop(X, params)
    grads, cost = backprop(AL, Y, caches), cost_function(AL, Y)
    seeded = article.init_with_the_seed_of_all([2, 4, 1])
    assert all(np.array_equal(W, init_params([2, 4, 1])[name]) for name, W in seeded.items())
    assert np.array_equal(article.sigmoid_that_overflows(X)[0], network.sigmoid(X)[0])
    assert article.cost_as_a_matrix(AL, Y).item() == pytest.approx(cost, rel=1e-12)
    assert article.cost_with_log_of_zero(AL, Y) == pytest.approx(cost, rel=1e-12)
    assert np.allclose(article.backprop_by_division(AL, Y, caches)["dW1"], grads["dW1"], rtol=1e-12)
    updated = article.update_of_what_is_given(dict(params), grads, 0.5)
    assert np.array_equal(updated["W1"], update_parameters(params, grads, 0.5)["W1"])
    renamed = {name: grads[f"d{name}"] for name in params}
    updated = article.update_by_the_wrong_name(params, renamed, 0.5)
    assert np.array_equal(updated["W1"], update_parameters(params, grads, 0.5)["W1"])
    monkeypatch.setattr(article, "log", np.log, raising=False)
    assert article.cost_with_a_bare_log(AL, Y) == pytest.approx(cost, rel=1e-12)


def test_the_last_gradient_is_overwritten_by_the_one_before():
    AL, caches = forward_prop(np.eye(2), init_params([2, 3, 1], init="xavier"))
    Y = np.array([[1.0, 0.0]])
    ours, printed = backprop(AL, Y, caches), article.backprop_one_name_off(AL, Y, caches)
    assert list(printed) == ["dW1"]
    assert np.array_equal(printed["dW1"], ours["dW1"])


def test_the_random_numbers_of_others_are_left_as_they_were():
    np.random.seed(7)
    expected = np.random.RandomState(7).rand()
    outcome(FAULTS["init_with_the_seed_of_all"])
    assert np.random.rand() == expected


def test_two_who_look_at_once_are_shown_the_same_draws():
    first_is_in, first_is_done, second_is_in = (threading.Event() for _ in range(3))
    drawn = {}

    def first(layer_dims):
        first_is_in.set()
        second_is_in.wait(0.2)

    def second(layer_dims):
        second_is_in.set()
        first_is_done.wait(0.2)

    def look_first():
        drawn["first"] = article.next_draws_of_others(first)
        first_is_done.set()

    def look_second():
        first_is_in.wait(5)
        drawn["second"] = article.next_draws_of_others(second)

    before = np.random.get_state()[1].copy()
    threads = [threading.Thread(target=look) for look in (look_first, look_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == {"first": seeded_draws(), "second": seeded_draws()}
    assert np.array_equal(np.random.get_state()[1], before)


def test_the_random_numbers_of_others_are_left_when_a_function_stops():
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    with pytest.raises(ZeroDivisionError):
        article.next_draws_of_others(lambda layer_dims: 1 / 0)
    assert np.array_equal(np.random.get_state()[1], before)


def test_da_is_m_times_the_derivative_of_the_cost():
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


def test_the_experiment_stays_at_guessing_or_learns(histories):
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


def test_the_page_shows_all_of_it():
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
        for fault in chapter.faults:
            assert outcome(fault) in code
            assert fault.why in text
    for reading in READINGS:
        assert f"[{reading.title}]({reading.link})" in text
    for init in INITS:
        assert f"(./?{address(init)})" in text
    page.button_group[0].set_value("log").run()
    assert not page.exception
    assert page.button_group[0].value == "log"
