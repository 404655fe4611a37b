"""The drawing of the network, the ways through time, the keys, and how the page can look."""

import re

import numpy as np
import pytest
from test_playground import CLASSES, LONG, MIDDLE, assert_true_to_numpy, settings_of, wait_for_address

from scratchnet import Settings, Trainer, forward_prop

MAP_STRENGTH = 0.85


def neuron(page, name):
    return page.page.get_by_role("button", name=name, exact=True)


def set_number(page, label, text):
    field = page.page.get_by_label(label, exact=True)
    field.press("Control+a")
    field.press_sequentially(text)
    field.press("Enter")


def test_every_neuron_is_a_map_of_its_own_output(visit):
    page = visit("/?layer_dims=3-3-2-1&features=x1-x2-x1_x2&epoch=40")
    page.wait_for_pause()
    settings, epoch = settings_of(page)
    params = Trainer(settings).seek(epoch).params
    # The point (1.5, 1.5), as exactly as a small map is painted.
    x1, x2 = 1.5 + np.stack(np.meshgrid(*[np.linspace(-0.2, 0.2, 5)] * 2)).reshape(2, -1)
    AL, caches = forward_prop(np.stack([x1, x2, x1 * x2]), params, "tanh")
    A = np.vstack([*(A for (A, _, _), _ in caches[1:]), 2 * AL - 1])
    names = [f"Neuron {j} of layer 1" for j in (1, 2, 3)] + [f"Neuron {j} of layer 2" for j in (1, 2)]
    canvas = page.page.locator(".network [role=img]").bounding_box()
    for name, a in zip([*names, "Output"], A, strict=True):
        box = neuron(page, name).bounding_box()
        x = box["x"] - canvas["x"] + 0.75 * box["width"]
        y = box["y"] - canvas["y"] + 0.25 * box["height"]
        ends = CLASSES[(a > 0).astype(int)]
        colours = MIDDLE + MAP_STRENGTH * np.abs(a)[:, None] * (ends - MIDDLE)
        painted = page.colour("network", x, y)
        assert (colours.min(axis=0) - 5 <= painted).all(), (name, painted, colours)
        assert (painted <= colours.max(axis=0) + 5).all(), (name, painted, colours)
    assert np.ptp(A.mean(axis=1)) > 0.5, "they differ"


def test_a_neuron_under_the_pointer_is_shown_large_with_its_formula(visit):
    page = visit("/?layer_dims=2-3-1&epoch=7")
    page.wait_for_pause()
    params = Trainer(settings_of(page)[0]).seek(7).params
    before = page.picture()
    neuron(page, "Neuron 2 of layer 1").hover()
    card = page.page.locator(".card")
    card.wait_for()
    w1, w2, b = (abs(n) for n in (*params["W1"][1], params["b1"][1, 0]))
    for number in (w1, w2, b):
        assert f"{float(f'{number:.3g}'):g}" in card.inner_text()
    assert page.page.locator(".plane figcaption").inner_text().startswith("Neuron 2 of layer 1")
    assert page.picture() != before
    page.page.mouse.move(5, 5)
    card.wait_for(state="hidden")
    assert page.picture() == before


def test_a_weight_is_set_by_hand_and_the_address_gives_it_again(visit):
    page = visit("/?layer_dims=2-3-1&epoch=20")
    page.wait_for_pause()
    cost = page.read("trainCost")
    neuron(page, "Neuron 3 of layer 1").click()
    set_number(page, "× x₂", "2.5")
    page.wait("stage.dataset.trainCost !== a[0]", cost)
    wait_for_address(page, "edits=20")
    page.page.mouse.move(5, 5)
    page.page.locator(".plane figcaption", has_text="Network output").wait_for()  # to see the effect
    settings, _ = settings_of(page)
    assert settings.training.edits == ((20, 5, 2.5),)
    assert_true_to_numpy(page)
    set_number(page, "bias", "-1")
    page.page.wait_for_url(re.compile("edits=[^&]*-1"))
    page.page.keyboard.press("Escape")
    page.press("Step")
    page.wait_for_epoch(21)
    wait_for_address(page, "epoch=21", whole=True)
    assert_true_to_numpy(page)
    cost = page.read("trainCost")
    page.page.reload()
    page.ready()
    assert (page.epoch, page.read("trainCost")) == (21, cost)


def asked(page):
    """How many requests the stage has made."""
    return int(page.read("asked"))


