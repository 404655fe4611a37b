"""The page of one training step shows what the trainer computes, and Apply makes that update."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from scratchnet import Settings, Trainer, __version__
from scratchnet.analysis.training_step import next_step
from scratchnet.ui import own_numbers, quantities, step_view
from scratchnet.ui.own_numbers import Numbers

APP = Path(__file__).parent.parent / "app.py"


def open_page(**address):
    page = AppTest.from_file(str(APP), default_timeout=30).switch_page("pages/training_step.py")
    for name, text in address.items():
        page.query_params[name] = text
    return page.run()


def choose(page, title):
    """Press the button of a quantity, or Back or Next."""
    return page.button(key=f"quantity {title}").click().run()


def chosen(page):
    """The quantity that is shown, by its table."""
    (name,) = (text.value for text in page.markdown if ", shape (" in text.value)
    return name.split("**")[1]


def said(page):
    """The first warning, as it is read."""
    return page.warning[0].value.replace("\\", "")


def test_every_table_is_what_the_trainer_computes():
    address = {"layer_dims": "2-3-1", "points": "30", "batch_size": "8", "epoch": "4", "update": "1"}
    page = open_page(**address)
    trainer = Trainer(Settings.from_query({k: address[k] for k in list(address)[:3]})[0])
    trainer.seek(4, 1)
    for quantity in next_step(trainer).quantities:
        choose(page, quantity.name)
        assert not page.exception
        (table,) = page.dataframe
        assert np.array_equal(table.value.to_numpy(), quantity.value), quantity.name
        assert f"shape {quantity.value.shape}" in " ".join(each.value for each in page.markdown)
        marked = [line for line in page.code[-1].value.splitlines() if line.startswith("▶")]
        assert [line[1:].strip().startswith(quantity.line) for line in marked] == [True]
        assert quantity.formula in page.latex[0].value


def test_next_and_back_go_through_all_quantities_and_the_address_has_each():
    page = open_page(layer_dims="2-3-1", points="30")
    names = [each.name for each in next_step(page.session_state["visit"].trainer).quantities]
    buttons = [each.label for each in page.button]
    assert buttons == [*names, "Back", "Next", "Apply this update to the run"]
    assert page.button(key="quantity Back").disabled
    for name in names[1:]:
        choose(page, "Next")
        assert chosen(page) == name
        assert page.query_params["quantity"] in (name, [name])
    assert page.button(key="quantity Next").disabled
    for name in names[-2::-1]:
        choose(page, "Back")
        assert chosen(page) == name
    choose(page, "dW1")
    assert chosen(page) == "dW1"
    choose(page, "Next")
    assert chosen(page) == "db1"


def test_the_quantities_stand_by_phase_and_layer():
    page = open_page(layer_dims="2-3-1", points="30")
    assert rows_of(page.main) == [
        ["**Forward pass**", "Z1", "A1", "/", "Z2", "A2", "/"],
        ["**Cost**", "cost", "/"],
        ["**Backward pass**", "dZ2", "dW2", "db2", "dA1", "/", "dZ1", "dW1", "db1", "dA0", "/"],
        ["**Update**", "W1 new", "b1 new", "/", "W2 new", "b2 new", "/"],
    ]


def rows_of(block):
    """The rows that begin with the name of a phase; "/" is the end of a layer."""
    children = list(getattr(block, "children", {}).values())
    titles = [f"**{title}**" for title in quantities.PHASES.values()]
    if children and getattr(children[0], "value", None) in titles:
        row = [children[0].value]
        for layer in children[1:]:
            row += [*(each.label for each in layer.children.values()), "/"]
        return [row]
    return [row for child in children for row in rows_of(child)]


def test_apply_makes_exactly_this_update():
    page = open_page(layer_dims="2-3-1", points="30", optimizer="adam", epoch="7")
    expected = next_step(page.session_state["visit"].trainer).updated
    page.button(key="apply").click().run()
    assert not page.exception
    trainer = page.session_state["visit"].trainer
    assert trainer.epoch == 8
    assert all(np.array_equal(trainer.params[name], expected[name]) for name in expected)


def test_one_sample_can_be_picked():
    page = open_page(layer_dims="2-3-1", points="30")
    page.selectbox[0].set_value(4).run()
    assert list(page.dataframe[0].value.columns) == ["sample 5"]
    choose(page, "dW1")
    assert page.selectbox[0].disabled, "it has none"
    choose(page, "dA0")
    assert list(page.dataframe[0].value.columns) == ["sample 5"], "the choice stays"


def read(page):
    """What stands under the sentence of a quantity: text and code in turn."""
    return "\n".join(each.value for each in (*page.markdown, *page.code))


@pytest.mark.parametrize(
    ("name", "texts"),
    {
        "A1": ("where `g(Z) = 1 / (1 + exp(-Z))`", "Computed by `sigmoid`", "negative(Z, out)", "▶"),
        "dZ1": ("where `g'(Z) = A * (1 - A)`", "Called in `activation_backward`", "▶", "multiply(A"),
        "A2": ("largest Z of a sample cancels", "Computed by `softmax`", "np.add.reduce(out"),
        "dZ2": ("Computed by NumPy's `subtract`, called in `backprop`",),
        "cost": (r"the textbook's $-\tfrac1m \sum T \log A$", "log_sum = np.log("),
        "W2 new": ("where `p = p - learning_rate * g`", "η = 0.5", "def gradient_descent(", "▶"),
    }.items(),
)
def test_the_formula_stands_by_the_code_that_computes_it(name, texts):
    classes = {"dataset": "blobs", "classes": "3", "activation": "sigmoid"}
    page = open_page(layer_dims="2-3-3", points="30", quantity=name, **classes)
    assert not page.exception
    for text in texts:
        assert text in read(page)
    assert '"""' not in read(page)


