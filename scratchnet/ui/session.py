"""The state of one visitor and the address of their page: only this module reads or writes either.

At first the address decides; then the widgets do, and the address follows. If the two differ although
no widget was touched, the visitor went back in the browser's history, and the address decides again.
(After a quick second click the browser still sends the address from before the first click.)
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from scratchnet.data.datasets import given_points
from scratchnet.data.points import Table, read_points, table_from_points
from scratchnet.export.model_file import reproduced
from scratchnet.lessons.presets import PRESETS
from scratchnet.live.playback import Playback
from scratchnet.run.address import NAMES, Verdict, compare
from scratchnet.run.settings import KINDS, NetworkSettings, Settings
from scratchnet.run.trainer import Trainer
from scratchnet.ui import link
from scratchnet.ui.link import PLACE, START, VIEW
from scratchnet.ui.texts import DOUBTS, EACH, TOO_MANY
from scratchnet.validation import NotAllowed

STAGE = "stage"
RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)


class Claim(NamedTuple):
    """What an address claims about its shared run, see run/address.py.

    ``place`` is the epoch and the update at which to compare, None if the address names none of this
    run; ``corrected`` says whether a part of the address was corrected.
    """

    asked: dict[str, str]
    place: tuple[int, int] | None
    corrected: bool


def begin() -> None:
    """Make the run of the address the current run, if it is another one; the widgets then show it."""
    state = st.session_state
    address = st.query_params.to_dict()
    place = {name: address.pop(name, "0") for name in PLACE}
    asked = {name: address.pop(name, "") for name in NAMES}
    view = {name: address.pop(name) for name in VIEW if name in address}
    moved = address and address != state.get("address")  # an empty one comes with another page
    untouched = "playback" not in state or _widgets() == state.widgets
    if "playback" not in state or (moved and untouched):
        known = {"own": table().to_text()} if address.get("dataset") == "own" and table() else {}
        settings, wrong = Settings.from_query(known | address)
        state.playback = Playback(settings)
        state.address = _address()
        _keep_table()
        updates = state.playback.trainer.updates_per_epoch
        state.destination, wrong_place = link.read_place(place, state.playback.epochs, updates)
        state.look, wrong_view = link.read_look(view)
        state.corrections = (*wrong, *wrong_place, *wrong_view)
        state.claim = Claim(asked, None if wrong_place else state.destination, bool(wrong))
        state.verdict = None, settings
        state.update(_widget_values())
        state.widgets = _widgets()
    elif address and untouched and link.looks(view) != link.looks(link.view_texts(state.look, {})):
        state.look, _ = link.read_look(view)  # the visitor went back to another look
        state.update(state.look)
        state.widgets = _widgets()
    _restore_widgets()


def _restore_widgets() -> None:
    """Restore widget values that Streamlit dropped, and follow a learning rate that was undone."""
    state = st.session_state
    for key, value in _widget_values().items():
        state.setdefault(key, value)
    if state.learning_rate == state.get("rate_shown"):
        state.learning_rate = state.playback.rate
        state.rates = sorted({*RATES, state.learning_rate})


def note_navigation() -> None:
    """Note that app.py has linked the pages for this visitor."""
    st.session_state.navigated = True


def is_navigated() -> bool:
    """Return whether app.py has linked the pages for this visitor."""
    return st.session_state.get("navigated", False)


def shared_run() -> Trainer:
    """Return the current run at its epoch, for pages without Play; the address may set it, too."""
    begin()
    for _ in travel():
        pass
    write_address()
    return st.session_state.playback.trainer


def apply_update() -> None:
    """Make the next update of the current run."""
    st.session_state.playback.make_update()


def travel() -> Iterator[tuple[int, int]]:
    """Train to the epoch of the address; during long training, yield the epochs done and requested."""
    state = st.session_state
    for epoch in state.playback.travel(*state.destination):
        yield epoch, state.destination[0]
    if any(state.destination):
        state.destination = START
        state.playback.show_all()
    _compare()


def _compare() -> None:
    """Compare the run, now at the epoch of its address, with the run that was shared."""
    state = st.session_state
    if state.claim is None:
        return
    asked, place, corrected = state.claim
    settings, now = state.playback.settings, state.playback.trainer.snapshot()
    found = now.fingerprint if (now.epoch, now.update) == place else None
    state.verdict = compare(asked, found, settings.training.precision, corrected), settings
    state.claim = None


def verdict() -> Verdict | None:
    """Return whether this is the shared run; None if none was shared or the run was changed since."""
    verdict, settings = st.session_state.verdict
    return verdict if settings is st.session_state.playback.settings else None


def _forget_address() -> None:
    """Forget what the address asked for: another run is the current one now."""
    state = st.session_state
    state.destination, state.corrections, state.claim = START, (), None


def corrections() -> Sequence[str]:
    """Return a sentence for each correction of the address, until another run begins."""
    return st.session_state.corrections


def playback(wanted: Settings) -> Playback:
    """Return the playback of the settings that the widgets show.

    A change of the learning rate or the number of epochs keeps the trained weights; any other change
    begins a new run.
    """
    state = st.session_state
    state.widgets = _widgets()
    state.look = {"projector": bool(state.projector), "hide": list(state.hide)}
    state.rate_shown = wanted.training.learning_rate
    now = state.playback.settings
    rate, epochs = wanted.training.learning_rate, wanted.training.epochs
    if link.is_same_run(wanted, now):
        state.playback.change(rate, epochs)
    else:
        state.playback = Playback(wanted)
        _forget_address()
    state.playback.show_all()
    write_address()
    return state.playback


def open_example() -> None:
    """Begin the run of the example that was chosen in the menu."""
    (chosen,) = (preset for preset in PRESETS if preset.title == st.session_state.example)
    _open(Playback(chosen.settings))


def _open(playback: Playback) -> None:
    """Make this the current run; the widgets then show it."""
    state = st.session_state
    state.playback = playback
    _forget_address()
    _keep_table()
    state.update(_widget_values())
    state.widgets = None  # the widgets decide now, not the address of the run before
    state.dialog = False
    state.whole_page = True


def table() -> Table | None:
    """Return the visitor's own points, which are kept while another dataset is chosen."""
    return st.session_state.get("table")


