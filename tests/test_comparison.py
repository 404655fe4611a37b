"""Runs beside each other: what differs, their rows, and the address that holds them."""

import csv
import io
from urllib.parse import urlencode

import numpy as np
import pytest
from choices import own_table

from scratchnet import Settings, Trainer
from scratchnet.studies import comparison
from scratchnet.studies.comparison import EXAMPLES, KeptField, read_kept
from scratchnet.ui import link
from scratchnet.validation import NotAllowed

XOR = Settings.of(dataset="xor", layer_dims=(2, 2, 1))
SEEDS = [Settings.of(dataset="xor", layer_dims=(2, 2, 1), init_seed=seed) for seed in range(9)]
CHANGED = XOR.with_rate(30, 0, 0.07).with_edit(50, 0, 2, -1.25)


def text_of(runs):
    return KeptField().write(runs)


@pytest.mark.parametrize(
    "runs",
    [
        SEEDS[:2],
        [XOR, XOR],
        [CHANGED, XOR],
        [Settings(), Settings.of(dataset="own", own=own_table(2), layer_dims=(2, 3, 1))],
        [run for example in EXAMPLES.values() for run in example.runs][:8],
    ],
)
def test_an_address_holds_the_runs_as_they_are(runs):
    assert read_kept(text_of(runs)) == (tuple(runs), [])
    assert KeptField().check("kept", tuple(runs)) == tuple(runs)
    look, wrong = link.read_look({"kept": text_of(runs)})
    assert (look["kept"], wrong) == (tuple(runs), [])
    assert link.view_texts(look, {})["kept"] == text_of(runs)


@pytest.mark.parametrize(
    "wrong, why",
    [
        ("dataset=mars", "dataset must be"),
        ("dataset=xor&foo=1", "'foo' is not a setting."),
        ("dataset=xor&layer_dims=9e9-1", "layer_dims must"),
        ("dataset=xor&learning_rate=__import__('os')", "learning_rate must be a number"),
        ("", "it must be the address of a run such as dataset=xor, got ''."),
        ("&" * 200, "at most 100 parts"),
        ("dataset=own&own=AAAA", "own must"),
        ("dataset=xor&epoch=3", "'epoch' is not a setting."),
    ],
)
def test_a_wrong_run_is_left_out_with_one_sentence_and_the_others_stay(wrong, why):
    runs, said = read_kept(f"{text_of([XOR])}|{wrong}|{text_of(SEEDS[4:5])}")
    assert runs == (XOR, SEEDS[4])
    (sentence,) = said
    assert sentence.startswith("Kept run 2 is left out: ") and why in sentence
    assert len(sentence) < 300


def test_what_is_too_much_is_bounded_before_it_is_read():
    runs, said = read_kept(text_of(SEEDS))
    assert runs == tuple(SEEDS[:8])
    assert said == ["At most 8 runs can be kept, got 9; the first are."]
    assert read_kept("|" * 7000) == ((), ["kept must have at most 6,000 characters, got 7,000."])


def test_a_run_is_kept_once_and_at_its_epoch():
    look = link.PLAIN | link.look_with_kept(link.PLAIN, XOR, 30)
    assert (look["kept"], look["at"]) == ((XOR,), 30)
    again = link.look_with_kept(look, XOR, 40)
    assert (again["kept"], again["at"]) == ((XOR,), 40)
    assert link.look_with_kept(look, SEEDS[4], 0)["kept"] == (XOR, SEEDS[4])


def test_a_ninth_run_and_one_that_is_too_long_are_not_kept():
    look = link.PLAIN | {"kept": tuple(SEEDS[:8])}
    with pytest.raises(NotAllowed, match="At most 8 runs can be kept, got 9"):
        link.look_with_kept(look, SEEDS[8], 0)
    many = own_table(2, points=1500)
    assert not link.fits(many)
    with pytest.raises(NotAllowed, match="at most 6,000 characters in the address"):
        link.look_with_kept(link.PLAIN, Settings.of(dataset="own", own=many), 0)


def test_a_removed_run_is_the_one_of_its_letter():
    look = link.PLAIN | {"kept": tuple(SEEDS[:4]), "compared": ("B", "D")}
    assert link.look_without_kept(look, "B") == {
        "kept": (SEEDS[0], *SEEDS[2:4]),
        "compared": None,
    }


