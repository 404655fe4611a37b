"""The controls: widgets that show the settings of the run and change them."""

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import streamlit as st

from scratchnet.analysis.diagnosis import diagnose
from scratchnet.charts.icons import dataset_icon
from scratchnet.data.datasets import DATASETS, possible_classes
from scratchnet.lessons.presets import PRESETS, preset_of
from scratchnet.nn.costs import costs_of
from scratchnet.run.address import Verdict
from scratchnet.run.fields import IntField
from scratchnet.run.settings import FIELDS, NEED_A_TEST_SET, Settings, outputs_for
from scratchnet.run.trainer import Trainer
from scratchnet.ui import link, session, texts

OUTPUT, MISTAKES, VALUES = "Output and cost", "Confusion matrix and ROC", "Weights and gradients"
EXPORT = "Export"
_PROJECTOR = files("scratchnet.ui").joinpath("projector.css").read_text("utf-8")


def show() -> None:
    """Place all controls; each shows what the current run has."""
    with st.container(gap="xsmall"):
        sections = [st.container(gap="xsmall") for _ in range(3)]
        more = st.expander("More", icon=":material/tune:")
        _share(st.expander("For a lecture", icon=":material/co_present:"))
        _data(sections[0], more)
        _network(sections[1], more)
        _training(sections[2], more)


def examples(settings: Settings) -> None:
    """Show the menu of examples, and what to look for if the current run is one of them."""
    preset = preset_of(settings)
    text = f"**{preset.title}.** {preset.look_for}" if preset else "Custom settings."
    with st.container(horizontal=True, vertical_alignment="center", key="examples"):
        titles = [preset.title for preset in PRESETS]
        st.menu_button("Examples", titles, key="example", on_click=session.open_example)
        st.markdown(text, width="stretch")


def report(trainer: Trainer) -> None:
    """Show what goes wrong in the run."""
    if findings := diagnose(trainer):
        sentences = "  \n".join(finding.sentence for finding in findings)
        st.info(sentences, icon=":material/troubleshoot:")


def view(classes: int) -> str:
    """Let the visitor choose a view of the epoch; regression has no confusion matrix."""
    options = [OUTPUT, MISTAKES, VALUES, EXPORT] if classes else [OUTPUT, VALUES, EXPORT]
    chosen = session.look_among("view", options)
    about = {"required": True, "label_visibility": "collapsed", "shown": chosen}
    session.place_widget(st, "segmented_control", "view", "Views", options=options, **about)
    return chosen


def set_type() -> None:
    """Apply the options of the look: the layout for a projector, and no buttons for the layers."""
    rules = _PROJECTOR * session.is_projector()
    rules += ":root { --layer-buttons: none; } " * session.is_hidden("layer_dims")
    st.html(f"<style>{rules}</style>")


def say(sentences: Sequence[str]) -> None:
    """Show warnings as plain text, without Markdown formatting."""
    if sentences:
        st.warning("  \n".join(map(texts.plain, sentences)), icon=":material/info:")


def tell(verdict: Verdict | None, place: Any = st) -> None:
    """Say whether this is the shared run: as a caption if so, as a warning if not."""
    if verdict and verdict.same:
        place.caption(f":material/verified: {verdict.sentence}")
    elif verdict:
        place.warning(texts.plain(verdict.sentence), icon=":material/info:")


def _data(section: Any, more: Any) -> None:
    data = session.settings().data
    with section:
        with st.container(horizontal=True, horizontal_alignment="distribute", key="data_heading"):
            _heading("Data", ("dataset", "points", "noise", "classes"))
            if not session.is_hidden("dataset"):
                st.button(
                    "Your data",
                    on_click=session.ask_for_data,
                    type="tertiary",
                    icon=":material/upload_file:",
                )
        _dataset()
        numbers, given = st.container(key="data_numbers"), DATASETS[data.dataset].table
        if given:
            left, right = numbers.columns([6, 2], wrap=False)
            if not session.is_hidden("points"):
                table = given(data.own)
                text = f"**{len(table.rows):,} points.** {texts.scaling(table)}"
                left.caption(text, help=texts.caution(table) or None)
        else:
            left, middle, right = numbers.columns([3, 3, 2], wrap=False)
            _slider(left, "Points", "points", 10, "Training set and test set together.")
            help = "Standard deviation of the Gaussian noise added to x₁ and x₂."
            _slider(middle, "Noise", "noise", 0.01, help)
        options = possible_classes(data.dataset, data.own)
        _one_of(right, "Classes", "classes", options, lambda classes: str(classes or "–"))
        if not data.classes and not session.is_hidden("classes"):
            st.caption(texts.REGRESSION)
    help = "Share of the points in the training set. The others, if any, are the test set."
    _slider(more, "Training share", "train_share", 0.05, help, "percent")
    _number(more, "Data seed", "seed", "Another seed draws, or splits, the points differently.")


