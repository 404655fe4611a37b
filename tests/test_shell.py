"""The page as a browser first gets it: our script comes before all others, below any path."""

import re

import pytest
import streamlit as st
from asgi import Asked, ask
from starlette.applications import Starlette

from scratchnet.live.code import source
from scratchnet.ui import headers, shell
from scratchnet.ui.navigation import PAGES


@pytest.fixture(params=["", "/class/one"])
def got(request):
    """Asks for a path below that of the page."""
    before = st.get_option("server.baseUrlPath")
    st.config.set_option("server.baseUrlPath", request.param)
    app = Starlette(routes=shell.routes())
    yield lambda path: ask(app, Asked(path=f"{request.param}/{path}"))[0]
    st.config.set_option("server.baseUrlPath", before)


@pytest.mark.parametrize("page", ["", *PAGES])
def test_every_page_begins_with_the_script_of_the_history(got, page):
    answer = got(page)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    assert "keepEntries(" in scripts[0]
    assert "<title>Streamlit</title>" in answer.text


def test_what_is_no_page_is_left_to_others(got):
    assert got("nowhere").status == got("static/js/x.js").status == 404


def test_the_policy_knows_every_script_in_the_page():
    for script in re.findall(r"<script>(.*?)</script>", shell.page(), re.DOTALL):
        assert source(script) in headers.policy()
