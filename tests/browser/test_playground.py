"""The playground in a real browser: what a visitor presses, and what they then see."""

import re
from urllib.parse import parse_qs, quote, urlencode, urlparse

import numpy as np
import pytest
from server import serve

from benchmarks.portable import X86, environment
from scratchnet import Settings, Trainer, __version__
from scratchnet.ui.link import VIEW

CLASSES = np.array([[245, 147, 34], [8, 119, 189], [46, 158, 91], [192, 74, 146], [128, 98, 64]])
MIDDLE = np.array([232, 234, 235])
STRENGTH = 0.62
LONG = "/?epochs=100000"  # a run that does not end while it is looked at, however slow the machine
TRAIN_LINE, TEST_LINE = [138, 99, 210], [209, 73, 91]


def address(page):
    """The names and texts in the address of the page."""
    query = parse_qs(urlparse(page.page.url).query, keep_blank_values=True)
    return {name: texts[0] for name, texts in query.items()}


def settings_of(page, update=None):
    """The settings in the address, and its epoch; how the page looks is none of them."""
    query = address(page)
    epoch = int(query.pop("epoch", 0))
    assert query.pop("update", None) == update
    for name in (*VIEW, "embed"):
        query.pop(name, None)
    settings, corrections = Settings.from_query(query)
    assert corrections == ()
    return settings, epoch


def assert_true_to_numpy(page):
    """The costs on the page are those of a run of the address, to the last bit."""
    # The address follows the picture when that has come to rest.
    page.wait("(new URLSearchParams(location.search).get('epoch') ?? '0') === stage.dataset.epoch")
    settings, epoch = settings_of(page)
    snapshot = Trainer(settings).seek(epoch)
    # A run that was changed is in the address a moment before its frame has come; of other data, the
    # initial weights are the same.
    page.wait(
        "stage.dataset.fingerprint === a[0] && Number(stage.dataset.trainCost) === a[1]",
        *(snapshot.fingerprint, snapshot.train_cost),
    )
    assert page.epoch == epoch
    assert float(page.read("trainCost")) == snapshot.train_cost
    if snapshot.settings.data.train_share == 1.0:  # no test set
        assert page.read("testCost") == "null"
    else:
        assert float(page.read("testCost")) == snapshot.test_cost
    assert page.read("fingerprint") == snapshot.fingerprint


def wait_for_address(page, text, whole=False, quoted=False):
    """Until the text stands in the address, maybe quoted; ``whole``: with nothing of its value left."""
    text = quote(text, safe="=") if quoted else text
    end = "(&|$)" if whole else ""
    page.page.wait_for_url(re.compile(f"[?&]?{re.escape(text)}{end}"))


def test_play_pause_and_reload(visit):
    page = visit(LONG)
    assert page.epoch == 0
    first = page.picture()
    page.press("Play")
    page.wait_for_play(50)
    assert page.picture() != first

    page.press("Pause")
    epoch, picture = page.epoch, page.picture()
    page.wait_for_rest()
    assert (page.epoch, page.picture()) == (epoch, picture), "a pause must freeze the picture"
    wait_for_address(page, f"epoch={epoch}", whole=True)
    assert_true_to_numpy(page)

    cost = page.read("trainCost")
    page.page.reload()
    page.ready()
    assert (page.epoch, page.read("trainCost")) == (epoch, cost)
    assert page.picture() == picture


def test_the_exact_cost_stands_at_what_rests_and_never_at_another_epoch(visit):
    page = visit(LONG)
    cost = page.page.locator(".cost .train")
    assert cost.get_attribute("title") == f"exactly {page.read('trainCost')}"
    page.press("Play")
    page.wait_for_play(50)
    assert cost.get_attribute("title") == ""  # it would be a new style in every frame
    page.press("Pause")
    page.wait_for_rest()
    assert cost.get_attribute("title") == f"exactly {page.read('trainCost')}"


def test_the_same_run_comes_again_after_reset(visit):
    page = visit()
    for _ in range(3):
        page.press("Step")
    page.wait_for_epoch(3)
    cost = page.read("trainCost")
    wait_for_address(page, "epoch=3", whole=True)
    assert_true_to_numpy(page)
    page.press("Reset")
    page.wait("stage.dataset.epoch === '0'")
    for _ in range(3):
        page.press("Step")
    page.wait_for_epoch(3)
    assert page.read("trainCost") == cost