def _network(section: Any, more: Any) -> None:
    settings = session.settings()
    with section:
        _heading("Network", ("features", "activation", "init"))
        _features()
        left, right = st.columns(2, wrap=False)
        _activation(left, hidden=len(settings.network.layer_dims) > 2)
        _choice(
            right,
            "Initial weights",
            "init",
            "Standard deviation of the random weights at the start: 0.01 as in the article, "
            "√(2 / (inputs + outputs)) for Xavier (Glorot), √(2 / inputs) for He, or 0, which never "
            "breaks the symmetry between neurons.",
        )
    help = "Seed of the initial weights. Also seeds the mini-batch shuffling."
    _number(more, "Weight seed", "init_seed", help)
    outputs = outputs_for(settings.data.classes)
    _one_of(
        more,
        "Output and cost",
        "output",
        [(output, cost) for output in outputs for cost in costs_of(output)],
        lambda pair: ", ".join(map(texts.label, pair)),
        "Activation of the output layer, and the cost function that training minimises.",
    )


def _dataset() -> None:
    if session.is_hidden("dataset"):
        return
    session.place_widget(
        st,
        "pills",
        "dataset",
        "Dataset",
        options=[name for name in FIELDS["dataset"].options if name != "own" or session.table()],
        format_func=lambda name: f"![]({_icon(name)}) {texts.label(name)}",
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )


def _icon(name: str) -> str:
    return dataset_icon(name, session.table() if name == "own" else None)


def _features() -> None:
    if session.is_hidden("features"):
        return
    session.place_widget(
        st,
        "pills",
        "features",
        "Features",
        options=FIELDS["features"].options,
        selection_mode="multi",
        format_func=texts.label,
        help="The inputs of the network, computed from the coordinates x₁ and x₂.",
        width="stretch",
    )


def _activation(place: Any, hidden: bool) -> None:
    """Choose one activation for all hidden layers, or one per layer."""
    if session.is_hidden("activation"):
        return
    session.place_widget(
        place,
        "selectbox",
        "activation",
        "Activation",
        options=(*FIELDS["activation"].options, texts.EACH),
        format_func=texts.label,
        help="Activation function of the hidden layers.",
        disabled=not hidden,
    )
    help = "Activation function of this layer."
    for l, key in enumerate(session.activations(), start=1):
        if l % 2:
            columns = st.columns(2, wrap=False)
        _choice(columns[(l + 1) % 2], f"Layer {l}", "activation", help, key)


def _training(section: Any, more: Any) -> None:
    with section:
        _heading("Training", ("learning_rate", "epochs", "optimizer", "batch_size"))
        first, second = st.columns(2, wrap=False)
        left, right = st.columns(2, wrap=False, vertical_alignment="bottom")
    _learning_rate(first)
    _number(second, "Epochs", "epochs", texts.EPOCHS, step=100)
    _choice(left, "Optimizer", "optimizer", texts.OPTIMIZER)
    _number(right, texts.BATCH, "batch_size", texts.BATCH_SIZE)
    _choice(more, "Learning-rate schedule", "schedule", texts.SCHEDULE)
    _choice(more, "Precision", "precision", texts.PRECISION)
    untested = session.settings().data.train_share == 1.0
    for label, name, help, step in texts.RARE_NUMBERS:
        needs_test_set = name in NEED_A_TEST_SET and untested
        _number(more, label, name, texts.UNTESTED if needs_test_set else help, step, needs_test_set)


def _learning_rate(place: Any) -> None:
    if session.is_hidden("learning_rate"):
        return
    session.place_widget(
        place,
        "select_slider",
        "learning_rate",
        "Learning rate",
        options=session.rates(),
        format_func="{:g}".format,
        help="Step size of an update. It can be changed during training; the weights are kept.",
    )


def _share(place: Any) -> None:
    """Place the options for a lecture: large text, and controls to hide."""
    session.place_widget(place, "checkbox", "projector", "Large text for a projector")
    session.place_widget(
        place,
        "multiselect",
        "hide",
        "Hide controls",
        options=link.HIDEABLE,
        format_func=lambda name: texts.CONTROLS.get(name, name.replace("_", " ")),
        help="They are hidden for everyone who opens this address.",
    )


def _heading(text: str, names: Sequence[str]) -> None:
    """Show the heading of some controls if any of them is shown."""
    if not all(map(session.is_hidden, names)):
        st.subheader(text, anchor=False)


def _choice(place: Any, label: str, name: str, help: str, key: str | None = None) -> None:
    """Choose one option of a setting; the default key of the widget is the name of the setting."""
    _one_of(place, label, name, FIELDS[name].options, texts.label, help, key)


def _one_of(
    place: Any,
    label: str,
    name: str,
    options: Sequence[Any],
    format_func: Callable[[Any], str],
    help: str | None = None,
    key: str | None = None,
) -> None:
    """Choose one of these options."""
    if session.is_hidden(name):
        return
    session.place_widget(
        place,
        "selectbox",
        key or name,
        label,
        options=options,
        format_func=format_func,
        help=help,
        disabled=len(options) == 1,
    )


def _number(
    place: Any, label: str, name: str, help: str, step: float = 1, disabled: bool = False
) -> None:
    if session.is_hidden(name):
        return
    kind = FIELDS[name]
    format = "%d" if isinstance(kind, IntField) else "%g"
    options = {"step": step, "format": format, "help": help, "disabled": disabled}
    session.place_widget(place, "number_input", name, label, kind.low, kind.high, **options)


def _slider(
    place: Any, label: str, name: str, step: float, help: str, format: str | None = None
) -> None:
    if session.is_hidden(name):
        return
    kind = FIELDS[name]
    bounds = label, kind.low, kind.high
    session.place_widget(place, "slider", name, *bounds, step=step, help=help, format=format)
