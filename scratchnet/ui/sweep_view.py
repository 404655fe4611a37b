"""What the page of seeds and sweeps shows: its controls, how far it is, and all of its runs."""

import html
from collections.abc import Sequence
from typing import Any

import streamlit as st

from scratchnet.charts import sweep as charts
from scratchnet.charts.thumbnail import SIDE, thumbnail
from scratchnet.run.history import measures_of
from scratchnet.studies import table
from scratchnet.studies.queue import SHARED, Job
from scratchnet.studies.result import Result
from scratchnet.studies.statistics import median_run, wilson
from scratchnet.studies.sweep import AXES, EXAMPLES, NO_AXIS, SWEEP_FIELDS, VARIED, Sweep
from scratchnet.ui import link, session, texts, widget
from scratchnet.validation import NotAllowed

LOOK = 0.4  # seconds from one look at a sweep that runs to the next
PARTS = 10  # so many times its pictures are drawn anew
PLAIN = {"displayModeBar": False}

Row = tuple[int, Result]


def controls(sweep: Sweep) -> None:
    """Place the controls of a sweep, and the menu of examples."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.menu_button("Examples", [*EXAMPLES], key="sweep_example", on_click=session.open_sweep)
        _axis(sweep, "axis", "values", "Go along", "Values")
        seeds = SWEEP_FIELDS["seeds"]
        _place("number_input", sweep, "seeds", "Seeds", width=110, min_value=1, max_value=seeds.high)
        goals = measures_of(sweep.base.network.output, sweep.base.data.train_share < 1.0)
        _place(
            "selectbox",
            sweep,
            "goal",
            "Success is a",
            width=170,
            options=goals,
            format_func=_words,
        )
        bound = "of at least" if sweep.goal.endswith("accuracy") else "of at most"
        _place("number_input", sweep, "bound", bound, width=120, min_value=0.0, step=0.05)
        with st.popover("More"):
            _axis(sweep, "across", "across_values", "And along", "Its values")
            about = {"options": VARIED, "required": True}
            _place("segmented_control", sweep, "vary", "Seeds that vary", **about)


def _axis(sweep: Sweep, name: str, values: str, label: str, values_label: str) -> None:
    """Place the choice of an axis, and that of its values if there is one."""
    _place(
        "selectbox",
        sweep,
        name,
        label,
        width=210,
        options=[NO_AXIS, *AXES],
        format_func=texts.axis_label,
    )
    axis = getattr(sweep, name)
    if axis != NO_AXIS:
        chosen = list(getattr(sweep, values))
        options = list(dict.fromkeys([*AXES[axis].values, *chosen]))
        _place(
            "multiselect",
            sweep,
            values,
            values_label,
            width=420,
            shown=chosen,
            options=options if isinstance(options[0], str) else sorted(options),
            format_func=_value_text,
            accept_new_options=not isinstance(options[0], str),
        )


def _place(kind: str, sweep: Sweep, name: str, label: str, shown: Any = None, **about: Any) -> None:
    value = getattr(sweep, name) if shown is None else shown
    widget.place(st, kind, name, label, shown=value, **about)


def watch(sweep: Sweep) -> None:
    """Show a sweep as far as it is, and follow it until it is done."""
    stopped = session.is_stopped(sweep)
    try:
        job = (SHARED.kept(sweep) if stopped else None) or SHARED.watch(sweep, session.visitor())
    except NotAllowed as error:
        address = link.sweep_address(sweep)
        st.warning(f"{texts.plain(str(error))} {texts.MOST_HERE.format(address)}")
        return
    if stopped:
        SHARED.leave(session.visitor())
    runs_on = not job.done and not stopped
    st.fragment(_show, run_every=LOOK if runs_on else None)(sweep, job, runs_on)


def _show(sweep: Sweep, job: Job, runs_on: bool) -> None:
    """Show how far a sweep is, and what is there of it."""
    if runs_on == (job.done or session.is_stopped(sweep)):
        st.rerun()  # the whole page, for it is to look again and again, or not any more
    if runs_on:
        SHARED.watch(sweep, session.visitor())
    rows = sorted(job.results.items())
    total = len(sweep.runs)
    with st.container(horizontal=True, vertical_alignment="center", key="sweep_progress"):
        st.markdown(_headline(sweep, rows), width="stretch")
        if runs_on:
            st.progress(len(rows) / total, f"{len(rows)} of {total} runs{_shared(job)}", width=260)
            st.button("Stop", on_click=_stop, args=(sweep,), icon=":material/stop:")
        elif not job.done:
            st.markdown(f"Stopped at {len(rows)} of {total} runs.", width="content")
            st.button("Go on", on_click=session.stop_sweep, args=(None,), icon=":material/play_arrow:")
    if job.failed:
        st.error(job.failed)
    # While it runs, charts and pictures are drawn anew only now and then: each time takes long.
    part = len(rows) if not runs_on else len(rows) * PARTS // total * total // PARTS
    if part:
        group = _figures(sweep, rows[:part])
        pictures(sweep, dict(rows[:part]))
        if not runs_on:
            _end(sweep, rows, group)


def _stop(sweep: Sweep) -> None:
    session.stop_sweep(sweep)
    SHARED.leave(session.visitor())


def _shared(job: Job) -> str:
    """Say how many other sweeps share the processors with this one."""
    others = len(SHARED.active) - 1
    return f", in turn with {others} other{'s' * (others > 1)}" if others > 0 else ""


def _headline(sweep: Sweep, rows: Sequence[Row]) -> str:
    """Say how many runs reached the goal, and how sure the share is."""
    k, n = charts.counted(sweep, rows)
    low, high = wilson(k, n)
    if not n:
        return "Training …"
    return (
        f"**{k} of {n} runs** reach a {sweep.in_words}: {k / n:.0%}, 95 % interval {low:.0%} to "
        f"{high:.0%} (Wilson)."
    )


def _figures(sweep: Sweep, rows: Sequence[Row]) -> list[Row]:
    """Show the share of successes at each value, and the curves of one group; return its runs."""
    if sweep.axis == NO_AXIS and sweep.across == NO_AXIS:
        st.plotly_chart(charts.curves(sweep, rows), key="curves", config=PLAIN)
        return list(rows)
    left, right = st.columns(2)
    two = NO_AXIS not in (sweep.axis, sweep.across)
    chart = charts.share_table(sweep, rows) if two else charts.share_chart(sweep, rows)
    left.markdown("**Successes**")
    left.plotly_chart(chart, key="share", config=PLAIN)
    groups = _grouped(sweep, rows)
    with right:
        chosen = st.selectbox(
            "Curves",
            [*groups],
            format_func=lambda values: f"Curves at {_values_text(sweep, *values)}",
            key="curves_of",
            label_visibility="collapsed",
        )
        group = groups.get(chosen, list(rows))
        st.plotly_chart(charts.curves(sweep, group), key="curves", config=PLAIN)
    return group


def _grouped(sweep: Sweep, rows: Sequence[Row]) -> dict[tuple, list[Row]]:
    """Return the runs of each pair of values on the axes."""
    groups: dict[tuple, list[Row]] = {}
    for place, result in rows:
        groups.setdefault(tuple(sweep.places[place][:2]), []).append((place, result))
    return groups


def pictures(sweep: Sweep, results: dict[int, Result]) -> None:
    """Show the final boundary of every run, in order; each opens its run in the playground."""
    groups: dict[tuple, list[int]] = {}
    for place, (value, across, _) in enumerate(sweep.places):
        groups.setdefault((value, across), []).append(place)
    parts = []
    for values, places in groups.items():
        heading = html.escape(_values_text(sweep, *values) or "The runs, by seed")
        cells = "".join(_cell(sweep, place, results.get(place)) for place in places)
        parts.append(f"<section><h4>{heading}</h4><div>{cells}</div></section>")
    st.html(f'<div class="runs">{"".join(parts)}</div>')


def _cell(sweep: Sweep, place: int, result: Result | None) -> str:
    """Return the picture of one run as a link to it; an empty place until the run is done."""
    if result is None:
        return f'<span style="width: {SIDE}px"></span>'
    met = sweep.succeeds(result)
    number = f"{result.last(sweep.goal):.2f}"
    network, data = result.settings.network, result.settings.data
    ending = "goal reached" if met else result.ended if result.ended == "diverged" else "goal missed"
    seeds = f"weight seed {network.init_seed}, data seed {data.seed}"
    about = f"{seeds}: {_words(sweep.goal)} {number}, {ending}"
    picture = f'<img src="{thumbnail(result)}" alt="{html.escape(about)}">'
    inside = f"{picture}<small>{number}</small>"
    kind = "reached" if met else "missed"
    address = link.to_share(result.settings, result.epoch, result.fingerprint)
    if address is None:
        return f'<span class="{kind}" title="{html.escape(about)}">{inside}</span>'
    return f'<a class="{kind}" href="{html.escape(address)}" title="{html.escape(about)}">{inside}</a>'


def _values_text(sweep: Sweep, value: Any, across: Any) -> str:
    """Return what the runs of one group have in common."""
    pairs = ((sweep.axis, value), (sweep.across, across))
    return ", ".join(
        f"{AXES[axis].title} {_value_text(each)}" for axis, each in pairs if axis != NO_AXIS
    )


def _words(measure: str) -> str:
    return measure.replace("_", " ")


def _value_text(value: Any) -> str:
    return texts.activation_label(value) if isinstance(value, str) else f"{value:g}"


def _end(sweep: Sweep, rows: Sequence[Row], group: Sequence[Row]) -> None:
    """Link the median run of the group, offer all runs as CSV, and show them as a table."""
    middle = median_run([result for _, result in group], sweep.goal)
    with st.container(horizontal=True, vertical_alignment="center"):
        if address := link.to_share(middle.settings, middle.epoch, middle.fingerprint):
            st.markdown(
                f"The median run of the curves above has a {_words(sweep.goal)} of "
                f"{middle.last(sweep.goal):.4g}: [open it in the playground]({address}).",
                width="stretch",
            )
        st.download_button(
            "CSV",
            lambda: "".join(table.csv_lines(sweep, rows)).encode(),
            "scratchnet-sweep.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    with st.expander("All runs as a table"):
        lines = [table.row(sweep, place, result) for place, result in rows]
        names = [name for name in table.columns(sweep) if name != "address"]
        st.dataframe({name: [line[name] for line in lines] for name in names}, hide_index=True)