def _keep_table() -> None:
    state = st.session_state
    state.table = state.playback.settings.data.own or table()


def ask_for_data() -> None:
    """Open the dialog for the visitor's own data; a callback."""
    st.session_state.dialog = True


def close_dialog() -> None:
    """Note that the dialog was closed without a choice; a callback."""
    st.session_state.dialog = False


def is_asked_for_data() -> bool:
    """Return whether the dialog is open; it stays open across reruns of the page until it is closed."""
    return st.session_state.get("dialog", False)


def use_table(own: Table) -> None:
    """Begin a run on these points, with the current settings as far as they fit."""
    playback = st.session_state.playback
    values = playback.settings.values() | {"learning_rate": playback.rate}
    values |= {"dataset": "own", "own": own, "classes": len(own.classes)}
    settings, _ = Settings.resolve(values | {"edits": (), "rate_changes": ()})
    _open(Playback(settings))


def open_run(trainer: Trainer) -> None:
    """Resume a saved run, and compare its numbers with those that its settings give here."""
    _open(Playback(trainer.settings, trainer))
    if told := DOUBTS[reproduced(trainer)]:
        st.session_state.corrections = (told,)


def points_at_hand() -> Table:
    """Return the points of the run as a table: the visitor's own, or the generated ones, rounded."""
    trainer = st.session_state.playback.trainer
    data, points = trainer.settings.data, trainer.dataset
    if (given := given_points(data.dataset, data.own)) is not None:
        return given
    X = np.hstack([points.X_train, points.X_test])
    Y = np.hstack([points.Y_train, points.Y_test])
    return table_from_points(X, Y[0], data.classes)


def change_points() -> None:
    """Begin a run on the points now on the stage: some were drawn or erased."""
    state = st.session_state
    data = state.playback.settings.data
    try:
        X, Y, classes = read_points(state[STAGE].points, numbers=data.classes == 0)
        use_table(table_from_points(X, Y, classes, given_points(data.dataset, data.own)))
    except NotAllowed as error:
        state.playback.trouble = str(error)


def troubles() -> list[str]:
    """Return a sentence for each request that failed, and for data that the address cannot hold."""
    playback = st.session_state.playback
    own = playback.settings.data.own
    too_many = own is not None and not link.fits(own)
    return [playback.trouble] * bool(playback.trouble) + [TOO_MANY] * too_many


