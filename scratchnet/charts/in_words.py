"""What a run is, in words, for a page that is taken along."""

from collections.abc import Iterable, Iterator
from html import escape

from scratchnet.data.datasets import DATASETS
from scratchnet.run.address import VERSION
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer

# Settings that are always told; others only if they are not the default.
ALWAYS = ("dataset", "noise", "layer_dims", "activation", "learning_rate", "optimizer")
DRAWN = ("points", "noise")  # which mean nothing to points that are given
LONGEST = 60  # characters of a value


def told(trainer: Trainer) -> str:
    """Return what the run is and where it has come to, as the rows of a list in HTML."""
    return "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in _about(trainer))


def _about(trainer: Trainer) -> Iterator[tuple[str, str]]:
    """Yield what the run is: by name, its settings in short, and where it has come to."""
    data, settings, now = trainer.dataset, trainer.settings, trainer.snapshot()
    samples = " and ".join(f"{name} of {X.shape[1]:,}" for name, (X, _) in data.sets.items())
    yield "Data", f"{_told(settings, vars(settings.data))}, {samples}"
    yield "Network", _told(settings, vars(settings.network))
    yield "Training", _told(settings, vars(settings.training))
    update = f", update {now.update}" if now.update else ""
    tested = f", test cost {now.test_cost:.3g}" if "test_cost" in trainer.measures else ""
    yield "Epoch", f"{now.epoch:,}{update}: training cost {now.train_cost:.3g}{tested}"
    yield "Fingerprint", f"{now.fingerprint} (scratchnet {VERSION})"


def _told(settings: Settings, names: Iterable[str]) -> str:
    """Return those of the named settings that tell the run from others, each after its name."""
    texts, usual = settings.to_query(), Settings().to_query()
    left_out = {"own", *(DRAWN if DATASETS[settings.data.dataset].table else ())}
    return ", ".join(
        f"{name} {_short(texts[name])}".replace("_", " ")
        for name in names
        if name in texts and name not in left_out and (name in ALWAYS or texts[name] != usual.get(name))
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
