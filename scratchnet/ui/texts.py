"""Labels, help texts and sentences of the page: constants and pure functions, without Streamlit."""

import math
import re
from collections.abc import Iterable

from scratchnet.charts.look import FEATURE_NAMES
from scratchnet.data.points import Scale, Table
from scratchnet.studies.sweep import AXES

EACH = "each"  # value of the activation widget: each layer has its own activation
LABELS = FEATURE_NAMES | {
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
    EACH: "per layer",
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
    "pages": "links of the pages",
    "draw": "drawing",
    "test_points": "box for the test set",
    "step": "Step",
    "reset": "Reset",
}
PLANE_ALONE = "Shows the plane, Play and the epoch. The keys work as they do beside the network."
PENALTY = (
    "Against overfitting: small weights make a smooth boundary, which follows noisy samples less. "
    "λ Σ|w| (L1, which drives weights to 0) or λ/2 Σw² (L2) is added to the objective; the displayed "
    "cost excludes it."
)
TRAIN_SHARE = (
    "Share of the points in the training set; the others, if any, are the test set: the network never "
    "learns from them, so they show how it does on new data. Samples that you draw train; "
    "moving this slider splits all points anew."
)
NEW_DATA = "Draw other points of the same kind: the next data seed."
NEW_SPLIT = "Split the points differently into training and test set: the next data seed."
PRECISION = (
    "Single: data, weights and costs are stored in single precision, so an address gives the same run "
    "on every machine. Double: all digits are kept, but the run depends on the processor."
)
PATIENCE = (
    "Stops when the test cost has not improved for this many epochs; 0 = off. Here it watches the test "
    "set; in practice, hold out a separate validation set: a set that decides anything is no test set."
)
ONLY_HERE = (
    "This page is served to this machine only. For others in the room, start it with "
    "`make run ADDRESS=0.0.0.0` and open it here by the name of this machine in the network, or use a "
    "server that all can reach."
)
WELCOME = (
    "**A neural network in NumPy, learning in front of you.** Its inputs are on the left, its "
    "prediction on the right.  \nPress **Play** and watch the decision boundary bend around the "
    "classes while the cost falls.  \nKeys: Space plays and pauses, S trains one epoch, R resets, ← "
    "and → go through the epochs."
)
PREDICT = "Predict, then press Play."
COMPARE = "Press Play and compare."
EPOCHS = "Number of training epochs. One epoch is one pass over the training set."
OPTIMIZER = (
    "How a gradient becomes an update. SGD steps along the gradient itself; momentum averages the last "
    "gradients, so that the path zigzags less; RMSprop and Adam give each weight a step size of its "
    "own, which helps where gradients differ much in size. With these two, start at a rate of 0.01."
)
BATCH = "Batch (0 = full)"
BATCH_SIZE = (
    "Samples per update; 0 = full batch, the whole training set. Small batches make more updates per "
    "epoch, each from a noisier estimate of the gradient."
)
FEATURES = (
    "The inputs of the network, computed from the coordinates x₁ and x₂. A feature in which the "
    "classes are easy to separate can replace a hidden layer."
)
SCHEDULE = "How the learning rate decreases during training."
REGRESSION = "Regression: the target is a number, not a class."
STANDARDISED = (
    "x₁ and x₂ are standardised over all points, training and test. In practice, take mean and "
    "standard deviation from the training set alone, so that nothing leaks from the test set."
)
MOST_IN_ADDRESS = 6000  # characters of the visitor's own points; some programs cut longer addresses
TOO_MANY = (
    f"Data sets over {MOST_IN_ADDRESS:,} characters are not stored in the address, so it does not give "
    "this run again. Save the model instead, see Export."
)
NEXT_STEP = (
    "The next update of the current run, at {}, quantity by quantity in the order of computation. All "
    "numbers are those that the trainer computes."
)
OWN_STEP = (
    "One update of a small network with your own numbers, to check a calculation by hand. Type the "
    "numbers of each array, a line for each row; in X and T each column is a sample."
)
DOUBTS = {  # about a run from a file, by whether its settings give the same numbers here
    True: "",
    False: "Re-running the file's settings gives different numbers: the file was changed, or comes "
    "from another machine. The page shows the run of the settings.",
    None: "The file's run is too long to be checked at once. The page shows the run of its settings.",
}

