"""The state of one visitor, and the address of their page: nothing else reads or writes either.

The address decides at first; then the widgets do, and the address follows. Where the two differ again
although no widget was touched, the visitor went back in the browser's history, and the address decides
again. (After a quick second click the browser still sends the address of before the first.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from scratchnet.data.datasets import given_points
from scratchnet.data.points import Table, drawn, read_points
from scratchnet.export.model_file import reproduced
from scratchnet.lessons.presets import PRESETS
from scratchnet.live.playback import Playback
from scratchnet.run.address import NAMES, Verdict, compare
from scratchnet.run.fields import ChoiceField, IntField, SubsetField, parse
from scratchnet.run.settings import KINDS, NetworkSettings, Settings
from scratchnet.run.trainer import Trainer
from scratchnet.validation import NotAllowed

STAGE = "stage"
PLACE = ("epoch", "update")  # in the address, beside the settings: where the run is shown
START = (0, 0)
MOST_IN_ADDRESS = 6000  # characters of one's own points; servers and programs cut longer addresses
HIDEABLE = tuple(name for name in KINDS if name not in ("cost", "rate_changes", "edits", "own"))
VIEW = {  # in the address as well: how the page looks, which never touches the run
    "test_points": ChoiceField(("0", "1")),
    "discrete": ChoiceField(("0", "1")),
    "log": ChoiceField(("0", "1")),
    "projector": ChoiceField(("0", "1")),
    "hide": SubsetField(HIDEABLE),
}
TOO_MANY = (
    f"Points of more than {MOST_IN_ADDRESS:,} characters do not travel in the address, so it does not "
    "give this run again; the model does, see Export."
)
DOUBTS = {  # about a run from a file, by whether its settings give the same here
    True: "",
    False: "The file's numbers are not those that its settings give here: it was changed, or comes "
    "from another machine. The address gives the run of the settings.",
    None: "The file's run is too long to be made again here at once: its numbers are as it says.",
}
RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
EACH = "each"  # layer has an activation of its own


class Claim(NamedTuple):
    """What an address says of the run that is shared with it, see shared.py.

    ``place`` is the epoch and the update at which to compare, None where the address names none of this
    run; ``corrected`` says whether something in the address was.
    """

    asked: dict[str, str]
    place: tuple[int, int] | None
    corrected: bool


def begin() -> None:
    """Take the run of the address, if it is not the one at hand; the widgets then show it."""
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
        state.destination, wrong_place = _read_place(place, state.playback)
        state.look, wrong_view = _read_view(view)
        state.corrections = (*wrong, *wrong_place, *wrong_view)
        state.claim = Claim(asked, None if wrong_place else state.destination, bool(wrong))
        state.verdict = None, settings
        state.update(_widget_values())
        state.widgets = _widgets()
    elif address and untouched and _looks(view) != _looks(_view({})):
        state.look, _ = _read_view(view)  # the visitor went back to another look
        state.update(state.look)
        state.widgets = _widgets()
    _restore_widgets()


def _looks(view: Mapping[str, str]) -> dict[str, str]:
    """What of a view is not of the stage alone."""
    return {name: view[name] for name in ("projector", "hide") if name in view}


def _restore_widgets() -> None:
    """Give back what Streamlit drops of widgets that were not placed; follow a rate that was undone."""
    state = st.session_state
    for key, value in _widget_values().items():
        state.setdefault(key, value)
    if state.learning_rate == state.get("rate_shown"):
        state.learning_rate = state.playback.rate
        state.rates = sorted({*RATES, state.learning_rate})


def note_navigation() -> None:
    """app.py has linked the pages for this visitor."""
    st.session_state.navigated = True


def is_navigated() -> bool:
    """Whether app.py has linked the pages for this visitor."""
    return st.session_state.get("navigated", False)


def shared_run() -> Trainer:
    """The run at hand, at its epoch, for a page that does not play it: that of its own address, too."""
    begin()
    for _ in travel():
        pass
    write_address()
    return st.session_state.playback.trainer


def apply_update() -> None:
    """Make the next update of the run at hand."""
    st.session_state.playback.make_update()


def travel() -> Iterator[tuple[int, int]]:
    """Go to the epoch of the address; yields the epochs done and asked now and then on a long way."""
    state = st.session_state
    for epoch in state.playback.travel(*state.destination):
        yield epoch, state.destination[0]
    if any(state.destination):
        state.destination = START
        state.playback.show_all()
    _compare()


def _compare() -> None:
    """Compare the run, which has come to the place in its address, with the one that was shared."""
    state = st.session_state
    if state.claim is None:
        return
    asked, place, corrected = state.claim
    settings, now = state.playback.settings, state.playback.trainer.snapshot()
    found = now.fingerprint if (now.epoch, now.update) == place else None
    state.verdict = compare(asked, found, settings.training.precision, corrected), settings
    state.claim = None


def verdict() -> Verdict | None:
    """Whether the run is the one that was shared, if one was, until anything of it is changed."""
    verdict, settings = st.session_state.verdict
    return verdict if settings is st.session_state.playback.settings else None


def _forget_address() -> None:
    """What the address asked for is not of the run that is at hand now."""
    state = st.session_state
    state.destination, state.corrections, state.claim = START, (), None


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
    state.look = {"projector": bool(state.projector), "hide": list(state.hide)}
    state.rate_shown = wanted.training.learning_rate
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
        _forget_address()
    state.playback.show_all()
    write_address()
    return state.playback


def open_example() -> None:
    """Begin the run of the example that was chosen in the menu."""
    (chosen,) = (preset for preset in PRESETS if preset.title == st.session_state.example)
    _open(Playback(chosen.settings))


def _open(playback: Playback) -> None:
    """Have this run at hand; the widgets are to show it."""
    state = st.session_state
    state.playback = playback
    _forget_address()
    _keep_table()
    state.update(_widget_values())
    state.widgets = None  # the widgets decide now, not the address of the run before
    state.dialog = False
    state.whole_page = True


def table() -> Table | None:
    """The visitor's own points, which stay at hand while another dataset is chosen."""
    return st.session_state.get("table")


