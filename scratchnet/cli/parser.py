"""The options of the command line: one for every setting, made from what its field allows."""

import argparse
from typing import Any, NoReturn

from scratchnet.data.notation import NOTATIONS
from scratchnet.live import ALL_EXPORTS
from scratchnet.run.fields import (
    ChoiceField,
    FloatField,
    IntField,
    LayerDimsField,
    PerLayerField,
    PointsField,
    ScheduleField,
    SubsetField,
)
from scratchnet.run.settings import FIELDS, GROUPS
from scratchnet.studies.sweep import SWEEP_FIELDS, Sweep, ValuesField
from scratchnet.validation import NotAllowed

# What a setting is, where its name does not say it.
MEANINGS = {
    "classes": "number of classes, 0 for regression; ",
    "layer_dims": "neurons from the features to the outputs; ",
    "init_seed": "of the initial weights and of the mini-batches; ",
    "rate_changes": "learning rates set during training, epoch:rate; ",
    "edits": "parameters set by hand, epoch:index:value; ",
    "switches": "neurons frozen, switched off or on again, epoch:layer:neuron:state; ",
    "batch_size": "samples per update, 0 for the full batch; ",
    "period": "epochs between steps of the schedule, or length of the cosine; ",
    "decay": "factor on the learning rate at each step; ",
    "stop_cost": "training cost to stop at, 0 for off; ",
    "stop_accuracy": "test accuracy to stop at, 0 for off; ",
    "patience": "epochs without a better test cost to stop after, 0 for off; ",
}
# What the text of each kind is called, and what is allowed.
ALLOWED = {
    IntField: ("N", "{kind.low} to {kind.high}"),
    FloatField: ("X", "{kind.low:g} to {kind.high:g}"),
    ChoiceField: ("NAME", "{options}"),
    SubsetField: ("NAMES", "one or more of {options}, with - between"),
    PerLayerField: ("NAMES", "{options}; or one for each hidden layer, with - between"),
    LayerDimsField: ("DIMS", "up to {kind.most_hidden} hidden layers of up to {kind.neurons.high}"),
    ScheduleField: ("LIST", "up to {kind.most} such as {kind.example}, with commas between"),
    PointsField: ("TEXT", "points as they are in the address"),
}
FIRST_LINES = {"names": True, "sample": False}  # whether it holds names
NOTATIONS_BY_EXAMPLE = {notation.example: notation for notation in NOTATIONS}
CSV_OPTIONS = ("columns", "first_line", "notation", "numbers")  # how to read a CSV file
ABOUT = """\
Train a run of scratchnet without its page, and print the same costs to the last
bit. What is not given takes its default, or a value consistent with the rest.
Early stopping (--patience, --stop-accuracy) watches the test set, which stands
for a validation set here: in practice, never use the test set to decide when to
stop, or it no longer estimates the error on new data.
"""
EXAMPLES = """\
examples:
  python -m scratchnet --dataset spiral --classes 4 --layers 2-16-16-4
  python -m scratchnet --from '?dataset=xor&layer_dims=2-4-1&epoch=120' --json
  python -m scratchnet --csv birds.csv --columns bill,wing,kind --progress
  python -m scratchnet page --server.port 8502
  python -m scratchnet sweep --help
"""
ABOUT_SWEEP = """\
Train one run with many seeds, or along one or two settings with the same seeds
for each value, and print a line of CSV for each run: what it is, its costs and
its fingerprint, the same as those of the run on its own.
"""
SWEEP_EXAMPLES = """\
examples:
  python -m scratchnet sweep --dataset xor --layers 2-2-1 --bound 0.85 > xor.csv
  python -m scratchnet sweep --axis learning_rate --values 0.1,1,10 --seeds 20
  python -m scratchnet sweep --axis width --across noise --seeds 5 \\
    --cluster tcp://127.0.0.1:8786
"""
ABOUT_CHECK = """\
Mark what a class handed in: train the settings of each link again, and print a
line of CSV for each: whether it reaches the goal of its exercise, and why not.
Without links, say whether the attempts in an exercise do what it says of them.
"""
CHECK_EXAMPLES = """\
The file of links is a CSV with a column link, and name, exercise and prediction
if there are any. It is marked again, after a goal was changed, in the same way.

examples:
  python -m scratchnet check mine.toml
  python -m scratchnet check mine.toml --links handed-in.csv > marks.csv
  python -m scratchnet check shipped --links handed-in.csv --jobs 2
"""
# What a field of a sweep is.
SWEEP_MEANINGS = {
    "axis": "setting to go along; ",
    "values": "its values, with commas between (default: usual ones)",
    "across": "a second setting, for each pair of values; ",
    "across_values": "its values (default: usual ones)",
    "seeds": "runs for each value, of seeds that count up; ",
    "vary": "seeds that count up; ",
    "goal": "what success is measured by, at the end of a run; ",
    "bound": "an accuracy of at least this, or a cost of at most, is a success; ",
}


