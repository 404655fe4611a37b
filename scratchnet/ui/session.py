"""The state of one visitor, and the address of their page: nothing else reads or writes either.

The address decides at first; then the widgets do, and the address follows. Where the two differ again
although no widget was touched, the visitor went back in the browser's history, and the address decides
again. (After a quick second click the browser still sends the address of before the first.)
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from scratchnet.kinds import Whole, parse
from scratchnet.settings import KINDS, Settings
from scratchnet.ui.stage.playback import Playback

STAGE = "stage"
RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
NEW_LAYER = 4  # neurons
EACH = "each"  # layer has an activation of its own


def begin() -> None:
    """Take the run of the address, if it is not the one at hand; the widgets then show it."""
    state = st.session_state
    address = st.query_params.to_dict()
    epoch = address.pop("epoch", "0")
    if "playback" not in state or (address != state.address and _widgets() == state.widgets):
        settings, wrong = Settings.from_query(address)
        state.playback = Playback(settings)
        state.address = settings.to_query()
        state.destination, wrong_epoch = _read_epoch(epoch, settings)
        state.corrections = (*wrong, *wrong_epoch)
        _fill_widgets(settings)
        state.widgets = _widgets()
    elif "points" not in state:  # on another page the widgets were dropped
        _fill_widgets(state.playback.settings)


def travel() -> Iterator[tuple[int, int]]:
    """Go to the epoch of the address; yields the epochs done and asked now and then on a long way."""
    state = st.session_state
    for epoch in state.playback.travel(state.destination):
        yield epoch, state.destination
    if state.destination:
        state.destination = 0
        state.playback.show_all()


def corrections() -> Sequence[str]:
    """A sentence for everything in the address that was corrected, until another run begins."""
    return st.session_state.corrections


def playback(wanted: Settings) -> Playback:
    """The playback of the settings that the widgets show.

    Another learning rate or number of epochs goes on with what the network has learned; anything else
    begins a new run.
    """
    state = st.session_state
    state.widgets = _widgets()
    now = state.playback.settings
    rate, epochs = wanted.training.learning_rate, wanted.training.epochs
    as_now = replace(
        wanted.training,
        learning_rate=now.training.learning_rate,
        epochs=now.training.epochs,
        rate_changes=now.training.rate_changes,
        edits=now.training.edits,
    )
    if replace(wanted, training=as_now) == now:
        state.playback.change(rate, epochs)
    else:
        state.playback = Playback(wanted)
        state.destination, state.corrections = 0, ()
    state.playback.show_all()
    write_address()
    return state.playback


def answer_stage() -> None:
    """The stage asks for frames."""
    state = st.session_state
    state.playback.answer(state[STAGE].request)


def rest_stage() -> None:
    """The picture on the stage has come to rest: there is time for the views of its epoch."""
    state = st.session_state
    state.playback.at_rest = not state.playback.playing


def write_address() -> None:
    """Put the run into the address. The stage keeps the epoch in it, for it knows what it shows."""
    state = st.session_state
    address = st.query_params.to_dict()
    address.pop("epoch", None)
    state.address = state.playback.settings.to_query()
    if address != state.address:
        epoch = state.destination or state.playback.trainer.epoch
        epoch = 0 if state.playback.playing else epoch
        st.query_params.from_dict(state.address | ({"epoch": str(epoch)} if epoch else {}))


def neurons() -> list[str]:
    """The keys of the widgets for the hidden layers, one for each layer."""
    return [f"neurons_{l}" for l in range(1, st.session_state.hidden_layers + 1)]


def activations() -> list[str]:
    """The keys of the widgets for the activation of each hidden layer; none where one is for all."""
    state = st.session_state
    layers = state.hidden_layers if state.get("activation") == EACH else 0
    return [f"activation_{l}" for l in range(1, layers + 1)]


def add_layer() -> None:
    """One hidden layer more, before the output."""
    state = st.session_state
    if state.hidden_layers < KINDS["layer_dims"].most_hidden:
        state.hidden_layers += 1
        state[neurons()[-1]] = NEW_LAYER


def keep_a_feature() -> None:
    """Called when features were chosen: a network has one at least, so the last one stays."""
    state = st.session_state
    state.features = state.features or list(state.playback.settings.network.features)


def hold_within(name: str, options: Sequence[Any]) -> None:
    """Have the widget of that name show one of these options: the first, if it shows another."""
    if st.session_state.get(name) not in options:
        st.session_state[name] = options[0]


def remove_layer() -> None:
    """One hidden layer less: the last one."""
    st.session_state.hidden_layers = max(0, st.session_state.hidden_layers - 1)


def rates() -> Sequence[float]:
    """The learning rates to choose from: the usual ones, and that of the address."""
    return st.session_state.rates


def _widgets() -> list[Any]:
    """What the widgets show; None for one that is not there."""
    names = ("hidden_layers", *KINDS, *neurons(), *activations())
    return [st.session_state.get(name) for name in names]


def _fill_widgets(settings: Settings) -> None:
    state, network = st.session_state, settings.network
    for group in (settings.data, network, settings.training):
        for name, value in vars(group).items():
            state[name] = value
    state.learning_rate = settings.training.last_rate
    state.rates = sorted({*RATES, state.learning_rate})
    state.features = list(network.features)
    state.output = network.output, network.cost
    hidden = network.layer_dims[1:-1]
    state.hidden_layers = len(hidden)
    state.update(zip(neurons(), hidden, strict=True))
    if not isinstance(network.activation, str):
        state.activation = EACH
        state.update(zip(activations(), network.activation, strict=True))


def _read_epoch(text: str, settings: Settings) -> tuple[int, tuple[str, ...]]:
    """The epoch at which to show the run, and a sentence if the text is none."""
    try:
        return parse(Whole(0, settings.training.epochs), "epoch", text), ()
    except ValueError as error:
        return 0, (f"{error} The run is shown from its beginning.",)
