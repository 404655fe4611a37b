"""The address of the page as texts: what they mean, and how they are written. Pure functions.

session.py alone reads and writes the address itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scratchnet.data.points import Table
from scratchnet.run.fields import ChoiceField, IntField, SubsetField, parse
from scratchnet.run.settings import KINDS, Settings
from scratchnet.ui.texts import EACH, MOST_IN_ADDRESS
from scratchnet.validation import NotAllowed

PLACE = ("epoch", "update")  # in the address, beside the settings: the point of the run that is shown
START = (0, 0)
HIDEABLE = tuple(name for name in KINDS if name not in ("cost", "rate_changes", "edits", "own"))
VIEW = {  # in the address as well: how the page looks, which never affects the run
    "test_points": ChoiceField(("0", "1")),
    "discrete": ChoiceField(("0", "1")),
    "log": ChoiceField(("0", "1")),
    "projector": ChoiceField(("0", "1")),
    "hide": SubsetField(HIDEABLE),
}


def is_same_run(wanted: Settings, now: Settings) -> bool:
    """Return whether the settings differ in nothing but what may change during training."""
    training = replace(
        wanted.training,
        learning_rate=now.training.learning_rate,
        epochs=now.training.epochs,
        rate_changes=now.training.rate_changes,
        edits=now.training.edits,
    )
    return replace(wanted, training=training) == now


def fits(own: Table) -> bool:
    """Return whether the address can hold these points."""
    return len(own.to_text()) <= MOST_IN_ADDRESS


def settings_texts(settings: Settings) -> dict[str, str]:
    """Return the settings as the address holds them: without own points that are too many."""
    return {name: text for name, text in settings.to_query().items() if len(text) <= MOST_IN_ADDRESS}


def widget_values(settings: Settings) -> dict[str, Any]:
    """Return the values of the widgets for these settings, by their keys."""
    network = settings.network
    values = settings.values() | {
        "features": list(network.features),
        "output": (network.output, network.cost),
        "hidden": list(network.layer_dims[1:-1]),
    }
    if not isinstance(network.activation, str):
        each = {f"activation_{l}": name for l, name in enumerate(network.activation, start=1)}
        values |= {"activation": EACH} | each
    return values


def looks(view: Mapping[str, str]) -> dict[str, str]:
    """Return the part of a view that is not of the stage alone."""
    return {name: view[name] for name in ("projector", "hide") if name in view}


def view_texts(look: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, str]:
    """Return the view for the address; the part of the stage stays as it was ``seen`` there."""
    kept, _ = _parsed({name: text for name, text in seen.items() if name not in look})
    view = {name: VIEW[name].write(value) for name, value in kept.items()}
    if look["projector"]:
        view["projector"] = "1"
    if look["hide"]:
        view["hide"] = VIEW["hide"].write(tuple(look["hide"]))
    return view


def read_look(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return whether the text is large and which controls are hidden, and a sentence per error."""
    values, wrong = _parsed(texts)
    look = {"projector": values.get("projector") == "1", "hide": list(values.get("hide", ()))}
    return look, wrong


def read_place(
    texts: Mapping[str, str], epochs: int, updates: int
) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Return the epoch and update to show, and a sentence if the texts are not valid.

    ``epochs`` are those of the run, ``updates`` those of an epoch.
    """
    most = {"epoch": epochs, "update": updates - 1}
    try:
        return tuple(parse(IntField(0, most[name]), name, text) for name, text in texts.items()), ()
    except NotAllowed as error:
        return START, (f"{error} The run is shown from its beginning.",)


def _parsed(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the values of a view, and a sentence for each text that is not valid."""
    values, wrong = {}, []
    for name, text in texts.items():
        try:
            values[name] = parse(VIEW[name], name, text)
        except NotAllowed as error:
            wrong.append(f"{error} It is ignored.")
    return values, wrong
