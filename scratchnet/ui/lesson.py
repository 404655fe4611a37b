"""What is taught with a run: a welcome, the question of an example and its answer, and a diagnosis.

All of it has one place above the stage, which stays where it is when a text comes or goes.
"""

from collections.abc import Sequence

import streamlit as st

from scratchnet.analysis.diagnosis import diagnose
from scratchnet.analysis.remedies import Finding
from scratchnet.lessons.exercises import Exercise
from scratchnet.lessons.presets import PRESETS, changed_preset_of, preset_of
from scratchnet.run.settings import Settings
from scratchnet.ui import session, texts

# The script that notes in the browser that it has shown the welcome.
ONCE = f'document.cookie = "{session.WELCOMED}=1; max-age=31536000; samesite=lax"'


def lesson() -> list[Finding]:
    """Show the menu of examples, what is to be said of the run now, and a button for what to try.

    Of several findings the first is shown, which is the cause; the others are returned. At an exercise
    its task is shown alone: a finding would give away what is to be found.
    """
    if exercise := session.exercise():
        _show_task(exercise)
        return []
    settings = session.settings()
    preset, changed = preset_of(settings), changed_preset_of(settings)
    if session.last_example(preset) != changed:
        changed = None  # the same settings, but nothing to compare them with
    example = preset or changed
    answered = example is not None and session.is_answered(example.until if preset else None)
    findings = [] if example and not answered else _findings()
    with st.container(horizontal=True, key="examples"):
        if not session.is_hidden("examples"):
            titles = [each.title for each in PRESETS]
            st.menu_button("Examples", titles, key="example", on_click=session.open_example)
        if session.is_new() and not answered:
            _welcome()
            return []
        with st.container(key="lesson", gap=None):
            if preset:
                told = preset.explanation if answered else f"{preset.question} {texts.PREDICT}"
                st.markdown(f"**{preset.title}.** {told}")
            elif changed:
                told = changed.change.outcome if answered else texts.COMPARE
                st.markdown(f"**{changed.title}: {changed.change.label}.** {told}")
            elif not findings:
                st.markdown("Custom settings.")
            for finding in findings[:1]:
                st.markdown(f":material/troubleshoot: {finding.sentence}")
                _mark(finding)
        if preset and answered:
            _offer(preset.change.label, preset.changed)
        elif findings and (remedy := findings[0].remedy):
            _offer(remedy.label, remedy.applied_to(settings))
    return findings[1:]


def _show_task(exercise: Exercise) -> None:
    """Show the task of an exercise, and the ways back to it and out of it."""
    title, task = map(texts.plain, (exercise.title, exercise.task))
    with st.container(horizontal=True, key="examples"):
        with st.container(key="lesson", gap=None):
            st.markdown(f"**Exercise: {title}.** {task} {texts.free(exercise.free)}")
        with st.container(key="exercise", gap=None, width="content"):
            st.page_link("pages/exercises.py", label="Check it, or a hint", icon=":material/task_alt:")
            st.button(
                "Leave the exercise",
                type="tertiary",
                icon=":material/close:",
                on_click=session.change,
                args=("exercise", None),
            )


def also(findings: Sequence[Finding]) -> None:
    """Show findings for which there is no room above."""
    if findings:
        sentences = "  \n".join(finding.sentence for finding in findings)
        st.info(sentences, icon=":material/troubleshoot:")


def _findings() -> list[Finding]:
    """Return what goes wrong in the run at rest, causes first."""
    return [*diagnose(session.trainer()).values()] if session.is_at_rest() else []


def _offer(label: str, settings: Settings) -> None:
    """Place the button that begins the run of these settings."""
    st.button(label, key="offer", on_click=session.start, args=(settings,))


def _mark(finding: Finding) -> None:
    """Outline the neurons of a finding: in the drawing, each is a part that the page can style."""
    parts = [f"*::part(neuron-{l}-{j + 1})" for l, neurons in finding.neurons for j in neurons]
    if parts:
        style = "outline: 2px dashed #d6336c; outline-offset: 2px;"
        st.html(f"<span></span><style>{', '.join(parts)} {{ {style} }}</style>")


def _welcome() -> None:
    """Say to a first-time visitor what this is, and how to begin."""
    with st.container(key="lesson", gap=None):
        st.markdown(texts.WELCOME)
        st.html(f"<script>{ONCE}</script>", unsafe_allow_javascript=True)
    with st.container(key="welcome", horizontal=True, vertical_alignment="center", width="content"):
        st.page_link("pages/article.py", label="The tutorial", icon=":material/school:")
        st.button("Got it", key="got_it", on_click=session.end_welcome)
