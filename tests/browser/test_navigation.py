"""Going from page to page: controls, pages and address are always those of one run."""

import random
from urllib.parse import parse_qsl, urlencode, urlparse

import pytest

from scratchnet import Settings
from scratchnet.data.datasets import possible_classes
from scratchnet.lessons.planted_bugs import BUGS
from scratchnet.run.settings import BY_HAND, FIELDS
from scratchnet.ui import changes, link, texts

PAGES = {
    "playground": "Playground",
    "training_step": "One training step",
    "gradient_check": "Gradient check",
    "article": "The article",
}
# The pages that make other runs of it, by their links, with their headings.
BESIDE = {
    "Compare": "Compare runs",
    "Seeds and sweeps": "Setting or luck?",
    "Cost landscape": "Cost landscape",
    "Exercises": "Exercises",
    "Classics": "Classics",
}
# No value that Streamlit's widgets have of themselves.
ASKED = {
    "dataset": "circles",
    "points": "120",
    "noise": "0.12",
    "train_share": "0.6",
    "seed": "7",
    "layer_dims": "3-5-4-1",
    "activation": "relu-sine",
    "init": "he",
    "init_seed": "12",
    "features": "x1-x2-x1_x2",
    "output": "tanh",
    "cost": "squared_error",
    "learning_rate": "0.03",
    "epochs": "700",
    "optimizer": "adam",
    "batch_size": "16",
    "schedule": "cosine",
    "period": "77",
    "decay": "0.9",
    "l1": "0.001",
    "l2": "0.002",
    "stop_cost": "0.01",
    "stop_accuracy": "0.999",
    "patience": "300",
    "precision": "double",
}

SHOWN = """() => Object.fromEntries([...document.querySelectorAll("[class*=st-key-]")].map(control => {
    const name = [...control.classList].find(name => name.startsWith("st-key-"));
    const key = name.slice(7).replace(/-\\d+$/, "");  // without the number of the widget
    const thumb = control.querySelector("[data-testid=stSliderThumbValue]");
    const pressed = [...control.querySelectorAll("[aria-checked=true], [aria-pressed=true]")];
    const shown = thumb ? thumb.textContent : control.querySelector("input")?.value;
    return [key, pressed.length ? pressed.map(each => each.textContent.trim()).join(" ") : shown];
}))"""


def address(page):
    """The settings in the address, and its epoch and update."""
    query = dict(parse_qsl(urlparse(page.page.evaluate("location.href")).query))
    parts = link.split(query)
    settings, corrections = Settings.from_query(parts.settings)
    assert corrections == ()
    assert parts.settings == link.settings_texts(settings), "all of the run stands in the address"
    return settings, tuple(int(parts.place.get(name, 0)) for name in link.PLACE)


def differences(page, settings):
    """What each control shows that is not as in the settings, and what it should show."""
    per_layer = not isinstance(settings.network.activation, str)
    wanted = changes.widget_values(settings, settings.training.last_rate, per_layer)
    shown = page.page.evaluate(SHOWN)
    hidden = {*HIDDEN} | ({"classes"} if len(possible_classes(settings.data.dataset)) == 1 else set())
    names = [name for name in wanted if name in (*FIELDS, *shown) and name not in hidden]
    return {
        name: (shown.get(name), wanted[name])
        for name in names
        if not is_shown(shown.get(name), wanted[name])
    }


HIDDEN = ("layer_dims", "cost", *BY_HAND, "own")  # on the stage, or in another control


def is_shown(text, value):
    """Whether a control that shows this text has this value."""
    if text is None:
        return False
    if isinstance(value, list | tuple):
        return text.replace(", ", " ") == " ".join(map(texts.label, value))
    if isinstance(value, str):
        return text in (texts.label(value), texts.activation_label(value))
    return float(text.rstrip("%")) == pytest.approx(100 * value if "%" in text else value)


def arrive(page, name, settings, place):
    """Wait until a page is there with this run at its place, in the address and in what it shows."""
    path = "/" if name == "playground" else f"/{name}"
    query = urlencode(link.settings_texts(settings) | link.place_texts(place))
    page.page.wait_for_function(
        """([path, query]) => {
            const sorted = text => [...new URLSearchParams(text)].sort().join("&");
            return location.pathname === path && sorted(location.search) === sorted(query);
        }""",
        arg=[path, query],
    )
    epoch = f"epoch {place[0]:,}" + (f", update {place[1]}" if place[1] else "")
    if name == "playground":
        page.wait("stage.dataset.epoch === a[0] && stage.dataset.update === a[1]", *map(str, place))
        page.wait_for_rest()
        assert differences(page, settings) == {}
    else:
        page.page.get_by_role("heading", name=PAGES[name], exact=True).wait_for()
        page.wait_for_script()
    if name in ("training_step", "gradient_check"):
        page.page.get_by_text(epoch).first.wait_for()
    assert address(page) == (settings, place)
    assert page.page.get_by_test_id("stException").count() == 0