SEEDS = (
    "One run may succeed or fail by luck. Here the network of the playground is trained from many "
    "seeds, or along a setting with the same seeds for each value. Change a setting until nearly all "
    "runs succeed. What you find holds for this data set and this goal, and not for others."
)
BESIDE = (
    "Press Play: the runs train in lock-step, and every plane shows the same epoch. What the picture "
    "does not show is luck: each run is a single sample, and another seed may turn the order round "
    "(see *Seeds and sweeps*)."
)
KEEP = "Keep this run on the playground, change something there, and keep that, too: both come here."
KEEP_HELP = "Keep it, to see it beside other runs."
ONE_KEPT = "You have kept one run. Change something on the playground, and keep that, too."
EXERCISES = (
    "Predict, then change the network in the playground until it reaches the goal. Whether it does is "
    "decided by training your settings again from the seed, here as on your lecturer's machine; one "
    "lucky picture on the screen proves nothing."
)
MARKING = (
    "A class hands in the links of its runs. `python -m scratchnet check shipped --links FILE.csv` "
    "marks them all; an exercise of your own is a short text, and the fifteen here are examples of it."
)
HAND_IN = "To hand it in, copy the address of this page: it holds your run and your prediction."
TOO_LONG_TO_GIVE = (
    f"This exercise is longer than the {MOST_IN_ADDRESS:,} characters that an address holds: give its "
    "file to your class, who can open it here."
)
MOST_HERE = (
    "Run it in a terminal, on all processors and without this limit:  \n"
    "`python -m scratchnet sweep --from '{}'`"
)

# Settings of the training behind "More": label, name, help, and the step of the buttons.
RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
PENALTIES = (0.0, 0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
# Of the sliders whose steps are not even.
STEPS = {"learning_rate": RATES, "l1": PENALTIES, "l2": PENALTIES}
UNTESTED = "Needs a test set; there is none, as the training share is 100 %."
RARE_NUMBERS = (
    ("Schedule period", "period", "Epochs between steps, or length of the cosine.", 10),
    ("Step decay", "decay", "Factor applied to the learning rate at each step.", 0.05),
    ("Stop at training cost", "stop_cost", "Stops at this cost or below; 0 = off.", 0.01),
    ("Stop at test accuracy", "stop_accuracy", "Stops at this accuracy or above; 0 = off.", 0.01),
    ("Early-stopping patience (epochs)", "patience", PATIENCE, 10),
)


def label(name: str) -> str:
    """Return the label of an option."""
    return LABELS.get(name, name)


def heading(name: str) -> str:
    """Return the name of a setting or of a measure as it is written on a page."""
    return {"layer_dims": "layers", "own": "points"}.get(name) or CONTROLS.get(
        name, name.replace("_", " ")
    )


def setting(name: str, value: str) -> str:
    """Return a setting with its value, such as "weight seed 4"."""
    if (name, value) == ("batch_size", "0"):
        return "full batch"
    return f"{heading(name)} {activation_label(value.removesuffix('.0'))}"


def free(names: Iterable[str]) -> str:
    """Return what may be changed in an exercise, of these settings."""
    return f"You may change: {', '.join(map(heading, names))}."


def compare(kept: int) -> str:
    """Return the label of the link to the runs that are kept."""
    return "Kept: 1 run" if kept == 1 else f"Kept: {kept} runs. Compare"


def axis_label(axis: str) -> str:
    """Return the label of a setting that a sweep can go along."""
    return AXES[axis].title if axis in AXES else "seeds only"


def activation_label(name: str) -> str:
    """Return the label of an activation or output; "sine", with a capital, is a dataset."""
    return name if name == "sine" else label(name)


def place(epoch: int, update: int) -> str:
    """Return a place in a run as it is written on a page."""
    return f"epoch {epoch:,}" + (f", update {update}" if update else "")


def plain(text: str) -> str:
    """Escape text so that Markdown shows it unchanged."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def scaling(given: Table) -> str:
    """Return a sentence on how the columns of a table are scaled for the network."""
    columns = zip(("x₁", "x₂", "label"), given.names, given.scales, strict=True)
    lines = [_formula(*column) for column in columns if column[2] != Scale()]
    return f"Scaled: {', '.join(map(plain, lines))}." if lines else "Used without scaling."


def caution(given: Table) -> str:
    """Return how x1 and x2 were standardised, and what to do in practice; "" without scaling."""
    return STANDARDISED if any(scale != Scale() for scale in given.scales[:2]) else ""


def _formula(symbol: str, name: str, scale: Scale) -> str:
    sign = "−" if scale.centre >= 0 else "+"
    centre = round(abs(scale.centre), 2 - math.floor(math.log10(scale.unit)))
    return f"{symbol} = ({name} {sign} {centre:.12g}) / {scale.unit:.4g}"
