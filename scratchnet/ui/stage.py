"""The stage is the live view: a component that plays the frames of a run in the browser.

The comparison of several runs is another view of the same component. Python tells it what to show. It
gets the frames from their route, live/route.py, and tells Python where it is when the picture rests,
and what the visitor has done.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from scratchnet.live.code import LOADER

_ROOM = '<div class="room"></div>'
_STYLE = ".room:empty { min-height: 30rem; }"  # until the code of the stage is there


def stage(
    told: Mapping[str, Any], key: str, on_told: Callable[[], None], on_code: Callable[[], None]
) -> None:
    """Place the stage, or the comparison, and tell it this.

    ``on_told`` is called when it tells something, which is then in the session under ``key``;
    ``on_code`` when it cannot reach the route of its code.
    """
    # Registered at every call, in 20 µs: a component belongs to the running server.
    component = st.components.v2.component("scratchnet_stage", html=_ROOM, css=_STYLE, js=LOADER)
    component(key=key, data=told, on_told_change=on_told, on_code_change=on_code)
