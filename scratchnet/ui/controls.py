"""The controls: widgets that show the settings and return them."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from scratchnet.analysis.diagnosis import diagnose
from scratchnet.charts.icons import dataset_icon
from scratchnet.data.datasets import DATASETS, possible_classes
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
from scratchnet.ui import session, texts

OUTPUT, MISTAKES, VALUES = "Output and cost", "Confusion matrix and ROC", "Weights and gradients"
EXPORT = "Export"


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
        st.warning("  \n".join(map(texts.plain, sentences)), icon=":material/info:")


def tell(verdict: Verdict | None, place: Any = st) -> None:
    """Say whether this is the shared run: as a caption if so, as a warning if not."""
    if verdict and verdict.same:
        place.caption(f":material/verified: {verdict.sentence}")
    elif verdict:
        place.warning(texts.plain(verdict.sentence), icon=":material/info:")


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
                table = given(own)
                text = f"**{len(table.rows):,} points.** {texts.scaling(table)}"
                left.caption(text, help=texts.caution(table) or None)
        else:
            left, middle, right = numbers.columns([3, 3, 2], wrap=False)
            points = _slider(left, "Points", "points", 10, "Training set and test set together.")
            help = "Standard deviation of the Gaussian noise added to x₁ and x₂."
            noise = _slider(middle, "Noise", "noise", 0.01, help)
        options = possible_classes(dataset, own)
        classes = _one_of(right, "Classes", "classes", options, lambda classes: str(classes or "–"))
        if not classes and not session.is_hidden("classes"):
            st.caption(texts.REGRESSION)
    help = "Share of the points in the training set. The remaining points form the test set."
    train_share = _slider(more, "Training share", "train_share", 0.05, help, "percent")
    seed = _number(more, "Data seed", "seed", "Another seed draws, or splits, the points differently.")
    return DataSettings(dataset, points, noise, train_share, seed, classes, own)


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
        lambda pair: ", ".join(map(texts.label, pair)),
        "Activation of the output layer, and the cost function that training minimises.",
    )
    dims = (len(features), *hidden, n_outputs(data.classes))
    return NetworkSettings(dims, activation, init, init_seed, tuple(features), output, cost)


def _dataset() -> str:
    return st.pills(
        "Dataset",
        [name for name in KINDS["dataset"].options if name != "own" or session.table()],
        format_func=lambda name: f"![]({_icon(name)}) {texts.label(name)}",
        key="dataset",
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )


def _icon(name: str) -> str:
    return dataset_icon(name, session.table() if name == "own" else None)


def _features() -> list[str]:
    return st.pills(
        "Features",
        KINDS["features"].options,
        selection_mode="multi",
        format_func=texts.label,
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
        (*KINDS["activation"].options, texts.EACH),
        format_func=texts.label,
        key="activation",
        help="Activation function of the hidden layers.",
        disabled=not hidden,
    )
    if activation != texts.EACH:
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
        first, second = st.columns(2, wrap=False)
        left, right = st.columns(2, wrap=False, vertical_alignment="bottom")
    return TrainingSettings(
        learning_rate=_learning_rate(first),
        epochs=_number(second, "Epochs", "epochs", texts.EPOCHS, step=100),
        optimizer=_choice(left, "Optimizer", "optimizer", texts.OPTIMIZER),
        batch_size=_number(right, texts.BATCH, "batch_size", texts.BATCH_SIZE),
        schedule=_choice(more, "Learning-rate schedule", "schedule", texts.SCHEDULE),
        precision=_choice(more, "Precision", "precision", texts.PRECISION),
        **{
            name: _number(more, label, name, help, step)
            for label, name, help, step in texts.RARE_NUMBERS
        },
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
        format_func=lambda name: texts.CONTROLS.get(name, name.replace("_", " ")),
        key="hide",
        help="They are hidden for everyone who opens this address.",
    )


def _heading(text: str, names: Sequence[str]) -> None:
    """Show the heading of some controls if any of them is shown."""
    if not all(map(session.is_hidden, names)):
        st.subheader(text, anchor=False)


def _choice(place: Any, label: str, name: str, help: str, key: str | None = None) -> str:
    """Choose one option of a setting; the default key of the widget is the name of the setting."""
    if session.is_hidden(name):
        return session.current(name)
    options = KINDS[name].options
    return place.selectbox(label, options, format_func=texts.label, key=key or name, help=help)


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
    format = "%d" if isinstance(kind, IntField) else "%g"
    return place.number_input(label, kind.low, kind.high, step=step, format=format, key=name, help=help)


def _slider(
    place: Any, label: str, name: str, step: float, help: str, format: str | None = None
) -> Any:
    if session.is_hidden(name):
        return session.current(name)
    kind = KINDS[name]
    return place.slider(label, kind.low, kind.high, step=step, key=name, help=help, format=format)
