"""The charts that a run is exported with, opened as a file: every text is whole, and in its place."""

import pytest
from streamlit.elements.lib.streamlit_plotly_theme import configure_streamlit_plotly_theme

from scratchnet import Settings, Trainer
from scratchnet.charts.document import document
from scratchnet.data.points import Table

RUNS = {
    "two classes": ({}, 100),
    "two classes at the start": ({}, 0),
    "five classes": ({"dataset": "blobs", "classes": "5", "noise": "0", "points": "2000"}, 200),
    "regression": ({"dataset": "gaussians"}, 100),
    "large counts": ({"layer_dims": "2-32-16-8-8-1", "activation": "relu", "points": "2000"}, 20),
    "small gradients": ({"layer_dims": "2-4-4-4-1", "activation": "sigmoid", "init": "article"}, 50),
    "diverged": ({"dataset": "gaussians", "activation": "relu", "learning_rate": "100"}, 3),
}
NAMES = ("the width of the bill, in mm", "the mass of the body, in gram", "W" * 30)
FIELDS = (
    "Wandering albatross, Amsterdam",
    "Mollymauk",
    "Magnificent frigatebird, male",
    "Wilson's storm petrel",
    "iiiiiiiiiiii",
)


def own_run(classes):
    """A run on points of one's own, with names as long as allowed."""
    label = (lambda x: float(x % classes)) if classes else (lambda x: x / 40)
    rows = [(x / 7 - 3.0, (x * x % 11) / 4, label(x)) for x in range(40)]
    table = Table(tuple(rows), NAMES, FIELDS[:classes])
    return Trainer(
        Settings.of(dataset="own", own=table, layer_dims=(2, 4, classes if classes > 2 else 1))
    )


def exported():
    for name, (address, epoch) in RUNS.items():
        settings, _ = Settings.from_query(address)
        yield name, Trainer(settings), epoch
    for classes in (2, 5):
        yield f"long names, {classes} classes", own_run(classes), 5


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The exported file of each run, written as the server does, where Streamlit has set its theme."""
    configure_streamlit_plotly_theme()
    folder = tmp_path_factory.mktemp("charts")
    files = {}
    for name, trainer, epoch in exported():
        trainer.advance(epoch)
        files[name] = folder / f"{name}.html"
        files[name].write_text(document(trainer), "utf-8")
    return files


# For each chart its box, the planes of data in it, and its texts. A text of the data may be on a plane.
MEASURE = """() => [...document.querySelectorAll(".js-plotly-plot")].map((chart) => {
    const box = (element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return [left, top, right, bottom];
    };
    const svg = box(chart.querySelector(".main-svg"));
    const layout = chart._fullLayout;
    const [left, top] = svg;
    const plane = (x, y, width, height) => [left + x, top + y, left + x + width, top + y + height];
    const planes = Object.values(layout._plots ?? {}).map(({ xaxis: x, yaxis: y }) =>
        plane(x._offset, y._offset, x._length, y._length));
    if (layout.scene) {
        const { l, t, w, h } = layout._size;
        planes.push(plane(l, t, w, h));
    }
    const texts = [...chart.querySelectorAll("svg text")].filter((text) => text.textContent.trim());
    return {
        svg,
        planes,
        texts: texts.map((text) => ({
            said: text.textContent,
            box: box(text),
            ofData: text.closest(".mlayer") !== null,
            hidden: getComputedStyle(text).display === "none" || getComputedStyle(text).opacity === "0",
        })),
    };
})"""
DRAWN = """[...document.querySelectorAll(".js-plotly-plot")].every(
    (chart) => chart.querySelector(".main-svg"),
)"""
RESIZE = """() => Promise.all(
    [...document.querySelectorAll(".js-plotly-plot")].map((chart) => Plotly.Plots.resize(chart)),
)"""
WIDE, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 17, 17)"}  # behind a chart
SLACK = 1.0  # pixels: a box of text is a little larger than its letters


def overlap(one, other):
    """Whether two boxes (left, top, right, bottom) share more than an edge."""
    return all(min(one[i + 2], other[i + 2]) - max(one[i], other[i]) > SLACK for i in range(2))


def faults(chart):
    """What is wrong with the texts of a chart."""
    left, top, right, bottom = chart["svg"]
    for k, text in enumerate(chart["texts"]):
        said, box = text["said"], text["box"]
        if text["hidden"]:
            yield f"{said!r} is hidden"
        if box[0] < left - 0.5 or box[1] < top - 0.5 or box[2] > right + 0.5 or box[3] > bottom + 0.5:
            yield f"{said!r} is cut: {box} in {chart['svg']}"
        for other in chart["texts"][:k]:
            if overlap(box, other["box"]):
                yield f"{said!r} is over {other['said']!r}"
        if not text["ofData"] and any(overlap(box, plane) for plane in chart["planes"]):
            yield f"{said!r} is over data"


@pytest.fixture
def tab(browser):
    """Opens a file as a visitor with this kind of browser window."""
    contexts = []

    def open_file(file, **kind):
        contexts.append(browser.new_context(**kind))
        tab = contexts[-1].new_page()
        tab.goto(file.as_uri())
        tab.wait_for_function(f"() => {DRAWN}")
        return tab

    yield open_file
    for context in contexts:
        context.close()


@pytest.mark.parametrize("run", [name for name, *_ in exported()])
def test_every_text_of_an_exported_chart_is_whole_and_in_its_place(files, tab, run):
    page = tab(files[run], viewport=WIDE)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        page.evaluate(RESIZE)
        charts = page.evaluate(MEASURE)
        assert len(charts) == page.locator("h2").count()
        wrong = [(number, fault) for number, chart in enumerate(charts) for fault in faults(chart)]
        assert wrong == [], size
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_charts_of_a_regression_are_not_those_of_classes(files, tab):
    page = tab(files["regression"], viewport=WIDE)
    assert page.locator("h2").all_text_contents() == [
        "Output",
        "Cost",
        "Weights, activations and gradients",
    ]


def test_the_exported_charts_are_dark_where_the_browser_is(files, tab):
    def colours(scheme):
        page = tab(files["two classes"], viewport=PHONE, color_scheme=scheme)
        page.wait_for_function(
            """paper => [...document.querySelectorAll(".main-svg:first-child")].every(
                (svg) => getComputedStyle(svg).backgroundColor === paper,
            )""",
            arg=PAPER[scheme],
        )
        charts = page.evaluate(MEASURE)
        assert [fault for chart in charts for fault in faults(chart)] == []
        text = page.locator(".xtitle").first.evaluate("text => getComputedStyle(text).fill")
        return page.evaluate("getComputedStyle(document.body).backgroundColor"), text

    assert colours("light") == ("rgba(0, 0, 0, 0)", "rgb(42, 63, 95)")
    assert colours("dark") == ("rgb(17, 17, 17)", "rgb(242, 245, 250)")
