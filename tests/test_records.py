"""A file becomes records: what is read, and what is refused with one sentence."""

import time
import tracemalloc
from functools import cache

import pytest
from sheets import cells_of, refusal, sheet_of

from scratchnet.data.csv_file import read
from scratchnet.data.records import MAX_BYTES, MAX_COLUMNS, MAX_LINES

ROWS = "1,2,a\n2,1,b\n3,5,a\n4,4,b\n"


def test_a_file_is_read_as_text_with_its_names():
    sheet = sheet_of("length,depth,species\n39.10, 18.7 ,Adelie\nNA,,Gentoo\n")
    assert list(sheet.columns) == ["length", "depth", "species"]
    assert cells_of(sheet) == [["39.10", "18.7", "Adelie"], ["NA", "", "Gentoo"]]
    assert [column.is_missing.tolist() for column in sheet.columns.values()] == [
        [False, True],
        [False, True],
        [False, False],
    ]
    assert sheet.columns["species"].lines == (2, 3)
    assert sheet.notes == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_line_ends_and_encodings_are_recognised(separator, end, encoding):
    text = f'\nlänge,"b, c;d\te",ö\n\n{ROWS}'
    text = text.replace("\n", end).replace(",", separator).replace(f"b{separator} ", "b, ")
    sheet = read("my.csv", text.encode(encoding))
    assert list(sheet.columns) == ["länge", "b, c;d?e".replace("?", " "), "ö"]
    assert sheet.columns["länge"].texts == ("1", "2", "3", "4")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "'my.csv' must have rows of values, got an empty file."),
        (
            b"\xef\xbb\xbf \r\n\n",
            "'my.csv' must have rows of values, got an empty file.",
        ),
        (
            b"a,b,c",
            "the number of rows below the names in 'my.csv' must be an integer from 1 to 50000, got 0.",
        ),
        (
            b"a,b,c\n\n \n",
            "the number of rows below the names in 'my.csv' must be an integer from 1 to 50000, got 0.",
        ),
        (
            b"a\n1\n2\n",
            "'my.csv' must have from 3 to 100 columns, with a tab, semicolon, bar, comma or space "
            "between, got 1: 'a'.",
        ),
        (b"a;b\n1;2\n", "columns, with a tab, semicolon, bar, comma or space between, got 2: 'a;b'."),
        (
            b",".join([b"x"] * 10_000) + b"\n",
            "comma or space between, got 10,000: 'x,x,",
        ),
        (
            "a,b,c\n1,2,ä\n".encode("latin1"),
            "'my.csv' must be UTF-8 text, got the byte 0xe4 in line 2; save it as CSV UTF-8.",
        ),
        (
            "a,b,c\n1,2,3\n".encode("utf-16-le"),
            "'my.csv' must be UTF-8 text, got a zero byte in line 1; save it as CSV UTF-8.",
        ),
        (
            b"\xff\xfea,b,c\n1,2,3",
            "'my.csv' must be UTF-8 text, got the byte 0x33 in line 2; save it as CSV UTF-8.",
        ),
        (
            b"a,b,c\n1,\0,3\n",
            "'my.csv' must be UTF-8 text, got a zero byte in line 2; save it as CSV UTF-8.",
        ),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "'my.csv' must be UTF-8 text, got the byte 0x89 in line 1; save it as CSV UTF-8.",
        ),
        (
            b"PK\x03\x04\x14\0\6\0xl/workbook.xml",
            "'my.csv' must be UTF-8 text, got a zero byte in line 1; save it as CSV UTF-8.",
        ),
        (
            b"a,b,c\n1,2,3\n\n1,2\n1\n",
            "Line 4 of 'my.csv' must have 3 values, as most lines have, got 2: '1,2'.",
        ),
        (
            b'a,b,"c\nd"\n1,2,3\n1,2,3,4\n',
            "Line 4 of 'my.csv' must have 3 values, as most lines have, got 4: '1,2,3,4'.",
        ),
        (
            b"a,b,c\n1,2,3\n1\n",
            "Line 3 of 'my.csv' must have 3 values, as most lines have, got 1: '1'.",
        ),
        (
            b'a,b,c\n1,2,3\n1,2,"3\n4,5,6\n',
            "Line 3 of 'my.csv' must have quotes only around whole values of up to 131,072 "
            "characters, got an open quote or a longer value.",
        ),
        (
            b'a,b,c\n1,2,"3"4\n',
            "Line 2 of 'my.csv' must have quotes only around whole values of up to 131,072 "
            "characters, got an open quote or a longer value.",
        ),
        (
            b"a,b,c\n1,2," + b"3" * 200_000,
            "Line 2 of 'my.csv' must have quotes only around whole values of up to 131,072 "
            "characters, got an open quote or a longer value.",
        ),
        (
            b"1,2,3\n" * (MAX_LINES + 1),
            "the number of lines in 'my.csv' must be an integer from 1 to 50000, got 50001.",
        ),
        (
            b"1,2,3\n" * (MAX_LINES - 1) + b"\r\r1,2,3",
            "the number of lines in 'my.csv' must be an integer from 1 to 50000, got 50002.",
        ),
        (
            b" " * (MAX_BYTES + 1),
            "the number of bytes in 'my.csv' must be an integer from 0 to 5000000, got 5000001.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(data, sentence):
    assert sentence in refusal(read, "my.csv", data)


def test_the_largest_files_are_read():
    names = ",".join(f"c{i}" for i in range(MAX_COLUMNS))
    assert len(sheet_of(f"{names}\n{names}").columns) == MAX_COLUMNS
    assert len(cells_of(sheet_of("1,2,3\n" * MAX_LINES))) == MAX_LINES
    assert len(cells_of(read("my.csv", (b"1,2," + b"3" * 100_000 + b"\n") * 49))) == 49


def test_a_huge_file_is_refused_by_its_length_alone():
    class Huge(bytes):
        def __len__(self):
            return 10**9

        def touched(self, *args):
            raise AssertionError("the bytes were looked at")

        decode = startswith = strip = count = __getitem__ = __iter__ = touched

    assert (
        "the number of bytes in 'my.csv' must be an integer from 0 to 5000000, got 1000000000."
        in refusal(read, "my.csv", Huge(b"a,b,c\n1,2,3"))
    )


def time_of(function, *args):
    """What this takes of the processor's time, in units of what a large ordinary file takes."""
    return seconds_of(function, *args) / seconds_of_a_large_file()


def seconds_of(function, *args):
    start = time.process_time()
    function(*args)
    return time.process_time() - start


@cache
def seconds_of_a_large_file():
    line = b"%.49f,%.49f,red\n" % (1.25, -0.75)
    return seconds_of(read, "my.csv", line * min(MAX_LINES, MAX_BYTES // len(line)))


@pytest.mark.parametrize(
    "data",
    [
        b"," * MAX_BYTES,
        b"\n" * MAX_BYTES,
        b"a" + b"\n" * (MAX_BYTES - 1),
        b'a,b,c\n1,2,"' + b"x" * (MAX_BYTES - 12) + b'"',
        b"a,b,c\n" + "Ā,".encode() * (MAX_BYTES // 3 - 2),
        b'a",b,c' + b"," * (MAX_BYTES - 6),
    ],
    ids=["commas", "empty lines", "a and empty lines", "a huge value", "a huge line", "a stray quote"],
)
def test_the_worst_files_are_refused_quickly_in_little_memory(data):
    assert time_of(refusal, read, "my.csv", data) < 5
    tracemalloc.start()
    refusal(read, "my.csv", data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6


def test_the_file_with_the_most_values_is_read_in_little_memory():
    line = "Ā," * 99 + "Ā\n"  # the most memory a byte of a file
    data = (line * (MAX_BYTES // len(line.encode()))).encode()
    tracemalloc.start()
    sheet = read("my.csv", data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(cells_of(sheet)), len(sheet.columns)) == (16_556 + 109, 100)
    assert peak < 200e6
