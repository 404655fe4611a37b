"""What the page of the comparison shows: which runs, how they train, and their table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from scratchnet.charts.beside import LINES
from scratchnet.live.cache import SHARED
from scratchnet.live.frames import RELEASE
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer
from scratchnet.studies import comparison
from scratchnet.studies.comparison import EXAMPLES, LETTERS, MOST_SHOWN, OWN
from scratchnet.ui import controls, link, session, texts, widget
from scratchnet.ui.stage import stage

MOST_SAID = 60  # characters of what differs, for a plane


def choose() -> None:
    """Let the visitor choose what is compared; each example says what it shows."""
    chosen = session.begin_comparison()
    kept = session.look("kept")
    has_own = len(kept) >= 2
    about = {"required": True, "label_visibility": "collapsed", "shown": chosen}
    options = [OWN, *EXAMPLES] if has_own else [*EXAMPLES]
    widget.place(st, "pills", "comparison", "Runs", options=options, format_func=_title, **about)
    if chosen != OWN:
        st.markdown(EXAMPLES[chosen].told)
    elif len(kept) > MOST_SHOWN or session.look("compared"):
        shown = comparison.shown(kept, session.look("compared"))
        says = _labels(kept)
        widget.place(
            st,
            "pills",
            "compared",
            f"Shown, from 2 to {MOST_SHOWN}",
            options=list(says),
            selection_mode="multi",
            format_func=says.get,
            shown=shown,
        )


def _title(name: str) -> str:
    return f"Your {len(session.look('kept'))} runs" if name == OWN else EXAMPLES[name].title


def _runs() -> dict[str, Settings]:
    """Return all runs that there are to compare, by their letters."""
    chosen = session.begin_comparison()
    runs = session.look("kept") if chosen == OWN else EXAMPLES[chosen].runs
    return dict(zip(LETTERS, runs, strict=False))


def _labels(runs: Sequence[Settings]) -> dict[str, str]:
    """Return what differs in each run, by its letter and with it."""
    return {letter: f"{letter}: {each}" for letter, each in zip(LETTERS, _said(runs), strict=False)}


def _said(runs: Sequence[Settings]) -> Iterator[str]:
    """Yield for each run what differs in it; where that is long, only what most others do not share."""
    names = comparison.differing(runs)
    for run, own in zip(runs, comparison.departing(runs), strict=True):
        text = _settings_text(run, names) or "same settings"
        if len(text) > MOST_SAID:
            text = _settings_text(run, own) or "as most of the others"
        yield text if len(text) <= 2 * MOST_SAID else f"{text[: 2 * MOST_SAID - 1]}…"


def _settings_text(run: Settings, names: Sequence[str]) -> str:
    return ", ".join(texts.setting(name, comparison.value_text(name, run)) for name in names)


@st.fragment
def watch() -> None:
    """Show the runs in lock-step, and the table of all of them at the epoch where they rest."""
    widget.catch_up()
    runs = _runs()
    compared = session.look("compared") if session.begin_comparison() == OWN else None
    letters = comparison.shown([*runs.values()], compared)
    kept = link.kept_texts({"kept": session.look("kept")})
    beside = [runs[letter] for letter in letters]
    lanes = [
        {"run": link.run_address(run), "letter": letter, "label": said, **line}
        for run, letter, said, line in zip(beside, letters, _said(beside), LINES, strict=False)
    ]
    told = {"view": "comparison", "release": RELEASE, "runs": lanes, "kept": kept}
    told = session.told_to_comparison(told)
    stage(told, session.BESIDE, session.hear_comparison, session.send_code)
    session.write_address()
    with st.container():
        controls.say(session.troubles())
        _tell_how_to_keep(len(session.look("kept")))
    _table(runs, kept)


def _tell_how_to_keep(kept: int) -> None:
    """Say how runs are kept, until there are two to compare."""
    if kept >= 2:
        return
    st.caption(texts.ONE_KEPT if kept else texts.KEEP)
    if kept:
        st.button("Remove it again", on_click=session.drop_run, args=(LETTERS[0],), type="tertiary")


def _table(runs: Mapping[str, Settings], kept: Mapping[str, str]) -> None:
    """Show the numbers of the runs, each with a link to it, and offer them as CSV."""
    names = comparison.differing([*runs.values()])
    trainers = {letter: _trained(run) for letter, run in runs.items()}
    rows = [comparison.row(letter, trainer, names) for letter, trainer in trainers.items()]
    links = [
        link.to_share(trainer.settings, row["epoch"], row["fingerprint"], kept)
        for trainer, row in zip(trainers.values(), rows, strict=True)
    ]
    columns = [name for name in comparison.columns([*runs.values()]) if name != "address"]
    cells = {name: [row[name] for row in rows] for name in columns} | {"playground": links}
    about: dict[str, Any] = {name: texts.heading(name) for name in columns}
    about["playground"] = st.column_config.LinkColumn("playground", display_text="open")
    st.dataframe(cells, hide_index=True, column_config=about, key="beside_table")
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            lambda: "".join(comparison.csv_lines([*runs.values()], rows)).encode(),
            "scratchnet-comparison.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        if session.begin_comparison() == OWN:
            says = [*_labels(session.look("kept")).values()]
            st.menu_button("Remove a run", says, key="drop", on_click=session.drop_run)


def _trained(settings: Settings) -> Trainer:
    """Return a run at the epoch of the comparison, or at its end if that comes before."""
    at = min(session.look("at"), settings.training.epochs)
    run, above = SHARED.run(settings), st.empty()
    while (trainer := run.copy_at(settings, at, 0, seconds=0.25)) is None:
        above.progress(run.epoch / at, f"Training to epoch {at:,}: {run.epoch:,} done.")
    above.empty()
    return trainer
