"""A model file saves a run: whoever opens it resumes training from the same place, bit for bit.

It is a zip file that NumPy reads as .npz. settings.json says which run it is and where in it, theta.npy
has all weights and then all biases, see params.py, slots.npy what the optimizer remembers, history.npy
and checksums.npy the rows of History, shuffling.npy the state of the shuffling. Mid-epoch,
theta and slots are those of the last whole epoch, from which the updates are made again; the samples
are drawn again. Format 1 was of runs in double precision, and had no checksums.

A file may come from anyone. So the size of each member is bounded before it is unpacked, the shape and
type of each array follow from the settings, and nothing is unpickled or evaluated.
"""

import io
import json
import math
import struct
import zipfile
from typing import Any

import numpy as np

from scratchnet.data.datasets import make_dataset
from scratchnet.nn.params import fingerprint
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Checkpoint, Trainer
from scratchnet.validation import MAX_EPOCHS, NotAllowed, brief, check_whole

FORMAT = 2
FLOAT, WHOLE = "<f8", "<u4"  # the types of the arrays, in one byte order for every machine
MAX_BYTES = 10_000_000  # of the file
# The members, and how many bytes each may have when it is unpacked: enough for the largest network, and
# for the history of MAX_EPOCHS.
MEMBERS = {
    "settings.json": 1_000_000,
    "theta.npy": 100_000,
    "slots.npy": 200_000,
    "history.npy": 4_000_000,
    "checksums.npy": 1_000_000,
    "shuffling.npy": 10_000,
}
FACTS = ("format", "settings", "epoch", "update", "updates", "fingerprint", "shuffling")
DIRECTORY_END = struct.Struct("<4s4H2LH")  # the last bytes of a zip file without a comment
MAX_DIRECTORY = 4096


def save(trainer: Trainer) -> bytes:
    """Return the model file of a run; the same run in the same place gives the same bytes.

    Raises ValueError for a run on a dataset that its settings do not give, or of more than MAX_EPOCHS.
    """
    if not _is_of_settings(trainer):
        raise NotAllowed("The dataset must be the one that the settings give, got another.")
    check_whole("epoch", trainer.epoch, 0, MAX_EPOCHS)
    state = trainer.state()
    theta, slots, updates, (_, key, position, *_) = state["checkpoint"]
    query = trainer.settings.to_query()
    facts = (FORMAT, query, trainer.epoch, trainer.update, updates, fingerprint(theta), position)
    members = (
        json.dumps(dict(zip(FACTS, facts, strict=True)), indent=1).encode(),
        _packed(theta, FLOAT),
        _packed(slots, FLOAT),
        _packed(state["history"], FLOAT),
        _packed(state["checksums"], WHOLE),
        _packed(key, WHOLE),
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in zip(MEMBERS, members, strict=True):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def load(data: bytes) -> Trainer:
    """Return the trainer that ``save`` was given: it resumes training bit for bit.

    Raises ValueError, in one sentence, for any other file.
    """
    raw = _members(data)
    raw = raw if "checksums.npy" in raw else _upgraded(raw)
    facts = _facts(raw["settings.json"])
    trainer = Trainer(_settings(facts["settings"]))
    epoch = check_whole("epoch", facts["epoch"], 0, MAX_EPOCHS)
    state = {
        "epoch": epoch,
        "update": check_whole("update", facts["update"], 0, trainer.updates_per_epoch - 1),
        "checkpoint": _checkpoint(raw, facts, trainer),
        "history": _array(raw, "history.npy", FLOAT, (4, epoch + 1)),
        "checksums": _array(raw, "checksums.npy", WHOLE, (epoch + 1,)),
    }
    trainer = Trainer.restore(trainer.state() | state)
    trainer.change_epochs(max(epoch, trainer.settings.training.epochs))  # a Trainer may go beyond them
    return trainer


def reproduced(trainer: Trainer, seconds: float = 2.0) -> bool | None:
    """Return whether a new run of the same settings reaches exactly this state, bit for bit.

    That is the parameters, the costs on the way, what the optimizer remembers and the shuffling. None
    if it does not get here within so many ``seconds``. The trainer stays as it is.
    """
    again = Trainer(trainer.settings, trainer.dataset)
    for epoch in again.travel(trainer.epoch, trainer.update, seconds):
        if epoch < trainer.epoch and not again.at_end:
            return None
    return _bits(again) == _bits(trainer)


def _bits(trainer: Trainer) -> list[bytes]:
    """Return all that decides how a run goes on, and its history, as bytes."""
    state = trainer.state()
    theta, slots, updates, (_, key, position, *_) = state["checkpoint"]
    now = np.array([state["epoch"], state["update"], updates, position])
    arrays = (theta, slots, key, now, state["history"], state["checksums"], trainer.snapshot().theta)
    return [array.tobytes() for array in arrays]


def _is_of_settings(trainer: Trainer) -> bool:
    """Return whether the dataset of the run is the one that its settings give."""
    made = make_dataset(**vars(trainer.settings.data))
    return all(
        np.array_equal(value, getattr(trainer.dataset, name)) for name, value in vars(made).items()
    )


def _header(dtype: str, shape: tuple[int, ...]) -> bytes:
    """Return the header of a .npy file of such an array."""
    header = io.BytesIO()
    described = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, described)
    return header.getvalue()


def _packed(array: np.ndarray, dtype: str) -> bytes:
    return _header(dtype, array.shape) + array.astype(dtype).tobytes()


