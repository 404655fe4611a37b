"""A link that somebody pastes: an address of the page, or one of TensorFlow Playground.

Nothing in it is evaluated, and its length is bounded before it is read.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from scratchnet.run import tf_playground
from scratchnet.run.address import NAMES, PLACE
from scratchnet.run.settings import FIELDS
from scratchnet.validation import NotAllowed, brief

# How the page looks is in its address as well, but is not of the run.
VIEW = (
    *(
        "test_points",
        "discrete",
        "log",
        "speed",
        "projector",
        "plane",
        "hide",
        "quantity",
        "numbers",
        "bug",
        "slice",
        "slice_seed",
        "weight_1",
        "weight_2",
        "compare",
        "colours",
        "exercise",
        "prediction",
        "hints",
        "given_up",
    ),
    *("axis", "values", "across", "across_values", "seeds", "vary", "goal", "bound"),
    *("kept", "compared", "comparison", "at"),
    *("embed", "embed_options"),
)
MAX_ADDRESS, MAX_NAMES = 300_000, 100  # characters, as the largest table may need, and names in them
HERE = ("localhost", "127.0.0.1", "::1")  # where an address without settings is surely of this page


class PastedLink(NamedTuple):
    """What a link says: texts by name, of a run and of the look, and sentences about it."""

    query: dict[str, str]
    notes: tuple[str, ...] = ()
    look: Mapping[str, str] = MappingProxyType({})


def read_link(text: str) -> PastedLink:
    """Return what a link says, of a name given twice the last; NotAllowed for any other text."""
    if len(text) > MAX_ADDRESS or text.count("&") >= MAX_NAMES:
        raise NotAllowed(
            f"The address must have at most {MAX_ADDRESS} characters and {MAX_NAMES} names, got "
            f"{len(text)} characters and {text.count('&') + 1} names."
        )
    text = text.strip().strip("'\"")
    if tf_playground.is_link(text):
        query, sentence = tf_playground.translate(text)
        return PastedLink(query, (sentence,))
    start, mark, query_text = text.partition("?")
    query_text = (query_text if mark or "://" in start else start).partition("#")[0]
    pairs = parse_qsl(query_text, keep_blank_values=True, max_num_fields=MAX_NAMES)
    _check_names(text, [name for name, _ in pairs])
    texts: dict[str, str] = {}
    notes = []
    for name, value in pairs:
        if name in texts and name not in VIEW:
            notes.append(f"{brief(name)} is in the address more than once; the last counts.")
        texts[name] = value
    query = {name: texts[name] for name in texts if name not in VIEW}
    return PastedLink(query, tuple(notes), {name: texts[name] for name in texts if name in VIEW})


def _check_names(text: str, names: list[str]) -> None:
    """Raise NotAllowed for the address of another site: none of its names is one of an address here."""
    if not {*FIELDS, *PLACE, *NAMES, *VIEW}.isdisjoint(names):
        return
    if names or "#" in text or ("://" in text and _host(text) not in HERE):
        raise NotAllowed(
            "The address must be one of this page, with settings such as ?dataset=xor, or a link of "
            f"TensorFlow Playground, got {brief(text)}."
        )


def _host(text: str) -> str:
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""
