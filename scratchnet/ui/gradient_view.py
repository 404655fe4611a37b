"""What the page of the gradient check shows: the menu of bugs, a planted bug, and single entries."""

import streamlit as st

from scratchnet.charts import gradient_check as gradients
from scratchnet.ui import session, widget

PLAIN = {"displayModeBar": False}


def choose_bug() -> str | None:
    """Let the visitor plant a bug; the address has its name."""
    options = ["", *gradients.BUGS]  # with None, the control would ask for a choice
    name = session.look_among("bug", options)
    widget.place(
        st,
        "selectbox",
        "bug",
        "Plant a bug",
        options=options,
        shown=name,
        format_func=lambda name: gradients.BUGS[name].title if name else "none",
        help="It replaces a function of the network; everything below then runs with the bug.",
    )
    return name or None


def show_bug(planted: gradients.Planted, cost: str) -> None:
    """Show the bug in the code, and what training with it did to this run."""
    st.markdown(
        f"**The bug in `{planted.bug.replaces}`.** The code that runs now has the lines with + in "
        "place of those with −."
    )
    st.code(gradients.difference(planted.bug), language="diff", wrap_lines=True)
    st.markdown(f"**Training with the bug.** {planted.effect}")
    if planted.with_bug.stopped:
        st.warning(f"With the bug, the code stops with {planted.with_bug.stopped}")
    st.plotly_chart(gradients.cost_curves(planted, cost), key="c", config=PLAIN)
    st.caption("Both start from the initial weights of this run.")


@st.fragment
def entries(result: gradients.Result) -> None:
    """Show one array entry by entry."""
    name = st.selectbox("Entry by entry", gradients.worst_first(result))
    part = result.comparisons[name]
    left, right = st.columns(2)
    left.table(gradients.entry_table(part), border="horizontal", height=340)
    right.plotly_chart(gradients.error_map(part), key="entries", config=PLAIN)
