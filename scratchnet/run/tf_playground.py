"""A link of TensorFlow Playground becomes settings, as far as there is a counterpart here.

Its data, split and initial weights are drawn anew by each browser, so the run is like it, not that run.
What a link leaves out takes the default of TensorFlow Playground.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scratchnet.run.fields import ChoiceField, FloatField, IntField, LayerDimsField, parse
from scratchnet.validation import NotAllowed, brief

HOST = "playground.tensorflow.org"
MAX_PARTS = 100
LIKE_IT = (
    "This is a run like the one in TensorFlow Playground, not that run: its data and initial weights "
    "are other draws, and its inputs are not standardised."
)

# Names there, and what they are called here.
FEATURES = {
    "x": "x1",
    "y": "x2",
    "xSquared": "x1_squared",
    "ySquared": "x2_squared",
    "xTimesY": "x1_x2",
    "sinX": "sin_x1",
    "sinY": "sin_x2",
    "cosX": "",
    "cosY": "",
}
DATASETS = {"circle": "circles", "xor": "xor", "gauss": "blobs", "spiral": "spiral"}
TARGETS = {"reg-plane": "plane", "reg-gauss": "gaussians"}  # of regression
POINTS, TARGET_POINTS = 500, 1200  # as many as are drawn there


@dataclass(frozen=True)
class HiddenField:
    """Neurons of the hidden layers as a text such as "4,2", or "" for none."""

    allowed: LayerDimsField = LayerDimsField()

    def check(self, name: str, value: str) -> str:
        most, neurons = self.allowed.most_hidden, self.allowed.neurons
        layers = value.split(",") if value else []
        right = [
            re.fullmatch("[0-9]{1,3}", n) and neurons.low <= int(n) <= neurons.high for n in layers
        ]
        if len(layers) > most or not all(right):
            raise NotAllowed(
                f"{name} must be up to {most} numbers from {neurons.low} to {neurons.high} such as "
                f"4,2, got {brief(value)}."
            )
        return value

    read = staticmethod(str)


SWITCH = ChoiceField(("true", "false"))
# What is allowed there, and the default.
PARTS: dict[str, tuple[Any, str]] = {
    "activation": (ChoiceField(("relu", "tanh", "sigmoid", "linear")), "tanh"),
    "batchSize": (IntField(1, 30), "10"),
    "dataset": (ChoiceField(tuple(DATASETS)), "circle"),
    "regDataset": (ChoiceField(tuple(TARGETS)), "reg-plane"),
    "learningRate": (FloatField(0.00001, 10.0), "0.03"),
    "regularization": (ChoiceField(("none", "L1", "L2")), "none"),
    "regularizationRate": (FloatField(0.0, 10.0), "0"),
    "noise": (FloatField(0.0, 50.0), "0"),
    "networkShape": (HiddenField(), "4,2"),
    "percTrainData": (FloatField(10.0, 90.0), "50"),
    "problem": (ChoiceField(("classification", "regression")), "classification"),
    "initZero": (SWITCH, "false"),
    **{name: (SWITCH, "true" if name in ("x", "y") else "false") for name in FEATURES},
}


def is_link(text: str) -> bool:
    """Return whether a text is an address of TensorFlow Playground."""
    try:
        return urlsplit(text if "//" in text else f"//{text}").hostname == HOST
    except ValueError:
        return False


def translate(link: str) -> tuple[dict[str, str], str]:
    """Return the settings of a link, as text by name, and in one line what of it is not the same here.

    A part that is not allowed takes its default. Raises NotAllowed for a link of another site, and for
    more than 100 parts.
    """
    if not is_link(link):
        raise NotAllowed(f"The link must be one of {HOST}, got {brief(link)}.")
    try:
        pairs = parse_qsl(link.partition("#")[2], keep_blank_values=True, max_num_fields=MAX_PARTS)
    except ValueError:
        raise NotAllowed(f"The link must have at most {MAX_PARTS} parts.") from None
    texts, remarks = dict(pairs), [LIKE_IT]

    def read(name: str, field: Any, default: str) -> Any:
        text = texts.get(name, default)
        try:
            return parse(field, name, text)
        except NotAllowed as error:
            remarks.append(f"{error} Using {default} instead.")
            return parse(field, name, default)

    values = {name: read(name, field, default) for name, (field, default) in PARTS.items()}
    features, remark = _features([name for name in FEATURES if values[name] == "true"])
    query = {
        "features": "-".join(features),
        "layer_dims": "-".join(
            [str(len(features)), *filter(None, values["networkShape"].split(",")), "1"]
        ),
        "activation": values["activation"],
        "learning_rate": repr(values["learningRate"]),
        "batch_size": str(values["batchSize"]),
        "noise": repr(values["noise"] / 100),
        "train_share": repr(values["percTrainData"] / 100),
    }
    if values["problem"] == "regression":
        query |= {"dataset": TARGETS[values["regDataset"]], "points": str(TARGET_POINTS)}
    else:  # as there: tanh, and half of the squared error from -1 or 1
        query |= {"dataset": DATASETS[values["dataset"]], "points": str(POINTS)}
        query |= {"output": "tanh", "cost": "squared_error"}
    if values["regularization"] != "none":
        query[values["regularization"].lower()] = repr(values["regularizationRate"])
    if values["initZero"] == "true":
        query["init"] = "zeros"
    return query, " ".join([*remarks, *remark])


def _features(used: list[str]) -> tuple[list[str], list[str]]:
    """Return the inputs by what they are called here, and a sentence if there are others there."""
    features = [FEATURES[name] for name in used if FEATURES[name]]
    lost = ", ".join(name for name in used if not FEATURES[name])
    if features:
        return features, [f"Not available here: {lost}."] if lost else []
    why = f"Not available here: {lost}" if lost else "The link selects no inputs"
    return ["x1", "x2"], [f"{why}; x1 and x2 are used instead."]
