"""Every bug is one wrong line, is found wherever it applies, and does to training what it is for."""

import ast
import inspect
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from scratchnet import Settings, Trainer, forward_prop
from scratchnet.analysis.gradient_check import BUG, SAME, STEPS, Case, case_of, check, errors_by_step
from scratchnet.charts import gradient_check as gradients
from scratchnet.charts.look import TEST_LINE, TRAIN_LINE
from scratchnet.lessons.planted_bugs import BUGS, correct, planted, source, train_with
from scratchnet.nn import network
from scratchnet.nn.network import init_params

PAGE = Path(__file__).parent.parent / "pages" / "gradient_check.py"
every_bug = pytest.mark.parametrize("name", BUGS)

# Networks of many kinds, and some that cannot show some of the bugs.
RUNS = {
    "default": {},
    "one layer": {"layer_dims": "2-1"},
    "narrow": {"layer_dims": "2-4-1-3-1", "activation": "sigmoid"},
    "relu": {"layer_dims": "2-5-4-1", "activation": "relu", "init": "he", "l1": "0.01"},
    "leaky": {"activation": "leaky_relu", "dataset": "circles", "output": "tanh", "l2": "0.1"},
    "linear": {"activation": "linear", "dataset": "plane", "learning_rate": "0.1"},
    "each": {"activation": "gelu-sine", "dataset": "gaussians", "features": "x1-x2-x1_x2"},
    "classes": {"dataset": "blobs", "classes": "4", "layer_dims": "2-6-4", "activation": "elu"},
    "squared": {"cost": "squared_error", "activation": "softplus", "dataset": "xor", "l2": "0.01"},
}


def run_of(address, epochs=0):
    chosen, wrong = Settings.from_query(address)
    assert not wrong
    trainer = Trainer(chosen)
    trainer.advance(epochs)
    return trainer


def test_sixteen_bugs_cover_all_parts_of_backpropagation_and_the_update():
    assert len(BUGS) == 16
    assert {bug.replaces for bug in BUGS.values()} == {
        *("activation_backward", "linear_backward", "backprop"),
        *("penalty_gradient", "update_parameters"),
    }


@cache
def case_after(run, epochs):
    return case_of(run_of(RUNS[run], epochs))


@every_bug
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("epochs", [0, 20])
def test_a_bug_is_found_where_it_applies_and_changes_nothing_elsewhere(name, run, epochs):
    bug, case = BUGS[name], case_after(run, epochs)
    worst = check(case, planted(bug)).worst
    assert worst >= BUG if bug.applies(case) else worst <= SAME


@every_bug
def test_a_bug_applies_to_some_of_these_runs_and_names_what_the_others_lack(name):
    bug = BUGS[name]
    applies = [bug.applies(case_after(run, 0)) for run in RUNS]
    assert sum(applies) >= 3
    assert all(applies) or bug.needs


@every_bug
def test_a_bug_is_found_in_drawn_networks(name):
    @settings(max_examples=10)
    @given(st.integers(0, 10**6), st.lists(st.integers(2, 5), min_size=3, max_size=4))
    def is_found(seed, dims):
        random = np.random.RandomState(seed)
        params = init_params([*dims, 1], seed, "xavier")
        params = {key: part + 0.1 * random.randn(*part.shape) for key, part in params.items()}
        X, T = random.randn(dims[0], 8), random.randint(0, 2, (1, 8)).astype(float)
        case = Case(params, X, T, "tanh", l2=0.1)
        assert BUGS[name].applies(case)
        assert check(case, planted(BUGS[name])).worst > 1e-3
        assert check(case).worst < 1e-6

    is_found()


@pytest.mark.parametrize("name", ["uphill", "last_layer_forgotten", "key_without_d"])
def test_a_bug_of_the_update_is_found_in_the_update_and_not_in_the_gradient(name):
    parts = check(case_after("default", 0), planted(BUGS[name])).comparisons.values()
    assert all(part.error <= SAME for part in parts)
    wrong = [part.name for part in parts if part.descent_error >= BUG]
    assert wrong == (["W3", "b3"] if name == "last_layer_forgotten" else [part.name for part in parts])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("no_derivative", "W1 b1 W2 b2"),
        ("not_transposed", "W1 b1"),
        ("mean_in_every_layer", "W1 b1 W2 b2"),
        ("bias_not_summed", "b1 b2 b3"),
        ("bias_summed_over_all", "b1 b2"),
        ("sum_for_mean", "W1 b1 W2 b2 W3 b3"),
        ("key_of_another_layer", "W3 b3"),
    ],
)
def test_only_the_gradients_behind_a_bug_are_wrong(name, wrong):
    parts = check(case_after("default", 0), planted(BUGS[name])).comparisons.values()
    assert [part.name for part in parts if part.error >= BUG] == wrong.split()
    assert all(part.error <= SAME for part in parts if part.name not in wrong)


