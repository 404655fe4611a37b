"""A run in the terminal, without the page: the same settings give the same costs, to the last digit.

    python -m scratchnet --dataset moons --layers 2-8-8-1 --epochs 2000
    python -m scratchnet --from 'http://127.0.0.1:8501/?dataset=xor&epoch=120' --json
    python -m scratchnet --model mine.npz --epochs 3000 --save-model mine.npz
    python -m scratchnet page
    python -m scratchnet sweep --dataset xor --layers 2-2-1
    python -m scratchnet check shipped --links handed-in.csv

There is an option for every setting, written as in the address of the page; --help lists them. What is
not given takes its default, or a value consistent with the rest. The result goes to stdout: the costs,
in the shortest text that gives the same float, and the address under which the page opens the run. All
else goes to stderr. The exit code is 0, 2 for what is not allowed, or 130 after Ctrl-C.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from math import isfinite
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

from scratchnet.charts import PICTURES
from scratchnet.cli.given import Options, check_csv_options, first_bytes, print_line, settings_given
from scratchnet.cli.page import start_page
from scratchnet.cli.parser import flag, options_parser
from scratchnet.export import Export
from scratchnet.export.model_file import MAX_BYTES, load, reproduced
from scratchnet.live import ALL_EXPORTS
from scratchnet.run.address import NAMES, PLACE, compare
from scratchnet.run.fields import IntField, parse
from scratchnet.run.pasted_link import read_link
from scratchnet.run.settings import FIELDS
from scratchnet.run.trainer import Trainer
from scratchnet.validation import NotAllowed

TICK = 0.1  # seconds from one look at the run to the next


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the run of these arguments, print its result, write its exports; return the exit code.

    The arguments "page" and any options of Streamlit start the page instead. "sweep" trains many runs,
    and "check" marks exercises, with options of their own.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments[:1] == ["page"]:
            return start_page(arguments[1:])
        if arguments[:1] == ["sweep"]:
            sweep = import_module("scratchnet.cli.sweep")  # joblib may be missing
            return sweep.run_sweep(arguments[1:])
        if arguments[:1] == ["check"]:
            check = import_module("scratchnet.cli.check")
            return check.run_check(arguments[1:])
        options = vars(options_parser().parse_args(arguments))
        files = _export_paths(options)
        trainer, place, claim = _start(options)
        bar = options["progress"] or (sys.stderr.isatty() and not options["quiet"])
        trainer, stopped = _train(trainer, place, bar)
        print(_text_of(_result(trainer), options["json"]), flush=True)
        if sentence := _verdict(trainer, place, claim):
            print_line(sentence)
        for path, export in files:
            _replace(path, export.content(trainer))
            print_line(f"Written: {path}")
    except NotAllowed as error:
        print_line(f"scratchnet: {error}")
        return 2
    except ModuleNotFoundError as error:
        print_line(f"scratchnet: {error.name} is needed for this, and is not installed.")
        return 2
    except OSError as error:
        print_line(f"scratchnet: {error.filename or 'The output'}: {error.strerror}.")
        return 2
    except KeyboardInterrupt:  # before the training, or once more after it
        return 130
    return 130 if stopped else 0


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole: until that is done, what was there before stays."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _export_paths(options: Options) -> list[tuple[Path, Export]]:
    """Return where each export goes; NotAllowed for a place where nothing can be written."""
    files = []
    for export in ALL_EXPORTS:
        if (file := options[f"save_{export.name}"]) is not None:
            path = Path(file)
            if not path.parent.is_dir():
                raise NotAllowed(f"{path} cannot be written: there is no folder {path.parent}.")
            if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
                raise NotAllowed(f"{path} cannot be written: it is a folder, or protected.")
            if export is PICTURES:
                import_module(
                    "scratchnet.charts.document"
                )  # plotly may be missing: before the training
            files.append((path, export))
    return files


def _start(options: Options) -> tuple[Trainer, tuple[int, int], dict[str, str]]:
    """Return the run at its start, the place to take it to, and what the address says of a shared run.

    A warning says what the address has wrong. With options beside it, the run is another one.
    """
    check_csv_options(options)
    given = {name: options[name] for name in FIELDS if options[name] is not None}
    query, remarks, _ = read_link(options["from"] or "")
    for sentence in remarks:
        print_line(f"Note: {sentence}")
    claim = {name: query.pop(name) for name in NAMES if name in query}
    asked = {name: query.pop(name) for name in PLACE if name in query}
    chosen = {name: options[name] for name in PLACE if options[name] is not None}
    asked = {} if "epoch" in chosen else asked
    trainer = (
        _saved_run(options, given)
        if options["model"] is not None
        else Trainer(settings_given(options, query))
    )
    try:
        _place_of(trainer, asked)
    except NotAllowed as error:
        print_line(f"Warning: {error} Training runs to the last epoch.")
        asked = claim = {}
    return trainer, _place_of(trainer, asked | chosen), {} if given or chosen else claim


def _saved_run(options: Options, given: Options) -> Trainer:
    """Return the run of a model file."""
    for name in (*given, "from", "csv"):
        if options[name] is not None and name != "epochs":
            raise NotAllowed(
                "--model brings its settings: an option beside it must be one of --epochs, --epoch, "
                f"--update, got {flag(name)}."
            )
    trainer = load(first_bytes(options["model"], MAX_BYTES))
    if reproduced(trainer) is False:
        print_line("Warning: The parameters of the file are not those that its settings give here.")
    if "epochs" in given:
        trainer.change_epochs(parse(FIELDS["epochs"], "epochs", given["epochs"]))
    return trainer


def _place_of(trainer: Trainer, asked: Mapping[str, str]) -> tuple[int, int]:
    """Return the epoch and update asked for, as in an address; without any, the end of the run."""
    epochs = trainer.settings.training.epochs
    epoch = parse(IntField(0, epochs), "epoch", asked.get("epoch", "0" if asked else str(epochs)))
    last = trainer.updates_per_epoch - 1 if epoch < epochs else 0
    return epoch, parse(IntField(0, last), "update", asked.get("update", "0"))


def _verdict(trainer: Trainer, place: tuple[int, int], claim: Mapping[str, str]) -> str:
    """Return a sentence on whether the run is the one that was shared, if one was."""
    now = trainer.snapshot()
    found = now.fingerprint if (now.epoch, now.update) == place else None
    verdict = compare(claim, found, trainer.settings.training.precision)
    return f"{'' if verdict.same else 'Warning: '}{verdict.sentence}" if verdict else ""


def _train(trainer: Trainer, place: tuple[int, int], bar: bool) -> tuple[Trainer, bool]:
    """Return the trainer at its place, or as it was before Ctrl-C, and whether that was pressed."""
    first, begun, kept = trainer.epoch, monotonic(), trainer.state()
    try:
        for _ in trainer.travel(*place, TICK):
            kept = trainer.state()  # Ctrl-C may come in the middle of an update
            if bar:
                line = _progress(trainer, first, place[0], monotonic() - begun)
                print(f"\r{line:<79}", end="", file=sys.stderr, flush=True)
        return trainer, False
    except KeyboardInterrupt:
        return Trainer.restore(kept), True
    finally:
        if bar:
            print(file=sys.stderr)


def _progress(trainer: Trainer, first: int, last: int, seconds: float) -> str:
    done, total = max(trainer.epoch - first, 0), max(last - first, 1)
    left = round(seconds / done * (total - done)) if done else 0
    where = f"epoch {trainer.epoch} of {last}  cost {trainer.snapshot().train_cost:.6g}"
    return f"{where}  [{'#' * (20 * done // total):.<20}]  {left // 60}:{left % 60:02} left"


def _result(trainer: Trainer) -> Options:
    """Return what there is to report of the run as it is now, by name."""
    now = trainer.snapshot()
    numbers = {name: float(getattr(now, name)) for name in trainer.measures}
    place = {"epoch": now.epoch} | ({"update": now.update} if now.update else {})
    stopped = {"stopped": now.ended} if now.ended else {}
    address = f"?{urlencode(trainer.settings.to_address() | place)}"
    return {**place, **numbers, **stopped, "address": address}


def _text_of(result: Options, as_json: bool) -> str:
    """Return the result as lines of a name and a value, or as JSON, with null for inf and nan."""
    if as_json:
        endless = [name for name, x in result.items() if isinstance(x, float) and not isfinite(x)]
        return json.dumps(result | dict.fromkeys(endless))
    return "\n".join(f"{name.replace('_', ' ')} {value}" for name, value in result.items())
