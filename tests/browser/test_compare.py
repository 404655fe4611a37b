"""Runs beside each other in a browser: in lock-step, by the values of NumPy, and reachable by all."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from scratchnet import Settings, Trainer
from scratchnet.studies.comparison import EXAMPLES

XOR = "dataset=xor&layer_dims=2-2-1"
OTHER = f"{XOR}&init_seed=4"


class Compared:
    """The page of the comparison: its root, its data, and its keys."""

    def __init__(self, page):
        self.visit, self.page = page, page.page
        self.root = self.page.locator(".comparison[data-epoch]")

    def wait(self, condition, *arguments):
        """Until a condition in JavaScript holds, of ``data``, what the comparison shows, and ``a``."""
        self.page.wait_for_function(
            f"""a => {{
                const hosts = [...document.querySelectorAll("*")];
                const root = hosts.map(e => e.shadowRoot?.querySelector(".comparison")).find(Boolean);
                const data = root?.dataset;
                return data?.epoch !== undefined && ({condition});
            }}""",
            arg=list(arguments),
        )
        return self

    def wait_for(self, epoch):
        return self.wait("Number(data.epoch) === a[0] && data.playing === 'false'", epoch)

    def read(self, name):
        return self.root.evaluate(f"root => root.dataset.{name}")

    def numbers(self, name):
        return self.root.evaluate(f"root => JSON.parse(root.dataset.{name})")

    @property
    def fingerprints(self):
        return self.read("fingerprints").split()

    @property
    def titles(self):
        """What is said of the cost of each run to whoever points at it."""
        return [cost.get_attribute("title") for cost in self.root.locator("figure .cost").all()]

    def curve(self, lane, part="train"):
        """The costs of a run by epoch, as they are drawn."""
        return self.root.evaluate(
            """(root, [lane, part]) => {
                const hosts = [root.getRootNode(), root.parentElement.parentElement];
                const { stage } = hosts.find(host => host?.stage);
                return stage.lanes[lane].course.costs[part];
            }""",
            [lane, part],
        )


@pytest.fixture
def compare(visit):
    """Opens the comparison with these parts of an address, and waits for its pictures.

    ``before`` is done with the tab before.
    """

    def opened(kind=None, before=lambda tab: None, **texts):
        page = visit("/?epoch=1", **(kind or {}))
        before(page.page)
        page.page.goto(f"{page.server}/compare?{urlencode(texts)}")
        return Compared(page).wait("true")

    return opened


def run_of(text):
    return Settings.from_query({name: text for name, (text,) in parse_qs(text).items()})[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_shows_its_point_by_the_numbers_of_numpy(compare, name):
    beside = compare(comparison=name, at=EXAMPLES[name].at).wait_for(EXAMPLES[name].at)
    for lane, run in enumerate(EXAMPLES[name].runs):
        trainer = Trainer(run)
        trainer.advance(EXAMPLES[name].at)
        now = trainer.snapshot()
        assert beside.fingerprints[lane] == now.fingerprint
        assert beside.numbers("costs")[lane] == [now.train_cost, now.test_cost]
        assert beside.curve(lane) == trainer.history.train_cost.tolist()


def test_the_link_of_the_page_shows_the_first_example(visit):
    page = visit("/?dataset=spiral&epoch=1")
    page.page.get_by_role("link", name="Compare").first.click()
    beside = Compared(page).wait_for(1000)
    assert len(beside.fingerprints) == 3
    page.page.get_by_text("A and B differ only in the seed").wait_for()
    page.page.get_by_role("link", name="Playground").first.click()
    page.ready()
    page.page.wait_for_function("() => location.search.includes('dataset=spiral')")


def test_the_same_run_twice_has_one_curve(compare):
    beside = compare(kept=f"{XOR}|dataset=xor&init_seed=3&layer_dims=2-2-1", at=150).wait_for(150)
    first, second = beside.fingerprints
    assert first == second
    assert beside.curve(0) == beside.curve(1)
    assert len(beside.curve(0)) == 151
    labels = beside.page.locator(".comparison .label").all_inner_texts()
    assert labels == ["same settings", "same settings"]


def test_every_frame_has_one_epoch(compare):
    """Of all planes, while it plays; a run that has ended stays at its end."""
    beside = compare(kept=f"{XOR}|{OTHER}|{OTHER}&epochs=113|dataset=circles&batch_size=20")
    beside.root.evaluate(
        """root => {
            window.seen = [];
            new MutationObserver(() => window.seen.push(root.dataset.epochs))
                .observe(root, { attributeFilter: ["data-epochs"] });
        }"""
    )
    beside.page.keyboard.press(" ")
    beside.wait("data.playing === 'true' && Number(data.epoch) >= 300")
    beside.page.keyboard.press(" ")
    beside.wait("data.playing === 'false'")
    frames = [json.loads(text) for text in beside.page.evaluate("window.seen")]
    assert len(frames) > 30
    for a, b, ended, d in frames:
        assert a == b == d and ended == min(a, 113), frames
    assert {frame[0] % 5 for frame in frames} == {0}
    beside.page.get_by_text("Ended at epoch 113").wait_for()
    runs = [XOR, OTHER, f"{OTHER}&epochs=113", "dataset=circles&batch_size=20"]
    epochs = beside.numbers("epochs")
    for text, epoch, found in zip(runs, epochs, beside.fingerprints, strict=True):
        assert Trainer(run_of(text)).seek(epoch).fingerprint == found
    for lane, text in enumerate(runs):
        trainer = Trainer(run_of(text))
        trainer.advance(epochs[lane])
        assert beside.curve(lane)[: epochs[lane] + 1] == trainer.history.train_cost.tolist()


@pytest.fixture
def slow(compare):
    """Two runs at rest at epoch 20, of which what the second asks for then waits until it is released.

    (What a page asks for that is open already may not be held yet.)
    """
    held = []

    def is_next(url):
        return "/frames?" in url and "init_seed=4" in url and "all=1" not in url

    def hold(tab):
        tab.route(is_next, lambda route: held.append(route))

    beside = compare(before=hold, kept=f"{XOR}|{OTHER}", at=20).wait_for(20)
    return beside, lambda: beside.page.unroute(is_next)  # it lets those go on that are held


def test_a_slow_run_holds_all(slow):
    beside, release = slow
    beside.page.keyboard.press(" ")
    beside.page.get_by_text("Waiting for the next epochs").wait_for()
    assert beside.numbers("epochs") == [20, 20]
    release()
    beside.wait("Number(data.epoch) > 50")


def test_steps_that_come_quickly_leave_out_no_cost(slow):
    beside, release = slow
    for _ in range(4):
        beside.page.keyboard.press("s")
    release()
    beside.wait_for(24)
    trainer = Trainer(run_of(OTHER))
    trainer.advance(24)
    assert beside.curve(1) == trainer.history.train_cost.tolist()


def test_what_the_server_refuses_is_said_and_ends_the_play(compare):
    """An address that an edited one of the page could have: the pictures stay as they are."""

    def refuse(tab):
        tab.route(
            "**/frames?*count=*",
            lambda route: route.fulfill(status=422, content_type="text/plain", body="No more of it."),
        )

    beside = compare(before=refuse, kept=f"{XOR}|{OTHER}", at=20).wait_for(20)
    beside.page.keyboard.press(" ")
    beside.page.get_by_text("No more of it.").wait_for()
    beside.wait("data.playing === 'false'")
    assert beside.page.get_by_role("button", name="Play", exact=True).is_visible()
    assert beside.numbers("epochs") == [20, 20]
    errors = beside.visit.errors
    errors[:] = [error for error in errors if "422" not in error]  # the browser notes these by itself


def test_the_exact_cost_stands_at_what_rests_and_never_at_another_epoch(compare):
    beside = compare(kept=f"{XOR}|{OTHER}", at=20).wait_for(20)

    assert beside.titles == [f"exactly {train}" for train, _ in beside.numbers("costs")]
    beside.page.keyboard.press(" ")
    beside.wait("Number(data.epoch) > 50 && data.playing === 'true'")
    assert beside.titles == ["", ""]
    beside.page.keyboard.press(" ")
    beside.wait("data.playing === 'false'")
    assert beside.titles == [f"exactly {train}" for train, _ in beside.numbers("costs")]


def test_runs_that_stop_by_themselves_end_the_comparison(compare):
    beside = compare(
        kept=f"{XOR}&epochs=42|dataset=gaussians&activation=relu&learning_rate=100", speed=50
    )
    beside.page.keyboard.press(" ")
    beside.wait("data.playing === 'false' && Number(data.epoch) === 42")
    beside.page.get_by_text("All runs are at their end.").wait_for()
    beside.page.get_by_text(": diverged").wait_for()
    (ended, _), diverged = beside.numbers("costs")
    assert (beside.titles, diverged) == ([f"exactly {ended}", ""], [None, None])
    assert beside.page.get_by_role("button", name="Step").is_disabled()
    beside.page.keyboard.press(" ")  # it begins again
    beside.wait("Number(data.epoch) === 42 && data.playing === 'false'")


def test_the_keys_are_those_of_the_stage(compare):
    beside = compare(kept=f"{XOR}|{OTHER}", at=20).wait_for(20)
    press = beside.page.keyboard.press
    press("s")
    beside.wait_for(21)
    press("ArrowLeft")
    beside.wait_for(20)
    press("Shift+ArrowLeft")
    beside.wait_for(10)
    press("ArrowRight")
    beside.wait_for(11)
    press("r")
    beside.wait_for(0)
    assert beside.fingerprints == [Trainer(run_of(text)).seek(0).fingerprint for text in (XOR, OTHER)]
    beside.page.locator(".rewind").evaluate(
        "slider => { slider.value = 17; slider.dispatchEvent(new Event('input')); }"
    )
    beside.wait_for(17)
    beside.page.wait_for_function("() => location.search.includes('at=17')")
    beside.page.reload()
    beside.wait_for(17)


def test_a_plane_has_the_pixels_of_the_playground(compare):
    """The same surface and the same line, where both are as large."""
    beside = compare(kept=f"{XOR}|{OTHER}", at=60).wait_for(60)
    size = "root => Object.assign(root.querySelector('.plane').style, { width: '300px' })"
    drawn = """root => [...root.querySelector(".plane").querySelectorAll("canvas")].map(
        canvas => [canvas.width, canvas.height, canvas.toDataURL()].join())"""
    beside.root.evaluate(size)
    beside.wait("root.querySelector('.plane [role=img]').width === 300")
    here = beside.root.evaluate(drawn)
    page = beside.visit
    page.page.goto(f"{page.server}/?{XOR}&epoch=60")
    page.ready()
    page.wait_for_epoch(60)
    page.page.eval_on_selector(".stage", size)
    page.wait("stage.querySelector('.plane [role=img]').width === 300")
    there = page.page.eval_on_selector(".stage", drawn)
    assert here == there


def test_what_is_kept_on_the_playground_arrives(visit):
    page = visit("/?dataset=xor&layer_dims=2-2-1&epoch=30")
    page.wait_for_rest()
    page.press("Keep this run")
    page.page.get_by_role("link", name="Kept: 1 run").wait_for()
    page.page.get_by_role("button", name="Add a neuron to layer 1").click()
    page.wait("stage.dataset.epoch === '0'")
    page.press("Keep this run")
    page.page.get_by_role("link", name="Kept: 2 runs. Compare").click()
    beside = Compared(page).wait("true")
    labels = beside.page.locator(".comparison .label").all_inner_texts()
    assert labels == ["layers 2-2-1", "layers 2-3-1"]
    runs = XOR, "dataset=xor&layer_dims=2-3-1"
    assert beside.fingerprints == [Trainer(run_of(text)).seek(0).fingerprint for text in runs]


def test_a_run_is_removed_in_the_menu(compare):
    beside = compare(kept=f"{XOR}|{OTHER}|{XOR}&init_seed=9", at=4).wait_for(4)
    beside.page.get_by_role("button", name="Remove a run").click()
    beside.page.get_by_text("B: weight seed 4").click()
    beside.wait("JSON.parse(data.epochs).length === 2")
    labels = beside.page.locator(".comparison .label").all_inner_texts()
    assert labels == ["weight seed 3", "weight seed 9"]


def test_a_fingerprint_opens_its_run_and_leads_back_to_all(compare):
    beside = compare(kept=f"{XOR}|{OTHER}", at=25).wait_for(25)
    link = beside.page.locator(".comparison a.fingerprint").nth(1)
    fingerprint = link.inner_text()
    link.focus()
    beside.page.keyboard.press("Enter")
    page = beside.visit.ready()
    page.wait_for_epoch(25)
    assert page.read("fingerprint") == fingerprint
    page.page.get_by_text("This is the run that was shared, digit for digit.").wait_for()
    page.page.get_by_role("link", name="Kept: 2 runs. Compare").wait_for()
    assert parse_qs(urlsplit(page.page.evaluate("location.href")).query)["kept"] == [f"{XOR}|{OTHER}"]


def test_without_the_route_python_gives_the_frames(visit):
    page = visit("/?epoch=1")
    for address in ("**/frames?*", "**/stage.js?*"):
        page.page.route(address, lambda route: route.abort())
    page.page.goto(f"{page.server}/compare?{urlencode({'kept': f'{XOR}|{OTHER}', 'at': 9})}")
    beside = Compared(page).wait_for(9)
    assert beside.fingerprints == [Trainer(run_of(text)).seek(9).fingerprint for text in (XOR, OTHER)]
    beside.page.keyboard.press("s")
    beside.wait_for(10)
    page.errors.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut_and_everything_is_told(compare, scheme):
    beside = compare({"color_scheme": scheme}, kept=f"{XOR}|{OTHER}|{OTHER}&epochs=5", at=12)
    beside.page.set_viewport_size({"width": 390, "height": 844})
    beside.wait_for(12).visit.wait_for_script()
    assert beside.page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [box.bounding_box() for box in beside.page.locator(".comparison .plane").all()]
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"], "two in a row"
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    told = [
        image.get_attribute("aria-label")
        for image in beside.page.locator(".comparison [role=img]").all()
    ]
    now = Trainer(run_of(OTHER)).seek(12)
    assert told[1].startswith("Run B, weight seed 4") and "Epoch 12." in told[1]
    assert f"Cost {now.train_cost:.4f} on the training set" in told[1]
    assert "classified correctly" in told[1]
    assert "Epoch 5. Ended at epoch 5." in told[2]
    assert told[3].startswith("Epoch 12. Cost on the training set: A 0.")
    found = Axe().run(beside.page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    own = [
        (rule["id"], node["target"])
        for rule in found
        for node in rule["nodes"]
        if "comparison" in str(node["target"])
        or "comparison" in node["html"]
        or isinstance(node["target"][0], list)  # inside the component
    ]
    assert own == []


def test_all_can_be_reached_by_tab(compare):
    beside = compare(kept=f"{XOR}|{OTHER}", at=3).wait_for(3)
    beside.root.locator(".play").focus()
    names = []
    for _ in range(10):
        names.append(
            beside.root.evaluate(
                "root => [root.getRootNode().activeElement].map(on => on.className || on.tagName)[0]"
            )
        )
        beside.page.keyboard.press("Tab")
    assert names == [
        *("play", "step", "reset", "SELECT", "test-points", "discrete"),
        *("fingerprint", "fingerprint", "SELECT", "INPUT"),
    ]