def follow(page, name):
    page.page.get_by_role("link", name=PAGES[name], exact=True).click()


def walk_of_all_triples():
    """A walk on which every page follows every two pages before it."""
    walk, left = ["playground"], {(a, b, c) for a in PAGES for b in PAGES for c in PAGES if a != b != c}
    while left:
        paths = [[*walk[-2:]]]  # the shortest way to what is left
        while not any(
            triple in left for triple in zip(paths[0], paths[0][1:], paths[0][2:], strict=False)
        ):
            first = paths.pop(0)
            paths += [[*first, name] for name in PAGES if name != first[-1]]
        walk += paths[0][len(walk[-2:]) :]
        left -= set(zip(walk, walk[1:], walk[2:], strict=False))
    return walk


def test_every_page_after_every_two_shows_the_run_of_the_address(visit):
    page = visit(f"/?{urlencode(ASKED)}&epoch=3&update=2")
    settings, _ = Settings.from_query(ASKED)
    arrive(page, "playground", settings, (3, 2))
    for name in walk_of_all_triples()[1:]:
        entries = page.page.evaluate("history.length")
        follow(page, name)
        arrive(page, name, settings, (3, 2))
        assert page.page.evaluate("history.length") in (entries + 1, 50), "one click, one entry"


def test_the_pages_beside_the_run_leave_it_as_it_is(visit):
    made = ASKED | {"batch_size": "0", "epochs": "60"}
    page = visit(f"/?{urlencode(made)}&epoch=30")
    settings, _ = Settings.from_query(made)
    arrive(page, "playground", settings, (30, 0))
    for here, there in zip(BESIDE, [*BESIDE][1:] + [*BESIDE][:1], strict=True):
        for name in (here, there):
            page.page.get_by_role("link", name=name, exact=True).first.click()
            page.page.get_by_role("heading", name=BESIDE[name], exact=True).wait_for()
            page.wait_for_script()
            assert address(page) == (settings, (30, 0))
        follow(page, "playground")
        page.ready()
        page.wait("stage.dataset.epoch === '30'")
        page.wait_for_rest()
        assert differences(page, settings) == {}
        assert address(page) == (settings, (30, 0))


@pytest.mark.parametrize("name", [name for name in PAGES if name != "playground"])
def test_a_request_of_the_stage_just_after_a_link_was_clicked_does_not_disturb_the_page(visit, name):
    page = visit(f"/?{urlencode(ASKED)}&epoch=3&update=2")
    page.wait_for_rest()
    for _ in range(3):
        page.page.get_by_role("link", name=PAGES[name], exact=True).evaluate(
            """link => {
                link.click();
                window.stageFound.querySelector(".step").click();
            }"""
        )
        page.page.wait_for_function("path => location.pathname === path", arg=f"/{name}")
        page.wait_for_script()
        page.page.get_by_role("heading", name=PAGES[name], exact=True).wait_for()
        page.wait_for_frames()
        assert page.page.get_by_role("heading", name=PAGES[name], exact=True).is_visible()
        follow(page, "playground")
        page.ready()
        page.wait("stage.dataset.playing === 'false'")
        page.wait_for_rest()