def test_notes_name_the_exception_and_missing_or_misshapen_gradients():
    case = case_after("default", 0)

    def notes(name):
        return check(case, planted(BUGS[name])).notes

    assert notes("key_of_another_layer") == (
        "The code stops with KeyError: 'dW3'.",
        "There is no dW3.",
        "There is no db3.",
    )
    assert notes("key_without_d") == ("The code stops with KeyError: 'W1'.",)
    assert notes("bias_not_summed")[0] == "db1 has the shape (8, 30), but b1 has (8, 1)."
    assert notes("pair_for_a_number")[0].startswith("The code stops with TypeError: unsupported")
    assert notes("not_transposed") == ()


def statements(function):
    """The lines of a function's body, without comments and docstring."""
    (tree,) = ast.parse(source(function)).body
    return [line for node in tree.body for line in ast.unparse(node).splitlines()]


@every_bug
def test_a_bug_differs_from_the_correct_function_in_one_or_two_lines_with_a_comment(name):
    bug = BUGS[name]
    old, new = statements(correct(bug)), statements(bug.function)
    changed = [line for line in new if line.strip() not in [each.strip() for each in old]]
    assert 1 <= len(changed) <= 2, changed
    assert len(new) <= len(old) + 1
    assert "#" in source(bug.function)
    arguments = [*inspect.signature(correct(bug)).parameters]
    assert [*inspect.signature(bug.function).parameters] == arguments


@every_bug
def test_a_bug_replaces_a_line_that_occurs_once(name):
    bug = BUGS[name]
    old, new = (source(each).splitlines() for each in (correct(bug), bug.function))
    lines, by = bug.line.splitlines(), bug.by.splitlines()
    bare = [line.strip() for line in old]
    assert bare.count(lines[0]) == 1
    start = bare.index(lines[0])
    assert new[:start] == old[:start]
    assert [line.strip() for line in new[start : start + len(by)]] == by
    assert new[start + len(by) :] == old[start + len(lines) :]


def test_a_line_that_is_not_there_cannot_be_patched():
    with pytest.raises(AssertionError, match="stands 0 times in update_parameters"):
        planted(BUGS["uphill"]._replace(line="memory ="))


@every_bug
def test_planting_a_bug_leaves_network_py_unchanged(name):
    bug = BUGS[name]
    code = planted(bug)
    assert getattr(code, bug.replaces) is bug.function
    assert correct(bug) is not bug.function
    assert code is not network
    assert check(case_of(run_of({"l2": "0.1"}))).worst <= SAME


def test_a_source_is_the_function_without_its_docstring():
    text = source(network.linear_backward)
    assert '"""' not in text
    assert text.startswith("def linear_backward(")
    assert text.endswith("return dA_prev, dW, db")
    assert source(BUGS["uphill"].function) == inspect.getsource(BUGS["uphill"].function).rstrip()


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"batch_size": "40", "optimizer": "adam", "learning_rate": "0.01", "l1": "0.001"},
        {"dataset": "spiral", "classes": "3", "features": "x1-x2-sin_x1", "rate_changes": "5:0.1"},
    ],
)
def test_training_without_a_bug_equals_the_run(address):
    trainer = run_of(address, 20)
    costs, stopped = train_with(None, trainer.settings, 21)
    assert stopped is None
    assert np.array_equal(costs, trainer.history.train_cost)


def test_the_number_of_epochs_and_updates_is_limited():
    def epochs(**address):
        return len(train_with(None, Settings.from_query(address)[0]).costs)

    assert epochs() == 300
    assert epochs(epochs="7") == 7
    assert epochs(batch_size="21") == 300  # in 10 batches, as many as are allowed
    assert epochs(batch_size="1") == 14


# What the bugs do in 300 epochs on the moons, of (costs with the bug, costs without). The runs
# differ in their initial weights and their samples.
def several_times(costs, well):
    return costs[-1] > 3 * well[-1] and costs[-1] < costs[0]


def learns(costs, well):
    return costs[-1] < costs[0] / 3


def rises(costs):
    return np.count_nonzero(np.diff(costs) > 0)


