"""The dialog for the visitor's own data, from a file or in a table, and for a saved model."""

import streamlit as st

from scratchnet.data import csv_file
from scratchnet.data.points import MAX_ROWS, Table
from scratchnet.export import model_file as model
from scratchnet.ui import link, session
from scratchnet.ui.texts import TOO_MANY, caution, plain, scaling
from scratchnet.validation import NotAllowed

MEGABYTES = 5
REGRESSION = "Regression"
TASK = "Classification predicts one of a few classes, regression predicts a number."
MODEL = b"PK\3\4"  # how a model file begins: it is a zip file


@st.dialog(
    "Your own data",
    width="large",
    icon=":material/table_view:",
    on_dismiss=session.close_dialog,
)
def dialog() -> None:
    """Let the visitor choose a file and its columns, or edit the current points in a table."""
    if session.whole_page():
        st.rerun()  # the run is there, so the dialog closes
    from_file, as_table = st.tabs(["From a file", "As a table"])
    with from_file:
        file = st.file_uploader(
            "A CSV file, or a saved scratchnet model (.npz)",
            type=["csv", "tsv", "txt", "npz"],
            max_upload_size=MEGABYTES,
            help="The file is sent only to the server of this page, which keeps it in memory.",
        )
        if file:
            _open(file.name, file.getvalue())
        else:
            st.caption(
                f"A CSV file needs two numeric columns and a label: the names of two to five classes, "
                f"or numbers for regression. Up to {MEGABYTES} MB and {csv_file.MAX_LINES:,} lines, of "
                f"which {MAX_ROWS:,} are used. You can also draw points: tick *draw* above the plane."
            )
    with as_table:
        _edit(session.points_at_hand())


def _open(name: str, data: bytes) -> None:
    try:
        if data.startswith(MODEL):
            _offer_model(data)
        else:
            _offer_columns(_read(name, data))
    except NotAllowed as error:
        st.warning(plain(str(error)))


@st.cache_data(max_entries=8, ttl=600, show_spinner=False)
def _read(name: str, data: bytes) -> csv_file.Sheet:
    """Parse the file once for all choices of columns."""
    return csv_file.read(name, data)


def _offer_model(data: bytes) -> None:
    trainer = model.load(data)
    settings = trainer.settings
    layers = "-".join(map(str, settings.network.layer_dims))
    st.markdown(
        f"Layers {layers}, trained for {trainer.epoch:,} of {settings.training.epochs:,} epochs."
    )
    st.button("Resume training", on_click=session.open_run, args=(trainer,), type="primary")


def _offer_columns(sheet: csv_file.Sheet) -> None:
    """Let the visitor choose the columns, and preview the data before the new run begins."""
    numbers, labels = csv_file.columns_of_numbers(sheet), csv_file.columns_of_labels(sheet)
    guess = csv_file.guess(sheet)
    columns = st.columns(4)
    x1, x2, label = (
        column.selectbox(title, options, options.index(default))
        for column, title, options, default in zip(
            columns, ("x₁", "x₂", "Label"), (numbers, numbers, labels), guess, strict=False
        )
    )
    possible = [("Classification", csv_file.can_be_classes), (REGRESSION, csv_file.can_be_number)]
    kinds = [kind for kind, possible_for in possible if possible_for(sheet, label)]
    kind = columns[3].selectbox("Task", kinds, disabled=len(kinds) == 1, help=TASK)
    own, dropped = csv_file.table_of(sheet, x1, x2, label, as_number=kind == REGRESSION)
    for note in (*sheet.notes, *dropped):
        st.caption(plain(note))
    st.dataframe(csv_file.frame_of(own), height=210, hide_index=True)
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
    frame = csv_file.frame_of(own)
    edited = st.data_editor(frame, num_rows="dynamic", height=320, hide_index=True, key="own_table")
    try:
        changed = csv_file.table_from_frame(edited, own)
    except NotAllowed as error:
        st.warning(plain(str(error)))
        return
    st.caption(_in_short(changed))
    with st.container(horizontal=True):
        st.button("Use this table", on_click=session.use_table, args=(changed,), type="primary")
        csv = csv_file.to_csv(changed).encode()
        st.download_button(
            "Download this table", csv, "scratchnet-points.csv", "text/csv", on_click="ignore"
        )