def test_a_run_ends_and_can_be_reset_and_played(visit):
    page = visit("/?epochs=120&points=60")
    page.press("Play")
    page.wait_for_epoch(120)
    page.page.get_by_text("All 120 epochs are done").wait_for()
    wait_for_address(page, "epoch=120", whole=True)
    assert_true_to_numpy(page)
    assert page.page.get_by_role("button", name="Step", exact=True).is_disabled()
    page.press("Reset")
    page.wait("stage.dataset.epoch === '0'")
    page.press("Play")
    page.page.get_by_text("All 120 epochs are done").wait_for()


def test_another_rate_while_it_plays_keeps_what_was_learned(visit):
    page = visit(LONG)
    page.press("Play")
    page.wait_for_epoch(60)
    slider = page.page.get_by_role("slider", name="Learning rate")
    slider.press("ArrowLeft")
    page.wait_for_play(200)
    page.press("Pause")
    wait_for_address(page, "rate_changes=")
    wait_for_address(page, "&epoch=")
    settings, epoch = settings_of(page)
    ((changed_at, rate),) = settings.training.rate_changes
    assert 60 <= changed_at < epoch
    assert rate == 0.3
    assert_true_to_numpy(page)


def test_another_setting_while_it_plays_begins_a_new_run(visit):
    page = visit(LONG)
    page.press("Play")
    page.wait_for_play(60)
    page.page.get_by_role("radio", name="Circles").click()
    page.wait("stage.dataset.epoch === '0' && stage.dataset.playing === 'false'")
    wait_for_address(page, "dataset=circles")
    assert_true_to_numpy(page)


def test_the_speed_counts_epochs_a_picture(visit):
    page = visit(LONG)
    page.page.get_by_label("Speed").select_option("50")
    page.press("Play")
    page.wait_for_play(100)
    page.press("Pause")
    assert page.epoch % 50 == 0


def test_back_in_the_browser_takes_the_earlier_run(visit):
    page = visit("/?seed=5")
    wait_for_address(page, "seed=5")
    wait_for_address(page, "dataset=moons")
    cost = page.read("trainCost")
    page.page.get_by_role("radio", name="Blobs").click()
    wait_for_address(page, "dataset=blobs")
    page.wait("stage.dataset.trainCost !== a[0]", cost)
    page.page.go_back()
    page.wait("stage.dataset.trainCost === a[0]", cost)
    page.wait_for_rest()
    assert settings_of(page)[0].data.dataset == "moons"


def test_a_bad_address_is_said_and_nothing_breaks(visit):
    page = visit("/?points=abc&layer_dims=2-8-8-9&activation=<img src=x onerror=alert(1)>")
    alert = page.page.get_by_test_id("stAlert").filter(has_text="got 'abc'")
    alert.wait_for()
    said = alert.inner_text()
    assert "points must be an integer from 20 to 2000, got 'abc'." in said
    assert "layer_dims must end with 1, the number of outputs, got 9." in said
    assert "activation must be one of sigmoid, " in said
    assert "got '<img src=x onerror=alert(1)>'. Using tanh instead." in said
    assert page.page.locator("img[src=x]").count() == 0
    assert page.page.get_by_test_id("stException").count() == 0
    assert_true_to_numpy(page)


@pytest.mark.parametrize(
    "query",
    [
        "activation=linear&layer_dims=2-4-4-4-4-4-4-1&learning_rate=100",
        "dataset=gaussians&activation=relu&learning_rate=100&l1=1&optimizer=momentum&batch_size=16",
    ],
)
def test_a_diverging_run_says_so_and_is_shown_as_it_is(visit, query):
    page = visit(f"/?{query}")
    page.press("Play")
    page.page.get_by_text("Training diverged").wait_for()
    page.wait_for_pause()
    settings, epoch = settings_of(page)
    end = Trainer(settings).advance(99)
    assert page.epoch == epoch == end.epoch
    assert page.read("fingerprint") == end.fingerprint
    assert page.page.locator(".cost .train").inner_text() == "not finite"
    page.page.get_by_role("button", name="Neuron 2 of layer 1", exact=True).click()
    page.page.keyboard.press("Escape")
    for view in page.page.get_by_role("radiogroup", name="Views").get_by_role("radio").all():
        view.click()
        page.wait_for_rest()
        assert page.page.get_by_test_id("stException").count() == 0
    for name in ("One training step", "Gradient check"):
        page.page.get_by_role("link", name=name).click()
        page.page.get_by_role("heading", name=name).wait_for()
        page.wait_for_script()
        assert page.page.get_by_test_id("stException").count() == 0