def _keep_table() -> None:
    state = st.session_state
    state.table = state.playback.settings.data.own or table()


def ask_for_data() -> None:
    """Called when the dialog for points of one's own is asked for."""
    st.session_state.dialog = True


def close_dialog() -> None:
    """Called when the dialog is closed without a choice."""
    st.session_state.dialog = False


def is_asked_for_data() -> bool:
    """Whether that dialog is open: it stays so when the page is run again, until it is closed."""
    return st.session_state.get("dialog", False)


def use_table(own: Table) -> None:
    """Begin a run on these points, with the network as far as it goes with them."""
    playback = st.session_state.playback
    values = playback.settings.values() | {"learning_rate": playback.rate}
    values |= {"dataset": "own", "own": own, "classes": len(own.classes)}
    settings, _ = Settings.fitted(values | {"edits": (), "rate_changes": ()})
    _open(Playback(settings))


def open_run(trainer: Trainer) -> None:
    """Go on with a run that was kept; what it has learned is compared with what its settings give."""
    _open(Playback(trainer.settings, trainer))
    if told := DOUBTS[reproduced(trainer)]:
        st.session_state.corrections = (told,)


def points_at_hand() -> Table:
    """The points of the run, as a table: the visitor's own, or those that were drawn, rounded."""
    trainer = st.session_state.playback.trainer
    data, points = trainer.settings.data, trainer.dataset
    if (given := given_points(data.dataset, data.own)) is not None:
        return given
    X = np.hstack([points.X_train, points.X_test])
    Y = np.hstack([points.Y_train, points.Y_test])
    return drawn(X, Y[0], data.classes)


def change_points() -> None:
    """Points were drawn on the stage or taken away: begin a run on those that it has now."""
    state = st.session_state
    data = state.playback.settings.data
    try:
        X, Y, classes = read_points(state[STAGE].points, numbers=data.classes == 0)
        use_table(drawn(X, Y, classes, given_points(data.dataset, data.own)))
    except NotAllowed as error:
        state.playback.trouble = str(error)


def troubles() -> list[str]:
    """A sentence for what could not be done as asked, and for what the address does not hold."""
    playback = st.session_state.playback
    own = playback.settings.data.own
    too_many = own is not None and not fits_address(own)
    return [playback.trouble] * bool(playback.trouble) + [TOO_MANY] * too_many


def fits_address(own: Table) -> bool:
    """Whether these points travel in the address."""
    return len(own.to_text()) <= MOST_IN_ADDRESS


def _address() -> dict[str, str]:
    """The settings of the run at hand as the address has them: without points that are too many."""
    texts = st.session_state.playback.settings.to_query()
    return {name: text for name, text in texts.items() if len(text) <= MOST_IN_ADDRESS}


def answer_stage() -> None:
    """The stage asks for frames."""
    state = st.session_state
    state.playback.answer(state[STAGE].request)


def change_layers() -> None:
    """The drawing asks for other hidden layers; the whole page is then run again."""
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
    """Whether what was done on the stage concerns the whole page, since this was asked last."""
    return st.session_state.pop("whole_page", False)


def is_logarithmic() -> bool:
    """Whether the cost is shown on a log axis: the stage says so in the address."""
    return st.query_params.get("log") == "1"


def rest_stage() -> None:
    """The picture on the stage has come to rest: there is time for the views of its epoch."""
    state = st.session_state
    state.playback.at_rest = not state.playback.playing


