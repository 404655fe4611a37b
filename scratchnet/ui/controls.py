"""The controls: widgets that show the settings and give them back."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from scratchnet.analysis.diagnosis import diagnose
from scratchnet.charts import figures
from scratchnet.data.datasets import DATASETS, possible_classes
from scratchnet.data.points import Scale, Table
from scratchnet.lessons.presets import PRESETS, preset_of
from scratchnet.nn.costs import costs_of
from scratchnet.run.address import Verdict
from scratchnet.run.fields import IntField
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
    session.EACH: "one each",
    "cross_entropy": "cross-entropy",
    "squared_error": "squared error",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "gradient_descent": "GD / SGD",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "xavier": "Xavier",
    "he": "He",
    "article": "0.01",
    "zeros": "zeros",
}
# What the menu of controls to hide calls some of them.
CONTROLS = {
    "layer_dims": "layers and neurons",
    "init": "first weights",
    "init_seed": "seed of the first weights",
    "seed": "seed of the data",
    "period": "period of the schedule",
    "decay": "factor of a step",
    "l1": "L1",
    "l2": "L2",
    "patience": "stop without improvement",
}
OUTPUT, MISTAKES, VALUES = "Output and cost", "Right and wrong", "Weights and gradients"
EXPORT = "Export"
PENALTY = "λ Σ|w| for L1, λ/2 Σw² for L2, is minimised too. The cost that is shown is without it."
PRECISION = (
    "Numbers that are kept are rounded to single precision, so an address gives the same run on every "
    "machine; double keeps all digits, and the run is the same on one kind of processor only."
)

# Of the training, behind "More": the label, the setting, what it is, and the step of the buttons.
RARE_NUMBERS = (
    ("Period of the schedule", "period", "Epochs to the next step, or of the cosine.", 10),
    ("Factor of a step", "decay", "What a step leaves of the rate.", 0.05),
    ("L1 penalty λ", "l1", PENALTY, 0.001),
    ("L2 penalty λ", "l2", PENALTY, 0.001),
    ("Stop at a training cost of", "stop_cost", "0: never.", 0.01),
    ("Stop at a test accuracy of", "stop_accuracy", "0: never.", 0.01),
    ("Stop when the test cost has not improved for", "patience", "Epochs; 0: never.", 10),
)


def show() -> Settings:
    """Place all controls, and return the settings they show."""
    with st.container(gap="xsmall"):
        sections = [st.container(gap="xsmall") for _ in range(3)]
        more = st.expander("More", icon=":material/tune:")
        _share(st.expander("For a lecture", icon=":material/co_present:"))
        data = _data(sections[0], more)
        return Settings(data, _network(sections[1], more, data), _training(sections[2], more))


def examples(settings: Settings) -> None:
    """A menu of runs to begin with, and what to look for in the one at hand, if it is one of them."""
    preset = preset_of(settings)
    text = f"**{preset.title}.** {preset.look_for}" if preset else "Your own settings."
    with st.container(horizontal=True, vertical_alignment="center", key="examples"):
        titles = [preset.title for preset in PRESETS]
        st.menu_button("Examples", titles, key="example", on_click=session.open_example)
        st.markdown(text, width="stretch")


def report(trainer: Trainer) -> None:
    """Say what goes wrong in the run."""
    if findings := diagnose(trainer):
        sentences = "  \n".join(finding.sentence for finding in findings)
        st.info(sentences, icon=":material/troubleshoot:")


def view(classes: int) -> str:
    """Which views of an epoch at rest are wanted; labels that are numbers cannot be mistaken."""
    options = [OUTPUT, MISTAKES, VALUES, EXPORT] if classes else [OUTPUT, VALUES, EXPORT]
    session.hold_within("view", options)
    return st.segmented_control(
        "Views", options, key="view", required=True, label_visibility="collapsed"
    )


def set_type() -> None:
    """Make the type of the whole page large, and hide the buttons of the layers, if that is wanted."""
    rules = "html { font-size: clamp(19px, 1.25vw, 34px); } " * session.is_projector()
    rules += ":root { --layer-buttons: none; } " * session.is_hidden("layer_dims")
    st.html(f"<style>{rules}</style>")


def say(sentences: Sequence[str]) -> None:
    """Say what could not be done as asked; the text is shown as it is, without any formatting."""
    if sentences:
        st.warning("  \n".join(map(plain, sentences)), icon=":material/info:")


def tell(verdict: Verdict | None, place: Any = st) -> None:
    """Say whether the run is the one that was shared: quietly if it is, and as a warning if not."""
    if verdict and verdict.same:
        place.caption(f":material/verified: {verdict.sentence}")
    elif verdict:
        place.warning(plain(verdict.sentence), icon=":material/info:")


def plain(text: str) -> str:
    """Text for Markdown that is shown as it is."""
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
        numbers, given = st.container(key="data_numbers"), DATASETS[dataset].table
        if given:
            left, right = numbers.columns([6, 2], wrap=False)
            points, noise = session.current("points"), session.current("noise")
            if not session.is_hidden("points"):
                left.caption(f"**{len(given(own).rows):,} points.** {describe(given(own))}")
        else:
            left, middle, right = numbers.columns([3, 3, 2], wrap=False)
            points = _slider(left, "Points", "points", 10, "Before the split into training and test.")
            help = "Standard deviation of what is added to x₁ and x₂."
            noise = _slider(middle, "Noise", "noise", 0.01, help)
        classes = _one_of(
            right,
            "Classes",
            "classes",
            possible_classes(dataset, own),
            lambda classes: str(classes or "–"),
        )
    train_share = _slider(
        more, "Train share", "train_share", 0.05, "The other points test what was learned.", "percent"
    )
    seed = _number(more, "Seed of the data", "seed", "Another seed draws or splits other points.")
    return DataSettings(dataset, points, noise, train_share, seed, classes, own)


def describe(given: Table) -> str:
    """How the columns of a table lie on the plane."""
    columns = zip(("x₁", "x₂", "label"), given.names, given.scales, strict=True)
    lines = [_formula(*column) for column in columns if column[2] != Scale()]
    return f"The network gets {', '.join(map(plain, lines))}." if lines else "They lie as drawn."


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
            "First weights",
            "init",
            "Their standard deviation: 0.01 as in the article, √(2 / (inputs + outputs)) by "
            "Xavier Glorot, √(2 / inputs) by Kaiming He, or 0, where all neurons stay alike.",
        )
    init_seed = _number(
        more,
        "Seed of the first weights",
        "init_seed",
        "Of the order in which mini-batches take the samples, too.",
    )
    output, cost = _one_of(
        more,
        "Output and cost",
        "output",
        [(output, cost) for output in outputs_for(data.classes) for cost in costs_of(output)],
        lambda pair: ", ".join(map(_label, pair)),
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
        help="What the network is told of a point.",
        width="stretch",
    )


def _activation(place: Any, hidden: Sequence[int]) -> str | tuple[str, ...]:
    """One activation for all hidden layers, or one for each."""
    if session.is_hidden("activation"):
        return session.current_activation()
    activation = place.selectbox(
        "Activation",
        (*KINDS["activation"].options, session.EACH),
        format_func=_label,
        key="activation",
        help="Of the hidden layers.",
        disabled=not hidden,
    )
    if activation != session.EACH:
        return activation
    names = []
    for l, key in enumerate(session.activations(), start=1):
        if l % 2:
            columns = st.columns(2, wrap=False)
        column = columns[(l + 1) % 2]
        names.append(_choice(column, f"In layer {l}", "activation", "Of this layer.", key))
    return tuple(names) or NetworkSettings().activation


def _training(section: Any, more: Any) -> TrainingSettings:
    with section:
        _heading("Training", ("learning_rate", "epochs", "optimizer", "batch_size"))
        left, right = st.columns(2, wrap=False)
    return TrainingSettings(
        learning_rate=_learning_rate(left),
        epochs=_number(right, "Epochs", "epochs", "Where the run ends.", step=100),
        optimizer=_choice(left, "Optimizer", "optimizer", "How a gradient becomes a step."),
        batch_size=_number(
            right, "Batch (0: all)", "batch_size", "Samples a step; 0 takes all of them."
        ),
        schedule=_choice(more, "Schedule of the rate", "schedule", "How the rate falls by itself."),
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
        help="May be changed while it learns: the weights stay. The rate in use stands on top.",
    )


def _share(place: Any) -> None:
    """For a lecture: large type, and controls that are not needed out of the way."""
    place.checkbox("Large type, for a projector", key="projector")
    place.multiselect(
        "Hide controls",
        session.VIEW["hide"].options,
        format_func=lambda name: CONTROLS.get(name, name.replace("_", " ")),
        key="hide",
        help="Whoever opens the address does not see them either.",
    )


def _heading(text: str, names: Sequence[str]) -> None:
    """The heading of some controls, if any of them is shown."""
    if not all(map(session.is_hidden, names)):
        st.subheader(text, anchor=False)


def _label(name: str) -> str:
    return LABELS.get(name, name)


def _choice(place: Any, label: str, name: str, help: str, key: str | None = None) -> str:
    """One of the options of a setting; the widget's key is the setting's name, unless one is given."""
    if session.is_hidden(name):
        return session.current(name)
    options = KINDS[name].options
    return place.selectbox(label, options, format_func=_label, key=key or name, help=help)


def _one_of(
    place: Any, label: str, name: str, options: Sequence[Any], format_func: Callable[[Any], str]
) -> Any:
    """One of these options, which depend on other settings."""
    if session.is_hidden(name):
        now = session.current_output() if name == "output" else session.current(name)
        return now if now in options else options[0]
    session.hold_within(name, options)
    disabled = len(options) == 1
    return place.selectbox(label, options, format_func=format_func, key=name, disabled=disabled)


def _number(place: Any, label: str, name: str, help: str, step: float = 1) -> Any:
    if session.is_hidden(name):
        return session.current(name)
    kind = KINDS[name]
    format = "%d" if isinstance(kind, IntField) else "%g"
    return place.number_input(label, kind.low, kind.high, step=step, format=format, key=name, help=help)


def _slider(
    place: Any, label: str, name: str, step: float, help: str, format: str | None = None
) -> Any:
    if session.is_hidden(name):
        return session.current(name)
    kind = KINDS[name]
    return place.slider(label, kind.low, kind.high, step=step, key=name, help=help, format=format)