EFFECTS = {
    "no_derivative": lambda costs, well: several_times(costs, well) and rises(costs) > 75,
    "derivative_at_A": lambda costs, well: learns(costs, well) and costs[-1] > 1.4 * well[-1],
    "derivative_of_sigmoid": several_times,
    "sum_for_mean": lambda costs, well: costs.max() > 10 * costs[0] and rises(costs) > 75,
    "mean_in_every_layer": several_times,
    "bias_not_summed": lambda costs, well: costs[-1] < well[-1] / 3,
    "bias_summed_over_all": learns,
    "not_transposed": learns,
    "sign_of_error": lambda costs, well: costs[-1] > 100 * costs[0],
    "output_slope_twice": several_times,
    "uphill": lambda costs, well: costs[-1] > 100 * costs[0],
    "last_layer_forgotten": several_times,
}
MOONS = [{}, {"init_seed": "4"}, {"init_seed": "5", "seed": "2"}, {"seed": "2"}]


@cache
def costs_on_moons(name=None):
    """The costs of a training on each of MOONS."""
    runs = [train_with(BUGS.get(name), Settings.from_query(address)[0]) for address in MOONS]
    assert not any(run.stopped for run in runs)
    return [np.array(run.costs) for run in runs]


@pytest.mark.parametrize("name", EFFECTS)
def test_what_training_with_a_bug_does_on_the_moons(name):
    for costs, well in zip(costs_on_moons(name), costs_on_moons(), strict=True):
        assert EFFECTS[name](costs, well), (costs[-1], well[-1])


def test_some_bugs_do_not_show_in_the_cost_curve():
    def parts(name):
        pairs = zip(costs_on_moons(name), costs_on_moons(), strict=True)
        return [costs[-1] / well[-1] for costs, well in pairs]

    assert min(parts("not_transposed")) < 1.0 < 1.5 < max(parts("not_transposed"))
    assert sum(part < 1.25 for part in parts("bias_summed_over_all")) > len(MOONS) / 2


@pytest.mark.parametrize("name", [name for name in BUGS if name not in (*EFFECTS, "no_penalty")])
def test_the_other_bugs_stop_the_training(name):
    costs, stopped = train_with(BUGS[name], Settings())
    assert costs == ()
    assert stopped.split(":")[0] in ("KeyError", "TypeError")


def test_without_the_gradient_of_the_penalty_the_costs_are_those_without_a_penalty():
    chosen = Settings.from_query({"l2": "0.01"})[0]
    assert train_with(BUGS["no_penalty"], chosen).costs == train_with(None, Settings()).costs
    assert train_with(None, chosen).costs != train_with(None, Settings()).costs


def test_biases_that_are_not_summed_fit_the_training_samples_only():
    trainer = run_of({})
    X, Y = trainer.dataset.X_train, trainer.dataset.Y_train
    code = planted(BUGS["bias_not_summed"])
    params, _ = code.train(X, Y, (2, 8, 8, 1), 5, 0.5, activation="tanh")
    assert params["b1"].shape == (8, 210)
    with pytest.raises(ValueError, match=r"b1 must have the shape \(8, 1\), .* got \(8, 210\)"):
        forward_prop(trainer.dataset.X_test, params, "tanh")


def test_the_error_of_a_bug_does_not_depend_on_the_step_size():
    case = case_after("default", 0)
    errors = errors_by_step(case, planted(BUGS["no_derivative"]))
    assert np.ptp(errors["W1"]) < 0.02
    assert errors["W1"].min() > 0.1
    assert np.array_equal(errors["W3"], errors_by_step(case)["W3"])


def examined(name=None, **address):
    return gradients.examine(run_of(address), name)


def test_the_table_shows_errors_above_the_threshold_in_red():
    found = examined("uphill")
    table = gradients.array_table(found.result)
    assert table["shape"] == ["8 × 2", "8 × 1", "8 × 8", "8 × 1", "1 × 8", "1 × 1"]
    assert table["update"] == [":red[**1**]"] * 6
    assert not any("red" in cell for cell in table["gradient"])
    assert table["verdict"] == [":red[**differs**]"] * 6
    assert gradients.array_table(examined().result)["verdict"] == ["agrees"] * 6
    assert f"{found.result.comparisons['W2'].error:.1e}".replace("-", "−") == table["gradient"][2]


