"""A link that is given to the terminal: an address of the page, or of TensorFlow Playground."""

import json
import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from terminal import (
    MADE,
    assert_is,
    refused,
    result,
    run,
)

from scratchnet import Settings, Trainer, __version__
from scratchnet.run import pasted_link, tf_playground
from scratchnet.ui import link
from scratchnet.validation import brief


@pytest.mark.parametrize(
    "address",
    [
        "?{}&epoch=7&update=2",
        "{}&epoch=7&update=2",
        "http://127.0.0.1:8501/?{}&epoch=7&update=2#top",
        "'https://host/one?{}&epoch=7&update=2'",
        "?{}&epoch=7&update=2&hide=seed&log=1&embed=true&embed_options=a&embed_options=b",
    ],
)
def test_an_address_says_the_run_and_the_place(address):
    found = result("--from", address.format(urlencode(MADE.to_query())))
    assert_is(found, Trainer(MADE).seek(7, 2))


def test_how_the_page_looks_is_known():
    assert {*link.VIEW, "embed", "embed_options"} == {*pasted_link.VIEW}


@pytest.mark.parametrize("address", ["http://127.0.0.1:8501/", "?", ""])
def test_an_address_without_names_is_the_run_that_the_page_opens_with(address):
    assert_is(result("--from", address, "--epochs", 3), Trainer(Settings()).seek(3))


def test_what_an_address_has_wrong_is_said_and_corrected():
    address = f"?{urlencode(MADE.to_query())}&dataset=mars&foo=1&epoch=21&seed=1%1b[2J"
    code, out, err = run("--from", address, "--json")
    assert code == 0
    assert "\x1b" not in err
    query = MADE.to_query() | {"dataset": "mars", "foo": "1", "seed": "1\x1b[2J"}
    made, corrections = Settings.from_query(query)
    assert err.splitlines() == [
        "Note: 'dataset' is in the address more than once; the last counts.",
        "Note: 'seed' is in the address more than once; the last counts.",
        *(f"Warning: {sentence}" for sentence in corrections),
        "Warning: epoch must be an integer from 0 to 20, got 21. Training runs to the last epoch.",
    ]
    assert_is(json.loads(out), Trainer(made).seek(20))


def test_a_shared_run_is_recognized():
    link = f"?{urlencode(MADE.to_query())}&epoch=12&version={__version__}&fingerprint="
    right = link + Trainer(MADE).seek(12).fingerprint
    for address, told in (
        (right, "This is the run that was shared, digit for digit.\n"),
        (f"{link}00000000", "Warning: Not the run that was shared (fingerprint 00000000): "),
        (f"{link}zzzz", "Warning: fingerprint must be eight hex digits, got 'zzzz'."),
    ):
        code, _, err = run("--from", address)
        assert (code, err[: len(told)]) == (0, told)
        assert "not a setting" not in err
    _, _, err = run("--from", right, "--seed", 9)
    assert err == "", "it is another run because it was asked for"


def test_options_beside_an_address_win():
    address = f"?{urlencode(MADE.to_query())}&epoch=21&update=99"
    found = result("--from", address, "--seed", 9, "--epoch", 5)
    made = replace(MADE, data=replace(MADE.data, seed=9))
    assert_is(found, Trainer(made).seek(5))
    code, out, err = run("--from", address, "--dataset", "penguins", "--epoch", 2, "--json")
    assert code == 0
    assert "classes must be 3 for penguins, got 2. Using 3 instead." in err
    assert "dataset=penguins" in json.loads(out)["address"]
    assert_is(
        result("--from", address.replace("=21&update=99", "=4&update=2"), "--update", 1),
        Trainer(MADE).seek(4, 1),
    )


def test_a_hostile_address_is_harmless():
    hostile = (
        "?dataset=%00%ff&own=" + "A" * 200_000 + "&layer_dims=9e9-1&points=__import__('os')&=&&;&%"
    )
    code, out, err = run("--from", hostile, "--epochs", 2, "--json")
    assert code == 0
    assert_is(json.loads(out), Trainer(Settings()).seek(2))
    assert all(re.match("Warning: |Note: ", line) and len(line) < 300 for line in err.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/",
        "https://example.com/?utm_source=mail",
        "https://example.com/page#dataset=xor",
        "https://example.com/#playground.tensorflow.org",
        "https://playground.tensorflow.org.example.com/#dataset=xor",
        "http://127.0.0.1:8501/#dataset=xor",
        "#dataset=xor",
        "?#dataset=xor",
        "moons",
        "?foo=1",
        "http://[::1/?x",
        "javascript:alert(1)",
    ],
)
def test_another_address_is_refused(text):
    assert refused("--from", text) == (
        "scratchnet: The address must be one of this page, with settings such as ?dataset=xor, or a "
        f"link of TensorFlow Playground, got {brief(text)}.\n"
    )


def test_a_link_of_tensorflow_playground_is_a_run_like_it():
    link = "https://playground.tensorflow.org/#dataset=xor&networkShape=3&learningRate=0.1&cosX=true"
    code, out, err = run("--from", link, "--epochs", 2, "--json")
    assert code == 0
    (line,) = err.splitlines()
    assert line.startswith("Note: This is a run like the one in TensorFlow Playground, not that run: ")
    assert line.endswith("Not available here: cosX.")
    query, _ = tf_playground.translate(link)
    made, corrections = Settings.from_query(query | {"epochs": "2"})
    assert corrections == ()
    assert_is(json.loads(out), Trainer(made).seek(2))
    other = json.loads(run("--from", link, "--layers", "2-5-1", "--epochs", 2, "--json")[1])
    assert "layer_dims=2-5-1&" in other["address"], "an option wins"
