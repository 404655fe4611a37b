"""The dialog for points of one's own, from a file or in a table, and for a model that was kept."""

import streamlit as st

from scratchnet.data import csv_file
from scratchnet.data.points import MAX_ROWS, Table
from scratchnet.export import model_file as model
from scratchnet.ui import session
from scratchnet.ui.controls import describe, plain
from scratchnet.validation import NotAllowed

MEGABYTES = 5
MODEL = b"PK\3\4"  # how a model file begins: it is a zip file


@st.dialog(
    "Your own data",
    width="large",
    icon=":material/table_view:",
    on_dismiss=session.close_dialog,
)
def dialog() -> None:
    """Choose a file and its columns, or change the points at hand in a table."""
    if session.whole_page():
        st.rerun()  # the run is there, so the dialog closes
    from_file, as_table = st.tabs(["From a file", "As a table"])
    with from_file:
        file = st.file_uploader(
            "A CSV file, or a model that was kept here (.npz)",
            type=["csv", "tsv", "txt", "npz"],
            max_upload_size=MEGABYTES,
            help="The file stays between your browser and the server of this page, in its memory.",
        )
        if file:
            _open(file.name, file.getvalue())
        else:
            st.caption(
                f"A CSV has two columns of numbers and one for the label: the names of two to five "
                f"classes, or numbers. Up to {MEGABYTES} MB and {csv_file.MAX_LINES:,} lines, of which "
                f"{MAX_ROWS:,} are taken. Points can be drawn, too: tick *draw* above the plane."
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
    """The file taken apart, once for all that is chosen of it."""
    return csv_file.read(name, data)


def _offer_model(data: bytes) -> None:
    trainer = model.load(data)
    settings = trainer.settings
    layers = "-".join(map(str, settings.network.layer_dims))
    st.markdown(
        f"A network of layers {layers} after {trainer.epoch:,} of {settings.training.epochs:,} epochs."
    )
    st.button("Go on with it", on_click=session.open_run, args=(trainer,), type="primary")


def _offer_columns(sheet: csv_file.Sheet) -> None:
    """Choose the columns; what comes of them is shown before the run at hand is left."""
    numbers, labels = csv_file.columns_of_numbers(sheet), csv_file.columns_of_labels(sheet)
    guess = csv_file.guess(sheet)
    columns = st.columns(4)
    x1, x2, label = (
        column.selectbox(title, options, options.index(default))
        for column, title, options, default in zip(
            columns, ("x₁", "x₂", "Label"), (numbers, numbers, labels), guess, strict=False
        )
    )
    possible = [("classes", csv_file.can_be_classes), ("a number", csv_file.can_be_number)]
    kinds = [kind for kind, possible_for in possible if possible_for(sheet, label)]
    kind = columns[3].selectbox("Label is", kinds, disabled=len(kinds) == 1)
    own, dropped = csv_file.table_of(sheet, x1, x2, label, as_number=kind == "a number")
    for note in (*sheet.notes, *dropped):
        st.caption(plain(note))
    st.dataframe(csv_file.frame_of(own), height=210, hide_index=True)
    st.caption(_in_short(own))
    st.button("Use these points", on_click=session.use_table, args=(own,), type="primary")


def _in_short(own: Table) -> str:
    """How many points, of which classes, how they lie, and whether they travel in the address."""
    count = f"{len(own.rows):,} points"
    if own.classes:
        count += f" of {len(own.classes)} classes: {', '.join(own.classes)}"
    kept = "They travel in the address." if session.fits_address(own) else session.TOO_MANY
    return f"{plain(count)}. {describe(own)} {kept}"


def _edit(own: Table) -> None:
    """The points at hand, to be changed, added to and taken away."""
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
            "Download it as CSV", csv, "scratchnet-points.csv", "text/csv", on_click="ignore"
        )
