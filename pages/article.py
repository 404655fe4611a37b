"""The article, function by function: the code that runs here, and the errors in the published code."""

import streamlit as st

from scratchnet.charts import article as article
from scratchnet.ui import controls, navigation, session

WIDTH = 940  # a line of code fits in


def show(number: int, chapter: article.Chapter) -> None:
    """Show what a function does, our version, and the errors in the published version."""
    st.header(f"{number}. {chapter.name}", anchor=chapter.name, divider="gray", width=WIDTH)
    st.markdown(chapter.what_it_does, width=WIDTH)
    st.latex(chapter.formula, width=WIDTH)
    st.markdown("**Our version:**")
    st.code(chapter.source, width=WIDTH)
    st.markdown(f"**As published:** {chapter.as_published}")
    for error in chapter.errors:
        with st.container(border=True, width=WIDTH):
            st.markdown(f"**{error.description}**")
            st.code(error.source)
            st.code(article.outcome(error), language=None, wrap_lines=True)
            st.markdown(error.why)


@st.cache_data(show_spinner="Training the network twice …")
def histories() -> dict[str, list[float]]:
    """Return the cost histories of the experiment, which never change."""
    return {init: article.cost_history(init) for init in article.CURVES}


navigation.begin("article")
session.write_address()
controls.set_type()
names = [chapter.name for chapter in article.CHAPTERS]
others = "[The experiment](#experiment)  \n[Further reading](#readings)"
st.sidebar.markdown("\n".join(f"1. [{name}](#{name})" for name in names) + f"\n\n{others}")

st.title("The article", anchor=False)
st.markdown(
    "This playground follows *How to build a Neural Network from scratch* (Milad E. Fahmy, "
    "freeCodeCamp, 2021): a network in eight functions. As published, the code does not run. For each "
    "function, this page shows what it does, the version that runs on this site, and the errors in the "
    "published version. Every error is reproduced in a few lines and **run now**, next to our function "
    "on the same input. A plain-text copy of the article has lost every `[1]` and some lines; errors "
    "that are only in this copy are marked as such. Choose a function to begin with.",
    width=WIDTH,
)
outline = [f"1. [`{each.name}`](#{each.name}) {each.as_published}" for each in article.CHAPTERS]
st.markdown("\n".join(outline) + f"\n\n{others}")

for number, chapter in enumerate(article.CHAPTERS, start=1):
    show(number, chapter)

st.header("The experiment", anchor="experiment", divider="gray")
st.markdown(
    "The article stops here. It never calls train, names no data and no layer sizes, and plots nothing "
    "with the matplotlib that it imports. So here is its network, with sigmoids in every layer, on two "
    "circles with layers 2-8-8-1 and a learning rate of 1: with the article's initial weights, and "
    "with Xavier initialization. The random draws are the same; only their scale differs.",
    width=WIDTH,
)
axis = st.segmented_control("Cost axis", ["linear", "log"], default="linear", required=True)
figures = article.cost_curves(histories(), axis)
for (init, title), place in zip(article.CURVES.items(), st.columns(2, gap="medium"), strict=True):
    costs = histories()[init]
    place.markdown(
        f"**{title}**: cost {costs[0]:.4f} to {costs[-1]:.4f} over {len(costs):,} epochs. "
        f"[Watch it in the playground](./?{article.address(init)})"
    )
    place.plotly_chart(figures[init], key=init, config={"displayModeBar": False})

st.header("Further reading", anchor="readings", divider="gray")
st.markdown("The article recommends:")
st.markdown("\n".join(f"- [{title}]({link}), {author}" for title, author, link in article.READINGS))
