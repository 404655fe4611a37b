"""What the page of exercises shows: one exercise after another, and what a class has predicted."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from scratchnet.lessons import handed_in
from scratchnet.lessons.exercises import MAX_BYTES, Exercise, shipped
from scratchnet.lessons.marking import Mark, mark
from scratchnet.run.settings import Settings
from scratchnet.ui import follow, link, session, texts, widget
from scratchnet.validation import NotAllowed

PLAYGROUND = "pages/playground.py"


def choose() -> Exercise:
    """Let the visitor choose an exercise, and return it; a lecturer's own is one of them."""
    exercise = session.begin_exercise()
    chosen = session.look("exercise")
    titles = {name: f"{k}. {each.title}" for k, (name, each) in enumerate(shipped().items(), start=1)}
    titles.setdefault(chosen, exercise.title)
    about = {"options": list(titles), "format_func": titles.get, "width": 420}
    widget.place(st, "selectbox", "exercise", "Exercise", shown=chosen, **about)
    return exercise


def show(exercise: Exercise) -> None:
    """Show the task, the question to predict first, and then what leads to the goal."""
    st.subheader(exercise.title, anchor=False)
    st.markdown(texts.plain(exercise.task))
    st.caption(texts.free(exercise.free))
    predicted = _predict(exercise)
    if not predicted:
        st.caption("Predict first: then the exercise begins.")
        return
    is_begun = session.exercise() is not None
    if st.button("Begin in the playground", type="secondary" if is_begun else "primary"):
        _open(exercise.start)
    given_up = session.look("given_up") is not None
    passed = is_begun and _check(exercise)
    _hints(exercise)
    if passed or given_up:
        _learn(exercise, predicted)
    else:
        st.button("Give up and see", on_click=session.change, args=("given_up", "1"), type="tertiary")


def _open(settings: Settings) -> None:
    session.start(settings)
    st.switch_page(PLAYGROUND)


def _predict(exercise: Exercise) -> int:
    """Let the visitor predict; return the number of the choice, 0 before."""
    choices = exercise.question.choices
    chosen = session.predicted(exercise)
    widget.place(
        st,
        "radio",
        "prediction",
        f"**Predict first.** {texts.plain(exercise.question.text)}",
        options=range(len(choices) + 1),
        shown=chosen,
        format_func=lambda number: texts.plain(choices[number - 1]) if number else "not yet",
    )
    return chosen


def _check(exercise: Exercise) -> bool:
    """Mark the current run by training it again; return whether it reaches the goal."""
    settings = session.settings()
    changes = link.settings_texts(settings)
    start = link.settings_texts(exercise.start)
    differ = [f"{name} = {text}" for name, text in changes.items() if start.get(name) != text]
    about = texts.plain(", ".join(differ)) or "as at the start"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Your run in the playground:** {about}.", width="stretch")
        asks = st.button("Check this run", type="primary", key="check_run")
    if not asks and session.checked() != settings:
        return False
    session.note_checked(settings)
    with st.spinner("Training it again from its seed …"):
        made = _marked(exercise.text, settings)
    said = texts.plain(made.why)
    if made.passed:
        st.success(f"{said} Fingerprint {made.fingerprint}.", icon=":material/check:")
        st.caption(texts.HAND_IN)
    else:
        st.warning(said, icon=":material/info:")
    return made.passed


@st.cache_data(max_entries=500, show_spinner=False, hash_funcs={Settings: hash})
def _marked(text: str, settings: Settings) -> Mark:
    """Return the mark of an attempt, which is the same for everyone."""
    return mark(Exercise.from_toml(text), settings)


def _hints(exercise: Exercise) -> None:
    """Show the hints that were asked for, one after another."""
    count = min(session.look("hints") or 0, len(exercise.hints))
    for number, hint in enumerate(exercise.hints[:count], start=1):
        st.info(f"Hint {number}: {texts.plain(hint)}", icon=":material/lightbulb:")
    if count < len(exercise.hints):
        label = f"Hint {count + 1} of {len(exercise.hints)}"
        st.button(
            label, on_click=session.change, args=("hints", count + 1), icon=":material/lightbulb:"
        )


def _learn(exercise: Exercise, predicted: int) -> None:
    """Show what was to be learned, whether the prediction was right, and a way to the goal."""
    question = exercise.question
    was = "right" if predicted == question.answer else "not right"
    answer = texts.plain(question.choices[question.answer - 1])
    st.markdown(f"**What was to be learned.** {texts.plain(exercise.learned)}")
    st.markdown(f"Your prediction was {was}. The answer: {answer}.")
    if exercise.reference and st.button("Open a run that reaches the goal"):
        _open(exercise.reference)


def own(exercise: Exercise) -> None:
    """Give a lecturer the link of this exercise, take one of their own, and tell what was predicted."""
    with st.expander("For a lecturer", icon=":material/co_present:"):
        st.markdown(texts.MARKING)
        _give_link()
        file = st.file_uploader("An exercise of your own (.toml)", type="toml", max_upload_size=1)
        if file:
            _take(file.getvalue())
        handed = st.file_uploader("Links that a class handed in (.csv)", type="csv", max_upload_size=20)
        if handed:
            _tell_predictions(handed.getvalue(), exercise)


def _give_link() -> None:
    """Show the address at which a class begins with this exercise, if it fits into one."""
    said, page = session.look("exercise"), (st.context.url or "").partition("?")[0]
    if len(said) > texts.MOST_IN_ADDRESS:
        st.caption(texts.TOO_LONG_TO_GIVE)
        return
    st.caption("The link of this exercise, for a class:")
    st.code(f"{page}?{urlencode({'exercise': said})}", language=None, wrap_lines=True)
    if follow.is_only_here(page):
        st.caption(texts.ONLY_HERE)


def _take(content: bytes) -> None:
    try:
        exercise = Exercise.from_toml(content[: MAX_BYTES + 1].decode("utf-8-sig", "replace"))
    except NotAllowed as error:
        st.error(texts.plain(str(error)))
        return
    st.button(
        f"Show “{texts.plain(exercise.title)}”",
        on_click=session.change,
        args=("exercise", exercise.to_text()),
    )


def _tell_predictions(content: bytes, shown: Exercise) -> None:
    """Show how often each choice was predicted, for each exercise of the links.

    They may be of those that come with scratchnet, and of the one that is shown.
    """
    exercises = shipped()
    if shown not in exercises.values():
        exercises = exercises | {shown.title: shown}
    try:
        rows = [handed_in.row_of(each, exercises) for each in handed_in.read(content)]
    except NotAllowed as error:
        st.error(texts.plain(str(error)))
        return
    for name, counts in handed_in.predictions(rows).items():
        _tell(exercises[name], counts)
    unread = sum(not row.attempt for row in rows)
    if unread:
        st.caption(f"{unread} of {len(rows)} links cannot be read; the command says why.")


def _tell(exercise: Exercise, counts: Mapping[int, int]) -> None:
    question = exercise.question
    st.markdown(f"**{texts.plain(exercise.title)}.** {texts.plain(question.text)}")
    lines = [
        {"choice": choice, "predicted": counts[number], "right": "✓" * (number == question.answer)}
        for number, choice in enumerate(question.choices, start=1)
    ]
    st.table([*lines, {"choice": "no answer", "predicted": counts[0], "right": ""}])
