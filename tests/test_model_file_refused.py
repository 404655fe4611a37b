"""What is not a model file is refused in one sentence, quickly and in little memory."""

import io
import json
import tracemalloc
import warnings
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings
from scratchnet.export.model_file import MAX_BYTES, MEMBERS, load, save
from scratchnet.validation import MAX_EPOCHS, NotAllowed

SMALL = Settings(
    DataSettings(points=40), NetworkSettings((2, 3, 1)), TrainingSettings(0.05, batch_size=8)
)


def parts_of(made=SMALL, epoch=6, update=2):
    """Return the members of a valid file, by name."""
    trainer = Trainer(made)
    trainer.seek(epoch, update)
    with zipfile.ZipFile(io.BytesIO(save(trainer))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PARTS = parts_of()
FACTS = json.loads(PARTS["settings.json"])


def zipped(members):
    """A zip file of these members, (name, content)."""
    file = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


REAL = zipped(PARTS.items())


def with_part(name, content):
    return zipped((PARTS | {name: content}).items())


def with_facts(**facts):
    return with_part("settings.json", json.dumps(FACTS | facts).encode())


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def header(shape, descr="<f8", order=False):
    file = io.BytesIO()
    described = {"descr": descr, "fortran_order": order, "shape": shape}
    np.lib.format.write_array_header_1_0(file, described)
    return file.getvalue()


def bomb(name):
    """A file in which this member unpacks to 1 GB of zeros."""
    pack = zlib.compressobj(wbits=-15)
    block = pack.compress(bytes(10**7)) + pack.flush(zlib.Z_FULL_FLUSH)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for each, content in PARTS.items():
            info = zipfile.ZipInfo(each)
            archive.writestr(info, 100 * block + pack.flush() if each == name else content)
            if each == name:  # the directory says what zipfile believes
                info.compress_type, info.file_size = zipfile.ZIP_DEFLATED, 10**9
    return file.getvalue()


def many_members():
    """A file whose directory has as many entries as fit."""
    one = zipped([("a", b"")])
    at, end = one.index(b"PK\1\2"), one.index(b"PK\5\6")
    entries = one[at:end] * ((MAX_BYTES - 1000) // (end - at))
    return one[:at] + entries + one[end : end + 12] + len(entries).to_bytes(4, "little") + one[-6:]


def zip64(file):
    """The same file with a locator of a zip64 directory before its end."""
    return file[:-22] + b"PK\6\7" + bytes(16) + file[-22:]


def without(mapping, name):
    return {key: value for key, value in mapping.items() if key != name}


THETA = PARTS["theta.npy"]
REFUSED = {
    "no bytes": (b"", "The file must end as a .npz file does, got b'"),
    "text": (b"not a model", "The file must end as a .npz file does, got b'"),
    "too large": (
        bytes(MAX_BYTES + 1),
        f"The file must have at most {MAX_BYTES} bytes, got {MAX_BYTES + 1}.",
    ),
    "truncated": (REAL[:-30], "The file must end as a .npz file does, got b'"),
    "a comment": (REAL[:-2] + b"\1\0!", "The file must end as a .npz file does, got b'"),
    "a comment that is not there": (
        REAL[:-2] + b"\1\0",
        "The file must end as a .npz file does, got b'",
    ),
    "zip64": (zip64(REAL), "The file must end as a .npz file does, got b'"),
    "many members": (many_members(), "The directory must have at most 4096 bytes, got 9998968."),
    "no members": (
        zipped([]),
        r"The file must hold settings.json, theta.npy, slots.npy, .*, got \[\].",
    ),
    "a member less": (
        zipped(without(PARTS, "slots.npy").items()),
        r"The file must hold settings.json, .*, shuffling.npy, got \['settings.json', 'theta",
    ),
    "a member more": (
        zipped([*PARTS.items(), ("../x", b"")]),
        r"The file must hold settings.json, .*, shuffling.npy, got \['settings.json', 'theta",
    ),
    "a member twice": (
        zipped([*PARTS.items(), ("theta.npy", THETA)]),
        r"The file must hold settings.json, .*, shuffling.npy, got \['settings.json', 'theta",
    ),
    "a bomb of text": (
        bomb("settings.json"),
        "settings.json must unpack to at most 1000000 bytes, got more.",
    ),
    "a bomb of numbers": (
        bomb("history.npy"),
        "history.npy must unpack to at most 4000000 bytes, got more.",
    ),
    "text that is no JSON": (
        with_part("settings.json", b"{"),
        r"settings.json must be a JSON object as saved, got b'\{'.",
    ),
    "deep JSON": (
        with_part("settings.json", b"[" * 900_000),
        "settings.json must be a JSON object as saved, got b'",
    ),
    "a long number": (
        with_part("settings.json", b"9" * 900_000),
        "settings.json must be a JSON object as saved, got b'",
    ),
    "bytes that are no text": (
        with_part("settings.json", b"\xff"),
        "settings.json must be a JSON object as saved, got b'",
    ),
    "a list": (
        with_part("settings.json", b"[1]"),
        r"settings.json must be a JSON object as saved, got b'\[1\]'.",
    ),
    "a fact less": (
        with_part("settings.json", json.dumps(without(FACTS, "epoch")).encode()),
        r"settings.json must hold format, .*, shuffling, got \{'format': 2, 'settings': ",
    ),
    "another version": (with_facts(format=3), "format must be 2, got 3."),
    "no checksums": (
        zipped(without(PARTS, "checksums.npy").items()),
        r"The file must hold settings.json, .*, shuffling.npy, got \['settings.json', 'theta",
    ),
    "settings that are a list": (
        with_facts(settings=[1]),
        r"settings must hold a text for each setting, got \[1\].",
    ),
    "a setting that is a number": (
        with_facts(settings={"points": 40}),
        r"settings must hold a text for each setting, got \{'points': 40\}.",
    ),
    "a wrong setting": (
        with_facts(settings=FACTS["settings"] | {"points": "1"}),
        "points must be an integer from 20 to 2000, got 1",
    ),
    "a setting that does not fit": (
        with_facts(settings=FACTS["settings"] | {"output": "softmax"}),
        "output must be one of sigmoid, tanh for 2 classes, got softmax",
    ),
    "an unknown setting": (
        with_facts(settings=FACTS["settings"] | {"x\n": "1"}),
        r"settings must be exactly the settings of a run, got also 'x\?'.",
    ),
    "a setting less": (
        with_facts(settings=without(FACTS["settings"], "points")),
        "settings must be exactly the settings of a run, got no 'points'.",
    ),
    "an epoch beyond": (
        with_facts(epoch=MAX_EPOCHS + 1),
        "epoch must be an integer from 0 to 100000, got 100001.",
    ),
    "an epoch before": (with_facts(epoch=-1), "epoch must be an integer from 0 to 100000, got -1."),
    "an epoch that is true": (
        with_facts(epoch=True),
        "epoch must be an integer from 0 to 100000, got True.",
    ),
    "another epoch": (
        with_facts(epoch=7, updates=28),
        r"history.npy must have 384 bytes, those of the shape \(4, 8\), got 352.",
    ),
    "an update beyond": (with_facts(update=4), "update must be an integer from 0 to 3, got 4"),
    "an absurd count": (
        with_facts(updates=10**400),
        "updates must be 24, those of the whole epochs, got 100000000000000000000",
    ),
    "another fingerprint": (
        with_facts(fingerprint="12345678"),
        "fingerprint must be [0-9a-f]{8}, that of theta, got '12345678'.",
    ),
    "a fingerprint that is a list": (
        with_facts(fingerprint=[1]),
        r"fingerprint must be [0-9a-f]{8}, that of theta, got \[1\].",
    ),
    "a position beyond": (
        with_facts(shuffling=625),
        "shuffling must be an integer from 0 to 624, got 625.",
    ),
    "a position before": (
        with_facts(shuffling=-1),
        "shuffling must be an integer from 0 to 624, got -1.",
    ),
    "a short key": (
        with_part("shuffling.npy", npy(np.zeros(623, "<u4"))),
        r"shuffling.npy must have 2624 bytes, those of the shape \(624,\), got 2620.",
    ),
    "another shape": (
        with_part("theta.npy", npy(np.zeros(14))),
        r"theta.npy must have 232 bytes, those of the shape \(13,\), got 240.",
    ),
    "a column": (
        with_part("theta.npy", npy(np.zeros((13, 1)))),
        "theta.npy must be <f8 of \\(13,\\), got b\"\\\\x93NUMPY\\\\x01\\\\x00v\\\\x00\\{'descr': '",
    ),
    "another type": (
        with_part("theta.npy", npy(np.zeros(13, "<i8"))),
        "theta.npy must be <f8 of \\(13,\\), got b\"\\\\x93NUMPY\\\\x01\\\\x00v\\\\x00\\{'descr': '",
    ),
    "another byte order": (
        with_part("theta.npy", npy(np.zeros(13, ">f8"))),
        "theta.npy must be <f8 of \\(13,\\), got b\"\\\\x93NUMPY\\\\x01\\\\x00v\\\\x00\\{'descr': '",
    ),
    "another order": (
        with_part("history.npy", npy(np.asfortranarray(np.zeros((4, 7))))),
        r"history.npy must be <f8 of \(4, 7\), got b.*\{'descr': '<f8'",
    ),
    "objects": (
        with_part("theta.npy", header((13,), "|O") + THETA[128:]),
        "theta.npy must be <f8 of \\(13,\\), got b\"\\\\x93NUMPY\\\\x01\\\\x00v\\\\x00\\{'descr': '",
    ),
    "a header of 10**12": (
        with_part("theta.npy", header((10**12,)) + THETA[128:]),
        r"theta.npy must be <f8 of \(13,\), got b.*\{'descr': '<f8'",
    ),
    "other parameters": (
        with_part("theta.npy", npy(np.full(13, np.nan))),
        "fingerprint must be [0-9a-f]{8}, that of theta, got '120925c1'.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_invalid_file_is_refused_in_one_sentence(case):
    file, sentence = REFUSED[case]
    with pytest.raises(ValueError, match=sentence) as refused:
        load(file)
    assert is_a_sentence(refused.value)


def is_a_sentence(error):
    text = str(error)
    return (
        text.isprintable()
        and " must " in text
        and ", got " in text
        and text.endswith(".")
        and len(text) < 400
    )


def test_refusing_a_hostile_file_takes_little_memory():
    load(REAL)  # what is made once is not counted
    hostile = ["many members", "deep JSON", "a header of 10**12", "a bomb of text", "a bomb of numbers"]
    files = [REFUSED[case][0] for case in hostile]
    files.append(with_part("settings.json", b"[" + b"[],[{}]," * 100_000 + b"0]"))
    changes = ",".join(["0:0:0"] * 100_000)
    files.append(with_facts(settings=FACTS["settings"] | {"edits": changes}))
    for file in files:
        tracemalloc.start()
        try:
            with pytest.raises(ValueError):
                load(file)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 100e6, peak


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=6,
)
NAMES = st.sampled_from([*MEMBERS])


@st.composite
def hostile_files(draw):
    """Draw a valid file that was modified, or arbitrary bytes."""
    way = draw(st.sampled_from(["bytes", "flips", "cut", "members", "array", "facts", "settings"]))
    if way == "bytes":
        return draw(st.binary(max_size=300))
    if way == "flips":
        file = bytearray(REAL)
        for at, value in draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4)):
            file[int(at * (len(file) - 1)) if at < 0.5 else -int(1 + 600 * (1 - at))] = value
        return bytes(file)
    if way == "cut":
        start, stop = (int(draw(st.floats(0, 1)) * len(REAL)) for _ in range(2))
        return REAL[:start] + REAL[stop:]
    if way == "members":
        names = draw(st.lists(NAMES | st.text(max_size=5), min_size=4, max_size=6))
        return zipped([(name, PARTS[draw(NAMES)]) for name in names])
    if way == "array":
        name = draw(NAMES)
        part, content = bytearray(PARTS[name]), draw(st.binary(min_size=1, max_size=40))
        at = draw(st.integers(0, len(part)))
        part[at : at + draw(st.sampled_from([0, len(content)]))] = content
        return with_part(name, bytes(part))
    if way == "facts":
        return with_facts(**draw(st.dictionaries(st.sampled_from([*FACTS]), JSON_VALUES, max_size=3)))
    name = draw(st.sampled_from([*FACTS["settings"], "edits", "rate_changes", "own"]))
    text = draw(st.text(max_size=9) | st.from_regex(r"[0-9.:,-]{0,12}", fullmatch=True))
    return with_facts(settings=FACTS["settings"] | {name: text})


@settings(max_examples=1000)
@given(file=hostile_files())
def test_a_modified_file_is_refused_in_one_sentence_or_loads(file):
    try:
        trainer = load(file)
    except NotAllowed as error:
        assert is_a_sentence(error), error
        return
    if not np.isfinite(trainer.advance(2).theta).all():
        assert trainer.snapshot().update or trainer.snapshot().ended == "diverged"
