"""The controls: widgets that show the settings of the run and change them."""

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import streamlit as st

from scratchnet.charts.icons import dataset_icon
from scratchnet.data.datasets import DATASETS, possible_classes
from scratchnet.nn.costs import costs_of
from scratchnet.run.address import Verdict
from scratchnet.run.fields import IntField
from scratchnet.run.settings import FIELDS, NEED_A_TEST_SET, DataSettings, outputs_for
from scratchnet.ui import link, session, texts, widget

OUTPUT, MISTAKES, VALUES = "Output and cost", "Confusion matrix and ROC", "Weights and gradients"
EXPORT = "Export"
_PROJECTOR, _PLANE = (
    files("scratchnet.ui").joinpath(name).read_text("utf-8") for name in ("projector.css", "plane.css")
)


def show() -> None:
    """Place all controls; each shows what the current run has."""
    with st.container(gap="xsmall"):
        sections = [st.container(gap="xsmall") for _ in range(3)]
        more = st.expander("More", icon=":material/tune:")
        _share(st.expander("For a lecture", icon=":material/co_present:"))
        _data(sections[0], more)
        _network(sections[1], more)
        _training(sections[2], more)


def view(classes: int) -> str:
    """Let the visitor choose a view of the epoch; regression has no confusion matrix."""
    options = [OUTPUT, MISTAKES, VALUES, EXPORT] if classes else [OUTPUT, VALUES, EXPORT]
    chosen = session.look_among("view", options)
    about = {"required": True, "label_visibility": "collapsed", "shown": chosen}
    widget.place(st, "segmented_control", "view", "Views", options=options, **about)
    return chosen


def keep() -> None:
    """Place the button that keeps the run, and what was kept so far as a link to compare it."""
    if session.is_hidden("pages"):
        return
    kept = session.look("kept")
    if session.settings() in kept:
        _to_comparison(len(kept), "bookmark_added")
        return
    st.button(
        "Keep this run",
        on_click=session.keep_run,
        type="tertiary",
        icon=":material/bookmark_add:",
        help=texts.KEEP_HELP,
    )
    if kept:
        _to_comparison(len(kept), "compare_arrows")


def _to_comparison(kept: int, icon: str) -> None:
    st.page_link("pages/compare.py", label=texts.compare(kept), icon=f":material/{icon}:")


def set_look() -> None:
    """Apply the options of the look: the layout for a projector or a slide, and what is hidden."""
    rules = _PROJECTOR * session.look("projector") + _PLANE * session.look("plane")
    for name in filter(session.is_hidden, link.ON_STAGE):
        rules += f"*::part({name}) {{ display: none; }} "
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
            _heading("Data", ("dataset", "points", "noise", "classes", "train_share", "seed"))
            _new_data(data)
            if not session.is_hidden("dataset"):
                st.button(
                    "Your data",
                    on_click=session.ask_for,
                    args=("data",),
                    type="tertiary",
                    icon=":material/upload_file:",
                )
        _dataset()
        numbers, given = st.container(key="data_numbers"), DATASETS[data.dataset].table
        if given:
            left, right = numbers.columns([10, 7], wrap=False)
            if not session.is_hidden("points"):
                table = given(data.own)
                text = f"**{len(table.rows):,} points.** {texts.scaling(table)}"
                left.caption(text, help=texts.caution(table) or None)
        else:
            left, middle, right = numbers.columns([5, 5, 7], wrap=False)
            _slider(left, "Points", "points", 10, "Training set and test set together.")
            help = "Standard deviation of the Gaussian noise added to x₁ and x₂."
            _slider(middle, "Noise", "noise", 0.01, help)
        _slider(right, "Training share", "train_share", 0.01, texts.TRAIN_SHARE, "percent")
        options = possible_classes(data.dataset, data.own)
        if len(options) > 1:
            _one_of(st, "Classes", "classes", options, str)
        if not data.classes and not session.is_hidden("classes"):
            st.caption(texts.REGRESSION)
    help = "Seed for generating the points and for the training/test split."
    _number(more, "Data seed", "seed", help)