class Visitor:
    """Who knows where each entry of the browser's history leads."""

    def __init__(self, page):
        self.page = page
        self.entries, self.at = [], -1

    def note(self, *entry):
        self.entries[self.at + 1 :] = [entry]
        self.at += 1

    def arrive(self):
        arrive(self.page, *self.entries[self.at])

    @property
    def here(self):
        return self.entries[self.at]

    def link(self, name):
        _, settings, place = self.here
        follow(self.page, name)
        self.note(name, settings, place)

    def back(self):
        self.at -= 1
        self.page.page.go_back()

    def forward(self):
        self.at += 1
        self.page.page.go_forward()

    def reload(self):
        self.page.page.reload()

    def step(self):
        """On the playground one epoch, on the page of one step one update: the entry stays."""
        name, settings, (epoch, update) = self.here
        self.page.press("Step" if name == "playground" else "Apply this update to the run")
        updates = -(-round(0.6 * settings.data.points) // 16)
        if name == "playground":
            place = (epoch + 1, 0)
        else:
            place = (epoch + (update + 1) // updates, (update + 1) % updates)
        self.entries[self.at] = (name, settings, place)

    def change(self):
        """Ten points more: another run, from its beginning."""
        before = self.here[1]
        settings, _ = Settings.from_query(before.to_query() | {"points": str(before.data.points + 10)})
        self.page.page.get_by_role("slider", name="Points").press("ArrowRight")
        self.note("playground", settings, (0, 0))

    def moves(self):
        name = self.here[0]
        moves = [lambda to=to: self.link(to) for to in PAGES if to != name] + [self.reload]
        if self.at > 0:
            moves += [self.back] * 2
        if self.at < len(self.entries) - 1:
            moves += [self.forward] * 2
        if name in ("playground", "training_step"):
            moves += [self.step] * 2
        return moves


@pytest.mark.parametrize("seed", range(3))
def test_back_forward_and_reload_lead_to_the_run_of_the_address(visit, seed):
    page = visit(f"/?{urlencode(ASKED)}&epoch=3&update=2")
    settings, _ = Settings.from_query(ASKED)
    visitor, random_ = Visitor(page), random.Random(seed)
    visitor.note("playground", settings, (3, 2))
    visitor.arrive()
    for number in range(18):
        if number % 6 == 5 and visitor.here[0] == "playground":
            visitor.change()
        else:
            random_.choice(visitor.moves())()
        visitor.arrive()


def wait_for_texts(page, **texts):
    page.page.wait_for_function(
        """texts => Object.entries(texts).every(
            ([name, text]) => new URLSearchParams(location.search).get(name) === text
        )""",
        arg=texts,
    )


def test_how_the_stage_and_the_pages_look_stays_in_the_address(visit):
    page = visit("/?seed=5")
    page.wait_for_rest()
    page.page.get_by_label("Speed").select_option("50")
    page.page.get_by_label("test set").first.uncheck()
    chosen = {"speed": "50", "test_points": "0"}
    wait_for_texts(page, **chosen)
    follow(page, "training_step")
    page.press("Next")
    chosen |= {"quantity": "A1"}
    wait_for_texts(page, **chosen, seed="5")
    page.page.get_by_text("Use your own numbers").click()
    page.page.get_by_label("Layers", exact=True).fill("2-1")
    page.page.get_by_label("Layers", exact=True).press("Enter")
    chosen |= {"numbers": "2-1;1;sigmoid;sigmoid;squared_error;0.5;0.05,0.1,0.1,0.1,0.1,0.1"}
    wait_for_texts(page, **chosen, seed="5")
    follow(page, "gradient_check")
    assert page.page.get_by_role("combobox", name="Plant a bug").input_value() == "none"
    page.page.get_by_role("combobox", name="Plant a bug").click()
    page.page.get_by_role("option").nth(2).click()
    chosen |= {"bug": list(BUGS)[1]}
    wait_for_texts(page, **chosen, seed="5")
    page.page.reload()
    page.page.get_by_text("Training with the bug").wait_for()
    follow(page, "article")
    wait_for_texts(page, **chosen, seed="5")
    follow(page, "training_step")
    page.page.get_by_label("Layers", exact=True).wait_for()
    assert page.page.get_by_label("Layers", exact=True).input_value() == "2-1"
    page.page.get_by_text("A1, shape").wait_for()
    follow(page, "playground")
    page.wait_for_rest()
    assert page.page.get_by_label("Speed").input_value() == "50"
    assert not page.page.get_by_label("test set").first.is_checked()
    wait_for_texts(page, **chosen, seed="5")


def test_no_number_that_is_typed_at_full_speed_is_lost(visit):
    page = visit("/")
    follow(page, "training_step")
    page.page.get_by_text("Use your own numbers").click()
    page.page.get_by_label("T, 2 × 1").wait_for()
    page.page.get_by_label("X, 2 × 1").click()
    values = [
        0.11,
        0.12,
        1.11,
        1.12,
        1.21,
        1.22,
        0.31,
        0.32,
        -1.41,
        1.42,
        1.51,
        1.52,
        0.61,
        0.62,
        0.7,
        0.8,
    ]
    typed = iter(values)
    for rows, columns in ((2, 1), (2, 2), (2, 1), (2, 2), (2, 1), (2, 1)):
        page.page.keyboard.press("Control+a")
        lines = [" ".join(str(next(typed)) for _ in range(columns)) for _ in range(rows)]
        page.page.keyboard.type("\n".join(lines))
        page.page.keyboard.press("Tab")
    texts = ",".join(map(repr, values))
    wait_for_texts(page, numbers=f"2-2-2;1;sigmoid;sigmoid;squared_error;0.5;{texts}")