def _address() -> dict[str, str]:
    """Return the settings of the current run as address texts, without own points if too many."""
    return link.settings_texts(st.session_state.playback.settings)


def answer_stage() -> None:
    """Send the frames that the stage requests."""
    state = st.session_state
    state.playback.answer(state[STAGE].request)


def change_layers() -> None:
    """Take the hidden layers from the drawing, and rerun the whole page."""
    state = st.session_state
    hidden = state[STAGE].layers
    try:
        dims = (1, *hidden, 1)  # the ends do not matter here
        state.hidden = list(KINDS["layer_dims"].check("layer_dims", dims)[1:-1])
    except (TypeError, NotAllowed):
        return  # it comes from outside
    for key in activations():
        state.setdefault(key, NetworkSettings().activation)
    state.whole_page = True


def whole_page() -> bool:
    """Return, once, whether an action on the stage affects the whole page."""
    return st.session_state.pop("whole_page", False)


def is_logarithmic() -> bool:
    """Return whether the cost axis is logarithmic; the stage notes it in the address."""
    return st.query_params.get("log") == "1"


def rest_stage() -> None:
    """Note that the stage has paused, so there is time for the views of its epoch."""
    state = st.session_state
    state.playback.at_rest = not state.playback.playing


def write_address() -> None:
    """Write the run to the address. The stage keeps the epoch in it, as it knows what it shows."""
    state = st.session_state
    address = st.query_params.to_dict()
    for name in PLACE:
        address.pop(name, None)
    seen = {name: address.pop(name) for name in VIEW if name in address}
    view = link.view_texts(state.look, seen)
    state.address = _address()
    if address != state.address or seen != view:
        trainer = state.playback.trainer
        place = state.destination if any(state.destination) else (trainer.epoch, trainer.update)
        place = START if state.playback.playing else place
        texts = {name: str(n) for name, n in zip(PLACE, place, strict=True) if n}
        st.query_params.from_dict(state.address | view | texts)


def hidden_layers() -> list[int]:
    """Return the number of neurons of each hidden layer."""
    return st.session_state.hidden


def activations() -> list[str]:
    """Return the keys of the activation widgets per layer; none if all layers share one."""
    state = st.session_state
    layers = len(state.hidden) if state.get("activation") == EACH else 0
    return [f"activation_{l}" for l in range(1, layers + 1)]


def is_projector() -> bool:
    """Return whether the text is large; at first the address decides."""
    return bool(st.session_state.get("projector", st.query_params.get("projector") == "1"))


def is_hidden(name: str) -> bool:
    """Return whether the control of this setting is hidden; the setting then keeps its value."""
    return name in st.session_state.get("hide", ())


def current(name: str) -> Any:
    """Return the setting of that name in the current run."""
    playback = st.session_state.playback
    return playback.rate if name == "learning_rate" else playback.settings.values()[name]


def current_output() -> tuple[str, str]:
    """Return the output and the cost of the current run."""
    return current("output"), current("cost")


def current_activation() -> str | tuple[str, ...]:
    """Return the activation of the current run, or its first if the number of layers differs."""
    activation = current("activation")
    fits = isinstance(activation, str) or len(activation) == len(hidden_layers())
    return activation if fits else activation[0]


def keep_a_feature() -> None:
    """Keep the last feature, since a network needs at least one; a callback."""
    state = st.session_state
    state.features = state.features or list(state.playback.settings.network.features)


def hold_within(name: str, options: Sequence[Any]) -> None:
    """Set the widget of that name to the first of these options if it shows none of them."""
    if st.session_state.get(name) not in options:
        st.session_state[name] = options[0]


def rates() -> Sequence[float]:
    """Return the learning rates to choose from: the usual ones and the current one."""
    return st.session_state.rates


def _widgets() -> list[Any]:
    """Return the values of the widgets; None for a widget that is not on the page."""
    names = ("hidden", "projector", "hide", *KINDS, *activations())
    return [st.session_state.get(name) for name in names]


def _widget_values() -> dict[str, Any]:
    """Return the values of the widgets for the current run, by their keys."""
    playback = st.session_state.playback
    rates = sorted({*RATES, playback.rate})
    values = link.widget_values(playback.settings) | st.session_state.look
    return values | {"learning_rate": playback.rate, "rates": rates}