@pytest.mark.parametrize("precision", ["single", "double"])
def test_a_number_set_by_hand_is_shown_as_it_was_written_and_set_once(visit, precision):
    page = visit(f"/?layer_dims=2-3-1&epoch=5&precision={precision}")
    page.wait_for_pause()
    neuron(page, "Neuron 1 of layer 1").click()
    for text, same in (("0.1", "0.1000"), ("-2.3", "-2.3")):
        fingerprint = page.read("fingerprint")
        set_number(page, "bias", text)
        page.wait("stage.dataset.fingerprint !== a[0]", fingerprint)
        page.page.keyboard.press("Escape")
        neuron(page, "Neuron 1 of layer 1").click()
        assert page.page.get_by_label("bias", exact=True).input_value() == text
        page.page.wait_for_url(re.compile(f"edits=5[^&]*9[^&]*{text}"))
        before = asked(page)
        set_number(page, "bias", same)
        assert asked(page) == before, "it is that number already"
        assert_true_to_numpy(page)
    kept = Trainer(settings_of(page)[0]).seek(5).params["b1"][0, 0]
    assert kept == (np.float32("-2.3") if precision == "single" else -2.3)


def test_play_right_after_a_weight_was_set_plays_with_it(visit):
    page = visit(f"{LONG}&layer_dims=2-3-1&epoch=4")
    page.wait_for_pause()
    neuron(page, "Neuron 1 of layer 1").click()
    set_number(page, "bias", "2.5")
    page.page.locator(".play").dispatch_event("click")
    page.wait_for_epoch(30)
    page.press("Pause")
    wait_for_address(page, "edits=4")
    wait_for_address(page, f"epoch={page.epoch}", whole=True)
    assert_true_to_numpy(page)
    rewind_to(page, 4)
    wait_for_address(page, "epoch=4", whole=True)
    assert_true_to_numpy(page)


def test_an_edge_tells_its_weight_to_the_last_digit(visit):
    page = visit("/?layer_dims=1-1&features=x1&epoch=9")
    page.wait_for_pause()
    params = Trainer(settings_of(page)[0]).seek(9).params
    box = page.page.locator(".network [role=img]").bounding_box()
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.page.locator(".card")
    card.wait_for()
    assert np.float32(card.locator("p").inner_text()) == params["W1"][0, 0]
    page.page.mouse.down()
    page.page.mouse.up()
    set_number(page, "× x₁", "0.125")
    wait_for_address(page, "edits=9")
    assert_true_to_numpy(page)


def test_layers_and_neurons_are_added_and_removed_on_the_drawing(visit):
    page = visit("/?layer_dims=2-3-1")
    for button, dims in (
        ("Add a neuron to layer 1", "2-4-1"),
        ("Add a hidden layer", "2-4-4-1"),
        ("Remove a neuron from layer 2", "2-4-3-1"),
        ("Remove the last hidden layer", "2-4-1"),
        ("Remove the last hidden layer", "2-1"),
    ):
        neuron(page, button).click()
        wait_for_address(page, f"layer_dims={dims}", whole=True)
    page.page.locator(".fewer:disabled").wait_for()
    assert_true_to_numpy(page)


def state(page, name):
    return page.page.locator(".card").get_by_role("radio", name=name, exact=True)


def test_a_neuron_is_switched_off_and_on_again_as_it_was(visit):
    page = visit("/?layer_dims=2-4-1&dataset=circles&epoch=60")
    page.wait_for_pause()
    page.page.get_by_text("Explore epoch 60").wait_for()
    before, picture = page.read("fingerprint"), page.picture()
    neuron(page, "Neuron 2 of layer 1").click()
    state(page, "off").check()
    wait_for_address(page, "switches=60:1:2:off", quoted=True)
    assert_true_to_numpy(page)
    assert page.read("fingerprint") != before
    assert page.picture() != picture
    card = page.page.locator(".card")
    card.get_by_text("Neuron 2 of layer 1, off", exact=True).wait_for()
    out = Trainer(settings_of(page)[0]).seek(60).params["W2"][0]
    assert out[1] == 0
    assert (out[[0, 2, 3]] != 0).all()
    page.press("Close")
    neuron(page, "Output").click()
    assert card.get_by_role("spinbutton").nth(2).get_attribute("readonly") is not None
    assert state(page, "off").count() == 0, "no weight leads out of an output"
    page.press("Close")
    neuron(page, "Neuron 2 of layer 1").click()
    state(page, "learns").check()
    page.wait("!new URLSearchParams(location.search).has('switches')")
    assert_true_to_numpy(page)
    assert page.read("fingerprint") == before


def test_the_network_is_trained_with_neurons_off_and_frozen(visit):
    page = visit("/?layer_dims=2-4-3-1&epochs=90&epoch=30")
    page.wait_for_pause()
    for name, how, switch in (
        ("Neuron 1 of layer 2", "frozen", "30:2:1:frozen"),
        ("Neuron 3 of layer 1", "off", "30:1:3:off"),
    ):
        neuron(page, name).click()
        state(page, how).check()
        wait_for_address(page, switch, quoted=True)
        assert_true_to_numpy(page)
        if how == "frozen":
            page.press("Close")
    page.press("Play")  # with the card of one of them open
    page.page.get_by_text("All 90 epochs are done").wait_for()
    assert_true_to_numpy(page)
    assert state(page, "off").is_checked()
    trainer = Trainer(settings_of(page)[0])
    then, now = trainer.seek(30).params, trainer.seek(90).params
    assert (then["W2"][0] == now["W2"][0]).all()
    assert (now["W2"][:, 2] == 0).all()
    rewind_to(page, 20)  # before the switches
    page.page.locator(".card").get_by_text("Neuron 3 of layer 1", exact=True).wait_for()
    assert state(page, "learns").is_checked()
    page.press("Close")
    neuron(page, "Neuron 1 of layer 2").click()
    weight = page.page.locator(".card").get_by_role("spinbutton").nth(3)  # from neuron 3
    for epoch, described in ((20, ""), (30, "off")):
        rewind_to(page, epoch)
        assert weight.evaluate("field => field.readOnly") == bool(described)
        name = "Neuron 3 of layer 1"
        assert (neuron(page, name).evaluate("button => button.ariaDescription") or "") == described
    rewind_to(page, 20)
    assert_true_to_numpy(page)
    place = page.page.locator(".curve [role=img]").bounding_box()
    left, right = 46, place["width"] - 12
    page.page.mouse.move(place["x"] + left + (right - left) * 30 / 90, place["y"] + 60)
    values = page.page.locator(".curve .values")
    values.get_by_text("Neuron 1 of layer 2 frozen").wait_for()
    values.get_by_text("Neuron 3 of layer 1 switched off").wait_for()


def test_what_is_clicked_quickly_on_the_drawing_all_counts(visit):
    page = visit("/?layer_dims=2-3-1")
    more = neuron(page, "Add a neuron to layer 1")
    more.evaluate("button => { for (let k = 0; k < 4; k++) button.click(); }")
    wait_for_address(page, "layer_dims=2-7-1", whole=True)
    page.page.locator(".more").evaluate("button => { button.click(); button.click(); }")
    wait_for_address(page, "layer_dims=2-7-7-7-1", whole=True)
    assert_true_to_numpy(page)


def test_features_are_switched_on_the_drawing(visit):
    page = visit("/?layer_dims=2-3-1&epochs=100")
    neuron(page, "Feature x₂").click()
    card = page.page.locator(".card")
    for feature, chosen in (("sin x₁", "x1-x2-sin_x1"), ("x₁", "x2-sin_x1"), ("x₂", "sin_x1")):
        card.get_by_role("checkbox", name=feature, exact=True).click()
        wait_for_address(page, f"features={chosen}")
    card.get_by_role("checkbox", name="sin x₁", exact=True, disabled=True).wait_for()
    for feature in ("x₁x₂", "sin x₂", "x₁²"):  # without a pause
        card.get_by_role("checkbox", name=feature, exact=True).click()
    wait_for_address(page, "features=x1_squared-x1_x2-sin_x1-sin_x2")
    page.press("Close")
    card.wait_for(state="hidden")
    page.press("Step")
    page.wait_for_epoch(1)
    assert_true_to_numpy(page)


def rewind_to(page, epoch):
    page.page.eval_on_selector(
        ".rewind",
        "(slider, k) => { slider.value = k; slider.dispatchEvent(new Event('input')); }",
        epoch,
    )
    page.wait("stage.dataset.epoch === a[0]", str(epoch))


def test_rewinding_and_playing_gives_the_same_bits_again(visit):
    page = visit("/?batch_size=20&optimizer=adam&learning_rate=0.03&epochs=120")
    page.press("Play")
    page.page.get_by_text("All 120 epochs are done").wait_for()
    cost = page.read("trainCost")
    rewind_to(page, 37)
    wait_for_address(page, "epoch=37", whole=True)
    assert_true_to_numpy(page)
    page.press("Play")
    page.wait("stage.dataset.epoch === '120' && stage.dataset.playing === 'false'")
    assert page.read("trainCost") == cost


