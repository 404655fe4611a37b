"""The state of one visitor and the address of their page; widget.py has the values of the widgets.

The address decides which run is shown when a page is opened, and when the visitor goes back or forward
in the browser's history; then it follows the run. A control never holds a setting: what is changed in
it goes to the run at once, in a callback, and every control is then made to show the run.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from scratchnet.data.points import Table
from scratchnet.export.model_file import reproduced
from scratchnet.lessons.presets import PRESETS, Preset
from scratchnet.live.playback import Playback
from scratchnet.run.address import Verdict
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer
from scratchnet.ui import changes, link
from scratchnet.ui.link import START
from scratchnet.ui.own_numbers import Numbers
from scratchnet.ui.texts import DOUBTS, EACH, TOO_MANY
from scratchnet.validation import NotAllowed

STAGE = "stage"
WELCOMED = "scratchnet_welcomed"  # a cookie: this browser has shown the welcome


def begin(page: str) -> None:
    """Begin to show a page: make the run of the address the current run, if the address is to decide.

    An address may be late: after a quick second click the browser still sends the one from before the
    first. So it does not decide when the visitor has just changed the run.
    """
    state = st.session_state
    if page != state.get("page"):
        state.page = page
        state.placed, state.first = {}, {}  # Streamlit drops the values of widgets of another page
        state.setdefault("versions", {})
    _follow_address()
    state.playback.playing &= is_on_stage()


def _follow_address() -> None:
    state = st.session_state
    acted = state.pop("acted", False)
    address, context = st.query_params.to_dict(), get_script_run_ctx()
    is_from_history = context is not None and context.is_history_navigation
    if "playback" not in state or (address and is_from_history):
        return _read(address)
    if not address or acted:  # an empty one comes with another page
        return
    parts = link.split(address)
    if parts.settings != state.address:  # from the history, too: a request of the stage came in between
        _read(address)
    elif link.looks(parts.view) != link.looks(link.view_texts(state.look, {})):
        state.look, _ = link.read_look(parts.view)


def _read(address: dict[str, str]) -> None:
    """Open the run of this address at its place; what was trained of it before is kept."""
    state = st.session_state
    texts, place, view, shared = link.split(address)
    is_known = address or st.context.is_embedded or WELCOMED in st.context.cookies
    state.setdefault("welcome", not is_known)
    own = table()
    known = {"own": own.to_text()} if texts.get("dataset") == "own" and own else {}
    settings, wrong = Settings.from_query(known | texts)
    before = state.get("playback")
    trainer = before.trainer if before and before.settings == settings else None
    playback = Playback(settings, trainer, opened=before is None)
    destination, wrong_place = link.read_place(
        place, playback.epochs, playback.trainer.updates_per_epoch
    )
    state.look, wrong_view = link.read_look(view)
    _show(playback)
    state.destination = destination
    state.corrections = (*wrong, *wrong_place, *wrong_view)
    state.claim = link.Claim(shared, None if wrong_place else destination, bool(wrong))
    state.verdict = None, settings


def _show(playback: Playback) -> None:
    """Make this the current run, and forget what an address asked for."""
    state, settings = st.session_state, playback.settings
    state.playback = playback
    state.address = link.settings_texts(settings)
    state.table = settings.data.own or table()
    state.per_layer = not isinstance(settings.network.activation, str)
    state.destination, state.corrections, state.claim = None, (), None


def is_first_navigation() -> bool:
    """Return, once, that the pages are not linked for this visitor yet."""
    is_first = "navigated" not in st.session_state
    st.session_state.navigated = True
    return is_first


def is_on_stage() -> bool:
    """Return whether the page is the one with the stage."""
    return st.session_state.page == "playground"


def shown(name: str) -> Any:
    """Return what the control of this name is to show."""
    state = st.session_state
    if name in state.look:
        return state.look[name]
    playback = state.playback
    return changes.widget_values(playback.settings, playback.rate, state.per_layer)[name]


def look_among(name: str, options: Sequence[Any]) -> Any:
    """Return what is chosen of these options of the look; the first, if none of them is."""
    chosen = look(name)
    return chosen if chosen in options else options[0]


def own_numbers() -> Numbers | None:
    """Return the visitor's own numbers as they were when the page was opened, if there were any."""
    return st.session_state.first.setdefault("numbers", look("numbers"))


def use_numbers(numbers: Numbers | None) -> None:
    """Have the address hold the visitor's own numbers, or none."""
    st.session_state.look |= {"numbers": numbers}
    write_address()


def change(name: str, value: Any) -> None:
    """Take to the run what was chosen for the control of this name; a callback."""
    state = st.session_state
    state.acted = True
    if name in state.look:
        state.look |= {name: value}
        return
    if name == "activation":
        state.per_layer = value == EACH
    _change(changes.changed_settings(name, value, state.playback.settings, table()))


def _change(values: Mapping[str, Any]) -> None:
    """Change settings of the run.

    The learning rate and the number of epochs can change during training, which keeps the weights; any
    other change begins a new run.
    """
    state = st.session_state
    playback, per_layer = state.playback, state.per_layer
    try:
        wanted = changes.changed(playback.settings, playback.rate, values)
    except NotAllowed:
        return  # no control offers it
    if changes.is_same_run(wanted, playback.settings):
        playback.change(wanted.training.learning_rate, wanted.training.epochs)
    else:
        _open(Playback(wanted))
        state.per_layer |= per_layer


def _begin_with(values: Mapping[str, Any]) -> None:
    """Begin a run with these settings changed, even if they are what the run has."""
    playback = st.session_state.playback
    _open(Playback(changes.changed(playback.settings, playback.rate, values)))


def shared_run() -> Trainer:
    """Return the current run at its epoch, for pages without Play."""
    for _ in travel():
        pass
    write_address()
    return st.session_state.playback.trainer


def apply_update() -> None:
    """Make the next update of the current run; a callback."""
    st.session_state.acted = True
    st.session_state.playback.make_update()


def travel() -> Iterator[tuple[int, int]]:
    """Train to the epoch of the address; during long training, yield the epochs done and requested."""
    state = st.session_state
    if state.destination is not None:
        for epoch in state.playback.travel(*state.destination):
            yield epoch, state.destination[0]
        state.destination = None
        state.playback.show_all()
    if state.claim is not None:  # the run is now where the shared one was
        trainer = state.playback.trainer
        state.verdict, state.claim = (state.claim.verdict(trainer), trainer.settings), None


def verdict() -> Verdict | None:
    """Return whether this is the shared run; None if none was shared or the run was changed since."""
    verdict, settings = st.session_state.verdict
    return verdict if settings is st.session_state.playback.settings else None


def corrections() -> Sequence[str]:
    """Return a sentence for each correction of the address, until another run begins."""
    return st.session_state.corrections


def playback() -> Playback:
    """Return the playback of the current run, with all that a stage which knows nothing of it needs."""
    st.session_state.pop("whole_page", None)  # this is it
    st.session_state.playback.show_all()
    write_address()
    return st.session_state.playback


def open_example() -> None:
    """Begin the run of the example that was chosen in the menu; a callback."""
    (chosen,) = (preset for preset in PRESETS if preset.title == st.session_state.example)
    start(chosen.settings)


def start(settings: Settings) -> None:
    """Begin the run of these settings; a callback."""
    end_welcome()
    _open(Playback(settings))


def last_example(shown: Preset | None) -> Preset | None:
    """Return the example that was shown last, which is this one if it is one."""
    st.session_state.last_example = last = shown or st.session_state.get("last_example")
    return last


def is_answered(until: int | None) -> bool:
    """Return whether the run was at rest at this epoch or later, at its end for None; it stays so."""
    state, trainer = st.session_state, st.session_state.playback.trainer
    over = trainer.at_end or trainer.epoch >= trainer.settings.training.epochs
    if state.playback.at_rest and (over or (until is not None and trainer.epoch >= until)):
        state.answered = state.playback.run
    return state.get("answered") == state.playback.run


def is_new() -> bool:
    """Return whether the visitor opened the page without a run to see, and is to be welcomed."""
    return st.session_state.welcome


def end_welcome() -> None:
    """Note that the visitor has read the welcome; a callback."""
    st.session_state.welcome = False


def _open(playback: Playback) -> None:
    """Make this the current run; the whole page then shows it, and the address follows."""
    state, address = st.session_state, st.session_state.address
    _show(playback)
    state.address = address  # until the new one is written
    state.acted = True
    state.dialog = False
    state.whole_page = True


def table() -> Table | None:
    """Return the visitor's own points, which are kept while another dataset is chosen."""
    return st.session_state.get("table")


def ask_for_data(asks: bool) -> None:
    """Open the dialog for the visitor's own data, or note that it was closed; a callback."""
    st.session_state.dialog = asks


def is_asked_for_data() -> bool:
    """Return whether the dialog is open; it stays open across reruns of the page until it is closed."""
    return st.session_state.get("dialog", False)


def use_table(own: Table) -> None:
    """Begin a run on these points, with the current settings as far as they fit; a callback."""
    _begin_with(changes.own_points(own))


def use_changed_table(own: Table) -> None:
    """Begin a run on the points of the run as they were changed; a callback."""
    _begin_with(changes.changed_points(own, st.session_state.playback.trainer))


def draw_new_data() -> None:
    """Take the next seed of the data: other points, or given ones dealt otherwise; a callback."""
    st.session_state.acted = True
    _change(changes.next_seed(settings()))


def open_run(trainer: Trainer) -> None:
    """Resume a saved run, and compare its numbers with those that its settings give here."""
    _open(Playback(trainer.settings, trainer))
    if told := DOUBTS[reproduced(trainer)]:
        st.session_state.corrections = (told,)


def points_at_hand() -> Table:
    """Return the points of the run as a table: the visitor's own, or the generated ones, rounded."""
    return changes.points_of(st.session_state.playback.trainer)


def change_points() -> None:
    """Begin a run on the points now on the stage: some were drawn or erased."""
    state, points = st.session_state, _sent("points")
    if points is None:
        return
    try:
        _begin_with(changes.drawn_points(points, state.playback.trainer))
    except NotAllowed as error:
        state.playback.trouble = str(error)


def troubles() -> list[str]:
    """Return a sentence for each request that failed, and for data that the address cannot hold."""
    playback = st.session_state.playback
    own = playback.settings.data.own
    too_many = own is not None and not link.fits(own)
    return [playback.trouble] * bool(playback.trouble) + [TOO_MANY] * too_many


def _sent(name: str) -> Any:
    """Return what the stage has sent by that name; None if it is not on this page any more."""
    return getattr(st.session_state.get(STAGE), name, None)


def answer_stage() -> None:
    """Send the frames that the stage requests."""
    state, epochs = st.session_state, st.session_state.playback.epochs
    state.playback.answer(_sent("request"))
    if state.playback.epochs != epochs:  # the control shows it, too
        state.acted = state.whole_page = True


def change_network() -> None:
    """Take the hidden layers or the features from the drawing; a callback."""
    try:
        values = changes.redrawn_network(_sent("network"), settings())
    except (KeyError, TypeError, NotAllowed):
        return  # it comes from outside
    _change(values)


def whole_page() -> bool:
    """Return, once, whether an action on the stage affects the whole page."""
    return st.session_state.pop("whole_page", False)


def rest_stage() -> None:
    """Note that the stage has paused, so there is time for the views of its epoch; a callback."""
    state, rest = st.session_state, _sent("rest")
    state.playback.at_rest = not state.playback.playing
    state.logarithmic = isinstance(rest, Mapping) and rest.get("log") is True


def is_logarithmic() -> bool:
    """Return whether the cost axis is logarithmic, as on the stage."""
    return st.session_state.get("logarithmic", False)


def write_address() -> None:
    """Write the run to the address, and how the page looks.

    Where the stage is, it keeps the epoch in the address, since it knows what it shows.
    """
    state = st.session_state
    playback, trainer = state.playback, state.playback.trainer
    here = START if playback.playing else (trainer.epoch, trainer.update)
    place = link.place_texts(state.destination or here)
    parts = link.split(st.query_params.to_dict())
    view = link.view_texts(state.look, parts.view)
    state.address = link.settings_texts(playback.settings)
    is_right = (parts.settings, parts.view, parts.shared) == (state.address, view, {})
    if not is_right or (parts.place != place and not is_on_stage()):
        st.query_params.from_dict(state.address | view | place)


def is_per_layer() -> bool:
    """Return whether each hidden layer has its own choice of the activation."""
    return st.session_state.per_layer


def is_hidden(name: str) -> bool:
    """Return whether a control is hidden; a setting then keeps its value."""
    return name in look("hide")


def look(name: str) -> Any:
    """Return an option of how the pages look; before a page has begun, the address says it."""
    if "look" in st.session_state:
        return st.session_state.look[name]
    return link.read_look(link.split(st.query_params.to_dict()).view)[0][name]


def settings() -> Settings:
    """Return the settings of the current run."""
    return st.session_state.playback.settings
