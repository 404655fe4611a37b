"""What the controls show of a run, and what a change in one or in the drawing does to its settings.

Pure functions; session.py makes the changes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from scratchnet.data.datasets import dealt, given_points, with_parts_of
from scratchnet.data.points import Table, read_points, table_from_points
from scratchnet.nn.activations import layer_activations
from scratchnet.nn.costs import costs_of
from scratchnet.run.settings import BY_HAND, FIELDS, NetworkSettings, Settings
from scratchnet.run.trainer import Trainer
from scratchnet.ui.texts import EACH

FIRST_LAYER = 4  # neurons of a hidden layer where there was none
PER_LAYER = "activation_"  # and the layer: the name of the control for its activation


def widget_values(settings: Settings, rate: float, per_layer: bool) -> dict[str, Any]:
    """Return the values of the controls for these settings, by their keys.

    ``rate`` is the current learning rate; ``per_layer`` says whether each layer has its own choice of
    the activation, even if all have the same.
    """
    network = settings.network
    values = settings.values() | {
        "features": list(network.features),
        "output": (network.output, network.cost),
        "learning_rate": rate,
    }
    names = layer_activations(network.activation, len(network.layer_dims) - 1)
    each = {f"{PER_LAYER}{l}": name for l, name in enumerate(names, start=1)}
    return values | each | ({"activation": EACH} if per_layer else {})


def changed(settings: Settings, rate: float, values: Mapping[str, Any]) -> Settings:
    """Return the settings of a run as it was from its first epoch on, with these values.

    ``rate`` is the current learning rate. Raises NotAllowed if the values do not go together.
    """
    now = settings.values() | vars(settings.training.afresh()) | {"learning_rate": rate}
    wanted, _ = Settings.resolve(now | dict(values))
    output = wanted.network.output
    if output == now["output"] or "cost" in values:
        return wanted
    return Settings.resolve(wanted.values() | {"cost": costs_of(output)[0]})[0]


def is_same_run(wanted: Settings, now: Settings) -> bool:
    """Return whether the settings differ in nothing but what may change during training."""
    may_change = ("learning_rate", "epochs", *BY_HAND)
    as_now = {name: getattr(now.training, name) for name in may_change}
    return replace(wanted, training=replace(wanted.training, **as_now)) == now


def changed_settings(key: str, value: Any, settings: Settings, own: Table | None) -> dict[str, Any]:
    """Return the settings that a control changes, by name, when it is set to this value.

    ``own`` are the points to use if the value is the dataset "own". Another training share or seed
    deals the points anew.
    """
    if key == "dataset":
        used = own if value == "own" else None
        share = {"train_share": train_share_of(used)} if used and used.held_out else {}
        return {"dataset": value, "own": used} | share
    if key in ("train_share", "seed") and settings.data.own:
        return {key: value, "own": replace(settings.data.own, held_out=0)}
    if key == "output":
        return dict(zip(("output", "cost"), value, strict=True))
    if key == "features" and not value:  # a network needs at least one
        return {}
    if key == "activation" and value == EACH:
        return {}
    if key.startswith(PER_LAYER):
        network = settings.network
        names = list(layer_activations(network.activation, len(network.layer_dims) - 1))
        names[int(key.removeprefix(PER_LAYER)) - 1] = value
        return {"activation": tuple(names)}
    return {key: value}


def next_seed(settings: Settings) -> dict[str, Any]:
    """Return the settings that change with the next seed of the data; the first follows the last."""
    seed = FIELDS["seed"]
    following = settings.data.seed + 1 if settings.data.seed < seed.high else seed.low
    return changed_settings("seed", following, settings, settings.data.own)


def redrawn_network(drawn: Any, settings: Settings) -> dict[str, Any]:
    """Return the settings that change with the features, or with a size changed on the drawing.

    A size is ``layers``, one more (1) or the last one less (-1), or ``neurons`` of a hidden ``layer``,
    counted from 0. New layers are tanh. Raises NotAllowed, TypeError or LookupError if it is neither,
    as it comes from outside.
    """
    if "features" in drawn:
        return {"features": FIELDS["features"].check("features", drawn["features"])}
    network = settings.network
    hidden = list(network.layer_dims[1:-1])
    if "neurons" in drawn:
        hidden[drawn["layer"]] += drawn["neurons"]
    elif drawn["layers"] > 0:
        hidden.append(hidden[-1] if hidden else FIRST_LAYER)
    else:
        del hidden[-1:]
    dims = (network.layer_dims[0], *hidden, network.layer_dims[-1])
    FIELDS["layer_dims"].check("layer_dims", dims)
    default = NetworkSettings().activation
    if isinstance(network.activation, str):
        return {"layer_dims": dims}
    more = (default,) * max(0, len(hidden) - len(network.activation))
    return {"layer_dims": dims, "activation": (*network.activation, *more)[: len(hidden)] or default}


def own_points(own: Table) -> dict[str, Any]:
    """Return the settings that change when these points become the data."""
    return {"dataset": "own", "own": own, "classes": len(own.classes)}


def changed_points(own: Table, trainer: Trainer) -> dict[str, Any]:
    """Return the settings that change with the changed points of a run: those that are new train."""
    own = with_parts_of(own, dealt_points_of(trainer))
    return own_points(own) | {"train_share": train_share_of(own)}


def drawn_points(points: Any, trainer: Trainer) -> dict[str, Any]:
    """Return the settings that change when these points are drawn; NotAllowed if they are none."""
    data = trainer.settings.data
    X, Y, classes = read_points(points, numbers=data.classes == 0)
    base = given_points(data.dataset, data.own)
    return changed_points(table_from_points(X, Y, classes, base), trainer)


def points_of(trainer: Trainer) -> Table:
    """Return the points of a run as a table: the visitor's own, or the generated ones, rounded."""
    data, points = trainer.settings.data, trainer.dataset
    if (given := given_points(data.dataset, data.own)) is not None:
        return given
    X = np.hstack([points.X_train, points.X_test])
    Y = np.hstack([points.Y_train, points.Y_test])
    return table_from_points(X, Y[0], data.classes)


def dealt_points_of(trainer: Trainer) -> Table:
    """Return the points of a run as a table that holds out its test set."""
    data, table = trainer.settings.data, points_of(trainer)
    if given_points(data.dataset, data.own) is None:
        return replace(table, held_out=trainer.dataset.Y_test.size)
    return dealt(table, data.train_share, data.seed, by_class=data.dataset == "own")


def train_share_of(own: Table) -> float:
    """Return the training share, in whole percents, of a table that holds out its test set."""
    train = len(own.rows) - own.held_out
    low = FIELDS["train_share"].low
    return min(max(round(train / len(own.rows), 2), low), 0.99) if own.held_out else 1.0
