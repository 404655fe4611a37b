"""The stage is the live view: a component that plays the frames of a run in the browser.

Python sends a chunk of frames; the scripts paint them at its own pace and, when half are left, asks for
more. Pause, step and speed therefore act at once, and a closed tab asks for nothing.
"""

import re
from collections.abc import Callable, Sequence
from importlib.resources import files

import streamlit as st

_HERE = files("scratchnet.live")
_STYLES = ("stage.css", "controls.css", "figures.css", "narrow.css")
_SCRIPTS = (
    "picture.js",
    "plane.js",
    "boundary.js",
    "legend.js",
    "curve.js",
    "network.js",
    "handles.js",
    "pencil.js",
    "values.js",
    "words.js",
    "readout.js",
    "frames.js",
    "requests.js",
    "address.js",
    "keyboard.js",
    "intent.js",
    "stage.js",
    "component.js",
)


def _joined(names: Sequence[str]) -> str:
    """Return the texts of these files, one after another, without comments and indents.

    The browser needs neither, and they are sent with every answer to it.
    """
    text = "".join(_HERE.joinpath(name).read_text("utf-8") for name in names)
    return re.sub(r"^\s*//.*\n|^\s*/\*[\s\S]*?\*/\n|^ +", "", text, flags=re.MULTILINE)


_HTML, _CSS, _JS = _joined(["stage.html"]), _joined(_STYLES), _joined(_SCRIPTS)


def stage(
    payload: bytes,
    key: str,
    on_request: Callable[[], None],
    on_rest: Callable[[], None],
    on_network: Callable[[], None],
    on_points: Callable[[], None],
) -> None:
    """Place the stage.

    ``on_request`` is called when the browser requests frames; the request is in the session under
    ``key``. ``on_rest`` is called when the animation has paused, ``on_layers`` when the hidden layers
    were changed, ``on_points`` when points were drawn.
    """
    # Registered at every call, in 20 µs: a component belongs to the running server.
    component = st.components.v2.component("scratchnet_stage", html=_HTML, css=_CSS, js=_JS)
    component(
        key=key,
        data=payload,
        on_request_change=on_request,
        on_rest_change=on_rest,
        on_network_change=on_network,
        on_points_change=on_points,
    )
