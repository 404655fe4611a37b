"""The points of a table in a frame of pandas, in which rows can be changed, added and deleted.

pandas is imported when a table is edited: it takes 0.2 seconds, which the page starts without.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scratchnet.data.points import LARGEST, Table, unique_names
from scratchnet.validation import NotAllowed, check_number

if TYPE_CHECKING:
    import pandas as pd


def frame_of(table: Table) -> pd.DataFrame:
    """Return the rows of a table to edit, counted from 1; a class has its name."""
    import pandas as pd

    columns = dict(zip(unique_names(table.names), zip(*table.rows, strict=True), strict=True))
    frame = pd.DataFrame(columns, index=pd.RangeIndex(1, len(table.rows) + 1))
    if table.classes:
        frame.isetitem(2, [table.classes[int(label)] for _, _, label in table.rows])
    return frame


def table_from_frame(frame: pd.DataFrame, table: Table) -> Table:
    """Return the table of an edited ``frame_of(table)``, in its scales; empty rows are left out.

    Its classes are those that still have points, then new ones as they appear. Which rows are held out
    is left open, see datasets.with_parts_of. Raises ValueError for a row with an empty cell or no
    number where one belongs, and as Table does.
    """
    if frame.equals(frame_of(table)):
        return table  # with all of its classes, though one may have no points
    frame = (
        frame.set_axis(range(1, len(frame) + 1)).replace(r"^\s*$", None, regex=True).dropna(how="all")
    )
    for i, *row in frame.itertuples(name=None):
        for name, cell, number in zip(table.names, row, (True, True, not table.classes), strict=True):
            if cell is None or cell != cell:  # missing, as None or nan
                raise NotAllowed(f"Row {i} must have three values, got no {name}.")
            if number:
                check_number(f"{name} of row {i}", cell, -LARGEST, LARGEST)
    x1, x2, labels = (frame.iloc[:, column].tolist() for column in range(3))
    classes: tuple[str, ...] = ()
    if table.classes:
        texts = [str(label).strip() for label in labels]
        classes = tuple(dict.fromkeys([*(name for name in table.classes if name in texts), *texts]))
        labels = [classes.index(text) for text in texts]
    rows = tuple(zip(x1, x2, labels, strict=True))
    return replace(table, rows=rows, classes=classes, held_out=0)
