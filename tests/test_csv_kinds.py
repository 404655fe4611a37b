"""Files as other programs write them: each gives the right points, or a refusal that names a value."""

import pytest
from csv_kinds import READ, REFUSED
from sheets import assert_is_a_sentence

from scratchnet.cli import main as terminal
from scratchnet.data.csv_file import read, table_of
from scratchnet.validation import NotAllowed


@pytest.mark.parametrize("kind", READ)
def test_a_file_is_read(kind):
    data, (names, point, count, said) = READ[kind]
    sheet = read("my.csv", data if isinstance(data, bytes) else data.encode())
    choice = sheet.choice()
    table, notes = table_of(sheet, choice)
    assert [name.replace(" ", "_") for name in choice] == names.split()
    assert len(table.rows) == count
    x1, x2, label = table.rows[0]
    if point:
        assert (x1, x2, table.classes[int(label)] if table.classes else label) == point
    told = " ".join((*sheet.notes, *notes))
    assert said in told
    assert bool(said) == bool(told) or kind.startswith(("names of rows", "#"))


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_is_refused_with_a_value_and_its_place(kind):
    data, said = REFUSED[kind]
    with pytest.raises(NotAllowed) as info:
        read("my.csv", data if isinstance(data, bytes) else data.encode()).choice()
    assert_is_a_sentence(info.value)
    assert said in str(info.value)


@pytest.mark.parametrize("kind", [*READ, *REFUSED])
def test_the_terminal_says_what_was_taken_or_why_not(kind, tmp_path, capsys):
    data, expected = (READ | REFUSED)[kind]
    file = tmp_path / "my.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    code = terminal.main(["--csv", str(file), "--epochs", "1"])
    out, err = capsys.readouterr()
    if kind in REFUSED:
        assert (code, out) == (2, "")
        assert expected in err
    else:
        assert code == 0, err
        names, *_, said = expected
        x1, x2, label = names.replace("_", " ").split(" ", 2) if "_" not in names else (None,) * 3
        assert err.startswith(
            "Note: Taken: x1 = " + (f"{x1}, x2 = {x2}, label = {label}" if x1 else "")
        )
        assert said in err
        assert "dataset=own" in out
