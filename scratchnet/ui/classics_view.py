"""What the page of the classics shows: the experiments, and faults in print beside the right form."""

import inspect
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from scratchnet.charts.cost_curve import Line, cost_lines
from scratchnet.charts.look import LOW, TEST_LINE, TRAIN_LINE
from scratchnet.lessons.classics import CLASSICS, FAULTS, Classic, Fault, Row

__all__ = ["CLASSICS", "FAULTS", "WIDTH", "are_all_computed", "show_classic", "show_fault"]

WIDTH = 760
STYLES = ((TRAIN_LINE, "solid"), (TEST_LINE, "dash"))  # of two curves


def show_classic(number: int, classic: Classic, now: bool) -> None:
    """Show an experiment; ``now`` computes also what takes seconds."""
    st.header(f"{number}. {classic.title}", anchor=classic.name, divider="gray", width=WIDTH)
    st.markdown(f"{classic.shows}  \nSource: [{classic.source}]({classic.link})", width=WIDTH)
    numbers = _computed(classic.name, classic.long and not now, lambda: (classic.ours(),))
    ours = list(zip(classic.rows, *numbers, strict=True)) if numbers else []
    columns = {
        "ours": [row.as_printed(value) for row, value in ours],
        "difference": [row.difference_text(value) for row, value in ours],
    }
    _table(classic.title, classic.rows, columns)
    for reason in dict.fromkeys(row.why for row, value in ours if not row.agrees(value)):
        st.caption(f"\\* {reason}", width=WIDTH)
    if classic.curves:
        histories = zip(classic.curves().items(), STYLES, strict=True)
        lines = [Line(name, costs, *style) for (name, costs), style in histories]
        figure = cost_lines(lines, "squared_error", height=LOW)
        st.plotly_chart(figure, key=classic.name, width=WIDTH, config={"displayModeBar": False})
    st.markdown(f"**What to learn:** {classic.learned}", width=WIDTH)
    if classic.address:
        st.markdown(f"[Open in the playground](./{classic.address}) ({classic.is_it})", width=WIDTH)


def show_fault(fault: Fault, now: bool) -> None:
    """Show a fault in print: what was printed, the same computed with the fault, and without it."""
    st.subheader(fault.title, anchor=fault.name, width=WIDTH)
    st.markdown(f"{fault.description}  \nSource: [{fault.source}]({fault.link})", width=WIDTH)
    numbers = _computed(fault.name, fault.long and not now, lambda: (fault.wrong(), fault.right()))
    columns: dict[str, list[str]] = {"with the fault": [], "right": []}
    for column, values in zip(columns, numbers or (), strict=False):
        pairs = zip(fault.rows, values, strict=True)
        columns[column] = [row.as_printed(value) for row, value in pairs]
    _table(fault.title, fault.rows, columns)
    for reason in filter(None, (row.why for row in fault.rows)):
        st.caption(reason, width=WIDTH)
    st.markdown(fault.why, width=WIDTH)
    code = inspect.getsource(fault.lines)
    with st.expander(f"The lines with the fault ({len(code.splitlines())} lines)", width=WIDTH):
        st.code(code, wrap_lines=True)


def are_all_computed() -> bool:
    """Return whether nothing is left to compute."""
    return _known().keys() >= {each.name for each in (*CLASSICS, *FAULTS)}


@st.cache_resource
def _known() -> dict[str, tuple[tuple[float, ...], ...]]:
    """Return what is computed, by its name, for all visitors: it never changes."""
    return {}


def _computed(
    name: str, waits: bool, compute: Callable[[], tuple[tuple[float, ...], ...]]
) -> tuple[tuple[float, ...], ...] | None:
    """Return what ``compute`` gives; if it ``waits`` and is not known, only when asked."""
    known, place = _known(), st.empty()
    if name not in known:
        if waits and not place.button("Compute now", key=f"compute_{name}", help="Takes some seconds."):
            return None
        with place, st.spinner("Computing …"):
            known[name] = compute()
        place.empty()
    return known[name]


def _table(title: str, rows: Sequence[Row], columns: Mapping[str, Sequence[str]]) -> None:
    """Show the published numbers, and beside them those of ``columns``, or a dash for none yet."""
    table = pd.DataFrame({"published": [row.published for row in rows]})
    for column, texts in columns.items():
        table[column] = list(texts) or ["–"] * len(rows)
    table.index = pd.Index([row.what for row in rows], name="number")
    st.table(table, border="horizontal", width=WIDTH, alt=title)