class _Parser(argparse.ArgumentParser):
    def __init__(self, usage: str, about: str, examples: str):
        form = argparse.RawDescriptionHelpFormatter
        super().__init__("scratchnet", usage, about, examples, formatter_class=form, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise NotAllowed(f"{message}; --help says what is allowed.")


def options_parser() -> argparse.ArgumentParser:
    """Return the parser; it raises ValueError for what is not an option."""
    usage = "python -m scratchnet [options], or: python -m scratchnet page"
    parser = _Parser(usage, ABOUT, EXAMPLES)
    _add_settings(parser)
    place, output = map(parser.add_argument_group, ("place", "output"))
    _add_from(place)
    place.add_argument("--model", metavar="FILE", help="resume training of a saved model")
    place.add_argument("--epoch", metavar="N", help="where to stop (default: as the URL, or the last)")
    place.add_argument(
        "--update", metavar="N", help="so many updates further; without an epoch, from the start"
    )
    for export in ALL_EXPORTS:
        purpose = f"{export.purpose} ({export.suffix})"
        output.add_argument(f"--save-{export.name}", metavar="FILE", help=purpose)
    output.add_argument("--json", action="store_true", help="print the result as one JSON object")
    _add_bar(output)
    return parser


def sweep_parser() -> argparse.ArgumentParser:
    """Return the parser of a sweep; it raises ValueError for what is not an option."""
    usage = "python -m scratchnet sweep [options]"
    parser = _Parser(usage, ABOUT_SWEEP, SWEEP_EXAMPLES)
    _add_settings(parser)
    sweep, place, output = map(parser.add_argument_group, ("sweep", "place", "output"))
    for name, kind in SWEEP_FIELDS.items():
        text, metavar = SWEEP_MEANINGS[name], "VALUES"
        if not isinstance(kind, ValuesField):
            metavar, allowed = ALLOWED[type(kind)]
            allowed = allowed.format(kind=kind, options=", ".join(getattr(kind, "options", ())))
            text += f"{allowed} (default: {kind.write(getattr(Sweep, name))})"
        sweep.add_argument(flag(name), metavar=metavar, dest=name, help=text)
    _add_from(place)
    _add_jobs(place)
    place.add_argument("--cluster", metavar="ADDRESS", help="run on the Dask cluster there instead")
    _add_bar(output)
    return parser


def check_parser() -> argparse.ArgumentParser:
    """Return the parser of a check; it raises ValueError for what is not an option."""
    usage = "python -m scratchnet check EXERCISE [--links FILE] [options]"
    parser = _Parser(usage, ABOUT_CHECK, CHECK_EXAMPLES)
    what = "a .toml file, a folder of them, shipped, or the name of one that is shipped"
    parser.add_argument("exercise", metavar="EXERCISE", help=what)
    parser.add_argument("--links", metavar="FILE", help="CSV file of the links")
    _add_jobs(parser)
    _add_bar(parser)
    return parser


def _add_jobs(group: Any) -> None:
    group.add_argument(
        "--jobs", metavar="N", type=int, default=-1, help="processors to use (default: all)"
    )


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """Add an option for every setting, and those to read points from a file."""
    data, *others = map(parser.add_argument_group, ("data", "network", "training"))
    for group, settings in zip((data, *others), GROUPS, strict=True):
        for name, default in vars(settings()).items():
            _add_setting(group, name, default)
    data.add_argument("--csv", metavar="FILE", help="your own points, from a CSV file")
    data.add_argument("--columns", metavar="X1,X2,LABEL", help="columns to use (default: detected)")
    for name, meaning, choices in (
        ("--first-line", "what the first line holds", FIRST_LINES),
        ("--notation", "how numbers are written", NOTATIONS_BY_EXAMPLE),
    ):
        text = f"{meaning}: {' or '.join(choices)} (default: detected)"
        data.add_argument(name, metavar="NAME", help=text)
    data.add_argument("--numbers", action="store_true", help="regression: treat the label as numeric")


def _add_from(group: Any) -> None:
    group.add_argument(
        "--from",
        metavar="URL",
        help="address of the page, or a TensorFlow Playground link; other options override it",
    )


def _add_bar(group: Any) -> None:
    bar = group.add_mutually_exclusive_group()
    bar.add_argument("--progress", action="store_true", help="a progress bar, terminal or not")
    bar.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_setting(group: Any, name: str, default: Any) -> None:
    kind = FIELDS[name]
    metavar, allowed = ALLOWED[type(kind)]
    allowed = allowed.format(kind=kind, options=", ".join(getattr(kind, "options", ())))
    text = f"{MEANINGS.get(name, '')}{allowed} (default: {kind.write(default) or 'none'})"
    flags = [*(["--layers"] if name == "layer_dims" else []), flag(name)]
    group.add_argument(*flags, metavar=metavar, dest=name, help=text)


def flag(name: str) -> str:
    """Return the option of a setting."""
    return f"--{name.replace('_', '-')}"
