"""Sheets of small files, and what is refused of them."""

import pytest

from scratchnet.data.columns import Choice
from scratchnet.data.csv_file import read, table_of
from scratchnet.validation import NotAllowed


def sheet_of(text, **how):
    return read("my.csv", text.encode(), **how)


def sheet_of_columns(**columns):
    """A sheet of columns of text."""
    lines = [columns.keys(), *zip(*columns.values(), strict=True)]
    return sheet_of("\n".join(",".join(line) for line in lines), header=True)


def cells_of(sheet):
    """The texts of a sheet by rows."""
    return [list(row) for row in zip(*(column.texts for column in sheet.columns.values()), strict=True)]


def table_of_columns(as_number=False, **columns):
    return table_of(sheet_of_columns(**columns), Choice(*columns), as_number)


def refusal(function, *args):
    """The sentence of a refusal."""
    with pytest.raises(ValueError) as info:
        function(*args)
    assert_is_a_sentence(info.value)
    return str(info.value)


def assert_is_a_sentence(error):
    assert type(error) is NotAllowed
    text = str(error)
    assert len(text) < 350 and text.isprintable() and text.endswith("."), text
