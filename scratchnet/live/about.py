"""What the stage has to know of a run before it can show it: its names, its limits, its colours."""

from itertools import pairwise
from typing import Any

from scratchnet.charts import look
from scratchnet.data.points import MAX_CLASSES, MAX_ROWS, MIN_ROWS, ROOM, class_names
from scratchnet.live.payload import LIMITS
from scratchnet.nn.activations import layer_activations
from scratchnet.run.address import VERSION
from scratchnet.run.settings import FIELDS, PARAMETER, Settings
from scratchnet.run.trainer import Trainer
from scratchnet.validation import MAX_EPOCHS

# The look of the stage: the colours that are mixed as red, green and blue.
LOOK = {
    "middle": look.rgb(look.MIDDLE),
    "classes": [look.rgb(colour) for colour in look.CLASSES],
    "markers": look.MARKERS,
    "ink": look.INK,
    "outline": look.OUTLINE,
    "trainLine": look.TRAIN_LINE,
    "testLine": look.TEST_LINE,
}
# Of a plain machine, in seconds: a call of NumPy, and an operation on one value. What a chunk may take
# is reckoned with them, not measured, so that everybody asks for the same chunks.
CALL, VALUE = 3e-6, 1.5e-9


def about(settings: Settings, trainer: Trainer) -> dict[str, Any]:
    """Return all that the stage has to know of the run of these settings, but its numbers."""
    dataset, network = trainer.dataset, settings.network
    names = class_names(dataset.class_names, MAX_CLASSES)  # also of those that may be drawn
    return {
        "look": LOOK,
        "window": dataset.window,
        "classes": dataset.classes,
        "names": dataset.names,
        "classNames": names,
        "fullNames": [look.full_name(name) for name in names],
        "scales": dataset.scales,
        "fewestPoints": MIN_ROWS,
        "mostPoints": MAX_ROWS,
        "mostEpochs": MAX_EPOCHS,
        "room": ROOM,
        "mostClasses": MAX_CLASSES,
        "features": network.features,
        "allFeatures": look.FEATURE_NAMES,
        "featureNames": [look.FEATURE_NAMES[name] for name in network.features],
        "layerDims": network.layer_dims,
        "activations": layer_activations(network.activation, len(network.layer_dims) - 1),
        "output": network.output,
        "surfaceEnd": LIMITS[network.output],
        "costTitle": look.COST_TITLES[network.cost],
        "precision": settings.training.precision,
        "version": VERSION,
        "updates": trainer.updates_per_epoch,
        "every": 1,  # epochs to the next frame, for Step
        "fixed": False,  # whether nothing of the run can be changed
        "secondsAnEpoch": seconds_an_epoch(settings, trainer),
        "mostLayers": FIELDS["layer_dims"].most_hidden,
        "mostNeurons": FIELDS["layer_dims"].neurons.high,
        "parameters": (PARAMETER.low, PARAMETER.high),
        "train": dataset.Y_train.size,
        "test": dataset.Y_test.size,
    }


def seconds_an_epoch(settings: Settings, trainer: Trainer) -> float:
    """Return about how long an epoch takes on a plain machine."""
    dims = settings.network.layer_dims
    calls = 12 * len(dims) * trainer.updates_per_epoch
    weights = sum(n * n_prev for n_prev, n in pairwise(dims))
    samples = trainer.dataset.Y_train.size
    return calls * CALL + 6 * weights * samples * VALUE