def test_the_chain_writes_the_function_of_each_output_and_where_the_error_comes_from():
    address = {"layer_dims": "2-3-1", "points": "30", "activation": "leaky_relu"}
    step = next_step(Trainer(Settings.from_query(address)[0]))
    _, hidden, output, *_ = step_view.chain(step, 1, 1, 0, 4)
    assert hidden == rf"a_{{2}}^{{(1)}} = \text{{leaky ReLU}}(z) = {step.value('A1')[1, 4]:.6g}"
    assert r"a_{1}^{(2)} = \text{sigmoid}(z) = " in output
    assert output.endswith(rf"dz_{{1}}^{{(2)}} = a - t = {step.value('dZ2')[0, 4]:.6g}")


def test_the_chain_writes_the_error_of_an_output_with_numbers_and_not_with_arrays():
    _, _, output, *_ = step_view.chain(own_numbers.EXAMPLE.step(), 1, 0, 0, 0)
    assert r"dz_{1}^{(2)} = (a - t) \cdot a \cdot (1 - a) = 0.138499" in output


def test_the_chain_multiplies_out():
    trainer = Trainer(Settings.from_query({"layer_dims": "2-3-3-1", "points": "30"})[0])
    trainer.seek(5)
    step = next_step(trainer)
    for l, j, i, s in ((1, 2, 1, 0), (2, 0, 2, 7), (3, 0, 1, 20)):
        *_, product, mean, _ = step_view.chain(step, l, j, i, s)
        dz, a = step.value(f"dZ{l}")[j, s], step.value(f"A{l - 1}")[i, s]
        assert product.endswith(f"= {dz * a:.6g}")
        assert mean.endswith(f"= {step.value(f'dW{l}')[j, i]:.6g}")
        all_samples = step.value(f"dZ{l}")[j] * step.value(f"A{l - 1}")[i]
        assert all_samples.mean() == pytest.approx(step.value(f"dW{l}")[j, i])