def test_two_to_four_runs_are_shown():
    field = comparison.COMPARISON_FIELDS["compared"]
    assert field.check("compared", ("C", "A")) == ("A", "C")
    for wrong in (("A",), tuple("ABCDE")):
        with pytest.raises(NotAllowed, match=f"compared must be from 2 to 4 runs, got {len(wrong)}."):
            field.check("compared", wrong)
    assert comparison.shown(SEEDS[:6], None) == ["A", "B", "C", "D"]
    assert comparison.shown(SEEDS[:6], ("B", "F")) == ["B", "F"]
    assert comparison.shown(SEEDS[:3], ("B", "F")) == ["A", "B", "C"], "there is no F"


def test_what_differs_is_found_also_what_was_changed_during_the_run():
    assert comparison.differing([XOR, XOR]) == []
    assert comparison.differing([XOR, SEEDS[4]]) == ["init_seed"]
    assert comparison.differing([XOR, CHANGED]) == ["rate_changes", "edits"]
    assert comparison.value_text("rate_changes", XOR) == "none"
    assert comparison.departing([XOR, XOR, SEEDS[4]]) == [[], [], ["init_seed"]]
    assert comparison.departing([XOR, SEEDS[4]]) == [["init_seed"], ["init_seed"]]


def test_a_row_has_the_numbers_of_numpy_and_an_address_that_gives_them_again():
    runs, rows = [XOR, SEEDS[4]], []
    for letter, run in zip("AB", runs, strict=True):
        trainer = Trainer(run)
        trainer.advance(60)
        rows.append(comparison.row(letter, trainer, ["init_seed"]))
    lines = [*csv.DictReader(io.StringIO("".join(comparison.csv_lines(runs, rows))))]
    assert [*lines[0]] == comparison.columns(runs)
    for line, run in zip(lines, runs, strict=True):
        found = dict(pair.split("=") for pair in line["address"][1:].split("&"))
        assert found.pop("epoch") == "60"
        settings, wrong = Settings.from_query(found)
        assert (settings, wrong) == (run, ())
        now = Trainer(settings).seek(60)
        assert float(line["train_cost"]) == now.train_cost
        assert float(line["test_accuracy"]) == now.test_accuracy
        assert line["fingerprint"] == now.fingerprint
    assert [line["init_seed"] for line in lines] == ["3", "4"]


def test_a_link_to_a_run_leads_back_to_all_that_is_kept():
    look = link.PLAIN | {"kept": tuple(SEEDS[:2])}
    address = link.to_share(XOR, 5, "00000000", link.kept_texts(look))
    assert address.endswith(f"&{urlencode({'kept': text_of(SEEDS[:2])})}")
    assert link.kept_texts(link.PLAIN) == {}


def test_what_is_compared():
    assert link.comparison_of(link.PLAIN) == "seeds"
    one, two = (link.PLAIN | {"kept": tuple(SEEDS[:n])} for n in (1, 2))
    assert (link.comparison_of(one), link.comparison_of(two)) == ("seeds", "own"), "it takes two"
    assert link.comparison_of(two | {"comparison": "rates"}) == "rates"
    assert link.look_of_comparison("comparison", "rates") == {"comparison": "rates", "at": 1000}
    assert link.look_of_comparison("comparison", "own") == {"comparison": None}


def ends(name):
    """The test accuracy and the training cost of each run of an example, at its epoch."""
    example = EXAMPLES[name]
    frames = [Trainer(run).seek(example.at) for run in example.runs]
    return [(frame.test_accuracy, frame.train_cost) for frame in frames]


def test_the_claims_of_the_examples():
    (learns, _), (stuck, _), (wider, _) = ends("seeds")
    assert stuck <= 0.7 < 0.88 < learns < 0.98 < wider
    (_, slow), (_, right), (_, high) = ends("rates")
    assert right < 0.01 < 0.15 < slow and high > 0.4
    (_, plain), (_, momentum), (_, adam) = ends("optimizers")
    assert adam < 0.001 < momentum < 0.05 < 0.4 < plain
    seeds = EXAMPLES["seeds"].runs
    assert comparison.differing(seeds[:2]) == ["init_seed"]
    assert comparison.differing(seeds[1:]) == ["layer_dims"]
    assert comparison.differing(EXAMPLES["rates"].runs) == ["learning_rate"]
    assert comparison.differing(EXAMPLES["optimizers"].runs) == ["optimizer"]


def test_same_settings_same_curve():
    """The same run, kept twice in an address, has one curve, to the last digit."""
    (first, second), _ = read_kept(f"{text_of([XOR])}|dataset=xor&init_seed=3&layer_dims=2-2-1")
    assert comparison.differing([first, second]) == []
    curves = []
    for run in (first, second):
        trainer = Trainer(run)
        trainer.advance(200)
        curves.append(trainer.history)
    assert np.array_equal(curves[0].train_cost, curves[1].train_cost)
    assert curves[0].fingerprint == curves[1].fingerprint
