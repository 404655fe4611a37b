"""A recording opens from a file, without a network, and shows what the page shows."""

from base64 import b64encode
from pathlib import Path
from urllib.parse import urlencode

import pytest
from conftest import PAINTED
from playwright.sync_api import expect

from scratchnet import Trainer
from scratchnet.lessons.presets import PRESETS
from scratchnet.live.recording import recording

# By a word of the preset's title: how far it is recorded, and the epochs from frame to frame then.
RECORDED = {"Moons in": (1000, 1), "Five classes": (400, 1), "Regression": (1000, 2)}
TALL = {"width": 1366, "height": 1400}  # so that the width alone decides how large the plane is
PICTURES = """stage => Object.fromEntries([...stage.querySelectorAll("canvas")].map(canvas => [
    canvas.closest("figure, .surface").className.split(" ")[0],
    [canvas.width, canvas.height, canvas.toDataURL()].join(),
]))"""


class File:
    """A recording in a browser: what can be pressed, and what can be read."""

    def __init__(self, page):
        self.page, self.asked, self.errors = page, [], []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self.note)
        page.on("request", lambda request: self.asked.append(request.url))

    def note(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def open(self, path, query=""):
        self.path = f"file://{path}{query}"
        self.page.goto(self.path)
        self.stage = self.page.locator(".stage[data-epoch]")
        self.stage.wait_for()
        return self

    @property
    def epoch(self):
        return int(self.stage.get_attribute("data-epoch"))

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def wait_for(self, **data):
        """Until the stage shows this: epoch, playing, fingerprint."""
        for name, value in data.items():
            expect(self.stage).to_have_attribute(f"data-{name}", str(value), timeout=60_000)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The recordings, each a path and the settings of its run."""
    folder, runs = tmp_path_factory.mktemp("recordings"), {}
    for title, (epoch, _) in RECORDED.items():
        (settings,) = (preset.settings for preset in PRESETS if preset.title.startswith(title))
        trainer = Trainer(settings)
        trainer.advance(epoch)
        path = folder / f"{title}.html"
        path.write_text(recording(trainer), "utf-8")
        runs[title] = path, settings
    return runs


@pytest.fixture
def file(browser):
    """Opens a recording where nothing else can be reached; at the end, nothing was asked for."""
    contexts, files = [], []

    def new(path, query="", **kind):
        context = browser.new_context(**({"viewport": TALL} | kind))
        context.set_offline(True)
        context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        contexts.append(context)
        files.append(File(context.new_page()))
        return files[-1].open(path, query)

    yield new
    for each in files:
        assert each.errors == []
        assert [url for url in each.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    for context in contexts:
        context.close()


def alike(stage, width):
    """Give the stage this width and the machine's font: Streamlit's own is not in a recording."""
    # (The box is ticked to and fro, so that all is laid out again.)
    stage.evaluate(
        """(stage, width) => {
            Object.assign(stage.style, { width: `${width}px`, fontFamily: "sans-serif" });
            for (let k = 0; k < 2; k++) stage.querySelector(".test-points").click();
        }""",
        width,
    )


def go_to(stage, epoch):
    """Move the slider."""
    stage.locator(".rewind").evaluate(
        "(slider, to) => { slider.value = to; slider.dispatchEvent(new Event('input')); }", epoch
    )
    expect(stage).to_have_attribute("data-epoch", str(epoch), timeout=60_000)


@pytest.mark.parametrize(
    ("title", "scheme"), [("Moons in", "light"), ("Five classes", "dark"), ("Regression", "light")]
)
def test_it_shows_the_pixels_of_the_page(visit, file, runs, title, scheme):
    path, settings = runs[title]
    page = visit(f"/?{urlencode(settings.to_address())}&epoch=400", color_scheme=scheme)
    page.page.set_viewport_size(TALL)
    there = page.page.locator(".stage")
    here = file(path, "?epoch=400", color_scheme=scheme)
    here.wait_for(epoch=400)
    page.wait_for_rest()
    width = there.evaluate("stage => Math.floor(stage.clientWidth)")
    for stage in (there, here.stage):
        alike(stage, width)
    for epoch in (400, 300, 38, 0):
        for stage in (there, here.stage):
            go_to(stage, epoch)
        expect(there).to_have_attribute(
            "data-fingerprint", here.stage.get_attribute("data-fingerprint")
        )
        assert_same(there, here.stage)
        for stage in (there, here.stage):
            stage.locator(".neurons button").nth(5).hover()
            expect(stage.locator(".plane figcaption > span")).to_have_text("Neuron 4 of layer 1")
        assert_same(there, here.stage)
        for stage in (there, here.stage):
            stage.locator(".curve [role=img]").hover()
            expect(stage.locator(".plane figcaption > span")).to_have_text("Network output")


def assert_same(there, here):
    """That both stages have the same pictures."""
    for stage in (there, here):
        stage.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    pictures, expected = here.evaluate(PICTURES), there.evaluate(PICTURES)
    assert pictures.keys() == expected.keys() == {"network", "surface", "plane", "curve"}
    assert [name for name in expected if pictures[name] != expected[name]] == []


@pytest.mark.parametrize("title", RECORDED)
def test_it_plays_pauses_steps_and_rewinds(file, runs, title):
    path, settings = runs[title]
    last, every = RECORDED[title]
    here = file(path)
    trainer = Trainer(settings)
    assert here.epoch == 0
    here.press("Play")
    here.wait_for(playing="true")
    expect(here.stage).not_to_have_attribute("data-epoch", "0")
    here.press("Pause")
    here.wait_for(playing="false")
    paused = here.epoch
    assert paused % every == 0
    here.wait_for(fingerprint=trainer.seek(paused).fingerprint)
    here.press("Step")
    here.wait_for(epoch=paused + every, fingerprint=trainer.seek(paused + every).fingerprint)
    here.page.keyboard.press("ArrowLeft")
    here.wait_for(epoch=paused)
    here.page.keyboard.press("ArrowRight")
    here.wait_for(epoch=paused + every)
    go_to(here.stage, 0)
    here.page.keyboard.press("s")
    here.wait_for(epoch=every, fingerprint=trainer.seek(every).fingerprint)
    here.page.locator(".speed select").select_option("200")
    here.page.keyboard.press(" ")
    here.wait_for(epoch=last, playing="false", fingerprint=trainer.seek(last).fingerprint)
    expect(here.page.locator(".said")).to_contain_text("The recording ends here; Play starts it again.")
    assert here.page.get_by_role("button", name="Step", exact=True).is_disabled()
    here.press("Reset")
    here.wait_for(epoch=0, playing="false")


def test_play_at_its_end_starts_it_again(file, runs):
    here = file(runs["Five classes"][0], "?epoch=400")
    here.wait_for(epoch=400)
    here.page.locator(".speed select").select_option("1")
    here.press("Play")
    here.page.wait_for_function(
        "stage => stage.dataset.playing === 'true' && Number(stage.dataset.epoch) < 200",
        arg=here.stage.element_handle(),
    )


def test_of_an_untrained_network_there_is_one_frame_and_nothing_to_play(file, tmp_path):
    path = tmp_path / "untrained.html"
    path.write_text(recording(Trainer(PRESETS[0].settings)), "utf-8")
    here = file(path)
    for name in ("Play", "Step"):
        expect(here.page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    here.press("Reset")
    here.page.keyboard.press(" ")
    here.wait_for(epoch=0, playing="false")
    assert "Play" not in here.page.locator(".said").inner_text()


def test_the_slider_stays_on_recorded_epochs(file, runs):
    here = file(runs["Regression"][0], "?epoch=401")
    here.wait_for(epoch=402)
    assert here.page.locator("footer").inner_text().count("Every 2nd epoch is recorded.") == 1
    here.page.locator(".rewind").focus()
    here.page.keyboard.press("ArrowLeft")  # of the slider itself: 401 is not recorded
    here.wait_for(epoch=402)
    here.page.locator(".rewind").evaluate(
        "slider => { slider.value = 7; slider.dispatchEvent(new Event('input')); }"
    )
    here.wait_for(epoch=8)
    assert here.page.locator(".rewind").input_value() == "8"
    speeds = here.page.locator(".speed option").all_inner_texts()
    assert speeds[:2] == ["2×", "5×"], "at 1×, no other frames would be shown than at 2×"


def test_every_neuron_is_shown_with_its_numbers_but_nothing_can_be_changed(file, runs):
    path, settings = runs["Moons in"]
    here = file(path, "?epoch=120")
    here.wait_for(epoch=120)
    neurons, card = here.page.locator(".neurons button"), here.page.locator(".card")
    assert neurons.count() == 19
    for neuron in neurons.all():
        neuron.hover()
        expect(card).to_be_visible()
        expect(card.locator("strong")).to_have_text(neuron.get_attribute("aria-label"))
    neurons.nth(2).click()
    fields = card.locator("input")
    assert fields.count() == 3
    params = Trainer(settings).seek(120).params
    numbers = [float(field.input_value()) for field in fields.all()]
    assert numbers == pytest.approx([params["b1"][0, 0], *params["W1"][0]], rel=1e-6)
    assert all(field.get_attribute("readonly") is not None for field in fields.all())
    here.page.keyboard.press("s")
    here.wait_for(epoch=121)
    params = Trainer(settings).seek(121).params
    assert float(fields.first.input_value()) == pytest.approx(params["b1"][0, 0], rel=1e-6)
    here.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    neurons.first.click()
    assert card.locator("input").count() == 0, "the features are as they are"
    for changing in (".heads button", ".layers button", ".draw", ".copy", ".update"):
        for control in here.page.locator(changing).all():
            expect(control).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1000, 1366])
def test_it_fits_screens_and_themes(file, runs, width, scheme):
    size = {"width": width, "height": 600}
    here = file(runs["Five classes"][0], "?epoch=100", viewport=size, color_scheme=scheme)
    here.wait_for(epoch=100)
    assert here.page.evaluate("document.documentElement.scrollWidth") <= width
    ground, ink = here.stage.evaluate(
        "stage => [getComputedStyle(document.body).backgroundColor, getComputedStyle(stage).color]"
    )
    dark = [sum(map(int, colour[4:-1].split(","))) < 3 * 128 for colour in (ground, ink)]
    assert dark == [scheme == "dark", scheme == "light"]


def test_it_plays_in_a_frame_of_a_page(file, runs, tmp_path):
    path, _ = runs["Five classes"]
    slide = tmp_path / "slide.html"
    slide.write_text(f'<!doctype html><iframe src="file://{path}" width="1000" height="600"></iframe>')
    here = file(path)
    here.page.goto(f"file://{slide}")
    stage = here.page.frame_locator("iframe").locator(".stage[data-epoch]")
    stage.locator(".play").click()
    expect(stage).to_have_attribute("data-playing", "true")
    expect(stage).not_to_have_attribute("data-epoch", "0")


def test_the_picture_is_saved_at_twice_its_size(file, runs):
    here = file(runs["Moons in"][0], "?epoch=120")
    here.wait_for(epoch=120)
    before = here.stage.evaluate(PICTURES)
    with here.page.expect_download() as download:
        here.press("Save the picture")
    assert download.value.suggested_filename == "scratchnet-moons-120.png"
    assert here.stage.evaluate(PICTURES) == before, "the stage is as it was"
    found = here.stage.evaluate(
        """async (stage, data) => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const saved = document.createElement("canvas");
            Object.assign(saved, { width: image.width, height: image.height });
            saved.getContext("2d").drawImage(image, 0, 0);
            const network = stage.querySelector(".network [role=img]");
            const plane = (PAINTED)(stage.querySelector(".plane [role=img]"));
            const colour = (canvas, x, y) => [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
            const left = 2 * (network.width + 2 * 16);
            return {
                size: [saved.width, saved.height],
                width: 2 * (network.width + plane.width + 3 * 16),
                height: 2 * (plane.height + 2 * 16 + 24),
                pairs: [[60, 60], [200, 300], [400, 100]].map(([x, y]) => [
                    colour(plane, x, y), colour(saved, left + 2 * x, 2 * (16 + y)),
                ]),
            };
        }""".replace("PAINTED", PAINTED),
        b64encode(Path(download.value.path()).read_bytes()).decode(),
    )
    assert found["size"] == [found["width"], found["height"]]
    for on_stage, saved in found["pairs"]:
        assert max(abs(a - b) for a, b in zip(on_stage, saved, strict=True)) < 12
