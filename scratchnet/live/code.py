"""The code of the stage and the comparison as one JavaScript module, for the page and a recording."""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files

from scratchnet.live.frames import RELEASE

_HERE = files("scratchnet.live")
STYLES = ("stage.css", "controls.css", "figures.css", "narrow.css")
SCRIPTS = (
    "picture.js",
    "picture_file.js",
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
    "course.js",
    "pace.js",
    "slider.js",
    "acts.js",
    "address.js",
    "keyboard.js",
    "intent.js",
    "stage.js",
)
# What a page of Streamlit needs besides, where there is the comparison of runs, too.
STYLES_IN_PAGE = (*STYLES, "comparison.css")
IN_PAGE = ("source.js", "lane.js", "curves.js", "comparison.js", "component.js")


def joined(names: Sequence[str]) -> str:
    """Return the texts of these files, one after another, without comments and indents."""
    text = "".join(_HERE.joinpath(name).read_text("utf-8") for name in names)
    return re.sub(r"^\s*//.*\n|^\s*/\*[\s\S]*?\*/\n|^ +", "", text, flags=re.MULTILINE)


def source(script: str) -> str:
    """Return the name of a script as a Content-Security-Policy allows it: its checksum."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


_TEXTS = {
    "RELEASE": RELEASE,
    "STAGE": joined(["stage.html"]),
    "COMPARISON": joined(["comparison.html"]),
    "CSS": joined(STYLES_IN_PAGE),
}
CODE = "".join(f"const {name} = {json.dumps(text)};\n" for name, text in _TEXTS.items())
CODE += joined([*SCRIPTS, *IN_PAGE])
LOADER = joined(["loader.js"])