def test_the_entries_with_the_largest_errors_come_first():
    part = examined("not_transposed").result.comparisons["W1"]
    table = gradients.entry_table(part)
    assert len(table["entry"]) == 16
    index = tuple(int(n) for n in table["entry"][-1].strip("[]").split(", "))
    assert part.errors[index] == part.errors.min()
    numbers = [float(text.replace("−", "-")) for text in table["numeric"]]
    assert sorted(numbers) == pytest.approx(sorted(part.numeric.ravel()), rel=1e-6)
    assert all("red" in cell for cell in table["relative error"])
    missing = gradients.entry_table(examined("key_of_another_layer").result.comparisons["b3"])
    assert missing["analytic"] == ["–"]


def test_the_array_with_the_largest_error_comes_first():
    assert gradients.worst_first(examined("not_transposed").result)[:2] == ["W1", "b1"]


def test_the_map_is_red_where_an_entry_is_wrong():
    comparisons = examined("not_transposed").result.comparisons
    assert np.unique(gradients.error_map(comparisons["W1"]).data[0].z) == [2]
    assert np.unique(gradients.error_map(comparisons["W2"]).data[0].z) == [0]
    assert gradients.error_map(comparisons["W2"]).data[0].colorscale[-1][1] == TEST_LINE


def test_the_plot_shows_the_errors_by_the_step_size():
    found = examined("not_transposed")
    figure = gradients.v_plot(found.errors)
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    for line in figure.data:
        assert np.array_equal(line.x, STEPS)
        assert np.array_equal(line.y, np.maximum(found.errors[line.name], gradients.SMALLEST))
        assert line.line.color == (TEST_LINE if line.name in ("W1", "b1") else TRAIN_LINE)


def test_the_cost_curves_are_those_of_both_runs():
    found = examined("no_derivative", epochs="30")
    well, bad = gradients.cost_curves(found.planted, "cross_entropy").data
    chosen = Settings.from_query({"epochs": "30"})[0]
    assert np.array_equal(well.y, train_with(None, chosen).costs)
    assert np.array_equal(bad.y, train_with(BUGS["no_derivative"], chosen).costs)
    assert (well.line.color, bad.line.color) == (TRAIN_LINE, TEST_LINE)
    assert bad.line.dash == "dash"
    stopped = gradients.cost_curves(examined("key_without_d").planted, "cross_entropy").data[1]
    assert len(stopped.y) == 0


@pytest.mark.parametrize(
    ("name", "address", "sentence"),
    [
        (None, {}, "No bug found: the largest relative error is"),
        ("not_transposed", {}, "**Bug:** the gradient is wrong for W1 and b1."),
        ("sign_of_error", {}, "**Bug:** the gradient is wrong for every array."),
        ("uphill", {}, "**Bug:** the gradients are correct, but the update does not subtract them."),
        ("last_layer_forgotten", {}, "but the update does not subtract those of W3 and b3."),
        ("no_penalty", {}, "This network does not reveal the bug: it needs an L1 or L2 penalty."),
        (None, {"activation": "relu", "init": "zeros"}, "Of 105 parameters 32 are skipped"),
    ],
)
def test_the_headline_says_what_was_found(name, address, sentence):
    assert sentence in gradients.headline(examined(name, **address))


EFFECTS_SAID = {
    "sum_for_mean": "The cost goes up and down, rising in 150 of 299 epochs (without the bug in 0), "
    "and ends at 27.7, 1,600 times as high as without the bug (0.0174).",
    "key_of_another_layer": "The code stops with an exception, so there is no cost curve.",
    "no_penalty": "The bug changes nothing in this run: the costs are the same to the last digit.",
    "uphill": "The cost rises from 0.843 to 926, 53,000 times as high as without the bug (0.0174).",
}


@pytest.mark.parametrize("name", [None, "sum_for_mean", "key_of_another_layer", "no_penalty", "uphill"])
def test_the_page_shows_a_bug_beside_the_correct_code(name):
    page = AppTest.from_file(str(PAGE), default_timeout=30)
    page.session_state["navigated"] = True
    assert not page.run().exception
    page.selectbox[0].set_value(name).run()
    assert not page.exception
    shown = [code.value for code in page.code]
    assert shown == ([gradients.difference(BUGS[name])] if name else [])
    assert [code.language for code in page.code] == ["diff"] * len(shown)
    values = [text.value for text in page.markdown]
    said = [value for value in values if value.startswith("**Training with the bug.** ")]
    assert said == ([f"**Training with the bug.** {EFFECTS_SAID[name]}"] if name else [])
    assert len(page.table) == 2
