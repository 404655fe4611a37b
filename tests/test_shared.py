"""Whoever opens a shared run is told whether their numbers are the same, and if not, why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet import __version__
from scratchnet.run.address import RUNS_SINCE, compare

HERE = "0b12cd34"
LINK = {"fingerprint": "3f2a91c7", "version": __version__}


def test_an_address_without_a_fingerprint_says_nothing():
    assert compare({}, HERE, "single") is None
    assert compare({"fingerprint": "", "version": ""}, HERE, "single") is None


@pytest.mark.parametrize("version", [__version__, "0.1.0", "", "<script>"])
@pytest.mark.parametrize("precision", ["single", "double"])
@pytest.mark.parametrize("corrected", [False, True])
def test_the_same_fingerprint_is_the_same_run_whatever_else_is_said(version, precision, corrected):
    verdict = compare({"fingerprint": HERE, "version": version}, HERE, precision, corrected)
    assert verdict == (True, "This is the run that was shared, digit for digit.")


@pytest.mark.parametrize(
    ("version", "precision", "corrected", "why"),
    [
        (
            "0.1.9",
            "single",
            False,
            f": links from versions before {RUNS_SINCE} may give other numbers.",
        ),
        (
            "0.1.9",
            "double",
            False,
            f": links from versions before {RUNS_SINCE} may give other numbers.",
        ),
        ("0.10.0", "single", False, f"that was version 0.10.0, and this is {__version__}."),
        ("9999.0.0", "single", False, f"that was version 9999.0.0, and this is {__version__}."),
        ("", "single", False, "does not name its scratchnet version."),
        ("0.2", "single", False, f"its version must be one such as {__version__}, got '0.2'."),
        (
            "<script>",
            "single",
            False,
            "Not the run that was shared (fingerprint 3f2a91c7): its version must be one such as "
            "0.3.0, got '<script>'.",
        ),
        (__version__, "single", True, "something in its address had to be corrected."),
        (__version__, "double", False, "double precision differs from processor to processor."),
        (__version__, "single", False, "its address was changed, or a machine rounds"),
    ],
)
def test_another_fingerprint_is_another_run_and_it_says_why(version, precision, corrected, why):
    same, told = compare(LINK | {"version": version}, HERE, precision, corrected)
    assert not same
    assert told.startswith("Not the run that was shared (fingerprint 3f2a91c7): ")
    assert why in told


def test_a_place_that_is_not_reached_leaves_it_open():
    same, told = compare(LINK, None, "single")
    assert not same
    assert (
        told == "Cannot tell whether this is the shared run: this run does not reach the shared epoch."
    )


@pytest.mark.parametrize(
    "text", ["zzzz", "3F2A91C7", "3f2a91c", "3f2a91c77", "3f2a91c7\n", "٣" * 8, ""]
)
def test_what_is_no_fingerprint_is_said(text):
    same, told = compare(LINK | {"fingerprint": text}, HERE, "single")
    assert not same
    assert told.startswith(f"fingerprint must be eight hex digits, got '{text.replace(chr(10), '?')}'.")


@given(
    st.dictionaries(st.sampled_from([*LINK, "seed"]), st.text() | st.text("0123456789abcdef.")),
    st.sampled_from([HERE, None]),
    st.sampled_from(["single", "double"]),
    st.booleans(),
)
def test_whatever_an_address_says_it_is_one_short_line(asked, fingerprint, precision, corrected):
    verdict = compare(asked, fingerprint, precision, corrected)
    assert (verdict is None) == (not asked.get("fingerprint") and not asked.get("version"))
    assert verdict is None or (verdict.sentence.isprintable() and len(verdict.sentence) < 160)


def test_a_long_text_is_cut():
    assert len(compare({"fingerprint": "a" * 10_000}, HERE, "single").sentence) < 160
    assert len(compare(LINK | {"version": "1" * 10_000}, HERE, "single").sentence) < 160
