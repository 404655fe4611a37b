"""The dialog for the visitor's own data, from a file or in a table, and for a saved or linked run."""

import streamlit as st

from scratchnet.data import csv_file, table_editor
from scratchnet.data.columns import Choice
from scratchnet.data.notation import NOTATIONS, Notation
from scratchnet.data.points import MAX_CLASSES, MAX_ROWS, Table
from scratchnet.data.records import MAX_BYTES, MAX_LINES
from scratchnet.export import model_file as model
from scratchnet.run import tf_playground
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer
from scratchnet.ui import link, session
from scratchnet.ui.texts import TOO_MANY, caution, plain, scaling
from scratchnet.validation import NotAllowed

MEGABYTES = MAX_BYTES // 1_000_000
CLASSIFICATION, REGRESSION = "Classification", "Regression"
TASK = "Classification predicts one of a few classes, regression predicts a number."
FIRST_LINE = "Whether the first line of the file holds the names of the columns, or a sample."
NOTATION = "How numbers are written: the decimal mark, and the mark between groups of three digits."
MODEL = b"PK\3\4"  # how a model file begins: it is a zip file


@st.dialog(
    "Your own data",
    width="large",
    icon=":material/table_view:",
    on_dismiss=lambda: session.ask_for(None),
)
def dialog() -> None:
    """Let the visitor choose a file and its columns, edit the current points, or paste a link."""
    if session.whole_page():
        st.rerun()  # the run is there, so the dialog closes
    from_file, as_table, from_link = st.tabs(["From a file", "As a table", "From a link"])
    with from_file:
        file = st.file_uploader(
            "A CSV file, or a saved scratchnet model (.npz)",
            type=["csv", "tsv", "txt", "data", "npz"],
            max_upload_size=MEGABYTES,
            help="The file is sent only to the server of this page, which keeps it in memory.",
        )
        if file:
            _open(file.name, file.getvalue())
        else:
            st.caption(
                f"A CSV file needs two numeric columns and a label: the names of 2 to {MAX_CLASSES} "
                f"classes, or numbers for regression. Up to {MEGABYTES} MB and {MAX_LINES:,} lines, of "
                f"which {MAX_ROWS:,} are used. You can also draw points: tick *draw* above the plane."
            )
    with as_table:
        _edit(session.points_at_hand())
    with from_link:
        _follow(st.text_input("A TensorFlow Playground link", key="pasted_link"))


def _open(name: str, data: bytes) -> None:
    try:
        if data.startswith(MODEL):
            _offer_model(data)
        else:
            _offer_columns(_offer_readings(name, data))
    except NotAllowed as error:
        st.warning(plain(str(error)))


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def _read(
    name: str, data: bytes, header: bool | None = None, notation: Notation | None = None
) -> csv_file.Sheet:
    """Parse the file once for all choices of columns; a sheet is never changed."""
    return csv_file.read(name, data, header, notation)


def _offer_model(data: bytes) -> None:
    trainer = model.load(data)
    settings = trainer.settings
    layers = "-".join(map(str, settings.network.layer_dims))
    st.markdown(
        f"Layers {layers}, trained for {trainer.epoch:,} of {settings.training.epochs:,} epochs."
    )
    st.button("Resume training", on_click=session.open_run, args=(trainer,), type="primary")


def _offer_readings(name: str, data: bytes) -> csv_file.Sheet:
    """Let the visitor change how the file is read, and return its sheet."""
    sheet = _read(name, data)
    left, right = st.columns(2, wrap=False)
    header = left.selectbox(
        "First line",
        (True, False),
        int(not sheet.header),
        format_func=lambda header: "names" if header else "a sample",
        help=FIRST_LINE,
    )
    notation = right.selectbox(
        "Notation",
        NOTATIONS,
        NOTATIONS.index(sheet.notation),
        format_func=lambda notation: notation.example,
        help=NOTATION,
    )
    if (header, notation) == (sheet.header, sheet.notation):
        return sheet
    return _read(name, data, header, notation)


def _offer_columns(sheet: csv_file.Sheet) -> None:
    """Let the visitor choose the columns, and preview the data before the new run begins."""
    columns = sheet.columns
    numbers = [name for name, column in columns.items() if column.can_be_number]
    labels = [name for name, column in columns.items() if column.can_be_number or column.can_be_classes]
    guess = sheet.choice()
    row = [place for half in st.columns(2) for place in half.columns(2, wrap=False)]  # or two rows
    x1, x2, label = (
        place.selectbox(title, options, options.index(default))
        for place, title, options, default in zip(
            row, ("x₁", "x₂", "Label"), (numbers, numbers, labels), guess, strict=False
        )
    )
    possible = {CLASSIFICATION: columns[label].can_be_classes, REGRESSION: columns[label].can_be_number}
    tasks = [task for task in possible if possible[task]]
    task = row[3].selectbox("Task", tasks, disabled=len(tasks) == 1, help=TASK)
    choice = Choice(x1, x2, label)
    own, notes = csv_file.table_of(sheet, choice, as_number=task == REGRESSION)
    st.caption("  \n".join(map(plain, (sheet.taken(choice, own), *sheet.notes, *notes))))
    st.dataframe(table_editor.frame_of(own), height=210, hide_index=True)
    st.caption(_in_short(own))
    st.button("Use these points", on_click=session.use_table, args=(own,), type="primary")


def _in_short(own: Table) -> str:
    """Return a summary: points, classes, scaling, and whether the address holds them."""
    count = f"{len(own.rows):,} points"
    if own.classes:
        count += f" of {len(own.classes)} classes: {', '.join(own.classes)}"
    kept = "The address holds all points." if link.fits(own) else TOO_MANY
    return f"{plain(count)}. {scaling(own)} {caution(own)} {kept}"


def _edit(own: Table) -> None:
    """Show the current points in a table in which rows can be changed, added and deleted."""
    frame = table_editor.frame_of(own)
    edited = st.data_editor(frame, num_rows="dynamic", height=320, hide_index=True, key="own_table")
    try:
        changed = table_editor.table_from_frame(edited, own)
    except NotAllowed as error:
        st.warning(plain(str(error)))
        return
    st.caption(_in_short(changed))
    with st.container(horizontal=True):
        st.button("Use this table", on_click=session.use_changed_table, args=(changed,), type="primary")
        csv = csv_file.to_csv(changed).encode()
        st.download_button(
            "Download this table", csv, "scratchnet-points.csv", "text/csv", on_click="ignore"
        )


def _follow(text: str) -> None:
    """Offer the run that a link of TensorFlow Playground describes."""
    if not text:
        st.caption("Its settings are taken over as far as they have a counterpart here.")
        return
    try:
        query, remark = tf_playground.translate(text)
    except NotAllowed as error:
        st.warning(plain(str(error)))
        return
    st.caption(plain(remark))
    settings, _ = Settings.from_query(query)
    st.button("Open this run", on_click=session.open_run, args=(Trainer(settings),), type="primary")
