"""The article, function by function: the code that runs here, and the errors in the published code."""

import streamlit as st

from scratchnet.charts import article
from scratchnet.ui import controls, navigation, session
from scratchnet.ui.article_view import WIDTH, show_chapter, show_experiment

navigation.begin("article")
session.write_address()
controls.set_look()
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
    show_chapter(number, chapter)

st.header("The experiment", anchor="experiment", divider="gray")
st.markdown(
    "The article stops here. It never calls train, names no data and no layer sizes, and plots nothing "
    "with the matplotlib that it imports. So here is its network, with sigmoids in every layer, on two "
    "circles with layers 2-8-8-1 and a learning rate of 1: with the article's initial weights, and "
    "with Xavier initialization. The random draws are the same; only their scale differs.",
    width=WIDTH,
)
show_experiment()

st.header("Further reading", anchor="readings", divider="gray")
st.markdown("The article recommends:")
st.markdown("\n".join(f"- [{title}]({link}), {author}" for title, author, link in article.READINGS))
