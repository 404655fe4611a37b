"""A sweep in the terminal: its rows are the single runs, in order, and the same everywhere."""

import csv
import io
import os
import signal
import subprocess
import sys

import pytest
from terminal import ROOT, refused, run

from scratchnet import Settings, Trainer

SMALL = ("--dataset", "xor", "--layers", "2-2-1", "--points", "60", "--epochs", "40")


@pytest.fixture(autouse=True)
def no_workers_left():
    yield
    from scratchnet.studies.turns import end_workers

    end_workers()


def rows(*arguments):
    code, out, err = run("sweep", *arguments)
    assert code == 0, err
    return [*csv.DictReader(io.StringIO(out))], err


def test_a_row_has_the_numbers_of_the_run_that_its_address_gives():
    found, err = rows(*SMALL, "--seeds", "6", "--bound", "0.8")
    assert [row["init_seed"] for row in found] == ["3", "4", "5", "6", "7", "8"]
    for row in found:
        code, out, _ = run("--from", row["address"], "--quiet")
        assert code == 0
        numbers = dict(line.rsplit(" ", 1) for line in out.splitlines())
        assert row["train_cost"] == numbers["train cost"]
        assert row["test_accuracy"] == numbers["test accuracy"]
        query = dict(pair.split("=") for pair in row["address"][1:].split("&"))
        settings, _ = Settings.from_query({k: v for k, v in query.items() if k != "epoch"})
        assert row["fingerprint"] == Trainer(settings).advance(40).fingerprint
        assert row["success"] == str(int(float(row["test_accuracy"]) >= 0.8))
    k = sum(int(row["success"]) for row in found)
    assert f"{k} of 6 runs succeeded (test accuracy of at least 0.8)" in err


def test_one_process_and_two_print_the_same_text():
    many = (*SMALL, "--axis", "learning_rate", "--values", "0.1,1.0,10.0", "--seeds", "5")
    assert run("sweep", *many, "--jobs", "1")[1] == run("sweep", *many, "--jobs", "2")[1]


def test_axes_are_columns_and_each_pair_of_values_is_run():
    found, _ = rows(*SMALL, "--axis", "width", "--values", "1,3", "--across", "noise", "--seeds", "2")
    assert [(row["width"], row["noise"]) for row in found[:3]] == [
        ("1", "0.0"),
        ("1", "0.0"),
        ("1", "0.1"),
    ]
    assert len(found) == 2 * 5 * 2


def test_an_address_of_the_page_and_options_beside_it():
    link = (
        "?dataset=xor&layer_dims=2-2-1&points=60&epochs=40&axis=noise&values=0.1,0.3&seeds=9&bound=0.7"
    )
    found, err = rows("--from", link, "--seeds", "2")
    assert [row["noise"] for row in found] == ["0.1", "0.1", "0.3", "0.3"]
    assert "at least 0.7" in err


def test_a_diverged_run_is_a_row_and_a_failure():
    found, err = rows(
        *SMALL,
        "--optimizer",
        "momentum",
        "--learning-rate",
        "1000",
        "--activation",
        "relu",
        "--cost",
        "squared_error",
        "--dataset",
        "plane",
        "--goal",
        "train_cost",
        "--seeds",
        "4",
    )
    assert {row["ended"] for row in found} == {"diverged"}
    assert "0 of 4 runs succeeded" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seeds", "0"], "--seeds must be an integer from 1 to 500, got 0."),
        (["--axis", "luck"], "--axis must be one of none, learning_rate"),
        (
            ["--axis", "width", "--values", "99"],
            "each of values must be an integer from 1 to 32, got 99.",
        ),
        (["--axis", "noise", "--across", "width"], "at most 500 runs, got 1,800"),
        (["--jobs", "0"], "--jobs must be an integer from 1 to 1000, got 0."),
        (["--jobs", "x"], "argument --jobs: invalid int value"),
        (["--epochs", "100000", "--seeds", "60"], "at most 2,000,000 epochs in all, got"),
        (["--columns", "a,b,c"], "need --csv"),
        (["--save-model", "x.npz"], "unrecognized arguments"),
    ],
)
def test_what_is_refused(arguments, sentence):
    assert sentence in refused("sweep", *arguments)


def test_a_cluster_that_is_none():
    pytest.importorskip("distributed")
    assert "--cluster must be the address of a Dask scheduler" in refused(
        "sweep", "--cluster", "nowhere"
    )


def test_ctrl_c_prints_what_is_done_and_leaves_no_process():
    psutil = pytest.importorskip("psutil")
    command = [
        sys.executable,
        "-m",
        "scratchnet",
        "sweep",
        "--epochs",
        "400",
        "--seeds",
        "500",
        "--layers",
        "2-16-16-1",
        "--jobs",
        "2",
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    header, first = process.stdout.readline(), process.stdout.readline()
    workers = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert header.startswith("init_seed,") and first.startswith("3,1,400,")
    assert "runs succeeded" in err and "cancelled" not in err
    _, left = psutil.wait_procs(workers, timeout=60)  # a killed one is there for a moment still
    assert left == []
