"""The controls: widgets that show the settings and return them."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from scratchnet.analysis.diagnosis import diagnose
from scratchnet.charts import figures
from scratchnet.data.datasets import SHAPES, possible_classes
from scratchnet.data.points import Scale, Table
from scratchnet.lessons.presets import PRESETS, preset_of
from scratchnet.nn.costs import costs_of
from scratchnet.run.address import Verdict
from scratchnet.run.fields import Whole
from scratchnet.run.settings import (
    KINDS,
    DataSettings,
    NetworkSettings,
    Settings,
    TrainingSettings,
    n_outputs,
    outputs_for,
)
from scratchnet.run.trainer import Trainer
from scratchnet.ui import session

LABELS = {
    "moons": "Moons",
    "circles": "Circles",
    "xor": "XOR",
    "blobs": "Blobs",
    "spiral": "Spiral",
    "flower": "Flower",
    "sine": "Sine",
    "cubic": "Cubic",
    "absolute": "|x|",
    "plane": "Plane",
    "gaussians": "Gauss",
    "penguins": "Penguins",
    "own": "Own",
    "x1": "x₁",
    "x2": "x₂",
    "x1_squared": "x₁²",
    "x2_squared": "x₂²",
    "x1_x2": "x₁x₂",
    "sin_x1": "sin x₁",
    "sin_x2": "sin x₂",
    session.EACH: "per layer",
    "cross_entropy": "cross-entropy",
    "squared_error": "squared error",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "gradient_descent": "SGD",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "xavier": "Xavier",
    "he": "He",
    "article": "0.01",
    "zeros": "zeros",
}
# Names of some controls in the menu of controls to hide.
CONTROLS = {
    "layer_dims": "layers and neurons",
    "init": "initial weights",
    "init_seed": "weight seed",
    "seed": "data seed",
    "period": "schedule period",
    "decay": "step decay",
    "l1": "L1",
    "l2": "L2",
    "patience": "early stopping",
}
OUTPUT, MISTAKES, VALUES = "Output and cost", "Confusion matrix and ROC", "Weights and gradients"
EXPORT = "Export"
PENALTY = (
    "Keeps the weights small, against overfitting: λ Σ|w| (L1) or λ/2 Σw² (L2) is added to the "
    "objective. The displayed cost excludes it."
)
PRECISION = (
    "Single: data, weights and costs are stored in single precision, so an address gives the same run "
    "on every machine. Double: all digits are kept, but the run depends on the processor."
)
PATIENCE = (
    "Stops when the test cost has not improved for this many epochs; 0 = off. Here it watches the test "
    "set; in practice, hold out a separate validation set: a set that decides is no test set any more."
)

EPOCHS = "Number of training epochs. One epoch is one pass over the training set."
OPTIMIZER = "Update rule for the weights. SGD is plain gradient descent, on full batch or mini-batches."
BATCH_SIZE = "Samples per update; 0 = full batch, the whole training set."
SCHEDULE = "How the learning rate decreases during training."
SCALING = "x₁ and x₂ are standardised over all points. In practice, use the training set alone."

# Settings of the training behind "More": label, name, help, and the step of the buttons.
RARE_NUMBERS = (
    ("Schedule period", "period", "Epochs between steps, or length of the cosine.", 10),
    ("Step decay", "decay", "Factor applied to the learning rate at each step.", 0.05),
    ("L1 penalty λ", "l1", PENALTY, 0.001),
    ("L2 penalty λ", "l2", PENALTY, 0.001),
    ("Stop at training cost", "stop_cost", "Stops at this cost or below; 0 = off.", 0.01),
    ("Stop at test accuracy", "stop_accuracy", "Stops at this accuracy or above; 0 = off.", 0.01),
    ("Early-stopping patience (epochs)", "patience", PATIENCE, 10),
)


def show() -> Settings:
    """Place all controls and return the settings that they show."""
    with st.container(gap="xsmall"):
        sections = [st.container(gap="xsmall") for _ in range(3)]
        more = st.expander("More", icon=":material/tune:")
        _share(st.expander("For a lecture", icon=":material/co_present:"))
        data = _data(sections[0], more)
        return Settings(data, _network(sections[1], more, data), _training(sections[2], more))


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
    session.hold_within("view", options)
    return st.segmented_control(
        "Views", options, key="view", required=True, label_visibility="collapsed"
    )


def set_type() -> None:
    """Apply the options of the look: large text, and no buttons for the layers."""
    rules = "html { font-size: clamp(19px, 1.25vw, 34px); } " * session.is_projector()
    rules += ":root { --layer-buttons: none; } " * session.is_hidden("layer_dims")
    st.html(f"<style>{rules}</style>")


def say(sentences: Sequence[str]) -> None:
    """Show warnings as plain text, without Markdown formatting."""
    if sentences:
        st.warning("  \n".join(map(plain, sentences)), icon=":material/info:")


def tell(verdict: Verdict | None, place: Any = st) -> None:
    """Say whether this is the shared run: as a caption if so, as a warning if not."""
    if verdict and verdict.same:
        place.caption(f":material/verified: {verdict.sentence}")
    elif verdict:
        place.warning(plain(verdict.sentence), icon=":material/info:")


def plain(text: str) -> str:
    """Escape text so that Markdown shows it unchanged."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def _data(section: Any, more: Any) -> DataSettings:
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
        dataset = session.current("dataset") if session.is_hidden("dataset") else _dataset()
        own = session.table() if dataset == "own" else None
        numbers, given = st.container(key="data_numbers"), SHAPES[dataset].table
        if given:
            left, right = numbers.columns([6, 2], wrap=False)
            points, noise = session.current("points"), session.current("noise")
            if not session.is_hidden("points"):
                left.caption(
                    f"**{len(given(own).rows):,} points.** {describe(given(own))}", help=SCALING
                )
        else:
            left, middle, right = numbers.columns([3, 3, 2], wrap=False)
            points = _slider(left, "Points", "points", 10, "Training set and test set together.")
            help = "Standard deviation of the Gaussian noise added to x₁ and x₂."
            noise = _slider(middle, "Noise", "noise", 0.01, help)
        options = possible_classes(dataset, own)
        label = "Classes" if any(options) else "Task"
        classes = _one_of(
            right, label, "classes", options, lambda classes: str(classes or "Regression")
        )
    help = "Share of the points in the training set. The remaining points form the test set."
    train_share = _slider(more, "Training share", "train_share", 0.05, help, "percent")
    seed = _number(more, "Data seed", "seed", "Another seed draws, or splits, the points differently.")
    return DataSettings(dataset, points, noise, train_share, seed, classes, own)


