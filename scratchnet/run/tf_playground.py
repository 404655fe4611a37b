"""A link of TensorFlow Playground becomes settings, as far as there is a counterpart here.

Its data, split and initial weights are drawn anew by each browser, so the run is like it, not that run.
What a link leaves out takes the default of TensorFlow Playground.
"""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scratchnet.run.fields import ChoiceField, FloatField, IntField, LayerDimsField, parse
from scratchnet.validation import NotAllowed, shown

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
    "percTrainData": (FloatField(10.0, 90.0), "50"),
    "problem": (ChoiceField(("classification", "regression")), "classification"),
    "initZero": (SWITCH, "false"),
    **{name: (SWITCH, "true" if name in ("x", "y") else "false") for name in FEATURES},
}
SHAPE = "4,2"  # the default of networkShape: neurons of the hidden layers


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
        raise NotAllowed(f"The link must be one of {HOST}, got {shown(link)}.")
    try:
        pairs = parse_qsl(link.partition("#")[2], keep_blank_values=True, max_num_fields=MAX_PARTS)
    except ValueError:
        raise NotAllowed(f"The link must have at most {MAX_PARTS} parts.") from None
    texts, remarks = dict(pairs), [LIKE_IT]

    def read(name: str, kind: Any, text: str, default: str) -> Any:
        try:
            return parse(kind, name, text)
        except NotAllowed as error:
            remarks.append(f"{error} It is taken as {default}.")
            return parse(kind, name, default)

    values = {
        name: read(name, kind, texts.get(name, text), text) for name, (kind, text) in PARTS.items()
    }
    used = [name for name in FEATURES if values[name] == "true"]
    features = [FEATURES[name] for name in used if FEATURES[name]] or ["x1", "x2"]
    if lost := [name for name in used if not FEATURES[name]]:
        remarks.append(f"Without a counterpart here: {', '.join(lost)}.")
    shape = texts.get("networkShape", SHAPE)
    dims = read("networkShape", LayerDimsField(), _dims(features, shape), _dims(features, SHAPE))
    query = {
        "features": "-".join(features),
        "layer_dims": "-".join(map(str, dims)),
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
    return query, " ".join(remarks)


def _dims(features: list[str], shape: str) -> str:
    """Return layer_dims as text, from the features over the hidden layers to one output."""
    hidden = shape.replace("-", " ").split(",") if shape else []
    return "-".join([str(len(features)), *hidden, "1"])
