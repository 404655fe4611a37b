"""The article, function by function: what runs here, and what became of it in print."""

import streamlit as st

from scratchnet.charts import article as article
from scratchnet.ui import controls, navigation

WIDTH = 940  # a line of code fits in


def show(number: int, chapter: article.Chapter) -> None:
    """What a function does, ours, and the faults of the printed one."""
    st.header(f"{number}. {chapter.name}", anchor=chapter.name, divider="gray", width=WIDTH)
    st.markdown(chapter.what_it_does, width=WIDTH)
    st.latex(chapter.formula, width=WIDTH)
    st.markdown("**Here** it reads:")
    st.code(chapter.source, width=WIDTH)
    st.markdown(f"**In print:** {chapter.in_print}")
    for fault in chapter.faults:
        with st.container(border=True, width=WIDTH):
            st.markdown(f"**{fault.what_it_does}**")
            st.code(fault.source)
            st.code(article.outcome(fault), language=None, wrap_lines=True)
            st.markdown(fault.why)


@st.cache_data(show_spinner="Training the network twice …")
def histories() -> dict[str, list[float]]:
    """The cost histories of the experiment, which are the same every time."""
    return {init: article.experiment(init) for init in article.CURVES}


navigation.ensure()
controls.set_type()
names = [chapter.name for chapter in article.CHAPTERS]
others = "[The experiment](#experiment)  \n[To read on](#readings)"
st.sidebar.markdown("\n".join(f"1. [{name}](#{name})" for name in names) + f"\n\n{others}")

st.title("The article", anchor=False)
st.markdown(
    "This playground follows *How to build a Neural Network from scratch* (Milad E. Fahmy, "
    "freeCodeCamp, 2021): a network in eight functions. As printed, it does not run. Here are the "
    "eight in its order: what each does, the function that runs on this site, and what goes wrong in "
    "print. Every fault is made again in a few lines of our own and **run now**, beside our function "
    "in the same case. A plain-text copy of the article, which we have read as well, has lost every "
    "`[1]` and some lines; it is named where a fault is only in it.",
    width=WIDTH,
)
outline = [f"1. [`{each.name}`](#{each.name}) {each.in_print}" for each in article.CHAPTERS]
st.markdown("\n".join(outline) + f"\n\n{others}")

for number, chapter in enumerate(article.CHAPTERS, start=1):
    show(number, chapter)

st.header("The experiment", anchor="experiment", divider="gray")
st.markdown(
    "The article stops here. It never calls train, names no data and no sizes of layers, and draws "
    "nothing with the matplotlib that it imports. So here is its network, sigmoids in every layer, on "
    "two circles with layers 2-8-8-1 and a learning rate of 1: from its own first weights, and from "
    "Xavier's. The random draws are the same; only their scale differs.",
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

st.header("To read on", anchor="readings", divider="gray")
st.markdown("The article recommends:")
st.markdown("\n".join(f"- [{title}]({link}), {author}" for title, author, link in article.READINGS))