def _new_data(data: DataSettings) -> None:
    """Place the button for the next seed of the data, which draws the points or deals given ones."""
    given = DATASETS[data.dataset].table
    if not session.is_hidden("seed"):
        st.button(
            "New split" if given else "New data",
            on_click=session.draw_new_data,
            type="tertiary",
            icon=":material/refresh:",
            help=texts.NEW_SPLIT if given else texts.NEW_DATA,
            disabled=bool(given) and data.train_share == 1.0,
        )


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
    widget.place(
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
    widget.place(
        st,
        "pills",
        "features",
        "Features",
        options=FIELDS["features"].options,
        selection_mode="multi",
        format_func=texts.label,
        help=texts.FEATURES,
        width="stretch",
    )


def _activation(place: Any, hidden: bool) -> None:
    """Choose one activation for all hidden layers, or one per layer."""
    if session.is_hidden("activation"):
        return
    widget.place(
        place,
        "selectbox",
        "activation",
        "Activation",
        options=(*FIELDS["activation"].options, texts.EACH),
        format_func=texts.activation_label,
        help="Activation function of the hidden layers.",
        disabled=not hidden,
    )
    help = "Activation function of this layer."
    for l, key in enumerate(widget.activations(), start=1):
        if l % 2:
            columns = st.columns(2, wrap=False)
        _choice(columns[(l + 1) % 2], f"Layer {l}", "activation", help, key)


def _training(section: Any, more: Any) -> None:
    with section:
        _heading("Training", ("learning_rate", "epochs", "optimizer", "batch_size", "l1", "l2"))
        first, second = st.columns(2, wrap=False)
        left, right = st.columns(2, wrap=False, vertical_alignment="bottom")
        l1, l2 = st.columns(2, wrap=False)
    help = "Step size of an update. It can be changed during training; the weights are kept."
    _steps(first, "Learning rate", "learning_rate", help)
    _number(second, "Epochs", "epochs", texts.EPOCHS, step=100)
    _choice(left, "Optimizer", "optimizer", texts.OPTIMIZER)
    _number(right, texts.BATCH, "batch_size", texts.BATCH_SIZE)
    _steps(l1, "L1 penalty λ", "l1", texts.PENALTY)
    _steps(l2, "L2 penalty λ", "l2", texts.PENALTY)
    _choice(more, "Learning-rate schedule", "schedule", texts.SCHEDULE)
    _choice(more, "Precision", "precision", texts.PRECISION)
    untested = session.settings().data.train_share == 1.0
    for label, name, help, step in texts.RARE_NUMBERS:
        needs_test_set = name in NEED_A_TEST_SET and untested
        _number(more, label, name, texts.UNTESTED if needs_test_set else help, step, needs_test_set)


def _steps(place: Any, label: str, name: str, help: str) -> None:
    """Choose one of the usual values of a setting, or the value that the run has."""
    if session.is_hidden(name):
        return
    options = {"options": widget.steps(name), "format_func": "{:g}".format, "help": help}
    widget.place(place, "select_slider", name, label, **options)


def _share(place: Any) -> None:
    """Place the options for a lecture: large text, the plane alone, and controls to hide."""
    widget.place(place, "checkbox", "projector", "Large text for a projector")
    widget.place(place, "checkbox", "plane", "The plane alone, for a slide", help=texts.PLANE_ALONE)
    widget.place(
        place,
        "multiselect",
        "hide",
        "Hide controls",
        options=link.HIDEABLE,
        format_func=lambda name: texts.CONTROLS.get(name, name.replace("_", " ")),
        help="They are hidden for everyone who opens this address.",
    )
    place.button(
        "Follow me: QR code",
        on_click=session.ask_for,
        args=("follow",),
        icon=":material/qr_code_2:",
        help="For the projector: whoever opens it sees this run at this epoch, digit for digit.",
    )


def _heading(text: str, names: Sequence[str]) -> None:
    """Show the heading of some controls if any of them is shown."""
    if not all(map(session.is_hidden, names)):
        st.subheader(text, anchor=False)


def _choice(place: Any, label: str, name: str, help: str, key: str | None = None) -> None:
    """Choose one option of a setting; the default key of the widget is the name of the setting."""
    text = texts.activation_label if name == "activation" else texts.label
    _one_of(place, label, name, FIELDS[name].options, text, help, key)


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
    widget.place(
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
    widget.place(place, "number_input", name, label, kind.low, kind.high, **options)


def _slider(
    place: Any, label: str, name: str, step: float, help: str, format: str | None = None
) -> None:
    if session.is_hidden(name):
        return
    kind = FIELDS[name]
    bounds = label, kind.low, kind.high
    widget.place(place, "slider", name, *bounds, step=step, help=help, format=format)
