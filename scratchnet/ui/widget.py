"""A widget is a control of the page: it shows what the run has, and a change of it goes to the run.

Beside session.py, which has the run and the look, this module alone knows the state of a visitor: the
values of the widgets, by their keys.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from scratchnet.ui import session
from scratchnet.ui.changes import PER_LAYER
from scratchnet.ui.texts import STEPS


def place(where: Any, kind: str, name: str, *arguments: Any, shown: Any = None, **options: Any) -> None:
    """Place the control of this name, of a setting or of the look.

    ``kind`` is the method of ``where`` that places it; ``shown`` is the value to show, if neither run
    nor look say it. The browser is told the value if it may show another one: not at every run of the
    page, since the visitor may be typing. A control that is to show another value than it did is a new
    widget, with a key of its own: until the browser has heard of it, it sends the value of the old one.
    """
    state, value = st.session_state, session.shown(name) if shown is None else shown
    told, key = repr(options.get("options")), _key(name)
    if state.get(key, value) != value:
        state.versions[name] = state.versions.get(name, 0) + 1
        key = _key(name)
    if key not in state or state.placed.get(name, (None,))[0] != told:
        state[key] = value
    getattr(where, kind)(*arguments, key=key, on_change=_take, args=(name, key), **options)
    state.placed[name] = told, value  # only now: a run of the page can be cut off at any widget


def _key(name: str) -> str:
    """Return the key of the widget that is now the control of this name."""
    version = st.session_state.versions.get(name)
    return f"{name}.{version}" if version else name


def _take(name: str, key: str) -> None:
    """Take to the run what the visitor has changed in the widget of this key; a callback."""
    state = st.session_state
    if key == _key(name):  # or it is not on the page any more
        value, (told, _) = state[key], state.placed.get(name, (None, None))
        session.change(name, value)
        state.placed[name] = told, value


def catch_up() -> None:
    """Take to the run the changes whose callback was cut off: the next change stops it midway."""
    state = st.session_state
    for name, (_, known) in [*state.get("placed", {}).items()]:
        key = _key(name)
        if state.get(key, known) != known:
            _take(name, key)


def steps(name: str) -> Sequence[float]:
    """Return the values of a slider: the usual ones, and those that runs here have had."""
    state = st.session_state
    known = state.get("steps", STEPS)
    state.steps = known | {name: sorted({*known[name], session.shown(name)})}
    return state.steps[name]


def activations() -> list[str]:
    """Return the names of the controls of the activation per layer; none if all layers share one."""
    layers = len(session.settings().network.layer_dims) - 2 if session.is_per_layer() else 0
    return [f"{PER_LAYER}{l}" for l in range(1, layers + 1)]