def describe(given: Table) -> str:
    """Return a sentence on how the columns of a table are scaled for the network."""
    columns = zip(("x₁", "x₂", "label"), given.names, given.scales, strict=True)
    lines = [_formula(*column) for column in columns if column[2] != Scale()]
    return f"Scaled: {', '.join(map(plain, lines))}." if lines else "Used without scaling."


def _formula(symbol: str, name: str, scale: Scale) -> str:
    sign = "−" if scale.centre >= 0 else "+"
    centre = round(abs(scale.centre), 2 - math.floor(math.log10(scale.unit)))
    return f"{symbol} = ({name} {sign} {centre:.12g}) / {scale.unit:.4g}"


def _network(section: Any, more: Any, data: DataSettings) -> NetworkSettings:
    with section:
        _heading("Network", ("features", "activation", "init"))
        features = session.current("features") if session.is_hidden("features") else _features()
        hidden = session.hidden_layers()
        left, right = st.columns(2, wrap=False)
        activation = _activation(left, hidden)
        init = _choice(
            right,
            "Initial weights",
            "init",
            "Standard deviation of the random weights at the start: 0.01 as in the article, "
            "√(2 / (inputs + outputs)) for Xavier (Glorot), √(2 / inputs) for He, or 0, which never "
            "breaks the symmetry between neurons.",
        )
    init_seed = _number(
        more,
        "Weight seed",
        "init_seed",
        "Seed of the initial weights. Also seeds the mini-batch shuffling.",
    )
    output, cost = _one_of(
        more,
        "Output and cost",
        "output",
        [(output, cost) for output in outputs_for(data.classes) for cost in costs_of(output)],
        lambda pair: ", ".join(map(_label, pair)),
        "Activation of the output layer, and the cost function that training minimises.",
    )
    dims = (len(features), *hidden, n_outputs(data.classes))
    return NetworkSettings(dims, activation, init, init_seed, tuple(features), output, cost)


def _dataset() -> str:
    return st.pills(
        "Dataset",
        [name for name in KINDS["dataset"].options if name != "own" or session.table()],
        format_func=lambda name: f"![]({_icon(name)}) {_label(name)}",
        key="dataset",
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )


def _icon(name: str) -> str:
    return figures.dataset_icon(name, session.table() if name == "own" else None)


def _features() -> list[str]:
    return st.pills(
        "Features",
        KINDS["features"].options,
        selection_mode="multi",
        format_func=_label,
        key="features",
        on_change=session.keep_a_feature,
        help="The inputs of the network, computed from the coordinates x₁ and x₂.",
        width="stretch",
    )


def _activation(place: Any, hidden: Sequence[int]) -> str | tuple[str, ...]:
    """Choose one activation for all hidden layers, or one per layer."""
    if session.is_hidden("activation"):
        return session.current_activation()
    activation = place.selectbox(
        "Activation",
        (*KINDS["activation"].options, session.EACH),
        format_func=_label,
        key="activation",
        help="Activation function of the hidden layers.",
        disabled=not hidden,
    )
    if activation != session.EACH:
        return activation
    names = []
    for l, key in enumerate(session.activations(), start=1):
        if l % 2:
            columns = st.columns(2, wrap=False)
        column = columns[(l + 1) % 2]
        names.append(
            _choice(column, f"Layer {l}", "activation", "Activation function of this layer.", key)
        )
    return tuple(names) or NetworkSettings().activation


def _training(section: Any, more: Any) -> TrainingSettings:
    with section:
        _heading("Training", ("learning_rate", "epochs", "optimizer", "batch_size"))
        left, right = st.columns(2, wrap=False)
    return TrainingSettings(
        learning_rate=_learning_rate(left),
        epochs=_number(right, "Epochs", "epochs", EPOCHS, step=100),
        optimizer=_choice(left, "Optimizer", "optimizer", OPTIMIZER),
        batch_size=_number(right, "Batch size (0 = full batch)", "batch_size", BATCH_SIZE),
        schedule=_choice(more, "Learning-rate schedule", "schedule", SCHEDULE),
        precision=_choice(more, "Precision", "precision", PRECISION),
        **{name: _number(more, label, name, help, step) for label, name, help, step in RARE_NUMBERS},
    )


def _learning_rate(place: Any) -> float:
    if session.is_hidden("learning_rate"):
        return session.current("learning_rate")
    return place.select_slider(
        "Learning rate",
        session.rates(),
        format_func="{:g}".format,
        key="learning_rate",
        help="Step size of an update. It can be changed during training; the weights are kept.",
    )


def _share(place: Any) -> None:
    """Place the options for a lecture: large text, and controls to hide."""
    place.checkbox("Large text for a projector", key="projector")
    place.multiselect(
        "Hide controls",
        session.VIEW["hide"].options,
        format_func=lambda name: CONTROLS.get(name, name.replace("_", " ")),
        key="hide",
        help="They are hidden for everyone who opens this address.",
    )


def _heading(text: str, names: Sequence[str]) -> None:
    """Show the heading of some controls if any of them is shown."""
    if not all(map(session.is_hidden, names)):
        st.subheader(text, anchor=False)


def _label(name: str) -> str:
    return LABELS.get(name, name)


def _choice(place: Any, label: str, name: str, help: str, key: str | None = None) -> str:
    """Choose one option of a setting; the default key of the widget is the name of the setting."""
    if session.is_hidden(name):
        return session.current(name)
    options = KINDS[name].options
    return place.selectbox(label, options, format_func=_label, key=key or name, help=help)


def _one_of(
    place: Any,
    label: str,
    name: str,
    options: Sequence[Any],
    format_func: Callable[[Any], str],
    help: str | None = None,
) -> Any:
    """Choose one of these options, which depend on other settings."""
    if session.is_hidden(name):
        now = session.current_output() if name == "output" else session.current(name)
        return now if now in options else options[0]
    session.hold_within(name, options)
    disabled = len(options) == 1
    return place.selectbox(
        label, options, format_func=format_func, key=name, help=help, disabled=disabled
    )


def _number(place: Any, label: str, name: str, help: str, step: float = 1) -> Any:
    if session.is_hidden(name):
        return session.current(name)
    kind = KINDS[name]
    format = "%d" if isinstance(kind, Whole) else "%g"
    return place.number_input(label, kind.low, kind.high, step=step, format=format, key=name, help=help)


def _slider(
    place: Any, label: str, name: str, step: float, help: str, format: str | None = None
) -> Any:
    if session.is_hidden(name):
        return session.current(name)
    kind = KINDS[name]
    return place.slider(label, kind.low, kind.high, step=step, key=name, help=help, format=format)