def write_address() -> None:
    """Put the run into the address. The stage keeps the epoch in it, for it knows what it shows."""
    state = st.session_state
    address = st.query_params.to_dict()
    for name in PLACE:
        address.pop(name, None)
    seen = {name: address.pop(name) for name in VIEW if name in address}
    view = _view(seen)
    state.address = _address()
    if address != state.address or seen != view:
        trainer = state.playback.trainer
        place = state.destination if any(state.destination) else (trainer.epoch, trainer.update)
        place = START if state.playback.playing else place
        texts = {name: str(n) for name, n in zip(PLACE, place, strict=True) if n}
        st.query_params.from_dict(state.address | view | texts)


def hidden_layers() -> list[int]:
    """How many neurons each hidden layer has."""
    return st.session_state.hidden


def activations() -> list[str]:
    """The keys of the widgets for the activation of each hidden layer; none where one is for all."""
    state = st.session_state
    layers = len(state.hidden) if state.get("activation") == EACH else 0
    return [f"activation_{l}" for l in range(1, layers + 1)]


def is_projector() -> bool:
    """Whether the type is to be large; at first the address says so."""
    return bool(st.session_state.get("projector", st.query_params.get("projector") == "1"))


def is_hidden(name: str) -> bool:
    """Whether the control of this setting is hidden; it then stays as it is."""
    return name in st.session_state.get("hide", ())


def current(name: str) -> Any:
    """The setting of that name in the run at hand."""
    playback = st.session_state.playback
    return playback.rate if name == "learning_rate" else playback.settings.values()[name]


def current_output() -> tuple[str, str]:
    """The output and the cost of the run at hand."""
    return current("output"), current("cost")


def current_activation() -> str | tuple[str, ...]:
    """The activation of the run at hand, if it goes with the hidden layers."""
    activation = current("activation")
    fits = isinstance(activation, str) or len(activation) == len(hidden_layers())
    return activation if fits else activation[0]


def keep_a_feature() -> None:
    """Called when features were chosen: a network has one at least, so the last one stays."""
    state = st.session_state
    state.features = state.features or list(state.playback.settings.network.features)


def hold_within(name: str, options: Sequence[Any]) -> None:
    """Have the widget of that name show one of these options: the first, if it shows another."""
    if st.session_state.get(name) not in options:
        st.session_state[name] = options[0]


def rates() -> Sequence[float]:
    """The learning rates to choose from: the usual ones, and that of the address."""
    return st.session_state.rates


def _widgets() -> list[Any]:
    """What the widgets show; None for one that is not there."""
    names = ("hidden", "projector", "hide", *KINDS, *activations())
    return [st.session_state.get(name) for name in names]


def _widget_values() -> dict[str, Any]:
    """What the widgets show of the run at hand, by their keys."""
    state = st.session_state
    settings, network = state.playback.settings, state.playback.settings.network
    values = settings.values() | state.look
    values |= {
        "learning_rate": state.playback.rate,
        "rates": sorted({*RATES, state.playback.rate}),
        "features": list(network.features),
        "output": (network.output, network.cost),
        "hidden": list(network.layer_dims[1:-1]),
    }
    if not isinstance(network.activation, str):
        each = {f"activation_{l}": name for l, name in enumerate(network.activation, start=1)}
        values |= {"activation": EACH} | each
    return values


def _view(seen: Mapping[str, str]) -> dict[str, str]:
    """How the page looks, for the address; what the stage alone keeps stays as it was ``seen``."""
    look = st.session_state.look
    kept, _ = _parsed({name: text for name, text in seen.items() if name not in look})
    view = {name: VIEW[name].write(value) for name, value in kept.items()}
    if look["projector"]:
        view["projector"] = "1"
    if look["hide"]:
        view["hide"] = VIEW["hide"].write(tuple(look["hide"]))
    return view


def _read_view(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Whether the type is large and which controls are hidden, and a sentence for all that is wrong."""
    values, wrong = _parsed(texts)
    look = {"projector": values.get("projector") == "1", "hide": list(values.get("hide", ()))}
    return look, wrong


def _parsed(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The values of a view, and a sentence for each text that is none."""
    values, wrong = {}, []
    for name, text in texts.items():
        try:
            values[name] = parse(VIEW[name], name, text)
        except NotAllowed as error:
            wrong.append(f"{error} It is left out.")
    return values, wrong


def _read_place(
    texts: Mapping[str, str], playback: Playback
) -> tuple[tuple[int, int], tuple[str, ...]]:
    """The epoch and update at which to show the run, and a sentence if the texts are none."""
    most = {"epoch": playback.epochs, "update": playback.trainer.updates_an_epoch - 1}
    try:
        return tuple(parse(IntField(0, most[name]), name, text) for name, text in texts.items()), ()
    except NotAllowed as error:
        return START, (f"{error} The run is shown from its beginning.",)