def _array(raw: dict[str, bytes], name: str, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return the array of that member, which must be of just this type and shape."""
    header, member = _header(dtype, shape), raw[name]
    size = len(header) + np.dtype(dtype).itemsize * math.prod(shape)
    if len(member) != size:
        raise NotAllowed(
            f"{name} must have {size} bytes, those of the shape {shape}, got {len(member)}."
        )
    if not member.startswith(header):
        raise NotAllowed(f"{name} must be {dtype} of {shape}, got {brief(member)}.")
    return np.frombuffer(member[len(header) :], dtype).reshape(shape).astype(dtype[1:])


def _members(data: bytes) -> dict[str, bytes]:
    """Return the bytes of every member, if the file holds just MEMBERS and none is too large."""
    if len(data) > MAX_BYTES:
        raise NotAllowed(f"The file must have at most {MAX_BYTES} bytes, got {len(data)}.")
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            raw = {name: _unpacked(archive, name) for name in MEMBERS if name in names}
    except Exception as error:  # zipfile raises a dozen kinds for what is broken
        raise NotAllowed(
            f"The file must be one that scratchnet saved, got an error in unpacking: "
            f"{brief(str(error))}."
        ) from None
    if sorted(names) not in (sorted(MEMBERS), sorted(MEMBERS.keys() - {"checksums.npy"})):
        raise NotAllowed(f"The file must hold {', '.join(MEMBERS)}, got {brief(names)}.")
    for name, part in raw.items():
        if len(part) > (most := MEMBERS[name]):
            raise NotAllowed(f"{name} must unpack to at most {most} bytes, got more.")
    return raw


def _upgraded(raw: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members of a file in format 1 as those of this format; its unknown checksums are 0."""
    facts = _parsed(raw["settings.json"])
    if facts.pop("format", None) != 1 or not isinstance(facts.get("settings"), dict):
        raise NotAllowed(f"The file must hold {', '.join(MEMBERS)}, got {brief([*raw])}.")
    facts["settings"] |= {"precision": "double"}
    facts |= {"format": FORMAT, "fingerprint": None}
    facts.pop("ended", None)
    epoch = check_whole("epoch", facts.get("epoch"), 0, MAX_EPOCHS)
    checksums = _packed(np.zeros(epoch + 1), WHOLE)
    return raw | {"settings.json": json.dumps(facts).encode(), "checksums.npy": checksums}


def _check_directory(data: bytes) -> None:
    """Raise ValueError unless the file ends as ``save`` ends it.

    zipfile makes an object of every entry of the directory, so it must be short.
    """
    end = data[-DIRECTORY_END.size :]
    signature, *_, length, _, comment = DIRECTORY_END.unpack(end.rjust(DIRECTORY_END.size, b"\0"))
    large = data[-42:-38] == b"PK\6\7"  # a zip64 file has the length elsewhere
    if signature != b"PK\5\6" or comment or large:
        raise NotAllowed(f"The file must end as a .npz file does, got {brief(end)}.")
    if length > MAX_DIRECTORY:
        raise NotAllowed(f"The directory must have at most {MAX_DIRECTORY} bytes, got {length}.")


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return that member, but no more of it than shows that it is too large."""
    with archive.open(name) as member:
        return member.read(MEMBERS[name] + 1)


def _facts(text: bytes) -> dict[str, Any]:
    """Return what settings.json says, by the names of FACTS, each still to be checked."""
    facts = _parsed(text)
    if sorted(facts) != sorted(FACTS):
        raise NotAllowed(f"settings.json must hold {', '.join(FACTS)}, got {brief(facts)}.")
    if facts["format"] != FORMAT:
        raise NotAllowed(f"format must be {FORMAT}, got {brief(facts['format'])}.")
    return facts


def _parsed(text: bytes) -> dict[str, Any]:
    """Return a JSON object; ValueError for any other text."""
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise NotAllowed(f"settings.json must be a JSON object as saved, got {brief(text)}.")
    return facts


def _settings(query: object) -> Settings:
    """Return the settings of this query, if nothing in it has to be corrected."""
    if not isinstance(query, dict) or not all(isinstance(text, str) for text in query.values()):
        raise NotAllowed(f"settings must hold a text for each setting, got {brief(query)}.")
    settings, wrong = Settings.read(query)
    names = settings.to_query().keys()
    for name in sorted(query.keys() ^ names):
        found = f"{'no' if name in names else 'also'} {brief(name)}"
        raise NotAllowed(f"settings must be exactly the settings of a run, got {found}.")
    for sentence in wrong.values():
        raise NotAllowed(sentence)
    return settings


def _checkpoint(raw: dict[str, bytes], facts: dict[str, Any], trainer: Trainer) -> Checkpoint:
    """Return what the epochs to come depend on; ``trainer`` is at epoch 0 of the same run."""
    first = trainer.state()["checkpoint"]
    theta = _array(raw, "theta.npy", FLOAT, first.theta.shape)
    noted, found = facts["fingerprint"], fingerprint(theta)
    if noted not in (found, None):
        raise NotAllowed(f"fingerprint must be {found}, that of theta, got {brief(noted)}.")
    updates = facts["epoch"] * trainer.updates_per_epoch
    if facts["updates"] != updates:
        raise NotAllowed(
            f"updates must be {updates}, those of the whole epochs, got {brief(facts['updates'])}."
        )
    slots = _array(raw, "slots.npy", FLOAT, first.slots.shape)
    name, key, _, *rest = first.shuffling  # the rest is of normal numbers, which it does not draw
    key = _array(raw, "shuffling.npy", WHOLE, key.shape)
    position = check_whole("shuffling", facts["shuffling"], 0, key.size)
    return Checkpoint(theta, slots, updates, (name, key, position, *rest))