def test_the_chain_writes_the_bias_with_its_number():
    numbers = Numbers((2, 1), 1, "sigmoid", ("sigmoid", "squared_error"), 0.5, (1, 2, 0.1, 3, 2, 1))
    line, *_ = step_view.chain(numbers.step(), 1, 0, 0, 0)
    assert line == r"z_{1}^{(1)} = 0.1 \cdot 1 + 3 \cdot 2 + 2 = 8.1"


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 1e-4), (1e-3, 0.0), (1e-3, 1e-4)])
def test_the_chain_writes_what_the_penalties_add_to_the_mean(l1, l2):
    address = {"layer_dims": "2-3-1", "points": "30", "l1": str(l1), "l2": str(l2)}
    trainer = Trainer(Settings.from_query(address)[0])
    trainer.seek(5)
    step = next_step(trainer)
    *_, line, _ = step_view.chain(step, 1, 1, 0, 0)
    mean = (step.value("dZ1")[1] * step.value("A0")[0]).mean()
    w = step.params["W1"][1, 0]
    _, symbols, numbers, total = line.split(" = ")
    assert (r"\lambda_1" in symbols, r"\lambda_2" in symbols) == (l1 > 0, l2 > 0)
    first, *added = numbers.split(" + ")
    assert float(first) == pytest.approx(mean, rel=1e-5)
    assert len(added) == (l1 > 0) + (l2 > 0)
    assert float(total) == pytest.approx(mean + l1 * np.sign(w) + l2 * w, rel=1e-5)
    assert total == f"{step.value('dW1')[1, 0]:.6g}"


def test_own_numbers_are_those_of_the_address_and_go_there():
    numbers = "2-1;1;tanh;linear;squared_error;0.25;1.0,2.0,0.1,3.0,2.0,1.0"
    page = open_page(numbers=numbers, quantity="A1")
    assert not page.exception
    assert [field.value for field in page.text_area] == ["1\n2", "0.1 3", "2", "1"]
    assert chosen(page) == "A1"
    page.text_area[1].set_value("0.1 -3").run()
    assert page.query_params["numbers"] in (
        changed := numbers.replace("0.1,3.0", "0.1,-3.0"),
        [changed],
    )
    page.text_area[1].set_value("0.1").run()
    assert "W1 must be 1 × 2 numbers, a line for each row, got '0.1'" in said(page)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("numbers", "2-1;1;tanh;linear;squared_error;0.25;1.0"),
        ("numbers", "2-1;1;tanh;softmax;cross_entropy;0.25;1,2,3,4,5,6"),
        ("numbers", "2-1;1;tanh;linear;squared_error;nan;1,2,3,4,5,6"),
        ("numbers", "2-99;1;tanh;linear;squared_error;0.5;1,2,3,4,5,6"),
        ("numbers", "x"),
        ("quantity", "W"),
        ("bug", "x"),
    ],
)
def test_a_look_that_is_none_is_said(name, text):
    page = open_page(**{name: text})
    assert not page.exception
    assert f"{name} must be" in said(page)
    assert name not in page.query_params


def shown_numbers(line):
    """The numbers of a line that have more digits than the rest, as NumPy has them."""
    return [float(text) for text in re.findall(r"-?[0-9.]{12,}", line)]


@pytest.mark.parametrize("optimizer", ["gradient_descent", "adam"])
def test_a_new_weight_is_shown_with_all_digits_before_and_after_it_is_rounded(optimizer):
    address = {"layer_dims": "2-3-1", "points": "30", "optimizer": optimizer}
    page = open_page(**address, epoch="3")
    trainer = page.session_state["visit"].trainer
    step = next_step(trainer)
    line = page.latex[-1].value
    moved, kept = shown_numbers(line)
    assert moved == step.moved["W1"][0, 0] != kept
    assert kept == step.updated["W1"][0, 0] == trainer.advance_update().params["W1"][0, 0]
    assert "kept in single precision" in line
    assert (r"w - \eta\,dW" in line) == (optimizer == "gradient_descent")


@pytest.mark.parametrize("own", [False, True])
def test_in_double_precision_nothing_is_rounded_and_it_says_so(own):
    page = open_page(layer_dims="2-3-1", points="30", precision="single" if own else "double")
    page.toggle[0].set_value(own).run()
    line = page.latex[-1].value
    (moved,) = shown_numbers(line)
    if not own:
        assert moved == page.session_state["visit"].trainer.advance_update().params["W1"][0, 0]
    assert "not rounded" in line