SAME = "This is the run that was shared, digit for digit."


def copied(page):
    """The address that Copy link puts on the clipboard."""
    page.press("Copy link")
    page.page.locator(".copy.done").wait_for()
    return page.page.evaluate("navigator.clipboard.readText()")


def test_a_copied_link_carries_the_fingerprint_and_says_that_it_is_the_same_run(visit):
    page = visit("/?seed=5&batch_size=50", permissions=("clipboard-read", "clipboard-write"))
    page.press("Play")
    page.wait_for_epoch(20)
    page.press("Pause")
    page.press("Update")
    page.wait("stage.dataset.update === '1'")
    wait_for_address(page, "update=1", whole=True)
    link = copied(page)
    query = {name: texts[0] for name, texts in parse_qs(urlparse(link).query).items()}
    shown = page.page.locator(".epoch .fingerprint").inner_text()
    assert query.pop("fingerprint") == shown == page.read("fingerprint")
    assert query.pop("version") == __version__
    assert query == address(page), "what stands in the address of the page has neither"

    again = visit(link.removeprefix(page.server))
    again.page.get_by_text(SAME).wait_for()
    assert again.read("fingerprint") == shown
    wait_for_address(again, "update=1", whole=True)
    assert address(again) == query


def test_what_is_said_of_a_shared_run_goes_when_it_is_changed_and_the_stage_stays(visit):
    snapshot = Trainer(Settings()).seek(30)
    page = visit(f"/?epoch=30&fingerprint={snapshot.fingerprint}&version={__version__}")
    said = page.page.get_by_text(SAME)
    said.wait_for()
    page.page.eval_on_selector(".stage", "stage => window.first = stage")
    page.press("Step")
    page.wait_for_epoch(31)
    page.wait_for_pause()
    page.wait_for_rest()
    assert said.count() == 1, "it is the same run, further on"
    page.page.get_by_role("button", name="Output", exact=True).click()
    page.page.get_by_label("bias", exact=True).fill("1")
    page.page.keyboard.press("Enter")
    wait_for_address(page, "edits=31")
    said.wait_for(state="detached")
    assert page.page.evaluate("window.first.isConnected")


@pytest.mark.skipif(not X86, reason="OpenBLAS can be told to be another processor on x86 only")
def test_a_server_of_another_processor_shows_the_run_that_was_shared(visit):
    """The run is chaotic, so that any difference would be seen."""
    run, _ = Settings.from_query({"dataset": "circles", "learning_rate": "14"})
    end = Trainer(run).advance(1000)
    shared = {"epoch": 1000, "fingerprint": end.fingerprint, "version": __version__}
    with serve(environment("Nehalem, SSE4")) as other:
        page = visit(f"/?{urlencode(run.to_query() | shared)}", at=other.address)
        page.page.get_by_text(SAME).wait_for()
        page.wait_for_epoch(1000)
        assert page.read("fingerprint") == end.fingerprint
        assert float(page.read("trainCost")) == end.train_cost


def test_the_fingerprint_does_not_move_what_stands_beside_it(visit):
    page = visit("/?epochs=20000")
    box = page.page.locator(".fingerprint").bounding_box()
    page.press("Play")
    page.wait_for_epoch(100)
    page.press("Pause")
    assert page.page.locator(".fingerprint").bounding_box() == box