def test_a_branch_from_an_earlier_epoch(visit):
    page = visit("/?epoch=60")
    page.wait_for_pause()
    rewind_to(page, 30)
    page.page.get_by_role("slider", name="Learning rate").press("ArrowLeft")
    wait_for_address(page, "rate_changes=30")
    page.press("Step")
    page.wait_for_epoch(31)
    wait_for_address(page, "epoch=31", whole=True)
    assert_true_to_numpy(page)
    assert page.page.eval_on_selector(".rewind", "slider => slider.value") == "31"


def test_the_keys(visit):
    page = visit(LONG)

    def press(key, condition, *arguments):
        page.page.keyboard.press(key)
        page.wait(condition, *arguments)

    press("s", "stage.dataset.epoch === '1'")
    press("ArrowRight", "stage.dataset.epoch === '2'")
    press("ArrowLeft", "stage.dataset.epoch === '1'")
    press(" ", "stage.dataset.playing === 'true' && Number(stage.dataset.epoch) > 20")
    press(" ", "stage.dataset.playing === 'false'")
    press("Shift+ArrowLeft", "stage.dataset.epoch === a[0]", str(page.epoch - 10))
    press("r", "stage.dataset.epoch === '0'")
    assert_true_to_numpy(page)
    page.wait_for_rest()
    asked = page.read("asked")
    page.page.get_by_role("spinbutton", name="Epochs").press("s")
    assert (page.epoch, page.read("asked")) == (0, asked), "in a field, a key is text"


def test_one_update_at_a_time(visit):
    page = visit("/?batch_size=100&epoch=5")
    page.wait_for_pause()
    for update in ("1", "2"):
        page.press("Update")
        page.wait("stage.dataset.update === a[0]", update)
    wait_for_address(page, "epoch=5&update=2", whole=True)
    settings, _ = settings_of(page, update="2")
    snapshot = Trainer(settings).seek(5, 2)
    assert float(page.read("trainCost")) == snapshot.train_cost
    page.page.reload()
    page.ready()
    assert float(page.read("trainCost")) == snapshot.train_cost
    page.press("Update")
    page.wait("stage.dataset.epoch === '6' && stage.dataset.update === '0'")
    wait_for_address(page, "epoch=6", whole=True)
    assert_true_to_numpy(page)


def test_ten_resets_of_one_address_give_one_cost(visit):
    page = visit("/?dataset=spiral&batch_size=10&optimizer=adam&learning_rate=0.01")
    costs = set()
    for _ in range(10):
        page.press("Reset")
        page.wait("stage.dataset.epoch === '0'")
        for _ in range(3):
            page.press("Step")
        page.wait_for_epoch(3)
        costs.add(page.read("trainCost"))
    assert len(costs) == 1


def test_steps_right_after_a_reset_are_all_made(visit):
    page = visit("/?epoch=5")
    page.wait_for_pause()
    page.page.eval_on_selector(
        ".stage",
        """stage => {
            const press = (name) => stage.querySelector(name).click();
            [".reset", ".step", ".step", ".step"].forEach(press);
        }""",
    )
    page.wait("stage.dataset.epoch === '3'")
    assert_true_to_numpy(page)


def test_what_is_displayed_never_changes_the_run(visit):
    page = visit("/?epoch=30")
    page.wait_for_pause()
    cost, settings = page.read("trainCost"), settings_of(page)[0]
    picture = page.picture()
    for box, text in (
        ("test set", "test_points=0"),
        ("hard decision", "discrete=1"),
        ("log axis", "log=1"),
    ):
        page.page.get_by_label(box, exact=True).click()
        wait_for_address(page, text)
    assert page.picture() != picture
    page.press("Step")
    page.wait_for_epoch(31)
    wait_for_address(page, "epoch=31", whole=True)
    trainer = Trainer(settings)
    trainer.seek(31)
    assert float(page.read("trainCost")) == trainer.snapshot().train_cost
    assert (page.read("trainCost") != cost) and len(trainer.history.train_cost) == 32
    assert Settings.from_query(dict(settings.to_query()))[0] == settings_of(page)[0]
    page.page.reload()
    page.ready()
    for box, checked in (("test set", False), ("hard decision", True), ("log axis", True)):
        assert page.page.get_by_label(box, exact=True).is_checked() == checked