def test_a_run_that_diverged_is_shown_as_it_is():
    address = {"dataset": "gaussians", "activation": "relu", "optimizer": "momentum", "l1": "1"}
    page = open_page(**address, learning_rate="100", batch_size="16", epoch="9")
    trainer = page.session_state["visit"].trainer
    assert trainer.at_end
    assert np.isnan(trainer.params["W1"][0, 0])
    for name in ("Z1", "cost", "dW3", "W1 new"):
        choose(page, name)
        assert not page.exception
        assert page.dataframe[0].value.iloc[0, 0] == "nan"
    assert "nan" in page.latex[-1].value
    assert page.button(key="apply").disabled


def test_a_shared_step_says_whether_it_is_the_same_run():
    address = {"layer_dims": "2-3-1", "points": "30", "epoch": "7"}
    snapshot = Trainer(Settings.from_query({k: address[k] for k in list(address)[:2]})[0]).seek(7)
    page = open_page(**address, fingerprint=snapshot.fingerprint, version=__version__)
    assert [each.value for each in page.caption] == [
        ":material/verified: This is the run that was shared, digit for digit."
    ]
    page.button(key="apply").click().run()
    assert page.session_state["visit"].trainer.epoch == 8
    assert len(page.caption) == 1, "it is the same run one step further"
    page = open_page(**address, fingerprint="00000000", version=__version__)
    assert "Not the run that was shared" in page.warning[0].value


def test_own_numbers_show_the_worked_example():
    page = open_page()
    page.toggle[0].set_value(True).run()
    assert not page.exception
    assert "Apply this update to the run" not in [each.label for each in page.button]
    choose(page, "cost")
    assert f"{page.dataframe[-1].value.to_numpy().item():.9f}" == "0.298371109"
    page.text_input[0].set_value("2-x").run()
    assert not page.exception
    assert re.search(
        "Layers must be a list such as 2-2-2, of 1 to 8 neurons each, got '2-x'", page.warning[0].value
    )


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"layer_dims": "2-1"},
        {"layer_dims": "2-3-1", "l1": "0.1", "optimizer": "adam"},
        {"dataset": "blobs", "classes": "3", "activation": "leaky_relu"},
        {"dataset": "plane", "points": "2", "batch_size": "1"},
    ],
)
def test_every_quantity_is_explained_in_a_sentence_with_the_sizes_of_the_network(query):
    step = next_step(Trainer(Settings.from_query(query)[0]))
    L, m = len(step.activations) + 1, step.X.shape[1]
    said = {each.name: quantities.sentence(step, each) for each in step.quantities}
    assert len(set(said.values())) == len(said)
    for each in step.quantities:
        assert "{" not in said[each.name]
        assert each.name == "cost" or f"layer {each.layer}" in said[each.name] or each.layer == L
    assert f"one column for each sample, {m} in all" in said["Z1"]
    assert f"over the {m} sample" + "s" * (m > 1) in said["db1"]
    n = len(step.params["b1"])
    assert (f"each of its {n} neurons" if n > 1 else "its neuron multiplies") in said["Z1"]
    assert ("penalty" in said["cost"]) == ("penalty" in said["dW1"]) == ("l1" in query)
    assert ("optimizer" in said["W1 new"]) == ("optimizer" in query)
    assert "chain rule" in said["dZ1"] or L == 1
    assert "predictions" in said[f"A{L}"]


def test_a_weight_that_is_held_is_shown_to_stay():
    made = Settings.of(points=40, layer_dims=(2, 3, 1), switches=((0, 1, 2, "off"),))
    step = next_step(Trainer(made))
    kept = step.params["W1"][1, 0].item()
    for weight, stays in ((1, 1, 0, 0), True), ((2, 0, 1, 0), True), ((1, 0, 0, 0), False):
        last = step_view.chain(step, *weight)[-1]
        assert ("it stays" in last) == stays
    assert repr(kept) in step_view.chain(step, 1, 1, 0, 0)[-1]
    for name, some in (("W1", True), ("b1", True), ("W2", True), ("b2", False)):
        assert ("stays" in step.quantity(f"{name} new").formula) == some, name