def test_the_picture_never_goes_blank_while_it_plays(visit):
    """The stage stays mounted, and the middle of the plane has a colour in every painted frame."""
    page = visit(LONG)
    page.page.eval_on_selector(
        ".stage",
        """stage => {
            const surface = stage.querySelector(".surface canvas");
            window.seen = { frames: 0, blank: 0, gone: 0 };
            (function look() {
                const middle = [surface.width / 2, surface.height / 2, 1, 1];
                window.seen.frames++;
                if (!surface.getContext("2d").getImageData(...middle).data[3]) window.seen.blank++;
                if (!surface.isConnected) window.seen.gone++;
                requestAnimationFrame(look);
            })();
        }""",
    )
    page.press("Play")
    page.wait_for_epoch(300)
    page.press("Pause")
    page.wait_for_pause()
    seen = page.page.evaluate("window.seen")
    assert seen["frames"] > 30
    assert (seen["blank"], seen["gone"]) == (0, 0)


def test_every_kind_of_run_plays_and_is_true_to_numpy(visit):
    """One page goes from kind to kind, as a visitor would; the legend says what is painted."""
    page = visit(LONG)
    for name, classes, legend in (
        ("Gauss", None, "output, label"),
        ("Blobs", "3", "equal probability"),
        ("Sine", None, "class 1"),
    ):
        page.page.get_by_role("radio", name=name, exact=True).click()
        if classes:
            wait_for_address(page, f"dataset={name.lower()}")
            page.page.get_by_role("combobox", name="Classes").click()
            page.page.get_by_role("option", name=classes).click()
            wait_for_address(page, f"classes={classes}")
        page.page.locator(".plane .legend", has_text=legend).wait_for()
        page.wait("stage.dataset.epoch === '0'")
        page.press("Play")
        page.wait_for_epoch(40)
        page.press("Pause")
        wait_for_address(page, "&epoch=")
        assert_true_to_numpy(page)


def test_a_feature_is_chosen_and_begins_a_new_run(visit):
    page = visit("/?epoch=5")
    page.page.get_by_role("button", name="sin x₁").click()
    wait_for_address(page, "features=x1-x2-sin_x1")
    page.wait("stage.dataset.epoch === '0'")
    page.page.wait_for_url(lambda url: "&epoch=" not in url)  # when it has come to rest
    settings, _ = settings_of(page)
    assert settings.network.layer_dims == (3, 8, 8, 1)
    assert_true_to_numpy(page)


def test_a_step_while_the_page_still_takes_in_another_setting_is_not_lost(visit):
    page = visit("/?epoch=20")
    page.wait_for_pause()
    epochs = page.page.get_by_role("spinbutton", name="Epochs")
    epochs.fill("500")  # the field is left, and so read, by the click on Step
    page.press("Step")
    page.wait_for_epoch(21)
    page.page.get_by_text("Explore epoch 21").wait_for()
    wait_for_address(page, "epochs=500")
    wait_for_address(page, "epoch=21", whole=True)
    assert_true_to_numpy(page)


def test_a_pause_right_after_another_rate_settles(visit):
    page = visit(LONG)
    page.press("Play")
    page.wait_for_epoch(60)
    page.page.get_by_role("slider", name="Learning rate").press("ArrowLeft")
    page.press("Pause")
    page.wait_for_pause()
    wait_for_address(page, "rate_changes=")
    assert_true_to_numpy(page)
    assert settings_of(page)[0].training.last_rate == 0.3


def test_touching_a_control_on_the_long_way_to_an_epoch_begins_that_run(visit):
    page = visit("/?epoch=1")
    heavy = "points=2000&layer_dims=2-32-32-32-1&epochs=100000&epoch=90000"
    page.page.goto(f"{page.server}/?{heavy}")
    page.page.get_by_text("Training to epoch 90,000").wait_for()
    page.page.get_by_role("radio", name="Circles").click()
    page.ready()
    page.wait("stage.dataset.epoch === '0'")
    wait_for_address(page, "dataset=circles")
    assert settings_of(page)[0].network.layer_dims == (2, 32, 32, 32, 1)


def test_nothing_leaves_the_machine(browser, server, visit):
    page = visit(LONG)
    asked = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.reload()
    page.ready()
    page.press("Play")
    page.wait_for_epoch(50)
    page.press("Pause")
    page.wait_for_rest()
    page.page.locator(".js-plotly-plot").first.wait_for()
    assert asked
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []
