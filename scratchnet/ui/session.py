"""The state of one visitor and the address of their page; widget.py has the values of the widgets.

The address decides which run is shown when a page is opened, and when the visitor goes back or forward
in the browser's history; then it follows the run. A control never holds a setting: what is changed in
it goes to the run at once, in a callback, and every control is then made to show the run.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from scratchnet.data.points import Table
from scratchnet.export.model_file import reproduced
from scratchnet.lessons.exercises import Exercise, shipped
from scratchnet.lessons.presets import PRESETS, Preset
from scratchnet.live.cache import answered
from scratchnet.live.code import CODE
from scratchnet.live.frames import Asked
from scratchnet.live.told import compared
from scratchnet.run.address import Verdict
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer
from scratchnet.studies.comparison import COMPARISON_FIELDS, OWN
from scratchnet.studies.sweep import EXAMPLES, SWEEP_FIELDS, Sweep
from scratchnet.ui import changes, link
from scratchnet.ui.own_numbers import Numbers
from scratchnet.ui.texts import DOUBTS, EACH, TOO_MANY
from scratchnet.ui.visit import Visit
from scratchnet.validation import NotAllowed

STAGE, BESIDE = "stage", "beside"  # the keys of the stage and of the comparison
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
    state.visit.playing &= is_on_stage()
    state.visit.hears &= is_on_stage()


def _follow_address() -> None:
    state = st.session_state
    acted = state.pop("acted", False)
    address, context = st.query_params.to_dict(), get_script_run_ctx()
    is_from_history = context is not None and context.is_history_navigation
    if "visit" not in state or (address and is_from_history):
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
    texts, place_texts, view, shared = link.split(address)
    is_known = address or st.context.is_embedded or WELCOMED in st.context.cookies
    state.setdefault("welcome", not is_known)
    own = table()
    known = {"own": own.to_text()} if texts.get("dataset") == "own" and own else {}
    settings, wrong = Settings.from_query(known | texts)
    visit = Visit(settings, opened="visit" not in state)
    updates = visit.updates_per_epoch if "update" in place_texts else 1
    place, wrong_place = link.read_place(place_texts, settings.training.epochs, updates)
    visit.place = place
    state.look, wrong_view = link.read_look(view)
    _show(visit)
    state.corrections = (*wrong, *wrong_place, *wrong_view)
    state.claim = link.Claim(shared, None if wrong_place else place, bool(wrong))
    state.verdict = None, settings


def _show(visit: Visit) -> None:
    """Make this the current run, and forget what an address asked for."""
    state, settings = st.session_state, visit.settings
    visit.heard = state.get("visit", visit).heard
    state.visit = visit
    state.address = link.settings_texts(settings)
    state.table = settings.data.own or table()
    state.per_layer = not isinstance(settings.network.activation, str)
    state.corrections, state.claim = (), None


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
    return changes.widget_values(settings(), state.visit.rate, state.per_layer)[name]


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
    if name in SWEEP_FIELDS:
        return _try_look(lambda: link.look_of_sweep(sweep().with_changes({name: value})))
    if name in COMPARISON_FIELDS:
        return _try_look(link.look_of_comparison, name, value)
    if name in state.look:
        state.look |= {name: value} | link.WITH.get(name, {})
        return
    if name == "activation":
        state.per_layer = value == EACH
    _change(changes.changed_settings(name, value, settings(), table()))


def _try_look(changed: Callable[..., Mapping[str, Any]], *arguments: Any) -> None:
    """Change the look; what is not allowed leaves it as it was, and is said."""
    state = st.session_state
    state.acted, state.visit.trouble = True, ""
    try:
        state.look = state.look | changed(*arguments)
    except NotAllowed as error:
        state.visit.trouble = str(error)


def sweep() -> Sweep:
    """Return the sweep of the run over seeds or settings that the look asks for."""
    state = st.session_state
    found, wrong = link.read_sweep(state.look, settings())
    if wrong:
        state.look |= link.look_of_sweep(found)
        state.corrections = (*state.corrections, wrong)
    return found


def open_sweep(title: str = "") -> None:
    """Begin the run of an example of a sweep, and ask for its sweep; a callback of the menu."""
    example = EXAMPLES[title or st.session_state.sweep_example]
    start(example.base)
    st.session_state.look |= link.look_of_sweep(example)


def begin_sweep() -> Sweep:
    """Return the sweep to show: an example, if neither a run nor a sweep was chosen yet."""
    state = st.session_state
    if (
        settings() == Settings()
        and state.visit.place == link.START
        and sweep() == Sweep.usual(Settings())
    ):
        open_sweep(next(iter(EXAMPLES)))
        state.acted = False  # it is shown at once
    return sweep()


def visitor() -> str:
    """Return a name of this visitor, who may watch one sweep."""
    return st.session_state.setdefault("visitor", secrets.token_hex(8))


def stop_sweep(stopped: Sweep | None) -> None:
    """Note that this sweep is to stop, or with None that any goes on; a callback."""
    st.session_state.stopped = stopped


def is_stopped(sweep: Sweep) -> bool:
    """Return whether the visitor has stopped this sweep."""
    return st.session_state.get("stopped") == sweep


def begin_exercise() -> Exercise:
    """Return the exercise to show, and have the address name it, also if it is the first."""
    state = st.session_state
    if state.look["exercise"] is None:
        state.look |= {"exercise": next(iter(shipped()))}
    return link.exercise_of(state.look)


def predicted(exercise: Exercise) -> int:
    """Return the number of the choice that was predicted, 0 before."""
    chosen = st.session_state.look["prediction"] or 0
    return chosen if chosen <= len(exercise.question.choices) else 0


def exercise() -> Exercise | None:
    """Return the exercise that the visitor is at: they have predicted, and the run has its data."""
    look = st.session_state.look
    if look["exercise"] is None:
        return None
    found = link.exercise_of(look)
    is_its_data = settings().data.dataset == found.start.data.dataset
    return found if is_its_data and predicted(found) else None


def checked() -> Settings | None:
    """Return the run that the visitor has had marked last."""
    return st.session_state.get("checked")


def note_checked(settings: Settings) -> None:
    """Note that this run is marked."""
    st.session_state.checked = settings


def keep_run() -> None:
    """Keep the current run, to compare it with others at its epoch; a callback."""
    state = st.session_state
    _try_look(link.look_with_kept, state.look, settings(), state.visit.place[0])


def drop_run(letter: str = "") -> None:
    """Keep the run of a letter no longer; a callback of the menu."""
    state = st.session_state
    _try_look(link.look_without_kept, state.look, (letter or state.drop)[0])


def begin_comparison() -> str:
    """Return what is compared, see link.comparison_of: an example, until two runs are kept."""
    state = st.session_state
    if (found := link.comparison_of(state.look)) not in (state.look["comparison"], OWN):
        state.look = state.look | link.look_of_comparison("comparison", found)
    return found


def told_to_comparison(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the comparison is told, with its epoch, and with what it could not get itself."""
    state = st.session_state
    code = CODE if state.get("sends_code") else None
    return {**told, "at": look("at"), "answers": state.get("answers", []), "code": code}


def hear_comparison() -> None:
    """Take the epoch that the comparison shows, and answer what it asks; a callback."""
    state = st.session_state
    at, asks = compared(getattr(state.get(BESIDE), "told", None))
    if at is not None:
        state.look, state.acted = state.look | {"at": at}, True
    state.answers = [answered(address) for address in asks]


def _change(values: Mapping[str, Any]) -> None:
    """Change settings of the run.

    The learning rate and the number of epochs can change during training, which keeps the weights; any
    other change begins a new run.
    """
    state = st.session_state
    visit, per_layer = state.visit, state.per_layer
    try:
        wanted = changes.changed(visit.settings, visit.rate, values)
    except NotAllowed:
        return  # no control offers it
    if changes.is_same_run(wanted, visit.settings):
        visit.go_on_with(wanted.training.learning_rate, wanted.training.epochs)
    else:
        _open(Visit(wanted))
        state.per_layer |= per_layer


def _begin_with(values: Mapping[str, Any]) -> None:
    """Begin a run with these settings changed, even if they are what the run has."""
    _open(Visit(changes.changed(settings(), st.session_state.visit.rate, values)))


def shared_run() -> Trainer:
    """Return the current run at its epoch, for pages without Play."""
    for _ in travel():
        pass
    write_address()
    return trainer()


def trainer() -> Trainer:
    """Return the current run at its place: a copy of this visitor's own."""
    return st.session_state.visit.trainer


def apply_update() -> None:
    """Make the next update of the current run; a callback."""
    st.session_state.acted = True
    st.session_state.visit.apply_update()


def travel() -> Iterator[tuple[int, int]]:
    """Train to the place of the run; during long training, yield the epochs done and requested."""
    state = st.session_state
    for epoch in state.visit.travel():
        yield epoch, state.visit.place[0]
    if state.claim is not None:  # the run is now where the shared one was
        state.verdict, state.claim = (state.claim.verdict(trainer()), settings()), None


def verdict() -> Verdict | None:
    """Return whether this is the shared run; None if none was shared or the run was changed since."""
    verdict, judged = st.session_state.verdict
    return verdict if judged is settings() else None


def corrections() -> Sequence[str]:
    """Return a sentence for each correction of the address, until another run begins."""
    return st.session_state.corrections


def told_to_stage() -> dict[str, Any]:
    """Return what the stage is told, with its code where it cannot reach the route of it."""
    state = st.session_state
    return state.visit.told() | {"code": CODE if state.get("sends_code") else None}


def open_example() -> None:
    """Begin the run of the example that was chosen in the menu; a callback."""
    (chosen,) = (preset for preset in PRESETS if preset.title == st.session_state.example)
    start(chosen.settings)


def start(settings: Settings) -> None:
    """Begin the run of these settings; a callback."""
    end_welcome()
    _open(Visit(settings))


def last_example(shown: Preset | None) -> Preset | None:
    """Return the example that was shown last, which is this one if it is one."""
    st.session_state.last_example = last = shown or st.session_state.get("last_example")
    return last


def is_answered(until: int | None) -> bool:
    """Return whether the run was at rest at this epoch or later, at its end for None; it stays so."""
    state, visit = st.session_state, st.session_state.visit
    if visit.at_rest and (visit.is_over or (until is not None and visit.place[0] >= until)):
        state.answered = visit.id
    return state.get("answered") == visit.id


def is_new() -> bool:
    """Return whether the visitor opened the page without a run to see, and is to be welcomed."""
    return st.session_state.welcome


def end_welcome() -> None:
    """Note that the visitor has read the welcome; a callback."""
    st.session_state.welcome = False


def _open(visit: Visit) -> None:
    """Make this the current run; the whole page then shows it, and the address follows."""
    state, address = st.session_state, st.session_state.address
    _show(visit)
    state.address = address  # until the new one is written
    state.acted = True
    state.dialog = None
    state.whole_page = True


def table() -> Table | None:
    """Return the visitor's own points, which are kept while another dataset is chosen."""
    return st.session_state.get("table")


def ask_for(dialog: str | None) -> None:
    """Open the dialog of this name, or with None note that it was closed; a callback."""
    st.session_state.dialog = dialog


def dialog() -> str | None:
    """Return the name of the open dialog, which stays open across reruns until it is closed."""
    return st.session_state.get("dialog")


def use_table(own: Table) -> None:
    """Begin a run on these points, with the current settings as far as they fit; a callback."""
    _begin_with(changes.own_points(own))


def use_changed_table(own: Table) -> None:
    """Begin a run on the points of the run as they were changed; a callback."""
    _begin_with(changes.changed_points(own, trainer()))


def draw_new_data() -> None:
    """Take the next seed of the data: other points, or given ones dealt otherwise; a callback."""
    st.session_state.acted = True
    _change(changes.next_seed(settings()))


def open_run(trainer: Trainer) -> None:
    """Open the run of a file at its place, and compare its numbers with those of its settings here."""
    _open(Visit(trainer.settings, (trainer.epoch, trainer.update)))
    if told := DOUBTS[reproduced(trainer)]:
        st.session_state.corrections = (told,)


def points_at_hand() -> Table:
    """Return the points of the run as a table: the visitor's own, or the generated ones, rounded."""
    return changes.points_of(trainer())


def troubles() -> list[str]:
    """Return a sentence for what could not be done, and for data that the address cannot hold."""
    trouble, own = st.session_state.visit.trouble, settings().data.own
    too_many = own is not None and not link.fits(own)
    return [trouble] * bool(trouble) + [TOO_MANY] * too_many


def hear_stage() -> None:
    """Take what the stage tells: where it is, and what was done there; a callback."""
    state, visit = st.session_state, st.session_state.visit
    epochs = settings().training.epochs
    for act in visit.hear(getattr(state.get(STAGE), "told", None)):
        try:
            _begin_by(act)
        except NotAllowed as error:
            visit.trouble = str(error)
        except (LookupError, TypeError):
            pass  # it comes from outside
    state.visit.heard = visit.heard
    if settings().training.epochs != epochs:  # the control shows it, too
        state.acted = state.whole_page = True


def _begin_by(act: Mapping[str, Any]) -> None:
    """Begin the run that was asked for on the stage."""
    what, now = act.get("do"), settings()
    if what == "restart":
        _open(Visit(replace(now, training=now.training.afresh())))
    elif what == "bring":
        asked = Asked.read(act["value"])
        _open(Visit(asked.settings, asked.places[0]))
    elif what == "network":
        _change(changes.redrawn_network(act, now))
    elif what == "points":
        _begin_with(changes.drawn_points(act["points"], trainer()))


def send_code() -> None:
    """Send the code of the stage, whose route it cannot reach; a callback."""
    st.session_state.sends_code = True


def show_whole_page() -> None:
    """Note that the whole page is shown now."""
    st.session_state.pop("whole_page", None)
    write_address()


def whole_page() -> bool:
    """Return, once, whether an action on the stage affects the whole page."""
    return st.session_state.pop("whole_page", False)


def is_at_rest() -> bool:
    """Return whether the picture is at rest, so that there is time for the views of its epoch."""
    return st.session_state.visit.at_rest


def is_logarithmic() -> bool:
    """Return whether the cost axis is logarithmic, as on the stage."""
    return st.session_state.visit.logarithmic


def write_address() -> None:
    """Write the run to the address, and how the page looks.

    Where the stage is, it keeps the epoch in the address, since it knows what it shows.
    """
    state = st.session_state
    place = link.place_texts(link.START if state.visit.playing else state.visit.place)
    parts = link.split(st.query_params.to_dict())
    view = link.view_texts(state.look, parts.view)
    state.address = link.settings_texts(settings())
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
    return st.session_state.visit.settings
