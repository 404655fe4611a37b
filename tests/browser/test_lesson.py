"""What is taught with a run: the question of an example and its answer, the diagnosis, the welcome."""

import pytest

from scratchnet.lessons.presets import PRESETS

XOR = next(preset for preset in PRESETS if preset.title == "XOR without a hidden layer")
DEAD = "/?dataset=circles&activation=relu&learning_rate=5&init_seed=4&epoch=30"


def address_of(settings, **more):
    return "/?" + "&".join(f"{name}={text}" for name, text in (settings.to_query() | more).items())


def told(page):
    return page.page.locator(".st-key-lesson").inner_text()


def marked(page):
    """The names of the neurons that are outlined in the drawing."""
    return page.page.eval_on_selector_all(
        ".neurons button",
        """buttons => buttons.filter(button => getComputedStyle(button).outlineStyle === "dashed")
            .map(button => button.getAttribute("aria-label"))""",
    )


def height_of_stage(page):
    return page.page.locator(".stage").bounding_box()["y"]


def test_an_example_asks_first_explains_at_the_end_and_offers_a_change(visit):
    page = visit(address_of(XOR.settings, epoch="250"))
    page.wait_for_rest()
    assert told(page).startswith(f"{XOR.title}. {XOR.question}")
    assert XOR.explanation not in told(page)
    assert "No better than guessing" not in told(page), "the diagnosis would give the answer away"
    assert page.page.get_by_role("button", name=XOR.change.label).count() == 0
    page.page.get_by_label("Speed").select_option("200")
    page.press("Play")
    page.page.get_by_text(XOR.explanation).wait_for()
    page.page.locator(".stage .rewind").fill("100")
    page.wait("stage.dataset.epoch === '100'")
    page.wait_for_rest()
    assert XOR.explanation in told(page), "it stays when one goes back"
    page.press(XOR.change.label)
    page.page.get_by_text(f"{XOR.title}: {XOR.change.label}.").wait_for()
    page.page.wait_for_url(lambda url: "layer_dims=2-4-1" in url)
    page.wait("stage.dataset.epoch === '0'")
    assert XOR.change.outcome not in told(page)
    page.press("Play")
    page.page.get_by_text(XOR.change.outcome).wait_for()


def test_settings_that_happen_to_be_those_of_a_changed_example_are_only_that(visit):
    page = visit("/?dataset=moons")
    page.page.get_by_text(PRESETS[0].question).wait_for()
    page.page.get_by_role("radio", name="Circles").click()
    page.page.get_by_text("Custom settings.").wait_for()


def test_an_example_that_is_opened_again_asks_again(visit):
    page = visit(address_of(XOR.settings, epoch="1000"))
    page.page.get_by_text(XOR.explanation).wait_for()
    page.press("Examples")
    page.page.get_by_role("menuitem", name=XOR.title, exact=True).click()
    page.page.get_by_text(XOR.question).wait_for()
    page.wait_for_rest()
    assert XOR.explanation not in told(page)


def test_the_neurons_of_a_diagnosis_are_marked_at_rest_only(visit):
    page = visit(DEAD)
    page.wait_for_rest()
    assert "all neurons of layer 2 are dead" in told(page)
    names = marked(page)
    assert {f"Neuron {j} of layer 2" for j in range(1, 9)} <= {*names}
    assert len(names) < 16
    before = height_of_stage(page)
    page.page.locator(".stage .rewind").fill("0")
    page.wait("stage.dataset.epoch === '0'")
    page.wait_for_rest()
    assert marked(page) == []
    assert told(page) == "Custom settings."
    assert height_of_stage(page) == before, "nothing moves when a text comes or goes"


def test_no_neuron_is_marked_while_it_plays(visit):
    page = visit(DEAD)
    page.wait_for_rest()
    assert marked(page)
    page.page.get_by_label("Speed").select_option("1")
    page.press("Play")
    page.page.get_by_text("are dead").wait_for(state="detached")
    assert page.read("playing") == "true"
    assert marked(page) == []


def test_a_remedy_begins_a_run_with_the_change(visit):
    page = visit(DEAD)
    page.wait_for_rest()
    page.press("Leaky ReLU, learning rate 0.5")
    page.page.wait_for_url(lambda url: "activation=leaky_relu" in url and "learning_rate" not in url)
    page.wait("stage.dataset.epoch === '0'")
    page.wait_for_rest()
    assert marked(page) == []


@pytest.mark.parametrize("address", [DEAD, "/"])
def test_what_is_told_and_the_stage_are_on_the_first_screen(visit, address):
    page = visit(address)
    page.wait_for_rest()
    text = page.page.locator(".st-key-lesson").bounding_box()
    assert text["y"] + text["height"] < height_of_stage(page)
    curve = page.page.locator(".rewind").bounding_box()
    assert curve["y"] + curve["height"] <= 768


def test_a_first_visitor_is_welcomed_until_that_was_read(visit):
    page = visit("/")
    page.wait_for_rest()
    assert told(page).startswith("A neural network in NumPy")
    assert page.page.locator(".st-key-welcome a").get_attribute("href").endswith("article")
    before = height_of_stage(page)
    page.press("Got it")
    page.page.get_by_text(PRESETS[0].question).wait_for()
    page.wait_for_rest()
    assert height_of_stage(page) == before
    assert page.page.locator(".st-key-welcome").count() == 0


def test_a_visitor_is_welcomed_once(visit):
    page = visit("/")
    page.page.locator(".st-key-welcome").wait_for()
    page.wait_for_rest()
    page.page.goto(f"{page.server}/")
    page.ready()
    page.page.get_by_text(PRESETS[0].question).wait_for()
    assert page.page.locator(".st-key-welcome").count() == 0


@pytest.mark.parametrize("address", ["/?dataset=xor", "/?embed=true", "/?epoch=5"])
def test_who_was_sent_a_run_is_not_welcomed(visit, address):
    page = visit(address)
    page.wait_for_rest()
    assert page.page.locator(".st-key-welcome").count() == 0
