"""How the page can look, who can use it, and what it says of a run."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from test_drawing import neuron
from test_playground import assert_true_to_numpy, settings_of, wait_for_address

from scratchnet import Trainer
from scratchnet.lessons.presets import PRESETS
from scratchnet.ui.texts import PREDICT


def test_a_lecturer_hides_controls_and_the_address_carries_it(visit):
    page = visit("/?hide=optimizer-noise-learning_rate&optimizer=adam&learning_rate=0.02")
    page.wait_for_rest()
    assert page.page.get_by_text("Optimizer", exact=True).count() == 0
    assert page.page.get_by_text("Noise", exact=True).count() == 0
    assert page.page.get_by_role("slider", name="Learning rate").count() == 0
    page.page.get_by_role("radio", name="Circles").click()
    wait_for_address(page, "dataset=circles")
    settings, _ = settings_of(page)
    assert (settings.training.optimizer, settings.training.learning_rate) == ("adam", 0.02)
    assert "hide=noise-learning_rate-optimizer" in page.page.url


def test_what_is_not_needed_is_hidden_and_the_run_plays(visit):
    parts = ["examples", "pages", "draw", "test_points", "speed", "step", "reset", "layer_dims"]
    page = visit(f"/?hide={'-'.join(parts)}")
    page.wait_for_rest()
    tab = page.page
    names = ["Examples", "Step", "Reset", "Add a hidden layer", "Add a neuron to layer 1"]
    for name in names:
        assert not tab.get_by_role("button", name=name, exact=True).is_visible(), name
    for selector in (".stage .speed", ".stage .draw", ".stage .test-points"):
        assert not tab.locator(selector).is_visible(), selector
    assert tab.get_by_role("link", name="Gradient check").count() == 0
    page.press("Play")
    page.wait_for_play(5)
    page.press("Pause")
    page.wait_for_rest()
    assert_true_to_numpy(page)
    tab.goto(f"{page.server}/")
    page.ready()
    for name in names:
        tab.get_by_role("button", name=name, exact=True).wait_for()
    tab.get_by_role("link", name="Gradient check").wait_for()
    for selector in (".stage .speed", ".stage .draw", ".stage .test-points"):
        tab.locator(selector).wait_for()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_a_slide_has_the_plane_alone(visit, size):
    page = visit("/")
    page.page.set_viewport_size({"width": size[0], "height": size[1]})
    page.page.goto(f"{page.server}/?plane=1&epoch=3")
    page.ready()
    page.wait("stage.dataset.playing === 'false' && stage.dataset.epoch === '3'")
    for selector in (".network", ".curve", ".step", ".copy", ".st-key-examples"):
        assert not page.page.locator(selector).first.is_visible(), selector
    page.press("Play")
    page.wait_for_play(60)
    page.press("Pause")
    plane = page.page.locator(".plane").bounding_box()
    assert plane["y"] + plane["height"] <= size[1]
    assert plane["width"] > min(0.62 * size[1], 0.9 * size[0])
    assert page.page.get_by_text("Explore epoch").count() == 0
    page.page.wait_for_function("() => location.search.includes('plane=1')")


def test_the_step_page_shares_the_run_and_applies_its_update(visit):
    page = visit(
        "/?dataset=circles&noise=0.31&hide=points-noise&layer_dims=2-3-1&test_points=0&epoch=3"
    )
    page.wait_for_pause()
    settings, _ = settings_of(page)
    page.page.get_by_role("link", name="One training step").click()
    page.page.get_by_text("at epoch 3,").wait_for()
    page.press("Apply this update to the run")
    page.page.get_by_text("at epoch 4,").wait_for()
    page.page.get_by_role("link", name="Playground").click()
    page.ready()
    page.wait_for_epoch(4)
    wait_for_address(page, "epoch=4", whole=True)
    wait_for_address(page, "hide=points-noise")
    assert settings_of(page)[0] == settings
    assert_true_to_numpy(page)
    params = Trainer(settings).seek(4).params
    for name, l, j in (*((f"Neuron {j + 1} of layer 1", 1, j) for j in range(3)), ("Output", 2, 0)):
        assert parameters_of(page, name) == [params[f"b{l}"][j, 0], *params[f"W{l}"][j]]


def parameters_of(page, name):
    """The bias and the weights of a neuron as its fields have them, which are of single precision."""
    neuron(page, name).click()
    page.page.locator(".card", has_text=name).wait_for()
    values = page.page.locator(".card .fields input").evaluate_all("fields => fields.map(f => f.value)")
    page.page.keyboard.press("Escape")
    return [np.float32(value) for value in values]


def controls_are_folded_away(page):
    box = page.page.get_by_text("A network in NumPy").bounding_box()
    return box is None or box["x"] + box["width"] <= 0


def test_large_type_for_a_projector(visit):
    page = visit()
    play = page.page.get_by_role("button", name="Play", exact=True)
    small = play.bounding_box()["height"]
    page.page.goto(f"{page.server}/?projector=1&epoch=3")
    page.ready()
    assert play.bounding_box()["height"] > 1.15 * small
    assert controls_are_folded_away(page)
    neuron(page, "Neuron 2 of layer 1").hover()
    page.page.locator(".card").wait_for()
    wait_for_address(page, "projector=1")
    assert_true_to_numpy(page)


def test_embedded_in_a_slide(visit):
    page = visit("/?embed=true&epoch=5")
    page.page.set_viewport_size({"width": 700, "height": 500})
    assert controls_are_folded_away(page)
    page.press("Step")
    page.wait_for_epoch(6)
    wait_for_address(page, "embed=true")
    page.press("Copy link")
    page.wait("stage.querySelector('.copy').classList.contains('done')")


@pytest.mark.parametrize("address", ["/?epoch=50", "/?dataset=blobs&classes=4&epoch=50"])
def test_the_pictures_have_equivalents_in_words(visit, address):
    page = visit(address)
    page.wait_for_pause()
    settings, epoch = settings_of(page)
    snapshot = Trainer(settings).seek(epoch)

    def words(view):
        return page.page.get_attribute(f".{view} [role=img]", "aria-label")

    assert words("plane").startswith("Epoch 50. Class 0 has ")
    shares = [int(n) for n in re.findall(r"has (\d+) %", words("plane"))]
    assert len(shares) == settings.data.classes
    assert sum(shares) == pytest.approx(100, abs=2)
    assert f"Cost {snapshot.train_cost:.4f} on the training set" in words("curve")
    page.press("Step")
    page.wait_for_epoch(51)
    assert words("plane").startswith("Epoch 51.")
    assert words("network").startswith("Epoch 51.")


def test_all_can_be_reached_by_tab_with_a_visible_focus(visit):
    page = visit("/?layer_dims=2-2-1")
    page.page.get_by_role("button", name="Play", exact=True).focus()
    reached = []
    for _ in range(30):
        page.page.keyboard.press("Tab")
        name, outline, ours = page.page.evaluate(
            """() => {
                const host = document.activeElement;
                const element = host.shadowRoot?.activeElement ?? host;
                const name = element.getAttribute("aria-label") || element.className;
                return [name, getComputedStyle(element).outlineStyle, element !== host];
            }"""
        )
        reached.append(name)
        assert outline != "none" or not ours, name
    for name in ("step", "reset", "Copy link", "Neuron 2 of layer 1", "Output", "Add a hidden layer"):
        assert name in reached, (name, reached)


def test_an_example_is_opened_and_asks_a_question(visit):
    page = visit("/?epoch=20&edits=5:0:1")
    page.wait_for_pause()
    assert page.page.get_by_text("Custom settings.").count() == 1
    for title in ("Dying ReLU", "Moons in five seconds"):
        (preset,) = (each for each in PRESETS if each.title == title)
        page.page.get_by_role("button", name="Examples").click()
        page.page.get_by_text(title, exact=True).last.click()
        page.page.get_by_text(preset.question[:40]).wait_for()
        page.wait_for_rest()
        assert settings_of(page)[0] == preset.settings
        page.wait_for_rest()
    assert_true_to_numpy(page)


def test_what_goes_wrong_is_said_and_healthy_runs_are_not_disturbed(visit):
    page = visit("/?dataset=circles&activation=relu&learning_rate=3&epoch=30")
    page.wait_for_pause()
    said = "dead: their output is 0 for all 210 training samples"
    page.page.get_by_text(said).wait_for()
    page.page.goto(f"{page.server}/?epoch=30")
    page.ready()
    page.wait_for_rest()
    said = page.page.locator(".st-key-lesson").inner_text()
    assert said.startswith(PRESETS[0].title) and said.endswith(f"{PRESETS[0].question} {PREDICT}")
    assert page.page.get_by_test_id("stAlert").count() == 0


def test_the_views_of_an_epoch_at_rest(visit):
    page = visit("/?epoch=30")
    page.wait_for_pause()
    for view, text in (("Confusion matrix and ROC", "recall"), ("Weights and gradients", "dW")):
        page.page.get_by_role("radio", name=view).click()
        page.page.locator(".js-plotly-plot", has_text=text).wait_for()
    page.press("Step")
    page.wait_for_epoch(31)
    page.page.get_by_text("Explore epoch 31").wait_for()
    page.page.locator(".js-plotly-plot", has_text="dW").wait_for()
    assert page.page.get_by_role("radio", name="Weights and gradients").is_checked()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault_of_ours(visit, theme):
    page = visit("/?epoch=20&batch_size=50", color_scheme=theme)
    page.wait_for_pause()
    neuron(page, "Neuron 2 of layer 1").click()
    found = Axe().run(page.page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    # What lies in a shadow root is the stage; the rest are Streamlit's own widgets.
    ours = [
        (each["id"], node["target"], node["html"])
        for each in serious
        for node in each["nodes"]
        if isinstance(node["target"][0], list)
    ]
    assert ours == []
