"""What the page of the article shows: its functions one by one, and the experiment."""

import streamlit as st

from scratchnet.charts import article

WIDTH = 940  # a line of code fits in


def show_chapter(number: int, chapter: article.Chapter) -> None:
    """Show what a function does, our version, and the errors in the published version."""
    st.header(f"{number}. {chapter.name}", anchor=chapter.name, divider="gray", width=WIDTH)
    st.markdown(chapter.what_it_does, width=WIDTH)
    st.latex(chapter.formula, width=WIDTH)
    _expander("Our version", chapter.source)
    st.markdown(f"**As published:** {chapter.as_published}")
    for error in chapter.errors:
        with st.container(border=True, width=WIDTH):
            st.markdown(f"**{error.description}**")
            st.code(article.outcome(error), language=None, wrap_lines=True)
            st.markdown(error.why)
            _expander("The lines that are run", error.source)


def _expander(title: str, code: str) -> None:
    """Show code behind its title and its length, so that the page can be read without it."""
    with st.expander(f"{title} ({len(code.splitlines())} lines)", width=WIDTH):
        st.code(code, wrap_lines=True)


def show_experiment() -> None:
    """Show the two cost curves of the experiment, each with a link to its run."""
    axis = st.segmented_control("Cost axis", ["linear", "log"], default="linear", required=True)
    figures = article.cost_curves(_histories(), axis)
    for (init, title), place in zip(article.CURVES.items(), st.columns(2, gap="medium"), strict=True):
        costs = _histories()[init]
        place.markdown(
            f"**{title}**: cost {costs[0]:.4f} to {costs[-1]:.4f} over {len(costs):,} epochs. "
            f"[Watch it in the playground](./?{article.address(init)})"
        )
        place.plotly_chart(figures[init], key=init, config={"displayModeBar": False})


@st.cache_data(show_spinner="Training the network twice …")
def _histories() -> dict[str, list[float]]:
    """Return the cost histories of the experiment, which never change."""
    return {init: article.cost_history(init) for init in article.CURVES}
